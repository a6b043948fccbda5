"""`autonomous-cicd rules`: lists the rules, checks a project's own, suggests new ones."""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.domain.text import printable
from autonomous_cicd.domain.wording import plural
from autonomous_cicd.services.suggest import suggestions

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, purpose in (
        ("list", "list the rules, ours and the project's own"),
        ("check", "check the project's own rules in .autonomous-cicd/rules"),
        ("suggest", "draft rules for what recurs and no rule knows"),
    ):
        action = actions.add_parser(name, help=purpose)
        action.add_argument(
            "--repo", default=".", metavar="PATH", help="the project's folder (default: this one)"
        )
        action.add_argument("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Do what is asked."""
    with contextlib.closing(App.open(Path(arguments.repo), environment=arguments.environment)) as app:
        clinic = app.clinic(Path(arguments.repo))
        if arguments.action == "suggest":
            return _suggest(clinic, arguments.json)
        rules = clinic.rules
    if arguments.action == "check":
        rules = [rule for rule in rules if "/" in rule.source]
    if arguments.json:
        told = [
            {"id": one.id, "category": one.category, "confidence": one.confidence, "file": one.source}
            for one in rules
        ]
        print(json.dumps(told, indent=2))
    elif arguments.action == "check":
        print(
            f"{plural(len(rules), 'rule')} of the project's own, all good"
            if rules
            else "the project has no rules of its own"
        )
    else:
        print("\n".join(f"{one.category:<27} {one.id:<44} {one.source}" for one in rules))
    return 0


def _suggest(clinic: object, as_json: bool) -> int:
    found = list(suggestions(clinic.seen(), clinic.experience, clinic.tells))  # type: ignore[attr-defined]
    if as_json:
        told = [
            {
                "id": one.id,
                "pattern": one.pattern,
                "category": one.category,
                "times": one.times,
                "examples": one.examples,
            }
            for one in found
        ]
        print(json.dumps(told, indent=2))
    elif not found:
        print("nothing recurs that no rule knows")
    else:
        print("\n".join(printable(one.toml()) for one in found[:20]))
        print("# Put it into .autonomous-cicd/rules/NAME.toml; `autonomous-cicd rules check` proves it.")
    return 0
