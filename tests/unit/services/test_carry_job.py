"""A job of a workflow file is given what the tasks of its run share."""

from __future__ import annotations

from pathlib import Path

from tests.worlds import World

from autonomous_cicd.adapters.memory import MemoryMachines
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Stage, Task
from autonomous_cicd.domain.run import TaskStatus
from autonomous_cicd.domain.workflow import Job, JobPlan, Step, Workflow
from autonomous_cicd.services.carry_job import carry_job


async def test_a_job_runs_in_a_folder_of_its_own_and_its_steps_are_heard(tmp_path: Path) -> None:
    job = Job(id="j", runs_on="ubuntu-latest", steps=(Step(name="Greet", run="echo hello"),))
    plan = JobPlan(workflow=Workflow(path=".github/workflows/ci.yml", jobs=(job,)), job=job, event="push")
    task = Task(name="j (1/2)", stage=Stage.WORKFLOW, job=plan)
    world = World(tmp_path)
    shared = world.order(task).carry_out
    shared.look = MemoryMachines(Machine(programs={"bash": "/bin/bash"})).look
    log = shared.log(task)
    result = await carry_job(shared, task, {}, log)
    assert (TaskStatus.PASSED, "") == (result.status, result.reason)
    assert [("step Greet", "j (1/2)")] == [heard for heard in world.observer.heard if "step" in heard[0]]
    assert tmp_path / "r1/jobs" in world.runner.executed[-1].cwd.parents
    assert b"fine\n" in log.close()
