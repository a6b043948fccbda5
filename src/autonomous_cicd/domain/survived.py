"""Survived: steps that ran a script and did not fail, whatever the host marked as an error in them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from autonomous_cicd.domain.log import Mark, Sign

__all__ = ["Survived"]

_BORDERS = (Sign.COMMAND, Sign.CLEAN_UP, Sign.JOB)
_HOST_STEPS = ("##[group]Run ", "Post job", "Cleaning up", "Current runner")
_ENDED = re.compile(
    r"##\[error\](?:Process completed|The process '|The operation was cancell?ed|Unhandled exception|System\."
    r"|The (?:action|job|step)\b.*(?:timed out|exceeded)|(?:The )?(?:self-hosted |hosted )?[Rr]unner\b"
    r"|Executing the custom container|.*(?:No space left on device|occurred trying to start process))"
)
"""The host's own words for the end of a step; all else may have been marked by a script that went on."""


class Survived:
    """The lines of steps of which it is known that they went well.

    The host marks as an error what looks like the finding of a compiler or linter, and what a script asks it
    to. When a script fails it says so as well: where it does not, and goes on, the step did not fail.
    """

    def __init__(self, marks: Sequence[Mark]) -> None:
        """Take what the lines say of the run."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        begun, script, ended = 0, False, False
        for mark in marks:
            if mark.sign in _BORDERS and mark.text.startswith(_HOST_STEPS):
                if script and not ended:
                    self._starts.append(begun)
                    self._ends.append(mark.line)
                begun, script, ended = mark.line, False, False
            elif mark.sign is Sign.SCRIPT:
                script = True
            elif mark.sign is Sign.RUN_FAILED:
                ended = ended or bool(_ENDED.match(mark.text))

    def has(self, line: int) -> bool:
        """Whether a line is part of such a step."""
        at = bisect.bisect_right(self._starts, line)
        return at > 0 and self._ends[at - 1] > line
