"""An observer that hears everything and says nothing."""

from __future__ import annotations

import pytest
from tests.benches import failure_of
from tests.runs import a_pipeline, a_result, a_run, a_task

from autonomous_cicd.ports import Observer
from autonomous_cicd.services.silence import Silence


def test_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    silence: Observer = Silence()
    task, run = a_task("a"), a_run(a_result("a"))
    silence.began(run, a_pipeline(task))
    silence.task_started(task)
    silence.task_output(task, "text")
    silence.task_step(task, "step")
    silence.task_failing(task, failure_of("error\n"))
    silence.task_finished(task, a_result("a"))
    silence.ended(run)
    assert ("", "") == capsys.readouterr()
