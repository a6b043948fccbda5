"""Opened: the practice with the code host of the settings, for as long as it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from autonomous_cicd.app import App
from autonomous_cicd.domain.notice import Notice
from autonomous_cicd.journeys.practice import Practice, nobody
from autonomous_cicd.lazy import adapter
from autonomous_cicd.services.deliver_at_host import Outside
from autonomous_cicd.services.heal import Heard

__all__ = ["open_practice"]


@asynccontextmanager
async def open_practice(
    app: App,
    *,
    stop: asyncio.Event,
    heard: Heard | None = None,
    tell: Callable[[Notice], Awaitable[None]] = nobody,
    overrides: Mapping[str, object] | None = None,
) -> AsyncIterator[Practice]:
    """Lend the practice of an operator's App; what it speaks with is closed at the end."""
    host = adapter("github").open_github(app.settings, app.environment, app.clock)
    try:
        git = adapter("remote_git").open_git(host, app.settings)
        outside = Outside(branches=git, pull_requests=host, issues=host, workflows=host)
        yield Practice(app, host, git, outside, stop=stop, heard=heard, tell=tell, overrides=overrides)
    finally:
        await host.close()
