"""What is known of a run while it goes on."""

from __future__ import annotations

from tests.runs import a_result, a_run, a_task, parts_of

from autonomous_cicd.cli.board import Board
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import TaskStatus


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def a_board(*tasks: Task) -> tuple[Board, Hand]:
    clock = Hand()
    board = Board(clock)
    board.begin(a_run(), tasks)
    return board, clock


def test_a_task_waits_runs_and_ends() -> None:
    task = a_task("test")
    board, clock = a_board(task)
    assert (TaskStatus.WAITING, 1) == (board.status("test"), board.left)
    board.start(task)
    clock.now += 3
    assert (TaskStatus.RUNNING, 3.0, ["test"]) == (
        board.status("test"),
        board.seconds("test"),
        board.running,
    )
    board.finish(task, a_result("test", TaskStatus.FAILED))
    assert (TaskStatus.FAILED, 0, []) == (board.status("test"), board.left, board.running)
    assert 3.0 == board.elapsed


def test_tasks_stand_after_those_that_they_need() -> None:
    board, _ = a_board(a_task("b", "a"), a_task("a"), a_task("c"))
    assert ["a", "c", "b"] == list(board.tasks)
    assert ["a"] == board.needs(board.tasks["b"])


def test_what_a_task_is_at() -> None:
    task = a_task("test")
    board, _ = a_board(task)
    assert "" == board.doing("test")
    board.printed(task, "first\nsecond\n\n")
    board.printed(task, "  \n")
    assert "second" == board.doing("test")
    board.step(task, "Run tests")
    assert "Run tests" == board.doing("test"), "what was printed before belonged to another step"
    board.printed(task, "10 %\r20 %\r")
    assert "Run tests: 20 %" == board.doing("test")


def test_a_log_that_names_its_step_does_not_say_it_twice() -> None:
    task = a_task("job")
    board, _ = a_board(task)
    for step, line in (("Think", "Run Think\n"), ("Run ls", "Run ls\n")):
        board.step(task, step)
        board.printed(task, line)
        assert step == board.doing("job")


def test_private_folders_are_not_shown() -> None:
    task = a_task("test")
    board, _ = a_board(task)
    board.printed(task, "building file:///state/runs/run-1/work/project/mine/src\n")
    assert "building src" == board.doing("test")


def test_only_the_end_of_what_was_printed_is_kept() -> None:
    task = a_task("test")
    board, _ = a_board(task)
    board.printed(task, "x" * 10_000_000)
    assert 400 == len(board.doing("test"))


def test_parts_take_the_place_of_a_job_with_a_late_matrix() -> None:
    whole, parts = parts_of("test", "pick")
    after = a_task("after", "test")
    board, _ = a_board(a_task("pick"), whole, after, a_task("other", "pick"))
    assert (4, 4) == (board.total, board.left)
    board.start(parts[0])
    assert (["pick", "test (0)", "other", "after"], 6) == (list(board.tasks), board.total)
    assert ["test (0)"] == board.needs(after)
    board.start(parts[1])
    board.finish(parts[1], a_result(parts[1].name))
    board.finish(parts[2], a_result(parts[2].name, TaskStatus.SKIPPED))
    assert ["pick", "test (0)", "test (1)", "test (2)", "other", "after"] == list(board.tasks)
    assert (6, 4, ["test (2)"]) == (board.total, board.left, board.needs(after))


def test_two_late_jobs_are_not_mixed_up() -> None:
    one, ones = parts_of("one", parts=2)
    two, twos = parts_of("two", parts=1)
    board, _ = a_board(one, two)
    for task in (ones[0], twos[0], ones[1]):
        board.start(task)
    assert (["one (0)", "one (1)", "two (0)"], 3) == (list(board.tasks), board.total)


def test_a_late_job_that_never_had_parts_stays() -> None:
    whole, _ = parts_of("test")
    board, _ = a_board(whole)
    board.finish(whole, a_result("test", TaskStatus.FAILED))
    assert (["test"], 0) == (list(board.tasks), board.left)


def test_a_task_that_nobody_announced_is_shown_at_the_end() -> None:
    board, _ = a_board(a_task("a"))
    board.start(a_task("surprise"))
    assert (["a", "surprise"], 2) == (list(board.tasks), board.total)


def test_at_the_end_what_never_began_has_its_outcome_too() -> None:
    task, other = a_task("a"), a_task("b")
    board, _ = a_board(task, other)
    board.finish(task, a_result("a", TaskStatus.FAILED))
    board.end(a_run(a_result("a"), a_result("b", TaskStatus.CANCELLED), a_result("stranger")))
    assert (TaskStatus.FAILED, TaskStatus.CANCELLED) == (board.status("a"), board.status("b"))
    assert 0 == board.left


def test_running_tasks_count_as_partly_done() -> None:
    task, unknown = a_task("a", seconds=10.0), a_task("b")
    board, clock = a_board(task, unknown)
    board.start(task)
    board.start(unknown)
    assert 0.0 == board.done()
    clock.now += 5
    assert 0.5 == board.done()
    clock.now += 100
    assert 0.95 == board.done(), "it is not done before it is"
    board.finish(task, a_result("a"))
    assert 1.0 == board.done()


def test_the_rest_takes_as_long_as_the_longest_chain() -> None:
    a, b, c = a_task("a", seconds=10.0), a_task("b", "a", seconds=5.0), a_task("c", seconds=3.0)
    board, clock = a_board(a, b, c)
    board.start(a)
    board.start(c)
    assert 15.0 == board.remaining()
    clock.now += 4
    assert 11.0 == board.remaining()
    board.finish(a, a_result("a"))
    board.finish(c, a_result("c"))
    assert 5.0 == board.remaining()
    board.finish(b, a_result("b"))
    assert 0.0 == board.remaining()


def test_the_rest_takes_longer_when_few_tasks_run_side_by_side() -> None:
    tasks = [a_task(str(number), seconds=2.0) for number in range(10)]
    board, _ = a_board(*tasks)
    assert 20.0 == board.remaining()
    board.start(tasks[0])
    board.start(tasks[1])
    assert 10.0 == board.remaining()


def test_nothing_is_foretold_when_little_is_known() -> None:
    board, _ = a_board(a_task("a", seconds=10.0), a_task("b"), a_task("c"))
    assert 0.0 == board.remaining()
