"""The command line: finds the command, and maps what went wrong to an exit code."""

from __future__ import annotations

import argparse
import difflib
import errno
import importlib
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomous_cicd import __version__
from autonomous_cicd.domain.text import printable
from autonomous_cicd.errors import AutonomousCicdError, UsageError

__all__ = ["COMMANDS", "main"]

PROGRAM = "autonomous-cicd"

COMMANDS = {
    "init": "set a project up: settings, an example of variables, and workflows for GitHub",
    "plan": "say what a project is and what would be run; executes nothing of it",
    "run": "run a project's pipeline in a private copy",
    "predict": "say how likely each task is to fail in the run to come",
    "diagnose": "say why a log is red",
    "rules": "list the rules of diagnosing, check a project's own, suggest new ones",
    "knowledge": "show, export or import what was learned",
    "runs": "list the newest runs",
    "show": "show a run, or an incident",
    "logs": "print what a task printed",
    "cancel": "end a run that is under way",
    "heal": "heal a run that was red, or did not end",
    "failure": "say why a run at the code host is red, and propose a proven fix there",
    "report": "write a report about a repository into its issue at the code host",
    "incidents": "list what went wrong lately, and what became of it",
    "flaky": "list tests that failed and passed on the same files, and propose a quarantine",
    "approve": "allow a deployment, or a change that waits for approval",
    "reject": "refuse a change that waits for approval, or call a delivered one wrong",
    "audit": "print what was decided and done, by whom and why",
    "remedies": "list the remedies, and how often each helped",
    "stop": "stop all healing at once, or let it go on",
    "serve": "take webhooks of the code host, and answer questions about what was done",
    "config": "show, check or describe the settings",
    "doctor": "check what this machine offers, and what is missing",
}
"""Name and purpose of every command; `cli/<name>.py` carries it out and is loaded only then."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

GREEN, RED, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None, *, environment: Mapping[str, str] | None = None) -> int:
    """Carry out a command line in an environment, by default our own; return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    try:
        code = _dispatch(words, dict(os.environ) if environment is None else environment)
        sys.stdout.flush()  # what cannot be written is told here, not when everything is over
        return code
    except UsageError as error:
        return _complain(str(error), error.hint)
    except AutonomousCicdError as error:
        hint = getattr(error, "hint", "") or "`autonomous-cicd doctor` says what is missing"
        return _complain(str(error), hint)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _give_up_output()
        return RED
    except OSError as error:
        if error.errno not in _FULL:
            return _bug()
        _give_up_output()
        return _complain(f"it cannot be written: {error.strerror}", "make room, or write it elsewhere")
    except Exception:  # noqa: BLE001 - a border: what gets here is a bug of ours
        return _bug()


def _open_streams() -> None:
    """See to it that whatever is printed can be: to a terminal of any encoding, and where none is open."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open to the end
        elif isinstance(stream, io.TextIOWrapper) and stream.errors != "surrogateescape":
            stream.reconfigure(errors="backslashreplace")


def _give_up_output() -> None:
    """Leave nothing to flush: nobody takes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _bug() -> int:
    print(f"{traceback.format_exc()}\nThis is a bug in {PROGRAM} {__version__}.", file=sys.stderr)
    print("Please report it with the lines above.", file=sys.stderr)
    return BUG


def _dispatch(words: list[str], environment: Mapping[str, str]) -> int:
    if words and words[0] in COMMANDS:
        module = importlib.import_module(f"autonomous_cicd.cli.{words[0]}")
        parser = argparse.ArgumentParser(f"{PROGRAM} {words[0]}", description=_sentence(COMMANDS[words[0]]))
        module.configure(parser)
        parser.set_defaults(environment=environment)
        return int(module.execute(parser.parse_args(words[1:])))
    parser = argparse.ArgumentParser(
        PROGRAM,
        usage=f"{PROGRAM} COMMAND …",
        description="Keeps software green by itself.",
        epilog=_overview(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    if not words:
        parser.print_help()
        return USAGE
    _, rest = parser.parse_known_args(words)
    unknown = next((word for word in rest if not word.startswith("-")), rest[0])
    raise UsageError(f"there is no command {unknown!r}", hint=_nearest(unknown))


def _overview() -> str:
    lines = [f"  {name:<10} {purpose}" for name, purpose in COMMANDS.items()]
    return "\n".join(["commands:", *lines, "", f"`{PROGRAM} COMMAND --help` says more."])


def _nearest(word: str) -> str:
    near = difflib.get_close_matches(word, COMMANDS, 1)
    return f"did you mean {near[0]!r}?" if near else f"`{PROGRAM} --help` lists them"


def _sentence(purpose: str) -> str:
    return f"{purpose[0].upper()}{purpose[1:]}."


def _complain(message: str, hint: str) -> int:
    print(f"{PROGRAM}: {printable(message)}", file=sys.stderr)
    if hint:
        print(f"  {printable(hint)}", file=sys.stderr)
    return USAGE
