"""Secrets in logs, by value and by shape."""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.domain.secret_shapes import KINDS
from autonomous_cicd.domain.secrets import MASK, Secret

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "domain" / "redaction.yml").read_text("utf-8"))
TOKENS: dict[str, str] = dict(CASES["tokens"])

ALPHABETS = {
    "A": string.ascii_letters + string.digits,
    "a": string.ascii_lowercase + string.digits,
    "h": "0123456789abcdef",
    "U": string.ascii_uppercase + "234567",
    "d": "123456789",
    "b": string.ascii_letters + string.digits + "+/",
}
PLACES: dict[str, Callable[[str], str]] = {
    "alone": str,
    "in a sentence": "the value is {} here".format,
    "in JSON": lambda token: json.dumps({"a": token, "b": 1}),
    "in JSON in JSON": lambda token: json.dumps(json.dumps({"a": f"\n{token}\n"})),
    "in YAML": "  - name: '{}'".format,
    "in a URL": "https://example.com/x?a={}&b=1".format,
    "encoded in a URL": lambda token: f"https://example.com/?q={quote(f'a={token}', safe='')}",
    "in a variable": "export NAME={}".format,
    "in a list": "({},x)".format,
    "in base64": lambda token: base64.b64encode(token.encode()).decode(),
    "in base64 of JSON": lambda token: base64.b64encode(json.dumps({"a": token}).encode()).decode(),
    "in a data URL": lambda token: f"data:text/plain;base64,{base64.b64encode(token.encode()).decode()}",
}

redact = Redactor().redact


def made(recipe: str, seed: int = 1) -> str:
    """Return a recipe with everything filled in."""
    random = Random(seed)

    def part(found: re.Match[str]) -> str:
        letters = "".join(random.choices(ALPHABETS[found[1]], k=int(found[2])))
        # A number and a letter are in every real one of that length.
        return letters if int(found[2]) < 8 or found[1] == "d" else f"{letters[:-2]}7{letters[-1]}"

    return re.sub(r"\{([AahUdb])(\d+)\}", part, recipe)


KEY = re.sub("(.{64})", r"\1\n", made("{b604}Aa1="))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_is_masked(kind: str, place: str) -> None:
    token = made(TOKENS[kind])
    assert_gone(PLACES[place](token), token)


def assert_gone(line: str, token: str) -> None:
    masked = redact(line)
    longest = max(re.split(r"[^A-Za-z0-9]+", token), key=len)
    parts = {longest, base64.b64encode(token.encode()).decode()[4:20]}
    assert MASK in masked
    assert not [part for part in parts if part[:12] in masked]


def test_there_are_many_kinds() -> None:
    assert len(KINDS) >= 100
    assert len(KINDS) == len(set(KINDS))


@pytest.mark.parametrize(("line", "expected"), CASES["lines"])
@pytest.mark.parametrize("seed", range(3))
def test_a_named_value_is_masked(line: str, expected: str, seed: int) -> None:
    known = re.search(r"\{d\d+\}", expected)
    digits = re.search(r"\d{10,}", made(line, seed)) if known else None
    assert (expected.replace(known[0], digits[0]) if known and digits else expected) == redact(
        made(line, seed)
    )


@pytest.mark.parametrize("line", CASES["kept"])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_no_secret_stays(line: str, seed: int) -> None:
    assert made(line, seed) == redact(made(line, seed))


def test_every_line_of_a_key_is_masked() -> None:
    for kind in ("PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"):
        block = f"-----BEGIN {kind}-----\n{KEY}\n-----END {kind}-----"
        shown = [line for line in redact(f"a\n{block}\nb").split("\n") if line != MASK]
        assert ["a", f"-----BEGIN {kind}-----", f"-----END {kind}-----", "b"] == shown


@pytest.mark.parametrize(
    "margin", ["", "    ", "2024-01-02T03:04:05.1234567Z ", "job\tstep\t2024-01-02T03:04:05Z "]
)
def test_a_key_is_masked_where_only_a_part_of_it_is_seen(margin: str) -> None:
    lines = ["-----BEGIN PRIVATE KEY-----", *KEY.split("\n"), "-----END PRIVATE KEY-----"]
    for part in (lines[:5], lines[3:6], lines[-4:]):
        expected = [line if line.startswith("-----") else MASK for line in part]
        assert [margin + line for line in expected] == redact(
            "\n".join(margin + line for line in part)
        ).split("\n")


def test_a_key_on_one_line_is_masked() -> None:
    block = "\n".join(["-----BEGIN PRIVATE KEY-----", KEY, "-----END PRIVATE KEY-----", ""])
    masked = redact(json.dumps({"type": "service_account", "private_key": block, "client_id": "x"}))
    assert [] == [line for line in KEY.split("\n") if line[:12] in masked]
    assert "service_account" in masked


def test_the_data_of_a_kubernetes_secret_is_masked() -> None:
    manifest = (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: database1\ndata:\n  user: {}\n---\nkind: {}\n"
    )
    encoded = base64.b64encode(b"administrator").decode()
    assert manifest.format(MASK, "Pod") == redact(manifest.format(encoded, "Pod"))


def test_known_values_are_masked_whatever_they_look_like() -> None:
    redactor = Redactor([Secret("correct horse"), "battery"])
    assert f"a {MASK} b {MASK} c" == redactor.redact("a correct horse b battery c")
    assert f"x={MASK}" == redactor.redact("x=correct%20horse")


def test_a_known_value_of_several_lines_leaves_as_many() -> None:
    assert f"a\n{MASK}\n{MASK}\nb" == Redactor(["first line\nsecond line"]).redact(
        "a\nfirst line\nsecond line\nb"
    )


def test_secrets_that_overlap_leave_no_rest() -> None:
    token = made("ghp_{A36}")
    assert f"https://me:{MASK}@host/" == redact(f"https://me:{token}%40x@host/")
    assert f"password={MASK}" == Redactor([token[:12]]).redact(f"password={token}")


HOSTILE = [
    "password", "password=", "token: ", "a:", "://a:", "://", "@", "-----BEGIN PRIVATE KEY-----",
    "ghp_", "eyJ", "eyJa.", "A", "aA1", "a1.", "-u ", " -p", "cookie: a=", "a=b;", "%3D", "AAAA/",
    "xoxb-", "1:A", "Basic ", "kind: secret data: ", "hooks.slack.com/services/", "discord=", "\\",
    "\"", "'", "token=\"", "\\\"token\\\": ", "s.", "q~", "key-", "AKIA", "%3a%2f%2fa%3a", "live_",
    "    ", "0Z ", "_-", "sk-",
    "pk." + "a1" * 20, "ey" + "a1" * 20 + ".",
]  # fmt: skip


@pytest.mark.parametrize("part", HOSTILE)
def test_hostile_lines_take_no_time(part: str) -> None:
    line = part * (20_000 // len(part))
    assert redact(line) == redact(redact(line))


pieces = st.one_of(
    st.sampled_from([*HOSTILE, "\n", " ", "=", ": ", "***", "secret", "Authorization: Bearer "]),
    st.sampled_from([*TOKENS.values(), *(line for line, _ in CASES["lines"]), *CASES["kept"]]).map(made),
    st.just(KEY),
    st.text(max_size=8),
)
texts = st.lists(pieces, max_size=8).map("".join)


@given(texts)
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert redact(text) == redact(redact(text))


@given(texts, st.lists(st.text(min_size=4, max_size=8), max_size=2))
def test_as_many_lines_stay(text: str, values: list[str]) -> None:
    assert text.count("\n") == Redactor(values).redact("\n".join([text, *values])).count("\n") - sum(
        1 + value.count("\n") for value in values
    )


@given(st.sampled_from(sorted(TOKENS)), st.integers(0), st.text("ab ,;:=\"'({[<\n", max_size=9))
def test_no_token_survives(kind: str, seed: int, around: str) -> None:
    token = made(TOKENS[kind], seed)
    assert_gone(f"{around} {token} {around}", token)
