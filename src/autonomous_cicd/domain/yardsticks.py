"""Yardsticks: what a project is measured by without being tests: programs that check, data to compare with.

A check that was made stricter fails by the code that it is about. Undoing it would hide that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from autonomous_cicd.domain.diagnosis import Category, Failure

__all__ = ["is_data", "is_yardstick", "run_by"]

_DATA = frozenset(
    (
        *(
            ".json",
            ".jsonl",
            ".json5",
            ".yaml",
            ".yml",
            ".toml",
            ".ini",
            ".cfg",
            ".conf",
            ".csv",
            ".tsv",
            ".txt",
        ),
        *(
            ".xml",
            ".properties",
            ".env",
            ".lst",
            ".list",
            ".dat",
            ".out",
            ".expected",
            ".schema",
            ".xsd",
            ".sql",
        ),
        "",
    )
)
_CRASH = re.compile(
    r"\b(?:Name|Attribute|Type|Index|UnboundLocal|ZeroDivision|Recursion|Reference|Range|Syntax|Indentation|Tab"
    r"|Import|ModuleNotFound)Error\b|: Permission denied|bad interpreter"
)
_BROKEN = frozenset((Category.SYNTAX_ERROR, Category.COMPILE_ERROR, Category.IMPORT_ERROR))
_FOLDERS = r"[\"']?(?:(?:[^\s;|&\"']|\$\{\{[^}\s;|&\"']*[\s;|&\"'][^}]*\}\})*/)?"
"""Folders, and expressions; these only where no path reads them: else each would be tried in both ways."""
_GAP = r"(?:[ \t]|\\\n)+"
_RUNS = (
    r"(?:(?:python[\d.]*|pypy3?|node|deno|bun|tsx|ts-node|ruby|perl|php|bash|sh|lua|Rscript)(?![\w./-])"
    rf"|\b(?:coverage|uv|poetry|pdm|hatch)(?={_GAP}run\s))(?:{_GAP}run(?=\s))?"
    rf"(?:{_GAP}(?:(?:-[WXrI]|--(?:require|import|loader|experimental-loader|env-file|with)) (?!-)\S+"
    rf"|(?!(?:-m|-c|-n|--check|--test)\b)-\S+)){{0,12}}{_GAP}"
)
"""A program with its options: what comes next is the script that it runs, and what follows is looked at."""
_CALLED = (
    r"(?:^[\t ]{0,80}(?:- )?|[;&|({\"'`@=]|\w: |\b(?:run|exec|time|sudo|env|then|do|else)[\t ])"
    r"[\t ]{0,8}\./"
)
"""Where a program is called by its path."""


def is_data(name: str) -> bool:
    """Whether a file is neither code nor a template: what is in it may be what somebody decided."""
    return PurePosixPath(name).suffix.lower() in _DATA


def run_by(name: str, text: str) -> str:
    """Return what of a file that holds commands may be commands; all of it, if that cannot be told.

    A package says in package.json what it offers in the form in which a program is called: "./index.js".
    """
    if PurePosixPath(name).name not in ("package.json", "composer.json"):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    scripts = value.get("scripts") if isinstance(value, dict) else None
    rows = [*scripts.values()] if isinstance(scripts, dict) else []
    return "\n".join(str(one) for row in rows for one in (row if isinstance(row, list) else [row]))


def is_yardstick(
    name: str, failure: Failure, failing: str, scripts: Iterable[str], tests: Collection[str]
) -> bool:
    """Whether a file is what the failing task measures by, going by its name.

    `scripts` are the texts of what was run, `tests` those of the tests that fail. A program that cannot even
    run measures nothing.
    """
    base = re.escape(PurePosixPath(name).name)
    if is_data(name):
        return not tests or any(re.search(rf"(?<![\w-]){base}(?![\w-])", text) for text in tests)
    if failure.category in _BROKEN or _CRASH.search(failing):
        return False
    module = re.escape(re.sub(r"(?:/__(?:init|main)__)?\.\w+$", "", name).replace("/", "."))
    run = re.compile(
        rf"{_RUNS}{_FOLDERS}{base}(?![\w-])|{_CALLED}(?:[\w./-]*/)?{base}|\s-m\s+{module}(?![\w.-])",
        re.MULTILINE,
    )
    return any(run.search(text[:200_000]) for text in scripts)
