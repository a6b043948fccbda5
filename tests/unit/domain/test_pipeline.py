"""The graph of tasks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.pipeline import (
    Command,
    Pipeline,
    Source,
    Stage,
    Task,
    critical_path,
    longest_path,
    ordered,
)
from autonomous_cicd.errors import UsageError


def task(name: str, *needs: str, seconds: float = 0.0) -> Task:
    return Task(
        name=name, stage=Stage.CUSTOM, commands=(Command(argv=("true",)),), needs=needs, seconds=seconds
    )


def pipeline(*tasks: Task) -> Pipeline:
    return Pipeline(id="p", source=Source.CONFIG, tasks=tasks)


def test_order_puts_needs_first_and_else_keeps_what_was_given() -> None:
    tasks = [task("test", "install"), task("lint"), task("install")]
    assert [t.name for t in ordered(tasks)] == ["lint", "install", "test"]


def test_length_is_the_longest_chain_behind_a_task() -> None:
    tasks = [task("a", seconds=1), task("b", "a", seconds=5), task("c", "a", seconds=2), task("d", "c", "b")]
    assert longest_path(tasks) == {"a": 7.0, "b": 6.0, "c": 3.0, "d": 1.0}


def test_the_critical_path_is_the_longest_chain() -> None:
    tasks = [task("a", seconds=1), task("b", "a", seconds=5), task("c", "a", seconds=2), task("d", "b", "c")]
    assert ["a", "b", "d"] == [one.name for one in critical_path([*tasks, task("alone", seconds=6)])]
    assert () == critical_path([])


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ([task("a"), task("a")], "two tasks are named 'a'"),
        ([task("a", "b")], "task 'a' needs 'b', which does not exist"),
        ([task("a", "b"), task("b", "a"), task("c")], "form a circle: a, b"),
        ([task("a", "a")], "form a circle: a"),
        ([Task(name="a", stage=Stage.CUSTOM)], "task 'a' has no command"),
    ],
)
def test_a_graph_that_cannot_be_run_is_refused(tasks: list[Task], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        pipeline(*tasks)


def test_a_task_is_found_by_name() -> None:
    assert pipeline(task("a"), task("b")).task("b").name == "b"


@pytest.mark.parametrize(
    ("argv", "text"),
    [(("pytest", "-q"), "pytest -q"), (("sh", "-ec", "a && b"), "a && b"), (("sh", "x", "y"), "sh x y")],
)
def test_a_command_is_shown_as_a_person_types_it(argv: tuple[str, ...], text: str) -> None:
    assert text == Command(argv=argv).text


@st.composite
def graphs(draw: st.DrawFn) -> list[Task]:
    count = draw(st.integers(1, 12))
    return [
        task(
            str(i),
            *draw(st.sets(st.integers(0, i - 1).map(str), max_size=3) if i else st.just(set())),
            seconds=draw(st.floats(0, 100)),
        )
        for i in range(count)
    ]


@given(graphs())
def test_every_task_comes_after_its_needs(tasks: list[Task]) -> None:
    seen: set[str] = set()
    for one in ordered(reversed(tasks)):
        assert set(one.needs) <= seen
        seen.add(one.name)
    assert len(tasks) == len(seen)
