"""configuration_fix: a job asks its matrix, or one of its steps, for what it has under another name."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.earlier import earlier_texts
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.unset_values import named
from autonomous_cicd.domain.yaml_lines import Sheet
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.plugins import remedy

__all__ = ["UnsetValue"]

_C = Category
_PASSES = frozenset((_C.NETWORK, _C.RATE_LIMIT, _C.FLAKY_TEST, _C.INFRASTRUCTURE, _C.RESOURCE_MEMORY))
"""Causes that may be gone the next time, whatever is changed."""


@remedy
class UnsetValue:
    """Has a job ask for a value by the name that it has: the host puts nothing in place of another."""

    name = "unset_value"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: whether a value is unset, only the workflow file tells."""
        return 0.0 if failure.category in _PASSES else 0.97

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the workflow file with the right names, where they can be told."""
        plan, name = case.task.job, case.workflow
        if plan is None or name not in case.files.names:
            return ()
        sheet = _sheet(case.files.read(name))
        past, job = case.bench.past, plan.job.id
        before = next(earlier_texts(past.commits(), past.patch_of, name, most=1), "")
        new = named(sheet, job, _sheet(before) if before else None) if sheet else ""
        if not new:
            return ()
        reason = f"{name} has the job {job} ask for values by the names that they have"
        return (Edit(patch=Patch.of([case.edit(name, new)]), reason=reason),)


def _sheet(text: str) -> Sheet | None:
    try:
        document = read_yaml(text)
    except DocumentError:
        return None
    return Sheet(text, document.value, document.line)
