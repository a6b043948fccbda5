"""Several jobs in one log: what ended one of them says nothing of another."""

from __future__ import annotations

import pytest
from tests.failures import a_sighting

from autonomous_cicd.domain.cause import Outcome, causes, outcome
from autonomous_cicd.domain.diagnosis import Category, Role, Sighting
from autonomous_cicd.domain.jobs import jobs
from autonomous_cicd.domain.log import Log, Mark, Sign

SIGNS = {
    "Current runner": Sign.JOB,
    "##[group]Run ": Sign.COMMAND,
    "##[command]": Sign.COMMAND,
    "##[error]Process": Sign.RUN_FAILED,
    "Job succeeded": Sign.RUN_PASSED,
    "Post job": Sign.CLEAN_UP,
    "##[section]Starting": Sign.COMMAND,
    "##[section]Finishing": Sign.CLEAN_UP,
}
SEEN = {"lint:": Category.LINT, "test:": Category.TEST_FAILURE}
BEGIN = ("Current runner version: '2.311.0'", "##[group]Run actions/checkout@v4")
END = "##[error]Process completed with exit code 1."


def read(lines: tuple[str, ...]) -> tuple[list[Sighting], list[Mark], Log]:
    numbered = list(enumerate(lines, 1))
    marks = [Mark(sign, number, line) for number, line in numbered for begin, sign in SIGNS.items()
             if line.startswith(begin)]  # fmt: skip
    seen = [
        a_sighting(number, category=category, role=Role.CAUSE, confidence=0.9, rule=begin)
        for number, line in numbered
        for begin, category in SEEN.items()
        if line.startswith(begin)
    ]
    return seen, marks, Log(lines)


def job(*lines: str, end: str = END) -> tuple[str, ...]:
    return (*BEGIN, *lines, end, "Post job cleanup.")


GREEN = job("##[group]Run npm test", "test: noise", end="ok")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            (*job("##[group]Run npm run lint", "lint: a"), *job("##[group]Run npm test", "test: b")),
            ["lint: a", "test: b"],
        ),
        ((*GREEN, *job("##[group]Run npm run lint", "lint: a")), ["lint: a"]),
        ((*job("##[group]Run npm run lint", "lint: a"), *GREEN), ["lint: a"]),
        ((*GREEN, *GREEN), []),
        # Only what failed is shown, of one job after the other.
        ((*("##[group]Run pytest", "test: a", END) * 2,), ["test: a"]),
        (
            (
                *("##[group]Run npm run lint", "lint: a", END),
                *("##[group]Run pytest", "test: b", END),
                *("##[group]Run pytest", "test: c", END),
            ),
            ["lint: a", "test: b"],
        ),
        # A step that may fail, in a log of which the beginning is missing.
        (("##[group]Run npm run lint", "lint: a", END, "##[group]Run npm test", "test: b", END), ["test: b"]),
    ],
)
def test_the_cause_is_that_of_the_first_job_that_failed(lines: tuple[str, ...], told: list[str]) -> None:
    seen, marks, log = read(lines)
    found = causes(seen, marks, log)
    assert told == [lines[one.sighting.line - 1] for one in found][: len(told)]
    assert bool(told) is (outcome(marks, log, seen) is Outcome.FAILED)


@pytest.mark.parametrize(
    ("lines", "how"),
    [
        (("##[group]Run pytest", "test: a", "Post job cleanup."), Outcome.PASSED),
        (("##[command]/usr/bin/docker run x", "test: a", "Post job cleanup."), Outcome.OPEN),
        (("##[command]/usr/bin/docker run x", "test: a", *[".."] * 20, "Post job cleanup."), Outcome.PASSED),
        (("##[command]/usr/bin/docker run x", "fine", "Post job cleanup."), Outcome.PASSED),
        # A host that tidies up behind every step.
        (("##[section]Starting: a", "##[section]Finishing: a"), Outcome.PASSED),
        (("##[section]Starting: a", "##[section]Finishing: a", "##[section]Starting: b"), Outcome.OPEN),
    ],
)
def test_what_a_host_does_last_tells_how_a_job_ended(lines: tuple[str, ...], how: Outcome) -> None:
    seen, marks, log = read(lines)
    assert how is outcome(marks, log, seen)


def test_what_is_known_to_have_failed_is_told_though_every_job_looks_green() -> None:
    seen, marks, log = read((*GREEN, *GREEN))
    assert causes(seen, marks, log, failed=True)


def test_every_line_is_of_one_job() -> None:
    seen, marks, log = read((*GREEN, *job("lint: a"), *GREEN))
    parts = list(jobs(seen, marks, log.count))
    assert 3 == len(parts)
    assert seen == [one for part in parts for one in part.sightings]
    assert marks == [one for part in parts for one in part.marks]
    assert log.count == parts[-1].end
