"""Undoing exactly what broke it: in projects of several languages, and never what was meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from tests.benches import FakeBench, case_of, edited, edits, failure_of, prescribed
from tests.pasts import MemoryPast

from autonomous_cicd.cases import Case, Tried
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.incident import Attempt
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Strategy
from autonomous_cicd.domain.verification import Outcome, Verification
from autonomous_cicd.errors import NotFound
from autonomous_cicd.remedies.rollback import Rollback

Files = Mapping[str, str]

PYTHON = {
    "src/pkg/__init__.py": "",
    "src/pkg/text.py": "import os\n\n\ndef shorten(text):\n    end = text.find('.')\n    if end != -1:\n"
    "        return text[:end]\n    return text\n\n\ndef loud(text):\n    return text.upper()\n",
    "src/pkg/maths.py": "def double(x):\n    return x * 2\n",
    "tests/test_text.py": "from pkg.text import shorten\n\n\n"
    "def test_shorten():\n    assert shorten('a.b') == 'a'\n",
    "README.md": "# Package\n",
}
PYTHON_LOG = """\
    def test_shorten():
>       assert shorten('a.b') == 'a'
E       AssertionError: assert 'a.b' == 'a'
tests/test_text.py:5: AssertionError
FAILED tests/test_text.py::test_shorten - AssertionError: assert 'a.b' == 'a'
1 failed in 0.10s
"""
NODE = {
    "package.json": '{"name": "x"}\n',
    "lib/slug.js": "module.exports = function slug (text) {\n  return text.toLowerCase()\n}\n",
    "lib/other.js": "exports.a = 1\n",
    "test.js": "const slug = require('./lib/slug')\ntest('slug', () => eq(slug('A'), 'a'))\n",
}
NODE_LOG = """\
not ok 1 slug
  operator: equal
    expected: 'a'
    actual:   'A'
    at: Test.<anonymous> (/home/runner/x/test.js:2:20)
# tests 1
# pass  0
# fail  1
"""
GO = {
    "go.mod": "module x\n",
    "sum.go": "package x\n\nfunc Sum(a, b int) int {\n\treturn a + b\n}\n",
    "sum_test.go": "package x\n\n"
    "func TestSum(t *testing.T) {\n\tif Sum(1, 1) != 2 {\n\t\tt.Fatal()\n\t}\n}\n",
}
GO_LOG = "--- FAIL: TestSum (0.00s)\n    sum_test.go:5: \nFAIL\nFAIL\tx\t0.01s\n"

AGAIN = Attempt(
    remedy="retry",
    strategy=Strategy.RETRY,
    summary="run it again",
    verification=Verification(outcome=Outcome.SAME),
)
TEXT, SLUG = "src/pkg/text.py", "lib/slug.js"


def replaced(files: Files, *changes: tuple[str, str, str]) -> dict[str, str]:
    found = dict(files)
    for name, old, new in changes:
        assert old in found.get(name, "")
        found[name] = found[name].replace(old, new, 1)
    return found


def added(files: Files, name: str, text: str) -> dict[str, str]:
    return {**files, name: text}


def bad_python(files: Files) -> dict[str, str]:
    return replaced(files, (TEXT, "end != -1", "end == -1"))


def tried(
    states: Sequence[tuple[str, Files]],
    log: str,
    works: Callable[[Files], bool] = lambda files: False,
    *,
    category: Category = Category.TEST_FAILURE,
    green: int = -1,
    failure: Failure | None = None,
    now: Files | None = None,
    attempts: Sequence[Attempt] = (AGAIN,),
) -> tuple[list[Edit], FakeBench, Files]:
    """Return what is prescribed after these commits, and the bench."""
    past = MemoryPast(states, green=f"{green + 1:040x}" if green >= 0 else "")
    files = states[-1][1] if now is None else now

    def check(patch: Patch) -> Tried:
        after = dict(files)
        for name, text in patch.applied(files).items():
            if text is None:
                after.pop(name)
            else:
                after[name] = text
        fine = works(after)
        return Tried(exit_code=0 if fine else 1, log="1 passed in 0.1s" if fine else log)

    bench = FakeBench(past=past, checking=check)  # type: ignore[arg-type]
    case: Case = case_of(files, log, failure or failure_of(log, category), bench, attempts=attempts)
    return edits(prescribed(Rollback(), case)), bench, files


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PKG-INFO", "Help:\n    /usr/lib/python2.7/dist-packages/pkg/text.py\n"),
        ("README", "Run it with `python src/pkg/text.py`.\n"),
        ("Makefile", "cover:\n\tcoverage report --include=lib/python3.11/site-packages/pkg/text.py\n"),
    ],
)
def test_what_is_only_told_of_measures_nothing(name: str, text: str) -> None:
    begun = added(PYTHON, name, text)
    found, _, files = tried([("Begin", begun), ("Shorten the helper", bad_python(begun))], PYTHON_LOG)
    assert [begun] == [edited(files, one) for one in found]


def test_what_a_task_runs_is_not_undone() -> None:
    begun = added(PYTHON, "Makefile", "check:\n\tpython src/pkg/text.py\n")
    log = PYTHON_LOG.replace("AssertionError", "Failure")
    found, _, _ = tried([("Begin", begun), ("Shorten the helper", bad_python(begun))], log)
    assert [] == found


def test_the_one_thing_that_changed_is_undone_without_trying() -> None:
    states = [
        ("Begin", PYTHON),
        ("Shorten the helper", added(bad_python(PYTHON), "docs/note.md", "wanted\n")),
        ("News", added(added(bad_python(PYTHON), "docs/note.md", "wanted\n"), "NEWS.draft", "- nothing\n")),
    ]
    found, bench, files = tried(states, PYTHON_LOG)
    expected = {**PYTHON, "docs/note.md": "wanted\n", "NEWS.draft": "- nothing\n"}
    assert [expected] == [edited(files, one) for one in found]
    assert [] == bench.checked
    assert 'undoes in src/pkg/text.py what 0000000 "Shorten the helper" changed there' in found[0].reason


def test_a_new_test_that_fails_with_an_old_one_says_what_is_wanted() -> None:
    more = {"tests/test_loud.py": "from pkg.text import loud\n", **bad_python(PYTHON)}
    log = PYTHON_LOG + "FAILED tests/test_loud.py::test_loud\n"
    states = [("Begin", PYTHON), ("Work in progress", more)]
    found, bench, files = tried(states, log, lambda state: "!= -1" in state[TEXT])
    assert [replaced(more, (TEXT, "end == -1", "end != -1"))] == [edited(files, one) for one in found]
    assert bench.checked
    alone = PYTHON_LOG.replace("test_text.py", "test_loud.py")
    assert [] == tried(states, alone, lambda state: "!= -1" in state[TEXT])[0]


@pytest.mark.parametrize(
    ("files", "change", "log"),
    [
        (NODE, (SLUG, "toLowerCase", "toUpperCase"), NODE_LOG),
        (GO, ("sum.go", "a + b", "a - b"), GO_LOG),
        (PYTHON, (TEXT, "text[:end]", "text[:end + 1]"), PYTHON_LOG),
    ],
)
def test_in_any_language(files: Files, change: tuple[str, str, str], log: str) -> None:
    broken = replaced(files, change)
    found, _, now = tried([("Begin", files), ("Tidy up", broken)], log, lambda state: state == files)
    assert [files] == [edited(now, one) for one in found]


@pytest.mark.parametrize(
    ("manifest", "undone"),
    [
        ('{"main": "./lib/slug.js", "scripts": {"test": "node test.js"}}\n', True),
        ('{"exports": {"require": "./lib/slug.js"}, "bin": "./lib/slug.js"}\n', True),
        ('{"main": "lib/slug.js", "scripts": {"test": "node test.js && node lib/slug.js"}}\n', False),
    ],
)
def test_what_a_package_offers_may_be_undone_but_not_what_it_checks_by(manifest: str, undone: bool) -> None:
    files = {**NODE, "package.json": manifest}
    broken = replaced(files, (SLUG, "toLowerCase", "toUpperCase"))
    found, _, now = tried([("Begin", files), ("Tidy up", broken)], NODE_LOG, lambda state: state == files)
    assert ([files] if undone else []) == [edited(now, one) for one in found]


def test_of_several_changes_of_a_commit_only_the_guilty_one_is_undone() -> None:
    broken = replaced(
        bad_python(PYTHON),
        (TEXT, "text.upper()", "text.upper() + '!'"),
        ("src/pkg/maths.py", "x * 2", "x + x"),
    )
    found, bench, files = tried(
        [("Begin", PYTHON), ("Work in progress", broken)], PYTHON_LOG, lambda state: "!= -1" in state[TEXT]
    )
    expected = replaced(broken, (TEXT, "end == -1", "end != -1"))
    assert [expected] == [edited(files, one) for one in found]
    assert len(bench.checked) <= 2


def test_of_several_commits_only_the_guilty_one_is_undone() -> None:
    first = replaced(PYTHON, ("src/pkg/maths.py", "x * 2", "x + x"))
    second = bad_python(first)
    third = replaced(second, (TEXT, "text.upper()", "text.upper() + '!'"))
    states = [("Begin", PYTHON), ("A", first), ("B", second), ("C", third)]
    found, _, files = tried(states, PYTHON_LOG, lambda state: "!= -1" in state[TEXT])
    assert [replaced(third, (TEXT, "end == -1", "end != -1"))] == [edited(files, one) for one in found]


def test_a_long_way_is_bisected() -> None:
    states: list[tuple[str, Files]] = [("Begin", {**PYTHON, "src/pkg/many.py": ""})]
    for number in range(12):
        state = dict(states[-1][1])
        state[f"src/pkg/part{number}.py"] = f"a{number} = 1\n"
        state["src/pkg/many.py"] += f"b{number} = 1\n\n\n"
        if number == 4:
            state["src/pkg/maths.py"] = "def double(x):\n    return x * 3\n"
        states.append((f"Change {number}", state))
    log = "FAILED tests/test_text.py::test_shorten - AssertionError\n1 failed in 0.10s\n"
    found, bench, files = tried(states, log, lambda state: "x * 2" in state["src/pkg/maths.py"])
    expected = {**files, "src/pkg/maths.py": PYTHON["src/pkg/maths.py"]}
    assert [expected] == [edited(files, one) for one in found]
    assert len(bench.checked) <= 8


def test_only_what_came_after_the_last_green_run_is_suspected() -> None:
    later = added(bad_python(PYTHON), "src/pkg/new.py", "a = 1\n")
    states = [("Begin", PYTHON), ("Shorten", bad_python(PYTHON)), ("Add", later)]
    assert [] == tried(states, PYTHON_LOG, green=1)[0]
    assert 1 == len(tried(states, PYTHON_LOG, green=0)[0])


def test_what_belongs_together_is_undone_together() -> None:
    broken = replaced(
        PYTHON,
        (TEXT, "import os\n", "import os\n\nLIMIT = 3\n"),
        (TEXT, "text[:end]", "text[:LIMIT]"),
        (TEXT, "text.upper()", "text.upper().strip()"),
    )
    found, _, files = tried(
        [("Begin", PYTHON), ("Tidy up", broken)], PYTHON_LOG, lambda state: "[:end]" in state[TEXT]
    )
    assert [replaced(PYTHON, (TEXT, "text.upper()", "text.upper().strip()"))] == [
        edited(files, one) for one in found
    ]


@pytest.mark.parametrize(
    "states",
    [
        # It never worked.
        [("Begin", bad_python(PYTHON))],
        [("Begin", bad_python(PYTHON)), ("News", added(bad_python(PYTHON), "NEWS.md", "- x\n"))],
        # The commit changed or brought the test that fails.
        [
            ("Begin", PYTHON),
            ("Change both", replaced(bad_python(PYTHON), ("tests/test_text.py", "'a.b'", "'b.c'"))),
        ],
        [
            ("Begin", {k: v for k, v in PYTHON.items() if not k.startswith("tests")}),
            ("Add a test", bad_python(PYTHON)),
        ],
        # The test that fails is newer than the change.
        [
            ("Begin", PYTHON),
            ("Shorten", bad_python(PYTHON)),
            ("Test it", replaced(bad_python(PYTHON), ("tests/test_text.py", "'a.b'", "'b.c'"))),
        ],
        # It was meant.
        [("Begin", PYTHON), ("Return the whole text instead of the first sentence", bad_python(PYTHON))],
        [("Begin", PYTHON), ("feat!: shorten nothing", bad_python(PYTHON))],
        [("Begin", PYTHON), ("Shorten no longer cuts", bad_python(PYTHON))],
        [("Begin", PYTHON), ("Close CVE-2024-1234", bad_python(PYTHON))],
        [
            ("Begin", PYTHON),
            (
                "Work in progress",
                added(bad_python(PYTHON), "CHANGELOG.md", "- `shorten` keeps the whole text\n"),
            ),
        ],
        [("Begin", PYTHON), ("Stop shorten at the end", bad_python(PYTHON))],
        [
            ("Begin", PYTHON),
            ("Work in progress", added(bad_python(PYTHON), "docs/text.md", "`shorten` keeps the text\n")),
        ],
        # Only tests, checks, rules, documents or lock files changed.
        [("Begin", PYTHON), ("CI", added(PYTHON, ".github/workflows/ci.yml", "on: push\n"))],
        [("Begin", PYTHON), ("Rules", added(PYTHON, "setup.cfg", "[flake8]\nmax-line-length = 80\n"))],
        [("Begin", PYTHON), ("Docs", replaced(PYTHON, ("README.md", "Package", "Pack")))],
        [("Begin", PYTHON), ("Lock", added(PYTHON, "uv.lock", "version = 1\n"))],
        [("Begin", PYTHON), ("Helper", added(PYTHON, "tests/conftest.py", "import pkg.text\n"))],
        # A part would have to be undone that removes a mark.
        [
            ("Begin", replaced(PYTHON, (TEXT, "if end != -1:", "if end != -1:  # noqa"))),
            ("Tidy up", replaced(PYTHON, (TEXT, "if end != -1:", "if end == -1:"))),
        ],
    ],
)
def test_nothing_is_undone(states: Sequence[tuple[str, Files]]) -> None:
    assert [] == tried(states, PYTHON_LOG, lambda state: True)[0]


CHECK = "for name in files:\n    if lines(name) > {}:\n        print(name, 'error: too long')\n"
FOUND = "src/pkg/text.py:1: error: too long (tools/check.py, rules.json)\n"


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("tools/check.py", {"Makefile": "check:\n\tpython3 tools/check.py\n"}),
        ("tools/check.js", {"package.json": '{"scripts": {"test": "node tools/check.js"}}\n'}),
        ("rules.json", {"Makefile": "check:\n\tpython3 tools/check.py\n"}),
        ("data/prices.csv", {}),
    ],
)
def test_what_is_measured_by_is_not_undone(name: str, files: Files) -> None:
    old = {**PYTHON, **files, name: CHECK.format(50)}
    states = [("Begin", old), ("Work in progress", {**old, name: CHECK.format(3)})]
    assert [] == tried(states, FOUND, lambda state: True, category=Category.UNKNOWN)[0]


def test_code_of_the_commit_that_made_a_check_stricter_is_not_undone() -> None:
    old = {**PYTHON, "Makefile": "check:\n\tpython3 tools/check.py\n", "tools/check.py": CHECK.format(50)}
    new = replaced({**old, "tools/check.py": CHECK.format(3)}, ("src/pkg/maths.py", "x * 2", "x + x"))
    states = [("Begin", old), ("Work in progress", new)]
    assert [] == tried(states, FOUND, lambda state: True, category=Category.UNKNOWN)[0]


def test_a_secret_that_came_in_is_for_a_person() -> None:
    key = "AKIA" + "IOSFODNN7" + "EXAMPLE"
    broken = replaced(PYTHON, (TEXT, "def shorten(text):", f'KEY = "{key}"\n\n\ndef shorten(text):'))
    states = [("Begin", PYTHON), ("Work in progress", broken)]
    log = "src/pkg/text.py:1: error: key found\n"
    assert [] == tried(states, log, lambda state: True, category=Category.UNKNOWN)[0]


def test_what_others_use_by_now_is_not_undone() -> None:
    broken = replaced(bad_python(PYTHON), (TEXT, "def loud(text):", "def louder(text):"))
    both = replaced(broken, (TEXT, "def shorten(text):", "def shorten(text):"))
    later = added(both, "src/pkg/uses.py", "from pkg.text import louder\n")
    only = replaced(PYTHON, (TEXT, "def loud(text):", "def louder(text):"))
    log = PYTHON_LOG.replace("shorten", "loud")
    states = [
        ("Begin", PYTHON),
        ("Name it", only),
        ("Use it", added(only, "src/pkg/uses.py", later["src/pkg/uses.py"])),
    ]
    assert [] == tried(states, log, lambda state: True)[0]


def test_what_was_changed_since_is_not_undone() -> None:
    broken = bad_python(PYTHON)
    again = replaced(broken, (TEXT, "if end == -1:", "if end == -1 and text:"))
    states = [("Begin", PYTHON), ("Shorten", broken), ("Guard", again)]
    assert [] == tried(states, PYTHON_LOG, lambda state: "!= -1" in state[TEXT])[0]


@pytest.mark.parametrize("category", [Category.TEST_FAILURE, Category.UNKNOWN, Category.TEST_TIMEOUT])
def test_what_fails_by_chance_is_not_undone(category: Category) -> None:
    states = [("Begin", PYTHON), ("Tidy up", bad_python(PYTHON))]
    found, bench, _ = tried(states, PYTHON_LOG, lambda state: True, category=category, attempts=())
    assert ([], [Patch()]) == (found, bench.checked)
    found, bench, _ = tried(states, PYTHON_LOG, category=category, attempts=())
    assert (1, [Patch()]) == (len(found), bench.checked)


def test_what_lies_in_a_file_is_no_chance() -> None:
    states = [("Begin", PYTHON), ("Tidy up", bad_python(PYTHON))]
    found, bench, _ = tried(states, PYTHON_LOG, category=Category.SYNTAX_ERROR, attempts=())
    assert (1, []) == (len(found), bench.checked)


def test_without_proof_nothing_is_undone() -> None:
    broken = replaced(bad_python(PYTHON), ("src/pkg/maths.py", "x * 2", "x + x"))
    states = [("Begin", PYTHON), ("A", bad_python(PYTHON)), ("B", broken)]
    assert [] == tried(states, PYTHON_LOG, lambda state: False)[0]


def test_a_package_that_is_not_there_is_no_matter_of_going_back() -> None:
    broken = replaced(PYTHON, (TEXT, "import os\n", "import os\nimport invented\n"))
    log = "tests/test_text.py:1: in <module>\nE   ModuleNotFoundError: No module named 'invented'\n"
    states = [("Begin", PYTHON), ("Tidy up", broken)]
    assert [] == tried(states, log, lambda state: True, category=Category.IMPORT_ERROR)[0]
    own = log.replace("invented", "pkg")
    assert 1 == len(tried(states, own, lambda state: True, category=Category.IMPORT_ERROR)[0])


def test_a_lost_executable_bit_is_put_back() -> None:
    files = {"bin/run": "#!/bin/sh\n", "a.py": "x = 1\n"}
    past = MemoryPast(
        [("Begin", files), ("Tidy up", {**files, "b.md": "x\n"})],
        executable=[frozenset({"bin/run"}), frozenset()],
    )
    log = "/bin/sh: 1: ./bin/run: Permission denied\nError: exit code 126\n"
    bench = FakeBench(past=past, checking=lambda patch: Tried(exit_code=0, log=""))  # type: ignore[arg-type]
    case = case_of({**files, "b.md": "x\n"}, log, failure_of(log, Category.UNKNOWN), bench, attempts=[AGAIN])
    found = edits(prescribed(Rollback(), case))
    assert [[("bin/run", True)]] == [[(one.name, one.executable) for one in each.patch] for each in found]


def test_a_past_that_is_not_all_there_is_enough() -> None:
    class Shallow(MemoryPast):
        def patch_of(self, commit: str) -> Patch:
            if commit == self.ids[0]:
                raise NotFound("shallow")
            return super().patch_of(commit)

    past = Shallow([("Before", PYTHON), ("Shorten", bad_python(PYTHON))])
    bench = FakeBench(past=past)  # type: ignore[arg-type]
    case = case_of(
        bad_python(PYTHON), PYTHON_LOG, failure_of(PYTHON_LOG, Category.TEST_FAILURE), bench, attempts=[AGAIN]
    )
    assert 1 == len(edits(prescribed(Rollback(), case)))


def test_what_a_commit_brought_does_not_stay_without_use() -> None:
    brought = replaced(NODE, (SLUG, "text.toLowerCase()", "require('./Pair')(text)"))
    brought = added(brought, "lib/pair.js", "module.exports = 1\n")
    log = "Error: Cannot find module './Pair'\n"
    states = [("Begin", NODE), ("Work in progress", brought)]
    failure = failure_of(log, Category.IMPORT_ERROR)
    assert [] == tried(states, log, lambda state: "Pair" not in state[SLUG], failure=failure)[0]
    used = added(brought, "lib/third.js", "require('./pair')\n")
    states[1] = ("Tidy up", used)
    assert 1 == len(tried(states, log, lambda state: "Pair" not in state[SLUG], failure=failure)[0])


def test_it_is_told_that_nothing_older_is_there() -> None:
    class CutOff(MemoryPast):
        def commits(self, limit: int = 50) -> tuple[Commit, ...]:
            return tuple(replace(one, files=()) for one in super().commits(limit))

        def patch_of(self, commit: str) -> Patch:
            raise NotFound("the parent is not there", hint="git fetch --unshallow")

    for past in (CutOff([("Shorten", bad_python(PYTHON))]), MemoryPast([])):
        bench = FakeBench(past=past)  # type: ignore[arg-type]
        case = case_of(bad_python(PYTHON), PYTHON_LOG, bench=bench, attempts=[AGAIN])
        with pytest.raises(NotFound, match=r"not there|no commit 'HEAD'"):
            prescribed(Rollback(), case)


def test_what_hangs_since_a_commit_is_undone() -> None:
    hangs = replaced(
        PYTHON, (TEXT, "    end = text.find('.')\n", "    while True:\n        end = text.find('.')\n")
    )
    log = "tests/test_text.py ##[error]The step has exceeded the maximum execution time.\n"
    failure = failure_of(log, Category.RESOURCE_TIMEOUT)
    states = [("Begin", PYTHON), ("Look again", hangs)]
    found, _, files = tried(states, log, lambda state: "while" not in state[TEXT], failure=failure)
    assert [PYTHON] == [edited(files, one) for one in found]
    assert Rollback().suits(failure) > 0


RECORDED = """\
  \u25cf format
    expect(received).toMatchSnapshot()
 \u203a 1 snapshot failed.
Tests:       1 failed, 1 total
Snapshots:   1 failed, 1 total
"""


def test_what_differs_from_a_recording_only_is_undone_by_a_person() -> None:
    now = replaced(NODE, (SLUG, "text.toLowerCase()", "text.trim()"))
    found = prescribed_for("Trim it", now, RECORDED)
    assert [True] == [isinstance(one, Escalate) and SLUG in one.proposed.files for one in found]
    assert "a recording of what was before" in "".join(getattr(one, "reason", "") for one in found)
    more = RECORDED.replace("Tests:       1 failed", "Tests:       2 failed")
    for subject, log, undone in (
        ("Refactor", RECORDED, True),
        ("Refactor", more, True),
        ("Trim it", more, False),
    ):
        assert [undone] == [isinstance(one, Edit) for one in prescribed_for(subject, now, log)]


def prescribed_for(subject: str, now: Files, log: str) -> list[Prescription]:
    """Return all that is prescribed when this commit is the only one after a green state."""
    past = MemoryPast([("Begin", NODE), (subject, now)])
    bench = FakeBench(past=past, checking=lambda patch: Tried(exit_code=0, log=""))  # type: ignore[arg-type]
    failure = failure_of(log, Category.TEST_FAILURE)
    return list(prescribed(Rollback(), case_of(now, log, failure, bench, attempts=[AGAIN])))


@pytest.mark.parametrize("category", [Category.NETWORK, Category.AUTHENTICATION, Category.SECURITY_GATE])
def test_what_it_is_not_for(category: Category) -> None:
    assert 0 == Rollback().suits(failure_of(PYTHON_LOG, category))


PRICES = {
    "src/shop/__init__.py": "",
    "src/shop/prices.py": "VAT = 0.19\nTARIFFS = {\n    'basic': 5,\n    'more': 9,\n}\n\n\n"
    "def gross(net):\n    return round(net * (1 + VAT), 2)\n",
    "src/shop/templates/mail.html": "<p>Hello {{ name }}</p>\n",
    "tests/test_prices.py": "from shop.prices import gross\n\n\n"
    "def test_gross():\n    assert gross(100) == 119.0\n",
}
PRICES_LOG = """\
>       assert gross(100) == 119.0
E       assert 121.0 == 119.0
tests/test_prices.py:5: AssertionError
FAILED tests/test_prices.py::test_gross - assert 121.0 == 119.0
1 failed in 0.10s
"""
VALUE = ("src/shop/prices.py", "VAT = 0.19", "VAT = 0.21")
TABLE = (("src/shop/prices.py", "5,", "6,"), ("src/shop/prices.py", "9,", "11,"))
MAIL = ("src/shop/templates/mail.html", "Hello", "Good day")
SUM = ("src/shop/prices.py", "(1 + VAT)", "(2 + VAT)")
BY_CHANCE = ("src/shop/__init__.py", "", "print()\n")
BANNER = ("src/shop/__init__.py", "", "print('banner')\n")


def asked(
    subject: str, *changes: tuple[str, str, str], log: str = PRICES_LOG, message: str = "", works: bool = True
) -> list[Prescription]:
    """Return all that is prescribed after one commit."""
    new = replaced(PRICES, *changes)
    past = MemoryPast([("Begin", PRICES), (subject, new)])

    def check(patch: Patch) -> Tried:
        return Tried(exit_code=int(not works), log="1 passed in 0.1s" if works else log)

    bench = FakeBench(past=past, checking=check)  # type: ignore[arg-type]
    failure = failure_of(message or log, Category.TEST_FAILURE)
    return list(prescribed(Rollback(), case_of(new, log, failure, bench, attempts=(AGAIN,))))


@pytest.mark.parametrize(
    ("subject", "changes"),
    [
        ("New tariffs", (VALUE,)),
        ("New tariffs", TABLE),
        ("New tariffs", (*TABLE, BY_CHANCE)),
        ("Work", (VALUE, BY_CHANCE)),
        ("Work", (VALUE,)),
        ("Print VAT in the banner", (VALUE, BANNER)),
        ("Move the VAT", (VALUE, BANNER)),
        ("Be kind", (MAIL,)),
    ],
)
def test_new_values_are_undone_by_a_person_only(
    subject: str, changes: tuple[tuple[str, str, str], ...]
) -> None:
    log = PRICES_LOG + "mail.html prices.py\n"
    (found,) = asked(subject, *changes, log=log)
    assert isinstance(found, Escalate)
    assert f'"{subject}" may have meant it' in found.reason
    assert all(
        f"+{line}" in found.proposed.diff() or line in found.proposed.diff() for _, line, _ in changes[:1]
    )


@pytest.mark.parametrize(
    ("subject", "changes", "message"),
    [
        ("Work", (SUM,), ""),
        ("Tidy up", (VALUE,), ""),
        ("Print the banner", (VALUE, BANNER), ""),
        ("New tariffs", (VALUE,), "ZeroDivisionError: division by zero\n"),
    ],
)
def test_a_slip_is_undone_all_the_same(
    subject: str, changes: tuple[tuple[str, str, str], ...], message: str
) -> None:
    (found,) = asked(
        subject, *changes, message=message or PRICES_LOG, log=f"{PRICES_LOG}src/shop/prices.py:1: Error\n"
    )
    assert isinstance(found, Edit)


def test_nothing_is_asked_that_would_not_help() -> None:
    assert [] == asked("New tariffs", VALUE, works=False)
    message = "Failed: DID NOT RAISE <class 'ValueError'>\n"
    assert [Escalate] == [type(one) for one in asked("New tariffs", VALUE, message=message)]


NAMED = {
    "src/shop/__init__.py": "",
    "src/shop/units.py": "SIZES = {\n    'small': 1,\n    'large': 9,\n}\n\n\n"
    "def size(name):\n    return SIZES[name]\n",
    "lib/index.js": "function size (a) {\n  return a.length\n}\nexports.size = size\n",
    "tests/test_units.py": "from shop.units import SIZES, size\n",
    "test/units.test.js": "const { size } = require('..')\n",
}


@pytest.mark.parametrize(
    ("change", "said", "meant"),
    [
        (("src/shop/units.py", "'large'", "'big'"), "KeyError: 'large'", True),
        (("src/shop/units.py", "def size(", "def measure("), "cannot import name 'size' from 'shop'", True),
        (("lib/index.js", "exports.size", "exports.measure"), "TypeError: size is not a function", True),
        (("src/shop/units.py", "    'large': 9,\n", ""), "KeyError: 'large'", True),
        (("lib/index.js", "exports.size = length\n", ""), "TypeError: size is not a function", True),
        (("src/shop/units.py", "SIZES = {\n", ""), "NameError: name 'SIZES' is not defined", False),
        (("src/shop/units.py", "'large'", "'lage'"), "KeyError: 'large'", False),
        (("src/shop/units.py", "def size(", "def sise("), "cannot import name 'size' from 'shop'", False),
        (("src/shop/units.py", "SIZES = {", "LENGTHS = {"), "NameError: name 'SIZES' is not defined", False),
    ],
)
def test_another_name_that_only_tests_miss_is_meant(
    change: tuple[str, str, str], said: str, meant: bool
) -> None:
    old = replaced(
        NAMED, ("lib/index.js", "function size", "function length"), ("lib/index.js", "= size", "= length")
    )
    new = replaced(old, change)
    past = MemoryPast([("Begin", old), ("wip", new)])
    bench = FakeBench(past=past, checking=lambda patch: Tried(exit_code=0, log="1 passed\n"))  # type: ignore[arg-type]
    failure = failure_of(said, Category.TEST_FAILURE)
    (found,) = prescribed(Rollback(), case_of(new, said, failure, bench, attempts=(AGAIN,)))
    assert meant is isinstance(found, Escalate)
