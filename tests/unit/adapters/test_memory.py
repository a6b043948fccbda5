"""Every port in memory behaves like the real one, as far as a test can tell."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

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
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Command, Limits, Pipeline, Source, Stage, Task
from autonomous_cicd.domain.run import Run, RunStatus, TaskResult, TaskStatus
from autonomous_cicd.errors import NotFound, UsageError
from autonomous_cicd.ports import CacheEntry, Checkout, Execution, Outcome


def execution(*argv: str, limits: Limits | None = None) -> Execution:
    return Execution(argv=argv, cwd=Path(), env={}, limits=limits or Limits())


async def carry_out(runner: MemoryRunner, *argv: str, limits: Limits | None = None) -> tuple[Outcome, bytes]:
    chunks: list[bytes] = []
    outcome = await runner.run(execution(*argv, limits=limits), chunks.append)
    return outcome, b"".join(chunks)


async def test_a_program_does_what_is_written_down() -> None:
    runner = MemoryRunner(
        {("make", "test"): Scripted(exit_code=2, output=b"failed\n", seconds=3.0, cpu_seconds=1.0)}
    )
    outcome, printed = await carry_out(runner, "make", "test")
    assert (2, 3.0, 1.0, 7, b"failed\n") == (
        outcome.exit_code,
        outcome.seconds,
        outcome.cpu_seconds,
        outcome.output,
        printed,
    )
    assert [("make", "test")] == [one.argv for one in runner.executed]


async def test_a_program_is_found_by_the_longest_beginning() -> None:
    runner = MemoryRunner(
        {(): Scripted(output=b"any"), ("uv",): Scripted(output=b"uv"), ("uv", "pip"): Scripted()}
    )
    assert [b"", b"uv", b"any"] == [
        (await carry_out(runner, *argv))[1]
        for argv in (("uv", "pip", "install"), ("uv", "sync"), ("npm", "ci"))
    ]


async def test_a_program_that_is_not_written_down_does_not_exist() -> None:
    outcome, _ = await carry_out(MemoryRunner(), "make")
    assert (127, "there is no program 'make'") == (outcome.exit_code, outcome.reason)


async def test_several_outcomes_are_used_up_in_turn() -> None:
    runner = MemoryRunner({("flaky",): [Scripted(exit_code=1), Scripted(exit_code=0)]})
    assert [1, 0, 0] == [(await carry_out(runner, "flaky"))[0].exit_code for _ in range(3)]


async def test_limits_hold() -> None:
    runner = MemoryRunner({("loud",): Scripted(output=b"x" * 100, seconds=50.0)})
    outcome, printed = await carry_out(runner, "loud", limits=Limits(seconds=2.0, output=10))
    assert (b"x" * 10, 100) == (printed, outcome.output)
    assert (True, 137, 2.0) == (outcome.timed_out, outcome.exit_code, outcome.seconds)


async def test_a_program_can_change_something_and_be_waited_for() -> None:
    gate, seen = asyncio.Event(), []
    runner = MemoryRunner({("touch",): Scripted(effect=lambda one: seen.append(one.argv), waits=gate)})
    task = asyncio.create_task(carry_out(runner, "touch", "a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [("touch", "a")] == seen
    assert not task.done()
    gate.set()
    assert (await task)[0].exit_code == 0


async def test_a_program_takes_the_clock_s_time() -> None:
    clock = MemoryClock(100.0)
    task = asyncio.create_task(carry_out(MemoryRunner({("slow",): Scripted(seconds=5.0)}, clock), "slow"))
    await clock.turn(4.9)
    assert not task.done()
    await clock.turn(0.2)
    assert task.done()
    assert 105.1 == pytest.approx(clock.now())


async def test_a_runner_remembers_that_it_was_closed() -> None:
    runner = MemoryRunner()
    await runner.close()
    assert runner.closed


async def test_sleepers_wake_in_order_and_may_sleep_again() -> None:
    clock, woken = MemoryClock(0.0), []

    async def beat(name: str, seconds: float) -> None:
        while True:
            await clock.sleep(seconds)
            woken.append((name, clock.now()))

    tasks = [asyncio.create_task(beat("a", 2.0)), asyncio.create_task(beat("b", 3.0))]
    await clock.turn(6.5)
    assert [("a", 2.0), ("b", 3.0), ("a", 4.0), ("b", 6.0), ("a", 6.0)] == woken
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await clock.turn(10.0)
    assert 16.5 == clock.now()


def test_files_are_read_like_a_project_s() -> None:
    files = MemoryFiles({"b": "text", "a": "x" * (2 * 1024 * 1024 + 1)})
    assert ["a", "b"] == files.names
    assert ["", "text", ""] == [files.read(name) for name in ("a", "b", "absent")]


def test_a_machine_is_what_it_is_told_to_be() -> None:
    assert Machine() == MemoryMachines().look()
    assert Machine(cores=8) == MemoryMachines(Machine(cores=8)).look()


def test_a_checkout_can_be_copied_searched_and_removed(tmp_path: Path) -> None:
    root, copy = Path("/project"), tmp_path / "copy"
    like = Checkout(root=Path(), repository=True, commit="c0ffee")
    workspace = MemoryWorkspace({root: {"src/a.py": "a", "b.txt": "b"}}, like)
    checkout = workspace.checkout(root)
    assert (root, "c0ffee", ("b.txt", "src/a.py")) == (checkout.root, checkout.commit, checkout.files)
    assert {"b.txt", "src/a.py"} == workspace.hashes(checkout).keys() == checkout.hashes.keys()
    workspace.copy(checkout, copy)
    assert "a" == (copy / "src" / "a.py").read_text()
    assert ("src/a.py",) == workspace.find(copy, ["*.py"])
    workspace.remove(copy)
    workspace.remove(copy)
    assert not copy.exists()


def test_an_unknown_folder_is_refused() -> None:
    with pytest.raises(UsageError, match="is not a readable folder"):
        MemoryWorkspace({}).checkout(Path("/nowhere"))


def test_the_cache_gives_back_what_was_put(tmp_path: Path) -> None:
    made, back = tmp_path / "made", tmp_path / "back"
    (made / "dist").mkdir(parents=True)
    (made / "dist" / "tool").write_bytes(b"#!")
    (made / "dist" / "tool").chmod(0o755)
    cache, entry = MemoryCache(), CacheEntry(seconds=2.0, created=1.0, log=b"log")
    assert cache.get("key") is None
    cache.put("key", entry, made, ["dist/tool"])
    cache.restore("key", back)
    assert entry == cache.get("key")
    assert (b"#!", 0o755) == ((back / "dist/tool").read_bytes(), (back / "dist/tool").stat().st_mode & 0o777)
    with pytest.raises(NotFound):
        cache.restore("other", back)


def test_an_observer_writes_down_what_it_hears() -> None:
    task = Task(name="test", stage=Stage.TEST, commands=(Command(argv=("true",)),))
    pipeline = Pipeline(id="p", source=Source.DETECT, tasks=(task,))
    run = Run(id="r", project="/p", pipeline="p", source="detect", status=RunStatus.PASSED)
    result = TaskResult(name="test", status=TaskStatus.PASSED)
    observer = MemoryObserver()
    observer.began(run, pipeline)
    observer.task_started(task)
    observer.task_step(task, "build")
    observer.task_output(task, "one ")
    observer.task_output(task, "two")
    observer.task_finished(task, result)
    observer.ended(run)
    assert [
        ("began", "passed"),
        ("started", "test"),
        ("step build", "test"),
        ("passed", "test"),
        ("ended", "passed"),
    ] == observer.heard
    assert ({"test": "one two"}, {"test": result}, run, pipeline) == (
        observer.output,
        observer.results,
        observer.run,
        observer.pipeline,
    )


def test_a_store_counts_what_a_database_would_do() -> None:
    store = MemoryStore()
    store.flush()
    store.close()
    assert (1, True) == (store.flushes, store.closed)
