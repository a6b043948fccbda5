"""Which release of a JavaScript package a project should ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autonomous_cicd.domain.ranges import Version, parse_range, parse_version
from autonomous_cicd.domain.release import Release
from autonomous_cicd.values import dataclass

__all__ = ["Wish", "caret", "fitting", "in_range", "major_of", "newest_by_major", "node_in", "series"]

NODE = re.compile(
    r"^\s*-?\s*['\"]?(?:node-version|node_version|node)['\"]?\s*:\s*(?P<what>[^#\n]*(?:\n\s*-\s*['\"]?v?\d[^\n]*)*)",
    re.M,
)
NUMBER = re.compile(r"(?<![\w.])v?(\d{1,2})(?:\.[\dx*]+){0,2}(?![\w])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a release has to fit."""

    node: int = 0
    """The oldest Node that it has to run on; 0 when that is not known."""
    required: bool = False
    """Whether it is loaded with `require`."""
    within: str = ""
    """A range that it has to be in."""
    below: int = 0
    """Its first number has to be smaller; 0: no matter."""


def node_in(workflow: str) -> int:
    """Return the oldest Node that a workflow file asks for; 0 when it asks for none in particular."""
    found = [int(number) for match in NODE.finditer(workflow) for number in NUMBER.findall(match["what"])]
    return min((one for one in found if 4 <= one < 40), default=0)


def fitting(releases: Iterable[Release], wish: Wish) -> tuple[Release, ...]:
    """Return the final releases that fit, the newest first, but the default one before newer ones."""
    wanted = parse_range(wish.within) if wish.within else None
    found = []
    for one in releases:
        version = parse_version(one.version)
        if version is None or version.pre or one.yanked or (wish.within and wanted is None):
            continue
        if wanted and not wanted.admits(version):
            continue
        if wish.below and version.numbers[0] >= wish.below:
            continue
        if runs_on(one, wish.node) and not (wish.required and one.module):
            found.append((version, one))
    default = next((version for version, one in found if one.default), None)
    later = [one for version, one in found if default and version.key() > default.key()]
    return (*(one for _, one in found if one not in later), *later)


def runs_on(release: Release, node: int) -> bool:
    """Whether a release says nothing against a version of Node."""
    engines = parse_range(release.engines) if release.engines and node else None
    return engines is None or engines.admits(Version((node,)), missing=float("inf"))


def newest_by_major(releases: Sequence[Release]) -> tuple[Release, ...]:
    """Return the first release of each first number, in the order given; a 0 counts with what follows."""
    found: dict[tuple[int, ...], Release] = {}
    for one in releases:
        version = parse_version(one.version)
        if version:
            found.setdefault(series(version), one)
    return tuple(found.values())


def series(version: Version) -> tuple[int, ...]:
    """Return the numbers of a version that `^` keeps."""
    numbers = (*version.numbers, 0, 0)[:3]
    return numbers[:1] if numbers[0] else numbers[:2]


def major_of(wanted: str) -> int | None:
    """Return the first number that a range or version names first; None when it names none."""
    match = re.search(r"\d+", wanted) if re.match(r"^[\s~^<>=v]*\d", wanted) else None
    return int(match[0]) if match and len(match[0]) < 7 else None


def in_range(version: str, wanted: str) -> bool:
    """Whether a version is in a range; False when one of them cannot be read."""
    read, span = parse_version(version), parse_range(wanted)
    return read is not None and span is not None and span.admits(read)


def caret(version: str) -> str:
    """Return the range in which nothing should break."""
    return f"^{version}"
