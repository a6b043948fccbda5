"""Version places: where a project says which version it is, and the place that a release forgot."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from autonomous_cicd.domain.file_kinds import is_test
from autonomous_cicd.domain.ranges import parse_version
from autonomous_cicd.values import dataclass

__all__ = ["Place", "followed", "may_say", "places"]

_VERSION = r"(?P<version>\d+(?:\.\d+){1,3}(?:[-+.]?[A-Za-z][\w.+-]*)?)"
_SECTION = {
    "pyproject.toml": ("project", "tool.poetry"),
    "setup.cfg": ("metadata",),
    ".bumpversion.cfg": ("bumpversion",),
}
_SAYS = {
    "pyproject.toml": re.compile(rf"(?m)^version[ \t]*=[ \t]*[\"']{_VERSION}[\"']"),
    "setup.cfg": re.compile(rf"(?m)^version[ \t]*[=:][ \t]*{_VERSION}[ \t]*$"),
    ".bumpversion.cfg": re.compile(rf"(?m)^current_version[ \t]*=[ \t]*{_VERSION}[ \t]*$"),
    "setup.py": re.compile(rf"\bversion[ \t]*=[ \t]*[\"']{_VERSION}[\"']"),
    "package.json": re.compile(rf"(?m)^(?:[ ]{{2}}|[ ]{{4}}|\t|\{{[ ]?)\"version\":[ ]*\"{_VERSION}\""),
}
_PYTHON = re.compile(
    rf"(?m)^(?:__version__|VERSION|version|release)(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*[\"']{_VERSION}[\"']"
)
_SCRIPT = re.compile(
    r"(?m)^[ \t]*(?:export[ ]+)?(?:(?:const|let|var)[ ]+|(?:module\.)?exports\.|[\w.]+\.)"
    rf"(?:version|VERSION)[ ]*=[ ]*[\"']{_VERSION}[\"']"
)
_PYTHON_FILE = re.compile(r"(?:__init__|_?_?version_?_?|_?_?about_?_?|_?_?meta(?:data)?_?_?|conf)\.py")
_PLAIN = re.compile(r"(?i)version(?:\.txt)?")
_DEEPEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file says the version of the project."""

    file: str
    version: str
    start: int
    stop: int


def may_say(name: str) -> bool:
    """Whether a file may say which version the project is."""
    path = PurePosixPath(name)
    if len(path.parts) == 1 and (name in _SAYS or _PLAIN.fullmatch(name)):
        return True
    if is_test(name) or len(path.parts) > _DEEPEST:
        return False
    script = path.suffix in (".js", ".mjs", ".cjs", ".ts") and len(path.parts) <= _DEEPEST - 1
    return script or bool(_PYTHON_FILE.fullmatch(path.name))


def places(name: str, text: str) -> Iterator[Place]:
    """Yield where a file says the version; of one that says several nothing is known."""
    path = PurePosixPath(name)
    if _PLAIN.fullmatch(name):
        pattern = re.compile(rf"\A\s*v?{_VERSION}\s*\Z")
    else:
        pattern = _SAYS.get(name) or (_PYTHON if path.suffix == ".py" else _SCRIPT)
    inside = _sections(name, text)
    found = [one for one in pattern.finditer(text) if inside(one.start())]
    if len(found) == 1:
        start, stop = found[0].span("version")
        yield Place(file=name, version=found[0]["version"], start=start, stop=stop)


def followed(now: Mapping[str, str], before: Mapping[str, str], log: str) -> tuple[str, str, dict[str, str]]:
    """Return the old and the new version, and the files that forgot it; nothing when that is not sure.

    `now` are the files that may say it, `before` those of them that a commit changed, as they were. It is
    sure when the commit raised the version by one step, and the log tells both.
    """
    said = {one.file: one for name, text in now.items() for one in places(name, text)}
    then = {one.file: one.version for name, text in before.items() for one in places(name, text)}
    raised = {
        (then[name], said[name].version) for name in then if name in said and then[name] != said[name].version
    }
    if len(raised) != 1:
        return "", "", {}
    ((old, new),) = raised
    behind = [one for one in said.values() if one.version == old]
    told = all(re.search(rf"(?<![\w.]){re.escape(one)}(?![\w.]*\d)", log) for one in (old, new))
    if not behind or not told or not _next(old, new):
        return "", "", {}
    texts = {one.file: f"{now[one.file][: one.start]}{new}{now[one.file][one.stop :]}" for one in behind}
    return old, new, texts


def _next(old: str, new: str) -> bool:
    """Whether a version is the next one after another: one number is one higher, or it is a year."""
    one, other = parse_version(old), parse_version(new)
    if one is None or other is None or other.key() <= one.key():
        return False
    pairs = list(zip((*one.numbers, 0, 0, 0, 0)[:4], (*other.numbers, 0, 0, 0, 0)[:4], strict=True))
    at = next((number for number, (a, b) in enumerate(pairs) if a != b), None)
    if at is None or one.numbers[0] > 1900:  # a final release of the same, or named by its date
        return True
    return pairs[at][1] == pairs[at][0] + 1 and all(b == 0 for _, b in pairs[at + 1 :])


def _sections(name: str, text: str) -> Callable[[int], bool]:
    """Return what tells whether a place stands in one of the sections of a file that say the version."""
    wanted = _SECTION.get(name)
    headings = list(re.finditer(r"(?m)^\[([^\]\n]+)\]", text)) if wanted else []
    starts = [one.start() for one in headings]

    def inside(at: int) -> bool:
        number = bisect(starts, at)
        return not wanted or (number > 0 and headings[number - 1][1].strip() in wanted)

    return inside
