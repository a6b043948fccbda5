"""What the commands of a job install: requirements files, extras, groups, environments of tox and nox."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from posixpath import normpath

from autonomous_cicd.domain.requirement import parse_requirement
from autonomous_cicd.domain.script import commands
from autonomous_cicd.values import dataclass

__all__ = ["Asked", "What", "installs"]


class What(StrEnum):
    """A kind of thing that can be installed."""

    FILE = "file"
    """A requirements file."""
    CONSTRAINTS = "constraints"
    PROJECT = "project"
    """The project, or another of its folders."""
    EXTRA = "extra"
    GROUP = "group"
    WORDS = "words"
    """Distributions that the command names."""
    POETRY = "poetry"
    TOX = "tox"
    NOX = "nox"
    HATCH = "hatch"
    PIPFILE = "pipfile"
    SCRIPT = "script"
    """A file of the project with commands: a Makefile, a script."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a command installs."""

    what: What
    name: str = ""
    """Of the file, extra, group, session; folder of the project; for words, all of them."""


_PROJECT = re.compile(
    r"(?P<folder>\.{1,2}(?:/[\w./-]*)?|[\w-]+(?:/[\w.-]+)*/|file:\S+)(?:\[(?P<extras>[\w, .-]*)\])?"
)
_SCRIPT = re.compile(r"(?:\./)?[\w./-]+\.(?:sh|bash)|(?:\./)?(?:bin|scripts?|ci|tools)/[\w./-]+")


def installs(scripts: Iterable[str]) -> tuple[Asked, ...]:
    """Return what scripts install, in order, each once."""
    found: dict[Asked, None] = {}
    for script in scripts:
        for words in commands(script):
            found.update(dict.fromkeys(_of(list(words))))
    return tuple(found)


def _of(words: list[str]) -> Iterator[Asked]:
    program = words[0].rpartition("/")[2]
    rest = words[1:]
    if re.fullmatch(r"py(?:thon)?[\d.]*", program) and rest[:1] == ["-m"]:
        program, rest = (rest[1] if len(rest) > 1 else ""), rest[2:]
    if program == "uv" and rest[:1] in (["pip"], ["tool"]):
        program, rest = "pip", rest[1:]
    if program == "uvx" and rest:
        program, rest = rest[0].partition("@")[0], rest[1:]
    if program in ("uv", "poetry", "pdm", "hatch", "pipenv") and rest[:1] == ["run"] and len(rest) > 1:
        yield from _manager(program, rest)
        inner = [word for word in rest[1:] if not word.startswith("-")]
        if inner and inner[0] in ("tox", "nox", "pip"):
            yield from _of(inner)
        return
    if re.fullmatch(r"pip[\d.]*", program) and rest[:1] == ["install"]:
        yield from _pip(rest[1:])
    elif program in ("uv", "poetry", "pdm", "hatch", "pipenv"):
        yield from _manager(program, rest)
    elif program in ("tox", "nox"):
        flags = ("-e", "--env") if program == "tox" else ("-s", "--session", "--sessions", "-e")
        names = [part for value in _values(rest, flags) for part in value.split(",")] or [""]
        yield from (Asked(What(program), name) for name in names)
    elif program == "make":
        yield Asked(What.SCRIPT, "Makefile")
    elif program in ("sh", "bash") and rest and not rest[0].startswith("-"):
        yield Asked(What.SCRIPT, normpath(rest[0]))
    elif _SCRIPT.fullmatch(words[0]):
        yield Asked(What.SCRIPT, normpath(words[0]))


def _values(words: Sequence[str], flags: Sequence[str]) -> list[str]:
    """Return the values of options, `--x y` or `--x=y`."""
    found = [words[n + 1] for n, word in enumerate(words[:-1]) if word in flags]
    return found + [
        word.partition("=")[2] for word in words if word.partition("=")[0] in flags and "=" in word
    ]


def _pip(words: list[str]) -> Iterator[Asked]:
    for name in _values(words, ("-r", "--requirement", "--requirements")):
        yield Asked(What.FILE, normpath(name))
    yield from (
        Asked(What.FILE, normpath(word[2:])) for word in words if word.startswith("-r") and len(word) > 2
    )
    for name in _values(words, ("-c", "--constraint")):
        yield Asked(What.CONSTRAINTS, normpath(name))
    for name in _values(words, ("--group",)):
        yield Asked(What.GROUP, name.rpartition(":")[2])
    named: list[str] = []
    skip = False
    for word in words:
        if skip or (word.startswith("-") and word not in ("-e", "--editable")):
            skip = not skip and word in (
                "-r",
                "--requirement",
                "-c",
                "--constraint",
                "--group",
                "-i",
                "--index-url",
                "--extra-index-url",
                "-f",
                "--find-links",
                "--no-binary",
                "--only-binary",
                "--python",
            )
            continue
        if found := _PROJECT.fullmatch(word):
            yield from _project(found["folder"], found["extras"] or "")
        elif not word.startswith("-") and parse_requirement(word):
            named.append(word)
    if named:
        yield Asked(What.WORDS, " ".join(named))


def _project(folder: str, extras: str) -> Iterator[Asked]:
    yield Asked(What.PROJECT, normpath(folder))
    for name in extras.split(","):
        if name.strip():
            yield Asked(What.EXTRA, name.strip())


def _manager(program: str, words: list[str]) -> Iterator[Asked]:
    verb = next((word for word in words if not word.startswith("-")), "")
    if program == "hatch":
        inner = [word for word in words[1:] if not word.startswith("-")]
        env = (
            inner[0].partition(":")[0]
            if inner and ":" in inner[0]
            else ("hatch-test" if verb == "test" else "default")
        )
        yield Asked(What.HATCH, env)
        return
    if verb not in ("sync", "install", "run", "add"):
        return
    yield Asked(What.PROJECT, ".")
    for flags, what in (
        (("--extra", "-E", "--extras"), What.EXTRA),
        (("--group", "-G", "--with"), What.GROUP),
    ):
        for value in _values(words, flags):
            yield from (Asked(what, name) for name in re.split(r"[ ,]+", value) if name)
    if "--all-extras" in words:
        yield Asked(What.EXTRA, "*")
    if "--all-groups" in words:
        yield Asked(What.GROUP, "*")
    if program == "pipenv":
        yield Asked(What.PIPFILE, "dev-packages" if {"--dev", "-d"} & set(words) else "packages")
    elif program == "poetry":
        yield Asked(What.POETRY)
    elif not {"--no-dev", "--no-default-groups", "--prod"} & set(words):
        yield Asked(What.GROUP, "dev")
