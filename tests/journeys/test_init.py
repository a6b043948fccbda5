"""A stranger's project is set up: with workflows and without, asked and unasked, whatever lies in the way."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, snapshot
from tests.journeys.conftest import SECONDS, Tool

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.workflows.file import read_workflow

SETTINGS, EXAMPLE = ".autonomous-cicd.yml", ".env.example"
FAILURE = ".github/workflows/autonomous-failure-analysis.yml"
MAINTENANCE = ".github/workflows/autonomous-maintenance.yml"
SCRIPT = ".github/scripts/autonomous_failure_analyzer.py"
JOBS = "jobs: {test: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"
PYTHON = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n[tool.pytest.ini_options]\n',
    "shop.py": "",
    "tests/test_shop.py": "def test_it():\n    pass\n",
}
NODE = {
    "package.json": json.dumps(
        {"name": "shop", "version": "1.0.0", "scripts": {"test": "node --test"}, "license": "MIT"}
    ),
    "shop.test.js": "require('node:test')('it', () => {})\n",
}


def workflow(name: str, on: str = "[push, pull_request]") -> str:
    return f"name: {name}\non: {on}\n{JOBS}"


def untracked(root: Path) -> list[str]:
    return git(root, "ls-files", "--others", "--exclude-standard").splitlines()


def heard(root: Path) -> object:
    return read_workflow((root / FAILURE).read_text(), path=FAILURE).events["workflow_run"]["workflows"]  # type: ignore[index,call-overload]


def zizmor(root: Path) -> list[object]:
    """Return what zizmor finds in a project's workflows of ours."""
    words = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-config", "--format", "json"]
    files = [str(root / name) for name in (FAILURE, MAINTENANCE)]
    done = subprocess.run([*words, *files], capture_output=True, text=True, timeout=SECONDS, check=False)
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("files", "kind", "test"), [(PYTHON, "python", "pytest -q"), (NODE, "javascript", "npm test")]
)
def test_a_project_with_workflows(
    tool: Tool, tmp_path: Path, files: dict[str, str], kind: str, test: str
) -> None:
    ci = {".github/workflows/ci.yml": workflow("Tests"), ".github/workflows/lint.yml": workflow("Lint")}
    root = project(tmp_path / "shop", {**files, **ci})
    done = tool("init", "--github", "--scripts", root)
    assert 0 == done.returncode, done.stderr
    assert done.stdout.startswith(f"shop: {kind}\n")
    assert sorted([SETTINGS, EXAMPLE, FAILURE, MAINTENANCE, SCRIPT]) == untracked(root)
    assert ["Tests", "Lint"] == heard(root)
    assert [] == zizmor(root)
    assert f"#     test: {test}\n" in (root / SETTINGS).read_text()
    assert "the settings are valid\n" == tool("config", "check", root).stdout
    commit(root)
    before = snapshot(root)
    assert 0 == tool("init", "--github", "--scripts", root).returncode
    assert {name: one[3] for name, one in before.items() if "/.git/" not in name} == {
        name: one[3] for name, one in snapshot(root).items() if "/.git/" not in name
    }


def test_what_is_run_stays_the_same(tool: Tool, tmp_path: Path) -> None:
    """Our own workflows are none that check changes."""
    root = project(tmp_path / "shop", {**PYTHON, ".github/workflows/ci.yml": workflow("Tests")})
    before = json.loads(tool("plan", "--json", root).stdout)["pipeline"]
    tool("init", "--github", root)
    after = json.loads(tool("plan", "--json", root).stdout)["pipeline"]
    assert (before["tasks"], before["skipped"]) == (after["tasks"], after["skipped"])


@pytest.mark.parametrize("files", [PYTHON, NODE])
def test_a_project_without_workflows(tool: Tool, tmp_path: Path, files: dict[str, str]) -> None:
    root = project(tmp_path / "shop", files)
    done = tool("init", "--github", root)
    assert 0 == done.returncode, done.stderr
    assert sorted([SETTINGS, EXAMPLE, MAINTENANCE]) == untracked(root)
    assert "no workflow here checks changes" in done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "'He said \"go\"'",
        "'a: b # c'",
        '"it\'s"',
        "'\"]\\nevil: true'",
        "'- {x: [y'",
        "'@@TOOL@@'",
        "'$(touch /tmp/x) `id`'",
        "'🧪 Tests'",
        "'*'",
        "3.10",
        "true",
    ],
)
def test_names_with_a_meaning_are_quoted(tool: Tool, tmp_path: Path, name: str) -> None:
    root = project(tmp_path / "shop", {**PYTHON, ".github/workflows/ci.yml": workflow(name)})
    assert 0 == tool("init", "--github", root).returncode
    assert [read_workflow(workflow(name), path="ci.yml").name] == heard(root)
    assert {"name", "on", "permissions", "concurrency", "env", "jobs"} == set(
        read_yaml((root / FAILURE).read_text()).value  # type: ignore[arg-type]
    )
    assert [] == zizmor(root)


@pytest.mark.parametrize(
    "name",
    ['"a\\nb"', '"${{ secrets.TOKEN }}"', '"x\\u202ey"', '"\\e]0;title\\a"', "x" * 500, "[a]", "{a: b}"],
)
def test_names_that_could_do_harm_are_left_out(tool: Tool, tmp_path: Path, name: str) -> None:
    files = {".github/workflows/bad.yml": workflow(name), ".github/workflows/ci.yml": workflow("Tests")}
    root = project(tmp_path / "shop", {**PYTHON, **files})
    done = tool("init", "--github", root)
    assert 0 == done.returncode, done.stderr
    assert ["Tests"] == heard(root)
    assert "not analysed:\n  .github/workflows/bad.yml: " in done.stdout
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", done.stdout)


@pytest.mark.parametrize(
    "place", [".github", ".github/workflows", ".github/workflows/autonomous-maintenance.yml", EXAMPLE]
)
def test_nothing_is_written_through_a_link(tool: Tool, tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = project(tmp_path / "shop", PYTHON)
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).symlink_to(outside if not place.endswith((".yml", EXAMPLE)) else outside / "file")
    before = git(root, "status", "--short")
    done = tool("init", "--github", "--yes", "--force", root)
    assert 2 == done.returncode
    assert f"autonomous-cicd: {EXAMPLE if place == EXAMPLE else '.github/workflows'}" in done.stderr
    assert "\n  put a folder or a file of the project there" in done.stderr
    assert before == git(root, "status", "--short")
    assert [] == os.listdir(outside)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tool: Tool, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", PYTHON)
    root.chmod(0o555)
    try:
        done = tool("init", root)
    finally:
        root.chmod(0o755)
    assert 2 == done.returncode
    assert "cannot be written: Permission denied; nothing was written" in done.stderr
    assert [] == untracked(root)


def test_a_file_where_a_folder_is_needed(tool: Tool, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {**PYTHON, ".github": "a file\n"})
    done = tool("init", "--github", "--force", root)
    assert 2 == done.returncode
    assert [] == untracked(root)


def test_settings_that_are_wrong_are_not_built_upon(tool: Tool, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {**PYTHON, SETTINGS: "autonomous_cicd: {autonomie: observe}\n"})
    done = tool("init", root)
    assert 2 == done.returncode
    assert "autonomous-cicd: .autonomous-cicd.yml:1: unknown key 'autonomie'" in done.stderr
    assert [] == untracked(root)


def test_a_person_is_asked(tool: Tool, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {**PYTHON, ".github/workflows/ci.yml": workflow("Tests")})
    printed, code = talked(tool, root, "maybe", "", "", "n")
    assert "please answer yes or no" in printed
    assert (0, []) == (code, untracked(root))
    printed, code = talked(tool, root, "y", "yes", "")
    assert (0, 5) == (code, len(untracked(root)))
    assert "Write that? [Y/n]" in printed
    assert ".env" in (root / ".gitignore").read_text().splitlines()


def test_a_person_who_hangs_up_gets_nothing(tool: Tool, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", PYTHON)
    printed, code = talked(tool, root, "\x04", "\x04", "\x04")
    assert "nothing was written" in printed
    assert (0, []) == (code, untracked(root))


def talked(tool: Tool, root: Path, *answers: str) -> tuple[str, int]:
    """Run `init` at a terminal where these answers are typed; return what it shows, and its exit code."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "autonomous_cicd", "init", str(root)]
    process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=tool._env(), cwd=root)
    os.close(theirs)
    shown, waiting = "", list(answers)
    try:
        while True:
            try:
                shown += os.read(ours, 65536).decode()
            except OSError:
                break  # the other end is closed
            if waiting and shown.rstrip("\n").endswith("] "):
                answer = waiting.pop(0)
                shown += "\n"
                os.write(ours, (answer if answer == "\x04" else f"{answer}\n").encode())
        return shown, process.wait(SECONDS)
    finally:
        process.kill()
        os.close(ours)
