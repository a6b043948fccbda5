"""Who calls a script by its old name is changed, and only when it is sure what the script is called now."""

from __future__ import annotations

import json

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.renamed_script import RenamedScript

CI = ".github/workflows/ci.yml"
NPM = 'npm error Missing script: "unit"\n'
MAKE = "make: *** No rule to make target 'unit'.  Stop.\n"


def package(**scripts: str) -> str:
    return json.dumps({"name": "x", "scripts": scripts}, indent=2)


@pytest.mark.parametrize(
    ("file", "before", "after", "log", "call", "expected"),
    [
        (
            "package.json",
            package(unit="a"),
            package(**{"test:unit": "a"}),
            NPM,
            "npm run unit",
            "npm run test:unit",
        ),
        ("app/package.json", package(unit="a"), package(check="a"), NPM, "yarn unit", "yarn check"),
        ("Makefile", "unit:\n\tpytest\n", "check:\n\tpytest\n", MAKE, "make unit", "make check"),
        ("package.json", "", package(**{"u:nit": "a"}), NPM, "npm run unit", "npm run u:nit"),
    ],
)
def test_it_is_called_by_its_new_name(
    file: str, before: str, after: str, log: str, call: str, expected: str
) -> None:
    past = FakePast((Patch.of([changed_file(file, before, after)]),) if before else ())
    files = {file: after, CI: f"    - run: {call}\n", "README.md": call, "tests/test_a.py": f"'{call}'"}
    case = case_of(files, log, failure_of(log), FakeBench(past=past))
    (edit,) = edits(prescribed(RenamedScript(), case))
    assert {**files, CI: f"    - run: {expected}\n"} == edited(files, edit)
    assert RenamedScript().suits(failure_of(log)) > 0.5


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (package(unit="a"), package(lint="b")),  # gone
        (package(unit="a"), package(x="a", y="a")),  # two have it
        (package(unit="a"), package(**{"test:unit": "other"})),  # another thing by now
        (package(unit="a"), package(unit="a")),  # it is there: asked for elsewhere
    ],
)
def test_what_is_not_sure_is_left_alone(before: str, after: str) -> None:
    past = FakePast((Patch.of([changed_file("package.json", before, after)]),))
    files = {"package.json": after, CI: "    - run: npm run unit\n"}
    assert [] == prescribed(RenamedScript(), case_of(files, NPM, failure_of(NPM), FakeBench(past=past)))


def test_what_else_is_missing_is_not_its_business() -> None:
    assert 0.0 == RenamedScript().suits(failure_of("Cannot find module 'unit'\n"))
