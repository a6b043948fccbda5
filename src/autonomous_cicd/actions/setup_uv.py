"""astral-sh/setup-uv: the machine's uv, and Pythons of the job's own for it to find."""

from __future__ import annotations

from pathlib import Path

from autonomous_cicd.domain.version import choose
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action

__all__ = ["SetupUv"]


@action
class SetupUv:
    """Puts uv on the PATH."""

    names = ("astral-sh/setup-uv", "hynek/setup-cached-uv", "yezz123/setup-uv", "eifinger/setup-uv")

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Link uv, choose the Python it is to use, and activate an environment when asked to."""
        inputs, site = call.inputs, call.site
        uv = site.machine.programs.get("uv")
        if not uv:
            return ActionOutcome(not_checked="uv is not installed here; install it (`pip install uv`)")
        program = _link(Path(uv), site)
        await site.pythons()
        notes = await _version_note(inputs.get("version", "").strip(), site)
        spec = inputs.get("python-version", "").strip()
        outputs = {"uv-path": str(program), "uvx-path": str(program.with_name("uvx")), "cache-hit": ""}
        outputs["uv-version"] = (await site.ask(str(program), "--version")).removeprefix("uv ").split(" ")[0]
        if spec:
            choice = choose(spec, site.machine.interpreters)
            if choice is None:
                have = [one.version for one in site.machine.interpreters if one.language == "python"]
                there = ", ".join(have) or "none"
                remedy = f"install it, for example with `uv python install {spec}`"
                return ActionOutcome(
                    not_checked=f"Python {spec} is not installed here (there is: {there}); {remedy}"
                )
            folder = await site.python(choice.interpreter)
            site.add_path(folder / "bin")
            site.set_env("UV_PYTHON", spec)
            outputs["python-version"] = choice.interpreter.version
        if inputs.get("activate-environment", "").strip().lower() == "true":
            outputs["venv"] = await _activate(inputs.get("venv-path", ""), program, site)
        return ActionOutcome(outputs=dict(outputs), notes=notes)


def _link(uv: Path, site: JobSite) -> Path:
    """Make a folder with uv and uvx alone, and put it on the PATH."""
    folder = site.own(site.tools / "uv" / "bin")
    for name in ("uv", "uvx"):
        link, source = folder / name, uv.with_name(name)
        if source.exists() and not link.is_symlink():
            link.symlink_to(source)
    site.add_path(folder)
    return folder / "uv"


async def _version_note(wanted: str, site: JobSite) -> tuple[str, ...]:
    """Return a note when another uv is taken than the one asked for."""
    if wanted in ("", "latest"):
        return ()
    have = (await site.ask("uv", "--version")).removeprefix("uv ").split(" ")[0].strip()
    exact = wanted.replace(".", "").isdigit() and wanted != have
    return (f"uv {wanted} is asked for, {have} is used",) if exact and have else ()


async def _activate(path: str, uv: Path, site: JobSite) -> str:
    """Make a virtual environment in the workspace and activate it for the following steps."""
    folder = site.inside(path.strip() or ".venv")
    await site.execute(str(uv), "venv", "--allow-existing", str(folder))
    site.set_env("VIRTUAL_ENV", str(folder))
    site.add_path(folder / "bin")
    return str(folder)
