"""dependency_update: make a JavaScript lock file fit again, with its own tool and the least change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.node_locks import LOCKS, Lock, locks_in, remake
from autonomous_cicd.domain.node_manifest import NodeManifest, manifests
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["NodeLock"]

DRIFT = re.compile(
    r"npm ci[`']?.{0,40} can only install|npm (?:ERR!|error) (?:Missing|Invalid): "
    r"|loadVirtual requires existing"
    r"|ERR_PNPM_(?:OUTDATED_LOCKFILE|NO_LOCKFILE|LOCKFILE_\w+|BROKEN_LOCKFILE|FROZEN_LOCKFILE\w*)"
    r"|frozen-lockfile|pnpm-lock\.yaml|YN0028|lockfile would have been|seem to be present in your lockfile"
    r"|\bpackage-lock\.json\b|npm-shrinkwrap\.json|\byarn\.lock\b"
)
BROKEN_HASH = re.compile(r"EINTEGRITY|[Ii]ntegrity check(?:sum)? failed|ERR_PNPM_TARBALL_INTEGRITY|YN0018")
HASHES = re.compile(
    r"wanted (?P<wanted>sha\d+-[\w+/=]+)(?: \S+)*? but got (?P<got>sha\d+-[\w+/=]+)"
    r"|\(expected (?P<wanted2>sha\d+-[\w+/=]+), got (?P<got2>sha\d+-[\w+/=]+)"
    r"|Expected (?P<wanted3>sha\d+-[\w+/=]+)[^\n]*?(?:Got|but received) (?P<got3>sha\d+-[\w+/=]+)"
)
PNPM_IN_CI = re.compile(
    r"pnpm/action-setup[^\n]*\n(?:[^\n]*\n){0,4}?\s*version:\s*['\"]?(?P<a>\d[\w.]*)|\bpnpm@(?P<b>\d[\w.]*)"
)
MARKER = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
MOST_HASHES = 5
LOOKED_BACK = 20


@remedy
class NodeLock:
    """Has package-lock.json, yarn.lock or pnpm-lock.yaml made anew by the tool that it belongs to."""

    name = "node_lock"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.SAFE

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: when a lock file of JavaScript's is said not to fit."""
        text = "\n".join((failure.message, *(quote.text for quote in failure.evidence)))
        if BROKEN_HASH.search(text):
            return 0.9
        sync = failure.category in (Category.LOCKFILE_OUT_OF_SYNC, Category.CONFIGURATION, Category.UNKNOWN)
        return 0.95 if sync and DRIFT.search(text) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the lock file made anew, or with its right hash; nothing when its tool cannot do it."""
        known = manifests(case.files.names, case.files.read)
        if not known:
            return ()
        if BROKEN_HASH.search(case.log) and HASHES.search(case.log):
            return await _hashes(case)
        found = [await _anew(case, known, lock) for lock in _locks(case, known)]
        changes = [change for patch in found for change in patch]
        if not changes:
            return ()
        names = ", ".join(change.name for change in changes)
        manifest = "package.json as it is now"
        return (Edit(patch=Patch.of(changes), reason=f"make {names} anew with its own tool, for {manifest}"),)


def _locks(case: Case, known: Sequence[NodeManifest]) -> Sequence[Lock]:
    """Return the lock files that may be meant: what there is, else what the history had, else a new one."""
    texts = locks_in(case.files.names, case.files.read)
    spoken = [name for name in texts if _spoken_of(name, case.log)]
    if texts:
        return [Lock(file=name, text=texts[name]) for name in sorted(spoken or texts)]
    for commit in case.bench.past.commits(LOOKED_BACK):
        gone = [name for name in commit.files if name.rpartition("/")[2] in LOCKS]
        for change in case.bench.past.patch_of(commit.id) if gone else NOTHING:
            if change.name in gone and change.after is None and change.before:
                return (Lock(file=change.name, text=change.before),)
    ignored = any("package-lock" in case.files.read(name) for name in (".gitignore", ".npmrc"))
    if re.search(r"\bnpm (?:ci|clean-install)\b", case.script) and not ignored and not known[0].folder:
        return (Lock(file="package-lock.json", text=""),)
    return ()


def _spoken_of(name: str, log: str) -> bool:
    """Whether the log is of the tool that makes a lock file."""
    cues = {"npm": r"\bnpm (?:ERR!|error|ci)", "pnpm": r"\bPNPM|\bpnpm\b", "yarn": r"\byarn\b|YN\d{4}"}
    return re.search(cues[LOCKS[name.rpartition("/")[2]]], log) is not None


async def _anew(case: Case, known: Iterable[NodeManifest], lock: Lock) -> Patch:
    """Return the change of a lock file that its own tool makes; nothing when it cannot."""
    manager = next((one.manager for one in known if one.manager), "") or _pnpm_of(case)
    there = lock.file in case.files.names
    before = NOTHING if there or not lock.text else Patch.of([case.edit(lock.file, lock.text)])
    tried = await case.bench.execute(*remake(lock, manager), patch=before, folder=lock.folder)
    if not tried.green:
        return NOTHING
    after = next((one.after for one in tried.changed if one.name == lock.file), None)
    if after is None:
        return before
    return NOTHING if MARKER.search(after) else Patch.of([case.edit(lock.file, after)])


def _pnpm_of(case: Case) -> str:
    """Return the pnpm that the workflow installs, as `pnpm@9`."""
    match = PNPM_IN_CI.search(case.files.read(case.workflow)) if case.workflow else None
    return f"pnpm@{match['a'] or match['b']}" if match else ""


async def _hashes(case: Case) -> Sequence[Prescription]:
    """Return the right hashes, where more than the download says what they are.

    A hash that does not fit may also mean that somebody has tampered with a package. So the history of the
    lock file has to name the very hash that was downloaded, or to tell how the other one came to stand there.
    """
    texts = locks_in(case.files.names, case.files.read)
    patch, log, mended = NOTHING, case.log, list[str]()
    for _ in range(MOST_HASHES):
        match = HASHES.search(log)
        pair = [one for one in match.groups() if one] if match else []
        lock = next(
            (Lock(file=name, text=text) for name, text in texts.items() if pair and pair[0] in text), None
        )
        if lock is None or not await _confirmed(case, lock, pair[0], pair[1]):
            break
        texts[lock.file] = lock.text.replace(pair[0], pair[1])
        mended.append(pair[1])
        patch = Patch.of(case.edit(name, text) for name, text in texts.items())
        if lock.manager != "npm":
            break
        tried = await case.bench.execute("npm", "ci", "--ignore-scripts", patch=patch, folder=lock.folder)
        if tried.green:
            break
        log = tried.log
    if not mended:
        return ()
    reason = (
        f"write the hash that the package has into {', '.join(patch.files)}: the lock file had another one"
    )
    return (Edit(patch=patch, reason=reason),)


async def _confirmed(case: Case, lock: Lock, wrong: str, got: str) -> bool:
    """Whether the history of the lock file has the hash, or has the other one for another version."""
    package, version = _entry(lock, wrong)
    explained = False
    for before in _earlier(case, lock.file):
        if got in before:
            return True
        old, other = _entry(Lock(file=lock.file, text=before), wrong) if wrong in before else ("", "")
        explained = explained or (bool(package) and old == package and other != version)
    if not explained:
        return False
    told = await case.bench.execute("npm", "view", "--json", "--", f"{package}@{version}", "dist.integrity")
    return told.green and got in told.log


def _earlier(case: Case, file: str) -> Iterator[str]:
    past = case.bench.past
    for commit in past.commits(LOOKED_BACK):
        for change in past.patch_of(commit.id) if file in commit.files else NOTHING:
            if change.name == file and change.before:
                yield change.before


def _entry(lock: Lock, wrong: str) -> tuple[str, str]:
    """Return the package and the version that a hash of a lock file belongs to."""
    before = lock.text[: lock.text.find(wrong)]
    if lock.manager == "npm":
        named = r'"(?:[^"\n]*node_modules/)?(?P<name>(?:@[\w.-]+/)?[\w.-]+)"'
        place = named + r': \{\s+"version": "(?P<version>[^"]+)"'
    elif lock.manager == "yarn":
        place = r'^"?(?P<name>(?:@[\w.-]+/)?[\w.-]+)@[^\n]*:\n\s+version:? "?(?P<version>[\w.+-]+)'
    else:
        place = r"^ +'?/?(?P<name>(?:@[\w.-]+/)?[\w.-]+)@(?P<version>\d[\w.+-]*)(?:\([^\n]*\))?'?:$"
    found = [*re.finditer(place, before, re.MULTILINE)]
    return (found[-1]["name"], found[-1]["version"]) if found else ("", "")
