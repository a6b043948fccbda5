"""Biome: what its linter finds, and whether it is an error or only a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["Biome"]

_HEADING = re.compile(
    r"(?P<file>[\w./@()\[\]-]+):(?P<line>\d{1,7}):\d+ (?P<rule>(?:lint|assist|suppressions)/[\w/-]+)"
)
_SAYS = re.compile(r"^\s*(?P<sign>[!\u00d7✖xi⚠\u2139]) (?P<what>\S.*)")
_MILD = "!i⚠\u2139"


@parser
class Biome:
    """Understands the heading of one finding, and what stands below it."""

    name = "biome"
    cues = (" lint/", " assist/", " suppressions/")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the finding; a warning is believed where nothing else is found."""
        heading = _HEADING.search(log[number])
        if heading is None:
            return
        below = next(
            ((other, found) for other, line in log.after(number, 4) if (found := _SAYS.match(line))), None
        )
        mild = below is not None and below[1]["sign"] in _MILD
        said = f": {below[1]['what']}" if below else ""
        yield told(
            self.name,
            Category.LINT,
            0.45 if mild else 0.82,
            number,
            f"{heading['rule']} in {heading['file']}{said}",
            evidence=(below[0],) if below else (),
            place=Place(file=heading["file"], line=int(heading["line"])),
        )
