"""Executes the script of a `run` step as a hosted runner does."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomous_cicd.domain.expression.evaluate import Scope, interpolate
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.hosted import missing_program, unreachable, unsigned
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.script import commands
from autonomous_cicd.domain.workflow import Step
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Outcome
from autonomous_cicd.services.excerpt import excerpt
from autonomous_cicd.services.job_live import Ended, Frame, LiveJob
from autonomous_cicd.services.job_places import write_new
from autonomous_cicd.services.job_tools import ready_tools
from autonomous_cicd.services.task_log import OUT_OF_TIME
from autonomous_cicd.values import dataclass

__all__ = ["ended", "run_script", "shell_of"]

SHELLS = {
    "": ("bash", "-e", "{0}"),
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail", "{0}"),
    "sh": ("sh", "-e", "{0}"),
    "python": ("python", "{0}"),
    "pwsh": ("pwsh", "-command", ". '{0}'"),
}
ENDINGS = {"": ".sh", "bash": ".sh", "sh": ".sh", "python": ".py", "pwsh": ".ps1"}
WINDOWS = frozenset(("cmd", "powershell"))


@dataclass(frozen=True, slots=True)
class Shell:
    """How a script is executed."""

    argv: tuple[str, ...]
    """With `{0}` where the file of the script comes."""
    ending: str


def shell_of(name: str, machine: Machine) -> Shell:
    """Return how a shell is called. Raises UsageError when it cannot be used here; LookupError when wrong."""
    name = name.strip()
    if name in WINDOWS:
        raise UsageError(f"the shell `{name}` needs Windows")
    if name == "pwsh" and "pwsh" not in machine.programs:
        raise UsageError("`pwsh` is not installed here", hint="install PowerShell")
    if name in SHELLS:
        argv = SHELLS[name]
        if not name and "bash" not in machine.programs and not shutil.which("bash"):
            argv = SHELLS["sh"]
        return Shell(argv, ENDINGS[name])
    if "{0}" not in name:
        raise LookupError(
            f"Invalid shell option {name!r}. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh)"
            " or a format string containing '{0}'"
        )
    try:
        return Shell(tuple(shlex.split(name)), "")
    except ValueError as error:
        raise LookupError(f"Invalid shell option {name!r}: {error}") from error


async def run_script(
    frame: Frame, step: Step, env: Mapping[str, str], own: Mapping[str, str], seconds: float | None
) -> Ended:
    """Execute the script of a step; `own` are the variables of the step's files.

    Raises ExpressionError when an expression of it has no value.
    """
    job = frame.job
    scope = frame.scope(env)
    script = to_text(interpolate(step.run, scope)).replace("\r\n", "\n")
    shown = job.log.masked_text(script)
    try:
        shell = shell_of(_text(step.shell, frame.shell, scope), job.world.machine)
        cwd = job.places.inside(_text(step.working_directory, frame.working_directory, scope))
    except UsageError as error:
        return Ended(left_out=str(error), command=shown)
    except LookupError as error:
        return Ended(passed=False, reason=str(error), command=shown)
    if not _is_folder(cwd):
        reason = f"its working directory {cwd.relative_to(job.places.root)} does not exist"
        return Ended(passed=False, reason=reason, command=shown)
    await ready_tools(job, script, env, shell=shell.argv[0] in ("bash", "sh"))
    file = job.places.own(job.places.temp) / f"script-{job.number}{shell.ending}"
    write_new(file, script.encode("utf-8", "replace"))
    argv = tuple(part.replace("{0}", str(file)) for part in shell.argv)
    whole = {**job.environment(env, frame.github), **own}
    job.checks += 1
    outcome = await job.execute(argv, cwd=cwd, env=whole, seconds=seconds)
    return ended(job, outcome, script=script, command=shown)


def _text(own: str, outer: str, scope: Scope) -> str:
    return to_text(interpolate(own or outer, scope))


def _is_folder(path: Path) -> bool:
    return path.is_dir()


def ended(job: LiveJob, outcome: Outcome, *, script: str = "", command: str = "") -> Ended:
    """Return how a step ended whose program ended like that."""
    if outcome.exit_code == 0 and not outcome.timed_out:
        return Ended(exit_code=0, command=command)
    if outcome.timed_out:
        job.log.note(OUT_OF_TIME)
    lines = [line.decode("utf-8", "replace") for line in job.log.lines]
    shown = excerpt(lines)
    reason = f"exit code {outcome.exit_code}"
    if outcome.timed_out:
        job.timed_out = job.seconds_left <= 0.05
        reason = f"it took longer than {outcome.seconds / 60:.1f} minutes"
    elif outcome.reason:
        reason = outcome.reason
    return Ended(
        passed=False,
        exit_code=outcome.exit_code,
        reason=reason,
        timed_out=outcome.timed_out,
        doubt=_doubt(outcome.exit_code, lines, script, shown),
        excerpt=shown,
        command=command,
    )


def _doubt(code: int, lines: Sequence[str], script: str, shown: Sequence[str]) -> str:
    """Return why a failure says nothing about the project: something that only this machine lacks."""
    name = missing_program(lines[-5:], code, {words[0] for words in commands(script)})
    if name:
        return f"`{name}` is not installed here, a hosted runner has it; install it"
    if unsigned(shown):
        return "the registry that is reached from here passes no signatures on: set COREPACK_INTEGRITY_KEYS=0"
    line = unreachable(shown)
    return f"the network does not reach where it wants to: {line}" if line else ""
