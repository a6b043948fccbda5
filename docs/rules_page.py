"""The page of the rules, made from the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.rule import Rule
from autonomous_cicd.domain.wording import meaning, remedy_words
from autonomous_cicd.plugins import parser
from autonomous_cicd.rules.load import marks, rules

__all__ = ["categories", "page"]

_INTRODUCTION = """\
# Rules

This page is made from the rules: `./run docs`. A rule says what a single line of a log means; it is a table
in a TOML file and carries its own proof. [How to write one](../how-to/write-a-rule.md). A *cause* says why
something failed, a *hint* may say why, an *effect* only says that something failed.
"""


def page() -> str:
    """Return the page, in Markdown."""
    known = rules()
    by_file: dict[str, list[Rule]] = {}
    for rule in known:
        by_file.setdefault(rule.source, []).append(rule)
    lines = [_INTRODUCTION, f"{len(known)} rules in {len(by_file)} files:", "", *_counts(known), ""]
    for file, found in sorted(by_file.items()):
        lines += [
            f"## {file}",
            "",
            "| rule | category | | confidence | what it says |",
            "| --- | --- | --- | ---: | --- |",
        ]
        lines += [_row(rule) for rule in found]
        lines.append("")
    return "\n".join([*lines, *_parsers(), "", *_marks(), ""])


def categories() -> Iterator[str]:
    """Yield the rows of the table of categories."""
    yield "| category | what it means | severity | what usually helps |"
    yield "| --- | --- | --- | --- |"
    for category in Category:
        advice = usual(category)
        helps = remedy_words(advice.remedies[0])
        yield f"| `{category}` | {meaning(category)} | {advice.severity} | {helps} |"


def _counts(known: Sequence[Rule]) -> Iterator[str]:
    counted = Counter(rule.category for rule in known)
    yield from ("| category | rules |", "| --- | ---: |")
    yield from (f"| `{category}` | {counted[category]} |" for category in Category)


def _row(rule: Rule) -> str:
    said = rule.cause.replace("|", "\\|").replace("<", "&lt;")
    return f"| `{rule.id}` | `{rule.category}` | {rule.role} | {rule.confidence:g} | {said} |"


def _parsers() -> Iterator[str]:
    yield from (
        "## Parsers",
        "",
        "Formats that need more than one line:",
        "",
        "| parser | what it reads |",
        "| --- | --- |",
    )
    for one in parser.all():
        first = (type(one).__doc__ or "").strip().split("\n")[0].replace("|", "\\|")
        yield f"| `{one.name}` | {first} |"


def _marks() -> Iterator[str]:
    yield from (
        "## Signs",
        "",
        "What tells the course of a run:",
        "",
        "| sign | patterns |",
        "| --- | ---: |",
    )
    counted = Counter(mark.sign for mark in marks())
    yield from (f"| `{sign}` | {count} |" for sign, count in sorted(counted.items()))
