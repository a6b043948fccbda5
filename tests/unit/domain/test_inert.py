"""Whatever a log says: where it is shown it is read, and does nothing."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.inertness import BAITS, HOSTILE, live_chat, live_commands, live_markdown, live_words

from autonomous_cicd.domain.inert import chat, code_block, commit_line, cut_markdown, inline, plain, title

APART = "\u200b"


def shown(markdown: str) -> str:
    """Return what a reader sees of a paragraph."""
    (_, line, _) = MarkdownIt("commonmark").parse(markdown)
    return "".join(one.content for one in line.children or []).replace(APART, "")


@pytest.mark.parametrize("bait", BAITS)
def test_known_baits_do_nothing(bait: str) -> None:
    for text in (bait, f"see {bait} there", f"{bait}{bait}", f"fixes {bait}"):
        assert [] == live_markdown(plain(text))
        assert [] == live_markdown(inline(text))
        assert [] == live_markdown(code_block(text))
        assert [] == live_words(title(text))
        assert [] == live_chat(chat(text))


@given(HOSTILE)
def test_prose_does_nothing(text: str) -> None:
    assert [] == live_markdown(plain(text))


@given(HOSTILE, HOSTILE)
def test_code_in_a_line_ends_where_we_end_it(first: str, second: str) -> None:
    line = f"Before {inline(first) or 'it'}, {plain(second)} and {inline(second) or 'it'}."
    assert [] == live_markdown(line)


@given(HOSTILE)
def test_what_stands_in_code_is_what_was_said(text: str) -> None:
    span = inline(text)
    if span:
        (_, line, _) = MarkdownIt("commonmark").parse(span)
        (code,) = line.children or []
        assert code.type == "code_inline"


@given(HOSTILE, st.integers(0, 300))
def test_a_block_ends_where_we_end_it(text: str, limit: int) -> None:
    block = code_block(text, limit)
    tokens = MarkdownIt("commonmark").parse(f"before\n\n{block}\n\nafter")
    kinds = ["paragraph_open", "inline", "paragraph_close"]
    assert [*kinds, *(["fence"] if block else []), *kinds] == [one.type for one in tokens]
    assert [] == live_commands(block)


@given(HOSTILE, st.integers(2, 150))
def test_a_title_is_one_short_line_that_does_nothing(text: str, limit: int) -> None:
    line = title(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert [] == live_words(line) + live_commands(f"x{line}")


@given(HOSTILE)
def test_the_message_of_a_commit_mentions_and_closes_nothing(text: str) -> None:
    line = commit_line(text)
    assert [] == live_commands(f"x{line}")
    assert not re.search(r"(?<![\w.-])@\w", line)
    assert len(line.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cannot import yaml (setup.py, line 3)", "cannot import yaml (setup.py, line 3)"),
        ("fixes #1 of @me, me@git.example", f"fixes{APART} #1 of @{APART}me, me@git.example"),
    ],
)
def test_the_message_of_a_commit(text: str, expected: str) -> None:
    assert expected == commit_line(text)


@given(HOSTILE)
def test_a_message_does_nothing(text: str) -> None:
    assert [] == live_chat(chat(text))


@given(HOSTILE)
def test_nothing_steers_a_terminal_or_turns_the_writing(text: str) -> None:
    for made in (plain(text), inline(text), code_block(text), title(text), chat(text)):
        assert {char for char in made if unicodedata.category(char) in ("Cc", "Cs")} <= {"\n", "\t"}
        assert "\u202e" not in made


@pytest.mark.parametrize(
    "text",
    [
        "No module named 'yaml' in tests/test_a.py:12",
        "expected <int> & got `str | *args, **kwargs",
        'requires-python = ">=3.11" (3.10.4 is installed)',
        "fix_this_name in C:\\path\\to, 100 % of it",
        "1. one thing",
        "- not a list",
        "#1 of @them, see https://x.example and GH-3",
    ],
)
def test_prose_reads_as_it_was(text: str) -> None:
    assert text == shown(plain(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("autonomy is `propose`: set it", "autonomy is `propose`: set it"),
        ("`DEPLOY_KEY` is not `git add -f`", "`DEPLOY_KEY` is not `git add -f`"),
        ("a ` b and ` c", "a \\` b and \\` c"),
        ("`a*b` \\`c`", "\\`a\\*b\\` \\\\`c`"),
        ("`@octo`", "\\`@\u200bocto\\`"),
    ],
)
def test_code_within_prose_stays_code(text: str, expected: str) -> None:
    assert expected == plain(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("a_b", r"a\_b"),
        ("@me", f"@{APART}me"),
        ("see setup.py, not evil.com", f"see setup.py, not evil.{APART}com"),
        ("/approve", r"\/approve"),
        ("1) x", r"1\) x"),
    ],
)
def test_prose_is_changed_as_little_as_possible(text: str, expected: str) -> None:
    assert expected == plain(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  \n ", ""),
        ("x", "`x`"),
        ("a\nb", "`a b`"),
        ("a`b", "``a`b``"),
        ("`a``", "``` `a`` ```"),
        ("pip install @types/node", "`pip install @types/node`"),
        ("fixes #1", f"`fixes{APART} #1`"),
    ],
)
def test_code_in_a_line(text: str, expected: str) -> None:
    assert expected == inline(text)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("", 0, ""),
        ("\n \n", 0, ""),
        ("a\n  b\n", 0, "```text\na\n  b\n```"),
        ("```\nx", 0, "````text\n```\nx\n````"),
        ("aa\nbb\ncc\ndd", 6, "```text\naa\nbb\n… 2 more lines\n```"),
        ("a" * 600, 0, f"```text\n{'a' * 499}…\n```"),
        ("/usr/bin/python -m x", 0, "```text\n/usr/bin/python -m x\n```"),
        ("/approve", 0, f"```text\n{APART}/approve\n```"),
    ],
)
def test_blocks(text: str, limit: int, expected: str) -> None:
    assert expected == code_block(text, limit)


def test_a_block_names_its_language() -> None:
    assert "```diff\n-a\n+b\n```" == code_block("-a\n+b\n", language="diff")


@pytest.mark.parametrize(
    "bait", ["@" * 100_000, "a." * 50_000, "fix " * 50_000, "`" * 100_000, "0" * 100_000]
)
def test_is_linear_on_baits(bait: str) -> None:
    for make in (plain, chat, title, inline):
        assert make(bait)
    assert code_block(bait)


PAGE = "\n".join(
    ["# page", "", "<details><summary>x</summary>", "", "```text", *"abcdefgh", "```", "", "</details>"]
)


@pytest.mark.parametrize("limit", range(30, len(PAGE)))
def test_a_page_that_is_cut_leaves_nothing_open(limit: int) -> None:
    cut = cut_markdown(PAGE, limit, "Cut off.")
    assert len(cut) <= limit
    assert cut.endswith("Cut off.")
    assert cut.count("<details>") == cut.count("</details>")
    assert 0 == cut.count("```") % 2


def test_a_page_that_fits_stays() -> None:
    assert PAGE == cut_markdown(PAGE, len(PAGE), "Cut off.")
