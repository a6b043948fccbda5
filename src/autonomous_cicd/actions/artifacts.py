"""actions/upload-artifact and download-artifact: files that the jobs of a run hand to each other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from autonomous_cicd.domain.wording import plural
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action

__all__ = ["DownloadArtifact", "UploadArtifact"]


@action
class UploadArtifact:
    """Keeps files of a job for the others."""

    names = ("actions/upload-artifact",)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Copy the files that the path names, below their common folder."""
        inputs, site = call.inputs, call.site
        paths = inputs.get("path", "")
        name = inputs.get("name", "").strip() or "artifact"
        if not paths.strip():
            return ActionOutcome(passed=False, reason="Input required and not supplied: path")
        hidden = inputs.get("include-hidden-files", "").lower() == "true"
        files = await asyncio.to_thread(site.matching, paths, hidden=hidden)
        if not files:
            return _nothing(inputs.get("if-no-files-found", "warn").strip().lower(), paths, site)
        root = _root(files, site.starts(paths))
        merging = _version(call.uses) < 4 or inputs.get("overwrite", "").lower() == "true"
        inner = {str(file.relative_to(root)): file for file in files}
        await asyncio.to_thread(site.upload, name, inner, replace=merging)
        site.say(f"Artifact {name} has been successfully uploaded: {plural(len(files), 'file')}")
        return ActionOutcome(outputs={"artifact-id": "1", "artifact-url": "", "artifact-digest": ""})


def _nothing(what: str, paths: str, site: JobSite) -> ActionOutcome:
    message = f"No files were found with the provided path: {' '.join(paths.split())}."
    if what == "error":
        return ActionOutcome(passed=False, reason=message)
    if what != "ignore":
        site.say(f"Warning: {message} No artifacts will be uploaded.")
    return ActionOutcome()


def _root(files: Sequence[Path], starts: Sequence[Path]) -> Path:
    """Return the folder that names in the artifact are relative to, as the action chooses it."""
    if len(files) == 1 and len(starts) == 1 and files[0] == starts[0]:
        return files[0].parent
    if len(starts) == 1:
        return starts[0]
    parts: list[str] = []
    for same in zip(*(start.parts for start in starts), strict=False):
        if len(set(same)) > 1:
            break
        parts.append(same[0])
    root = Path(*parts)
    return root.parent if root in files else root


def _version(uses: str) -> int:
    """Return the major version of an action; a commit counts as new."""
    digits = uses.partition("@")[2].removeprefix("v").split(".")[0]
    return int(digits) if digits.isdigit() and len(digits) < 3 else 99


@action
class DownloadArtifact:
    """Brings files of other jobs."""

    names = ("actions/download-artifact",)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Copy the artifacts that are named, each into a folder of its own unless only one is."""
        inputs, site = call.inputs, call.site
        if inputs.get("run-id", "").strip() or inputs.get("repository", "").strip():
            return ActionOutcome(skipped="downloads an artifact of another run")
        name, pattern = inputs.get("name", "").strip(), inputs.get("pattern", "").strip()
        to = site.inside(inputs.get("path", "").strip() or ".")
        known = _known(site.artifacts)
        if name:
            if name not in known:
                return ActionOutcome(
                    not_checked=f"the artifact {name!r} was not made by a job of this run here"
                )
            chosen, merged = [name], True
        else:
            chosen = [one for one in known if not pattern or fnmatchcase(one, pattern)]
            merged = inputs.get("merge-multiple", "").lower() == "true"
            merged = merged or (len(chosen) == 1 and bool(inputs.get("artifact-ids")))
        for one in chosen:
            target = to if merged else to / one
            made = await site.execute("mkdir", "-p", "--", str(target))
            done = await site.execute("cp", "-R", "--", f"{site.artifacts / one}/.", str(target))
            if made.exit_code or done.exit_code:
                return ActionOutcome(passed=False, reason=f"the artifact {one!r} could not be copied")
        site.say(f"{plural(len(chosen), 'artifact')} downloaded to {to}")
        return ActionOutcome(outputs={"download-path": str(to)})


def _known(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir())
