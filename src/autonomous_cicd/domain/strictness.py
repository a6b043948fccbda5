"""Strictness: settings of a project's tools that a change makes less strict.

Configuration files of all kinds are read alike, line by line: which names have which values. What only moves
within the settings of one tool changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import PurePosixPath

from autonomous_cicd.domain.file_kinds import is_workflow
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import FileChange
from autonomous_cicd.values import dataclass

__all__ = ["less_strict"]

_SECTION = re.compile(r"\s*\[+\s*([^\[\]]+?)\s*\]+\s*(?:[#;].*)?")
_KEY = re.compile(r"\s*(?:-\s+)?[\"']?([A-Za-z_@][\w.@/-]*)[\"']?\s*(?:=(?!=)|:(?!:))\s*(.*)")
_PAIR = re.compile(
    r"(?<![\w-])[\"']?([A-Za-z_][\w-]*)[\"']?\s*[:=]\s*[\"'\[]*(-?\d+(?:\.\d+)?|[A-Za-z]+)(?![\w.-])"
)
_FLAG = re.compile(r"--?([a-z][\w-]*)[= ](\d+(?:\.\d+)?)")
_TOKEN = re.compile(r"[^\s,\[\]{}\"'()]+")
_COMMENT = re.compile(r"(?:^|\s)(?:#|//).*$")
_VERSION = re.compile(r"\s*[\"'][~^<>=v ]*\d+(?:\.[\dx*]+)+[^\"']*[\"']\s*,?\s*")
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})

_FLOOR = re.compile(
    r"(?:cov_)?fail_under|minimum(?:_coverage(?:_by_file)?)?|target|min_(?:coverage|score|lines|msi|covered_msi)"
    r"|minscore|msi|branches|functions|lines|statements|check_coverage|min_public_methods|fail_on_score"
)
"""Names of numbers that, lowered, let more pass."""
_CEILING = re.compile(
    r"max_(?:warnings|complexity|line_length|doc_length|args|locals|returns|statements|branches|lines?|nesting)"
    r"|line_length|maxwarnings|printwidth|maxdepth|complexity|threshold"
)
"""Names of numbers that, raised, let more pass."""
_STRICT = re.compile(
    r"strict\w*|\w+_strict|warn_\w+|disallow_\w+|no_implicit\w*|check_untyped_defs|extra_checks|local_partial_types"
    r"|no(?:implicit|unused|unchecked|fallthrough|propertyaccess)\w*|exactoptional\w*|useunknownincatchvariables"
    r"|alwaysstrict|checkjs|check_coverage|branch|fail_on_\w+|fail_ci_if_error|failonwarnings?|error_on_\w+|require_\w+"
    r"|warningsaserrors|treatwarningsaserrors|failonviolation|failonerror|failsonerror|nitpicky|werror|denywarnings"
)
_LOOSE = re.compile(
    r"ignore_missing_imports|ignore_errors|allow_\w+|skiplibcheck|implicit_\w+|continue_on_error|informational"
    r"|ignorefailures?|testfailureignore|skip(?:tests)?|soft_fail|bail_?off|passwithnotests|suppress\w+|optional"
)
_LEAVING_OUT = re.compile(
    r"ignore|ignores|ignored?_\w+|extend_ignore|\w*per_file_ignores|disable|disabled?_\w+|exclude\w*|extend_exclude"
    r"|force_exclude|omit|skips?|skip_\w+|norecursedirs|\w*ignorepatterns?|excludedfiles|partial_branches"
    r"|filterwarnings|module|unfixable|suppress|allowlist|\w*_allow|allowed_\w+|not_skip_\w+|builtins|whitelist\w*"
)
_TAKING_IN = re.compile(
    r"select|extend_select|enable\w*|envlist|env_list|linters|rules?|extends|plugins|load_plugins|checks|tests"
)
_REACH = re.compile(
    r"include|files|packages|source|source_pkgs|collectcoveragefrom|testpaths|python_(?:files|classes|functions)"
    r"|testmatch|testregex|roots|projects|addopts|spec|specs|hooks|args|types_or|stages"
)
"""What says how far a tool reaches; either way may be right."""
_BUILDING = (
    *("project", "build-system", "metadata", "options", "dependency-groups", "tool.setuptools", "tool.hatch"),
    *("tool.poetry", "tool.flit", "tool.pdm", "tool.uv", "tool.setuptools_scm", "tool.cibuildwheel"),
)
"""Sections that say how a package is made: nothing is checked by them."""
_COVERAGE = re.compile(r"coverage|threshold|nyc|\bc8\b|\blcov", re.IGNORECASE)
_RATIOS = frozenset({"branches", "functions", "lines", "statements", "target", "minimum", "threshold"})
"""Names that are thresholds only where coverage is spoken of."""


class _Kind(Enum):
    LEAVING_OUT = auto()
    TAKING_IN = auto()
    REACH = auto()


_MARKER = re.compile(r"(?:<{7}|={7}|>{7})(?:\s|$)")
"""What a merge leaves that nobody settled."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One name with a value, or with a part of a list."""

    line: int
    family: str
    """The tool that it is told, as far as sections tell."""
    key: str
    value: str
    section: str = ""


def less_strict(change: FileChange) -> Iterator[Objection]:
    """Yield what a change of a configuration file makes less strict."""
    old, new = list(_said(change.before or "")), list(_said(change.after or ""))
    yield from _numbers(change, old, new)
    yield from _switches(change, old, new)
    if not is_workflow(change.name):
        yield from _levels(change)
        yield from _lists(change, old, new)


def _said(text: str) -> Iterator[_Said]:
    family = key = header = ""
    for number, line in enumerate(text.split("\n"), 1):
        bare = _COMMENT.sub("", line.rstrip("\r"))
        if not bare.strip() or _MARKER.match(bare):
            continue
        if section := _SECTION.fullmatch(bare):
            name = header = section[1].strip("\"' ")
            family = (
                ".".join(name.split(".")[:2]) if name.startswith("tool.") else re.split(r"[:.-]", name)[0]
            )
            key = ""
        elif found := _KEY.fullmatch(bare):
            key = _name(found[1])
            yield _Said(number, family, key, found[2], header)
        else:
            yield _Said(number, family, key, bare, header)


def _name(text: str) -> str:
    return text.rpartition(".")[2].replace("-", "_").lower()


def _builds(one: _Said) -> bool:
    return any(one.family == name or one.family.startswith(f"{name}.") for name in _BUILDING)


def _pairs(said: list[_Said]) -> Iterator[tuple[str, str]]:
    """Yield every name with its plain value, several of a line included."""
    for one in said:
        if _builds(one):
            continue
        written = f"{one.key}={one.value}" if one.value else ""
        for found in (*_PAIR.finditer(written), *_FLAG.finditer(one.value)):
            yield _name(found[1]), found[2].lower()


def _numbers(change: FileChange, old: list[_Said], new: list[_Said]) -> Iterator[Objection]:
    covers = bool(_COVERAGE.search(f"{change.name} {change.before or ''}"))
    before, after = _by_name(old), _by_name(new)
    for name, values in before.items():
        floor, ceiling = bool(_FLOOR.fullmatch(name)), bool(_CEILING.fullmatch(name))
        if not (floor or ceiling) or (name in _RATIOS and not covers):
            continue
        now = after.get(name, [])
        if len(now) < len(values) and floor:
            yield Objection(file=change.name, what=f"takes the threshold {name} away")
        for one, other in zip(sorted(values), sorted(now), strict=False):
            if (other < one and floor) or (other > one and ceiling):
                verb = "lowers" if floor else "raises"
                yield Objection(
                    file=change.name,
                    line=_line(new, name),
                    what=f"{verb} {name} from {one:g} to {other:g}",
                )
                break


def _by_name(said: list[_Said]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, value in _pairs(said):
        if value.replace(".", "", 1).lstrip("-").isdigit():
            found.setdefault(name, []).append(float(value))
    return found


def _switches(change: FileChange, old: list[_Said], new: list[_Said]) -> Iterator[Objection]:
    before, after = Counter(_pairs(old)), Counter(_pairs(new))
    for name in dict.fromkeys(name for name, _ in (*before, *after)):
        strict, loose = bool(_STRICT.fullmatch(name)), bool(_LOOSE.fullmatch(name))
        if not (strict or loose):
            continue
        on = [
            sum(count for (key, value), count in pairs.items() if key == name and value in _YES)
            for pairs in (before, after)
        ]
        off = [
            sum(count for (key, value), count in pairs.items() if key == name and value in _NO)
            for pairs in (before, after)
        ]
        line = _line(new, name)
        if (strict and off[1] > off[0]) or (loose and on[1] > on[0]):
            yield Objection(file=change.name, line=line, what=f"switches {name} {'off' if strict else 'on'}")
        elif (strict and on[1] < on[0]) or (loose and off[1] < off[0]):
            yield Objection(file=change.name, what=f"no longer sets {name}", consent=True)


def _levels(change: FileChange) -> Iterator[Objection]:
    """Yield the rules that are turned down from an error."""
    pattern = re.compile(r"[\"']?([@\w/-]+)[\"']?\s*:\s*\[?\s*[\"']?(error|warn|off|2|1|0)(?![\w.-])")
    before = {found[1]: found[2] for found in pattern.finditer(change.before or "")}
    for found in pattern.finditer(change.after or ""):
        name, level = found[1], found[2]
        was = before.get(name, "error" if "/" in name or level in ("off", "warn") else "")
        if was in ("error", "2", "warn", "1") and level in ("off", "0", "warn", "1") and was != level:
            line = (change.after or "").count("\n", 0, found.start()) + 1
            yield Objection(file=change.name, line=line, what=f"turns the rule {name} down to {level}")
            return


def _lists(change: FileChange, old: list[_Said], new: list[_Said]) -> Iterator[Objection]:
    before, after = _tokens(old), _tokens(new)
    node = PurePosixPath(change.name).name == "package.json"
    for family, kind in dict.fromkeys((*before, *after)):
        if node and kind is _Kind.REACH:
            continue  # its `files` are what is published
        was, now = before.get((family, kind), Counter()), after.get((family, kind), Counter())
        more, less = now - was, was - now
        of = f" of {family}" if family else ""
        if kind is _Kind.LEAVING_OUT and more:
            token = next(iter(more))
            yield Objection(file=change.name, line=_line(new, token), what=f"leaves out more{of}: {token}")
        elif kind is _Kind.TAKING_IN and less:
            yield Objection(
                file=change.name, what=f"takes something out of the rules{of}: {next(iter(less))}"
            )
        elif kind is _Kind.REACH and (more or less):
            token = next(iter(less or more))
            yield Objection(
                file=change.name,
                line=_line(new, token),
                what=f"changes what is looked at{of}: {token}",
                consent=True,
            )


def _tokens(said: list[_Said]) -> dict[tuple[str, _Kind], Counter[str]]:
    found: dict[tuple[str, _Kind], Counter[str]] = {}
    known: set[tuple[str, str, str]] = set()
    for one in said:
        if _builds(one) or not one.key or _VERSION.fullmatch(one.value):
            continue
        kind = _kind(one.key)
        if kind:
            tokens = _TOKEN.findall(one.value.replace("\\", "/"))
            if kind is _Kind.REACH and one.section:
                # What a file says twice, as after a merge that went wrong, it says once.
                tokens = [token for token in tokens if (one.section, one.key, token) not in known]
                known.update((one.section, one.key, token) for token in tokens)
            found.setdefault((one.family, kind), Counter()).update(tokens)
    return found


def _kind(key: str) -> _Kind | None:
    if _LEAVING_OUT.fullmatch(key):
        return _Kind.LEAVING_OUT
    if _TAKING_IN.fullmatch(key):
        return _Kind.TAKING_IN
    return _Kind.REACH if _REACH.fullmatch(key) else None


def _line(said: list[_Said], word: str) -> int:
    """Return the line that says a word, as a name or in a value; 0 when none does."""
    return next((one.line for one in said if one.key == word or word in one.value), 0)
