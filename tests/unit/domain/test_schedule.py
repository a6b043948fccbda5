"""Which task may start next."""

from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.domain.schedule import LOOK_AHEAD, Schedule


def task(name: str, *needs: str, seconds: float = 0.0, cores: float = 1.0) -> Task:
    return Task(
        name=name,
        stage=Stage.CUSTOM,
        commands=(Command(argv=("true",)),),
        needs=needs,
        seconds=seconds,
        cores=cores,
    )


def anything(_: Task) -> bool:
    return True


def take_all(schedule: Schedule) -> list[str]:
    names = []
    while (found := schedule.take(anything)) is not None:
        names.append(found.name)
    return names


def test_the_task_with_the_longest_chain_behind_it_is_first() -> None:
    schedule = Schedule([task("short", seconds=3), task("long", seconds=1), task("after", "long", seconds=9)])
    assert ["long", "short"] == take_all(schedule)


def test_a_task_waits_for_all_that_it_needs() -> None:
    schedule = Schedule([task("a"), task("b"), task("c", "a", "b", "a")])
    assert ["a", "b"] == take_all(schedule)
    schedule.done("a")
    assert not schedule.waiting
    schedule.done("b")
    assert ["c"] == take_all(schedule)
    schedule.done("c")
    assert schedule.finished


def test_what_does_not_fit_is_passed_over_and_kept() -> None:
    schedule = Schedule([task("big", seconds=9, cores=8), task("small", seconds=1)])
    found = schedule.take(lambda one: one.cores < 2)
    assert found is not None
    assert "small" == found.name
    assert ["big"] == take_all(schedule)


def test_it_looks_ahead_a_little_only() -> None:
    big = [task(f"big{i}", seconds=9, cores=8) for i in range(LOOK_AHEAD)]
    schedule = Schedule([*big, task("small", seconds=1)])
    assert schedule.take(lambda one: one.cores < 2) is None
    assert LOOK_AHEAD + 1 == len(take_all(schedule))


def test_a_split_task_ends_with_the_last_of_its_parts() -> None:
    schedule = Schedule([task("whole"), task("after", "whole")])
    assert ["whole"] == take_all(schedule)
    schedule.split("whole", [task("one"), task("two")])
    assert ["one", "two"] == take_all(schedule)
    assert () == schedule.done("one")
    assert ("whole",) == schedule.done("two")
    assert not schedule.finished
    assert () == schedule.done("whole")
    assert ["after"] == take_all(schedule)
    schedule.done("after")
    assert schedule.finished


@given(st.data())
def test_every_task_is_taken_once_after_its_needs(data: st.DataObject) -> None:
    tasks = [
        task(str(i), *map(str, data.draw(st.sets(st.integers(0, i - 1), max_size=3)) if i else ()))
        for i in range(data.draw(st.integers(1, 15)))
    ]
    needs = {one.name: set(one.needs) for one in tasks}
    schedule = Schedule(tasks)
    running: list[str] = []
    done: set[str] = set()
    while not schedule.finished:
        while data.draw(st.booleans()) and (found := schedule.take(anything)):
            assert needs[found.name] <= done
            running.append(found.name)
        if not running:
            found = schedule.take(anything)
            assert found is not None
            running.append(found.name)
        name = running.pop(data.draw(st.integers(0, len(running) - 1)))
        assert name not in done
        done.add(name)
        schedule.done(name)
    assert len(tasks) == len(done)
