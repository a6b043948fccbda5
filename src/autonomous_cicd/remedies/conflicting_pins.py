"""Conflicting pins: move the one requirement of the project that no set of versions fits to, and no other."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.distributions import distribution_of, well_known
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.python_bounds import admitted, usable
from autonomous_cicd.domain.python_conflicts import Clash, clashes, unbuilt, unmatched
from autonomous_cicd.domain.python_installs import What, installs
from autonomous_cicd.domain.python_manifest import is_requirements, reader_of
from autonomous_cicd.domain.python_places import Place
from autonomous_cicd.domain.python_project import PythonProject, look_at, python_of
from autonomous_cicd.domain.python_wanted import decided
from autonomous_cicd.domain.ranges import parse_range, parse_version
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.domain.requirement import Requirement, normal, order, parse_requirement
from autonomous_cicd.domain.requirement_history import lost
from autonomous_cicd.domain.shelf import Item
from autonomous_cicd.plugins import remedy
from autonomous_cicd.relocked import with_locks
from autonomous_cicd.values import dataclass

__all__ = ["ConflictingPins"]

_SAYS = re.compile(
    r"conflicting dependencies|ResolutionImpossible|No solution found|No matching distribution found"
    r"|Could not find a version that satisfies|requires a different Python|no version of|requirements are"
    r" unsatisfiable|not found in the package registry"
)
_DIFFERENT = re.compile(
    r"Package '?(?P<name>[\w.-]+)'? requires a different Python: (?P<python>[\d.]+) not in"
)
_NEVER = frozenset({Category.NETWORK, Category.AUTHENTICATION, Category.RATE_LIMIT, Category.PERMISSION})
_SECURITY = re.compile(r"(?i)\bcve-|\bghsa-|secur|vulnerab|advisory")
_REQUIRES = re.compile(r"^\s*(?:requires-python|python_requires)\s*=")
_WORDS = "words-of-the-job.in"
_COMMITS = 20
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """One requirement, written otherwise."""

    place: Place
    name: str
    was: str
    now: str
    """Of a pair, only its version."""
    why: str


@remedy
class ConflictingPins:
    """Moves or loosens one requirement, to what resolves: never below a bound that a weakness asked for."""

    name = "conflicting_pins"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, by what the failure's lines say."""
        said = (failure.message, *(quote.text for quote in failure.evidence))
        if failure.category in _NEVER:
            return 0.0
        if not any(_SAYS.search(text) for text in said):
            return 0.3 if unbuilt("\n".join(said)) or failure.rule in ("pip-build", "uv-build") else 0.0
        return 0.9 if failure.category is Category.DEPENDENCY_CONFLICT else 0.7

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the moves that resolve, the least one first."""
        scripts = [step.command for step in case.result.steps if step.command]
        scripts = scripts or [command.text for command in case.task.commands]
        project = look_at(case.files.names, case.files.read, scripts, case.workflow)
        different = _DIFFERENT.search(case.log)
        if different and (restored := _old_python(case, different["python"])):
            return (restored,)
        sides = clashes(case.log)
        moves = [move async for move in _moves(case, project, sides)] if sides else []
        if not sides:
            found = await _unmatched(case, project)
            if isinstance(found, Escalate):
                return (found,)
            moves = found or await _newer(case, project)
        edits: list[Edit] = []
        for move in moves:
            text = project.with_changed(move.place, move.name, move.now, move.was)
            if text is None or len(edits) == _MOST:
                continue
            patch = Patch.of([case.edit(move.place.file, text)])
            if await _resolves(case, scripts, patch) and (locked := await with_locks(case, patch)):
                edits.append(Edit(patch=locked, reason=move.why))
        return edits


def _own(project: PythonProject, names: Sequence[str]) -> list[tuple[Place, Item]]:
    return [(place, item) for name in names for place, item in project.holders(name) if place in project.job]


def _restored(case: Case, project: PythonProject, names: Sequence[str]) -> Iterator[_Move]:
    """Yield what a commit changed of these requirements, as it was before."""
    past = case.bench.past
    for commit in past.commits(_COMMITS):
        if _SECURITY.search(commit.subject) or not any(reader_of(name) for name in commit.files):
            continue
        for entry in lost(past.patch_of(commit.id), list(names)):
            place = Place(entry.file, entry.path)
            shelf = project.shelf(place)
            if entry.now is not None and shelf and shelf.item(entry.name, entry.now):
                why = f"asks for {entry.text} again: {entry.now} fits to nothing else that is asked for"
                yield _Move(place=place, name=entry.name, was=entry.now, now=entry.text, why=why)


async def _moves(case: Case, project: PythonProject, sides: Sequence[Clash]) -> AsyncIterator[_Move]:
    """Yield ways out of a conflict, the least change first."""
    names = list(dict.fromkeys(side.name for side in sides))
    back = list(_restored(case, project, [*names, *(side.by for side in sides if side.by)]))
    # What the package needs newer was wanted: the pin beside it was forgotten, and follows.
    needed = [move for move in back if _needed_newer(project, move, sides)]
    for move in back:
        if move not in needed:
            yield move
    async for move in _fitting(case, project, names, sides):
        yield move
    for move in needed:
        yield move
    for place, item in _own(project, list(dict.fromkeys(side.by for side in sides if side.by))):
        asked = item.requirement
        if asked and asked.pinned and not _kept(project, place, item):
            known = usable(await case.bench.packages.releases("python", item.name), python_of(case.log))
            above = [one for one in known if (order(one) or ()) > (order(asked.pinned) or ())]
            for version in above[:1]:
                if now := _moved(asked, item, version):
                    why = (
                        f"asks for {now} instead of {item.text}, which fits to nothing else that is asked for"
                    )
                    yield _Move(place=place, name=item.name, was=item.text, now=now, why=why)


def _needed_newer(project: PythonProject, move: _Move, sides: Sequence[Clash]) -> bool:
    """Whether what a commit changed is that the package itself needs something newer than before."""
    own = any(side.name == move.name and side.by in project.called for side in sides)
    floors = [_floor(parse_requirement(text)) for text in (move.now, move.was)]
    return own and not is_requirements(move.place.file) and floors[0] < floors[1]


def _floor(asked: Requirement | None) -> tuple[int, ...]:
    """Return the lowest version that a requirement lets in, for comparing; () when that is any."""
    clauses = asked.clauses if asked and not asked.pinned else ()
    found = (order(clause.lstrip(">=~^ ")) for clause in clauses if clause.startswith((">", "~=", "^")))
    return max(filter(None, found), default=())


async def _fitting(
    case: Case, project: PythonProject, names: Sequence[str], sides: Sequence[Clash]
) -> AsyncIterator[_Move]:
    """Yield what else to ask for of these distributions, so that it fits to what others ask of them."""
    for place, item in _own(project, names):
        # What the package itself asks for stands against what the job asks for beside it.
        own = frozenset() if not place.of_package else project.called
        others = [s for s in sides if s.name == item.name and s.by and s.by not in own]
        asked = item.requirement
        if asked is None or not others or _kept(project, place, item):
            continue
        known = usable(await case.bench.packages.releases("python", item.name), python_of(case.log))
        fits = [one for one in known if all(admitted(side.spec, one) for side in others)]
        for version in dict.fromkeys((fits[0], _nearest(asked, fits))) if fits else ():
            if now := _moved(asked, item, version):
                by = ", ".join(dict.fromkeys(side.by for side in others))
                why = f"asks for {now} instead of {item.text}, because {by} fits to nothing else"
                yield _Move(place=place, name=item.name, was=item.text, now=now, why=why)


def _kept(project: PythonProject, place: Place, item: Item) -> bool:
    """Whether a line says that a weakness is the reason for what it asks."""
    text = project.texts[place.file]
    line = text[text.rfind("\n", 0, item.start) + 1 : (text.find("\n", item.end) + 1) or len(text)]
    before = text[: item.start].rstrip(" \t-\"'").splitlines()[-1:]
    return bool(_SECURITY.search(line) or any(_SECURITY.search(one) for one in before if "#" in one))


def _nearest(asked: Requirement, fits: Sequence[str]) -> str:
    """Return the release that is nearest to what was asked for."""
    was = order(asked.pinned) if asked.pinned else None
    above = [one for one in fits if was and (order(one) or ()) > was]
    return above[-1] if above else fits[0]


def _moved(asked: Requirement, item: Item, version: str) -> str:
    """Return a requirement that admits a version: a pin goes there, of a range what is in the way."""
    if item.key and not re.match(r"[<>=!~*]", asked.spec):
        return ""
    if asked.pinned:
        new = asked.with_spec(asked.spec.replace(asked.pinned, version))
    else:
        kept = [clause for clause in asked.clauses if admitted(clause, version)]
        gone = [clause for clause in asked.clauses if clause not in kept]
        if not gone or any(clause.startswith((">", "~", "=")) for clause in gone):
            return ""
        new = asked.with_spec(",".join(kept))
    return (new.spec or "*") if item.key else new.text


async def _unmatched(case: Case, project: PythonProject) -> list[_Move] | Escalate:
    """Return what to ask for in the place of releases that do not exist, or not for this Python."""
    found: list[_Move] = []
    for one in unmatched(case.log):
        moves = list(_restored(case, project, [one.name]))
        known = usable(await case.bench.packages.releases("python", one.name), python_of(case.log))
        if not known and not one.there:
            moves = moves or list(_misnamed(project, one.name))
            if not moves and not well_known(one.name) and not _was_replaced(case, one.name):
                return Escalate(reason=f"no index has a distribution {one.name}, and nothing vouches for one")
            return moves
        found += moves
        for place, item in _own(project, [one.name]):
            asked = item.requirement
            if asked is None or not asked.pinned or _kept(project, place, item):
                continue
            was = order(asked.pinned) or ()
            below = [version for version in known if (order(version) or ()) <= was]
            if (below or known) and (now := _moved(asked, item, (below or list(known))[0])):
                why = f"asks for {now} instead of {item.text}, which is not to be had for this Python"
                found.append(_Move(place=place, name=item.name, was=item.text, now=now, why=why))
    return found


async def _newer(case: Case, project: PythonProject) -> list[_Move]:
    """Return newer releases of what is pinned and cannot be built any more."""
    found: list[_Move] = []
    for name in unbuilt(case.log):
        found += _misnamed(project, name)
        for place, item in _own(project, [name]):
            asked = item.requirement
            if asked is None or not asked.pinned:
                continue
            known = usable(await case.bench.packages.releases("python", name), python_of(case.log))
            was = order(asked.pinned) or ()
            above = [one for one in known if (order(one) or ()) > was]
            same = [one for one in above if (order(one) or ())[:2] == was[:2]]
            for version in dict.fromkeys([*same[:1], *above[:1]]):
                if now := _moved(asked, item, version):
                    why = f"asks for {now} instead of {item.text}, which cannot be built here"
                    found.append(_Move(place=place, name=name, was=item.text, now=now, why=why))
    return found


def _misnamed(project: PythonProject, name: str) -> Iterator[_Move]:
    """Yield what asks for a distribution by its own name, where the name of its module stands."""
    right = distribution_of(name)
    for place, item in _own(project, [name] if right and normal(right) != normal(name) else []):
        if (asked := item.requirement) and not item.key:
            # What version it was to have says nothing of the other's.
            now = asked.with_spec("") if asked.pinned else asked
            now = replace(now, name=right)
            why = f"asks for {right}, which brings the module {name}"
            yield _Move(place=place, name=item.name, was=item.text, now=now.text, why=why)


def _was_replaced(case: Case, name: str) -> bool:
    """Whether a commit wrote a name for the first time that no index knows: then undoing it is another's."""
    for commit in case.bench.past.commits(_COMMITS)[:-1]:
        for change in case.bench.past.patch_of(commit.id):
            removed, new = change.lines
            if reader_of(change.name) and removed and any(name in line for line in new):
                return True
    return False


def _old_python(case: Case, python: str) -> Edit | None:
    """Return the range of Pythons that a commit narrowed, as it was before."""
    version = parse_version(python)
    for commit in case.bench.past.commits(_COMMITS):
        if not any(name.endswith(("pyproject.toml", "setup.cfg", "setup.py")) for name in commit.files):
            continue
        patch = case.bench.past.patch_of(commit.id)
        for change in patch:
            if decided(commit.subject, patch, change.name):
                return None
            pair = [[line for line in lines if _REQUIRES.match(line)] for lines in change.lines]
            text = case.files.read(change.name)
            if [len(one) for one in pair] != [1, 1] or text.count(pair[1][0]) != 1:
                continue
            spec = re.sub(r"^[^=]*=\s*[\"']?|[\"',\s]+$", "", pair[0][0])
            span = parse_range(spec)
            if version and span and span.admits(version, pep=True):
                back = Patch.of([case.edit(change.name, text.replace(pair[1][0], pair[0][0]))])
                return Edit(patch=back, reason=f"allows Python {python} again, on which the job runs")
    return None


async def _resolves(case: Case, scripts: Sequence[str], patch: Patch) -> bool:
    """Whether a resolver finds versions for what the job installs; true when it cannot be asked."""
    files: list[str] = []
    options: list[str] = []
    words: list[str] = []
    for one in installs(scripts):
        if one.what is What.FILE and one.name in case.files.names:
            files.append(one.name)
        elif one.what is What.CONSTRAINTS and one.name in case.files.names:
            options += ["-c", one.name]
        elif one.what is What.EXTRA and one.name != "*":
            options += ["--extra", one.name]
        elif one.what is What.WORDS:
            words += one.name.split()
        elif one.what is What.PROJECT:
            prefix = "" if one.name == "." else f"{one.name}/"
            files += _described(case, prefix)
    if "uv" not in case.machine.programs or not files:
        return True
    if words:
        patch = patch.then(Patch.of([changed_file(_WORDS, None, "\n".join(words) + "\n")]))
        files.append(_WORDS)
    python = python_of(case.log)
    options += ["--python-version", python] if python else []
    argv = ("uv", "pip", "compile", "--quiet", "--no-header", *options, *dict.fromkeys(files))
    return (await case.bench.execute(*argv, patch=patch)).green


def _described(case: Case, prefix: str) -> list[str]:
    """Return the file that describes a package so that a resolver can read it."""
    read, names = case.files.read, case.files.names
    tries = (f"{prefix}{name}" for name in ("pyproject.toml", "setup.py", "setup.cfg"))
    return [one for one in tries if one in names and (not one.endswith(".toml") or "[project]" in read(one))][
        :1
    ]
