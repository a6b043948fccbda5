"""Lines as a person reads them, whatever the host and the tools put around them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autonomous_cicd.domain.plain import LONGEST, cut, plain, strip_colours

SAID = "error: it broke"
ESCAPES = st.sampled_from(
    [
        b"\x1b[31m",
        b"\x1b[2J",
        b"\x1b]0;t\x07",
        b"\x1b]8;;http://x\x1b\\",
        b"\x1b",
        b"\x9b31m",
        b"\x1bP1$r",
        b"\r",
    ]
)
BYTES = st.lists(st.one_of(st.binary(max_size=20), ESCAPES, st.just(b"abc ")), max_size=8).map(b"".join)


def shown(raw: bytes) -> str:
    return plain(strip_colours(raw))


@pytest.mark.parametrize(
    "prefix",
    [
        b"2026-03-04T05:06:07.1234567Z ",
        b"\xef\xbb\xbf2026-03-04T05:06:07.1234567Z ",
        *(f"{mark}2026-03-04T05:06:07.1234567Z ".encode() for mark in ("я╗┐", "п╗┐", "ï»¿", "・ｿ", "???")),
        "build\tRun\tя╗┐2026-03-04T05:06:07.1234567Z ".encode(),
        b"2026-03-04T05:06:07.123456Z 00O ",
        b"2026-03-04T05:06:07.123456Z 01E ",
        b"2026-03-04 05:06:07 ",
        b"[2026-03-04T05:06:07.123Z] ",
        b"2026-03-04T05:06:07+01:00 ",
        b"build\tRun tests\t2026-03-04T05:06:07.1234567Z ",
        b"\x1b_bk;t=1700000000000\x07",
        b"travis_time:start:0a1b2c\r\x1b[0K",
        b"travis_fold:start:install\r\x1b[0K",
        b"section_start:1700000000:step_script\r\x1b[0K",
        b"section_end:1700000000:step_script\r\x1b[0K",
        b"#12 1.234 ",
        b"#12 ",
        b"build\t01-May-2026 10:00:01\t",
        b"tests-1  | ",
        b"my-app_db_1      | ",
        b"[CI/build-and-test]   | ",
        b"[build:12] ",
        b"[pod/api-6c9f/api] ",
        b"[2026-03-04 05:06:07] [build-stdout] [2026-03-04 05:06:07] [autobuild] ",
        b"[build-stderr] ",
        b"19:15:58  ",
        b"@acme/ui:build: ",
        b"packages/core test: ",
        b"@acme/core: ",
        b"",
    ],
)
def test_what_the_host_puts_before_a_line_is_taken_off(prefix: bytes) -> None:
    assert SAID == shown(prefix + SAID.encode())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\x1b[31merror:\x1b[0m it \x1b[1;38;5;9mbroke\x1b[K", SAID),
        (b"\x1b]8;;https://example.org\x07error: it broke\x1b]8;;\x07", SAID),
        (b"\x1b]8;;https://example.org\x1b\\error: it broke\x1b]8;;\x1b\\", SAID),
        (b"\x1b]52;c;ZXZpbA==\x07error: it broke", SAID),
        (b"\x1b]0;title\x07error: it broke", SAID),
        (b"\x1b(Berror: it broke\x1b=", SAID),
        (b"10 %\r50 %\r100 %\rerror: it broke", SAID),
        (b"error: it broke\r", SAID),
        (b"error: it broke\r\n", SAID),
        (b"error: it broke\r   \r", SAID),
        (b"error: \x00it\x07 broke\x7f", SAID),
        (b"error: it broke \t ", SAID),
        (b"  error", "  error"),
        (b"a\tb", "a\tb"),
        (b"\xff\xfeerror", "\ufffd\ufffderror"),
        ("Fehler: é 🚨 日本".encode(), "Fehler: é 🚨 日本"),
        ("er\u202eror\u200f".encode(), "error"),
        (b"", ""),
        (b"\r\r\r", ""),
        (b"2026-03-04T05:06:07.1234567Z", ""),
        (b"3.14 is a number", "3.14 is a number"),
    ],
)
def test_a_line_is_shown_as_it_is_meant(raw: bytes, expected: str) -> None:
    assert expected == shown(raw)


def test_an_open_escape_does_not_hide_what_follows_in_other_lines() -> None:
    assert b"error" in strip_colours(b"\x1b]0;never ended\nerror\n")


def test_a_very_long_line_keeps_its_beginning_and_its_end() -> None:
    text = shown(b"begin" + b"x" * 10_000_000 + b"end")
    assert ("begin", "end") == (text[:5], text[-3:])
    assert len(text) <= LONGEST + 10


@given(BYTES)
@example(b"\x1b]52;c;never ended")
@example(b"\x9b31m")
@example("\x85\x9b2J\u2028\u2029".encode())
def test_no_control_character_ever_remains(raw: bytes) -> None:
    for text in (shown(raw), plain(raw)):
        assert [] == [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c != "\t"]
        assert not {"\u2028", "\u2029", "\u202e"} & set(text)


@given(BYTES)
def test_what_is_plain_stays_as_it_is(raw: bytes) -> None:
    """A line without anything special is itself."""
    words = "".join(c for c in raw.decode("latin-1") if c.isalpha())
    assert words == plain(words.encode())


@given(st.binary(max_size=200).map(lambda raw: raw * 100))
def test_what_is_looked_at_of_a_line_is_bounded(raw: bytes) -> None:
    assert len(cut(raw)) <= LONGEST + 5
    assert raw[:100] == cut(raw)[:100]


@given(st.lists(BYTES, max_size=5))
def test_taking_colours_off_joins_no_lines(parts: list[bytes]) -> None:
    block = b"\n".join(parts)
    assert block.count(b"\n") == strip_colours(block).count(b"\n")


@pytest.mark.parametrize("prefix", [b"#12 4.600 ", b"4.600 ", b"2026-03-04T05:06:07.1234567Z #7 12.5 "])
def test_what_a_container_build_prints_keeps_its_indentation(prefix: bytes) -> None:
    assert shown(prefix + b"   > no such file") == "   > no such file"


@pytest.mark.parametrize(
    "prefix",
    [
        "     [exec] ",
        "[Container] 2026/05/01 10:00:00.123456 ",
        "[10:00:00]W:\t [Step 1/2] ",
        "10:00:01 AM: ",
        "[10:00:01.123] ",
        "10:00:01.123\t",
        "2026-05-01T10:00:01.123Z [WARNING]: ",
        "[tests:L12:3s] ",
        "[api] ",
        "my_app       | ",
        "web.1        | ",
        'Step #1 - "test": ',
        "err: ",
        "remote:        ",
        "null_resource.build (local-exec): ",
        "Nov 27 10:00:00 host app[123]: ",
    ],
)
def test_what_is_put_before_the_lines_of_another_program_is_taken_off(prefix: str) -> None:
    assert "ERROR: broke" == plain(f"{prefix}ERROR: broke".encode())


@pytest.mark.parametrize(
    "line",
    [
        "stderr | src/a.test.ts > adds",
        "[ERROR] broke",
        "[exec",
        "remote: error: broke",
        "Step 2/8 : RUN npm ci",
    ],
)
def test_what_a_program_itself_says_stays(line: str) -> None:
    assert line == plain(line.encode())


@pytest.mark.parametrize("escape", ["\x1b", "^[", "\u241b", "\\u001b", "\\x1b", "\\033", ""])
def test_colours_are_taken_off_however_their_sign_was_written(escape: str) -> None:
    painted = f"{escape}[36;1mERROR{escape}[0m: {escape}[31mbroke{escape}[39m [1, 2]".encode()
    assert b"ERROR: broke [1, 2]" == strip_colours(painted)


def test_colours_without_their_sign_are_taken_off_line_by_line() -> None:
    lines = [b"[31mred[0m\n", b"see [1m] of the map[31m\n", b"[32mgreen[39m and [1mbold[22m\n", b"last[0m"]
    assert b"".join(map(strip_colours, lines)) == strip_colours(b"".join(lines))
    assert b"red\nsee [1m] of the map[31m\ngreen and bold\nlast" == strip_colours(b"".join(lines))
