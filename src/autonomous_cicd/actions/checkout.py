"""actions/checkout: a private copy of the project, uncommitted work included."""

from __future__ import annotations

from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.plugins import ActionCall, ActionOutcome, action

__all__ = ["Checkout"]


@action
class Checkout:
    """Puts the project where the action would clone it."""

    names = ("actions/checkout",)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Copy the project; what names another repository or another commit is not there to be copied."""
        inputs, site = call.inputs, call.site
        github = {name: to_text(site.github.get(name)) for name in ("repository", "sha", "ref", "ref_name")}
        repository = inputs.get("repository", "").strip()
        if repository and repository.lower() != github["repository"].lower():
            return ActionOutcome(skipped=f"checks out another repository, {repository}")
        ref = inputs.get("ref", "").strip()
        if ref and not _same(ref, github):
            return ActionOutcome(skipped=f"checks out another version, {ref}")
        to = site.inside(inputs.get("path", "").strip() or ".")
        notes = []
        if inputs.get("submodules", "").strip().lower() in ("true", "recursive"):
            notes.append("submodules are not fetched here")
        if inputs.get("sparse-checkout", "").strip():
            notes.append("the whole project is checked out, not only a part of it")
        await site.checkout(to)
        commit = github["sha"]
        return ActionOutcome(outputs={"commit": commit, "ref": ref or github["ref"]}, notes=tuple(notes))


def _same(ref: str, github: dict[str, str]) -> bool:
    """Whether a ref means the commit that is checked out here."""
    return ref in (
        github["sha"],
        github["ref"],
        github["ref_name"],
        f"refs/heads/{github['ref_name']}",
        "HEAD",
    )
