"""Misspelt name: what is missed for one wrong letter is written as everywhere else."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.file_kinds import is_lock
from autonomous_cicd.domain.misspelt_modules import missed_modules, module_right
from autonomous_cicd.domain.misspelt_names import missed_names, spelt_right
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["MisspeltName"]

_FILES = 3000


@remedy
class MisspeltName:
    """Writes a name of the project, misspelt by one letter where it is missed, as it is written elsewhere."""

    name = "misspelt_name"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: a name is missed, and whether it resembles another only files tell."""
        told = _told(failure)
        return 0.78 if missed_names(told) or missed_modules(told) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the name as it is; nothing when several may be it, or a test wants the missed one."""
        names = [name for name in case.files.names if not is_lock(name)][:_FILES]
        texts = {name: case.files.read(name) for name in names}
        told = _told(case.failure)
        found = [
            *(spelt_right(one, texts) for one in missed_names(told)),
            *(module_right(one, texts) for one in missed_modules(told)),
        ]
        for wrong, right, files in found:
            if files:
                edit = Patch.of(case.edit(name, text) for name, text in files.items())
                reason = f"{', '.join(files)}: {wrong} is {right}, misspelt by one letter"
                return (Edit(patch=edit, reason=reason),)
        return ()


def _told(failure: Failure) -> str:
    return "\n".join((failure.message, *(one.text for one in failure.evidence)))
