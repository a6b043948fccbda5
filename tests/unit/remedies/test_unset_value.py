"""A job asks for values by the names that they have, where it can be told which is meant."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.remedies.unset_value import UnsetValue
from autonomous_cicd.workflows.file import read_workflow

NAME = ".github/workflows/ci.yml"
ONE = """\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        django-version: ["4.2", "5.0"]
    steps:
      - uses: actions/checkout@v4
      - run: pip install "django==${{ matrix.django-version }}"
  other:
    runs-on: ubuntu-latest
    steps:
      - run: echo "${{ matrix.django }}"
"""
TWO = """\
on: push
jobs:
    check:
        strategy:
            matrix: {os: [ubuntu-latest], node: [18, 20]}
        runs-on: ${{ matrix.os }}
        steps:
        - uses: actions/setup-node@v4
          with: {node-version: "${{ matrix.node }}"}
        - id: version
          run: echo "v=1" >> "$GITHUB_OUTPUT"
        - if: matrix.node == 20
          run: test -n "${{ steps.version.outputs.v }}"
"""
LISTED = """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        include:
          - {python-version: "3.9", flags: ""}
          - {python-version: "3.12", flags: "-v"}
    steps:
      # matrix.py is explained below
      - run: tox -e py${{ matrix.python-version }} -- ${{ matrix.flags }}
"""


def tried(now: str, before: str = "", kind: Category = Category.ENVIRONMENT) -> list[str]:
    patches = (Patch.of([changed_file(NAME, before, now)]), Patch()) if before else ()
    plan = read_workflow(now, path=NAME)
    log = "ERROR: Invalid requirement\n"
    case = case_of(
        {NAME: now},
        log,
        failure_of(log, kind),
        FakeBench(past=FakePast(patches)),
        job=JobPlan(workflow=plan, job=plan.jobs[0]),
    )
    return [edited({NAME: now}, one)[NAME] for one in edits(prescribed(UnsetValue(), case))]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (ONE, "matrix.django-version", "matrix.django"),
        (ONE, "matrix.django-version", "matrix.version"),
        (ONE, "matrix.django-version", "matrix.django_version"),
        (ONE.replace("\n", "\r\n"), "matrix.django-version", "matrix.django"),
        (TWO, "matrix.os", "matrix.so"),
        (TWO, "steps.version.outputs", "steps.versions.outputs"),
        (TWO, "${{ matrix.node }}", "${{ matrix.ndoe }}"),
        (LISTED, "matrix.python-version", "matrix.py"),
        (LISTED, "matrix.python-version", "matrix.python-verson"),
    ],
)
def test_the_name_that_there_is_is_asked_for(text: str, old: str, new: str) -> None:
    now = text.replace(old, new)
    assert [text] == tried(now)


def test_a_commit_tells_what_was_called_otherwise() -> None:
    # The key has another name now ...
    before, now = ONE, ONE.replace("        django-version:", "        release:")
    assert [now.replace("matrix.django-version", "matrix.release")] == tried(now, before)
    assert [] == tried(now)
    # ... or what asks for it was changed.
    now = ONE.replace("matrix.django-version", "matrix.tag")
    assert [ONE] == tried(now, ONE)
    assert [] == tried(now)


def test_it_is_followed_everywhere_in_the_job_and_nowhere_else() -> None:
    more = '      - run: echo "${{ matrix.django-version }} matrix.django"\n  other:'
    text = ONE.replace("  other:", more)
    assert [text] == tried(text.replace("matrix.django-version", "matrix.django"))


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        TWO,
        LISTED,
        # Several may be meant, or none.
        ONE.replace("matrix.django-version", "matrix.region"),
        LISTED.replace("matrix.python-version", "matrix.x").replace("matrix.flags", "matrix.y"),
        # What there is only turns out when it runs.
        ONE.replace('        django-version: ["4.2", "5.0"]', "        include: ${{ fromJSON(vars.ROWS) }}"),
        ONE.replace('\n        django-version: ["4.2", "5.0"]', " ${{ fromJSON(vars.ROWS) }}"),
        # A part of a value, and no expression at all.
        ONE.replace("matrix.django-version", "matrix.django.version"),
        ONE.replace("${{ matrix.django-version }}", "matrix.django"),
    ],
)
def test_near_misses(text: str) -> None:
    assert [] == tried(text)


def test_what_may_pass_by_itself_tells_nothing() -> None:
    now = ONE.replace("matrix.django-version", "matrix.django")
    assert [] == tried(now, kind=Category.NETWORK)
