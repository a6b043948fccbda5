"""Logs tell which JavaScript packages are missing, and who wanted them."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.node_missing import Missing, missing, tells_of_missing

TOLD = [
    ("sh: line 1: tape: command not found", "tape", "tape"),
    ("/x/a.sh: line 3: tsc: command not found", "typescript", "tsc"),
    ("##[error] ng: not found", "@angular/cli", "ng"),
    ("'jest' is not recognized as an internal or external command", "jest", "jest"),
    ("Error: spawn mocha ENOENT", "mocha", "mocha"),
    ("    Cannot find module 'lodash/get' from 'src/a.js'", "lodash", ""),
    ("Error: Cannot find module '@babel/preset-env'", "@babel/preset-env", ""),
    ("ERROR in ./a.js Module not found: Error: Can't resolve 'ms' in '/x/src'", "ms", ""),
    ('✘ [ERROR] Could not resolve "ms"', "ms", ""),
    ('Failed to resolve import "ms" from "src/a.ts". Does the file exist?', "ms", ""),
    ('ESLint couldn\'t find the plugin "eslint-plugin-import".', "eslint-plugin-import", ""),
    ('ESLint couldn\'t find the config "airbnb" to extend from.', "eslint-config-airbnb", ""),
    ('ESLint couldn\'t find the config "plugin:react/recommended"', "eslint-plugin-react", ""),
    ('ESLint couldn\'t find the plugin "@typescript-eslint".', "@typescript-eslint/eslint-plugin", ""),
    ("  Preset ts-jest not found.", "ts-jest", ""),
    (" MISSING DEPENDENCY  Cannot find dependency 'jsdom'", "jsdom", ""),
    ("a.ts(1,2): error TS2307: Cannot find module 'ms' or its types.", "ms", ""),
    ("error TS2688: Cannot find type definition file for 'node'.", "@types/node", ""),
    ("a.ts(1,2): error TS7016: Could not find a declaration file for module '@a/b'.", "@types/a__b", ""),
]


@pytest.mark.parametrize(("line", "name", "command"), TOLD)
def test_reads_what_each_tool_says(line: str, name: str, command: str) -> None:
    assert [(name, command)] == [(one.name, one.command) for one in missing(line)]
    assert tells_of_missing(line)


@pytest.mark.parametrize(
    "line",
    [
        "Error: Cannot find module './x'",
        "Error: Cannot find module '/abs/x.js'",
        "Error: Cannot find module 'fs'",
        "Error: Cannot find module '#internal'",
        "Error: Cannot find module '@/components/x'",
        "Error: Cannot find package '../x'",
        "ModuleNotFoundError: No module named 'x'",
        "page not found",
        "checking for gcc... not found",
        "x" * 3_000 + "Cannot find module 'ms'",
    ],
)
def test_tells_nothing_of_other_lines(line: str) -> None:
    assert () == missing(line)


@pytest.mark.parametrize("mark", ["", "# "])
def test_knows_who_wanted_it(mark: str) -> None:
    lines = ("Error: Cannot find module 'ms'", "Require stack:", "- /x/src/a.js", "- /x/test.js", "    at b")
    log = "".join(f"{mark}{line}\n" for line in lines)
    assert (Missing(name="ms", by=("/x/src/a.js", "/x/test.js")),) == missing(log)
