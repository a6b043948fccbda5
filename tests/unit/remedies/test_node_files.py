"""What a published package lacks is listed in its manifest, and nothing else is."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.node_files import NodeFiles

REQUIRED = """\
Error: Cannot find module '{what}'
Require stack:
- /tmp/try/node_modules/{package}/{by}
- /tmp/try/[eval]
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
"""
IMPORTED = """\
Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/tmp/try/node_modules/thing/tables/one.mjs' imported from \
/tmp/try/node_modules/thing/src/index.mjs
"""
READ = "Error: ENOENT: no such file or directory, open '/tmp/try/node_modules/thing/words.txt'\n"
UNPACKED = "Error: Cannot find module './chars'\nRequire stack:\n- /tmp/try/package/index.js\n"
ELSEWHERE = "Error: Cannot find module './chars'\nRequire stack:\n- /w/index.js\n"


def required(what: str, by: str, package: str = "thing") -> str:
    return REQUIRED.format(what=what, by=by, package=package)


def package(**entries: Any) -> str:
    return json.dumps({"name": "thing", **entries, "license": "MIT"}, indent=2) + "\n"


def tried(
    files: dict[str, str], log: str, name: str = "package.json", past: FakePast | None = None
) -> list[str]:
    case = case_of(files, log, failure_of(log), FakeBench(past=past or FakePast()))
    return [edited(files, one)[name] for one in edits(prescribed(NodeFiles(), case))]


@pytest.mark.parametrize(
    ("listed", "file", "log", "expected"),
    [
        (["index.js", "index.d.ts"], "chars.js", required("./chars", "index.js"),
         ["index.js", "index.d.ts", "chars.js"]),
        (["index.js"], "lib/chars.js", required("./lib/chars", "index.js"),
         ["index.js", "lib"]),
        (["lib/a.js", "lib/b.js"], "lib/c.js", required("./c.js", "lib/a.js"),
         ["lib/a.js", "lib/b.js", "lib/c.js"]),
        (["./dist/"], "data/names.json", required("../data/names.json", "dist/a.js"),
         ["./dist/", "./data"]),
        (["src"], "tables/one.mjs", IMPORTED,
         ["src", "tables"]),
        (["index.js"], "words.txt", READ, ["index.js", "words.txt"]),
        (["index.js"], "chars/index.js", UNPACKED, ["index.js", "chars"]),
    ],
)  # fmt: skip
def test_a_file_that_the_package_needs_is_published(
    listed: list[str], file: str, log: str, expected: list[str]
) -> None:
    files = {"package.json": package(files=listed), "index.js": "x", file: "y"}
    (found,) = tried(files, log)
    assert package(files=expected) == found


def test_the_package_of_a_workspace_is_meant_and_its_layout_stays() -> None:
    log = required("./chars", "index.js", "@own/thing")
    text = '{"name": "@own/thing", "files": ["index.js"]}\n'
    files = {
        "package.json": package(files=["index.js"]),
        "packages/thing/package.json": text,
        "packages/thing/chars.js": "",
    }
    (found,) = tried(files, log, "packages/thing/package.json")
    assert text.replace('["index.js"]', '["index.js", "chars.js"]') == found


def test_only_the_file_where_its_folder_has_tests_too() -> None:
    log = required("./src/chars", "index.js")
    files = {"package.json": package(files=["index.js"]), "src/chars.js": "", "src/chars.test.js": ""}
    assert [package(files=["index.js", "src/chars.js"])] == tried(files, log)


@pytest.mark.parametrize(
    ("manifest", "files", "log"),
    [
        # The file is not there at all, or published already.
        ({"files": ["index.js"]}, {}, required("./chars", "index.js")),
        ({"files": ["*.js"]}, {"chars.js": ""}, required("./chars", "index.js")),
        ({"files": ["lib/"]}, {"lib/a.js": ""}, required("./a", "lib/b.js")),
        # Another package lacks it, or it is missed in the project itself.
        ({"files": ["index.js"]}, {"chars.js": ""}, required("./chars", "index.js", "other")),
        ({"files": ["index.js"]}, {"chars.js": ""}, ELSEWHERE),
        # Everything is published, or something is left out on purpose.
        ({}, {"chars.js": ""}, required("./chars", "index.js")),
        ({"files": ["*.js", "!chars.js"]}, {"chars.js": ""}, required("./chars", "index.js")),
        ({"files": []}, {"chars.js": ""}, required("./chars", "index.js")),
    ],
)  # fmt: skip
def test_near_misses(manifest: dict[str, Any], files: dict[str, str], log: str) -> None:
    assert [] == tried({"package.json": package(**manifest), "index.js": "", **files}, log)


@pytest.mark.parametrize(("subject", "count"), [("Do not publish the tables any more", 0), ("Tidy up", 1)])
def test_what_was_taken_away_on_purpose_stays_away(subject: str, count: int) -> None:
    log = required("./tables", "index.js")
    before, now = package(files=["index.js", "tables.js"]), package(files=["index.js"])
    past = FakePast((Patch.of([changed_file("package.json", before, now)]),), subjects=(subject,))
    files = {"package.json": now, "tables.js": "", "index.js": ""}
    assert count == len(tried(files, log, past=past))


UNMET = required("range", "index.js")
ESM = (
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'range' imported from "
    "/tmp/try/node_modules/thing/index.mjs\n"
)


@pytest.mark.parametrize(
    ("sections", "log"),
    [
        ({"dependencies": {"once": "^1.0.0"}, "devDependencies": {"range": "~2.1.0", "tape": "*"}}, UNMET),
        ({"dependencies": {}, "devDependencies": {"range": "~2.1.0", "tape": "*"}}, ESM),
        ({"devDependencies": {"range": "~2.1.0", "tape": "*"}}, required("range/lib/a.js", "lib/b.js")),
    ],
)
def test_a_dependency_is_installed_with_the_package(sections: dict[str, Any], log: str) -> None:
    (found,) = tried({"package.json": package(**sections)}, log)
    value = json.loads(found)
    assert {**sections.get("dependencies", {}), "range": "~2.1.0"} == value["dependencies"]
    assert {"tape": "*"} == value["devDependencies"]


@pytest.mark.parametrize(
    ("sections", "log", "subject"),
    [
        # It is declared, or not at all, or another package lacks it, or the project itself.
        ({"dependencies": {"range": "1"}, "devDependencies": {"range": "1"}}, UNMET, ""),
        ({"peerDependencies": {"range": "1"}, "devDependencies": {"range": "1"}}, UNMET, ""),
        ({"devDependencies": {"tape": "*"}}, UNMET, ""),
        ({"devDependencies": {"range": "1"}}, required("range", "index.js", "other"), ""),
        ({"devDependencies": {"range": "1"}}, ELSEWHERE.replace("./chars", "range"), ""),
        ({"devDependencies": {"range": "1"}}, UNMET, "Need range for tests only"),
        ({"devDependencies": {"range": "1"}}, UNMET, "Move everything to dev dependencies"),
    ],
)  # fmt: skip
def test_no_other_dependency_is(sections: dict[str, Any], log: str, subject: str) -> None:
    now = package(**sections)
    past = FakePast((Patch.of([changed_file("package.json", package(), now)]),), subjects=(subject,))
    assert [] == tried({"package.json": now}, log, past=past)


def test_a_long_line_is_read_in_little_time() -> None:
    started = process_time()
    assert [] == tried({"package.json": package()}, "Cannot find module '" + "/package/" * 20_000)
    assert process_time() - started < 10
