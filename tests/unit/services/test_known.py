"""What is taken from the cache, what is not, and what need not be prepared then."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.worlds import World, task

from autonomous_cicd.adapters.memory import MemoryCache, Scripted
from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.domain.run import Run
from autonomous_cicd.errors import NotFound
from autonomous_cicd.ports import CacheEntry, Execution
from autonomous_cicd.services.known import DAY, programs, unneeded

SOURCES = ("src/**",)


def makes(name: str) -> Scripted:
    def write(execution: Execution) -> None:
        (execution.cwd / name).parent.mkdir(parents=True, exist_ok=True)
        (execution.cwd / name).write_text("made\n")

    return Scripted(output=b"made it\n", effect=write)


def cached(run: Run) -> list[str]:
    return [one.name for one in run.tasks if one.cached]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_what_did_not_change_is_not_run_again(world: World) -> None:
    await world.run(task("a", inputs=SOURCES), task("b", "a", inputs=SOURCES))
    run = await world.run(task("a", inputs=SOURCES), task("b", "a", inputs=SOURCES))
    assert ["a", "b"] == cached(run)
    assert [] == world.started
    assert "unchanged since it passed in 0.0 s" == run.tasks[0].reason
    assert b"fine\n" == world.store.log(run.id, "a")
    assert "passed" == run.status.value


async def test_a_task_without_inputs_is_always_run(world: World) -> None:
    for _ in range(2):
        run = await world.run(task("a"), task("b", inputs=SOURCES))
    assert ["b"] == cached(run)


async def test_what_reads_files_that_are_made_anew_each_time_is_run_each_time(world: World) -> None:
    tasks = (task("made"), task("reads", "made", inputs=SOURCES), task("after", "reads", inputs=SOURCES))
    for _ in range(2):
        assert [] == cached(await world.run(*tasks))


@pytest.mark.parametrize("stage", [Stage.SETUP, Stage.INSTALL])
async def test_what_a_project_installs_without_a_word_why_is_installed_each_time(
    world: World, stage: Stage
) -> None:
    """Only what we propose ourselves is known to read no more than the inputs of what comes after it."""
    for _ in range(2):
        install = task("install", stage=stage)
        assert [] == cached(await world.run(install, task("a", "install", inputs=SOURCES)))
    for _ in range(2):
        install = task("install", stage=stage, environment="python")
        run = await world.run(install, task("a", "install", inputs=SOURCES))
    assert ["install", "a"] == cached(run)


async def test_what_is_made_in_another_copy_of_the_project_decides_nothing(world: World) -> None:
    tasks = (task("made", workspace="other"), task("apart", "made", inputs=SOURCES))
    for _ in range(2):
        run = await world.run(*tasks)
    assert ["apart"] == cached(run)


async def test_inputs_that_are_no_file_say_nothing(world: World) -> None:
    """A word that is mistyped would else be taken for a promise that nothing ever changes."""
    install = task("install", stage=Stage.INSTALL, inputs=SOURCES)
    for _ in range(2):
        assert [] == cached(await world.run(install, task("a", "install", inputs=("scr/**",))))


async def test_inputs_may_be_what_another_task_made(world: World) -> None:
    world.script = {"build": makes("dist/x.whl")}
    tasks = (
        task("build", inputs=SOURCES, outputs=("dist/*",)),
        task("check", "build", inputs=("dist/*",)),
    )
    for _ in range(2):
        run = await world.run(*tasks)
    assert ["build", "check"] == cached(run)


@pytest.mark.parametrize(
    ("change", "again"),
    [
        ({"src/a.py": "a = 2\n"}, True),
        ({"src/new.py": "n = 1\n"}, True),
        ({"README.md": "Other\n"}, False),
    ],
)
async def test_what_changed_is_run_again(world: World, change: dict[str, str], again: bool) -> None:
    await world.run(task("a", inputs=SOURCES))
    world.files = {**world.files, **change}
    run = await world.run(task("a", inputs=SOURCES))
    assert again == (not cached(run))


async def test_another_version_of_its_program_runs_it_again(world: World) -> None:
    world.versions = {"a": "1"}
    await world.run(task("a", inputs=SOURCES))
    world.versions = {"a": "2"}
    assert [] == cached(await world.run(task("a", inputs=SOURCES)))


async def test_another_environment_runs_it_again(world: World) -> None:
    await world.run(task("a", inputs=SOURCES))
    world.env = {"PATH": "/other"}
    assert [] == cached(await world.run(task("a", inputs=SOURCES)))


async def test_a_change_of_what_it_needs_runs_it_again(world: World) -> None:
    await world.run(task("a", inputs=("README.md",)), task("b", "a", inputs=SOURCES))
    world.files = {**world.files, "README.md": "Other\n"}
    assert [] == cached(await world.run(task("a", inputs=("README.md",)), task("b", "a", inputs=SOURCES)))


async def test_what_failed_is_run_again(world: World) -> None:
    world.script = {"a": Scripted(exit_code=1)}
    for _ in range(2):
        run = await world.run(task("a", inputs=SOURCES))
    assert [] == cached(run)


async def test_without_a_cache_everything_is_run(world: World) -> None:
    world.cache = None
    for _ in range(2):
        run = await world.run(task("a", inputs=SOURCES))
    assert [] == cached(run)
    assert await world.carry_out.known.restored(task("a"), Path("/nowhere")) is None


async def test_what_changed_while_it_was_copied_is_not_kept(world: World) -> None:
    world.changed = ("src/a.py",)
    for _ in range(2):
        run = await world.run(task("a", inputs=SOURCES), task("b", inputs=("README.md",)))
    assert ["b"] == cached(run)


async def test_what_a_task_made_is_put_where_a_later_task_wants_it(world: World) -> None:
    world.script = {"build": makes("dist/x.whl")}
    build = task("build", inputs=SOURCES, outputs=("dist/*",))
    await world.run(build, task("check", "build"))
    run = await world.run(build, task("check", "build"))
    assert ["build"] == cached(run)
    assert "made\n" == (world.runner.executed[0].cwd / "dist/x.whl").read_text()


async def test_nothing_is_copied_when_nothing_is_run(world: World) -> None:
    world.script = {"build": makes("dist/x.whl")}
    build = task("build", inputs=SOURCES, outputs=("dist/*",))
    for _ in range(2):
        await world.run(build)
    assert {} == world.carry_out.copies


async def test_what_gates_measure_is_restored_although_nothing_is_run(world: World) -> None:
    world.script = {"test": makes("coverage.xml")}
    world.whole = True
    test = task("test", inputs=SOURCES, outputs=("coverage.xml",))
    await world.run(test)
    run = await world.run(test)
    assert ["test"] == cached(run)
    assert "made\n" == (await world.carry_out.copy("project") / "coverage.xml").read_text()


class Leaky(MemoryCache):
    """Forgets what it kept when it is to be restored."""

    def restore(self, key: str, to: Path) -> None:
        self._entries.pop(key, None)
        raise NotFound("the outcome is not kept any more")


async def test_what_cannot_be_restored_is_run(world: World) -> None:
    world.script = {"build": makes("dist/x.whl")}
    world.cache = Leaky()
    build = task("build", inputs=SOURCES, outputs=("dist/*",))
    await world.run(build, task("check", "build"))
    run = await world.run(build, task("check", "build"))
    assert [] == cached(run)
    assert ["build", "check"] == world.started
    assert "passed" == run.status.value


def detected(*inputs: str) -> list[Task]:
    """Return the tasks of a project whose tests stand on what is installed."""
    return [
        task("setup", stage=Stage.SETUP, inputs=("*.toml",), workspace="x"),
        task("install", "setup", stage=Stage.INSTALL, inputs=("*.toml",), workspace="x"),
        task("test", "install", stage=Stage.TEST, inputs=inputs),
        task("build", "test", stage=Stage.BUILD, inputs=inputs, outputs=("dist/*",)),
    ]


async def test_nothing_is_prepared_for_what_is_known(world: World) -> None:
    await world.run(*detected("src/**"))
    run = await world.run(*detected("src/**"))
    assert ["setup", "install", "test", "build"] == cached(run)
    assert [] == world.started
    assert ("skipped", "nothing that needs it has to run") == (run.tasks[0].status.value, run.tasks[0].reason)
    assert "passed" == run.status.value


async def test_what_must_be_run_is_prepared(world: World) -> None:
    await world.run(*detected("src/**"))
    world.files = {**world.files, "src/a.py": "a = 3\n"}
    await world.run(*detected("src/**"))
    assert ["setup", "install", "test", "build"] == world.started


@pytest.mark.parametrize(("age", "expected"), [(DAY, []), (DAY + 1, ["setup", "install", "test", "build"])])
async def test_what_stands_on_an_installation_is_trusted_for_a_day(
    world: World, age: float, expected: list[str]
) -> None:
    """What is installed from the network may have become newer, and nothing here would show it."""
    await world.run(*detected("src/**"))
    await world.clock.turn(age)
    await world.run(*detected("src/**"))
    assert expected == world.started


async def test_what_stands_on_files_alone_is_trusted_for_ever(world: World) -> None:
    await world.run(task("a", inputs=SOURCES))
    await world.clock.turn(100 * DAY)
    assert ["a"] == cached(await world.run(task("a", inputs=SOURCES)))


async def test_what_can_be_neither_restored_nor_run_fails_and_says_what_helps(world: World) -> None:
    world.cache = Leaky()
    tasks = detected("src/**")
    await world.run(*tasks)
    run = await world.run(*tasks, task("extra"))
    build = run.tasks[3]
    assert "failed" == build.status.value
    assert (
        "what it made when it passed cannot be restored: the outcome is not kept any more "
        "(run it again: what was damaged is forgotten now)"
    ) == build.reason


def test_a_preparing_task_that_something_new_needs_is_run() -> None:
    tasks = detected("src/**")
    assert frozenset() == unneeded(tasks, [])
    assert frozenset({"setup", "install"}) == unneeded(tasks, ["test", "build"])
    assert frozenset() == unneeded([*tasks, task("lint", "install")], ["test", "build"])
    assert frozenset() == unneeded(tasks[:1], ["x"])


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("pytest", "-q"), {"pytest"}),
        (("./run.sh",), set()),
        (("{environment}/bin/pytest",), set()),
        (("python", "/opt/tool.py"), {"python", "/opt/tool.py"}),
        (("sh", "-ec", "cd x && mypy src | tee log"), {"sh", "cd", "x", "mypy", "src", "tee", "log"}),
        (("sh", "-ec", "./x.sh /bin/y"), {"sh", "/bin/y"}),
    ],
)
def test_whatever_may_be_a_program_counts(argv: tuple[str, ...], expected: set[str]) -> None:
    assert expected == programs(task("a", commands=(Command(argv=argv),)))


def test_an_entry_of_the_cache_has_no_log_without_output() -> None:
    assert b"" == CacheEntry(seconds=1.0, created=0.0).log
