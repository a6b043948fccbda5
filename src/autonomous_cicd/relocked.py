"""Lock files that follow a change of the requirements: made anew by their own tool, with least change."""

from __future__ import annotations

import re
from posixpath import basename, dirname

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.python_locks import compiled, making, with_header
from autonomous_cicd.domain.python_project import python_of

__all__ = ["with_locks"]

_FOLLOWS = {
    "uv.lock": ("pyproject.toml", r"\buv (?:sync|run|lock|export)\b", "uv lock"),
    "poetry.lock": ("pyproject.toml", r"\bpoetry\b", "poetry lock --no-update || poetry lock"),
    "pdm.lock": ("pyproject.toml", r"\bpdm\b", "pdm lock --update-reuse || pdm lock"),
    "Pipfile.lock": ("Pipfile", r"\bpipenv\b", "pipenv lock"),
}
"""For each lock file: what it follows, which commands use it, and what makes it."""


async def with_locks(case: Case, patch: Patch) -> Patch | None:
    """Return a patch with the lock files that the job uses made to fit; None when one cannot be made."""
    said = "\n".join([case.script, *(step.command for step in case.result.steps)])
    for lock in [name for name in case.files.names if basename(name) in _FOLLOWS]:
        manifest, used, command = _FOLLOWS[basename(lock)]
        folder = dirname(lock)
        beside = f"{folder}/{manifest}" if folder else manifest
        if beside not in patch.files or lock in patch.files or not re.search(used, said):
            continue
        if basename(lock) == "uv.lock":
            tried = await case.bench.execute("uv", "lock", patch=patch, folder=folder or ".")
        else:
            script = making(f"cd {folder or '.'} && ({command})", basename(lock), case.script)
            tried = await case.bench.instead(script, patch)
        made = Patch.of([one for one in tried.changed if one.name == lock])
        if not tried.green:
            return None
        patch = patch.then(made)
    return await _compiled(case, patch)


async def _compiled(case: Case, patch: Patch) -> Patch | None:
    """Return a patch with the requirements made anew that are compiled from what it changes."""
    for source in [name for name in patch.files if name.endswith(".in")]:
        file = f"{source[:-3]}.txt"
        if file not in case.files.names or file in patch.files:
            continue
        old = case.files.read(file)
        known = compiled(file, {file: old, source: case.files.read(source)})
        if known is None:
            continue
        tried = await case.bench.execute(*known.argv(python_of(case.log)), patch=patch)
        new = next((one.after for one in tried.changed if one.name == file), None)
        if not tried.green or new is None:
            return None
        patch = patch.then(Patch.of([changed_file(file, old, with_header(new, old))]))
    return patch
