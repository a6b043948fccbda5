"""Repairs of a YAML file that cannot be read: what one slip of the hand in one line would have been."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.slips import one_slip
from autonomous_cicd.domain.yaml_lines import indent_of

__all__ = ["DROPS", "NEED", "SLIPS", "mended"]

SLIPS = 2
"""Ranks up to this keep everything that the line says."""
DROPS = 5
"""The rank of what leaves something out."""
_AROUND = 4
_MEANT = re.compile(r"did you mean '([^']+)'")
_UNKNOWN = re.compile(r"has the unknown key '([^']+)'")
NEED = re.compile(r"names '([^']+)', which does not exist")
"""What is said of a job that another one needs and that is not there."""
_EVENT = re.compile(r"names the event '([^']+)', which does not exist")
_BOTH = "has both `run` and `uses`"
_TWICE = re.compile(r"has the key '([^']+)' twice \(first in line (\d+)\)")
_KEY = re.compile(r"^(?P<lead>\s*(?:-\s+)*)(?P<key>[\w.-]+)(?P<rest>.*)$")
_PLAIN = re.compile(r"^(?P<lead>\s*(?:-\s+)*[\w.-]+:[ ]+|\s*-[ ]+)(?P<value>[^\s\"'|>\[{#].*?)\s*$")
_SPECIAL = "*&@%!`"


def mended(text: str, line: int, complaint: str, hint: str = "") -> Iterator[tuple[int, str]]:
    """Yield texts that differ in one place and may be what was meant, with their ranks; the likeliest first.

    `line` (from 1) is where the reader stumbled: the slip is there or a little above. Whether one can be
    read, and which of them is right, is for the caller to find out.
    """
    lines = text.split("\n")
    row = min(max(line - 1, 0), len(lines) - 1)
    for rank, changed in (
        *((0, one) for one in _told(lines, row, complaint, hint)),
        *((0, one) for one in _open_quotes(lines, complaint)),
        *((1, one) for one in _tabs(lines)),
        *((2, one) for one in _slips(lines, row)),
        *((3, one) for one in _indents(lines, row)),
        *((4, one) for one in _brackets(lines, row)),
        *((DROPS, one) for one in _apart(lines, row, complaint)),
        *((DROPS, one) for one in _without_needs(lines, row, complaint, hint)),
    ):
        candidate = "\n".join(changed)
        if candidate != text:
            yield rank, candidate


def _told(lines: list[str], row: int, complaint: str, hint: str) -> Iterator[list[str]]:
    """Do what the complaint itself says."""
    meant = _MEANT.search(hint)
    unknown = _UNKNOWN.search(complaint)
    need = NEED.search(complaint)
    if unknown and unknown[1] != unknown[1].lower():
        yield from _sub(
            lines, row, rf"(^\s*(?:-\s+)*[\"']?){re.escape(unknown[1])}(?=[\"']?\s*:)", unknown[1].lower()
        )
    twice = _TWICE.search(complaint)
    if unknown and meant:
        pattern = rf"(^\s*(?:-\s+)*[\"']?){re.escape(unknown[1])}(?=[\"']?\s*:)"
        yield from _sub(lines, row, pattern, meant[1])
    if need and meant:
        for number in range(row, min(row + 12, len(lines))):
            yield from _sub(lines, number, rf"(?<![\w-])(){re.escape(need[1])}(?![\w-])", meant[1])
    if meant and (event := _EVENT.search(complaint)):
        for number in range(row, min(row + 12, len(lines))):
            yield from _sub(lines, number, rf"(?<![\w-])(){re.escape(event[1])}(?![\w-])", meant[1])
    if twice:
        first = int(twice[2]) - 1
        if first < len(lines) and lines[first].strip().removeprefix("- ") == lines[row].strip():
            yield [*lines[:row], *lines[row + 1 :]]
    if "has neither" in complaint or "has no" in complaint:
        for number in range(row, min(row + 12, len(lines))):
            yield from _misspelt(lines, number, ("runs-on", "uses", "run", "steps"))
    if "has no `shell`" in complaint:
        for number in range(row, min(row + 12, len(lines))):
            found = re.match(r"(?P<lead>\s*(?:-\s+)*)run\s*:", lines[number])
            if found:
                yield [*lines[:number], *_shell_first(lines[number], found["lead"]), *lines[number + 1 :]]
                break
    if "wrong expression" in complaint or "xpression" in complaint:
        yield from _expressions(lines, row, meant[1] if meant else "", complaint)


def _without_needs(lines: list[str], row: int, complaint: str, hint: str) -> Iterator[list[str]]:
    """Leave out a need of a job that is not there, and that resembles no other."""
    need = NEED.search(complaint)
    if need and not _MEANT.search(hint):
        for number in range(row, min(row + 12, len(lines))):
            yield from _dropped(lines, number, need[1])


def _apart(lines: list[str], row: int, complaint: str) -> Iterator[list[str]]:
    """Begin a step of its own with the second of `run` and `uses`: its dash got lost."""
    begin = re.match(r"(\s*)(-\s+)", lines[row]) if _BOTH in complaint else None
    seen = 0
    for number in range(row, len(lines)) if begin else ():
        line = lines[number]
        if begin is None or (number > row and line.strip() and indent_of(line) <= len(begin[1])):
            break
        if re.match(rf"\s{{{len(begin[0])}}}(?:run|uses)\s*:", line.replace("-", " ", 1)):
            seen += 1
            if seen > 1:
                yield [*lines[:number], begin[0] + line.lstrip(), *lines[number + 1 :]]


def _open_quotes(lines: list[str], complaint: str) -> Iterator[list[str]]:
    """Close a quote that was left open anywhere: the reader notices that only where the file ends."""
    if "quoted scalar" not in complaint:
        return
    for number, line in enumerate(lines):
        for quote in "\"'":
            if line.count(quote) % 2 and not line.lstrip().startswith("#"):
                yield [*lines[:number], line + quote, *lines[number + 1 :]]


def _shell_first(line: str, lead: str) -> list[str]:
    if "-" in lead:
        return [f"{lead}shell: bash", f"{' ' * len(lead)}{line[len(lead) :]}"]
    return [f"{lead}shell: bash", line]


def _dropped(lines: list[str], row: int, name: str) -> Iterator[list[str]]:
    line = lines[row]
    word = rf"[\"']?{re.escape(name)}[\"']?"
    if re.fullmatch(rf"\s*-\s+{word}\s*", line) or re.fullmatch(
        rf"\s*needs:\s+(?:{word}|\[\s*{word}\s*\])\s*", line
    ):
        yield [*lines[:row], *lines[row + 1 :]]
    elif re.match(r"\s*needs:\s*\[", line) and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line):
        new = re.sub(rf"(?<=[\[,])\s*{word}\s*,\s*|\s*,\s*{word}\s*(?=[,\]])", "", line, count=1)
        yield [*lines[:row], new, *lines[row + 1 :]]


def _misspelt(lines: list[str], row: int, keys: tuple[str, ...]) -> Iterator[list[str]]:
    found = _KEY.match(lines[row])
    if not found or not found["rest"].lstrip().startswith(":"):
        return
    squeezed = re.sub(r"[^a-z]", "", found["key"].lower())
    for key in keys:
        plain = key.replace("-", "")
        if found["key"] != key and (squeezed == plain or one_slip(squeezed, plain)):
            yield [*lines[:row], f"{found['lead']}{key}{found['rest']}", *lines[row + 1 :]]


def _expressions(lines: list[str], row: int, meant: str, complaint: str) -> Iterator[list[str]]:
    for number in range(row, min(row + 12, len(lines))):
        line = lines[number]
        yield from _sub(lines, number, r"(\$\{\{[^{}]*\})(?!\})", "}")
        yield from _sub(lines, number, r"(\$\{\{[^{}]*[^\s{}])\s*$", " }}")
        if "${{" in line and '"' in line:
            yield [
                *lines[:number],
                re.sub(r"\$\{\{.*?\}\}", lambda one: one[0].replace('"', "'"), line),
                *lines[number + 1 :],
            ]
        if meant and (wrong := re.search(r"'([\w.-]+)'|`([\w.-]+)`", complaint)):
            word = wrong[1] or wrong[2] or ""
            yield from _sub(lines, number, rf"(?<![\w.-])(){re.escape(word)}(?![\w-])", meant)
        if "${{" in line:
            yield from _sub(lines, number, r"(\$\{\{[^{}]*[^=!<>])=(?!=)", "==", whole=True)
            yield from _sub(lines, number, r"(\$\{\{[^{}]*[^&])&(?!&)", "&&", whole=True)
            yield from _sub(lines, number, r"(\$\{\{[^{}]*[^|])\|(?!\|)", "||", whole=True)


def _tabs(lines: list[str]) -> Iterator[list[str]]:
    """Indent with blanks what is indented with tabs."""
    if not any("\t" in line[: len(line) - len(line.lstrip())] for line in lines):
        return
    for width in (2, 4, 8, 1):
        yield [_untabbed(line, width) for line in lines]
    for number, line in enumerate(lines):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            for near in _levels(lines, number):
                yield [*lines[:number], " " * near + line.lstrip(), *lines[number + 1 :]]


def _untabbed(line: str, width: int) -> str:
    body = line.lstrip()
    return line[: len(line) - len(body)].replace("\t", " " * width) + body


def _slips(lines: list[str], row: int) -> Iterator[list[str]]:
    """Put in a blank, a colon, or a quote that is missing."""
    for number in range(row, max(row - _AROUND, -1), -1):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        for new in _slip(line):
            yield [*lines[:number], new, *lines[number + 1 :]]


def _slip(line: str) -> Iterator[str]:
    found = _KEY.match(line)
    if found:
        lead, key, rest = found["lead"], found["key"], found["rest"]
        if re.match(r":\S", rest):
            yield f"{lead}{key}: {rest[1:]}"
        if not rest.strip():
            yield f"{lead}{key}:"
        if re.match(r"\s+[^:\s]", rest):
            yield f"{lead}{key}:{rest}"
        if re.match(r"[;=.,]\s*", rest):
            yield f"{lead}{key}:{' ' if rest[1:].strip() else ''}{rest[1:].lstrip()}"
    if dash := re.match(r"(\s*-)(\w.*)$", line):
        yield f"{dash[1]} {dash[2]}"
    for quote in "\"'":
        if line.count(quote) % 2:
            yield line + quote
            yield re.sub(r"([\]\},])\s*$", rf"{quote}\1", line)
            opened = re.match(r"^(\s*(?:-\s+)*(?:[\w.-]+:\s+)?)(.*)$", line)
            if opened and opened[2].endswith(quote):
                yield f"{opened[1]}{quote}{opened[2]}"
    if plain := _PLAIN.match(line):
        value = plain["value"]
        if ": " in value or value.endswith(":") or value[0] in _SPECIAL or " #" in value:
            mark = "'" if "'" not in value else '"'
            if mark not in value:
                yield f"{plain['lead']}{mark}{value}{mark}"


def _indents(lines: list[str], row: int) -> Iterator[list[str]]:
    """Move one line, or one with what hangs below it, to another depth."""
    for number in (*range(row, max(row - _AROUND, -1), -1), *range(row + 1, min(row + 2, len(lines)))):
        line = lines[number]
        if not line.strip():
            continue
        for near in _levels(lines, number):
            if near != indent_of(line):
                moved = " " * near + line.lstrip(" ")
                yield [*lines[:number], moved, *lines[number + 1 :]]


def _levels(lines: list[str], row: int) -> list[int]:
    """Return the depths that a line may have meant: those of its neighbours, and one step deeper."""
    found: dict[int, None] = {}
    for number in (row + 1, row - 1, row + 2, row - 2, row - 3, row + 3):
        if 0 <= number < len(lines) and lines[number].strip():
            depth = indent_of(lines[number])
            found[depth] = None
            if lines[number].lstrip().startswith("- "):
                found[depth + 2] = None
            found[depth + 2] = None
    return list(found)


def _brackets(lines: list[str], row: int) -> Iterator[list[str]]:
    """Close a bracket that was left open."""
    for number in range(row, max(row - _AROUND, -1), -1):
        line = lines[number]
        for opening, closing in (("[", "]"), ("{", "}")):
            if line.count(opening) > line.count(closing):
                yield [*lines[:number], line.rstrip() + closing, *lines[number + 1 :]]


def _sub(lines: list[str], row: int, pattern: str, new: str, *, whole: bool = False) -> Iterator[list[str]]:
    """Put something behind the first group of a pattern, in place of the rest of what it matches."""
    changed, count = re.subn(pattern, lambda one: f"{one[1]}{new}", lines[row], count=1)
    if count:
        yield [*lines[:row], changed, *lines[row + 1 :]]
