"""The guides' class for healing: an error in, a proven fix or the reason why there is none out."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from autonomous_cicd.api.detection import DetectedError
from autonomous_cicd.app import App, Request
from autonomous_cicd.domain.incident import State
from autonomous_cicd.healer import Healed, run_and_heal
from autonomous_cicd.services.heal import Heard
from autonomous_cicd.services.silence import Silence
from autonomous_cicd.values import dataclass

__all__ = ["HealingResult", "SelfHealer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealingResult:
    """What became of an error."""

    success: bool
    """Whether the pipeline was run with the fix, and seen green."""
    strategy: str
    """The strategy that helped; without success the last one that was tried."""
    error_message: str = ""
    """Why it was not healed."""
    patch: str = ""
    """The change, in git's form."""
    branch: str = ""
    """Where it was left."""
    healed: Healed | None = None
    """Everything that was tried and proven; None when the pipeline was green at once."""


class SelfHealer:
    """Heals a project: runs its pipeline in private copies, tries remedies, proves them."""

    def __init__(
        self,
        max_healing_attempts: int | None = None,
        enable_rollback: bool | None = None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Take what overrules the settings; `environment` takes the place of this process's own."""
        wishes = {
            "self_healing.max_healing_attempts": max_healing_attempts,
            "self_healing.enable_rollback": enable_rollback,
        }
        self._overrides = {name: value for name, value in wishes.items() if value is not None}
        self._environment = dict(os.environ if environment is None else environment)

    async def heal_error(
        self, error_instance: DetectedError | None = None, context: Mapping[str, object] | None = None
    ) -> HealingResult:
        """Reproduce what is wrong with a project, and heal it.

        `context` may say `project_path` (by default this folder) and `apply` (whether a proven fix goes into
        the working tree instead of a branch). The error is seen anew: what is not red here and now is not
        healed.
        """
        known = {**(error_instance.context if error_instance else {}), **(context or {})}
        path, apply = Path(str(known.get("project_path", "."))), bool(known.get("apply", False))
        app = await asyncio.to_thread(
            App.open, path, environment=self._environment, overrides=self._overrides
        )
        with contextlib.closing(app):
            request, stop = Request(path=path), asyncio.Event()
            run, healed = await run_and_heal(app, request, Silence(), Heard(), apply=apply, stop=stop)
        if healed is None:
            return HealingResult(success=not run.red, strategy="retry", error_message=run.reason)
        return _result(healed)


def _result(healed: Healed) -> HealingResult:
    """Return the guides' view of a healing."""
    healing = healed.healing
    attempts = [one for incident in healing.incidents for one in incident.attempts]
    left = [one for one in healing.incidents if one.state is not State.RESOLVED]
    delivered = not healing.patch or (healed.delivery is not None and not healed.delivery.note)
    why = left[0].history[-1].what if left else healed.delivery.note if healed.delivery else ""
    return HealingResult(
        success=healing.green and delivered,
        strategy=attempts[-1].strategy.value if attempts else "escalate_to_human",
        error_message=why,
        patch=healing.patch.diff(),
        branch=healed.delivery.branch if healed.delivery else "",
        healed=healed,
    )
