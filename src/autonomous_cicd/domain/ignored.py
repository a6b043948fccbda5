"""Ignored: commands of which the script says that their failure does not matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.kinds import purpose
from autonomous_cicd.domain.log import Log, Mark, Sign

__all__ = ["LONGEST", "ignored"]

LONGEST = 60
"""Lines of a script that are looked at."""
_TO_IGNORE = re.compile(r"\|\| ?(?:true|:|echo\b.*|exit 0)\s*(?:[;)]|$)|--exit-zero\b|--no-fail\b|; ?true$")
_ALIKE = {Category.FORMATTING: Category.LINT, Category.TYPE_CHECK: Category.LINT}
"""Kinds that programs of one kind find."""


def ignored(category: Category, log: Log, marks: Sequence[Mark], where: tuple[int, int, int]) -> bool:
    """Whether what printed a line is a command whose failure is ignored.

    `where`: the lines of the step, of the command, and the line itself. Of a step whose script is shown as
    a whole, the command that looks for what was found counts.
    """
    step, own, line = where
    if own and _TO_IGNORE.search(log[own]):
        return True
    until = next((mark.line for mark in marks if mark.sign is Sign.ECHO_END and step < mark.line < line), 0)
    if not until or not step:
        return False
    script = [log[number] for number in range(step + 1, min(until, step + LONGEST))]
    wanted = _ALIKE.get(category, category)
    fitting = [text for text in script if _kind(text) is wanted]
    return bool(fitting) and all(_TO_IGNORE.search(text) for text in fitting)


def _kind(command: str) -> Category | None:
    found = purpose(command)
    return _ALIKE.get(found, found) if found else None
