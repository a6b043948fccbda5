"""What a healing is told as: JSON for the report, text for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from autonomous_cicd.domain.decision import Decision
from autonomous_cicd.domain.incident import Attempt, Delivery, Incident, State
from autonomous_cicd.domain.run import Run
from autonomous_cicd.domain.text import printable, printable_line
from autonomous_cicd.domain.verification import Counts, Trial, Verification
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.services.failure_report import failure_json
from autonomous_cicd.services.heal import Healing

__all__ = ["Told", "healing_json", "healing_text", "incident_json", "status_of"]

SHOWN = 60
"""Lines of a diff that are shown on a screen."""


class Told(Protocol):
    """What became of a red run, and where the change was left."""

    @property
    def healing(self) -> Healing:
        """What was tried and proven."""
        ...

    @property
    def decision(self) -> Decision | None:
        """What was decided about the proven change; None when there is none."""
        ...

    @property
    def delivery(self) -> Delivery | None:
        """Where it was left; None when it was not."""
        ...


def status_of(run: Run, told: Told | None) -> str:
    """Return in one word how it ended: passed, healed, escalated, failed or cancelled."""
    if told is None:
        return run.status.value
    healing = told.healing
    if healing.interrupted:
        return "cancelled"
    if healing.green and (not healing.patch or (told.delivery and told.delivery.done)):
        return "healed"
    return "escalated"


def healing_json(told: Told) -> dict[str, Json]:
    """Return `healing`, `escalations` and what was delivered, as values for JSON."""
    healing = told.healing
    delivery = told.delivery
    found: dict[str, Json] = {
        "healing": [_attempt(one, attempt) for one in healing.incidents for attempt in one.attempts],
        "escalations": [_escalation(one) for one in _left(told)],
        "unchecked": [_text(one) for one in healing.unchecked],
        "delivery": None,
    }
    if delivery:
        found["delivery"] = {
            "branch": delivery.branch,
            "patch_file": delivery.patch_file,
            "applied": delivery.applied,
            "note": _text(delivery.note),
            "patch": _text(healing.patch.diff()),
        }
    return found


def incident_json(incident: Incident) -> dict[str, Json]:
    """Return an incident as values for JSON."""
    delivery = incident.delivery
    return {
        "id": incident.id,
        "project": _text(incident.project),
        "run": incident.run,
        "commit": incident.commit,
        "task": _text(incident.task),
        "state": incident.state.value,
        "failure": failure_json(incident.failure) if incident.failure else None,
        "history": [
            {"at": one.at, "state": one.state.value, "what": _text(one.what)} for one in incident.history
        ],
        "healing": [_attempt(incident, one) for one in incident.attempts],
        "diff": incident.patch.id if incident.patch else "",
        "patch": _text(incident.patch.diff()),
        "branch": delivery.branch if delivery else "",
        "applied": bool(delivery and delivery.applied),
        "page": _text(incident.hand_over),
    }


def _left(told: Told) -> list[Incident]:
    """Return the incidents that a person has to deal with."""
    return [one for one in told.healing.incidents if one.state is not State.RESOLVED]


def _attempt(incident: Incident, attempt: Attempt) -> Json:
    return {
        "incident": incident.id,
        "task": _text(incident.task),
        "strategy": attempt.strategy.value,
        "remedy": attempt.remedy,
        "success": attempt.success,
        "outcome": attempt.verification.outcome.value,
        "summary": _text(attempt.summary),
        "reason": _text(attempt.verification.reason),
        "patch": _text(attempt.patch.diff()),
        "seconds": round(attempt.seconds, 3),
        "proof": _proof(attempt.verification),
    }


def _proof(verification: Verification) -> Json:
    return {
        "before": [_trial(one) for one in verification.red],
        "after": [_trial(one) for one in verification.trials],
    }


def _trial(trial: Trial) -> Json:
    return {
        "run": trial.run,
        "what": trial.what,
        "green": trial.green,
        "seconds": round(trial.seconds, 3),
        "commands": [{"command": _text(text), "exit_code": code} for text, code in trial.commands],
        "tests": {"passed": trial.tests.passed, "failed": trial.tests.failed, "skipped": trial.tests.skipped},
    }


def _escalation(incident: Incident) -> Json:
    failure = incident.failure
    reason = incident.history[-1].what if incident.history else ""
    return {
        "incident": incident.id,
        "task": _text(incident.task),
        "category": failure.category.value if failure else "unknown",
        "fingerprint": incident.fingerprint,
        "message": _text(failure.message) if failure else "",
        "reason": _text(reason),
        "page": _text(incident.hand_over),
    }


def healing_text(told: Told, *, dirty: bool = False) -> str:
    """Return for a person what was found, tried and proven, and where the change is.

    `dirty`: it was proven together with changes that are not committed.
    """
    return "\n".join(_lines(told, dirty))


def _lines(told: Told, dirty: bool) -> Iterator[str]:
    healing = told.healing
    for incident in healing.incidents:
        yield ""
        cause = incident.failure.message if incident.failure else "no cause was found"
        yield f"{_word(incident)}: {printable_line(incident.task, 60)}: {printable_line(cause, 120)}"
        for attempt in incident.attempts:
            yield from _attempt_lines(attempt)
        if incident.state is State.WAITING and incident.patch:
            yield f"  waits for you: {printable_line(incident.history[-1].what, 160)}"
            yield f"  `autonomous-cicd approve {incident.id} --diff {incident.patch.id[:12]}` delivers it"
        elif incident.state is not State.RESOLVED and incident.history:
            yield f"  not healed: {printable_line(incident.history[-1].what, 160)}"
            yield f"  `autonomous-cicd show {incident.id}` has the page for whoever takes over"
    if healing.patch:
        yield ""
        yield from _shown(printable(healing.patch.diff()).splitlines())
    if told.delivery:
        yield ""
        yield from _delivery_lines(told.delivery)
        if dirty and told.delivery.branch:
            yield "it was proven together with your uncommitted changes, which the branch does not have"
    elif told.decision and healing.patch:
        yield ""
        yield f"not delivered: {'; '.join(told.decision.reasons)}"
    elif healing.stopped:
        yield ""
        yield f"not healed: {healing.stopped}"
    elif healing.green:
        yield ""
        yield "green after running it again: nothing was changed"
    if healing.unchecked:
        yield ""
        yield from (f"not checked: {printable_line(one, 200)}" for one in healing.unchecked)


def _word(incident: Incident) -> str:
    return "healed" if incident.state is State.RESOLVED else incident.state.value


def _attempt_lines(attempt: Attempt) -> Iterator[str]:
    outcome = attempt.verification
    yield f"  {attempt.remedy}: {printable_line(attempt.summary, 160)} -> {outcome.outcome.value}"
    if outcome.reason:
        yield f"    {printable_line(outcome.reason, 160)}"
    if attempt.success:
        for trial in (*outcome.red[-1:], *outcome.trials[-1:]):
            yield f"    proof: {trial.what}: {_trial_text(trial)}"


def _trial_text(trial: Trial) -> str:
    tests = trial.tests
    counted = f", tests: {_counts(tests)}" if tests != Counts() else ""
    return f"{'green' if trial.green else 'red'} in {trial.seconds:.1f} s{counted}"


def _counts(tests: Counts) -> str:
    return f"{tests.passed} passed, {tests.failed} failed, {tests.skipped} skipped"


def _shown(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"… {len(lines) - SHOWN} more lines in the patch file"


def _delivery_lines(delivery: Delivery) -> Iterator[str]:
    if delivery.applied:
        yield "applied to the working tree; undo it with `git apply -R` and the patch file"
    if delivery.branch:
        yield f"branch: {delivery.branch} (`git merge {delivery.branch}` takes it)"
    if delivery.note:
        yield f"not delivered as wished: {printable_line(delivery.note, 200)}"
    yield f"patch file: {delivery.patch_file}"


def _text(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
