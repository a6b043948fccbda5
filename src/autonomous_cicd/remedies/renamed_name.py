"""Renamed name: a use that a commit forgot follows what the others call it now."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.file_kinds import is_document, is_lock, is_test, is_workflow
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.renamed_names import followed, missed, renames
from autonomous_cicd.plugins import remedy

__all__ = ["RenamedName"]

_CODE = (".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte")
_COMMITS = 5
_FILES = 2000
_MOST = 6
"""Files that follow at once."""


@remedy
class RenamedName:
    """Has a use that was forgotten follow a function, type or key to its new name."""

    name = "renamed_name"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: a name is missed."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        return 0.75 if missed(told) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the other name where it is missed; nothing when a test still wants the old one."""
        names = missed("\n".join((case.failure.message, *(one.text for one in case.failure.evidence))))
        past = case.bench.past
        for commit in past.commits(_COMMITS):
            if commit.id == past.green:
                break
            patch = past.patch_of(commit.id)
            known = renames(patch)
            for old in [name for name in names if name in known]:
                code = [name for name in case.files.names if name.endswith(_CODE)][:_FILES]
                texts = {name: case.files.read(name) for name in code}
                found = followed(old, known[old], texts, case.log)
                if not found or len(found) > _MOST or not all(map(_ours, found)):
                    return ()
                edit = Patch.of(case.edit(name, text) for name, text in found.items())
                reason = f"calls {old} {known[old]}, as {commit.id[:7]} does everywhere else"
                return (Edit(patch=edit, reason=reason),)
        return ()


def _ours(name: str) -> bool:
    return not (is_test(name) or is_document(name) or is_lock(name) or is_workflow(name))
