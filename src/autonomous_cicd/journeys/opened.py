"""Opened: the practice with the code host of the settings, for as long as it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from autonomous_cicd.app import App
from autonomous_cicd.domain.notice import Notice
from autonomous_cicd.journeys.practice import Practice, nobody
from autonomous_cicd.lazy import adapter, teller
from autonomous_cicd.services.deliver_at_host import Outside
from autonomous_cicd.services.heal import Heard

__all__ = ["open_practice", "practice_of"]


def practice_of(
    app: App,
    *,
    stop: asyncio.Event,
    heard: Heard | None = None,
    tell: Callable[[Notice], Awaitable[None]] = nobody,
    overrides: Mapping[str, object] | None = None,
) -> Practice:
    """Return the practice of an operator's App; `aclose` closes what it speaks with."""
    host = adapter("github_app").open_github(app.settings, app.environment, app.clock)
    git = adapter("remote_git").open_remote_git(app.settings, app.environment, app.clock)
    outside = Outside(branches=git, pull_requests=host, issues=host, workflows=host)
    return Practice(app, host, git, outside, stop=stop, heard=heard, tell=tell, overrides=overrides)


@asynccontextmanager
async def open_practice(
    app: App,
    *,
    stop: asyncio.Event,
    heard: Heard | None = None,
    overrides: Mapping[str, object] | None = None,
) -> AsyncIterator[Practice]:
    """Lend the practice of an operator's App; people are told at the end, if there is anything to tell."""
    tells = teller(app)
    practice = practice_of(app, stop=stop, heard=heard, tell=tells.tell, overrides=overrides)
    try:
        yield practice
    finally:
        await practice.aclose()
        await tells.finish()
