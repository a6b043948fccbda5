"""Which red runs are worked on at all: once each, ours only, and never for ever the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.journeys.conftest import SHOP, Ward

from autonomous_cicd.domain.at_host import branch_of
from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.errors import Unauthorized
from autonomous_cicd.journeys.red_run import RedRun


def handle(ward: Ward, run: HostedRun, *, again: bool = False) -> tuple[Incident, ...]:
    return ward.do(lambda practice: RedRun(practice, run).handled(again=again))


def test_a_run_of_our_own_branch_starts_nothing(ward: Ward) -> None:
    """Nor does one that a person asks for: fixes of fixes would never end."""
    branch = branch_of("0" * 16)
    ward.shop.commit({"a.txt": "b\n"}, branch=branch, ours=True)
    [incident] = handle(ward, ward.red(branch=branch), again=True)
    assert State.DISMISSED is incident.state
    assert "branch of ours" in incident.history[-1].what
    assert [] == ward.cloned
    assert not (ward.shop.issues or ward.shop.pulls)


STRANGE: Sequence[dict[str, Any]] = (
    {"head_repository": "eve/shop", "event": "pull_request"},
    {"event": "issue_comment", "actor": "eve"},
    {"event": "workflow_run", "actor": "dependabot[bot]"},
    {"event": "pull_request_target", "actor": ""},
    {"event": "workflow_dispatch", "actor": "../octo"},
)


def test_a_stranger_changes_nothing_about_a_commit_of_ours(ward: Ward) -> None:
    """The commit may be the same: that of the branch that the stranger forked."""
    ward.host.add_repository("eve/shop", fork_of=SHOP)
    [ours] = ward.do(lambda practice: RedRun(practice, ward.red()).diagnosed())[1]
    for more in STRANGE:
        [same] = handle(ward, ward.red(**more), again=True)
        assert ours == same
    assert [] == ward.cloned


def test_a_commit_of_a_stranger_that_became_ours_is_worked_on(ward: Ward) -> None:
    fork = ward.host.add_repository("eve/shop", fork_of=SHOP)
    commit = fork.commit({"a.txt": "b\n"}, branch="nice")
    [incident] = handle(
        ward, ward.red(commit=commit, branch="nice", head_repository="eve/shop", event="pull_request")
    )
    assert (State.DISMISSED, []) == (incident.state, ward.cloned)
    ward.shop.commits[commit] = fork.commits[commit]
    ward.shop.branches["main"] = commit
    [known] = handle(ward, ward.red())
    assert [commit] == ward.cloned
    assert known.at_host
    assert (incident.id, True, "main") == (known.id, known.at_host.trusted, known.at_host.branch)
    assert State.ESCALATED is known.state


def test_runs_of_one_commit_are_worked_on_three_times(ward: Ward) -> None:
    """And what is not worked on any more is handed over, not left open."""
    for number in range(6):
        [incident] = handle(ward, ward.red())
        place = incident.at_host
        ward.save(replace(incident, state=State.HEALING))  # as if it had been run again
        assert place
        assert number + 1 == place.seen
    assert 3 == len(ward.cloned)
    [incident] = handle(ward, ward.red())
    assert State.ESCALATED is incident.state
    assert "7 runs" in incident.history[-1].what


def test_runs_of_two_commits_in_turn_are_two_incidents(ward: Ward) -> None:
    first = ward.shop.head("main")
    second = ward.shop.commit({"a.txt": "b\n"})
    for _ in range(3):
        for commit in (first, second):
            handle(ward, ward.red(commit=commit))
    assert [3, 3] == [one.at_host.seen for one in ward.incidents() if one.at_host]
    assert 2 == len(ward.cloned)


def test_a_red_run_beside_an_open_pull_request_is_only_counted(ward: Ward) -> None:
    run = ward.red()
    [incident] = ward.do(lambda practice: RedRun(practice, run).diagnosed())[1]
    ward.pull(incident)
    [again] = handle(ward, ward.red(event="pull_request"))
    assert again.at_host
    assert (State.RESOLVED, 2, []) == (again.state, again.at_host.seen, ward.cloned)


def test_settings_that_cannot_be_read_allow_nothing(ward: Ward) -> None:
    for text in ("autonomous_cicd: {autonomy: everything}", "autonomous_cicd: [", "a: &a [*a]", "!!evil [x]"):
        ward.shop.commit({".autonomous-cicd.yml": f"{text}\n"})
        [incident] = handle(ward, ward.red())
        assert State.ESCALATED is incident.state
        assert ".autonomous-cicd.yml" in incident.history[-1].what
    assert not (ward.shop.issues or ward.shop.pulls)


def test_a_commit_that_is_gone_is_handed_over(ward: Ward) -> None:
    [incident] = handle(ward, ward.red(commit="f" * 40))
    assert State.ESCALATED is incident.state
    assert "no commit" in incident.history[-1].what


def test_thirty_jobs_without_a_word_are_one_cause(ward: Ward) -> None:
    run = ward.host.add_run(SHOP)
    for number in range(30):
        ward.host.add_job(run, f"test ({number}, ünï ✓ @everyone)", log=None if number % 2 else b"")
    found = handle(ward, run)
    assert 2 == len(found) == len(ward.shop.issues)
    assert all(State.ESCALATED is one.state for one in found)


def _refusing(ward: Ward) -> None:
    async def log(repository: str, job: int) -> Any:
        raise Unauthorized("Must have admin rights to Repository.")

    ward.host.log = log  # type: ignore[method-assign]


ODD: Sequence[dict[str, Any]] = (
    {"path": "dynamic/github-code-scanning/codeql", "event": "dynamic"},
    {"path": ""},
    {"path": ".github/workflows/$(touch x).yml"},
    {"branch": ""},
    {"branch": "v1.0"},
    {"branch": "--upload-pack=x"},
    {"head_repository": ""},
    {"workflow": "\u202e<script>", "actor": ""},
    {"event": ""},
    {"conclusion": "startup_failure"},
)


@pytest.mark.parametrize("jobs", [0, 1])
def test_odd_runs_end_in_order(ward: Ward, jobs: int) -> None:
    if jobs:
        _refusing(ward)
    for change in ODD:
        run = replace(ward.red() if jobs else ward.host.add_run(SHOP), **change)
        ward.shop.runs[run.id] = [run]
        found: Sequence[Incident] = handle(ward, run)
        assert found
        assert all(one.state.closed for one in found), change
    assert not Path("x").exists()


def test_people_are_told_with_an_address_of_our_own(ward: Ward) -> None:
    """Whatever address the host sends with the run."""
    run = replace(ward.red(), url="http://evil.example/")
    handle(ward, run)
    [notice] = ward.told
    assert f"https://github.com/{SHOP}/actions/runs/{run.id}" == notice.url
