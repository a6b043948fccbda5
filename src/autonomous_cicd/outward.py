"""Ports that change the world. Only `services.deliver` may use them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.ports import Checkout

__all__ = ["WorkingCopies"]


class WorkingCopies(Protocol):
    """Leaves a change with a person's checkout. Raises Conflict when it does not fit there."""

    def branch(self, checkout: Checkout, patch: Patch, name: str, message: str) -> str:
        """Make a branch with one commit on top of HEAD; index and working tree are not touched.

        Return its name. One of that name is replaced, it was made for the same cause, unless it is checked
        out or has commits of others: then the new one gets a number.
        """
        ...

    def apply(self, checkout: Checkout, patch: Patch) -> None:
        """Change the working tree, all of it or nothing; files with uncommitted changes are a Conflict."""
        ...

    def file(self, name: str, text: str) -> Path:
        """Write a file among our own, and return where."""
        ...
