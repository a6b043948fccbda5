"""The composition root: settings and adapters become a run, and nothing is left of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.worlds import FixedMeter

from autonomous_cicd.adapters.memory import (
    MemoryCache,
    MemoryClock,
    MemoryFiles,
    MemoryMachines,
    MemoryObserver,
    MemoryRunner,
    MemoryWorkspace,
    Scripted,
)
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.adapters.presence import Presence
from autonomous_cicd.app import App, Request
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.run import Run, RunStatus, TaskStatus
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Checkout
from autonomous_cicd.settings.load import load

FILES = {
    "a.py": "a = 1\n",
    ".github/workflows/ci.yml": "on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [{run: echo}]}}\n",
}
COMMIT = "c" * 40


class House:
    """An App with everything in memory but its state folder."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.root = folder / "shop"
        for name, text in FILES.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)
        self.environment = {"HOME": str(folder), "PATH": "/bin", **environment}
        self.clock = MemoryClock()
        self.store = MemoryStore()
        self.cache = MemoryCache()
        self.observer = MemoryObserver()
        self.runner = MemoryRunner({(): Scripted(output=b"fine\n")})

    def app(self, overrides: Mapping[str, object] | None = None) -> App:
        given = {
            "state_dir": str(self.folder / "state"),
            "pipeline.tasks": {"a": "a", "b": "b"},
            **(overrides or {}),
        }
        settings = load(None, environment=self.environment, overrides=given)
        checkout = Checkout(
            root=self.root, repository=True, commit=COMMIT, branch="main", default_branch="main"
        )
        return App(
            settings,
            environment=self.environment,
            clock=self.clock,
            store=self.store,
            cache=self.cache,
            runner=self.runner,
            workspace=MemoryWorkspace({self.root: FILES}, checkout),
            machines=MemoryMachines(Machine(cores=2, programs={"bash": "/bin/bash"})),
            meter=FixedMeter(),
        )

    async def run(self, overrides: Mapping[str, object] | None = None, *, jobs: int = 0) -> Run:
        return await self.app(overrides).run(Request(path=self.root, jobs=jobs), self.observer)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_a_run_leaves_a_record_and_nothing_else(house: House) -> None:
    run = await house.run()
    assert (RunStatus.PASSED, COMMIT, "main", "config") == (run.status, run.commit, run.branch, run.source)
    assert ("ended", "passed") == house.observer.heard[-1]
    assert run == house.store.run(run.id)
    assert house.runner.closed
    assert [] == list((house.folder / "state/runs").iterdir())


async def test_runs_have_ids_of_their_own_that_begin_with_their_time(house: House) -> None:
    first, second = await house.run(), await house.run()
    assert first.id != second.id
    assert first.id.startswith("20231114-221320-")


async def test_project_code_gets_no_credential(tmp_path: Path) -> None:
    house = House(tmp_path, SOME_TOKEN="hunter2-hunter2", CODEGEN_TOKEN="hunter3-hunter3", LANG="C")
    house.runner = MemoryRunner(
        {(): Scripted(exit_code=1, output=b"it is hunter2-hunter2 hunter3-hunter3\n")}
    )
    run = await house.run()
    env = house.runner.executed[0].env
    assert ("C", "true") == (env["LANG"], env["CI"])
    assert [] == [name for name, value in env.items() if "TOKEN" in name or "hunter" in value]
    assert "hunter" not in str(run) + str(house.observer.output) + str(house.store.log(run.id, "a"))


async def test_what_the_operator_allows_is_handed_on(tmp_path: Path) -> None:
    house = House(tmp_path, MY_FLAG="on", MY_OTHER="on")
    await house.run({"pipeline.environment": ["MY_FLAG"]})
    env = house.runner.executed[0].env
    assert ("on", None) == (env.get("MY_FLAG"), env.get("MY_OTHER"))


async def test_what_the_project_itself_names_is_handed_on(tmp_path: Path) -> None:
    """In its workflow files, tests and scripts; never a secret, and nothing that steers programs."""
    house = House(
        tmp_path, APP_MODE="fast", OTHER_MODE="x", APP_TOKEN="hunter2-hunter2", LD_PRELOAD="/evil.so"
    )
    named = "on: push\nenv: {A: $APP_MODE $APP_TOKEN $LD_PRELOAD}\njobs: {}\n"
    files = {**FILES, ".github/workflows/other.yml": named, "README.md": "OTHER_MODE\n"}
    app = house.app()
    app.__dict__["workspace"] = MemoryWorkspace({house.root: files})
    app.__dict__["files"] = lambda checkout: MemoryFiles(files)
    await app.run(Request(path=house.root), house.observer)
    env = house.runner.executed[0].env
    assert ("fast", [None] * 3) == (
        env.get("APP_MODE"),
        [env.get(name) for name in ("OTHER_MODE", "APP_TOKEN", "LD_PRELOAD")],
    )


def test_private_copies_are_run_as_the_project_was_asked_to_be(house: House) -> None:
    app = house.app()
    app._request = Request(path=house.root, skip=("b",))
    checkout = app.workspace.checkout(house.root)
    assert ["a"] == [task.name for task in app.plan_copy(checkout, "").pipeline.tasks]
    app._request = None
    assert ["a", "b"] == [task.name for task in app.plan_copy(checkout, "").pipeline.tasks]
    assert ["b"] == [task.name for task in app.plan_copy(checkout, "b").pipeline.tasks]


async def test_tasks_in_a_sandbox_have_downloads_of_their_own(house: House) -> None:
    await house.run()
    await house.run({"runner": "sandbox"})
    plain, sandboxed = (house.runner.executed[0], house.runner.executed[-1])
    assert str(house.folder / "state/downloads/pip") == plain.env["PIP_CACHE_DIR"]
    assert str(house.folder / "state/caches") in sandboxed.env["PIP_CACHE_DIR"]
    assert Path(sandboxed.env["PIP_CACHE_DIR"]).parent in sandboxed.writable


async def test_what_did_not_change_is_known(house: House) -> None:
    tasks = {"pipeline.tasks": {"a": {"command": "a", "inputs": ["*.py"]}}}
    await house.run(tasks)
    run = await house.run(tasks)
    assert [True] == [task.cached for task in run.tasks]


async def test_a_deployment_that_was_approved_is_done(house: House) -> None:
    deploy = {"deploy.command": "ship"}
    first = await house.run(deploy)
    assert TaskStatus.SKIPPED == first.tasks[-1].status
    assert COMMIT == house.app(deploy).approve(house.root, "production", "ccc")
    second = await house.run(deploy)
    assert TaskStatus.PASSED == second.tasks[-1].status


def test_only_what_is_checked_out_can_be_approved(house: House) -> None:
    with pytest.raises(UsageError, match="abc is not what is checked out"):
        house.app().approve(house.root, "production", "abc")


async def test_a_stage_that_is_asked_for_and_missing_is_told(house: House) -> None:
    run = await house.run({"pipeline.stages": ["custom", "deploy"]})
    assert ["deploy"] == [item.what for item in run.skipped]


async def test_gates_are_judged_by_what_the_run_left(house: House) -> None:
    run = await house.run({"quality_gates.compliance.required_files": ["LICENSE"]})
    assert [("compliance", "failed", 1)] == [(one.name, one.verdict.value, one.value) for one in run.gates]
    assert RunStatus.FAILED == run.status


async def test_a_stop_ends_it(house: House) -> None:
    house.runner = MemoryRunner({(): Scripted(waits=asyncio.Event())})
    stop = asyncio.Event()
    app = house.app()
    running = asyncio.ensure_future(app.run(Request(path=house.root), house.observer, stop=stop))
    while ("started", "a") not in house.observer.heard:
        await asyncio.sleep(0.01)
    stop.set()
    assert RunStatus.CANCELLED == (await running).status
    assert [] == list((house.folder / "state/runs").iterdir())


def test_a_plan_says_what_the_project_is_and_executes_nothing(house: House) -> None:
    planned = house.app().plan(Request(path=house.root, source="workflow", only=("j",)))
    assert ["j"] == [task.name for task in planned.pipeline.tasks]
    assert (".github/workflows/ci.yml",) == planned.project.workflows
    assert [] == house.runner.executed


async def test_recorded_durations_decide_the_order_unless_that_is_turned_off(house: House) -> None:
    run = Run(id="r", project=str(house.root), pipeline="p", source="config", status=RunStatus.PASSED)
    house.store.save_run(run)
    house.store.save_task("r", (await house.run()).tasks[0])
    house.store.durations = lambda project: {"a": 7.0}  # type: ignore[method-assign]
    assert [7.0, 0.0] == [task.seconds for task in house.app().plan(Request(path=house.root)).pipeline.tasks]
    unhurried = house.app({"pipeline.enable_optimization": False})
    assert [0.0, 0.0] == [task.seconds for task in unhurried.plan(Request(path=house.root)).pipeline.tasks]


async def test_so_many_tasks_at_once_as_are_asked_for(house: House) -> None:
    gate = asyncio.Event()
    house.runner = MemoryRunner({(): Scripted(waits=gate)})
    running = asyncio.ensure_future(house.run(jobs=1))
    while ("started", "a") not in house.observer.heard:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert ("started", "b") not in house.observer.heard
    gate.set()
    await running


def test_a_run_whose_process_died_is_lost_and_cleared_away(house: House) -> None:
    runs = house.folder / "state/runs"
    run = Run(id="dead", project="/p", pipeline="p", source="config", status=RunStatus.RUNNING)
    for run_id, status in (("dead", RunStatus.RUNNING), ("over", RunStatus.PASSED)):
        house.store.save_run(Run(**{**_fields(run), "id": run_id, "status": status}))
    for run_id in ("dead", "over", "unknown"):
        (runs / run_id).mkdir(parents=True)
        (runs / f"{run_id}.lock").touch()
    alive = Presence(runs, "alive")
    house.app().clear_away_the_dead()
    assert ["alive.lock"] == [path.name for path in runs.iterdir()]
    assert (RunStatus.LOST, RunStatus.PASSED) == (
        house.store.run("dead").status,
        house.store.run("over").status,
    )
    alive.end()


def test_a_run_elsewhere_that_gave_no_sign_of_life_is_lost(house: House) -> None:
    run = Run(id="r", project="/p", pipeline="p", source="config", status=RunStatus.RUNNING)
    house.store.save_run(run)
    house.app().clear_away_the_dead()
    assert RunStatus.LOST == house.store.run("r").status


async def test_what_a_run_may_use_is_bounded_as_the_settings_say(house: House) -> None:
    limits = {"pipeline.resource_limits.disk": 10**12, "pipeline.resource_limits.memory": 10**9}
    run = await house.run(limits)
    assert RunStatus.PASSED == run.status
    assert 10**9 == house.runner.executed[0].limits.memory


def test_adapters_are_made_when_they_are_first_asked_for(tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path),
        "PATH": "/bin",
        "AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "state"),
    }
    app = App.open(tmp_path, environment=environment)
    app.close()
    assert [] == list(tmp_path.iterdir())
    assert app.clock.now() > 0
    assert app.meter.cores() == app.machine.cores
    assert app.cache is not None
    assert type(app.runner).__name__ == "ProcessRunner"
    assert () == app.store.runs()
    app.close()
    sandboxed = App.open(environment=environment, overrides={"runner": "sandbox", "pipeline.cache": False})
    assert (None, "SandboxRunner") == (sandboxed.cache, type(sandboxed.runner).__name__)


def _fields(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in run.__dataclass_fields__}
