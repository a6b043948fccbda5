"""Carries out workflow jobs in tests: real shells, a project made of texts."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from autonomous_cicd.adapters.clock import SystemClock
from autonomous_cicd.adapters.memory import MemoryFiles, MemoryWorkspace
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Limits, Stage, Task
from autonomous_cicd.domain.run import TaskResult
from autonomous_cicd.domain.workflow import JobPlan, Json
from autonomous_cicd.plugins import Action
from autonomous_cicd.ports import Checkout, Runner
from autonomous_cicd.services.job import JobWorld, run_job
from autonomous_cicd.workflows.file import read_workflow

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass
class Done:
    """What became of a job, and what it printed."""

    result: TaskResult
    log: str
    steps_begun: list[str]
    folder: Path

    @property
    def lines(self) -> list[str]:
        return self.log.splitlines()


@dataclass
class Given:
    """What a job is given."""

    folder: Path
    files: Mapping[str, str] = field(default_factory=dict)
    machine: Machine = field(default_factory=lambda: Machine(programs=shells()))
    needs: Mapping[str, TaskResult] = field(default_factory=dict)
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    matrix: Mapping[str, Json] = field(default_factory=dict)
    inputs: Mapping[str, Json] = field(default_factory=dict)
    event: str = "push"
    env: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=lambda: Limits(seconds=60))
    actions: tuple[Action, ...] | None = None
    name: str = "job"
    deferred: bool = False
    pythons: Path | None = None
    """Where the Pythons that a test made are kept for the next one."""


def shells() -> dict[str, str]:
    """Return the shells of this machine, and Node."""
    names = ("bash", "sh", "node", "npm")
    return {name: path for name in names if (path := shutil.which(name, path=PATH))}


def workflow_text(job: Mapping[str, Any], **more: Any) -> str:
    """Return a workflow file with one job."""
    whole = {"runs-on": "ubuntu-latest", **job}
    return yaml.safe_dump({"on": "push", **more, "jobs": {"job": whole}}, sort_keys=False)


def task_of(text: str, given: Given) -> Task:
    """Return the task of the first job of a workflow file that is not one of those it needs."""
    workflow = read_workflow(text, path=".github/workflows/ci.yml")
    plan = JobPlan(
        workflow=workflow,
        job=next(job for job in workflow.jobs if job.id not in given.needed),
        matrix=given.matrix,
        inputs=given.inputs,
        event=given.event,
        needs=given.needed,
        absent=given.absent,
        deferred=given.deferred,
    )
    return Task(name=given.name, stage=Stage.WORKFLOW, job=plan)


def world_of(
    given: Given,
    *,
    runner: Runner,
    say: Callable[[bytes], None] = lambda chunk: None,
    on_step: Callable[[str], None] = lambda step: None,
) -> JobWorld:
    """Return the world of a job."""
    root = given.folder / "origin" / "demo"
    checkout = Checkout(
        root=root,
        repository=True,
        commit=COMMIT,
        branch="main",
        default_branch="main",
        remote="https://example.org/octo/demo.git",
        files=tuple(given.files),
    )
    return JobWorld(
        runner=runner,
        workspace=MemoryWorkspace({root: given.files}),
        checkout=checkout,
        machine=given.machine,
        folder=given.folder / given.name,
        artifacts=given.folder / "artifacts",
        caches=given.folder / "caches",
        pythons=given.pythons or given.folder / "pythons",
        base_env={"PATH": PATH, "LANG": "C.UTF-8", **given.env},
        say=say,
        on_step=on_step,
        needs=given.needs,
        clock=SystemClock(),
        limits=given.limits,
        files=MemoryFiles(given.files),
        actions=given.actions,
    )


async def carry_out(text: str, given: Given) -> Done:
    """Carry out the job of a workflow file."""
    chunks: list[bytes] = []
    begun: list[str] = []
    runner = ProcessRunner(grace=0.2)
    try:
        world = world_of(given, runner=runner, say=chunks.append, on_step=begun.append)
        result = await run_job(task_of(text, given), world)
    finally:
        await runner.close()
    return Done(result, b"".join(chunks).decode("utf-8", "replace"), begun, given.folder / given.name)


def check(done: Done, expect: Mapping[str, Any]) -> None:
    """Compare what became of a job with what a case expects."""
    result = done.result
    assert expect.get("status", "passed") == result.status, f"{result}\n{done.log}"
    for text in expect.get("prints", ()):
        assert text in done.lines, done.log
    for text in expect.get("prints_not", ()):
        assert text not in done.lines, done.log
    if "steps" in expect:
        assert expect["steps"] == [step.status for step in result.steps], f"{result.steps}\n{done.log}"
    if "outputs" in expect:
        assert expect["outputs"] == dict(result.outputs)
    assert expect.get("reason", "") in result.reason
    if "skipped" in expect:
        assert len(expect["skipped"]) == len(result.skipped), result.skipped
        for text, entry in zip(expect["skipped"], result.skipped, strict=True):
            assert text in f"{entry.what}: {entry.reason}"


def cases(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the cases of a folder's files, with their names."""
    return [
        (f"{file.stem}: {case['name']}", case)
        for file in sorted(folder.glob("*.yml"))
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def run_case(
    case: Mapping[str, Any], folder: Path, machine: Machine | None = None, pythons: Path | None = None
) -> Done:
    """Carry out the job of a case."""
    for name, text in case.get("before", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    given = Given(
        folder=folder,
        files=case.get("files", {}),
        matrix=case.get("matrix", {}),
        inputs=case.get("inputs", {}),
        event=case.get("event", "push"),
        machine=machine or Machine(programs=shells()),
        env=case.get("base_env", {}),
        pythons=pythons,
    )
    return asyncio.run(carry_out(workflow_text(case["job"], **case.get("workflow", {})), given))
