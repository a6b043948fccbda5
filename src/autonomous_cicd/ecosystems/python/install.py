"""Turns what is to be installed into the commands of the project's own package manager."""

from __future__ import annotations

from collections.abc import Iterable

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.ecosystems.python.facts import Facts, Manager, Requirements, SetKind
from autonomous_cicd.ecosystems.python.interpreter import minor
from autonomous_cicd.ecosystems.python.requirements import installs_project
from autonomous_cicd.ecosystems.python.selection import Selection
from autonomous_cicd.ecosystems.python.words import says_all_extras

__all__ = ["create_environment", "install", "run_tool"]

Argv = tuple[str, ...]

_NOT_EDITABLE = ("mesonpy",)


def create_environment(interpreter: Interpreter, machine: Machine) -> Argv:
    """Return the command that makes the environment, with pip in it as on a hosted runner."""
    if "uv" in machine.programs:
        return ("uv", "venv", "--seed", "--python", interpreter.path, "{environment}")
    return (interpreter.path, "-m", "venv", "{environment}")


def run_tool(
    machine: Machine, interpreter: Interpreter, spec: str, *argv: str, extra: Iterable[str] = ()
) -> Argv:
    """Return the command that runs a tool in an environment of its own; it needs uv."""
    program = argv[0]
    start = ("uv", "tool", "run", "--python", interpreter.path)
    beside = tuple(part for name in extra for part in ("--with", name))
    exact = spec.removeprefix(f"{program}==")
    if spec == program:
        return (*start, *beside, *argv)
    if exact != spec and all(sign not in exact for sign in ",*<>=!~"):
        return (*start, *beside, f"{program}@{exact}", *argv[1:])
    return (*start, *beside, "--from", spec, *argv)


def install(
    facts: Facts, selection: Selection, machine: Machine, interpreter: Interpreter, texts: dict[str, str]
) -> tuple[Argv, ...]:
    """Return the commands that install a component with all that was selected.

    `texts` are the requirements files by name. A lock file of the manager is obeyed exactly, whoever
    installs: what poetry or pdm locked is exported by them, and installed by uv.
    """
    uv = "uv" in machine.programs
    start = ("uv", "pip", "install") if uv else ("python", "-m", "pip", "install")
    native = _native(facts, selection, interpreter, uv=uv)
    if not native:
        wanted = _wanted(facts, selection, texts, uv=uv)
        return ((*start, *wanted),) if wanted else ()
    rest = _beside(selection, facts)
    if not uv:
        return ((*start, facts.manager.value, *rest), native)
    more: tuple[Argv, ...] = ((*start, *rest),) if rest else ()
    if native[0] == "uv":
        return (native, *more)
    if native[1] != "export":
        return (run_tool(machine, interpreter, native[0], *native), *more)
    plugin = ("poetry-plugin-export",) if native[0] == "poetry" else ()
    export = run_tool(machine, interpreter, native[0], *native, extra=plugin)
    project: tuple[Argv, ...] = ((*start, "--no-deps", *_project(facts, ())),) if facts.installable else ()
    return (export, (*start, "-r", _LOCKED), *project, *more)


_LOCKED = "{environment}-locked.txt"
"""Where what is locked is written down for uv."""


def _native(facts: Facts, selection: Selection, interpreter: Interpreter, *, uv: bool) -> Argv:
    """Return the manager's own command; nothing where pip's or uv's does as well."""
    groups = [one.name for one in selection.sets if one.kind in (SetKind.GROUP, SetKind.OWN)]
    extras = [one.name for one in selection.sets if one.kind is SetKind.EXTRA]
    every = says_all_extras(facts) and not facts.conflicts
    more = [name for name in groups if name not in facts.default_groups]
    match facts.manager:
        case Manager.UV if uv:
            other = facts.pinned_python not in ("", minor(interpreter), interpreter.version)
            return (*_uv_sync(facts, more, extras, every=every), *(("--python", interpreter.path) * other))
        case Manager.POETRY if "poetry.lock" in facts.lock_files:
            return _poetry(facts, more, extras, every=every, export=uv)
        case Manager.PDM if "pdm.lock" in facts.lock_files:
            chosen = tuple(part for name in extras for part in ("-G", name))
            start = (
                ("export", "-f", "requirements", "-o", _LOCKED) if uv else ("install", "--frozen-lockfile")
            )
            return ("pdm", *start, *chosen)
        case Manager.PIPENV if "Pipfile.lock" in facts.lock_files:
            return ("pipenv", "sync", "--dev")
        case Manager.PIPENV:
            return ("pipenv", "install", "--dev", "--skip-lock")
        case _:
            return ()


def _poetry(facts: Facts, groups: list[str], extras: list[str], *, every: bool, export: bool) -> Argv:
    own = [one.name for one in facts.sets if one.kind in (SetKind.GROUP, SetKind.OWN)]
    if export:
        groups = [name for name in own if name in (*facts.default_groups, *groups)]
    argv = ["poetry"]
    argv += ["export", "-f", "requirements.txt", "-o", _LOCKED] if export else ["install", "--no-interaction"]
    argv += [f"--with={','.join(dict.fromkeys(groups))}"] if groups else []
    argv += ["--all-extras"] if every else [f"--extras={name}" for name in extras]
    return tuple(argv)


def _uv_sync(facts: Facts, groups: list[str], extras: list[str], *, every: bool) -> Argv:
    argv = ["uv", "sync"]
    argv += ["--frozen"] if "uv.lock" in facts.lock_files else []
    argv += ["--all-packages"] if facts.members else []
    argv += [part for name in groups for part in ("--group", name)]
    argv += ["--all-extras"] if every else [part for name in extras for part in ("--extra", name)]
    return tuple(argv)


def _beside(selection: Selection, facts: Facts) -> Argv:
    """Return what has to be installed beside what the manager's own command installs."""
    found: list[str] = list(selection.more)
    for one in selection.sets:
        if one.kind is SetKind.LIST:
            found += one.requirements
        elif one.kind is SetKind.FILE:
            found += ("-r", one.name)
    if selection.main and facts.manager is not Manager.PIPENV:
        found += [part for name in facts.main_files for part in ("-r", name)]
    return tuple(found)


def _wanted(facts: Facts, selection: Selection, texts: dict[str, str], *, uv: bool) -> Argv:
    """Return the arguments of one installation by pip or uv, so that all of it is resolved together."""
    chosen_files = [one.name for one in selection.sets if one.kind is SetKind.FILE]
    chosen_files = [*(facts.main_files if selection.main else ()), *chosen_files]
    found: list[str] = []
    if facts.installable and not any(installs_project(texts.get(name, "")) for name in chosen_files):
        found += _project(facts, selection.sets)
    for name in chosen_files:
        found += ("-r", name)
    for one in selection.sets:
        found += _group(one, uv=uv)
    return (*found, *selection.more)


def _project(facts: Facts, sets: tuple[Requirements, ...]) -> list[str]:
    extras = ",".join(dict.fromkeys(one.name for one in sets if one.kind is SetKind.EXTRA))
    target = f".[{extras}]" if extras else "."
    return [target] if facts.backend in _NOT_EDITABLE else ["-e", target]


def _group(one: Requirements, *, uv: bool) -> list[str]:
    if one.kind is SetKind.GROUP and uv:
        return ["--group", one.name]
    if one.kind in (SetKind.GROUP, SetKind.OWN, SetKind.LIST):
        return [text for text in one.requirements if not text.startswith("-")]
    return []
