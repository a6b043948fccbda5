from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.settings.kinds import (
    Address,
    Choice,
    Cron,
    Flag,
    Folder,
    Kind,
    Maybe,
    Misfit,
    Number,
    Size,
    Text,
    Token,
    Whole,
    hint_for,
    shown,
    unknown,
)


class Colour(StrEnum):
    RED = "red"
    BLUE = "Blue"


COLOUR = Choice(Colour, {"azure": "Blue"})


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Flag(), True, True),
        (Flag(), "Yes", True),
        (Flag(), " off ", False),
        (Flag(), "1", True),
        (Number(0, 1), 0.75, 0.75),
        (Number(0, 1), "0.75", 0.75),
        (Number(0, 10), 4, 4.0),
        (Whole(0, 10), "4", 4),
        (Whole(0, 10), 4.0, 4),
        (Size(), 1024, 1024),
        (Size(), "1024", 1024),
        (Size(), "8Gi", 8 * 2**30),
        (Size(), "20 GiB", 20 * 2**30),
        (Size(), "2GB", 2 * 10**9),
        (Size(), "1.5k", 1500),
        (Size(), "512mi", 512 * 2**20),
        (Text(), "  a b ", "a b"),
        (Address(), "https://example.org/x", "https://example.org/x"),
        (COLOUR, "RED", Colour.RED),
        (COLOUR, "blue", Colour.BLUE),
        (COLOUR, "azure", Colour.BLUE),
        (Token(), " abc ", Secret("abc")),
        (Token(), Secret("abc"), Secret("abc")),
        (Folder(), "/a/b", Path("/a/b")),
        (Folder(), Path("/a"), Path("/a")),
        (Folder(), "~/a", Path("~/a")),
        (Cron(), "0  2 * *   *", "0 2 * * *"),
        (Cron(), "*/15 0-5 1,2 JAN MON#1", "*/15 0-5 1,2 JAN MON#1"),
        (Cron(), "", ""),
        (Maybe(Whole()), False, None),
        (Maybe(Whole()), None, None),
        (Maybe(Whole()), "", None),
        (Maybe(Whole()), "None", None),
        (Maybe(Whole()), 0, 0),
    ],
)
def test_what_is_written_becomes_a_value(kind: Kind[Any], raw: object, value: object) -> None:
    assert value == kind.read(raw)
    assert type(value) is type(kind.read(raw))


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        (Flag(), 1, "expected true or false, got 1"),
        (Flag(), "maybe", "expected true or false, got 'maybe'"),
        (Number(0, 1), 2, "expected a number from 0 to 1, got 2"),
        (Number(0, 1), True, "expected a number from 0 to 1, got True"),
        (Number(), "nan", "expected a number from 0 to 1e+09, got 'nan'"),
        (Number(), float("inf"), "expected a number from 0 to 1e+09, got inf"),
        (Number(), 10**400, "expected a number"),
        (Number(), [], "expected a number from 0 to 1e+09, got a list"),
        (Whole(), 1.5, "expected a whole number from 0 to 1000000, got 1.5"),
        (Whole(), "1.5", "got '1.5'"),
        (Size(), -1, "expected a size like 512Mi, 8Gi or 2GB, got -1"),
        (Size(), 1.5, "got 1.5"),
        (Size(), "8 gallons", "got '8 gallons'"),
        (Size(), "8i", "got '8i'"),
        (Size(), "", "got ''"),
        (Text(), "a\nb", "expected a text of one line"),
        (Text(), "a\x1b[0m", "expected a text of one line"),
        (Text(), 3, "got 3"),
        (Text("a name", "[a-z]+"), "A", "expected a name, got 'A'"),
        (Text(), "x" * 3000, "expected a text of one line"),
        (COLOUR, 3, "expected one of red, Blue, got 3"),
        (COLOUR, "green", "expected one of red, Blue, got 'green'"),
        (Folder(), "a/b", "expected an absolute path of a folder, got 'a/b'"),
        (Folder(), "", "got ''"),
        (Folder(), "/a\x00", "expected an absolute path"),
        (Folder(), 3, "got 3"),
        (Cron(), "0 2 * *", "expected a schedule"),
        (Cron(), "0 2 * * * *", "expected a schedule"),
        (Cron(), "$(reboot) 2 * * *", "expected a schedule"),
        (Cron(), 3, "expected a schedule"),
        (Maybe(Whole(1, 2)), 3, "expected a whole number from 1 to 2, or false, got 3"),
        (Maybe(Whole(1, 2)), {}, "or false, got a mapping"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(kind: Kind[Any], raw: object, message: str) -> None:
    with pytest.raises(Misfit) as caught:
        kind.read(raw)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Token(), ["hunter2"]),
        (Token(), "hunter2\nx"),
        (Token(), "hunter2\x00"),
        (Address(), "https://me:hunter2@example.org"),
        (Address(), "hunter2"),
        (Maybe(Address()), "ftp://hunter2"),
    ],
)
def test_what_may_be_secret_is_not_in_the_error(kind: Kind[Any], raw: object) -> None:
    with pytest.raises(Misfit) as caught:
        kind.read(raw)
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (Flag(), True, True),
        (Size(), 8 * 2**30, "8Gi"),
        (Size(), 1536 * 2**10, "1536Ki"),
        (Size(), 1000, 1000),
        (Size(), 0, 0),
        (COLOUR, Colour.BLUE, "Blue"),
        (Token(), Secret("abc"), "***"),
        (Token(), Secret(""), ""),
        (Folder(), Path("/a"), "/a"),
        (Folder(), Path(), ""),
        (Maybe(Size()), None, None),
        (Maybe(Size()), 2**20, "1Mi"),
    ],
)
def test_a_value_is_shown_as_plain_data(kind: Kind[Any], value: object, written: object) -> None:
    assert written == kind.write(value)


def test_a_kind_must_say_how_it_reads() -> None:
    with pytest.raises(NotImplementedError):
        Kind[str]().read("x")


def test_a_hint_names_no_more_than_a_line_holds() -> None:
    assert hint_for("zzz", [f"word{n}" for n in range(100)]).endswith("word15, …")


def test_a_long_value_is_cut_in_errors() -> None:
    assert 60 == len(shown("x" * 1000))


def test_the_hint_names_the_nearest_word_or_all() -> None:
    assert ("did you mean 'red'?", "known are: red, blue") == (
        hint_for("rde", ["red", "blue"]),
        hint_for("zzz", ["red", "blue"]),
    )
    assert ("x", 1) == unknown("zzz", ["red"], "x", 1).path


@settings(deadline=None)
@given(st.integers(0, 2**50))
def test_a_size_can_be_written_and_read_again(value: int) -> None:
    size = Size()
    assert value == size.read(size.write(value))


@settings(deadline=None)
@given(
    st.sampled_from(
        [Flag(), Number(), Whole(), Size(), Text(), COLOUR, Folder(), Cron(), Token(), Address()]
    ),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
)
def test_anything_is_read_or_refused(kind: Kind[Any], raw: object) -> None:
    try:
        value = kind.read(raw)
    except Misfit as misfit:
        assert misfit.message
    else:
        assert kind.read(value) == value
