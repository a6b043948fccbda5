"""What stands in a log that passed is usual."""

from __future__ import annotations

import pytest

from autonomous_cicd.services.green import Green

LOG = (
    b"2026-03-04T05:06:07.1234567Z took 12 s\r\n\x1b[33mwarning: old\x1b[0m\nerror: known since 3 days\nlast"
)


def of(*pieces: bytes) -> Green:
    green = Green()
    green.read(pieces)
    return green


@pytest.mark.parametrize("line", ["took 99.5 s", "warning: old", "error: known since 4 days", "last"])
@pytest.mark.parametrize("size", [1, 10, 1000])
def test_a_line_is_usual_whatever_its_numbers_times_and_colours(line: str, size: int) -> None:
    green = of(*(LOG[at : at + size] for at in range(0, len(LOG), size)))
    assert green.usual(line)


@pytest.mark.parametrize("line", ["error: new", "took ages", "las", "warning"])
def test_a_line_that_was_not_there_is_new(line: str) -> None:
    assert not of(LOG).usual(line)


def test_without_a_log_nothing_is_usual() -> None:
    assert not Green().usual("error")


def test_several_logs_are_put_together() -> None:
    green = of(b"one\n")
    green.read([b"two\n"])
    assert green.usual("one")
    assert green.usual("two")


def test_an_endless_line_is_no_trouble() -> None:
    assert of(*[b"x" * (1 << 20)] * 8, b"\nerror: known\n").usual("error: known")
