"""Strict JSON: reads what a stranger sent, and takes nothing that can be read in two ways."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from autonomous_cicd.errors import DocumentError

__all__ = ["DEPTH", "strict_object"]

DEPTH = 64
"""Most levels of nesting."""
DIGITS = 20
"""Most characters of a whole number: none that a code host sends needs more."""
FRACTION = 400
"""Most characters of another number."""

_STRUCTURE = bytes.maketrans(b"{}", b"[]")
_REST = bytes(set(range(256)) - set(b'[]{}"'))
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def strict_object(data: bytes, *, depth: int = DEPTH) -> dict[str, Any]:
    """Return the object that bytes spell in UTF-8. Raises DocumentError for anything that is odd.

    Odd are: more levels than `depth`, a name that is there twice, numbers that are not finite or are
    endless, half characters, and whatever is no JSON.
    """
    if not _within(data, depth):
        raise DocumentError(f"it is no JSON, or nested deeper than {depth} levels")
    try:
        text = data.decode("utf-8")
        value = _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise DocumentError(f"it is not UTF-8: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise DocumentError(f"it is no JSON: {error.msg}", line=error.lineno) from error
    if not isinstance(value, dict):
        raise DocumentError("it is no object")
    if _HALF.search(text) and not _whole(value):
        raise DocumentError("it has half a character in it")
    return value


def _within(data: bytes, depth: int) -> bool:
    """Return whether brackets are nested no deeper than that, without a loop over characters."""
    # Where it is valid, a brace with such a character behind it stands in a text: in the pattern of a URL.
    opened = data.count(b"{") + data.count(b"[") - data.count(b"{/") - data.count(b"{?")
    if opened <= depth:
        return True
    quoted = data.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _REST)
    brackets = b"".join(quoted.split(b'"')[::2]).translate(_STRUCTURE)
    for _ in range(depth):
        if not brackets:
            return True
        brackets = brackets.replace(b"[]", b"")  # the innermost ones
    return not brackets


def _whole(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise DocumentError("it has an object with the same name twice")
    return made


def _integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise DocumentError("it has a number of too many digits")
    return int(digits)


def _number(digits: str) -> float:
    if len(digits) > FRACTION or not math.isfinite(number := float(digits)):
        raise DocumentError("it has a number that is too large, or of too many digits")
    return number


def _no_constant(name: str) -> NoReturn:
    raise DocumentError(f"it has {name}, which is no number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_integer, parse_float=_number, parse_constant=_no_constant
)
