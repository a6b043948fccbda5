"""The kind of a failure by its words, and by what was running."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.kinds import kind


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("publish: the upload was throttled, too many requests", Category.RATE_LIMIT),
        ("frobc: write error: no space left on device", Category.RESOURCE_DISK),
        ("frob 3 requires bar<2, but bar 2.1 is installed", Category.DEPENDENCY_CONFLICT),
        ("src/a.frob.rs:3:1: error: undeclared name q", Category.COMPILE_ERROR),
        ("frobd: access denied while opening the store", Category.PERMISSION),
        ("expected 4 but got 5", Category.TEST_FAILURE),
        ("❌ FAIL: balance 0 < 0.1", Category.TEST_FAILURE),
        ("coverage 71% is below the minimum of 80%", Category.COVERAGE_GATE),
        ("frob.lock is out of date: the lock file needs to be updated", Category.LOCKFILE_OUT_OF_SYNC),
        ("unknown option --frob", Category.CONFIGURATION),
        ("three parrots", Category.UNKNOWN),
    ],
)
def test_words_tell_the_kind(line: str, expected: Category) -> None:
    assert expected is kind([line])[0]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("frobtest --all tests", Category.TEST_FAILURE),
        ("npx frob-lint .", Category.LINT),
        ("cargo frob build", Category.COMPILE_ERROR),
        ("frobctl deploy --prod", Category.CONFIGURATION),
    ],
)
def test_what_was_running_tells_it_where_words_do_not(command: str, expected: Category) -> None:
    assert (expected, False) == kind(["three parrots"], [command])


def test_clear_words_count_more_than_the_command() -> None:
    assert (Category.RESOURCE_DISK, True) == kind(["no space left on device"], ["npm test"])


def test_words_of_two_kinds_are_not_clear() -> None:
    assert not kind(["test failed: permission denied"])[1]
