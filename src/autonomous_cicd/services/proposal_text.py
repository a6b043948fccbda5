"""What stands at the code host of an incident: the text of a pull request, of an issue, of a comment.

Everything that comes from logs, names and diffs passes the pen.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field

from autonomous_cicd.domain.at_host import AtHost, Mark, mark
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.incident import Attempt, Incident, State
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.domain.verification import Outcome, Trial
from autonomous_cicd.domain.wording import hedged, meaning, plural
from autonomous_cicd.services.pen import TITLE, Pen
from autonomous_cicd.services.proof_text import LISTED, proof, trial_lines
from autonomous_cicd.values import dataclass

__all__ = [
    "Proposed",
    "closing_text",
    "comment_text",
    "issue_text",
    "pull_request_text",
    "run_link",
]

QUOTES = 12
"""Proving lines of a cause."""
DIFF = 20_000
SHORT = 12
"""Characters of the ids of commits and diffs."""
WHERE = 48
"""Characters of a title that say where it failed; the cause needs the rest."""

_BETWEEN = re.compile(r", (?![^()]*\))")
"""What stands between the names of jobs; the values of a matrix stand in brackets."""

_RISKS = {
    Risk.SAFE: "it changes nothing, or only what one of the project's own tools writes anyway",
    Risk.LOW: "it changes how the project is built or checked, not what it does",
    Risk.HIGH: "it changes what the project does",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A proven change that is left at the host, and what is known of it besides its incidents."""

    incidents: tuple[Incident, ...]
    """What it heals, at least one."""
    patch: Patch
    branch: str
    commit: str = ""
    """The commit that it consists of; "" as long as there is none."""
    confidence: float = 1.0
    risk: Risk | None = Risk.SAFE
    """What the change may do; None when a person agreed to it, whatever that is."""
    unchecked: tuple[str, ...] = ()
    """What was not checked, and why."""
    asks: tuple[str, ...] = field(default=())
    """Why a person has to agree to it."""
    also: tuple[Attempt, ...] = ()
    """What helped besides, against causes that have no incident of their own."""
    last: Trial | None = None
    """Everything with all of it; None when it was not run together."""


def pull_request_text(proposed: Proposed, pen: Pen) -> tuple[str, str]:
    """Return title and body of the pull request that proposes a change."""
    first = proposed.incidents[0]
    return pen.title(_headline("Fix", first, pen)), pen.body(
        _proposal(proposed, pen), _proposal_end(proposed, pen)
    )


def issue_text(
    incident: Incident,
    pen: Pen,
    *,
    why: str = "",
    reproduce: Sequence[str] = (),
    unchecked: Sequence[str] = (),
) -> tuple[str, str]:
    """Return title and body of the issue that hands an incident over to a person.

    `reproduce`: commands that show the failure again. A change that waits for approval is part of it.
    """
    lines = _hand_over(incident, pen, why or _last_word(incident), reproduce, unchecked)
    return pen.title(_headline("", incident, pen)), pen.body(lines, _issue_end(incident, pen))


def comment_text(incident: Incident, pen: Pen, *, key: str, news: str = "") -> str:
    """Return the comment that tells of an incident that it was seen again, or of other news.

    `key`: that of the intent to write it, by which it is found again.
    """
    at_host = incident.at_host
    lines = [pen.plain(news, 1_000)] if news else []
    if at_host and at_host.seen > 1:
        lines += [f"Seen in {at_host.seen} runs by now, last in {run_link(at_host, pen)}."]
    if at_host and at_host.checked:
        lines += [_at_host_state(incident)]
    return pen.body(lines or ["Nothing new."], mark(Mark.SAID, key))


def closing_text(incident: Incident, pen: Pen, *, key: str, green: int = 0) -> str:
    """Return the comment with which an issue or pull request is closed. `green`: the run that passed."""
    if green and incident.at_host:
        since = _run_link(incident.at_host.repository, green, 1, pen)
        return pen.body([f"Gone: green since {since}."], mark(Mark.SAID, key))
    return pen.body([f"Closed: {pen.plain(_last_word(incident), 500)}"], mark(Mark.SAID, key))


def run_link(at_host: AtHost, pen: Pen) -> str:
    """Return a link to the run in which something was seen, of our own making."""
    return _run_link(at_host.repository, at_host.run, at_host.attempt, pen)


def _run_link(repository: str, run: int, attempt: int, pen: Pen) -> str:
    again = f"/attempts/{attempt}" if attempt > 1 else ""
    return pen.link(f"run {run}", repository, f"actions/runs/{run}{again}")


def _headline(verb: str, incident: Incident, pen: Pen) -> str:
    failure = incident.failure
    cause = (failure.cause or failure.message) if failure else "the cause is not known"
    where = (incident.at_host.job if incident.at_host else "") or incident.task
    # What is cut has to be without secrets before: half of one would not be known for what it is.
    text = f"{verb} {_few(pen.redact(where))}: {pen.redact(cause)}".strip()
    return _shortened(text, TITLE)


def _few(jobs: str) -> str:
    """Return as many names of jobs as a title has room for."""
    if len(jobs) <= WHERE:
        return jobs
    first, *more = _BETWEEN.split(jobs)
    return f"{_shortened(first, WHERE)}{f' and {len(more)} more' if more else ''}"


def _shortened(text: str, limit: int) -> str:
    """Return text cut between two words where it is too long, or within one that is too long itself."""
    if len(text) <= limit:
        return text
    short = textwrap.shorten(text, limit, placeholder=" …")
    return short if len(short) > limit // 2 else f"{text[: limit - 1]}…"


def _last_word(incident: Incident) -> str:
    return incident.history[-1].what if incident.history else "nothing more is known"


def _proposal(proposed: Proposed, pen: Pen) -> Iterator[str]:
    first = proposed.incidents[0]
    yield f"{_seen(first, pen)} This change makes it pass."
    yield ""
    yield f"- **verified here**: {_here_word(proposed.incidents)}"
    yield f"- **verified at the host**: {_at_host_word(first)}"
    yield from (f"- **a person has to agree**: {pen.plain(one)}" for one in proposed.asks)
    for incident in proposed.incidents:
        yield from ("", "## Cause", "")
        yield from _cause(incident, pen)
    yield from ("", "## What is changed, and why", "")
    yield from _changed(proposed, pen)
    yield from ("", "## Proof", "")
    for incident in proposed.incidents:
        for attempt in incident.attempts[-1:]:
            yield from proof(attempt.verification, pen)
    helped = [one.verification.outcome for each in proposed.incidents for one in each.attempts[-1:]]
    if proposed.last and Outcome.PROGRESS in helped:  # each helped, and only together is it green
        yield from trial_lines(proposed.last, pen)
    yield from ("", "## How sure this is", "")
    yield f"- confidence in the cause: {proposed.confidence:.0%}"
    if proposed.risk is None:
        yield "- a person agreed to this very change"
    else:
        yield f"- risk: {proposed.risk.value}, {_RISKS[proposed.risk]}"
    yield from _not_checked(proposed.unchecked, pen)
    yield from ("", "## How to undo it", "")
    yield f"Not merged: close this pull request; its branch `{proposed.branch}` can be deleted."
    commit = f"`git revert {proposed.commit}`, or" if proposed.commit else "`git revert`"
    yield f"Merged: {commit} the commit that the merge made of it."


def _proposal_end(proposed: Proposed, pen: Pen) -> str:
    first = proposed.incidents[0]
    return f"{_commands(proposed.patch, pen)}{mark(Mark.FIX, first.fingerprint or first.id)}"


def _issue_end(incident: Incident, pen: Pen) -> str:
    patch = incident.patch if incident.state is State.WAITING else Patch()
    return f"{_commands(patch, pen)}{mark(Mark.CAUSE, incident.fingerprint or incident.id)}"


def _commands(patch: Patch, pen: Pen) -> str:
    """Return which comments are obeyed; "" where nobody hears them."""
    if not pen.listens:
        return ""
    approve = f"`/autonomous-cicd approve {patch.id[:SHORT]}` (this very change), " if patch else ""
    return (
        f"---\nWho may write to this repository can comment {approve}`/autonomous-cicd reject` or "
        "`/autonomous-cicd retry`.\n\n"
    )


def _seen(incident: Incident, pen: Pen) -> str:
    at_host = incident.at_host
    task = pen.code(at_host.job if at_host and at_host.job else incident.task) or "The pipeline"
    commit = f" at {pen.code(incident.commit[:SHORT])}" if incident.commit else ""
    if at_host is None:
        return f"{task} failed{commit}."
    of = f" of {pen.code(at_host.workflow)}" if at_host.workflow else ""
    on = f" on {pen.code(at_host.branch)}" if at_host.branch else ""
    return f"{task}{of} failed{on}{commit} in {run_link(at_host, pen)}."


def _cause(incident: Incident, pen: Pen) -> Iterator[str]:
    failure = incident.failure
    if failure is None:
        yield "It is not known."
        return
    yield from _why(failure, pen)
    yield from ("", *_facts(incident, failure, pen))
    quotes = sorted(failure.evidence[:QUOTES], key=lambda one: one.line)
    numbered = "\n".join(f"{one.line:>6}  {one.text}" for one in quotes)
    if block := pen.block(numbered):
        yield from ("", "What proves it in the log, with the numbers of its lines:", "", block)


def _why(failure: Failure, pen: Pen) -> Iterator[str]:
    """Yield the cause and its explanation; an explanation that begins with the cause says both."""
    cause, explanation = failure.cause or failure.message, failure.explanation
    begun = hedged(explanation, 1.0).lower().startswith(cause.lower())
    if not begun or explanation == cause:
        yield f"{_sentence(pen.plain(cause))}: {meaning(failure.category)}."
    if explanation and explanation != cause:
        yield from () if begun else ("",)
        yield pen.plain(explanation, 1_000)


def _sentence(text: str) -> str:
    """Return text as a sentence begins; the name of a file, a test or the like stays as it is."""
    first = re.split(r"[\s:,;]", text, maxsplit=1)[0].replace("'", "")
    return f"{text[:1].upper()}{text[1:]}" if first.isalpha() and first.islower() else text


def _facts(incident: Incident, failure: Failure, pen: Pen) -> Iterator[str]:
    kind = failure.category.value.replace("_", " ")
    yield f"- kind: {kind}, severity {failure.severity.value}, {failure.confidence:.0%} sure"
    if incident.task:
        yield f"- task: {pen.code(incident.task)}"
    if failure.place.file:
        line = f":{failure.place.line}" if failure.place.line else ""
        yield f"- place: {pen.code(f'{failure.place.file}{line}')}"
    for name, found in (("test", failure.tests), ("file", failure.files)):
        if found:
            more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
            yield f"- {plural(len(found), name)}: {', '.join(pen.code(one) for one in found[:LISTED])}{more}"


def _changed(proposed: Proposed, pen: Pen) -> Iterator[str]:
    reasons = _reasons(
        (*(one for each in proposed.incidents for one in each.attempts if one.success), *proposed.also)
    )
    for change in proposed.patch.changes[:LISTED]:
        yield f"- {pen.code(change.name)}: {_how(change)}"
        yield from (f"  - {pen.plain(why, 500)}" for why in reasons.get(change.name, ()))
    if len(proposed.patch.changes) > LISTED:
        yield f"- and {len(proposed.patch.changes) - LISTED} more"


def _reasons(attempts: Iterable[Attempt]) -> dict[str, list[str]]:
    """Return for each file why it is changed: as the remedies that helped say it."""
    found: dict[str, list[str]] = {}
    for attempt in attempts:
        for name in attempt.patch.files:
            if attempt.summary not in (known := found.setdefault(name, [])):
                known.append(attempt.summary)
    return found


def _how(change: FileChange) -> str:
    removed, added = (len(lines) for lines in change.lines)
    if change.before is None:
        return f"new, {plural(added, 'line')}"
    if change.after is None:
        return f"removed, {plural(removed, 'line')}"
    modes = {(False, True): "made executable", (True, False): "no longer executable"}
    mode = modes.get((change.was_executable, change.executable), "")
    lines = f"{added} added and {removed} removed lines" if added or removed else ""
    return ", ".join(filter(None, (lines, mode)))


def _not_checked(unchecked: Sequence[str], pen: Pen) -> Iterator[str]:
    if not unchecked:
        yield "- not checked: nothing is known that was left out"
    yield from (f"- not checked: {pen.plain(one)}" for one in unchecked[:LISTED])
    if len(unchecked) > LISTED:
        yield f"- not checked: {len(unchecked) - LISTED} more"


def _here_word(incidents: Iterable[Incident]) -> str:
    last = [attempt.verification for one in incidents for attempt in one.attempts[-1:]]
    if not last or not all(one.passed for one in last):
        return "no"
    return "yes, the commands below were run without and with the change"


def _at_host_word(incident: Incident) -> str:
    checked = incident.at_host.checked if incident.at_host else ""
    words = {"green": "yes, its own checks are green", "red": "no, its own checks are red"}
    return words.get(checked, "not yet, its own checks have not ended")


def _at_host_state(incident: Incident) -> str:
    return f"Verified at the host: {_at_host_word(incident)}."


def _hand_over(
    incident: Incident, pen: Pen, why: str, reproduce: Sequence[str], unchecked: Sequence[str]
) -> Iterator[str]:
    yield _seen(incident, pen)
    if incident.at_host and incident.at_host.seen > 1:
        yield f"It was seen in {incident.at_host.seen} runs."
    yield from ("", f"A person has to look at it: {pen.plain(why, 1_000)}", "", "## Cause", "")
    yield from _cause(incident, pen)
    if incident.failure and incident.failure.suspects:
        yield from ("", "## What may have brought it", "")
        yield from (f"- {pen.plain(one)}" for one in incident.failure.suspects[:LISTED])
    if incident.state is State.WAITING and incident.patch:
        yield from _waiting(incident, pen)
    yield from ("", "## What was tried")
    yield from _tried(incident, pen)
    if unchecked:
        yield ""
        yield from _not_checked(unchecked, pen)
    if reproduce:
        yield from ("", "## How to see it again", "", pen.block("\n".join(reproduce), language="sh"))


def _waiting(incident: Incident, pen: Pen) -> Iterator[str]:
    patch = incident.patch
    yield from ("", "## A change that waits for approval", "")
    yield f"It is proven, and not made: that needs a person. Its id is `{patch.id[:SHORT]}`."
    yield from ("", pen.block(patch.diff(), DIFF, language="diff"))


def _tried(incident: Incident, pen: Pen) -> Iterator[str]:
    if not incident.attempts:
        yield from ("", "Nothing.")
    for number, attempt in enumerate(incident.attempts[:LISTED], 1):
        yield from _one_try(number, attempt, incident, pen)


def _one_try(number: int, attempt: Attempt, incident: Incident, pen: Pen) -> Iterator[str]:
    verification = attempt.verification
    reason = f" ({pen.plain(verification.reason, 500)})" if verification.reason else ""
    yield from ("", f"### {number}. {pen.plain(attempt.summary)}: {verification.outcome.value}{reason}", "")
    yield f"- by {pen.code(attempt.remedy)}, {attempt.seconds:.1f} s"
    yield from proof(verification, pen)
    if attempt.patch and attempt.patch != incident.patch:
        yield from ("", pen.block(attempt.patch.diff(), DIFF // 5, language="diff"))
