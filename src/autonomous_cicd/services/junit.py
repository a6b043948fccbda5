"""A run as JUnit XML, which most code hosts show."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from autonomous_cicd.domain.run import Run, TaskStatus, Verdict
from autonomous_cicd.domain.text import printable
from autonomous_cicd.services.report import gate_text

__all__ = ["to_junit"]


def to_junit(run: Run) -> str:
    """Return the report as JUnit XML: a case for each task, and one for each gate."""
    suite = Xml.Element("testsuite", name="autonomous-cicd", id=run.id, time=f"{run.seconds:.3f}")
    for task in run.tasks:
        case = Xml.SubElement(suite, "testcase", name=_xml(task.name), time=f"{task.seconds:.3f}")
        case.set("classname", run.source)
        _judge(case, task.status.bad and not task.optional, task.status is not TaskStatus.PASSED, task.reason)
        told = [*(failure.explanation for failure in task.failures[:1]), *task.excerpt]
        if told:
            Xml.SubElement(case, "system-out").text = _xml("\n".join(told))
    for gate in run.gates:
        case = Xml.SubElement(suite, "testcase", name=gate.name, classname="gate", time="0")
        _judge(case, gate.verdict is Verdict.FAILED, gate.verdict is not Verdict.PASSED, gate_text(gate))
    suite.set("tests", str(len(run.tasks) + len(run.gates)))
    for word in ("failure", "skipped"):
        suite.set({"failure": "failures"}.get(word, word), str(len(suite.findall(f"testcase/{word}"))))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(suite, encoding="unicode") + "\n"


def _judge(case: Xml.Element, failed: bool, left_out: bool, reason: str) -> None:
    if failed or left_out:
        Xml.SubElement(case, "failure" if failed else "skipped", message=_xml(reason))


def _xml(text: str) -> str:
    return printable(text).encode("utf-8", "replace").decode("utf-8")
