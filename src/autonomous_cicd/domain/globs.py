"""Patterns of paths: which files a task reads and makes, which files an expression hashes.

`*` and `?` stand for characters of one name, `[...]` for one of several, `**` for any number of folders;
`!` in front takes files away again, a later pattern overrules an earlier one, a leading `/` or `./` changes
nothing because every pattern begins at the root. A pattern whose last part has no wildcard means a folder's
whole content too. Names are relative, with forward slashes; those that begin with a dot are like any other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache

__all__ = ["Names", "literal_folder", "match", "select"]

_SPECIAL = frozenset("*?[\\")
_ONE = "[^/]"
_STARS = ("star", "folders", "any")
_AFTER_SLASH = "0"
"""The character that sorts right after a slash."""


class Names:
    """Names to choose from, sorted once: what a pattern matches is found out once as well."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        """All of them, sorted."""
        self._found: dict[str, Sequence[int]] = {}

    def select(self, patterns: Iterable[str]) -> list[str]:
        """Return the names that the patterns leave over, sorted."""
        names = self.names
        return [names[place] for place in self.places(patterns)]

    def places(self, patterns: Iterable[str]) -> Sequence[int]:
        """Return where in `names` the names stand that the patterns leave over."""
        patterns = tuple(patterns)
        if len(patterns) == 1 and not patterns[0].startswith("!"):
            return self._matching(patterns[0])
        chosen: set[int] = set()
        for pattern in patterns:
            if pattern.startswith("!"):
                chosen.difference_update(self._matching(pattern[1:]))
            else:
                chosen.update(self._matching(pattern))
        return sorted(chosen)

    def _matching(self, pattern: str) -> Sequence[int]:
        found = self._found.get(pattern)
        if found is None:
            found = self._found[pattern] = self._look(_bare(pattern))
        return found

    def _look(self, pattern: str) -> Sequence[int]:
        names, folder = self.names, literal_folder(pattern)
        first, last = self._below(folder)
        rest = pattern[len(folder) :]
        if rest in ("", "**"):
            return range(first, last)
        if _SPECIAL.isdisjoint(rest):
            first, last = self._below(f"{pattern}/")
            place = bisect_left(names, pattern)
            exact = (place,) if names[place : place + 1] == [pattern] else ()
            return (*exact, *range(first, last))
        fits, start = _compiled(rest).fullmatch, len(folder)
        return tuple(place for place in range(first, last) if fits(names[place], start))

    def _below(self, folder: str) -> tuple[int, int]:
        """Return where the names in a folder begin and end."""
        if not folder:
            return 0, len(self.names)
        return bisect_left(self.names, folder), bisect_left(self.names, folder[:-1] + _AFTER_SLASH)


def match(pattern: str, name: str) -> bool:
    """Return whether a name fits a pattern; for one with `!` in front, whether it does not."""
    if pattern.startswith("!"):
        return not _compiled(pattern[1:]).fullmatch(name)
    return bool(_compiled(pattern).fullmatch(name))


def select(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the names that the patterns leave over, sorted."""
    return Names(names).select(patterns)


def literal_folder(pattern: str) -> str:
    """Return the beginning of every name that a pattern can match: nothing, or a folder with its slash."""
    pattern = _bare(pattern)
    wild = next((place for place, sign in enumerate(pattern) if sign in _SPECIAL), len(pattern))
    return pattern[: pattern.rfind("/", 0, wild) + 1]


def _bare(pattern: str) -> str:
    pattern = re.sub("/{2,}", "/", pattern)
    while pattern.startswith(("/", "./")):
        pattern = pattern[pattern.index("/") + 1 :]
    return "" if pattern == "." else pattern


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = _bare(pattern)
    if pattern in ("", "**"):
        return re.compile(r".*", re.DOTALL)
    folder = pattern.endswith("/")
    text = pattern.rstrip("/")
    tokens = _tokens(text)
    wild = any(kind != "one" for kind, _ in _last_part(tokens))
    below = "/.+" if folder else "" if wild else "(?:/.+)?"
    return re.compile(_expression(tokens) + below, re.DOTALL)


_Token = tuple[str, str]
"""A kind and an expression: `one` character as it is, `some` for one of several; without an expression
`star`, `folders` (`**/`) and `any` (another `**`)."""


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    while place < len(text):
        token, place = _token(text, place)
        if not (tokens and token[0] in _STARS and token == tokens[-1]):
            tokens.append(token)
    return tokens


def _token(text: str, place: int) -> tuple[_Token, int]:
    """Return the token at a place, and the place after it."""
    sign = text[place]
    if sign == "*":
        end = place
        while end < len(text) and text[end] == "*":
            end += 1
        if end - place == 1:
            return ("star", ""), end
        starts = place == 0 or text[place - 1] == "/"
        return (("folders", ""), end + 1) if starts and text[end : end + 1] == "/" else (("any", ""), end)
    if sign == "?":
        return ("some", _ONE), place + 1
    if sign == "[":
        return _one_of(text, place)
    if sign == "\\" and place + 1 < len(text):
        return ("one", re.escape(text[place + 1])), place + 2
    return ("one", re.escape(sign)), place + 1


def _one_of(text: str, place: int) -> tuple[_Token, int]:
    """Return the token of a `[...]`; one without an end is a plain bracket."""
    start = place + 1
    negated = text[start : start + 1] in ("!", "^")
    start += negated
    end = text.find("]", start + 1)
    if end < 0:
        return ("one", re.escape("[")), place + 1
    members = [
        re.escape(low) + (f"-{re.escape(high)}" if high else "") for low, high in _members(text[start:end])
    ]
    if not members:
        return ("some", _ONE if negated else "(?!)"), end + 1
    return ("some", f"(?!/)[{'^' if negated else ''}{''.join(members)}]"), end + 1


def _members(text: str) -> list[tuple[str, str]]:
    """Return what a `[...]` holds: characters, and the ends of those ranges that are not empty."""
    found = []
    place = 0
    while place < len(text):
        if text[place + 1 : place + 2] == "-" and place + 2 < len(text):
            if text[place] <= text[place + 2]:
                found.append((text[place], text[place + 2]))
            place += 3
        else:
            found.append((text[place], ""))
            place += 1
    return found


def _last_part(tokens: list[_Token]) -> list[_Token]:
    slashes = [place for place, token in enumerate(tokens) if token == ("one", "/") or token[0] == "folders"]
    return tokens[slashes[-1] + 1 :] if slashes else tokens


def _expression(tokens: list[_Token]) -> str:
    """Return an expression that never tries the same text in many ways.

    Between two wildcards the first place that fits is as good as any later one, so an atomic group may
    commit to it; only what follows the last wildcard has to meet the end of the name.
    """
    chunks = _split(tokens, ("folders", "any"))
    result = _chunk(chunks[0][1], last=len(chunks) == 1)
    for kind, chunk in chunks[1:-1]:
        result += f"(?>{_lazily(kind)}{_chunk(chunk, last=False)})"
    if len(chunks) > 1:
        kind, chunk = chunks[-1]
        result += _lazily(kind) + _chunk(chunk, last=True)
    return result


def _lazily(kind: str) -> str:
    return "(?:[^/]+/)*?" if kind == "folders" else ".*?"


def _chunk(tokens: list[_Token], *, last: bool) -> str:
    """Return the expression for tokens between two `**`."""
    pieces = ["".join(text for _, text in piece) for _, piece in _split(tokens, ("star",))]
    result = pieces[0]
    for number, piece in enumerate(pieces[1:], 2):
        result += f"{_ONE}*{piece}" if last and number == len(pieces) else f"(?>{_ONE}*?{piece})"
    return result


def _split(tokens: list[_Token], kinds: tuple[str, ...]) -> list[tuple[str, list[_Token]]]:
    """Split tokens at some kinds; each part comes with the kind of token before it."""
    parts: list[tuple[str, list[_Token]]] = [("", [])]
    for token in tokens:
        if token[0] in kinds:
            parts.append((token[0], []))
        else:
            parts[-1][1].append(token)
    return parts
