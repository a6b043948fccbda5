"""JSON of strangers: what is odd about some, and what is plain."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["ODD", "TEXT", "VALUES", "depth_of"]

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=20,
)

ODD = {
    "nothing": b"",
    "no object": b"[]",
    "a number": b"1",
    "cut off": b'{"a": 1',
    "more behind it": b'{"a": 1}{"b": 2}',
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "half a character": b'{"a": "\\ud800"}',
    "half a character in a name": b'{"\\uDFFF": 1}',
    "half a character in bytes": b'{"a": "\xed\xa0\x80"}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "too large": b'{"a": 1e999}',
    "too many digits": b'{"a": ' + b"9" * 6_000 + b"}",
    "too many digits of a fraction": b'{"a": 0.' + b"9" * 6_000 + b"}",
    "a name twice": b'{"a": 1, "a": 2}',
    "a name twice, deep inside": b'{"a": [{"b": 1, "\\u0062": 2}]}',
    "a control character": b'{"a": "\x01"}',
    "deep lists": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep and never closed": b'{"a": ' + b"[" * 100_000,
    "deep, with what stands in patterns": b'{"a": ' + b"[{/" * 100 + b"]}" * 100 + b"}",
    "a bracket behind an escaped quote": b'{"a": "\\"", "b": ' + b"[" * 100 + b"]" * 100 + b"}",
}


def depth_of(value: object) -> int:
    """Return how many levels of nesting a value has."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)
