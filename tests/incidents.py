"""Makes incidents for tests of how they are kept and told."""

from __future__ import annotations

from typing import Any

from tests.benches import failure_of

from autonomous_cicd.domain.decision import Choice, Decision
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Attempt, Delivery, Entry, Incident, State
from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.verification import Counts, Outcome, Trial, Verification

__all__ = ["FAILURE", "PATCH", "an_attempt", "an_incident"]

FAILURE = failure_of("error: it broke\nand so on\n", Category.CONFIGURATION)
PATCH = Patch.of(
    [
        changed_file("setup.cfg", "a\r\nb", "a\r\nc"),
        FileChange(name="run it.sh", before="x\n", after="x\n", executable=True),
        changed_file("gone", "é\n", None),
    ]
)


def an_attempt(outcome: Outcome = Outcome.GREEN, **more: Any) -> Attempt:
    """Return an attempt with its proof."""
    red = Trial(run="r1", what="as it was", green=False, seconds=1.0, commands=(("sh -c x", 1), ("y", None)))
    again = Trial(run="r2", what="with the change", green=outcome is Outcome.GREEN, seconds=2.0)
    tested = Trial(run="r3", what="with the change, run 2", green=True, seconds=0.5, tests=Counts(passed=3))
    reason = "" if outcome is Outcome.GREEN else "it is not"
    verification = Verification(outcome=outcome, reason=reason, red=(red,), trials=(again, tested))
    given = {
        "remedy": "project_file",
        "strategy": Strategy.CONFIGURATION_FIX,
        "summary": "make it executable",
        "verification": verification,
        "patch": PATCH,
        "decision": Decision(Choice.ASK, ("one", "two")),
        "seconds": 3.5,
        **more,
    }
    return Attempt(**given)


def an_incident(id: str = "0123456789ab", state: State = State.RESOLVED, **more: Any) -> Incident:
    """Return an incident in which everything is said."""
    given: dict[str, Any] = {
        "project": "/p",
        "run": "r1",
        "commit": "c" * 40,
        "task": "test",
        "failure": FAILURE,
        "opened": 1_700_000_000.0,
        "attempts": (an_attempt(Outcome.SAME), an_attempt()),
        "history": (Entry(at=1_700_000_000.0, state=State.OPEN, what="test failed"),),
        "patch": PATCH,
        "delivery": Delivery(branch="autonomous-cicd/x", patch_file="/s/x.patch", note=""),
        "hand_over": "# page\n",
        **more,
    }
    return Incident(id=id, state=state, **given)
