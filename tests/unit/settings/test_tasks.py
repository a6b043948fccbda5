from __future__ import annotations

from typing import Any

import pytest

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.pipeline import Stage
from autonomous_cicd.settings.kinds import Misfit
from autonomous_cicd.settings.tasks import Tasks, TaskSettings


def one(raw: Any) -> TaskSettings:
    (task,) = Tasks().read({"t": raw})
    return task


def test_a_task_can_be_a_command() -> None:
    assert TaskSettings(name="t", command="ruff check .") == one("ruff check .")
    assert TaskSettings(name="t", command=("ruff", "check")) == one(["ruff", "check"])


def test_a_task_says_everything_that_it_can() -> None:
    task = one(
        {
            "command": "pytest -q",
            "needs": [],
            "stage": "testing",
            "env": {"A": 1},
            "directory": "packages/a",
            "inputs": ["src/**", "pyproject.toml"],
            "outputs": "coverage.xml",
            "timeout_minutes": 10,
            "workspace": "own",
            "optional": True,
            "cores": 2,
            "memory": "1Gi",
        }
    )
    expected = TaskSettings(
        name="t",
        command="pytest -q",
        stage=Stage.TEST,
        env={"A": "1"},
        directory="packages/a",
        inputs=("src/**", "pyproject.toml"),
        outputs=("coverage.xml",),
        timeout_minutes=10.0,
        workspace="own",
        optional=True,
        cores=2.0,
        memory=2**30,
    )
    assert expected == task


@pytest.mark.parametrize(
    "raw",
    [
        {"run": "a", "deps": [], "sources": ["x"], "generates": ["y"], "dir": "d"},
        {"cmd": "a", "depends_on": [], "inputs": "x", "outputs": "y", "working-directory": "d"},
        {"cmds": ["a"], "needs": None, "inputs": ["x"], "outputs": ["y"], "working_directory": "d"},
        {"steps": ["a"], "inputs": ["x"], "outputs": ["y"], "directory": "d"},
    ],
)
def test_the_words_of_other_tools_are_understood(raw: dict[str, Any]) -> None:
    task = one(raw)
    assert (("a",), (), ("x",), ("y",), "d") == (
        task.calls,
        task.needs,
        task.inputs,
        task.outputs,
        task.directory,
    )


def test_a_command_comes_before_further_commands() -> None:
    assert ("a", "b", ("c", "d")) == one({"command": "a", "commands": ["b", ["c", "d"]]}).calls


@pytest.mark.parametrize("stage", ["parallel_testing", "test", "testing", "TESTING"])
def test_a_stage_has_the_names_of_the_guides_and_short_ones(stage: str) -> None:
    assert Stage.TEST is one({"run": "a", "stage": stage}).stage


def test_tasks_can_be_a_list_with_names() -> None:
    tasks = Tasks().read([{"name": "b", "run": "x"}, {"name": "a", "run": "y", "needs": "b"}])
    assert [("b", ()), ("a", ("b",))] == [(task.name, task.needs) for task in tasks]


def test_a_variable_holds_the_tasks_as_yaml() -> None:
    assert ["a", "b"] == [task.name for task in Tasks().read("a: x\nb: {run: y, needs: a}\n")]
    with pytest.raises(Misfit, match="the tasks cannot be read: is not YAML"):
        Tasks().read("a: [")


def test_no_tasks_are_no_tasks() -> None:
    assert () == Tasks().read({}) == Tasks().read([])


@pytest.mark.parametrize("path", ["..", "../a", "a/..", "a/../b", "/a", "/", "a\nb", "a\x00", ""])
def test_nothing_leads_out_of_the_project(path: str) -> None:
    for key in ("directory", "inputs", "outputs"):
        with pytest.raises(Misfit):
            one({"run": "a", key: path if key == "directory" else [path]})


@pytest.mark.parametrize("path", [".", "a..b", "..a/b", "a/...", "**/*.py", "!a"])
def test_a_name_with_dots_stays_inside(path: str) -> None:
    assert (path,) == one({"run": "a", "inputs": [path]}).inputs


def test_tasks_are_shown_by_what_differs_from_the_defaults() -> None:
    tasks = Tasks()
    raw = {"a": {"command": "x"}, "b": {"commands": ["y", ["z", "w"]], "needs": ["a"], "memory": "1Gi"}}
    assert raw == tasks.write(tasks.read(raw))
    assert tasks.read(raw) == tasks.read(tasks.write(tasks.read(raw)))


@pytest.mark.parametrize(("written", "word"), [("true", "true"), ("false", "false"), ('"false"', "false")])
def test_the_programs_true_and_false_are_commands(written: str, word: str) -> None:
    document = read_yaml(f"a: {written}\nb:\n  command: {written}\n")
    assert [(word,), (word,)] == [task.calls for task in Tasks().read(document.value)]
