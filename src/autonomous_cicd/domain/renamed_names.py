"""Renamed names: what a commit calls otherwise at several places, and where it forgot to.

A definition or key that got another name, and at least one use that followed it, say what the others should
be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from autonomous_cicd.domain.hunks import Part, hunks
from autonomous_cicd.domain.patch import Patch

__all__ = ["followed", "missed", "renames"]

_MISSED = re.compile(
    r"cannot import name '(?P<import>\w+)'|has no attribute '(?P<attribute>\w+)'|KeyError: '(?P<key>[\w.-]+)'"
    r"|name '(?P<name>\w+)' is not defined|(?P<call>[\w.]+) is not (?:a function|defined|a constructor)"
    r"|export named '(?P<export>\w+)'|has no exported member '(?P<member>\w+)'"
)
_WORD = re.compile(r"[^\W\d]\w*")
_PLACE = re.compile(
    r"File \"(?P<python>[^\"]+)\", line (?P<at>\d+)|(?P<file>[\w@./-]+\.\w{1,4}):(?P<line>\d+)(?::\d+)?\b"
)
_IMPORTED = r"^\s*from\s+[\w.]+\s+import\b[^#\n]*\b{0}\b|[{{,]\s*{0}\b[^}}\n]*}}\s*(?:=\s*require\(|from\b)"
_MADE = r"\b(?:def|class|function|const|let|var)\s+{0}\b|^\s*{0}\s*=(?!=)"


def missed(text: str) -> tuple[str, ...]:
    """Return the names that a log says are missed, each once."""
    found = (next(filter(None, match.groups())) for match in _MISSED.finditer(text))
    return tuple(dict.fromkeys(name.rpartition(".")[2] for name in found))


def renames(patch: Patch) -> dict[str, str]:
    """Return what a commit calls otherwise at two places or more, and does not itself call so any more."""
    seen: Counter[tuple[str, str]] = Counter()
    for part in hunks(patch):
        if part.part is Part.LINES:
            old, new = (Counter(_WORD.findall("".join(lines))) for lines in (part.removed, part.added))
            gone, come = old - new, new - old
            if len(gone) == len(come) == 1 and len(part.removed) == len(part.added):
                seen[next(iter(gone)), next(iter(come))] += 1
    left = {word for one in patch for word in _WORD.findall(one.after or "")}
    pairs = [pair for pair, count in seen.items() if count > 1 and pair[0] not in left]
    olds = Counter(old for old, _ in pairs)
    return {old: new for old, new in pairs if olds[old] == 1}


def followed(old: str, new: str, texts: Mapping[str, str], log: str) -> dict[str, str]:
    """Return the files in which a forgotten name follows: where it is imported, and where a log points."""
    found: dict[str, str] = {}
    word = rf"(?<![\w-]){re.escape(old)}(?![\w-])"
    imported = re.compile(_IMPORTED.format(re.escape(old)), re.MULTILINE)
    made = re.compile(_MADE.format(re.escape(old)), re.MULTILINE)
    for name, text in texts.items():
        if imported.search(text) and not made.search(text):
            found[name] = re.sub(word, new, text)
    for name, number in _places(log, texts):
        lines = found.get(name, texts[name]).split("\n")
        if 0 < number <= len(lines):
            lines[number - 1] = re.sub(rf"(?<=[.'\"]){re.escape(old)}(?![\w-])", new, lines[number - 1])
            found[name] = "\n".join(lines)
    return {name: text for name, text in found.items() if text != texts[name]}


def _places(log: str, names: Iterable[str]) -> Iterator[tuple[str, int]]:
    known = list(names)
    for match in _PLACE.finditer(log):
        file, number = match["python"] or match["file"], int(match["at"] or match["line"])
        for name in known:
            if file == name or file.endswith(f"/{name}"):
                yield name, number
