"""Version places: a release that raised the version in one place raises it in the others as well."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.version_places import followed, may_say
from autonomous_cicd.plugins import remedy

__all__ = ["VersionPlaces"]

_VERSION = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+){1,3}[\w.+-]*)")
_SAID = re.compile(r"(?i)version")
_COMMITS = 10
_FILES = 200


@remedy
class VersionPlaces:
    """Raises the version in the places that the commit forgot which raised it elsewhere."""

    name = "version_places"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: two versions differ, or versions are spoken of."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        differ = len(set(_VERSION.findall(told))) > 1
        return 0.7 if differ else 0.4 if _SAID.search(told) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the places with the version that the newest change of one of them says."""
        names = [name for name in case.files.names if may_say(name)][:_FILES]
        now = {name: case.files.read(name) for name in names}
        past = case.bench.past
        for commit in past.commits(_COMMITS):
            if not any(name in now for name in commit.files):
                continue
            before = {
                one.name: one.before for one in past.patch_of(commit.id) if one.name in now and one.before
            }
            old, new, files = followed(now, before, case.log)
            if files:
                edit = Patch.of(case.edit(name, text) for name, text in files.items())
                reason = (
                    f"{', '.join(files)} says {new} as well: {commit.id[:7]} raised it from {old} elsewhere"
                )
                return (Edit(patch=edit, reason=reason),)
        return ()
