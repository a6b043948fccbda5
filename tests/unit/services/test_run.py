"""The order in which tasks run, what keeps one from running, and what ends a run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.worlds import FixedMeter, World, task

from autonomous_cicd.adapters.memory import Scripted
from autonomous_cicd.domain.pipeline import Limits, Ordering, Stage, Task
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult, TaskStatus, Verdict
from autonomous_cicd.domain.workflow import Job, JobPlan, Workflow
from autonomous_cicd.errors import Unavailable, UsageError
from autonomous_cicd.services.run import BEAT, execute
from autonomous_cicd.services.task_log import OUT_OF_TIME

FAILS = Scripted(exit_code=3, output=b"first\nsecond\nboom\n")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def job(name: str, *needs: str, deferred: bool = False, **options: object) -> Task:
    plan = JobPlan(
        workflow=Workflow(path=".github/workflows/ci.yml"), job=Job(id=name), event="push", deferred=deferred
    )
    return Task(name=name, stage=Stage.WORKFLOW, job=plan, needs=needs, **options)  # type: ignore[arg-type]


def passed(name: str, **options: object) -> TaskResult:
    return TaskResult(name=name, status=TaskStatus.PASSED, **options)  # type: ignore[arg-type]


def statuses(run: Run) -> dict[str, str]:
    return {one.name: one.status.value for one in run.tasks}


def reasons(run: Run) -> dict[str, str]:
    return {one.name: one.reason for one in run.tasks if one.reason}


async def test_a_run_whose_tasks_pass_is_green(world: World) -> None:
    run = await world.run(task("a"), task("b", "a"))
    assert (RunStatus.PASSED, "") == (run.status, run.reason)
    assert {"a": "passed", "b": "passed"} == statuses(run)


async def test_what_a_task_needs_comes_before_it(world: World) -> None:
    await world.run(task("c", "b"), task("b", "a"), task("a"), jobs=1)
    assert ["a", "b", "c"] == world.started


async def test_the_longest_chain_begins_first(world: World) -> None:
    await world.run(
        task("short", seconds=1), task("long", seconds=9), task("then", "short", seconds=20), jobs=1
    )
    assert ["short", "then", "long"] == world.started


async def test_results_are_told_in_the_order_of_the_pipeline(world: World) -> None:
    run = await world.run(task("late", "early"), task("early"))
    assert ["late", "early"] == [one.name for one in run.tasks]


async def test_no_more_tasks_run_at_once_than_are_allowed(tmp_path: Path) -> None:
    gate = asyncio.Event()
    world = World(tmp_path, script={"a": Scripted(waits=gate), "b": Scripted(waits=gate)})
    running = asyncio.ensure_future(world.run(task("a"), task("b"), task("c"), jobs=2))
    while len(world.observer.heard) < 3:
        await asyncio.sleep(0.01)
    assert [("began", "running"), ("started", "a"), ("started", "b")] == world.observer.heard
    gate.set()
    assert RunStatus.PASSED == (await running).status


async def test_a_sequential_pipeline_runs_one_after_the_other(tmp_path: Path) -> None:
    world = World(tmp_path)
    await world.run(task("a"), task("b"), ordering=Ordering.SEQUENTIAL)
    kinds = [kind for kind, _ in world.observer.heard]
    assert ["began", "started", "passed", "started", "passed"] == kinds


async def test_a_busy_machine_is_looked_at_again(tmp_path: Path) -> None:
    """An adaptive run adds tasks when the machine has become idle, although none ended."""
    gate = asyncio.Event()
    world = World(tmp_path, script={"a": Scripted(waits=gate), "b": Scripted(waits=gate)})
    world.meter = FixedMeter(share=1.0, processors=1)
    running = asyncio.ensure_future(world.run(task("a"), task("b"), ordering=Ordering.ADAPTIVE))
    while not world.meter.looks:
        await asyncio.sleep(0.01)
    assert ["a"] == [name for kind, name in world.observer.heard if kind == "started"]
    world.meter.share = 0.0
    while ("started", "b") not in world.observer.heard:
        await world.clock.turn(0.5)
        await asyncio.sleep(0.01)
    gate.set()
    assert RunStatus.PASSED == (await running).status


async def test_a_run_that_ends_does_not_look_again(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": Scripted(waits=asyncio.Event())})
    world.meter = FixedMeter(share=1.0, processors=1)
    running = asyncio.ensure_future(world.run(task("a"), task("b"), ordering=Ordering.ADAPTIVE))
    while not world.meter.looks:
        await asyncio.sleep(0.01)
    world.stop.set()
    assert {"a": "cancelled", "b": "cancelled"} == statuses(await running)


async def test_what_needs_a_failed_task_is_skipped_with_the_reason(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": FAILS})
    run = await world.run(task("a"), task("b", "a"), task("c", "b"), task("d"))
    assert {"a": "failed", "b": "skipped", "c": "skipped", "d": "passed"} == statuses(run)
    assert {"a": "exit code 3", "b": "a failed", "c": "b was skipped"} == reasons(run)
    assert RunStatus.FAILED == run.status


async def test_an_optional_task_may_fail(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": FAILS})
    run = await world.run(task("a", optional=True), task("b", "a"))
    assert {"a": "failed", "b": "passed"} == statuses(run)
    assert RunStatus.PASSED == run.status


async def test_a_task_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": Scripted(seconds=9.0)})
    run = await world.run(task("a", limits=Limits(seconds=5)), task("b", "a"))
    assert {"a": "timed_out", "b": "skipped"} == statuses(run)
    assert {"a": "it took longer than 5 s", "b": "a took too long"} == reasons(run)
    assert OUT_OF_TIME.encode() in world.store.log(run.id, "a")


async def test_a_run_that_takes_too_long_is_ended_and_red(tmp_path: Path) -> None:
    hangs = Scripted(output=b"so far\n", waits=asyncio.Event())
    world = World(tmp_path, script={"a": hangs})
    run = await world.run(task("a"), task("b", "a"), seconds=2)  # enough to begin on a busy machine
    assert (RunStatus.FAILED, "it took longer than 2 s; ended before their time: a") == (
        run.status,
        run.reason,
    )
    assert {"a": "cancelled", "b": "cancelled"} == statuses(run)
    assert {"a": "the run was ended", "b": "it had not begun"} == reasons(run)
    assert b"so far\n" == world.store.log(run.id, "a")


async def test_a_run_whose_gates_take_too_long_names_no_task(world: World) -> None:
    def gates(pairs: object) -> tuple[GateResult, ...]:
        time.sleep(1.2)
        return ()

    run = await execute(replace(world.order(task("a"), seconds=1), gates=gates))
    assert (RunStatus.FAILED, "it took longer than 1 s") == (run.status, run.reason)


async def test_a_stop_from_outside_ends_the_run_in_order(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": Scripted(waits=asyncio.Event())})
    running = asyncio.ensure_future(world.run(task("a"), task("b", "a")))
    while ("started", "a") not in world.observer.heard:
        await asyncio.sleep(0.01)
    world.stop.set()
    run = await running
    assert (RunStatus.CANCELLED, "interrupted") == (run.status, run.reason)
    assert {"a": "cancelled", "b": "cancelled"} == statuses(run)
    assert RunStatus.CANCELLED == world.store.run(run.id).status


async def test_a_run_is_cancelled_through_the_store(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": Scripted(waits=asyncio.Event())})
    running = asyncio.ensure_future(world.run(task("a")))
    while ("started", "a") not in world.observer.heard:
        await asyncio.sleep(0.01)
    await world.clock.turn(BEAT)
    assert not running.done()
    assert world.store.cancel("r1")
    await world.clock.turn(BEAT)
    run = await running
    assert (RunStatus.CANCELLED, "somebody asked for it to be cancelled") == (run.status, run.reason)


async def test_a_run_shows_that_it_is_alive(tmp_path: Path) -> None:
    gate = asyncio.Event()
    world = World(tmp_path, script={"a": Scripted(waits=gate)})
    running = asyncio.ensure_future(world.run(task("a")))
    while ("started", "a") not in world.observer.heard:
        await asyncio.sleep(0.01)
    for _ in range(50):
        await world.clock.turn(BEAT)
    assert () == world.store.bury(world.clock.now() - 60)
    gate.set()
    await running


async def test_whoever_waits_for_a_run_can_be_cancelled(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": Scripted(waits=asyncio.Event())})
    running = asyncio.ensure_future(world.run(task("a")))
    while ("started", "a") not in world.observer.heard:
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (RunStatus.CANCELLED, "interrupted") == (
        world.store.run("r1").status,
        world.store.run("r1").reason,
    )
    assert {"a": "cancelled"} == statuses(world.store.run("r1"))


async def test_a_run_that_fills_the_disk_is_ended_and_red(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": Scripted(waits=asyncio.Event())}, disk=10_000_000, used=4_000_000)
    running = asyncio.ensure_future(world.run(task("a")))
    while ("started", "a") not in world.observer.heard:
        await asyncio.sleep(0.01)
    while world.measured < 2:
        await world.clock.turn(BEAT)
        await asyncio.sleep(0.01)
    assert not running.done()
    world.used = 12_000_000
    while not running.done():
        await world.clock.turn(BEAT)
        await asyncio.sleep(0.01)
    run = await running
    assert RunStatus.FAILED == run.status
    assert "it used 12 MB, more than the 10 MB that `limits.disk` allows" == run.reason


async def test_a_problem_of_the_pipeline_makes_the_run_red(world: World) -> None:
    run = await world.run(task("a"), problems=("ci.yml:3: no", "ci.yml:9: neither"))
    assert (RunStatus.FAILED, "ci.yml:3: no; ci.yml:9: neither") == (run.status, run.reason)
    assert {"a": "passed"} == statuses(run)


async def test_where_nothing_could_be_checked_the_run_is_red(tmp_path: Path) -> None:
    unsure = TaskResult(name="j", status=TaskStatus.NOT_CHECKED, reason="no such thing here")
    world = World(tmp_path, jobs={"j": unsure})
    run = await world.run(job("j"), task("a", "j"))
    assert (RunStatus.FAILED, "nothing could be checked") == (run.status, run.reason)
    assert {"j": "no such thing here", "a": "j could not be checked"} == reasons(run)


async def test_a_gate_that_fails_makes_the_run_red(tmp_path: Path) -> None:
    gate = GateResult(name="test_coverage", verdict=Verdict.FAILED, value=10.0, threshold=80.0)
    run = await World(tmp_path, gates=(gate,)).run(task("a"))
    assert (RunStatus.FAILED, (gate,)) == (run.status, run.gates)


async def test_a_job_decides_itself_whether_it_runs_after_a_failure(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": FAILS}, jobs={"always": passed("always")})
    run = await world.run(task("a"), job("always", "a"))
    assert {"a": "failed", "always": "passed"} == statuses(run)
    assert b"job always after a\n" == world.store.log(run.id, "always")


async def test_a_matrix_that_is_known_late_becomes_several_tasks(tmp_path: Path) -> None:
    results = {"m (1)": passed("m (1)", outputs={"x": "1"}), "m (2)": passed("m (2)", seconds=4.0)}
    world = World(tmp_path, jobs={"plan": passed("plan"), "after": passed("after"), **results})
    world.expand = lambda whole, needs: [job("m (1)", *whole.needs), job("m (2)", *whole.needs)]
    run = await world.run(job("plan"), job("m", "plan", deferred=True), job("after", "m"))
    assert ["plan", "m (1)", "m (2)", "after"] == [one.name for one in run.tasks]
    assert RunStatus.PASSED == run.status
    assert b"job after after m\n" == world.store.log(run.id, "after")


async def test_the_worst_of_several_decides_for_what_needs_them(tmp_path: Path) -> None:
    failed = TaskResult(name="m (2)", status=TaskStatus.FAILED, reason="exit code 1")
    skipped = TaskResult(name="m (1)", status=TaskStatus.SKIPPED, reason="not wanted")
    world = World(tmp_path, jobs={"m (1)": skipped, "m (2)": failed})
    world.expand = lambda whole, needs: [job("m (1)"), job("m (2)")]
    run = await world.run(job("m", deferred=True), task("a", "m"))
    assert "m failed" == reasons(run)["a"]


async def test_parts_get_names_of_their_own(tmp_path: Path) -> None:
    results = {name: passed(name) for name in ("x", "x #2", "x #3")}
    world = World(tmp_path, jobs=results)
    world.expand = lambda whole, needs: [job("x"), job("x")]
    run = await world.run(job("x"), job("m", deferred=True), jobs=1)
    assert {"x", "x #2", "x #3"} == {one.name for one in run.tasks}


async def test_a_matrix_without_a_value_fails(tmp_path: Path) -> None:
    def expand(whole: Task, needs: object) -> list[Task]:
        raise UsageError("there is no matrix", hint="write one")

    world = World(tmp_path, expand=expand)
    run = await world.run(job("m", deferred=True), task("a", "m"))
    assert {"m": "there is no matrix (write one)", "a": "m failed"} == reasons(run)


async def test_only_an_approved_commit_is_deployed(world: World) -> None:
    deploy = task("deploy (production)", "a", stage=Stage.DEPLOY, approval="production")
    run = await world.run(task("a"), deploy)
    asked = "a person has to allow it: autonomous-cicd approve production --commit cccccccccccc"
    assert {"deploy (production)": asked} == reasons(run)
    assert RunStatus.PASSED == run.status
    world.store.approve("/project", "production", "c" * 40, 0.0)
    run = await world.run(task("a"), deploy)
    assert {"a": "passed", "deploy (production)": "passed"} == statuses(run)


@pytest.mark.parametrize(("commit", "dirty"), [("", False), ("c" * 40, True)])
async def test_what_is_no_commit_cannot_be_approved(tmp_path: Path, commit: str, dirty: bool) -> None:
    world = World(tmp_path, commit=commit, dirty=dirty)
    world.store.approve("/project", "production", commit, 0.0)
    run = await world.run(task("a"), task("d", "a", approval="production"))
    assert {"d": "only a commit can be approved, and there are uncommitted changes"} == reasons(run)


async def test_nothing_is_deployed_after_a_failure(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": FAILS})
    world.store.approve("/project", "production", "c" * 40, 0.0)
    run = await world.run(task("a"), task("d", "a", approval="production"))
    assert {"a": "failed", "d": "skipped"} == statuses(run)


@pytest.mark.parametrize(
    ("verdict", "reason", "status"),
    [
        (Verdict.FAILED, "the gate test_coverage failed", RunStatus.FAILED),
        (Verdict.NOT_MEASURED, "the gate test_coverage could not be measured", RunStatus.PASSED),
    ],
)
async def test_nothing_is_deployed_through_a_closed_gate(
    tmp_path: Path, verdict: Verdict, reason: str, status: RunStatus
) -> None:
    gate = GateResult(name="test_coverage", verdict=verdict, threshold=80.0)
    world = World(tmp_path, gates=(gate,))
    run = await world.run(task("a"), task("d", "a", stage=Stage.DEPLOY))
    assert {"a": "passed", "d": "skipped"} == statuses(run)
    assert ({"d": reason}, (gate,), status) == (reasons(run), run.gates, run.status)


async def test_what_is_deployed_before_the_end_asks_no_gate(tmp_path: Path) -> None:
    gate = GateResult(name="test_coverage", verdict=Verdict.FAILED)
    run = await World(tmp_path, gates=(gate,)).run(task("d", stage=Stage.DEPLOY), task("smoke", "d"))
    assert {"d": "passed", "smoke": "passed"} == statuses(run)


async def test_gates_are_asked_once(tmp_path: Path) -> None:
    """Each time they record how long the tests took."""
    asked: list[list[str]] = []
    order = World(tmp_path).order(task("a"), task("d", "a", stage=Stage.DEPLOY))

    def gates(pairs: Sequence[tuple[Task, TaskResult]]) -> tuple[GateResult, ...]:
        asked.append([result.name for _, result in pairs])
        return ()

    run = await execute(replace(order, gates=gates))
    assert ({"a": "passed", "d": "passed"}, [["a"]]) == (statuses(run), asked)


async def test_a_bug_of_ours_is_recorded_and_goes_on(tmp_path: Path) -> None:
    world = World(tmp_path, jobs={"j": ZeroDivisionError("oh")})
    with pytest.raises(ZeroDivisionError):
        await world.run(job("j"))
    assert (RunStatus.FAILED, "ZeroDivisionError: oh") == (
        world.store.run("r1").status,
        world.store.run("r1").reason,
    )


async def test_a_time_out_of_ours_is_no_time_out_of_the_run(world: World) -> None:
    def gates(pairs: object) -> tuple[GateResult, ...]:
        raise TimeoutError("somebody else's")

    with pytest.raises(TimeoutError, match="somebody else's"):
        await execute(replace(world.order(task("a")), gates=gates))


async def test_every_task_has_a_record_with_its_log(tmp_path: Path) -> None:
    world = World(tmp_path, script={"a": FAILS})
    run = await world.run(task("a"), task("b", "a"))
    kept = world.store.run(run.id)
    assert run == kept
    assert b"first\nsecond\nboom\n" == world.store.log(run.id, "a")
    assert b"" == world.store.log(run.id, "b")


async def test_what_the_world_refuses_fails_the_task_alone(tmp_path: Path) -> None:
    world = World(tmp_path, fails=Unavailable("the disk is full", hint="make room"))
    run = await world.run(task("a"))
    assert {"a": "the disk is full (make room)"} == reasons(run)
    assert RunStatus.FAILED == run.status
    await world.carry_out.close()
