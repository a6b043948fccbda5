"""Log lines: what the server says of itself, one JSON object a line."""

from __future__ import annotations

import contextlib
import json
import sys
import time

__all__ = ["log_line", "tell"]


def log_line(level: str, what: str, **facts: object) -> str:
    """Return a line of our own log: JSON in ASCII, so that nothing in it can steer or forge anything."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"at": stamp, "level": level, "what": what, **facts}, default=str)


def tell(level: str, what: str, **facts: object) -> None:
    """Write a line of our own log. A log that takes nothing any more ends no work and changes no answer."""
    with contextlib.suppress(OSError, ValueError):
        print(log_line(level, what, **facts), file=sys.stderr, flush=True)
