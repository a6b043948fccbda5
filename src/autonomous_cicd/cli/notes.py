"""What a person should know of the settings: what was narrowed, and what means nothing."""

from __future__ import annotations

import sys

from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.settings.load import Settings

__all__ = ["say_notes"]


def say_notes(settings: Settings) -> None:
    """Print the notes where they do not mix with the output."""
    for note in settings.notes:
        print(f"note: {printable_line(note, 500)}", file=sys.stderr)
