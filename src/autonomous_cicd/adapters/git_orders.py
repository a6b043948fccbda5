"""Orders for `git fast-import`, which makes commits without a working tree."""

from __future__ import annotations

import os

from autonomous_cicd.adapters.git_safely import Repository
from autonomous_cicd.domain.patch import FileChange
from autonomous_cicd.errors import Conflict

__all__ = ["US", "order", "told"]

US = "autonomous-cicd <autonomous-cicd@localhost>"
"""Who makes our commits."""


def told(text: str) -> str:
    """Return a text as data."""
    raw = os.fsencode(text)
    return f"data {len(raw)}\n{text}"


def order(repository: Repository, commit: str, change: FileChange, prefix: str = "") -> str:
    """Return the order to change a file of a commit; `prefix`: the folder that its name is relative to.

    Raises Conflict when the commit has not what the change was made for.
    """
    name = f"{prefix}/{change.name}" if prefix else change.name
    mode, text = _committed(repository, commit, name)
    before, after = change.before, change.after
    if text != before and before is not None and text == before.replace("\r\n", "\n"):
        before, after = text, after and after.replace("\r\n", "\n")  # git makes the line ends on checkout
    if text != before:
        raise Conflict(f"{change.name} is not committed as the change was made for")
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if after is None:
        return f"D {quoted}"
    if change.executable != change.was_executable or not mode:
        mode = "100755" if change.executable else "100644"
    return f"M {mode} inline {quoted}\n{told(after)}"


def _committed(repository: Repository, commit: str, name: str) -> tuple[str, str | None]:
    """Return mode and text of a file of a commit; nothing when there is none, or it is no text."""
    words = ("ls-tree", "-z", "--full-tree", "--end-of-options", commit, "--", name)
    for record in repository.ask("--literal-pathspecs", *words):
        meta, _, found = record.partition("\t")
        mode, kind, id = meta.split(" ")
        if found == name and kind == "blob" and mode in ("100644", "100755"):
            return mode, "\0".join(repository.ask("cat-file", "blob", id))
    return "", None
