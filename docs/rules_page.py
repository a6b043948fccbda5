"""The page of the rules, made from the rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.log import Sign
from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.domain.wording import meaning, remedy_words
from autonomous_cicd.plugins import parser
from autonomous_cicd.rules.load import OURS, marks, rules

__all__ = ["categories", "page"]

_INTRODUCTION = """\
# Rules

This page is made from the rules: `./run docs`. A rule says what a single line of a log means; it is a table
in a TOML file and carries its own proof. [How to write one](../how-to/write-a-rule.md).

The *role* says what a line is good for: a *cause* says why something failed, a *hint* may say why, an
*effect* only says that something failed. The *confidence* is the share of red logs with such a line in
which it is the cause. A `{name}` stands for what the line says there. What helps is named when it
differs from what is [usual in the category](diagnosis.md#categories).
"""
_SIGNS = {
    Sign.COMMAND: "another command or step begins: what came before did not end the run",
    Sign.ECHO: "the text of a command begins to be shown, which is no output",
    Sign.ECHO_END: "the text of a command ends",
    Sign.SCRIPT: "the step runs a script: when it fails the host says with which exit code",
    Sign.STEP_FAILED: "a step or a tool ended red",
    Sign.STEP_PASSED: "a tool says that all is well",
    Sign.RUN_FAILED: "the host says that the run is red",
    Sign.RUN_PASSED: "the host says that the run is green",
    Sign.RETRY: "what failed is tried again",
    Sign.IGNORED: "the script says that a failure of the command does not matter",
    Sign.JOB: "the host begins a job; a log may hold several",
    Sign.CLEAN_UP: "the host's own work after the last step of the project",
}
_MARKUP = str.maketrans(
    {sign: f"\\{sign}" for sign in "\\`*_[]|~$"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)


def page() -> str:
    """Return the page, in Markdown."""
    known, signs = rules(), marks()
    by_file: dict[str, list[Rule]] = {}
    for rule in known:
        by_file.setdefault(rule.source, []).append(rule)
    lines = [_INTRODUCTION, f"There are {len(known)} rules in {len(by_file)} files.", "", *_counts(known), ""]
    for file, found in sorted(by_file.items()):
        lines += [f"## {file}", "", *_about(file), *_rules(found), ""]
    return "\n".join([*lines, *_parsers(), "", *_marks(signs), ""])


def categories() -> Iterator[str]:
    """Yield the rows of the table of categories."""
    yield "| category | what it means | severity | what usually helps, the first thing first |"
    yield "| --- | --- | --- | --- |"
    for category in Category:
        advice = usual(category)
        helps = _helps(advice.remedies)
        yield f"| `{category}` | {_text(meaning(category))} | {advice.severity} | {helps} |"


def _counts(known: Sequence[Rule]) -> Iterator[str]:
    counted = Counter(rule.category for rule in known)
    yield from ("| category | rules |", "| --- | ---: |")
    yield from (f"| `{category}` | {counted[category]} |" for category in Category)


def _about(file: str) -> Iterator[str]:
    """Yield what the file says of itself, in the comment that it begins with."""
    first = (OURS / file).read_text("utf-8").partition("\n")[0]
    if first.startswith("# "):
        yield from (_text(first.removeprefix("# ")), "")


def _rules(found: Sequence[Rule]) -> Iterator[str]:
    yield "| rule | category | severity | role | confidence | what it says | what helps |"
    yield "| --- | --- | --- | --- | ---: | --- | --- |"
    for rule in found:
        helps = "" if rule.remedies == usual(rule.category).remedies else _helps(rule.remedies)
        cells = (
            f"`{rule.id}`", f"`{rule.category}`", rule.severity, rule.role, f"{rule.confidence:g}",
            _text(rule.cause), helps,
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def _helps(remedies: Sequence[str]) -> str:
    return _text("; ".join(map(remedy_words, remedies)))


def _parsers() -> Iterator[str]:
    yield from (
        "## Parsers",
        "",
        "Formats that need several lines. What a rule sees in lines that a parser understood is part of it.",
        "",
        "| parser | what it reads |",
        "| --- | --- |",
    )
    for one in parser.all():
        first = (type(one).__doc__ or "").strip().partition("\n")[0]
        yield f"| `{one.name}` | {_prose(first)} |"


def _marks(signs: Sequence[MarkRule]) -> Iterator[str]:
    yield from ("## Signs", "", "What tells the course of a run (`marks.toml`).", "")
    yield from ("| sign | what it says | patterns | such as |", "| --- | --- | ---: | --- |")
    for sign in Sign:
        own = [mark for mark in signs if mark.sign is sign]
        examples = [_code(mark.match[0]) for mark in own if mark.match][:3]
        yield f"| `{sign}` | {_SIGNS[sign]} | {len(own)} | {', '.join(examples)} |"


def _text(text: str) -> str:
    """Return a text of which nothing is taken for Markdown, HTML or the border of a cell."""
    return re.sub(r"\s+", " ", text.translate(_MARKUP))


def _prose(text: str) -> str:
    """Return a text of our own, in which what stands between back ticks stays code."""
    parts = text.split("`")
    return "".join(_code(part) if number % 2 else _text(part) for number, part in enumerate(parts))


def _code(text: str) -> str:
    """Return a text as code in a cell."""
    plain = " ".join(text.split()).replace("|", "\\|")
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in plain).split()), default=0)
    ticks = "`" * (longest + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{ticks}{space}{plain}{space}{ticks}"
