"""The healer from a red run to where its change is left, with real processes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from tests.checkouts import ENV, commit, git, project
from tests.warm import Warm

from autonomous_cicd.app import App, Request
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.run import Run, RunStatus
from autonomous_cicd.errors import UsageError
from autonomous_cicd.healer import Healed, run_and_heal
from autonomous_cicd.services.heal import Heard
from autonomous_cicd.services.healing_report import status_of
from autonomous_cicd.services.silence import Silence

SCRIPT = "#!/bin/sh\necho checked\n"
LOCKED = {"check.sh": SCRIPT, "a.txt": "a\n"}
TASKS: dict[str, object] = {"check": "./check.sh"}


class Shop:
    """A project, and an App for it with everything in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "shop"

    async def heals(
        self,
        heard: Heard | None = None,
        *,
        apply: bool = False,
        stop: asyncio.Event | None = None,
        settings: Mapping[str, object] = MappingProxyType({}),
    ) -> tuple[Run, Healed | None]:
        """Run and heal it once."""
        overrides = {"state_dir": str(self.folder / "state"), "pipeline.tasks": TASKS, **settings}
        app = App.open(environment={"PATH": ENV["PATH"], "HOME": str(self.folder)}, overrides=overrides)
        try:
            return await run_and_heal(
                app,
                Request(path=self.root),
                Silence(),
                heard or Heard(),
                apply=apply,
                stop=stop or asyncio.Event(),
            )
        finally:
            app.close()
            assert [] == list((self.folder / "state/runs").iterdir())


@pytest.fixture(autouse=True)
def rules(tmp_path: Path, warm: Warm) -> None:
    """Have our rules read already."""
    warm(tmp_path / "state")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    project(tmp_path / "shop", LOCKED)
    return Shop(tmp_path)


async def test_a_project_without_a_repository_is_left_a_patch_file(tmp_path: Path) -> None:
    plain = Shop(tmp_path)
    plain.root.mkdir()
    (plain.root / "check.sh").write_text(SCRIPT)
    run, healed = await plain.heals()
    assert healed is not None
    assert healed.delivery is not None
    assert ("healed", "", "") == (status_of(run, healed), healed.delivery.branch, healed.delivery.note)
    assert "new mode 100755" in Path(healed.delivery.patch_file).read_text()
    _, again = await plain.heals(apply=True)
    assert again is not None
    assert again.delivery is not None
    assert (True, 0o755) == (again.delivery.applied, (plain.root / "check.sh").stat().st_mode & 0o777)


async def test_what_was_broken_and_never_committed_is_healed_too(shop: Shop) -> None:
    """The proof is of the tree as it is."""
    (shop.root / "check.sh").write_text(SCRIPT.replace("\n", "\r\n"))
    (shop.root / "check.sh").chmod(0o755)
    run, healed = await shop.heals()
    assert healed is not None
    assert (RunStatus.FAILED, True) == (run.status, healed.healing.green)
    # A branch cannot have it: what it starts from is not what was proven.
    assert "escalated" == status_of(run, healed)
    assert [State.WAITING] == [one.state for one in healed.healing.incidents]


async def test_a_green_project_is_left_alone(shop: Shop) -> None:
    (shop.root / "check.sh").chmod(0o755)
    run, healed = await shop.heals()
    assert (RunStatus.PASSED, None) == (run.status, healed)


async def test_healing_can_be_turned_off(shop: Shop) -> None:
    with pytest.raises(UsageError, match="turned off"):
        await shop.heals(settings={"self_healing.enabled": False})


async def test_a_stop_before_it_begins(shop: Shop) -> None:
    stop = asyncio.Event()
    stop.set()
    run, healed = await shop.heals(stop=stop)
    assert (RunStatus.CANCELLED, None) == (run.status, healed)


class Stops(Heard):
    """Ends everything, or pulls the switch, as soon as a cause is found."""

    def __init__(self, stop: asyncio.Event | None, switch: Path) -> None:
        self.stop = stop
        self.switch = switch

    def found(self, incident: Incident) -> None:
        """End it."""
        if self.stop:
            self.stop.set()
        else:
            self.switch.touch()


@pytest.mark.parametrize("signal", [True, False])
async def test_a_stop_under_way_delivers_nothing(shop: Shop, signal: bool) -> None:
    stop = asyncio.Event()
    run, healed = await shop.heals(Stops(stop if signal else None, shop.folder / "state/stopped"), stop=stop)
    assert healed is not None
    assert (None, "cancelled" if signal else "escalated") == (healed.delivery, status_of(run, healed))
    assert [State.ESCALATED] == [one.state for one in healed.healing.incidents]
    assert "main" == git(shop.root, "branch", "--format=%(refname:short)")


JOB = (
    "on: push\njobs:\n  {name}:\n    runs-on: ubuntu-latest\n    steps:\n"
    "      - uses: actions/checkout@v4\n      - run: {run}\n"
)


async def test_an_interruption_keeps_what_was_proven_for_a_person(tmp_path: Path) -> None:
    """Of several workflow files the first was healed: nothing is delivered behind one's back."""
    files = {
        **LOCKED,
        ".github/workflows/a.yml": JOB.format(name="a", run="./check.sh"),
        ".github/workflows/b.yml": JOB.format(name="b", run="exit 3"),
    }
    root, stop = project(tmp_path / "shop", files), asyncio.Event()
    found: list[str] = []

    class Second(Heard):
        """Interrupts it at the second cause."""

        def found(self, incident: Incident) -> None:
            found.append(incident.task)
            if len(found) == 2:
                stop.set()

    run, healed = await Shop(tmp_path).heals(Second(), apply=True, stop=stop, settings={"pipeline.tasks": {}})
    assert healed is not None
    assert ("cancelled", None) == (status_of(run, healed), healed.delivery), found
    assert {State.WAITING, State.ESCALATED} == {one.state for one in healed.healing.incidents}
    assert "" == git(root, "status", "--porcelain")
    commit(root)


WANTS = JOB.format(name="test", run="./check.sh").replace(
    "checkout@v4\n", "checkout@v4\n      - run: SCRIPT\n"
)


@pytest.mark.parametrize(
    ("script", "mode", "status", "delivered"),
    [
        ("test -n '${{ secrets.KEY }}'", 0o755, "escalated", False),
        ("test -n '${{ secrets.KEY }}'", 0o644, "escalated", True),
        ("npm publish --token=${{ secrets.KEY }}", 0o755, "passed", False),
        ("npm publish --token=${{ secrets.KEY }}", 0o644, "healed", True),
    ],
)
async def test_a_check_that_needs_a_secret_keeps_it_from_being_green(
    tmp_path: Path, script: str, mode: int, status: str, delivered: bool
) -> None:
    """What only publishes does not."""
    root = project(tmp_path / "shop", {**LOCKED, ".github/workflows/a.yml": WANTS.replace("SCRIPT", script)})
    (root / "check.sh").chmod(mode)
    commit(root)
    run, healed = await Shop(tmp_path).heals(settings={"pipeline.tasks": {}})
    assert (status, delivered) == (status_of(run, healed), bool(healed and healed.delivery))
