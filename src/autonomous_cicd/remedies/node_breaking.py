"""dependency_update: bound a JavaScript dependency to the newest release that does not break the project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.node_conflicts import restyled
from autonomous_cicd.domain.node_locks import Lock, locked_version, locks_in
from autonomous_cicd.domain.node_manifest import (
    NodeManifest,
    imports_of,
    loads_with_require,
    located,
    manifests,
)
from autonomous_cicd.domain.node_past import Remembered, latest, remembered
from autonomous_cicd.domain.node_versions import Wish, fitting, newest_by_major, node_in, series
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.ranges import parse_range, parse_version
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.node_relocked import relocked
from autonomous_cicd.plugins import remedy
from autonomous_cicd.values import dataclass

__all__ = ["NodeBreaking"]

_C = Category
AS_MODULE = re.compile(
    r"ERR_REQUIRE_ESM|require\(\) of ES Module|Must use import to load ES Module|ERR_REQUIRE_ASYNC_MODULE"
)
GONE = re.compile(
    r"ERR_PACKAGE_PATH_NOT_EXPORTED|is not defined by \"exports\"|does not provide an export named"
    r"|ESLint couldn't find an eslint\.config|No \"exports\" main defined"
)
STRANGE = re.compile(
    r"\bis not a (?:function|constructor)\b|Class extends value \S+ is not|Cannot read propert(?:y|ies)"
    r"|\bis not iterable|Cannot destructure property|object is not extensible|SyntaxError.*does not provide"
)
OTHERWISE = re.compile(
    r"Invalid option '--|[Uu]n(?:known|recognized) (?:option"
    r"|argument)|no longer (?:supported|shipped|provided)"
    r"|\bhas been removed\b|TS5\d{3}\b|Unexpected token 'export'|Cannot use import statement outside a module"
)
POSSIBLE = frozenset(
    (_C.DEPENDENCY_BREAKING_CHANGE, _C.TEST_FAILURE, _C.IMPORT_ERROR, _C.CONFIGURATION, _C.COMPILE_ERROR,
     _C.UNKNOWN, _C.SYNTAX_ERROR, _C.ENVIRONMENT)
)  # fmt: skip
UNSAID = frozenset((_C.TEST_FAILURE, _C.UNKNOWN))
"""Where something may be different without a word of it."""
MEANT = re.compile(
    r"\b(?:upgrad|updat|bump|migrat|deps\b|dependenc|switch|mov(?:e|ing) to|use\b)", re.IGNORECASE
)
"""What a subject says of a commit that wanted other releases."""
INSIDE = re.compile(r"node_modules/((?:@[\w.-]+/)?[\w.-]+)")
PATH = re.compile(
    r"(?:file://)?(/[^\s:()'\"]+\.[cm]?[jt]sx?)|(?:^|[\s(])([\w./-]+\.[cm]?[jt]sx?)(?=[:(\s]|$)"
)
OPEN = re.compile(r"^\s*(?:\*|x|latest|next|)\s*$|^\s*>=?\s*[\d.x]+\s*$")
LOOKED_BACK = 5
CHECKS = 6
SUSPECTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A dependency whose release may have broken the project."""

    manifest: NodeManifest
    section: str
    package: str
    wanted: str


@remedy
class NodeBreaking:
    """Finds the release that the project does not bear, the first numbers first."""

    name = "node_breaking"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: when an interface of a JavaScript package is not what it was."""
        text = _said(failure)
        if AS_MODULE.search(text) or GONE.search(text):
            return 0.88
        if failure.category not in POSSIBLE or "Traceback" in text:
            return 0.0
        if STRANGE.search(text) or OTHERWISE.search(text):
            return 0.62
        return 0.3 if failure.category in UNSAID else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the range of before, or one below the release that cannot be used so."""
        known = manifests(case.files.names, case.files.read)
        text, past = _said(case.failure), case.bench.past
        commits = [one for one in past.commits(LOOKED_BACK) if any("package.json" in n for n in one.files)]
        old = tuple(remembered(past.patch_of(commit.id) for commit in commits))
        if not any(one.search(text) for one in (AS_MODULE, GONE, STRANGE, OTHERWISE)):
            used = _used_where_it_fails(case, known)
            if not used or not await _fails_every_time(case):
                return ()
            meant = any(MEANT.search(one.subject) for one in commits)
            if back := () if meant else await _back(case, used, old):
                return back
            return await _bisected(
                case, [one for one in used if OPEN.match(one.wanted) and ">" in one.wanted]
            )
        suspects = sorted(_suspects(known), key=lambda one: not _named(one, case.log))
        if back := await _back(case, suspects, old):
            return back
        if found := await _as_module(case, suspects):
            return found
        return await _bisected(case, [one for one in suspects if OPEN.match(one.wanted)])


def _said(failure: Failure) -> str:
    return "\n".join((failure.message, *(quote.text for quote in failure.evidence)))


def _suspects(known: Sequence[NodeManifest]) -> Iterator[Suspect]:
    for manifest in known:
        for section, rows in manifest.sections.items():
            for package, wanted in rows.items():
                if section != "peerDependencies":
                    yield Suspect(manifest=manifest, section=section, package=package, wanted=wanted)


def _used_where_it_fails(case: Case, known: Sequence[NodeManifest]) -> list[Suspect]:
    """Return the dependencies that the files import which the log names."""
    files = _files(case)
    return [one for one in _suspects(known) if any(imports_of(one.package, files, case.files.read))]


async def _fails_every_time(case: Case) -> bool:
    """Return whether it was run again in vain: of what fails by chance any change would seem to help."""
    again = any(one.strategy is Strategy.RETRY and not one.success for one in case.attempts)
    return again or not (await case.bench.check(NOTHING)).green


def _named(suspect: Suspect, log: str) -> bool:
    return re.search(rf"(?<![\w@/-]){re.escape(suspect.package)}(?![\w-])", log) is not None


async def _back(case: Case, suspects: Sequence[Suspect], old: Sequence[Remembered]) -> Sequence[Edit]:
    """Return the ranges of before, of dependencies whose first number was changed since."""
    found = []
    for one in suspects:
        before = latest(one.package, one.wanted, one.manifest.file, old)
        if before and _first(before.wanted) != _first(one.wanted):
            found.append((one, before.wanted))
    edits = []
    for one, wanted in found[:2]:
        edit = await _edit(case, one, wanted, "the project does not bear the newer one, and it was so before")
        edits += [edit] if edit else []
    return edits


def _first(wanted: str) -> str:
    match = re.search(r"\d+(?:\.\d+)?", wanted)
    if match is None:
        return ""
    return match[0] if match[0].startswith("0.") else match[0].partition(".")[0]


async def _as_module(case: Case, suspects: Sequence[Suspect]) -> Sequence[Edit]:
    """Return ranges below the releases that can only be imported, for what is loaded with `require`."""
    inside = set(INSIDE.findall(_said(case.failure))) if AS_MODULE.search(case.log) else set()
    files = _files(case)
    edits = []
    for one in suspects[: 10 * SUSPECTS]:
        importers = tuple(imports_of(one.package, files or case.files.names, case.files.read))
        wanted_so = bool(importers) and loads_with_require(importers, one.manifest)
        if one.package not in inside and not wanted_so:
            continue
        releases, now = await _releases(case, one)
        if now is None or not now.module:
            continue
        older = [release for release in releases if not release.module and _older(release, now)]
        if older:
            why = f"{now.version} can only be imported, and {_who(importers)} loads it with require"
            edit = await _edit(case, one, restyled(one.wanted, older[0].version), why)
            edits += [edit] if edit else []
        if len(edits) == 2:
            break
    return edits


def _who(importers: Sequence[object]) -> str:
    return getattr(importers[0], "file", "") if importers else "the project"


async def _bisected(case: Case, suspects: Sequence[Suspect]) -> Sequence[Edit]:
    """Return the newest series of a dependency without an upper bound with which the task passes."""
    trials = _Trials(case)
    for one in suspects[:SUSPECTS]:
        older, now = await _series_below(case, one)
        last = len(older)
        if older and ">" in one.wanted:
            # The project was written for the lowest that it asks for: either that helps, or nothing does.
            last -= 1
            if found := await trials.passes(one, older[last], now):
                return (await _newest(trials, one, older, now, found),)
            if not _named(one, case.log):
                continue
        for release in older[:last]:
            if found := await trials.passes(one, release, now):
                return (found,)
            if trials.in_vain and trials.made >= 2 and not _named(one, case.log):
                break  # what nobody names is not worth more
    return ()


@dataclass(slots=True)
class _Trials:
    """Runs the failing task with other releases, so often and no more."""

    case: Case
    made: int = 0
    in_vain: bool = False
    """Whether the last one failed in the very same way."""

    async def passes(self, suspect: Suspect, release: Release, now: str) -> Edit | None:
        """Return what asks for a series, when the task passes with it."""
        why = f"{now} breaks the project, found by trying older ones"
        if self.made >= CHECKS:
            return None
        self.made += 1
        edit = await _edit(self.case, suspect, restyled(suspect.wanted, release.version), why)
        tried = await self.case.bench.check(edit.patch) if edit else None
        self.in_vain = tried is not None and _same(tried.failures, self.case.failure)
        return edit if tried and tried.green else None


async def _newest(trials: _Trials, suspect: Suspect, older: Sequence[Release], now: str, best: Edit) -> Edit:
    """Return what asks for the newest series that passes, given that the oldest does."""
    low, high = len(older) - 1, -1
    while low - high > 1 and trials.made < CHECKS:
        middle = (low + high) // 2
        if found := await trials.passes(suspect, older[middle], now):
            best, low = found, middle
        else:
            high = middle
    return best


async def _series_below(case: Case, suspect: Suspect) -> tuple[list[Release], str]:
    """Return the newest release of each older series that is asked for, newest first, and the present one."""
    releases, now = await _releases(case, suspect)
    present = parse_version(now.version) if now else None
    if now is None or present is None:
        return [], ""
    wanted = parse_range(suspect.wanted) if ">" in suspect.wanted else None
    found = []
    for one in newest_by_major([other for other in releases if _older(other, now)]):
        version = parse_version(one.version)
        if version and series(version) != series(present) and (wanted is None or wanted.admits(version)):
            found.append(one)
    return found, now.version


def _same(failures: Sequence[Failure], failure: Failure) -> bool:
    return any(one.fingerprint == failure.fingerprint for one in failures)


def _files(case: Case) -> list[str]:
    """Return the files of the project that the log names, in its order."""
    found: dict[str, None] = {}
    for match in PATH.finditer(case.log[-60_000:]):
        if name := located(match[1] or match[2], case.files.names):
            found[name] = None
    return list(found)


async def _releases(case: Case, suspect: Suspect) -> tuple[Sequence[Release], Release | None]:
    """Return the releases that run on the project's Node, and the one that it uses."""
    node = node_in(case.files.read(case.workflow)) if case.workflow else 0
    releases = fitting(await case.bench.packages.releases("node", suspect.package), Wish(node=node))
    for name, text in locks_in(case.files.names, case.files.read).items():
        version = locked_version(Lock(file=name, text=text), suspect.package)
        if now := next((one for one in releases if version and one.version == version), None):
            return releases, now
    within = "*" if OPEN.match(suspect.wanted) and ">" not in suspect.wanted else suspect.wanted
    return releases, next(iter(fitting(releases, Wish(within=within))), None)


def _older(one: Release, other: Release) -> bool:
    first, second = parse_version(one.version), parse_version(other.version)
    return first is not None and second is not None and first.key() < second.key()


async def _edit(case: Case, suspect: Suspect, wanted: str, why: str) -> Edit | None:
    text = suspect.manifest.with_dependency(suspect.section, suspect.package, wanted)
    if text is None or wanted == suspect.wanted:
        return None
    patch = (await relocked(case, Patch.of([case.edit(suspect.manifest.file, text)]))).patch
    what = f"{suspect.package} {suspect.wanted or '*'} -> {wanted} in {suspect.manifest.file}"
    return Edit(patch=patch, reason=f"{what}: {why}") if patch else None
