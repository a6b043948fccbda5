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
    SCRIPT = "script"
    """The step whose text is shown runs a script: when that fails the host says with which exit code."""
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
    IGNORED = "ignored"
    """The script says that a failure of this command does not matter."""
    JOB = "job"
    """The host begins a job."""
    CLEAN_UP = "clean_up"
    """The host's own work after the last step of the project."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign, and where it stands."""

    sign: Sign
    line: int
    text: str = ""


_STEPS = ("##[group]Run ", "##[section]", "[Pipeline] ", "Post job cleanup.")
"""How a host's line begins where another step does."""


def _unmarked(line: str) -> str:
    return line.removeprefix("##[error]").removeprefix("##[warning]") if line.startswith("##[") else line


class Log:
    """Lines by number, from 1: plain, redacted, of bearable length. Those far from any trouble are absent."""

    __slots__ = ("_bare", "_commands", "_known", "_lines", "count")

    def __init__(self, lines: Mapping[int, str] | Sequence[str], count: int = 0) -> None:
        """Take the kept lines and how many the log has in all."""
        self._lines = lines if isinstance(lines, Mapping) else dict(enumerate(lines, 1))
        self._known: Sequence[int] | None = None
        self._commands: list[tuple[int, str]] = []
        self._bare = False
        self.count = count or max(self._lines, default=0)

    def __getitem__(self, number: int) -> str:
        line = self._lines.get(number, "")
        return _unmarked(line) if self._bare else line

    def __contains__(self, number: int) -> bool:
        return number in self._lines

    def __len__(self) -> int:
        return len(self._lines)

    def after(self, number: int, most: int = 40) -> Iterator[tuple[int, str]]:
        """Yield the lines that follow, up to the first that is absent, or that begins another step."""
        for other in range(number + 1, number + 1 + most):
            if other not in self._lines or self._begins_step(other):
                return
            yield other, self[other]

    def before(self, number: int, most: int = 40) -> Iterator[tuple[int, str]]:
        """Yield the lines above, from the nearest on, up to the first that is absent, or another step's."""
        for other in range(number - 1, max(0, number - 1 - most), -1):
            if other not in self._lines or self._begins_step(other):
                return
            yield other, self[other]

    def _begins_step(self, number: int) -> bool:
        """Whether a parser's look around ends there: what another step printed is of no same report."""
        return self._bare and self._lines[number].startswith(_STEPS)

    def command(self, number: int) -> str:
        """Return the command that printed a line, when the log shows commands; "" else."""
        at = bisect.bisect_left(self._commands, (number, ""))
        return self._commands[at - 1][1] if at else ""

    def for_parsers(self, marks: Iterable[Mark]) -> Log:
        """Return the same lines without the host's mark of an error, and with the commands that are known."""
        made = Log(self._lines, self.count)
        made._bare = True
        made._commands = [(mark.line, mark.text) for mark in marks if mark.sign is Sign.COMMAND]
        return made

    def numbers(self, first: int = 1, most: int | None = None) -> Sequence[int]:
        """Return the numbers of the kept lines from `first` on, in order, and no more than so many."""
        if self._known is None:
            self._known = sorted(self._lines)
        at = bisect.bisect_left(self._known, first)
        return self._known[at : None if most is None else at + most]
