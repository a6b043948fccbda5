"""Decides how each checker that a project uses is called, and what brings it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autonomous_cicd.domain.layout import MATERIAL, join, relative
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.ecosystems.python.check_table import Check
from autonomous_cicd.ecosystems.python.evidence import hook_of, is_certain, left_out, used_checks
from autonomous_cicd.ecosystems.python.facts import Facts, Hook, Recipe
from autonomous_cicd.ecosystems.python.precommit import handed_over, version_of
from autonomous_cicd.ecosystems.python.recipes import recipe_with
from autonomous_cicd.ecosystems.python.shapes import distribution, strings, table
from autonomous_cicd.ecosystems.python.words import commands_typed
from autonomous_cicd.values import dataclass

__all__ = ["SITE_PACKAGES", "CheckPlan", "decide_checks", "packages"]

_PLAIN = re.compile(
    r"[A-Za-z0-9._-]+(?:\[[A-Za-z0-9,._-]+\])?\s*(?:[<>=!~]=?=?\s*[A-Za-z0-9.*+!-]+\s*,?\s*)*"
)
SITE_PACKAGES = "{environment}/lib/python{python}/site-packages"
"""Where the interpreter environment keeps what is installed; `{python}` stands for its version."""

_WORD = re.compile(r"[A-Za-z0-9_./=,:@+-]+")
_NOT_CODE = MATERIAL - {"demo", "demos", "sample", "samples"}
_MOST_CALLS = 3
_HOOK_MYPY = ("--ignore-missing-imports", "--scripts-are-modules")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """One checker as it is to be called."""

    check: Check
    commands: tuple[tuple[str, ...], ...]
    evidence: str
    spec: str
    """What to install: its distribution, with its version where the project names one."""
    plugins: tuple[str, ...] = ()
    alone: bool = True
    """Whether it works without the project and its dependencies."""
    recipe: Recipe | None = None
    """The environment of tox, nox or hatch in which the project calls it."""
    surely: bool = True
    """Whether the project calls it or asks for it somewhere, and does not only configure it."""


def decide_checks(facts: Facts) -> tuple[tuple[CheckPlan, ...], tuple[Skipped, ...]]:
    """Return how the checkers that a project uses are called, and what was left out and why."""
    plans = []
    used = used_checks(facts)
    for check, evidence in used:
        hook = hook_of(check, facts)
        recipe = None if hook else recipe_with(facts, check.argv[0])
        plans.append(
            CheckPlan(
                check=check,
                commands=_commands(check, facts, hook, recipe),
                recipe=recipe,
                evidence=evidence,
                spec=_spec(check, facts, hook),
                plugins=_plugins(check, facts, hook),
                surely=is_certain(check, facts),
                alone=check.alone or (check.name == "mypy" and evidence.startswith(".pre-commit")),
            )
        )
    return tuple(plans), left_out(facts, [check for check, _ in used])


def packages(facts: Facts) -> tuple[str, ...]:
    """Return the places of the code that is distributed: packages and modules, no tests."""
    found: dict[str, None] = {}
    for name in facts.sources:
        parts = name.split("/")
        if parts[0].startswith(".") or (len(parts) > 1 and parts[0].lower() in _NOT_CODE):
            continue
        if parts[0] == "src" and len(parts) > 1:
            found["src"] = None
        elif len(parts) > 1 and f"{parts[0]}/__init__.py" in facts.sources:
            found[parts[0]] = None
    if not found:
        loose = [name for name in facts.sources if "/" not in name]
        found = dict.fromkeys(name for name in loose if name not in ("setup.py", "conftest.py", "noxfile.py"))
    return tuple(found)


def _commands(
    check: Check, facts: Facts, hook: Hook | None, recipe: Recipe | None
) -> tuple[tuple[str, ...], ...]:
    """Return the calls: with the project's own arguments where it says them, else pointed at its code."""
    if hook:
        return (_by_hook(check, facts, hook),)
    called = recipe.commands if recipe and recipe.cwd == "." else ()
    calls = _literal(check, facts, called) or _literal(check, facts, _said(check, facts))
    return calls or ((*check.argv, *_extra(check, facts), *_place(check, facts)),)


def _said(check: Check, facts: Facts) -> list[tuple[str, ...]]:
    """Return the calls that stand in the project's CI and Makefile."""
    said = commands_typed(facts).get(check.argv[0], ()) if facts.folder == "." else ()
    return [(check.argv[0], *words) for words in said if all(map(_WORD.fullmatch, words))]


def _literal(check: Check, facts: Facts, commands: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Return those commands that are this checker and only name places that are there."""
    found = [
        (*_looking(check, command), *(_place(check, facts) if _names_no_place(check, command) else ()))
        for command in commands
        if command[0] == check.argv[0]
        and (not check.verbs or command[1:2] in [(verb,) for verb in check.verbs])
        and all(word.startswith("-") or _is_there(word, facts) for word in command[len(check.argv[:2]) :])
    ]
    return tuple(dict.fromkeys(found))[:_MOST_CALLS]


def _names_no_place(check: Check, command: tuple[str, ...]) -> bool:
    """Return whether a command of the project's leaves it to the configuration what is looked at."""
    words = command[len(check.argv) :] if check.verbs else command[1:]
    return check.name in ("mypy", "pip-audit") and all(word.startswith("-") for word in words)


def _exists(word: str, facts: Facts) -> bool:
    """Return whether a word that looks like a Python file is one of the component."""
    return not word.endswith((".py", ".pyi")) or word.removeprefix("./") in facts.sources


def _looking(check: Check, command: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command of the project's changed so that it changes nothing."""
    kept = tuple(word for word in command if word not in check.changes)
    if not check.looks or any(word.split("=")[0] in check.looks for word in kept):
        return kept
    at = len(check.argv) - 1
    return (*kept[:at], check.looks[0], *kept[at:])


def _by_hook(check: Check, facts: Facts, hook: Hook) -> tuple[str, ...]:
    """Return the call that pre-commit makes, over all files."""
    args = tuple(word for word in hook.args if word not in check.changes and word not in check.argv)
    if check.name == "mypy" and not args:
        args = _HOOK_MYPY
    if not hook.pass_filenames:
        return (*check.argv, *args)
    names = [join(facts.folder, name) for name in facts.sources if check.stubs or name.endswith(".py")]
    files = handed_over(hook, facts, names)
    if files is None:
        return (*check.argv, *args, *(() if args else _extra(check, facts)), *_place(check, facts))
    own = tuple(relative(name, facts.folder) for name in files)
    listed = tuple(word for word in check.listed if word not in args)
    return (*check.argv, *args, *listed, *own)


def _place(check: Check, facts: Facts) -> tuple[str, ...]:
    """Return what a checker is pointed at where its configuration does not say."""
    if check.name == "mypy" and (named := _named_places(facts)) is not None:
        there = tuple(_literal_part(place) for place in named if _is_there(place, facts))
        return tuple(dict.fromkeys(there)) if 0 < len(there) < len(named) else ()
    if check.place == "packages":
        recursive = ("-r",) if check.name == "bandit" else ()
        return (*recursive, *(packages(facts) or (".",)))
    if check.place == "environment":
        return ("--path", SITE_PACKAGES)
    return (check.place,) if check.place else ()


def _named_places(facts: Facts) -> tuple[str, ...] | None:
    """Return the files that mypy is configured to look at; None when its configuration names nothing."""
    own = table(facts.tools, "mypy")
    for section in ({}, *(sections.get("mypy", {}) for sections in facts.sections.values())):
        said = {**section, **own}
        if "files" in said:
            words = said["files"]
            parts = words.split(",") if isinstance(words, str) else strings(words)
            return tuple(part.strip() for part in parts if part.strip())
        if "packages" in said or "modules" in said:
            return ()
    return None


def _literal_part(place: str) -> str:
    """Return a place up to its first wildcard."""
    at = next((at for at, sign in enumerate(place) if sign in "*?["), len(place))
    return place if at == len(place) else place[:at].rpartition("/")[0] or "."


def _is_there(place: str, facts: Facts) -> bool:
    """Return whether a place is in the component; a source archive often lacks some. Patterns always are."""
    bare = place.removeprefix("./").rstrip("/")
    if bare in (".", "") or any(sign in bare for sign in "*?["):
        return True
    return any(name == bare or name.startswith(f"{bare}/") for name in facts.sources)


def _extra(check: Check, facts: Facts) -> tuple[str, ...]:
    """Return what a checker has to be told to find its configuration."""
    if check.name != "bandit":
        return ()
    config = next((name for name in ("bandit.yaml", "bandit.yml") if name in facts.files), "")
    if not config and table(facts.tools, "bandit"):
        config = "pyproject.toml"
    return ("-c", config) if config else ()


def _spec(check: Check, facts: Facts, hook: Hook | None) -> str:
    """Return what brings a checker, in the version of the hook, of the lock, or in the range asked for."""
    package = check.package
    if hook and (version := version_of(hook)):
        return f"{package}=={version}"
    if package in facts.lock:
        return f"{package}=={facts.lock[package]}"
    return next((text for text in _asked(facts, package)), package)


def _asked(facts: Facts, package: str) -> Iterable[str]:
    """Return the plain requirements for a distribution that name a range."""
    everything = [text for one in facts.sets for text in one.requirements]
    everything += [text for recipe in facts.recipes for text in recipe.requirements]
    for text in everything:
        if (
            distribution(text) == package
            and text.strip() != package
            and len(text) < 200
            and _PLAIN.fullmatch(text.strip())
        ):
            yield text.strip().replace(" ", "")


def _plugins(check: Check, facts: Facts, hook: Hook | None) -> tuple[str, ...]:
    """Return the distributions that extend a checker, as the project asks for them."""
    if hook:
        return tuple(text for text in hook.additional if distribution(text))
    found: dict[str, str] = {}
    for one in facts.sets:
        for text in one.requirements:
            name = distribution(text)
            if (
                name.startswith(check.plugins)
                and check.plugins
                and len(text) < 200
                and _PLAIN.fullmatch(text.strip())
            ):
                found.setdefault(name, text.strip().replace(" ", ""))
    for recipe in facts.recipes:
        for text in strings(list(recipe.requirements)):
            if check.plugins and distribution(text).startswith(check.plugins):
                found.setdefault(distribution(text), text)
    return tuple(found.values())
