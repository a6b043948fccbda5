"""Versions, and the ranges of them that npm, setup actions and Python projects write."""

from __future__ import annotations

import re
from typing import TypeAlias

from autonomous_cicd.values import dataclass

__all__ = ["Range", "Version", "parse_range", "parse_version"]

Key: TypeAlias = tuple[float, float, float, int, int]
"""What versions are compared by: three numbers, then how final it is."""

FINAL = 3
STAGES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2}
LOWEST = (-1, 0)
BELOW_ALL = (-2, 0)

NUMBERS = r"(?P<a>\d{1,9}|[xX*])(?:\.(?P<b>\d{1,9}|[xX*]))?(?:\.(?P<c>\d{1,9}|[xX*]))?(?:\.\d{1,9}){0,3}"
PRE = r"(?:(?P<pre>-[0-9A-Za-z.-]{1,60}|(?:a|b|rc|c|alpha|beta)\.?\d{0,9}))?"
VERSION = rf"[vV]?{NUMBERS}{PRE}(?:\+[0-9A-Za-z.-]{{0,60}})?"
COMPARATOR = re.compile(rf"(?P<op>===|==|~=|!=|>=|<=|~>|>|<|=|~|\^)?{VERSION}", re.ASCII)
WHOLE = re.compile(VERSION, re.ASCII)
OPERATOR_SPACE = re.compile(r"([=<>~^!])\s+")
HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")
STAGE = re.compile(r"-?([A-Za-z]+)\.?(\d{0,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Version:
    """A version, or the beginning of one: as many numbers as are known, three at most."""

    numbers: tuple[int, ...]
    pre: tuple[int, int] | None = None
    """Stage and number of a release before the final one."""

    def key(self, missing: float = 0) -> Key:
        """Return what it is compared by; numbers that are not known count as `missing`."""
        major, minor, patch = (*self.numbers, missing, missing, missing)[:3]
        return (major, minor, patch, *(self.pre or (FINAL, 0)))

    def shortened(self, length: int) -> Version:
        """Return its first numbers."""
        return Version(self.numbers[:length])


@dataclass(frozen=True, slots=True)
class Comparator:
    """One condition, such as `>=3.9`."""

    operator: str
    version: Version

    def holds(self, key: Key, *, pep: bool) -> bool:
        """Return whether a version meets it; `pep`: incomplete bounds mean what PEP 440 says."""
        version = self.version
        low, full, above = floor(version), version.key(), ceiling(version)
        complete = len(version.numbers) == 3 or version.pre is not None
        match self.operator:
            case ">=":
                return key >= low
            case "<":
                return key < low
            case ">":
                return key > full if complete or pep else key >= above
            case "<=":
                return key <= full if complete or pep else key < above
            case "..":
                return key <= full if complete else key < above
            case "!=":
                return key != full if complete else not low <= key < above
            case "^":
                return low <= key < ceiling(version.shortened(caret(version.numbers)))
            case "~" | "~>":
                return low <= key < ceiling(version.shortened(2))
            case "~=":
                return low <= key < ceiling(version.shortened(max(1, len(version.numbers) - 1)))
            case _:
                return key == full if complete else low <= key < above


@dataclass(frozen=True, slots=True)
class Range:
    """Alternatives, each of them conditions that hold together."""

    alternatives: tuple[tuple[Comparator, ...], ...]

    @property
    def exact(self) -> Version | None:
        """The version, when the range is nothing but a beginning of one (`3.11.4`, `20.11`)."""
        if len(self.alternatives) != 1 or len(self.alternatives[0]) != 1:
            return None
        (comparator,) = self.alternatives[0]
        plain = comparator.operator in ("", "=", "==", "===")
        return comparator.version if plain and comparator.version.numbers else None

    @property
    def prereleases(self) -> bool:
        """Whether it names a release before a final one, so that such releases are meant too."""
        return any(c.version.pre for alternative in self.alternatives for c in alternative)

    def admits(self, version: Version, *, pep: bool = False, missing: float = 0) -> bool:
        """Return whether a version is in the range."""
        key = version.key(missing)
        return any(all(c.holds(key, pep=pep) for c in conditions) for conditions in self.alternatives)


def parse_version(text: str) -> Version | None:
    """Read a version (`v20.1.0`, `3.12`, `3.14.0rc1`, `3.14.0-beta.2`); None when it is none."""
    match = WHOLE.fullmatch(text.strip())
    version = version_of(match) if match else None
    return version if version and version.numbers else None


def parse_range(text: str) -> Range | None:
    """Read a range in npm's, Poetry's or PEP 440's spelling; None when it is none of them."""
    if len(text) > 1000:
        return None
    alternatives = [conditions(part) for part in re.split(r"\|\|?", text)]
    known = tuple(part for part in alternatives if part is not None)
    return Range(known) if len(known) == len(alternatives) else None


def conditions(text: str) -> tuple[Comparator, ...] | None:
    """Read conditions that hold together; None when one of them cannot be read."""
    spread = HYPHEN.fullmatch(text.strip())
    if spread:
        first, last = WHOLE.fullmatch(spread[1]), WHOLE.fullmatch(spread[2])
        if not first or not last:
            return None
        return Comparator(">=", version_of(first)), Comparator("..", version_of(last))
    words = OPERATOR_SPACE.sub(r"\1", text.replace(",", " ")).split()
    found = [COMPARATOR.fullmatch(word) for word in words]
    read = tuple(Comparator(match["op"] or "", version_of(match)) for match in found if match)
    return read if len(read) == len(words) else None


def version_of(match: re.Match[str]) -> Version:
    """Return what a match found, up to the first wildcard."""
    numbers: list[int] = []
    for part in (match["a"], match["b"], match["c"]):
        if part is None or not part.isdigit():
            break
        numbers.append(int(part))
    return Version(tuple(numbers), stage(match["pre"]) if match["pre"] else None)


def stage(text: str) -> tuple[int, int]:
    """Return how final a release is, from `rc1`, `-beta.2` or `-0`."""
    match = STAGE.match(text)
    if match is None or match[1].lower() not in STAGES:
        return LOWEST
    return STAGES[match[1].lower()], int(match[2] or 0)


def floor(version: Version) -> Key:
    """Return the key that nothing it is the beginning of is below of."""
    return version.key() if version.pre else (*version.key()[:3], *BELOW_ALL)


def ceiling(version: Version) -> Key:
    """Return the first key above all that a version is the beginning of."""
    if not version.numbers:
        return (float("inf"), 0, 0, *BELOW_ALL)
    raised = Version((*version.numbers[:-1], version.numbers[-1] + 1))
    return (*raised.key()[:3], *BELOW_ALL)


def caret(numbers: tuple[int, ...]) -> int:
    """Return how many numbers `^` keeps: up to the first that is not zero."""
    for position, number in enumerate(numbers, start=1):
        if number:
            return position
    return len(numbers)
