"""Marks that pytest refuses are registered where pytest reads its settings, unless they are misspelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.pytest_marks import config_file, registered, registering, unregistered

INI = "[pytest]\naddopts = --strict-markers\nmarkers =\n    pool: needs it\n\n[other]\na = 1\n"
TOML = '[tool.pytest.ini_options]\nmarkers = [\n    "pool: needs it",\n]\naddopts = "-q"\n'


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("pytest.ini", INI, INI.replace("needs it\n", "needs it\n    slow\n")),
        ("pytest.ini", "[pytest]\naddopts = -q\n", "[pytest]\nmarkers =\n    slow\naddopts = -q\n"),
        (
            "setup.cfg",
            "[metadata]\nname = a\n[tool:pytest]\nmarkers =\n\tpool: p",
            "[metadata]\nname = a\n[tool:pytest]\nmarkers =\n\tpool: p\n\tslow",
        ),
        (
            "tox.ini",
            "[tox]\n[pytest]\nmarkers =\n  a\n  b\n[testenv]\n",
            "[tox]\n[pytest]\nmarkers =\n  a\n  b\n  slow\n[testenv]\n",
        ),
        ("pyproject.toml", TOML, TOML.replace('"pool: needs it"', '"pool: needs it",\n    "slow"')),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\nmarkers = ["a", "b"]\n',
            '[tool.pytest.ini_options]\nmarkers = ["a", "b", "slow"]\n',
        ),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\naddopts = "-q"\n',
            '[tool.pytest.ini_options]\nmarkers = ["slow"]\naddopts = "-q"\n',
        ),
        ("tox.ini", "[tox]\n", ""),
        ("pytest.ini", "[pytest]\nmarkers = pool: p\n", ""),
        ("pyproject.toml", "not toml", ""),
    ],
)
def test_a_mark_is_registered_with_the_others(name: str, before: str, after: str) -> None:
    assert after == registering(name, before, "slow")


@pytest.mark.parametrize("mark", ["parametrise", "skipIf", "pooled", "pool", "pools", "asyncoi"])
def test_what_is_perhaps_misspelt_is_not_registered(mark: str) -> None:
    assert "" == registering("pytest.ini", INI, mark)
    assert "" == registering("pyproject.toml", TOML, mark)


def test_what_was_said_of_it_is_said_again() -> None:
    assert "    slow: takes long\n" in registering("pytest.ini", INI, "slow", "slow: takes long")


def test_a_log_names_the_marks_and_those_of_plugins_are_others() -> None:
    log = (
        "'slow' not found in `markers` configuration option\n"
        "a.py:3: PytestUnknownMarkWarning: Unknown pytest.mark.wide - is this a typo?\n"
        "'asyncio' not found in `markers` configuration option\n"
    )
    assert ("slow", "wide") == unregistered(log)
    assert () == unregistered("fixture 'slow' not found")


@pytest.mark.parametrize(
    ("texts", "log", "expected"),
    [
        ({"pytest.ini": "", "pyproject.toml": TOML}, "", "pytest.ini"),
        ({"pyproject.toml": TOML, "tox.ini": "[pytest]\n"}, "configfile: pyproject.toml", "pyproject.toml"),
        ({"pyproject.toml": "[project]\n", "setup.cfg": "[tool:pytest]\n"}, "", "setup.cfg"),
        ({"pyproject.toml": TOML}, "configfile: ../../etc.ini", "pyproject.toml"),
        ({"setup.cfg": "[metadata]\n"}, "", ""),
    ],
)
def test_the_settings_are_those_that_pytest_reads(texts: dict[str, str], log: str, expected: str) -> None:
    assert expected == config_file(texts, log)


@given(st.lists(st.from_regex(r"m[a-z]{3,8}x", fullmatch=True), unique=True, max_size=5))
def test_nothing_else_changes(marks: list[str]) -> None:
    before = "# why\n[pytest]\nmarkers =\n" + "".join(f"    {one}: of it\n" for one in marks) + "# end\n"
    after = registering("pytest.ini", before, "slow")
    assert {*marks, "slow"} == registered("pytest.ini", after)
    assert before == after.replace("    slow\n", "") or not marks
