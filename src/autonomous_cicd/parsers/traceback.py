"""Python: an uncaught exception that ended a program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.python_errors import Verdict, foreign, judge
from autonomous_cicd.domain.python_traceback import HEADER, Raised, Traceback, read_traceback
from autonomous_cicd.plugins import parser

__all__ = ["TracebackParser"]

_WRAPPERS = frozenset(
    [
        "CalledProcessError",
        "SystemExit",
        "KeyboardInterrupt",
        "BrokenPipeError",
        "UnexpectedExit",
        "CommandFailed",
        "ErrorReturnCode_1",
        "TimeoutExpired",
        "Exit",
        "BackendFailed",
        "BackendSubprocessExitedError",
        "CalledProcessBackendException",
    ]
)
"""Raised because another program failed: that one says why."""
_INSIDE = re.compile(r"^\s*(?:INTERNALERROR>|E {2,})")
_END = re.compile(
    r"^\s*(?:##\[error\]|\+{1,2} \S|\$ |make(?:\[\d+\])?: \*\*\*|The command \"|Done\. Your|Finished: "
    r"|ERROR: Job failed"
    r"|npm ERR|section_end|Cleaning up|Post job|Error: Process|exit (?:code|status)|.{0,60}(?:exited with"
    r"|exit code [1-9]"
    r"|returned? (?:a )?non-zero|failed with exit|exit status [1-9])|\S{0,60}: exit [1-9]|nox > |-{5,}$"
    r"|\[end of output\]"
    r"|note: This error|╰─>|ERROR:? |error: |Exited with|script returned exit code|Error executing|FAILED"
    r"|\[Pipeline\])"
)
_TESTS = re.compile(
    r"^(?:ok|FAIL|ERROR|[.sxFE]{3,}.{0,20}|.{1,200} \.\.\. (?:ok|FAIL|ERROR|skipped.*)|={20,}|Ran \d+ tests?"
    r" in .*)$"
)
"""What test runners print between tests: a traceback above it ended nothing."""
_SYNTAX_FRAME = re.compile(r'^\s*File "(?P<file>[^"]{1,500})", line (?P<line>\d{1,8})$')


@parser
class TracebackParser:
    """Reads `Traceback (most recent call last)` up to the exception; one only logged counts little."""

    name = "python-traceback"
    cues = (HEADER, "SyntaxError: ", "IndentationError: ", "TabError: ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why the program of this traceback ended."""
        line = log[number]
        if _INSIDE.match(line):
            return
        if HEADER not in line:
            yield from _syntax(log, number)
        elif not _chained(log, number):
            found = read_traceback(log, number)
            if found is not None:
                yield _sighting(log, found)


def _chained(log: Log, number: int) -> bool:
    """Whether a traceback only goes on from another one above."""
    return any(
        "The above exception was the direct cause" in line or "handling of the above exception" in line
        for _, line in log.before(number, 3)
    )


def _sighting(log: Log, found: Traceback) -> Sighting:
    final = found.raised[-1]
    verdicts = [(raised, judge(raised.name, raised.text, raised.files)) for raised in found.raised]
    source, verdict = verdicts[-1]
    if not verdict.certain:
        source, verdict = next(((one, said) for one, said in verdicts if said.certain), verdicts[-1])
    ended = _ended(log, found.last)
    confidence = 0.92 if verdict.certain else 0.6 if verdict.category is Category.UNKNOWN else 0.78
    role = Role.CAUSE if ended else Role.HINT
    unknown = verdict.category is Category.UNKNOWN
    if unknown and ended:
        role = Role.HINT  # what a rule knows of the message is better than nothing
    if final.name.rpartition(".")[2] in _WRAPPERS:
        role = Role.EFFECT
    file, at = _place(source)
    others = [raised.line for raised in found.raised if raised is not source]
    frames = [*source.frames[-1:], *others[-2:], *_own_frames(source)]
    return Sighting(
        rule="python-traceback",
        category=verdict.category,
        severity=usual(verdict.category).severity,
        confidence=confidence if ended else confidence * 0.6,
        line=source.line,
        cause=verdict.cause,
        role=role,
        remedies=usual(verdict.category).remedies,
        evidence=tuple(dict.fromkeys(frames))[:4],
        covers=(0, 0) if unknown else (found.first, found.last),
        place=Place(file=file, line=at, package=verdict.package),
    )


def _own_frames(raised: Raised) -> list[int]:
    """Return the lines of the innermost place in the project's own files."""
    own = [line for line, file in zip(raised.frames, raised.files, strict=True) if not foreign(file)]
    return own[-1:]


def _place(raised: Raised) -> tuple[str, int]:
    places = list(zip(raised.files, raised.numbers, strict=True))
    own = [place for place in places if not foreign(place[0])] or places
    return own[-1] if own else ("", 0)


def _ended(log: Log, last: int) -> bool:
    """Whether the program seems to have ended there: little follows, or something says that it failed."""
    others = 0
    for _, line in log.after(last, 25):
        if not line.strip() or line[:1].isspace():
            continue
        if _TESTS.match(line):
            return False
        if _END.match(line):
            return True
        others += 1
        if others >= 8:
            return False
    return True


def _syntax(log: Log, number: int) -> Iterator[Sighting]:
    """Read the message of a program that could not even be started."""
    name, _, text = log[number].strip().partition(": ")
    if name not in ("SyntaxError", "IndentationError", "TabError"):
        return
    for other, line in log.before(number, 6):
        if HEADER in line or ", in " in line:
            return
        if frame := _SYNTAX_FRAME.match(line):
            if any(HEADER in above or _deeper(above) for _, above in log.before(other, 3)):
                return
            verdict: Verdict = judge(name, text, (frame["file"],))
            yield Sighting(
                rule="python-traceback",
                category=verdict.category,
                severity=usual(verdict.category).severity,
                confidence=0.9 if _ended(log, number) else 0.5,
                line=number,
                cause=verdict.cause,
                remedies=usual(verdict.category).remedies,
                evidence=tuple(n for n in range(other, number) if log[n].strip()),
                covers=(other, number),
                place=Place(file=frame["file"], line=int(frame["line"])),
            )
            return


def _deeper(line: str) -> bool:
    return 'File "' in line and ", in " in line
