"""What a formatter or linter complains of is put right by that very tool, in the files that it names."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.called_scripts import expanded
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.fixing_commands import checks_in
from autonomous_cicd.domain.lint_findings import findings, fixed
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remedy import Escalate
from autonomous_cicd.remedies.formatting import Formatting


@pytest.mark.parametrize(
    ("check", "fix"),
    [
        ("ruff check --no-fix --select F401 src", "ruff check --fix --select F401 src"),
        ("ruff check . --output-format=github", "ruff check --fix . --output-format=github"),
        ("ruff src", "ruff --fix src"),
        ("ruff format --check --diff src", "ruff format src"),
        ("python -m black --check -l 100 .", "python -m black -l 100 ."),
        ("isort --check-only --diff src tests", "isort src tests"),
        ("isort -c .", "isort ."),
        ("poetry run isort -c .", "poetry run isort ."),
        ("uv run --with ruff ruff check .", "uv run --with ruff ruff check --fix ."),
        ("uvx ruff@0.6.9 check .", "uvx ruff@0.6.9 check --fix ."),
        ("npx prettier --check 'src/**/*.js'", "npx prettier --write 'src/**/*.js'"),
        ("prettier -c .", "prettier --write ."),
        ("eslint . --ext .js,.ts --max-warnings 0", "eslint --fix . --ext .js,.ts --max-warnings 0"),
        ("standard", "standard --fix"),
        ("biome ci src", "biome check --write src"),
        ("stylelint '**/*.css'", "stylelint --fix '**/*.css'"),
        ("cargo fmt --all -- --check", "cargo fmt --all"),
        ('test -z "$(gofmt -l .)"', "gofmt -w ."),
        ("clang-format --dry-run --Werror a.c", "clang-format -i a.c"),
        ("bundle exec rubocop lib", "bundle exec rubocop --autocorrect lib"),
        ("yapf --diff -r src", "yapf --in-place -r src"),
        ("autoflake --check -r src", "autoflake --in-place -r src"),
        ("codespell src docs", "codespell -w src docs"),
        ("golangci-lint run ./...", "golangci-lint run --fix ./..."),
    ],
)
def test_the_tool_is_told_to_write(check: str, fix: str) -> None:
    (found,) = checks_in(f"pip install x==1.2\n{check}\npytest -q")
    assert (check, fix, ("pip install x==1.2",)) == (found.check, found.fix, found.before)


@pytest.mark.parametrize(
    "command",
    [
        "black src",
        "ruff format .",
        "pytest",
        "flake8 src",
        "pip install black",
        "ruff rule F401",
        "echo eslint",
    ],
)
def test_what_checks_no_form_is_no_check(command: str) -> None:
    assert () == checks_in(command)


def test_an_unsafe_fix_is_never_asked_for() -> None:
    (found,) = checks_in("ruff check --unsafe-fixes --fix .")
    assert "ruff check --fix ." == found.fix


FILES = {
    "package.json": '{"scripts": {"lint": "npm run lint:js && prettier -c .", "lint:js": "eslint lib",'
    ' "pretest": "standard", "test": "tape"}}',
    "Makefile": "SRC = src tests\nlint: fmt\n\t@ruff check $(SRC)\nfmt:\n\tblack --check $(SRC)\n",
    "tox.ini": "[testenv]\ncommands = pytest\n[testenv:lint]\ncommands =\n  ruff check {posargs:src}\n",
    "noxfile.py": "import nox\n@nox.session\ndef lint(session):\n    session.run('black', '--check', 'a')\n",
    "ci/lint.sh": '#!/bin/sh\ncd "$(dirname $0)/.."\nruff check .\n',
    "sub/package.json": '{"scripts": {"lint": "xo"}}',
}


@pytest.mark.parametrize(
    ("script", "folder", "commands"),
    [
        ("npm run lint", "", ["eslint lib", "prettier -c ."]),
        ("npm test", "", ["standard", "tape"]),
        ("yarn lint:js", "", ["eslint lib"]),
        ("npm run lint", "sub", ["xo"]),
        ("make lint", "", ["black --check src tests", "ruff check src tests"]),
        ("tox -e lint", "", [".tox/lint/bin/ruff check src"]),
        ("nox -s lint", "", [".nox/lint/bin/black --check a"]),
        ("bash ci/lint.sh && pytest", "", ["ruff check .", "pytest"]),
        ("npm run nothing", "", ["npm run nothing"]),
    ],
)
def test_commands_of_the_project_are_looked_into(script: str, folder: str, commands: list[str]) -> None:
    found = expanded(script, lambda name: FILES.get(name, ""), folder)
    assert commands == [command for command, _ in found]


def test_the_change_of_the_tool_is_kept_to_the_files_that_are_named() -> None:
    files = {"a.py": "import json\nimport os\nprint(os)\n", "b.py": "x=1\n", "package-lock.json": "{}"}

    def scripting(script: str, patch: Patch) -> Tried:
        changes = [
            changed_file("a.py", files["a.py"], "import os\nprint(os)\n"),
            changed_file("b.py", files["b.py"], "x = 1\n"),
            changed_file("package-lock.json", "{}", "{ }"),
        ]
        return Tried(exit_code=0, log="", changed=Patch.of(changes))

    bench = FakeBench(scripting=scripting)
    log = "a.py:1:8: F401 [*] `json` imported but unused\nFound 1 error."
    case = case_of(
        files, log, failure_of(log, Category.LINT), bench, script="pip install ruff==1\nruff check ."
    )
    (edit,) = edits(prescribed(Formatting(), case))
    assert ("a.py",) == edit.patch.files
    assert ["pip install ruff==1", "ruff check --fix .", "set -e", "ruff check ."] == [
        line for line in bench.scripts[0].splitlines() if "ruff" in line or line == "set -e"
    ]


def test_a_tool_that_changes_nothing_heals_nothing() -> None:
    log = "src/a.js: no-undef"
    case = case_of({"src/a.js": "x"}, log, failure_of(log, Category.LINT), script="eslint src")
    assert [] == prescribed(Formatting(), case)


def put_right(text: str, log: str) -> str:
    return fixed(text, findings(log, lambda path: path))


@pytest.mark.parametrize(
    ("text", "log", "expected"),
    [
        (
            '"""D."""\n\nimport os\n\nX = 1\n',
            "a.py:3:1: F401 'os' imported but unused",
            '"""D."""\n\nX = 1\n',
        ),
        ("import os, sys\nsys.x\n", "a.py:1:1: F401 'os' imported but unused", "import sys\nsys.x\n"),
        (
            "from a import (\n    b,\n    c,\n)\nc()\n",
            "a.py:1:1: F401 'a.b' imported but unused",
            "from a import (\n    c,\n)\nc()\n",
        ),
        (
            "from a import b as c, d\nd\n",
            "a.py:1:1: F401 'a.b as c' imported but unused",
            "from a import d\nd\n",
        ),
        ("import os\nX = 1\n", "a.py:1:0: W0611: Unused import os (unused-import)", "X = 1\n"),
        ("import os\nX = 1\n", "a.py:1:1: 'os' imported but unused", "X = 1\n"),
        ("x = 1  \n", "a.py:1:6: W291 trailing whitespace", "x = 1\n"),
        ("x = 1\n\n\n", "a.py:2:1: W391 blank line at end of file", "x = 1\n"),
        ("x = 1", "a.py:1:6: W292 no newline at end of file", "x = 1\n"),
        (
            "x = 1\n# of f\ndef f(): ...\n",
            "a.py:3:1: E302 expected 2 blank lines, found 0",
            "x = 1\n\n\n# of f\ndef f(): ...\n",
        ),
        ("x = f(1,2)\n", "a.py:1:8: E231 missing whitespace after ','", "x = f(1, 2)\n"),
        ("x=1\n", "a.py:1:2: E225 missing whitespace around operator", "x = 1\n"),
        ("x = 1 #y\n", "a.py:1:6: E261 at least two spaces before inline comment", "x = 1  # y\n"),
        ("f( 1 )\n", "a.py:1:3: E201 whitespace\na.py:1:5: E202 whitespace", "f(1)\n"),
        ("x = 1;\n", "a.py:1:6: E703 statement ends with a semicolon", "x = 1\n"),
        ("x = 1\n\n\n\ny = 1\n", "a.py:5:1: E303 too many blank lines (3)", "x = 1\n\n\ny = 1\n"),
    ],
)
def test_a_small_finding_is_put_right(text: str, log: str, expected: str) -> None:
    assert expected == put_right(text, log)


@pytest.mark.parametrize(
    ("text", "log"),
    [
        ("try:\n    import x\nexcept ImportError:\n    x = 1\n", "a.py:2:5: F401 'x' imported but unused"),
        ("if a:\n    import x\n", "a.py:2:5: F401 'x' imported but unused"),
        ("x = 1\n", "a.py:1:1: F841 local variable 'x' is assigned to but never used"),
        ("x = y\n", "a.py:1:5: F821 undefined name 'y'"),
        ("x = 1\n", "a.py:9:1: W291 trailing whitespace"),
        ("import os; x = 1\n", "a.py:1:1: F401 'os' imported but unused"),
    ],
)
def test_what_would_change_more_than_the_form_is_left(text: str, log: str) -> None:
    assert "" == put_right(text, log)


def test_findings_without_a_tool_that_fixes_are_put_right_by_hand() -> None:
    files = {"src/a.py": "import os\n\nX = 1\n", "src/__init__.py": "from .a import X\n"}
    log = "src/a.py:1:1: F401 'os' imported but unused"
    case = case_of(files, log, failure_of(log, Category.LINT), script="flake8 src")
    (edit,) = edits(prescribed(Formatting(), case))
    assert "X = 1\n" == edited(files, edit)["src/a.py"]
    log = "src/__init__.py:1:1: F401 '.a.X' imported but unused"
    case = case_of(files, log, failure_of(log, Category.LINT), script="flake8 src")
    assert [] == prescribed(Formatting(), case)


def test_an_import_that_may_be_there_for_what_it_does_is_for_a_person() -> None:
    files = {"app/main.py": "import app.hooks\n\nX = 1\n", "app/hooks.py": ""}
    log = "app/main.py:1:1: F401 'app.hooks' imported but unused"
    brought = Patch.of([changed_file("app/main.py", "X = 1\n", files["app/main.py"])])
    bench = FakeBench(past=FakePast((brought,)))
    case = case_of(files, log, failure_of(log, Category.LINT), bench, script="flake8 app")
    (found,) = prescribed(Formatting(), case)
    assert isinstance(found, Escalate)
    assert ("app/main.py",) == found.proposed.files


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("requirements-dev.txt", "uv pip compile -q dev.in -o requirements-dev.txt\ngit diff --exit-code"),
        ("requirements/tests.txt", "pip-compile -q requirements/tests.in\ngit diff --exit-code requirements"),
        ("uv.lock", "uv lock\ngit diff --exit-code uv.lock"),
        ("web/package-lock.json", "cd web && npm install --ignore-scripts && git diff --exit-code"),
    ],
)
def test_what_locks_versions_and_was_behind_is_as_the_job_makes_it(name: str, script: str) -> None:
    log = f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1,2 @@\n a==1\n+b==2\n"
    files = {name: "a==1\n", "app.py": ""}

    def write(asked: str, patch: Patch) -> Tried:
        made = changed_file(name, "a==1\n", "a==1\nb==2\n")
        other = changed_file("app.py", "", "x\n")
        return Tried(exit_code=1, log=log, changed=Patch.of([made, other] if asked == script else []))

    failure = failure_of(log, Category.ENVIRONMENT)
    assert Formatting().suits(failure) > 0.5
    (found,) = edits(
        prescribed(Formatting(), case_of(files, log, failure, FakeBench(scripting=write), script=script))
    )
    assert {**files, name: "a==1\nb==2\n"} == edited(files, found)
    assert "was behind" in found.reason


@pytest.mark.parametrize(
    "log",
    [
        "diff --git a/src/model.py b/src/model.py\n+x = 1\n",
        "diff --git a/docs/api.md b/docs/api.md\n+more\n",
        "FAILED tests/test_diff.py - assert 'diff --git a/uv.lock b/uv.lock' in text\n",
        "requirements.txt differs\n",
    ],
)
def test_other_differences_do_not_suit(log: str) -> None:
    assert 0.0 == Formatting().suits(failure_of(log, Category.ENVIRONMENT))
