"""What the name of a workflow file tells about it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

__all__ = ["is_main"]

_MAIN = re.compile(
    r"(?:ci|tests?|main|build|checks?|python-package|python-app|node\.js|pull.?request)\.ya?ml", re.IGNORECASE
)


def is_main(path: str) -> bool:
    """Say whether a file has a name under which most projects check themselves."""
    return bool(_MAIN.fullmatch(PurePosixPath(path).name))
