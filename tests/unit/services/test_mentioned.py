"""Variables that a project names where it says how it is checked, and no others."""

from __future__ import annotations

import pytest

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.services.mentioned import mentioned

OURS = {
    "APP_MODE": "fast",
    "SERVICE_HOST": "localhost",
    "DATABASE_URL": "postgres://me:s3cr3t-w0rd@db/x",
    "lower_case": "x",
    "PATH": "/bin",
    "HOME": "/home/me",
    "LD_PRELOAD": "/evil.so",
    "GITHUB_TOKEN": "x",
    "MY_TOKEN": "0123456789abcdef0123456789abcdef",
    "SECRET_KEY": "correct-horse-battery-7731",
    "PYTHONPATH": "/x",
    "UNNAMED": "x",
}
TEXT = " ".join(name for name in OURS if name != "UNNAMED")


@pytest.mark.parametrize(
    "name",
    [
        ".github/workflows/ci.yml",
        "tests/test_a.py",
        "src/pkg/tests/conftest.py",
        "scripts/run",
        "a/b.test.ts",
        "tox.ini",
        "package.json",
        ".autonomous-cicd.yml",
        ".env.example",
        "Makefile",
    ],
)
def test_where_a_project_says_how_it_is_checked_it_names_what_it_needs(name: str) -> None:
    assert ("APP_MODE", "SERVICE_HOST") == mentioned(MemoryFiles({name: TEXT}), OURS)


@pytest.mark.parametrize("name", ["README.md", "src/app.py", "docs/tests.md", "latest.txt"])
def test_elsewhere_it_may_name_what_it_likes(name: str) -> None:
    assert () == mentioned(MemoryFiles({name: TEXT}), OURS)


@pytest.mark.parametrize(
    "line",
    [
        "python tools/fetch.py --all",
        "(./tools/fetch.py; true)",
        "sh 'tools/fetch.py'",
        "python -m tools.fetch",
    ],
)
def test_what_a_workflow_runs_may_name_what_it_needs(line: str) -> None:
    flow = f"jobs:\n  a:\n    steps:\n      - run: {line}\n"
    files = MemoryFiles(
        {".github/workflows/ci.yml": flow, "tools/fetch.py": TEXT, "tools/other.py": "UNNAMED"}
    )
    assert ("APP_MODE", "SERVICE_HOST") == mentioned(files, OURS)


@pytest.mark.parametrize(
    ("caller", "text", "called"),
    [
        ("package.json", '{"scripts": {"fetch": "node fetch.mjs"}}', "fetch.mjs"),
        ("package.json", '{"scripts": {"test": "node ./src/fetch.js && tape a.js"}}', "src/fetch.js"),
        ("web/package.json", '{"scripts": {"a": "tsx fetch.ts"}}', "web/fetch.ts"),
        ("Makefile", "test:\n\tpython fetch.py\n", "fetch.py"),
        ("noxfile.py", 'session.run("python", "src/fetch.py")', "src/fetch.py"),
    ],
)
def test_so_may_what_else_calls_a_file(caller: str, text: str, called: str) -> None:
    files = MemoryFiles({caller: text, called: TEXT, "src/other.js": "UNNAMED"})
    assert ("APP_MODE", "SERVICE_HOST") == mentioned(files, OURS)


@pytest.mark.parametrize(
    ("caller", "text", "other"),
    [
        ("package.json", '{"main": "./index.js", "scripts": {"test": "tape a.js"}}', "index.js"),
        ("web/package.json", '{"scripts": {"a": "tsx fetch.ts"}}', "fetch.ts"),
        ("README.md", "node fetch.js", "fetch.js"),
    ],
)
def test_what_is_only_offered_or_told_of_may_not(caller: str, text: str, other: str) -> None:
    assert () == mentioned(MemoryFiles({caller: text, other: TEXT}), OURS)


def test_a_part_of_a_name_is_not_the_name() -> None:
    files = MemoryFiles({"tox.ini": "MY_APP_MODE APP_MODES xAPP_MODE"})
    assert () == mentioned(files, {"APP_MODE": "1"})
    assert () == mentioned(files, {})
