"""Nothing that a project prints can steer the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.text import printable, printable_line

HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "\x1b",
                "\x1b[",
                "\x1b]",
                "\x1bP",
                "\x1b\\",
                "\x07",
                "\x9b",
                "\x9d",
                "\x9c",
                "0;31",
                "m",
                "\r",
                "\n",
            ]
        ),
        st.characters(),
    )
).map("".join)
TURNING = frozenset(map(chr, [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("Grüße, 世界, 👩‍💻, عربى", "Grüße, 世界, 👩‍💻, عربى"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b[38:2::1:2:3mtrue colour\x1b[m", "true colour"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x9b31mred by C1", "red by C1"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]52;c;cm0gLXJmIH4=\x1b\\text", "text"),
        ("\x9d52;c;cm0gLXJmIH4=\x9ctext", "text"),
        ("\x1b]8;;http://a.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0;2;0;0;0\x1b\\sixel", "sixel"),
        ("\x1b_application\x1b\\\x1b^privacy\x1b\\\x1bXstring\x1b\\.", "."),
        ("\x1b]0;never closed\nnext line", "0;never closed\nnext line"),
        ("\x1b[31", "31"),
        ("\x1bc\x1b(Breset", "reset"),
        ("\x1b", ""),
        ("10 %\r20 %\r\ndone", "10 %\n20 %\ndone"),
        ("page\x0cbreak\x0band\u2028more", "page\nbreak\nand\nmore"),
        ("a\x08b\x00c\x7fd\x85e", "abcde"),
        ("admin\u202egnp.exe\u2066\u2069\u200f", "admingnp.exe"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("tags\U000e0041\U000e0042", "tags"),
    ],
)
def test_removes_what_steers_a_terminal_and_keeps_the_rest(text: str, expected: str) -> None:
    assert expected == printable(text)


@given(HOSTILE)
def test_leaves_no_control_character_but_line_feed_and_tab(text: str) -> None:
    left = {char for char in printable(text) if unicodedata.category(char) in ("Cc", "Cs")}
    assert left <= {"\n", "\t"}


@given(HOSTILE)
def test_leaves_nothing_that_turns_the_direction_of_writing(text: str) -> None:
    assert TURNING.isdisjoint(printable(text))


@given(HOSTILE)
def test_is_stable(text: str) -> None:
    assert printable(text) == printable(printable(text))


@given(HOSTILE)
def test_can_be_encoded(text: str) -> None:
    assert printable(text) == printable(text).encode().decode()


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_leaves_ordinary_text_as_it_is(text: str) -> None:
    assert text == printable(text)


@given(HOSTILE, HOSTILE)
def test_no_sequence_swallows_the_next_line(first: str, second: str) -> None:
    first = first.rstrip("\r")
    assert f"{printable(first)}\n{printable(second)}" == printable(f"{first}\n{second}")


@pytest.mark.parametrize(
    "bait",
    [
        "\x1b[" + "0;" * 200_000,
        "\x1b]" * 200_000,
        "\x9d" * 400_000,
        "\x1b" + " " * 400_000,
        "\x1b[ " * 100_000,
    ],
)
def test_is_linear_on_sequences_that_never_end(bait: str) -> None:
    assert "\x1b" not in printable(bait)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("much too long", 6, "much …"),
        (" a\n\tb\r\nc ", 0, "a b c"),
        ("\x1b[31m" + "x" * 5, 5, "xxxxx"),
    ],
)
def test_a_line_is_one_line_of_limited_length(text: str, limit: int, expected: str) -> None:
    assert expected == printable_line(text, limit)


@given(HOSTILE, st.integers(1, 80))
def test_a_line_has_no_break_and_keeps_its_limit(text: str, limit: int) -> None:
    line = printable_line(text, limit)
    assert len(line.splitlines()) <= 1
    assert len(line) <= limit
