"""Course: through which commands a run went, where it ended, and what that says of what was seen."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Sequence

from autonomous_cicd.domain.covered import Covers
from autonomous_cicd.domain.diagnosis import Category, Role, Sighting
from autonomous_cicd.domain.ignored import LONGEST, ignored
from autonomous_cicd.domain.kinds import purpose
from autonomous_cicd.domain.log import Log, Mark, Sign
from autonomous_cicd.domain.survived import Survived

__all__ = ["Course", "allowed", "announced"]

NEAR_END = 12
"""Lines before the end of a log in which a mere hint is believed, though nobody says that the run failed."""
GOES_ON = 2
"""Lines that must follow when something is tried again: else nobody knows what came of it."""
RETRIED = 4
"""Lines behind a failure within which it is said that it is tried again."""
BELIEVED = 0.5
"""Confidence that a cause needs to be believed, though nobody says that the run failed."""
NEAR_ABOVE, NEAR_BELOW = 6, 25
"""Lines above and below a cause in which an effect proves that it was fatal."""
APART = 60
"""Lines between two findings of a list: some tools tell of each where they have looked for it."""
LONG, LATE = 150, 60
"""Lines of a log, and lines behind a cause, from which on it must be proven that it ended anything."""
CLEANING = 12
"""Commands before the end of a run that may be cleaning up."""
PROVING = 2
"""Steps that install, build or test something, and went well behind one that failed: it was allowed to."""
WARNED = 0.4
"""What is left of the confidence in what is told as a warning."""
SHOWN = 0.3
"""The same where a line is no message: source code, a call stack, words of a server, a passed test."""
SURVIVED = 0.4
"""What is left of the confidence in something that other steps followed upon."""
OUTLIVED = 0.8
"""The same when it was fatal for its command: what followed may be the cleaning up."""
IGNORED = 0.25
AFTERWARDS = 0.5
"""What is left when the run had ended: clean-up, or a step that runs always."""
TIDIED = 0.15
"""The same when the host was tidying up."""
RECOVERED = 0.5
UNPROVEN = 0.8
"""What is left when nothing near says that it was fatal."""

_WARNING = re.compile(r"(?i)(?:##\[warning\]|\W*(?:\d+ )?(?:warn(?:ing)?\b|\[warn))")
_SHOWN = re.compile(
    r"\s*(?:> *)?\d+ ?[|│] |\[WebServer\] |\s+at [\w.$/<>:#\[\]-]+(?: [\w.$/<>:#\[\]-]+){0,4}\("
    r"|\s*[|│] {2,}\S|\s*(?:echo|printf|Write-(?:Host|Error|Output)) [\"'$]"
    r"|\s*(?:ok \d|✓|✔|√|PASS |--- PASS|\[ +OK \]|\$ /)|.*\.\.\. (?:ok|OK|passed)$"
)
_CLEANING = re.compile(
    r"(?:\++ |\$ |##\[group\]Run |Run )?(?:sudo )?"
    r"(?:rm|rmdir|kill|pkill|killall|umount|popd|deactivate|exit|trap"
    r"|docker (?:compose )?(?:down|stop|rm|logs|ps|kill|system)|docker-compose (?:down|stop|rm|logs|ps)"
    r"|cleanup"
    r"|kubectl (?:get|describe|logs|delete)|(?:kind|k3d|minikube) (?:delete|logs)|journalctl|dmesg|cat|tail"
    r"|ls"
    r"|[\w./-]{0,60}(?:upload|artifact|codecov|coveralls|notify|slack|discord|test-report|junit|publish-)[\w./@-]*"
    r")(?:\s|$)"
)
_CANCELLED = re.compile(r"operation was cancell?ed")
_ECHO = re.compile(r"(?:##\[group\]Run )?(?:echo|printf) ")
_COMMAND = re.compile(
    r"\s*(?:npm|npx|yarn|pnpm|bun|go|cargo|pytest|python3? -m|pip3?|uv|poetry|tox|nox|make|mvn|\./mvnw|gradle"
    r"|\./gradlew|dotnet|bundle|rake|composer|vendor/bin/|ctest|cmake|ninja|flutter|dart|swift|xcodebuild"
    r"|tsc|eslint|mypy|ruff|flake8|black|docker build)\b"
)
"""What a script runs to install, build, check or test."""
_GRADE = re.compile(
    r"(?i)(?:^|[\s:\[(•|-])(?:(?P<mild>warn(?:ing)?|info|notice|style|suggestion|convention)"
    r"|(?P<grave>error|fatal|critical))(?=[\s:\])•|-]|$)"
)
_GRADED = 200
_STATED = re.compile(r"Warning \([A-Z]+\d*\)|warnings? (?:treated|as errors)|-W?error|max-warnings")
"""Warnings that fail."""
_ROLES = {Role.CAUSE: 1.0, Role.HINT: 0.6, Role.EFFECT: 0.25}


def announced(sighting: Sighting, log: Log) -> bool:
    """Whether the host itself calls it an error."""
    return log[sighting.line].startswith("##[error]")


class Course:
    """The course of a run: which commands it went through, and where it ended."""

    def __init__(self, sightings: Sequence[Sighting], marks: Sequence[Mark], log: Log, end: int = 0) -> None:
        """Take what was seen, and what the lines say of the run; it ends with the log, or earlier."""
        covers = Covers(sightings)
        commands = [mark for mark in marks if mark.sign is Sign.COMMAND and not covers.has(mark.line)]
        steps = [mark for mark in commands if not mark.text.startswith("+")]
        survived = Survived(marks)
        ends = [mark for mark in marks if mark.sign is Sign.RUN_FAILED and not survived.has(mark.line)]
        failed = [m.line for m in (*ends, *(m for m in marks if m.sign is Sign.STEP_FAILED))]
        self._log = log
        self._marks = marks
        self._end = end or log.count
        self._commands = [mark.line for mark in commands]
        self._steps = [mark.line for mark in steps]
        self._shown = [mark.line for mark in steps if _shown(mark)]
        self._ends = [mark.line for mark in ends]
        self._passed = [mark.line for mark in marks if mark.sign is Sign.STEP_PASSED]
        self._retries = [mark.line for mark in marks if mark.sign is Sign.RETRY]
        self._failed = sorted([*failed, *(one.line for one in sightings if one.role is Role.EFFECT)])
        self._stop = _stop(ends, steps, marks, log) or self._end
        self._forgiven = _last_before(self._ends, self._stop)
        self._tidied = _first_after(
            [m.line for m in marks if m.sign is Sign.CLEAN_UP], self._stop, self._end + 1
        )
        self._graver = {one.rule for one in sightings if _graded(log[one.line]) == "grave"}
        self._fatal = _chained(sightings, self._near)
        self._lists = _lists(sightings)
        self._step = _last_of(steps, self._stop)
        self._command = _last_of(commands, self._stop)

    def weight(self, sighting: Sighting) -> float:
        """Return by what the confidence is multiplied because of where in the run it was seen."""
        weight = _ROLES[sighting.role]
        line = self._log[sighting.line]
        mild = sighting.rule in self._graver and _graded(line) == "mild"
        if (_WARNING.match(line) or mild) and not _STATED.search(line):
            weight *= WARNED
        if sighting.covers == (0, 0) and _SHOWN.match(line):
            weight *= SHOWN
        if announced(sighting, self._log):
            weight *= AFTERWARDS if _last_between(self._steps, self._stop, sighting.line) else 1.0
            return weight * self._survival(sighting) if self._carried_on(sighting) else weight
        proven = self._proven(sighting)
        if sighting.line > self._stop:
            weight *= TIDIED if sighting.line > self._tidied else AFTERWARDS
        elif self._ignored(sighting):
            weight *= IGNORED
        elif sighting.line < self._step:
            weight *= self._survival(sighting) if self._carried_on(sighting) else SURVIVED
        elif sighting.line < self._command:
            weight *= OUTLIVED if proven else SURVIVED
        if self._recovered(sighting):
            weight *= RECOVERED
        return weight if proven else weight * UNPROVEN

    def stands(self, sighting: Sighting, score: float) -> bool:
        """Whether a sighting is believed though nobody says that the run failed."""
        if announced(sighting, self._log) and sighting.role is not Role.EFFECT:
            return True
        if self._recovered(sighting):
            return False
        strong = sighting.role is Role.CAUSE and sighting.confidence >= BELIEVED
        if self._ignored(sighting):
            return False
        if sighting.line < self._command:
            good = _first_after(self._passed, sighting.line, 0)
            return strong and self._proven(sighting) and not good
        last = self._lists[sighting.rule, sighting.line]
        if self._end > LONG and not self._proven(sighting) and self._end - last > LATE:
            return False  # a long log that goes on well after it
        return (strong and score >= BELIEVED * UNPROVEN) or self._end - sighting.line < NEAR_END

    def _survival(self, sighting: Sighting) -> float:
        """Return what is left of one whose step failed and was followed by others."""
        return SURVIVED if sighting.line <= self._forgiven else OUTLIVED

    def _carried_on(self, sighting: Sighting) -> bool:
        """Whether its step failed, and others that count followed upon it."""
        following = _first_after(self._steps, sighting.line, self._end + 1)
        return following <= self._step and _first_after(self._ends, sighting.line - 1, following) < following

    def _proven(self, sighting: Sighting) -> bool:
        """Whether this was fatal: something says so near to it, or it is of a list that ended so."""
        return (sighting.rule, sighting.line) in self._fatal

    def _near(self, sighting: Sighting) -> bool:
        """Whether something says near to it, in the same command, that this was fatal."""
        last = max(sighting.line, sighting.covers[1])
        until = min(_first_after(self._commands, last, self._end + 1), last + NEAR_BELOW)
        first = max(_last_before(self._commands, sighting.line + 1), sighting.line - NEAR_ABOVE)
        return sighting.covers != (0, 0) or _last_between(self._failed, first, until + 1) > 0

    def _ignored(self, sighting: Sighting) -> bool:
        """Whether the command itself, or the one that follows, says that the failure does not matter."""
        following = self._log[_first_after(self._commands, sighting.line, 0)]
        if following.lstrip("+ ") in ("true", ":") and following:
            return True
        step = _last_before(self._shown, sighting.line)
        own = _last_before(self._commands, sighting.line)
        return ignored(sighting.category, self._log, self._marks, (step, own, sighting.line))

    def _recovered(self, sighting: Sighting) -> bool:
        """Whether the same command says behind it that all is well, or that it is tried again."""
        if sighting.category is Category.COVERAGE_GATE:
            return False  # that all tests passed does not mend it
        until = _first_after(self._commands, sighting.line, self._end + 1)
        last = max(sighting.line, sighting.covers[1])
        good = _last_between(self._passed, last, until)
        bad = _last_between(self._failed, last, until)
        retried = _first_after(self._retries, sighting.line, 0)
        again = 0 < retried <= last + RETRIED and retried + GOES_ON < self._end
        return good > bad or again


def _stop(ends: Sequence[Mark], steps: Sequence[Mark], marks: Sequence[Mark], log: Log) -> int:
    """Return where the run failed; 0 when nobody says so.

    That is the first failure, unless steps followed upon it that only run when all before went well: then
    it was allowed to fail. When a run was cancelled only what tidies up follows.
    """
    stop = ends[0].line if ends else 0
    if not stop or not ends[0].text.startswith("##[error]") or _CANCELLED.search(ends[0].text):
        return stop
    echoed, at = _echoed(marks), 0
    last, counts, built = (
        None,
        False,
        False,
    )  # the step before an end, and whether one before it builds something
    for end in ends[1:]:
        while at < len(steps) and steps[at].line < end.line:
            if steps[at].line > stop:
                built = built or (last is not None and _builds(last, echoed, log))
                last = steps[at]
                counts = not _CLEANING.match(last.text) and _checks(last, echoed, log)
            at += 1
        if counts or built:
            stop = end.line
            last, counts, built = None, False, False
    return stop


def allowed(end: Mark, marks: Sequence[Mark], log: Log) -> bool:
    """Whether the last step that failed was allowed to: steps followed that only run when all went well."""
    if not end.text.startswith("##[error]Process completed"):
        return False
    tidied = next((m.line for m in marks if m.sign is Sign.CLEAN_UP and m.line > end.line), 0)
    steps = [m for m in marks if m.sign is Sign.COMMAND and end.line < m.line < tidied and _shown(m)]
    echoed = _echoed(marks)
    return sum(not _CLEANING.match(step.text) and _checks(step, echoed, log) for step in steps) >= PROVING


def _shown(mark: Mark) -> bool:
    return mark.text.startswith("##[group]")


def _echoed(marks: Sequence[Mark]) -> list[int]:
    """Return the lines behind which what scripts print begins: above them the host shows the scripts."""
    return [mark.line for mark in marks if mark.sign is Sign.ECHO_END]


def _checks(step: Mark, echoed: Sequence[int], log: Log) -> bool:
    """Whether a step installs, builds or tests something, by its first line or by a command of its script."""
    lines = (step.text, *_commands(step, echoed, log))
    return any(purpose(line) not in (None, Category.NETWORK) for line in lines if not _ECHO.match(line))


def _builds(step: Mark, echoed: Sequence[int], log: Log) -> bool:
    """Whether a step runs something that installs, builds or tests: no action, which may only report."""
    ran = step.text.removeprefix("##[group]Run ")
    return bool(_COMMAND.match(ran) or _commands(step, echoed, log))


def _commands(step: Mark, echoed: Sequence[int], log: Log) -> list[str]:
    """Return the commands of a step's script that install, build or test something."""
    until = _first_after(echoed, step.line, 0)
    script = (log[number] for number in range(step.line + 1, min(until, step.line + LONGEST)))
    return [line for line in script if _COMMAND.match(line)]


def _graded(line: str) -> str | None:
    """Return whether a line calls itself grave or mild, as linters do behind the place; None if neither."""
    found = _GRADE.search(line[:_GRADED])
    return found.lastgroup if found else None


def _last_of(commands: Sequence[Mark], stop: int) -> int:
    """Return the last command before the end that may have failed: none that only cleaned up."""
    before = [mark for mark in commands if mark.line < stop][-CLEANING:]
    for mark in reversed(before):
        if not _CLEANING.match(mark.text):
            return mark.line
    return before[-1].line if before else 0


def _chained(sightings: Sequence[Sighting], near: Callable[[Sighting], bool]) -> set[tuple[str, int]]:
    """Return the sightings that are fatal, or that another one of their rule follows upon which is."""
    fatal: set[tuple[str, int]] = set()
    following: dict[str, int] = {}
    for one in sorted(sightings, key=lambda one: -one.line):
        after = following.get(one.rule, 0)
        chained = (one.rule, after) in fatal and after - one.line <= NEAR_BELOW
        if chained or near(one):
            fatal.add((one.rule, one.line))
        following[one.rule] = one.line
    return fatal


def _lists(sightings: Sequence[Sighting]) -> dict[tuple[str, int], int]:
    """Return the last line of the list that each is of: findings of one rule, one soon after the other."""
    last: dict[tuple[str, int], int] = {}
    following: dict[str, int] = {}
    for one in sorted(sightings, key=lambda one: -one.line):
        after = following.get(one.rule, 0)
        listed = 0 <= after - one.line <= APART
        last[one.rule, one.line] = last[one.rule, after] if listed else one.line
        following[one.rule] = one.line
    return last


def _last_before(lines: Sequence[int], line: int) -> int:
    at = bisect.bisect_left(lines, line)
    return lines[at - 1] if at else 0


def _first_after(lines: Sequence[int], line: int, default: int) -> int:
    at = bisect.bisect_right(lines, line)
    return lines[at] if at < len(lines) else default


def _last_between(lines: Sequence[int], first: int, until: int) -> int:
    found = _last_before(lines, until)
    return found if found > first else 0
