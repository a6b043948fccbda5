"""Conflicts between requirements, as pip and uv report them: who asks for what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.requirement import normal, parse_requirement
from autonomous_cicd.values import dataclass

__all__ = ["Clash", "Unmatched", "clashes", "unbuilt", "unmatched"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One side of a conflict: somebody asks for a distribution."""

    name: str
    """What is asked for, as indexes compare it."""
    spec: str
    by: str = ""
    """Who asks: a distribution; "" when the project itself does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A requirement that no release fits."""

    name: str
    spec: str
    there: tuple[str, ...] = ()
    """The versions that the index has, as far as the log tells them."""
    other_python: bool = False
    """Whether there are releases, but for another Python."""


_USER = re.compile(r"^\s*The user requested (?:\(constraint\) )?(?P<what>.+?)\s*$")
_DEPENDS = re.compile(r"^\s*(?P<by>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])? [\w.+!]+ depends on (?P<what>.+?)\s*$")
_UV_PAIR = re.compile(
    r"(?:(?P<by>[A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?(?:[=<>!~]=?[\w.,<>=!*+]+)?"
    r"|your (?:project|workspace)|you)"
    r" (?:depends? on|requires?) (?P<what>[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?(?:[<>=!~]=?[\w.*+!,<>=]+)?)"
)
_UV_AND = re.compile(r" and (?P<what>[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?[<>=!~]=?[\w.*+!,<>=]+)(?=[, .]|$)")
_NONE = re.compile(
    r"Could not find a version that satisfies the requirement (?P<what>[^\s(;]+)[^(]*(?:\(from [^)]*?\) ?)?"
    r"\(from versions: (?P<there>[^)]*)\)"
)
_UV_NONE = re.compile(
    r"there is no version of (?P<what>[A-Za-z0-9][\w.-]*[<>=!~]=?[\w.*+!,<>=]+)"
    r"|(?P<gone>[A-Za-z0-9][\w.-]*) was not found in the package registry"
)
_PYTHON = re.compile(r"Ignored the following versions that require a different python version: (?P<all>.+)")
_UNBUILT = re.compile(
    r"(?:Failed building wheel for|Could not build wheels for|Failed to build installable wheels for some"
    r" pyproject\.toml based projects \(|Failed to build `?'?|failed to build `)"
    r"\s*(?P<name>[A-Za-z0-9][\w.-]*)"
    r"|[/\\]pip-(?:install|req-build)-\w+[/\\](?P<folder>[A-Za-z0-9][\w.-]*?)_[0-9a-f]{32}[/\\]"
)
_LARGEST = 400_000


def clashes(log: str) -> tuple[Clash, ...]:
    """Return the sides of the last conflict that a log tells; none when it tells none."""
    text = log[-_LARGEST:]
    return tuple(dict.fromkeys(_pip(text))) or tuple(dict.fromkeys(_uv(text)))


def _pip(text: str) -> Iterator[Clash]:
    _, there, rest = text.rpartition("The conflict is caused by:")
    for line in rest.splitlines()[1:40] if there else ():
        line = re.sub(r"^.*?(?=    )", "", line) if "    " in line else line
        if not line.strip() or line.startswith("To fix this"):
            break
        if user := _USER.match(line):
            yield from _side(user["what"], "")
        elif depends := _DEPENDS.match(line):
            yield from _side(depends["what"].replace(" and ", ","), depends["by"])


def _side(what: str, by: str) -> Iterator[Clash]:
    asked = parse_requirement(what.partition(";")[0])
    if asked:
        spec = asked.spec.replace(" ", "").strip("()")
        yield Clash(name=normal(asked.name), spec=spec, by=normal(by) if by else "")


def _uv(text: str) -> Iterator[Clash]:
    _, there, rest = text.rpartition("No solution found")
    if not there:
        return
    words = " ".join(re.sub(r"^[^A-Za-z0-9]+", "", line) for line in rest.splitlines()[:30])
    for pair in _UV_PAIR.finditer(words):
        by = pair["by"] or ""
        by = "" if by == "you" else by
        yield from _side(pair["what"].rstrip(",."), by)
        at = pair.end()
        while more := _UV_AND.match(words, at):
            yield from _side(more["what"].rstrip(",."), by)
            at = more.end()


def unmatched(log: str) -> tuple[Unmatched, ...]:
    """Return the requirements for which a log says that there is no release."""
    text = log[-_LARGEST:]
    other = bool(_PYTHON.search(text))
    found: dict[str, Unmatched] = {}
    for match in _NONE.finditer(text):
        if asked := parse_requirement(match["what"]):
            versions = tuple(
                one.strip() for one in match["there"].split(",") if one.strip() not in ("", "none")
            )
            name = normal(asked.name)
            found[name] = Unmatched(name=name, spec=asked.spec, there=versions, other_python=other)
    for match in _UV_NONE.finditer(text):
        if asked := parse_requirement((match["what"] or match["gone"]).rstrip(",.")):
            name = normal(asked.name)
            found.setdefault(name, Unmatched(name=name, spec=asked.spec))
    return tuple(found.values())


def unbuilt(log: str) -> tuple[str, ...]:
    """Return the distributions that could not be built, as a log tells it."""
    found = (match["name"] or match["folder"] for match in _UNBUILT.finditer(log[-_LARGEST:]))
    return tuple(dict.fromkeys(normal(name) for name in found))
