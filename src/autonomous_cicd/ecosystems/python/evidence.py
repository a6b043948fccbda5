"""Finds out which checkers a project uses, and what shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autonomous_cicd.domain.pipeline import Skipped, Stage
from autonomous_cicd.ecosystems.python.check_table import CHECKS, Check
from autonomous_cicd.ecosystems.python.facts import Facts, Hook
from autonomous_cicd.ecosystems.python.shapes import has, table
from autonomous_cicd.ecosystems.python.words import commands_said

__all__ = ["hook_of", "is_certain", "left_out", "used_checks"]


def used_checks(facts: Facts) -> tuple[tuple[Check, str], ...]:
    """Return the checkers that a project uses, each with what says so."""
    said = commands_said(facts)
    return tuple((check, evidence) for check in CHECKS if (evidence := _evidence(check, facts, said)))


def is_certain(check: Check, facts: Facts) -> bool:
    """Return whether a project calls a checker or asks for it, and does not only configure it.

    Of one that it only configures nobody knows the version, nor whether its CI runs it at all.
    """
    asked = check.package in facts.declared or hook_of(check, facts) is not None
    return asked or bool(_mentioned(check, commands_said(facts)))


def left_out(facts: Facts, used: Sequence[Check]) -> tuple[Skipped, ...]:
    """Return what the project names and is not called, with the reason."""
    said = commands_said(facts)
    packages_used = {check.package for check in used}
    skipped = list(_foreign_hooks(facts, used))
    for check in CHECKS:
        if check in used or (check.package in packages_used and check.package != check.name):
            continue
        what = f"{check.stage.value} ({check.name})"
        if configured := _configured(check, facts):
            word = _other_word(check, facts, said)
            reason = f"{configured} configures it, but what the project runs ({word}, …) leaves it out"
            skipped.append(Skipped(what, reason))
        elif check.package in facts.declared and check.name == check.package:
            reason = f"{check.package} is among the dependencies, but nothing configures or calls it"
            skipped.append(Skipped(what, reason))
    return tuple(skipped)


def _foreign_hooks(facts: Facts, used: Iterable[Check]) -> Iterable[Skipped]:
    """Return that hooks of pre-commit were left out which would have to be fetched."""
    done = {name for check in used for name in check.hooks}
    called = {check.argv[0] for check in used}
    if all(hook.repo in ("local", "meta") for hook in facts.hooks):
        return
    others = [
        hook.id
        for hook in facts.hooks
        if hook.repo != "meta"
        and not (called.intersection(hook.entry.split()) if hook.repo == "local" else hook.id in done)
    ]
    names = ", ".join(dict.fromkeys(name for name in others if name))
    if names:
        reason = (
            f"the hooks {names} need pre-commit itself, which fetches hooks from a code host; "
            "add `pre-commit run --all-files` to a pipeline of your own to run them"
        )
        yield Skipped("linting (pre-commit)", reason)


def _evidence(check: Check, facts: Facts, said: Mapping[str, Sequence[tuple[str, ...]]]) -> str:
    """Return what shows that the project uses a checker; empty when nothing does.

    A configuration alone is not enough where the project says what it runs, and leaves the checker out.
    """
    if hook := hook_of(check, facts):
        return f".pre-commit-config.yaml ({hook.id})"
    mentioned = _mentioned(check, said)
    configured = _configured(check, facts)
    if mentioned:
        return configured or mentioned
    if configured and (check.package in facts.declared or not _other_word(check, facts, said)):
        return configured
    return ""


def _configured(check: Check, facts: Facts) -> str:
    for path in check.tables:
        if has(facts.tools, *path) and not _only_formats(check, facts):
            return f"pyproject.toml [tool.{'.'.join(path)}]"
    file = next((name for name in check.files if name in facts.files), "")
    if file:
        return file
    for name, sections in facts.sections.items():
        section = next((one for one in check.sections if one in sections), "")
        if section:
            return f"{name} [{section}]"
    return ""


def _only_formats(check: Check, facts: Facts) -> bool:
    """Return whether ruff is told how to format, and nothing of linting."""
    own = table(facts.tools, "ruff")
    return (
        check.name == "ruff"
        and "format" in own
        and not own.keys() & {"lint", "select", "extend-select", "ignore"}
    )


def _other_word(check: Check, facts: Facts, said: Mapping[str, Sequence[tuple[str, ...]]]) -> str:
    """Return where the project says which checkers of the kind it runs; empty where it does not."""
    if check.stage is Stage.SECURITY:
        return ""
    rivals = [other for other in CHECKS if other.stage is check.stage and other.package != check.package]
    hooked = {one for other in CHECKS for one in other.hooks}
    hook = next((hook.id for hook in facts.hooks if hook.id in hooked and hook.repo != "local"), "")
    if rival := hook or next((other.name for other in rivals if _mentioned(other, said)), ""):
        return rival
    if check.current or {"pre-commit", "prek"} & said.keys():
        return ""
    return facts.recipes[0].source if facts.recipes else next(iter(facts.says), "")


def _mentioned(check: Check, said: Mapping[str, Sequence[tuple[str, ...]]]) -> str:
    for arguments in said.get(check.argv[0], ()):
        first = arguments[0].strip("\"'") if arguments else ""
        if not check.verbs or first in check.verbs:
            return f"a command of the project: {check.argv[0]} {' '.join(arguments[:3])}".strip()
    return ""


def hook_of(check: Check, facts: Facts) -> Hook | None:
    """Return the hook that is this checker, unless it is only executed by hand."""
    for hook in facts.hooks:
        if hook.id in check.hooks and hook.repo != "local" and hook.stages != ("manual",):
            return hook
    return None
