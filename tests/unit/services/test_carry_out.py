"""One task: where it runs, with which environment and limits, what is kept of what it prints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.worlds import World, task

from autonomous_cicd.adapters.memory import Scripted
from autonomous_cicd.domain.pipeline import Command, Limits, Skipped, Stage, Task
from autonomous_cicd.domain.run import StepResult, TaskResult, TaskStatus
from autonomous_cicd.domain.workflow import Job, JobPlan, Workflow
from autonomous_cicd.services.carry_out import slug, span

SECRET = "hunter2-hunter2"


def job(name: str) -> Task:
    plan = JobPlan(workflow=Workflow(path=".github/workflows/ci.yml"), job=Job(id=name), event="push")
    return Task(name=name, stage=Stage.WORKFLOW, job=plan)


async def test_tasks_of_one_workspace_share_one_private_copy(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.run(task("a"), task("b"), task("c", workspace="other"))
    places = [execution.cwd for execution in world.runner.executed]
    shared, other = tmp_path / "r1/work/project/project", tmp_path / "r1/work/other/project"
    assert sorted([shared, shared, other]) == sorted(places)
    assert "a = 1\n" == (shared / "src/a.py").read_text()


async def test_the_environment_is_the_clean_one_and_what_the_task_says(tmp_path: Path) -> None:
    commands = (Command(argv=("a",), env={"B": "command"}), Command(argv=("a",)))
    world = World(tmp_path)
    await world.run(task("a", commands=commands, env={"A": "task", "B": "task"}), task("b"), jobs=1)
    first, second, other = (dict(execution.env) for execution in world.runner.executed)
    clean = {"PATH": "/bin", "HOME": "/private"}
    assert {**clean, "A": "task", "B": "command"} == first
    assert {**clean, "A": "task", "B": "task"} == second
    assert clean == other


async def test_a_task_uses_the_programs_of_its_interpreter_environment(tmp_path: Path) -> None:
    command = Command(argv=("{environment}/bin/pytest", "-q"))
    world = World(tmp_path)
    await world.run(task("a", commands=(command,), environment="py 3.12"))
    execution = world.runner.executed[0]
    folder = str(tmp_path / "r1/environments" / slug("py 3.12"))
    assert (f"{folder}/bin/pytest", "-q") == execution.argv
    assert f"{folder}/bin:/bin" == execution.env["PATH"]
    assert folder == execution.env["VIRTUAL_ENV"] == execution.env["UV_PROJECT_ENVIRONMENT"]


async def test_braces_of_other_tasks_are_left_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.run(task("a", commands=(Command(argv=("a", "{environment}")),)))
    assert ("a", "{environment}") == world.runner.executed[0].argv


@pytest.mark.parametrize(
    ("own", "most", "expected"),
    [
        (
            Limits(seconds=5),
            Limits(seconds=60, memory=100, output=10),
            Limits(seconds=5, memory=100, output=10),
        ),
        (Limits(seconds=90, memory=50), Limits(seconds=60), Limits(seconds=60, memory=50)),
        (Limits(memory=50), Limits(memory=20), Limits(memory=20)),
        (Limits(), Limits(), Limits()),
    ],
)
async def test_limits_are_only_narrowed(tmp_path: Path, own: Limits, most: Limits, expected: Limits) -> None:
    world = World(tmp_path, limits=most)
    await world.run(task("a", limits=own))
    assert expected == world.runner.executed[0].limits


async def test_commands_run_until_one_fails_and_share_the_time(tmp_path: Path) -> None:
    script = {"one": Scripted(seconds=2, cpu_seconds=1.0, peak_memory=7), "two": Scripted(exit_code=4)}
    world = World(tmp_path, script=script)
    commands = tuple(Command(argv=(name,)) for name in ("one", "two", "three"))
    run = await world.run(task("a", commands=commands, limits=Limits(seconds=10)))
    assert ["one", "two"] == world.started
    assert [10, 8] == [execution.limits.seconds for execution in world.runner.executed]
    assert [("step one", "a"), ("step two", "a")] == [
        heard for heard in world.observer.heard if "step" in heard[0]
    ]
    result = run.tasks[0]
    assert (4, "exit code 4", 1.0, 7) == (
        result.exit_code,
        result.reason,
        result.cpu_seconds,
        result.peak_memory,
    )
    assert [("one", "passed", 0, ""), ("two", "failed", 4, "exit code 4")] == [
        (step.name, step.status.value, step.exit_code, step.reason) for step in result.steps
    ]


async def test_a_single_command_has_no_steps(tmp_path: Path) -> None:
    run = await World(tmp_path).run(task("a"))
    assert ((), 0) == (run.tasks[0].steps, run.tasks[0].exit_code)


async def test_a_failure_is_told_with_the_lines_that_matter(tmp_path: Path) -> None:
    world = World(
        tmp_path, script={"a": Scripted(exit_code=1, output=b"1\n2\n3\n"), "b": Scripted(exit_code=1)}
    )
    run = await world.run(task("a"), task("b"))
    assert [("2", "3"), ()] == [one.excerpt for one in run.tasks]
    assert ["a", ""] == [one.log for one in run.tasks]


async def test_a_program_that_does_not_exist_fails_with_the_reason(tmp_path: Path) -> None:
    world = World(tmp_path)
    order = world.order(task("a"))
    world.runner._script = {}
    result, _ = await order.carry_out.task(task("a"), {}, order.carry_out.log(task("a")))
    assert (TaskStatus.FAILED, 127, "there is no program 'a'") == (
        result.status,
        result.exit_code,
        result.reason,
    )


async def test_secrets_are_shown_and_kept_nowhere(tmp_path: Path) -> None:
    printed = f"begin\nthe token is {SECRET} yes\nend without newline {SECRET}".encode()
    world = World(tmp_path, script={"a": Scripted(exit_code=1, output=printed)}, hidden=(SECRET,))
    run = await world.run(task("a"))
    shown = world.observer.output["a"]
    assert "begin\n" in shown
    assert "end without newline" in shown
    for text in (shown, world.store.log(run.id, "a").decode(), str(run)):
        assert SECRET not in text


async def test_secrets_leave_no_trace_in_what_a_job_says_of_itself(tmp_path: Path) -> None:
    said = TaskResult(
        name="j",
        status=TaskStatus.FAILED,
        reason=f"r {SECRET}",
        excerpt=(f"e {SECRET}",),
        steps=(
            StepResult(name=f"n {SECRET}", status=TaskStatus.FAILED, reason=SECRET, command=f"echo {SECRET}"),
        ),
        skipped=(Skipped(f"w {SECRET}", f"s {SECRET}"),),
        outputs={"o": SECRET},
    )
    world = World(tmp_path, jobs={"j": said}, hidden=(SECRET,))
    run = await world.run(job("j"))
    assert SECRET not in str(run)
    assert "r ***" == run.tasks[0].reason
    assert said == replace(
        (await World(tmp_path, jobs={"j": said}).run(job("j"))).tasks[0], log="", started=0.0
    )


async def test_output_is_shown_line_by_line(tmp_path: Path) -> None:
    world = World(tmp_path)
    log = world.order(task("a")).carry_out.log(task("a"))
    log.say(b"one\ntw")
    assert "one\n" == world.observer.output["a"]
    log.say(b"o")
    assert "one\n" == world.observer.output["a"]
    log.say(b"\n")
    assert "one\ntwo\n" == world.observer.output["a"]
    assert b"one\ntwo\n" == log.close()


async def test_the_project_may_lie_deep_in_its_repository(tmp_path: Path) -> None:
    world = World(tmp_path)
    order = world.order(task("a"))
    order.carry_out.checkout = replace(order.carry_out.checkout, prefix="packages/core")
    await order.carry_out.task(task("a"), {}, order.carry_out.log(task("a")))
    assert tmp_path / "r1/work/project/project/packages/core" == world.runner.executed[0].cwd


@pytest.mark.parametrize("name", ["a/b", "a b", "..", "x" * 300, "", "été", "a\udc80"])
def test_names_of_folders_are_safe_and_told_apart(name: str) -> None:
    found = slug(name)
    assert found.replace("-", "").replace(".", "").replace("_", "").isalnum()
    assert len(found) <= 64
    assert found != slug(name + "!")


def test_a_plain_name_is_its_own_folder() -> None:
    assert "py3.12_test-x" == slug("py3.12_test-x")


@pytest.mark.parametrize(("seconds", "expected"), [(0.5, "0.5 s"), (90, "90 s"), (1800, "30 minutes")])
def test_limits_of_time_are_told_as_a_person_would(seconds: float, expected: str) -> None:
    assert expected == span(seconds)
