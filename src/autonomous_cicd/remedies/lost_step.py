"""configuration_fix: the step that makes ready what later steps of a job use, put back or taken over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile

from autonomous_cicd.cases import Case
from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.earlier import restored
from autonomous_cicd.domain.intent import withholds
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.domain.yaml_lines import Sheet, indent_of, value_at
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.plugins import remedy

__all__ = ["LostStep"]

_C = Category
_SUITS = frozenset(
    (
        *(_C.ENVIRONMENT, _C.DEPENDENCY_MISSING, _C.CONFIGURATION, _C.IMPORT_ERROR, _C.PACKAGING_BUILD),
        *(_C.TYPE_CHECK, _C.UNKNOWN),
    )
)
_READY_USES = re.compile(r"setup|checkout|install|toolchain|download|submodule", re.IGNORECASE)
_READY_RUN = re.compile(
    r"\b(?:install|ci|sync|build|compile|generate|codegen|bootstrap|setup|restore|prepare|init|enable|pull"
    r"|fetch|download|clone|update|start|up)\b"
)
_INSTALLS = re.compile(
    r"\b(?:pip[\d.]*|uv|poetry|pdm|pipenv|npm|yarn|pnpm|bun|bundle|composer)\b[^\n]*\b(?:install|ci|sync|i)\b"
    r"|^\s*yarn\s*$",
    re.MULTILINE,
)
_ABSENT = re.compile(
    r"command not found|: not found\b|No module named|Cannot find (?:module|package) '[^./]|is not recognized"
)
_ORDERS = re.compile(
    r"\b(?:before|after|first|earlier|later|last|order|fast(?:er)?|sooner|reorder)\b", re.IGNORECASE
)
"""What says that the order is meant."""
_MOST = 3
"""Changes of the workflow file that are looked at."""

Entry = tuple[str, str, str]
"""A job, and a line of what one of its steps runs, or an action that it uses."""


@remedy
class LostStep:
    """Puts back, or in its place, the step that makes a job ready, or takes it over from another job."""

    name = "lost_step"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: whether a step is missing, only the workflow file tells."""
        return 0.96 if failure.category in _SUITS else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the workflow file with the step that is missing in the job."""
        plan, name = case.task.job, case.workflow
        if plan is None or name not in case.files.names:
            return ()
        job, text = plan.job.id, case.files.read(name)
        new, how = _put_back(case, name, text, job) or (_taken_over(case, text, job), "as another job has it")
        if not new:
            return ()
        reason = f"{name} makes the job {job} ready again for what it runs: {how}"
        return (Edit(patch=Patch.of([case.edit(name, new)]), reason=reason),)


def _put_back(case: Case, name: str, text: str, job: str) -> tuple[str, str] | None:
    """Return the text with what a commit took from the job's steps, or moved, and which; None when none did.

    The text is empty when the commit meant it.
    """
    past, now = case.bench.past, _read(text)
    here = _entries(now)
    changing = [one for one in past.commits() if name in one.files][:_MOST]
    for commit in changing:
        before = next((one.before for one in past.patch_of(commit.id) if one.name == name), None) or ""
        old = _read(before)
        known = [*_steps(_job(old, job)), *_steps(_job(now, job))]
        then = _entries(old)
        gone, common = then - here, then & here
        lost = Counter({one: gone[one] for one in gone if one[0] == job and _makes_ready(*one[1:])})
        order = [one for one in then if one in common and one[0] == job]
        moved = order != [one for one in here if one in common and one[0] == job]
        if not lost and not moved:
            continue
        if withholds(commit.subject) or (moved and _ORDERS.search(commit.subject)):
            return "", ""

        def fits(
            candidate: str,
            lost: Counter[Entry] = lost,
            known: Sequence[dict[str, Json]] = known,
            order: Sequence[Entry] = order,
        ) -> bool:
            there = _read(candidate)
            does = _entries(there)
            return (
                does - here == lost
                and not here - does
                and [one for one in does if one in order] == order
                and _besides(there, job) == _besides(now, job)
                and all(step in known for step in _steps(_job(there, job)))
            )

        if found := restored(text, before, fits):
            return found, f'as it was before {commit.id[:7]} "{commit.subject[:60]}"'
    return None


def _read(text: str) -> Json:
    try:
        return read_yaml(text).value
    except DocumentError:
        return None


def _entries(document: Json) -> Counter[Entry]:
    """Return what the steps of each job do, line by line."""
    found: Counter[Entry] = Counter()
    jobs = value_at(document, ("jobs",))
    for job, body in jobs.items() if isinstance(jobs, dict) else ():
        for step in _steps(body):
            uses, script = step.get("uses"), step.get("run")
            if isinstance(uses, str):
                found[job, "uses", uses] += 1
            for line in script.splitlines() if isinstance(script, str) else ():
                found[job, "run", line.strip()] += bool(line.strip())
    return found


def _job(document: Json, job: str) -> Json:
    return value_at(document, ("jobs", job))


def _steps(job: Json) -> Iterator[dict[str, Json]]:
    steps = value_at(job, ("steps",))
    yield from (one for one in (steps if isinstance(steps, list) else ()) if isinstance(one, dict))


def _makes_ready(kind: str, text: str) -> bool:
    return bool((_READY_USES if kind == "uses" else _READY_RUN).search(text))


def _besides(document: Json, job: str) -> Json:
    """Return all that a workflow file says but for the steps of a job."""
    jobs = value_at(document, ("jobs",))
    if not isinstance(document, dict) or not isinstance(jobs, dict):
        return None
    body = jobs.get(job)
    left = {key: value for key, value in body.items() if key != "steps"} if isinstance(body, dict) else body
    return {**document, "jobs": {**jobs, job: left}}


def _taken_over(case: Case, text: str, job: str) -> str:
    """Return the text with the only step by which other jobs install something, where this one never does."""
    told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence)))
    document = read_yaml(text, file=case.workflow)
    jobs = value_at(document.value, ("jobs",))
    if not isinstance(jobs, dict) or not _ABSENT.search(told) or _installing(jobs.get(job)):
        return ""
    found = {
        str(step): ("jobs", other, "steps", number)
        for other, body in jobs.items()
        for number, step in _installing(body)
        if "if" not in step and "${{" not in str(step)
    }
    first = next((number for number, step in enumerate(_steps(jobs.get(job))) if "run" in step), None)
    if len(found) != 1 or first is None:
        return ""
    sheet = Sheet(text, document.value, document.line)
    (path,) = found.values()
    block, target = _item(sheet, sheet.row(path)), sheet.row(("jobs", job, "steps", first))
    if not block or not _item(sheet, target):
        return ""
    deeper = indent_of(sheet.lines[target]) - indent_of(block[0])
    sheet.lines[target:target] = [
        f"{' ' * deeper}{line}"[max(-deeper, 0) :] if line.strip() else line for line in block
    ]
    return sheet.joined()


def _item(sheet: Sheet, row: int) -> list[str]:
    """Return the lines of an item of a list that begins in a line; none when it does not begin there."""
    lines = sheet.lines[row:]
    own = indent_of(lines[0])
    if not lines[0].lstrip().startswith("- "):
        return []
    inner = list(takewhile(lambda line: not line.strip() or indent_of(line) > own, lines[1:]))
    while inner and not inner[-1].strip():
        inner.pop()
    return [lines[0], *inner]


def _installing(job: Json) -> list[tuple[int, dict[str, Json]]]:
    """Return the steps of a job that install packages, with their numbers."""
    steps = enumerate(_steps(job))
    return [(number, one) for number, one in steps if _INSTALLS.search(str(one.get("run") or ""))]
