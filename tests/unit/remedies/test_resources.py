"""Limits are raised to what was measured; what hangs, or lacks memory for good, goes to a person."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, failure_of, prescribed

from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category as C
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Rerun
from autonomous_cicd.domain.tight_limits import longest_test, rounded, time_limits, told
from autonomous_cicd.remedies.resources import Resources

MOCHA = "     Error: Timeout of 20ms exceeded. For async tests and hooks"
TIMED = "E   Failed: Timeout (>1.0s) from pytest-timeout."
JEST = 'thrown: "Exceeded timeout of 50 ms for a test.'
STOPPED = "Error: exit code 124\n##[error]Process completed with exit code 124."
WORKFLOW = ".github/workflows/ci.yml"


def found(
    files: Mapping[str, str],
    log: str,
    said: Tried,
    script: str,
    category: C = C.TEST_TIMEOUT,
    past: FakePast | None = None,
) -> tuple[list[Prescription], FakeBench]:
    bench = FakeBench(scripting=lambda text, patch: said, past=past or FakePast())
    return prescribed(
        Resources(), case_of(files, log, failure_of(log, category), bench, script=script)
    ), bench


def lasted(seconds: float, *lines: str) -> Tried:
    return Tried(exit_code=0, log="\n".join((*lines, f"took here, in seconds: {seconds * 1000:.0f}e-3")))


TIGHT = [
    ("package.json", '{"scripts": {"test": "mocha --timeout 20 t.js"}}', MOCHA, "npm test",
     lasted(2.0, "  ✔ is slow (301ms)", "  2 passing (900ms)"), '"mocha --timeout 800 t.js"'),
    (".mocharc.json", '{\n  "timeout": 20\n}\n', MOCHA, "npm test",
     lasted(2.0, "  ✔ is slow (95ms)"), '"timeout": 200\n'),
    ("jest.config.js", "module.exports = { testTimeout: 50 }\n", JEST, "npx jest",
     lasted(3.0, "    ✓ is slow (120 ms)"), "{ testTimeout: 300 }"),
    ("pytest.ini", "[pytest]\ntimeout = 1\n", TIMED, "pytest",
     lasted(4.0, "2.01s call     t.py::test_a"), "timeout = 5\n"),
    ("pyproject.toml", "[tool.pytest.ini_options]\ntimeout = 1.0\n", TIMED, "pytest",
     lasted(40.0, "21.40s call     t.py::test_a", "0.10s setup    t.py::test_a"), "timeout = 50\n"),
    ("tox.ini", "[testenv]\ncommands = pytest --timeout=1 -q\n", TIMED, "tox",
     lasted(40.0, "1.40s call     t.py::test_a"), "--timeout=3 -q"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "log", "script", "said", "expected"), TIGHT)
def test_allows_twice_what_was_measured(
    file: str, text: str, log: str, script: str, said: Tried, expected: str
) -> None:
    (edit,), _ = found({file: text}, log, said, script)
    assert isinstance(edit, Edit)
    assert expected in edited({file: text}, edit)[file]
    assert 2 == edit.patch.size


@pytest.mark.parametrize("file", ["Makefile", "run.sh", "package.json"])
def test_measures_a_command_that_was_stopped(file: str) -> None:
    text = {"Makefile": "test:\n\ttimeout 2 sh t\n", "run.sh": "timeout 2 sh t\n"}.get(
        file, '{"scripts": {"t": "timeout 2 sh t"}}'
    )
    (edit,), bench = found({file: text}, STOPPED, lasted(4.2), f"make || ./{file}", C.RESOURCE_TIMEOUT)
    assert isinstance(edit, Edit)
    assert text.replace("timeout 2 ", "timeout 10 ") == edited({file: text}, edit)[file]
    assert "date +%s%N" in bench.scripts[0]


def test_goes_back_to_the_limit_of_before_when_it_is_enough() -> None:
    new, old = "[pytest]\ntimeout = 1\n", "[pytest]\ntimeout = 30\n"
    past = FakePast((Patch.of([changed_file("pytest.ini", old, new)]),))
    said = lasted(4.0, "2.01s call     t.py::test_a")
    (edit,), _ = found({"pytest.ini": new}, TIMED, said, "pytest", past=past)
    assert isinstance(edit, Edit)
    assert old == edited({"pytest.ini": new}, edit)["pytest.ini"]


def test_a_limit_that_is_not_tight_stays() -> None:
    said = lasted(0.4, "0.20s call     t.py::test_a")
    (again,), _ = found({"pytest.ini": "[pytest]\ntimeout = 1\n"}, TIMED, said, "pytest")
    assert isinstance(again, Rerun)


def test_what_never_ends_goes_to_a_person() -> None:
    hangs = Tried(exit_code=1, log="E   Failed: Timeout (>60.0s) from pytest-timeout.")
    files = {"pytest.ini": "[pytest]\ntimeout = 1\n"}
    (over,), _ = found(files, TIMED, hangs, "pytest")
    assert isinstance(over, Escalate)
    assert "does not end" in over.reason


def test_what_never_ends_may_be_undone_where_there_is_a_history() -> None:
    hangs = Tried(exit_code=1, log="E   Failed: Timeout (>60.0s) from pytest-timeout.")
    files = {"pytest.ini": "[pytest]\ntimeout = 1\n"}
    assert [] == found(files, TIMED, hangs, "pytest", past=FakePast((Patch(), Patch())))[0]


@pytest.mark.parametrize(
    ("files", "log", "category"),
    [
        ({"tests/test_a.py": "@pytest.mark.timeout(1)\n"}, TIMED, C.TEST_TIMEOUT),
        ({"pytest.ini": "[pytest]\ntimeout = 7\n"}, TIMED, C.TEST_TIMEOUT),
        ({"package.json": '{"scripts": {"test": "mocha"}}'}, MOCHA, C.TEST_TIMEOUT),
        ({"a.sh": "timeout 1 x\n", "b.sh": "timeout 2 y\n"}, STOPPED, C.RESOURCE_TIMEOUT),
        ({"pytest.ini": "[pytest]\ntimeout = 1\n"}, "assert 1 == 2", C.TEST_FAILURE),
    ],
)
def test_leaves_alone_what_it_cannot_place(files: dict[str, str], log: str, category: C) -> None:
    assert [] == found(files, log, lasted(1.0), "pytest", category)[0]


HEAP = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"


def test_gives_node_the_memory_that_it_uses() -> None:
    files = {"package.json": '{"scripts": {"test": "node --max-old-space-size=20 t.js"}}'}
    said = Tried(exit_code=0, log="used at most, in KB: 600000")
    (edit,), bench = found(files, HEAP, said, "npm test", C.RESOURCE_MEMORY)
    assert isinstance(edit, Edit)
    assert "--max-old-space-size=768 t.js" in edited(files, edit)["package.json"]
    assert "ru_maxrss" in bench.scripts[0]


def test_what_needs_more_than_there_is_goes_to_a_person() -> None:
    files = {"package.json": '{"scripts": {"test": "node --max-old-space-size=20 t.js"}}'}
    (over,), _ = found(files, HEAP, Tried(exit_code=134, log=HEAP), "npm test", C.RESOURCE_MEMORY)
    assert isinstance(over, Escalate)


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("Makefile", "all:\n\tmake -j8 it\n", ["\tmake -j2 it", "\tmake -j1 it"]),
        ("tox.ini", "[testenv]\ncommands = pytest -n auto\n", ["pytest -n 2", "pytest -n 1"]),
        ("package.json", '{"scripts": {"test": "jest --maxWorkers=2 x"}}', ["jest --maxWorkers=1 x"]),
        ("package.json", '{"scripts": {"test": "jest"}}', []),
    ],
)
def test_runs_less_at_once_when_it_was_killed(file: str, text: str, expected: list[str]) -> None:
    log = "/tmp/x.sh: line 1: 77 Killed\n##[error]Process completed with exit code 137."
    edits, _ = found({file: text}, log, lasted(1.0), "make", C.RESOURCE_MEMORY)
    after = [edited({file: text}, edit)[file] for edit in edits if isinstance(edit, Edit)]
    assert len(expected) == len(after)
    assert all(one in other for one, other in zip(expected, after, strict=True))


def test_a_full_disk_goes_to_a_person() -> None:
    (over,), _ = found(
        {}, "OSError: [Errno 28] No space left on device", lasted(1), "pytest", C.RESOURCE_DISK
    )
    assert isinstance(over, Escalate)


@pytest.mark.parametrize(
    ("seconds", "unit", "expected"),
    [
        (0.6, 0.001, "600"),
        (8.4, 1.0, "10"),
        (61.0, 60.0, "2"),
        (0.2, 1.0, "1"),
        (42.8, 1.0, "50"),
        (240.0, 60.0, "4"),
    ],
)
def test_rounds_up(seconds: float, unit: float, expected: str) -> None:
    assert expected == rounded(seconds, unit)


def test_reads_limits_and_times() -> None:
    files = {
        WORKFLOW: "jobs:\n  a:\n    timeout-minutes: 5\n    steps:\n      - run: timeout -k 5s 1m make\n",
        "ava.config.js": "export default {timeout: '30s'}",
        "node_modules/a/package.json": '{"scripts": {"test": "mocha --timeout 20"}}',
    }
    limits = [(one.file, one.seconds, one.kind) for one in time_limits(files, files.__getitem__)]
    expected = [(WORKFLOW, 300.0, "job"), (WORKFLOW, 60.0, "command"), ("ava.config.js", 30.0, "test")]
    assert expected == limits
    assert (0.02, 1.0, 0.05, 0.0) == (told(MOCHA), told(TIMED), told(JEST), told("all is well"))
    assert 0.0 == longest_test("2 passing (3s)\nTime: 1.2 s")
