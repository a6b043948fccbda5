"""`autonomous-cicd report`: writes a report about a repository into its one issue at the code host."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
from pathlib import Path

from autonomous_cicd.app import App
from autonomous_cicd.cli.repository import add_repository, the_repository
from autonomous_cicd.domain.code_host import HostIssue
from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.journeys.opened import open_practice
from autonomous_cicd.journeys.report import reported
from autonomous_cicd.services.deliver_at_host import Words

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    kinds = [kind.value for kind in ReportKind]
    add("kind", choices=kinds, metavar="KIND", help=f"what it is about: {', '.join(kinds)}")
    add_repository(parser)
    add("--dry-run", action="store_true", help="print the report; write nothing at the host")
    add("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Look, write the report, and print it or where it stands."""
    with contextlib.closing(App.open(Path.cwd(), environment=arguments.environment)) as known:
        repository = the_repository(known, arguments.repo)
    kind = ReportKind(arguments.kind)
    with contextlib.closing(App.open(environment=arguments.environment)) as app:
        words, issue = asyncio.run(_reported(app, repository, kind, dry=arguments.dry_run))
    if arguments.json:
        print(json.dumps(_values(repository, kind, words, issue), indent=2))
    elif issue is None:
        print(f"{words.title}\n\n{words.body}")
    else:
        closed = "" if issue.open else ", which is closed"
        print(f"the {kind.value} report of {repository} stands in issue {issue.number}{closed}: {issue.url}")
    return 0


async def _reported(
    app: App, repository: str, kind: ReportKind, *, dry: bool
) -> tuple[Words, HostIssue | None]:
    """Return the report, and the issue in which it stands; None on a dry run."""
    async with open_practice(app, stop=asyncio.Event()) as practice:
        return await reported(practice, repository, kind, dry=dry)


def _values(repository: str, kind: ReportKind, words: Words, issue: HostIssue | None) -> dict[str, object]:
    return {
        "repository": repository,
        "kind": kind.value,
        "title": words.title,
        "body": words.body,
        "issue": issue.number if issue else None,
        "url": issue.url if issue else "",
    }
