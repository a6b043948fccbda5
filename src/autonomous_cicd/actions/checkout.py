"""actions/checkout: a private copy of the project, uncommitted work included."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action

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
        await site.checkout(to)
        sparse = inputs.get("sparse-checkout", "").split("\n")
        cone = inputs.get("sparse-checkout-cone-mode", "true").strip().lower() != "false"
        if any(map(str.strip, sparse)) and not await _narrow(site, to, sparse, cone=cone):
            notes.append("the whole project is checked out, not only a part of it")
        commit = github["sha"]
        return ActionOutcome(outputs={"commit": commit, "ref": ref or github["ref"]}, notes=tuple(notes))


async def _narrow(site: JobSite, to: Path, patterns: Iterable[str], *, cone: bool) -> bool:
    """Take away what a sparse checkout would not have; False when git cannot do that."""
    wanted = [pattern.strip() for pattern in patterns if pattern.strip()]
    mode = "--cone" if cone else "--no-cone"
    done = await site.execute("git", "sparse-checkout", "set", mode, "--end-of-options", *wanted, cwd=to)
    return done.exit_code == 0


def _same(ref: str, github: dict[str, str]) -> bool:
    """Whether a ref means the commit that is checked out here."""
    return ref in (
        github["sha"],
        github["ref"],
        github["ref_name"],
        f"refs/heads/{github['ref_name']}",
        "HEAD",
    )
