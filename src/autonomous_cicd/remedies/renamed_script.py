"""configuration_fix: who calls a script by a name that it does not have any more calls it by its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.earlier import earlier_texts
from autonomous_cicd.domain.file_kinds import holds_checks, is_test, is_workflow
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.renamed_scripts import Asked, asked_for, called_otherwise, named_now, scripts_of
from autonomous_cicd.plugins import remedy

__all__ = ["RenamedScript"]

CHANGES = 10
"""Changes of a file that are looked back at."""


@remedy
class RenamedScript:
    """Follows a script of package.json, or a target of make, to its new name."""

    name = "renamed_script"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: when a script is not there."""
        return 0.85 if asked_for(_said(failure)) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the calls by the new name."""
        found = (_followed(case, one) for one in asked_for(f"{_said(case.failure)}\n{case.log}"))
        return tuple(edit for edit in found if edit)[:1]


def _said(failure: Failure) -> str:
    return "\n".join((failure.message, *(quote.text for quote in failure.evidence)))


def _followed(case: Case, asked: Asked) -> Edit | None:
    """Return what calls a script by the name that it has now, when that is sure."""
    found = {new for file in case.files.names if asked.defined_in(file) for new in _names(case, asked, file)}
    if len(found) != 1:
        return None
    new = found.pop()
    changes = []
    for file in case.files.names:
        if (holds_checks(file) or is_workflow(file)) and not is_test(file):
            text = case.files.read(file)
            if (after := called_otherwise(asked.kind, text, asked.name, new)) != text:
                changes.append(case.edit(file, after))
    if not changes:
        return None
    files = ", ".join(one.name for one in changes)
    reason = f"{asked.name} is called {new} now: {files} says so"
    return Edit(patch=Patch.of(changes), reason=reason, meant=("calls `",))


def _names(case: Case, asked: Asked, file: str) -> Iterator[str]:
    """Yield the name that a file has for a script now; the script itself where it is still there."""
    now = scripts_of(asked.kind, case.files.read(file))
    if asked.name in now:
        yield asked.name
        return
    past = case.bench.past
    older = (
        scripts_of(asked.kind, text) for text in earlier_texts(past.commits(), past.patch_of, file, CHANGES)
    )
    before = next((one for one in older if asked.name in one), {})
    if new := named_now(asked.name, before, now):
        yield new
