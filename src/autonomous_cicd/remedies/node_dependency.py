"""dependency_update: declare the JavaScript package that is imported or called, where the project would."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.given_up import given_up
from autonomous_cicd.domain.node_locks import (
    Lock,
    lock_above,
    locked_range,
    locked_version,
    locks_in,
    mentions,
)
from autonomous_cicd.domain.node_manifest import (
    DEVELOPMENT,
    RUNTIME,
    SECTIONS,
    Importer,
    NodeManifest,
    belongs_to_development,
    declared,
    imports_of,
    loads_with_require,
    located,
    manifest_of,
    manifests,
    owner_of,
)
from autonomous_cicd.domain.node_missing import Missing, missing, tells_of_missing
from autonomous_cicd.domain.node_names import BRINGS, COMPANIONS, is_known, untyped
from autonomous_cicd.domain.node_past import Remembered, remembered
from autonomous_cicd.domain.node_versions import (
    Wish,
    caret,
    fitting,
    major_of,
    newest_by_major,
    node_in,
)
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.errors import PortError
from autonomous_cicd.node_relocked import relocked
from autonomous_cicd.plugins import remedy
from autonomous_cicd.values import dataclass

__all__ = ["NodeDependency"]

CANDIDATES = 3
LOOKED_BACK = 30
CHANGES = re.compile(r"^(?:history|changelog|changes|news|releases?)(?:\.\w+)?$", re.IGNORECASE)
"""Lists of changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A dependency to be declared, with the ranges to try, the best first."""

    manifest: str
    section: str
    package: str
    ranges: tuple[str, ...]
    why: str


class Known:
    """What the project knows: its manifests, lock files and history."""

    def __init__(self, case: Case) -> None:
        names = case.files.names
        self.case = case
        self.manifests = manifests(names, case.files.read)
        self.locks = locks_in(names, case.files.read)
        self.node = node_in(case.files.read(case.workflow)) if case.workflow else 0
        self._past: dict[str, Remembered] | None = None

    def lock_of(self, manifest: NodeManifest) -> Lock | None:
        """Return the lock file that a manifest is locked in."""
        return lock_above(manifest.folder, self.case.files.names, self.locks)

    def past(self, package: str) -> Remembered | None:
        """Return what the history last said of a package that is not declared any more."""
        if self._past is None:
            past, touching = self.case.bench.past, "package.json"
            commits = [one for one in past.commits(LOOKED_BACK) if any(touching in n for n in one.files)]
            self._past = {}
            for one in remembered(past.patch_of(commit.id) for commit in commits):
                self._past.setdefault(one.package, one)
        return self._past.get(package)

    def given_up(self, package: str) -> Escalate | None:
        """Return that a commit did without a package on purpose, so that it is its users that are behind."""
        past = self.case.bench.past
        for commit in past.commits(LOOKED_BACK):
            if not any("package.json" in name for name in commit.files):
                continue
            patch = past.patch_of(commit.id)
            if not any(one.package == package for one in remembered([patch])) or _wants(patch, package):
                continue
            said = f'commit {commit.id[:7]} "{commit.subject[:60]}" did without {package} on purpose'
            meant = given_up(patch, commit.subject, (package,))
            return Escalate(reason=f"{said}, and some code still uses it") if meant else None
        return None

    def elsewhere(self, package: str) -> str:
        """Return the range in which another manifest of the project wants a package."""
        wanted = [one.range_of(package) for one in self.manifests if one.range_of(package)]
        return max(wanted, key=wanted.count, default="")

    def noted(self, package: str) -> str:
        """Return the version that the project's list of changes last names of a package."""
        named = re.compile(rf"(?<![\w@/.-]){re.escape(package)}@[~^]?(\d+\.\d+\.\d+)\b")
        for name in self.case.files.names:
            if CHANGES.search(name) and (match := named.search(self.case.files.read(name))):
                return match[1]
        return ""

    def vouched(self, one: Missing) -> bool:
        """Whether the project or a list says that there is such a package, and that it means it."""
        if self.past(one.name) or self.elsewhere(one.name) or self.noted(one.name):
            return True
        if any(mentions(Lock(file=name, text=text), one.name) for name, text in self.locks.items()):
            return True
        if one.types and self.elsewhere(untyped(one.name)):
            return True  # one keeper has the whole scope
        return BRINGS.get(one.command) == one.name if one.command else is_known(one.name)


@remedy
class NodeDependency:
    """Declares a missing package in the manifest of who needs it, and has the lock file made anew."""

    name = "node_dependency"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: only when the log names something of JavaScript that is missing."""
        lines = (failure.message, *(quote.text for quote in failure.evidence))
        return 0.9 if any(tells_of_missing(line) for line in lines) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the declarations to try: as it was before, else by the newest releases that fit."""
        known = Known(case)
        if not known.manifests:
            return ()
        additions = [one for one in [await self._addition(known, what) for what in _wanted(known)] if one]
        if not additions:
            return ()
        if refused := next(filter(None, (known.given_up(one.package) for one in additions)), None):
            return (refused,)
        tries = max(len(one.ranges) for one in additions)
        found = [await self._edit(known, additions, number) for number in range(min(tries, CANDIDATES))]
        return tuple(one for one in found if one)

    async def _addition(self, known: Known, what: Missing) -> Addition | None:
        importers = tuple(imports_of(what.name, known.case.files.names, known.case.files.read))
        manifest = _manifest(known, what, importers)
        if manifest is None or declared(what.name, manifest, known.manifests) or not known.vouched(what):
            return None
        before = known.past(what.name)
        lock = known.lock_of(manifest)
        section, wanted = locked_range(lock, manifest.folder, what.name) if lock else ("", "")
        own = [one for one in importers if owner_of(one.file, known.manifests) is manifest]
        if before and (before.manifest == manifest.file or not section):
            section, wanted = before.section, before.wanted
        if section not in SECTIONS[:3]:
            section = _section(what, own, manifest)
        ranges = (wanted,) if wanted else await _ranges(known, what, manifest, own)
        if not ranges:
            return None
        why = _why(what, own, before is not None and before.wanted == ranges[0])
        return Addition(
            manifest=manifest.file, section=section, package=what.name, ranges=tuple(ranges), why=why
        )

    async def _edit(self, known: Known, additions: Sequence[Addition], number: int) -> Edit | None:
        """Return the edit that tries the ranges of that rank, the lock files included."""
        case = known.case
        texts: dict[str, str] = {}
        reasons = []
        for one in additions:
            wanted = one.ranges[min(number, len(one.ranges) - 1)]
            text = texts.get(one.manifest, case.files.read(one.manifest))
            manifest = manifest_of(one.manifest, text)
            new = manifest.with_dependency(one.section, one.package, wanted) if manifest else None
            if new is None:
                return None
            texts[one.manifest] = new
            reasons.append(f"declare {one.package} {wanted} in {one.section} of {one.manifest}: {one.why}")
        patch = Patch.of(case.edit(name, text) for name, text in texts.items())
        locked = (await relocked(case, patch)).patch
        return Edit(patch=locked, reason="; ".join(reasons)) if locked else None


def _wants(patch: Patch, package: str) -> bool:
    """Whether a manifest that a patch changed wants a package."""
    texts = {one.name: one.after or "" for one in patch}
    return any(one.range_of(package) for one in manifests(texts, texts.__getitem__))


def _wanted(known: Known) -> list[Missing]:
    """Return what is missing: what the cause says, and of all that the log says what the project knows."""
    case = known.case
    lines = "\n".join((case.failure.message, *(quote.text for quote in case.failure.evidence)))
    named = {one.name for one in missing(lines)}
    told = [_right_runner(one, known) for one in missing(case.log)] or list(missing(lines))
    first = [one for one in told if one.name in named] or told[:1]
    more = [one for one in told if one not in first and (known.past(one.name) or one.types)]
    removed = [one for one in _removed_with(known, first) if one.name not in {o.name for o in told}]
    return [*first, *more, *removed]


def _right_runner(one: Missing, known: Known) -> Missing:
    """Return the types of the test runner that the project has: the compiler only knows some names."""
    if one.name == "@types/jest" and not known.elsewhere("jest") and known.elsewhere("mocha"):
        return Missing(name="@types/mocha", by=one.by, types=True)
    return one


def _removed_with(known: Known, first: Sequence[Missing]) -> Iterator[Missing]:
    """Give what left the manifest with the first and is still used: it would be missed next."""
    files = known.case.files
    for manifest in known.manifests if any(known.past(one.name) for one in first) else ():
        for commit in known.case.bench.past.commits(1):
            for change in known.case.bench.past.patch_of(commit.id):
                if change.name != manifest.file or not change.before:
                    continue
                old = manifest_of(change.name, change.before)
                if old:
                    gone = {name for rows in old.sections.values() for name in rows}
                    for name in sorted(gone):
                        used = any(imports_of(name, files.names, files.read)) or _called(name, manifest)
                        if used and not manifest.range_of(name):
                            yield Missing(name=name)


def _called(package: str, manifest: NodeManifest) -> bool:
    words = {command for command, brings in BRINGS.items() if brings == package} | {package}
    return any(_uses(script, word) for script in manifest.scripts.values() for word in words)


def _uses(script: str, command: str) -> bool:
    return (
        re.search(rf"(?:^|[\s;&|(\"'])(?:\S*/\.bin/)?{re.escape(command)}(?=$|[\s;&|)\"'])", script)
        is not None
    )


def _manifest(known: Known, what: Missing, importers: Sequence[Importer]) -> NodeManifest | None:
    """Return the manifest that should declare it: that of the file, or the script, that needs it."""
    names = known.case.files.names
    for path in what.by:
        if file := located(path, names):
            return owner_of(file, known.manifests)
    if what.command:
        using = [m for m in known.manifests if any(_uses(s, what.command) for s in m.scripts.values())]
        if using:
            return next((one for one in using if _failed_in(one, known.case.log)), using[0])
        asked = _uses(known.case.script.replace("npx ", ""), what.command)
        return known.manifests[0] if asked else None
    if importers:
        owners = [owner_of(one.file, known.manifests) for one in importers]
        return next((one for one in owners if one), None)
    return known.manifests[0]


def _failed_in(manifest: NodeManifest, log: str) -> bool:
    """Whether npm says that a script of this package failed."""
    if not manifest.name:
        return False
    name = re.escape(manifest.name)
    return re.search(rf"(?:workspace |^> |location .*){name}(?:@|\s|$)", log, re.MULTILINE) is not None


def _section(what: Missing, importers: Sequence[Importer], manifest: NodeManifest) -> str:
    """Return where it belongs: what users of the package load is needed at run time."""
    if what.types or what.command or what.name.startswith("@types/"):
        return DEVELOPMENT
    shipped = [one for one in importers if not belongs_to_development(one.file) and not one.types_only]
    if shipped:
        return RUNTIME
    if importers or DEVELOPMENT in manifest.sections or RUNTIME not in manifest.sections:
        return DEVELOPMENT
    return RUNTIME


async def _ranges(
    known: Known, what: Missing, manifest: NodeManifest, importers: Sequence[Importer]
) -> Sequence[str]:
    """Return the ranges to try: as elsewhere in the project, else by the newest releases that fit."""
    if wanted := known.elsewhere(what.name):
        return (wanted,)
    lock = known.lock_of(manifest)
    if lock and (version := locked_version(lock, what.name)):
        return (_styled(manifest, version),)
    try:
        releases = await known.case.bench.packages.releases("node", what.name)
    except PortError:
        return ()
    required = loads_with_require(importers, manifest) and not what.command
    wish = Wish(node=known.node or 20, required=required, below=_below(what, known))
    fits = fitting(releases, wish) or fitting(releases, replace(wish, required=False))
    companion = _companion(what, known)
    noted = [one for one in fits if one.version == known.noted(what.name)]
    paired = [one for one in fits if companion is not None and major_of(one.version) == companion]
    tries = (*noted, *paired[:1], *newest_by_major(fits))
    # What is released together is mostly wanted in the very same version, where that is fixed.
    twin = known.elsewhere(_together_with(what, known))
    same = [twin] if not what.types and any(one.version == twin for one in fits) else []
    ranges = (*same, *(_styled(manifest, one.version) for one in tries))
    return tuple(dict.fromkeys(ranges))[:CANDIDATES]


def _styled(manifest: NodeManifest, version: str) -> str:
    """Return a range for a version as the manifest writes most of its others: mostly with `^`."""
    others = [wanted for rows in manifest.sections.values() for wanted in rows.values()]
    for operator, style in (("", r"\d+\.\d+\.\d+$"), ("~", r"~\d")):
        if sum(re.match(style, wanted) is not None for wanted in others) * 2 > max(2, len(others)):
            return f"{operator}{version}"
    return caret(version)


def _companion(what: Missing, known: Known) -> int | None:
    """Return the first number of what it goes together with."""
    if what.name == "@types/node":
        return known.node or 20
    other = _together_with(what, known)
    return major_of(known.elsewhere(other)) if other else None


def _together_with(what: Missing, known: Known) -> str:
    """Return the package of the project that it goes together with; "" when there is none."""
    other = COMPANIONS.get(what.name, "")
    if what.name.startswith("@types/") and not other:
        other = untyped(what.name)
    scope = what.name.partition("/")[0]
    if not other and what.name.startswith("@") and scope != "@types":
        beside = [name for m in known.manifests for rows in m.sections.values() for name in rows]
        named = (name for name in beside if name.startswith(f"{scope}/") or f"@{name}" == scope)
        other = next(named, "")
    return other


def _below(what: Missing, known: Known) -> int:
    """Return the first number that is too new for how the project is set up."""
    names = {name.rpartition("/")[2] for name in known.case.files.names}
    if what.name == "eslint":
        old = any(name.startswith(".eslintrc") for name in names) or any(
            "eslintConfig" in one.keys for one in known.manifests
        )
        return 9 if old and not any(name.startswith("eslint.config.") for name in names) else 0
    return 0


def _why(what: Missing, importers: Sequence[Importer], before: bool) -> str:
    who = f"the command {what.command} comes from it" if what.command else ""
    if not who:
        who = f"{importers[0].file} imports it" if importers else "the log says that it is missing"
    return f"{who}{', and it was declared so before' if before else ''}"
