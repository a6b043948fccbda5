"""Store: the same suite over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autonomous_cicd.adapters.database import DatabaseStore
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.run import GateResult, Run, RunStatus, StepResult, TaskResult, TaskStatus, Verdict
from autonomous_cicd.errors import NotFound
from autonomous_cicd.ports import Store

NOW = 1_700_000_000.0
Open = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Return what opens the same store again and again; memory is its own storage."""
    opened: list[Store] = []
    where = "" if request.param == "memory" else tmp_path / "store.db"
    if request.param == "postgres":
        where = request.getfixturevalue("postgres_url")
    memory = MemoryStore()

    def once() -> Store:
        opened.append(DatabaseStore(where, lambda: NOW) if where else memory)
        return opened[-1]

    yield once
    for one in opened:
        one.close()


@pytest.fixture
def store(reopen: Open) -> Store:
    return reopen()


def a_run(
    run_id: str = "run-1", *, project: str = "/home/me/project", started: float = NOW, **more: object
) -> Run:
    values = {"pipeline": "p1", "source": "detect", "status": RunStatus.RUNNING, **more}
    return Run(id=run_id, project=project, started=started, **values)  # type: ignore[arg-type]


def a_task(name: str = "test", *, status: TaskStatus = TaskStatus.PASSED, seconds: float = 1.0) -> TaskResult:
    return TaskResult(name=name, status=status, seconds=seconds)


FULL_TASK = TaskResult(
    name="build (3.12, ubuntu)",
    status=TaskStatus.FAILED,
    seconds=12.25,
    exit_code=3,
    reason="exit code 3",
    excerpt=("E   assert 1 == 2", "FAILED tests/test_a.py"),
    log="build (3.12, ubuntu)",
    steps=(
        StepResult(
            name="Run make", status=TaskStatus.FAILED, seconds=12.0, exit_code=3, command="make\nmake x"
        ),
        StepResult(name="Upload", status=TaskStatus.SKIPPED, reason="the job failed"),
    ),
    skipped=(Skipped("actions/upload-artifact@v4", "no host to upload to"),),
    outputs={"version": "1.2.3", "matrix": '["a", "b"]'},
    started=NOW + 0.5,
    cpu_seconds=20.5,
    peak_memory=3 * 1024**3,
    optional=True,
)
FULL_RUN = a_run(
    commit="0123456789abcdef",
    branch="feature/ümlaut",
    dirty=True,
    seconds=99.5,
    status=RunStatus.FAILED,
    reason="a task failed",
    gates=(
        GateResult(
            name="test_coverage", verdict=Verdict.FAILED, value=71.5, threshold=80.0, detail="of lines"
        ),
        GateResult(name="code_quality", verdict=Verdict.PASSED, value="B", threshold="C"),
        GateResult(name="compliance", verdict=Verdict.NOT_MEASURED),
    ),
    skipped=(Skipped("job windows", "another operating system"),),
)


def test_it_says_that_it_can_be_written_to_and_writes_nothing(store: Store) -> None:
    store.probe(5)
    assert () == store.runs()
    store.save_run(FULL_RUN)
    store.probe(5)
    assert FULL_RUN == store.run("run-1")


def test_gives_back_a_run_as_it_was_saved(store: Store) -> None:
    store.save_run(FULL_RUN)
    assert FULL_RUN == store.run("run-1")


def test_gives_back_a_task_as_it_was_saved(store: Store) -> None:
    store.save_run(FULL_RUN)
    store.save_task("run-1", FULL_TASK, b"log")
    assert (FULL_TASK,) == store.run("run-1").tasks


@pytest.mark.parametrize("status", list(TaskStatus))
def test_gives_back_every_status_of_a_task(store: Store, status: TaskStatus) -> None:
    task = replace(a_task(status=status), cached=status is TaskStatus.PASSED)
    store.save_run(a_run())
    store.save_task("run-1", task)
    assert (task,) == store.run("run-1").tasks


def test_what_was_flushed_is_there_for_the_next_process(reopen: Open) -> None:
    store = reopen()
    store.save_run(FULL_RUN)
    store.save_task("run-1", FULL_TASK, b"log")
    store.flush()
    other = reopen()
    assert replace(FULL_RUN, tasks=(FULL_TASK,)) == other.run("run-1")
    assert other.log("run-1", FULL_TASK.name) == b"log"


def test_closing_flushes(reopen: Open) -> None:
    store = reopen()
    store.save_run(FULL_RUN)
    store.close()
    assert FULL_RUN == reopen().run("run-1")


def test_saving_a_run_again_replaces_it_and_keeps_its_tasks(store: Store) -> None:
    store.save_run(a_run())
    store.save_task("run-1", a_task())
    ended = a_run(status=RunStatus.PASSED, seconds=5.0)
    store.save_run(replace(ended, tasks=(a_task("not saved this way"),)))
    assert replace(ended, tasks=(a_task(),)) == store.run("run-1")


def test_tasks_keep_the_order_in_which_they_were_saved_first(store: Store) -> None:
    store.save_run(a_run())
    for name in ("zeta", "alpha", "mid"):
        store.save_task("run-1", a_task(name, status=TaskStatus.RUNNING))
    store.save_task("run-1", a_task("zeta"), b"new log")
    tasks = store.run("run-1").tasks
    assert [("zeta", "passed"), ("alpha", "running"), ("mid", "running")] == [
        (t.name, t.status) for t in tasks
    ]
    assert store.log("run-1", "zeta") == b"new log"


def test_the_same_task_saved_twice_before_a_flush_is_saved_once(reopen: Open) -> None:
    store = reopen()
    store.save_run(a_run())
    store.save_task("run-1", a_task(seconds=1.0))
    store.save_task("run-1", a_task(seconds=2.0))
    store.flush()
    assert (a_task(seconds=2.0),) == reopen().run("run-1").tasks


def test_a_task_of_an_unknown_run_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="no run 'nowhere'"):
        store.save_task("nowhere", a_task())


def test_a_task_of_a_run_that_another_process_saved_is_taken(reopen: Open) -> None:
    first = reopen()
    first.save_run(a_run())
    first.flush()
    other = reopen()
    other.save_task("run-1", a_task())
    other.flush()
    assert (a_task(),) == first.run("run-1").tasks


@pytest.mark.parametrize(
    "log",
    [b"", b"x", b"\x00\xff\n" * 3, b"a line of output\n" * 1000, bytes(range(256)) * 8],
    ids=["empty", "small", "binary", "large", "large binary"],
)
def test_gives_back_a_log_byte_for_byte(reopen: Open, log: bytes) -> None:
    store = reopen()
    store.save_run(a_run())
    store.save_task("run-1", a_task(), log)
    store.flush()
    assert log == reopen().log("run-1", "test")


def test_there_is_no_log_of_an_unknown_task(store: Store) -> None:
    store.save_run(a_run())
    with pytest.raises(NotFound, match="no task 'other'"):
        store.log("run-1", "other")


def test_there_is_no_log_of_an_unknown_run(store: Store) -> None:
    with pytest.raises(NotFound):
        store.log("run-1", "test")


def test_a_run_is_found_by_a_unique_beginning_of_its_id(store: Store) -> None:
    for run_id in ("abc1", "abd2", "ab"):
        store.save_run(a_run(run_id))
    assert ["abc1", "abd2", "ab"] == [store.run(wanted).id for wanted in ("abc", "abd2", "ab")]
    store.save_task("abc1", a_task(), b"log")
    assert store.log("abc", "test") == b"log"


def test_an_ambiguous_beginning_names_the_runs(store: Store) -> None:
    for run_id in ("abc1", "abd2"):
        store.save_run(a_run(run_id))
    with pytest.raises(NotFound, match="2 runs begin with 'ab': abc1, abd2"):
        store.run("ab")


@pytest.mark.parametrize("wanted", ["", "x", "%", "_", "run-2", "RUN-1", "run-1x", "a\x00b", "\ud800"])
def test_what_is_no_beginning_of_an_id_is_not_found(store: Store, wanted: str) -> None:
    store.save_run(a_run())
    with pytest.raises(NotFound, match="there is no run"):
        store.run(wanted)


def test_the_last_run_is_the_one_that_began_last(store: Store) -> None:
    store.save_run(a_run("late", started=NOW + 9))
    store.save_run(a_run("early", started=NOW))
    assert store.run("last").id == "late"


def test_without_any_run_there_is_no_last_one(store: Store) -> None:
    with pytest.raises(NotFound, match="there is no run yet"):
        store.run("last")


def test_lists_the_newest_runs_first_with_their_tasks(store: Store) -> None:
    for number, started in enumerate([NOW, NOW + 2, NOW + 1, NOW + 1]):
        store.save_run(a_run(f"run-{number}", started=started))
        store.save_task(f"run-{number}", a_task(f"task-{number}"))
    found = store.runs()
    assert ["run-1", "run-3", "run-2", "run-0"] == [run.id for run in found]
    assert ["task-1", "task-3", "task-2", "task-0"] == [run.tasks[0].name for run in found]


def test_lists_only_so_many_runs_of_one_project(store: Store) -> None:
    for number in range(6):
        store.save_run(a_run(f"run-{number}", project=f"/p{number % 2}", started=NOW + number))
    assert ["run-5", "run-3"] == [run.id for run in store.runs("/p1", 2)]
    assert ["run-5", "run-4", "run-3"] == [run.id for run in store.runs(limit=3)]
    assert () == store.runs("/elsewhere")
    assert () == store.runs(limit=0) == store.runs(limit=-1)


def test_durations_are_the_median_of_the_last_ten_that_passed(store: Store) -> None:
    for number, seconds in enumerate([100.0, 100.0, *range(1, 11)]):
        store.save_run(a_run(f"run-{number}", started=NOW + number))
        store.save_task(f"run-{number}", a_task("test", seconds=float(seconds)))
    assert {"test": 5.5} == store.durations("/home/me/project")


def test_durations_count_neither_failures_nor_the_cache_nor_other_projects(store: Store) -> None:
    store.save_run(a_run("run-1"))
    store.save_run(a_run("run-2"))
    store.save_run(a_run("else", project="/elsewhere"))
    store.save_task("run-1", a_task("test", seconds=3.0))
    store.save_task("run-1", a_task("lint", seconds=0.25))
    store.save_task("run-1", a_task("broken", status=TaskStatus.FAILED))
    store.save_task("run-2", replace(a_task("test", seconds=0.0), cached=True))
    store.save_task("run-2", a_task("lint", status=TaskStatus.TIMED_OUT, seconds=99.0))
    store.save_task("else", a_task("test", seconds=50.0))
    assert {"test": 3.0, "lint": 0.25} == store.durations("/home/me/project")
    assert {} == store.durations("/nowhere")


def test_a_running_run_can_be_asked_to_end_once_it_is_known(reopen: Open) -> None:
    store = reopen()
    store.save_run(a_run())
    assert not store.cancel_requested("run-1")
    store.flush()
    assert reopen().cancel("run-1")
    assert store.cancel_requested("run-1")


def test_a_request_to_end_survives_that_the_run_is_saved_again(store: Store) -> None:
    store.save_run(a_run())
    store.cancel("run-1")
    store.save_run(a_run(seconds=2.0))
    store.flush()
    assert store.cancel_requested("run-1")


def test_what_does_not_run_cannot_be_cancelled(store: Store) -> None:
    store.save_run(a_run(status=RunStatus.PASSED))
    assert not store.cancel("run-1")
    assert not store.cancel("nowhere")
    assert not store.cancel_requested("run-1")
    assert not store.cancel_requested("nowhere")


def test_buries_the_running_that_gave_no_sign_of_life(store: Store) -> None:
    for run_id in ("dead", "alive", "young"):
        store.save_run(a_run(run_id))
    store.save_run(a_run("ended", status=RunStatus.PASSED))
    store.save_run(a_run("young", started=NOW + 60))
    store.beat("alive", NOW + 50)
    store.beat("alive", NOW + 60)
    store.beat("young", NOW + 60)
    assert ("dead",) == store.bury(NOW + 30)
    found = {run.id: run.status for run in store.runs()}
    assert {"dead": "lost", "alive": "running", "young": "running", "ended": "passed"} == found
    assert () == store.bury(NOW + 30)


def test_a_buried_run_that_comes_back_is_believed(store: Store) -> None:
    store.save_run(a_run())
    store.bury(NOW + 30)
    store.save_run(a_run(status=RunStatus.PASSED))
    assert store.run("run-1").status is RunStatus.PASSED


def test_a_sign_of_life_of_an_unknown_run_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        store.beat("nowhere", NOW)


def test_samples_are_the_newest_oldest_first(store: Store) -> None:
    for value in (1.0, 2.0, 3.0):
        store.save_sample("/p", "coverage", value, NOW + value)
    store.save_sample("/p", "seconds", 9.0, NOW)
    store.save_sample("/q", "coverage", 8.0, NOW)
    assert (2.0, 3.0) == store.samples("/p", "coverage", 2)
    assert (1.0, 2.0, 3.0) == store.samples("/p", "coverage")
    assert () == store.samples("/p", "coverage", 0) == store.samples("/p", "other")


def test_only_exactly_what_was_approved_is_approved(store: Store) -> None:
    store.approve("/p", "production", "c0ffee", NOW)
    store.approve("/p", "production", "c0ffee", NOW + 1)
    assert store.approved("/p", "production", "c0ffee")
    for other in (("/q", "production", "c0ffee"), ("/p", "staging", "c0ffee"), ("/p", "production", "c0ffe")):
        assert not store.approved(*other)


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "half \ud83d",
        "x" * 100_000,
        "'; DROP TABLE runs; --",
        "100 % ? {0} $1",
        "new\nline",
        "世界 👩‍💻",
    ],
    ids=["zero", "half a pair", "long", "quote", "marks", "line", "world"],
)
def test_hostile_texts_come_back_as_they_are(reopen: Open, text: str) -> None:
    task = replace(FULL_TASK, name=text, reason=text, log=text, excerpt=(text,), outputs={text: text})
    run = replace(FULL_RUN, project=text, branch=text, reason=text)
    store = reopen()
    store.save_run(run)
    store.save_task(run.id, task, b"log")
    store.save_sample(text, text, 1.0, NOW)
    store.approve(text, text, text, NOW)
    store.flush()
    other = reopen()
    assert (replace(run, tasks=(task,)),) == other.runs(text)
    assert other.log(run.id, text) == b"log"
    assert (1.0,) == other.samples(text, text)
    assert other.approved(text, text, text)


def test_texts_that_begin_alike_are_not_mixed_up(store: Store) -> None:
    store.save_run(a_run())
    names = ["x" * 600 + str(number) for number in range(3)]
    for name in names:
        store.save_task("run-1", a_task(name), name[-1].encode())
    assert names == [task.name for task in store.run("run-1").tasks]
    assert [b"0", b"1", b"2"] == [store.log("run-1", name) for name in names]


TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
STATUS = st.sampled_from(TaskStatus)
SECONDS = st.floats(0, 1e9)
TASKS = st.builds(
    TaskResult,
    name=TEXT,
    status=STATUS,
    seconds=SECONDS,
    cached=st.booleans(),
    exit_code=st.none() | st.integers(-1, 255),
    reason=TEXT,
    excerpt=st.lists(TEXT, max_size=3).map(tuple),
    log=TEXT,
    steps=st.lists(
        st.builds(StepResult, name=TEXT, status=STATUS, seconds=SECONDS, reason=TEXT, command=TEXT),
        max_size=3,
    ).map(tuple),
    skipped=st.lists(st.builds(Skipped, TEXT, TEXT), max_size=2).map(tuple),
    outputs=st.dictionaries(TEXT, TEXT, max_size=2),
    started=SECONDS,
    cpu_seconds=SECONDS,
    peak_memory=st.integers(0, 2**50),
    optional=st.booleans(),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(task=TASKS, log=st.binary(max_size=1000))
def test_any_task_comes_back_as_it_is(store: Store, task: TaskResult, log: bytes) -> None:
    store.save_run(a_run())
    store.save_task("run-1", task, log)
    assert task in store.run("run-1").tasks
    assert log == store.log("run-1", task.name)


def test_five_thousand_tasks_are_saved(reopen: Open) -> None:
    store = reopen()
    store.save_run(a_run())
    for number in range(5000):
        store.save_task("run-1", a_task(f"task {number}", seconds=float(number)), b"output of %d\n" % number)
    store.flush()
    other = reopen()
    assert [f"task {number}" for number in range(5000)] == [task.name for task in other.run("run-1").tasks]
    assert other.log("run-1", "task 4999") == b"output of 4999\n"
    assert 5000 == len(other.durations("/home/me/project"))
