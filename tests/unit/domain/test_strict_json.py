"""Strict JSON: what a stranger sent is read in one way, or not at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.strict_json import DEPTH, strict_object
from autonomous_cicd.errors import DocumentError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
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


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match=r"it (is|has) "):
        strict_object(ODD[name])


@given(st.dictionaries(TEXT, VALUES), st.booleans())
def test_what_is_plain_is_read(value: dict[str, object], ascii_only: bool) -> None:
    written = json.dumps(value, ensure_ascii=ascii_only).encode()
    if depth_of(value) <= DEPTH:
        assert value == strict_object(written)


@given(st.binary(max_size=300))
def test_whatever_comes_is_an_object_or_refused(data: bytes) -> None:
    try:
        strict_object(b"{" + data + b"}")
    except DocumentError as error:
        assert str(error)


@pytest.mark.parametrize("text", ["[[[", "]]]", "\\", '"[', "\\\\", '\\"[[', "{"])
def test_brackets_in_texts_do_not_count(text: str) -> None:
    value = {"a": text * 200, "b": {text: [text]}}
    assert value == strict_object(json.dumps(value).encode())


@pytest.mark.parametrize(("depth", "read"), [(DEPTH - 1, True), (DEPTH, False)])
def test_the_limit_is_exact(depth: int, read: bool) -> None:
    for opened, closed in ((b"[", b"]"), (b'{"a":', b"}")):
        data = b'{"a":' + opened * depth + b"1" + closed * depth + b"}"
        if read:
            assert strict_object(data)
        else:
            with pytest.raises(DocumentError):
                strict_object(data)


def depth_of(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)
