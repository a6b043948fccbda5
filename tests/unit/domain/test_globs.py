"""Patterns of paths."""

from __future__ import annotations

import fnmatch
from pathlib import Path, PurePosixPath

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autonomous_cicd.domain.globs import Names, literal_folder, match, select

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "domain" / "globs.yml").read_text("utf-8"))

part = st.text("ab.", min_size=1, max_size=3)
name = st.lists(part, min_size=1, max_size=4).map("/".join)
token = st.sampled_from(["a", "b", ".", "/", "*", "**", "**/", "/**/", "?", "[ab]", "[!a]", "*a", "**b"])
pattern = st.lists(token, min_size=1, max_size=7).map("".join)


def fits(text: str, name: str, place: int = 0) -> bool:
    """Say whether the rest of a pattern fits a name, by trying every way there is."""
    rest = text[place:]
    if not rest:
        return not name
    stars = len(rest) - len(rest.lstrip("*"))
    if stars > 1 and rest[stars:].startswith("/") and (place == 0 or text[place - 1] == "/"):
        folders = [end + 1 for end, sign in enumerate(name) if sign == "/"]
        return any(fits(text, name[end:], place + stars + 1) for end in (0, *folders))
    if stars:
        ends = [end for end in range(len(name) + 1) if stars > 1 or "/" not in name[:end]]
        return any(fits(text, name[end:], place + stars) for end in ends)
    if rest[0] == "[":
        members, _, _ = rest[1:].partition("]")
        one = name[:1] not in ("", "/") and (name[0] in members) != members.startswith("!")
        return one and fits(text, name[1:], place + len(members) + 2)
    one = name[:1] not in ("", "/") if rest[0] == "?" else name[:1] == rest[0]
    return one and fits(text, name[1:], place + 1)


def expected(text: str, name: str) -> bool:
    """Say the same of a whole pattern, which may mean the content of a folder."""
    above = [name[:end] for end, sign in enumerate(name) if sign == "/"]
    if text.endswith("/"):
        return any(fits(text.rstrip("/"), folder) for folder in above)
    wild = set("*?[").intersection(text.rpartition("/")[2])
    return fits(text, name) or (not wild and any(fits(text, folder) for folder in above))


@pytest.mark.parametrize(("text", "inside", "outside"), CASES)
def test_what_a_pattern_matches(text: str, inside: list[str], outside: list[str]) -> None:
    assert (inside, []) == (
        [one for one in inside if match(text, one)],
        [one for one in outside if match(text, one)],
    )


@pytest.mark.parametrize(("text", "inside", "outside"), [case for case in CASES if case[0][0] != "!"])
def test_selecting_agrees_with_matching(text: str, inside: list[str], outside: list[str]) -> None:
    assert sorted(inside) == select([text], [*inside, *outside])
    assert sorted(inside) == select([text, "!nothing/at/all"], [*outside, *inside])
    assert sorted(outside) == select(["**", f"!{text}"], [*outside, *inside])


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([], []),
        (["!a"], []),
        (["a", "b/**"], ["a", "b/c", "b/d"]),
        (["**", "!b/**"], ["a"]),
        (["**", "!b/**", "b/d"], ["a", "b/d"]),
        (["!b/**", "**"], ["a", "b/c", "b/d"]),
        (["b/c", "b/c"], ["b/c"]),
    ],
)
def test_later_patterns_overrule_earlier_ones(patterns: list[str], expected: list[str]) -> None:
    assert expected == select(patterns, ["b/d", "b/c", "a"])


def test_names_answer_the_same_question_twice() -> None:
    names = Names({"b": 1, "a": 2})
    assert ["a", "b"] == names.select(["**"]) == names.select(["**"])
    assert [0, 1] == list(names.places(["*"]))


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("src/a.py", "src/"),
        ("a/b/**/c", "a/b/"),
        ("a/b*/c", "a/"),
        ("*", ""),
        ("a", ""),
        ("./a/b", "a/"),
        ("a/", "a/"),
        (r"a\*/b", ""),
    ],
)
def test_where_matches_can_lie(text: str, folder: str) -> None:
    assert folder == literal_folder(text)


@given(pattern, name)
def test_every_match_lies_in_the_literal_folder(text: str, name: str) -> None:
    if match(text, name):
        assert name.startswith(literal_folder(text))


@given(pattern.filter(lambda text: "/" not in text and "**" not in text and "." not in text), part)
def test_agrees_with_fnmatch_on_single_names(text: str, name: str) -> None:
    assert fnmatch.fnmatchcase(name, text) == match(text, name)


@given(st.lists(st.sampled_from(["a", "b", "*", "?", "*a", "b*"]), min_size=1, max_size=4), name)
def test_agrees_with_pathlib_on_as_many_folders(parts: list[str], name: str) -> None:
    text = "/".join(parts)
    if name.count("/") == text.count("/") and not {".", "..", ""} & set(name.split("/")):
        assert PurePosixPath("/" + name).match("/" + text) == match(text, name)


@settings(max_examples=300)
@given(pattern, name)
def test_agrees_with_trying_every_way(text: str, name: str) -> None:
    assume(not text.startswith(("/", "./")) and "//" not in text and text != ".")
    assert expected(text, name) == match(text, name)


@pytest.mark.parametrize(
    "text",
    [
        "*a" * 40 + "b",
        "**a" * 40 + "b",
        "**/a/" * 40 + "b",
        "a*/" * 40 + "b",
        "*" * 999,
        "**/*" * 30 + "b",
        "[" * 999,
    ],
)
def test_hostile_patterns_take_no_time(text: str) -> None:
    for name in ("a" * 4000, "a/" * 2000, "a" * 255 + "/" + "a" * 255, "aa/" * 1300 + "c"):
        assert match(text, name) == (text == "*" * 999)
