"""Heard of are the workflows that check changes; names that could do harm elsewhere are left out."""

from __future__ import annotations

import pytest

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.services.heard_workflows import heard_workflows
from autonomous_cicd.services.setup_files import FAILURE, MAINTENANCE, failure_workflow, maintenance_workflow

JOBS = "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"


def workflow(on: str, name: str = "") -> str:
    return f"{f'name: {name}' if name else ''}\non: {on}\n{JOBS}"


def heard(**files: str) -> tuple[tuple[str, ...], dict[str, str]]:
    found = heard_workflows(
        MemoryFiles({f".github/workflows/{name}.yml": text for name, text in files.items()})
    )
    return found.names, {item.what.split("/")[-1]: item.reason for item in found.left_out}


@pytest.mark.parametrize(
    "on",
    [
        "push",
        "[push, pull_request]",
        "{pull_request: {types: [opened]}}",
        "{push: {branches: [develop]}}",
        "{push: {branches: [main], tags: [v*]}}",
        "merge_group",
        "pull_request_target",
    ],
)
def test_what_checks_changes_is_heard(on: str) -> None:
    assert (("Tests",), {}) == heard(ci=workflow(on, "Tests"))


@pytest.mark.parametrize(
    "on",
    [
        "workflow_dispatch",
        "{push: {tags: [v*]}}",
        "workflow_call",
        "{schedule: [{cron: '0 0 * * *'}]}",
        "{pull_request: {types: [closed]}}",
        "{workflow_run: {workflows: [CI]}}",
    ],
)
def test_what_checks_no_changes_is_not(on: str) -> None:
    names, left_out = heard(ci=workflow(on, "Tests"))
    assert () == names
    assert left_out["ci.yml"].startswith("it checks no changes: answers ")


def test_one_without_a_name_is_called_by_its_path() -> None:
    assert ((".github/workflows/ci.yml",), {}) == heard(ci=workflow("push"))


def test_the_same_name_is_heard_once() -> None:
    assert (("CI",), {}) == heard(a=workflow("push", "CI"), b=workflow("push", "CI"))


@pytest.mark.parametrize(
    "name",
    ['"a\\nb"', '"${{ github.actor }}"', '"a\\u202eb"', '"a\\eb"', '" a"', '"a\\tb"', "x" * 201],
)
def test_odd_names_are_left_out(name: str) -> None:
    names, left_out = heard(a=workflow("push", name), b=workflow("push", "CI"))
    assert (("CI",), ["a.yml"]) == (names, list(left_out))


def test_what_cannot_be_read_is_left_out_with_the_reason() -> None:
    names, left_out = heard(a="{", b="on: push\njobs: {}\n")
    assert () == names
    assert ["a.yml", "b.yml"] == list(left_out)
    assert all(reason.startswith("it cannot be read: ") for reason in left_out.values())


def test_our_own_are_not_heard() -> None:
    files = {FAILURE: failure_workflow(["CI"], "1"), MAINTENANCE: maintenance_workflow("1")}
    found = heard_workflows(MemoryFiles(files))
    assert ((), ()) == (found.names, found.left_out)
