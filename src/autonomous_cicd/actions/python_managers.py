"""Set-up actions of Poetry, PDM and Hatch: the manager in an environment of its own, on the PATH."""

from __future__ import annotations

import re

from autonomous_cicd.domain.version import choose
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action
from autonomous_cicd.values import dataclass

__all__ = ["PythonManagers"]


@dataclass(frozen=True, slots=True)
class Manager:
    """A manager, and the input that names its version."""

    name: str
    version: str = "version"


MANAGERS = {
    "snok/install-poetry": Manager("poetry"),
    "abatilo/actions-poetry": Manager("poetry", "poetry-version"),
    "gr1n/setup-poetry": Manager("poetry", "poetry-version"),
    "pdm-project/setup-pdm": Manager("pdm"),
    "pypa/hatch": Manager("hatch"),
}
CONFIGURED = ("virtualenvs-create", "virtualenvs-in-project", "virtualenvs-path", "installer-parallel")
"""Inputs that snok/install-poetry hands to `poetry config`."""


@action
class PythonManagers:
    """Installs the manager that is asked for."""

    names = tuple(MANAGERS)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Choose the Python where the action does, install the manager, put it on the PATH."""
        inputs, site = call.inputs, call.site
        manager = MANAGERS["/".join(call.uses.partition("@")[0].lower().split("/")[:2])]
        spec = inputs.get("python-version", "").strip()
        if spec:
            choice = choose(spec, site.machine.interpreters)
            if choice is None:
                return ActionOutcome(not_checked=f"Python {spec} is not installed here; install it")
            site.add_path(await site.python(choice.interpreter) / "bin")
        await site.pythons()
        version = inputs.get(manager.version, "").strip()
        exact = re.fullmatch(r"v?(\d+(?:\.\w+)*)", version)
        if not await _install(manager.name, f"=={exact[1]}" if exact else "", site):
            return ActionOutcome(not_checked=f"{manager.name} {version} could not be installed here".strip())
        for name in CONFIGURED:
            if value := inputs.get(name, "").strip():
                section, _, key = name.partition("-")
                await site.execute(manager.name, "config", f"{section}.{key}", value)
        return ActionOutcome()


async def _install(name: str, version: str, site: JobSite) -> bool:
    """Install a manager so that it sees nothing of the project's environment, nor the project of it."""
    folder = site.own(site.tools / name)
    pip = (str(folder / "venv/bin/python"), "-m", "pip", "install", "--quiet", f"{name}{version}")
    for argv in (("python", "-m", "venv", str(folder / "venv")), pip):
        if (await site.execute(*argv)).exit_code:
            return False
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / name).symlink_to(folder / "venv/bin" / name)
    site.add_path(folder / "bin")
    return True
