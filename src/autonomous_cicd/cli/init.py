"""`autonomous-cicd init`: sets a project up, and says what is missing."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autonomous_cicd import __version__
from autonomous_cicd.app import App, Request
from autonomous_cicd.cli.doctor import examine
from autonomous_cicd.cli.setup_text import Outlook, after_words, before_words, changes, report, unheard
from autonomous_cicd.cli.summary import plural
from autonomous_cicd.errors import PortError, UsageError
from autonomous_cicd.lazy import adapter, service
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.set_up import Setup, SetupWishes, patch_of, set_up
from autonomous_cicd.services.setup_files import IGNORE, ignored

__all__ = ["HELP", "NAME", "configure", "execute"]

NAME = "init"
HELP = "set a project up: settings, an example of variables, and workflows for GitHub"

Ask = Callable[[str, bool], bool]
"""Asks a person a question with a usual answer."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: this one)")
    add("--github", action="store_true", help="write the workflows that analyse failed runs, and look daily")
    add("--scripts", action="store_true", help="with --github: also the guides' script, in .github/scripts")
    add("--yes", action="store_true", help="ask nothing; also let .gitignore hold .env")
    add("--force", action="store_true", help="write files anew that are there and differ")
    add("--dry-run", action="store_true", help="show what would be written, and write nothing")
    add("--json", action="store_true", help="ask nothing, and print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Look, ask, write, check, and say what is next."""
    if arguments.scripts and not arguments.github:
        raise UsageError("--scripts is about what workflows call", hint="use it together with --github")
    path = Path(arguments.path)
    ask = None if arguments.yes or arguments.json or arguments.dry_run or not _talks() else _asked
    with contextlib.closing(App.open(path, environment=arguments.environment)) as app:
        checkout = app.workspace.checkout(path)
        folder = adapter("project_folder").ProjectFolder(checkout.root)
        outlook = _look(app, checkout)
        if not arguments.json:
            print("\n".join(before_words(outlook)))
        try:
            wishes = _wishes(arguments, outlook, folder.read, ask)
            setups = set_up(folder.read, wishes)
        except PortError as error:
            hint = "put a folder or a file of the project there, or move it away"
            raise UsageError(str(error), hint=hint) from error
        outlook = replace(outlook, github=wishes.github)
        if arguments.dry_run:
            return _dry(setups, outlook, arguments)
        if not arguments.json:
            print("\n".join(["", *changes(setups), *unheard(outlook)]))
        patch = patch_of(setups)
        if patch and ask and not ask("Write that?", True):
            print("nothing was written")
            return 0
        _write(folder, setups)
        if not arguments.json:
            print(f"\n{plural(len(patch.files), 'file')} written" if patch else "\nnothing had to be written")
        forgotten = _left_out_by_git(app, path, checkout, setups)
    checks = tuple(examine(path, arguments.environment))
    if arguments.json:
        print(json.dumps(report(setups, outlook, checks, forgotten), indent=2))
    else:
        print("\n".join(after_words(outlook, checks, forgotten)))
    return 0


def _look(app: App, checkout: Checkout) -> Outlook:
    """Find out what the project is, how it is tested, and which of its workflows check changes."""
    heard = service("heard_workflows").heard_workflows(app.files(checkout))
    outlook = Outlook(checkout=checkout, heard=heard, settings=app.settings)
    try:
        planned = app.plan(Request(path=checkout.root))
    except UsageError as error:
        return replace(outlook, note=str(error))
    return replace(outlook, planned=planned)


def _wishes(
    arguments: argparse.Namespace, outlook: Outlook, read: Callable[[str], str | None], ask: Ask | None
) -> SetupWishes:
    """Return what is wished for: by flags, and where somebody can be asked by answers."""
    checkout, github, ignore = outlook.checkout, arguments.github, arguments.yes
    if ask and not github and checkout.repository and not checkout.prefix:
        usual = bool(outlook.heard.names)
        github = ask("Write workflows for GitHub, so that failed runs there are analysed?", usual)
    if github:
        _only_at_the_top(checkout)
    before = read(IGNORE)
    if not checkout.repository or ignored(before) == (before or ""):
        ignore = False
    elif ask:
        ignore = ask("Let .gitignore hold .env, so that no key gets into a commit?", True)
    return SetupWishes(
        project=outlook.planned.project if outlook.planned else None,
        version=__version__,
        github=github,
        names=outlook.heard.names,
        scripts=arguments.scripts,
        ignore=ignore,
        force=arguments.force,
    )


def _only_at_the_top(checkout: Checkout) -> None:
    """Raise UsageError where GitHub would never read a workflow: anywhere but at the top of a repository."""
    # Of a folder without any files of its own, git does not say that it belongs to the repository around it.
    top = adapter("places").repository_above(str(checkout.root))
    if top is None:
        problem = f"{checkout.root} is in no git repository, and GitHub reads workflows only in one"
        raise UsageError(problem, hint="`git init` makes one; without --github only the settings are written")
    if Path(top) != checkout.root:
        problem = f"{checkout.root} is a folder inside a repository, and workflows belong at its top"
        raise UsageError(problem, hint=f"`autonomous-cicd init {top} --github`")


def _dry(setups: tuple[Setup, ...], outlook: Outlook, arguments: argparse.Namespace) -> int:
    if arguments.json:
        print(json.dumps(report(setups, outlook, (), (), dry=True), indent=2))
    else:
        print("\n".join(["", *changes(setups, dry=True), *unheard(outlook), "", "nothing was written"]))
    return 0


def _write(folder: Any, setups: tuple[Setup, ...]) -> None:
    try:
        folder.write(patch_of(setups))
    except PortError as error:
        hint = error.hint or "make the folder writable; `--dry-run` shows what would be written"
        raise UsageError(f"{error}; nothing was written", hint=hint) from error


def _left_out_by_git(app: App, path: Path, before: Checkout, setups: tuple[Setup, ...]) -> tuple[str, ...]:
    """Return the files that git ignores, so that they would get into no commit."""
    if not before.repository:
        return ()
    known = set(app.workspace.checkout(path).files)
    return tuple(one.name for one in setups if one.name not in known)


def _talks() -> bool:
    """Return whether somebody is there who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _asked(question: str, usual: bool) -> bool:
    """Ask a person; an empty answer is the usual one, none at all is no."""
    while True:
        try:
            answer = input(f"{question} [{'Y/n' if usual else 'y/N'}] ").strip().lower()
        except EOFError:
            print()
            return False
        if answer in ("", "y", "yes", "n", "no"):
            return answer.startswith("y") if answer else usual
        print("please answer yes or no")
