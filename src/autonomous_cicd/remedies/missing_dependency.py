"""Missing dependency: declare what is used, where the project declares such things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.build_plugins import generators
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.distributions import distribution_of, is_standard, looks_like, well_known
from autonomous_cicd.domain.docs_parts import SAYS as DOCS
from autonomous_cicd.domain.extras import absent
from autonomous_cicd.domain.given_up import given_up
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.python_missing import Kind, Missing, missing
from autonomous_cicd.domain.python_places import Place, build_place, runtime_places, test_places
from autonomous_cicd.domain.python_project import PythonProject, Use, look_at
from autonomous_cicd.domain.python_sources import Part, is_first_party
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.domain.requirement import normal
from autonomous_cicd.domain.requirement_history import Lost, lost
from autonomous_cicd.plugins import remedy
from autonomous_cicd.relocked import with_locks
from autonomous_cicd.values import dataclass

__all__ = ["MissingDependency"]

_SAYS = re.compile(
    r"No module named|fixture '\w+' not found|unrecognized arguments: -|stubs not installed for"
    r"|missing library stubs|Cannot find implementation or library stub"
    r"|distribution was not found|PackageNotFoundError|BackendUnavailable"
    r"|invalid command 'bdist_wheel'|Unknown (?:version source|build hook|metadata hook|config option): "
    r"|Missing optional dependency|to be installed|async def functions are not|Missing required plugins"
    r"|not found in `markers`|Unknown pytest\.mark|(?:command )?not found$|not found, please install"
    r"|is not installed"
    r"|tree builder with the features|Failed to spawn|Missing dependencies for SOCKS"
    rf"|{DOCS}"
)
_SURE = frozenset({Category.DEPENDENCY_MISSING})
_EXTRA = frozenset({"optional-dependencies", "options.extras_require", "extras_require"})
_COMMITS = 40
_MOST = 6
"""Things that are added at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A distribution that is to be declared."""

    name: str
    why: str
    what: Missing
    uses: tuple[Use, ...] = ()


@remedy
class MissingDependency:
    """Declares a distribution that is used but not installed, if the project or a table vouches for it."""

    name = "missing_dependency"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, by what the failure's lines say."""
        if any(_SAYS.search(text.rstrip()) for text in _said(failure)):
            return 0.95 if failure.category in _SURE else 0.8
        return 0.4 if "dependency_update/missing_dependency" in failure.remedies else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the additions, or why nothing may be added."""
        scripts = [step.command for step in case.result.steps if step.command]
        scripts = scripts or [command.text for command in case.task.commands]
        if not any(name.endswith(".py") for name in case.files.names):
            return ()
        project = look_at(case.files.names, case.files.read, scripts, case.workflow)
        if absent(case.log, project.called):
            return ()  # what is missing may well stand in the extra that is asked for by a wrong name
        history = tuple(_history(case))
        wanted: list[_Wanted] = []
        for one in missing(case.log)[:_MOST]:
            found = _judged(one, project, case, history)
            if isinstance(found, Escalate):
                return (found,)
            if found and _installed(found, project):
                continue
            if found and found.name not in [known.name for known in wanted]:
                wanted.append(found)
        if not wanted:
            return ()
        if refused := next(filter(None, (_given_up(one, case) for one in wanted)), None):
            return (refused,)
        edits = [
            Edit(patch=patch, reason=_told(wanted, place))
            for patch, place in [*_restored(wanted, case, project, history), *_placed(wanted, case, project)]
        ]
        return [
            Edit(patch=locked, reason=edit.reason)
            for edit in _different(edits)
            if (locked := await with_locks(case, edit.patch))
        ]


def _said(failure: Failure) -> tuple[str, ...]:
    return failure.message, *(quote.text for quote in failure.evidence)


def _judged(
    one: Missing, project: PythonProject, case: Case, history: Sequence[Lost]
) -> _Wanted | Escalate | None:
    """Return what brings a missing thing, or why nothing may; None when it is another's business."""
    if one.distribution:
        known = well_known(one.distribution) or one.distribution != one.name
        if known or normal(one.distribution) in project.mentioned:
            return _Wanted(name=one.distribution, why=_why(one), what=one)
        return None
    if one.kind is Kind.COMMAND:
        return None
    if one.kind is Kind.BUILD and one.outside:
        return None
    module = one.name
    top = module.partition(".")[0]
    if is_standard(module) or top == "pkg_resources":
        return None
    if one.kind is Kind.DISTRIBUTION:
        known = well_known(module) or normal(module) in _vouched(project, history)
        if normal(module) in project.called or not known:
            return None
        return _Wanted(name=module, why=_why(one), what=one)
    uses = project.uses(module)
    told = any(f"'{module}'" in text for text in _said(case.failure))
    if not told and not any(use.firm for use in uses):
        return None
    if is_first_party(module, project.own, project.called) or top in _gone(case):
        return _generated(one, project) if one.kind is Kind.MODULE else None
    name = distribution_of(module, _vouched(project, history))
    if name:
        if normal(name) in project.called:
            return None
        return _Wanted(name=name, why=_why(one), what=one, uses=uses)
    if one.outside and not uses:
        return None
    if near := looks_like(top, project.mentioned | project.own):
        said = f"the module {top} is not known, but {near} is: it may be mistyped"
        return Escalate(reason=f"{said}, and is not installed by guess")
    said = f"nothing vouches for a distribution that brings the module {top}"
    return Escalate(reason=f"{said}: neither the project nor what is well known")


def _installed(wanted: _Wanted, project: PythonProject) -> bool:
    """Whether the job asks for it already: then a lock is stale, and it is no use to ask a second time."""
    return any(
        place in project.job and not item.key and not (item.requirement and item.requirement.marker)
        for place, item in project.holders(wanted.name)
        if "constraint" not in place.file
    )


def _generated(one: Missing, project: PythonProject) -> _Wanted | None:
    """Return what would write a module of the project itself when that is built."""
    place = build_place(project.texts)
    shelf = project.shelf(place) if place else None
    asked = {item.name for item in shelf.items} if shelf else set()
    found = generators(one.name, project.texts, asked)
    if len(found) != 1:
        return None
    what = Missing(kind=Kind.BUILD, name=found[0], distribution=found[0])
    return _Wanted(name=found[0], why=f"it writes {one.name} when the project is built", what=what)


def _why(one: Missing) -> str:
    match one.kind:
        case Kind.PLUGIN:
            return f"pytest needs it for {one.name}" if one.name != one.distribution else "pytest asks for it"
        case Kind.COMMAND:
            return f"the command {one.name} is called"
        case Kind.STUBS:
            return f"the type checker asks for the stubs of {one.name}"
        case Kind.DISTRIBUTION:
            return "it is asked for"
        case Kind.BUILD:
            return f"the build imports {one.name}"
        case _:
            return f"{one.name} is imported"


def _vouched(project: PythonProject, history: Sequence[Lost]) -> frozenset[str]:
    """Return the distributions that the project names, or named in its history."""
    return project.mentioned | {one.name for one in history}


def _history(case: Case) -> Iterator[Lost]:
    for commit in case.bench.past.commits(_COMMITS):
        if any(
            name.endswith((".py", ".toml", ".txt", ".cfg", ".ini", ".yml", ".in")) for name in commit.files
        ):
            yield from lost(case.bench.past.patch_of(commit.id))


def _given_up(wanted: _Wanted, case: Case) -> Escalate | None:
    """Return that a commit did without a distribution on purpose, so that it is what uses it that is behind.

    It says so, or it had other code do without as well.
    """
    modules = {wanted.name, wanted.what.name.partition(".")[0]}
    for commit in case.bench.past.commits(_COMMITS):
        if not any(name.endswith((".toml", ".txt", ".cfg", ".in", "setup.py")) for name in commit.files):
            continue
        patch = case.bench.past.patch_of(commit.id)
        if not any(one.name == normal(wanted.name) and one.now is None for one in lost(patch)):
            continue
        if given_up(patch, commit.subject, modules):
            said = f'commit {commit.id[:7]} "{commit.subject[:60]}" did without {wanted.name} on purpose'
            return Escalate(reason=f"{said}, and some code still uses it")
        return None
    return None


def _gone(case: Case) -> frozenset[str]:
    """Return the top-level modules that commits removed from the project: they are its own."""
    found: set[str] = set()
    for commit in case.bench.past.commits(_COMMITS):
        for file in commit.files:
            if file.endswith(".py") and file not in case.files.names:
                parts = file.removeprefix("src/").split("/")
                found.add(parts[0].partition(".")[0])
                found.add(parts[-1].partition(".")[0])
    return frozenset(found - {"__init__", "tests", "test", "docs"})


def _restored(
    wanted: Sequence[_Wanted], case: Case, project: PythonProject, history: Sequence[Lost]
) -> list[tuple[Patch, str]]:
    """Return the patch that puts back what a commit took away, when one took all of it."""
    back: dict[str, Lost] = {}
    names = {normal(one.name): one for one in wanted}
    for entry in history:
        if entry.now is None and entry.name in names and _usable(entry, project):
            back.setdefault(entry.name, entry)
    if set(back) != set(names):
        return []
    now, place = project, ""
    for entry in back.values():
        where = Place(entry.file, entry.path)
        text = f"{entry.name}{entry.text if entry.text != '*' else ''}" if entry.pair else entry.text
        new = now.with_added(where, text, entry.after) or now.with_added(where, text)
        if new is None:
            return []
        now, place = now.with_text(entry.file, new), entry.file
    return [(_patch(case, project, now), place)]


def _usable(entry: Lost, project: PythonProject) -> bool:
    shelf = project.shelf(Place(entry.file, entry.path))
    return shelf is not None and shelf.item(entry.name) is None


def _placed(wanted: Sequence[_Wanted], case: Case, project: PythonProject) -> list[tuple[Patch, str]]:
    """Return the patches that declare everything at its best place, and at its second best."""
    found = []
    said = "\n".join([case.script, *(step.command for step in case.result.steps)])
    for rank, exact in ((0, False), (0, True), (1, False)):
        now, place = project, ""
        for one in wanted:
            places = _places(one, project, isolated="--no-build-isolation" not in said)
            where = places[min(rank, len(places) - 1)] if places else None
            text = now.with_added(where, now.written(where, one.name, exact=exact)) if where else None
            if where is None or text is None:
                break
            now, place = now.with_text(where.file, text), where.file
        else:
            found.append((_patch(case, project, now), place))
    if not found and all(one.what.kind is Kind.BUILD for one in wanted) and (new := _begun(wanted, case)):
        found.append((new, "pyproject.toml"))
    return found


def _places(one: _Wanted, project: PythonProject, *, isolated: bool = True) -> list[Place]:
    """Return where a distribution belongs, the best first."""
    texts, job = project.texts, project.job
    declared = {place for place, _ in project.holders(one.name)}
    if one.what.kind is Kind.BUILD or (one.uses and all(use.part is Part.BUILD for use in one.uses)):
        place = build_place(texts)
        if place is None or place in declared:
            # Without isolation it is the job that has to install what the build needs.
            return [] if isolated else [one for one in test_places(texts, job) if one not in declared][:1]
        return [place]
    package = [use for use in one.uses if use.part is Part.PACKAGE and use.firm]
    aside = bool(one.uses) and all(use.part is Part.ASIDE for use in one.uses)
    tool = one.what.kind in (Kind.COMMAND, Kind.STUBS) and normal(one.name) not in (
        "pytest",
        "coverage",
        "tox",
    )
    tests = test_places(texts, job, "else" if aside or tool else "test")
    runtime = runtime_places(texts, package[0].file, job) if package else ()
    optional = any(_EXTRA.intersection(place.path) for place in declared)
    found = ([*tests[:1], *runtime] if optional else [*runtime]) if package else [*tests[:2]]
    if not found:
        found = [place for place in runtime_places(texts, ".", job) if _for_tests(project, place)]
    return [place for place in dict.fromkeys(found) if place not in declared]


def _for_tests(project: PythonProject, place: Place) -> bool:
    """Whether tools of the tests stand there already, or it is no list of what users need."""
    shelf = project.shelf(place)
    return not place.of_package or bool(shelf and shelf.item("pytest"))


def _begun(wanted: Sequence[_Wanted], case: Case) -> Patch | None:
    """Return a pyproject.toml for a project whose build said nowhere what it needs."""
    if "pyproject.toml" in case.files.names or "setup.py" not in case.files.names:
        return None
    names = ", ".join(f'"{name}"' for name in dict.fromkeys(["setuptools", *(one.name for one in wanted)]))
    return Patch.of([case.edit("pyproject.toml", f"[build-system]\nrequires = [{names}]\n")])


def _patch(case: Case, before: PythonProject, now: PythonProject) -> Patch:
    changed = [name for name, text in now.texts.items() if before.texts.get(name) != text]
    return Patch.of([case.edit(name, now.texts[name]) for name in changed])


def _different(edits: Sequence[Edit]) -> list[Edit]:
    found: dict[str, Edit] = {}
    for edit in edits:
        found.setdefault(edit.patch.id, edit)
    return list(found.values())


def _told(wanted: Sequence[_Wanted], place: str) -> str:
    said = "; ".join(f"{one.name}, because {one.why}" for one in wanted)
    return f"declares in {place} what is missing: {said}"
