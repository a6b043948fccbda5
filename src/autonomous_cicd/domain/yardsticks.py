"""Yardsticks: what a project is measured by without being tests: programs that check, data to compare with.

A check that was made stricter fails by the code that it is about. Undoing it would hide that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from autonomous_cicd.domain.diagnosis import Category, Failure

__all__ = ["is_data", "is_yardstick"]

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
_RUNS = r"(?:python[\d.]*|pypy3?|node|deno|bun|tsx|ts-node|ruby|perl|php|bash|sh|lua|Rscript)\b[^|;&\n]*?"


def is_data(name: str) -> bool:
    """Whether a file is neither code nor a template: what is in it may be what somebody decided."""
    return PurePosixPath(name).suffix.lower() in _DATA


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
        rf"{_RUNS}(?<![\w-]){base}(?![\w-])|(?<![\w/])\./(?:[\w./-]*/)?{base}|\s-m\s+{module}(?![\w.-])"
    )
    return any(run.search(text[:200_000]) for text in scripts)
