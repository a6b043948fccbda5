"""Indentation: a line of Python that stands wrongly stands as it did, or as those around it."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.earlier import earlier_texts
from autonomous_cicd.domain.file_kinds import is_test
from autonomous_cicd.domain.indents import indented, misplaced
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["Indentation"]

_WORDS = ("IndentationError", "TabError")


@remedy
class Indentation:
    """Moves a line, or one block, to the depth that it had, or that the lines around it have."""

    name = "indentation"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: the depth of a line is all that is wrong."""
        told = (failure.message, *(one.text for one in failure.evidence))
        return 0.8 if any(word in text for text in told for word in _WORDS) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the line where it belongs; nothing when it may belong to several places."""
        name, line = misplaced(case.log, case.files.names)
        if not name or is_test(name):
            return ()
        past = case.bench.past
        earlier = earlier_texts(past.commits(), past.patch_of, name, most=1)
        new = indented(case.files.read(name), line, earlier)
        if not new:
            return ()
        edit = Patch.of([case.edit(name, new)])
        return (Edit(patch=edit, reason=f"{name}:{line} stands as deep as it has to"),)
