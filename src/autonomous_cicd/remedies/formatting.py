"""Puts right what the project's own formatter or linter complains of, by that very tool."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from autonomous_cicd.cases import Case, Tried
from autonomous_cicd.domain.called_scripts import expanded
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.file_kinds import is_requirements
from autonomous_cicd.domain.fixing_commands import Check, fixing
from autonomous_cicd.domain.imports_taken import effective
from autonomous_cicd.domain.lint_findings import findings, fixed
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.domain.script_faults import named_files
from autonomous_cicd.plugins import remedy

__all__ = ["Formatting"]

_BY_ITSELF = re.compile(r"\bpre-commit\b|\bprek\b|git diff (?:.*)--(?:exit-code|quiet)|\blint-staged\b")
_FAMILIAR = re.compile(
    r"\bflake8\b|\bpycodestyle\b|\bpyflakes\b|\bpylint\b|\bprospector\b|\bpylama\b|\bfrosted\b|\bruff\b"
)
_TOLD = re.compile(
    r"would reformat|[Cc]ode style issues|incorrectly sorted|imported but unused|potentially fixable"
    r"|fixable with|run .*(?:--fix|--write|format)|files? would be reformatted|\[W\d{3}|: [EWF]\d{3} "
    r"|\b(?:prettier|eslint|standard|biome|black|isort)\b"
)
_DIFFERS = re.compile(r"^\s*diff --git a/(\S+) b/\S+\s*$", re.MULTILINE)
_NAMING = ("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "uv.lock", "poetry.lock", "Cargo.lock")
_MOST_LINES = 400
_COMMITS = 3
_FORM = ("is a test; only its form is changed",)


@remedy
class Formatting:
    """Let the tool that complains write what it wants, in the files that it complains of."""

    name = "formatting"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.SAFE

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        if failure.category in (Category.LINT, Category.FORMATTING):
            return 0.95
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        if any(map(_is_made, _DIFFERS.findall(told))):
            return 0.9
        return 0.6 if _TOLD.search(told) else 0.15 if failure.category is Category.UNKNOWN else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the change that the tools make, or the one that puts small findings right by hand."""
        found = await self._written(case)
        past = (
            [case.bench.past.patch_of(one.id) for one in case.bench.past.commits(_COMMITS)] if found else []
        )
        for edit in found:
            if line := effective(edit.patch, case.files.names, past):
                reason = (
                    f"nothing uses what `{line}` brings, but it may be there for what it does, or for others"
                )
                return (Escalate(reason=reason, proposed=edit.patch),)
        return found

    async def _written(self, case: Case) -> Sequence[Edit]:
        folder = _folder(case)
        checks = list(_checks(case, folder))
        if not checks and not _BY_ITSELF.search(case.script):
            return tuple(_by_hand(case, NOTHING, case.log))
        script = _script(case, checks) if checks else case.script
        tried = await case.bench.instead(script)
        patch = _of_interest(case, tried)
        rest = list(_by_hand(case, patch, tried.log)) if not tried.green else []
        if rest:
            return rest
        if checks and not tried.green:
            return ()  # something is left that the tool does not fix: it would not become green
        if not patch or patch.size > _MOST_LINES:
            return () if patch else tuple(_by_hand(case, NOTHING, case.log))
        if not checks and "git diff" in case.script:
            reason = f"{_some(patch.files)} was behind, and is as the job itself makes it"
        else:
            tools = ", ".join(dict.fromkeys(one.tool for one in checks)) or "the hooks of pre-commit"
            reason = f"{tools} wrote what it had complained of, in {_some(patch.files)}"
        return (Edit(patch=patch, reason=reason),)


def _is_made(name: str) -> bool:
    """Whether a file is made from others by a tool: it locks versions."""
    return PurePosixPath(name).name in _NAMING or is_requirements(name)


def _different(log: str) -> frozenset[str]:
    """Return the files of which a log shows the difference to what is committed."""
    return frozenset(_DIFFERS.findall(log))


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _folder(case: Case) -> str:
    job = case.task.job
    if job and case.step:
        for step in job.job.steps:
            if step.working_directory and case.step.name in (step.title, f"Run {step.title}"):
                return step.working_directory
        return job.job.working_directory
    return case.task.commands[0].cwd if case.task.commands else ""


def _checks(case: Case, folder: str) -> Iterator[Check]:
    """Yield the checks of form that the failed script comes to, with what makes their tools."""
    before: list[str] = []
    for command, first in expanded(case.script, case.files.read, folder):
        fix, tool = fixing(command)
        if fix:
            made = (f"{first} || true",) if first else ()
            yield Check(command, fix, tool, (*before, *made))
            before = []
        elif not _FAMILIAR.search(command) or re.search(r"\binstall\b", command):
            before.append(command)


_PREPARES = re.compile(
    r"\b(?:install|sync|ci|add)\b|^(?:cd|export|source|set|\.)\s|^[A-Za-z_]\w*=|\bvenv\b|activate\b"
)


def _script(case: Case, checks: Sequence[Check]) -> str:
    """Return the script that prepares as the failed one does, fixes, and checks again."""
    lines = ['export PATH="$PWD/node_modules/.bin:$PATH"', "set +e"]
    for one in checks:
        lines += [line for line in one.before if _PREPARES.search(line) or line.endswith("|| true")]
        lines.append(one.fix)
    lines += ["set -e", *(one.check for one in checks)]
    return "\n".join(lines) + "\n"


def _of_interest(case: Case, tried: Tried) -> Patch:
    """Return what was changed of the files that were complained of, or that were touched last."""
    different = _different(case.log)
    written = [
        one
        for one in tried.changed
        if one.before is not None
        and one.after is not None
        and (PurePosixPath(one.name).name not in _NAMING or one.name in different)
        and one.executable == one.was_executable
    ]
    named = different.union(named_files(case.log, case.files.names, _folder(case)))
    wanted = [one for one in written if one.name in named]
    if not wanted:
        touched = {name for commit in case.bench.past.commits()[:3] for name in commit.files}
        wanted = [one for one in written if one.name in touched] or written
    return Patch.of(wanted)


def _by_hand(case: Case, done: Patch, log: str) -> Iterator[Edit]:
    """Yield the change that puts findings right for which the tool has no fix of its own."""
    after = {one.name: one.after for one in done if one.after is not None}

    def own(path: str) -> str:
        return next(iter(named_files(path, case.files.names, _folder(case))), "")

    found = findings(log, own)
    if not found:
        return
    changes = {one.name: one for one in done}
    for name in dict.fromkeys(one.file for one in found):
        if name.endswith("__init__.py"):
            return
        text = after.get(name) or case.files.read(name)
        new = fixed(text, [one for one in found if one.file == name])
        if not new:
            return
        changes[name] = case.edit(name, new)
    patch = Patch.of(changes.values())
    if patch and patch.size <= _MOST_LINES:
        codes = ", ".join(sorted({one.code for one in found}))
        reason = f"what the linter says of {_some(patch.files)} is put right ({codes})"
        yield Edit(patch=patch, reason=reason, meant=_FORM)
