"""Repairs a workflow file that the code host refuses: what it retired, what was misread, what is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from autonomous_cicd.cases import Case
from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.cached_paths import missing, with_paths
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.earlier import earlier_texts, restored
from autonomous_cicd.domain.mended_yaml import DROPS, NEED, SLIPS, mended
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.python_wanted import instead_of, releases
from autonomous_cicd.domain.release_actions import SUCCESSOR
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.domain.script import commands
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.domain.workflow_names import is_main
from autonomous_cicd.domain.workflow_refusals import Refusal, RefusalKind, absent_python
from autonomous_cicd.domain.workflow_rights import lacking
from autonomous_cicd.domain.workflow_surgery import (
    commands_to_files,
    grant,
    newer_actions,
    newer_images,
    real_versions,
)
from autonomous_cicd.domain.yaml_lines import Sheet, differences, value_at
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.plugins import remedy
from autonomous_cicd.workflows.file import read_action, read_workflow
from autonomous_cicd.workflows.refused import refused

__all__ = ["WorkflowFile"]

_FOLDER = ".github/workflows/"
_RULES = ("github-", "workflow-")
_DONE = {
    RefusalKind.ACTION: "takes versions of actions that are still served",
    RefusalKind.RUNNER: "runs on images that are still offered",
    RefusalKind.COMMAND: "writes to the runner's environment files, as its disabled commands did",
    RefusalKind.VERSION: "asks for versions of Python that exist",
    RefusalKind.PERMISSION: "grants the job's token the right that a step needs",
}
_DENIED = re.compile(r"not accessible by integration|ACTIONS_ID_TOKEN_REQUEST_URL|lacks `")
_RECENT = 30
_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")


@remedy
class WorkflowFile:
    """Repair the workflow file, all places of one fault and nothing else."""

    name = "workflow_file"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        place = failure.place.file
        if place.startswith(_FOLDER) or place.endswith(("action.yml", "action.yaml")):
            return 0.95
        return 0.9 if failure.rule.startswith(_RULES) or _FOLDER in failure.message else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the repair of the file that is refused."""
        for name in _files(case):
            found = _repair(case, name)
            if found:
                return (found,)
        return ()


def _files(case: Case) -> Iterator[str]:
    """Yield the files that may be meant, the likeliest first."""
    named = [case.failure.place.file, case.workflow, *case.failure.files]
    told = f"{case.failure.message}\n{case.result.reason}"
    every = [one for one in case.files.names if _is_workflow(one)]
    likely = [one for one in named if one in every]
    yield from dict.fromkeys([*likely, *(one for one in every if one in told)])
    if not likely:
        yield from (one for one in every if one not in told)


def _is_workflow(name: str) -> bool:
    if name.startswith(_FOLDER):
        return name.count("/") == 2 and name.endswith((".yml", ".yaml"))
    return name.rsplit("/", 1)[-1] in ("action.yml", "action.yaml")


def _repair(case: Case, name: str) -> Prescription | None:
    text = case.files.read(name)
    if not text:
        return None
    wrong = _complaint(name, text)
    if wrong:
        new, how = _readable(case, name, text, wrong)
        if not new:
            return None
        reason = f"{name}:{wrong.line} {wrong.reason}; {how}"
        # Before, nobody could read what the line says: it is no news.
        return _edit(
            case, name, new, reason, "makes something depend on a condition", "runs on another system"
        )
    if not name.startswith(_FOLDER):
        return None
    found = refused(text)
    if not found:
        return _granted(case, name, text) or _cached(case, name, text)
    every = list(found)
    for _ in RefusalKind:
        if not (left := refused(text)):
            break
        # One repair may need another: a successor of an action, a right that the old one did without.
        every += [one for one in left if one not in every]
        kind = left[0].kind
        of_kind = [one for one in left if one.kind is kind]
        new = _repaired(case, name, text, kind, of_kind)
        if not new:
            return Escalate(reason=f"{name}:{of_kind[0].line}: {of_kind[0].message}; {_why_not(kind)}")
        text = new
    reason = f"{name} {_told(every)}: {found[0].message}"
    meant = (f"uses an action that it did not use: {SUCCESSOR}", *_granting(every))
    return replace(_edit(case, name, text, reason, *meant), asks=_doubt(case, name))


def _doubt(case: Case, name: str) -> str:
    """Return why a person has to say whether a workflow is to be kept up at all; "" when it surely is."""
    others = [
        one for one in case.files.names if _is_workflow(one) and one.startswith(_FOLDER) and one != name
    ]
    commits = case.bench.past.commits(_RECENT)
    # The first commit brought everything: it tells nothing.
    touched = any(name in one.files for one in commits[:-1] or commits)
    if not others or touched or not commits or is_main(name):
        return ""
    return f"{name} was not touched for long, and there are others: is it still needed?"


def _granted(case: Case, name: str, text: str) -> Edit | None:
    """Return the grant of what the host said a job's token lacks, where the file says nothing of rights."""
    if not _DENIED.search(case.failure.message):
        return None
    document = read_yaml(text, file=name)
    jobs = value_at(document.value, ("jobs",))
    failed = case.task.job.job.id if case.task.job else ""
    for job, body in jobs.items() if isinstance(jobs, dict) else ():
        rights: dict[str, None] = {}
        steps = value_at(body, ("steps",))
        for step in steps if isinstance(steps, list) and failed in ("", job) else ():
            if isinstance(step, dict):
                script = step.get("run")
                called = commands(script) if isinstance(script, str) else ()
                declared = value_at(body, ("permissions",)) or value_at(document.value, ("permissions",))
                rights.update(dict.fromkeys(lacking(declared, step, called)))
        sheet = Sheet(text, document.value, document.line)
        if rights and grant(sheet, job, tuple(rights)):
            new = sheet.joined()
            if _proper(name, document.value, new, RefusalKind.PERMISSION):
                meant = [f"asks for rights: {right}: write" for right in rights]
                return _edit(case, name, new, f"{name} {_DONE[RefusalKind.PERMISSION]}", *meant)
    return None


def _cached(case: Case, name: str, text: str) -> Edit | None:
    """Return the name of the file that a cache goes by, where what is named is not there."""
    if not missing(case.failure.message):
        return None
    past = case.bench.past
    new = with_paths(text, frozenset(case.files.names), earlier_texts(past.commits(), past.patch_of, name))
    reason = f"{name} names a file that is there for its cache to go by"
    return _edit(case, name, new, reason) if new != text else None


def _told(found: Sequence[Refusal]) -> str:
    return ", ".join(dict.fromkeys(_DONE[one.kind] for one in found))


def _why_not(kind: RefusalKind) -> str:
    if kind is RefusalKind.ACTION:
        return "what to use instead cannot be put there without changing what the steps around it do"
    return "it is written in a way that cannot be changed surely"


def _granting(found: Sequence[Refusal]) -> list[str]:
    """Return what of the repair would need a consent, and is what the host says that it lacks."""
    return [f"asks for rights: {one.subject}: write" for one in found if one.kind is RefusalKind.PERMISSION]


def _edit(case: Case, name: str, text: str, reason: str, *meant: str) -> Edit:
    return Edit(patch=Patch.of([case.edit(name, text)]), reason=reason, meant=meant)


def _complaint(name: str, text: str) -> DocumentError | None:
    """Return why a file cannot be read as what it is to be; None when it can."""
    try:
        if name.startswith(_FOLDER):
            read_workflow(text, path=name)
        else:
            read_action(text, path=name)
    except DocumentError as error:
        return error
    return None


def _readable(case: Case, name: str, text: str, wrong: DocumentError) -> tuple[str, str]:
    """Return the text put right, and how it was found out; "" when there is no sure way."""

    def fits(candidate: str) -> bool:
        return _complaint(name, candidate) is None

    if new_name := _renamed_job(case, name, text, wrong):
        wrong = DocumentError(wrong.reason, line=wrong.line, hint=f"did you mean {new_name!r}?")
    slip = _mended(text, wrong, fits, 0, SLIPS)
    if slip and new_name:
        return slip, "the job has another name now"
    if slip:
        return slip, "the one slip that explains it is put right"
    past = case.bench.past
    for before in earlier_texts(past.commits(), past.patch_of, name):
        if fits(before):
            found = restored(text, before, fits, wrong.line)
            if found and _actions(text) <= _actions(found):
                return found, "what stood there before is put back"
            break
    return _mended(text, wrong, fits, SLIPS + 1, DROPS), "the one slip that explains it is put right"


def _actions(text: str) -> set[str]:
    return set(re.findall(r"(?m)^\s*(?:-\s+)?uses:\s*[\"']?([\w./-]+)", text))


def _renamed_job(case: Case, name: str, text: str, wrong: DocumentError) -> str:
    """Return the name that a job has now which another one needs; "" when no commit gave it one."""
    need = NEED.search(wrong.reason)
    past = case.bench.past
    for before in earlier_texts(past.commits(), past.patch_of, name) if need else ():
        try:
            old, new = (value_at(read_yaml(one).value, ("jobs",)) for one in (before, text))
        except DocumentError:
            continue
        if need and isinstance(old, dict) and isinstance(new, dict) and need[1] in old:
            come = [one for one in new if one not in old]
            same = [one for one in come if _steps(new[one]) == _steps(old[need[1]])]
            only = come if len(come) == 1 and sum(one not in new for one in old) == 1 else same
            return str(only[0]) if len(only) == 1 else ""
    return ""


def _steps(job: Json) -> Json:
    return value_at(job, ("steps",))


def _mended(text: str, wrong: DocumentError, fits: Callable[[str], bool], low: int, high: int) -> str:
    """Return the only text with one slip put right that can be read; "" when there is none, or several."""
    best, ranked, value = "", -1, object()
    end = "\r\n" if "\r\n" in text else "\n"
    for rank, lines in mended(text.replace(end, "\n"), wrong.line, wrong.reason, wrong.hint):
        if best and rank > ranked:
            break
        candidate = lines.replace("\n", end)
        if not low <= rank <= high or not fits(candidate):
            continue
        read = read_yaml(candidate).value
        if best and read != value:
            return ""
        if not best:
            best, ranked, value = candidate, rank, read
    return best


def _repaired(case: Case, name: str, text: str, kind: RefusalKind, found: Sequence[Refusal]) -> str:
    """Return the text without refusals of a kind; "" when that cannot be done surely."""
    document = read_yaml(text, file=name)
    sheet = Sheet(text, document.value, document.line)
    if kind is RefusalKind.ACTION:
        sure = newer_actions(sheet, found)
    elif kind is RefusalKind.RUNNER:
        sure = newer_images(sheet, found)
    elif kind is RefusalKind.COMMAND:
        sure = commands_to_files(sheet, found)
    elif kind is RefusalKind.VERSION:
        sure = real_versions(sheet, found, _chooser(case, name, found))
    else:
        jobs = dict.fromkeys(one.job for one in found)
        if len(jobs) > 1:
            return _one_by_one(case, name, text, found)
        sure = all(grant(sheet, job, _rights(found, job)) for job in jobs)
    new = sheet.joined()
    return new if sure and _proper(name, document.value, new, kind) else ""


def _one_by_one(case: Case, name: str, text: str, found: Sequence[Refusal]) -> str:
    for job in dict.fromkeys(one.job for one in found):
        text = text and _repaired(
            case, name, text, RefusalKind.PERMISSION, [one for one in found if one.job == job]
        )
    return text


def _rights(found: Sequence[Refusal], job: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.subject for one in found if one.job == job))


def _proper(name: str, before: object, text: str, kind: RefusalKind) -> bool:
    """Tell whether a repaired file reads well, and differs only where that kind of repair may change it."""
    if _complaint(name, text):
        return False
    try:
        after = read_yaml(text).value
    except DocumentError:
        return False
    allowed = {
        RefusalKind.ACTION: ("uses", "with"),
        RefusalKind.RUNNER: ("runs-on", "strategy", "if"),
        RefusalKind.COMMAND: ("run",),
        RefusalKind.VERSION: ("strategy", "with"),
        RefusalKind.PERMISSION: ("permissions",),
    }[kind]
    changed = list(differences(before, after))  # type: ignore[arg-type]
    if kind is RefusalKind.RUNNER:
        return all(any(part in allowed for part in path) or _names_matrix(after, path) for path in changed)
    return bool(changed) and all(any(part in allowed for part in path) for path in changed)


def _names_matrix(after: object, path: tuple[str | int, ...]) -> bool:
    value = value_at(after, path)  # type: ignore[arg-type]
    return isinstance(value, str) and "matrix." in value


def _chooser(case: Case, name: str, found: Sequence[Refusal]) -> Callable[[str, Sequence[str]], str]:
    """Return what chooses a version: what stood there before, or the nearest that the project supports."""
    texts = [case.files.read(one) for one in _MANIFESTS if one in case.files.names]
    supported = releases(texts)
    installed = [
        ".".join(one.version.split(".")[:2]) for one in case.machine.interpreters if one.language == "python"
    ]
    before = _before(case, name, found)

    def choose(absent: str, others: Sequence[str]) -> str:
        earlier = before.get(absent, "")
        if earlier and earlier not in others:
            return earlier
        return instead_of(absent, others, supported, installed)

    return choose


def _before(case: Case, name: str, found: Sequence[Refusal]) -> dict[str, str]:
    """Return what stood in the place of each absent version, when the file was read last and it was there."""
    known: dict[str, str] = {}
    past = case.bench.past
    for text in earlier_texts(past.commits(), past.patch_of, name):
        try:
            value = read_yaml(text).value
        except DocumentError:
            continue
        for one in found:
            earlier = value_at(value, one.path)
            if isinstance(earlier, str) and not absent_python(earlier, "ubuntu-latest"):
                known.setdefault(one.subject, earlier)
    return known
