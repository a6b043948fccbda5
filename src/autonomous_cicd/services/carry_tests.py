"""Carries out a test suite, split over workers where that pays. Loaded only when a suite has to be run."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from autonomous_cicd.domain.outcomes import outcomes, same_outcomes
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import TaskResult, TaskStatus
from autonomous_cicd.ports import Cache, CacheEntry
from autonomous_cicd.services.carry_out import CarryOut, slug
from autonomous_cicd.services.split import (
    PAYS,
    WORTH,
    Record,
    Way,
    choose_way,
    divided,
    from_bytes,
    observed,
    splittable,
    to_bytes,
)
from autonomous_cicd.services.task_log import TaskLog

__all__ = ["carry_tests"]


async def carry_tests(
    shared: CarryOut, task: Task, _needs: Mapping[str, TaskResult], log: TaskLog
) -> TaskResult:
    """Carry out a suite serially or split, and remember what became of each of its tests."""
    cache = shared.known.cache
    if cache is None or task.seconds < WORTH or not splittable(task):
        return await shared.commands(task, log)
    report = shared.folder / "reports" / f"{slug(task.name)}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    key = _key(shared, task)
    entry = cache.get(key)
    record = from_bytes(entry.log) if entry else Record()
    machine = shared.look()
    if choose_way(record, machine.cores) is not Way.SERIAL:
        split = divided(task, str(report), machine.cores, machine.programs)
        if result := await _split(shared, split, log, report, cache, key, record):
            return result
        report = report.with_suffix(".serial.xml")
        record = replace(record, refused=True)
    return await _serial(shared, task, log, report, cache, key, record)


async def _split(
    shared: CarryOut,
    task: Task,
    log: TaskLog,
    report: Path,
    cache: Cache,
    key: str,
    record: Record,
) -> TaskResult | None:
    """Run the suite split; None when its word does not count."""
    log.say(f"[the tests are split over {task.cores:g} workers]\n".encode())
    result = await shared.commands(task, log)
    found = outcomes(shared.read(report))
    if result.status is TaskStatus.PASSED and same_outcomes(record.outcomes, found):
        ratio = record.ratio or max(0.01, result.seconds / record.seconds)
        verdict = "kept" if ratio <= PAYS else "not worth it"
        log.say(f"[every test became the same: {verdict}, {ratio:.2f} of the serial time]\n".encode())
        await _keep(cache, key, replace(record, outcomes=found, ratio=ratio), shared)
        return result
    log.say(b"[split, not every test passed as before: they are run again one after the other]\n")
    return None


async def _serial(
    shared: CarryOut,
    task: Task,
    log: TaskLog,
    report: Path,
    cache: Cache,
    key: str,
    record: Record,
) -> TaskResult:
    result = await shared.commands(observed(task, str(report)), log)
    if result.status is TaskStatus.PASSED:
        found = outcomes(shared.read(report))
        await _keep(cache, key, replace(record, seconds=result.seconds, outcomes=found), shared)
    return result


async def _keep(cache: Cache, key: str, record: Record, shared: CarryOut) -> None:
    entry = CacheEntry(seconds=record.seconds, created=shared.clock.now(), log=to_bytes(record))
    await asyncio.to_thread(cache.put, key, entry, shared.folder, ())


def _key(shared: CarryOut, task: Task) -> str:
    """Return the key of what is known of this suite of this project."""
    words = [str(shared.checkout.root), task.name, *task.commands[-1].argv]
    text = "\0".join(["suite", *words]).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()
