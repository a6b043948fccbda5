"""What a log says is missing of JavaScript's packages: by an import, as a command, or as types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from autonomous_cicd.domain.node_names import COMMANDS, package_of, types_of
from autonomous_cicd.values import dataclass

__all__ = ["Missing", "missing", "tells_of_missing"]

SPEC = r"['\"`](?P<what>[^'\"`\s]{1,200})['\"`]"
SHOWN = r"\x1b\[[0-9;]*m"

IMPORTED = (
    re.compile(rf"Cannot find module {SPEC} from ['\"](?P<by>[^'\"]+)['\"]"),
    re.compile(rf"Cannot find (?:module|package) {SPEC}(?: imported from ['\"]?(?P<by>[^'\"\s]+))?"),
    re.compile(rf"Failed to resolve (?:import|entry for package) {SPEC}(?: from ['\"](?P<by>[^'\"]+)['\"])?"),
    re.compile(rf"(?:Module not found: .*)?Can't resolve {SPEC}(?: in ['\"](?P<by>[^'\"]+)['\"])?"),
    re.compile(rf"Could not resolve {SPEC}(?: from ['\"]?(?P<by>[^'\"\s]+))?"),
    re.compile(rf"Rollup failed to resolve import {SPEC} from ['\"](?P<by>[^'\"]+)['\"]"),
    re.compile(
        r"Failed to load url (?P<what>[^\s(]+)(?: \(resolved id: [^)]*\))? in (?P<by>\S+?)\.?(?:\s|$)"
    ),
    re.compile(rf"Cannot find dependency {SPEC}"),
    re.compile(rf"Failed to load parser {SPEC}"),
    re.compile(r"Module (?P<what>[\w@/.-]+) in the \w+ option was not found"),
    re.compile(r"Preset (?P<what>(?:@[\w.-]+/)?[\w.-]+)(?:/[\w/.-]+)? not found"),
    re.compile(r"Test environment (?P<what>jest-environment-[\w-]+|@[\w.-]+/[\w.-]+) cannot be found"),
    re.compile(r'As of Jest 28 "(?P<what>jest-environment-[\w-]+)" is no longer shipped'),
)
ESLINT = re.compile(
    r"ESLint couldn't find the (?P<kind>plugin|config) \"(?P<what>[^\"]+)\""
    r"|Failed to load (?P<kind2>plugin|config) ['\"](?P<what2>[^'\"]+)['\"]"
)
COMMAND = re.compile(
    r"(?:^|\s)(?:(?:ba|da|z|a)?sh|/bin/(?:ba|da)?sh|\d+)?:? ?(?:(?:line )?\d+: )?(?P<what>[\w@][\w.-]*):"
    r" (?:command )?not found\s*$|'(?P<what2>[\w.-]+)' is not recognized|\bspawn (?P<what3>[\w.-]+) ENOENT"
)
TYPES = re.compile(
    rf"TS7016: Could not find a declaration file for module {SPEC}"
    r"|TS2688: Cannot find type definition file for '(?P<what2>[\w@/.-]+)'"
    r"|Cannot find (?:name|namespace|module) '[^']+'\..*?Try `npm i --save-dev (?P<what3>@types/[\w.-]+)`"
)
UNTYPED = re.compile(rf"TS(?:2307|2792): Cannot find module {SPEC}")
TOLD = re.compile(r"^(?P<by>[^\s(:]+\.[cm]?[jt]sx?)(?:\(\d+,\d+\)|:\d+:\d+)")
STACK = re.compile(r"^- (?P<by>\S.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A package that is not there."""

    name: str
    by: tuple[str, ...] = ()
    """Paths of files that wanted it, as they are told."""
    command: str = ""
    """The command that was to be run, when it is one."""
    types: bool = False
    """Whether it only has types."""


def tells_of_missing(text: str) -> bool:
    """Whether a line is of those from which `missing` reads."""
    return any(True for _ in _in_line(text))


def missing(log: str) -> tuple[Missing, ...]:
    """Return the packages that a log says are missing, in its order."""
    found: dict[str, Missing] = {}
    lines = re.sub(SHOWN, "", log).splitlines()
    for number, line in enumerate(lines):
        for one in _in_line(line):
            by = (*one.by, *_stack(lines[number + 1 : number + 12]))
            before = found.get(one.name, one)
            found[one.name] = replace(before, by=tuple(dict.fromkeys((*before.by, *by))))
    return tuple(found.values())


def _in_line(line: str) -> Iterator[Missing]:
    if len(line) > 2_000:
        return
    told = TOLD.match(line.strip())
    places = (told["by"],) if told else ()
    if match := TYPES.search(line):
        named = match["what3"] or match["what2"] or package_of(match["what"] or "")
        if named:
            yield Missing(name=types_of(named), by=places, types=True)
        return
    if match := ESLINT.search(line):
        yield Missing(name=_eslint(match["kind"] or match["kind2"], match["what"] or match["what2"]))
        return
    for pattern in (UNTYPED, *IMPORTED):
        match = pattern.search(line)
        name = package_of(match["what"] or "") if match else ""
        if match and name:
            by = match.groupdict().get("by")
            yield Missing(name=name, by=(*places, *([by] if by else [])))
            return
    match = COMMAND.search(line)
    if match:
        command = match["what"] or match["what2"] or match["what3"]
        yield Missing(name=_of_command(command), command=command)


def _of_command(command: str) -> str:
    """Return the package that brings a command: mostly one of its name."""
    return COMMANDS.get(command, command)


def _eslint(kind: str, name: str) -> str:
    """Return the package of a plugin or configuration by the short name that ESLint's own files use."""
    if name.startswith("plugin:"):
        kind, name = "plugin", name.removeprefix("plugin:").rpartition("/")[0]
    prefix = f"eslint-{kind}"
    if name.startswith("@"):
        scope, _, rest = name.partition("/")
        full = rest if rest.startswith(prefix) else f"{prefix}-{rest}" if rest else prefix
        return f"{scope}/{full}"
    bare = name.partition("/")[0]
    return bare if bare.startswith(prefix) else f"{prefix}-{bare}"


def _stack(lines: list[str]) -> tuple[str, ...]:
    """Return the files of the `Require stack` that follows, the nearest first."""
    if not lines or "Require stack" not in lines[0]:
        return ()
    found = []
    for line in lines[1:]:
        match = STACK.match(line.strip().removeprefix("#").strip())
        if match is None:
            break
        found.append(match["by"].strip())
    return tuple(found)
