"""Selects what is installed besides the project: what its tests and checks need, on the project's word."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autonomous_cicd.ecosystems.python.facts import Facts, Manager, Recipe, Requirements, SetKind
from autonomous_cicd.ecosystems.python.recipes import tokens
from autonomous_cicd.ecosystems.python.shapes import distributions
from autonomous_cicd.ecosystems.python.testing import IMPORTED, pytest_options
from autonomous_cicd.ecosystems.python.words import extras_said
from autonomous_cicd.values import dataclass

__all__ = ["Selection", "installed_names", "select"]

_TEST = frozenset(("test", "tests", "testing", "unittest", "unittests", "pytest"))
_DEV = frozenset(("dev", "develop", "development", "devel"))
_NOISE = frozenset(("requirements", "requirement", "reqs", "req", "txt", "in", "pip", "extra", "all"))
_ASIDE = frozenset(
    ("docs", "doc", "documentation", "release", "publish", "build", "deploy", "min", "minimum", "random")
)
_FEW = 8
"""Extras of a project that are installed together unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is installed besides the project and what it needs to work."""

    sets: tuple[Requirements, ...] = ()
    more: tuple[str, ...] = ()
    """Requirements that no set names."""
    main: bool = False
    """Whether the requirements files of the project itself are installed, too."""

    @property
    def names(self) -> frozenset[str]:
        """Normalised names of all that was selected."""
        return frozenset(distributions(self.more).union(*(one.names for one in self.sets)))


def select(facts: Facts, recipe: Recipe | None, needed: Iterable[str], *, tests: bool = True) -> Selection:
    """Return the sets that hold what is needed; what no set holds is asked for by its name.

    The environment that the project tests in comes first, then sets named after tests, then those named
    after development, then whichever set holds what is still missing. Without `tests` only this last one.
    """
    wanted = frozenset(needed)
    chosen = list(_of_recipe(facts, recipe)) if recipe else []
    if tests and (not chosen or not _has_runner(facts, chosen, wanted)):
        chosen += _by_name(facts, wanted, chosen)
    have = installed_names(facts, chosen)
    for name in sorted(wanted - have):
        holder = _holder(facts, name, chosen)
        if name not in have and holder is not None:
            chosen.append(holder)
            have |= holder.names
    kept = _without_conflicts(facts, chosen)
    main = bool(facts.main_files) and (not facts.installable or not facts.dependencies)
    missing = wanted - installed_names(facts, kept)
    more = [
        *(recipe.requirements if recipe else ()),
        *sorted(missing - distributions(recipe.requirements if recipe else ())),
    ]
    if (
        tests
        and wanted - facts.declared
        and not (chosen or facts.lock_files or (recipe and recipe.requirements))
    ):
        kept = _features(facts)
        more += _imported(facts)
    return Selection(sets=kept, more=tuple(dict.fromkeys(more)), main=main)


def _of_recipe(facts: Facts, recipe: Recipe) -> Iterable[Requirements]:
    """Return the sets that an environment of tox, nox or hatch names."""
    for one in facts.sets:
        names = recipe.extras if one.kind is SetKind.EXTRA else recipe.groups
        if one.kind is SetKind.FILE:
            names = tuple(name.removeprefix("./") for name in recipe.files)
        if one.kind is not SetKind.LIST and one.name in names:
            yield one


def _by_name(facts: Facts, wanted: frozenset[str], chosen: list[Requirements]) -> list[Requirements]:
    others = [one for one in facts.sets if one not in chosen]
    found = [one for one in others if _words(one) and _words(one) <= _TEST]
    if not found:
        found = [one for one in others if _words(one) & _TEST and not _words(one) & _ASIDE]
    if not found or not _has_runner(facts, [*chosen, *found], wanted):
        found += [one for one in others if one not in found and _words(one) and _words(one) <= _DEV | _TEST]
    if not _has_runner(facts, [*chosen, *found], wanted):
        said = extras_said(facts)
        found += [
            one for one in others if one.kind is SetKind.EXTRA and one.name in said and one not in found
        ]
    return _once(found)


def _once(sets: list[Requirements]) -> list[Requirements]:
    """Return the sets without a requirements file whose compiled twin, or includer, is among them."""
    return list(dict.fromkeys(sets))


def _has_runner(facts: Facts, sets: list[Requirements], wanted: frozenset[str]) -> bool:
    runner = next((name for name in ("pytest", *sorted(wanted)) if name in wanted), "")
    return not runner or runner in installed_names(facts, sets)


def installed_names(facts: Facts, sets: Iterable[Requirements]) -> frozenset[str]:
    """Return what is installed with these sets: the project's own needs and the manager's groups, too."""
    unasked = [
        one for one in facts.sets if one.kind in (SetKind.GROUP, SetKind.OWN) and _is_unasked(facts, one)
    ]
    own = facts.dependencies if facts.installable else (*facts.dependencies, *facts.main_requirements)
    found: set[str] = set(distributions(own))
    return frozenset(found.union(*(one.names for one in (*sets, *unasked))))


def _is_unasked(facts: Facts, one: Requirements) -> bool:
    """Return whether the project's manager installs a group without being asked to."""
    match facts.manager:
        case Manager.UV:
            return one.name in facts.default_groups
        case Manager.POETRY:
            return "poetry.lock" in facts.lock_files and one.name in facts.default_groups
        case Manager.PDM:
            return "pdm.lock" in facts.lock_files
        case Manager.PIPENV:
            return one.source == "Pipfile"
        case _:
            return False


def _holder(facts: Facts, name: str, chosen: list[Requirements]) -> Requirements | None:
    """Return the set that holds a distribution: one named after its purpose, else the smallest."""
    holders = [
        one for one in facts.sets if name in one.names and one not in chosen and not _words(one) & _ASIDE
    ]
    purpose = {*tokens(name), "typing", "types", "type", "lint", "linting", "qa", "dev", "check", "checks"}
    holders.sort(key=lambda one: (not _words(one) & purpose, len(one.requirements)))
    return holders[0] if holders else None


def _without_conflicts(facts: Facts, sets: list[Requirements]) -> tuple[Requirements, ...]:
    kept: list[Requirements] = []
    for one in sets:
        names = {other.name for other in kept}
        if not any(one.name in together and together & names for together in facts.conflicts):
            kept.append(one)
    return tuple(kept)


def _features(facts: Facts) -> tuple[Requirements, ...]:
    """Return the extras that are no tools, for a project that does not say what its tests need."""
    extras = [one for one in facts.sets if one.kind is SetKind.EXTRA and not _words(one) & (_ASIDE | _DEV)]
    return tuple(extras) if len(extras) <= _FEW else ()


def _imported(facts: Facts) -> list[str]:
    """Return the well-known distributions that tests import, of which no file of the project speaks."""
    have = distributions(facts.dependencies)
    named = facts.test_imports | _warned_about(facts)
    return [
        name for module, name in IMPORTED.items() if module in named and not distributions([name]) <= have
    ]


def _warned_about(facts: Facts) -> frozenset[str]:
    """Return the modules whose warnings pytest is told to filter; it imports them."""
    filters = pytest_options(facts).get("filterwarnings", "").splitlines()
    categories = [line.split(":")[2].strip() for line in filters if line.count(":") >= 2]
    return frozenset(category.split(".")[0] for category in categories)


def _words(one: Requirements) -> frozenset[str]:
    """Return the words of a set's name that say what it is for."""
    name = re.sub(r"\.(txt|in|pip)$", "", one.name) if one.kind is SetKind.FILE else one.name
    return tokens(name) - _NOISE
