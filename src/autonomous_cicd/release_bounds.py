"""Release bounds: how the release of a dependency that broke how it is used can be kept out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.python_bounds import bounded, installed_versions, usable
from autonomous_cicd.domain.python_breaks import Break, breaks
from autonomous_cicd.domain.python_manifest import reader_of
from autonomous_cicd.domain.python_places import Place, build_place, runtime_places, test_places
from autonomous_cicd.domain.python_project import PythonProject, look_at, python_of
from autonomous_cicd.domain.python_sources import Part
from autonomous_cicd.domain.requirement import Requirement, order
from autonomous_cicd.domain.requirement_history import lost
from autonomous_cicd.domain.shelf import Item, Style, noted
from autonomous_cicd.values import dataclass

__all__ = ["Bound", "Bounding", "bounding", "points_to_release"]

_SAYS = re.compile(
    r"cannot import name '?\w+'? from|module '[\w.]+' has no attribute|No module named '\w+\.\w"
    r"|No module named '?pkg_resources|RemovedIn\w*Warning|\b[a-z_]\w*(?:\.\w+)*\.\w*(?:Deprecat|Removed)"
    r"|unexpected keyword argument|pkg_resources is deprecated|use_2to3|numpy\.dtype size changed|NumPy 1\.x"
    r"|Descriptors cannot|has been moved to|Pydantic\w+Error|was removed in|error: unrecognized arguments: -"
    r"|PluginValidationError|for hook 'pytest_|not be found in the hookspec"
    r"|fixture '\w+' not found|explicitly declared as text|Not an executable object|APIRemovedIn"
    r"|DeprecationWarning: |InvalidVersion: |has been removed, use|missing 1 required positional"
)
_MAYBE = re.compile(r"(?:TypeError|AttributeError|ImportError): ")
_NEVER = frozenset(
    {
        Category.NETWORK,
        Category.RATE_LIMIT,
        Category.AUTHENTICATION,
        Category.PERMISSION,
        Category.LINT,
        Category.FORMATTING,
        Category.RESOURCE_DISK,
        Category.RESOURCE_MEMORY,
        Category.SYNTAX_ERROR,
    }
)
_BUILD = ("build-system", "requires")
_RECENT = 3
"""Commits that may have brought the failing line themselves."""
_COMMITS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A way to keep something out."""

    patch: Patch
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounding:
    """Who may have broken a failure, and how that can be kept out."""

    case: Case
    project: PythonProject
    installed: dict[str, str]
    suspects: tuple[Break, ...]
    brought: bool
    """Whether one of the newest commits brought the failing line: then no release broke it."""

    @property
    def sure(self) -> tuple[Break, ...]:
        """Those whom the log names."""
        return tuple(one for one in self.suspects if one.direct)

    async def releases(self, one: Break) -> tuple[str, ...]:
        """Return the releases that the Python of the job can have, the newest first."""
        found = await self.case.bench.packages.releases("python", one.distribution)
        return usable(found, python_of(self.case.log))

    def version(self, one: Break, releases: Sequence[str]) -> str:
        """Return the version that the job has."""
        known = self.installed.get(one.distribution) or self.project.locked(one.distribution)
        return known or next(iter(releases), "")

    def restored(self, one: Break) -> Iterator[Bound]:
        """Yield the bound that a commit took away."""
        case, project, past = self.case, self.project, self.case.bench.past
        for commit in past.commits(_COMMITS):
            if not any(reader_of(name) for name in commit.files):
                continue
            for entry in lost(past.patch_of(commit.id), [one.distribution]):
                where = Place(entry.file, entry.path)
                shelf = project.shelf(where)
                if entry.now is None or shelf is None or shelf.item(entry.name, entry.now) is None:
                    continue
                if text := project.with_changed(where, entry.name, entry.text, entry.now):
                    patch = Patch.of([case.edit(entry.file, text)])
                    reason = f"asks for {entry.text} again: {_why(one)}"
                    yield Bound(patch=patch, reason=reason)
                    return

    def below(self, one: Break, bound: str, releases: Sequence[str]) -> Bound | None:
        """Return the patch that keeps out everything from a bound on; None when nothing would be left."""
        case, project, version = self.case, self.project, self.version(one, releases)
        name = one.distribution
        building = _building(project, one)
        holders = [
            (place, item)
            for place, item in project.holders(name)
            if (place.path == _BUILD if building else place in project.job)
        ]
        now, files = project, dict[str, str]()
        if holders:
            for place, item in holders:
                new = _item_text(item, bound, releases)
                if not new and item.requirement and item.requirement.marker:
                    continue  # it is asked for by another Python, or lets in nothing from there on
                text = now.with_changed(place, name, new, item.text) if new else None
                if text is None:
                    return None
                text = _commented(place, text, new, one, version)
                now, files = now.with_text(place.file, text), {**files, place.file: text}
        else:
            home = build_place(project.texts) if building else _home(project, one)
            new = f"{_spelled(project, one)}<{bound}"
            text = project.with_added(home, new) if home else None
            if home is None or text is None:
                return None
            files[home.file] = _commented(home, text, new, one, version)
        if not files:
            return None
        patch = Patch.of([case.edit(file, text) for file, text in files.items()])
        return Bound(patch=patch, reason=f"keeps {name} below {bound}: {_why(one)}")

    def newest(self, one: Break, releases: Sequence[str]) -> Iterator[Bound]:
        """Yield the patch that asks for the newest release of what the job pins to an older one."""
        now, files = self.project, dict[str, str]()
        for place, item in self.project.holders(one.distribution):
            asked = item.requirement
            if place not in self.project.job or asked is None or item.key:
                continue
            if not asked.pinned or (order(asked.pinned) or ()) >= (order(releases[0]) or ()):
                return
            new = asked.with_spec(asked.spec.replace(asked.pinned, releases[0])).text
            text = now.with_changed(place, item.name, new, item.text)
            if text is None:
                return
            now, files = now.with_text(place.file, text), {**files, place.file: text}
        if files:
            patch = Patch.of([self.case.edit(file, text) for file, text in files.items()])
            reason = (
                f"asks for {one.distribution} {releases[0]}: what is pinned is too old for what it is with"
            )
            yield Bound(patch=patch, reason=reason)


def points_to_release(failure: Failure) -> float:
    """Return how much the lines of a failure speak for the release of a dependency, 0 to 1."""
    if failure.category in _NEVER or failure.rule.startswith("github-"):
        return 0.0
    said = _said(failure)
    if any(_SAYS.search(text) for text in said):
        return 0.9 if failure.category is Category.DEPENDENCY_BREAKING_CHANGE else 0.8
    if failure.category is Category.DEPENDENCY_BREAKING_CHANGE:
        return 0.5
    return 0.3 if any(_MAYBE.search(text) for text in said) else 0.0


def bounding(case: Case) -> Bounding | None:
    """Return who may have broken it; None when it is no project of Python."""
    if not any(name.endswith(".py") for name in case.files.names):
        return None
    scripts = [step.command for step in case.result.steps if step.command]
    scripts = scripts or [command.text for command in case.task.commands]
    project = look_at(case.files.names, case.files.read, scripts, case.workflow)
    installed = installed_versions(case.log)
    place = _own_place(case)
    found = breaks(case.log, _said(case.failure), installed, project.mentioned, place, case.files.read)
    foreign = [one for one in found if one.distribution not in project.called]
    suspects = tuple(one for one in foreign if one.module not in project.own)
    return Bounding(
        case=case, project=project, installed=installed, suspects=suspects, brought=_brought(case)
    )


def _said(failure: Failure) -> tuple[str, ...]:
    return failure.message, *(quote.text for quote in failure.evidence)


def _own_place(case: Case) -> tuple[str, int]:
    """Return the own file and line where it failed, by the file's name in the project."""
    file = case.failure.place.file.replace("\\", "/")
    if file in case.files.names:
        return file, case.failure.place.line
    fits = [name for name in case.files.names if file.endswith(f"/{name}")]
    return (max(fits, key=len), case.failure.place.line) if fits else ("", 0)


def _brought(case: Case) -> bool:
    """Whether one of the newest commits brought the failing line."""
    file, number = _own_place(case)
    lines = case.files.read(file).splitlines() if file else []
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    if not line:
        return False
    commits = case.bench.past.commits(_RECENT + 1)
    # The oldest commit that is known brought everything.
    known = commits[:_RECENT] if len(commits) > _RECENT else commits[:-1]
    for commit in known:
        if file not in commit.files:
            continue
        for change in case.bench.past.patch_of(commit.id):
            if change.name == file and any(line == one.strip() for one in change.lines[1]):
                return True
    return False


def _building(project: PythonProject, one: Break) -> bool:
    """Whether it is the build that uses what broke."""
    uses = project.uses(one.module) if one.module else ()
    return bool(uses) and all(use.part is Part.BUILD for use in uses)


def _item_text(item: Item, bound: str, releases: Sequence[str]) -> str:
    asked = item.requirement
    if asked is None:
        return ""
    if item.key:
        asked = Requirement(name=item.key, spec="" if item.text.strip() == "*" else item.text.strip())
    new = bounded(asked, bound, releases)
    if new is None or new == asked:
        return ""
    return new.spec if item.key else new.text


def _spelled(project: PythonProject, one: Break) -> str:
    """Return how the project writes a distribution's name, or how indexes do."""
    return next(
        (r.name for _, i in project.holders(one.distribution) if (r := i.requirement)), one.distribution
    )


def _home(project: PythonProject, one: Break) -> Place | None:
    """Return where a bound belongs for something that the project does not ask for itself."""
    uses = project.uses(one.module) if one.module else ()
    package = [use for use in uses if use.part is Part.PACKAGE]
    constraints = [place for place in project.job if "constraint" in place.file]
    if constraints:
        return constraints[0]
    if package or not uses:
        runtime = runtime_places(project.texts, package[0].file if package else ".", project.job)
        shelf = project.shelf(runtime[0]) if runtime else None
        if runtime and (package or (shelf and shelf.items)):
            return runtime[0]
    return next(iter(test_places(project.texts, project.job)), None)


def _commented(place: Place, text: str, new: str, one: Break, version: str) -> str:
    """Return a file's text with the reason behind the requirement, where there is room for one."""
    reader = reader_of(place.file)
    shelf = replace(one, what=re.sub(r"[^\w .]", "", one.what)[:50])
    if reader is None or place.file.endswith(("setup.cfg", "tox.ini")):
        return text
    if any(s.path == place.path and s.style is Style.WORDS for s in reader(text)):
        return text
    said = f"{version} breaks it" if not shelf.what else f"{version} breaks it: {shelf.what}"
    return noted(text, reader, place.path, one.distribution, said, new)


def _why(one: Break) -> str:
    return (
        f"a later release broke how it is used ({one.what})" if one.what else "a later release broke its use"
    )
