from __future__ import annotations

import base64
import copy
import json
import pickle
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomous_cicd.domain.secrets import MASK, SHORTEST, Secret, redact

VALUE = 'hunter2/"päss" +word'
SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=8, max_size=30).filter(
    lambda text: len(text.strip()) >= SHORTEST and len(text.splitlines()) == 1
)


@pytest.mark.parametrize(
    "shown",
    [
        str(Secret(VALUE)),
        repr(Secret(VALUE)),
        f"{Secret(VALUE)}",
        f"{Secret(VALUE):>10}",
        "%s %r" % (Secret(VALUE), Secret(VALUE)),  # noqa: UP031
        str([Secret(VALUE)]),
        str({"token": Secret(VALUE)}),
    ],
)
def test_a_secret_shows_itself_nowhere(shown: str) -> None:
    assert VALUE not in shown
    assert MASK in shown


def test_a_secret_is_revealed_to_who_asks() -> None:
    assert VALUE == Secret(VALUE).reveal()


def test_a_secret_is_written_neither_as_json_nor_as_pickle() -> None:
    with pytest.raises(TypeError):
        json.dumps(Secret(VALUE))
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(Secret(VALUE))


def test_a_copy_of_a_secret_is_the_secret() -> None:
    secret = Secret(VALUE)
    assert secret is copy.copy(secret)
    assert [secret] == copy.deepcopy([secret])


def test_secrets_are_equal_by_value_and_to_secrets_only() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert 1 == len({Secret("a"), Secret("a")})


def test_an_empty_secret_is_false() -> None:
    assert [False, True] == [bool(Secret("")), bool(Secret("x"))]


@pytest.mark.parametrize(
    "written",
    [
        VALUE,
        quote(VALUE),
        quote(VALUE, safe=""),
        quote_plus(VALUE),
        quote(VALUE, safe="").replace("%2F", "%2f").replace("%2B", "%2b").replace("%C3%A4", "%c3%a4"),
        json.dumps(VALUE)[1:-1],
        json.dumps(VALUE, ensure_ascii=False)[1:-1],
        repr(VALUE)[1:-1],
        base64.b64encode(VALUE.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(VALUE.encode()).decode().rstrip("="),
    ],
)
def test_every_form_of_a_secret_is_masked(written: str) -> None:
    masked = redact(f"before {written} after", [Secret(VALUE)])
    assert written not in masked
    assert masked.startswith(f"before {MASK}")
    assert masked.endswith(" after")


@pytest.mark.parametrize("before", [b"", b"x", b"xy", b"user:"])
@pytest.mark.parametrize("behind", [b"", b"!", b"!!"])
def test_a_secret_inside_encoded_text_is_masked(before: bytes, behind: bytes) -> None:
    """Wherever it begins in the groups of three bytes."""
    encoded = base64.b64encode(before + VALUE.encode() + behind).decode()
    assert MASK in redact(encoded, [VALUE])
    assert encoded[8:-8] not in redact(encoded, [VALUE])


def test_each_line_of_a_secret_is_masked() -> None:
    key = "-----BEGIN KEY-----\nabcdefgh\nijkl\n-----END KEY-----"
    assert f"1 {MASK} 2 {MASK}" == redact("1 abcdefgh 2 ijkl", [key])


def test_secrets_that_overlap_leave_no_rest() -> None:
    assert f"<{MASK}>" == redact("<abcdefghi>", ["abcdef", "defghi"])


def test_what_masking_joins_is_masked_again() -> None:
    secret = f"ab{MASK}cd"
    assert secret not in redact(f"ab{secret}cd", [secret])


def test_values_too_short_to_be_found_are_left() -> None:
    assert "a cab" == redact("a cab", ["a", ""])


@pytest.mark.parametrize(("text", "values"), [("", ["abcd"]), ("abcd", [])])
def test_nothing_to_do_gives_the_text_back(text: str, values: list[str]) -> None:
    assert text == redact(text, values)


@settings(deadline=None)
@given(SECRETS, st.text(max_size=20), st.text(max_size=20))
def test_no_secret_survives(secret: str, before: str, behind: str) -> None:
    assert secret not in redact(before + secret + behind, [secret])


@settings(deadline=None)
@given(st.text(max_size=60), st.lists(SECRETS, max_size=3))
def test_masking_twice_changes_nothing_more(text: str, values: list[str]) -> None:
    once = redact(text, values)
    assert once == redact(once, values)


def test_broken_text_is_masked_too() -> None:
    assert MASK == redact("abc\udc80def", ["abc\udc80def"])
