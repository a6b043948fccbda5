"""Turns what is to be installed into the commands of the project's own package manager."""

from __future__ import annotations

from collections.abc import Iterable

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.ecosystems.python.facts import Facts, Manager, Requirements, SetKind
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

    `texts` are the requirements files by name. A lock file of the manager is obeyed exactly.
    """
    uv = "uv" in machine.programs
    native = _native(facts, selection, machine, interpreter)
    if native and uv:
        rest = _strings(selection, facts)
        return (native, ("uv", "pip", "install", *rest)) if rest else (native,)
    if native and facts.manager is not Manager.UV:
        tool = facts.manager.value
        rest = _strings(selection, facts)
        prepared = ("python", "-m", "pip", "install", tool, *rest)
        return (prepared, native)
    wanted = _wanted(facts, selection, texts, uv=uv)
    start = ("uv", "pip", "install") if uv else ("python", "-m", "pip", "install")
    return ((*start, *wanted),) if wanted else ()


def _native(facts: Facts, selection: Selection, machine: Machine, interpreter: Interpreter) -> Argv:
    """Return the manager's own command; nothing where pip's or uv's does as well."""
    groups = [one.name for one in selection.sets if one.kind in (SetKind.GROUP, SetKind.OWN)]
    more_groups = [name for name in groups if name not in facts.default_groups]
    extras = [one.name for one in selection.sets if one.kind is SetKind.EXTRA]
    every = says_all_extras(facts) and not facts.conflicts
    match facts.manager:
        case Manager.UV:
            return _uv_sync(facts, more_groups, extras, every=every)
        case Manager.POETRY:
            argv = ["poetry", "install", "--no-interaction"]
            argv += [f"--with={','.join(more_groups)}"] if more_groups else []
            argv += ["--all-extras"] if every else [part for name in extras for part in ("--extras", name)]
        case Manager.PDM if "pdm.lock" in facts.lock_files:
            argv = ["pdm", "install", "--frozen-lockfile"]
            argv += [part for name in extras for part in ("-G", name)]
        case Manager.PIPENV:
            argv = ["pipenv", "sync" if "Pipfile.lock" in facts.lock_files else "install", "--dev"]
            argv += [] if "Pipfile.lock" in facts.lock_files else ["--skip-lock"]
        case _:
            return ()
    return run_tool(machine, interpreter, argv[0], *argv) if "uv" in machine.programs else tuple(argv)


def _uv_sync(facts: Facts, groups: list[str], extras: list[str], *, every: bool) -> Argv:
    argv = ["uv", "sync"]
    argv += ["--frozen"] if "uv.lock" in facts.lock_files else []
    argv += ["--all-packages"] if facts.members else []
    argv += [part for name in groups for part in ("--group", name)]
    argv += ["--all-extras"] if every else [part for name in extras for part in ("--extra", name)]
    return tuple(argv)


def _strings(selection: Selection, facts: Facts) -> Argv:
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
