"""Missing JavaScript packages are declared where the project would; what nobody vouches for is not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, prescribed

from autonomous_cicd.adapters.memory import MemoryPackages
from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.release import Release
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.remedies.node_dependency import NodeDependency

RELEASES: dict[tuple[str, str], Sequence[Release | str]] = {
    ("node", "tape"): (Release(version="5.9.0", default=True), "4.17.0", "5.0.0-next.1"),
    ("node", "chalk"): (
        Release(version="5.3.0", module=True, default=True),
        Release(version="4.1.2"),
        Release(version="3.0.0"),
    ),
    ("node", "mocha"): (Release(version="12.0.0", engines=">=22", default=True), "11.1.0", "10.8.2"),
    ("node", "ms"): ("2.1.3",),
    ("node", "eslint"): (Release(version="9.9.0", default=True), "8.57.1"),
    ("node", "typescript"): ("6.0.0", "5.9.3"),
    ("node", "@types/node"): ("26.0.0", "20.17.1", "20.1.0"),
    ("node", "@types/mocha"): ("10.0.10",),
    ("node", "@types/of-its-own"): ("3.0.0", "2.0.4"),
    ("node", "@vitest/coverage-v8"): ("4.1.0", "2.1.9", "2.1.8"),
    ("node", "jest-environment-jsdom"): ("31.0.0", "30.1.0", "29.7.0"),
    ("node", "eslint-plugin-import"): ("2.31.0",),
    ("node", "evil-package"): ("1.0.0",),
}


def manifest(indent: int | str = 2, **keys: Any) -> str:
    return json.dumps({"name": "a", "version": "1.0.0", **keys}, indent=indent) + "\n"


def tried(case_files: Mapping[str, str], log: str, **bench: Any) -> list[dict[str, str]]:
    """Return the projects that are proposed."""
    script = bench.pop("script", "npm test")
    made = FakeBench(packages=MemoryPackages(RELEASES), **bench)
    case = case_of(case_files, log, bench=made, script=script)
    return [edited(case_files, edit) for edit in edits(prescribed(NodeDependency(), case))]


def wanted(project: Mapping[str, str], section: str, file: str = "package.json") -> dict[str, str]:
    found: dict[str, str] = json.loads(project[file]).get(section, {})
    return found


CALLED = [
    (
        {"scripts": {"test": "tape test.js"}, "devDependencies": {}},
        "sh: 1: tape: not found",
        "tape",
        "^5.9.0",
    ),
    ({"scripts": {"test": "tape test.js"}}, "sh: line 1: tape: command not found", "tape", "^5.9.0"),
    ({"scripts": {"test": "NODE_ENV=test mocha -R dot"}}, "sh: 1: mocha: not found", "mocha", "^11.1.0"),
    ({"scripts": {"build": "tsc -p ."}}, "sh: 1: tsc: not found", "typescript", "^6.0.0"),
    ({"scripts": {"lint": "eslint ."}, "eslintConfig": {}}, "sh: 1: eslint: not found", "eslint", "^8.57.1"),
]


@pytest.mark.parametrize(("keys", "log", "package", "expected"), CALLED)
def test_declares_what_brings_a_command(keys: dict[str, Any], log: str, package: str, expected: str) -> None:
    projects = tried({"package.json": manifest(**keys)}, log)
    assert {package: expected} == wanted(projects[0], "devDependencies")


def test_tries_older_releases_next() -> None:
    files = {"package.json": manifest(scripts={"test": "tape test.js"})}
    projects = tried(files, "sh: 1: tape: not found")
    assert ["^5.9.0", "^4.17.0"] == [wanted(one, "devDependencies")["tape"] for one in projects]


STACK = "Error: Cannot find module '{}'\nRequire stack:\n- /run/7/work/src/index.js\n- /run/7/work/test.js"
IMPORTED = [
    ("src/index.js", "const ms = require('ms')\n", STACK.format("ms"), "dependencies", "ms", "^2.1.3"),
    ("src/index.js", "require('chalk')\n", STACK.format("chalk"), "dependencies", "chalk", "^4.1.2"),
    (
        "test/a.test.mjs",
        "import chalk from 'chalk'\n",
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'chalk' imported from /x/test/a.test.mjs",
        "devDependencies",
        "chalk",
        "^5.3.0",
    ),
    (
        "test/a.js",
        "const t = require('tape')\n",
        "Error: Cannot find module 'tape'\nRequire stack:\n- /x/test/a.js",
        "devDependencies",
        "tape",
        "^5.9.0",
    ),
    (
        "lib/a.ts",
        "import ms from 'ms';\n",
        "lib/a.ts(1,16): error TS2307: Cannot find module 'ms' or its corresponding type declarations.",
        "dependencies",
        "ms",
        "^2.1.3",
    ),
    (".eslintrc.json", "{}", "ESLint couldn't find the plugin \"eslint-plugin-import\".",
     "devDependencies", "eslint-plugin-import", "^2.31.0"),
    ("tsconfig.json", "{}", "error TS2688: Cannot find type definition file for 'node'.",
     "devDependencies", "@types/node", "^20.17.1"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "log", "section", "package", "expected"), IMPORTED)
def test_declares_what_is_imported(
    file: str, text: str, log: str, section: str, package: str, expected: str
) -> None:
    projects = tried({"package.json": manifest(scripts={"test": "node test"}), file: text}, log)
    assert expected == wanted(projects[0], section)[package]


def test_keeps_every_other_byte() -> None:
    scripts = '"scripts": {"test": "tape *.js"}'
    before = f'{{\n\t"name" : "a",\n\t{scripts},\n\t"devDependencies": {{\n\t\t"zx": "1"\n\t}}\n}}'
    after = tried({"package.json": before}, "sh: 1: tape: not found")[0]["package.json"]
    assert before.replace('\t\t"zx"', '\t\t"tape": "^5.9.0",\n\t\t"zx"') == after


def test_restores_what_the_history_had_with_what_left_beside_it() -> None:
    old = manifest(
        devDependencies={"tape": "^4.8.0", "ms": "2.0.0", "unused": "1"}, scripts={"test": "tape *"}
    )
    new = manifest(devDependencies={}, scripts={"test": "tape *"})
    files = {"package.json": new, "test.js": "require('tape'); require('ms')"}
    past = FakePast((Patch.of([changed_file("package.json", old, new)]),))
    projects = tried(files, "sh: 1: tape: not found", past=past)
    assert [{"tape": "^4.8.0", "ms": "2.0.0"}] == [wanted(one, "devDependencies") for one in projects]


def test_a_history_vouches_for_a_name_that_no_list_has() -> None:
    old, new = manifest(dependencies={"our-own-thing": "~3.1.0"}), manifest(dependencies={})
    files = {"package.json": new, "index.js": "require('our-own-thing')"}
    past = FakePast((Patch.of([changed_file("package.json", old, new)]),))
    log = "Error: Cannot find module 'our-own-thing'\nRequire stack:\n- /x/index.js"
    assert [{"our-own-thing": "~3.1.0"}] == [wanted(p, "dependencies") for p in tried(files, log, past=past)]


def test_the_package_of_a_workspace_that_needs_it_gets_what_its_sibling_has() -> None:
    files = {
        "package.json": manifest(workspaces=["packages/*"]),
        "packages/a/package.json": json.dumps(
            {"name": "a", "dependencies": {"odd-thing": "^3.2.1"}}, indent=2
        ),
        "packages/b/package.json": json.dumps({"name": "b", "dependencies": {}}, indent=2),
        "packages/b/src/x.js": "import odd from 'odd-thing/deep'",
    }
    log = "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'odd-thing' imported from /w/packages/b/src/x.js"
    projects = tried(files, log)
    assert {"odd-thing": "^3.2.1"} == wanted(projects[0], "dependencies", "packages/b/package.json")
    assert files["package.json"] == projects[0]["package.json"]


STACKED = "Error: Cannot find module '{}'\nRequire stack:\n- /x/index.js"
LOCK = {"name": "a", "lockfileVersion": 2, "packages": {"": {}, "node_modules/ms": {"version": "2.0.0"}}}


def test_a_lock_file_tells_the_version_and_is_made_anew() -> None:
    files = {"package.json": manifest(), "package-lock.json": json.dumps(LOCK), "index.js": "require('ms')"}

    def npm(argv: tuple[str, ...], patch: Patch) -> Tried:
        assert "--lockfile-version=2" in argv
        assert "--ignore-scripts" in argv
        assert ("package.json",) == patch.files
        return Tried(
            exit_code=0,
            log="",
            changed=Patch.of([changed_file("package-lock.json", json.dumps(LOCK), "new")]),
        )

    (project,) = tried(files, "Error: Cannot find module 'ms'\nRequire stack:\n- /x/index.js", executing=npm)
    assert {"ms": "^2.0.0"} == wanted(project, "dependencies")
    assert "new" == project["package-lock.json"]


def test_what_cannot_be_locked_is_not_proposed() -> None:
    files = {"package.json": manifest(), "package-lock.json": json.dumps(LOCK), "index.js": "require('ms')"}
    failing = {"executing": lambda argv, patch: Tried(exit_code=1, log="", changed=NOTHING)}
    assert [] == tried(files, "Error: Cannot find module 'ms'\nRequire stack:\n- /x/index.js", **failing)


def test_knows_the_runner_and_the_companion() -> None:
    types = "test/a.ts(1,1): error TS2582: Cannot find name 'describe'. Do you need to install type definitions for a test runner? Try `npm i --save-dev @types/jest` or `npm i --save-dev @types/mocha`."  # noqa: E501
    with_mocha = manifest(devDependencies={"mocha": "^10.0.0"})
    projects = tried({"package.json": with_mocha, "test/a.ts": "describe()"}, types)
    assert "^10.0.10" == wanted(projects[0], "devDependencies")["@types/mocha"]
    untyped = "a.ts(1,23): error TS7016: Could not find a declaration file for module 'of-its-own'."
    declared = manifest(dependencies={"of-its-own": "^2.0.0"})
    projects = tried({"package.json": declared, "a.ts": "import 'of-its-own'"}, untyped)
    assert "^2.0.4" == wanted(projects[0], "devDependencies")["@types/of-its-own"]
    assert [] == tried({"package.json": manifest(), "a.ts": "import 'of-its-own'"}, untyped), "who names it?"
    lacks = "MISSING DEPENDENCY  Cannot find dependency '@vitest/coverage-v8'"
    for fixed, expected in (("2.1.8", "2.1.8"), ("^2.1.8", "^2.1.9"), ("9.0.0", "^4.1.0")):
        projects = tried({"package.json": manifest(devDependencies={"vitest": fixed})}, lacks)
        assert expected == wanted(projects[0], "devDependencies")["@vitest/coverage-v8"]
    with_jest = manifest(devDependencies={"jest": "^29.1.0"})
    projects = tried({"package.json": with_jest}, "Test environment jest-environment-jsdom cannot be found.")
    assert "^29.7.0" == wanted(projects[0], "devDependencies")["jest-environment-jsdom"]


def test_a_list_of_changes_tells_the_version_and_the_others_the_style() -> None:
    files = {
        "package.json": manifest(dependencies={"b": "1.2.3", "c": "0.1.0", "d": "~1.0.0"}),
        "HISTORY.md": "1.1\n  * deps: tape@4.17.0\n1.0\n  * deps: tape@3.0.0\n",
        "index.js": "require('tape')",
    }
    projects = tried(files, STACKED.format("tape"))
    assert ["4.17.0", "5.9.0"] == [wanted(one, "dependencies")["tape"] for one in projects]


NEAR_MISSES = [
    (STACKED.format("./lib/x"), {"index.js": "require('./lib/x')"}),
    ("Error: Cannot find module 'fs/promises'", {}),
    ("Error: Cannot find module 'node:sqlite'", {}),
    (STACKED.format("evil-package"), {"index.js": "require('evil-package')"}),
    (STACKED.format("lodahs"), {"index.js": "require('lodahs')"}),
    (STACKED.format("a"), {"index.js": "require('a')"}),
    ("sh: 1: pytest: not found", {}),
    ("sh: 1: tar: not found", {}),
    ("sh: 1: evil-package: not found", {}),
    ("sh: 1: mocha: not found", {}),
    ("ModuleNotFoundError: No module named 'ms'", {}),
    ("Error: Cannot find module 'declared'", {}),
    ("1 failing", {}),
]


@pytest.mark.parametrize(("log", "files"), NEAR_MISSES)
def test_leaves_the_rest_alone(log: str, files: dict[str, str]) -> None:
    text = manifest(scripts={"test": "evil-package && tar x && pytest"}, dependencies={"declared": "1"})
    assert [] == tried({"package.json": text, **files}, log, script="npm run other")


def test_a_project_without_a_manifest_is_none_of_its_business() -> None:
    assert [] == tried({"index.js": "require('ms')"}, "Error: Cannot find module 'ms'")
    assert [] == tried({"package.json": "{", "index.js": "require('ms')"}, "Error: Cannot find module 'ms'")


def test_an_index_that_does_not_answer_ends_it() -> None:
    bench = FakeBench(packages=MemoryPackages(error=Unavailable("no answer")))
    case = case_of(
        {"package.json": manifest(), "a.js": "require('ms')"}, "Cannot find module 'ms'", bench=bench
    )
    assert [] == prescribed(NodeDependency(), case)


@pytest.mark.parametrize(
    ("subject", "code", "back"),
    [
        ("Drop our-own-thing for good", "", False),
        ("Work", "const it = require('our-own-thing')\n", False),
        ("Work", "", True),
    ],
)
def test_what_was_given_up_on_purpose_is_not_taken_up_again(subject: str, code: str, back: bool) -> None:
    old, new = manifest(dependencies={"our-own-thing": "~3.1.0"}), manifest(dependencies={})
    files = {"package.json": new, "index.js": "require('our-own-thing')", "lib.js": "1\n"}
    commit = Patch.of([changed_file("package.json", old, new), changed_file("lib.js", f"{code}1\n", "1\n")])
    log = "Error: Cannot find module 'our-own-thing'\nRequire stack:\n- /x/index.js"
    assert back is bool(tried(files, log, past=FakePast((commit,), subjects=(subject,))))
