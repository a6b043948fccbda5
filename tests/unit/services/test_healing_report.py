"""A healing as JSON and as text: complete, valid, and inert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.benches import failure_of
from tests.incidents import PATCH, an_attempt, an_incident
from tests.runs import EVIL, a_result, a_run
from tests.unit.services.test_report import ID, checked

from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.decision import Choice, Decision
from autonomous_cicd.domain.incident import Delivery, Incident, State
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.run import Run, RunStatus, TaskStatus
from autonomous_cicd.domain.verification import Outcome
from autonomous_cicd.services.heal import Healing
from autonomous_cicd.services.healing_report import healing_json, healing_text, incident_json, status_of
from autonomous_cicd.services.incident_text import incident_text
from autonomous_cicd.services.report import to_json

RED = a_run(a_result("test", TaskStatus.FAILED), id=ID, started=0.0)
GREEN = a_run(a_result("test"), id=ID)
BRANCH = Delivery(branch="autonomous-cicd/f", patch_file="/s/p")


@dataclass(frozen=True)
class Told:
    """What became of a red run."""

    healing: Healing
    decision: Decision | None = None
    delivery: Delivery | None = None


WANTS = ("the step 'Live' needs the secret KEY, which is not here",)


def told(run: Run = GREEN, patch: Patch = PATCH, *incidents: Incident, **more: Any) -> Told:
    found = {name: more.pop(name) for name in ("decision", "delivery") if name in more}
    healing = Healing(
        ran=Ran(run=run, pipeline=None), patch=patch, incidents=incidents or (an_incident(),), **more
    )
    return Told(healing=healing, **found)


HELD = an_incident("aa9876543210", State.WAITING)
LEFT = an_incident("ba9876543210", State.ESCALATED)
ASK = Decision(Choice.ASK, ("it changes CI",))


@pytest.mark.parametrize(
    ("run", "what", "status"),
    [
        (GREEN, None, "passed"),
        (RED, None, "failed"),
        (replace(RED, status=RunStatus.CANCELLED), None, "cancelled"),
        (RED, told(delivery=BRANCH), "healed"),
        (RED, told(delivery=Delivery(patch_file="/s/p")), "healed"),
        (RED, told(delivery=Delivery(patch_file="/s/p", applied=True)), "healed"),
        (RED, told(patch=NOTHING), "healed"),
        (RED, told(decision=ASK), "escalated"),
        (GREEN, told(patch=NOTHING, unchecked=WANTS), "escalated"),
        (RED, told(delivery=BRANCH, unchecked=WANTS), "escalated"),
        (RED, told(delivery=replace(BRANCH, branch="", note="taken")), "escalated"),
        (RED, told(RED, NOTHING, LEFT), "escalated"),
        (RED, told(RED, NOTHING, LEFT, stopped="it was interrupted", interrupted=True), "cancelled"),
        (RED, told(GREEN, NOTHING, LEFT, stopped="all is stopped"), "escalated"),
    ],
)
def test_how_it_ended_is_one_word(run: Run, what: Told | None, status: str) -> None:
    assert status == status_of(run, what)


def reported(what: Told) -> dict[str, Any]:
    return checked({**to_json(RED), "status": status_of(RED, what), **healing_json(what)})


def test_the_report_says_what_was_tried_and_where_it_is() -> None:
    report = reported(told(GREEN, PATCH, an_incident(), LEFT, delivery=BRANCH))
    assert [False, True, False, True] == [one["success"] for one in report["healing"]]
    assert ("healed", BRANCH.branch, PATCH.diff()) == (
        report["status"],
        report["delivery"]["branch"],
        report["delivery"]["patch"],
    )
    assert [LEFT.id] == [one["incident"] for one in report["escalations"]]
    assert {"passed": 3, "failed": 0, "skipped": 0} == report["healing"][0]["proof"]["after"][1]["tests"]


def test_a_refused_file_has_a_report_too() -> None:
    what = told(RED, NOTHING, LEFT)
    empty = Run(id="", project="/p", pipeline="", source="", status=RunStatus.FAILED, reason="no mapping")
    checked({**to_json(empty), "status": status_of(empty, what), **healing_json(what)})


def test_the_report_says_what_was_not_checked() -> None:
    assert list(WANTS) == reported(told(delivery=BRANCH, unchecked=WANTS))["unchecked"]


def test_hostile_text_is_inert() -> None:
    evil = an_incident(
        failure=failure_of(f"error: {EVIL}\n"),
        task=EVIL,
        hand_over=EVIL,
        attempts=(
            an_attempt(Outcome.SAME, summary=EVIL, patch=Patch.of([changed_file("a", "\x1b\n", "\u202e\n")])),
        ),
    ).at(1.0, State.ESCALATED, EVIL)
    what = told(
        GREEN, Patch.of([changed_file("a", "x\n", f"{EVIL}\n")]), evil, delivery=replace(BRANCH, note=EVIL)
    )
    reported(what)
    checkable = (
        healing_text(what) + incident_text(evil) + incident_text(replace(evil, patch=what.healing.patch))
    )
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(checkable)
    assert incident_json(evil)["id"] == evil.id


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (told(delivery=BRANCH), ["healed: test", "proof: as it was: red", "branch: autonomous-cicd/f", "+c"]),
        (told(delivery=replace(BRANCH, branch="", applied=True)), ["applied to the working tree"]),
        (told(delivery=replace(BRANCH, branch="", note="taken")), ["not delivered as wished: taken"]),
        (told(decision=ASK), ["not delivered: it changes CI"]),
        (
            told(GREEN, PATCH, HELD, decision=ASK),
            ["waits for you", f"{HELD.id} --diff {PATCH.id[:12]}` delivers it"],
        ),
        (told(patch=NOTHING), ["nothing was changed"]),
        (told(delivery=BRANCH, unchecked=WANTS), ["branch: autonomous-cicd/f", f"not checked: {WANTS[0]}"]),
        (told(RED, NOTHING, LEFT), ["escalated: test", f"autonomous-cicd show {LEFT.id}"]),
        (told(RED, NOTHING, LEFT, stopped="it was interrupted"), ["not healed: it was interrupted"]),
        (told(patch=Patch.of([changed_file("a", "", "x\n" * 99)])), ["more lines in the patch file"]),
    ],
)
def test_a_person_is_told(what: Told, words: list[str]) -> None:
    text = healing_text(what)
    assert [] == [word for word in words if word not in text]


def test_it_is_told_that_uncommitted_changes_were_there_when_it_was_proven() -> None:
    words = "together with your uncommitted changes"
    applied = replace(BRANCH, branch="", applied=True)
    assert words in healing_text(told(delivery=BRANCH), dirty=True)
    assert words not in healing_text(told(delivery=BRANCH)) + healing_text(told(delivery=applied), dirty=True)


def test_an_incident_is_told_from_first_to_last() -> None:
    waiting = an_incident(state=State.WAITING, delivery=None)
    text = incident_text(waiting)
    for words in (
        "waiting",
        "configuration, 95% sure",
        "attempt 2: project_file (configuration_fix), 3.5 s",
        "as it was: red in 1.0 s",
        "  1  sh -c x",
        "  -  y",
        f"approve {waiting.id} --diff {PATCH.id[:12]}",
        "# page",
    ):
        assert words in text
    assert "delivered to autonomous-cicd/x" in incident_text(an_incident())
    applied = an_incident(delivery=Delivery(patch_file="/p", applied=True), failure=None)
    assert "delivered to the working tree" in incident_text(applied)
    values = incident_json(an_incident())
    assert (PATCH.id, "autonomous-cicd/x") == (values["diff"], values["branch"])
    assert None is incident_json(applied)["failure"]
