"""How a run ended, in the same words for `run` and for `show`: the failures, the gates, what was left out."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, StepResult, TaskResult, TaskStatus, Verdict
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.wording import plural, remedy_words
from autonomous_cicd.services.failure_report import percent
from autonomous_cicd.services.report import counts, everything_skipped, measured, that_matter, word
from autonomous_cicd.values import dataclass

__all__ = ["Line", "Tone", "duration", "finished", "outcome", "plural", "summary"]

TOGETHER = 3
"""Things left out for the same reason that are named; the rest is counted."""
SUSPECTS = 2
"""What changed and may have caused a failure that is named of each."""
WIDEST = 160
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is told."""

    failures: int
    """Failures that are listed; the rest is counted."""
    excerpts: int
    """Failures of which the lines that matter are shown."""
    lines: int
    """Lines that are shown of one failure."""
    reasons: int
    """Reasons for leaving something out that are listed."""


WHOLE = Detail(sys.maxsize, sys.maxsize, sys.maxsize, sys.maxsize)
LESS = (
    Detail(20, 5, 15, 12),
    Detail(10, 3, 10, 8),
    Detail(6, 2, 8, 5),
    Detail(4, 1, 8, 3),
    Detail(3, 1, 3, 1),
)


class Tone(StrEnum):
    """What a line means to its reader; a terminal gives it a colour."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    DOUBT = "doubt"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story."""

    text: str
    tone: Tone = Tone.PLAIN


ENDS = {RunStatus.PASSED: Tone.GOOD, RunStatus.FAILED: Tone.BAD}
VERDICTS = {Verdict.PASSED: Tone.PLAIN, Verdict.FAILED: Tone.BAD, Verdict.NOT_MEASURED: Tone.DOUBT}


def summary(run: Run, *, rows: int = 60, columns: int = 100) -> Sequence[Line]:
    """Return the end of a run: each failure with its few lines that matter, the gates, what was left out.

    It tells as much as there is room for; `rows=0` is the whole.
    """
    if not rows:
        return _told(run, WHOLE)
    stories = (_told(run, detail) for detail in LESS)
    fitting = (lines for lines in stories if sum(1 + len(line.text) // columns for line in lines) <= rows)
    return next(fitting, None) or _told(run, LESS[-1])


def _told(run: Run, detail: Detail) -> Sequence[Line]:
    parts = (_failures(run, detail), _gates(run.gates), _left_out(run, detail))
    lines = [line for part in map(list, parts) if part for line in (*part, Line(""))]
    return (*lines, Line(_end(run), ENDS.get(run.status, Tone.DOUBT)))


def duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def outcome(task: TaskResult) -> str:
    """Return in a word or two what became of a task, loud where it counts."""
    return word(task).upper() if task.status.bad and not task.optional else word(task)


def finished(result: TaskResult) -> str:
    """Return one line about how a task ended."""
    instant = result.cached or not result.seconds or result.status is TaskStatus.SKIPPED
    time = "" if instant else f"  {duration(result.seconds)}"
    why = printable_line(result.reason, WIDEST)
    return f"{outcome(result):<11} {printable_line(result.name, WIDEST)}{time}{'  ' + why if why else ''}"


def _end(run: Run) -> str:
    reason = f" ({printable_line(run.reason, 300)})" if run.reason else ""
    return f"{run.status.value}{reason}: {counts(run.tasks)} in {duration(run.seconds)}"


def _failures(run: Run, detail: Detail) -> Iterator[Line]:
    """Yield what failed, first what made the run red."""
    failed = sorted((task for task in run.tasks if task.status.bad), key=lambda task: task.optional)
    listed = failed[: detail.failures]
    for number, task in enumerate(listed):
        lines = detail.lines if number < detail.excerpts else 0
        if number and lines:
            yield Line("")
        yield from _failure(run, task, lines)
    if len(listed) < len(failed):
        yield Line(f"and {len(failed) - len(listed)} more that failed: autonomous-cicd show {run.id}")
    logs = [task.name for task in failed if task.log]
    if logs:
        what = f" {shlex.quote(printable_line(logs[0]))}" if len(logs) == 1 else ""
        yield Line("")
        yield Line(f"whole {'log' if what else 'logs'}: autonomous-cicd logs {run.id}{what}", Tone.QUIET)


def _failure(run: Run, task: TaskResult, most: int) -> Iterator[Line]:
    reason = f": {printable_line(task.reason, 300)}" if task.reason else ""
    tone = Tone.DOUBT if task.optional else Tone.BAD
    yield Line(f"{outcome(task)} {printable_line(task.name, WIDEST)}{reason}", tone)
    yield from (Line(f"    {line}", tone) for line in _cause(task))
    if most:
        yield from _failed_steps(task)
        yield from (Line(f"    {_cut(line)}".rstrip()) for line in that_matter(run, task)[-most:])


def _cause(task: TaskResult) -> Iterator[str]:
    """Yield in a line or two why a task failed, when it is known."""
    for failure in task.failures[:1]:
        sure = f"{failure.category}, {percent(failure.confidence)} sure"
        place = (
            f"{failure.place.file}:{failure.place.line}: "
            if failure.place.file and failure.place.line
            else ""
        )
        yield printable_line(f"cause: {place}{failure.cause} [{sure}]", 200)
        yield from (printable_line(f"helps: {remedy_words(remedy)}", 200) for remedy in failure.remedies[:1])
        for suspect in failure.suspects[:SUSPECTS]:
            yield printable_line(f"changed since the last green run: {suspect}", 200)


def _failed_steps(task: TaskResult) -> Iterator[Line]:
    """Yield the steps of a task that failed, each with its command."""
    failed = [step for step in task.steps if step.status.bad]
    for step in failed[:TOGETHER]:
        command = _command(step)
        if step.name != step.command and len(failed) > 1:
            yield Line(f"    step {printable_line(step.name, 80)}: {printable_line(step.reason, WIDEST)}")
        if command:
            yield Line(f"    $ {command}", Tone.QUIET)
    if len(failed) > TOGETHER:
        yield Line(f"    and {plural(len(failed) - TOGETHER, 'more step')} that failed")


def _command(step: StepResult) -> str:
    """Return the command of a step, of a longer script its first line."""
    lines = [line for line in step.command.splitlines() if line.strip()]
    more = " …" if len(lines) > 1 else ""
    return f"{printable_line(lines[0], 120)}{more}" if lines else ""


def _gates(gates: Iterable[GateResult]) -> Iterator[Line]:
    for number, gate in enumerate(gates):
        if number == 0:
            yield Line("gates:")
        verdict = gate.verdict.value.replace("_", " ")
        said = verdict.upper() if gate.verdict is Verdict.FAILED else verdict
        value = "" if gate.value is None else f"  {measured(gate.value)}"
        threshold = f" (threshold {measured(gate.threshold)})" if value and gate.threshold is not None else ""
        detail = f"  {printable_line(gate.detail, WIDEST)}" if gate.detail else ""
        yield Line(f"  {said:<12} {gate.name}{value}{threshold}{detail}", VERDICTS[gate.verdict])


def _left_out(run: Run, detail: Detail) -> Iterator[Line]:
    """Yield what was left out, grouped by the reason."""
    reasons = _by_reason(everything_skipped(run))
    if not reasons:
        return
    yield Line("left out:")
    listed = list(reasons.items())[: detail.reasons]
    for reason, things in listed:
        named = things if detail is WHOLE else things[:TOGETHER]
        names = ", ".join(printable_line(thing, 80) for thing in named)
        more = f" and {len(things) - len(named)} more" if len(named) < len(things) else ""
        yield Line(f"  {names}{more} - {printable_line(reason, WIDEST)}")
    rest = sum(map(len, reasons.values())) - sum(len(things) for _, things in listed)
    if rest:
        yield Line(f"  and {rest} more: autonomous-cicd show {run.id}")


def _by_reason(skipped: Iterable[Skipped]) -> Mapping[str, Sequence[str]]:
    reasons: dict[str, list[str]] = {}
    for item in skipped:
        reasons.setdefault(item.reason, []).append(item.what)
    return reasons


def _cut(line: str) -> str:
    """Return a line of a log, its indentation kept."""
    return f"{line[: WIDEST - 1]}…" if len(line) > WIDEST else line
