"""What a commit may have meant is told from what was a slip."""

from __future__ import annotations

import pytest
from tests.benches import failure_of

from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.guilt import intended
from autonomous_cicd.domain.hunks import Hunk, hunks
from autonomous_cicd.domain.motive import (
    brings,
    cleared,
    motive,
    never_there,
    not_ours,
    purpose,
    refused,
    repeated,
    slipped_in,
)
from autonomous_cicd.domain.patch import Patch, changed_file

CORE = "def date(day):\n    return day.text()\n"
OTHER = ("app/more.py", "import os\n", "import os\n\n\ndef slanted():\n    return 1\n")
TOLD = (
    "app/told.py",
    'def line():\n    """Return a line.\n\n    It ends.\n    """\n    return 1\n',
    'def line():\n    """Return a line.\n\n    It ends, and is one.\n    No more.\n    """\n    return 1\n',
)


def parts_of(*changes: tuple[str, str | None, str | None]) -> tuple[Patch, tuple[Hunk, ...]]:
    patch = Patch.of(changed_file(*one) for one in changes)
    return patch, hunks(patch)


@pytest.mark.parametrize(
    ("subject", "others", "told"),
    [
        ("Format dates by ISO 8601", (), True),
        ("Format dates by ISO 8601", (("README.md", "a\n", "Dates are by ISO 8601.\n"),), True),
        ("Say it formally, as marketing asked", (), True),
        ("fix: negative offsets", (), True),
        ("Work in progress", (), False),
        ("Merge branch 'main'", (), False),
        ("Update date", (), False),
        ("Improve core.py", (), False),
        ("Simplify how dates are written", (), False),
        ("Read lines faster", (), False),
        ("Format code with black", (), False),
        ("Describe the release process", (), False),
        ("Add the slanted form", (OTHER,), False),
        ("Release on Tuesdays", (("docs/notes/1.md", None, "We release on Tuesdays.\n"),), False),
        ("", (), False),
        (
            "Say in the docs what a day is",
            (("docs/days.rst", "Days\n", "Days\n\nA day has a text.\n"),),
            False,
        ),
        ("Improve the documentation of lines", (TOLD,), False),
        ("Correct a docstring about sorting", (TOLD, ("b.js", "f(1)\n", "// sorts\nf(1)\n")), False),
        ("Say in the docs what a day is", (), True),
        ("Index all docs by their titles", (OTHER, TOLD), True),
        ("Say in the docs what a day is", (("a.py", "x = 'a'\n", "x = 'b'\n"),), True),
        ("Write the days formally", (TOLD,), True),
    ],
)
def test_a_subject_tells_what_a_commit_was_for(
    subject: str, others: tuple[tuple[str, str | None, str | None], ...], told: bool
) -> None:
    patch, parts = parts_of(("app/core.py", CORE, CORE.replace("text()", "iso()")), *others)
    mine = tuple(part for part in parts if part.file == "app/core.py")
    assert told is bool(purpose(subject, patch, mine))


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        (
            (
                ("a.py", "x = get('a', s)\n", "x = get(s, 'a')\n"),
                ("b.py", "x = get('b', s)\n", "x = get(s, 'b')\n"),
            ),
            True,
        ),
        (
            (("a.py", "t['timeout']\n", "t['seconds']\n"), ("b.py", "u = t.timeout\n", "u = t.seconds\n")),
            True,
        ),
        (
            (("a.py", "a = t.timeout\n", "a = t.seconds\n"), ("b.py", "b(t.timeout)\n", "b(t.seconds)\n")),
            True,
        ),
        ((("a.js", "f(old)\n1\n2\n3\ng(old)\n", "f(young)\n1\n2\n3\ng(young)\n"),), True),
        ((("a.py", "A = {'time': 5}\n", "A = {'secs': 5}\n"), ("b.py", "a['time']\n", "a['secs']\n")), True),
        ((("a.py", "A = {'time': 5}\n", "A = {'secs': 5}\n"), ("b.py", "a['x']\n", "a['y']\n")), False),
        ((("a.py", "a - b\n", "a + b\n"), ("b.py", "c(d - e)\n", "c(d + e)\n")), False),
        ((("a.py", "A = 5\n", "A = 6\n"), ("b.py", "B = 7\n", "B = 9\n")), False),
        ((("a.py", "a(1)\n", "b(1)\n"), ("b.py", "c(1)\n", "d(1)\n")), False),
        ((("a.py", "a\n", ""), ("b.py", "a\n", "")), False),
    ],
)
def test_what_was_changed_alike_at_several_places_is_no_slip(
    changes: tuple[tuple[str, str, str], ...], alike: bool
) -> None:
    assert alike is bool(repeated(parts_of(*changes)[1]))


@pytest.mark.parametrize(
    ("new", "said", "name"),
    [
        ("from app.arithmetic import one\n", "No module named 'app.arithmetic'", "arithmetic"),
        (
            "from app.core import frobnicate\n",
            "cannot import name 'frobnicate' from 'app.core'",
            "frobnicate",
        ),
        ("const a = require('./lib/joined')\n", "Cannot find module './lib/joined'", "joined"),
        ("x = app.frobnicate()\n", "module 'app' has no attribute 'frobnicate'", "frobnicate"),
        ("from app.formater import bold\n", "No module named 'app.formater'", ""),
        ("const a = require('./lib/parseURL')\n", "Cannot find module './lib/parseURL'", ""),
        ("x = sorce()\n", "name 'sorce' is not defined", ""),
        ("x = sun()\n", "name 'sun' is not defined", ""),
        ("x = fun()\n", "name 'fun' is not defined", "fun"),
        ("x = 1\n", "No module named 'app.arithmetic'", ""),
        ("x = 1\n", "AssertionError", ""),
    ],
)
def test_what_was_never_there_may_have_been_forgotten(new: str, said: str, name: str) -> None:
    names = ("app/__init__.py", "app/formatter.py", "lib/parseUrl.js", "lib/sum.js", "app/main.py")
    patch, parts = parts_of(("app/main.py", "x = source()\n", new))
    assert name == never_there(parts, patch, names, said)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("x = 1\n", "x = 1\n\n\ndef upper(text):\n    return text\n", "upper"),
        ("class A:\n    pass\n", "class A:\n    def go(self):\n        pass\n", "go"),
        ("a()\n", "a()\nexport async function later() {}\n", "later"),
        ("a()\n", "const twice = (x) => x * 2\na()\n", "twice"),
        ("def mean(xs):\n", "def mean(xs, weights=None):\n", "weights"),
        ("function f(a) {\n", "function f(a, deep = true) {\n", "deep"),
        ("def mean(xs, weights=None):\n", "def mean(xs, weights=()):\n", ""),
        ("class _HashedTuple(tuple):\n", "class _Hashed(tuple):\n", ""),
        ("def a(x):\n    return x\n", "def a(x):\n    return x + 1\n", ""),
        ("def a():\n    pass\n", "a = 1\n", ""),
    ],
)
def test_what_a_commit_brought_is_not_taken_away(old: str, new: str, name: str) -> None:
    assert name == brings(parts_of(("app/core.py", old, new))[1])


@pytest.mark.parametrize(
    ("file", "head", "foreign"),
    [
        ("app/_vendor/mini.py", "", True),
        ("third_party/zlib/inflate.c", "", True),
        ("api/schema_pb2.py", "# Generated by the protocol buffer compiler.  DO NOT EDIT!\n", True),
        ("lib/table.js", "// @generated\n", True),
        ("app/core.py", "# We edit what users generated.\n", False),
        ("app/vendors.py", "", False),
    ],
)
def test_what_is_written_elsewhere_is_known(file: str, head: str, foreign: bool) -> None:
    (part,) = parts_of((file, f"{head}\n\n\nx = 1\n", f"{head}\n\n\nx = 2\n"))[1]
    assert foreign is not_ours(part)


def why(
    subject: str,
    patch: Patch,
    parts: tuple[Hunk, ...],
    said: str,
    category: Category = Category.TEST_FAILURE,
    body: str = "",
) -> str:
    """Return why a commit may have meant these parts."""
    commit = Commit(id="1" * 40, subject=subject, body=body)
    return motive(commit, patch, parts, patch.files, failure_of(said, category), "")


def test_the_reason_is_told() -> None:
    patch, parts = parts_of(("app/core.py", CORE, CORE.replace("text()", "iso()")))
    subject, said = "Format dates by ISO 8601", "AssertionError: 'a' != 'b'"
    assert "dates iso 8601" in why(subject, patch, parts, said)
    assert "dates iso 8601" in why("wip", patch, parts, said, body=f"{subject}\n\nSigned-off-by: A")
    assert "dates iso" not in why("wip", patch, parts, said, body="Signed-off-by: Dates By Iso")
    assert "" == why(subject, patch, parts, "AttributeError: no attribute 'iso'")
    manifest = parts_of(("pyproject.toml", 'requires = ["a"]\n', 'requires = ["b"]\n'))
    built = ("BackendUnavailable: error", Category.PACKAGING_BUILD)
    assert why("Build reproducibly with hatchling", *manifest, *built)
    assert "" == why("Tidy up", *manifest, *built)


@pytest.mark.parametrize(
    ("new", "log", "words"),
    [
        (
            "    raise ValueError(text)\n",
            "    raise ValueError(text)\n",
            "raise ValueError(text)",
        ),
        ("  throw new TypeError(a)\n", "/x/a.js:3\n  throw new TypeError(a)\n", "throw new TypeError(a)"),
        ("    assert '@' in text\n", ">   assert '@' in text\n", "assert '@' in text"),
        ("    raise ValueError(text)\n", "ZeroDivisionError\n", ""),
        ("    text = text.strip()\n", "text = text.strip()\n", ""),
        ("    old()\n    raise Known()\n", "    raise Known()\n", ""),
    ],
)
def test_what_is_refused_on_purpose_is_told(new: str, log: str, words: str) -> None:
    parts = parts_of(("a.py", "if b:\n    raise Known()\nx\n", f"if a:\n{new}x\n"))[1]
    assert words == refused(parts, log)


@pytest.mark.parametrize(
    ("old", "new", "said", "meant"),
    [
        ("def size(n, u):\n", "def size(n, *, u):\n", "TypeError: size() takes 1 positional argument", True),
        ("def size(n):\n", "def size(n, u):\n", "TypeError: a.size() missing 1 required argument", True),
        ("class Tree:\n", "class _Tree:\n", "ImportError: cannot import name 'Tree' from 'a'", True),
        ("x = size(1)\n", "x = size(1, 2)\n", "TypeError: size() takes 1 positional argument", False),
        ("def size(n, u):\n", "def size(n, u)\n", "SyntaxError: expected ':'", False),
    ],
)
def test_what_is_offered_otherwise_may_be_meant(old: str, new: str, said: str, meant: bool) -> None:
    patch, parts = parts_of(("a.py", old, new))
    assert meant is bool(why("Take units as keywords", patch, parts, said))
    assert "" == why("Tidy up", patch, parts, said)


@pytest.mark.parametrize(
    ("subject", "others", "meant"),
    [
        ("Remove the customers' data from the repository", (), True),
        ("Delete core", (("app/b.py", "b\n", None),), True),
        ("chore: drop the sample", (), True),
        ("Remove the old importer", (("app/b.py", "b\n", None),), False),
        ("Remove unused modules", (), False),
        ("Work in progress", (), False),
    ],
)
def test_a_file_that_was_removed_on_purpose_stays_away(
    subject: str, others: tuple[tuple[str, str | None, str | None], ...], meant: bool
) -> None:
    patch, parts = parts_of(("app/core.csv", "a\n", None), *others)
    assert meant is bool(why(subject, patch, parts, "FileNotFoundError: app/core.csv"))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ((("a.py", "class Old:\n    x = 1\n", "x = 1\n"), ("b.py", "import A, Old\n", "import A\n")), "Old"),
        ((("a.js", "function old() {\n", ""), ("b.js", "old()\nx\n", "x\n")), "old"),
        ((("a.py", "class Old:\n", "class New:\n"), ("b.py", "Old()\n", "New(Old)\n")), ""),
        ((("a.py", "class Old:\n    x = 1\n", "x = 1\n"),), ""),
        ((("a.py", "x = 1\n", ""), ("b.py", "x\n", "")), ""),
    ],
)
def test_what_was_taken_away_at_several_places_was_meant(
    changes: tuple[tuple[str, str, str], ...], name: str
) -> None:
    assert name == cleared(parts_of(*changes)[1])


SHOP = (
    "import os\nRATE = 2\n\n\ndef total(items):\n    result = 0\n"
    "    for item in items:\n        result += item * RATE\n    return result\n"
)
COUNT = ("app/more.py", "x = 1\n", "x = 1\n\n\ndef count(items):\n    return len(items)\n")


@pytest.mark.parametrize(
    ("subject", "old", "new", "said", "meant"),
    [
        ("wip", "+=", "-=", "AssertionError", False),
        ("wip", "result = 0", "result = 1", "AssertionError", True),
        ("wip", "return result", "return round(result * 1.1, 2)", "AssertionError", True),
        ("wip", "return result", "return result  # without the tax", "AssertionError", True),
        ("wip", "item * RATE", "item // RATE  # whole ones only", "AssertionError", True),
        ("update", "RATE = 2", "RATE = 3", "AssertionError", True),
        ("wip", "    for item in items:\n        result", "        result", "IndentationError: x", False),
        ("wip", "import os\nRATE = 2\n", "", "NameError: name 'RATE' is not defined", False),
        ("Count the items", "+=", "-=", "AssertionError", False),
        ("Reorder what is shown by age", "+=", "-=", "AssertionError", True),
        ("Move the deadline by a day", "RATE = 2", "RATE = 3", "AssertionError", True),
        ("Speed is given in knots", "+=", "-=", "AssertionError", True),
        ("Speed up the loop", "+=", "-=", "AssertionError", False),
        ("Clean up the loop", "+=", "-=", "AssertionError", False),
        ("Remove duplicates from lists", "RATE = 2", "RATE = 3", "AssertionError", True),
        ("Remove dead code", "RATE = 2", "RATE = 3", "AssertionError", False),
        ("Count the items", "RATE = 2", "RATE = 20", "AssertionError", False),
        (
            "Count the items",
            "    for item in items:\n        result += item * RATE\n",
            "",
            "AssertionError",
            False,
        ),
        ("wip", "    for item in items:\n        result += item * RATE\n", "", "AssertionError", True),
        (
            "Count the items",
            "result += item * RATE",
            "result = max(result, item) + 5",
            "AssertionError",
            True,
        ),
        ("Count what is in total", "RATE = 2", "RATE = 20", "AssertionError", True),
    ],
)
def test_beside_other_work_only_a_slip_is_no_wish(
    subject: str, old: str, new: str, said: str, meant: bool
) -> None:
    patch, parts = parts_of(("app/core.py", SHOP, SHOP.replace(old, new)), COUNT)
    mine = tuple(part for part in parts if part.file == "app/core.py")
    assert meant is bool(why(subject, patch, mine, said))


@pytest.mark.parametrize(
    ("change", "tests", "meant"),
    [
        (("+=", "-="), "assert main('--high', 7) == 7\n", False),
        (("+=", "-="), "", True),
        (("+=", "-="), "assert total([7]) == -7\n", True),
        (("result = 0", "result = RATE * 5"), "assert main('--high', 7) == 7\n", True),
    ],
)
def test_a_slip_beside_what_its_own_tests_speak_of(change: tuple[str, str], tests: str, meant: bool) -> None:
    others = (COUNT, ("tests/test_main.py", "x = 1\n", f"x = 1\n\n\n{tests}"))
    patch, parts = parts_of(("app/core.py", SHOP, SHOP.replace(*change)), *others)
    mine = tuple(part for part in parts if part.file == "app/core.py")
    assert meant is bool(why("feat(app): always limit results", patch, mine, "AssertionError: 1 != 2"))


@pytest.mark.parametrize(
    ("subject", "change", "tests", "apart"),
    [
        ("Reject an empty count of items", ("+=", "-="), "", True),
        ("Always limit by default", ("+=", "-="), "assert main('--high') == 7\n", True),
        ("Always limit by default", ("+=", "-="), "", False),
        ("Always limit by default", ("+=", "-="), "assert total([7]) == -7\n", False),
        ("Reject an empty count of items", ("result = 0", "result = RATE * 5"), "", False),
        ("Count what is in total by default", ("+=", "-="), "", False),
    ],
)
def test_a_subject_about_something_else_makes_a_slip_no_wish(
    subject: str, change: tuple[str, str], tests: str, apart: bool
) -> None:
    others = (COUNT, ("tests/test_main.py", "x = 1\n", f"x = 1\n{tests}"))
    patch, parts = parts_of(("app/core.py", SHOP, SHOP.replace(*change)), *others)
    mine = tuple(part for part in parts if part.file == "app/core.py")
    commit = Commit(id="1" * 40, subject=subject)
    assert apart is slipped_in(commit, patch, mine)
    assert apart is not bool(intended(commit, patch, mine, apart=slipped_in(commit, patch, mine)))
