"""The page of the remedies, made from the remedies."""

from __future__ import annotations

import inspect
import sys

from autonomous_cicd.cases import Remedy
from autonomous_cicd.plugins import remedy

__all__ = ["page"]

_INTRODUCTION = """\
# Remedies

This page is made from the remedies: `./run docs`. A remedy knows one way to help against one kind of cause.
It only proposes; [the loop](../explanation/healing.md) guards, tries and proves what it proposes. How often
each helped is said by `autonomous-cicd remedies`.

The *risk* says how much can go wrong when a remedy is mistaken although its proof holds: `safe` changes
nothing, or only what a tool of the project writes anyway; `low` changes how the project is built or checked;
`high` changes what it does, and needs a person's consent when nobody asked for the healing.
"""


def page() -> str:
    """Return the page, in Markdown."""
    shelf = sorted(remedy.all(), key=lambda one: (one.strategy.value, one.name))
    lines = [_INTRODUCTION, "| remedy | strategy | risk | |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{one.name}` | {one.strategy.value} | {one.risk.value} | {_first(_said(one))} |" for one in shelf
    ]
    for one in shelf:
        rest = _said(one).partition("\n")[2].strip()
        if rest:
            lines += ["", f"## {one.name}", "", rest]
    return "\n".join([*lines, ""])


def _said(one: Remedy) -> str:
    """Return what a remedy says of itself: its class, and its module where that says more."""
    own = inspect.getdoc(type(one)) or ""
    module = inspect.cleandoc(sys.modules[type(one).__module__].__doc__ or "")
    rest = "\n\n".join(
        text for text in (own.partition("\n")[2].strip(), module.partition("\n")[2].strip()) if text
    )
    return f"{own.partition(chr(10))[0]}\n{rest}"


def _first(text: str) -> str:
    return text.partition("\n")[0].replace("|", "\\|")
