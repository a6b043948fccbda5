"""Whether a commit says that it meant a change."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.intent import announced, asks_for_variable, documented, only_code, refuses
from autonomous_cicd.domain.patch import Patch, changed_file


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("Raise the price factor to three", {"price"}),
        ("Remove tax", {"tax", "calc"}),
        ("feat(app): rename fetch_all to fetch", {"fetch_all"}),
        ("APP-12: Drop LegacyImporter", {"legacy_importer"}),
        ("Delete the obsolete old.sh", {"old.sh"}),
        ("Stop using settings.ini", {"settings.ini"}),
        ("Change the timeout from 5 to 10", {"timeout"}),
        ("Set retries to 0", {"retries"}),
    ],
)
def test_a_subject_announces_what_it_names(subject: str, names: set[str]) -> None:
    assert announced(subject, names) in names


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("Work in progress", {"price"}),
        ("Simplify price", {"price"}),
        ("Shorten the help text helper", {"make_default_short_help"}),
        ("Remove unused helper price", {"price"}),
        ("Remove dead code in tax", {"tax"}),
        ("Remove tax", {"price"}),
        ("Remove the old parser", {"parser_state"}),
        ("Raise it", {"it"}),
        ("", {"price"}),
    ],
)
def test_other_subjects_announce_nothing(subject: str, names: set[str]) -> None:
    assert announced(subject, names) == ""


def test_documents_of_the_same_commit_tell_of_it() -> None:
    code = changed_file("app/calc.py", "n * 2\n", "n * 3\n")
    read_me = changed_file("README.md", "- price\n- tax: of it\n", "- price\n")
    assert documented(Patch.of([code, read_me]), {"tax"}) == "README.md"
    assert documented(Patch.of([code, read_me]), {"price"}) == ""  # that line stays
    assert documented(Patch.of([code]), {"tax", "n"}) == ""


@pytest.mark.parametrize(
    "line",
    [
        'KEY = os.environ["API_KEY"]',
        "key = os.getenv('API_KEY')",
        "const key = process.env.API_KEY",
        'key = ENV.fetch("API_KEY")',
        'echo "${API_KEY}"',
    ],
)
def test_a_variable_that_is_read_for_the_first_time_is_asked_for(line: str) -> None:
    assert asks_for_variable((), [line], "KeyError: 'API_KEY'") == "API_KEY"
    assert asks_for_variable([line], [line], "KeyError: 'API_KEY'") == ""
    assert asks_for_variable((), [line], "AssertionError: 1 != 2") == ""


@pytest.mark.parametrize(
    "line",
    [
        'raise ValueError("n is too small, at least 5")',
        "throw new Error('n is too small')",
        'panic("n is too small: %d", n)',
    ],
)
def test_new_words_of_refusal_that_are_said_now_were_meant(line: str) -> None:
    assert refuses((), [line], "ValueError: n is too small, at least 5\nn is too small: 1").startswith(
        "n is too"
    )
    assert refuses([line], [line], "ValueError: n is too small, at least 5") == ""  # it was there before
    assert refuses((), [line], "AssertionError: 3 != 4") == ""


@pytest.mark.parametrize(
    ("subject", "nothing"),
    [
        ("Say the range once", True),
        ("Define the `limits` only once", True),
        ("Use f-strings", True),
        ("Use a single loop", True),
        ("DRY the checks", True),
        ("Rename variables for clarity", True),
        ("Make `parse` more readable", True),
        ("Add a dry run", False),
        ("Ask for the password once", False),
        ("Run every job once", False),
        ("Say once a day what is due", False),
        ("Use one thread", False),
        ("Give everybody one early answer", False),
    ],
)
def test_some_subjects_say_that_nothing_changes(subject: str, nothing: bool) -> None:
    assert nothing is only_code(subject)
