"""A project's pipeline that somebody created: planned once, and executed as often as one likes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from autonomous_cicd.app import App, Request
from autonomous_cicd.domain.run import Run
from autonomous_cicd.ports import Meter, Observer
from autonomous_cicd.services.plan import Planned
from autonomous_cicd.settings.load import Settings, load
from autonomous_cicd.values import dataclass

__all__ = ["Opened", "open_pipeline"]

ORIGIN = "config_override"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A plan with the settings and the environment it was made in. Nothing is held open."""

    planned: Planned
    settings: Settings
    environment: Mapping[str, str]

    @property
    def id(self) -> str:
        """Id of the pipeline."""
        return self.planned.pipeline.id

    @property
    def meter(self) -> Meter:
        """A new measure of how busy this computer is; that of the run itself stays its own."""
        return App(self.settings, environment=self.environment).meter

    async def execute(self, observer: Observer, *, stop: asyncio.Event | None = None) -> Run:
        """Run what was planned on the project as it is now."""
        with contextlib.closing(App(self.settings, environment=self.environment)) as app:
            path = Path(self.planned.project.path)
            checkout = await asyncio.to_thread(app.workspace.checkout, path)
            return await app.run_plan(checkout, self.planned, observer, stop=stop)


def open_pipeline(
    path: Path,
    *,
    environment: Mapping[str, str],
    config: Mapping[str, object],
    requirements: Mapping[str, Mapping[str, object]] | None = None,
) -> Opened:
    """Plan a project's pipeline. Executes nothing of it, but reads all of it: call it in a thread.

    Raises SettingsError when the configuration or a requirement is not known, UsageError when there is
    nothing to run.
    """
    settings = load(path, environment=environment, overrides=config, origin=ORIGIN, requirements=requirements)
    with contextlib.closing(App(settings, environment=environment)) as app:
        planned = app.plan(Request(path=path))
    own = replace(planned.pipeline, id=f"{planned.pipeline.id}-{_digest(planned.project.path, config)}")
    return Opened(planned=replace(planned, pipeline=own), settings=settings, environment=environment)


def _digest(path: str, config: Mapping[str, object]) -> str:
    """Return what tells pipelines with the same tasks apart: where they are, and how they are configured."""
    text = json.dumps([path, config], sort_keys=True, default=str)
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:6]
