"""A guess at the line that says why a run failed, when nothing that is known stands in its log."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["SAYING", "likeliest", "loud"]

SAYING = 1.5
"""Score from which on a line says something."""
MOST = 4
"""Lines that are pointed to."""
SPACE = 3
"""Lines between two that are loud, from which on the second begins something new."""
FIRST = 0.5
"""What it counts to be the first loud line of its block."""
WIDEST = 400
"""Characters of a line that are looked at."""
LATE = 0.8
"""What it counts to be the last line, instead of the first."""

_STATES = re.compile(
    r"(?:^|[\s\[(:|>])(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Failure)\b(?:\s\[\w+\])?(?::"
    r"|$)"  # what was raised
    r"|(?:^|[\s:\])])(?:error|fatal|panic|fatal error)(?:\[[\w-]+\]| [A-Z]{1,4}\d{2,5})?: ?\S"
    r"|^\s*(?:\[?(?:ERROR|FATAL|CRITICAL)\]?|Error|Fatal|E|ERR!?)[:\s]\s*\S|\berror [A-Z]{1,4}\d{2,5}\b"
    r"|^E   +\S|^##\[error\]"
    r"|^\W*(?:[\w .-]{1,40}\] |[\w.-]{1,40}: )?(?:FAIL|FAILED|FAILURE)[:\s]\s*\S|^not ok \d|\bFAILED$"
    r"|^\s*(?:\u00d7|✗|✘|✕|✖|❌|●|\u276f|\u2a2f)\s*\S"
    r"|^diff --git |^[\w./\\@+-]+\.\w{1,8}[:(]\d+(?:[:,]\d+)?\)?:?\s"
)
"""The forms in which tools state what is wrong."""
_LOUD = re.compile(
    r"(?i)(?:^|[\s\]:(\[-])(?:error|fatal|panic|exception|fail(?:ed|ure|s|ing)?|denied|abort(?:ed|ing)?)\b"
    r"|\w(?:Error|Exception)\b|[\u274c\u2717\u2716\u2718\u2715\u00d7\u2a2f\u25cf]"
)
_WORDS = re.compile(
    r"(?i)\b(?:cannot|can't|could ?n[o']t|could not|unable|invalid|missing|not found|no such|must|should"
    r"|expected|refused"
    r"|unexpected|unknown|unrecognized|undefined|required?s?|exceed(?:s|ed)?|mismatch|does not|doesn't"
    r"|did not|isn't|illegal"
    r"|too (?:many|large|long|few|old)|forbidden|unsupported|rejected|broken|timed out|violat\w+"
    r"|conflict\w*|incompatible"
    r"|not (?:allowed|supported|ready|exist|valid|met|assignable|a |in |up|equal|available|set|declared)"
    r"|no (?:\w+ ){1,3}(?:found|matching)"
    r"|is not|are not|was not|killed|expired|unauthorized|out of|already|differs?|deprecated version"
    r"|without)\b"
)
_GIVEN = re.compile(
    r"\s*> (?!Task |Run with|Get more|Configure |There (?:are|were) )\S+ \S+ \S"
    r"|\s*(?:Caused by|Reason|Cause): \S"
)
"""What is told as the reason of the line above."""
_PLACE = re.compile(r"\w\.\w{1,8}[:(]\d+|line \d+")
_MILD = re.compile(
    r"(?i)^\W*(?:\d+ )?(?:warn(?:ing)?|w|info|note|notice|debug|hint|help|tip|npm (?:warn|notice))\b[\]:!\s]"
    r"|^##\[warning\]|deprecat\w+|\bwarning\b[: ]|\b(?:INFO|DEBUG|TRACE|WARN)\b|(?-i:\bWARNING\b)|\bretry"
    r"|try(?:ing)? again|ignor(?:ed|ing)\b|skipp"
    r"|\bpass(?:ed|es|ing)?\b|\b0 (?:errors|failures|failed)|errors?: 0|no errors?\b|successful|usually"
    r"|for more|see \S+://|\boptional"
)
_SUMMARY = re.compile(
    r"(?i)exit(?:ed|s)?(?: with)?(?: non-zero)?(?: exit)? (?:code|status|value)|exited \(?\d"
    r"|process completed|job failed|returned? (?:a )?non-zero"
    r"|(?:build|job|task|command|step|script|run|compilation|tests?|recipe"
    r"|target)s? (?:[\w:'./-]+ )?(?:failed|aborted)\b|failed (?:tasks?|tests?)?:?$"
    r"|finished:|complete log|see (?:the )?above|previous errors?|errors? (?:found|occurred|generated)"
    r"|\d+ (?:errors?|problems?|failures?|failed|failing)\b"
    r"|could not compile|aborting due|build stopped|subprocess|error(?:s)?:?$|did not complete successfully"
    r"|went wrong|recipe for target|^Execution failed for task"
    r"|lifecycle|interrupted|waiting for other|actionable|^make(?:\[\d+\])?:|child process|more information"
    r"|stack ?trace|(?:full|debug) log"
    r"|fail(?:ed|ure)s?:$|errors?:$|exception\.$"
)
"""What only says that something failed, and leaves to other lines what."""
_NOTHING = re.compile(
    r"^\W*$|^@@ |^##\[error\].{0,60}(?:exit(?:ed)? (?:with )?(?:exit )?code|failed with error)|^\s*● Console"
    r"|^(?:\W*)?Commit message:|^\s*at [\w.$<>\[\] ]+[ (]|^\s+at \S+:\d+|^##\[(?:group|endgroup|warning"
    r"|section|command|debug)|^\[Pipeline\]|^script returned"
    r"|^\s*(?:File \".*\", line \d+|\d+ ?[|│]|\|\s|[|│╭╰╷╵]\s*$|[\^~]+\s*$|raise |throw |except |catch|if "
    r"|elif |else|return |def |for |with |assert\w* ?\()"
    r"|^\s*(?:echo|printf|set [-+]|export|env:|shell:|with:)\b|^\s*[\w-]+: (?:true|false|\d+|'.*'|\*\*\*)$"
    r"|^\+ |^(?:\S+ )?ERROR: (?:failed to solve: )?process \"|^std(?:err|out) \| "
    r"|: FAIL code \d|^Searching for test report files|^Also: +hudson|^ *> \[.*\d+/\d+\] [A-Z]+ .*:$"
)


def likeliest(lines: Sequence[tuple[int, str]]) -> tuple[tuple[int, ...], float]:
    """Return the numbers of up to four lines that may say why, the likeliest first, and how much it says.

    `lines` are numbered and end where the run did. What is stated as an error and says something counts
    most; what only sums up counts little. Of lines that are as good, the first of a block leads.
    """
    scored: list[tuple[float, int, float]] = []
    heard = -SPACE
    for at, (number, whole) in enumerate(lines):
        line = whole[:WIDEST]
        if _NOTHING.search(line):
            continue
        score = _score(line)
        if score >= SAYING:
            score += FIRST * (number - heard > SPACE)
            heard = number
        scored.append((score + LATE * (at + 1) / len(lines), number, score))
    if not scored:
        return (), 0.0
    ordered = sorted(scored, key=lambda one: (-one[0], one[1]))
    return tuple(number for _, number, _ in ordered[:MOST]), ordered[0][2]


def loud(line: str) -> bool:
    """Whether a line states an error, in one of the forms that tools have for it."""
    line = line[:WIDEST]
    return bool(_STATES.search(line)) and not _MILD.search(line) and not _NOTHING.search(line)


def _score(line: str) -> float:
    """Return how much a line says of what is wrong."""
    states, words = bool(_STATES.search(line)), bool(_WORDS.search(line))
    states = states or bool(_GIVEN.match(line))
    score = 1.2 * states + 0.8 * bool(_LOUD.search(line)) + 1.2 * words + 0.4 * bool(_PLACE.search(line))
    if _MILD.search(line):
        score -= 1.5
    if _SUMMARY.search(line):
        score -= 0.7 if words else 1.6
    return score - 0.5 * (len(line.strip()) < 12)
