"""A dependency that breaks the project is bound to the newest release that does not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.adapters.memory import MemoryPackages
from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category as C
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.release import Release
from autonomous_cicd.remedies.node_breaking import NodeBreaking

RELEASES: dict[tuple[str, str], Sequence[Release | str]] = {
    ("node", "chalk"): (
        Release(version="5.3.0", module=True),
        Release(version="5.0.0", module=True),
        "4.1.2",
        "3.0.0",
    ),
    ("node", "uuid"): ("11.0.0", "10.0.0", "9.0.1", "8.3.2"),
    ("node", "ms"): ("2.1.3",),
    ("node", "many"): tuple(f"{number}.0.0" for number in range(14, 0, -1)),
    ("node", "eslint"): ("9.39.5", "8.57.1"),
}
TYPE_ERROR = "TypeError: chalk.red is not a function\n    at Object.<anonymous> (/x/w/src/log.js:3:7)"
REQUIRED = """Error [ERR_REQUIRE_ESM]: require() of ES Module /x/node_modules/chalk/source/index.js from /x/src/log.js not supported.
    at Object.<anonymous> (/x/src/log.js:1:15) {
  code: 'ERR_REQUIRE_ESM'"""  # noqa: E501


def manifest(**keys: Any) -> str:
    return json.dumps({"name": "a", "version": "1.0.0", **keys}, indent=2) + "\n"


def proposed(
    files: Mapping[str, str],
    log: str,
    category: C = C.TEST_FAILURE,
    past: FakePast | None = None,
    good: str = "",
) -> list[dict[str, str]]:
    """Return the ranges that are proposed, when the task passes with a text in the manifest."""

    def check(patch: Patch) -> Tried:
        texts = [one.after or "" for one in patch]
        return Tried(exit_code=0 if good and any(good in text for text in texts) else 1, log=log)

    bench = FakeBench(packages=MemoryPackages(RELEASES), checking=check, past=past or FakePast())
    found = edits(prescribed(NodeBreaking(), case_of(files, log, failure_of(log, category), bench)))
    values = [json.loads(edited(files, edit)["package.json"]) for edit in found]
    return [{**one.get("dependencies", {}), **one.get("devDependencies", {})} for one in values]


@pytest.mark.parametrize("log", [TYPE_ERROR, REQUIRED])
@pytest.mark.parametrize(("wanted", "expected"), [("^5.0.0", "^4.1.2"), ("*", "^4.1.2"), ("5.0.0", "4.1.2")])
def test_goes_below_what_can_only_be_imported(log: str, wanted: str, expected: str) -> None:
    files = {
        "package.json": manifest(dependencies={"chalk": wanted, "ms": "^2.0.0"}),
        "src/log.js": "const chalk = require('chalk')\nconst ms = require('ms')\n",
    }
    assert [{"chalk": expected, "ms": "^2.0.0"}] == proposed(files, log)


def test_what_is_imported_is_not_to_blame() -> None:
    files = {
        "package.json": manifest(type="module", dependencies={"chalk": "^5.0.0"}),
        "src/log.js": "import chalk from 'chalk'\n",
    }
    assert [] == proposed(files, TYPE_ERROR)


def test_goes_back_to_what_the_history_had() -> None:
    new = manifest(dependencies={"uuid": "^11.0.0", "ms": "^2.1.0"})
    old = manifest(dependencies={"uuid": "~8.3.0", "ms": "^2.0.0"})
    past = FakePast((Patch.of([changed_file("package.json", old, new)]),))
    log = "TypeError: uuid is not a function\n    at /x/src/a.js:1:1"
    assert [{"uuid": "~8.3.0", "ms": "^2.1.0"}] == proposed({"package.json": new}, log, past=past)


@pytest.mark.parametrize("wanted", ["*", "latest", ">=8"])
def test_finds_the_newest_that_works_of_what_has_no_bounds(wanted: str) -> None:
    files = {
        "package.json": manifest(dependencies={"ms": "*", "uuid": wanted}),
        "src/a.js": "const uuid = require('uuid')\n",
    }
    log = "TypeError: uuid is not a function\n    at Object.<anonymous> (/x/src/a.js:2:1)"
    assert [{"ms": "*", "uuid": "^9.0.1"}] == proposed(files, log, good='"uuid": "^9')


def test_a_tool_without_bounds_may_have_changed_its_configuration() -> None:
    files = {"package.json": manifest(devDependencies={"eslint": "latest"}), ".eslintrc": "{}"}
    log = "ESLint couldn't find an eslint.config.(js|mjs|cjs) file."
    assert [{"eslint": "^8.57.1"}] == proposed(files, log, C.CONFIGURATION, good="^8")


@pytest.mark.parametrize(
    ("log", "category", "wanted"),
    [
        ("TypeError: uuid is not a function", C.TEST_FAILURE, "^11.0.0"),
        ("TypeError: uuid is not a function", C.TEST_FAILURE, "*"),
        ("AssertionError: 1 == 2", C.TEST_FAILURE, "*"),
        ("TypeError: 'str' object is not callable", C.TEST_FAILURE, "*"),
        ("uuid is not a function", C.LINT, "*"),
    ],
)
def test_proposes_nothing_that_was_not_seen_to_work(log: str, category: C, wanted: str) -> None:
    assert [] == proposed({"package.json": manifest(dependencies={"uuid": wanted})}, log, category)


@pytest.mark.parametrize(("newest", "expected"), [(3, "^3.0.0"), (5, "^5.0.0"), (13, "^13.0.0")])
@pytest.mark.parametrize(
    "log",
    [
        "AssertionError: undefined == true\n    at /x/test.js:3:1",  # nothing is said of it
        "TypeError: many is not a function\n    at /x/test.js:3:1",
    ],
)
def test_of_what_has_a_lowest_only_the_newest_is_found_soon(newest: int, expected: str, log: str) -> None:
    checked: list[int] = []

    def check(patch: Patch) -> Tried:
        if not patch:
            return Tried(exit_code=1, log=log)
        version = json.loads(next(one.after for one in patch) or "")["devDependencies"]["many"]
        checked.append(int(version.strip("^").partition(".")[0]))
        return Tried(exit_code=0 if checked[-1] <= newest else 1, log=log)

    files = {
        "package.json": manifest(devDependencies={"ms": ">=2", "many": ">=3.0.0"}),
        "test.js": "const many = require('many')\n",
        "other.js": "const uuid = require('uuid')\n",
    }
    bench = FakeBench(packages=MemoryPackages(RELEASES), checking=check)
    failure = failure_of(log, C.TEST_FAILURE)
    (edit,) = edits(prescribed(NodeBreaking(), case_of(files, log, failure, bench)))
    assert expected == json.loads(edited(files, edit)["package.json"])["devDependencies"]["many"]
    assert (3, True) == (checked[0], len(checked) <= 6)
    assert NodeBreaking().suits(failure) > 0


@pytest.mark.parametrize("wanted", ["^3.0.0", "*", "3.0.0", ">=14"])
def test_without_a_word_only_what_has_a_lowest_version_is_tried(wanted: str) -> None:
    files = {"package.json": manifest(dependencies={"many": wanted}), "test.js": "require('many')\n"}
    assert [] == proposed(files, "AssertionError: undefined == true\n    at /x/test.js:3:1", good="many")
    assert [] == proposed(files, "AssertionError: undefined == true\n    at /x/lib.js:3:1", good="many")


@pytest.mark.parametrize(
    ("subject", "file", "back"),
    [
        ("Work in progress", "test.js", True),
        ("Bump many to 9", "test.js", False),
        ("Work in progress", "lib.js", False),
    ],
)
def test_what_was_raised_without_a_word_is_taken_back_where_it_is_used(
    subject: str, file: str, back: bool
) -> None:
    old, new = (manifest(devDependencies={"many": wanted}) for wanted in ("^6.0.0", "^9.0.0"))
    past = FakePast((Patch.of([changed_file("package.json", old, new)]),), subjects=(subject,))
    files = {
        "package.json": new,
        file: "require('many')\n",
        "test.js": "require('many')\n" * (file == "test.js"),
    }
    log = "AssertionError: undefined == true\n    at /x/test.js:3:1"
    assert [{"many": "^6.0.0"}] * back == proposed(files, log, past=past)


def test_what_passes_when_it_is_run_again_is_no_matter_of_releases() -> None:
    log = "AssertionError: undefined == true\n    at /x/test.js:3:1"
    files = {"package.json": manifest(devDependencies={"many": ">=3.0.0"}), "test.js": "require('many')\n"}
    bench = FakeBench(packages=MemoryPackages(RELEASES), checking=lambda patch: Tried(exit_code=0, log=""))
    case = case_of(files, log, failure_of(log, C.TEST_FAILURE), bench)
    assert [] == prescribed(NodeBreaking(), case)
    assert [Patch()] == bench.checked
