"""The guides' class for GitHub Actions: start workflows there, look at runs, follow them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from autonomous_cicd.api.views import CreatedPipeline, PipelineResult
from autonomous_cicd.app import App
from autonomous_cicd.domain.code_host import HostedJob, HostedRun
from autonomous_cicd.errors import UsageError
from autonomous_cicd.journeys.opened import open_practice
from autonomous_cicd.journeys.practice import Practice
from autonomous_cicd.ports import Clock
from autonomous_cicd.services.watched_runs import Watched, dispatched_run, follow, newest_dispatched
from autonomous_cicd.values import dataclass

__all__ = ["GitHubActionsIntegration", "MonitoringResult", "TriggerResult"]

LEAST = 1.0
"""Seconds between two looks at a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerResult:
    """A workflow that was started."""

    success: bool = True
    run: HostedRun | None = None
    """The run that came of it; None when it did not appear within a minute."""

    @property
    def run_id(self) -> int:
        """Id of the run; 0 when it is not known."""
        return self.run.id if self.run else 0

    @property
    def url(self) -> str:
        """Page of the run."""
        return self.run.url if self.run else ""


@dataclass(frozen=True, slots=True)
class MonitoringResult:
    """What became of runs that were followed."""

    watched: Watched

    @property
    def runs(self) -> tuple[HostedRun, ...]:
        """The runs, as they were at the end."""
        return self.watched.runs

    @property
    def jobs(self) -> tuple[HostedJob, ...]:
        """Their jobs."""
        return self.watched.jobs

    @property
    def failed_jobs(self) -> tuple[HostedJob, ...]:
        """Their jobs that are red."""
        return tuple(one for one in self.jobs if one.failed)

    @property
    def status(self) -> str:
        """`not_found`, `in_progress` when the time was over, else `completed`."""
        return "completed" if self.watched.ended else "in_progress" if self.runs else "not_found"

    @property
    def success(self) -> bool:
        """Whether all of them ended, and none is red or was cancelled."""
        fine = ("success", "skipped", "neutral")
        return self.watched.ended and all(one.conclusion in fine for one in self.runs)


class GitHubActionsIntegration:
    """Starts and follows workflows of one repository at GitHub.

    What it starts is in the audit trail, and nothing is started once everything was stopped.
    """

    def __init__(
        self,
        github_token: str | None = None,
        repository: str | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Take the token and the repository as owner/name; None: as the settings say.

        `environment` takes the place of the one that this process was started with.
        """
        wishes = {"integrations.github.token": github_token, "integrations.github.repository": repository}
        self._overrides = {name: value for name, value in wishes.items() if value}
        self._environment = dict(os.environ if environment is None else environment)
        self._adapters = {"clock": clock} if clock else {}

    async def trigger_workflow(
        self, workflow_file: str, ref: str = "main", inputs: Mapping[str, object] | None = None
    ) -> TriggerResult:
        """Start a workflow by the name of its file; return the run that came of it, where it is told.

        Raises NotFound when there is no such workflow, Unauthorized when the token may not start it.
        """
        async with self._practice() as (practice, repository):
            known = await newest_dispatched(practice.host, repository, workflow_file)
            given = {name: _input(value) for name, value in (inputs or {}).items()}
            await practice.deliver.dispatch(repository, workflow_file, ref, given)
            clock = practice.app.clock
            run = await dispatched_run(practice.host, repository, workflow_file, known, clock)
        return TriggerResult(run=run)

    async def get_workflow_runs(
        self, workflow_file: str = "", status: str = "", limit: int = 30
    ) -> list[HostedRun]:
        """Return the newest runs, the newest first. `status`: a status or a conclusion of GitHub's."""
        async with self._practice() as (practice, repository):
            found = await practice.host.runs(repository, workflow=workflow_file, status=status, limit=limit)
        return list(found)

    async def monitor_pipeline_execution(
        self,
        pipeline_execution: CreatedPipeline | PipelineResult | TriggerResult | HostedRun | int | str,
        polling_interval: float = 30,
        max_seconds: float = 6 * 3600,
    ) -> MonitoringResult:
        """Follow a run until it ends; of a pipeline, or a commit, all runs of its commit.

        Returns what is known when the time is over. A commit without a run is waited for for a minute.
        """
        async with self._practice() as (practice, repository):
            run, commit = await asyncio.to_thread(self._wanted, pipeline_execution)
            watched = await follow(
                practice.host,
                functools.partial(_look, practice, repository, run, commit),
                practice.app.clock,
                interval=max(LEAST, polling_interval),
                seconds=max_seconds,
            )
        return MonitoringResult(watched)

    @asynccontextmanager
    async def _practice(self) -> AsyncIterator[tuple[Practice, str]]:
        app = await asyncio.to_thread(App.open, environment=self._environment, overrides=self._overrides)
        app = App(app.settings, environment=self._environment, **self._adapters)
        repository = app.settings.integrations.github.repository
        if not repository:
            hint = "give repository=, or set GITHUB_REPOSITORY"
            raise UsageError("no repository is named", hint=hint)
        with contextlib.closing(app):
            async with open_practice(app, stop=asyncio.Event()) as practice:
                yield practice, repository

    def _wanted(self, what: object) -> tuple[int, str]:
        """Return the id of the run that is meant, or the commit whose runs are."""
        match what:
            case TriggerResult(run=HostedRun() as run) | (HostedRun() as run):
                return run.id, ""
            case TriggerResult():
                raise UsageError("the run of that workflow is not known", hint="get_workflow_runs lists them")
            case CreatedPipeline():
                with contextlib.closing(App.open(environment=self._environment)) as app:
                    return 0, app.workspace.checkout(Path(what.project.path)).commit
            case PipelineResult():
                return 0, what.run.commit
            case int() | str() if str(what).isdecimal() and len(str(what)) < 20:
                return int(what), ""
        return 0, str(what)


async def _look(practice: Practice, repository: str, run: int, commit: str) -> Sequence[HostedRun]:
    if run:
        return [await practice.host.run(repository, run)]
    return await practice.host.runs(repository, commit=commit) if commit else []


def _input(value: object) -> str:
    """Return an input as the host takes it: as text."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
