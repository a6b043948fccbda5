"""Reports at the host: true, complete about what was not checked, and inert. Expected texts as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from tests.benches import failure_of
from tests.host_texts import AT_HOST, FRAME, LINKED, OURS
from tests.incidents import an_incident
from tests.inertness import BAITS, HOSTILE, live_markdown

from autonomous_cicd.domain.at_host import Mark, marked
from autonomous_cicd.domain.code_host import Alert, HostedRun
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Entry, Incident, State
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.domain.report_facts import Facts, ReportKind, Tally, tallies
from autonomous_cicd.domain.track import TrackRecord
from autonomous_cicd.services.host_reports import report_text
from autonomous_cicd.services.pen import BODY, Pen

CASES = Path(__file__).parents[2] / "cases/reports"
PEN = Pen(redact=Redactor().redact)
NOW = 1_700_000_000.0
DAY = 24 * 3600.0


def run(number: int, conclusion: str = "success", days: float = 1.0, path: str = "ci.yml") -> HostedRun:
    return HostedRun(
        id=number,
        repository="acme/shop",
        workflow="CI",
        path=f".github/workflows/{path}",
        commit="c" * 40,
        branch="main",
        event="push",
        status="completed",
        conclusion=conclusion,
        created=NOW - days * DAY,
    )


def incident(number: int, state: State, days: float = 1.0, **more: object) -> Incident:
    failure = replace(
        failure_of(f"error: cause {number}\n", Category.CONFIGURATION), fingerprint=f"{number:016x}"
    )
    at_host = replace(AT_HOST, run=number, attempt=1, seen=number, pull_request=40 + number, issue=0)
    opened = NOW - days * DAY
    given: dict[str, object] = {"failure": failure, "at_host": at_host, "opened": opened, **more}
    history = (Entry(at=opened + 600, state=state, what="it is so"),)
    return an_incident(f"{number:012x}", state, history=history, **given)


FACTS = Facts(
    repository="acme/shop",
    now=NOW,
    since=NOW - 7 * DAY,
    runs=(run(1, "failure"), run(2), run(3), run(4, "cancelled"), run(5, "failure", path="docs.yml")),
    earlier=(run(9, "failure", 9), run(10, days=10)),
    incidents=(
        incident(1, State.WAITING),
        incident(2, State.RESOLVED),
        incident(3, State.ESCALATED, at_host=replace(AT_HOST, run=3, attempt=1, issue=12)),
        incident(2, State.RESOLVED, 2),
        incident(4, State.RESOLVED, 10),
    ),
    records=(
        TrackRecord(
            remedy="configuration_fix/formatting", category=Category.FORMATTING, tries=4, successes=3
        ),
    ),
)
ALERTS = {
    "dependabot": (
        Alert(number=1, kind="dependabot", severity="medium", title="ReDoS", package="left-pad", id="GHSA-1"),
        Alert(
            number=2,
            kind="dependabot",
            severity="critical",
            title="Code execution in yaml.load",
            package="pyyaml",
            id="GHSA-2",
            fixed_in="5.4",
        ),
    ),
    "code-scanning": None,
}
SECURITY = replace(
    FACTS,
    since=NOW - DAY,
    alerts=ALERTS,
    unknown=(("findings of code scanning", "the token may not see them, or they are turned off"),),
    incidents=(incident(6, State.ESCALATED, 0.5, failure=failure_of("403\n", Category.AUTHENTICATION)),),
)
EMPTY = Facts(repository="acme/shop", now=NOW, since=NOW - 7 * DAY)
GOLDEN: dict[str, Callable[[], tuple[str, str]]] = {
    "failure": lambda: report_text(ReportKind.FAILURE, FACTS, PEN),
    "security": lambda: report_text(ReportKind.SECURITY, SECURITY, PEN),
    "weekly": lambda: report_text(ReportKind.WEEKLY, FACTS, PEN),
    "weekly_empty": lambda: report_text(
        ReportKind.WEEKLY, replace(EMPTY, unknown=(("runs", "GitHub did not answer"),)), PEN
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_reports_are_as_they_were_approved(name: str) -> None:
    title, body = GOLDEN[name]()
    assert (CASES / f"{name}.md").read_text(encoding="utf-8") == f"{title}\n\n{body}\n"


@pytest.mark.parametrize("kind", list(ReportKind))
def test_each_is_found_again(kind: ReportKind) -> None:
    title, body = report_text(kind, EMPTY, PEN)
    assert (f"autonomous-cicd: {kind.value} report", kind.value) == (title, marked(body, Mark.REPORT))


def test_what_was_not_seen_is_no_clean_bill() -> None:
    nothing = replace(EMPTY, alerts={"dependabot": None, "code-scanning": ()})
    _, body = report_text(ReportKind.SECURITY, nothing, PEN)
    dependencies, code = body.split("## ")[1:3]
    assert "Not checked" in dependencies
    assert "None is open" in code
    assert "secrets in the history of the repository: nothing here" in body


def hostile(text: str) -> Facts:
    """Return facts in which everything that may be a stranger's is this text."""
    failure = replace(failure_of(f"error: {text}\n"), cause=text, message=text)
    evil = incident(1, State.WAITING, failure=failure, task=text, at_host=replace(AT_HOST, job=text, issue=3))
    alert = Alert(
        number=1, kind="dependabot", severity=text, title=text, package=text, id=text, fixed_in=text
    )
    record = TrackRecord(remedy=text, category=Category.UNKNOWN, tries=1)
    return replace(
        FACTS,
        incidents=(evil,),
        runs=(replace(run(1, "failure"), path=text),),
        alerts={"dependabot": (alert,), "code-scanning": None},
        records=(record,),
        unknown=((text, text),),
    )


def live(body: str) -> list[str]:
    return [one for one in live_markdown(LINKED.sub("the page", body), more=FRAME) if not OURS.fullmatch(one)]


@pytest.mark.parametrize("bait", BAITS)
def test_baits_do_nothing(bait: str) -> None:
    for kind in ReportKind:
        assert [] == live(report_text(kind, hostile(f"fixes {bait} {bait}"), PEN)[1])


@given(HOSTILE)
def test_what_strangers_say_does_nothing(text: str) -> None:
    for kind in ReportKind:
        assert [] == live(report_text(kind, hostile(text), PEN)[1])


def test_very_much_is_counted() -> None:
    many = replace(
        FACTS,
        incidents=tuple(incident(number, State.ESCALATED) for number in range(1, 400)),
        runs=tuple(run(number, "failure", path=f"{'x' * 150}{number}.yml") for number in range(999)),
    )
    for kind in ReportKind:
        _, body = report_text(kind, many, PEN)
        assert len(body) <= BODY
    assert "more" in report_text(ReportKind.FAILURE, many, PEN)[1]


def test_runs_are_counted_by_workflow() -> None:
    assert (
        Tally(workflow=".github/workflows/ci.yml", passed=2, red=1, others=1),
        Tally(workflow=".github/workflows/docs.yml", red=1),
    ) == tallies(FACTS.runs)
    assert Tally(workflow="x", others=3).rate is None
