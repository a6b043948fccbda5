"""Repairs scripts of the project that cannot be started: lost modes, line ends, first lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.earlier import earlier_changes, earlier_texts
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.script_faults import called_files, denied, named_files, shebang_for, unix_ends
from autonomous_cicd.plugins import remedy

__all__ = ["ProjectFile"]

_DENIED = re.compile(
    r"[Pp]ermission denied|EACCES|cannot execute(?!: required)|not executable|exit code 126|status 126"
)
_RETURN = re.compile(
    r"\^M|\\r|\r(?!\n|$)|bad interpreter|required file not found|[Ii]llegal option -"
    r"|unexpected end of file|syntax error|No such file or directory|: not found|command not found"
    r"|invalid option|missing separator|exit code 127|status 127|exit code 2\b"
)
_NO_FIRST_LINE = re.compile(
    r"Exec format error|ENOEXEC|cannot execute binary file|import: (?:command )?not found"
    r"|can't read /var/mail"
    r"|bad interpreter|required file not found|env: .*No such file or directory"
    r"|(?:from|def|import): (?:command )?not found|syntax error near unexpected token"
)
_SCRIPT = re.compile(r".*\.(?:sh|bash|ksh|zsh|mk)|(?:.*/)?(?:GNU)?[Mm]akefile")
_CATEGORIES = frozenset(
    (
        *(Category.PERMISSION, Category.ENVIRONMENT, Category.CONFIGURATION, Category.UNKNOWN),
        *(Category.SYNTAX_ERROR, Category.DEPENDENCY_MISSING, Category.COMPILE_ERROR),
    )
)


@remedy
class ProjectFile:
    """Give a script back its executable bit, its line ends, or its first line."""

    name = "project_file"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        if _DENIED.search(told) or "^M" in told or "\\r" in told or "bad interpreter" in told:
            return 0.9
        if _RETURN.search(told) or _NO_FIRST_LINE.search(told):
            return 0.6
        return 0.2 if failure.category in _CATEGORIES else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the repairs of the scripts that the log or the failed script names."""
        for found in (_modes(case), _ends(case), _first_lines(case)):
            prescriptions = list(found)
            if prescriptions:
                return prescriptions
        return ()


def _folder(case: Case) -> str:
    job = case.task.job
    if job and case.step:
        for step in job.job.steps:
            if step.working_directory and step.name and step.name == case.step.name:
                return step.working_directory
        return job.job.working_directory
    return case.task.commands[0].cwd if case.task.commands else ""


def _told(case: Case) -> str:
    return "\n".join((case.log, case.failure.message, *(one.text for one in case.failure.evidence)))


def _modes(case: Case) -> Iterator[Edit]:
    """Yield the change that lets scripts be executed which may not."""
    told = _told(case)
    if not _DENIED.search(told):
        return
    names = denied(told, case.files.names, _folder(case))
    if not names and re.search(r"126\b", told):
        names = called_files(case.script, case.files.names, _folder(case))[:1]
    lost = [one for one in names if not case.executable(one) and _is_program(case, one)]
    if lost:
        changes = [replace(case.edit(one, case.files.read(one)), executable=True) for one in lost]
        what = "may not be executed, and is called as a program"
        yield Edit(patch=Patch.of(changes), reason=f"{', '.join(lost)} {what}: its executable bit is set")


def _is_program(case: Case, name: str) -> bool:
    """Tell whether a file is there to be executed: by its first line, or because it once could be."""
    if case.files.read(name).startswith("#!"):
        return True
    past = case.bench.past
    return any(one.was_executable for one in earlier_changes(past.commits(), past.patch_of, name))


def _ends(case: Case) -> Iterator[Edit]:
    """Yield the change that ends a script's lines with line feeds."""
    told = _told(case)
    if not _RETURN.search(told):
        return
    folder = _folder(case)
    reached = dict.fromkeys(
        (*called_files(case.script, case.files.names, folder), *named_files(told, case.files.names, folder))
    )
    broken = []
    for name in reached:
        text = case.files.read(name)
        if "\r\n" in text and (text.startswith("#!") or _SCRIPT.fullmatch(name)):
            broken.append(name)
    if broken:
        changes = [case.edit(name, unix_ends(case.files.read(name))) for name in broken]
        reason = (
            f"{', '.join(broken)} has carriage returns, which its interpreter takes for a part of its lines"
        )
        yield Edit(patch=Patch.of(changes), reason=f"{reason}: its lines end with line feeds now")


def _first_lines(case: Case) -> Iterator[Edit]:
    """Yield the change that gives a script the first line by which it is started."""
    told = _told(case)
    if not _NO_FIRST_LINE.search(told):
        return
    past, folder = case.bench.past, _folder(case)
    reached = (
        *called_files(case.script, case.files.names, folder),
        *named_files(told, case.files.names, folder),
    )
    for name in dict.fromkeys(reached):
        text = case.files.read(name)
        first, _, rest = text.partition("\n")
        if not text or (not case.executable(name) and not first.startswith("#!")):
            continue
        wrong = first.startswith("#!") and re.search(r"bad interpreter|env: |required file not found", told)
        if first.startswith("#!") and not wrong:
            continue
        wanted = shebang_for(name, text, earlier_texts(past.commits(), past.patch_of, name))
        if wanted and wanted != first:
            new = f"{wanted}\n{rest}" if first.startswith("#!") else f"{wanted}\n{text}"
            what = "names an interpreter that is not there" if wrong else "does not say what runs it"
            yield Edit(
                patch=Patch.of([case.edit(name, new)]), reason=f"{name} {what}: its first line is {wanted}"
            )
            return
