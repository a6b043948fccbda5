"""The few lines of a log that matter."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence

from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.domain.text import printable

__all__ = ["excerpt"]

MOST = 15
WIDEST = 300
WINDOW = 4000
"""Lines at the end that are looked at; earlier ones only when they name an error."""
EARLIER = 200

ERROR = re.compile(
    r"\b(?:errors?|fail(?:ed|ures?|s)?|fatal|panic(?:ked)?|exception|abort(?:ed)?|denied|killed|undefined"
    r"|cannot|can't|unable|missing|refused|conflict(?:s|ing)?|not found)\b|No such file"
    r"|\w(?:Error|Exception)\b"
    r"|^(?:E\s{3}|not ok|FAIL|✕|✗|✘|●)|Assert",
    re.IGNORECASE,
)
HARMLESS = re.compile(
    r"^(?:SKIPPED|XFAIL|XPASS|PASSED)\b|^=+ FAILURES =+$|Warning: |^\s*(?:\[WARN\]|WARN\b|npm warn\b)"
    r"|\b(?:0|no) (?:errors?|fail(?:ed|ures?))\b|--[\w-]*(?:error|fail)|continue-on-error",
    re.IGNORECASE,
)
FINAL = re.compile(
    r"^(?:E\s{3}|FAILED |ERROR |error(?:\[\w+\])?:|npm ERR!|\[?ERR_|not ok|FAIL\b|fatal:|::error"
    r"|=+ .*\b(?:failed|error))"
    r"|^\s*[\w.]+(?:Error|Exception)\b[:\s]|: error[: ]"
)


def excerpt(lines: Iterable[str], most: int = MOST) -> tuple[str, ...]:
    """Return the lines of a failed task's log that say why, in their order and fit to be shown.

    Lines that name an error come first, then their surroundings; where none does, the last lines of all.
    """
    found = _window(lines)
    kept = [_cut(line) for line in found]
    if len(kept) <= most:
        return _without_secrets(found)
    chosen: set[int] = set()
    final, error = list(_matching(kept, FINAL)), list(_matching(kept, ERROR))
    others = _around(kept, final) if final or error else _all(kept)
    for candidates in (_last(kept), final, error, others):
        seen = {kept[number] for number in chosen}
        for number in candidates:
            if len(chosen) >= most:
                break
            if kept[number] not in seen:
                seen.add(kept[number])
                chosen.add(number)
    return _without_secrets([found[number] for number in sorted(chosen)])


def _without_secrets(lines: Sequence[str]) -> tuple[str, ...]:
    """Return lines as they are shown; they are shortened last, because half a secret is not recognised."""
    redactor = Redactor()
    return tuple(_cut(redactor.redact(line)) for line in lines)


def _window(lines: Iterable[str]) -> Sequence[str]:
    """Return the end of the log, and before it what names an error; blank lines are left out."""
    end: deque[str] = deque(maxlen=WINDOW)
    earlier: list[str] = []
    for line in lines:
        if not line or line.isspace():
            continue
        if len(end) == WINDOW and len(earlier) < EARLIER and FINAL.search(end[0][:WIDEST]):
            earlier.append(end[0])
        end.append(line)
    shown = (_shown(line) for line in (*earlier, *end))
    return [line for line in shown if line]


def _shown(line: str) -> str:
    """Return a line without what a terminal would obey; of one that overwrote itself only the last state."""
    states = [state for state in line[: 20 * WIDEST].split("\r") if state and not state.isspace()]
    return printable(states[-1] if states else "").replace("\n", " ").expandtabs(4).rstrip()


def _cut(text: str) -> str:
    return f"{text[: WIDEST - 1]}…" if len(text) > WIDEST else text


def _last(lines: Sequence[str]) -> Iterable[int]:
    return range(len(lines) - 1, max(len(lines) - 3, -1), -1)


def _matching(lines: Sequence[str], pattern: re.Pattern[str]) -> Iterable[int]:
    """Return the lines that match, the latest first, at most the first and last few."""
    found = [
        number for number, line in enumerate(lines) if pattern.search(line) and not HARMLESS.search(line)
    ]
    return [*found[:2], *reversed(found[2:])]


def _around(lines: Sequence[str], found: Sequence[int]) -> Iterable[int]:
    """Return the neighbours of the lines that were found, the latest first."""
    for number in reversed(found):
        yield from (near for near in (number - 1, number + 1) if 0 <= near < len(lines))


def _all(lines: Sequence[str]) -> Iterable[int]:
    return range(len(lines) - 1, -1, -1)
