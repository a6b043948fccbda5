"""Event: something that the code host told us, reduced to what matters."""

from __future__ import annotations

from autonomous_cicd.values import dataclass

__all__ = ["KNOWN", "Event"]

KNOWN = frozenset(
    {
        "check_run",
        "check_suite",
        "installation",
        "installation_repositories",
        "issue_comment",
        "issues",
        "ping",
        "pull_request",
        "push",
        "workflow_job",
        "workflow_run",
    }
)
"""Events whose content is kept; of all others only that they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that the code host told us. Its texts are those of strangers."""

    name: str
    """As the host calls it: `workflow_run`."""
    action: str = ""
    repository: str = ""
    """As owner/name; "" for what concerns none."""
    sender: str = ""
    """Login of the account that caused it."""
    run: int = 0
    attempt: int = 0
    job: int = 0
    number: int = 0
    """Of the issue or pull request."""
    comment: int = 0
    commit: str = ""
    branch: str = ""
    head_repository: str = ""
    """Where the commit comes from, as owner/name; "" when it is not told."""
    workflow: str = ""
    """Path of the workflow file."""
    status: str = ""
    conclusion: str = ""
    title: str = ""
    text: str = ""
    """Of the comment, issue or pull request."""
    labels: tuple[str, ...] = ()
    """Of the issue or pull request."""
    merged: bool = False
    installation: int = 0
