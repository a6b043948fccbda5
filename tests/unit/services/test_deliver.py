"""The only hand that leaves something outside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.benches import failure_of
from tests.incidents import PATCH, an_attempt, an_incident
from tests.runs import EVIL

from autonomous_cicd.domain.incident import Delivery
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.errors import AutonomousCicdError, Conflict, Unavailable, UsageError
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.deliver import branch_name, deliver

CHECKOUT = Checkout(root=Path("/p"), repository=True, commit="c" * 40)


@dataclass
class Outside:
    """Keeps what it is told. Implements `WorkingCopies`."""

    fails: AutonomousCicdError | None = None
    done: list[str] = field(default_factory=list)
    message: str = ""

    def branch(self, checkout: Checkout, patch: Patch, name: str, message: str) -> str:
        if self.fails:
            raise self.fails
        self.message = message
        self.done.append(name)
        return f"{name}-2"

    def apply(self, checkout: Checkout, patch: Patch) -> None:
        if self.fails:
            raise self.fails
        self.done.append("applied")

    def file(self, name: str, text: str) -> Path:
        self.done.append(name)
        return Path("/state") / name


def test_a_branch_and_a_file() -> None:
    outside, incident = Outside(), an_incident()
    delivery = deliver(outside, CHECKOUT, PATCH, [incident], apply=False)
    name = f"autonomous-cicd/{incident.fingerprint}"
    assert [f"{incident.id}.patch", name] == outside.done
    assert Delivery(branch=f"{name}-2", patch_file=f"/state/{incident.id}.patch") == delivery
    assert name == branch_name(incident)


def test_into_the_working_tree() -> None:
    outside = Outside()
    assert deliver(outside, CHECKOUT, PATCH, [an_incident()], apply=True).applied
    assert "applied" == outside.done[-1]


def test_without_a_commit_the_file_is_all_there_is() -> None:
    outside = Outside()
    delivery = deliver(outside, replace(CHECKOUT, commit=""), PATCH, [an_incident()], apply=False)
    assert (True, "", 1) == (delivery.done, delivery.branch, len(outside.done))


@pytest.mark.parametrize("error", [Conflict("taken", hint="stash it"), Unavailable("full"), UsageError("no")])
@pytest.mark.parametrize("apply", [True, False])
def test_what_cannot_be_done_is_told(error: AutonomousCicdError, apply: bool) -> None:
    delivery = deliver(Outside(error), CHECKOUT, PATCH, [an_incident()], apply=apply)
    assert (False, False, "") == (delivery.done, delivery.applied, delivery.branch)
    assert str(error) in delivery.note
    assert ("(stash it)" in delivery.note) == isinstance(error, Conflict)


def test_a_commit_says_what_and_why_on_lines_of_its_own() -> None:
    outside = Outside()
    other = an_incident("ff", task="lint", attempts=(an_attempt(summary="write it anew."),))
    deliver(outside, CHECKOUT, PATCH, [an_incident(), other], apply=False)
    assert outside.message == (
        "Heal test, lint\n\nMake it executable.\n\ntest failed: error: it broke\n\n"
        "Write it anew.\n\nlint failed: error: it broke\n"
    )


def test_a_commit_cannot_be_forged() -> None:
    outside = Outside()
    evil = an_incident(task=f"{EVIL}\n\nSigned-off-by: me" * 9, failure=failure_of(f"{EVIL}\nX: y\n"))
    deliver(outside, CHECKOUT, PATCH, [evil], apply=False)
    assert len(outside.message.split("\n")[0]) <= 72
    assert not [line for line in outside.message.split("\n") if line.startswith(("Signed-off", "X:"))]
    assert "\x1b" not in outside.message
