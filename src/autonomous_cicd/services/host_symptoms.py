"""Host symptoms: what a red run at the code host tells - its failed jobs, why each failed, what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from typing import Any

from autonomous_cicd.domain.change import Changes
from autonomous_cicd.domain.code_host import HostedJob, HostedRun
from autonomous_cicd.domain.diagnosis import Category, Failure, Place
from autonomous_cicd.domain.stated import stated
from autonomous_cicd.errors import NotFound, PortError, Unauthorized
from autonomous_cicd.hosts import CodeHost
from autonomous_cicd.services.diagnose import Green
from autonomous_cicd.values import dataclass

__all__ = ["HostSymptoms", "Sick", "host_symptoms"]

MOST_JOBS = 20
"""Failed jobs of one run whose logs are read; a matrix of more fails for one cause."""
_CANCELLED = "github-cancelled"
"""The rule that sees that the host ended a job, but not why."""
_MORE_TIME = ("resource_adjustment/time_limit", "retry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sick:
    """A failed job, and why it failed."""

    job: HostedJob
    failure: Failure
    """The root cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSymptoms:
    """What a red run tells."""

    run: HostedRun
    sick: tuple[Sick, ...]
    green: HostedRun | None = None
    """The last run of the same workflow that passed on the same branch, else on the default one."""
    changes: Changes | None = None
    """What changed since then."""
    notes: tuple[str, ...] = ()
    """What could not be found out."""
    jobs: tuple[HostedJob, ...] = field(default=())
    """All jobs of the run."""

    def causes(self) -> tuple[tuple[Sick, ...], ...]:
        """Return the failed jobs, those of one cause together."""
        found: dict[str, list[Sick]] = {}
        for one in self.sick:
            found.setdefault(one.failure.fingerprint, []).append(one)
        return tuple(tuple(each) for each in found.values())


async def host_symptoms(host: CodeHost, clinic: Any, run: HostedRun) -> HostSymptoms:
    """Read the logs of the failed jobs of a run, and say why each failed.

    `clinic`: tells why logs are red, see `clinic.Clinic`. What cannot be found out is told in the notes.
    """
    notes: list[str] = []
    jobs = await host.jobs(run.repository, run.id, run.attempt)
    # The host calls a job cancelled that it ended because its time was over, and the run red.
    failed = [job for job in jobs if job.failed] or [job for job in jobs if _cancelled(job)]
    if len(failed) > MOST_JOBS:
        notes.append(f"{len(failed)} jobs failed; the logs of the first {MOST_JOBS} were read")
    green = await _last_green(host, run)
    changes = await _changes(host, run, green, notes)
    usual = await _usual(host, clinic, green, failed[:1])
    sick = [
        Sick(job=job, failure=await _cause(host, clinic, run, job, usual, changes, notes))
        for job in failed[:MOST_JOBS]
    ]
    if not failed:
        whole = _none_failed(run) if any(map(_began, jobs)) else _without_jobs(run)
        sick.append(Sick(job=_no_job(run), failure=whole))
    return HostSymptoms(
        run=run, sick=tuple(sick), green=green, changes=changes, notes=tuple(notes), jobs=tuple(jobs)
    )


async def _cause(
    host: CodeHost,
    clinic: Any,
    run: HostedRun,
    job: HostedJob,
    usual: Green | None,
    changes: Changes | None,
    notes: list[str],
) -> Failure:
    step = next((one.name for one in job.steps if one.conclusion in ("failure", "cancelled")), "")
    try:
        log = await host.log(run.repository, job.id)
    except (NotFound, Unauthorized) as error:
        notes.append(f"the log of {job.name!r} is not there: {error}")
        return _unknown(run, job, ", and its log is gone", step)

    def read() -> Any:
        """Read the log in a thread: it may be large."""
        return clinic.diagnoser.diagnose(
            log.pieces, failed=True, unread=log.notes, green=usual, step=step, changes=changes
        )

    diagnosis = await asyncio.to_thread(read)
    notes.extend(f"{job.name}: {note}" for note in diagnosis.notes)
    root: Failure | None = next(iter(diagnosis.failures), None)
    if run.conclusion == "timed_out" or job.conclusion == "timed_out":
        if root is None:
            return _too_long(run, job, step)
        if root.rule == _CANCELLED:
            return replace(_too_long(run, job, step), line=root.line, evidence=root.evidence)
    return root or _unknown(run, job, f" at {step!r}" if step else ", and its log says nothing", step)


async def _last_green(host: CodeHost, run: HostedRun) -> HostedRun | None:
    """Return the newest earlier run of the same workflow that passed."""
    name = run.path.rpartition("/")[2]
    branches = [run.branch]
    try:
        branches.append(await host.default_branch(run.repository))
        for branch in dict.fromkeys(branches):
            found = await host.runs(run.repository, workflow=name, branch=branch, status="success", limit=10)
            earlier = [one for one in found if one.id < run.id and not one.foreign]
            if earlier:
                return earlier[0]
    except NotFound:
        return None
    return None


async def _changes(
    host: CodeHost, run: HostedRun, green: HostedRun | None, notes: list[str]
) -> Changes | None:
    if green is None or run.foreign or green.commit == run.commit:
        return None
    try:
        return await host.between(run.repository, green.commit, run.commit)
    except PortError as error:
        notes.append(f"what changed since the last green run is not known: {error}")
        return None


async def _usual(
    host: CodeHost, clinic: Any, green: HostedRun | None, failed: Sequence[HostedJob]
) -> Green | None:
    """Return what is usual in the log of the same job when it passes."""
    if green is None or not failed:
        return None
    try:
        jobs = await host.jobs(green.repository, green.id)
        job = _named(jobs, failed[0].name)
        log = await host.log(green.repository, job.id) if job else None
    except PortError:
        return None  # a log that is not there any more only makes the diagnosis a little less sure
    if log is None:
        return None
    found = Green()
    await asyncio.to_thread(found.read, log.pieces)
    return found


def _named(jobs: Iterable[HostedJob], name: str) -> HostedJob | None:
    return next((job for job in jobs if job.name == name), None)


def _began(job: HostedJob) -> bool:
    """Whether a job was started: one that was skipped, or cancelled while it waited, has no steps."""
    return bool(job.steps) or job.conclusion not in ("", "skipped", "cancelled")


def _cancelled(job: HostedJob) -> bool:
    return job.conclusion == "cancelled" and _began(job)


def _no_job(run: HostedRun) -> HostedJob:
    return HostedJob(
        id=0, run=run.id, name=run.workflow or run.path, status="completed", conclusion="failure"
    )


def _without_jobs(run: HostedRun) -> Failure:
    """Return the cause of a run that failed before any job began: its file is not what it should be."""
    cause = "the host did not start a single job of this workflow"
    return _of_whole(run, Category.CONFIGURATION, cause, 0.6)


def _none_failed(run: HostedRun) -> Failure:
    """Return the cause of a red run whose jobs are all green."""
    return _of_whole(run, Category.UNKNOWN, "the run is red, and none of its jobs failed", 0.1)


def _of_whole(run: HostedRun, category: Category, cause: str, confidence: float) -> Failure:
    """Return a failure of no single job: it is called as the workflow, so the cause need not name it."""
    failure = stated(category, f"{run.path}: {cause}", confidence, Place(file=run.path))
    return replace(failure, cause=cause, explanation=cause)


def _too_long(run: HostedRun, job: HostedJob, step: str) -> Failure:
    """Return the cause of a job that the host ended because its time was over."""
    text = f"{_named_job(run, job)} ran longer than it may"
    return replace(stated(Category.RESOURCE_TIMEOUT, text, 0.8, Place(step=step)), remedies=_MORE_TIME)


def _unknown(run: HostedRun, job: HostedJob, more: str, step: str) -> Failure:
    """Return the cause of a job that says nothing: the same for all jobs that differ in numbers only."""
    how = "failed" if job.failed else "was cancelled"
    return stated(Category.UNKNOWN, f"{_named_job(run, job)} {how}{more}", 0.1, Place(step=step))


def _named_job(run: HostedRun, job: HostedJob) -> str:
    return f"job {job.name!r} of {run.path.rpartition('/')[2]}"
