"""Quick JSON: faster than the strict reading, and never of another opinion."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.odd_json import ODD, TEXT, VALUES, depth_of

from autonomous_cicd.domain.strict_json import DEPTH, strict_object
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.web import quick_json
from autonomous_cicd.web.quick_json import quick_object

TOKENS = st.sampled_from(
    [
        *"{}[]:, \n",
        *('"a"', '"a b"', '"ab"', '"\\u0061"', '"\\ud800"', '"\u2028"'),
        *("1", "1e5", "-0", "0.10", "9" * 19, "9" * 21, "null", "NaN"),
    ]
)


@pytest.fixture
def no_second_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have whatever is not plainly in order end the test."""

    def judged(data: bytes) -> dict[str, object]:
        raise AssertionError(f"it is read slowly: {data[:100]!r}")

    monkeypatch.setattr(quick_json, "strict_object", judged)


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match=r"it (is|has) "):
        quick_object(ODD[name])


@given(st.lists(TOKENS, max_size=30).map("".join))
def test_both_readings_agree(text: str) -> None:
    data = ('{"a":' + text + "}").encode()
    assert same(data)


@given(st.dictionaries(TEXT, VALUES, max_size=5), st.sampled_from([None, 2]), st.booleans())
def test_both_read_what_is_plain(value: dict[str, object], indent: int | None, ascii_only: bool) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert same(data)
    if depth_of(value) <= DEPTH:
        assert value == quick_object(data)


@pytest.mark.usefixtures("no_second_opinion")
@pytest.mark.parametrize("separators", [(",", ":"), None])
@pytest.mark.parametrize("indent", [None, 2])
def test_what_a_host_sends_is_read_quickly(separators: tuple[str, str] | None, indent: int | None) -> None:
    value = {
        "action": "opened",
        "urls": {f"{n}": f"https://example.org/{{/x{n}}}" for n in range(100)},
        "title": "caf\u00e9 \N{ROCKET}, `{` and \\",
        "ids": [1, 2**53, None, True],
    }
    data = json.dumps(value, ensure_ascii=False, separators=separators, indent=indent).encode()
    assert value == quick_object(data)


@pytest.mark.parametrize("more", [0, 1])
def test_the_limit_of_depth_is_the_same(more: int) -> None:
    for opened, closed in ((b"[", b"]"), (b'{"a":', b"}")):
        depth = DEPTH - 1 + more
        assert same(b'{"b":[' + b"{}," * 70 + b'1],"a":' + opened * depth + b"1" + closed * depth + b"}")


def same(data: bytes) -> bool:
    """Return whether both readings come to one result, which is said in types, too: 1 is not 1.0."""
    return read(quick_object, data) == read(strict_object, data)


def read(how: object, data: bytes) -> str:
    try:
        return repr(how(data))  # type: ignore[operator]
    except DocumentError as error:
        return f"refused: {error}"
