"""What made a job ready is put back, or taken over from another job, and nothing else is changed."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.remedies.lost_step import LostStep
from autonomous_cicd.workflows.file import read_workflow

NAME = ".github/workflows/ci.yml"
ABSENT = "script-3.sh: line 1: flake8: command not found\n"
RUN = """\
on: push
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - name: Install
        run: pip install flake8
      - name: Lint
        run: flake8 src
"""
BLOCK = """\
on: push
jobs:
    check:
        runs-on: ubuntu-latest
        steps:
        - uses: actions/checkout@v4

        - run: |
            npm ci
            npm run build
            npm test
        - run: npm run lint
"""
FLOW = """\
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - {uses: actions/checkout@v4}
      - {run: make bootstrap}
      - {run: make check}
"""
TWO = """\
on: push
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: flake8 src
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Install
        run: |
          pip install -r dev.txt
      - run: pytest
"""


INSTALL = "      - name: Install\n        run: pip install flake8\n"
OTHERS = "      - name: Install\n        run: |\n          pip install -r dev.txt\n"


def tried(
    now: str,
    before: str = "",
    log: str = ABSENT,
    subject: str = "Tidy up",
    kind: Category = Category.ENVIRONMENT,
) -> list[str]:
    patches = (Patch(), Patch.of([changed_file(NAME, before, now)])) if before else ()
    plan = read_workflow(now, path=NAME)
    case = case_of(
        {NAME: now},
        log,
        failure_of(log, kind),
        FakeBench(past=FakePast(patches, subjects=("News", subject))),
        job=JobPlan(workflow=plan, job=plan.jobs[0]),
    )
    return [edited({NAME: now}, one)[NAME] for one in edits(prescribed(LostStep(), case))]


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        (RUN, INSTALL),
        (RUN, '      - uses: actions/setup-python@v5\n        with:\n          python-version: "3.11"\n'),
        (RUN.replace("\n", "\r\n"), "      - name: Install\r\n        run: pip install flake8\r\n"),
        (BLOCK, "            npm ci\n"),
        (BLOCK, "            npm run build\n"),
        (FLOW, "      - {run: make bootstrap}\n"),
    ],
)
def test_what_was_lost_is_put_back_and_what_was_wanted_stays(text: str, lost: str) -> None:
    now = text.replace(lost, "").replace("on: push", "on: [push, pull_request]")
    assert [text.replace("on: push", "on: [push, pull_request]")] == tried(now, text)


LINT = "      - name: Lint\n        run: flake8 src\n"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (RUN, INSTALL, LINT),
        (BLOCK, "            npm run build\n", "            npm test\n"),
        (FLOW, "      - {run: make bootstrap}\n", "      - {run: make check}\n"),
    ],
)
def test_what_changed_places_changes_back_unless_that_was_meant(text: str, first: str, second: str) -> None:
    assert first + second in text
    now = text.replace(first + second, second + first).replace("on: push", "on: [push]")
    assert [text.replace("on: push", "on: [push]")] == tried(now, text)
    assert [] == tried(now, text, subject="Check before anything is installed")


@pytest.mark.parametrize(
    ("before", "now", "subject"),
    [
        (RUN, RUN.replace("pip install flake8", "pip install black"), "Tidy up"),
        (RUN, RUN.replace("        run: flake8 src", "        run: flake8 lib"), "Tidy up"),
        (RUN, RUN.replace("      - name: Lint\n        run: flake8 src\n", "      - run: make\n"), "Tidy up"),
        (RUN, RUN.replace(INSTALL, ""), "Remove the linter"),
        (RUN, RUN.replace("ubuntu-latest", "ubuntu-24.04"), "Tidy up"),
        (TWO, TWO.replace(OTHERS, ""), "Tidy up"),
    ],
)  # fmt: skip
def test_what_was_changed_or_meant_or_lost_elsewhere_is_not(before: str, now: str, subject: str) -> None:
    assert [] == tried(now, before, subject=subject)


def test_what_another_job_installs_is_installed_here_too() -> None:
    assert [TWO.replace("      - run: flake8", f"{OTHERS}      - run: flake8")] == tried(TWO)


@pytest.mark.parametrize("log", ["sh: 1: eslint: not found\n", "Error: Cannot find module 'eslint'\n"])
def test_so_it_is_in_other_layouts(log: str) -> None:
    text = TWO.replace("flake8 src", "npm run lint").replace(OTHERS, "      - run: npm ci\n")
    shallow = text.replace("      - uses: actions/checkout@v4\n      - run: npm run", "    - run: npm run")
    assert [text.replace("      - run: npm run", "      - run: npm ci\n      - run: npm run")] == tried(
        text, log=log
    )
    assert [shallow.replace("    - run: npm run", "    - run: npm ci\n    - run: npm run")] == tried(
        shallow, log=log
    )


@pytest.mark.parametrize(
    ("text", "log", "kind"),
    [
        (TWO, "AssertionError\n", Category.ENVIRONMENT),
        (TWO, ABSENT, Category.TEST_FAILURE),
        (TWO, "Error: Cannot find module './eslint'\n", Category.IMPORT_ERROR),
        (TWO.replace("- run: flake8", "- run: uv sync\n      - run: flake8"), ABSENT, Category.ENVIRONMENT),
        (TWO.replace("- run: pytest", "- run: npm ci\n      - run: pytest"), ABSENT, Category.ENVIRONMENT),
        (TWO.replace("dev.txt", "${{ matrix.file }}"), ABSENT, Category.ENVIRONMENT),
        (TWO.replace("      - name: Install", "      - if: always()"), ABSENT, Category.ENVIRONMENT),
        (RUN.replace("pip install flake8", "echo"), ABSENT, Category.ENVIRONMENT),
    ],
)  # fmt: skip
def test_near_misses(text: str, log: str, kind: Category) -> None:
    assert [] == tried(text, log=log, kind=kind)
