"""Strict JSON: what a stranger sent is read in one way, or not at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.odd_json import ODD, TEXT, VALUES, depth_of

from autonomous_cicd.domain.strict_json import DEPTH, strict_object
from autonomous_cicd.errors import DocumentError


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match=r"it (is|has) "):
        strict_object(ODD[name])


@given(st.dictionaries(TEXT, VALUES, max_size=5), st.booleans())
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
