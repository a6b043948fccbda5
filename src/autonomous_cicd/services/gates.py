"""Quality gates: a measured value, a threshold, a verdict. What could not be measured never passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Protocol

from autonomous_cicd.domain.coverage import percent_in_file, percent_in_log
from autonomous_cicd.domain.licences import judge_licence
from autonomous_cicd.domain.pipeline import Stage, Task
from autonomous_cicd.domain.quality import GRADES, grade, score
from autonomous_cicd.domain.run import GateResult, TaskResult, TaskStatus, Verdict
from autonomous_cicd.ports import Store
from autonomous_cicd.services.gate_wishes import Compliance, GateWishes

__all__ = ["Compliance", "Evidence", "GateWishes", "judge"]

COVERAGE_FILES = (
    "**/coverage.xml",
    "**/coverage.json",
    "**/coverage-summary.json",
    "**/lcov.info",
    "**/clover.xml",
)
SAMPLES = 3
"""Runs that a baseline of durations needs at least."""


class Evidence(Protocol):
    """What a run left behind for its gates."""

    @property
    def tasks(self) -> Sequence[tuple[Task, TaskResult]]:
        """Tasks and what became of them."""
        ...

    def log(self, task: str) -> str:
        """Return what a task printed."""
        ...

    def made(self, patterns: Sequence[str]) -> Mapping[str, str]:
        """Return the text of the files in the private copies that match and that the run made."""
        ...

    def sources(self) -> Mapping[str, str]:
        """Return the text of the project's own source files."""
        ...

    def names(self) -> Sequence[str]:
        """Return the names of the project's files."""
        ...

    def licences(self) -> Mapping[str, str] | None:
        """Return the licence of each installed dependency; None when nothing is installed."""
        ...


def judge(
    wishes: GateWishes, evidence: Evidence, *, store: Store, project: str, now: float
) -> tuple[GateResult, ...]:
    """Return a verdict for each gate that was asked for."""
    gates: list[GateResult] = []
    if wishes.test_coverage is not None:
        gates.append(_coverage(wishes.test_coverage, evidence))
    if wishes.code_quality:
        gates.append(_quality(wishes.code_quality, evidence))
    if wishes.security_scan:
        gates.append(_security(evidence))
    if wishes.performance_benchmark:
        gates.append(_performance(wishes.regression_percent, evidence, store, project, now))
    if wishes.compliance:
        gates.append(_compliance(wishes.compliance, evidence))
    return tuple(gates)


def _coverage(threshold: float, evidence: Evidence) -> GateResult:
    """Judge the share of lines that tests reach: from coverage files, else from the tests' own tables."""
    found = {
        name: value
        for name, text in evidence.made(COVERAGE_FILES).items()
        if (value := percent_in_file(name, text)) is not None
    }
    for task, result in evidence.tasks:
        if not found and result.status is TaskStatus.PASSED:
            value = percent_in_log(evidence.log(task.name))
            if value is not None:
                found[f"the log of {task.name}"] = value
    if not found:
        return _not_measured("test_coverage", threshold, "no task measured coverage")
    place, lowest = min(found.items(), key=lambda item: item[1])
    return _measured("test_coverage", lowest, threshold, passed=lowest >= threshold, detail=f"from {place}")


def _quality(threshold: str, evidence: Evidence) -> GateResult:
    """Judge the grade of the sources; its formula is in `domain.quality`."""
    points = score(evidence.sources())
    if points is None:
        return _not_measured("code_quality", threshold, "there are no sources that can be measured")
    value = grade(points)
    passed = GRADES.index(value) <= GRADES.index(threshold)
    return _measured("code_quality", value, threshold, passed=passed, detail=f"{points:.0f} of 100 points")


def _security(evidence: Evidence) -> GateResult:
    """Judge the security scans that the project configures."""
    scans = [(task, result) for task, result in evidence.tasks if task.stage is Stage.SECURITY]
    ended = [
        (task, result) for task, result in scans if result.status in (TaskStatus.PASSED, TaskStatus.FAILED)
    ]
    if len(ended) < len(scans) or not scans:
        detail = "not every scan could be carried out" if scans else "the project configures no scanner"
        return _not_measured("security_scan", 0, detail)
    bad = [task.name for task, result in ended if result.status is TaskStatus.FAILED]
    return _measured(
        "security_scan", len(bad), 0, passed=not bad, detail=", ".join(bad) or "no scan found anything"
    )


def _performance(percent: float, evidence: Evidence, store: Store, project: str, now: float) -> GateResult:
    """Judge the slowest growing task against the median of its recorded durations."""
    worst: tuple[float, str] | None = None
    for task, result in evidence.tasks:
        if task.stage not in (Stage.TEST, Stage.BENCHMARK, Stage.WORKFLOW) or result.cached:
            continue
        if result.status is not TaskStatus.PASSED:
            continue
        name = f"seconds of {task.name}"
        before = store.samples(project, name)
        store.save_sample(project, name, result.seconds, now)
        if len(before) >= SAMPLES and median(before) > 0:
            growth = 100 * (result.seconds / median(before) - 1)
            worst = max(worst or (growth, task.name), (growth, task.name))
    if worst is None:
        detail = f"no task has {SAMPLES} recorded runs to compare with"
        return _not_measured("performance_benchmark", percent, detail)
    growth, name = worst
    detail = f"{name}, percent slower than its median"
    return _measured(
        "performance_benchmark", round(growth, 1), percent, passed=growth <= percent, detail=detail
    )


def _compliance(wishes: Compliance, evidence: Evidence) -> GateResult:
    """Judge the licences of dependencies and the files that must be there."""
    present = set(evidence.names())
    problems = [f"{name} is missing" for name in wishes.required_files if name not in present]
    if wishes.allowed_licences or wishes.denied_licences:
        licences = evidence.licences()
        if licences is None and not problems:
            return _not_measured(
                "compliance", 0, "no dependencies were installed whose licence could be read"
            )
        for package, licence in sorted((licences or {}).items()):
            objection = judge_licence(licence, wishes.allowed_licences, wishes.denied_licences)
            if objection:
                problems.append(f"{package}: {objection}")
    detail = "; ".join(problems[:5]) + (f"; and {len(problems) - 5} more" if len(problems) > 5 else "")
    return _measured("compliance", len(problems), 0, passed=not problems, detail=detail)


def _measured(
    name: str, value: float | str, threshold: float | str, *, passed: bool, detail: str
) -> GateResult:
    verdict = Verdict.PASSED if passed else Verdict.FAILED
    return GateResult(name=name, verdict=verdict, value=value, threshold=threshold, detail=detail)


def _not_measured(name: str, threshold: float | str, detail: str) -> GateResult:
    return GateResult(name=name, verdict=Verdict.NOT_MEASURED, threshold=threshold, detail=detail)
