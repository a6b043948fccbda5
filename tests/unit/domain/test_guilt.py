"""Which parts of a commit may have broken what fails, and which of them were meant."""

from __future__ import annotations

import pytest
from tests.benches import failure_of

from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Place
from autonomous_cicd.domain.guilt import deeds, failing_lines, failing_tests, intended, names_brought
from autonomous_cicd.domain.hunks import hunks
from autonomous_cicd.domain.patch import Patch, changed_file

BEFORE = """\
import a


def one(x):
    return x


def two(y):
    return y


def three(z):
    return z
"""


def commit(subject: str = "Work in progress") -> Commit:
    return Commit(id="1" * 40, subject=subject)


def made(*changes: tuple[str, str, str]) -> Patch:
    return Patch.of(changed_file(*change) for change in changes)


def test_what_the_traceback_points_to_comes_first() -> None:
    after = BEFORE.replace("return x", "return x + 1").replace("return z", "return z + 1")
    patch = made(("src/m.py", BEFORE, after), ("src/n.py", "q = 1\n", "q = 2\n"))
    failing = 'File "src/m.py", line 13, in three\nValueError: z'
    found = deeds(commit(), patch, failing, ())
    assert [("src/m.py", 12), ("src/m.py", 4), ("src/n.py", 0)] == [
        (one.parts[0].file, one.parts[0].start) for one in found
    ]
    assert 0 == found[-1].closeness


def test_what_the_failing_test_imports_is_close() -> None:
    patch = made(("lib/slug.js", "a\n", "b\n"), ("lib/other.js", "a\n", "b\n"))
    found = deeds(commit(), patch, "expected 1", {"slug", "lib"})
    assert ["lib/slug.js", "lib/other.js"] == [one.parts[0].file for one in found]
    assert found[0].closeness > found[1].closeness == 0


@pytest.mark.parametrize(
    ("old", "new", "last"),
    [
        ("log('one gets %d')", "log('the one is given %d')", True),  # only the words of a message
        ('log(f"no such one: {x}")', 'log(f"there is no one: {x}")', True),
        ("log('one gets %d')", "log('the one is given %d', y)", False),  # and what it is told
        ("log('one gets %d')", "log('one expected %d')", False),  # the log speaks of it
        ("get('one_key')", "get('other_key')", False),  # a key is no message
        ("log('one gets %d')", "", False),
    ],
)
def test_the_words_of_messages_are_the_last_that_break_something(old: str, new: str, last: bool) -> None:
    before = BEFORE.replace("    return x", f"    {old}\n    return x")
    after = before.replace(old, new).replace("return y", "return y or None")
    found = deeds(commit(), made(("m.py", before, after)), "m.py: one(two(1)): expected 1", ())
    assert 2 == len(found)
    assert last is ("    return y or None\n" in found[0].parts[0].added)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        (("import a\n", "import a\nimport fresh\n"), ("return z", "return fresh(z)"), True),
        (("def one(x):", "def one(x, deep=False):"), ("return z", "return one(z, deep=True)"), True),
        (("def one(x):", "def uno(x):"), ("return z", "return uno(z)"), True),
        (("return x", "limit = 3\n    return x"), ("return z", "return z - limit"), True),
        (("return x", "return x * 2"), ("return z", "return z * 2"), False),
        (("return x", "# fresh\n    return x"), ("return z", "# fresh\n    return z"), False),
        (("import a\n", "import a\nimport fresh\n"), ("return z", "return z + 1"), False),
    ],
)
def test_what_defines_a_name_belongs_to_what_uses_it(
    first: tuple[str, str], second: tuple[str, str], together: bool
) -> None:
    after = BEFORE.replace(*first).replace(*second)
    for old, new in ((BEFORE, after), (after, BEFORE)):
        assert (1 if together else 2) == len(deeds(commit(), made(("m.py", old, new)), "", ()))


@pytest.mark.parametrize(
    "name",
    [
        *("tests/test_a.py", "a_test.go", ".github/workflows/ci.yml", "README.md", "CHANGELOG.md", "uv.lock"),
        *(
            "tox.ini",
            "setup.cfg",
            "pyproject.toml",
            ".eslintrc.json",
            "Makefile",
            "requirements.txt",
            "run.sh",
        ),
    ],
)
def test_what_is_never_undone(name: str) -> None:
    assert () == deeds(commit(), made((name, "a\n", "b\n")), name, ())
    fresh = Patch.of([changed_file("src/fresh.py", None, "a\n")])
    assert () == deeds(commit(), fresh, "src/fresh.py", ())


def test_what_new_tests_ask_for_is_never_undone() -> None:
    after = BEFORE.replace("return x", "return x\n\n\ndef fresh(x):\n    return x")
    tests = ("tests/test_m.py", "", "from m import fresh\nassert fresh(1) == 1\n")
    assert 1 == len(deeds(commit(), made(("m.py", BEFORE, after)), "", ()))
    assert () == deeds(commit(), made(("m.py", BEFORE, after), tests), "", ())


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ("Work in progress", False),
        ("Shorten the help text helper", False),
        ("Fix the wrapping of long lines", False),
        ("Use f-strings", False),
        ("Refactor the parser", False),
        ("Speed lookups up", False),
        ("feat(api)!: return a list", True),
        ("Raise ValueError instead of KeyError", True),
        ("Return None for missing keys", True),
        ("BREAKING: new names", True),
        ("Strip whitespace by default", True),
        ("Names are no longer sorted", True),
        ('Revert "Shorten the search"', True),
        ("Roll back the search", True),
        ("Say what a revert is", False),
        ("Drop support for Python 3.8", True),
        ("Fix CVE-2024-1", True),
        ("Escape attributes (security)", True),
        ("Treat empty values as absent, as agreed", True),
    ],
)
def test_what_a_subject_says(subject: str, meant: bool) -> None:
    patch = made(("m.py", BEFORE, BEFORE.replace("return x", "return x + 1")))
    assert meant == bool(intended(commit(subject), patch, hunks(patch)))


@pytest.mark.parametrize(
    ("note", "meant"),
    [("- `one` counts from 1\n", True), ("- caches wheels for a week\n", False), ("", False)],
)
def test_what_a_changelog_tells_was_meant(note: str, meant: bool) -> None:
    patch = made(
        ("m.py", BEFORE, BEFORE.replace("return x", "return x + 1")),
        ("CHANGELOG.md", "", note),
        ("b.py", "", "c\n"),
    )
    parts = [one for one in hunks(patch) if one.file == "m.py"]
    assert meant == bool(intended(commit(), patch, parts))


@pytest.mark.parametrize(
    ("subject", "body", "meant"),
    [
        ("wip", "From now on one counts from 1.", True),
        ("Work", "Also:\n- `one` takes more", True),
        ("Tidy up", "one and two look alike", False),
        ("wip", "Nothing of it.", False),
        ("wip", "", False),
    ],
)
def test_what_the_body_of_a_commit_speaks_of_was_meant(subject: str, body: str, meant: bool) -> None:
    patch = made(("m.py", BEFORE, BEFORE.replace("return x", "return x + 1")))
    told = Commit(id="1" * 40, subject=subject, body=body)
    assert meant == bool(intended(told, patch, hunks(patch)))


NAMES = ["tests/test_a.py", "tests/test_b.py", "pkg/tests/test_b.py", "src/a.py", "a.test.js", "sum_test.go"]


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("tests/test_a.py ...F.\ntests/test_b.py ....", set()),
        ("FAILED tests/test_a.py::test_x - assert", {"tests/test_a.py"}),
        ('E   assert 0\n  File "/w/pkg/tests/test_b.py", line 3', {"pkg/tests/test_b.py", "tests/test_b.py"}),
        ("    at Test.<anonymous> (/x/a.test.js:2:20)", {"a.test.js"}),
        ("--- FAIL: TestSum\n    sum_test.go:5: Error: no", {"sum_test.go"}),
        ("Error: src/a.py", set()),
    ],
)  # fmt: skip
def test_which_tests_fail(log: str, expected: set[str]) -> None:
    failure = failure_of("x")
    assert expected == failing_tests(NAMES, failing_lines(log, failure), [failure])


def test_the_diagnosis_knows_which_tests_fail() -> None:
    failure = failure_of("x", place=Place(file="tests/test_a.py"), tests=("tests/test_b.py::test_c",))
    assert {"tests/test_a.py", "tests/test_b.py", "pkg/tests/test_b.py"} >= failing_tests(
        NAMES, "", [failure]
    )
    assert {"tests/test_a.py", "tests/test_b.py"} <= failing_tests(NAMES, "", [failure])


def test_names_that_came_with_a_part() -> None:
    after = BEFORE.replace("return x", "here = x\n    return here").replace("def three", "def drei")
    patch = made(("m.py", BEFORE, after))
    assert {"here", "drei"} == names_brought(patch, hunks(patch))
    assert {"drei"} == names_brought(patch, hunks(patch), shared=True)
