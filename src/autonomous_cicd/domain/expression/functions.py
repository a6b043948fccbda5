"""The functions of the expression language that need nothing but their arguments."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from autonomous_cicd.domain.expression.values import equal, fold, is_primitive, to_text
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import ExpressionError

__all__ = ["FUNCTIONS", "MAX_TEXT", "SIGNATURES", "bounded", "to_json"]

MAX_TEXT = 10 * 1024 * 1024
"""Most characters of one result."""

_MAX_ARGUMENTS = 255
_MAX_DEPTH = 100
_ESCAPED = re.compile('["\\\\\x00-\x1f\x85\u2028\u2029]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_FORMAT = re.compile(r"\{\{|\}\}|\{([0-9]{1,9})\}|[{}]")
_SURROGATE = re.compile("[\ud800-\udfff]")

SIGNATURES: Mapping[str, tuple[int, int]] = {
    "always": (0, 0),
    "cancelled": (0, 0),
    "case": (3, _MAX_ARGUMENTS),
    "contains": (2, 2),
    "endswith": (2, 2),
    "failure": (0, _MAX_ARGUMENTS),
    "format": (1, _MAX_ARGUMENTS),
    "fromjson": (1, 1),
    "hashfiles": (1, _MAX_ARGUMENTS),
    "join": (1, 2),
    "startswith": (2, 2),
    "success": (0, _MAX_ARGUMENTS),
    "tojson": (1, 1),
}
"""For each function, in lower case, the least and the most arguments."""


def bounded(text: str) -> str:
    """Return the text; refuse one that is absurdly long."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"an expression gives more than {MAX_TEXT} characters")
    return text


def to_json(value: Json) -> str:
    """Return the value as the host prints JSON: two blanks a level, characters kept."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value, 0):
        length += len(piece)
        if length > MAX_TEXT:
            raise ExpressionError(f"toJSON gives more than {MAX_TEXT} characters")
        pieces.append(piece)
    return "".join(pieces)


def _pieces(value: Json, level: int) -> Iterator[str]:
    if level > _MAX_DEPTH:
        raise ExpressionError(f"a value has more than {_MAX_DEPTH} levels")
    if isinstance(value, str):
        yield _quoted(value)
    elif isinstance(value, Mapping):
        entries = ((f"{_quoted(str(key))}: ", item) for key, item in value.items())
        yield from _nested("{}", entries, level, bool(value))
    elif isinstance(value, list | tuple):
        yield from _nested("[]", (("", item) for item in value), level, bool(value))
    else:
        yield "null" if value is None else to_text(value)


def _nested(brackets: str, entries: Iterator[tuple[str, Json]], level: int, filled: bool) -> Iterator[str]:
    if not filled:
        yield brackets
        return
    yield brackets[0]
    separator = "\n"
    for name, item in entries:
        yield separator + "  " * (level + 1) + name
        yield from _pieces(item, level + 1)
        separator = ",\n"
    yield "\n" + "  " * level + brackets[1]


def _quoted(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"


def _from_json(arguments: Sequence[Json]) -> Json:
    text = to_text(arguments[0])
    try:
        value: Json = json.loads(text, parse_int=_integer, parse_constant=_constant)
        return _sound(value, 0) if "\\u" in text or _deep(text) else value
    except (ValueError, RecursionError) as error:
        raise ExpressionError(f"fromJSON cannot read its argument: {error}") from error


def _integer(text: str) -> float:
    return int(text) if len(text) < 16 else float(text)


def _constant(text: str) -> float:
    return {"NaN": math.nan, "Infinity": math.inf}.get(text, -math.inf)


def _deep(text: str) -> bool:
    return text.count("[") + text.count("{") > _MAX_DEPTH


def _sound(value: Json, level: int) -> Json:
    """Refuse what is nested too deep; replace halves of characters, which no file could hold."""
    if level > _MAX_DEPTH:
        raise ValueError(f"it has more than {_MAX_DEPTH} levels")
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_sound(item, level + 1) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", key): _sound(item, level + 1) for key, item in value.items()}
    return value


def _contains(arguments: Sequence[Json]) -> Json:
    where, what = arguments
    if isinstance(where, list | tuple):
        return any(equal(item, what) for item in where)
    return is_primitive(where) and is_primitive(what) and fold(to_text(what)) in fold(to_text(where))


def _starts_with(arguments: Sequence[Json]) -> Json:
    return all(map(is_primitive, arguments)) and _folded(arguments[0]).startswith(_folded(arguments[1]))


def _ends_with(arguments: Sequence[Json]) -> Json:
    return all(map(is_primitive, arguments)) and _folded(arguments[0]).endswith(_folded(arguments[1]))


def _folded(value: Json) -> str:
    return fold(to_text(value))


def _join(arguments: Sequence[Json]) -> Json:
    items, separator = arguments[0], arguments[1] if len(arguments) > 1 else ","
    if not isinstance(items, list | tuple):
        return to_text(items) if is_primitive(items) else ""
    texts = [to_text(item) for item in items]
    between = to_text(separator) if is_primitive(separator) else ","
    if sum(map(len, texts)) + len(between) * len(texts) > MAX_TEXT:
        raise ExpressionError(f"join gives more than {MAX_TEXT} characters")
    return between.join(texts)


def _format(arguments: Sequence[Json]) -> Json:
    pattern, texts = to_text(arguments[0]), [to_text(argument) for argument in arguments[1:]]
    length = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal length
        text = _placeholder(match, pattern, texts)
        length += len(text)
        if length > MAX_TEXT:
            raise ExpressionError(f"format gives more than {MAX_TEXT} characters")
        return text

    return _FORMAT.sub(replaced, pattern)


def _placeholder(match: re.Match[str], pattern: str, texts: list[str]) -> str:
    if match[0] in ("{{", "}}"):
        return match[0][0]
    if match[1] is None:
        raise ExpressionError(f"the format string {pattern[:80]!r} is invalid", hint="write {{ for a brace")
    if int(match[1]) >= len(texts):
        raise ExpressionError(f"the format string {pattern[:80]!r} names more arguments than there are")
    return texts[int(match[1])]


def _to_json(arguments: Sequence[Json]) -> Json:
    return to_json(arguments[0])


FUNCTIONS: Mapping[str, Callable[[Sequence[Json]], Json]] = {
    "contains": _contains,
    "endswith": _ends_with,
    "format": _format,
    "fromjson": _from_json,
    "join": _join,
    "startswith": _starts_with,
    "tojson": _to_json,
}
"""What to do with the arguments, by the function's name in lower case."""
