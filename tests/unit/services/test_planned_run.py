"""A run that is about to begin, and what may be approved of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.runs import a_pipeline, a_task

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.project import Project
from autonomous_cicd.domain.run import RunStatus
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.deployment import approvable
from autonomous_cicd.services.plan import Planned
from autonomous_cicd.services.planned_run import new_run

CHECKOUT = Checkout(root=Path("/copy"), repository=True, commit="abc" + "d" * 37, branch="main", dirty=True)
PIPELINE = replace(
    a_pipeline(a_task("a"), replace(a_task("ship"), approval="production")), skipped=(Skipped("x", "why"),)
)
PLANNED = Planned(project=Project(path="/copy", name="copy"), pipeline=PIPELINE)


def test_a_run_of_a_copy_is_one_of_the_project() -> None:
    run, other = (new_run(CHECKOUT, PLANNED, Path("/shop"), 1_700_000_000.0) for _ in range(2))
    assert ("/shop", RunStatus.RUNNING, CHECKOUT.commit, "main", True) == (
        run.project,
        run.status,
        run.commit,
        run.branch,
        run.dirty,
    )
    assert (PIPELINE.skipped, 1_700_000_000.0) == (run.skipped, run.started)
    assert run.id.startswith("20231114-221320-")
    assert run.id != other.id


def test_what_is_checked_out_may_be_approved() -> None:
    approvable(CHECKOUT, PLANNED, "production", "")
    approvable(CHECKOUT, PLANNED, "production", "abc")


@pytest.mark.parametrize(
    ("checkout", "planned", "environment", "commit", "why"),
    [
        (replace(CHECKOUT, commit=""), PLANNED, "production", "", "no commit"),
        (CHECKOUT, PLANNED, "production", "def", "not what is checked out"),
        (CHECKOUT, PLANNED, "staging", "", "nothing is deployed to 'staging'"),
        (
            CHECKOUT,
            replace(PLANNED, pipeline=a_pipeline(a_task("a"))),
            "production",
            "",
            "nothing is deployed",
        ),
    ],
)
def test_an_approval_that_means_nothing_is_refused(
    checkout: Checkout, planned: Planned, environment: str, commit: str, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        approvable(checkout, planned, environment, commit)
