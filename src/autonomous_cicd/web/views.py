"""Views: what is remembered, as plain values for JSON. Texts of strangers lose whatever steers a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from autonomous_cicd.cases import Remedy
from autonomous_cicd.domain.delivery import Delivered
from autonomous_cicd.domain.incident import Attempt, Incident
from autonomous_cicd.domain.kpis import Kpis
from autonomous_cicd.domain.text import printable
from autonomous_cicd.domain.track import AuditEntry, TrackRecord, stage_of

__all__ = ["audit_view", "incident_view", "kpis_view", "remedy_views", "run_view", "short_incident_view"]

View: TypeAlias = dict[str, Any]


def run_view(one: Delivered) -> View:
    """Return a delivery, and how far the work on it has come."""
    event = one.event
    return _inert(
        {
            "id": one.id,
            "delivery_id": one.id,
            "workflow_run_id": event.run or None,
            "status": one.progress.value,
            "outcome": one.outcome,
            "event": event.name,
            "action": event.action,
            "repository": event.repository,
            "workflow": event.workflow,
            "branch": event.branch,
            "commit": event.commit,
            "attempt": event.attempt or None,
            "number": event.number or None,
            "conclusion": event.conclusion,
            "sender": event.sender,
            "key": one.key,
            "tries": one.tries,
            "received": one.at,
            "due": one.due,
            "ended": one.ended or None,
        }
    )


def short_incident_view(one: Incident) -> View:
    """Return an incident as a list shows it."""
    failure, place = one.failure, one.at_host
    return _inert(
        {
            "id": one.id,
            "project": one.project,
            "run": one.run,
            "task": one.task,
            "commit": one.commit,
            "state": one.state.value,
            "opened": one.opened,
            "ended": one.ended if one.state.closed else None,
            "category": failure.category.value if failure else "",
            "severity": failure.severity.value if failure else "",
            "confidence": round(failure.confidence, 4) if failure else None,
            "cause": failure.cause if failure else "",
            "message": failure.message if failure else "",
            "fingerprint": one.fingerprint,
            "attempts": len(one.attempts),
            "diff": one.patch.id if one.patch else "",
            "branch": one.delivery.branch if one.delivery else "",
            "at_host": place is not None,
        }
    )


def incident_view(one: Incident) -> View:
    """Return everything about an incident."""
    failure, delivery = one.failure, one.delivery
    more = {
        "explanation": failure.explanation if failure else "",
        "evidence": [{"line": quote.line, "text": quote.text} for quote in failure.evidence]
        if failure
        else [],
        "suspects": list(failure.suspects) if failure else [],
        "attempts": [_attempt_view(attempt) for attempt in one.attempts],
        "history": [
            {"at": entry.at, "state": entry.state.value, "what": entry.what} for entry in one.history
        ],
        "files": list(one.patch.files),
        "delivery": None
        if delivery is None
        else {
            "branch": delivery.branch,
            "patch_file": delivery.patch_file,
            "applied": delivery.applied,
            "note": delivery.note,
        },
        "hand_over": one.hand_over,
    }
    # The diff is shown as it is: what is approved must be what is seen.
    return {**short_incident_view(one), **_inert(more), "diff_text": one.patch.diff() if one.patch else ""}


def _attempt_view(one: Attempt) -> View:
    return {
        "remedy": one.remedy,
        "strategy": one.strategy.value,
        "summary": one.summary,
        "outcome": one.verification.outcome.value,
        "reason": one.verification.reason,
        "seconds": round(one.seconds, 3),
    }


def audit_view(one: AuditEntry) -> View:
    """Return a line of the audit trail."""
    return _inert(
        {
            "at": one.at,
            "actor": one.actor,
            "what": one.what,
            "incident": one.incident,
            "project": one.project,
            "detail": one.detail,
        }
    )


def remedy_views(shelf: Sequence[Remedy], records: Sequence[TrackRecord]) -> list[View]:
    """Return the remedies, each with what became of it in which category."""
    return [
        {
            "name": one.name,
            "strategy": one.strategy.value,
            "risk": one.risk.value,
            "records": [
                {
                    "category": record.category.value,
                    "tries": record.tries,
                    "helped": record.successes,
                    "undone": record.reverted,
                    "seconds": round(record.seconds, 1),
                    "stage": stage_of(record),
                }
                for record in records
                if record.remedy == one.name
            ],
        }
        for one in sorted(shelf, key=lambda one: one.name)
    ]


def kpis_view(known: Kpis) -> View:
    """Return how well healing does."""
    wrong: float | None = known.wrong_rate
    return {
        "incidents": known.incidents,
        "healed": known.healed,
        "handed_over": known.handed_over,
        "waiting": known.waiting,
        "dismissed": known.dismissed,
        "undone": known.undone,
        "success_rate": round(known.success_rate, 4),
        "wrong_rate": None if wrong is None else round(wrong, 4),
        "supported": round(known.supported, 4),
        "recovery_seconds": round(known.recovery_seconds, 1),
        "manual_interventions": known.by_people,
    }


def _inert(view: View) -> View:
    return {name: _plain(value) for name, value in view.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return _inert(value)
    return [_plain(one) for one in value] if isinstance(value, list) else value
