"""By workflow: what passes or fails by itself is healed by itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.runs import a_pipeline, a_result, a_run, a_task

from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.pipeline import Skipped, Source, Stage, Task
from autonomous_cicd.domain.run import RunStatus, TaskStatus
from autonomous_cicd.domain.workflow import Job, JobPlan, Workflow
from autonomous_cicd.services.by_workflow import Together, files_of, heal_each, of_file
from autonomous_cicd.services.heal import Healing

FIX = Patch((changed_file("a", "1", "2"),))
PIPELINE_FILES = ("one.yml", "two.yml")


def job(file: str, name: str, caller: JobPlan | None = None) -> Task:
    plan = JobPlan(workflow=Workflow(path=file), job=Job(id=name), caller=caller)
    return Task(name=name, stage=Stage.WORKFLOW, job=plan)


def test_the_main_file_comes_first_and_then_what_is_smallest() -> None:
    tasks = [
        job(".github/workflows/docs.yml", "a"),
        job(".github/workflows/docs.yml", "b"),
        job(".github/workflows/lint.yml", "c"),
        job(".github/workflows/ci.yml", "d"),
    ]
    names = [name.rpartition("/")[2] for name in files_of(a_pipeline(*tasks, source=Source.WORKFLOW))]
    assert ["ci.yml", "lint.yml", "docs.yml"] == names


def test_a_file_that_is_refused_is_one_too() -> None:
    pipeline = replace(a_pipeline(job("one.yml", "a")), problems=("two.yml:3: no such job",))
    assert set(PIPELINE_FILES) == set(files_of(pipeline))
    assert ((), ("two.yml:3: no such job",)) == (
        of_file(pipeline, "two.yml").tasks,
        of_file(pipeline, "two.yml").problems,
    )


def test_what_no_file_asks_for_is_not_taken_apart() -> None:
    assert () == files_of(a_pipeline(a_task("a"), job("one.yml", "b")))


def test_tasks_of_a_called_file_belong_to_the_caller() -> None:
    calling = JobPlan(workflow=Workflow(path="one.yml"), job=Job(id="call"))
    tasks = [job("called.yml", "a", calling), job("two.yml", "c")]
    assert ["a"] == [task.name for task in of_file(a_pipeline(*tasks), "one.yml").tasks]


def ran(file: str, *, red: bool = False, **more: Any) -> Ran:
    status = TaskStatus.FAILED if red else TaskStatus.PASSED
    return Ran(run=a_run(a_result(file, status), **more), pipeline=None, logs={file: "said"})


@dataclass
class World:
    """What is red, what cannot be healed, what breaks with the change, and what was done."""

    red: tuple[str, ...] = ("one.yml",)
    wants: str = ""
    """What leaves out a check for want of a secret."""
    hopeless: str = ""
    breaks: str = ""
    stopped: str = ""
    late: str = ""
    left: float = 100.0
    done: list[str] = field(default_factory=list)

    async def together(self) -> Together:
        """Heal it all."""
        return await heal_each(PIPELINE_FILES, self.run, self.heal, self.check, lambda: self.left)

    async def run(self, file: str, seconds: float | None) -> Ran:
        self.done.append(f"run {file}{' in a hurry' if seconds else ''}")
        if file == self.late:
            return Ran(run=a_run(status=RunStatus.FAILED, reason="it took longer than 3 s"), pipeline=None)
        left_out = (Skipped("Live", "needs the secret KEY", check=True),) if file == self.wants else ()
        return ran(file, red=file in self.red, skipped=left_out)

    async def heal(self, file: str, part: Ran, base: Patch) -> Healing:
        self.done.append(f"heal {file}{' on top' if base else ''}")
        green = file != self.hopeless
        after = replace(part, run=replace(part.run, status=RunStatus.PASSED)) if green else part
        patch = Patch((changed_file(file, "1", "2"),)) if green and file in self.red else NOTHING
        unchecked = ("the step 'Live'",) if file == self.wants else ()
        return Healing(ran=after, patch=patch, incidents=(), stopped=self.stopped, unchecked=unchecked)

    async def check(self, file: str, patch: Patch, seconds: float) -> Ran:
        self.done.append(f"check {file}")
        return ran(file, red=file == self.breaks)


async def test_what_was_green_is_checked_with_the_change() -> None:
    world = World()
    found = await world.together()
    whole = found.ran(a_pipeline())
    assert ["run one.yml", "heal one.yml", "run two.yml in a hurry", "check two.yml"] == world.done
    assert (RunStatus.FAILED, ("one.yml", "two.yml")) == (
        whole.run.status,
        tuple(task.name for task in whole.run.tasks),
    )
    assert (True, ("one.yml",)) == (found.healing(whole).green, found.healing(whole).patch.files)


async def test_changes_for_several_files_are_made_on_top_of_each_other() -> None:
    """And the first one is run with the second one's change as well."""
    world = World(red=PIPELINE_FILES)
    found = await world.together()
    assert [
        "run one.yml",
        "heal one.yml",
        "run two.yml in a hurry",
        "heal two.yml on top",
        "check one.yml",
    ] == (world.done)
    assert PIPELINE_FILES == found.patch.files


async def test_one_that_cannot_be_healed_does_not_keep_the_others_from_it() -> None:
    """The whole is not green then, and what is proven is delivered."""
    found = await World(red=PIPELINE_FILES, hopeless="one.yml").together()
    healing = found.healing(found.ran(a_pipeline()))
    assert (False, ("two.yml",)) == (healing.green, healing.patch.files)


async def test_nothing_is_delivered_that_breaks_another_file() -> None:
    found = await World(breaks="two.yml").together()
    healing = found.healing(found.ran(a_pipeline()))
    assert (False, NOTHING, "two.yml") == (healing.green, healing.patch, found.broke)


@pytest.mark.parametrize(("left", "late"), [(0.0, ""), (5.0, "two.yml")])
async def test_what_the_time_did_not_suffice_for_is_told(left: float, late: str) -> None:
    """Only when there is a fix at hand: nobody knows whether all is green then, and the fix is delivered."""
    found = await World(left=left, late=late).together()
    whole = found.ran(a_pipeline())
    assert ["two.yml"] == found.late
    assert ["two.yml"] == [item.what for item in whole.run.skipped]
    healing = found.healing(whole)
    assert (False, ("one.yml",), RunStatus.PASSED) == (
        healing.green,
        healing.patch.files,
        healing.ran.run.status,
    )
    assert healing.unchecked[0].startswith("two.yml: not run: the time")


@pytest.mark.parametrize(("red", "files"), [((), ()), (("one.yml",), ("one.yml",))])
async def test_a_check_that_was_left_out_is_told_next_to_what_was_healed(
    red: tuple[str, ...], files: tuple[str, ...]
) -> None:
    found = await World(red=red, wants="two.yml").together()
    healing = found.healing(found.ran(a_pipeline()))
    assert (False, files, ("the step 'Live'",)) == (healing.green, healing.patch.files, healing.unchecked)


def test_what_was_left_out_of_all_files_is_told_once() -> None:
    pipeline = replace(
        a_pipeline(job("one.yml", "a"), job("two.yml", "b")), skipped=(Skipped("live", "x", check=True),)
    )
    assert [1, 0] == [len(of_file(pipeline, file).skipped) for file in files_of(pipeline)]


async def test_without_a_fix_there_is_no_hurry() -> None:
    world = World(red=(), left=0.0)
    found = await world.together()
    assert ["run one.yml", "run two.yml"] == world.done
    assert RunStatus.PASSED == found.ran(a_pipeline()).run.status


async def test_a_stop_ends_it() -> None:
    world = World(red=PIPELINE_FILES, stopped="it was interrupted")
    found = await world.together()
    assert ["run one.yml", "heal one.yml"] == world.done
    assert "it was interrupted" == found.healing(found.ran(a_pipeline())).stopped
