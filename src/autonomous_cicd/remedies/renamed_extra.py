"""Renamed extra: ask for an extra or a group of requirements by the name that the project has for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.extras import Absent, absent, instead, known, renamed
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.python_project import look_at
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["RenamedExtra"]

_SAYS = re.compile(
    r"does not provide the extra|does not have an extra named|Extra `[^`]+` is not defined"
    r"|Extra \[[^\]]+\] is not|Group `[^`]+` is not defined|Dependency group '[^']+' not found"
    r"|Group\(s\) not found"
)
_CALLERS = ("tox.ini", "setup.cfg", "noxfile.py", "Makefile", "makefile", "tasks.py")
_POSSIBLE = frozenset(
    (Category.DEPENDENCY_MISSING, Category.CONFIGURATION, Category.UNKNOWN, Category.ENVIRONMENT)
)


@remedy
class RenamedExtra:
    """Ask for an extra by its own name, where a command asks for one that the project does not have."""

    name = "renamed_extra"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: mostly a log only warns of it, far above what fails."""
        if any(_SAYS.search(text) for text in (failure.message, *(quote.text for quote in failure.evidence))):
            return 0.96
        return 0.45 if failure.category in _POSSIBLE else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the change of the files that ask for what is not there."""
        if not _SAYS.search(case.log):
            return ()
        scripts = [step.command for step in case.result.steps if step.command] or [case.script]
        project = look_at(case.files.names, case.files.read, scripts, case.workflow)
        texts: dict[str, str] = {}
        told = []
        for one in absent(case.log, project.called):
            new = instead(one.name, known(one.kind, project.texts))
            changed = _changed(case, one, new, texts) if new else {}
            texts.update(changed)
            told += [f"{one.name} is called {new}"] if changed else []
        if not told:
            return ()
        patch = Patch.of([case.edit(name, text) for name, text in texts.items()])
        return (Edit(patch=patch, reason=f"asks in {', '.join(texts)} for what there is: {'; '.join(told)}"),)


def _changed(case: Case, one: Absent, new: str, texts: dict[str, str]) -> dict[str, str]:
    """Return the files that ask for it: the workflow, or else those that its commands call."""
    for group in ((case.workflow,), _CALLERS):
        found = {}
        for name in group:
            before = texts.get(name) or (case.files.read(name) if name in case.files.names else "")
            after = renamed(before, one, new)
            if after != before:
                found[name] = after
        if found:
            return found
    return {}
