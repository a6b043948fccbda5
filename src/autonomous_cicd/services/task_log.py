"""What a task prints: kept for the store, shown line by line as it comes, and never with a secret."""

from __future__ import annotations

from dataclasses import field, replace

from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import StepResult, TaskResult
from autonomous_cicd.domain.secrets import redact
from autonomous_cicd.ports import Observer
from autonomous_cicd.services.live import LiveDiagnosis
from autonomous_cicd.values import dataclass

__all__ = ["OUT_OF_TIME", "TaskLog", "without_secrets"]

OUT_OF_TIME = "##[error]The step has exceeded the maximum execution time."
"""What the log of a step says at its end when its time ran out, as a code host writes it."""


@dataclass(slots=True)
class TaskLog:
    """What one task printed so far."""

    task: Task
    observer: Observer
    hidden: tuple[str, ...]
    """Values that must never be shown."""
    chunks: list[bytes] = field(default_factory=list)
    live: LiveDiagnosis | None = None
    """Tells what goes wrong while the task still runs."""
    rest: bytes = b""
    """The beginning of a line whose end is still to come: half a secret could not be recognised."""

    def say(self, chunk: bytes) -> None:
        """Take what was printed."""
        self.chunks.append(chunk)
        lines, newline, self.rest = (self.rest + chunk).rpartition(b"\n")
        if newline:
            self._show(lines + newline)
        if self.live:
            self.live.heard(chunk, self.printed)

    def printed(self) -> bytes:
        """Return everything that was printed so far, without secrets."""
        whole = b"".join(self.chunks)
        if not self.hidden:
            return whole
        text = redact(whole.decode("utf-8", "surrogateescape"), self.hidden)
        return text.encode("utf-8", "surrogateescape")

    def close(self) -> bytes:
        """Return everything that was printed, without secrets."""
        if not self.chunks:
            return b""
        if self.rest:
            self._show(self.rest)
            self.rest = b""
        return self.printed()

    def _show(self, lines: bytes) -> None:
        text = lines.decode("utf-8", "replace")
        self.observer.task_output(self.task, redact(text, self.hidden) if self.hidden else text)


def without_secrets(result: TaskResult, hidden: tuple[str, ...]) -> TaskResult:
    """Return a result in which none of these values is left."""
    if not hidden:
        return result
    return replace(
        result,
        reason=redact(result.reason, hidden),
        excerpt=tuple(redact(line, hidden) for line in result.excerpt),
        steps=tuple(_step(step, hidden) for step in result.steps),
        skipped=tuple(
            replace(item, what=redact(item.what, hidden), reason=redact(item.reason, hidden))
            for item in result.skipped
        ),
        outputs={name: redact(value, hidden) for name, value in result.outputs.items()},
    )


def _step(step: StepResult, hidden: tuple[str, ...]) -> StepResult:
    return replace(
        step,
        name=redact(step.name, hidden),
        reason=redact(step.reason, hidden),
        command=redact(step.command, hidden),
    )
