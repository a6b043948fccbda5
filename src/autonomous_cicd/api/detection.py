"""The guides' class for errors: a log in, what is wrong out, the root cause first."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from autonomous_cicd.app import App
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.values import dataclass

__all__ = ["Classification", "DetectedError", "ErrorDetector"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What kind of error it is."""

    category: str
    severity: str
    confidence: float
    suggested_healing: tuple[str, ...]
    """The strategies that usually help, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedError:
    """One cause of a red log."""

    error_message: str
    classification: Classification
    failure: Failure
    """Everything that is known of it."""
    context: Mapping[str, object]
    """What was given with the log."""

    @classmethod
    def of(cls, failure: Failure, context: Mapping[str, object]) -> Self:
        """Return the view of a failure."""
        strategies = (remedy.partition("/")[0] for remedy in failure.remedies)
        classification = Classification(
            category=failure.category.value,
            severity=failure.severity.value,
            confidence=failure.confidence,
            suggested_healing=tuple(dict.fromkeys(strategies)),
        )
        return cls(
            error_message=failure.message,
            classification=classification,
            failure=failure,
            context=dict(context),
        )


class ErrorDetector:
    """Finds out why a log is red, without any service."""

    def __init__(
        self,
        enable_learning: bool | None = None,
        *,
        project_path: str | Path = ".",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Take whether what was learned counts (None: as the project and the operator say), and the project.

        `environment` takes the place of the one that this process was started with.
        """
        self._learning = enable_learning
        self._project = Path(project_path)
        self._environment = dict(os.environ if environment is None else environment)

    async def detect_errors(
        self, log_content: str | bytes, context: Mapping[str, object] | None = None
    ) -> list[DetectedError]:
        """Return the causes that a log states, the root cause first; none for a log that is not red.

        `context` may say `stage` (the step that printed it) and `failed` (whether it ended red); whatever
        else it says is handed through.
        """
        known = dict(context or {})
        raw = log_content.encode("utf-8", "surrogatepass") if isinstance(log_content, str) else log_content
        failures = await asyncio.to_thread(self._failures, raw, known)
        return [DetectedError.of(failure, known) for failure in failures]

    def _failures(self, raw: bytes, known: Mapping[str, object]) -> tuple[Failure, ...]:
        overrides = {} if self._learning is None else {"error_detection.enable_learning": self._learning}
        app = App.open(self._project, environment=self._environment, overrides=overrides)
        with contextlib.closing(app):
            step = printable_line(str(known.get("stage", "")), 200)
            clinic = app.clinic(self._project)
            found: tuple[Failure, ...] = clinic.one(
                raw, failed=known.get("failed") is True, step=step
            ).failures
            return found
