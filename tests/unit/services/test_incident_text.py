from __future__ import annotations

from dataclasses import replace

from tests.incidents import FAILURE, an_incident

from autonomous_cicd.domain.diagnosis import Quote
from autonomous_cicd.domain.incident import Delivery, State
from autonomous_cicd.services.incident_text import incident_text


def test_what_is_only_diagnosed_is_told_with_its_proof() -> None:
    failure = replace(FAILURE, explanation="It broke because.", evidence=(Quote(7, "error: it broke"),))
    told = incident_text(an_incident(failure=failure, hand_over="", state=State.DIAGNOSED))
    assert "  It broke because.\n       7  error: it broke\n" in told
    assert "It broke because." not in incident_text(an_incident(failure=failure, hand_over="# A page"))


def test_where_a_change_was_left_is_told_without_what_is_not_there() -> None:
    told = incident_text(an_incident(delivery=Delivery(branch="autonomous-cicd/aa")))
    assert "delivered to autonomous-cicd/aa\n" in told + "\n"
    assert "patch file" not in told
    told = incident_text(an_incident(delivery=Delivery(patch_file="/s/a.patch", applied=True)))
    assert "delivered to the working tree; patch file: /s/a.patch" in told
