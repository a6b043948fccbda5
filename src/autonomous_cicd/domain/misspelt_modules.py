"""Misspelt modules: which module of the project a missed one is, written wrongly by one letter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from autonomous_cicd.domain.file_kinds import is_test
from autonomous_cicd.domain.misspelt_names import MOST, is_word, misspelt

__all__ = ["missed_modules", "module_right"]

_MISSED = re.compile(
    r"No module named '(?P<module>\w+(?:\.\w+)*)'"
    r"|Cannot find module '(?P<path>\.{0,2}/[\w@./-]+)'|resolve import \"(?P<import>\.{1,2}/[\w@./-]+)\""
)
_HOMES = ("src/", "lib/", "python/")
_SCRIPT = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")


def missed_modules(told: str) -> tuple[str, ...]:
    """Return the modules that a text says are missed, each once: dotted names, or paths."""
    return tuple(dict.fromkeys(next(filter(None, one.groups())) for one in _MISSED.finditer(told)))


def module_right(missed: str, texts: Mapping[str, str]) -> tuple[str, str, dict[str, str]]:
    """Return the wrong name, the right one, and the files in which it is put right; nothing when unsure."""
    python = "/" not in missed
    wrong = missed.rpartition(".")[2] if python else re.sub(r"\.\w+$", "", missed.rpartition("/")[2])
    found = {one for one in _modules(missed, texts, python=python) if misspelt(wrong, one)}
    if len(found) != 1 or is_word(wrong, next(iter(found)), texts):
        return "", "", {}
    (right,) = found
    word = re.escape(wrong)
    if python:
        named = re.compile(
            rf"(?m)^(?P<head>[ \t]*(?:from|import)[ \t]+[\w.]*?(?:\bimport[ \t]+)?)(?<!\w){word}(?!\w)"
        )
    else:
        named = re.compile(rf"(?P<head>[\"']\.{{1,2}}/(?:[\w@.-]+/)*){word}(?=(?:\.\w+)?[\"'])")
    said = re.compile(rf"(?<![\w-]){word}(?![\w-])")
    users = [name for name, text in texts.items() if said.search(text)]
    put = {name: named.sub(rf"\g<head>{right}", texts[name]) for name in users}
    # Where it stands for anything else it is a name of its own.
    sure = 0 < len(put) <= MOST and not any(map(is_test, users)) and not any(map(said.search, put.values()))
    return (wrong, right, put) if sure else ("", "", {})


def _modules(missed: str, texts: Mapping[str, str], *, python: bool) -> set[str]:
    """Return the last parts of the modules beside the one that is missed."""
    if not python:
        return {PurePosixPath(name).stem for name in texts if name.endswith(_SCRIPT) and not is_test(name)}
    parent, found = missed.rpartition(".")[0], set()
    # One that stands alone may be another project's.
    for name in (one for one in texts if parent and one.endswith(".py") and not is_test(one)):
        home = next((one for one in _HOMES if name.startswith(one)), "")
        module = name.removeprefix(home).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if module.rpartition(".")[0] == parent:
            found.add(module.rpartition(".")[2])
    return found
