"""How values of the expression language become text, numbers and truth, and how they compare."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from autonomous_cicd.domain.workflow import Json

__all__ = [
    "equal",
    "fold",
    "greater",
    "is_primitive",
    "less",
    "parse_number",
    "to_number",
    "to_text",
    "truthy",
]

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INFINITY = re.compile(r"([+-]?)infinity", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"0x([0-9a-fA-F]{1,8})")
_OCTAL = re.compile(r"0o([0-7]{1,11})")
_EXACT = 2**53


def is_primitive(value: Json) -> bool:
    """Tell whether the value is neither a list nor a mapping."""
    return not isinstance(value, Mapping | list | tuple)


def to_text(value: Json) -> str:
    """Return the value as it is written into a string: null is empty, 1.0 is `1`."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    return "Object" if isinstance(value, Mapping) else "Array"


def truthy(value: Json) -> bool:
    """Tell whether a condition with that value holds."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return not is_primitive(value) or bool(value)


def to_number(value: Json) -> float:
    """Return the value as a number; NaN when it is none."""
    if value is None:
        return 0.0
    if isinstance(value, int | float):
        return _float(value)
    if isinstance(value, str):
        return parse_number(value)
    return math.nan


def parse_number(text: str) -> float:
    """Return the number that a text spells; 0 for a blank one, NaN when it spells none."""
    text = text.strip()
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if match := _INFINITY.fullmatch(text):
        return -math.inf if match[1] == "-" else math.inf
    for pattern, base in ((_HEXADECIMAL, 16), (_OCTAL, 8)):
        if match := pattern.fullmatch(text):
            return _signed(int(match[1], base))
    return math.nan


def fold(text: str) -> str:
    """Return the text as it is compared: without regard to case, one character at a time."""
    if text.isascii():
        return text.upper()
    return "".join(map(_upper, text))


def equal(left: Json, right: Json) -> bool:
    """Compare as `==` does: loosely, strings without regard to case, lists and mappings by identity."""
    left, right = _alike(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return fold(left) == fold(right)
    if is_primitive(left) and is_primitive(right):
        return _kind(left) == _kind(right) and left == right
    return left is right


def less(left: Json, right: Json) -> bool:
    """Compare as `<` does; values that cannot be ordered are not less."""
    left, right = _alike(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return fold(left) < fold(right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left < right
    return False


def greater(left: Json, right: Json) -> bool:
    """Compare as `>` does; values that cannot be ordered are not greater."""
    return less(right, left)


def _alike(left: Json, right: Json) -> tuple[Json, Json]:
    """Turn values of different kinds into numbers, as far as the language does."""
    if _kind(left) == _kind(right):
        return left, right
    if _weak(left) or _weak(right):
        left = to_number(left) if _weak(left) else left
        right = to_number(right) if _weak(right) else right
    if isinstance(left, str) and isinstance(right, int | float):
        return to_number(left), right
    if isinstance(right, str) and isinstance(left, int | float):
        return left, to_number(right)
    return left, right


def _weak(value: Json) -> bool:
    return value is None or isinstance(value, bool)


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "null" if value is None else type(value).__name__


def _upper(character: str) -> str:
    # The dotless i keeps its case: its capital would be a plain I.
    upper = character.upper()
    return upper if len(upper) == 1 and character != "\u0131" else character


def _signed(number: int) -> float:
    """Read as the host does: into 32 bits with a sign."""
    number &= 0xFFFFFFFF
    return float(number - 2**32 if number >= 2**31 else number)


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _number_text(number: float) -> str:
    if isinstance(number, int) and -_EXACT < number < _EXACT:
        return str(number)
    number = _float(number)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    if not number.is_integer():
        number = float(f"{number:.15g}")
    return _exponent_text(repr(number))


def _exponent_text(text: str) -> str:
    """Rewrite Python's shortest form of a number as JavaScript would write it."""
    mantissa, _, power = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    if not power:
        return mantissa
    exponent = int(power)
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.removeprefix("-").replace(".", "")
    if 0 < exponent < 21:
        return sign + digits.ljust(exponent + 1, "0")
    if -7 < exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    return f"{mantissa}e{exponent:+d}"
