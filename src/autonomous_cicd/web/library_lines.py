"""Library lines: what the libraries below us log, said as our own log says things."""

from __future__ import annotations

import logging
import traceback

from autonomous_cicd.web.log_lines import tell

__all__ = ["LibraryLines", "take_over"]

LONGEST = 500
"""Characters of what an exception says: strangers may have a word in it."""
CALLS = 8
"""Innermost calls that are named of those that led to an exception."""
_DROPPED = frozenset(
    {
        # Whoever reaches the port makes these, without limit, and each is answered.
        "Invalid HTTP request received.",
        "Unsupported upgrade request.",
        # uvicorn takes every socket that is refused with an answer for one that was forgotten.
        "ASGI callable returned without completing handshake.",
    }
)


class LibraryLines(logging.Handler):
    """Writes each record as one line of our log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, unless strangers could fill the log with it."""
        try:
            said = record.getMessage().strip()
        except (TypeError, ValueError):
            said = str(record.msg)  # it does not go with its own arguments
        if said not in _DROPPED:
            error = record.exc_info[1] if record.exc_info else None
            tell(record.levelname.lower(), said, logger=record.name, **(_told(error) if error else {}))


def take_over() -> None:
    """Have the libraries speak as we do, from now on; once is enough for a process.

    `uvicorn.access` is left alone: with somebody who listens, uvicorn would make a line of each request.
    """
    for name in ("uvicorn", "websockets", "asyncio"):
        logger = logging.getLogger(name)
        if not any(isinstance(one, LibraryLines) for one in logger.handlers):
            logger.addHandler(LibraryLines(logging.WARNING))


def _told(error: BaseException) -> dict[str, object]:
    """Return what an exception is, and where it came from, the innermost call first."""
    calls = [f"{one.name} ({one.filename}:{one.lineno})" for one in traceback.extract_tb(error.__traceback__)]
    return {"error": f"{type(error).__name__}: {error}"[:LONGEST], "calls": calls[: -CALLS - 1 : -1]}
