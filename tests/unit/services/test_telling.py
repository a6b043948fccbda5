"""Some lines say why something failed; many only say that it did."""

from __future__ import annotations

import pytest
from tests.diagnosing import book

from autonomous_cicd.services.telling import tells_why


@pytest.mark.parametrize(
    "line",
    [
        "make: *** [all] Error 2",
        "make[2]: *** [src/a.o] Error 1",
        "##[error]Process completed with exit code 1.",
        "Error: Process completed with exit code 1.",
        "ERROR: Job failed: exit code 1",
        "error Command failed with exit code 1.",
        "Command exited with status 3",
        "npm ERR! code ELIFECYCLE",
        "1 failed, 3 passed in 0.12s",
        "BUILD FAILED",
        "FAIL",
        "ERROR",
        "+ make all",
        "##[group]Run make",
        "^^^^",
        "42",
        "",
    ],
)
def test_a_mere_effect_does_not_say_why(line: str) -> None:
    assert not tells_why(line, book())


@pytest.mark.parametrize(
    "line",
    [
        "no space left on device",
        "the frobnicator is out of oil",
        "Error: the frobnicator is out of oil",
        "E   assert 1 == 2",
        "make: *** No rule to make target 'x'.  Stop.",
        "fatal: unable to access 'https://x/': Could not resolve host: x",
    ],
)
def test_what_names_something_says_why(line: str) -> None:
    assert tells_why(line, book())
