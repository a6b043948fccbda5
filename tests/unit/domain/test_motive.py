"""What a commit may have meant is told from what was a slip."""

from __future__ import annotations

import pytest
from tests.benches import failure_of

from autonomous_cicd.domain.diagnosis import Category
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
)
from autonomous_cicd.domain.patch import Patch, changed_file

CORE = "def date(day):\n    return day.text()\n"
OTHER = ("app/more.py", "import os\n", "import os\n\n\ndef slanted():\n    return 1\n")


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
        ("Update date", (), False),
        ("Improve core.py", (), False),
        ("Simplify how dates are written", (), False),
        ("Read lines faster", (), False),
        ("Format code with black", (), False),
        ("Describe the release process", (), False),
        ("Add the slanted form", (OTHER,), False),
        ("Release on Tuesdays", (("docs/notes/1.md", None, "We release on Tuesdays.\n"),), False),
        ("", (), False),
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


def test_the_reason_is_told() -> None:
    patch, parts = parts_of(("app/core.py", CORE, CORE.replace("text()", "iso()")))
    failure = failure_of("AssertionError: 'a' != 'b'", Category.TEST_FAILURE)
    told = motive("Format dates by ISO 8601", patch, parts, patch.files, failure, "")
    assert "dates iso 8601" in told
    broken = failure_of("AttributeError: no attribute 'iso'", Category.TEST_FAILURE)
    assert "" == motive("Format dates by ISO 8601", patch, parts, patch.files, broken, "")
    manifest = parts_of(("pyproject.toml", 'requires = ["a"]\n', 'requires = ["b"]\n'))
    built = failure_of("BackendUnavailable: error", Category.PACKAGING_BUILD)
    assert motive("Build reproducibly with hatchling", *manifest, (), built, "")
    assert "" == motive("Work in progress", *manifest, (), built, "")


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
    failure = failure_of(said, Category.TEST_FAILURE)
    assert meant is bool(motive("Take units as keywords", patch, parts, ("a.py",), failure, ""))
    assert "" == motive("Work in progress", patch, parts, ("a.py",), failure, "")


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
    failure = failure_of("FileNotFoundError: app/core.csv", Category.TEST_FAILURE)
    assert meant is bool(motive(subject, patch, parts, (), failure, ""))


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
