"""What a run is told as: JSON, and the commands of GitHub Actions; what every telling of it shares."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, StepResult, TaskResult, TaskStatus, Verdict
from autonomous_cicd.domain.text import printable
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.services.failure_report import failure_json

__all__ = [
    "VERSION",
    "as_in_project",
    "counts",
    "escaped",
    "everything_skipped",
    "gate_text",
    "measured",
    "that_matter",
    "to_annotations",
    "to_json",
    "word",
]

VERSION = 1
"""Of the JSON report; goes up when a reader would have to change."""

_PLACE = re.compile(
    r"""(?:^|[\s"'(])(?P<file>[A-Za-z0-9_@+-][\w.@/+-]*\.[A-Za-z]\w{0,7})"""
    r"""(?:", line |:|\()(?P<line>\d{1,7})\b"""
)


def everything_skipped(run: Run) -> tuple[Skipped, ...]:
    """Return whatever was left out, of the pipeline and inside its tasks, each thing once."""
    inside = [replace(item, what=f"{task.name}: {item.what}") for task in run.tasks for item in task.skipped]
    whole = [
        Skipped(task.name, task.reason)
        for task in run.tasks
        if task.status in (TaskStatus.SKIPPED, TaskStatus.NOT_CHECKED) and not task.cached
    ]
    return tuple(dict.fromkeys([*run.skipped, *whole, *inside]))


def word(task: TaskResult) -> str:
    """Return in a word or two what became of a task."""
    if task.cached:
        return "cached" if task.status is TaskStatus.PASSED else "not needed"
    status = task.status.value.replace("_", " ")
    return f"{status} (optional)" if task.optional and task.status.bad else status


def counts(tasks: Iterable[TaskResult]) -> str:
    """Return how many tasks became what, such as `7 passed, 1 failed`."""
    tally: dict[str, int] = {}
    for task in tasks:
        tally[word(task)] = tally.get(word(task), 0) + 1
    return ", ".join(f"{count} {what}" for what, count in tally.items()) or "nothing to do"


def that_matter(run: Run, task: TaskResult) -> tuple[str, ...]:
    """Return the lines that matter of a task's log, its files named as in the project.

    The lines that only name a step of a job are left out: the steps are told of in any case.
    """
    titles = {title for step in task.steps for title in (step.name, f"Run {step.name}")}
    return tuple(
        as_in_project(printable(line), run.id) for line in task.excerpt if not titles or line not in titles
    )


def as_in_project(text: str, run_id: str) -> str:
    """Return text without the private folders of a run: gone by now, they say nothing to anybody."""
    if f"/{run_id}/" not in text:
        return text
    folder = rf"(?:file://)?[^\s\"'`(<>=,:]*/{re.escape(run_id)}/"
    job = r"(?:jobs/[^/\s]+/)?work/(?:_temp/|[^_/\s][^/\s]*/[^/\s\"':]+(?:/|\b))"
    return re.sub(rf"{folder}(?:{job})?", "", text)


def to_json(run: Run) -> dict[str, Json]:
    """Return the report as values for JSON; its schema is `docs/reference/report.schema.json`."""
    return {
        "version": VERSION,
        "id": run.id,
        "status": run.status.value,
        "reason": _text(run.reason),
        "project": _text(run.project),
        "commit": run.commit,
        "branch": _text(run.branch),
        "dirty": run.dirty,
        "started": datetime.fromtimestamp(run.started, UTC).isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 3),
        "pipeline": {"id": _text(run.pipeline), "source": run.source},
        "tasks": [_task(run, task) for task in run.tasks],
        "gates": [_gate(gate) for gate in run.gates],
        "skipped": [
            {"what": _text(item.what), "reason": _text(item.reason)} for item in everything_skipped(run)
        ],
        "healing": [],
        "escalations": [],
    }


def to_annotations(run: Run) -> str:
    """Return workflow commands that show failures where GitHub Actions shows annotations."""
    lines = []
    for task in run.tasks:
        if task.status.bad:
            kind = "warning" if task.optional else "error"
            matter = that_matter(run, task)
            text = "\n".join([task.reason, *(one.explanation for one in task.failures[:1]), *matter])
            lines.append(
                f"::{kind} {_where(task) or _place(matter)}title={_property(task.name)}::{escaped(text)}"
            )
    failed = [gate for gate in run.gates if gate.verdict is Verdict.FAILED]
    lines += [f"::error title={_property(gate.name)}::{escaped(gate_text(gate))}" for gate in failed]
    return "".join(f"{line}\n" for line in lines)


def _where(task: TaskResult) -> str:
    """Return where a task failed, when its diagnosis says so."""
    place = task.failures[0].place if task.failures else None
    if place is None or not place.file or place.file.startswith("/"):
        return ""
    return f"file={_property(place.file)},{f'line={place.line},' if place.line else ''}"


def gate_text(gate: GateResult) -> str:
    """Return what a gate says, in one line."""
    verdict = gate.verdict.value.replace("_", " ")
    said = f"{verdict}: {gate.detail}" if gate.detail else verdict
    value, threshold = measured(gate.value) or "nothing", measured(gate.threshold) or "none"
    return f"{said} (measured {value}, threshold {threshold})"


def measured(value: float | str | None) -> str:
    """Return a measured value or a threshold as a person writes it; "" when there is none."""
    return "" if value is None else f"{value:g}" if isinstance(value, int | float) else value


def escaped(text: str) -> str:
    """Return text that can be nothing but the message of a workflow command."""
    plain = printable(text).replace("##[", "# #[")  # would be a command to the page that shows the log
    return plain.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _task(run: Run, task: TaskResult) -> Json:
    return {
        "name": _text(task.name),
        "status": task.status.value,
        "seconds": round(task.seconds, 3),
        "cached": task.cached,
        "exit_code": task.exit_code,
        "reason": _text(task.reason),
        "optional": task.optional,
        "log_excerpt": "\n".join(that_matter(run, task)),
        "failures": [failure_json(failure) for failure in task.failures],
        "steps": [_step(step) for step in task.steps],
        "outputs": {_text(name): _text(value) for name, value in task.outputs.items()},
    }


def _step(step: StepResult) -> Json:
    return {
        "name": _text(step.name),
        "status": step.status.value,
        "seconds": round(step.seconds, 3),
        "exit_code": step.exit_code,
        "reason": _text(step.reason),
        "command": _text(step.command),
    }


def _gate(gate: GateResult) -> Json:
    return {
        "name": gate.name,
        "verdict": gate.verdict.value,
        "value": _value(gate.value),
        "threshold": _value(gate.threshold),
        "detail": _text(gate.detail),
    }


def _value(value: float | str | None) -> Json:
    """Return a value that JSON has: it knows no infinity."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _text(text: str) -> str:
    """Return text that every reader of JSON can read: names of files may hold half characters."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _place(lines: Iterable[str]) -> str:
    """Return the first place in the project that these lines name, as properties of an annotation."""
    return next((f"file={_property(file)},line={line}," for file, line in _places(lines)), "")


def _places(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        for match in _PLACE.finditer(line):
            folders = match["file"].split("/")
            if ".." not in folders and folders[0] != "environments":
                yield match["file"], match["line"]


def _property(text: str) -> str:
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
