"""Text that a project wrote, made safe to show on a terminal."""

from __future__ import annotations

import re

__all__ = ["printable", "printable_line"]

_UNSAFE = re.compile(
    # Control sequences: colours, cursor movements, modes.
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"
    # Control strings (titles, links, the clipboard) end at their terminator. An open one loses only its
    # introducer: what follows is shown, because hiding the rest of a log would be an attack of its own.
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f\n]*+(?:\x07|\x1b\\|\x9c)"
    # Other escape sequences.
    r"|\x1b[ -/]*+[0-~]"
    # Control characters; marks that turn the direction of writing; invisible tags; half characters.
    r"|[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\u2028\u2029]")
_SPACES = re.compile(r"\s+")


def printable(text: str) -> str:
    """Return the text without anything that could steer a terminal or deceive its reader.

    Removed are escape sequences with what they carry, control characters, and marks that turn the
    direction of writing. Line feeds and tabs stay; a carriage return becomes a line feed, so that no line
    can write over another.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("", _BREAKS.sub("\n", text))


def printable_line(text: str, limit: int = 0) -> str:
    """Return printable text on one line, cut to `limit` characters (0: as long as it is)."""
    line = _SPACES.sub(" ", printable(text)).strip()
    return f"{line[: limit - 1]}…" if 0 < limit < len(line) else line
