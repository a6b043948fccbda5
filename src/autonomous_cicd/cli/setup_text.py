"""What `init` says: what the project is, what becomes of its files, what is missing, and what is next."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from autonomous_cicd.cli.summary import plural
from autonomous_cicd.domain.pipeline import Source
from autonomous_cicd.domain.project import ToolRole
from autonomous_cicd.domain.text import printable, printable_line
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.checkup import Check, healthy
from autonomous_cicd.services.checkup import State as Health
from autonomous_cicd.services.heard_workflows import HeardWorkflows
from autonomous_cicd.services.plan import Planned
from autonomous_cicd.services.set_up import Setup, State
from autonomous_cicd.services.setup_files import FAILURE
from autonomous_cicd.settings.load import Settings
from autonomous_cicd.values import dataclass

__all__ = ["Outlook", "after_words", "before_words", "changes", "report", "unheard"]

Lack: TypeAlias = tuple[str, str, str]
"""What is not there, what it is for, and what to do about it."""

FROM = {
    Source.CONFIG: "its own settings",
    Source.WORKFLOW: "its workflow files",
    Source.DETECT: "what is usual for such a project",
}
SHOWN = 6
"""Names that are listed; the rest is counted."""
WIDTH = 100
LINES = 25
"""Lines of a diff that are shown of a file that is kept; `--dry-run` shows all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What was found out of a project before anything is written."""

    checkout: Checkout
    settings: Settings
    planned: Planned | None = None
    note: str = ""
    """Why nothing is known of what would be run."""
    heard: HeardWorkflows = field(default_factory=HeardWorkflows)
    github: bool = False


def before_words(outlook: Outlook) -> Iterator[str]:
    """Yield what the project is, and how it is tested."""
    yield f"{printable_line(outlook.checkout.root.name, 80)}: {_kinds(outlook)}"
    tools = _tools(outlook)
    if tools:
        yield f"  tested by {_listed(tools)}"
    if not outlook.planned:
        yield f"  {printable_line(outlook.note, 300)}"
        return
    pipeline = outlook.planned.pipeline
    yield f"  {plural(len(pipeline.tasks), 'task')} from {FROM[pipeline.source]}: {_listed(_tasks(outlook))}"
    for problem in pipeline.problems[:SHOWN]:
        yield f"  the code host would refuse {printable_line(problem, 300)}"


def unheard(outlook: Outlook) -> Iterator[str]:
    """Yield the workflows whose failures are not analysed, and why."""
    if outlook.github and outlook.heard.left_out:
        yield "not analysed:"
        for item in outlook.heard.left_out[:SHOWN]:
            yield f"  {printable_line(item.what, 80)}: {printable_line(item.reason, 200)}"
        if len(outlook.heard.left_out) > SHOWN:
            yield f"  and {len(outlook.heard.left_out) - SHOWN} more"


def changes(setups: Sequence[Setup], *, dry: bool = False) -> Iterator[str]:
    """Yield what becomes of each file, and the differences of those that are kept or, `dry`, of all."""
    width = max(len(one.state.value) for one in setups)
    for one in setups:
        yield f"  {one.state.value:<{width}}  {one.name}"
    for one in setups:
        if one.state is State.KEPT:
            yield ""
            yield f"{one.name} is there, and stays as it is. --force would change it like this:"
        elif dry and one.state.writes:
            yield ""
        else:
            continue
        lines = printable(one.change.diff()).splitlines()
        shown = lines if dry else lines[:LINES]
        yield from (f"  {line}".rstrip() for line in shown)
        if len(lines) > len(shown):
            yield f"  and {plural(len(lines) - len(shown), 'more line')}: --dry-run shows them"


def after_words(outlook: Outlook, checks: Sequence[Check], forgotten: Iterable[str]) -> Iterator[str]:
    """Yield what is missing, and what is to be done next."""
    yield from _headed("missing:", _missing(checks))
    yield from _headed("not set up, and needed only by what you use:", _unset(checks, outlook))
    yield from ("", "next:")
    for sentence in _next(outlook, forgotten):
        yield from _wrapped(sentence)


def report(
    setups: Sequence[Setup],
    outlook: Outlook,
    checks: Sequence[Check],
    forgotten: Iterable[str],
    *,
    dry: bool = False,
) -> dict[str, Any]:
    """Return all of it for a program."""
    planned = outlook.planned
    return {
        "project": outlook.checkout.root.name,
        "kinds": sorted(kind.value for kind in planned.project.kinds) if planned else [],
        "tested_by": list(_tools(outlook)),
        "source": planned.pipeline.source.value if planned else "",
        "tasks": list(_tasks(outlook)),
        "note": outlook.note,
        "dry_run": dry,
        "files": [{"name": one.name, "state": one.state.value, "diff": one.change.diff()} for one in setups],
        "workflows": list(outlook.heard.names) if outlook.github else [],
        "left_out": [{"what": item.what, "reason": item.reason} for item in outlook.heard.left_out],
        "healthy": healthy(checks),
        "missing": list(_plain(_missing(checks))),
        "not_set_up": list(_plain(_unset(checks, outlook))),
        "next": list(_next(outlook, forgotten)),
    }


def _kinds(outlook: Outlook) -> str:
    kinds = sorted(kind.value for kind in outlook.planned.project.kinds) if outlook.planned else []
    return " and ".join(kinds) or "of no kind that is known here"


def _tools(outlook: Outlook) -> tuple[str, ...]:
    components = outlook.planned.project.components if outlook.planned else ()
    tools = (one.name for part in components for one in part.tools if one.role is ToolRole.TEST_RUNNER)
    return tuple(dict.fromkeys(tools))


def _tasks(outlook: Outlook) -> tuple[str, ...]:
    return tuple(task.name for task in outlook.planned.pipeline.tasks) if outlook.planned else ()


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(printable_line(name, 60) for name in names[:SHOWN]) + more


def _headed(head: str, lacking: Iterable[Lack]) -> Iterator[str]:
    for number, (name, detail, remedy) in enumerate(lacking):
        if not number:
            yield from ("", head)
        yield f"  {name}: {printable_line(detail, 200)}"
        if remedy:
            yield f"    -> {printable_line(remedy, 200)}"


def _plain(lacking: Iterable[Lack]) -> Iterator[dict[str, str]]:
    yield from ({"name": name, "detail": detail, "remedy": remedy} for name, detail, remedy in lacking)


def _missing(checks: Iterable[Check]) -> Iterator[Lack]:
    """Yield what nothing can be done without."""
    yield from ((one.name, one.detail, one.remedy) for one in checks if one.state is Health.MISSING)


def _unset(checks: Iterable[Check], outlook: Outlook) -> Iterator[Lack]:
    """Yield what is not configured, what it is for, and how it is."""
    absent = {check.name for check in checks if check.state is Health.NOT_CONFIGURED}
    if "integrations.github.token" in absent:
        detail = "reads failed runs from this machine; workflows at GitHub have their own"
        yield "GitHub token", detail, "set GITHUB_TOKEN, in the environment or in .env"
    if "integrations.github.webhook_secret" in absent:
        detail = "lets a server of yours hear of failures"
        yield "webhook secret", detail, "set GITHUB_WEBHOOK_SECRET, and the same in the webhook at GitHub"
    if not outlook.settings.integrations.agent.command and "integrations.codegen.token" in absent:
        detail = "is asked where rules and remedies know no help"
        variables = "AUTONOMOUS_CICD_INTEGRATIONS_AGENT_COMMAND, or CODEGEN_TOKEN and CODEGEN_ORG_ID"
        yield "agent", detail, f"set {variables}"


def _wrapped(sentence: str) -> Iterator[str]:
    wrap = textwrap.TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    wrap.initial_indent, wrap.subsequent_indent = "  - ", "    "
    yield from wrap.wrap(sentence)


def _next(outlook: Outlook, forgotten: Iterable[str]) -> Iterator[str]:
    for name in forgotten:
        yield f"git ignores {name}: `git add -f {name}` takes it into a commit all the same"
    if not outlook.planned:
        yield "say how it is tested, under `pipeline: tasks:` in .autonomous-cicd.yml"
    else:
        yield "`autonomous-cicd run` runs what its CI would run, here, in a private copy"
    if not outlook.github:
        yield "`autonomous-cicd init --github` lets failed runs at GitHub be analysed"
        return
    branch = printable_line(outlook.checkout.default_branch, 60) or "the default branch"
    yield f"commit the new files; the workflows count as soon as they are on {branch}"
    if not outlook.heard.names:
        yield (
            "no workflow here checks changes, so there are no failures to hear of: write one in "
            ".github/workflows, then `autonomous-cicd init --github` once more"
        )
        return
    yield f"a failed run of {_listed(outlook.heard.names)} is then explained, in a summary at GitHub"
    yield (
        f"to be offered fixes as pull requests, set AUTONOMOUS_CICD_AUTONOMY to propose in {FAILURE}, "
        "and let Actions create pull requests: at GitHub under Settings, Actions, General"
    )
