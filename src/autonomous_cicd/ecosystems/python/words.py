"""Finds the commands that a project's own files say, and how they install it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename

from autonomous_cicd.ecosystems.python.facts import Facts

__all__ = ["commands_said", "commands_typed", "extras_said", "says_all_extras"]

_WRAPPERS = frozenset(
    (
        *(
            "-",
            "@",
            "run:",
            "-run:",
            "script:",
            "uv",
            "run",
            "uvx",
            "tool",
            "poetry",
            "pdm",
            "pipenv",
            "hatch",
        ),
        *("rye", "python", "python3", "-m", "env", "time", "exec", "then", "do", "sudo", "npx"),
        *("--frozen", "--locked", "--no-sync"),
    )
)
_SEPARATOR = re.compile(r"&&|\|\||[;|]")
_EXTRAS = re.compile(r"pip3?\s+install\b[^\n]{0,300}?\.\[([\w., -]+)\]")
_ALL_EXTRAS = re.compile(r"(?:uv\s+sync|poetry\s+install|pdm\s+(?:install|sync))\b[^\n#]{0,300}--all-extras")
_VARIABLE = re.compile(r"\$(?:\{\w+\}|\(\w+\))/?")
"""A variable in front of a program, such as `${PREFIX}ruff`."""
_ASSIGNMENT = re.compile(
    r"""^[ \t]{0,8}(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]{0,20}[:?]?=[ \t]{0,20}"""
    r"""["']?([\w./ -]{1,200}?)["']?[ \t]{0,20}$""",
    re.MULTILINE,
)
"""A variable of a Makefile or a script that holds plain words."""
_USE = re.compile(r"\$[({]?([A-Za-z_]\w*)[)}]?")
_LONGEST = 400


def commands_said(facts: Facts) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the arguments of every command that the project's files say, by program."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for recipe in facts.recipes:
        for command in recipe.commands:
            words = _unwrapped(list(command))
            if words:
                found.setdefault(basename(words[0]), []).append(tuple(words[1:]))
    for program, calls in commands_typed(facts).items():
        found.setdefault(program, []).extend(calls)
    return {program: tuple(calls) for program, calls in found.items()}


def commands_typed(facts: Facts) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the arguments of every command that its CI, Makefile and scripts say, by program."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name, text in facts.says.items():
        for words in () if name.endswith(".py") else _commands(text):
            found.setdefault(basename(words[0]), []).append(tuple(words[1:]))
    for hook in facts.hooks:
        if hook.repo == "local" and (words := _unwrapped(hook.entry.split())):
            found.setdefault(basename(words[0]), []).append((*words[1:], *hook.args))
    return {program: tuple(calls) for program, calls in found.items()}


def extras_said(facts: Facts) -> tuple[str, ...]:
    """Return the extras that the project is installed with where its files install it."""
    found = [
        name.strip()
        for text in facts.says.values()
        for some in _EXTRAS.findall(text)
        for name in some.split(",")
    ]
    return tuple(dict.fromkeys(name for name in found if name))


def says_all_extras(facts: Facts) -> bool:
    """Return whether the project's files install it with all of its extras."""
    return any(_ALL_EXTRAS.search(text) for text in facts.says.values())


def _commands(text: str) -> Iterator[list[str]]:
    known = dict(_ASSIGNMENT.findall(text))
    for line in _USE.sub(lambda use: known.get(use[1], use[0]), text).splitlines():
        if len(line) > _LONGEST or line.lstrip().startswith("#"):
            continue
        for part in _SEPARATOR.split(line):
            if words := _unwrapped(part.split()):
                yield words


def _unwrapped(words: list[str]) -> list[str]:
    """Return a command without what only leads to it: `uv run`, `python -m`, assignments, `@`."""
    for at, text in enumerate(words):
        word = _VARIABLE.sub("", text.strip("\"'").lstrip("@")).strip("\"'")
        if word.strip("-") and word not in _WRAPPERS and "=" not in word and not word.startswith("$"):
            return [word, *words[at + 1 :]]
    return []
