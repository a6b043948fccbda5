"""Failing: what is wrong with a run, each thing with its cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from autonomous_cicd.cases import Ran
from autonomous_cicd.domain.diagnosis import Category, Failure, Place
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult, TaskStatus, Verdict
from autonomous_cicd.domain.stated import stated
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.services.report import gate_text
from autonomous_cicd.values import dataclass

__all__ = ["Broken", "broken", "unchecked"]

Diagnose = Callable[[str, str], tuple[Failure, ...]]

_GATES = {
    "coverage": Category.COVERAGE_GATE,
    "test_coverage": Category.COVERAGE_GATE,
    "security": Category.SECURITY_GATE,
    "security_scan": Category.SECURITY_GATE,
}
_NAMED = re.compile(r"(?P<file>[\w./-]+\.ya?ml)(?::(?P<line>\d+))?: ")


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is wrong with a run."""

    task: str
    """The task that failed; for a workflow file that is refused, the file; for a gate, its name."""
    failure: Failure


def broken(ran: Ran, diagnose: Diagnose) -> Iterator[Broken]:
    """Yield what makes a run red, what comes first first; nothing for a green one."""
    run = ran.run
    if run.status is not RunStatus.FAILED:
        return
    if ran.refusal:
        yield _refused(ran.refusal)
        return
    for problem in ran.pipeline.problems if ran.pipeline else ():
        place = _place(problem)
        yield Broken(place.file if place else "the pipeline", _configuration(problem, diagnose))
    tasks = [task for task in run.tasks if task.status.bad and not task.optional]
    for task in sorted(tasks, key=lambda one: one.started):
        yield Broken(task.name, _cause(task, ran.logs.get(task.name, ""), diagnose))
    for gate in run.gates:
        if gate.verdict is Verdict.FAILED:
            yield Broken(gate.name, _gate(gate))
    if not any(task.status is TaskStatus.PASSED for task in run.tasks):
        for task in run.tasks:
            if task.status is TaskStatus.NOT_CHECKED:
                yield Broken(task.name, _configuration(task.reason, diagnose))
    if run.reason and not run.red and ran.pipeline and not ran.pipeline.problems:
        yield Broken("the run", stated(Category.UNKNOWN, run.reason, 0.3))


def unchecked(run: Run) -> Iterator[Broken]:
    """Yield the checks that a green run left out for want of a secret: at the host they may well be red."""
    if run.status is not RunStatus.PASSED:
        return
    left_out = [(one.what, f"the job {one.what!r}: {one.reason}") for one in run.skipped if one.check]
    for task in run.tasks:
        if not task.optional:
            left_out += [
                (task.name, f"the step {one.what!r} {one.reason}") for one in task.skipped if one.check
            ]
    for name, text in dict.fromkeys(left_out):
        yield Broken(name, stated(Category.AUTHENTICATION, text, 0.95))


def _cause(task: TaskResult, log: str, diagnose: Diagnose) -> Failure:
    """Return the root cause of a task's failure, however unsure it is."""
    found = task.failures or diagnose(log, task.name)
    return found[0] if found else stated(Category.UNKNOWN, task.reason or "it failed", 0.1)


def _refused(error: DocumentError) -> Broken:
    """Return a file of the project that is not what it should be."""
    made = stated(Category.CONFIGURATION, str(error), 0.95)
    return Broken(error.file or "the settings", replace(made, place=Place(file=error.file, line=error.line)))


def _configuration(text: str, diagnose: Diagnose) -> Failure:
    """Return why the code host would refuse a workflow file."""
    known = next((one for one in diagnose(f"##[error]{text}\n", "") if one.confidence >= 0.5), None)
    made = stated(Category.CONFIGURATION, text, 0.95, _place(text) or Place())
    if known is None:
        return made
    place = _place(text) or known.place
    return replace(known, message=text, evidence=made.evidence, fingerprint=made.fingerprint, place=place)


def _place(problem: str) -> Place | None:
    """Return the place that a problem names first: `.github/workflows/ci.yml:12: ...`."""
    found = _NAMED.match(problem)
    return Place(file=found["file"], line=int(found["line"] or 0)) if found else None


def _gate(gate: GateResult) -> Failure:
    category = _GATES.get(gate.name, Category.CONFIGURATION)
    return stated(category, f"{gate.name}: {gate_text(gate)}", 1.0)
