"""Calls: what the files that call a project's checks call: commands, actions, jobs.

Workflow files are read by their indentation alone, so that one that is broken can be compared as well.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import field
from pathlib import PurePosixPath

from autonomous_cicd.domain.script import commands
from autonomous_cicd.values import dataclass

__all__ = ["Plan", "Words", "calls", "is_actions_file", "workflow_calls"]

Words = tuple[str, ...]

_ACTIONS_FILE = re.compile(r"(?:.*/)?\.(?:github|gitea|forgejo)/workflows/.*|(?:.*/)?action\.ya?ml")
_ITEM = re.compile(r"(\s*)((?:-\s+)*)(?:[\"']?([A-Za-z_][\w.-]*)[\"']?\s*:(?:\s+(.*))?)?(.*)")
_FLOW = re.compile(r"\[(.*)\]\s*(?:#.*)?")
_ACTION = re.compile(r"[\"']?([\w./-]+?)@([\w./-]+)")
_SCRIPTS = re.compile(r"\"scripts\"\s*:\s*\{(.*?)\n?\s*\}(?=\s*[,}])", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"\s*:\s*\"((?:[^\"\\]|\\.)*)\"")
_TASKS = re.compile(r"\s*\[+.*(?:tox|nox|scripts|tasks|envs|poe|taskipy).*\]+\s*")
_ANY_SECTION = re.compile(r"\s*\[+[^\[\]]+\]+\s*")
_INI_KEY = re.compile(r"([A-Za-z]\w*)\s*=")
_INSTALLS = re.compile(r"\b\w+\.(?:conda_)?install\([^()]*\)")
"""A session of a noxfile installs something: what is named there is not called."""
_HOOK = re.compile(r"\s*-\s*(?:id|repo)\s*:\s*(\S+)")


@dataclass(slots=True)
class Plan:
    """What a file calls."""

    commands: Counter[Words] = field(default_factory=Counter)
    jobs: set[str] = field(default_factory=set)
    actions: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    matrix: Counter[str] = field(default_factory=Counter)
    """How many values each dimension has."""
    conditions: Counter[str] = field(default_factory=Counter)
    events: set[str] = field(default_factory=set)
    runners: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    """Hooks, and what a job needs or is given."""


def is_actions_file(name: str) -> bool:
    """Whether a file is a workflow, or an action, as GitHub reads them."""
    return bool(_ACTIONS_FILE.fullmatch(name))


def calls(name: str, text: str) -> Plan:
    """Read a task runner's file or a script, line by line."""
    plan = Plan()
    base = PurePosixPath(name).name.lower()
    if base in ("package.json", "composer.json"):
        block = _SCRIPTS.search(text)
        for found in _STRING.finditer(block[1] if block else ""):
            for words in commands(found[2].replace('\\"', "'")):
                plan.commands[words] += 1
            plan.others[f"the script {found[1]}"] += 1
        return plan
    if base == "noxfile.py":
        text = _INSTALLS.sub("", text)
    sectioned = base in ("pyproject.toml", "setup.cfg")
    inside = not sectioned
    for line in text.replace("\\\n", " ").split("\n"):
        if sectioned and _ANY_SECTION.fullmatch(line):
            inside = bool(_TASKS.fullmatch(line))
        elif base == "tox.ini" and (named := _INI_KEY.match(line)):
            inside = named[1].startswith("commands")
        if base.startswith(".pre-commit-config") and (found_hook := _HOOK.match(line)):
            plan.others[f"the hook {found_hook[1]}"] += 1
        if inside and not line.lstrip().startswith(("#", "//")):
            bare = re.sub(r"^\s*(?:-\s+)?(?:[\w\"'.-]+\s*[:=]\s*(?=[\"'\[\w]))?[@+-]?", "", line).strip(
                "\"'[], "
            )
            for words in commands(bare):
                plan.commands[tuple(word.strip("\"',") for word in words if word.strip("\"',"))] += 1
    plan.commands = Counter({words: count for words, count in plan.commands.items() if words})
    return plan


def workflow_calls(text: str) -> Plan:
    """Read a workflow file by its indentation."""
    plan = Plan()
    stack: list[tuple[int, str]] = []
    script: list[str] = []
    hidden = -1
    for raw in (*text.expandtabs(2).split("\n"), "end:"):
        line = raw.rstrip()
        indent = len(line) - len(line.lstrip())
        if hidden >= 0 and (not line.strip() or indent > hidden):
            script.append(line.strip())
            continue
        if hidden >= 0:
            _script(plan, "\n".join(script))
            hidden, script = -1, []
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _ITEM.fullmatch(line)
        if found is None:
            continue
        at = indent + len(found[2])
        key, value = found[3] or "", (found[4] or "").strip()
        while stack and stack[-1][0] >= (at if key else indent + 1):
            stack.pop()
        path = [one for _, one in stack]
        if key:
            if key == "run" and re.fullmatch(r"[|>][+\d-]*(?:\s*#.*)?", value):
                hidden = at
            elif key == "run":
                _script(plan, value.strip("\"'"))
            _entry(plan, path, key, value)
            stack.append((at, key))
        elif found[2]:
            _value(plan, path, found[5])
    return plan


def _script(plan: Plan, text: str) -> None:
    for words in commands(text):
        plan.commands[words] += 1


def _entry(plan: Plan, path: list[str], key: str, value: str) -> None:
    """Take one name of a workflow file with its value."""
    if key in ("run", "uses") and "with" not in path:
        plan.steps += 1
        if key == "uses" and (action := _ACTION.match(value)):
            plan.actions[f"{action[1].lower()}@{action[2]}"] += 1
    elif key == "if":
        plan.conditions[value.strip("\"'")] += 1
    elif key in ("services", "container", "needs") and "jobs" in path:
        plan.others[f"`{key}`"] += 1
    if key in ("runs-on", "uses") and len(path) == 2 and path[0] == "jobs":
        plan.jobs.add(path[1])
    if key == "runs-on":
        plan.runners[value.strip("\"'")] += 1
    items = _flow(value)
    if "matrix" in path and key not in ("include", "exclude"):
        plan.matrix[key] += len(items)
    if "include" in path and "matrix" in path and path[-1] == "include":
        plan.matrix["include"] += 1
    if key == "on" and not path:
        plan.events.update(items or ([value] if value else []))
    elif path == ["on"]:
        plan.events.add(key)


def _value(plan: Plan, path: list[str], text: str) -> None:
    """Take one entry of a list."""
    if "matrix" in path:
        plan.matrix[path[-1]] += 1
    elif path[:1] == ["on"] and len(path) == 1:
        plan.events.add(text.strip("\"' -"))


def _flow(value: str) -> list[str]:
    found = _FLOW.fullmatch(value)
    return [one.strip("\"' ") for one in found[1].split(",") if one.strip()] if found else []
