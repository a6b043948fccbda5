"""Whatever is wrong, the message names the place and what to do; there is never a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project
from tests.journeys.conftest import Sample, Tool, state_of

CONFIG = ".autonomous-cicd.yml"
CI = ".github/workflows/ci.yml"
HEAD = "autonomous_cicd:\n  pipeline:\n    tasks:\n"
JOB = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
STEPS = "    steps:\n      - run: echo\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{one}: &{one} [{','.join(['*' + before] * 9)}]\n"
    for before, one in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("autonomous_cicd: [\n", ":2", "not YAML"),
        ("autonomous_cicd:\n  pipelne: {}\n", ":2", "did you mean 'pipeline'?"),
        (f"{HEAD}      a: {{command: x, needs: [nope]}}\n", ":4", "which does not exist"),
        (
            f"{HEAD}      a: {{command: x, needs: [b]}}\n      b: {{command: x, needs: [a]}}\n",
            "",
            "form a circle",
        ),
        (f"{HEAD}      a: {{}}\n", ":4", "has no `command`"),
        (f"{HEAD}      a: {{command: x, directory: ../..}}\n", ":4", "inside the project"),
        (f"{HEAD}      a: {{command: x, timeout_minutes: soon}}\n", ":4", "expected a number"),
        ("autonomous_cicd: !!python/object/apply:os.system [touch pwned]\n", ":1", "remove the tag"),
        (f"{BOMB}autonomous_cicd: *h\n", ":", "200,000 values"),
        ("[" * 5000, ":1", "nested more than"),
        (HEAD + "".join(f"      t{n}: 'true'\n" for n in range(480_000)), ":", "split the file"),
        ("\0", ":1", CONFIG),
        ("autonomous_cicd: {integrations: {codegen: {token: abc}}}\n", ":1", CONFIG),
    ],
)
def test_a_config_file_that_cannot_be_used(
    tool: Tool, sample: Sample, text: str, place: str, said: str
) -> None:
    root = sample(files={CONFIG: text})
    before = state_of(root)
    for command in ("run", "plan"):
        done = tool(command, root)
        assert 2 == done.returncode, done.stdout
        assert f"{CONFIG}{place}" in done.stderr
        assert said in done.stderr
        assert len(done.stderr) < 2000
    assert before == state_of(root)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("on: push\njobs: [\n", ":3", "not YAML"),
        (f"{JOB}    needs: b\n{STEPS}  b:\n    runs-on: x\n    needs: a\n{STEPS}", ":5", "form a circle"),
        (f"{JOB}    if: ${{{{ github.ref == }}}}\n{STEPS}", ":5", "position 13"),
        (f"{JOB}    needs: nope\n{STEPS}", ":5", "nope"),
        (f"{JOB}    stepz: []\n", ":5", "stepz"),
        ("on: push\njobs: {}\n", ":2", "jobs"),
        (f"on: push\n{BOMB}jobs: *h\n", ":", "200,000 values"),
        ("#" * 3_000_000, "", "too large"),
    ],
)
def test_a_workflow_file_that_the_host_would_refuse(
    tool: Tool, sample: Sample, text: str, place: str, said: str
) -> None:
    report = tool.report(sample(files={CI: text}), code=1)
    assert f"{CI}{place}" in report["reason"]
    assert said in report["reason"]
    assert 2 == tool("plan", ".", cwd=Path(report["project"])).returncode


def test_a_file_that_is_asked_for_by_name_is_refused_at_once(tool: Tool, sample: Sample) -> None:
    root = sample(files={CI: "on: push\njobs: [\n"})
    done = tool("run", root, "--workflow", "ci.yml")
    assert 2 == done.returncode
    assert f"{CI}:3: is not YAML" in done.stderr
    done = tool("run", root, "--workflow", "co.yml")
    assert (2, "did you mean 'ci.yml'?") == (done.returncode, done.stderr.splitlines()[-1].strip())


def no_repository(root: Path) -> None:
    (root / ".git").rename(root / "gone")


def no_commits(root: Path) -> None:
    (root / ".git").rename(root.with_name("gone"))
    git(root, "init", "--quiet")


def detached(root: Path) -> None:
    commit(root)
    git(root, "checkout", "--quiet", "HEAD~1")


def broken_index(root: Path) -> None:
    (root / ".git/index").write_bytes(b"nonsense")


def broken_head(root: Path) -> None:
    (root / ".git/HEAD").write_text("ref: refs/heads/nowhere\n")


@pytest.mark.parametrize("change", [no_repository, no_commits, detached, broken_head])
def test_a_checkout_that_is_unlike_others_is_run_all_the_same(
    tool: Tool, sample: Sample, change: Callable[[Path], None]
) -> None:
    root = sample({"see": "cat a.txt"})
    change(root)
    before = state_of(root)
    report = tool.report(root)
    assert ("passed", "") == (
        report["status"],
        report["branch"] if change in (no_repository, detached) else "",
    )
    assert before == state_of(root)


def test_a_damaged_repository_is_told(tool: Tool, sample: Sample) -> None:
    root = sample({"see": "cat a.txt"})
    broken_index(root)
    done = tool("run", root)
    assert 2 == done.returncode
    assert "git cannot read the repository" in done.stderr


@pytest.mark.parametrize("repository", [True, False])
def test_a_project_without_anything(tool: Tool, tmp_path: Path, repository: bool) -> None:
    root = tmp_path / "nothing"
    project(root, {}) if repository else root.mkdir()
    for command in ("run", "plan"):
        done = tool(command, root)
        assert 2 == done.returncode
        assert f"found nothing to run in {root}" in done.stderr
        assert "pipeline: tasks:" in done.stderr


@pytest.mark.parametrize(("name", "said"), [("absent", "does not exist"), ("file", "is not a folder")])
def test_a_place_that_is_no_project(tool: Tool, tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file").write_text("x")
    done = tool("run", tmp_path / name)
    assert 2 == done.returncode
    assert said in done.stderr


def test_programs_that_do_not_exist(tool: Tool, sample: Sample) -> None:
    script = {"script.sh": "#!/no/such/interpreter\n"}
    tasks = {"a": "no-such-program -x", "b": ["/no/such/program"], "c": ["./script.sh"], "d": {
        "command": "true", "directory": "no/such/folder"}}  # fmt: skip
    root = sample(tasks, script)
    (root / "script.sh").chmod(0o755)
    reasons = [task["reason"] for task in tool.report(root, code=1)["tasks"]]
    assert "no-such-program: command not found" == reasons[0]
    assert "/no/such/program: command not found" == reasons[1]
    assert "bad interpreter: what its first line names does not exist" in reasons[2]
    assert "there is no folder" in reasons[3]


def test_an_interpreter_that_is_not_on_this_machine(tool: Tool, sample: Sample) -> None:
    steps = "    steps:\n      - uses: actions/setup-python@v5\n        with: {python-version: '2.3'}\n"
    report = tool.report(sample(files={CI: f"{JOB}{steps}      - run: python -V\n"}), code=1)
    assert "The version '2.3' with architecture 'x64' was not found" in report["reason"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", ".", "--jobs", "0"], "at least 1"),
        (["run", ".", "--set", "x"], "NAME=VALUE"),
        (["run", ".", "--set", "pipeline.strateg=x"], "did you mean 'pipeline.strategy'?"),
        (["run", ".", "--report", "/nonexistent/report.json"], "cannot be written"),
        (["run", ".", "--report", "/"], "cannot be written"),
        (["run", ".", "--runner", "warp"], "invalid choice"),
        (["rum", "."], "did you mean 'run'?"),
        (["show", "nope"], "there is no run 'nope'"),
        (["approve", "production", "."], "has no commit that could be approved"),
    ],
)
def test_words_that_mean_nothing(tool: Tool, tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / CONFIG).write_text(
        json.dumps({"autonomous_cicd": {"pipeline": {"tasks": {"a": "true"}}}})
    )
    done = tool(*words, cwd=tmp_path / "p")
    assert 2 == done.returncode
    assert said in done.stderr


def test_a_state_folder_that_cannot_be_made(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    tool.env = {"AUTONOMOUS_CICD_STATE_DIR": str(tmp_path / "file/state")}
    done = tool("run", sample({"a": "true"}))
    assert 2 == done.returncode
    assert str(tmp_path / "file") in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_files_that_cannot_be_read(tool: Tool, sample: Sample) -> None:
    root = sample({"a": "true"})
    (root / "a.txt").chmod(0)
    done = tool("run", root)
    assert done.returncode in (1, 2)
    assert "a.txt" in done.stdout + done.stderr
