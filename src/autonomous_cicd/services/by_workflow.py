"""By workflow: a red run of several workflow files, each of which passes or fails by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import field, replace

from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.domain.run import RunStatus, TaskStatus
from autonomous_cicd.services.heal import Healing
from autonomous_cicd.values import dataclass

__all__ = ["Together", "heal_each", "of_file", "parts"]

Heal = Callable[[str, Ran, Patch], Awaitable[Healing]]
"""Heals what one workflow file asks for, on top of a patch."""
Check = Callable[[str, Patch], Awaitable[Ran]]
"""Runs what one workflow file asks for, with a patch."""


@dataclass(slots=True, kw_only=True)
class Together:
    """What became of all of them."""

    patch: Patch = NOTHING
    healings: dict[str, Healing] = field(default_factory=dict)
    broke: str = ""
    """The workflow file that was green before, and is not with the changes for the others."""

    def healing(self, red: Ran) -> Healing:
        """Return them as one; it is green when all that was red is, and nothing else broke."""
        each = list(self.healings.values())
        green = all(one.green for one in each) and not self.broke
        status = RunStatus.PASSED if green else RunStatus.FAILED
        healed = [one for one in each if one.green and one.patch]
        order = list(Risk)
        return Healing(
            ran=replace(red, run=replace(red.run, status=status)),
            patch=NOTHING if self.broke else self.patch,
            incidents=tuple(incident for one in each for incident in one.incidents),
            risk=max((one.risk for one in healed), key=order.index, default=Risk.SAFE),
            confidence=min((one.confidence for one in healed), default=1.0),
            asks="; ".join(dict.fromkeys(one.asks for one in healed if one.asks)),
            stopped=next((one.stopped for one in each if one.stopped), ""),
            interrupted=any(one.interrupted for one in each),
        )

    def unresolved(self) -> tuple[Incident, ...]:
        """Return the incidents whose change must not be delivered after all."""
        if not self.broke:
            return ()
        return tuple(one for healing in self.healings.values() if healing.patch for one in healing.incidents)


def parts(ran: Ran) -> Mapping[str, Ran]:
    """Return a run taken apart by workflow files, what is smallest first; as it is when there is only one.

    What belongs to no file, such as gates, makes a part of its own, without a name.
    """
    pipeline = ran.pipeline
    files = dict.fromkeys(_file(task) for task in pipeline.tasks) if pipeline else {}
    for problem in pipeline.problems if pipeline else ():
        files[problem.partition(":")[0]] = None
    if pipeline is None or len(files) < 2 or "" in files:
        return {"": ran}
    found = {file: _part(ran, pipeline, file) for file in files}
    refused = [one for one in pipeline.problems if not any(one.startswith(f"{file}:") for file in files)]
    if refused or any(gate.verdict == "failed" for gate in ran.run.gates):
        rest = replace(pipeline, tasks=(), problems=tuple(refused))
        found[""] = replace(ran, run=replace(ran.run, tasks=()), pipeline=rest, logs={})
    ordered = sorted(found, key=lambda file: (file == "", len(found[file].run.tasks), file))
    return {file: found[file] for file in ordered}


async def heal_each(whole: Mapping[str, Ran], heal: Heal, check: Check) -> Together:
    """Heal what is red, file by file, one on top of the other, and see that nothing else broke."""
    together = Together()
    seen: dict[str, Patch] = {}
    for file, part in whole.items():
        if part.run.status is RunStatus.FAILED:
            healing = await heal(file, part, together.patch)
            together.healings[file] = healing
            if healing.stopped:
                return together
            together.patch = together.patch.then(healing.patch)
        seen[file] = together.patch if file in together.healings else NOTHING
    green = [file for file in whole if file not in together.healings or together.healings[file].green]
    for file in green if together.patch else ():
        if seen[file] != together.patch:
            after = await check(file, together.patch)
            if after.run.status is not RunStatus.PASSED:
                together.broke = file
                break
    return together


def _file(task: Task) -> str:
    """Return the workflow file that asks for a task, of a called one that of the caller."""
    job = task.job
    while job and job.caller:
        job = job.caller
    return job.workflow.path if job else ""


def of_file(pipeline: Pipeline, file: str) -> Pipeline:
    """Return what of a pipeline one workflow file asks for."""
    tasks = tuple(task for task in pipeline.tasks if _file(task) == file)
    problems = tuple(one for one in pipeline.problems if one.startswith(f"{file}:"))
    return replace(pipeline, tasks=tasks, problems=problems)


def _part(ran: Ran, pipeline: Pipeline, file: str) -> Ran:
    own = of_file(pipeline, file)
    names = {task.name for task in own.tasks}
    results = tuple(one for one in ran.run.tasks if one.name in names or _expanded(one.name, names))
    red = bool(own.problems) or any(one.status.bad and not one.optional for one in results)
    checked = any(one.status is TaskStatus.PASSED for one in results)
    idle = all(one.status is TaskStatus.SKIPPED for one in results)
    status = RunStatus.FAILED if red or not (checked or idle) else RunStatus.PASSED
    run = replace(ran.run, tasks=results, gates=(), status=status, reason="")
    logs = {name: log for name, log in ran.logs.items() if any(name == one.name for one in results)}
    return Ran(run=run, pipeline=own, logs=logs)


def _expanded(name: str, names: Collection[str]) -> bool:
    """Whether a task is one of a matrix that only the run made: `test (3.12)` of `test`."""
    return any(name.startswith(f"{one} (") for one in names)
