"""A project is pointed at, and what it says about itself is run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.checkouts import commit, git
from tests.journeys.conftest import Sample, Tool

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/reference/report.schema.json").read_text())
HERE = sys.executable


def checked(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report that is as its schema says."""
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(report)
    return report


def statuses(report: dict[str, Any]) -> dict[str, str]:
    return {task["name"]: task["status"] for task in report["tasks"]}


def test_the_schema_describes_every_key() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def undescribed(schema: Any, place: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        missing = [] if "description" in schema else [place]
        for name, inner in schema.get("properties", {}).items():
            missing += undescribed(inner, f"{place}.{name}")
        return missing + (undescribed(schema["items"], f"{place}[]") if "items" in schema else [])

    assert [] == undescribed(SCHEMA, "report")


def test_a_project_that_describes_its_own_pipeline(tool: Tool, sample: Sample) -> None:
    root = sample(
        {
            "gen": {"command": "echo made > made.txt", "outputs": ["made.txt"], "inputs": ["src/**"]},
            "use": {"commands": ["cat made.txt", ["cat", "a.txt"]], "needs": ["gen"]},
            "fails": {"command": "echo boom; exit 3", "optional": True},
            "after": {"command": "true", "needs": ["use", "fails"]},
        }
    )
    report = checked(tool.report(root))
    assert {"gen": "passed", "use": "passed", "fails": "failed", "after": "passed"} == statuses(report)
    assert ("passed", "config", "main", False) == (
        report["status"],
        report["pipeline"]["source"],
        report["branch"],
        report["dirty"],
    )
    failed = report["tasks"][2]
    assert (3, "exit code 3", "boom", True) == (
        failed["exit_code"],
        failed["reason"],
        failed["log_excerpt"],
        failed["optional"],
    )
    assert ["cat made.txt", "cat a.txt"] == [step["command"] for step in report["tasks"][1]["steps"]]
    assert "made\na\n" == tool("logs", "last", "use").stdout
    again = checked(tool.report(root))
    assert [True, False] == [task["cached"] for task in again["tasks"][:2]]


def test_a_red_run_says_what_failed_and_what_to_look_at(tool: Tool, sample: Sample) -> None:
    done = tool(
        "run", sample({"bad": "echo an error: oh no; exit 1", "next": {"command": "true", "needs": ["bad"]}})
    )
    assert 1 == done.returncode
    for said in ("FAILED", "bad", "exit code 1", "an error: oh no", "bad failed", "autonomous-cicd logs "):
        assert said in done.stdout
    assert "" == done.stderr


def test_a_red_run_names_what_changed_since_the_last_green_one(
    tool: Tool, sample: Sample, tmp_path: Path
) -> None:
    """It asks git, and starts nothing that the checkout names."""
    root = sample({"check": f"{HERE} src/b.py"})
    tool.report(root)
    (root / "src/b.py").write_text("import requestz\n")
    commit(root, "Ask for more")
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n")
    hook.chmod(0o755)
    git(root, "config", "core.fsmonitor", str(hook))
    done = tool("run", root)
    assert 1 == done.returncode
    assert "changed since the last green run: src/b.py (named by the traceback; changed in " in done.stdout
    (failure,) = json.loads(tool("show", "last", "--json").stdout)["tasks"][0]["failures"]
    assert '"Ask for more")' in failure["suspects"][0]
    assert not (tmp_path / "pwned").exists()


def test_a_broken_rule_of_the_project_ends_no_run(tool: Tool, sample: Sample) -> None:
    root = sample(
        {"bad": "echo an error: oh no; exit 1", "good": "true"}, {".autonomous-cicd/rules/own.toml": "x = ["}
    )
    report = checked(tool.report(root, code=1))
    assert {"bad": "failed", "good": "passed"} == statuses(report)
    assert "exit code 1 (not diagnosed: .autonomous-cicd/rules/own.toml: " in report["tasks"][0]["reason"]


WORKFLOW = """
name: CI
on: [push]
env: {LEVEL: workflow}
jobs:
  one:
    runs-on: ubuntu-latest
    outputs:
      word: ${{ steps.say.outputs.word }}
    steps:
      - id: say
        run: echo "word=hello $LEVEL" >> "$GITHUB_OUTPUT"
  two:
    needs: one
    runs-on: ubuntu-latest
    strategy:
      matrix:
        n: [1, 2]
    steps:
      - run: test "${{ needs.one.outputs.word }}" = "hello workflow"
      - run: echo number ${{ matrix.n }}
  other:
    runs-on: windows-latest
    steps:
      - run: echo no
"""


def test_a_project_with_a_workflow_file(tool: Tool, sample: Sample) -> None:
    report = checked(tool.report(sample(files={".github/workflows/ci.yml": WORKFLOW})))
    assert {"one": "passed", "two (1)": "passed", "two (2)": "passed"} == statuses(report)
    assert "workflow" == report["pipeline"]["source"]
    assert {"word": "hello workflow"} == report["tasks"][0]["outputs"]
    assert ["other"] == [item["what"] for item in report["skipped"]]
    assert "number 2\n" in tool("logs", "last", "two (2)").stdout


def test_one_job_of_a_workflow_file(tool: Tool, sample: Sample) -> None:
    root = sample(files={".github/workflows/ci.yml": WORKFLOW})
    report = checked(tool.report(root, "--workflow", "ci.yml:one"))
    assert {"one": "passed"} == statuses(report)


UNITTEST = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.8"\n',
    "shop.py": "def double(n):\n    return 2 * n\n",
    "tests/__init__.py": "",
    "tests/test_shop.py": (
        "import unittest\nimport shop\n\n\nclass Test(unittest.TestCase):\n"
        "    def test_double(self):\n        self.assertEqual(4, shop.double(2))\n"
    ),
}


def test_a_project_that_says_nothing_is_detected(tool: Tool, sample: Sample) -> None:
    done = tool("plan", "--json", sample(files=UNITTEST))
    assert 0 == done.returncode
    plan = json.loads(done.stdout)
    assert ["python"] == plan["project"]["kinds"]
    assert "testing" in {task["stage"] for task in plan["pipeline"]["tasks"]}
    assert not (tool.home / ".cache").exists()


def test_only_some_tasks_are_run(tool: Tool, sample: Sample) -> None:
    root = sample({"a": "true", "b": {"command": "true", "needs": ["a"]}, "c": "exit 1"})
    assert {"a": "passed", "b": "passed"} == statuses(checked(tool.report(root, "--only", "b")))
    assert {"a": "passed", "b": "passed"} == statuses(checked(tool.report(root, "--skip", "c")))
    done = tool("run", root, "--only", "nope")
    assert (2, "its tasks are: a, b, c") == (done.returncode, done.stderr.splitlines()[-1].strip())


def test_reports_are_written_as_asked(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    root = sample({"a": "true", "b": "exit 4"})
    files = {name: tmp_path / name for name in ("report.json", "other.json", "junit.xml")}
    done = tool(
        "run", root, "--report", files["report.json"], "--json", files["other.json"],
        "--junit", files["junit.xml"], "--format", "markdown",
    )  # fmt: skip
    assert 1 == done.returncode
    assert "exit code 4" in done.stdout
    assert checked(json.loads(files["report.json"].read_text())) == json.loads(
        files["other.json"].read_text()
    )
    assert 'failures="1"' in files["junit.xml"].read_text()


def test_inside_github_actions_failures_become_annotations(
    tool: Tool, sample: Sample, tmp_path: Path
) -> None:
    tool.env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    done = tool("run", sample({"a": "echo out; exit 4"}))
    assert "::group::" in done.stdout
    (annotation,) = [line for line in done.stdout.splitlines() if line.startswith("::error title=a::")]
    assert (True, True) == ("exit code 4%0A" in annotation, annotation.endswith("%0Aout"))
    assert "exit code 4" in (tmp_path / "summary.md").read_text()


def test_a_gate_that_fails_makes_it_red(tool: Tool, sample: Sample) -> None:
    gates = {"compliance": {"required_files": ["LICENSE"]}, "test_coverage": 90}
    report = checked(tool.report(sample({"a": "true"}, quality_gates=gates), code=1))
    assert {"compliance": "failed", "test_coverage": "not_measured"} == {
        gate["name"]: gate["verdict"] for gate in report["gates"]
    }


def test_a_task_that_takes_too_long(tool: Tool, sample: Sample) -> None:
    root = sample({"a": {"command": "sleep 60", "timeout_minutes": 0.005}})
    report = checked(tool.report(root, code=1))
    assert ("timed_out", "it took longer than 0.3 s") == (
        report["tasks"][0]["status"],
        report["tasks"][0]["reason"],
    )


def test_a_run_that_takes_too_long(tool: Tool, sample: Sample) -> None:
    root = sample({"a": "sleep 60"}, pipeline={"timeout_minutes": 0.01})
    report = checked(tool.report(root, code=1))
    assert "it took longer than 0.6 s; ended before their time: a" == report["reason"]


@pytest.mark.parametrize(
    ("limit", "command", "reason"),
    [
        ("disk", "dd if=/dev/zero of=big bs=1M count=40 2>&1; sleep 20", "pipeline.resource_limits.disk"),
        ("memory", f"{HERE} -c 'import time; x = b\"x\" * 200_000_000; time.sleep(30)'", "20 MB of memory"),
    ],
)
def test_a_run_that_uses_too_much(tool: Tool, sample: Sample, limit: str, command: str, reason: str) -> None:
    root = sample({"a": command}, pipeline={"resource_limits": {limit: 20_000_000}})
    report = checked(tool.report(root, code=1))
    assert reason in report["reason"] + report["tasks"][0]["reason"]


def test_a_deployment_waits_for_a_person(tool: Tool, sample: Sample) -> None:
    root = sample({"a": "true"}, deploy={"command": "echo deployed", "environment": "staging"})
    report = checked(tool.report(root))
    assert {"a": "passed", "deploy (staging)": "skipped"} == statuses(report)
    assert f"autonomous-cicd approve staging --commit {report['commit'][:12]}" in report["tasks"][1]["reason"]
    assert 0 == tool("approve", "staging", root, "--commit", report["commit"][:12]).returncode
    assert {"a": "passed", "deploy (staging)": "passed"} == statuses(checked(tool.report(root)))
    (root / "a.txt").write_text("changed\n")
    assert "skipped" == statuses(tool.report(root))["deploy (staging)"]


def test_another_commit_than_that_which_is_there_cannot_be_approved(tool: Tool, sample: Sample) -> None:
    done = tool("approve", "staging", sample({"a": "true"}), "--commit", "abc123")
    assert 2 == done.returncode
    assert "abc123 is not what is checked out" in done.stderr
