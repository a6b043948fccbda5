"""Host reports: facts -> the text of the one issue in which a kind of report stands."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from autonomous_cicd.domain.at_host import Mark, mark
from autonomous_cicd.domain.code_host import Alert
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.kpis import Kpis, kpis
from autonomous_cicd.domain.report_facts import Facts, ReportKind, Tally, tallies
from autonomous_cicd.domain.track import TrackRecord
from autonomous_cicd.domain.wording import plural
from autonomous_cicd.services.pen import Pen
from autonomous_cicd.services.proposal_text import run_link

__all__ = ["report_text"]

LISTED = 50
"""Causes, alerts, workflows and remedies that are listed each; the rest is counted."""
_OPEN = (State.OPEN, State.DIAGNOSED, State.HEALING, State.WAITING)
_STATES = {
    State.OPEN: "being looked at",
    State.DIAGNOSED: "being looked at",
    State.HEALING: "being healed",
    State.WAITING: "a fix waits for approval",
    State.RESOLVED: "healed",
    State.ESCALATED: "handed over to a person",
    State.DISMISSED: "dismissed by a person",
}
_ALERTS = {"dependabot": "Vulnerable dependencies", "code-scanning": "Findings in the code"}
_SECURITY = (Category.SECURITY_GATE, Category.AUTHENTICATION)
_NOT_CHECKED = "Not checked, see below."
_SEVERITIES = ("critical", "high", "medium", "error", "moderate", "warning", "low", "note")
_NEVER = (
    ("secrets in the history of the repository", "nothing here looks for them"),
    ("licences of dependencies", "nothing here looks at them"),
    ("container images and infrastructure", "nothing here looks at them"),
)


def report_text(kind: ReportKind, facts: Facts, pen: Pen) -> tuple[str, str]:
    """Return title and body of a report. The title is always the same: the issue is found and read by it."""
    builders = {ReportKind.FAILURE: _failure, ReportKind.SECURITY: _security, ReportKind.WEEKLY: _weekly}
    lines = [_as_of(facts), *builders[kind](facts, pen), *_unknown(kind, facts, pen)]
    footer = f"---\n`autonomous-cicd report {kind.value}` writes this anew. Close it, and it stays closed."
    body = pen.body(lines, f"{footer}\n\n{mark(Mark.REPORT, kind.value)}")
    return f"autonomous-cicd: {kind.value} report", body


def _as_of(facts: Facts) -> str:
    return f"From {_day(facts.since)} to {_day(facts.now)}, UTC."


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(at))


def _failure(facts: Facts, pen: Pen) -> Iterator[str]:
    causes = _by_cause(facts.recent)
    open_ones = [one for one in causes if one.state not in (State.RESOLVED, State.DISMISSED)]
    red = sum(one.failed for one in facts.runs)
    seen = plural(red, "red run") if facts.looked_at_runs else "runs were not looked at"
    causes_told = f"{plural(len(causes), 'cause')}, {len(open_ones)} not healed"
    yield from ("", f"**{seen}**, {causes_told}.")
    yield from _section("What is not healed", (_cause(one, pen) for one in open_ones), "Nothing.")
    closed = [one for one in causes if one not in open_ones]
    yield from _section("What is dealt with", (_cause(one, pen) for one in closed), "Nothing.")
    yield from _section("Workflows", (_tally(one, pen) for one in tallies(facts.runs)), _no_run(facts))
    known = {one.at_host.run for one in facts.incidents if one.at_host}
    silent = [one for one in facts.runs if one.failed and one.id not in known]
    if silent:
        yield from ("", f"Of {plural(len(silent), 'red run')} no cause was looked for.")


def _security(facts: Facts, pen: Pen) -> Iterator[str]:
    for kind, heading in _ALERTS.items():
        found = facts.alerts.get(kind)
        alerts = (_alert(one, pen) for one in sorted(found or (), key=_severity))
        yield from _section(heading, alerts, _NOT_CHECKED if found is None else "None is open.")
    causes = [one for one in _by_cause(facts.recent) if one.failure and one.failure.category in _SECURITY]
    heading = "Runs that a security check or a refused credential made red"
    yield from _section(heading, (_cause(one, pen) for one in causes), "None was seen.")


def _weekly(facts: Facts, pen: Pen) -> Iterator[str]:
    span = facts.now - facts.since
    before = [one for one in facts.incidents if facts.since - span <= one.opened < facts.since]
    opened = [one for one in facts.incidents if one.opened >= facts.since]
    yield from _section("Runs", _runs(facts), _no_run(facts))
    yield from _section("Workflows", (_tally(one, pen) for one in tallies(facts.runs)), _no_run(facts))
    yield from _section("Incidents", _numbers(kpis(opened), kpis(before)), "None.")
    waiting = [one for one in _by_cause(facts.incidents) if one.state is State.WAITING]
    yield from _section("What waits for a person", (_cause(one, pen) for one in waiting), "Nothing.")
    records = (_record(one, pen) for one in facts.records)
    yield from _section("Remedies, over all repositories", records, "None was tried.")


def _section(heading: str, lines: Iterable[str], empty: str) -> Iterator[str]:
    known = list(lines)
    yield from ("", f"## {heading}", "")
    yield from known[:LISTED] or [empty]
    if len(known) > LISTED:
        yield f"- and {len(known) - LISTED} more"


def _no_run(facts: Facts) -> str:
    return "No run was seen." if facts.looked_at_runs else _NOT_CHECKED


def _by_cause(incidents: Iterable[Incident]) -> list[Incident]:
    """Return the newest incident of each cause, what is open first."""
    newest: dict[str, Incident] = {}
    for one in incidents:
        newest.setdefault(one.fingerprint or one.id, one)
    return sorted(newest.values(), key=lambda one: one.state not in _OPEN)


def _cause(incident: Incident, pen: Pen) -> str:
    failure, at_host = incident.failure, incident.at_host
    where = pen.code((at_host.job if at_host else "") or incident.task) or "the pipeline"
    what = pen.plain(failure.cause or failure.message, 200) if failure else "the cause is not known"
    parts = [f"- {where}: {what}. **{_STATES[incident.state]}**"]
    if at_host:
        parts.append(f"seen in {plural(at_host.seen, 'run')}, last {run_link(at_host, pen)}")
        if number := at_host.pull_request:
            parts.append(pen.link(f"pull request {number}", at_host.repository, f"pull/{number}"))
        if number := at_host.issue:
            parts.append(pen.link(f"issue {number}", at_host.repository, f"issues/{number}"))
    return ", ".join(parts)


def _tally(one: Tally, pen: Pen) -> str:
    rate = "nothing to tell" if one.rate is None else f"{one.rate:.0%} passed"
    others = f", {one.others} cancelled, skipped or under way" if one.others else ""
    return f"- {pen.code(one.workflow) or 'a workflow'}: {rate} ({one.passed} green, {one.red} red{others})"


def _alert(alert: Alert, pen: Pen) -> str:
    fixed = f", fixed in {pen.code(alert.fixed_in)}" if alert.fixed_in else ""
    what = pen.code(alert.package or alert.file) or "somewhere"
    name = f" ({pen.code(alert.id)})" if alert.id else ""
    return f"- **{pen.plain(alert.severity, 20)}**: {what}: {pen.plain(alert.title, 200)}{name}{fixed}"


def _severity(alert: Alert) -> int:
    return _SEVERITIES.index(alert.severity) if alert.severity in _SEVERITIES else len(_SEVERITIES)


def _runs(facts: Facts) -> Iterator[str]:
    for words, runs in (("these seven days", facts.runs), ("the seven days before", facts.earlier)):
        all_of_them = tallies(runs)
        passed, red = sum(one.passed for one in all_of_them), sum(one.red for one in all_of_them)
        if passed + red:
            yield f"- {words}: {passed / (passed + red):.0%} of {plural(passed + red, 'run')} passed"


def _numbers(now: Kpis, before: Kpis) -> Iterator[str]:
    if not now.incidents and not before.incidents:
        return
    yield f"- opened: {now.incidents} (before: {before.incidents})"
    yield f"- healed: {now.healed} (before: {before.healed})"
    yield f"- handed over to a person: {now.handed_over} (before: {before.handed_over})"
    yield f"- waiting for approval: {now.waiting}, dismissed: {now.dismissed}"
    if now.healed + now.handed_over:
        yield f"- success rate of healing: {now.success_rate:.0%} of what has ended"
    yield f"- causes of a known kind: {now.supported:.0%}"
    if now.healed:
        yield f"- time from first sight to healed: {now.recovery_seconds / 60:.0f} minutes on average"
    if now.wrong_rate is not None:
        yield f"- undone by people later: {now.undone} of {now.looked} of which that is known"


def _record(one: TrackRecord, pen: Pen) -> str:
    kind = one.category.value.replace("_", " ")
    return f"- {pen.code(one.remedy)} against {kind}: helped {one.successes} of {plural(one.tries, 'time')}"


def _unknown(kind: ReportKind, facts: Facts, pen: Pen) -> Iterator[str]:
    found = [f"- {pen.plain(what)}: {pen.plain(why, 300)}" for what, why in facts.unknown]
    if kind is ReportKind.SECURITY:
        found += [f"- {what}: {why}" for what, why in _NEVER]
    if found:
        yield from ("", "## What was not checked", "", *found)
