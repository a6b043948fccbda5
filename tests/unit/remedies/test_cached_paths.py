"""A cache goes by files that are there, as the remedy for workflow files has it."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.workflow_file import WorkflowFile

NAME = ".github/workflows/ci.yml"
CACHED = """on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          cache: pip
          cache-dependency-path: {0}
      - run: make
"""
PATHS = (
    "No file in  matched to [{0} or **/pyproject.toml]",
    "Some specified paths were not resolved, unable to cache dependencies",
)


@pytest.mark.parametrize("said", PATHS)
@pytest.mark.parametrize(
    ("path", "names", "before", "right"),
    [
        ("requirement.txt", ("requirements.txt", "setup.py"), "", "requirements.txt"),
        ("app/package-lock.json", ("package-lock.json", "app/a.js"), "", "package-lock.json"),
        ("poetry.lock", ("backend/poetry.lock",), "", "backend/poetry.lock"),
        ("web/yarn.lock", ("a/yarn.lock", "b/yarn.lock"), "b/yarn.lock", "b/yarn.lock"),
        ("deps.txt", ("requirements/ci.txt",), "requirements/ci.txt", "requirements/ci.txt"),
        ("web/yarn.lock", ("a/yarn.lock", "b/yarn.lock"), "", ""),
        ("deps.txt", ("requirements.txt",), "", ""),
        ("app/*/requirement.txt", ("requirements.txt",), "", ""),
        ("requirements.txt", ("requirements.txt",), "", ""),
    ],
)
def test_a_cache_goes_by_a_file_that_is_there(
    said: str, path: str, names: tuple[str, ...], before: str, right: str
) -> None:
    text, earlier = CACHED.replace("{0}", path), CACHED.replace("{0}", before)
    patches = (Patch.of([changed_file(NAME, earlier, text)]),) if before else ()
    files = {NAME: text, **dict.fromkeys(names, "")}
    failure = failure_of(said.format(path), Category.CONFIGURATION, rule="github-input-missing")
    found = prescribed(WorkflowFile(), case_of(files, "", failure, FakeBench(past=FakePast(patches))))
    assert [CACHED.replace("{0}", right)][: bool(right)] == [edited(files, one)[NAME] for one in edits(found)]
