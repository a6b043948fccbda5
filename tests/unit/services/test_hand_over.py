"""The page for whoever takes over: everything is on it, and nothing on it is markup of somebody else's."""

from __future__ import annotations

from dataclasses import replace

from tests.benches import failure_of
from tests.incidents import an_attempt, an_incident
from tests.runs import EVIL

from autonomous_cicd.domain.diagnosis import Place
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.verification import Outcome
from autonomous_cicd.services.hand_over import hand_over


def test_everything_is_on_the_page() -> None:
    failure = replace(
        an_incident().failure or failure_of(""), place=Place(file="a.py", line=3), suspects=("setup.cfg",)
    )
    incident = an_incident(failure=failure)
    page = hand_over(
        incident, why="Nothing helped.", reproduce=["git checkout x", "run it"], proven="+healed\n"
    )
    for words in (
        "Nothing helped.",
        "- task: test",
        f"fingerprint `{failure.fingerprint}`",
        "- place: a.py:3",
        "## Evidence",
        "error: it broke",
        "- setup.cfg",
        "1. `project_file`: make it executable -> same: it is not",
        "2. `project_file`: make it executable -> green",
        "with the change: green in 2.0 s",
        "+c",
        "+healed",
        "    git checkout x\n    run it\n",
    ):
        assert words in page


def test_what_is_not_known_is_left_out() -> None:
    page = hand_over(Incident(id="i", project="/p", run="r"), why="It is so.", reproduce=[])
    assert "A failure without a cause" in page
    assert "Nothing: no remedy knows a way against it." in page
    assert "Suspects" not in page


def test_hostile_text_stays_on_its_line() -> None:
    failure = replace(failure_of(f"error: {EVIL}\n"), cause=EVIL, explanation=EVIL, suspects=(EVIL,))
    evil = an_incident(
        failure=failure, task=f"{EVIL}\n# heading", attempts=(an_attempt(Outcome.SAME, summary=EVIL),)
    )
    page = hand_over(evil, why="Why.", reproduce=[f"run '{EVIL}\nrm -rf ~'"], proven="")
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(page)
    assert "\n# heading" not in page
    assert "\nrm -rf" not in page
