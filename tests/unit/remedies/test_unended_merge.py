"""A merge whose marks were committed is ended only where nothing is lost by it."""

from __future__ import annotations

import pytest
from tests.benches import case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.remedy import Escalate
from autonomous_cicd.remedies.unended_merge import UnendedMerge

SYNTAX = 'File "app/core.py", line 3\n    <<<<<<< HEAD\n    ^^\nSyntaxError: invalid syntax\n'


def merge(ours: str, theirs: str) -> str:
    return f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"


@pytest.mark.parametrize(
    ("name", "ours", "theirs"),
    [
        ("app/core.py", "import a\n", "import a\nimport b\n"),
        ("setup.cfg", "[x]\na = 1\n", "[x]\na = 1\nb = 2\n"),
        ("package.json", '  "a": 1,\n  "b": 2\n', '  "a": 1,\n'),
    ],
)
def test_the_side_that_says_what_both_say_is_kept(name: str, ours: str, theirs: str) -> None:
    files = {name: f"\n{merge(ours, theirs)}"}
    case = case_of(files, SYNTAX, failure_of(SYNTAX, Category.SYNTAX_ERROR))
    (edit,) = edits(prescribed(UnendedMerge(), case))
    assert "\n" + max(ours, theirs, key=len) == edited(files, edit)[name]


@pytest.mark.parametrize(
    "files",
    [
        {"app/core.py": merge("rate = 19\n", "rate = 21\n")},
        {"app/core.py": merge("", "rate = 21\n")},
        {"setup.cfg": merge("a = 1\n", "a = 1\nb = 2\n"), "app/core.py": merge("x\n", "y\n")},
        {"test/core.py": merge("a = 1\n", "a = 1\nb = 2\n")},
    ],
    ids=["values", "taken away", "one of two", "test"],
)
def test_what_only_a_person_knows_is_handed_over(files: dict[str, str]) -> None:
    case = case_of(files, SYNTAX, failure_of(SYNTAX, Category.SYNTAX_ERROR))
    (found,) = prescribed(UnendedMerge(), case)
    assert isinstance(found, Escalate)


@pytest.mark.parametrize(
    ("text", "category", "suits"),
    [
        ("a\n=======\nb\n", Category.SYNTAX_ERROR, True),
        ("print('<<<<<<< HEAD')\n", Category.SYNTAX_ERROR, True),
        ("a\n", Category.TEST_FAILURE, False),
    ],
)
def test_what_was_never_merged_is_left(text: str, category: Category, suits: bool) -> None:
    failure = failure_of(SYNTAX, category)
    assert suits is (UnendedMerge().suits(failure) > 0)
    assert not prescribed(UnendedMerge(), case_of({"app/core.py": text}, SYNTAX, failure))
