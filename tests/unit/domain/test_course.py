"""What the course of a run says of what was seen: what was allowed to fail, and what only tidied up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.failures import a_sighting

from autonomous_cicd.domain.cause import causes
from autonomous_cicd.domain.course import Course
from autonomous_cicd.domain.diagnosis import Category, Role, Sighting
from autonomous_cicd.domain.log import Log, Mark, Sign

SIGNS = {
    "##[group]Run ": Sign.ECHO,
    "##[endgroup]": Sign.ECHO_END,
    "+ ": Sign.COMMAND,
    "$ ": Sign.COMMAND,
    "##[error]Process completed": Sign.RUN_FAILED,
    "##[error]The operation": Sign.RUN_FAILED,
    "Post job": Sign.CLEAN_UP,
}
SEEN = {
    "lint:": (Category.LINT, Role.CAUSE),
    "test:": (Category.TEST_FAILURE, Role.CAUSE),
    "unbound:": (Category.ENVIRONMENT, Role.CAUSE),
    "rm:": (Category.PERMISSION, Role.HINT),
    "error:": (Category.UNKNOWN, Role.HINT),
    "|   lint:": (Category.LINT, Role.CAUSE),
    'echo "lint:': (Category.LINT, Role.CAUSE),
}
END = "##[error]Process completed with exit code 1."


def told(*lines: str) -> str:
    """Return the line that is told as the root cause."""
    marks = [
        Mark(Sign.COMMAND if sign is Sign.ECHO else sign, number, line)
        for number, line in enumerate(lines, 1)
        for begin, sign in SIGNS.items()
        if line.startswith(begin)
    ]
    found = causes([*_seen(lines)], marks, Log(lines))
    return lines[found[0].sighting.line - 1]


def _seen(lines: tuple[str, ...]) -> list[Sighting]:
    return [
        a_sighting(number, category=category, role=role, confidence=0.9, rule=begin)
        for number, line in enumerate(lines, 1)
        for begin, (category, role) in SEEN.items()
        if line.startswith(begin)
    ]


def step(command: str, *lines: str, script: tuple[str, ...] = ()) -> tuple[str, ...]:
    return (f"##[group]Run {command}", *(script or (command,)), "##[endgroup]", *lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            (*step("npm run lint", "lint: a", END), *step("npm test", "test: b", END)),
            "test: b",
        ),
        ((*step("npm test", "test: a", END), *step("actions/upload-artifact@v4", "lint: b", END)), "test: a"),
        ((*step("npm test", "test: a", END), "Post job cleanup.", "lint: b"), "test: a"),
        # What a step is for stands in its script, when its first line does not say it.
        (
            (
                *step("./checks", "lint: a", END),
                *step(
                    "if [ -f go.mod ]; then", "test: b", END, script=("if [ -f go.mod ]", "  go test ./...")
                ),
            ),
            "test: b",
        ),
        (
            (
                *step("npm test", "test: a", END),
                *step("if [ -f a ]; then", "lint: b", END, script=("if [ -f a ]", '  echo "npm test"')),
            ),
            "test: a",
        ),
        # Nothing but tidying up follows when a run was cancelled.
        (
            (
                *step("npm run e2e", "lint: a", "##[error]The operation was canceled."),
                *step("npm run e2e:report", "test: b", END),
            ),
            "lint: a",
        ),
        (step("set -e", 'echo "lint: b"', "unbound: c", END), "unbound: c"),
        (
            step("set -e", "lint: a", "test: b", END, script=("npm run lint || true", "npm test")),
            "test: b",
        ),
        (step("set -e", "lint: a", "x", END, script=("npm run lint", "npm test || true")), "lint: a"),
        (("$ flake8 --exit-zero", "lint: a", "$ pytest", "test: b", END), "test: b"),
        (("+ ./release", "unbound: a", "+ rm -rf /tmp/a", "rm: b", END), "unbound: a"),
        (("+ ./release", "lint: a", "+ ./other", "test: b", END), "test: b"),
        (("$ make", "|   lint: a", "test: b", END), "test: b"),
    ],
    ids=[
        "a step that later ones followed upon was allowed to fail",
        "what uploads runs always",
        "the host tidies up",
        "its script says what a step checks",
        "what a script prints is no check",
        "a run that was cancelled",
        "a script that would print it",
        "the script ignores what the command of this kind finds",
        "it ignores another one",
        "the command says so itself",
        "a script that ended removes what it made",
        "one that goes on has survived",
        "source code that is shown is no message",
    ],
)
def test_where_it_was_seen_decides(lines: tuple[str, ...], expected: str) -> None:
    assert expected == told(*lines)


def test_of_one_line_it_counts_what_says_more() -> None:
    both = [
        a_sighting(1, category=Category.UNKNOWN, role=Role.HINT, rule="generic"),
        a_sighting(1, category=Category.LINT, role=Role.HINT, rule="known"),
    ]
    assert ["known"] == [one.sighting.rule for one in causes(both, [], Log(["error: a"]), failed=True)]


class Counted(list[Mark]):
    """Marks that count how often they are gone through."""

    times = 0

    def __iter__(self) -> Iterator[Mark]:
        self.times += 1
        return super().__iter__()


@pytest.mark.parametrize("script", [("##[endgroup]",), ()])
def test_however_many_steps_fail_the_marks_are_gone_through_a_few_times(script: tuple[str, ...]) -> None:
    def times(count: int) -> int:
        lines = ["$ frob", *script, END] * count
        marks = Counted(
            Mark(sign, number, line)
            for number, line in enumerate(lines, 1)
            for begin, sign in SIGNS.items()
            if line.startswith(begin)
        )
        Course([], marks, Log(lines), len(lines))
        return marks.times

    assert times(300) == times(3)
