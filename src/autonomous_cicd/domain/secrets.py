"""Secret and redact(): nothing secret is ever printed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import NoReturn, SupportsIndex
from urllib.parse import quote, quote_plus

__all__ = ["MASK", "SHORTEST", "Secret", "redact"]

MASK = "***"
"""What stands in the place of a secret."""

SHORTEST = 4
"""Shorter values are not looked for: they would be found in every other word."""

_SHORTEST_FRAGMENT = 8


class Secret:
    """A value that shows itself to nobody but who calls `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value: only for the adapter that sends it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a secret cannot be pickled")


def redact(text: str, values: Iterable[Secret | str]) -> str:
    """Return the text without these values, whether plain, in base64, URL-encoded or JSON-escaped.

    Of a text that comes in pieces, hand over whole lines: a value that is cut in two is not found.
    """
    known = frozenset(value.reveal() if isinstance(value, Secret) else value for value in values)
    if not known or not text:
        return text
    forms = _forms_of(known)
    # What was replaced may have joined the halves of another value; each round makes the text shorter.
    while present := [form for form in forms if form in text]:
        text = _cut(text, present)
    return text


def _cut(text: str, forms: list[str]) -> str:
    parts, position = [], 0
    for start, end in _merged(sorted(place for form in forms for place in _places(text, form))):
        parts += [text[position:start], MASK]
        position = end
    return "".join([*parts, text[position:]])


def _places(text: str, form: str) -> Iterable[tuple[int, int]]:
    start = text.find(form)
    while start >= 0:
        yield start, start + len(form)
        start = text.find(form, start + 1)


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what overlaps, so that no rest of a value stays between two masks."""
    merged: list[tuple[int, int]] = []
    for start, end in places:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=8)
def _forms_of(values: frozenset[str]) -> tuple[str, ...]:
    forms: set[str] = set()
    for value in values:
        lines = {value, value.strip(), *(line.strip() for line in value.splitlines())}
        for line in lines:
            if len(line) >= SHORTEST:
                forms |= _forms(line)
    return tuple(sorted(forms, key=len, reverse=True))


def _forms(value: str) -> set[str]:
    raw = value.encode("utf-8", "surrogatepass")
    percent = quote(value, safe="", errors="surrogatepass")
    forms = {value, percent, quote(value, errors="surrogatepass")}
    forms |= {quote_plus(value, errors="surrogatepass"), _lower_escapes(percent)}
    forms |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        parts = (_fragment(encode(bytes(offset) + raw).decode(), offset, len(raw)) for offset in range(3))
        forms |= {part for part in parts if len(part) >= _SHORTEST_FRAGMENT}
    return forms


def _fragment(encoded: str, offset: int, length: int) -> str:
    """Return the characters that depend on the value alone, whatever stands before and behind it."""
    first = -(-offset * 8 // 6)
    last = (offset + length) * 8 // 6
    return encoded[first:last]


def _lower_escapes(percent: str) -> str:
    pieces = percent.split("%")
    return "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])
