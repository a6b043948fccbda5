"""Test suites that are split over workers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.services.split import (
    WORTH,
    Record,
    Way,
    choose_way,
    divided,
    from_bytes,
    observed,
    splittable,
    to_bytes,
)


def suite(*argv: str, environment: str = "python", stage: Stage = Stage.TEST, cores: float = 1.0) -> Task:
    commands = (Command(argv=("prepare",)), Command(argv=argv, cwd="pkg")) if argv else ()
    return Task(name="t", stage=stage, commands=commands, environment=environment, cores=cores)


@pytest.mark.parametrize(
    ("task", "can"),
    [
        (suite("pytest", "-q"), True),
        (suite("python", "-m", "pytest"), True),
        (suite("python", "-m", "unittest"), False),
        (suite("python", "-m", "coverage", "run"), False),
        (suite("pytest", "-n2"), False),
        (suite("pytest", "--numprocesses=2"), False),
        (suite("pytest", cores=2), False),
        (suite("pytest", environment=""), False),
        (suite("pytest", stage=Stage.LINT), False),
        (suite(), False),
    ],
)
def test_only_pytest_suites_that_do_not_split_themselves(task: Task, can: bool) -> None:
    assert can is splittable(task)


@pytest.mark.parametrize(
    ("record", "workers", "way"),
    [
        (Record(), 4, Way.SERIAL),
        (Record(seconds=WORTH - 1, outcomes={"a": "passed"}), 4, Way.SERIAL),
        (Record(seconds=WORTH), 4, Way.SERIAL),
        (Record(seconds=WORTH, outcomes={"a": "passed"}), 4, Way.TRIAL),
        (Record(seconds=WORTH, outcomes={"a": "passed"}), 1, Way.SERIAL),
        (Record(seconds=WORTH, outcomes={"a": "passed"}, refused=True), 4, Way.SERIAL),
        (Record(seconds=WORTH, outcomes={"a": "passed"}, ratio=0.6), 4, Way.SPLIT),
        (Record(seconds=WORTH, outcomes={"a": "passed"}, ratio=0.95), 4, Way.SERIAL),
    ],
)
def test_a_split_is_tried_once_and_kept_where_it_pays(record: Record, workers: int, way: Way) -> None:
    assert way is choose_way(record, workers)


def test_the_serial_suite_reports_on_each_test() -> None:
    commands = observed(suite("pytest", "-q"), "/r.xml").commands
    assert [("prepare",), ("pytest", "-q", "--junit-xml=/r.xml")] == [command.argv for command in commands]


@pytest.mark.parametrize(
    ("programs", "installer"),
    [({"uv": "/bin/uv"}, ("uv", "pip", "install")), ({}, ("python", "-m", "pip", "install"))],
)
def test_the_split_suite_brings_what_it_needs(programs: dict[str, str], installer: tuple[str, ...]) -> None:
    task = divided(suite("pytest"), "/r.xml", 3, programs)
    _, install, tests = task.commands
    assert (*installer, "-q", "pytest-xdist") == install.argv
    assert ("pytest", "--numprocesses=3", "--junit-xml=/r.xml") == tests.argv
    assert ("pkg", 3.0) == (tests.cwd, task.cores)


@given(
    st.builds(
        Record,
        seconds=st.floats(0, 1e6),
        outcomes=st.dictionaries(st.text(), st.sampled_from(["passed", "failed"])),
        ratio=st.floats(0, 10),
        refused=st.booleans(),
    )
)
def test_a_record_is_read_as_it_was_kept(record: Record) -> None:
    assert record == from_bytes(to_bytes(record))


@pytest.mark.parametrize("kept", [b"", b"{}", b"[1, 2]", b'[1, "x", 0, 0]', b"\xff", b'["a", {}, 0, 0]'])
def test_what_is_no_record_is_an_empty_one(kept: bytes) -> None:
    assert Record() == from_bytes(kept)
