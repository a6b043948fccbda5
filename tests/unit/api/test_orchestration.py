"""What is known of tasks while they run."""

from __future__ import annotations

from dataclasses import replace

from autonomous_cicd.api.orchestration import Progress
from autonomous_cicd.domain.pipeline import Command, Pipeline, Source, Stage, Task
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.domain.workflow import Job, JobPlan, Workflow

RUN = Run(id="r", project="/p", pipeline="p", source="config", status=RunStatus.RUNNING)


def task(name: str) -> Task:
    return Task(name=name, stage=Stage.CUSTOM, commands=(Command(argv=("true",)),))


def result(name: str, status: TaskStatus) -> TaskResult:
    return TaskResult(name=name, status=status)


def some(progress: Progress) -> dict[str, int]:
    return {word: count for word, count in progress.counts.items() if count}


def test_tasks_wait_run_and_end() -> None:
    one, two = task("one"), task("two")
    progress = Progress((one, two))
    assert ({"waiting": 2}, 0.0) == (some(progress), progress.share)
    progress.began(RUN, Pipeline(id="p", source=Source.CONFIG, tasks=(one, two)))
    progress.task_started(one)
    progress.task_step(one, "true")
    progress.task_output(one, "text")
    assert ("r", {"waiting": 1, "running": 1}) == (progress.run_id, some(progress))
    progress.task_finished(one, result("one", TaskStatus.TIMED_OUT))
    assert ({"waiting": 1, "timed_out": 1}, 0.5) == (some(progress), progress.share)


def test_the_end_says_what_became_of_every_task() -> None:
    progress = Progress((task("one"), task("two")))
    tasks = (result("one", TaskStatus.PASSED), result("two", TaskStatus.CANCELLED))
    progress.ended(replace(RUN, tasks=tasks))
    assert ({"passed": 1, "cancelled": 1}, 1.0) == (some(progress), progress.share)


def test_every_state_is_named_and_nothing_to_do_is_done() -> None:
    progress = Progress(())
    assert ({word.value for word in TaskStatus}, 1.0) == (set(progress.counts), progress.share)


def test_the_parts_of_a_job_take_the_place_of_the_whole() -> None:
    """Its matrix was not known when the graph was made."""
    plan = JobPlan(workflow=Workflow(path="w.yml"), job=Job(id="test"), deferred=True)
    other = JobPlan(workflow=Workflow(path="w.yml"), job=Job(id="lint"))
    whole = Task(name="test", stage=Stage.WORKFLOW, job=plan)
    progress = Progress((whole, Task(name="lint", stage=Stage.WORKFLOW, job=other)))
    for version in ("3.11", "3.12"):
        part = replace(whole, name=f"test ({version})", job=replace(plan, deferred=False))
        progress.task_started(part)
    assert {"waiting": 1, "running": 2} == some(progress)
