"""Agent: the service Codegen, over its REST interface."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

from autonomous_cicd.adapters.http import Service
from autonomous_cicd.domain.brief import Brief, Reply
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import Unavailable

__all__ = ["CodegenAgent"]

PAUSE = 5.0
"""Seconds between two looks at a run."""
_DONE = frozenset({"complete", "completed", "succeeded", "success", "finished"})
_FAILED = frozenset(
    {"failed", "error", "cancelled", "canceled", "stopped", "timeout", "max_iterations_reached"}
)
"""Words that its sources use; whatever else it says means that it is still at work."""


class CodegenAgent:
    """Has Codegen answer. Implements `Agent`.

    It cannot see a private copy: the answer is to hold a diff, which takes the same road as any other.
    """

    def __init__(self, service: Service, org_id: str, *, seconds: float, pause: float = PAUSE) -> None:
        """Take the service, whose organisation pays, and how long one answer may take."""
        self._service = service
        self._place = f"/v1/organizations/{org_id}/agent/run"
        self._seconds = seconds
        self._pause = pause

    async def ask(self, brief: Brief, place: Path | None = None) -> Reply:
        """Return its answer. Raises PortError when it fails, or takes too long."""
        began = time.monotonic()
        answer = await self._service.call("POST", self._place, {"prompt": brief.text})
        if answer.status == 402:
            raise Unavailable("Codegen's plan allows no further run")
        if answer.status >= 400:
            raise Unavailable(f"Codegen refuses the question ({answer.status})")
        run = _object(answer.json())
        while (status := str(run.get("status") or "").lower()) not in _DONE:
            if status in _FAILED:
                raise Unavailable(f"Codegen gave up: {status}")
            if time.monotonic() - began > self._seconds:
                raise Unavailable(f"Codegen took longer than {self._seconds:g} s")
            await asyncio.sleep(self._pause)
            run = _object((await self._service.call("GET", f"{self._place}/{run.get('id')}")).json())
        text = run.get("result") or run.get("summary") or ""
        return Reply(text=str(text), seconds=time.monotonic() - began)


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict) or not re.fullmatch(r"[\w-]{1,64}", str(value.get("id"))):
        raise Unavailable("Codegen's answer is not a run")
    return value
