"""Writes down what was decided about a component as tasks of a pipeline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import normpath

from autonomous_cicd.domain.layout import join
from autonomous_cicd.domain.pipeline import Command, Skipped, Stage, Task
from autonomous_cicd.ecosystems.python.building import keeps_tree_clean
from autonomous_cicd.ecosystems.python.checks import CheckPlan
from autonomous_cicd.ecosystems.python.install import create_environment, install, run_tool
from autonomous_cicd.ecosystems.python.interpreter import minor
from autonomous_cicd.ecosystems.python.plan import Argv, Plan, check_needs, label
from autonomous_cicd.ecosystems.python.selection import Selection, installed_names, select
from autonomous_cicd.ecosystems.python.testing import pytest_options

__all__ = ["tasks_of"]

_SETUP, _INSTALL = Stage.SETUP.value, Stage.INSTALL.value
_WORKERS = re.compile(r"(?:^|\s)(?:-n|--numprocesses)[\s=]*(auto|logical|\d+)")
_CODE = ("*.py", "*.pyi", "*.ipynb", "*.toml", "*.cfg", "*.ini", ".*", "*rc")


def tasks_of(
    plan: Plan, members: Sequence[Plan], texts: dict[str, str]
) -> tuple[tuple[Task, ...], tuple[Skipped, ...]]:
    """Return the tasks of a component, and what could not be made one.

    `members` are the other members, when it is the root of a workspace; `texts` its requirements files.
    """
    selection = _selection(plan, members)
    prepared = () if plan.member else _prepare(plan, selection, texts)
    hooks, left_out = _precommit(plan)
    own = (
        *(_check(plan, check, selection, texts) for check in plan.checks),
        *hooks,
        *_tests(plan),
        *_builds(plan),
        *_benchmarks(plan),
    )
    used = plan.facts.members or any(task.environment for task in own)
    return (*(prepared if used or prepared[1:] else ()), *own), left_out


def _prepare(plan: Plan, selection: Selection, texts: dict[str, str]) -> tuple[Task, ...]:
    """Return the tasks that make the environment and install into it."""
    facts = plan.facts
    setup = _task(
        plan,
        _SETUP,
        Stage.SETUP,
        (create_environment(plan.interpreter, plan.machine),),
        environment=plan.environment,
        reason=_why_interpreter(plan),
        patterns=(".python-version", "pyproject.toml", "setup.cfg", "setup.py", "tox.ini"),
    )
    argvs = install(facts, selection, plan.machine, plan.interpreter, texts)
    if not argvs:
        return (setup,)
    locks = f", exactly as {facts.lock_files[0]} says" if facts.lock_files else ""
    installing = _task(
        plan,
        _INSTALL,
        Stage.INSTALL,
        argvs,
        environment=plan.environment,
        needs=(setup.name,),
        reason=f"{facts.manager_evidence or 'the tests need it'} ({facts.manager.value}{locks})",
        patterns=("**",) if facts.installable else (*facts.manifests, *facts.lock_files, "*requirements*/**"),
    )
    return setup, installing


def _selection(plan: Plan, members: Sequence[Plan]) -> Selection:
    """Return what is installed besides the project, for the members of its workspace, too."""
    chosen: list[Selection] = []
    for one in (plan, *members):
        picked = select(one.facts, one.testing.recipe if one.testing else None, one.needed)
        more = tuple(one.needed.get(name, name) for name in picked.more)
        chosen.append(Selection(sets=picked.sets, more=more, main=picked.main))
    return Selection(
        sets=tuple(dict.fromkeys(each for one in chosen for each in one.sets)),
        more=tuple(dict.fromkeys(text for one in chosen for text in one.more)),
        main=chosen[0].main,
    )


def _check(plan: Plan, check: CheckPlan, selection: Selection, texts: dict[str, str]) -> Task:
    """Return the task of a checker: beside everything else where it can be, so that nothing waits for it."""
    name = check.check.name
    code = tuple(f"**/{pattern}" for pattern in _CODE) if check.alone and name != "codespell" else ("**",)
    argvs = tuple(_filled(argv, plan) for argv in check.commands)
    apart: tuple[Argv, ...] = ()
    if plan.uv and (check.alone or name == "pip-audit"):
        argvs = tuple(
            run_tool(plan.machine, plan.interpreter, check.spec, *argv, extra=check.plugins) for argv in argvs
        )
    elif plan.uv and not plan.member and check.check.package not in _present(plan, selection):
        apart = _apart(plan, check, texts)
    shared = not check.alone and not apart
    return _task(
        plan,
        f"{check.check.stage.value} ({name})",
        check.check.stage,
        (*apart, *argvs),
        environment="" if check.alone else f"{plan.environment}-{name}" if apart else plan.environment,
        needs=_installed(plan) if shared else (),
        reason=check.evidence if check.surely else f"{check.evidence}; nothing calls it, so it may fail",
        optional=not check.surely,
        patterns=code,
        workspace=label(plan.facts, name) if apart and not keeps_tree_clean(plan.facts) else "project",
    )


def _filled(argv: Argv, plan: Plan) -> Argv:
    return tuple(part.replace("{python}", minor(plan.interpreter)) for part in argv)


def _present(plan: Plan, selection: Selection) -> frozenset[str]:
    """Return what is in the environment of the tests anyway."""
    return installed_names(plan.facts, selection.sets) | selection.names


def _apart(plan: Plan, check: CheckPlan, texts: dict[str, str]) -> tuple[Argv, ...]:
    """Return the commands that make an environment for one checker.

    As with tox, the tests must not see what only a checker needs: some behave differently then.
    """
    needed = check_needs(check)
    picked = select(plan.facts, check.recipe, needed, tests=False)
    more = tuple(needed.get(name, name) for name in picked.more)
    selection = Selection(sets=picked.sets, more=more, main=picked.main)
    installing = install(plan.facts, selection, plan.machine, plan.interpreter, texts)
    return (create_environment(plan.interpreter, plan.machine), *installing)


def _precommit(plan: Plan) -> tuple[tuple[Task, ...], tuple[Skipped, ...]]:
    """Return pre-commit itself where all of its hooks are the project's own, so that it fetches nothing."""
    hooks = plan.facts.hooks
    if not hooks or any(hook.repo not in ("local", "meta") for hook in hooks):
        return (), ()
    makes = [hook.id for hook in hooks if hook.repo == "local" and hook.language not in _AT_HAND]
    if makes or not plan.uv:
        why = f"the hooks {', '.join(makes)} make environments of their own" if makes else "it needs uv"
        return (), (Skipped(label(plan.facts, "linting (pre-commit)"), why),)
    argv = run_tool(plan.machine, plan.interpreter, "pre-commit", "pre-commit", "run", "--all-files")
    task = _task(
        plan,
        "linting (pre-commit)",
        Stage.LINT,
        (argv,),
        environment=plan.environment,
        needs=_installed(plan),
        reason=".pre-commit-config.yaml",
    )
    return (task,), ()


_AT_HAND = ("system", "unsupported", "script", "unsupported_script", "pygrep", "fail")


def _tests(plan: Plan) -> tuple[Task, ...]:
    testing = plan.testing
    if testing is None:
        return ()
    commands = testing.commands
    if testing.own_environment and plan.uv:
        tool = testing.runner
        commands = tuple(run_tool(plan.machine, plan.interpreter, tool, *argv) for argv in commands)
    return (
        _task(
            plan,
            f"testing ({testing.runner})",
            Stage.TEST,
            commands,
            environment="" if testing.own_environment and plan.uv else plan.environment,
            needs=() if testing.own_environment and plan.uv else _installed(plan),
            reason=testing.evidence,
            cwd=normpath(join(plan.facts.folder, testing.cwd)),
            env=dict(testing.env),
            cores=_cores(plan),
        ),
    )


def _cores(plan: Plan) -> float:
    """Return how many processors the tests keep busy, when they are split already."""
    assert plan.testing is not None
    words = " ".join(part for argv in plan.testing.commands for part in argv)
    match = _WORKERS.search(words) or _WORKERS.search(pytest_options(plan.facts).get("addopts", ""))
    if match is None or plan.testing.runner != "pytest":
        return 1.0
    workers = plan.machine.cores if not match[1].isdigit() else int(match[1])
    return float(max(1, min(workers, plan.machine.cores)))


def _builds(plan: Plan) -> tuple[Task, ...]:
    if not plan.build:
        return ()
    own = label(plan.facts, "build")
    return (
        _task(
            plan,
            Stage.BUILD.value,
            Stage.BUILD,
            (plan.build,),
            environment="" if plan.uv else plan.environment,
            needs=() if plan.uv else _installed(plan),
            reason=f"build back end {plan.facts.backend}",
            workspace="project" if keeps_tree_clean(plan.facts) else own,
            outputs=(join(plan.facts.folder, "dist/*"),),
        ),
    )


def _benchmarks(plan: Plan) -> tuple[Task, ...]:
    if plan.benchmark is None:
        return ()
    tool, argvs = plan.benchmark
    return (
        _task(
            plan,
            f"performance_benchmark ({tool})",
            Stage.BENCHMARK,
            argvs,
            environment=plan.environment,
            needs=_installed(plan),
            reason=tool,
            cached=False,
        ),
    )


def _installed(plan: Plan) -> tuple[str, ...]:
    """Return the task after which the environment is complete."""
    return (_INSTALL if plan.home == "." else f"{plan.home}: {_INSTALL}",)


def _why_interpreter(plan: Plan) -> str:
    facts, version = plan.facts, minor(plan.interpreter)
    if facts.pinned_python.startswith(version):
        return f"Python {version}: .python-version"
    if version in facts.versions:
        return f"Python {version}: the newest installed one that the project names"
    if facts.requires_python:
        return f"Python {version}: the project asks for {facts.requires_python}"
    return f"Python {version}: the newest installed one"


def _task(
    plan: Plan,
    name: str,
    stage: Stage,
    argvs: tuple[Argv, ...],
    *,
    environment: str = "",
    needs: tuple[str, ...] = (),
    reason: str = "",
    patterns: tuple[str, ...] = ("**",),
    cwd: str = "",
    env: dict[str, str] | None = None,
    cores: float = 1.0,
    workspace: str = "project",
    outputs: tuple[str, ...] = (),
    cached: bool = True,
    optional: bool = False,
) -> Task:
    folder = plan.facts.folder
    return Task(
        name=label(plan.facts, name),
        stage=stage,
        commands=tuple(Command(argv=argv, cwd=cwd or folder) for argv in argvs),
        needs=needs,
        workspace=workspace,
        environment=environment,
        env=env or {},
        inputs=tuple(join(folder, pattern) for pattern in patterns) if cached else (),
        outputs=outputs,
        optional=optional,
        cores=cores,
        reason=reason,
    )
