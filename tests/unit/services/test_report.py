"""A run as JSON and as annotations."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runs import EVIL, a_result, a_run

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, RunStatus, StepResult, TaskResult, TaskStatus, Verdict
from autonomous_cicd.services.report import (
    as_in_project,
    counts,
    everything_skipped,
    gate_text,
    measured,
    that_matter,
    to_annotations,
    to_json,
    word,
)

ID = "20261120-133500-49d5bb"
SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs/reference/report.schema.json").read_text(encoding="utf-8")
)


def checked(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report as a stranger reads it: as strict JSON that is what its schema says."""
    text = json.dumps(report, allow_nan=False, ensure_ascii=False)
    text.encode("utf-8")
    read: dict[str, Any] = json.loads(text)
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    validator.validate(read)
    return read


def failure(name: str = "test", **more: Any) -> TaskResult:
    return a_result(name, TaskStatus.FAILED, **{"reason": "exit code 1", **more})


FULL = a_run(
    a_result("lint", seconds=0.5, exit_code=0),
    failure(
        seconds=3.21984,
        exit_code=1,
        excerpt=("one", "\x1b[31mtwo\x1b[0m"),
        steps=(StepResult(name="Run x", status=TaskStatus.FAILED, seconds=1.0, exit_code=1, command="x"),),
        outputs={"version": "1.2"},
        skipped=(Skipped("Upload", "no substitute"),),
    ),
    a_result("deploy", TaskStatus.SKIPPED, reason="test failed", optional=True),
    id=ID,
    commit="0123456789" * 4,
    branch="main",
    dirty=True,
    started=0.0,
    gates=(
        GateResult(name="test_coverage", verdict=Verdict.FAILED, value=70.5, threshold=80.0, detail="from x"),
    ),
    skipped=(Skipped("windows", "needs Windows"),),
)


def test_the_report_says_everything() -> None:
    assert {
        "version": 1,
        "id": ID,
        "status": "failed",
        "reason": "",
        "project": "/project",
        "commit": "0123456789" * 4,
        "branch": "main",
        "dirty": True,
        "started": "1970-01-01T00:00:00+00:00",
        "seconds": 12.34,
        "pipeline": {"id": "p", "source": "detect"},
        "tasks": [
            {
                "name": "lint",
                "status": "passed",
                "seconds": 0.5,
                "cached": False,
                "exit_code": 0,
                "reason": "",
                "optional": False,
                "log_excerpt": "",
                "failures": [],
                "steps": [],
                "outputs": {},
            },
            {
                "name": "test",
                "status": "failed",
                "seconds": 3.22,
                "cached": False,
                "exit_code": 1,
                "reason": "exit code 1",
                "optional": False,
                "log_excerpt": "one\ntwo",
                "failures": [],
                "steps": [
                    {
                        "name": "Run x",
                        "status": "failed",
                        "seconds": 1.0,
                        "exit_code": 1,
                        "reason": "",
                        "command": "x",
                    }
                ],
                "outputs": {"version": "1.2"},
            },
            {
                "name": "deploy",
                "status": "skipped",
                "seconds": 0.0,
                "cached": False,
                "exit_code": None,
                "reason": "test failed",
                "optional": True,
                "log_excerpt": "",
                "failures": [],
                "steps": [],
                "outputs": {},
            },
        ],
        "gates": [
            {
                "name": "test_coverage",
                "verdict": "failed",
                "value": 70.5,
                "threshold": 80.0,
                "detail": "from x",
            }
        ],
        "skipped": [
            {"what": "windows", "reason": "needs Windows"},
            {"what": "deploy", "reason": "test failed"},
            {"what": "test: Upload", "reason": "no substitute"},
        ],
        "healing": [],
        "escalations": [],
    } == checked(to_json(FULL))


@pytest.mark.parametrize("status", list(RunStatus))
def test_every_status_of_a_run_is_in_the_schema(status: RunStatus) -> None:
    assert status == checked(to_json(a_run(id=ID, status=status)))["status"]


@pytest.mark.parametrize("status", sorted(set(TaskStatus) - {TaskStatus.WAITING, TaskStatus.RUNNING}))
def test_every_status_that_a_task_ends_with_is_in_the_schema(status: TaskStatus) -> None:
    step = StepResult(name="s", status=status)
    task = a_result("a", status, reason="because", steps=(step,))
    found = checked(to_json(a_run(task, id=ID)))["tasks"][0]
    assert (status, status) == (found["status"], found["steps"][0]["status"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, 1), ("A", "A"), (None, None), (math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan")],
)
def test_values_of_gates_are_json(value: float | str | None, expected: float | str | None) -> None:
    gate = GateResult(name="compliance", verdict=Verdict.NOT_MEASURED, value=value, threshold=value)
    found = checked(to_json(a_run(id=ID, gates=(gate,))))["gates"][0]
    assert (expected, expected) == (found["value"], found["threshold"])


def test_a_report_can_always_be_read() -> None:
    step = StepResult(name=EVIL, status=TaskStatus.FAILED, reason=EVIL, command=EVIL)
    task = failure(
        EVIL,
        reason=EVIL,
        excerpt=(EVIL,),
        steps=(step,),
        outputs={EVIL: EVIL},
        skipped=(Skipped(EVIL, EVIL),),
    )
    gate = GateResult(name="compliance", verdict=Verdict.FAILED, detail=EVIL)
    run = a_run(
        task,
        id=ID,
        project=f"/{EVIL}",
        branch=EVIL,
        pipeline=EVIL,
        reason=EVIL,
        gates=(gate,),
        skipped=(Skipped(EVIL, EVIL),),
    )
    report = checked(to_json(run))
    assert not set(report["tasks"][0]["log_excerpt"]) & set("\x1b\x07\u202e\x9b")


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (a_result("a"), "passed"),
        (a_result("a", cached=True), "cached"),
        (a_result("a", TaskStatus.SKIPPED, cached=True), "not needed"),
        (a_result("a", TaskStatus.SKIPPED), "skipped"),
        (a_result("a", TaskStatus.NOT_CHECKED, optional=True), "not checked"),
        (a_result("a", TaskStatus.FAILED), "failed"),
        (a_result("a", TaskStatus.FAILED, optional=True), "failed (optional)"),
        (a_result("a", TaskStatus.TIMED_OUT), "timed out"),
    ],
)
def test_what_became_of_a_task_in_a_word(task: TaskResult, expected: str) -> None:
    assert expected == word(task)


def test_tasks_are_counted() -> None:
    tasks = [a_result("a"), failure("b"), a_result("c"), a_result("d", cached=True)]
    assert "2 passed, 1 failed, 1 cached" == counts(tasks)
    assert "nothing to do" == counts([])


def test_what_was_left_out_is_said_once() -> None:
    same = Skipped("late", "no Windows")
    run = a_run(
        a_result("late", TaskStatus.SKIPPED, reason="no Windows"),
        a_result("prepare", TaskStatus.SKIPPED, cached=True, reason="nothing needs it"),
        a_result("docker", TaskStatus.NOT_CHECKED, reason="no engine"),
        skipped=(same, same),
    )
    assert (same, Skipped("docker", "no engine")) == everything_skipped(run)


PRIVATE = f"/home/me/.state/runs/{ID}"
COPY = "/".join((PRIVATE, "work", "project", "mine"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"{COPY}/src/a.py:3: bad", "src/a.py:3: bad"),
        (f'E   File "{COPY}/src/a.py", line 6', 'E   File "src/a.py", line 6'),
        (f"at file://{COPY}/a.js:1:2", "at a.js:1:2"),
        (f"({COPY}/a.js:1:2)", "(a.js:1:2)"),
        (f"cd {COPY} && make", "cd  && make"),
        (f"{PRIVATE}/jobs/test-1/work/mine/mine/a.c:1: no", "a.c:1: no"),
        (f"{PRIVATE}/jobs/test-1/work/_temp/script-1.sh: line 3: x", "script-1.sh: line 3: x"),
        (f"{PRIVATE}/environments/python/lib/x.py:1", "environments/python/lib/x.py:1"),
        (f"PATH={PRIVATE}/home/bin:{PRIVATE}/b", "PATH=home/bin:b"),
        ("/home/me/.state/runs/other/work/project/mine/a.py", None),
        ("nothing of that kind", None),
    ],
)
def test_files_are_named_as_in_the_project(line: str, expected: str | None) -> None:
    run = a_run(failure(excerpt=(line,)), id=ID)
    assert ((expected or line),) == that_matter(run, run.tasks[0])


def test_lines_that_only_name_a_step_are_left_out() -> None:
    steps = tuple(StepResult(name=name, status=TaskStatus.PASSED) for name in ("Think", "Run ls"))
    run = a_run(failure(excerpt=("Run Think", "thinking", "Run ls", "Run away"), steps=steps))
    assert ("thinking", "Run away") == that_matter(run, run.tasks[0])


@given(st.text(alphabet="/runsjobwk-_temp:.\"' ab", max_size=60))
def test_nothing_is_added_to_a_line(text: str) -> None:
    assert len(as_in_project(f"/run/{text}", "run")) <= len(text) + 5


def test_a_failure_becomes_an_annotation_at_its_place() -> None:
    lines = (f"{COPY}/tests/test_a.py:9: AssertionError", "FAILED tests/test_b.py:1")
    assert (
        "::error file=tests/test_a.py,line=9,title=test::exit code 1%0A"
        "tests/test_a.py:9: AssertionError%0AFAILED tests/test_b.py:1\n"
    ) == to_annotations(a_run(failure(excerpt=lines), id=ID))


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("src/a.py:3:1: E501 too long", "file=src/a.py,line=3,"),
        ('  File "src/a.py", line 6, in f', "file=src/a.py,line=6,"),
        ("src/a.ts(3,7): error TS2322", "file=src/a.ts,line=3,"),
        ("    at f (lib/a.js:10:2)", "file=lib/a.js,line=10,"),
        ("a.go:1: x", "file=a.go,line=1,"),
        ("/usr/lib/python3/x.py:1: x", ""),
        ("../../environments/x.py:1: x", ""),
        ("environments/python/x.py:1: x", ""),
        ("src/../../x.py:1: x", ""),
        ("localhost:8080 refused", ""),
        ("at 12:30:45", ""),
        ("version 1.2:3", ""),
        ("--option.py:3", "file=--option.py,line=3,"),
    ],
)
def test_the_place_is_one_in_the_project(line: str, place: str) -> None:
    said = to_annotations(a_run(failure(excerpt=(line,))))
    assert said.startswith(f"::error {place}title=test::")


def test_what_is_optional_is_a_warning_and_what_passed_is_silent() -> None:
    run = a_run(failure(optional=True), a_result("a"), a_result("b", TaskStatus.NOT_CHECKED))
    assert "::warning title=test::exit code 1\n" == to_annotations(run)
    assert "" == to_annotations(a_run(a_result("a")))


def test_an_annotation_does_not_end_a_group_of_the_page() -> None:
    assert "##[" not in to_annotations(a_run(failure("##[endgroup]", excerpt=("##[endgroup]",))))


def test_a_gate_that_failed_is_an_annotation() -> None:
    gates = tuple(
        GateResult(name=verdict, verdict=verdict, value=1.0, threshold=2.0, detail="a, b")
        for verdict in Verdict
    )
    assert "::error title=failed::failed: a, b (measured 1, threshold 2)\n" == to_annotations(
        a_run(gates=gates)
    )


@given(st.text(max_size=40), st.text(alphabet="%:,\r\n:e\x85\u2028=", max_size=20))
def test_an_annotation_is_one_command_whatever_the_project_wrote(name: str, text: str) -> None:
    task = failure(name + text, reason=text + name, excerpt=(name, text))
    gate = GateResult(name="compliance", verdict=Verdict.FAILED, detail=name + text)
    lines = re.split(r"[\r\n]", to_annotations(a_run(task, gates=(gate,))))
    assert ["", 2] == [lines.pop(), len(lines)]
    for line in lines:
        head, _, _ = line.removeprefix("::error ").partition("::")
        assert {"file", "line", "title"} >= {part.split("=")[0] for part in head.split(",")}


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        (
            GateResult(name="g", verdict=Verdict.PASSED, value=80.0, threshold=75.5, detail="from x"),
            "passed: from x (measured 80, threshold 75.5)",
        ),
        (
            GateResult(name="g", verdict=Verdict.NOT_MEASURED),
            "not measured (measured nothing, threshold none)",
        ),
        (
            GateResult(name="g", verdict=Verdict.FAILED, value="C", threshold="B"),
            "failed (measured C, threshold B)",
        ),
    ],
)
def test_what_a_gate_says(gate: GateResult, expected: str) -> None:
    assert expected == gate_text(gate)


def test_values_as_a_person_writes_them() -> None:
    assert ("", "A", "0", "0.1", "80") == tuple(map(measured, (None, "A", 0, 0.1, 80.0)))
