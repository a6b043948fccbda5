"""Write the pages anew that are made from the code: `python -m docs.generate`."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from docs.api_page import page as api
from docs.diagnosis_page import page as diagnosis
from docs.remedies_page import page as remedies
from docs.rules_page import page as rules

from autonomous_cicd.cli.main import COMMANDS
from autonomous_cicd.rules.kept import KEPT, kept_text
from autonomous_cicd.settings.reference import page as configuration

__all__ = ["PAGES", "command_line", "main"]

DOCS = Path(__file__).parent

_INTRODUCTION = """\
# Command line

This page is made from the code: `./run docs`. `autonomous-cicd COMMAND --help` says the same.

| exit code | what it means |
| --- | --- |
| 0 | green, or done |
| 1 | red: something failed, or a gate did |
| 2 | something was asked that cannot be done; the message names the place and the next step |
| 3 | a bug of ours; what is printed can be pasted into a report |
| 130 | interrupted |

A `RUN` is the id of a run, a unique beginning of it, or `last`. `--only` and `--skip` may be given several
times; they take a task's name, a pattern of names (`test*`), a stage (`linting`), or a job of a workflow
file.
"""


def command_line() -> str:
    """Return the page about the commands, in Markdown."""
    lines = [_INTRODUCTION]
    for name, purpose in COMMANDS.items():
        parser = argparse.ArgumentParser(name)
        importlib.import_module(f"autonomous_cicd.cli.{name}").configure(parser)
        lines += [f"## {name}", "", f"{purpose[0].upper()}{purpose[1:]}.", "", *_command(name, parser)]
    return "\n".join(lines)


PAGES: Mapping[str, Callable[[], str]] = {
    "reference/api.md": api,
    "reference/command-line.md": command_line,
    "reference/configuration.md": configuration,
    "reference/diagnosis.md": diagnosis,
    "reference/remedies.md": remedies,
    "reference/rules.md": rules,
}
"""What writes each page that is made from the code."""


def main() -> None:
    """Write all of them, and what is kept of our rules."""
    for name, page in PAGES.items():
        _write(DOCS / name, page())
    _write(KEPT, kept_text())


def _write(path: Path, text: str) -> None:
    """Write a file, unless it is current: somebody may read it just now."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, encoding="utf-8")
    print(path.relative_to(DOCS.parent))


def _command(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield what there is to say of a command, and of those below it."""
    inner: dict[str, tuple[argparse.ArgumentParser, str]] = {}
    rows: list[argparse.Action] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {one.dest: one.help or "" for one in action._choices_actions}
            inner = {word: (below, helps[word]) for word, below in action.choices.items()}
        elif not isinstance(action, argparse._HelpAction):
            rows.append(action)
    if not inner:
        yield from ("```console", f"$ autonomous-cicd {' '.join([name, *_usage(rows)])}", "```", "")
    if rows:
        yield from ("| | |", "| --- | --- |", *(_row(action) for action in rows), "")
    for word, (below, purpose) in inner.items():
        yield from (f"### {name} {word}", "", f"{purpose[0].upper()}{purpose[1:]}.", "")
        yield from _command(f"{name} {word}", below)


def _usage(actions: list[argparse.Action]) -> Iterator[str]:
    if any(action.option_strings for action in actions):
        yield "[OPTIONS]"
    for action in actions:
        if not action.option_strings:
            yield f"[{action.metavar}]" if action.nargs == "?" else str(action.metavar)


def _row(action: argparse.Action) -> str:
    named = " or ".join(f"`{' '.join(filter(None, (name, _value(action))))}`" for name in _names(action))
    said = (action.help or "").replace("|", "\\|")
    return f"| {named} | {said} |"


def _names(action: argparse.Action) -> list[str]:
    return list(action.option_strings) or [str(action.metavar)]


def _value(action: argparse.Action) -> str:
    """Return how the value of an option is written; nothing for a flag."""
    if not action.option_strings or action.nargs == 0:
        return ""
    words = action.metavar or "\\|".join(action.choices or ()) or action.dest.upper()
    return f"[{words}]" if action.nargs == "?" else str(words)


if __name__ == "__main__":
    main()
