"""What becomes of each file of a set-up: nothing that is there is lost unless that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from autonomous_cicd.services.set_up import Setup, SetupWishes, State, patch_of, set_up
from autonomous_cicd.services.setup_files import (
    ANALYZER,
    EXAMPLE,
    FAILURE,
    IGNORE,
    MAINTENANCE,
    SETTINGS,
    env_example,
    settings_file,
)

WHOLE = {"github": True, "names": ("CI",), "scripts": True, "ignore": True}


def decided(files: Mapping[str, str], **wishes: Any) -> tuple[Setup, ...]:
    return set_up(files.get, SetupWishes(version="1.0", **wishes))


def states(files: Mapping[str, str], **wishes: Any) -> dict[str, State]:
    return {one.name: one.state for one in decided(files, **wishes)}


@pytest.mark.parametrize(
    ("wishes", "names"),
    [
        ({}, [SETTINGS, EXAMPLE]),
        ({"ignore": True}, [SETTINGS, EXAMPLE, IGNORE]),
        ({"github": True, "names": ("CI",)}, [SETTINGS, EXAMPLE, FAILURE, MAINTENANCE]),
        ({"github": True}, [SETTINGS, EXAMPLE, MAINTENANCE]),
        (WHOLE, [SETTINGS, EXAMPLE, IGNORE, FAILURE, MAINTENANCE, ANALYZER]),
    ],
)
def test_what_is_wished_for_is_what_is_new(wishes: Any, names: list[str]) -> None:
    assert dict.fromkeys(names, State.NEW) == states({}, **wishes)


def test_a_second_time_changes_nothing() -> None:
    files = {one.name: one.change.after or "" for one in decided({}, **WHOLE)}
    assert {State.UNCHANGED} == set(states(files, **WHOLE).values())
    assert not patch_of(decided(files, **WHOLE))


def test_what_is_there_stays_unless_the_person_says_otherwise() -> None:
    files = {SETTINGS: "mine\n", EXAMPLE: "MINE=\n", IGNORE: "dist\n", FAILURE: "mine\n"}
    kept = states(files, **WHOLE)
    assert [State.KEPT] * 3 == [kept[name] for name in (SETTINGS, EXAMPLE, FAILURE)]
    assert {IGNORE, MAINTENANCE, ANALYZER} == set(patch_of(decided(files, **WHOLE)).files)
    forced = {one.name: one for one in decided(files, force=True, **WHOLE)}
    assert State.REPLACED is forced[SETTINGS].state
    assert settings_file(None) == forced[SETTINGS].change.after
    assert State.EXTENDED is forced[EXAMPLE].state
    assert env_example("MINE=\n") == forced[EXAMPLE].change.after


def test_settings_with_the_other_ending_are_those_of_the_project() -> None:
    assert {".autonomous-cicd.yaml": State.KEPT, EXAMPLE: State.NEW} == states({".autonomous-cicd.yaml": "a"})
