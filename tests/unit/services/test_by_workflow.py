"""By workflow: what passes or fails by itself is healed by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.runs import a_pipeline, a_result, a_run, a_task

from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.pipeline import Source, Stage, Task
from autonomous_cicd.domain.run import GateResult, RunStatus, TaskStatus, Verdict
from autonomous_cicd.domain.workflow import Job, JobPlan, Workflow
from autonomous_cicd.services.by_workflow import Together, heal_each, of_file, parts
from autonomous_cicd.services.heal import Healing

RED = TaskStatus.FAILED
FIX = Patch((changed_file("a", "1", "2"),))


def job(file: str, name: str, caller: JobPlan | None = None) -> Task:
    plan = JobPlan(workflow=Workflow(path=file), job=Job(id=name), caller=caller)
    return Task(name=name, stage=Stage.WORKFLOW, job=plan)


def ran(**status: TaskStatus) -> Ran:
    """Return a run of jobs `a` and `b` of one file, and `c` of another."""
    tasks = [job("one.yml", "a"), job("one.yml", "b"), job("two.yml", "c")]
    results = [a_result(name, status.get(name, TaskStatus.PASSED)) for name in "abc"]
    logs = dict.fromkeys("abc", "said")
    return Ran(run=a_run(*results), pipeline=a_pipeline(*tasks, source=Source.WORKFLOW), logs=logs)


def test_each_file_has_its_own_tasks_status_and_logs_the_smallest_first() -> None:
    found = parts(ran(b=RED))
    assert ["two.yml", "one.yml"] == list(found)
    assert [RunStatus.PASSED, RunStatus.FAILED] == [one.run.status for one in found.values()]
    assert [("c",), ("a", "b")] == [tuple(task.name for task in one.run.tasks) for one in found.values()]
    assert [("c",), ("a", "b")] == [tuple(one.logs) for one in found.values()]


def test_tasks_of_a_called_file_belong_to_the_caller() -> None:
    calling = JobPlan(workflow=Workflow(path="one.yml"), job=Job(id="call"))
    tasks = [job("called.yml", "a", calling), job("two.yml", "c")]
    assert ["a"] == [task.name for task in of_file(a_pipeline(*tasks), "one.yml").tasks]


def test_a_matrix_that_only_the_run_made_belongs_to_its_job() -> None:
    whole = ran()
    run = a_run(a_result("a (1)", RED), a_result("c"))
    assert RunStatus.FAILED == parts(replace(whole, run=run))["one.yml"].run.status


def test_a_file_that_is_refused_is_red_although_nothing_of_it_was_run() -> None:
    whole = ran()
    assert whole.pipeline
    pipeline = replace(whole.pipeline, problems=("three.yml:3: no such job",))
    found = parts(replace(whole, pipeline=pipeline))
    assert RunStatus.FAILED == found["three.yml"].run.status


@pytest.mark.parametrize("tasks", [(a_task("a"), a_task("b")), (job("one.yml", "a"), job("one.yml", "b"))])
def test_what_is_of_one_piece_is_left_so(tasks: tuple[Task, ...]) -> None:
    whole = Ran(run=a_run(a_result("a", RED), a_result("b")), pipeline=a_pipeline(*tasks))
    assert {"": whole} == parts(whole)


def test_gates_are_a_part_of_their_own() -> None:
    whole = ran()
    gate = GateResult(name="coverage", verdict=Verdict.FAILED)
    found = parts(replace(whole, run=replace(whole.run, gates=(gate,), status=RunStatus.FAILED)))
    assert ["two.yml", "one.yml", ""] == list(found)
    assert (gate,) == found[""].run.gates
    assert () == found["one.yml"].run.gates


def healed(part: Ran, *, green: bool, stopped: str = "") -> Healing:
    status = RunStatus.PASSED if green else RunStatus.FAILED
    after = replace(part, run=replace(part.run, status=status))
    return Healing(ran=after, patch=FIX if green else NOTHING, incidents=(), stopped=stopped)


async def together(
    red: Ran, hopeless: str = "", breaks: str = "", stopped: str = ""
) -> tuple[Together, list[str]]:
    """Heal each file but the hopeless one; return what became of it, and what was done."""
    done: list[str] = []

    async def heal(file: str, part: Ran, base: Patch) -> Healing:
        done.append(f"heal {file}{' on top' if base else ''}")
        return healed(part, green=file != hopeless, stopped=stopped)

    async def check(file: str, patch: Patch) -> Ran:
        done.append(f"check {file}")
        status = RunStatus.FAILED if file == breaks else RunStatus.PASSED
        return Ran(run=a_run(status=status), pipeline=None)

    return await heal_each(parts(red), heal, check), done


async def test_what_was_green_is_checked_with_the_change() -> None:
    found, done = await together(ran(a=RED))
    assert ["heal one.yml", "check two.yml"] == done
    assert (True, FIX) == (found.healing(ran(a=RED)).green, found.healing(ran(a=RED)).patch)


async def test_one_that_cannot_be_healed_does_not_keep_the_others_from_it() -> None:
    """The whole is not green then, and what is proven is delivered."""
    red = ran(a=RED, c=RED)
    found, done = await together(red, hopeless="two.yml")
    assert ["heal two.yml", "heal one.yml"] == done
    assert (False, FIX) == (found.healing(red).green, found.healing(red).patch)


async def test_nothing_is_delivered_that_breaks_another_file() -> None:
    found, _ = await together(ran(a=RED), breaks="two.yml")
    healing = found.healing(ran(a=RED))
    assert (False, NOTHING, "two.yml") == (healing.green, healing.patch, found.broke)


async def test_a_stop_ends_it() -> None:
    red = ran(a=RED, c=RED)
    found, done = await together(red, stopped="it was interrupted")
    assert ["heal two.yml"] == done
    assert "it was interrupted" == found.healing(red).stopped
