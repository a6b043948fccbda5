"""dependency_update: the least change of the project's own ranges that lets npm find versions."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.json_surgery import put
from autonomous_cicd.domain.node_conflicts import (
    BadEngine,
    NoVersion,
    PeerConflict,
    bad_engine,
    no_version,
    peer_conflict,
    restyled,
)
from autonomous_cicd.domain.node_locks import QUIET, Lock, locked_version, locks_in
from autonomous_cicd.domain.node_manifest import NodeManifest, manifest_of, manifests
from autonomous_cicd.domain.node_past import latest, remembered
from autonomous_cicd.domain.node_versions import Wish, fitting, in_range, newest_by_major, node_in, series
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.ranges import parse_version
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.node_relocked import relocked
from autonomous_cicd.plugins import remedy
from autonomous_cicd.values import dataclass

__all__ = ["NodeConflict"]

SUITS = re.compile(
    r"\bERESOLVE\b|peerinvalid|Conflicting peer dependency|\bETARGET\b|notarget|No matching version found"
    r"|Couldn't find any versions for|No candidates found|EBADENGINE|Not compatible with your version of node"
    r"|Unsupported engine for|The engine \"node\" is incompatible|Found incompatible module"
)
TRIALS = 10
"""Resolutions that are tried until one succeeds."""
FURTHER = 2
"""Those that are tried after that."""
PROPOSED = 2
LOOKED_BACK = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Another range for a dependency."""

    manifest: NodeManifest
    section: str
    package: str
    old: str
    new: str
    why: str


class Project:
    """The manifests of a project with what its history and the index say of its dependencies."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.manifests = manifests(case.files.names, case.files.read)
        self.node = node_in(case.files.read(case.workflow)) if case.workflow else 0
        past = case.bench.past
        commits = [one for one in past.commits(LOOKED_BACK) if any("package.json" in n for n in one.files)]
        self._past = tuple(remembered(past.patch_of(commit.id) for commit in commits))

    def wanting(self, package: str, wanted: str = "") -> tuple[NodeManifest, str, str] | None:
        """Return the manifest and section that want a package, in that range if one is given."""
        for manifest in self.manifests:
            for section, rows in manifest.sections.items():
                if package in rows and (not wanted or rows[package] == wanted):
                    return manifest, section, rows[package]
        return None

    def to(self, package: str, new: str, why: str, wanted: str = "") -> Change | None:
        """Return the change of a dependency's range; None when it is none of the project's, or no change."""
        place = self.wanting(package, wanted)
        if place is None or place[2] == new:
            return None
        manifest, section, old = place
        return Change(manifest=manifest, section=section, package=package, old=old, new=new, why=why)

    def before(self, package: str) -> Change | None:
        """Return the change back to what the history last had."""
        place = self.wanting(package)
        old = latest(package, place[2], place[0].file, self._past) if place else None
        return self.to(package, old.wanted, "it was so before") if old else None

    async def releases(self, package: str) -> tuple[Release, ...]:
        """Return the final releases that run on the project's Node, the newest first."""
        found = await self.case.bench.packages.releases("node", package)
        return fitting(found, Wish(node=self.node))


@remedy
class NodeConflict:
    """Changes the ranges of as few dependencies as it can, and never forces what does not fit."""

    name = "node_conflict"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: when a package manager found no versions that agree."""
        text = "\n".join((failure.message, *(quote.text for quote in failure.evidence)))
        return 0.92 if SUITS.search(text) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the changes with which the dependencies can be resolved, the least first."""
        project = Project(case)
        if not project.manifests:
            return ()
        if (missing := no_version(case.log)) is not None:
            changes = _to_existing(project, missing)
        elif (conflict := peer_conflict(case.log)) is not None:
            changes = _to_agreeing(project, conflict)
        elif (engine := bad_engine(case.log)) is not None:
            if own := _own_engine(project, engine):
                return own
            changes = _to_running(project, engine)
        else:
            return ()
        return await _resolving(project, changes)


async def _resolving(project: Project, changes: AsyncIterator[Change]) -> Sequence[Edit]:
    """Return the edits of the first changes that npm resolves without being forced."""
    found: list[Edit] = []
    trials = 0
    async for change in changes:
        if trials >= (FURTHER if found else TRIALS) or len(found) >= PROPOSED:
            break
        trials += 1
        patch = await _resolved(project.case, change)
        if patch:
            what = f"{change.package} {change.old} -> {change.new} in {change.manifest.file}"
            trials = 0
            found.append(Edit(patch=patch, reason=f"{what}: {change.why}"))
    return found


async def _resolved(case: Case, change: Change) -> Patch | None:
    """Return the patch of a change, with its lock files, when the dependencies can be resolved with it."""
    text = change.manifest.with_dependency(change.section, change.package, change.new)
    if text is None:
        return None
    patch = Patch.of([case.edit(change.manifest.file, text)])
    if locks_in(case.files.names, case.files.read):
        return (await relocked(case, patch)).patch
    folder = change.manifest.folder or "."
    tried = await case.bench.execute(
        "npm", "install", "--package-lock-only", *QUIET, patch=patch, folder=folder
    )
    return patch if tried.green else None


async def _to_existing(project: Project, missing: NoVersion) -> AsyncIterator[Change]:
    """Give the ranges that are nearest to one that nothing satisfies."""
    package, wanted = missing.package, missing.wanted
    if project.wanting(package, wanted) is None:
        return
    releases = await project.releases(package)
    before = project.before(package)
    if before and any(in_range(one.version, before.new) for one in releases):
        yield before
    for name, text in locks_in(project.case.files.names, project.case.files.read).items():
        version = locked_version(Lock(file=name, text=text), package)
        published = any(one.version == version for one in releases)
        change = project.to(package, restyled(wanted, version), "the lock file has this one", wanted)
        if published and change:
            yield change
    for one in _nearest(wanted, releases):
        why = f"no release satisfies {wanted}, and this one is the nearest"
        if change := project.to(package, restyled(wanted, one.version), why, wanted):
            yield change


def _nearest(wanted: str, releases: Sequence[Release]) -> Iterable[Release]:
    """Return the releases nearest to what was wanted: of the same minor, the same major, then any."""
    match = re.search(r"\d+(?:\.\d+){0,2}", wanted)
    target = parse_version(match[0]) if match else None
    if target is None:
        return newest_by_major(releases)[:1]
    numbers = (*target.numbers, 0, 0)[:3]
    for length in (2, 1):
        same = [one for one in releases if (_numbers(one))[:length] == numbers[:length]]
        below = [one for one in same if _numbers(one) <= numbers]
        if same:
            return (below or same[-1:])[:1]
    return [one for one in newest_by_major(releases) if _numbers(one) <= numbers][:1] or newest_by_major(
        releases
    )[:1]


def _numbers(release: Release) -> tuple[int, ...]:
    version = parse_version(release.version)
    return (*(version.numbers if version else ()), 0, 0, 0)[:3]


async def _to_agreeing(project: Project, conflict: PeerConflict) -> AsyncIterator[Change]:
    """Give the changes that may end a conflict of peers: who demands gives way first, then what is there."""
    for package in conflict.everybody:
        if change := project.before(package):
            yield change
    for package in conflict.demanders:
        place = project.wanting(package)
        if place is None:
            continue
        releases = await project.releases(package)
        now = next((one for one in releases if in_range(one.version, place[2])), None)
        why = f"it accepts {conflict.found} {conflict.found_version}"
        for one in _beside(releases, now):
            if change := project.to(package, restyled(place[2], one.version), why):
                yield change
    place = project.wanting(conflict.found)
    if place and conflict.peer_range:
        releases = await project.releases(conflict.found)
        fits = [one for one in releases if in_range(one.version, conflict.peer_range)]
        for one in newest_by_major(fits)[:2]:
            why = f"{', '.join(conflict.demanders) or 'what depends on it'} accepts this one"
            if change := project.to(conflict.found, restyled(place[2], one.version), why):
                yield change


def _beside(releases: Sequence[Release], now: Release | None) -> list[Release]:
    """Return the newest release of each series but the present one: the next older ones, then the newest."""
    if now is None:
        return list(newest_by_major(releases)[:3])
    present = parse_version(now.version)
    if present is None:
        return []
    others = [(version, one) for one in newest_by_major(releases) if (version := parse_version(one.version))]
    older = [
        one for version, one in others if version.key() < present.key() and series(version) != series(present)
    ]
    newer = [
        one for version, one in others if version.key() > present.key() and series(version) != series(present)
    ]
    return [*older[:2], *dict.fromkeys((*newer[-1:], *newer[:1])), *older[2:4]]


async def _to_running(project: Project, engine: BadEngine) -> AsyncIterator[Change]:
    """Give the changes of a dependency to releases that run on the Node that is used."""
    place = project.wanting(engine.package)
    if place is None:
        return
    if change := project.before(engine.package):
        yield change
    major = re.match(r"\d+", engine.node)
    found = await project.case.bench.packages.releases("node", engine.package)
    fits = fitting(found, Wish(node=int(major[0]) if major else project.node or 20))
    for one in newest_by_major(fits)[:3]:
        why = f"it runs on Node {engine.node or project.node}, what was wanted needs {engine.wanted}"
        if change := project.to(engine.package, restyled(place[2], one.version), why):
            yield change


def _own_engine(project: Project, engine: BadEngine) -> Sequence[Edit]:
    """Return how the project itself can be made to run on the Node that is used, or be given a newer one."""
    case = project.case
    own = next((one for one in project.manifests if one.name == engine.package), None)
    if own is None or not own.engines or not engine.node:
        return ()
    found = []
    for commit in case.bench.past.commits(LOOKED_BACK):
        for change in case.bench.past.patch_of(commit.id) if own.file in commit.files else NOTHING:
            old = manifest_of(own.file, change.before) if change.name == own.file and change.before else None
            if old and old.engines != own.engines and in_range(engine.node, old.engines):
                text = put(own.text, ("engines", "node"), old.engines)
                patch = Patch.of([case.edit(own.file, text)]) if text else NOTHING
                found.append(
                    Edit(patch=patch, reason=f"engines.node {own.engines} -> {old.engines}, as before")
                )
    workflow = case.files.read(case.workflow) if case.workflow else ""
    asked = [
        *re.finditer(
            r"node-version:[ \t]*['\"]?v?(\d{1,2}(?:\.[\dx]+)*)['\"]?[ \t]*$", workflow, re.MULTILINE
        )
    ]
    newer = next((str(n) for n in range(18, 40, 2) if in_range(f"{n}.99.99", own.engines)), "")
    if len(asked) == 1 and newer:
        text = workflow[: asked[0].start(1)] + newer + workflow[asked[0].end(1) :]
        patch = Patch.of([case.edit(case.workflow, text)])
        found.append(
            Edit(patch=patch, reason=f"use Node {newer}: package.json says that it needs {own.engines}")
        )
    return [one for one in found[:PROPOSED] if one.patch]
