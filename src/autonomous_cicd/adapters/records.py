"""Records: runs and results as rows of a database, and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from autonomous_cicd.adapters.failure_values import failure_from, failure_values
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, StepResult, TaskResult, TaskStatus, Verdict

__all__ = [
    "Row",
    "indexed",
    "pack",
    "run_from",
    "run_row",
    "storable",
    "task_from",
    "task_row",
    "unpack",
]

Row: TypeAlias = tuple[Any, ...]
"""The values of one row, as a database driver takes and gives them."""

_WORTH_PACKING = 300
"""Bytes from which a log is compressed: below, it costs more than it saves."""
_LONGEST = 500
"""Characters of the longest text that is looked up by: the index of a database takes no more."""
_PLAIN, _PACKED = b"\x00", b"\x01"


def storable(text: str) -> str:
    """Return the text as every database takes it: no zero character and no half of a pair in it."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def indexed(text: str) -> str:
    """Return a storable text that is short enough to be looked up by, and still its own."""
    kept = storable(text)
    if len(kept) <= _LONGEST:
        return kept
    return f"{kept[: _LONGEST - 9]}~{zlib.crc32(kept.encode()):08x}"


def pack(log: bytes) -> bytes:
    """Return a log as it is stored."""
    return _PACKED + zlib.compress(log, 1) if len(log) > _WORTH_PACKING else _PLAIN + log


def unpack(stored: bytes) -> bytes:
    """Return the log that was stored. Raises ValueError when it is damaged."""
    if stored[:1] == _PLAIN:
        return bytes(stored[1:])
    try:
        return zlib.decompress(stored[1:])
    except zlib.error as error:
        raise ValueError(f"a log cannot be read: {error}") from error


def run_row(run: Run, project: int) -> Row:
    """Return the values of `SAVE_RUN` for a run of the project with that key."""
    detail = {
        "pipeline": run.pipeline,
        "source": run.source,
        "commit": run.commit,
        "branch": run.branch,
        "dirty": run.dirty,
        "reason": run.reason,
        "project": run.project,
        "gates": [[gate.name, gate.verdict, gate.value, gate.threshold, gate.detail] for gate in run.gates],
        "skipped": _pairs(run.skipped),
    }
    return (run.id, project, run.status, run.started, run.seconds, run.started, False, json.dumps(detail))


def run_from(row: Sequence[Any], tasks: Iterable[TaskResult]) -> Run:
    """Return the run of (id, status, started, seconds, detail). Raises ValueError when it is damaged."""
    run_id, status, started, seconds, text = row
    detail = json.loads(text)
    return Run(
        id=run_id,
        status=RunStatus(status),
        started=started,
        seconds=seconds,
        tasks=tuple(tasks),
        gates=tuple(_gate(*gate) for gate in detail.pop("gates")),
        skipped=tuple(Skipped(*pair) for pair in detail.pop("skipped")),
        **detail,
    )


def task_row(run: int, project: int, result: TaskResult, log: bytes) -> Row:
    """Return the values of `SAVE_TASK` for a result of the run and the project with these keys."""
    name, reason, key = indexed(result.name), storable(result.reason), storable(result.log)
    detail: dict[str, object] = {}
    if name != result.name or reason != result.reason or key != result.log:
        detail["exact"] = {"name": result.name, "reason": result.reason, "log": result.log}
    if result.excerpt:
        detail["excerpt"] = result.excerpt
    if result.failures:
        detail["failures"] = [failure_values(failure) for failure in result.failures]
    if result.steps:
        detail["steps"] = [_step_values(step) for step in result.steps]
    if result.skipped:
        detail["skipped"] = _pairs(result.skipped)
    if result.outputs:
        detail["outputs"] = dict(result.outputs)
    return (
        run,
        project,
        name,
        result.status,
        result.seconds,
        result.started,
        result.cached,
        result.optional,
        result.exit_code,
        result.cpu_seconds,
        result.peak_memory,
        reason,
        key,
        json.dumps(detail) if detail else "",
        pack(log),
    )


def task_from(row: Sequence[Any]) -> TaskResult:
    """Return the result of a row without its run, project and log. Raises ValueError when it is damaged."""
    name, status, seconds, started, cached, optional, exit_code, cpu, memory, reason, key, text = row
    values = {"name": name, "reason": reason, "log": key}
    if text:
        values.update(_detail(json.loads(text)))
    return TaskResult(
        status=_STATUS[status],
        seconds=seconds,
        started=started,
        cached=bool(cached),
        optional=bool(optional),
        exit_code=exit_code,
        cpu_seconds=cpu,
        peak_memory=memory,
        **values,
    )


def _detail(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **kept.get("exact", {}),
        "excerpt": tuple(kept.get("excerpt", ())),
        "failures": tuple(failure_from(values) for values in kept.get("failures", ())),
        "steps": tuple(_step(*values) for values in kept.get("steps", ())),
        "skipped": tuple(Skipped(*pair) for pair in kept.get("skipped", ())),
        "outputs": kept.get("outputs", {}),
    }


def _step_values(step: StepResult) -> list[object]:
    return [step.name, step.status, step.seconds, step.exit_code, step.reason, step.command]


def _step(
    name: str, status: str, seconds: float, exit_code: int | None, reason: str, command: str
) -> StepResult:
    return StepResult(
        name=name,
        status=_STATUS[status],
        seconds=seconds,
        exit_code=exit_code,
        reason=reason,
        command=command,
    )


def _gate(
    name: str, verdict: str, value: float | str | None, threshold: float | str | None, detail: str
) -> GateResult:
    return GateResult(name=name, verdict=Verdict(verdict), value=value, threshold=threshold, detail=detail)


def _pairs(skipped: Iterable[Skipped]) -> list[tuple[object, ...]]:
    return [(one.what, one.reason, *([True] if one.check else [])) for one in skipped]


_STATUS = {str(status): status for status in TaskStatus}
