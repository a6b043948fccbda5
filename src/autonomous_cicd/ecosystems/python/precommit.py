"""Reads the hooks of pre-commit, and which of a project's files it hands to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.ecosystems.python.facts import Facts, Hook
from autonomous_cicd.ecosystems.python.shapes import string, strings, table
from autonomous_cicd.errors import DocumentError

__all__ = ["CONFIGS", "handed_over", "read_hooks", "version_of"]

CONFIGS = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")

_NUMBER = re.compile(r"v?(\d+(?:\.\d+)+(?:[a-z]+\d+)?)")
_MOST = 2000
"""Files that are handed over by name."""
_LONGEST = 300


def read_hooks(text: str, *, file: str) -> tuple[tuple[Hook, ...], str, tuple[Skipped, ...]]:
    """Return the hooks of a configuration, what it leaves out of all of them, and what is wrong with it."""
    try:
        document = read_yaml(text, file=file).value
    except DocumentError as error:
        return (), "", (Skipped(file, f"it cannot be read: {error}"),)
    hooks = tuple(
        _hook(entry, repo)
        for repo in _list(table(document).get("repos"))
        for entry in _list(table(repo).get("hooks"))
    )
    return hooks, string(table(document).get("exclude")), ()


def version_of(hook: Hook) -> str:
    """Return the version of the tool that a mirror's tag stands for; empty when it does not say."""
    match = _NUMBER.fullmatch(hook.rev.strip())
    return match[1] if match else ""


def handed_over(hook: Hook, facts: Facts, names: Sequence[str]) -> tuple[str, ...] | None:
    """Return the files that a hook gets; None when nothing is left out, or what is cannot be understood."""
    if len(names) > _MOST or not all(map(_harmless, (hook.exclude, facts.hooks_exclude, hook.files))):
        return None
    try:
        skipped = [re.compile(one) for one in (hook.exclude, facts.hooks_exclude) if one]
        wanted = re.compile(hook.files) if hook.files else None
    except (re.error, RecursionError, OverflowError):
        return None
    kept = tuple(name for name in names if _passes(name, wanted, skipped))
    return kept if len(kept) < len(names) else None


def _harmless(pattern: str) -> bool:
    """Return whether a stranger's pattern cannot keep us busy: no repeated group, few open repetitions."""
    if len(pattern) > 5000 or re.search(r"\)\s*[*+{]|\\\d", pattern):
        return False
    return all(len(re.findall(r"[*+]|\{\d*,", branch)) <= 2 for branch in pattern.split("|"))


def _passes(name: str, wanted: re.Pattern[str] | None, skipped: Iterable[re.Pattern[str]]) -> bool:
    if len(name) > _LONGEST:
        return True
    if wanted is not None and not wanted.search(name):
        return False
    return not any(pattern.search(name) for pattern in skipped)


def _hook(entry: object, repo: object) -> Hook:
    said, origin = table(entry), table(repo)
    return Hook(
        id=string(said.get("id")),
        repo=string(origin.get("repo")),
        rev=string(origin.get("rev")),
        args=strings(said.get("args")),
        files=string(said.get("files")),
        exclude=string(said.get("exclude")),
        additional=strings(said.get("additional_dependencies")),
        language=string(said.get("language")),
        stages=strings(said.get("stages")),
        entry=string(said.get("entry")),
        pass_filenames=said.get("pass_filenames") is not False,
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
