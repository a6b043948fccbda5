"""Private copies in which a project is run with changes, and in which remedies try things."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.checkouts import ENV, commit, git, project, snapshot
from tests.incidents import FAILURE
from tests.warm import Warm

from autonomous_cicd.app import App, Request
from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.brief import Brief, Reply
from autonomous_cicd.domain.patch import NOTHING, FileChange, Patch, changed_file
from autonomous_cicd.domain.run import RunStatus
from autonomous_cicd.errors import Conflict, NotFound
from autonomous_cicd.healer import Healer
from autonomous_cicd.services.silence import Silence
from autonomous_cicd.ward import Ward

SECRET = "correct-horse-battery-7731"
BAD, GOOD = "exit 3\n", "echo fine\n"
FIX = Patch.of([changed_file("check.sh", BAD, GOOD)])
FILES = {"check.sh": BAD, "a.txt": "a\n"}
TASKS: dict[str, object] = {"check": "sh check.sh", "other": "cat a.txt"}


class House:
    """A project and its ward, with real processes and a state folder of its own."""

    def __init__(
        self, folder: Path, files: dict[str, str], tasks: dict[str, object], prefix: str = ""
    ) -> None:
        self.top = project(folder / "shop", {f"{prefix}{name}": text for name, text in files.items()})
        self.root = self.top / prefix
        self.environment = {"PATH": ENV["PATH"], "HOME": str(folder), "MY_TOKEN": SECRET}
        given: dict[str, object] = {"state_dir": str(folder / "state")}
        if tasks:
            given["pipeline.tasks"] = tasks
        self.app = App.open(environment=self.environment, overrides=given)
        self.stop = asyncio.Event()
        self.healer = Healer(
            self.app, Request(path=self.root), self.app.workspace.checkout(self.root), Silence(), self.stop
        )
        self.state = folder / "state"

    @property
    def ward(self) -> Ward:
        return self.healer._ward

    def bench(self, ran: Ran, task: str = "check", patch: Patch = NOTHING) -> Any:
        return self.ward.case(ran, FAILURE, task, patch).bench


@pytest.fixture(autouse=True)
def rules(tmp_path: Path, warm: Warm) -> None:
    """Have our rules read already."""
    warm(tmp_path / "state")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, FILES, TASKS)
    before = snapshot(made.top)
    yield made
    made.healer.close()
    made.app.close()
    unseen = "/.git/objects/"
    assert [] == [
        name for name, state in snapshot(made.top).items() if state != before[name] and unseen not in name
    ]
    assert [] == list((made.state / "runs").iterdir()), "no private copy is left"


async def test_a_project_is_run_as_it_is_and_with_a_change(house: House) -> None:
    red, green = await house.ward.run(NOTHING), await house.ward.run(FIX)
    assert (RunStatus.FAILED, RunStatus.PASSED) == (red.run.status, green.run.status)
    assert (3, 0) == (red.run.tasks[0].exit_code, green.run.tasks[0].exit_code)
    assert ("fine\n", "a\n") == (green.logs["check"], green.logs["other"])
    assert str(house.root) == green.run.project


async def test_one_task_alone(house: House) -> None:
    assert ["other"] == [task.name for task in (await house.ward.run(NOTHING, only="other")).run.tasks]


async def test_a_change_that_does_not_fit_is_a_conflict(house: House) -> None:
    with pytest.raises(Conflict):
        await house.ward.run(Patch.of([changed_file("a.txt", "other\n", "b\n")]))


async def test_a_remedy_sees_the_project_with_what_was_proven(house: House) -> None:
    first = Patch.of([changed_file("a.txt", "a\n", "b\n")])
    case = house.ward.case(await house.ward.run(first), FAILURE, "check", first)
    assert ("b\n", "sh check.sh", False) == (
        case.files.read("a.txt"),
        case.script,
        case.executable("check.sh"),
    )
    bit = Patch.of([FileChange(name="check.sh", before=BAD, after=BAD, executable=True)])
    assert house.ward.case(await house.ward.run(bit), FAILURE, "check", bit).executable("check.sh")


async def test_the_same_check_is_run_once(house: House) -> None:
    bench = house.bench(await house.ward.run(NOTHING))
    first, second = await bench.check(FIX), await bench.check(FIX)
    assert (True, True, "fine\n") == (first.green, first is second, first.log)
    assert 3 == (await bench.check(NOTHING)).exit_code


async def test_a_script_in_the_place_of_what_failed_tells_what_it_wrote(house: House) -> None:
    bench = house.bench(await house.ward.run(NOTHING))
    tried = await bench.instead("echo b > a.txt; chmod +x check.sh; mkdir n; echo n > n/new; echo done")
    assert (0, "done\n") == (tried.exit_code, tried.log)
    assert tried.changed == Patch.of(
        [
            changed_file("a.txt", "a\n", "b\n"),
            FileChange(name="check.sh", before=BAD, after=BAD, executable=True),
            changed_file("n/new", None, "n\n"),
        ]
    )
    assert 7 == (await bench.instead("exit 7")).exit_code


async def test_a_program_of_the_machine_gets_no_secret_and_leaves_nothing(house: House) -> None:
    patch = Patch.of([changed_file("a.txt", "a\n", "b\n")])
    bench = house.bench(await house.ward.run(NOTHING), patch=patch)
    more = Patch.of([changed_file("new", None, "n\n")])
    tried = await bench.execute(
        "sh",
        "-c",
        f"env; cat a.txt new; echo c > a.txt; echo {SECRET}; exit 4",
        patch=more,
        env={"MODE": "x"},
    )
    assert (4, True) == (tried.exit_code, "MODE=x\n" in tried.log and "b\nn\n" in tried.log)
    assert SECRET not in tried.log
    assert "MY_TOKEN" not in tried.log
    assert Patch.of([changed_file("a.txt", "b\n", "c\n")]) == tried.changed
    assert 127 == (await bench.execute("no-such-program")).exit_code
    assert (await bench.execute("sleep", "30", seconds=0.2)).exit_code


class Agent:
    """Works in the place that it is given. Implements `Agent`."""

    async def ask(self, brief: Brief, place: Path | None = None) -> Reply:
        """Change a file, break the repository, and talk."""
        assert place is not None
        (place / "a.txt").write_text("by the agent\n")
        (place / ".git/hooks").mkdir(parents=True, exist_ok=True)
        (place / ".git/hooks/post-commit").write_text("#!/bin/sh\nexit 1\n")
        return Reply(text=f"I did it with {SECRET}")


async def test_an_agent_works_in_a_copy(house: House) -> None:
    ran = await house.ward.run(NOTHING)
    with pytest.raises(NotFound, match="no agent is configured"):
        await house.bench(ran).ask(Brief(purpose="healing", text="?"))
    house.ward.agent = Agent()
    tried = await house.bench(ran).ask(Brief(purpose="healing", text="?"))
    assert Patch.of([changed_file("a.txt", "a\n", "by the agent\n")]) == tried.changed
    assert (True, False) == ("I did it" in tried.log, SECRET in tried.log)


async def test_a_stop_ends_what_runs(house: House) -> None:
    slow = Patch.of([changed_file("check.sh", BAD, "sleep 300\n")])
    running = asyncio.ensure_future(house.ward.run(slow))
    await asyncio.sleep(0.5)
    house.stop.set()
    assert RunStatus.CANCELLED is (await asyncio.wait_for(running, 30)).run.status


async def test_a_folder_inside_a_repository(tmp_path: Path) -> None:
    house = House(tmp_path, FILES, TASKS, "apps/it/")
    assert "apps/it/check.sh" in git(house.top, "ls-files")
    ran = await house.ward.run(FIX)
    assert RunStatus.PASSED is ran.run.status
    bench = house.bench(ran)
    assert ("a.txt",) == (await bench.instead("echo b > a.txt")).changed.files
    assert ("a.txt",) == (await bench.execute("sh", "-c", "echo b > a.txt")).changed.files
    house.healer.close()


CI = (
    "on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n"
    "      - uses: actions/checkout@v4\n{steps}"
)
LINT = "      - name: Lint\n        run: sh check.sh\n      - run: echo after\n"


async def test_a_workflow_job_is_tried_up_to_the_step_that_failed(tmp_path: Path) -> None:
    files = {**FILES, ".github/workflows/ci.yml": CI.format(steps=LINT)}
    house = House(tmp_path, files, {})
    red = await house.ward.run(NOTHING)
    assert RunStatus.FAILED is red.run.status
    bench = house.bench(red)
    tried = await bench.instead("echo b > a.txt; echo instead")
    assert (0, ("a.txt",)) == (tried.exit_code, tried.changed.files)
    assert ("instead" in tried.log, "after" in tried.log) == (True, False)
    assert (await bench.check(FIX)).green
    house.healer.close()


async def test_a_workflow_file_that_cannot_be_read_is_a_red_run(tmp_path: Path) -> None:
    house = House(tmp_path, {".github/workflows/ci.yml": "on: push\njobs: [\n"}, {})
    ran = await house.ward.run(NOTHING)
    assert (RunStatus.FAILED, True) == (ran.run.status, "is not YAML" in ran.run.reason)
    bench = house.bench(ran, ".github/workflows/ci.yml")
    good = CI.format(steps="      - run: echo fine\n")
    patch = Patch.of([changed_file(".github/workflows/ci.yml", "on: push\njobs: [\n", good)])
    assert RunStatus.PASSED is (await house.ward.run(patch)).run.status
    assert (False, True) == ((await bench.check(NOTHING)).green, (await bench.check(patch)).green)
    assert not (await bench.instead("echo")).green
    house.healer.close()


async def test_a_change_with_which_nothing_can_be_planned_is_a_red_run(tmp_path: Path) -> None:
    """Be it that the task is gone, or the whole pipeline."""
    name = ".github/workflows/ci.yml"
    text = CI.format(steps=LINT)
    house = House(tmp_path, {**FILES, name: text}, {})
    bench = house.bench(await house.ward.run(NOTHING))
    for after in (text.replace("  check:", "  other:"), "on: push\njobs: [\n", None):
        patch = Patch.of([changed_file(name, text, after)])
        tried = await bench.check(patch)
        assert (False, True) == (tried.green, bool(tried.log))
        assert RunStatus.PASSED is not (await house.ward.run(patch, only="check")).run.status
    house.healer.close()


async def test_what_was_asked_for_is_what_is_run(tmp_path: Path) -> None:
    """The private copies are run as the project was: from the same source, the same tasks."""
    house = House(tmp_path, {**FILES, ".github/workflows/ci.yml": CI.format(steps=LINT)}, TASKS)
    house.healer.close()
    request = Request(path=house.root, source="workflow", skip=())
    healer = Healer(house.app, request, house.app.workspace.checkout(house.root), Silence(), house.stop)
    ran = await healer._ward.run(NOTHING)
    assert "workflow" == ran.run.source
    healer.close()
    commit(house.top)
