"""Test suites: serial first, split as a trial, split for good or never again."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.worlds import World

from autonomous_cicd.adapters.memory import Scripted
from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.domain.run import TaskResult, TaskStatus

SUITE = Task(
    name="testing (pytest)",
    stage=Stage.TEST,
    commands=(Command(argv=("pytest",)),),
    environment="python",
    seconds=30.0,
)


def report(**tests: str) -> str:
    bodies = {"passed": "", "failed": "<failure/>", "skipped": "<skipped/>"}
    cases = "".join(
        f'<testcase classname="t" name="{name}">{bodies[word]}</testcase>' for name, word in tests.items()
    )
    return f"<testsuite>{cases}</testsuite>"


GREEN = report(one="passed", two="skipped")
SERIAL = Scripted(output=b"serial\n", seconds=30.0)
SPLIT = Scripted(output=b"split\n", seconds=12.0)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(folder=tmp_path, script={"pytest": SERIAL, "uv": Scripted(output=b"")})


async def suite(
    world: World, report: str | tuple[str, ...], does: Scripted | list[Scripted] = SERIAL
) -> TaskResult:
    """Run the suite once; it leaves these reports."""
    world.reports = (report,) if isinstance(report, str) else report
    world.script = {**world.script, "pytest": does}
    (result,) = (await world.run(SUITE)).tasks
    return result


def calls(world: World) -> list[str]:
    """How pytest was called: split or not."""
    called = [execution.argv for execution in world.runner.executed if execution.argv[0] == "pytest"]
    return [
        "split" if any(word.startswith("--numprocesses=4") for word in argv) else "serial" for argv in called
    ]


async def test_the_first_run_is_serial_and_the_second_a_trial_that_is_kept(world: World) -> None:
    await suite(world, GREEN)
    assert ["serial"] == calls(world)
    result = await suite(world, GREEN, SPLIT)
    assert TaskStatus.PASSED is result.status
    assert ["split"] == calls(world)
    assert b"kept, 0.40 of the serial time" in world.store.log("r2", SUITE.name)
    await suite(world, GREEN, SPLIT)
    assert ["split"] == calls(world)


async def test_a_short_suite_is_never_split(world: World) -> None:
    for _ in range(2):
        await suite(world, GREEN, Scripted(seconds=3.0))
        assert ["serial"] == calls(world)


async def test_a_trial_that_is_hardly_faster_is_the_last(world: World) -> None:
    await suite(world, GREEN)
    await suite(world, GREEN, Scripted(seconds=29.0))
    assert b"not worth it" in world.store.log("r2", SUITE.name)
    await suite(world, GREEN)
    assert ["serial"] == calls(world)


@pytest.mark.parametrize(
    ("found", "does"),
    [
        (report(one="failed", two="skipped"), Scripted(exit_code=1, seconds=9.0)),
        (report(one="skipped", two="skipped"), SPLIT),
        (report(two="skipped"), SPLIT),
        ("", SPLIT),
    ],
)
async def test_other_results_than_before_are_asked_of_a_serial_run_and_end_it(
    world: World, found: str, does: Scripted
) -> None:
    await suite(world, GREEN)
    result = await suite(world, (found, GREEN), [does, SERIAL])
    assert ["split", "serial"] == calls(world)
    assert TaskStatus.PASSED is result.status
    await suite(world, GREEN)
    assert ["serial"] == calls(world)


async def test_a_failure_that_both_ways_have_is_a_failure(world: World) -> None:
    await suite(world, GREEN)
    failing = Scripted(exit_code=1, output=b"FAILED\n", seconds=9.0)
    result = await suite(world, (report(one="failed"), report(one="failed")), [failing, failing])
    assert TaskStatus.FAILED is result.status
    assert ["split", "serial"] == calls(world)


async def test_one_processor_is_not_split_over(world: World) -> None:
    world.cores = 1
    await suite(world, GREEN)
    await suite(world, GREEN)
    assert ["serial"] == calls(world)


async def test_without_a_cache_nothing_is_known_and_nothing_split(world: World) -> None:
    world.cache = None
    await suite(world, GREEN)
    await suite(world, GREEN)
    assert [("pytest",)] == [execution.argv for execution in world.runner.executed]


async def test_a_suite_that_is_not_known_to_be_long_is_run_as_it_is(world: World) -> None:
    await world.run(replace(SUITE, seconds=3.0))
    assert [("pytest",)] == [execution.argv for execution in world.runner.executed]
