"""Unended merge: a file with the marks of a merge says what both of its sides say, or a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.file_kinds import is_manifest, is_test, sets_rules
from autonomous_cicd.domain.merge_marks import first_mark, settled
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["UnendedMerge"]

_C = Category
_CATEGORIES = frozenset(
    (_C.SYNTAX_ERROR, _C.COMPILE_ERROR, _C.CONFIGURATION, _C.PACKAGING_BUILD, _C.LINT, _C.UNKNOWN)
)
_MOST = 200
"""Files that are looked into."""


@remedy
class UnendedMerge:
    """Ends a merge whose marks were committed, where one side says all that the other says."""

    name = "unended_merge"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: what cannot be read may have such marks, which nothing else explains."""
        return 0.9 if failure.category in _CATEGORIES else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the end of the merges in all files that the log names, or that one of them is open."""
        marked = {name: text for name in _files(case) if first_mark(text := case.files.read(name))}
        ended = {name: settled(text) for name, text in marked.items()}
        for name in [name for name, text in ended.items() if not text or is_test(name)]:
            where = f"{name}:{first_mark(marked[name])}"
            return (
                Escalate(reason=f"a merge was never ended, and its sides want different things: {where}"),
            )
        patch = Patch.of(case.edit(name, text) for name, text in ended.items())
        reason = f"ends the merge in {', '.join(patch.files[:3])} with the side that says what both say"
        return (Edit(patch=patch, reason=reason),) if patch else ()


def _files(case: Case) -> Iterator[str]:
    """Yield the files that the log names, and those that tools read unasked."""
    told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence), case.log))
    names = (
        name
        for name in case.files.names
        if name.rpartition("/")[2] in told or is_manifest(name) or sets_rules(name)
    )
    yield from (name for name, _ in zip(names, range(_MOST), strict=False))
