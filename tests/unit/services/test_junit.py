"""A run as JUnit XML says what failed, what was left out, and why."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from autonomous_cicd.domain.run import GateResult, Run, RunStatus, TaskResult, TaskStatus, Verdict
from autonomous_cicd.services.junit import to_junit

TASKS = (
    TaskResult(name="a", status=TaskStatus.PASSED, seconds=1.5),
    TaskResult(
        name="b <&>\x1b", status=TaskStatus.FAILED, reason='exit "3"', excerpt=("line 1", "line\x00 2")
    ),
    TaskResult(name="c", status=TaskStatus.FAILED, reason="r", optional=True),
    TaskResult(name="d", status=TaskStatus.SKIPPED, reason="b failed"),
)
GATES = (
    GateResult(name="test_coverage", verdict=Verdict.FAILED, value=10.0, threshold=80.0, detail="low"),
    GateResult(name="compliance", verdict=Verdict.PASSED, value=0, threshold=0),
    GateResult(name="security_scan", verdict=Verdict.NOT_MEASURED, detail="no scanner"),
)


def suite() -> Xml.Element:
    run = Run(
        id="r",
        project="/p",
        pipeline="p",
        source="config",
        status=RunStatus.FAILED,
        seconds=2.0,
        tasks=TASKS,
        gates=GATES,
    )
    return Xml.fromstring(to_junit(run))


def test_cases_are_counted() -> None:
    found = suite()
    assert ("7", "2", "3", "2.000") == tuple(
        found.get(name) for name in ("tests", "failures", "skipped", "time")
    )


def test_a_failure_has_its_reason_and_its_lines() -> None:
    case = suite().findall("testcase")[1]
    failure, lines = case.find("failure"), case.find("system-out")
    assert failure is not None
    assert lines is not None
    assert 'exit "3"' == failure.get("message")
    assert str(lines.text).startswith("line 1\nline")


def test_what_may_fail_and_what_was_left_out_is_skipped() -> None:
    skipped = [case.find("skipped") for case in suite().findall("testcase")[2:4]]
    assert ["r", "b failed"] == [one.get("message") for one in skipped if one is not None]


def test_gates_are_cases_too() -> None:
    kinds = {
        case.get("name"): [one.tag for one in case] for case in suite().findall("testcase[@classname='gate']")
    }
    assert {"test_coverage": ["failure"], "compliance": [], "security_scan": ["skipped"]} == kinds
