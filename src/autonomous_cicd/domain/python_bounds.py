"""Upper bounds: which ones may keep a release out that broke something, and how a requirement gets one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from autonomous_cicd.domain.ranges import parse_range, parse_version
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.requirement import Requirement, order

__all__ = ["admitted", "bounded", "bounds", "installed_versions", "series", "usable"]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_INSTALLED = re.compile(r"^\s*Successfully installed (?P<all>.+)$", re.MULTILINE)
_EACH = re.compile(r"([A-Za-z0-9][\w.]*(?:-[A-Za-z_][\w.]*)*)-(\d[\w.!+]*)")
_UV = re.compile(r"^ \+ (?P<name>[\w.-]+)==(?P<version>\S+)", re.MULTILINE)
_ALREADY = re.compile(
    r"^Requirement already satisfied: (?P<name>[\w.-]+)[^\n(]*\((?:from [^\n()]*\) \()?"
    r"(?P<version>\d[^\n)\s]*)\)",
    re.MULTILINE,
)
_PYTEST = re.compile(
    r"^platform \S+ -- Python [^,]+, pytest-(?P<version>[\d.]+), pluggy-(?P<pluggy>[\d.]+)",
    re.MULTILINE,
)
_PLUGINS = re.compile(r"^plugins: (?P<all>.+)$", re.MULTILINE)
_CALENDAR = 18
"""From such a major version on, the number is no promise: it counts years, or just releases."""


def installed_versions(log: str) -> dict[str, str]:
    """Return the distributions that a log shows as installed, by their names as indexes compare them."""
    text = _ANSI.sub("", log)
    found: dict[str, str] = {}
    for match in _ALREADY.finditer(text):
        found[_name(match["name"])] = match["version"]
    for match in _PYTEST.finditer(text):
        found |= {"pytest": match["version"], "pluggy": match["pluggy"]}
    for match in _PLUGINS.finditer(text):
        for name, version in _EACH.findall(match["all"]):
            found.setdefault(f"pytest-{_name(name)}", version)
    for match in _INSTALLED.finditer(text):
        for word in match["all"].split():
            if each := _EACH.fullmatch(word):
                found[_name(each[1])] = each[2]
    for match in _UV.finditer(text):
        found[_name(match["name"])] = match["version"]
    return found


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def usable(releases: Iterable[Release], python: str) -> tuple[str, ...]:
    """Return the final releases that a Python can have, the newest first."""
    version = parse_version(python)
    found = []
    for one in releases:
        span = parse_range(one.requires_python) if one.requires_python else None
        fits = version is None or span is None or span.admits(version, pep=True, missing=99)
        if order(one.version) and not one.yanked and fits:
            found.append(one.version)
    return tuple(sorted(found, key=lambda text: order(text) or (), reverse=True))


def bounds(installed: str, releases: Sequence[str], said: Iterable[str] = ()) -> tuple[str, ...]:
    """Return bounds below an installed version, the likeliest first, each with releases below it.

    `said`: versions in which something is said to have been removed.
    """
    top = order(installed)
    if top is None:
        return ()
    keys = [key for one in releases if (key := order(one)) and key < top]
    found: dict[str, None] = {}
    for version in (*said, *_steps(top[1], top[2])):
        limit = order(version)
        if limit and limit <= top and any(key < limit for key in keys):
            found[_short(version)] = None
    return tuple(found)


def series(installed: str, releases: Sequence[str]) -> tuple[str, ...]:
    """Return where the series of releases up to an installed version begin, the newest first, not the oldest.

    They are the minor ones of its own major one, and before that the major ones; before 1 only minor ones.
    """
    top = order(installed)
    if top is None:
        return ()
    found: dict[str, None] = {}
    for key in sorted((key for one in releases if (key := order(one)) and key <= top), reverse=True):
        found[_short(f"{key[1]}.{key[2]}" if key[1] in (0, top[1]) else f"{key[1]}")] = None
    return tuple(found)[:-1]  # below the oldest there is nothing


def _steps(major: int, minor: int) -> Iterator[str]:
    if major == 0:
        yield from (f"0.{one}" for one in range(minor, max(0, minor - 3), -1))
        return
    yield str(major)
    if minor:
        yield f"{major}.{minor}"
    depth = 4 if major > _CALENDAR else 2
    yield from (str(one) for one in range(major - 1, max(0, major - depth), -1))


def _short(version: str) -> str:
    parts = version.split(".")
    while len(parts) > 1 and parts[-1].strip("0") == "":
        parts.pop()
    return ".".join(parts)


def admitted(spec: str, version: str) -> bool:
    """Whether a specifier allows a release; one that cannot be read allows nothing."""
    if spec.strip() in ("", "*"):
        return True
    span, known = parse_range(spec.strip("() ")), parse_version(version)
    return bool(span and known and span.admits(known, pep=True))


def bounded(asked: Requirement, bound: str, releases: Sequence[str]) -> Requirement | None:
    """Return a requirement that keeps out what is not below a bound; None when nothing would be left.

    Other bounds stay, so that what was kept out for a reason is never let in again.
    """
    limit = order(bound)
    if limit is None or asked.url:
        return None
    below = [one for one in releases if (key := order(one)) and key < limit]
    if not any(admitted(asked.spec, one) for one in releases if one not in below):
        return asked  # it keeps them out as it is
    if asked.pinned:
        kept = next(iter(below), "")
        return asked.with_spec(asked.spec.replace(asked.pinned, kept)) if kept else None
    if not any(admitted(asked.spec, one) for one in below):
        return None
    if asked.spec in ("", "*"):
        return asked.with_spec(f"<{bound}")
    clauses = [one for one in asked.clauses if not re.match(r"<=?\s*\d", one)]
    if any(re.match(r"[\^~](?!=)|\d", one) for one in clauses) and len(clauses) != len(asked.clauses):
        return None
    return asked.with_spec(",".join([*clauses, f"<{bound}"]))
