"""Errors with a frame of source below them, as many younger compilers and linters draw it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["Pointed"]

_PLACE = re.compile(
    r"^\s*(?:┌─+|╭─+\[?|╭▸|,-\[|(?P<arrow>-->)) ?"
    r"(?P<file>[^\s:\[\]]+\.\w{1,8})(?::(?P<line>\d+))?(?::\d+)?\]?"
)
_ERROR = re.compile(r"^\s*(?:(?:error|Error|bug)(?:\[[^\]]+\])?:|[x\u00d7\u2a2f\u2716] )\s*(?P<said>\S.*)")
_WARNED = re.compile(r"^\s*(?:\u26a0|[Ww]arning|!|help|note)")
_LINT = re.compile(r"\b[a-z][\w-]{2,20}\([\w/@-]+\)|\blint/\w+|deno-lint")
_SYNTAX = re.compile(
    r"(?i)syntax|^(?:un)?expected|unterminated|missing (?:semicolon|initializer)|parse error"
)
_NAMED = re.compile(r"^\s*error\[(?P<rule>[a-z]+(?:-[a-z]+)+)\]:")
"""An error by the name of the rule that is broken, as linters tell it, and some checkers of types."""
_OTHERS = (".lock", ".toml")
"""Files of which other rules say what is wrong."""
_DATA = (".json", ".yml", ".yaml")


@parser
class Pointed:
    """Understands the corner of a frame with the place of an error in it."""

    name = "pointed"
    cues = ("┌─ ", "╭─[", "╭───[", "╭──[", "╭▸ ", ",-[", "--> ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the error that stands above a frame."""
        place = _PLACE.match(log[number])
        if place is None or place["file"].endswith(_OTHERS):
            return
        found = _above(log, number)
        if found is None:
            return
        at, said = found
        named = _NAMED.match(log[at])
        if place["arrow"] and (named is None or place["file"].endswith((".py", ".rs"))):
            return
        category = Category.COMPILE_ERROR
        if place["file"].endswith(_DATA) and not named:
            category = Category.CONFIGURATION
        elif named or _LINT.search(said):
            category = Category.LINT
        elif _SYNTAX.search(said):
            category = Category.SYNTAX_ERROR
        yield told(
            self.name,
            category,
            0.94 if named else 0.9,
            at,
            f"{place['file']} is not accepted: {said}",
            evidence=(number,),
            place=Place(file=place["file"], line=int((place["line"] or "0")[:9])),
        )


def _above(log: Log, number: int) -> tuple[int, str] | None:
    """Return the error that stands above a frame; None when it is a warning's."""
    for other, line in log.before(number, 4):
        if error := _ERROR.match(line):
            return other, error["said"]
        if _WARNED.match(line) or not line.strip():
            break
    return None
