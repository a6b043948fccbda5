"""Quick JSON: reads what is plainly in order fast, and has everything else judged strictly.

A delivery would otherwise spend most of its time in being read.
"""

from __future__ import annotations

from typing import Any

import orjson

from autonomous_cicd.domain.strict_json import DEPTH, strict_object

__all__ = ["quick_object"]

_SPACE = b" \t\r\n"
_OPENING = (b"{", b"[")


def quick_object(data: bytes) -> dict[str, Any]:
    """Return the object that bytes spell, as `strict_object` does. Raises DocumentError for what is odd.

    What is spelled again byte for byte, but for space, can be read in one way only: a name that is there
    twice would be missing, and so would the digits of a number that is too long.
    """
    try:
        value = orjson.loads(data)
        spelled = orjson.dumps(value)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return strict_object(data)
    same = spelled == data or spelled.translate(None, _SPACE) == data.translate(None, _SPACE)
    if same and isinstance(value, dict) and _flat(value, data):
        return value
    return strict_object(data)


def _flat(value: dict[str, Any], data: bytes) -> bool:
    """Return whether it is nested no deeper than it may be."""
    if sum(map(data.count, _OPENING)) <= DEPTH:
        return True
    level: list[Any] = [value]
    for _ in range(DEPTH):
        inner = (one.values() if type(one) is dict else one for one in level)
        level = [one for many in inner for one in many if type(one) is dict or type(one) is list]
        if not level:
            return True
    return False
