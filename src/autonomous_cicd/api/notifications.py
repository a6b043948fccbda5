"""The guides' function for telling people."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.domain.notice import Notice, NotificationChannel, NotificationType
from autonomous_cicd.lazy import teller
from autonomous_cicd.values import dataclass

__all__ = ["NotificationChannel", "NotificationResult", "NotificationType", "send_notification"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationResult:
    """Whom a notice reached."""

    channels: tuple[str, ...] = ()
    """Channels that want such a notice and were not told the same lately."""
    sent: tuple[str, ...] = ()
    """Those that took it. Where quiet hours are, it is sent after them."""
    problems: Mapping[str, str]
    """Why a channel did not take it; it is tried again."""

    @property
    def success(self) -> bool:
        """Whether no channel failed."""
        return not self.problems


async def send_notification(
    type: NotificationType | str,
    message: str,
    data: Mapping[str, object] | None = None,
    *,
    title: str = "",
    severity: Severity | str | None = None,
    repository: str = "",
    channels: tuple[NotificationChannel | str, ...] | None = None,
    project_path: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> NotificationResult:
    """Tell people by the rules of the settings, at once unless it is their quiet hours.

    `channels` takes the place of those in the settings; `environment` that of this process's own. Raises
    ValueError for a kind or a severity that there is not, SettingsError for a channel.
    """
    notice = Notice(
        type=NotificationType(type),
        message=message,
        title=title,
        data={name: str(value) for name, value in (data or {}).items()},
        severity=Severity(severity) if severity else None,
        repository=repository,
    )
    known = dict(os.environ if environment is None else environment)
    overrides = {} if channels is None else {"notifications.channels": [str(one) for one in channels]}
    path = Path(project_path) if project_path else None
    app = await asyncio.to_thread(App.open, path, environment=known, overrides=overrides)
    with contextlib.closing(app):
        tells = teller(app)
        wanted = await tells.keep(notice, at_once=True)
        told = await tells.send_due() if wanted else ()
    return NotificationResult(
        channels=wanted,
        sent=tuple(one.channel for one in told if not one.problem and one.channel in wanted),
        problems={one.channel: one.problem for one in told if one.problem and one.channel in wanted},
    )
