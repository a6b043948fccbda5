"""What a hosted runner has from the start: Python, pipx, yarn, the toolchains of the machine."""

from __future__ import annotations

import asyncio
import re
import shutil
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from string import Template

from autonomous_cicd.domain.hosted import WITHOUT_PYTHON
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.script import commands
from autonomous_cicd.domain.version import choose, newest
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.job_live import LiveJob
from autonomous_cicd.services.job_places import Places, write_new
from autonomous_cicd.services.job_python import make_pythons, make_uv_python

__all__ = ["machine_path", "ready_pythons", "ready_tools", "take_over"]

DEFAULT_PYTHON = "3.12"
LOOKING = frozenset(("uv", "uvx", "tox", "nox", "hatch", "pdm", "poetry", "pipenv", "pipx", "virtualenv"))
"""Tools that look for Pythons of other versions."""
VERSIONED = re.compile(r"(?:python|pip)3\.\d+")
PIPX = """#!{python}
import sys
sys.path.insert(0, {library!r})
from pipx.main import cli
sys.exit(cli())
"""


def machine_path(machine: Machine) -> tuple[str, ...]:
    """Return folders with programs of the machine that a job finds although its home is another.

    Rust's programs are links to rustup, which looks for its toolchains at home; a Node may be installed
    in a place that only the user's shell knows.
    """
    folders = []
    if rust := _rust(machine):
        folders.append(str(rust))
    if "node" not in machine.programs and (node := newest(machine.interpreters, "node")):
        folders.append(str(Path(node.path).parent))
    return tuple(folders)


def take_over(machine: Machine, places: Places) -> None:
    """Put a link to corepack among the job's own programs: it installs its own where it is found."""
    if corepack := machine.programs.get("corepack"):
        (places.own(places.tools / "npm/bin") / "corepack").symlink_to(Path(corepack).resolve())


def _rust(machine: Machine) -> Path | None:
    """Return the programs of the toolchain that rustup would choose."""
    program = machine.programs.get("cargo") or machine.programs.get("rustc")
    if not program or "rustup" not in Path(program).resolve().name:
        return None
    home = Path(program).parent.parent.with_name(".rustup")
    try:
        settings = tomllib.loads((home / "settings.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return None
    folder = home / "toolchains" / str(settings.get("default_toolchain", "stable")) / "bin"
    return folder if folder.is_dir() else None


async def ready_tools(job: LiveJob, script: str, env: Mapping[str, str], *, shell: bool) -> None:
    """See to it that what a script calls is there as on a hosted runner, before it is executed.

    A Python is made for every script that may use one; `pipx` and `yarn` only where they are called.
    """
    called = {words[0] for words in commands(script)} if shell else {"python"}
    if any(name in LOOKING or VERSIONED.fullmatch(name) for name in called):
        await ready_pythons(job)
    if "uv" in called:
        await _uv_pythons(job, script, env)
    if not job.python_ready and not called <= WITHOUT_PYTHON:
        await _python(job)
    if shell and _missing(job, "pipx", called):
        await _pipx(job)
    if shell and _missing(job, "yarn", called):
        code, _ = await job.quietly(("npm", "install", "--global", "yarn@1"))
        job.log.note("yarn was installed with npm" if code == 0 else "yarn could not be installed with npm")


def _missing(job: LiveJob, name: str, called: Collection[str]) -> bool:
    return name in called and not shutil.which(name, path=job.environment(job.env, {})["PATH"])


async def _python(job: LiveJob) -> None:
    """Put a Python on the PATH, as a hosted runner has one without any setup action."""
    job.python_ready = True
    interpreters = job.world.machine.interpreters
    choice = choose(DEFAULT_PYTHON, interpreters)
    chosen = choice.interpreter if choice else newest(interpreters)
    if chosen is None:
        job.log.note("no Python is installed here")
        return
    try:
        folder = await job.python(chosen)
    except UsageError as error:
        job.log.note(str(error))
        return
    job.path.append(str(folder / "bin"))


async def ready_pythons(job: LiveJob) -> None:
    """Have tools that look for a Python of some version find one of the job's own, not the machine's."""
    folder = job.places.own(job.places.tools) / "pythons"
    names = str(folder / "bin")
    if names not in job.machine_path:
        job.places.own(folder / "bin")
        await asyncio.to_thread(make_pythons, job.world.machine.interpreters, folder)
        job.machine_path = (names, *job.machine_path)


async def _uv_pythons(job: LiveJob, script: str, env: Mapping[str, str]) -> None:
    """Have `uv python install 3.13` find that it is installed already, when the machine has it."""
    machine = job.world.machine
    for words in commands(script):
        if words[:3] == ("uv", "python", "install"):
            for spec in (Template(word).safe_substitute(env) for word in words[3:] if word[0] != "-"):
                if choice := choose(spec, machine.interpreters):
                    to = job.places.own(job.places.home / ".local/share/uv/python")
                    await asyncio.to_thread(make_uv_python, choice.interpreter, to, machine.architecture)


async def _pipx(job: LiveJob) -> None:
    """Put pipx on the PATH, with libraries of its own."""
    folder = job.places.own(job.places.tools / "pipx")
    path = job.environment(job.env, {})["PATH"]
    python = shutil.which("python", path=path)
    if not python:
        return
    code, text = await job.quietly((python, "-m", "pip", "install", "-q", "--target", str(folder), "pipx"))
    if code:
        job.log.note(f"pipx could not be installed: {text.strip()[-500:]}")
        return
    program = job.places.own(job.places.home / ".local/bin") / "pipx"
    write_new(program, PIPX.format(python=python, library=str(folder)).encode())
    program.chmod(0o755)
