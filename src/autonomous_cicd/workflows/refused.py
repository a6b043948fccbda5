"""What the code host would refuse of a workflow file that reads well."""

from __future__ import annotations

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.workflow_refusals import Refusal, refusals
from autonomous_cicd.errors import DocumentError

__all__ = ["complaints", "refused"]

_HINTS = {
    "action": "use a version that is still served",
    "runner": "name an image that is still offered",
    "command": 'append to the file that the variable names: `echo "name=value" >> "$GITHUB_OUTPUT"`',
    "version": "name a version that exists, in quotes",
    "permission": "grant it below `permissions:`",
}


def refused(text: str) -> tuple[Refusal, ...]:
    """Return what the host refuses of a file. Raises DocumentError when it is not YAML."""
    document = read_yaml(text)
    return refusals(document.value, document.line)


def complaints(text: str, *, path: str) -> tuple[DocumentError, ...]:
    """Return what the host refuses of a file, with file, line and the next step. Raises DocumentError."""
    return tuple(
        DocumentError(one.message, file=path, line=one.line, hint=_HINTS[one.kind]) for one in refused(text)
    )
