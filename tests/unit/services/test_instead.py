"""A script in the place of what failed, and nothing after it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.runs import a_pipeline, a_result, a_task

from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.domain.workflow import Job, JobPlan, Step, Workflow
from autonomous_cicd.services.instead import instead

SCRIPT = "ruff format ."


def failed(name: str, command: str = "") -> StepResult:
    return StepResult(name=name, status=TaskStatus.FAILED, seconds=1.0, exit_code=1, command=command)


def commands(*texts: str) -> Task:
    made = tuple(Command(argv=("sh", "-c", text)) for text in texts)
    return replace(a_task("lint"), commands=made, inputs=("**",), outputs=("x",))


@pytest.mark.parametrize(
    ("step", "kept"), [(1, ["one"]), (0, []), (2, ["one", "two"]), (None, ["one", "two"])]
)
def test_of_commands(step: int | None, kept: list[str]) -> None:
    task = commands("one", "two", "three")
    steps = () if step is None else (failed("x", task.commands[step].text),)
    pipeline = instead(
        a_pipeline(task, a_task("after")), name="lint", result=a_result("lint", steps=steps), script=SCRIPT
    )
    assert ["after", "lint"] == [one.name for one in pipeline.tasks], "it comes last, where it is looked at"
    last = pipeline.tasks[-1]
    assert [*kept, SCRIPT] == [one.argv[-1] for one in last.commands]
    assert ("bash", "-ec", SCRIPT) == last.commands[-1].argv
    assert ((), ()) == (last.inputs, last.outputs), "it is never taken from the cache, and keeps nothing"


STEPS = (
    Step(uses="actions/checkout@v4"),
    Step(run="make lint", name="Lint", condition="always()", continue_on_error=True),
    Step(run="make test"),
    Step(uses="actions/upload-artifact@v4"),
)


@pytest.mark.parametrize(
    ("step", "place"),
    [
        (failed("Lint"), 1),
        (failed("Run make test"), 2),
        (failed("?", "make test"), 2),
        (failed("?", "something else"), 2),
        (None, 2),
    ],
)
def test_of_a_job(step: StepResult | None, place: int) -> None:
    plan = JobPlan(workflow=Workflow(path="ci.yml"), job=Job(id="lint", steps=STEPS, outputs={"a": "b"}))
    task = Task(name="lint", stage=Stage.WORKFLOW, job=plan)
    result = a_result("lint", steps=(step,) if step else ())
    (changed,) = instead(a_pipeline(task), name="lint", result=result, script=SCRIPT).tasks
    assert changed.job is not None
    steps = changed.job.job.steps
    assert (STEPS[:place], place + 1) == (steps[:place], len(steps))
    assert (SCRIPT, None, "", False) == (
        steps[-1].run,
        steps[-1].uses,
        steps[-1].condition,
        steps[-1].continue_on_error,
    )
    assert {} == changed.job.job.outputs
