"""A run as lines and as groups."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runs import EVIL, a_pipeline, a_result, a_run, a_task, parts_of

from autonomous_cicd.cli.progress import GitHub, Lines, Silent, opening
from autonomous_cicd.domain.pipeline import Source
from autonomous_cicd.domain.run import TaskStatus


def hosted_commands(text: str) -> Iterator[str]:
    """Yield what a hosted runner takes for a command, by its own rules."""
    for line in re.split(r"\r\n|\r|\n", text):
        if (match := re.match(r"\s*::([^:]+)::", line)) or (match := re.search(r"##\[([^\]]+)\]", line)):
            yield match[1].split(" ")[0]


def test_silence() -> None:
    silent, task, run = Silent(), a_task("a"), a_run()
    silent.began(run, a_pipeline(task))
    silent.task_started(task)
    silent.task_step(task, "step")
    silent.task_output(task, "text")
    silent.task_finished(task, a_result("a"))
    silent.ended(run)
    silent.close()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (Source.CONFIG, "run run-1: 1 task from the project's own pipeline"),
        (Source.WORKFLOW, "run run-1: 1 task from its workflow files"),
        (Source.DETECT, "run run-1: 1 task as detected"),
    ],
)
def test_the_first_line_says_where_the_pipeline_is_from(source: Source, expected: str) -> None:
    assert expected == opening(a_run(), a_pipeline(a_task("a"), source=source))


def test_lines() -> None:
    out = io.StringIO()
    lines = Lines(out)
    lint, test, old = a_task("lint", seconds=2.0), a_task("test", "lint"), a_task("old")
    lines.began(a_run(), a_pipeline(lint, test, old))
    lines.task_finished(old, a_result("old", cached=True, reason="unchanged since it passed in 3.0 s"))
    lines.task_started(lint)
    lines.task_step(lint, "step")
    lines.task_output(lint, "output\n")
    failed = a_result("lint", TaskStatus.FAILED, seconds=1.5, reason="exit code 1", excerpt=("boom",))
    lines.task_finished(lint, failed)
    skipped = a_result("test", TaskStatus.SKIPPED, reason="lint failed")
    lines.task_finished(test, skipped)
    lines.ended(a_run(a_result("old", cached=True), failed, skipped))
    lines.close()
    assert [
        "run run-1: 3 tasks as detected",
        "  cached      old  unchanged since it passed in 3.0 s  [2 left]",
        "  begins      lint  (about 2.0 s)",
        "  FAILED      lint  1.5 s  exit code 1  [1 left]",
        "  skipped     test  lint failed  [0 left]",
        "",
        "FAILED lint: exit code 1",
        "    boom",
        "",
        "left out:",
        "  test - lint failed",
        "",
        "failed: 1 cached, 1 failed, 1 skipped in 12.3 s",
    ] == out.getvalue().splitlines()


def test_lines_count_the_parts_of_a_late_matrix() -> None:
    out = io.StringIO()
    lines = Lines(out)
    whole, parts = parts_of("test", parts=3)
    lines.began(a_run(), a_pipeline(whole))
    for part in parts:
        lines.task_started(part)
        lines.task_finished(part, a_result(part.name))
    assert ["[2 left]", "[1 left]", "[0 left]"] == re.findall(r"\[\d left\]", out.getvalue())


def test_lines_hold_nothing_that_steers_a_terminal() -> None:
    out = io.StringIO()
    lines, task = Lines(out), a_task(EVIL)
    result = a_result(EVIL, TaskStatus.FAILED, reason=EVIL, excerpt=(EVIL,))
    lines.began(a_run(), a_pipeline(task))
    lines.task_started(task)
    lines.task_finished(task, result)
    lines.ended(a_run(result, reason=EVIL))
    assert all(line.isprintable() for line in out.getvalue().splitlines())


def test_each_task_has_a_group_of_its_own() -> None:
    out = io.StringIO()
    groups, one, two, mute = GitHub(out), a_task("one"), a_task("two"), a_task("mute")
    groups.began(a_run(), a_pipeline(one, two, mute))
    groups.task_started(one)
    groups.task_started(two)
    groups.task_output(one, "one 1\n")
    groups.task_output(two, "two 1\n")
    groups.task_output(one, "one 2\n\n")
    groups.task_finished(two, a_result("two", seconds=1.0))
    groups.task_finished(one, a_result("one", TaskStatus.FAILED, seconds=2.0, reason="exit code 1"))
    groups.task_finished(mute, a_result("mute", cached=True))
    groups.ended(a_run(a_result("two")))
    assert [
        "run run-1: 3 tasks as detected",
        "begins      one",
        "begins      two",
        "::group::passed      two  1.0 s",
        "two 1",
        "::endgroup::",
        "::group::FAILED      one  2.0 s  exit code 1",
        "one 1",
        "one 2",
        "::endgroup::",
        "cached      mute",
        "",
        "passed: 1 passed in 12.3 s",
    ] == out.getvalue().splitlines()


HOSTILE = [
    "::endgroup::",
    "  ::error file=a::b",
    "\t::add-mask::a",
    "\u00a0::error::b",
    "\x1b[0m::error::b",
    "\x1b[31m::\x1b[0merror::b",
    "\u200b::error::b",
    "##[endgroup]",
    "in the middle ##[error]of a line",
    "progress\r::stop-commands::x",
    "a\u2028::warning::b",
    "a\x85::warning::b",
    "a\x0b::warning::b",
    "#\x00#[error]x",
    ":\x00:error::x",
    "##\u202e[error]x",
    "ok ::not a command",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_task_prints_cannot_break_out_of_its_group(text: str) -> None:
    out = io.StringIO()
    groups, task = GitHub(out), a_task("a")
    groups.task_output(task, f"before\n{text}\nafter\n")
    groups.task_finished(task, a_result("a"))
    assert ["group", "endgroup"] == list(hosted_commands(out.getvalue()))


@pytest.mark.parametrize("text", [*HOSTILE, "a%0A::error::b", "a\n::error::b", "a\r\n::error::b"])
def test_names_reasons_and_excerpts_are_no_commands_either(text: str) -> None:
    out = io.StringIO()
    groups, task = GitHub(out), a_task(text)
    result = a_result(text, TaskStatus.FAILED, reason=text, excerpt=tuple(text.split("\n")), log="a")
    groups.began(a_run(), a_pipeline(task))
    groups.task_started(task)
    groups.task_finished(task, result)
    groups.task_output(task, "x")
    groups.task_finished(task, result)
    groups.ended(a_run(result, reason=text))
    said = out.getvalue()
    assert ["group", "endgroup"] == list(hosted_commands(said))
    titles = [line for line in said.splitlines() if line.startswith("::group::")]
    assert not any(re.search(r"%(?!25)", title) for title in titles), "a title has no line breaks"


@given(st.text(alphabet=": #[]e\r\n\t\x1b\x85\u2028\u200b%0A", max_size=40))
def test_no_text_is_a_command(text: str) -> None:
    out = io.StringIO()
    groups, task = GitHub(out), a_task("a")
    groups.task_output(task, f"x\n{text}\nx")
    groups.task_finished(task, a_result("a"))
    assert ["group", "endgroup"] == list(hosted_commands(out.getvalue()))


def test_what_the_reader_s_alphabet_lacks_is_replaced() -> None:
    raw = io.BytesIO()
    lines = Lines(io.TextIOWrapper(raw, encoding="ascii"))
    lines.task_started(a_task("größe \ud800"))
    assert b"  begins      gr??e\n" == raw.getvalue()


def test_a_reader_that_left_does_not_end_the_run() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w", encoding="utf-8") as out:
        lines = Lines(out)
        lines.task_started(a_task("a"))
        lines.task_started(a_task("b"))
        out.write("what is flushed later harms nobody either")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_does_not_end_the_run() -> None:
    with open("/dev/full", "w", encoding="utf-8") as out:
        Lines(out).task_started(a_task("a"))
        GitHub(out).task_started(a_task("a"))


def test_without_a_place_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    Lines().task_started(a_task("a"))
    GitHub().task_started(a_task("b"))
    assert "  begins      a\nbegins      b\n" == capsys.readouterr().out
