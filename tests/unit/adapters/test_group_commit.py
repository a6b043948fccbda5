"""Items are written in order, together, soon, and never lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest

from autonomous_cicd.adapters.group_commit import GroupCommit
from autonomous_cicd.errors import Unavailable

LONG = 60.0
"""Seconds that no test waits."""


class Book:
    """Writes down what it is given, unless it is told to fail."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.failing = False
        self.tried = threading.Event()
        self.written = threading.Event()
        self.may = threading.Event()
        self.may.set()

    def write(self, items: Sequence[str]) -> None:
        self.tried.set()
        self.may.wait(LONG)
        if self.failing:
            raise Unavailable("the disk is full")
        self.batches.append(list(items))
        self.written.set()

    @property
    def items(self) -> list[str]:
        return [item for batch in self.batches for item in batch]


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def patient(book: Book) -> Iterator[GroupCommit[str]]:
    """Return one that writes nothing by itself."""
    commit: GroupCommit[str] = GroupCommit(book.write, delay=LONG)
    yield commit
    book.failing = False
    commit.close()


def test_closes_while_both_want_to_write(book: Book) -> None:
    """The thread that writes by itself is about to, when it is told that there will be nothing more."""
    commit: GroupCommit[str] = GroupCommit(book.write, delay=LONG, count=2)
    book.may.clear()
    commit.put("a")
    closing = threading.Thread(target=commit.close, daemon=True)
    closing.start()
    assert book.tried.wait(LONG)
    commit.put("b")
    commit.put("c")
    book.may.set()
    closing.join(10)
    assert not closing.is_alive()
    assert "a" == book.items[0]


def test_writes_together_what_was_put_before_a_flush(book: Book, patient: GroupCommit[str]) -> None:
    for item in "abc":
        patient.put(item)
    assert [] == book.batches
    patient.flush()
    assert [["a", "b", "c"]] == book.batches


def test_flushing_nothing_writes_nothing(book: Book, patient: GroupCommit[str]) -> None:
    patient.flush()
    assert [] == book.batches


def test_writes_by_itself_after_the_delay(book: Book) -> None:
    commit: GroupCommit[str] = GroupCommit(book.write, delay=0.01)
    for item in ("a", "b"):
        book.written.clear()
        commit.put(item)
        assert book.written.wait(LONG)
    assert ["a", "b"] == book.items
    commit.close()


@pytest.mark.parametrize(("count", "size"), [(3, 1000), (1000, 30)])
def test_does_not_wait_for_the_delay_when_there_is_much(book: Book, count: int, size: int) -> None:
    commit: GroupCommit[str] = GroupCommit(book.write, delay=LONG, count=count, size=size)
    for item in "abc":
        commit.put(item, 10)
    assert book.written.wait(LONG)
    assert ["a", "b", "c"] == book.items
    commit.close()


def test_a_flush_waits_for_the_batch_that_is_being_written(book: Book) -> None:
    commit: GroupCommit[str] = GroupCommit(book.write, delay=0.01)
    book.may.clear()
    commit.put("a")
    assert book.tried.wait(LONG)
    flusher = threading.Thread(target=commit.flush)
    flusher.start()
    assert flusher.is_alive()
    book.may.set()
    flusher.join(LONG)
    assert ["a"] == book.items
    commit.close()


def test_a_flush_raises_what_went_wrong_and_the_next_one_tries_again(
    book: Book, patient: GroupCommit[str]
) -> None:
    patient.put("a")
    book.failing = True
    with pytest.raises(Unavailable, match="the disk is full"):
        patient.flush()
    patient.put("b")
    book.failing = False
    patient.flush()
    assert [["a", "b"]] == book.batches


def test_what_the_thread_could_not_write_is_kept(book: Book) -> None:
    commit: GroupCommit[str] = GroupCommit(book.write, delay=0.01)
    book.failing = True
    commit.put("a")
    assert book.tried.wait(LONG)
    with pytest.raises(Unavailable):
        commit.flush()
    book.failing = False
    commit.put("b")
    assert book.written.wait(LONG)
    commit.close()
    assert ["a", "b"] == book.items


def test_memory_is_bounded_when_nothing_can_be_written(book: Book, patient: GroupCommit[str]) -> None:
    book.failing = True
    with pytest.raises(Unavailable):
        for _ in range(1000):
            patient.put("x", 1024 * 1024)


def test_closing_writes_what_is_left(book: Book) -> None:
    commit: GroupCommit[str] = GroupCommit(book.write, delay=LONG)
    commit.put("a")
    commit.close()
    assert ["a"] == book.items


def test_closing_says_when_something_is_lost_and_ends_the_thread(book: Book) -> None:
    commit: GroupCommit[str] = GroupCommit(book.write, delay=LONG)
    commit.put("a")
    book.failing = True
    with pytest.raises(Unavailable):
        commit.close()
    assert "group-commit" not in [thread.name for thread in threading.enumerate()]


def test_closing_without_any_item_is_no_effort(book: Book) -> None:
    GroupCommit(book.write).close()
    assert [] == book.batches


def test_many_threads_lose_nothing(book: Book) -> None:
    commit: GroupCommit[str] = GroupCommit(book.write, delay=0.001, count=7)

    def put(name: str) -> None:
        for number in range(200):
            commit.put(f"{name}{number}", number)
            if number % 50 == 0:
                commit.flush()

    threads = [threading.Thread(target=put, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    commit.close()
    for name in "abcd":
        assert [f"{name}{number}" for number in range(200)] == [one for one in book.items if one[0] == name]
