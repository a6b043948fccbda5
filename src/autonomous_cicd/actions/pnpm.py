"""pnpm/action-setup: the machine's pnpm, or one that npm fetches into the job's own folder."""

from __future__ import annotations

import json
import re

from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action

__all__ = ["SetupPnpm"]

VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]{0,40}|latest|next")


@action
class SetupPnpm:
    """Puts pnpm on the PATH."""

    names = ("pnpm/action-setup", "pnpm/setup")

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Take the machine's pnpm when its version suits, else install it with npm."""
        inputs, site = call.inputs, call.site
        wanted = inputs.get("version", "").strip() or _declared(inputs.get("package_json_file", ""), site)
        if not wanted:
            return ActionOutcome(passed=False, reason="No pnpm version is specified.")
        if not VERSION.fullmatch(wanted):
            return ActionOutcome(passed=False, reason=f"{wanted!r} is no version of pnpm")
        have = (await site.ask("pnpm", "--version")).strip() if "pnpm" in site.machine.programs else ""
        if not (have == wanted or have.startswith(f"{wanted}.") or (have and not wanted[0].isdigit())):
            folder = site.tools / "pnpm"
            done = await site.execute("npm", "install", "--global", f"--prefix={folder}", f"pnpm@{wanted}")
            if done.exit_code:
                return ActionOutcome(not_checked=f"pnpm {wanted} could not be installed here with npm")
            site.add_path(folder / "bin")
        home = site.home / "setup-pnpm"
        site.set_env("PNPM_HOME", str(home / "node_modules/.bin"))
        site.add_path(home / "node_modules/.bin")
        if inputs.get("run_install", "").strip() not in ("", "false", "null"):
            done = await site.execute("pnpm", "install")
            if done.exit_code:
                return ActionOutcome(passed=False, reason="pnpm install failed", exit_code=done.exit_code)
        return ActionOutcome(outputs={"dest": str(home), "bin_dest": str(home / "node_modules/.bin")})


def _declared(file: str, site: JobSite) -> str:
    """Return the version that `packageManager` of package.json names."""
    try:
        data = json.loads(site.read(file.strip() or "package.json"))
    except ValueError:
        return ""
    declared = data.get("packageManager", "") if isinstance(data, dict) else ""
    name, _, version = str(declared).partition("@")
    return version.split("+")[0] if name == "pnpm" else ""
