"""Log: the lines of a log that matter, by their numbers; the rest was never kept."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = ["Log", "Mark", "Sign"]


class Sign(StrEnum):
    """What a line says of the course of a run."""

    COMMAND = "command"
    """Another command or step begins: what came before did not end the run."""
    ECHO = "echo"
    """The text of a command begins to be shown: no output until `ECHO_END`."""
    ECHO_END = "echo_end"
    STEP_FAILED = "step_failed"
    """A step or a tool ended red."""
    STEP_PASSED = "step_passed"
    """A tool says that all is well."""
    RUN_FAILED = "run_failed"
    """The host says that the run is red."""
    RUN_PASSED = "run_passed"
    """The host says that the run is green."""
    RETRY = "retry"
    """What failed is tried again."""
    CLEAN_UP = "clean_up"
    """The host's own work after the last step of the project."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign, and where it stands."""

    sign: Sign
    line: int
    text: str = ""


def _unmarked(line: str) -> str:
    return line.removeprefix("##[error]").removeprefix("##[warning]") if line.startswith("##[") else line


class Log:
    """Lines by number, from 1: plain, redacted, of bearable length. Those far from any trouble are absent."""

    __slots__ = ("_commands", "_lines", "_numbers", "count")

    def __init__(self, lines: Mapping[int, str] | Sequence[str], count: int = 0) -> None:
        """Take the kept lines and how many the log has in all."""
        kept = lines if isinstance(lines, Mapping) else dict(enumerate(lines, 1))
        self._lines = kept
        self._numbers = sorted(kept)
        self._commands: list[tuple[int, str]] = []
        self.count = count or (self._numbers[-1] if self._numbers else 0)

    def __getitem__(self, number: int) -> str:
        return self._lines.get(number, "")

    def __contains__(self, number: int) -> bool:
        return number in self._lines

    def __len__(self) -> int:
        return len(self._lines)

    def after(self, number: int, most: int = 40) -> Iterator[tuple[int, str]]:
        """Yield the lines that follow, up to the first that is absent."""
        for other in range(number + 1, number + 1 + most):
            if other not in self._lines:
                return
            yield other, self._lines[other]

    def before(self, number: int, most: int = 40) -> Iterator[tuple[int, str]]:
        """Yield the lines above, from the nearest on, up to the first that is absent."""
        for other in range(number - 1, max(0, number - 1 - most), -1):
            if other not in self._lines:
                return
            yield other, self._lines[other]

    def command(self, number: int) -> str:
        """Return the command that printed a line, when the log shows commands; "" else."""
        at = bisect.bisect_left(self._commands, (number, ""))
        return self._commands[at - 1][1] if at else ""

    def for_parsers(self, marks: Iterable[Mark]) -> Log:
        """Return the same lines without the host's mark of an error, and with the commands that are known."""
        made = Log({number: _unmarked(line) for number, line in self._lines.items()}, self.count)
        made._commands = [(mark.line, mark.text) for mark in marks if mark.sign is Sign.COMMAND]
        return made

    def numbers(self, first: int = 1) -> Sequence[int]:
        """Return the numbers of the kept lines from `first` on, in order."""
        return self._numbers[bisect.bisect_left(self._numbers, first) :]
