"""What a log says of scripts of the project that could not be started."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath

from autonomous_cicd.domain.script import commands

__all__ = ["called_files", "denied", "named_files", "shebang_for", "unix_ends"]

_DENIED = (
    re.compile(r"(?P<path>[^\s:'\"`\u2018\u2019]+): [Pp]ermission denied"),
    re.compile(r"[Pp]ermission denied: ['\"]?(?P<path>[^\s'\"`]+)"),
    re.compile(r"(?:exec|env): ?[:\"'\u2018]?(?P<path>[^\s:\"'\u2019]+)[\"'\u2019]?: [Pp]ermission denied"),
    re.compile(r"spawn (?P<path>\S+) EACCES"),
    re.compile(r"(?P<path>[^\s:'\"`]+): (?:cannot execute|not executable)"),
    re.compile(r"(?:[Cc]ommand|[Ss]cript|[Ff]ile) ['\"`]?(?P<path>[^\s'\"`]+)['\"`]? is not executable"),
)
_WORD = re.compile(r"[A-Za-z0-9_.@+-]*(?:/[A-Za-z0-9_.@+-]+)*")
_RUNNERS = frozenset(
    ["bash", "sh", "dash", "ksh", "zsh", "source", ".", "python", "python3", "node", "ruby", "perl"]
)


def denied(log: str, names: Collection[str], folder: str = "") -> tuple[str, ...]:
    """Return the files of the project that a log says may not be executed, in order."""
    found: dict[str, None] = {}
    for line in log.splitlines():
        for pattern in _DENIED:
            for one in pattern.finditer(line):
                if name := _own(one["path"], names, folder):
                    found[name] = None
    return tuple(found)


def called_files(script: str, names: Collection[str], folder: str = "") -> tuple[str, ...]:
    """Return the files of the project that a script calls, by themselves or through an interpreter."""
    found: dict[str, None] = {}
    for words in commands(script):
        candidates = [words[0]]
        if words[0].rsplit("/", 1)[-1] in _RUNNERS:
            candidates += [word for word in words[1:3] if not word.startswith("-")]
        for word in candidates:
            if name := _own(word, names, folder):
                found[name] = None
    return tuple(found)


def named_files(log: str, names: Collection[str], folder: str = "") -> tuple[str, ...]:
    """Return the files of the project that a log names, in order."""
    found: dict[str, None] = {}
    for one in _WORD.finditer(log):
        if len(one[0]) > 2 and (name := _own(one[0], names, folder)):
            found[name] = None
    return tuple(found)


def _own(path: str, names: Collection[str], folder: str) -> str:
    """Return the name in the project that a path means; "" when it is none of its files."""
    plain = path.strip().removeprefix("./")
    for name in _possible(plain, folder):
        if name in names:
            return name
    if plain.startswith("/"):
        # An absolute path ends with the name in the project: the longest that does is meant.
        parts = plain.split("/")
        for start in range(1, len(parts)):
            name = "/".join(parts[start:])
            if name in names and (len(parts) - start > 1 or "." in name):
                return name
    return ""


def _possible(plain: str, folder: str) -> Iterator[str]:
    yield plain
    if folder and folder != ".":
        parts: list[str] = []
        for part in PurePosixPath(folder, plain).parts:
            if part == "..":
                parts = parts[:-1]
            elif part != ".":
                parts.append(part)
        yield "/".join(parts)


def unix_ends(text: str) -> str:
    """Return a text whose lines end with a line feed only."""
    return text.replace("\r\n", "\n")


def shebang_for(name: str, text: str, earlier: Iterable[str]) -> str:
    """Return the first line that a script had, or that its name asks for; "" when neither says it."""
    for before in earlier:
        first = before.split("\n", 1)[0]
        if first.startswith("#!") and first != text.split("\n", 1)[0]:
            return first
    suffix = PurePosixPath(name).suffix
    return {".py": "#!/usr/bin/env python3", ".bash": "#!/usr/bin/env bash"}.get(suffix, "")
