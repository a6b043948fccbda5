"""A run here answers the event that a change would cause at the code host."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.events import answer, checks_changes, matches, pretended
from autonomous_cicd.domain.workflow import Json


@pytest.mark.parametrize(
    ("events", "event"),
    [
        ({"push": None}, "push"),
        ({"pull_request": None}, "pull_request"),
        ({"pull_request": None, "push": None}, "push"),
        ({"push": {"branches": ["main"]}, "pull_request": None}, "pull_request"),
        ({"push": {"branches": "topic/*"}, "pull_request": None}, "push"),
        ({"push": {"branches": ["main"]}}, "push"),
        ({"push": {"branches-ignore": ["topic/**"]}, "pull_request": {}}, "pull_request"),
        ({"push": {"branches": ["**", "!topic/**"]}, "pull_request": {}}, "pull_request"),
        ({"push": {"tags": ["v*"]}, "pull_request": None}, "pull_request"),
        ({"push": {"tags": ["v*"], "branches": ["topic/x"]}}, "push"),
        ({"push": {"paths": ["docs/**"]}}, "push"),
        ({"pull_request": {"types": ["labeled", "opened"]}}, "pull_request"),
        ({"merge_group": None, "schedule": []}, "merge_group"),
        ({"pull_request_target": None}, "pull_request_target"),
    ],
)
def test_the_event_that_is_answered(events: dict[str, Json], event: str) -> None:
    found = answer(events, branch="topic/x", default_branch="main")
    assert event == found.event
    assert found.reason == ""


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ({"schedule": [], "release": None}, "answers schedule, release only"),
        ({"push": {"tags": "v*"}}, "pushes of tags only"),
        ({"push": {"branches": ["production", "release/**"]}}, "pushes to production, release/** only"),
        ({"push": {"branches-ignore": ["**"]}}, "does not answer pushes to this branch"),
        ({"pull_request": {"types": ["closed", "locked"]}}, "only when they are closed, locked"),
        ({"workflow_call": None}, "answers workflow_call only"),
    ],
)  # fmt: skip
def test_the_reason_why_none_is(events: dict[str, Json], reason: str) -> None:
    found = answer(events, branch="topic/x", default_branch="main")
    assert found.event == ""
    assert reason in found.reason


def test_without_a_branch_the_usual_ones_count() -> None:
    assert answer({"push": {"branches": ["master"]}}, branch="", default_branch="").event == "push"
    assert answer({"push": {"branches": ["master"]}}, branch="", default_branch="trunk").event == ""


def test_a_named_workflow_is_dispatched_when_it_can_be() -> None:
    assert pretended({"release": None, "workflow_dispatch": None}) == "workflow_dispatch"
    assert pretended({"release": None, "schedule": []}) == "release"


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("main", "main", True),
        ("main", "mainly", False),
        ("*", "main", True),
        ("*", "a/b", False),
        ("**", "a/b", True),
        ("**", "", True),
        ("feature/*", "feature/a", True),
        ("feature/*", "feature/a/b", False),
        ("feature/**", "feature/a/b", True),
        ("*feature", "my-feature", True),
        ("v?1", "1", True),
        ("v?1", "v1", True),
        ("v?1", "vv1", False),
        ("a+b", "aaab", True),
        ("a+b", "b", False),
        ("v[12].[0-9]+", "v1.10", True),
        ("v[12].[0-9]+", "v3.1", False),
        ("[a-]x", "-x", True),
        ("[x", "[x", True),
        ("+x", "+x", True),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        ("a\\", "a\\", True),
    ],
)
def test_branch_filters(pattern: str, name: str, fits: bool) -> None:
    assert matches([pattern], name) is fits


def test_the_last_filter_that_fits_decides() -> None:
    assert matches(["release/**", "!release/**-alpha", "release/x-alpha"], "release/x-alpha")
    assert not matches(["release/**", "!release/**-alpha"], "release/y-alpha")


def test_no_filter_takes_long() -> None:
    assert not matches(["**a" * 100], "a" * 250 + "b")


def test_what_checks_changes_of_any_branch() -> None:
    assert checks_changes({"push": {"branches": ["develop"]}})
    assert checks_changes({"pull_request": None, "schedule": []})
    assert not checks_changes({"push": {"tags": ["v*"]}, "workflow_dispatch": None})
    assert not checks_changes({"pull_request": {"types": ["closed"]}})
