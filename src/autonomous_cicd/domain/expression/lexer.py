"""Cuts an expression into tokens."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from enum import StrEnum

from autonomous_cicd.domain.expression.values import parse_number
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import ExpressionError
from autonomous_cicd.values import dataclass

__all__ = ["MAX_LENGTH", "Kind", "Token", "tokens"]

MAX_LENGTH = 21_000
"""Most characters of one expression, as at the host."""

_SPACE = re.compile(r"\s*")
_STRING = re.compile(r"'((?:[^']|'')*)'(?!')")
_OPERATOR = re.compile(r"&&|\|\||==|!=|>=|<=|[!<>]")
_WORD = re.compile(r"[^\s()\[\],.!<>=&|]+")
_NUMBER = re.compile(r"[^\s()\[\],!<>=&|]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_CONSTANTS: dict[str, Json] = {
    "null": None,
    "true": True,
    "false": False,
    "NaN": math.nan,
    "Infinity": math.inf,
}


class Kind(StrEnum):
    """What a token is."""

    LITERAL = "literal"
    NAME = "name"
    """A context, a function or a property."""
    OPERATOR = "operator"
    PUNCTUATION = "punctuation"
    """One of `( ) [ ] , . *`."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression."""

    kind: Kind
    text: str
    position: int
    """Counted from 1."""
    value: Json = None
    """What a literal means."""


def tokens(expression: str) -> Iterator[Token]:
    """Yield the tokens of an expression. Raises ExpressionError at the first that is none."""
    if len(expression) > MAX_LENGTH:
        raise ExpressionError(
            f"an expression has at most {MAX_LENGTH} characters, this one {len(expression)}"
        )
    last: Token | None = None
    at = _skip(expression, 0)
    while at < len(expression):
        last = _token(expression, at, last)
        yield last
        at = _skip(expression, at + len(last.text))


def _skip(expression: str, at: int) -> int:
    match = _SPACE.match(expression, at)
    return match.end() if match else at


def _token(expression: str, at: int, last: Token | None) -> Token:
    character = expression[at]
    if character == "'":
        return _string(expression, at)
    if character in "()[],*":
        return Token(Kind.PUNCTUATION, character, at + 1)
    if character == "." and not _operand_expected(last):
        return Token(Kind.PUNCTUATION, character, at + 1)
    if character in ".+-0123456789":
        return _number(expression, at)
    if match := _OPERATOR.match(expression, at):
        return Token(Kind.OPERATOR, match[0], at + 1)
    return _word(expression, at, last)


def _operand_expected(last: Token | None) -> bool:
    return last is None or last.kind is Kind.OPERATOR or last.text in ("(", "[", ",")


def _string(expression: str, at: int) -> Token:
    match = _STRING.match(expression, at)
    if not match:
        raise _unexpected(expression, at, expression[at:])
    return Token(Kind.LITERAL, match[0], at + 1, match[1].replace("''", "'"))


def _number(expression: str, at: int) -> Token:
    match = _NUMBER.match(expression, at)
    text = match[0] if match else expression[at]
    value = parse_number(text)
    if math.isnan(value):
        raise _unexpected(expression, at, text)
    return Token(Kind.LITERAL, text, at + 1, value)


def _word(expression: str, at: int, last: Token | None) -> Token:
    match = _WORD.match(expression, at)
    text = match[0] if match else expression[at]
    if not _NAME.fullmatch(text):
        raise _unexpected(expression, at, text)
    property_name = last is not None and last.text == "." and last.kind is Kind.PUNCTUATION
    if text in _CONSTANTS and not property_name:
        return Token(Kind.LITERAL, text, at + 1, _CONSTANTS[text])
    return Token(Kind.NAME, text, at + 1)


def _unexpected(expression: str, at: int, text: str) -> ExpressionError:
    return ExpressionError(f"unexpected symbol {text[:80]!r}", expression=expression, position=at + 1)
