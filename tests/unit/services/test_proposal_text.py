"""What stands at the code host of an incident: complete, short enough, and inert whatever a log says.

The expected texts are in `tests/cases/proposals`, as they stand at the host.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benches import failure_of
from tests.host_texts import AT_HOST, FRAME, LINKED, OURS
from tests.incidents import PATCH, an_attempt, an_incident
from tests.inertness import BAITS, HOSTILE, live_markdown, live_words

from autonomous_cicd.domain.at_host import Mark, marked
from autonomous_cicd.domain.diagnosis import Category, Place, Quote
from autonomous_cicd.domain.incident import Entry, Incident, State
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.domain.verification import Counts, Outcome, Trial, Verification
from autonomous_cicd.services.pen import BODY, TITLE, Pen
from autonomous_cicd.services.proposal_text import (
    Proposed,
    closing_text,
    comment_text,
    issue_text,
    pull_request_text,
    run_link,
)

CASES = Path(__file__).parents[2] / "cases/proposals"
PEN = Pen(redact=Redactor().redact)
FIX = Patch.of([changed_file("requirements.txt", "requests\n", "requests\npyyaml\n")])
MISSING = replace(
    failure_of("Collecting\nModuleNotFoundError: No module named 'yaml'\n", Category.DEPENDENCY_MISSING),
    message="ModuleNotFoundError: No module named 'yaml'",
    cause="the module `yaml` is not installed",
    explanation="The code imports yaml, and no installed package has it.",
    evidence=(Quote(42, "ModuleNotFoundError: No module named 'yaml'"), Quote(40, "    import yaml")),
    place=Place(file="shop/config.py", line=3),
    tests=("tests/test_config.py::test_load",),
    suspects=("requirements.txt, changed since the last green run",),
    fingerprint="0123456789abcdef",
)
RED = Trial(
    run="r1",
    what="as it was",
    green=False,
    seconds=12.3,
    commands=(("pip install -r requirements.txt", 0), ("pytest", 2)),
    tests=Counts(passed=3, failed=1),
)
GREEN = replace(
    RED, run="r2", what="with the change", green=True, commands=(("pytest", 0),), tests=Counts(passed=4)
)
HEALED = an_attempt(
    remedy="dependency_update/missing_dependency",
    summary="declare pyyaml, which has the module yaml",
    verification=Verification(outcome=Outcome.GREEN, red=(RED,), trials=(GREEN,)),
    patch=FIX,
    seconds=30.0,
)
INCIDENT = an_incident(
    failure=MISSING, task="test", attempts=(HEALED,), patch=FIX, at_host=AT_HOST, hand_over=""
)
PROPOSED = Proposed(
    incidents=(INCIDENT,),
    patch=FIX,
    branch="autonomous-cicd/0123456789abcdef",
    commit="d" * 40,
    confidence=0.93,
    risk=Risk.LOW,
    unchecked=("job deploy: it needs the secret DEPLOY_KEY",),
)
WAITING = replace(
    INCIDENT,
    state=State.WAITING,
    history=(Entry(at=1.0, state=State.WAITING, what="requirements.txt is protected"),),
    at_host=replace(AT_HOST, seen=3),
)


def page(title: str, body: str) -> str:
    return f"{title}\n\n{body}\n"


GOLDEN: dict[str, Callable[[], str]] = {
    "pull_request": lambda: page(*pull_request_text(PROPOSED, PEN)),
    "pull_request_verified": lambda: page(
        *pull_request_text(
            replace(
                PROPOSED,
                incidents=(replace(INCIDENT, at_host=replace(AT_HOST, checked="green")),),
                commit="",
                unchecked=(),
                asks=("requirements.txt is protected",),
            ),
            PEN,
        )
    ),
    "issue": lambda: page(
        *issue_text(
            replace(WAITING, state=State.ESCALATED, patch=Patch(), attempts=(an_attempt(Outcome.SAME),)),
            PEN,
            why="Nothing that was tried made it green.",
            reproduce=("git checkout cccccccccccc", "autonomous-cicd run --only test"),
        )
    ),
    "issue_waiting": lambda: page(*issue_text(WAITING, PEN, unchecked=("job deploy: it needs a secret",))),
    "comment": lambda: comment_text(
        replace(WAITING, at_host=replace(AT_HOST, seen=3, run=99, attempt=1, checked="red")),
        PEN,
        key="seen:99",
    ),
    "closing": lambda: closing_text(INCIDENT, PEN, key="closed:1", green=123),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_texts_are_as_they_were_approved(name: str) -> None:
    assert (CASES / f"{name}.md").read_text(encoding="utf-8") == GOLDEN[name]().rstrip("\n") + "\n"


def hostile(text: str) -> Incident:
    """Return an incident in which everything that may be a stranger's is this text."""
    failure = replace(
        MISSING,
        message=text,
        cause=text,
        explanation=text,
        evidence=(Quote(1, text),),
        place=Place(file=text or "x", line=1),
        suspects=(text,),
        files=(text,),
        tests=(text,),
    )
    trial = replace(GREEN, what=text, commands=((text, 1),))
    patch = Patch.of([changed_file(f"a{text}", "a\n", f"{text}\n")])
    attempt = an_attempt(
        Outcome.SAME,
        summary=text,
        remedy=text,
        patch=patch,
        verification=Verification(outcome=Outcome.SAME, reason=text, red=(trial,), trials=(trial,)),
    )
    return replace(
        WAITING,
        failure=failure,
        task=text,
        commit=text,
        attempts=(attempt, replace(attempt, verification=HEALED.verification)),
        patch=patch,
        history=(Entry(at=1.0, state=State.WAITING, what=text),),
        at_host=replace(AT_HOST, job=text, workflow=text, branch=text),
    )


def live(body: str) -> list[str]:
    """Return what does something in a body, but for our own link and mark."""
    unlinked = LINKED.sub("the run", body)
    return [one for one in live_markdown(unlinked, more=FRAME) if not OURS.fullmatch(one)]


def told(incident: Incident, text: str) -> list[tuple[str, str]]:
    proposed = Proposed(
        incidents=(incident, incident),
        patch=incident.patch,
        branch="autonomous-cicd/x",
        unchecked=(text,),
        asks=(text,),
    )
    return [
        pull_request_text(proposed, PEN),
        issue_text(incident, PEN, why=text, reproduce=(text,), unchecked=(text,)),
        ("", comment_text(incident, PEN, key="k", news=text)),
        ("", closing_text(incident, PEN, key="k")),
    ]


@pytest.mark.parametrize("bait", BAITS)
def test_baits_do_nothing(bait: str) -> None:
    for text in (bait, f"x\n{bait}", f"fixes {bait} {bait}"):
        for title, body in told(hostile(text), text):
            assert [] == live_words(title) + live(body)


@given(HOSTILE)
def test_what_a_log_says_does_nothing(text: str) -> None:
    for title, body in told(hostile(text), text):
        assert len(title) <= TITLE
        assert len(title.splitlines()) <= 1
        assert [] == live_words(title) + live(body)


@settings(max_examples=20)
@given(HOSTILE, st.integers(1, 60))
def test_no_text_is_longer_than_the_host_takes(text: str, times: int) -> None:
    long = (text + " word\n") * times * 30
    many = hostile(long)
    many = replace(many, attempts=many.attempts * 20)
    for (title, body), kind in zip(
        told(many, long), (Mark.FIX, Mark.CAUSE, Mark.SAID, Mark.SAID), strict=True
    ):
        assert len(title) <= TITLE
        assert len(body) <= BODY
        assert marked(body, kind)


def test_a_text_that_was_cut_says_so() -> None:
    huge = replace(WAITING, attempts=tuple(an_attempt(Outcome.SAME, patch=_big(n)) for n in range(30)))
    _, body = issue_text(huge, PEN)
    assert BODY - 1_000 < len(body) <= BODY
    assert "Cut off here" in body
    assert "0123456789abcdef" == marked(body, Mark.CAUSE)
    assert [] == live(body)


def _big(number: int) -> Patch:
    return Patch.of([changed_file("a.txt", "", "".join(f"line {n} of {number}\n" for n in range(2_000)))])


def test_secrets_are_not_told() -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    pen = Pen(redact=Redactor(["hunter2hunter2"]).redact)
    text = f"token={secret} password hunter2hunter2 https://me:{secret}@example.com"
    for title, body in (
        pull_request_text(replace(PROPOSED, incidents=(hostile(text),), patch=hostile(text).patch), pen),
        issue_text(hostile(text), pen, why=text, reproduce=(text,)),
    ):
        for piece in (secret, "hunter2", secret[:20]):
            assert piece not in (title + body).replace("\u200b", "")


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("acme/shop", "[run 17](https://git.example/acme/shop/actions/runs/17/attempts/2)"),
        ("acme/shop) [x](http://evil.example", "run 17"),
        ("/p", "run 17"),
        ("", "run 17"),
    ],
)
def test_links_are_of_our_own_making(repository: str, expected: str) -> None:
    pen = replace(PEN, web="https://git.example")
    assert expected == run_link(replace(AT_HOST, repository=repository), pen)


def test_little_is_known_of_some() -> None:
    bare = Incident(id="abc", project="acme/shop", run="17")
    title, body = issue_text(bare, PEN)
    assert "the cause is not known" in title
    assert "## What was tried\n\nNothing." in body
    assert "abc" == marked(body, Mark.CAUSE)
    _, body = pull_request_text(Proposed(incidents=(bare,), patch=PATCH, branch="autonomous-cicd/x"), PEN)
    assert "**verified here**: no" in body
    assert "Nothing new." in comment_text(bare, PEN, key="k")


def caused(cause: str, explanation: str = "") -> Incident:
    return replace(INCIDENT, failure=replace(MISSING, cause=cause, explanation=explanation))


def why(incident: Incident) -> str:
    """Return what stands below `## Cause` before the facts."""
    return issue_text(incident, PEN)[1].partition("## Cause\n\n")[2].partition("\n\n- kind")[0]


@pytest.mark.parametrize(
    ("cause", "begins"),
    [
        ("a module is not there", "A module"),
        ("can't open it", "Can't"),
        ("shop/pay.py is not formatted", "shop/pay.py"),
        ("test_total: assert 4 == 3", "test\\_total:"),
        ("package-lock.json is old", "package-lock.json"),
        ("python3 is missing", "python3"),
        ("mypyC is missing", "mypyC"),
        ("`yaml` is missing", "`yaml`"),
    ],
)
def test_a_name_that_begins_a_sentence_stays_as_it_is(cause: str, begins: str) -> None:
    assert why(caused(cause)).startswith(begins)


@pytest.mark.parametrize(
    ("explanation", "expected"),
    [
        ("", "The log is gone: something that the code needs is not installed."),
        ("the log is gone", "The log is gone: something that the code needs is not installed."),
        ("The log is gone: it is. Look.", "The log is gone: it is. Look."),
        ("This is a guess. The log is gone: it is.", "This is a guess. The log is gone: it is."),
        ("Look.", "The log is gone: something that the code needs is not installed.\n\nLook."),
    ],
)
def test_a_cause_is_said_once(explanation: str, expected: str) -> None:
    assert expected == why(caused("the log is gone", explanation))


def test_the_lines_of_a_script_are_not_joined() -> None:
    """Joined by blanks they would be a command that does something else."""
    trial = replace(RED, commands=(("pip install -U pip\n\npip install -r r.txt\n", 0), ("pytest\n", 1)))
    attempt = replace(HEALED, verification=replace(HEALED.verification, red=(trial,)))
    body = issue_text(replace(INCIDENT, attempts=(attempt,)), PEN)[1]
    expected = (
        "  - a script of 2 lines: exit code 0\n    - `pip install -U pip`\n    - `pip install -r r.txt`\n"
        "  - `pytest`: exit code 1\n"
    )
    assert expected in body


@pytest.mark.parametrize(
    ("job", "cause", "expected"),
    [
        ("lint, test (3.11, a)", "x is y", "Fix lint, test (3.11, a): x is y"),
        (
            "test (3.11, ubuntu), test (3.12, ubuntu), test (3.13, ubuntu)",
            "x",
            "Fix test (3.11, ubuntu) and 2 more: x",
        ),
        ("x" * 60, "y", f"Fix {'x' * 47}…: y"),
        ("test", "word " * 40, f"Fix test: {'word ' * 20}word …"),
        ("test", "w" * 400, f"Fix test: {'w' * 109}…"),
    ],
)
def test_a_title_is_cut_between_words_and_has_room_for_the_cause(job: str, cause: str, expected: str) -> None:
    incident = replace(caused(cause), at_host=replace(AT_HOST, job=job))
    assert expected == pull_request_text(replace(PROPOSED, incidents=(incident,)), PEN)[0]
