"""Payload: what the host sends becomes an event; what a stranger makes of it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.event import KNOWN, Event
from autonomous_cicd.domain.payload import TEXT, event_of, work_of
from autonomous_cicd.errors import DocumentError

RECORDED = Path(__file__).parents[4] / "shared/contracts/github/webhooks/payload-examples"

REPOSITORY = {"full_name": "Acme/shop", "url": "http://169.254.169.254/"}
SHA = "a" * 40
RUN = {
    "id": 30433642,
    "run_attempt": 2,
    "name": "CI",
    "path": ".github/workflows/ci.yml@main",
    "head_sha": SHA,
    "head_branch": "main",
    "status": "completed",
    "conclusion": "failure",
    "head_repository": {"full_name": "somebody/shop"},
}


def of_run(**changes: object) -> dict[str, Any]:
    run = {**RUN, **changes}
    return {"action": "completed", "workflow_run": run, "repository": REPOSITORY, "sender": {"login": "ann"}}


def test_a_run_is_read() -> None:
    assert Event(
        name="workflow_run",
        action="completed",
        repository="Acme/shop",
        sender="ann",
        run=30433642,
        attempt=2,
        commit=SHA,
        branch="main",
        head_repository="somebody/shop",
        workflow=".github/workflows/ci.yml",
        status="completed",
        conclusion="failure",
        title="CI",
    ) == event_of("workflow_run", of_run())


OURS = "autonomous-cicd/x"
WORK: list[tuple[str, str, dict[str, Any]]] = [
    ("acme/shop", "workflow_run completed", {"run": 7, "conclusion": "failure"}),
    ("acme/shop", "workflow_run completed", {"run": 7, "conclusion": "timed_out"}),
    ("acme/shop", "workflow_run completed", {"run": 7, "conclusion": "startup_failure"}),
    ("acme/shop", "workflow_run completed", {"run": 7, "conclusion": "success"}),
    ("", "workflow_run completed", {"run": 7, "conclusion": "cancelled"}),
    ("", "workflow_run completed", {"conclusion": "failure"}),
    ("", "workflow_run requested", {"run": 7}),
    ("", "check_suite completed", {"branch": "main", "conclusion": "failure"}),
    ("acme/shop", "check_suite completed", {"branch": OURS}),
    ("acme/shop", "check_run completed", {"branch": OURS}),
    ("acme/shop", "workflow_job completed", {"branch": OURS}),
    ("", "check_run created", {"branch": OURS}),
    (
        "acme/shop",
        "pull_request closed",
        {"number": 3, "branch": OURS, "head_repository": "acme/Shop"},
    ),
    (
        "acme/shop",
        "pull_request reopened",
        {"number": 3, "branch": OURS, "head_repository": "acme/shop"},
    ),
    ("", "pull_request closed", {"number": 3, "branch": OURS, "head_repository": "eve/shop"}),
    ("", "pull_request opened", {"number": 3, "branch": OURS, "head_repository": "acme/shop"}),
    ("acme/shop", "issue_comment created", {"comment": 9, "text": "/autonomous-cicd approve x"}),
    ("acme/shop", "issue_comment created", {"comment": 9, "text": " \n/autonomous-cicd\n"}),
    ("", "issue_comment created", {"comment": 9, "text": "/autonomous-cicd-evil"}),
    ("", "issue_comment created", {"comment": 9, "text": "see /autonomous-cicd approve"}),
    ("", "issue_comment created", {"comment": 9}),
    ("", "issue_comment edited", {"comment": 9, "text": "/autonomous-cicd approve x"}),
    ("acme/shop", "issues closed", {"number": 4, "labels": ("bug", "autonomous-cicd")}),
    ("", "issues closed", {"number": 4, "labels": ("bug",)}),
    ("", "ping ", {}),
    ("", "push ", {"branch": "main"}),
    ("", "installation created", {}),
    ("", "star created", {}),
]


@pytest.mark.parametrize(("key", "what", "values"), WORK)
def test_what_follows_from_it(key: str, what: str, values: dict[str, Any]) -> None:
    name, action = what.split(" ")
    assert key == work_of(Event(name=name, action=action, repository="Acme/shop", **values))


WRONG = {
    "a run that is a list": ("workflow_run", {"workflow_run": []}),
    "an id that is a text": ("workflow_run", of_run(id="1")),
    "an id that is true": ("workflow_run", of_run(id=True)),
    "an id below zero": ("workflow_run", of_run(id=-1)),
    "an id that no database takes": ("workflow_run", of_run(id=2**63)),
    "a fraction": ("workflow_run", of_run(run_attempt=1.5)),
    "a commit that is an option": ("workflow_run", of_run(head_sha="--upload-pack=x")),
    "a branch that is a number": ("workflow_run", of_run(head_branch=1)),
    "a conclusion of two words": ("workflow_run", of_run(conclusion="failure\nINFO forged")),
    "a repository with a way out": ("push", {"repository": {"full_name": "../../etc"}}),
    "a repository of three parts": ("push", {"repository": {"full_name": "a/b/c"}}),
    "a repository with a line feed": ("push", {"repository": {"full_name": "a/b\n"}}),
    "a sender that is a text": ("push", {"sender": "ann"}),
    "an action that is an object": ("issues", {"action": {}}),
    "labels that are texts": ("issues", {"issue": {"labels": ["autonomous-cicd"]}}),
    "merged in words": ("pull_request", {"pull_request": {"merged": "true"}}),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_the_host_would_not_send_is_refused(case: str) -> None:
    with pytest.raises(DocumentError, match="is not"):
        event_of(*WRONG[case])


def test_texts_are_cut() -> None:
    event = event_of(
        "issue_comment", {"comment": {"id": 1, "body": "x" * 10**6}, "issue": {"title": "y" * 10**6}}
    )
    assert TEXT == len(event.text)
    assert len(event.title) < 1_000


def test_of_other_events_only_is_kept_that_they_came() -> None:
    payload = {"action": "created", "repository": REPOSITORY, "sender": {"login": "ann"}, "title": "hello"}
    assert Event(name="star", action="created", repository="Acme/shop") == event_of("star", payload)
    assert Event(name="star") == event_of("star", {"action": ["x"], "repository": {"full_name": "../.."}})
    assert Event(name="star") == event_of("star", {"action": "FORGED line", "repository": 7})


WORDS = (
    "action repository full_name sender login id workflow_run workflow_job check_run check_suite pull_request"
    " head ref sha repo issue comment labels name body"
)
KEYS = st.sampled_from(WORDS.split())
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)


@given(st.sampled_from(sorted(KNOWN | {"star"})), st.dictionaries(KEYS, VALUES, max_size=8))
def test_whatever_comes_is_an_event_or_refused(name: str, payload: dict[str, Any]) -> None:
    try:
        event = event_of(name, payload)
    except DocumentError:
        return
    assert name == event.name
    assert isinstance(work_of(event), str)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded payloads are not here")
def test_all_recorded_payloads_are_accepted() -> None:
    files = sorted(RECORDED.rglob("*.json"))
    events = [event_of(file.parent.name, json.loads(file.read_bytes())) for file in files]
    assert 195 == len(events)
    missing = {event.name for event in events if event.name in KNOWN and not event.repository}
    assert missing <= {"installation", "installation_repositories", "ping"}
    assert all(event.run and event.commit for event in events if event.name == "workflow_run")
    assert all(event.number and event.title for event in events if event.name in ("issues", "pull_request"))
    assert all(event.comment and event.text for event in events if event.name == "issue_comment")
