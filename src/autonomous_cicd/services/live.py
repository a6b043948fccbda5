"""Live: what goes wrong in a task is told while the task still runs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import field

from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import TaskResult, TaskStatus
from autonomous_cicd.ports import Observer
from autonomous_cicd.services.task_failures import Diagnose, diagnosed
from autonomous_cicd.values import dataclass

__all__ = ["LiveDiagnosis"]

PAUSE = 3.0
"""Seconds between two looks at what a task printed."""
SURE = 0.9
"""Confidence from which a failure is told before the task ended."""
_TROUBLE = re.compile(rb"rror|FAIL|fail|fatal|panic|xception|denied|refused|cannot|not found")
"""Without any such word nothing is wrong, and nothing needs to be loaded."""


@dataclass(slots=True, kw_only=True)
class LiveDiagnosis:
    """Looks at what a task prints, in a thread, at most every few seconds; it never delays the task."""

    task: Task
    observer: Observer
    run_id: str
    diagnose: Diagnose
    now: Callable[[], float]
    told: set[str] = field(default_factory=set)
    _looked: float = 0.0
    _looking: asyncio.Task[None] | None = None

    def heard(self, chunk: bytes, printed: Callable[[], bytes]) -> None:
        """Hear what was printed last; `printed` returns all of it, without secrets."""
        if self._looking and not self._looking.done():
            return
        if self.now() - self._looked < PAUSE or not _TROUBLE.search(chunk):
            return
        if self._looked:
            self._looking = asyncio.ensure_future(self._look(printed()))
        self._looked = self.now()

    async def end(self) -> None:
        """Wait for a look that is under way."""
        if self._looking:
            await asyncio.wait([self._looking])

    async def _look(self, log: bytes) -> None:
        running = TaskResult(name=self.task.name, status=TaskStatus.RUNNING)
        seen = await asyncio.to_thread(
            diagnosed, running, log, self.run_id, self.diagnose, failed=False
        )  # what is wrong with diagnosing is told when the task has ended
        for failure in seen.failures[:1]:
            if _worth_telling(failure) and failure.fingerprint not in self.told:
                self.told.add(failure.fingerprint)
                self.observer.task_failing(self.task, failure)


def _worth_telling(failure: Failure) -> bool:
    return failure.category is not Category.UNKNOWN and failure.confidence >= SURE
