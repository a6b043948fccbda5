"""Stricter Python: what a newer one warns of in a source is written as it wants it, and means the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.python_sources import Part, part_of
from autonomous_cicd.domain.python_text import with_equality, with_escapes
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["StricterPython"]

_WAYS: tuple[tuple[re.Pattern[str], Callable[[str], str | None], str], ...] = (
    (
        re.compile(r"(?:invalid escape sequence|is an invalid escape sequence)"),
        with_escapes,
        "backslashes that escape nothing stand in raw literals",
    ),
    (
        re.compile(r"\"is(?: not)?\" with (?:a|'\w+') literal"),
        with_equality,
        "literals are compared by their value",
    ),
)


@remedy
class StricterPython:
    """Writes a source as a newer Python wants it, meaning the same: escapes, comparisons of literals."""

    name = "stricter_python"
    strategy = Strategy.ALTERNATIVE_APPROACH
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, by what the failure's lines say."""
        return 0.9 if any(said.search(text) for said, _, _ in _WAYS for text in _said(failure)) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the source file that is complained of, written as it is wanted."""
        file = case.failure.place.file.replace("\\", "/")
        own = [name for name in case.files.names if file == name or file.endswith(f"/{name}")]
        name = max(own, key=len, default="")
        if not name.endswith(".py") or part_of(name) is Part.TEST:
            return ()
        for said, written, why in _WAYS:
            if any(said.search(text) for text in _said(case.failure)):
                new = written(case.files.read(name))
                if new is not None:
                    return (Edit(patch=Patch.of([case.edit(name, new)]), reason=f"{name}: {why}"),)
        return ()


def _said(failure: Failure) -> tuple[str, ...]:
    return failure.message, *(quote.text for quote in failure.evidence)
