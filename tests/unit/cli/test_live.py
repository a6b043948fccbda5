"""A run on a terminal."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.runs import EVIL, a_pipeline, a_result, a_run, a_task, parts_of

from autonomous_cicd.cli.live import Terminal
from autonomous_cicd.domain.pipeline import Pipeline, Skipped, Task
from autonomous_cicd.domain.run import Run, TaskResult, TaskStatus

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


class Screen:
    """A terminal in memory, with a clock that is set by hand."""

    def __init__(self, width: int = 80, height: int = 30, **more: Any) -> None:
        self.now = 100.0
        self.out: Any = more.pop("file", None) or io.StringIO()
        options: dict[str, Any] = {"force_terminal": True, "color_system": None, "_environ": {}, **more}
        self.console = Console(file=self.out, width=width, height=height, **options)
        self.terminal = Terminal(self.console, clock=lambda: self.now)

    def begin(self, *tasks: Task) -> Screen:
        self.terminal.began(a_run(), a_pipeline(*tasks))
        return self

    def finish(self, *results: TaskResult) -> None:
        for result in results:
            self.terminal.task_finished(a_task(result.name), result)

    def now_shown(self) -> list[str]:
        """Return what the terminal shows while the run goes on, without what only aligns it."""
        return [re.sub(r"(?<=[\w)]) {2,}", " ", line.rstrip()) for line in self.drawn()]

    def drawn(self) -> list[str]:
        paper = Console(file=io.StringIO(), width=self.console.width, height=self.console.height)
        with paper.capture() as capture:
            paper.print(self.terminal.draw())
        return capture.get().splitlines()

    def ended(self, run: Run) -> list[str]:
        """Return what stays on the terminal when the run ended."""
        self.terminal.close()
        begin = len(self.out.getvalue())
        self.terminal.ended(run)
        return [line.rstrip() for line in plain(self.out.getvalue()[begin:]).splitlines()]


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")


def test_the_tasks_are_a_tree_of_what_they_need() -> None:
    screen = Screen().begin(
        a_task("setup"),
        a_task("install", "setup"),
        a_task("lint", "install"),
        a_task("test", "install"),
        a_task("package", "lint", "test"),
        a_task("docs"),
    )
    assert [
        "· setup",
        "· └ install",
        "·   ├ lint",
        "·   └ test",
        "·     └ package",
        "· docs",
    ] == screen.now_shown()[:-1]


def test_deep_chains_stay_readable() -> None:
    tasks = [a_task("0"), *(a_task(str(n), str(n - 1)) for n in range(1, 20))]
    lines = Screen().begin(*tasks).now_shown()
    assert max(map(len, lines[:-1])) < 22
    assert 21 == len(lines)


def test_states_times_and_what_is_going_on() -> None:
    tasks = [a_task("a", seconds=10.0), a_task("b"), a_task("c", seconds=100.0), a_task("d", seconds=0.2)]
    screen = Screen().begin(*tasks)
    for task in tasks[:2]:
        screen.terminal.task_started(task)
    screen.terminal.task_step(tasks[0], "Run tests")
    screen.terminal.task_output(tasks[0], "test_a PASSED\n")
    screen.now += 4
    assert [
        "▸ a 4 s of about 10 s Run tests: test_a PASSED",
        "▸ b 4 s",
        "· c about 1 min 40 s",
        "· d",
    ] == screen.now_shown()[:4]
    screen.now += 7
    assert "▸ a 11 s Run tests: test_a PASSED" == screen.now_shown()[0], "it is overdue"


ENDED: list[tuple[dict[str, Any], str]] = [
    ({"seconds": 1.25}, "✓ task 1.2 s"),
    ({"seconds": 1.25, "reason": "1 of 3 steps was not run"}, "✓ task 1.2 s 1 of 3 steps was not run"),
    ({"cached": True, "reason": "unchanged"}, "✓ task cached unchanged"),
    (
        {"cached": True, "status": TaskStatus.SKIPPED, "reason": "nothing needs it"},
        "- task not needed nothing needs it",
    ),
    (
        {"status": TaskStatus.FAILED, "seconds": 2, "reason": "exit code 1"},
        "✗ task 2.0 s FAILED: exit code 1",
    ),
    ({"status": TaskStatus.FAILED, "seconds": 2, "optional": True}, "✗ task 2.0 s failed (optional)"),
    (
        {"status": TaskStatus.TIMED_OUT, "seconds": 61, "reason": "too long"},
        "✗ task 1 min 01 s TIMED OUT: too long",
    ),
    (
        {"status": TaskStatus.SKIPPED, "seconds": 0.1, "reason": "lint failed"},
        "- task skipped: lint failed",
    ),
    ({"status": TaskStatus.NOT_CHECKED, "reason": "no docker"}, "? task not checked: no docker"),
    ({"status": TaskStatus.CANCELLED, "seconds": 3}, "- task 3.0 s cancelled"),
]


@pytest.mark.parametrize(("more", "expected"), ENDED)
def test_how_a_task_ended(more: dict[str, Any], expected: str) -> None:
    screen = Screen().begin(a_task("task"))
    screen.finish(a_result("task", **more))
    assert expected == screen.now_shown()[0]


def test_the_bar_counts_and_foretells() -> None:
    tasks = [a_task("a", seconds=10.0), a_task("b", "a", seconds=50.0)]
    screen = Screen().begin(*tasks)
    screen.terminal.task_started(tasks[0])
    screen.now += 4
    assert screen.now_shown()[-1].endswith(" 0/2 tasks 4 s, about 56 s left")
    screen.finish(a_result("a", seconds=10.0), a_result("b", TaskStatus.FAILED))
    assert screen.now_shown()[-1].endswith(" 2/2 tasks 4 s")


def test_a_late_matrix_appears_as_it_is_known() -> None:
    whole, parts = parts_of("test", "pick", parts=2)
    screen = Screen().begin(a_task("pick"), whole, a_task("after", "test"))
    assert ["· pick", "· └ test", "·   └ after"] == screen.now_shown()[:3]
    screen.terminal.task_started(parts[0])
    screen.terminal.task_finished(parts[1], a_result(parts[1].name))
    assert ["· pick", "▸ ├ test (0) 0 s", "✓ └ test (1)", "·   └ after"] == screen.now_shown()[:4]


def test_of_many_tasks_those_of_interest_are_shown() -> None:
    tasks = [a_task(f"task {n}") for n in range(200)]
    screen = Screen(height=20).begin(*tasks)
    screen.finish(*(a_result(f"task {n}") for n in range(100)))
    screen.finish(*(a_result(f"task {n}", TaskStatus.FAILED, reason="boom") for n in range(100, 130)))
    screen.finish(a_result("task 130", TaskStatus.SKIPPED))
    for task in tasks[131:135]:
        screen.terminal.task_started(task)
    lines = screen.now_shown()
    assert 16 == len(lines), "all of it fits the screen, with the line above it and the shell's own"
    assert (10, 4) == tuple(sum(line.startswith(sign) for line in lines) for sign in "✗▸")
    assert "  and 186 more 65 waiting, 1 skipped, 100 passed, 20 failed" == lines[-2]


def test_when_everything_failed_the_running_tasks_are_still_seen() -> None:
    tasks = [a_task(f"task {n}") for n in range(100)]
    screen = Screen(height=15).begin(*tasks)
    screen.finish(*(a_result(f"task {n}", TaskStatus.FAILED) for n in range(50)))
    for task in tasks[60:90]:
        screen.terminal.task_started(task)
    lines = screen.now_shown()
    assert (5, 4) == tuple(sum(line.startswith(sign) for line in lines) for sign in "✗▸")


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 200])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    names = ["n" * 300, "日本語" * 50, "é\u0301" * 100, "short"]
    screen = Screen(width=width).begin(*map(a_task, names))
    for name in names:
        screen.terminal.task_started(a_task(name))
        screen.terminal.task_output(a_task(name), "x" * 1000)
    screen.finish(a_result(names[0], TaskStatus.FAILED, reason="r" * 1000))
    lines = screen.drawn()
    assert 5 == len(lines), "a task is one line, and so is the bar"
    assert all(cell_len(line) <= width for line in lines)
    assert ["✗", "▸", "▸", "▸"] == [line[0] for line in lines[:4]]


def test_a_narrow_terminal_shows_no_notes() -> None:
    screen = Screen(width=40).begin(a_task("task"))
    screen.finish(a_result("task", TaskStatus.FAILED, seconds=1.0, reason="exit code 1"))
    assert "✗ task 1.0 s" == screen.now_shown()[0]


def test_at_the_end_the_tree_stays_and_the_story_is_told() -> None:
    screen = Screen().begin(a_task("lint"), a_task("test"), a_task("never"))
    failed = a_result("test", TaskStatus.FAILED, seconds=2.0, reason="exit code 1", excerpt=("  boom",))
    screen.finish(a_result("lint", seconds=1.0), failed)
    run = a_run(a_result("lint"), failed, a_result("never", TaskStatus.CANCELLED, reason="it had not begun"))
    assert [
        "✓ lint  1.0 s",
        "✗ test  2.0 s FAILED: exit code 1",
        "- never       cancelled: it had not begun",
        "",
        "FAILED test: exit code 1",
        "      boom",
        "",
        "failed: 1 passed, 1 failed, 1 cancelled in 12.3 s",
    ] == screen.ended(run)


def test_the_end_fits_the_screen() -> None:
    names = [f"task {n}" for n in range(200)]
    screen = Screen(height=30).begin(*map(a_task, names))
    results = [
        a_result(name, TaskStatus.FAILED, reason="exit code 1", excerpt=("line",) * 15) for name in names
    ]
    screen.finish(*results)
    run = a_run(*results, skipped=tuple(Skipped(name, name) for name in names))
    lines = screen.ended(run)
    assert len(lines) < 30
    assert ["✗ task 0 FAILED: exit code 1", "failed: 200 failed in 12.3 s"] == [
        re.sub(" +", " ", lines[0]),
        lines[-1],
    ]


@pytest.mark.parametrize("end", ["ended", "close"])
def test_the_cursor_comes_back(end: str) -> None:
    screen = Screen().begin(a_task("a"))
    assert HIDE in screen.out.getvalue()
    assert SHOW not in screen.out.getvalue()
    if end == "ended":
        screen.terminal.ended(a_run(a_result("a")))
    screen.terminal.close()
    screen.terminal.close()
    assert screen.out.getvalue().rindex(SHOW) > screen.out.getvalue().rindex(HIDE)


def test_a_run_that_never_began_leaves_no_trace() -> None:
    screen = Screen()
    screen.terminal.close()
    assert "" == screen.out.getvalue()


class Gone(io.StringIO):
    """A terminal that was closed."""

    gone = False

    def write(self, text: str) -> int:
        if self.gone:
            raise OSError(5, "Input/output error")
        return super().write(text)


def test_a_terminal_that_is_gone_does_not_end_the_run() -> None:
    out = Gone()
    screen = Screen(file=out).begin(a_task("a"))
    out.gone = True
    screen.terminal.ended(a_run(a_result("a")))
    screen.terminal.close()
    out.gone = False


def test_nothing_that_a_project_wrote_steers_the_terminal() -> None:
    task = a_task(EVIL)
    screen = Screen(width=100).begin(task)
    screen.terminal.task_started(task)
    screen.terminal.task_step(task, EVIL)
    screen.terminal.task_output(task, EVIL)
    shown = "\n".join(screen.now_shown())
    assert "evil" in shown
    assert not set(shown) & set("\x1b\x07\u202e\x9b\ud800")
    result = a_result(EVIL, TaskStatus.FAILED, reason=EVIL, excerpt=(EVIL, "[bold]:smile:[/bold]"))
    screen.finish(result)
    shown = "\n".join(screen.ended(a_run(result, reason=EVIL)))
    assert not set(shown) & set("\x1b\x07\u202e\x9b\ud800")
    assert "[bold]:smile:[/bold]" in shown, "the project's text is no markup of ours"


def test_without_unicode_it_is_ascii() -> None:
    raw = io.BytesIO()
    screen = Screen(file=io.TextIOWrapper(raw, encoding="ascii", write_through=True), legacy_windows=False)
    screen.begin(a_task("a"), a_task("b", "a"), a_task("c", "a"), a_task("d", "b"))
    screen.finish(a_result("a"), a_result("b", TaskStatus.FAILED))
    assert ["+ a", "x |-b FAILED", ". | `-d", ". `-c"] == [line.rstrip() for line in screen.now_shown()[:4]]
    screen.terminal.close()
    assert raw.getvalue().isascii()


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)]
)
def test_colours_can_be_turned_off(environment: dict[str, str], coloured: bool) -> None:
    screen = Screen(color_system="standard", _environ=environment)
    screen.begin(a_task("a"))
    screen.finish(a_result("a", TaskStatus.FAILED))
    screen.terminal.ended(a_run(a_result("a", TaskStatus.FAILED)))
    assert coloured == bool(re.search(r"\x1b\[[0-9;]*3[1-7]", screen.out.getvalue()))


def test_an_optional_failure_is_no_alarm() -> None:
    screen = Screen(color_system="standard").begin(a_task("a"))
    screen.finish(a_result("a", TaskStatus.FAILED, optional=True))
    screen.terminal.ended(a_run(a_result("a", TaskStatus.FAILED, optional=True)))
    assert not re.search(r"\x1b\[[0-9;]*31m", screen.out.getvalue())


def test_it_draws_on_the_terminal_by_default() -> None:
    pipeline: Pipeline = a_pipeline(a_task("a"))
    terminal = Terminal()
    terminal.began(a_run(), pipeline)
    terminal.close()
