"""Checkout: a project's folder as its version control sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from autonomous_cicd.values import dataclass

__all__ = ["Checkout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A project's folder as its version control sees it."""

    root: Path
    """The folder itself; for a folder inside a repository, still that folder."""
    repository: bool
    """Whether it belongs to a git repository."""
    commit: str = ""
    """Full id of HEAD; empty without any commit."""
    branch: str = ""
    """Empty when HEAD is detached."""
    dirty: bool = False
    files: tuple[str, ...] = ()
    """Tracked files and untracked ones that are not ignored, relative, sorted, with forward slashes."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Content id of each file whose content is known to be what the index says."""
    remote: str = ""
    """Address of `origin` without credentials."""
    prefix: str = ""
    """Where `root` lies in its repository; a private copy is one of the whole repository."""
    default_branch: str = ""
    submodules: tuple[str, ...] = ()
    """Folders of other repositories inside it; they are not entered."""
    looked: int = 0
    """When it was looked at: nanoseconds since the epoch."""
