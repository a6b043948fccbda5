"""Gives a job an environment variable that it misses, with the value that the project documents for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.earlier import earlier_texts, restored
from autonomous_cicd.domain.guilt import failing_tests
from autonomous_cicd.domain.intent import announced
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.domain.variable_defaults import confidential, documented, missing_variables, yaml_value
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.domain.yaml_lines import Sheet, differences, indent_of, key_column, value_at
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.plugins import remedy

__all__ = ["MissingVariable"]

_LIKELY = frozenset((Category.CONFIGURATION, Category.ENVIRONMENT, Category.AUTHENTICATION))
_USE = (
    r"environ(?:\.get)?[\[(]\s*[\"']{name}|getenv\(\s*[\"']{name}|process\.env(?:\.{name}\b|\[[\"']{name})|\$\{{?{name}\b"
    r"|ENV\[[\"']{name}|env(?:\.\w+)?\(\s*[\"']{name}|\b[Ee]nv(?:iron)?\w*\b.*\b{name}\b|config\(\s*[\"']{name}"
)
_READ = re.compile(
    r"(?:environ(?:\.get)?[\[(]\s*[\"']|getenv\(\s*[\"']|process\.env(?:\.|\[[\"'])|ENV\[[\"'])([A-Z][A-Z0-9_]{2,80})"
)
_MOST_FILES = 600


@remedy
class MissingVariable:
    """Set the variable in the workflow, as it was set before, or as the project's documents say."""

    name = "missing_variable"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        if missing_variables(told):
            return 0.85
        return 0.25 if failure.category in _LIKELY or failure.category is Category.TEST_FAILURE else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return what sets the variables that the log misses."""
        if not case.workflow or not case.files.read(case.workflow):
            return ()
        told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence), case.log))
        text = case.files.read(case.workflow)
        for name in missing_variables(told)[:5]:
            if not _asked_for(case, name) or _set_for(text, case, name):
                continue
            if confidential(name) and name not in missing_variables(case.failure.message):
                continue
            if confidential(name):
                reason = (
                    f"{name} is not set; its name says that it is confidential, so a person has to provide it"
                )
                return (Escalate(reason=reason),)
            if found := _before(case, text, name):
                what = f"{name} is set again, as it was before"
                return (Edit(patch=Patch.of([case.edit(case.workflow, found)]), reason=what),)
            value, source = documented(name, case.files.names, case.files.read)
            if value and (new := _with(case, text, name, value)):
                what = f"{name} is set to {value!r}, the value that {source} gives for it"
                return (Edit(patch=Patch.of([case.edit(case.workflow, new)]), reason=what),)
        return tuple(_again(case, text))[:1]


def _again(case: Case, text: str) -> Iterator[Edit]:
    """Yield what sets a variable again that what fails reads, and that a commit took from the workflow."""
    told = failing_tests(case.files.names, case.log, (case.failure, *case.failures))
    for file in sorted(told | ({case.failure.place.file} & set(case.files.names))):
        for name in dict.fromkeys(_READ.findall(case.files.read(file))):
            if confidential(name) or _set_for(text, case, name) or _taken_on_purpose(case, name):
                continue
            if found := _before(case, text, name):
                what = f"{name}, which {file} reads, is set again, as it was before"
                yield Edit(patch=Patch.of([case.edit(case.workflow, found)]), reason=what)


def _taken_on_purpose(case: Case, name: str) -> bool:
    """Whether the subject of a commit of the workflow says that a variable is not needed any more."""
    commits = case.bench.past.commits()
    return any(announced(one.subject, (name,)) for one in commits if case.workflow in one.files)


def _asked_for(case: Case, name: str) -> bool:
    """Tell whether the project reads the variable from its environment."""
    use = re.compile(_USE.format(name=re.escape(name)))
    if use.search(case.script):
        return True
    names = [one for one in case.files.names if not one.endswith((".md", ".rst", ".lock", ".json"))]
    return any(name in text and use.search(text) for text in map(case.files.read, names[:_MOST_FILES]))


def _value(text: str) -> Json:
    try:
        return read_yaml(text).value
    except DocumentError:
        return None


def _places(case: Case, document: Json) -> list[tuple[str | int, ...]]:
    """Return where the failed step's variables are set: in the step, the job, the workflow."""
    job = case.task.job.job.id if case.task.job else ""
    found: list[tuple[str | int, ...]] = []
    steps = value_at(document, ("jobs", job, "steps"))
    for number, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict) and case.step and case.step.name in (step.get("name"), step.get("run")):
            found.append(("jobs", job, "steps", number))
    return [*found, *((("jobs", job),) if job else ()), ()]


def _set_for(text: str, case: Case, name: str) -> bool:
    document = _value(text)
    return any(value_at(document, (*place, "env", name)) is not None for place in _places(case, document))


def _before(case: Case, text: str, name: str) -> str:
    """Return the workflow with the variable as an earlier one had it; "" when none had it."""
    past = case.bench.past

    def fits(candidate: str) -> bool:
        document = _value(candidate)
        changed = list(differences(_value(text), document))
        only = all("env" in path for path in changed)
        return only and any(value_at(document, (*place, "env", name)) for place in _places(case, document))

    for before in earlier_texts(past.commits(), past.patch_of, case.workflow):
        if name in before and (found := restored(text, before, fits)):
            return found if "secrets." not in _line_of(found, name) else ""
    return ""


def _line_of(text: str, name: str) -> str:
    return next((line for line in text.split("\n") if re.match(rf"\s*[\"']?{name}[\"']?\s*:", line)), "")


def _with(case: Case, text: str, name: str, value: str) -> str:
    """Return the workflow with the variable set where the failed job sets its own."""
    document = read_yaml(text)
    sheet = Sheet(text, document.value, document.line)
    entry = f"{name}: {yaml_value(value)}"
    for place in _places(case, document.value):
        there = value_at(document.value, (*place, "env"))
        if isinstance(there, dict) and there:
            row = sheet.row((*place, "env"))
            below = [one for one in sheet.block(row) if sheet.lines[one].strip()]
            if "{" in sheet.lines[row] or not below:
                return ""
            sheet.lines.insert(below[-1] + 1, f"{' ' * indent_of(sheet.lines[below[0]])}{entry}")
            return _proven(text, sheet.joined(), name, value)
    job = case.task.job.job.id if case.task.job else ""
    row = sheet.row(("jobs", job, "runs-on"))
    if not job or not sheet.lines[row].lstrip().startswith("runs-on"):
        return ""
    blanks = " " * key_column(sheet.lines[row])
    deeper = " " * max(indent_of(sheet.lines[sheet.row(("jobs", job))]), 2)
    after = sheet.block(row).stop
    sheet.lines[after:after] = [f"{blanks}env:", f"{blanks}{deeper}{entry}"]
    return _proven(text, sheet.joined(), name, value)


def _proven(before: str, after: str, name: str, value: str) -> str:
    changed = list(differences(_value(before), _value(after)))
    (path,) = changed if len(changed) == 1 else ((),)
    read = value_at(_value(after), path)
    inner = read.get(name) if isinstance(read, dict) else read
    return after if path and "env" in path and inner == value else ""
