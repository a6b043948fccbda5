"""Overrides and direct dependencies of npm that contradict each other agree again, or a person decides."""

from __future__ import annotations

import json

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.node_override import NodeOverride

SAID = "npm error code EOVERRIDE\nnpm error Override for {0}@{1} conflicts with direct dependency\n"


def manifest(direct: str, override: str, package: str = "lodash", section: str = "dependencies") -> str:
    """Return a package.json with both."""
    data = {"name": "x", "version": "1.0.0", section: {"a": "1", package: direct}}
    return json.dumps(data | ({"overrides": {package: override}} if override else {}), indent=2) + "\n"


def agreed(
    now: str, before: str = "", *, name: str = "package.json", locked: bool = False, said: str = ""
) -> str:
    """Return a manifest after the repair; "" when there is none."""
    files = {name: now} | ({"package-lock.json": "{}\n"} if locked else {})
    patches = (Patch.of([changed_file(name, before, now)]),) if before else ()
    log = said or SAID.format("lodash", "4")
    bench = FakeBench(
        past=FakePast(patches), executing=lambda argv, patch: Tried(exit_code=int(locked), log="")
    )
    case = case_of(files, log, failure_of(log, Category.DEPENDENCY_CONFLICT), bench)
    found = edits(prescribed(NodeOverride(), case))
    return edited(files, found[0])[name] if found else ""


@pytest.mark.parametrize(
    ("now", "before", "after"),
    [
        # The dependency was raised, the override was forgotten.
        (("^4.17.21", "4.17.20"), ("^4.17.15", "4.17.20"), ("^4.17.21", "$lodash")),
        (("5.0.0", "4.17.21"), ("4.17.21", "4.17.21"), ("5.0.0", "$lodash")),
        # The override came, and the dependency allows it.
        (("^4.17.15", "4.17.21"), ("^4.17.15", ""), ("4.17.21", "4.17.21")),
        (("^4.17.15", "4.17.21"), ("^4.17.15", "4.17.20"), ("4.17.21", "4.17.21")),
        # Nothing is known of what was before.
        (("^4.17.15", "4.17.21"), None, ("4.17.21", "4.17.21")),
        (("^5.0.0", "4.17.21"), None, ("^5.0.0", "$lodash")),
        # An older one would win, or nobody can tell.
        (("^4.0.0", "5.0.0"), None, None),
        (("^4.17.20", "4.17.21"), ("^4.17.15", "4.17.21"), None),
        (("^4.17.15", "3.0.0"), ("^4.17.15", ""), None),
        (("github:a/b", "4.17.21"), None, None),
        (("^4.17.15", "$lodash"), None, None),
    ],
)
@pytest.mark.parametrize("section", ["dependencies", "devDependencies", "optionalDependencies"])
def test_they_agree_again(
    now: tuple[str, str], before: tuple[str, str] | None, after: tuple[str, str] | None, section: str
) -> None:
    old = manifest(*before, section=section) if before else ""
    expected = manifest(*after, section=section) if after else ""
    assert expected == agreed(manifest(*now, section=section), old)


def test_only_what_is_said_to_conflict_is_changed() -> None:
    now = manifest("^4.17.15", "4.17.21", "@a/b")
    assert manifest("4.17.21", "4.17.21", "@a/b") == agreed(now, said=SAID.format("@a/b", "^4.17.15"))
    assert "" == agreed(now, said=SAID.format("@a/c", "^4.17.15"))
    assert "" == agreed(now, said="npm error code EOVERRIDE\n")
    assert "" == agreed(manifest("^4.17.15", ""))
    nested = now.replace('"4.17.21"', '{".": "4.17.21"}')
    assert "" == agreed(nested, said=SAID.format("@a/b", "^4.17.15"))


def test_what_its_lock_cannot_follow_is_left() -> None:
    assert "" == agreed(manifest("^4.17.15", "4.17.21"), locked=True)
