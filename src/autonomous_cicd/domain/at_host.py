"""AtHost: where at the code host an incident was seen, and what of ours stands there because of it."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = ["BRANCHES", "LABEL", "AtHost", "Mark", "branch_of", "fingerprint_of", "mark", "marked"]

BRANCHES = "autonomous-cicd/"
"""How the names of our branches begin; no other is ever written to."""
LABEL = "autonomous-cicd"
"""What our issues and pull requests are labelled with."""
_BRANCH = re.compile(re.escape(BRANCHES) + r"(?P<fingerprint>[0-9a-f]{8,64})(?:-[0-9a-f]{8})?")
_MARK = re.compile(r"<!-- autonomous-cicd:(?P<kind>[a-z]+):(?P<key>[0-9A-Za-z._/:-]{1,200}) -->")


class Mark(StrEnum):
    """What a text of ours at the host is about, hidden in it."""

    FIX = "fix"
    """A pull request; its key is the fingerprint of the cause."""
    CAUSE = "cause"
    """An issue; its key is the fingerprint of the cause."""
    SAID = "said"
    """A comment; its key is that of the intent to write it."""
    REPORT = "report"
    """A report that is written anew; its key is the kind of report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHost:
    """Where at the code host an incident was seen, and what of ours stands there because of it."""

    repository: str
    """As owner/name."""
    run: int
    attempt: int = 1
    workflow: str = ""
    """Path of the workflow file."""
    job: str = ""
    """Name of the job, as the host shows it."""
    branch: str = ""
    """The branch that is red: a fix goes there."""
    trusted: bool = False
    """Whether the code is from somebody who may write to the repository."""
    seen: int = 1
    """In how many runs it was seen."""
    pull_request: int = 0
    """Number of ours; 0 without one."""
    proposed: str = ""
    """Commit that our pull request proposes."""
    issue: int = 0
    """Number of ours; 0 without one."""
    checked: str = ""
    """What the host's own checks say of our commit: "" (nothing yet), `green` or `red`."""
    gone: int = 0
    """The run in which the cause was gone; 0 as long as none was."""
    refused: tuple[str, ...] = ()
    """Ids of the patches that were green here and red there."""


def branch_of(fingerprint: str, base: str = "") -> str:
    """Return the name of the branch for a cause: always the same.

    `base`: a second branch with that cause. What heals the one must not bring its commits to the other.
    """
    other = f"-{hashlib.sha256(base.encode()).hexdigest()[:8]}" if base else ""
    return f"{BRANCHES}{fingerprint}{other}"


def fingerprint_of(branch: str) -> str:
    """Return for which cause a branch of ours was made; "" when it is none of ours."""
    found = _BRANCH.fullmatch(branch)
    return found["fingerprint"] if found else ""


def mark(kind: Mark, key: str) -> str:
    """Return the line that hides in a text of ours what it is about."""
    return f"<!-- autonomous-cicd:{kind.value}:{key} -->"


def marked(text: str, kind: Mark) -> str:
    """Return the key that a text of ours ends with; "" when it has none of that kind.

    Only the last line counts: what stands above it may quote strangers.
    """
    found = _MARK.fullmatch(text.rstrip().rpartition("\n")[2])
    return found["key"] if found and found["kind"] == kind.value else ""
