"""What a run is told as: JSON, Markdown, and the commands of GitHub Actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, StepResult, TaskResult, TaskStatus, Verdict
from autonomous_cicd.domain.text import printable
from autonomous_cicd.domain.workflow import Json

__all__ = ["VERSION", "counts", "everything_skipped", "gate_text", "to_annotations", "to_json", "to_markdown"]

VERSION = 1
"""Of the JSON report; goes up when a reader would have to change."""

SIGNS = {
    TaskStatus.PASSED: "✅",
    TaskStatus.FAILED: "❌",
    TaskStatus.TIMED_OUT: "❌",
    TaskStatus.SKIPPED: "⏭️",
    TaskStatus.NOT_CHECKED: "❔",
    TaskStatus.CANCELLED: "🚫",
}


def everything_skipped(run: Run) -> tuple[Skipped, ...]:
    """Return whatever was left out, of the pipeline and inside its tasks, each thing once."""
    inside = [
        Skipped(f"{task.name}: {item.what}", item.reason) for task in run.tasks for item in task.skipped
    ]
    whole = [
        Skipped(task.name, task.reason)
        for task in run.tasks
        if task.status in (TaskStatus.SKIPPED, TaskStatus.NOT_CHECKED) and not task.cached
    ]
    return tuple(dict.fromkeys([*run.skipped, *whole, *inside]))


def counts(tasks: Iterable[TaskResult]) -> str:
    """Return how many tasks became what, such as `7 passed, 1 failed`."""
    tally: dict[str, int] = {}
    for task in tasks:
        word = "cached" if task.cached else task.status.value.replace("_", " ")
        tally[word] = tally.get(word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in tally.items()) or "nothing to do"


def to_json(run: Run) -> dict[str, Json]:
    """Return the report as values for JSON; its schema is `docs/reference/report.schema.json`."""
    return {
        "version": VERSION,
        "id": run.id,
        "status": run.status.value,
        "reason": run.reason,
        "project": run.project,
        "commit": run.commit,
        "branch": run.branch,
        "dirty": run.dirty,
        "started": datetime.fromtimestamp(run.started, UTC).isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 3),
        "pipeline": {"id": run.pipeline, "source": run.source},
        "tasks": [_task(task) for task in run.tasks],
        "gates": [_gate(gate) for gate in run.gates],
        "skipped": [{"what": item.what, "reason": item.reason} for item in everything_skipped(run)],
        "healing": [],
        "escalations": [],
    }


def to_markdown(run: Run) -> str:
    """Return the report for a page: a table of tasks, the lines that matter, the gates, what was left out."""
    parts = [f"## {_headline(run)}", "", "| | task | seconds | |", "| --- | --- | ---: | --- |"]
    for task in run.tasks:
        note = "cached" if task.cached else task.reason
        parts.append(f"| {SIGNS[task.status]} | {_cell(task.name)} | {task.seconds:.1f} | {_cell(note)} |")
    for task in (task for task in run.tasks if task.status.bad and task.excerpt):
        fence = "`" * max(3, 1 + max(_longest_ticks(line) for line in task.excerpt))
        parts += ["", f"**{_cell(task.name)}**", "", fence + "text", *map(printable, task.excerpt), fence]
    if run.gates:
        parts += ["", "| gate | measured | threshold | verdict |", "| --- | --- | --- | --- |"]
        parts += [f"| {' | '.join(map(_cell, _gate_cells(gate)))} |" for gate in run.gates]
    if skipped := everything_skipped(run):
        parts += ["", f"<details><summary>{len(skipped)} left out</summary>", ""]
        parts += [f"- {_cell(item.what)}: {_cell(item.reason)}" for item in skipped]
        parts += ["", "</details>"]
    return "\n".join([*parts, ""])


def to_annotations(run: Run) -> str:
    """Return workflow commands that show failures where GitHub Actions shows annotations."""
    lines = []
    for task in run.tasks:
        if task.status.bad:
            kind = "warning" if task.optional else "error"
            text = "\n".join([task.reason, *task.excerpt])
            lines.append(f"::{kind} title={_property(task.name)}::{_data(text)}")
    failed = [gate for gate in run.gates if gate.verdict is Verdict.FAILED]
    lines += [f"::error title={_property(gate.name)}::{_data(gate_text(gate))}" for gate in failed]
    return "".join(f"{line}\n" for line in lines)


def _headline(run: Run) -> str:
    sign = {"passed": "✅", "failed": "❌"}.get(run.status.value, "🚫")
    return f"{sign} {run.status.value}: {counts(run.tasks)} in {run.seconds:.1f} s"


def _task(task: TaskResult) -> Json:
    return {
        "name": task.name,
        "status": task.status.value,
        "seconds": round(task.seconds, 3),
        "cached": task.cached,
        "exit_code": task.exit_code,
        "reason": task.reason,
        "optional": task.optional,
        "log_excerpt": "\n".join(printable(line) for line in task.excerpt),
        "steps": [_step(step) for step in task.steps],
        "outputs": dict(task.outputs),
    }


def _step(step: StepResult) -> Json:
    return {
        "name": step.name,
        "status": step.status.value,
        "seconds": round(step.seconds, 3),
        "exit_code": step.exit_code,
        "reason": step.reason,
        "command": step.command,
    }


def _gate(gate: GateResult) -> Json:
    return {
        "name": gate.name,
        "verdict": gate.verdict.value,
        "value": gate.value,
        "threshold": gate.threshold,
        "detail": gate.detail,
    }


def _gate_cells(gate: GateResult) -> Sequence[str]:
    value, threshold = (_number(number) for number in (gate.value, gate.threshold))
    verdict = gate.verdict.value.replace("_", " ")
    return gate.name, value, threshold, f"{verdict}: {gate.detail}" if gate.detail else verdict


def gate_text(gate: GateResult) -> str:
    """Return the verdict of a gate and what it was measured by, in one line."""
    _, value, threshold, verdict = _gate_cells(gate)
    return f"{verdict} (measured {value or 'nothing'}, threshold {threshold or 'none'})"


def _number(value: float | str | None) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, int | float) else value


def _longest_ticks(line: str) -> int:
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def _cell(text: str) -> str:
    """Return text that can be nothing but text in a cell of a Markdown table."""
    flat = " ".join(printable(text).split())
    return "".join(f"\\{c}" if c in "\\`*_[]|<>@#!" else c for c in flat)


def _data(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
