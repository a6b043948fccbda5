"""A red project is healed or handed over, and nothing of the user's is changed unasked."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.checkouts import commit, git
from tests.journeys.conftest import Sample, Tool, eventually, state_of
from tests.journeys.test_run import checked
from tests.warm import Warm

SCRIPT = "#!/bin/sh\necho checked\n"
SUMS = """\
import unittest
class TestSums(unittest.TestCase):
    def test_one(self):
        self.assertEqual(3, 1 + 2)
    def test_other(self):
        self.assertEqual(4, 1 + 2)
"""
FLAKY = """
import pathlib, sys
mark = pathlib.Path({mark!r})
if not mark.exists():
    mark.write_text("once")
    sys.exit("urllib3.exceptions.ProtocolError: ('Connection aborted.', ConnectionResetError(104, "
             "'Connection reset by peer'))")
print("fine")
"""


def healed(tool: Tool, root: Path, *words: str | Path, code: int = 0) -> dict[str, Any]:
    """Run and heal; return the report, which is as its schema says. Nothing is left of any private copy."""
    report = checked(tool.report(root, "--heal", *words, code=code))
    assert [] == os.listdir(tool.state / "runs")
    return report


@pytest.fixture
def tool(tool: Tool, warm: Warm) -> Tool:
    """Return the program with our rules read already."""
    warm(tool.state)
    return tool


@pytest.fixture
def locked(sample: Sample) -> Path:
    """Return a project whose script has lost its executable bit, next to uncommitted work."""
    root = sample({"check": "./check.sh"}, {"check.sh": SCRIPT})
    (root / "a.txt").write_text("mine\n")
    (root / "new.txt").write_text("new\n")
    return root


def test_a_fix_is_left_as_a_branch_and_a_patch_file_and_the_tree_is_untouched(
    tool: Tool, locked: Path
) -> None:
    (locked / "crlf.sh").write_bytes(b"#!/bin/sh\r\necho fine\r\n")
    (locked / "crlf.sh").chmod(0o755)
    config = (locked / ".autonomous-cicd.yml").read_text()
    (locked / ".autonomous-cicd.yml").write_text(
        config.replace('"./check.sh"', '"./check.sh", "crlf": "./crlf.sh"')
    )
    git(locked, "add", "crlf.sh", ".autonomous-cicd.yml")
    git(locked, "commit", "-q", "-m", "Add a script")
    before = state_of(locked / "src"), git(locked, "status", "--porcelain"), git(locked, "stash", "list")
    index = (locked / ".git/index").read_bytes()
    report = healed(tool, locked)
    assert ("healed", [], 0o644) == (
        report["status"],
        report["escalations"],
        (locked / "check.sh").stat().st_mode & 0o777,
    )
    assert before == (
        state_of(locked / "src"),
        git(locked, "status", "--porcelain"),
        git(locked, "stash", "list"),
    )
    assert (index, "main") == ((locked / ".git/index").read_bytes(), git(locked, "branch", "--show-current"))
    assert ["progress", "green"] == [one["outcome"] for one in report["healing"]]
    assert {"configuration_fix"} == {one["strategy"] for one in report["healing"]}
    first, last = report["healing"][0]["proof"], report["healing"][-1]["proof"]
    assert (False, ["./check.sh", 126]) == (
        first["before"][0]["green"],
        [*first["before"][0]["commands"][0].values()],
    )
    assert [[*one.values()] for one in last["after"][-1]["commands"]] == [["./check.sh", 0], ["./crlf.sh", 0]]
    delivery = report["delivery"]
    assert ["check.sh", "crlf.sh"] == git(locked, "diff", "--name-only", "HEAD", delivery["branch"]).split(
        "\n"
    )
    assert "Heal check, crlf" == git(locked, "log", "-1", "--format=%s", delivery["branch"])
    assert delivery["patch"] == Path(delivery["patch_file"]).read_bytes().decode()
    git(locked, "apply", delivery["patch_file"])
    assert 0 == tool("run", locked).returncode


def test_whoever_asks_gets_it_into_the_working_tree(tool: Tool, locked: Path) -> None:
    done = tool("run", locked, "--heal", "--apply", "--junit", tool.home / "junit.xml")
    assert (0, " M a.txt\n M check.sh\n?? new.txt") == (done.returncode, git(locked, "status", "--porcelain"))
    assert ("mine\n", "new\n") == ((locked / "a.txt").read_text(), (locked / "new.txt").read_text())
    assert "applied to the working tree" in done.stdout
    assert "check.sh may not be executed" in done.stdout
    assert "trying project_file" in done.stderr
    assert "<failure" in (tool.home / "junit.xml").read_text()
    assert "main" == git(locked, "branch", "--format=%(refname:short)")
    assert 0 == tool("run", locked).returncode


def test_nothing_is_put_over_uncommitted_changes(tool: Tool, locked: Path) -> None:
    (locked / "check.sh").write_text(SCRIPT + "echo more\n")
    before = state_of(locked)
    report = healed(tool, locked, "--apply", code=1)
    assert before == state_of(locked)
    assert ("escalated", False, "") == (
        report["status"],
        report["delivery"]["applied"],
        report["delivery"]["branch"],
    )
    assert "check.sh has changes that are not committed" in report["delivery"]["note"]
    (left,) = report["escalations"]
    assert "not committed" in left["reason"]
    commit(locked, "Now they are")
    # What was proven is not lost: it waits.
    assert "waiting" in tool("incidents", locked).stdout
    assert 0 == tool("approve", left["incident"], "--apply", cwd=locked).returncode
    assert 0o755 == (locked / "check.sh").stat().st_mode & 0o777


def test_a_contradiction_is_handed_over(tool: Tool, sample: Sample) -> None:
    root = sample({"test": "python3 -m unittest test_sums"}, {"test_sums.py": SUMS})
    before = state_of(root)
    report = healed(tool, root, code=1)
    assert (before, "escalated", None) == (state_of(root), report["status"], report["delivery"])
    (left,) = report["escalations"]
    for words in ("## Evidence", "AssertionError", "## What was tried", "autonomous-cicd run . --only test"):
        assert words in left["page"]
    assert left["page"] in tool("show", left["incident"], cwd=root).stdout
    shown = json.loads(tool("show", left["incident"], "--json", cwd=root).stdout)
    assert ("escalated", left["page"]) == (shown["state"], shown["page"])


def test_something_that_passes_by_itself_is_run_again(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    flaky = FLAKY.format(mark=str(tmp_path / "mark"))
    root = sample({"test": "python3 flaky.py"}, {"flaky.py": flaky})
    before = state_of(root)
    report = healed(tool, root)
    assert (before, "healed", None) == (state_of(root), report["status"], report["delivery"])
    assert ("retry", "") == (report["healing"][-1]["strategy"], report["healing"][-1]["patch"])
    assert "retry" in tool("remedies", root).stdout


def test_a_green_project_is_not_healed(tool: Tool, sample: Sample) -> None:
    report = checked(tool.report(sample({"a": "true"}), "--heal"))
    assert ("passed", [], []) == (report["status"], report["healing"], report["escalations"])
    assert "there is no incident" in tool("incidents", "--all").stdout
    assert 2 == tool("run", "--apply").returncode


RETURNS = b"set -e\r\necho fine\r\n"


@pytest.fixture
def waiting(tool: Tool, sample: Sample) -> tuple[Path, str, str]:
    """Return a project with a change that waits for a person, the incident, and the id of the diff.

    It changes the form of a test, which nobody but a person may allow.
    """
    root = sample({"check": "sh tests/check.sh"}, {"tests/check.sh": RETURNS.decode()})
    (root / "tests/check.sh").write_bytes(RETURNS)
    git(root, "commit", "-q", "-a", "--allow-empty", "-m", "Keep it")
    before = state_of(root)
    report = healed(tool, root, "--apply", code=1)
    assert (before, "escalated", None) == (state_of(root), report["status"], report["delivery"])
    (listed,) = json.loads(tool("incidents", root, "--json").stdout)
    assert "waiting" == listed["state"]
    return root, listed["id"], listed["diff"]


def test_a_person_approves_exactly_what_waits(tool: Tool, waiting: tuple[Path, str, str]) -> None:
    root, incident, diff = waiting
    assert f"approve {incident} --diff {diff[:12]}" in tool("show", incident, cwd=root).stdout
    wrong = tool("approve", incident, "--diff", "0" * 12, cwd=root)
    assert (2, True) == (wrong.returncode, "not the diff that waits" in wrong.stderr)
    assert 0 == tool("approve", incident, "--diff", diff[:12], "--apply", cwd=root).returncode
    assert b"set -e\necho fine\n" == (root / "tests/check.sh").read_bytes()
    assert 2 == tool("approve", incident, cwd=root).returncode
    trail = [f"{one['actor']}: {one['what']}" for one in json.loads(tool("audit", root, "--json").stdout)]
    assert [
        "autonomous-cicd: delivered into the working tree",
        f"a person: approved the diff {diff[:12]}",
    ] == [
        trail[0],
        trail[2],
    ]


def test_a_person_rejects_it(tool: Tool, waiting: tuple[Path, str, str]) -> None:
    root, incident, _ = waiting
    before = state_of(root)
    assert 0 == tool("reject", incident, "--why", "not now", cwd=root).returncode
    assert "dismissed" in tool("incidents", root).stdout
    assert "not now" in tool("audit", root).stdout
    assert 2 == tool("approve", incident, cwd=root).returncode
    assert before == state_of(root)


def test_a_budget_and_a_switch_hold_over_restarts(tool: Tool, locked: Path) -> None:
    limit = ("--set", "self_healing.max_fixes_per_day=1")
    assert "healed" == healed(tool, locked, *limit)["status"]
    second = healed(tool, locked, *limit, code=1)
    assert ("escalated", None) == (second["status"], second["delivery"])
    assert "1 fixes were delivered in the last 24 hours" in second["escalations"][0]["reason"]
    assert 0 == tool("stop").returncode
    third = healed(tool, locked, code=1)
    assert ("escalated", []) == (third["status"], third["healing"])
    assert "stop --off" in third["escalations"][0]["reason"]
    assert 0 == tool("stop", "--off").returncode
    assert "healed" == healed(tool, locked)["status"]
    assert ["stopped everything", "let everything go on"] == [
        words for words in ("stopped everything", "let everything go on") if words in tool("audit").stdout
    ]


SLEEPS = "#!/bin/sh\necho begun >> {mark}\nsleep 300\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interruption_leaves_everything_as_it_was(
    tool: Tool, sample: Sample, tmp_path: Path, number: signal.Signals
) -> None:
    mark = tmp_path / "mark"
    root = sample({"check": "./check.sh"}, {"check.sh": SLEEPS.format(mark=mark)})
    before = state_of(root)
    process = tool.start("run", root, "--heal", "--apply", "--report", tmp_path / "report.json")
    eventually(mark.exists, 60)  # the trial with the change runs
    process.send_signal(number)
    process.wait(60)
    assert before == state_of(root)
    if number is signal.SIGKILL:
        assert 0 == tool("runs", "--all").returncode  # whoever comes next tidies up
    else:
        assert 130 == process.returncode
        report = checked(json.loads((tmp_path / "report.json").read_text()))
        assert ("cancelled", ["stopped"]) == (report["status"], [one["outcome"] for one in report["healing"]])
        assert "it was interrupted" == report["escalations"][0]["reason"]
    eventually(lambda: [] == os.listdir(tool.state / "runs"))
    assert not list(tool.state.glob("patches/*"))


def test_two_healings_at_once_do_not_disturb_each_other(tool: Tool, locked: Path, tmp_path: Path) -> None:
    before = state_of(locked / "src")
    both = [
        tool.start("run", locked, "--heal", "--report", tmp_path / f"{number}.json") for number in range(2)
    ]
    assert [0, 0] == [process.wait(120) for process in both]
    reports = [checked(json.loads((tmp_path / f"{number}.json").read_text())) for number in range(2)]
    assert ["healed", "healed"] == [one["status"] for one in reports]
    for report in reports:
        assert "check.sh" == git(locked, "diff", "--name-only", "HEAD", report["delivery"]["branch"])
    assert (before, []) == (state_of(locked / "src"), os.listdir(tool.state / "runs"))


def test_a_recorded_run_is_healed(tool: Tool, locked: Path, tmp_path: Path) -> None:
    assert 1 == tool("run", locked).returncode
    done = tool("heal", "last", "--project", locked, "--report", tmp_path / "report.json")
    assert 0 == done.returncode, done.stderr
    assert "healed" == checked(json.loads((tmp_path / "report.json").read_text()))["status"]
    commit(locked, "Go on")
    refused = tool("heal", "last", "--project", locked)
    assert (2, True) == (refused.returncode, "another commit" in refused.stderr)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_was_interrupted_is_taken_up(
    tool: Tool, sample: Sample, tmp_path: Path, number: signal.Signals
) -> None:
    mark = tmp_path / "mark"
    root = sample({"slow": f"test -e {mark} || {{ touch {mark}; sleep 300; }}", "check": "./check.sh"}, {})
    (root / "check.sh").write_text(SCRIPT)
    commit(root, "Check")
    process = tool.start("run", root, "--heal")
    eventually(lambda: mark.exists() and "running" in tool("runs", "--all").stdout, 60)
    process.send_signal(number)
    process.wait(60)
    done = tool("heal", "last", "--project", root)
    assert (0, True) == (done.returncode, "healed: check" in done.stdout), done.stderr
    assert 0 == tool("run", root, "--only", "slow").returncode
    refused = tool("heal", "last", "--project", root)
    assert (2, True) == (refused.returncode, "`autonomous-cicd run --heal`" in refused.stderr)


def test_only_what_was_asked_for_is_run_and_healed(tool: Tool, sample: Sample) -> None:
    root = sample({"check": "./check.sh", "other": "false"}, {"check.sh": SCRIPT})
    report = healed(tool, root, "--only", "check")
    assert ("healed", ["check"]) == (report["status"], [one["task"] for one in report["healing"]])
