"""Where it is decided what is done with a proven change, and where that is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project
from tests.incidents import an_attempt, an_incident

from autonomous_cicd.adapters.casebook import MemoryCasebook
from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.adapters.memory import MemoryClock
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.cases import Ran
from autonomous_cicd.desk import DAY, Desk
from autonomous_cicd.domain.decision import Choice, Decision
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Delivery, Incident, State
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.run import Run, RunStatus
from autonomous_cicd.domain.track import AuditEntry
from autonomous_cicd.errors import NotFound, Unavailable, UsageError
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.heal import Healing
from autonomous_cicd.settings.load import Settings, load

PATCH = Patch.of([changed_file("a.txt", "a\n", "b\n")])
ACT = Decision(Choice.ACT, ("a person asked for it",))
ASK = Decision(Choice.ASK, ("it changes CI",))


@dataclass
class House:
    """What the desk needs of an App, its clock to be turned."""

    state: Path
    settings: Settings
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: MemoryClock = field(default_factory=MemoryClock)
    workspace: GitWorkspace = field(default_factory=GitWorkspace)


@dataclass
class Office:
    """A desk, and a project with proven changes."""

    root: Path
    house: House

    @property
    def desk(self) -> Desk:
        """A new one each time: nothing is kept but in the store."""
        return Desk(self.house)

    @property
    def checkout(self) -> Checkout:
        return self.house.workspace.checkout(self.root)

    def incident(self, id: str = "0123456789ab", state: State = State.RESOLVED) -> Incident:
        made = an_incident(
            id, state, project=str(self.root), patch=PATCH, delivery=None, attempts=(an_attempt(),)
        )
        self.house.store.casebook.save(made)
        return made

    def decided(self, *, asked: bool = True, apply: bool = False, asks: str = "") -> Decision:
        run = Run(id="r", project=str(self.root), pipeline="p", source="config", status=RunStatus.PASSED)
        healing = Healing(
            ran=Ran(run=run, pipeline=None),
            patch=PATCH,
            incidents=(self.incident(),),
            asks=asks,
            confidence=0.9,
        )
        return self.desk.decided(healing, self.checkout, asked=asked, apply=apply)

    def delivers(self, number: int = 1, *, apply: bool = False) -> Delivery:
        one = self.incident(f"{number:012x}")
        return self.desk.delivered([one], PATCH, self.checkout, ACT, apply=apply)[1]

    @property
    def trail(self) -> list[str]:
        return [f"{one.actor}: {one.what}" for one in reversed(self.house.store.casebook.audit())]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    given = {"state_dir": str(tmp_path / "state"), "self_healing.max_fixes_per_day": 3}
    settings = load(None, environment={"HOME": str(tmp_path), "PATH": "/bin"}, overrides=given)
    return Office(project(tmp_path / "shop"), House(tmp_path / "state", settings))


@pytest.mark.parametrize(
    ("asked", "apply", "asks", "choice"),
    [
        (True, False, "", Choice.ACT),
        (True, True, "", Choice.ACT),
        (True, False, "it changes CI", Choice.ACT),  # a branch is a proposal in any case
        (True, True, "it changes CI", Choice.ASK),
        (False, False, "", Choice.WATCH),
        (False, False, "it changes CI", Choice.ASK),
    ],
)
def test_what_is_done_with_what_was_proven(
    office: Office, asked: bool, apply: bool, asks: str, choice: Choice
) -> None:
    assert choice is office.decided(asked=asked, apply=apply, asks=asks).choice


def test_a_delivery_is_on_record_before_and_after(office: Office) -> None:
    delivery = office.delivers()
    assert ("b", True) == (git(office.root, "show", f"{delivery.branch}:a.txt"), delivery.done)
    book = office.house.store.casebook
    assert ((), delivery) == (book.open_intents(), book.incident("last").delivery)
    assert [
        f"autonomous-cicd: is about to deliver 2 lines ({PATCH.id[:12]})",
        f"autonomous-cicd: delivered {delivery.branch}",
    ] == office.trail


def test_what_could_not_be_delivered_waits_and_costs_nothing(office: Office) -> None:
    (office.root / "a.txt").write_text("mine\n")
    delivery = office.delivers(apply=True)
    left = office.house.store.casebook.incident("last")
    assert (False, State.WAITING, PATCH) == (delivery.done, left.state, left.patch)
    assert "not committed" in left.history[-1].what
    assert 0 == office.house.store.casebook.done_since(str(office.root), 0)
    git(office.root, "checkout", "-q", "a.txt")
    approved, again = office.desk.approve(left.id, "", apply=True)
    assert (True, State.RESOLVED, "b\n") == (
        again.applied,
        approved.state,
        (office.root / "a.txt").read_text(),
    )


def test_a_day_has_so_many_fixes_also_when_the_clock_jumps_back(office: Office) -> None:
    for number in range(3):
        assert Choice.ACT is office.decided().choice
        office.delivers(number)
    assert Choice.ASK is office.decided().choice
    office.house.clock = MemoryClock(office.house.clock.now() - 5 * DAY)
    assert Choice.ASK is office.decided().choice
    office.house.clock = MemoryClock(office.house.clock.now() + 6 * DAY + 1)
    assert Choice.ACT is office.decided().choice


def test_what_was_begun_and_never_confirmed_counts(office: Office) -> None:
    """The process died in between: it may have been done."""
    for number in range(3):
        office.house.store.casebook.intend(f"k{number}", str(office.root), "i", office.house.clock.now())
    assert Choice.ASK is office.decided().choice


def held(office: Office, *ids: str) -> list[Incident]:
    return [office.desk.held(office.incident(id), PATCH, ASK) for id in ids]


def test_an_approval_is_of_one_diff_and_of_all_that_it_heals(office: Office) -> None:
    first, second = held(office, "aa" * 6, "bb" * 6)
    assert (State.WAITING, "it changes CI") == (first.state, first.history[-1].what)
    with pytest.raises(UsageError, match="is not the diff"):
        office.desk.approve(first.id, "0" * 12, apply=False)
    approved, delivery = office.desk.approve("aa", PATCH.id[:12], apply=False)
    assert (first.id, True) == (approved.id, bool(delivery.branch))
    states = {one.id: one.state for one in office.house.store.casebook.incidents()}
    assert {first.id: State.RESOLVED, second.id: State.RESOLVED} == states
    for one in (first, second):
        with pytest.raises(UsageError, match="waits for nobody"):
            office.desk.approve(one.id, "", apply=False)
    assert f"a person: approved the diff {PATCH.id[:12]}" in office.trail


def test_an_approval_does_not_reach_another_state_of_the_project(office: Office) -> None:
    (one,) = held(office, "aa" * 6)
    (office.root / "a.txt").write_text("rewritten\n")
    commit(office.root)
    for apply in (True, False):
        still, delivery = office.desk.approve(one.id, "", apply=apply)
        assert (State.WAITING, False) == (still.state, delivery.done)
    assert ("rewritten\n", "main") == (
        (office.root / "a.txt").read_text(),
        git(office.root, "branch", "--format=%(refname:short)"),
    )


def test_a_rejection_ends_it(office: Office) -> None:
    first, second = held(office, "aa" * 6, "bb" * 6)
    assert State.DISMISSED is office.desk.reject(first.id, "not like this").state
    assert State.DISMISSED is office.house.store.casebook.incident(second.id).state
    with pytest.raises(UsageError, match="waits for nobody"):
        office.desk.reject(first.id, "")
    with pytest.raises(NotFound):
        office.desk.reject("ffff", "")
    assert "main" == git(office.root, "branch", "--format=%(refname:short)")


def test_only_what_was_resolved_waits(office: Office) -> None:
    left = office.incident(state=State.ESCALATED)
    assert left == office.desk.held(left, PATCH, ASK)


def test_the_switch_holds_everything(office: Office) -> None:
    (one,) = held(office, "aa" * 6)
    office.desk.stop(off=False)
    assert (True, Choice.WATCH) == (office.desk.switch.exists(), office.decided().choice)
    with pytest.raises(UsageError, match="approved, and still not delivered: everything is stopped"):
        office.desk.approve(one.id, "", apply=False)
    office.desk.stop(off=True)
    office.desk.stop(off=True)
    assert (False, Choice.ACT) == (office.desk.switch.exists(), office.decided().choice)
    assert {"a person: stopped everything", "a person: let everything go on"} <= set(office.trail)


class Full(MemoryCasebook):
    """Takes nothing any more."""

    def note(self, entry: AuditEntry) -> None:
        raise Unavailable("the disk is full")


def test_the_switch_holds_also_where_nothing_can_be_noted(office: Office) -> None:
    office.house.store.casebook = Full()
    assert ("the disk is full", True) == (office.desk.stop(off=False), office.desk.switch.exists())
    assert ("the disk is full", False) == (office.desk.stop(off=True), office.desk.switch.exists())
    office.house.store.casebook = MemoryCasebook()
    assert "" == office.desk.stop(off=False)


def test_what_was_delivered_can_still_be_called_wrong_once(office: Office) -> None:
    office.house.store.casebook.learn("project_file", Category.CONFIGURATION, success=True, seconds=1.0)
    office.delivers()
    told = office.desk.reject("000000000001", "it hides the failure")
    assert (State.RESOLVED, "a person", "it hides the failure") == (
        told.state,
        told.undone,
        told.history[-1].what,
    )
    assert "a person: rejected the delivered diff" in office.trail[-1]
    assert [1] == [one.reverted for one in office.house.store.casebook.records()]
    with pytest.raises(UsageError, match="waits for nobody"):
        office.desk.reject("000000000001", "")
