"""Request: what somebody asks to be planned or run."""

from __future__ import annotations

from pathlib import Path

from autonomous_cicd.values import dataclass

__all__ = ["Request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks to be planned or run."""

    path: Path
    source: str = ""
    """Where the pipeline is taken from; empty: as the settings say."""
    workflow: str = ""
    event: str = ""
    """What the workflow answers; empty, or one that it does not answer: what checks a change."""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    jobs: int = 0
    """Exactly so many tasks at once; 0: as the settings and the machine allow."""
