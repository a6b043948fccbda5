"""What is missing is said with its remedy; what is secret is never said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.services.checkup import (
    Check,
    State,
    credentials,
    disk,
    healthy,
    interpreters,
    tools,
)
from autonomous_cicd.settings.load import load

GB = 1024**3


def states(checks: Iterable[Check]) -> dict[str, State]:
    return {check.name: check.state for check in checks}


def test_what_nothing_can_be_done_without_is_missing_and_the_rest_a_warning() -> None:
    checks = list(tools(Machine()))
    assert {
        "git": State.MISSING,
        "uv": State.MISSING,
        "bash": State.MISSING,
        "bwrap": State.WARNING,
        "npm": State.WARNING,
        "go": State.WARNING,
        "cargo": State.WARNING,
        "mvn or gradle": State.WARNING,
    } == states(checks)
    assert all(check.remedy and check.detail for check in checks)


def test_what_is_there_is_named_by_its_place() -> None:
    machine = Machine(programs={"git": "/usr/bin/git", "gradle": "/opt/gradle"})
    found = {check.name: check for check in tools(machine)}
    assert (State.OK, "/usr/bin/git", "") == (found["git"].state, found["git"].detail, found["git"].remedy)
    assert (State.OK, "/opt/gradle") == (found["mvn or gradle"].state, found["mvn or gradle"].detail)


def test_a_sandbox_that_everything_runs_in_is_needed() -> None:
    assert State.MISSING is states(tools(Machine(), sandboxed=True))["bwrap"]


def test_interpreters_are_listed_from_old_to_new() -> None:
    installed = [("python", "3.12.1"), ("python", "3.9.18"), ("python", "odd"), ("node", "20.1.0")]
    machine = Machine(interpreters=tuple(Interpreter(language=a, version=b, path="/x") for a, b in installed))
    found = {check.name: check for check in interpreters(machine)}
    assert "odd, 3.9.18, 3.12.1" == found["python"].detail
    assert {"python": State.OK, "node": State.OK, "java": State.WARNING} == states(found.values())


def test_without_python_nothing_works() -> None:
    assert State.MISSING is states(interpreters(Machine()))["python"]


def test_credentials_are_never_shown(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "GITHUB_TOKEN": "ghp_very_secret_value"}
    checks = list(credentials(load(None, environment=environment)))
    found = {check.name: check for check in checks}
    assert State.NOT_CHECKED is found["integrations.github.token"].state
    assert State.NOT_CONFIGURED is found["integrations.linear.api_key"].state
    assert "set LINEAR_API_KEY" == found["integrations.linear.api_key"].remedy
    assert "ghp_very_secret_value" not in repr(checks)


@pytest.mark.parametrize(
    ("free", "state"), [(10 * GB, State.OK), (GB, State.WARNING), (100 * 1024**2, State.MISSING)]
)
def test_little_disk_is_said(free: int, state: State) -> None:
    check = disk(free, "/state")
    assert (state, state is not State.OK) == (check.state, bool(check.remedy))


def test_only_what_is_missing_makes_a_machine_unfit() -> None:
    def one(state: State) -> Check:
        return Check(group="g", name="n", state=state)

    assert healthy([one(State.OK), one(State.WARNING), one(State.NOT_CHECKED), one(State.NOT_CONFIGURED)])
    assert not healthy([one(State.OK), one(State.MISSING)])
