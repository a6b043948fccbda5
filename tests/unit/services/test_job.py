"""Jobs that need others, and what a job's result says."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.jobs import Done, Given, carry_out, task_of, workflow_text, world_of

from autonomous_cicd.adapters.memory import MemoryRunner, Scripted
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Limits, Stage, Task
from autonomous_cicd.domain.run import TaskResult, TaskStatus
from autonomous_cicd.errors import ExpressionError
from autonomous_cicd.plugins import ActionCall, ActionOutcome
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.job import expand_deferred, run_job
from autonomous_cicd.services.job_context import repository_name
from autonomous_cicd.services.task_log import OUT_OF_TIME

NEEDING = """
on: push
jobs:
  build: {runs-on: ubuntu-latest, steps: [{run: "true"}]}
  job:
    needs: build
    runs-on: ubuntu-latest
    %s
    steps: [{run: "echo ${{ needs.build.result }} ${{ needs.build.outputs.x }}"}]
"""


def result(status: TaskStatus, name: str = "build", **more: Any) -> TaskResult:
    return TaskResult(name=name, status=status, **more)


def needing(folder: Path, *results: TaskResult, more: str = "", absent: str = "") -> Done:
    names = tuple(one.name for one in results)
    given = Given(
        folder=folder,
        needs={one.name: one for one in results},
        needed={"build": names},
        absent={"build": absent} if absent else {},
    )
    return asyncio.run(carry_out(NEEDING % more, given))


def test_sees_result_and_outputs_of_the_jobs_it_needs(tmp_path: Path) -> None:
    done = needing(tmp_path, result(TaskStatus.PASSED, outputs={"x": "1"}))
    assert TaskStatus.PASSED == done.result.status
    assert "success 1" in done.lines


def test_the_last_of_several_combinations_that_set_an_output_wins(tmp_path: Path) -> None:
    first = result(TaskStatus.PASSED, "build (1)", outputs={"x": "1"})
    second = result(TaskStatus.PASSED, "build (2)", outputs={"x": "2"})
    third = result(TaskStatus.PASSED, "build (3)")
    assert "success 2" in needing(tmp_path, first, second, third).lines


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (TaskStatus.FAILED, "the job 'build' that it needs failed"),
        (TaskStatus.TIMED_OUT, "the job 'build' that it needs took too long"),
        (TaskStatus.SKIPPED, "the job 'build' that it needs was skipped"),
        (TaskStatus.CANCELLED, "the job 'build' that it needs was cancelled"),
    ],
)
def test_is_skipped_when_what_it_needs_did_not_pass(tmp_path: Path, status: TaskStatus, reason: str) -> None:
    done = needing(tmp_path, result(status))
    assert (TaskStatus.SKIPPED, reason) == (done.result.status, done.result.reason)
    assert not done.folder.exists(), "nothing is prepared for a job that is not wanted"


@pytest.mark.parametrize(("condition", "shown"), [("always()", "failure"), ("failure()", "failure")])
def test_runs_after_a_failure_when_it_asks_for_it(tmp_path: Path, condition: str, shown: str) -> None:
    done = needing(tmp_path, result(TaskStatus.FAILED), more=f"if: {condition}")
    assert shown in done.lines


def test_one_failed_combination_is_a_failure(tmp_path: Path) -> None:
    both = result(TaskStatus.PASSED, "build (1)"), result(TaskStatus.FAILED, "build (2)")
    assert "failure" in needing(tmp_path, *both, more="if: always()").lines


def test_a_failure_that_may_be_does_not_stop_the_next_job(tmp_path: Path) -> None:
    done = needing(tmp_path, result(TaskStatus.FAILED, optional=True))
    assert TaskStatus.PASSED == done.result.status
    assert "success" in done.lines


def test_goes_on_when_what_it_needs_could_not_be_checked_here_and_says_so(tmp_path: Path) -> None:
    done = needing(tmp_path, result(TaskStatus.NOT_CHECKED))
    assert TaskStatus.PASSED == done.result.status
    assert "it needs build, which could not be checked here" == done.result.reason


def test_goes_on_when_what_it_needs_is_left_out_here(tmp_path: Path) -> None:
    done = needing(tmp_path, absent="runs on Windows", more="if: always()")
    assert "it needs build, which could not be checked here" == done.result.reason


def test_what_its_own_condition_left_out_was_skipped(tmp_path: Path) -> None:
    done = needing(tmp_path, more="if: always()")
    assert (TaskStatus.PASSED, "") == (done.result.status, done.result.reason)
    assert "skipped" in done.lines


def test_saying_success_is_as_saying_nothing(tmp_path: Path) -> None:
    done = needing(tmp_path, result(TaskStatus.SKIPPED), more="if: success()")
    assert "the job 'build' that it needs was skipped" == done.result.reason


def test_is_skipped_when_its_condition_needs_outputs_that_are_not_here(tmp_path: Path) -> None:
    done = needing(tmp_path, result(TaskStatus.NOT_CHECKED), more="if: needs.build.outputs.x == '1'")
    expected = "uses outputs of the job 'build', which could not be checked here"
    assert (TaskStatus.SKIPPED, expected) == (done.result.status, done.result.reason)


def test_its_own_condition_is_named_when_it_is_not_met(tmp_path: Path) -> None:
    done = needing(tmp_path, result(TaskStatus.PASSED), more="if: github.ref == 'refs/heads/other'")
    assert "its condition is not met: github.ref == 'refs/heads/other'" == done.result.reason


def test_a_condition_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    done = needing(tmp_path, result(TaskStatus.PASSED), more="if: fromJSON('x')")
    assert TaskStatus.FAILED == done.result.status
    assert "fromJSON" in done.result.reason


def run(folder: Path, job: Mapping[str, Any], **more: Any) -> Done:
    return asyncio.run(carry_out(workflow_text(job), Given(folder=folder, **more)))


def test_the_report_has_the_command_as_executed_and_the_lines_that_matter(tmp_path: Path) -> None:
    steps = [
        {
            "name": "Test",
            "run": "for n in 1 2 3; do echo $n; done\necho '${{ matrix.n }}: error: bad'\nexit 2",
        }
    ]
    done = run(tmp_path, {"steps": steps}, matrix={"n": 5})
    (step,) = done.result.steps
    assert step.command.endswith("echo '5: error: bad'\nexit 2")
    assert (2, "exit code 2") == (step.exit_code, step.reason)
    assert "5: error: bad" in done.result.excerpt
    assert (2, "step 'Test' failed: exit code 2") == (done.result.exit_code, done.result.reason)
    assert ["Test"] == done.steps_begun


def test_what_a_step_leaves_running_lives_as_long_as_the_job(tmp_path: Path) -> None:
    steps = [{"run": "sleep 60 & echo $! > pid"}, {"run": "kill -0 $(cat pid) && cat pid"}]
    done = run(tmp_path, {"steps": steps})
    assert TaskStatus.PASSED == done.result.status, done.log
    pid = int(done.lines[-1])
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_a_step_leaves_running_may_go_on_printing(tmp_path: Path) -> None:
    server = "(while true; do echo busy || exit; echo x >> lives; sleep 0.02; done) &"
    waiting = "for n in $(seq 500); do test $(wc -l < lives) -gt 20 && exit 0; sleep 0.02; done; exit 1"
    done = run(tmp_path, {"steps": [{"run": server}, {"run": waiting}]})
    assert TaskStatus.PASSED == done.result.status, done.log
    second = next(number for number, line in enumerate(done.lines) if line.startswith("Run for n in"))
    assert "busy" not in done.lines[second:], "nothing of it is in the log of another step"


def test_a_job_of_another_system_is_not_checked(tmp_path: Path) -> None:
    done = run(
        tmp_path, {"runs-on": "${{ matrix.os }}", "steps": [{"run": "true"}]}, matrix={"os": "windows-latest"}
    )
    assert TaskStatus.NOT_CHECKED == done.result.status


def test_a_job_may_fail_when_it_says_so(tmp_path: Path) -> None:
    job = {"continue-on-error": "${{ matrix.risky }}", "steps": [{"run": "false"}]}
    assert run(tmp_path, job, matrix={"risky": True}).result.optional
    (tmp_path / "b").mkdir()
    assert not run(tmp_path / "b", job, matrix={"risky": False}).result.optional


def test_an_output_without_value_is_left_out_with_a_warning(tmp_path: Path) -> None:
    done = run(tmp_path, {"outputs": {"a": "${{ fromJSON('x') }}"}, "steps": [{"run": "true"}]})
    assert {} == dict(done.result.outputs)
    assert "Warning: the output 'a' has no value" in done.log


def test_a_task_without_a_job_is_a_bug(tmp_path: Path) -> None:
    task = Task(name="x", stage=Stage.TEST)
    world = world_of(Given(folder=tmp_path), runner=MemoryRunner())
    with pytest.raises(ValueError, match="no job"):
        asyncio.run(run_job(task, world))
    assert (task,) == expand_deferred(task, {})


def test_a_cancelled_job_ends_at_once(tmp_path: Path) -> None:
    async def cancelled() -> None:
        text = workflow_text({"steps": [{"run": "sleep 60"}, {"run": "echo x", "if": "always()"}]})
        job = asyncio.create_task(carry_out(text, Given(folder=tmp_path)))
        while not list(tmp_path.glob("job/work/_temp/script-*")):
            await asyncio.sleep(0.01)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    asyncio.run(asyncio.wait_for(cancelled(), 20))


def test_programs_get_the_limits_and_places_of_the_job(tmp_path: Path) -> None:
    runner = MemoryRunner({(): Scripted(exit_code=0)})
    given = Given(folder=tmp_path, limits=Limits(seconds=100, memory=5, output=7))
    task = task_of(workflow_text({"steps": [{"run": "true", "timeout-minutes": 1}, {"run": "true"}]}), given)
    done = asyncio.run(run_job(task, world_of(given, runner=runner)))
    first, second = runner.executed
    assert TaskStatus.PASSED == done.status
    assert (60, 5, 7) == (first.limits.seconds, first.limits.memory, first.limits.output)
    assert 90 < second.limits.seconds <= 100
    assert {tmp_path / "job", tmp_path / "caches/downloads/pip"} <= set(first.writable)
    assert not any((tmp_path / "caches/actions").is_relative_to(one) for one in first.writable)
    assert first.argv[0].startswith("/")


def test_the_log_says_that_a_step_took_too_long(tmp_path: Path) -> None:
    done = run(tmp_path, {"steps": [{"run": "printf before; sleep 60", "timeout-minutes": 0.01}]})
    assert TaskStatus.TIMED_OUT == done.result.status
    assert ["before", OUT_OF_TIME] == [line for line in done.lines if line in ("before", OUT_OF_TIME)]
    assert OUT_OF_TIME in done.result.excerpt


class Broken:
    names = ("un/stable",)

    async def run(self, call: ActionCall) -> ActionOutcome:
        raise RuntimeError("a bug of a plug-in")


def test_a_plug_in_with_a_bug_is_left_out(tmp_path: Path) -> None:
    steps = [{"uses": "un/stable@v1"}, {"run": "true"}]
    done = run(tmp_path, {"steps": steps}, actions=(Broken(),))
    assert TaskStatus.PASSED == done.result.status
    assert "carrying it out here failed: RuntimeError: a bug of a plug-in" == done.result.skipped[0].reason


DEFERRED = {"needs": "build", "strategy": {"matrix": "${{ fromJSON(needs.build.outputs.m) }}"}}


def deferred(folder: Path, matrix: str, **more: Any) -> tuple[Task, Given]:
    job = {**DEFERRED, "runs-on": "ubuntu-latest", "steps": [{"run": "echo ${{ matrix.n }}"}], **more}
    build = {"runs-on": "ubuntu-latest", "steps": [{"run": "true"}]}
    text = workflow_text({}).split("jobs:")[0]
    text += yaml.safe_dump({"jobs": {"build": build, "job": job}}, sort_keys=False)
    needs = {"build": result(TaskStatus.PASSED, outputs={"m": matrix})}
    given = Given(folder=folder, needs=needs, needed={"build": ("build",)}, deferred=True)
    return task_of(text, given), given


def test_a_matrix_that_another_job_makes_becomes_tasks(tmp_path: Path) -> None:
    task, given = deferred(tmp_path, '{"n": [1, 2], "os": ["a"]}')
    parts = expand_deferred(task, given.needs)
    assert ["job (1, a)", "job (2, a)"] == [part.name for part in parts]
    jobs = [part.job for part in parts if part.job]
    assert [({"n": 1, "os": "a"}, 0, 2), ({"n": 2, "os": "a"}, 1, 2)] == [
        (dict(job.matrix), job.index, job.total) for job in jobs
    ]
    assert not any(job.deferred for job in jobs)


def test_combinations_are_named_as_the_job_says_and_never_twice(tmp_path: Path) -> None:
    task, given = deferred(tmp_path, '{"n": [1, 2]}', name="Py ${{ matrix.n }}")
    assert ["Py 1", "Py 2"] == [part.name for part in expand_deferred(task, given.needs)]
    task = replace(task, name="CI: job")
    assert ["CI: Py 1", "CI: Py 2"] == [part.name for part in expand_deferred(task, given.needs)]
    task, given = deferred(tmp_path, '{"n": [1, 2]}', name="${{ github.workflow }} same")
    assert 2 == len({part.name for part in expand_deferred(task, given.needs)})


@pytest.mark.parametrize("matrix", ["", "[]", '{"n": []}', "nonsense"])
def test_without_a_matrix_there_is_one_task_that_says_so(tmp_path: Path, matrix: str) -> None:
    task, given = deferred(tmp_path, matrix)
    (part,) = expand_deferred(task, given.needs)
    assert "job (no matrix)" == part.name
    done = asyncio.run(run_job(part, world_of(given, runner=MemoryRunner())))
    assert TaskStatus.NOT_CHECKED == done.status
    assert "its matrix has no value here" in done.reason


def test_without_a_matrix_a_job_whose_need_failed_is_skipped(tmp_path: Path) -> None:
    task, given = deferred(tmp_path, "")
    given = replace(given, needs={"build": result(TaskStatus.FAILED)})
    (part,) = expand_deferred(task, given.needs)
    done = asyncio.run(run_job(part, world_of(given, runner=MemoryRunner())))
    assert (TaskStatus.SKIPPED, "the job 'build' that it needs failed") == (done.status, done.reason)


def test_the_machine_s_own_python_is_missing(tmp_path: Path) -> None:
    done = run(tmp_path, {"steps": [{"run": "tool-x || true"}]}, machine=Machine())
    assert "no Python is installed here" in done.lines


def test_a_name_that_has_no_value_is_that_of_the_combination(tmp_path: Path) -> None:
    task, given = deferred(tmp_path, '{"n": [1]}', name="${{ fromJSON('x') }}")
    assert ["job (1)"] == [part.name for part in expand_deferred(task, given.needs)]


def test_a_tolerance_that_has_no_value_is_none(tmp_path: Path) -> None:
    job = {"continue-on-error": "${{ fromJSON('x') }}", "steps": [{"run": "false"}]}
    assert not run(tmp_path, job).result.optional


class Late:
    names = ("la/te", "wrong/value")

    async def run(self, call: ActionCall) -> ActionOutcome:
        if call.uses.startswith("wrong"):
            raise ExpressionError("no value")

        async def fail() -> None:
            raise OSError("the disk is full")

        call.site.at_end(fail)
        assert "" == call.site.read("../../../../../etc/passwd")
        assert "" == call.site.read("none")
        (call.site.workspace / "broken").mkdir()
        return ActionOutcome(outputs={"read": call.site.read("broken")})


def test_what_fails_at_the_end_is_a_warning(tmp_path: Path) -> None:
    done = run(tmp_path, {"steps": [{"uses": "la/te@v1"}, {"run": "true"}]}, actions=(Late(),))
    assert TaskStatus.PASSED == done.result.status
    assert "Warning: the disk is full" in done.lines


def test_a_value_that_an_action_cannot_read_fails_its_step(tmp_path: Path) -> None:
    done = run(tmp_path, {"steps": [{"uses": "wrong/value@v1"}, {"run": "true"}]}, actions=(Late(),))
    assert (TaskStatus.FAILED, "no value") == (done.result.status, done.result.steps[0].reason)


def test_a_program_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    given = Given(folder=tmp_path, machine=Machine())
    task = task_of(workflow_text({"steps": [{"run": "true"}]}), given)
    done = asyncio.run(run_job(task, world_of(given, runner=MemoryRunner())))
    assert "there is no program" in done.reason


def test_a_node_action_needs_node(tmp_path: Path) -> None:
    files = {"a/action.yml": "runs: {using: node20, main: x.js}"}
    steps = [{"uses": "actions/checkout@v4"}, {"uses": "./a"}, {"run": "true"}]
    done = run(tmp_path, {"steps": steps}, files=files, machine=Machine())
    assert ["Node is not installed here"] == [one.reason for one in done.result.skipped]


def test_a_refusal_that_was_hidden_is_not_read(tmp_path: Path) -> None:
    script = 'cd "$(dirname "$(command -v sudo)")/.."; rm refused; ln -s /etc/hosts refused'
    done = run(tmp_path, {"steps": [{"run": script}]})
    assert () == done.result.skipped


def test_a_project_without_an_address_has_the_name_of_its_folder(tmp_path: Path) -> None:
    checkout = Checkout(root=Path("/a/my project"), repository=False)
    assert ("local", "my-project") == repository_name(checkout)
    assert ("local", "project") == repository_name(replace(checkout, root=Path("/")))
    assert ("o", "n") == repository_name(replace(checkout, remote="git@example.org:o/n.git"))


def test_a_check_that_needs_a_secret_is_told_from_what_publishes(tmp_path: Path) -> None:
    env = {"KEY": "${{ secrets.KEY }}"}
    steps = [
        {"run": "true"},
        {"run": "npm publish", "env": env},
        {"run": "pytest", "env": env},
        {"run": "pytest", "env": env, "if": "false"},
    ]
    done = run(tmp_path, {"steps": steps})
    assert [("Run npm publish", False), ("Run pytest", True)] == [
        (one.what, one.check) for one in done.result.skipped
    ]
