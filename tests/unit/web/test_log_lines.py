"""Our own log: nothing in a line can forge another one, and a log that is gone ends nothing."""

from __future__ import annotations

import io
import sys

import pytest

from autonomous_cicd.web.log_lines import tell


class Broken(io.StringIO):
    """A log that nobody reads any more, or whose disk is full."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_log_that_takes_nothing_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Broken())
    tell("info", "delivery", id="1")
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    tell("info", "delivery", id="2")
