"""Quality gates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.domain.run import GateResult, TaskResult, TaskStatus, Verdict
from autonomous_cicd.services.gates import SAMPLES, Compliance, GateWishes, judge


@dataclass
class Left:
    """What a run left behind."""

    tasks: Sequence[tuple[Task, TaskResult]] = ()
    logs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    installed: Mapping[str, str] | None = None

    def log(self, task: str) -> str:
        return self.logs.get(task, "")

    def made(self, patterns: Sequence[str]) -> Mapping[str, str]:
        assert patterns
        return self.files

    def sources(self) -> Mapping[str, str]:
        return self.own

    def names(self) -> Sequence[str]:
        return sorted(self.own)

    def licences(self) -> Mapping[str, str] | None:
        return self.installed


def ran(
    name: str,
    stage: Stage,
    status: TaskStatus = TaskStatus.PASSED,
    seconds: float = 1.0,
    cached: bool = False,
) -> tuple[Task, TaskResult]:
    task = Task(name=name, stage=stage, commands=(Command(argv=("x",)),))
    return task, TaskResult(name=name, status=status, seconds=seconds, cached=cached)


def only(wishes: GateWishes, left: Left, store: MemoryStore | None = None) -> GateResult:
    assert wishes.any
    (gate,) = judge(wishes, left, store=store or MemoryStore(), project="/p", now=1.0)
    return gate


def test_no_gate_is_judged_that_nobody_asked_for() -> None:
    assert not GateWishes().any
    assert () == judge(GateWishes(), Left(), store=MemoryStore(), project="/p", now=1.0)


@pytest.mark.parametrize(
    ("left", "verdict", "value"),
    [
        (Left(files={"coverage.json": '{"totals": {"percent_covered": 80}}'}), Verdict.PASSED, 80.0),
        (
            Left(
                files={"a/lcov.info": "LF:2\nLH:1\n", "coverage.json": '{"totals": {"percent_covered": 99}}'}
            ),
            Verdict.FAILED,
            50.0,
        ),
        (Left(tasks=[ran("t", Stage.TEST)], logs={"t": "TOTAL 1 1 85%\n"}), Verdict.PASSED, 85.0),
        (
            Left(tasks=[ran("t", Stage.TEST, TaskStatus.FAILED)], logs={"t": "TOTAL 1 1 85%\n"}),
            Verdict.NOT_MEASURED,
            None,
        ),
        (Left(tasks=[ran("t", Stage.TEST)]), Verdict.NOT_MEASURED, None),
    ],
)
def test_coverage(left: Left, verdict: Verdict, value: float | None) -> None:
    gate = only(GateWishes(test_coverage=80.0), left)
    assert (verdict, value, 80.0) == (gate.verdict, gate.value, gate.threshold)


@pytest.mark.parametrize(
    ("own", "verdict", "value"),
    [
        ({"a.py": "x = 1\n"}, Verdict.PASSED, "A"),
        ({"a.py": "def ("}, Verdict.FAILED, "F"),
        ({"a.js": "1"}, Verdict.NOT_MEASURED, None),
    ],
)
def test_quality(own: Mapping[str, str], verdict: Verdict, value: str | None) -> None:
    gate = only(GateWishes(code_quality="B"), Left(own=own))
    assert (verdict, value) == (gate.verdict, gate.value)


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([], Verdict.NOT_MEASURED),
        ([TaskStatus.PASSED], Verdict.PASSED),
        ([TaskStatus.PASSED, TaskStatus.FAILED], Verdict.FAILED),
        ([TaskStatus.PASSED, TaskStatus.SKIPPED], Verdict.NOT_MEASURED),
        ([TaskStatus.TIMED_OUT], Verdict.NOT_MEASURED),
    ],
)
def test_security(statuses: list[TaskStatus], verdict: Verdict) -> None:
    tasks = [ran(f"s{i}", Stage.SECURITY, status) for i, status in enumerate(statuses)]
    assert verdict is only(GateWishes(security_scan=True), Left(tasks=[ran("t", Stage.TEST), *tasks])).verdict


def test_performance_needs_a_baseline_and_then_sees_what_grew() -> None:
    store, wishes = MemoryStore(), GateWishes(performance_benchmark=True, regression_percent=20)
    for _ in range(SAMPLES):
        assert Verdict.NOT_MEASURED is only(wishes, Left(tasks=[ran("t", Stage.TEST)]), store).verdict
    same = only(wishes, Left(tasks=[ran("t", Stage.TEST, seconds=1.1), ran("l", Stage.LINT)]), store)
    assert (Verdict.PASSED, 10.0) == (same.verdict, same.value)
    slow = only(wishes, Left(tasks=[ran("t", Stage.TEST, seconds=2.0)]), store)
    assert Verdict.FAILED is slow.verdict


@pytest.mark.parametrize(("status", "cached"), [(TaskStatus.FAILED, False), (TaskStatus.PASSED, True)])
def test_performance_counts_only_what_really_ran(status: TaskStatus, cached: bool) -> None:
    store = MemoryStore()
    left = Left(tasks=[ran("t", Stage.TEST, status, cached=cached)])
    assert Verdict.NOT_MEASURED is only(GateWishes(performance_benchmark=True), left, store).verdict
    assert () == store.samples("/p", "seconds of t")


@pytest.mark.parametrize(
    ("wishes", "left", "verdict", "detail"),
    [
        (Compliance(required_files=("LICENSE",)), Left(), Verdict.FAILED, "LICENSE is missing"),
        (Compliance(required_files=("a.py",)), Left(own={"a.py": ""}), Verdict.PASSED, ""),
        (Compliance(denied_licences=("GPL-*",)), Left(), Verdict.NOT_MEASURED, "no dependencies"),
        (Compliance(denied_licences=("GPL-*",)), Left(installed={"x": "MIT"}), Verdict.PASSED, ""),
        (
            Compliance(denied_licences=("GPL-*",)),
            Left(installed={"x": "GPL-3.0"}),
            Verdict.FAILED,
            "x: GPL-3.0",
        ),
        (
            Compliance(required_files=tuple("abcdefg")),
            Left(),
            Verdict.FAILED,
            "e is missing; and 2 more",
        ),
    ],
)
def test_compliance(wishes: Compliance, left: Left, verdict: Verdict, detail: str) -> None:
    gate = only(GateWishes(compliance=wishes), left)
    assert verdict is gate.verdict
    assert detail in gate.detail
