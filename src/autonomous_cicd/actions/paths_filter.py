"""dorny/paths-filter: says which parts of a project changed; here that is always the whole project."""

from __future__ import annotations

import json

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action

__all__ = ["PathsFilter"]


@action
class PathsFilter:
    """Answers that every filter matches: a run checks the whole project, whatever the last change was."""

    names = ("dorny/paths-filter", "step-security/paths-filter")

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Set the outputs of each filter."""
        inputs, site = call.inputs, call.site
        names = _filters(inputs.get("filters", ""), site)
        files = [
            line
            for line in (await site.ask("git", "-C", str(site.workspace), "ls-files")).splitlines()
            if line
        ]
        outputs: dict[str, str] = {"changes": json.dumps(names)}
        for name in names:
            outputs |= {name: "true", f"{name}_count": str(len(files))}
            if listed := _listed(files, inputs.get("list-files", "none")):
                outputs[f"{name}_files"] = listed
        site.say("every filter matches: a run here checks the whole project")
        return ActionOutcome(outputs=dict(outputs), checked=True)


def _filters(text: str, site: JobSite) -> list[str]:
    """Return the names of the filters, which stand in the input or in the file that it names."""
    text = text.strip()
    file = "" if "\n" in text or ":" in text else text
    found = read_yaml(site.read(file) if file else text, file=file or "filters").value
    return list(found) if isinstance(found, dict) else []


def _listed(files: list[str], form: str) -> str:
    """Return the list of files in the form that is asked for."""
    if form == "json":
        return json.dumps(files)
    if form == "csv":
        return ",".join(files)
    return " ".join(files) if form in ("shell", "escape") else ""
