"""What the history says of a JavaScript project's dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autonomous_cicd.domain.node_manifest import manifest_of
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.values import dataclass

__all__ = ["Remembered", "latest", "remembered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a manifest once said of a package."""

    package: str
    section: str
    wanted: str
    manifest: str
    age: int = 0
    """How many of the patches are newer than this."""


def remembered(patches: Iterable[Patch]) -> Iterator[Remembered]:
    """Give what manifests said before each of these patches, in their order."""
    for age, patch in enumerate(patches):
        for change in patch:
            if change.name.rpartition("/")[2] != "package.json" or not change.before:
                continue
            old = manifest_of(change.name, change.before)
            for section, rows in old.sections.items() if old else ():
                for name, wanted in rows.items():
                    yield Remembered(
                        package=name, section=section, wanted=wanted, manifest=change.name, age=age
                    )


def latest(package: str, wanted: str, manifest: str, past: Iterable[Remembered]) -> Remembered | None:
    """Return what a manifest last said of a package that it now wants otherwise; None when it never did."""
    return next(
        (one for one in past if (one.package, one.manifest) == (package, manifest) and one.wanted != wanted),
        None,
    )
