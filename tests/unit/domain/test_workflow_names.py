"""What the name of a workflow file tells about it."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.workflow_names import is_main


@pytest.mark.parametrize("name", ["ci.yml", ".github/workflows/CI.yaml", "a/tests.yml", "node.js.yml"])
def test_usual_names_are_known(name: str) -> None:
    assert is_main(name)


@pytest.mark.parametrize("name", ["docs.yml", "ci.yml.bak", "release-ci.yml", "ci", ""])
def test_others_are_not(name: str) -> None:
    assert not is_main(name)
