"""pre-commit/action: the project's hooks, when they can be fetched here."""

from __future__ import annotations

import shlex

from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action

__all__ = ["PreCommit"]

CONFIG = ".pre-commit-config.yaml"
PATIENCE = 300.0
"""Seconds for fetching the hooks."""


@action
class PreCommit:
    """Runs the hooks of pre-commit over all files."""

    names = ("pre-commit/action", "tox-dev/action-pre-commit-uv")

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Fetch the hooks and run them."""
        inputs, site = call.inputs, call.site
        if not (site.workspace / CONFIG).is_file():
            return ActionOutcome(passed=False, reason=f"{CONFIG} is not a file")
        program = await _program(site)
        if not program:
            return ActionOutcome(skipped="pre-commit could not be installed here")
        quiet = {"GIT_TERMINAL_PROMPT": "0"}
        fetched = await site.execute(*program, "install-hooks", env=quiet, seconds=PATIENCE)
        if fetched.exit_code:
            return ActionOutcome(skipped="its hooks could not be fetched here")
        extra = shlex.split(inputs.get("extra_args", "--all-files") or "--all-files")
        always = ("--show-diff-on-failure", "--color=always")
        done = await site.execute(*program, "run", *always, *extra)
        reason = f"pre-commit: exit code {done.exit_code}" if done.exit_code else ""
        return ActionOutcome(passed=not reason, reason=reason, exit_code=done.exit_code, checked=True)


async def _program(site: JobSite) -> tuple[str, ...]:
    """Return how pre-commit is called: the job's own, else the machine's, else one that is installed now."""
    for way in (("pre-commit",), ("python", "-m", "pre_commit")):
        if await site.ask(*way, "--version"):
            return way
    done = await site.execute("python", "-m", "pip", "install", "--quiet", "pre-commit")
    return () if done.exit_code else ("python", "-m", "pre_commit")
