"""How a run ended, in words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runs import EVIL, a_result, a_run

from autonomous_cicd.cli.summary import Line, Tone, duration, finished, plural, summary
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, StepResult, TaskStatus, Verdict


def told(run: Run, **more: Any) -> list[str]:
    return [line.text for line in summary(run, **more)]


def failure(name: str, **more: Any) -> Any:
    return a_result(name, TaskStatus.FAILED, **{"reason": "exit code 1", "log": name, **more})


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0.0 s"),
        (0.06, "0.1 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (61.4, "1 min 01 s"),
        (119.9, "2 min 00 s"),
        (3599.9, "1 h 00 min"),
        (3600 * 25 + 61, "25 h 01 min"),
    ],
)
def test_durations_are_said_as_a_person_does(seconds: float, expected: str) -> None:
    assert expected == duration(seconds)


def test_plural() -> None:
    assert ("0 tasks", "1 task", "2 tasks") == (plural(0, "task"), plural(1, "task"), plural(2, "task"))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"seconds": 1.2}, "passed      test  1.2 s"),
        ({"cached": True, "reason": "unchanged"}, "cached      test  unchanged"),
        (
            {"status": TaskStatus.SKIPPED, "cached": True, "reason": "nothing needs it"},
            "not needed  test  nothing needs it",
        ),
        (
            {"status": TaskStatus.FAILED, "seconds": 61, "reason": "exit code 2"},
            "FAILED      test  1 min 01 s  exit code 2",
        ),
        ({"status": TaskStatus.FAILED, "optional": True, "seconds": 1}, "failed (optional) test  1.0 s"),
        ({"status": TaskStatus.TIMED_OUT, "seconds": 9}, "TIMED OUT   test  9.0 s"),
        (
            {"status": TaskStatus.SKIPPED, "seconds": 0.01, "reason": "lint failed"},
            "skipped     test  lint failed",
        ),
        ({"status": TaskStatus.NOT_CHECKED, "reason": "no docker"}, "not checked test  no docker"),
        ({"status": TaskStatus.CANCELLED, "seconds": 2}, "cancelled   test  2.0 s"),
        ({"status": TaskStatus.RUNNING}, "running     test"),
    ],
)
def test_a_task_that_ended_is_one_line(more: dict[str, Any], expected: str) -> None:
    assert expected == finished(a_result("test", **more))


def test_a_green_run_is_one_line() -> None:
    run = a_run(a_result("a"), a_result("b", cached=True))
    assert (Line("passed: 1 passed, 1 cached in 12.3 s", Tone.GOOD),) == summary(run)


def test_a_failure_shows_its_lines_with_their_indentation() -> None:
    run = a_run(a_result("lint"), failure("test", excerpt=("def f():", "    return 1")))
    assert [
        Line("FAILED test: exit code 1", Tone.BAD),
        Line("    def f():"),
        Line("        return 1"),
        Line(""),
        Line("whole log: autonomous-cicd logs run-1 test", Tone.QUIET),
        Line(""),
        Line("failed: 1 passed, 1 failed in 12.3 s", Tone.BAD),
    ] == list(summary(run))


def test_the_command_that_prints_the_log_can_be_pasted() -> None:
    run = a_run(failure("it's $(rm) \x1b[31mred"))
    assert """whole log: autonomous-cicd logs run-1 'it'"'"'s $(rm) red'""" in told(run)


def test_a_failure_without_a_log_names_none() -> None:
    assert ["FAILED test: no such program", "", "failed: 1 failed in 12.3 s"] == told(
        a_run(failure("test", reason="no such program", log=""))
    )
    assert "FAILED test" == told(a_run(failure("test", reason="")))[0]


def test_a_failed_step_shows_its_command() -> None:
    steps = (
        StepResult(name="Set up", status=TaskStatus.PASSED, command="true"),
        StepResult(
            name="Test", status=TaskStatus.FAILED, reason="exit code 1", command="\npytest -q\nrm x\n"
        ),
    )
    run = a_run(failure("job", reason="step 'Test' failed", steps=steps, excerpt=("Run Test", "boom")))
    assert ["FAILED job: step 'Test' failed", "    $ pytest -q …", "    boom"] == told(run)[:3]


def test_several_failed_steps_are_listed() -> None:
    steps = tuple(
        StepResult(name=f"step {n}", status=TaskStatus.FAILED, reason=f"exit code {n}", command=command)
        for n, command in enumerate(("make", "", "make 2", "make 3", "make 4"))
    )
    assert [
        "FAILED job: exit code 1",
        "    step step 0: exit code 0",
        "    $ make",
        "    step step 1: exit code 1",
        "    step step 2: exit code 2",
        "    $ make 2",
        "    and 2 more steps that failed",
    ] == told(a_run(failure("job", steps=steps)))[:7]


def test_the_failed_command_of_several_is_shown_once() -> None:
    steps = (
        StepResult(name="make a", status=TaskStatus.PASSED, command="make a"),
        StepResult(name="make b", status=TaskStatus.FAILED, command="make b"),
    )
    assert ["FAILED build: exit code 1", "    $ make b"] == told(a_run(failure("build", steps=steps)))[:2]


def test_what_made_the_run_red_comes_before_what_is_optional() -> None:
    run = a_run(failure("soft", optional=True), failure("hard"))
    lines = summary(run)
    assert [
        Line("FAILED hard: exit code 1", Tone.BAD),
        Line(""),
        Line("failed (optional) soft: exit code 1", Tone.DOUBT),
        Line(""),
        Line("whole logs: autonomous-cicd logs run-1", Tone.QUIET),
    ] == list(lines[:5])
    assert "failed: 1 failed (optional), 1 failed in 12.3 s" == lines[-1].text


def test_the_story_fits_the_screen() -> None:
    tasks = [failure(f"task {n}", excerpt=tuple(f"line {m}" for m in range(15))) for n in range(100)]
    skipped = tuple(Skipped(f"job {n}", f"reason {n}") for n in range(100))
    run = a_run(*tasks, skipped=skipped)
    for rows in (30, 40, 60):
        assert len(told(run, rows=rows)) <= rows
    short = told(run, rows=22)
    assert "and 97 more that failed: autonomous-cicd show run-1" in short
    assert "  and 99 more: autonomous-cicd show run-1" in short
    assert ["FAILED task 0: exit code 1", "    line 12", "    line 13", "    line 14"] == short[:4]
    assert short == told(run, rows=1), "the least is told in any case"


def test_long_lines_count_as_many_as_the_screen_needs() -> None:
    run = a_run(failure("a", excerpt=("x" * 150,) * 15))
    assert len(told(run, rows=30, columns=200)) > len(told(run, rows=30, columns=40))


def test_the_whole_leaves_nothing_out() -> None:
    tasks = [failure(f"task {n}", excerpt=("boom",)) for n in range(100)]
    skipped = tuple(Skipped(f"job {n}", "the same reason") for n in range(100))
    lines = told(a_run(*tasks, skipped=skipped), rows=0)
    assert 100 == lines.count("    boom")
    assert f"  {', '.join(f'job {n}' for n in range(100))} - the same reason" in lines


def test_what_was_left_out_is_grouped_by_its_reason() -> None:
    skipped = (
        Skipped("windows", "needs Windows"),
        *(Skipped(f"test {n}", "no Python 3.9") for n in range(5)),
        Skipped("windows 2", "needs Windows"),
    )
    late = a_result("deploy", TaskStatus.SKIPPED, reason="test failed")
    assert [
        "left out:",
        "  windows, windows 2 - needs Windows",
        "  test 0, test 1, test 2 and 2 more - no Python 3.9",
        "  deploy - test failed",
        "",
        "passed: 1 passed, 1 skipped in 12.3 s",
    ] == told(a_run(a_result("a"), late, skipped=skipped))


def test_gates_are_listed_with_what_was_measured() -> None:
    gates = (
        GateResult(name="test_coverage", verdict=Verdict.FAILED, value=70.0, threshold=80.0, detail="from x"),
        GateResult(name="code_quality", verdict=Verdict.PASSED, value="A", threshold="B"),
        GateResult(name="security_scan", verdict=Verdict.NOT_MEASURED, threshold=0.0, detail="no scanner"),
        GateResult(name="speed", verdict=Verdict.PASSED, value=1.5),
    )
    assert [
        Line("gates:"),
        Line("  FAILED       test_coverage  70 (threshold 80)  from x", Tone.BAD),
        Line("  passed       code_quality  A (threshold B)"),
        Line("  not measured security_scan  no scanner", Tone.DOUBT),
        Line("  passed       speed  1.5"),
    ] == list(summary(a_run(a_result("a"), gates=gates))[:5])


def test_a_run_that_did_not_come_to_its_end_says_why() -> None:
    run = a_run(a_result("a"), status=RunStatus.CANCELLED, reason="interrupted")
    assert (Line("cancelled (interrupted): 1 passed in 12.3 s", Tone.DOUBT),) == summary(run)
    assert (
        "failed (nothing could be checked): nothing to do in 12.3 s"
        == told(a_run(status=RunStatus.FAILED, reason="nothing could be checked"))[-1]
    )


def test_nothing_that_a_project_wrote_steers_the_terminal() -> None:
    step = StepResult(name=EVIL, status=TaskStatus.FAILED, reason=EVIL, command=EVIL)
    run = a_run(
        failure(EVIL, reason=EVIL, steps=(step, step), excerpt=(EVIL,)),
        skipped=(Skipped(EVIL, EVIL),),
        gates=(GateResult(name="g", verdict=Verdict.FAILED, detail=EVIL),),
        reason=EVIL,
    )
    lines = [*told(run), *told(run, rows=0), finished(run.tasks[0])]
    assert all(line.isprintable() for line in lines)
    assert all("evil" in line for line in lines if line.startswith(("FAILED", "failed", "    ")))


def test_long_lines_are_cut() -> None:
    run = a_run(failure("n" * 1000, reason="r" * 1000, excerpt=("x" * 1000,)))
    assert max(map(len, told(run))) < 1100
    assert "    " + "x" * 159 + "…" in told(run)
