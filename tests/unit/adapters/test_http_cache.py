"""KnownAnswers: bounded, and the oldest are forgotten first."""

from __future__ import annotations

from autonomous_cicd.adapters.http_answers import Answer
from autonomous_cicd.adapters.http_cache import KnownAnswers


def told(size: int, mark: str = '"1"') -> Answer:
    return Answer(status=200, headers={"etag": mark}, body=b"x" * size)


def test_it_forgets_what_was_not_asked_for_longest() -> None:
    known = KnownAnswers(most=100, largest=60)
    for name in ("a", "b"):
        known.keep(name, told(40))
    assert known.still("a")
    known.keep("c", told(40))
    assert ["a", "c"] == [name for name in "abc" if known.mark(name)]
    known.keep("c", told(10))
    known.keep("d", told(50))
    assert ["a", "c", "d"] == [name for name in "abcd" if known.mark(name)]


def test_it_keeps_nothing_that_is_too_large_or_has_no_mark() -> None:
    known = KnownAnswers(most=100, largest=60)
    known.keep("a", told(40))
    for answer in (
        told(61),
        told(1, ""),
        told(1, "x" * 300),
        Answer(status=404, headers={"etag": "1"}, body=b""),
    ):
        known.keep("a", answer)
        assert ("", None) == (known.mark("a"), known.still("a"))
    for number in range(1000):
        known.keep(str(number), told(50))
    assert 2 == sum(bool(known.mark(str(number))) for number in range(1000))
