"""A run as Markdown: for the summary of a CI job, or a page.

Whatever the project wrote stands in code: there, it can neither be markup nor address anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_cicd.domain.run import GateResult, Run, TaskResult, TaskStatus
from autonomous_cicd.domain.text import printable
from autonomous_cicd.services.report import counts, everything_skipped, measured, that_matter, word

__all__ = ["code", "fenced", "plain", "to_markdown"]

ROWS, EXCERPTS, LEFT_OUT = 300, 20, 200
"""What is listed at most; the rest is counted. A summary of GitHub Actions may have a megabyte."""

_PLAIN = re.compile(
    r"[A-Za-z](?:[A-Za-z0-9 ,;()'%]|\.(?=[0-9 ]|$)|:(?= )|-(?=[a-z]))*|(?:[0-9]+(?:\.[0-9]+)?)?"
)
"""Text that means nothing in Markdown, no link and no mention either."""
_TICKS = re.compile(r"`+")


def to_markdown(run: Run) -> str:
    """Return the report for a page: a table of tasks, the lines that matter, the gates, what was left out."""
    return "\n".join([*_heading(run), *_tasks(run), *_failures(run), *_gates(run), *_left_out(run), ""])


def _heading(run: Run) -> Iterator[str]:
    yield f"## {run.status.value.capitalize()} in {run.seconds:.1f} s: {counts(run.tasks)}"
    if run.reason:
        yield ""
        yield plain(run.reason)


def _tasks(run: Run) -> Iterator[str]:
    if not run.tasks:
        return
    yield from ("", "| task | | seconds | |", "| --- | --- | ---: | --- |")
    first = sorted(run.tasks, key=lambda task: not task.status.bad) if len(run.tasks) > ROWS else run.tasks
    for task in first[:ROWS]:
        verdict = f"**{word(task)}**" if task.status.bad and not task.optional else word(task)
        yield f"| {code(task.name)} | {verdict} | {task.seconds:.1f} | {plain(_note(task))} |"
    if len(run.tasks) > ROWS:
        yield f"| and {len(run.tasks) - ROWS} more | {counts(first[ROWS:])} | | |"


def _note(task: TaskResult) -> str:
    return "" if task.cached and task.status is TaskStatus.PASSED else task.reason


def _failures(run: Run) -> Iterator[str]:
    failed = [(task, lines) for task in run.tasks if task.status.bad and (lines := that_matter(run, task))]
    for task, lines in failed[:EXCERPTS]:
        yield from ("", code(task.name), "")
        yield from (line for failure in task.failures[:1] for line in (plain(failure.explanation), ""))
        yield from fenced(lines)


def _gates(run: Run) -> Iterator[str]:
    if run.gates:
        yield from ("", "| gate | | measured | threshold | |", "| --- | --- | ---: | ---: | --- |")
    for gate in run.gates:
        yield f"| {' | '.join(_gate(gate))} |"


def _gate(gate: GateResult) -> Iterator[str]:
    yield code(gate.name)
    verdict = gate.verdict.value.replace("_", " ")
    yield f"**{verdict}**" if verdict == "failed" else verdict
    yield from (plain(measured(value)) for value in (gate.value, gate.threshold))
    yield plain(gate.detail)


def _left_out(run: Run) -> Iterator[str]:
    skipped = everything_skipped(run)
    if not skipped:
        return
    yield from ("", f"<details><summary>{len(skipped)} left out</summary>", "")
    yield from (f"- {code(item.what)}: {plain(item.reason)}" for item in skipped[:LEFT_OUT])
    if len(skipped) > LEFT_OUT:
        yield f"- and {len(skipped) - LEFT_OUT} more"
    yield from ("", "</details>")


def plain(text: str) -> str:
    """Return text as it is where it means nothing in Markdown, else as code."""
    flat = " ".join(printable(text).split())
    return flat if _PLAIN.fullmatch(flat) else code(flat)


def code(text: str) -> str:
    """Return text as code; it cannot end it, nor the cell of a table that it stands in."""
    flat = " ".join(printable(text).split())
    if not re.search(r"[`|\\]", flat):
        return f"`{flat}`" if flat else ""
    return f"<code>{''.join(c if c.isalnum() or c == ' ' else f'&#{ord(c)};' for c in flat)}</code>"


def fenced(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines as a block of code that none of them can end."""
    longest = max((len(ticks) for ticks in _TICKS.findall("\n".join(lines))), default=0)
    fence = "`" * max(3, 1 + longest)
    yield from (f"{fence}text", *lines, fence)
