"""Gradle: the reason of a failed build, which stands innermost in the report at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.kinds import kind
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["Gradle"]

_C = Category
_END = re.compile(
    r"\s*(?:\* (?:Try|Exception is|Get more help|Where)\b|BUILD FAILED|={5,}|\d+: Task failed"
    r"|-{5,}$|ERROR: |##\[)"
)
_REASON = re.compile(r"(?P<indent>\s*)> (?P<text>(?!Task |Run with|Get more|Configure |Learn more)\S.*)")
_TASK = re.compile(
    r"Execution failed for task '(?P<task>[^']+)'|dependencies of task '(?P<other>[^']+)'"
    r"|(?P<project>(?:evaluating|configuring) (?:root )?(?:project|settings|script) '[^']*')"
)
_CARET = re.compile(r"\s*\^ (?P<what>\S.*)")
_EMPTY = re.compile(
    r"A failure occurred while executing|Skipped due to earlier error|\(no error message\)"
    r"|java\.lang\.reflect\.InvocationTargetException$"
)
"""Reasons that say nothing."""
_SUMMARY = re.compile(
    r"Compilation (?:failed|error)|See the report|There were failing tests"
    r"|finished with non-zero exit value|Test process encountered|Could not compile "
    r"|Could not resolve (?:all |any |[\w.:-]+\.$)"
)
"""Reasons that leave to other lines what."""
_MEANINGS: tuple[tuple[Category, float, re.Pattern[str]], ...] = tuple(
    (category, confidence, re.compile(words))
    for category, confidence, words in (
        (_C.RESOURCE_MEMORY, 0.85, r"non-zero exit value 137|OutOfMemory|Not enough memory"),
        (_C.TEST_FAILURE, 0.8,
         r"There were failing tests|'Gradle Test Executor \d+' finished|Test process encountered"),
        (_C.CONFIGURATION, 0.85, r"No tests found for given includes|Test filter|No tests were executed"),
        (_C.ENVIRONMENT, 0.92,
         r"[Tt]oolchain|Cannot find a Java installation|requires (?:JVM|Java|JDK) \d|use(?:s|ing)? JVM \d"
         r"|A problem occurred starting process|class file major version|compatible with Java \d"
         r"|Could not find (?:tools\.jar|.* executable)|No such tool|is not installed"
         r"|No connected devices|No compatible devices|Unable to (?:find|locate) adb"),
        (_C.INFRASTRUCTURE, 0.85,
         r"Timeout waiting to (?:lock|connect)|Device is OFFLINE|ShellCommandUnresponsive"),
        (_C.RATE_LIMIT, 0.93, r"status code 429|Too Many Requests"),
        (_C.AUTHENTICATION, 0.9,
         r"status code 40[13]|Unauthorized|no configured signatory|password was incorrect|Failed to read key"
         r"|Username must not be null|[Cc]redentials? .*(?:missing|required|not (?:found|set|configured))"),
        (_C.NETWORK, 0.9,
         r"[Tt]imed out|Connection (?:reset|refused|closed)|Connect to \S+ .*failed|PKIX|No route to host"
         r"|Name or service not known|nodename nor servname|Temporary failure"
         r"|Remote host (?:terminated|closed)|No such host|status code 5\d\d"
         r"|Premature end|peer not authenticated|Network is unreachable"
         r"|handshake|SSL"),
        (_C.CONFIGURATION, 0.85,
         r"status code 409|Keystore file .* not found|Invalid catalog definition|No signature of method"
         r"|Unresolved reference|is read-only|unexpected token|configured incorrectly"
         r"|doesn't (?:have|specify) a configured value"
         r"|cannot be (?:set|applied|used|smaller)|already (?:exists|applied|registered)"
         r"|must be (?:set|applied)|at execution time is unsupported"
         r"|implicit dependency|is finalized"),
        (_C.DEPENDENCY_CONFLICT, 0.85, r"compile against version|requires libraries and applications that"),
        (_C.COMPILE_ERROR, 0.85,
         r"Cannot fit requested classes|cannot exceed 64K|Android resource|Missing class|annotation process"
         r"|Compilation|Could not compile"),
        (_C.LINT, 0.85,
         r"API check failed|Lint found|[Cc]heckstyle|PMD|SpotBugs|detekt|weighted issues|ktlint"),
        (_C.FORMATTING, 0.88, r"[Ff]ormat violations|not formatted"),
        (_C.DEPENDENCY_CONFLICT, 0.85,
         r"No matching variant|Cannot choose between|Duplicate class|Conflict|cannot be smaller than version"
         r"|Unable to find a matching variant"),
    )
)  # fmt: skip
"""Category, confidence, and the words of a reason that mean it."""
_TASKS: tuple[tuple[Category, re.Pattern[str]], ...] = tuple(
    (category, re.compile(words))
    for category, words in (
        (_C.LINT, r"lint|detekt|checkstyle|pmd|spotbugs|codenarc|ktlint|apiCheck|animalsniffer|licen[cs]e"),
        (_C.FORMATTING, r"spotless|verifyGoogleJavaFormat|checkFormat|ktfmtCheck"),
        (_C.COVERAGE_GATE, r"jacoco|kover"),
        (_C.COMPILE_ERROR, r"compile|ksp|kapt|dexBuilder|minify|link"),
        (_C.TEST_FAILURE, r"(?:\w*[a-z])?Test$|test|integrationTest|connected|run\w*Test"),
        (
            _C.PACKAGING_BUILD,
            r"generate|process|merge|package|bundle|assemble|transform|desugar|jar|shadow|dist",
        ),
    )
)
"""What a task is for, by the beginning of its name."""


@parser
class Gradle:
    """Understands `* What went wrong:` with its reasons within reasons."""

    name = "gradle"
    cues = ("* What went wrong", "Execution failed for task '", "A problem occurred configuring ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the innermost reason."""
        heading = "What went wrong" in log[number]
        if not heading and ("What went wrong" in log[number - 1] or " at " in log[number][:12]):
            return
        lines = _report(log, number if heading else number - 1)
        if not lines:
            return
        first, last = lines[0][0], lines[-1][0]
        line, text = _innermost(lines)
        whole = " ".join(words for _, words in lines[:2])
        task = _TASK.search(whole)
        named = (task["task"] or task["other"] or task["project"] or "") if task else ""
        category, confidence = _meaning(text, [words for other, words in lines if other != line], named)
        summary = bool(_SUMMARY.search(text))
        yield told(
            self.name,
            category,
            confidence,
            line,
            f"Gradle stops at {named}: {text}" if named else f"Gradle stops: {text}",
            evidence=(first, *(other for other in (line + 1,) if other <= last)),
            place=Place(),
            role=Role.HINT if summary else Role.CAUSE,
        )


def _report(log: Log, heading: int) -> list[tuple[int, str]]:
    """Return the lines that have text below a heading."""
    found: list[tuple[int, str]] = []
    for number, line in log.after(heading, 40):
        if _END.match(line):
            break
        if line.strip():
            found.append((number, line))
    return found


def _innermost(lines: list[tuple[int, str]]) -> tuple[int, str]:
    """Return the first reason that has no further one, and that says something."""
    reasons = [(at, found) for at, (_, line) in enumerate(lines) if (found := _REASON.match(line))]
    for place, (at, found) in enumerate(reasons):
        deeper = place + 1 < len(reasons) and len(reasons[place + 1][1]["indent"]) > len(found["indent"])
        if deeper or (_EMPTY.search(found["text"]) and at + 1 >= len(lines)):
            continue
        if _EMPTY.search(found["text"]) and place + 1 < len(reasons):
            continue
        opens = found["text"].endswith(":") or _EMPTY.search(found["text"])
        at = at + 1 if opens and _tells(lines, at + 1) else at
        number, line = lines[at]
        return number, line.strip().removeprefix("> ")
    caret = next(((number, found) for number, line in lines if (found := _CARET.match(line))), None)
    if caret:
        return caret[0], caret[1]["what"]
    at = 1 if lines[0][1].rstrip().endswith(":") and not reasons and _tells(lines, 1) else 0
    return lines[at][0], lines[at][1].strip()


def _tells(lines: list[tuple[int, str]], at: int) -> bool:
    """Whether there is such a line, and it is no part of a list of places."""
    return at < len(lines) and not lines[at][1].lstrip().startswith("- ")


def _meaning(text: str, others: list[str], task: str) -> tuple[Category, float]:
    """Return what a reason means: by its own words, or by those of its surroundings and of the task."""
    for said in (text, " ".join(others)):
        for category, confidence, words in _MEANINGS:
            if words.search(said):
                return category, confidence if said is text else confidence - 0.1
    category, clear = kind([text, *others])
    if category is not Category.UNKNOWN:
        return category, 0.75 if clear else 0.6
    name = task.rpartition(":")[2]
    return next((category for category, words in _TASKS if words.match(name)), _C.CONFIGURATION), 0.6
