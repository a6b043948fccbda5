"""Release: one published version of a package."""

from __future__ import annotations

from autonomous_cicd.values import dataclass

__all__ = ["Release"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published version of a package."""

    version: str
    published: float = 0.0
    """Seconds since the epoch; 0 when it is not known."""
    requires_python: str = ""
    yanked: bool = False
    engines: str = ""
    """The range of versions of Node that it says it runs on."""
    module: bool = False
    """Whether it can only be imported: a script that loads it with `require` breaks."""
    default: bool = False
    """Whether it is the one that the index hands out to who asks for none in particular."""
    deprecated: bool = False
    """Whether its authors advise against it."""
