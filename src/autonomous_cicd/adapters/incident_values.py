"""Incidents as values for JSON, and back: in the store nothing of them may be lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from autonomous_cicd.adapters.failure_values import failure_from, failure_values
from autonomous_cicd.domain.at_host import AtHost
from autonomous_cicd.domain.decision import Choice, Decision
from autonomous_cicd.domain.incident import Attempt, Delivery, Entry, Incident, State
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.verification import Counts, Outcome, Trial, Verification

__all__ = ["incident_from", "incident_values"]


def incident_values(incident: Incident) -> dict[str, Any]:
    """Return an incident as values for JSON."""
    delivery = incident.delivery
    return {
        "id": incident.id,
        "project": incident.project,
        "run": incident.run,
        "commit": incident.commit,
        "task": incident.task,
        "failure": failure_values(incident.failure) if incident.failure else None,
        "state": incident.state.value,
        "opened": incident.opened,
        "attempts": [_attempt(one) for one in incident.attempts],
        "history": [[one.at, one.state.value, one.what] for one in incident.history],
        "patch": _patch(incident.patch),
        "delivery": [delivery.branch, delivery.patch_file, delivery.applied, delivery.note]
        if delivery
        else None,
        "hand_over": incident.hand_over,
        "taken": incident.taken,
        "undone": incident.undone,
        "at_host": _at_host(incident.at_host) if incident.at_host else None,
    }


def incident_from(values: Mapping[str, Any]) -> Incident:
    """Return the incident that was kept. Raises ValueError, KeyError or TypeError when it is damaged."""
    delivery = values["delivery"]
    return Incident(
        id=values["id"],
        project=values["project"],
        run=values["run"],
        commit=values["commit"],
        task=values["task"],
        failure=failure_from(values["failure"]) if values["failure"] else None,
        state=State(values["state"]),
        opened=values["opened"],
        attempts=tuple(_attempt_from(one) for one in values["attempts"]),
        history=tuple(Entry(at=at, state=State(state), what=what) for at, state, what in values["history"]),
        patch=_patch_from(values["patch"]),
        delivery=Delivery(branch=delivery[0], patch_file=delivery[1], applied=delivery[2], note=delivery[3])
        if delivery
        else None,
        hand_over=values["hand_over"],
        taken=values.get("taken", ""),
        undone=values.get("undone", ""),
        at_host=_at_host_from(values["at_host"]) if values.get("at_host") else None,
    )


def _at_host(place: AtHost) -> dict[str, Any]:
    return {one.name: getattr(place, one.name) for one in fields(place)}


def _at_host_from(values: Mapping[str, Any]) -> AtHost:
    return AtHost(**{**values, "refused": tuple(values["refused"])})


def _attempt(attempt: Attempt) -> dict[str, Any]:
    decision = attempt.decision
    return {
        "remedy": attempt.remedy,
        "strategy": attempt.strategy.value,
        "summary": attempt.summary,
        "outcome": attempt.verification.outcome.value,
        "reason": attempt.verification.reason,
        "red": [_trial(one) for one in attempt.verification.red],
        "trials": [_trial(one) for one in attempt.verification.trials],
        "patch": _patch(attempt.patch),
        "decision": [decision.choice.value, list(decision.reasons)] if decision else None,
        "seconds": attempt.seconds,
    }


def _attempt_from(values: Mapping[str, Any]) -> Attempt:
    decision = values["decision"]
    return Attempt(
        remedy=values["remedy"],
        strategy=Strategy(values["strategy"]),
        summary=values["summary"],
        verification=Verification(
            outcome=Outcome(values["outcome"]),
            reason=values["reason"],
            red=tuple(_trial_from(one) for one in values["red"]),
            trials=tuple(_trial_from(one) for one in values["trials"]),
        ),
        patch=_patch_from(values["patch"]),
        decision=Decision(Choice(decision[0]), tuple(decision[1])) if decision else None,
        seconds=values["seconds"],
    )


def _trial(trial: Trial) -> list[Any]:
    tests = trial.tests
    commands = [list(one) for one in trial.commands]
    return [
        trial.run, trial.what, trial.green, trial.seconds, commands,
        [tests.passed, tests.failed, tests.skipped],
    ]  # fmt: skip


def _trial_from(values: Sequence[Any]) -> Trial:
    run, what, green, seconds, commands, (passed, failed, skipped) = values
    return Trial(
        run=run,
        what=what,
        green=green,
        seconds=seconds,
        commands=tuple((text, code) for text, code in commands),
        tests=Counts(passed=passed, failed=failed, skipped=skipped),
    )


def _patch(patch: Patch) -> list[list[Any]]:
    return [[one.name, one.before, one.after, one.was_executable, one.executable] for one in patch]


def _patch_from(values: Sequence[Sequence[Any]]) -> Patch:
    return Patch(
        tuple(
            FileChange(name=name, before=before, after=after, was_executable=was, executable=executable)
            for name, before, after, was, executable in values
        )
    )
