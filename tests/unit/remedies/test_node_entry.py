"""How a package's code is loaded is put back where a commit changed it by a slip."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.node_entry import NodeEntry

SCOPE = "ReferenceError: require is not defined in ES module scope, you can use import instead\n"
IMPORT = "SyntaxError: Cannot use import statement outside a module\n"
MISSING = "Error: Cannot find module '/w/lib/index.js'\n"


def package(**entries: Any) -> str:
    return json.dumps({"name": "x", "version": "1.0.0", **entries, "license": "MIT"}, indent=2) + "\n"


def tried(
    before: str, now: str, log: str, subject: str = "Work in progress", name: str = "package.json"
) -> list[str]:
    past = FakePast((Patch(), Patch.of([changed_file(name, before, now)])), subjects=("News", subject))
    folder = name.rpartition("/")[0]
    files = {name: now, f"{folder}/index.js".lstrip("/"): "x", f"{folder}/src/a.js".lstrip("/"): "y"}
    case = case_of(files, log, failure_of(log), FakeBench(past=past))
    return [edited(files, one)[name] for one in edits(prescribed(NodeEntry(), case))]


@pytest.mark.parametrize(
    ("before", "now", "log"),
    [
        ({"main": "index.js"}, {"main": "index.js", "type": "module"}, SCOPE),
        ({"type": "module", "main": "index.js"}, {"main": "index.js"}, IMPORT),
        ({"main": "index.js"}, {"main": "lib/index.js"}, MISSING),
        (
            {"exports": {".": {"default": "./index.js"}}},
            {"exports": {".": {"default": "./lib/index.js"}}},
            MISSING,
        ),
        (
            {"main": "index.js", "exports": "./index.js"},
            {"main": "lib/index.js", "exports": "./lib/index.js"},
            MISSING,
        ),
    ],
)
@pytest.mark.parametrize("name", ["package.json", "packages/one/package.json"])
def test_the_entry_is_as_it_was_and_what_else_was_changed_stays(
    before: dict[str, Any], now: dict[str, Any], log: str, name: str
) -> None:
    (found,) = tried(package(**before), package(**now, private=True), log, name=name)
    assert {**json.loads(package(**before)), "private": True} == json.loads(found)
    assert NodeEntry().suits(failure_of(log)) > 0.5


@pytest.mark.parametrize(
    ("before", "now", "log", "subject"),
    [
        ({}, {"type": "module"}, SCOPE, "Become an ES module"),
        ({}, {"type": "module"}, MISSING, "Work in progress"),
        ({"main": "index.js"}, {"main": "src/a.js"}, MISSING, "Work in progress"),
        ({"main": "dist/index.js"}, {"main": "lib/index.js"}, MISSING, "Work in progress"),
        ({"main": "index.js"}, {"main": "index.js", "private": True}, MISSING, "Work in progress"),
    ],
)
def test_what_was_meant_or_explains_nothing_is_left_alone(
    before: dict[str, Any], now: dict[str, Any], log: str, subject: str
) -> None:
    assert [] == tried(package(**before), package(**now), log, subject)


def test_what_cannot_be_read_is_left_alone() -> None:
    assert [] == tried("{", package(type="module"), SCOPE)
    assert 0.0 == NodeEntry().suits(failure_of("AssertionError: 1 == 2\n"))
