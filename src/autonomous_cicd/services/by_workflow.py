"""By workflow: a red run of several workflow files, each of which passes or fails by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field, replace

from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.pipeline import Pipeline, Skipped, Task
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.domain.run import RunStatus
from autonomous_cicd.domain.workflow_names import is_main
from autonomous_cicd.services.failing import unchecked
from autonomous_cicd.services.heal import Healing
from autonomous_cicd.values import dataclass

__all__ = ["RunFile", "Together", "files_of", "heal_each", "of_file", "timed_out"]

RunFile = Callable[[str, float | None], Awaitable[Ran]]
"""Runs what one workflow file asks for, as the project is; at most for so many seconds."""
Heal = Callable[[str, Ran, Patch], Awaitable[Healing]]
"""Heals what one workflow file asks for, on top of a patch."""
Check = Callable[[str, Patch, float], Awaitable[Ran]]
"""Runs what one workflow file asks for, with a patch, at most for so many seconds."""

LATE = "not run: the time for healing was used up (`self_healing.time_budget`)"


@dataclass(slots=True, kw_only=True)
class Together:
    """What became of all of them."""

    patch: Patch = NOTHING
    healings: dict[str, Healing] = field(default_factory=dict)
    parts: dict[str, Ran] = field(default_factory=dict)
    """What was run of each file, as the project was."""
    late: list[str] = field(default_factory=list)
    """Files that were not run, or not with the whole change, because the time was used up."""
    broke: str = ""
    """The workflow file that was green before, and is not with the changes for the others."""

    def ran(self, pipeline: Pipeline) -> Ran:
        """Return what was run, as one run of the whole pipeline."""
        runs = [part.run for part in self.parts.values()]
        red = any(run.status is not RunStatus.PASSED for run in runs)
        logs = {name: log for part in self.parts.values() for name, log in part.logs.items()}
        run = replace(
            runs[0],
            pipeline=pipeline.id,
            status=RunStatus.FAILED if red else RunStatus.PASSED,
            reason="; ".join(dict.fromkeys(run.reason for run in runs if run.reason)),
            seconds=sum(run.seconds for run in runs),
            tasks=tuple(task for run in runs for task in run.tasks),
            skipped=(*pipeline.skipped, *(Skipped(file, LATE) for file in self.late)),
        )
        return Ran(run=run, pipeline=pipeline, logs=logs)

    def healing(self, red: Ran) -> Healing:
        """Return them as one; it is green when all that was red is, and nothing else broke."""
        each = list(self.healings.values())
        green = all(one.ran.run.status is RunStatus.PASSED for one in each) and not self.broke
        status = RunStatus.PASSED if green else RunStatus.FAILED
        healed = [one for one in each if one.patch]
        order = list(Risk)
        return Healing(
            ran=replace(red, run=replace(red.run, status=status)),
            patch=NOTHING if self.broke else self.patch,
            incidents=tuple(incident for one in each for incident in one.incidents),
            risk=max((one.risk for one in healed), key=order.index, default=Risk.SAFE),
            confidence=min((one.confidence for one in healed), default=1.0),
            asks="; ".join(dict.fromkeys(one.asks for one in healed if one.asks)),
            unchecked=(
                *(text for one in each for text in one.unchecked),
                *(f"{file}: {LATE}" for file in self.late),
            ),
            stopped=next((one.stopped for one in each if one.stopped), ""),
            interrupted=any(one.interrupted for one in each),
        )

    def unresolved(self) -> tuple[Incident, ...]:
        """Return the incidents whose change must not be delivered after all."""
        if not self.broke:
            return ()
        return tuple(one for healing in self.healings.values() if healing.patch for one in healing.incidents)


def files_of(pipeline: Pipeline) -> tuple[str, ...]:
    """Return the workflow files that a pipeline is made of, the main one first; none when that is not all."""
    count = Counter(_file(task) for task in pipeline.tasks)
    for problem in pipeline.problems:
        count[problem.partition(":")[0]] += 0
    if "" in count:
        return ()
    return tuple(sorted(count, key=lambda file: (not is_main(file), count[file], file)))


async def heal_each(
    files: Sequence[str], run: RunFile, heal: Heal, check: Check, left: Callable[[], float]
) -> Together:
    """Run and heal file by file, one on top of the other, and see that nothing else broke.

    `left` tells how many seconds are left; it matters only when there is a change that could be delivered.
    """
    together = Together()
    seen: dict[str, Patch] = {}
    for file in files:
        seconds = left() if together.patch else None
        part = None if seconds is not None and seconds <= 0 else await run(file, seconds)
        if part is None or (seconds is not None and timed_out(part)):
            together.late.append(file)
            continue
        together.parts[file] = part
        if part.run.status is RunStatus.CANCELLED:
            return together
        if part.run.status is RunStatus.FAILED or any(unchecked(part.run)):
            healing = together.healings[file] = await heal(file, part, together.patch)
            if healing.stopped:
                return together
            together.patch = together.patch.then(healing.patch)
        seen[file] = together.patch if file in together.healings else NOTHING
    await _check(together, seen, check, left)
    return together


async def _check(together: Together, seen: dict[str, Patch], check: Check, left: Callable[[], float]) -> None:
    """Run with the whole change what is green and was not run with it."""
    healings = together.healings
    for file in seen if together.patch else ():
        red = file in healings and healings[file].ran.run.status is not RunStatus.PASSED
        if red or seen[file] == together.patch:
            continue
        seconds = left()
        after = await check(file, together.patch, seconds) if seconds > 0 else None
        if after is None or timed_out(after):
            together.late.append(file)
        elif after.run.status is not RunStatus.PASSED:
            together.broke = file
            return


def timed_out(ran: Ran) -> bool:
    """Whether a run was ended because it took too long, before anything in it was red."""
    return ran.run.reason.startswith("it took longer than") and not ran.run.red


def _file(task: Task) -> str:
    """Return the workflow file that asks for a task, of a called one that of the caller."""
    job = task.job
    while job and job.caller:
        job = job.caller
    return job.workflow.path if job else ""


def of_file(pipeline: Pipeline, file: str) -> Pipeline:
    """Return what of a pipeline one workflow file asks for; what was left out of all of them is told once."""
    tasks = tuple(task for task in pipeline.tasks if _file(task) == file)
    problems = tuple(one for one in pipeline.problems if one.startswith(f"{file}:"))
    skipped = pipeline.skipped if file in files_of(pipeline)[:1] else ()
    return replace(pipeline, tasks=tasks, problems=problems, skipped=skipped)
