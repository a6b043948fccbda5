"""Runs that end before their time: nothing survives, nothing changes, the next one tidies up."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from tests.journeys.conftest import Sample, Tool, alive, eventually, state_of

LINGERS = """
mkdir -p out; echo junk > out/junk; echo changed > a.txt; git add -A
setsid sh -c 'echo $$ >> {pids}; exec sleep 300' &
echo $$ >> {pids}; echo begun
sleep 300
"""
"""Makes a mess of its copy, and hides a child in a session of its own."""
STUBBORN = "trap '' TERM HUP INT\n"


class Lingering:
    """A run whose task lingers, and the processes that it started."""

    def __init__(self, tool: Tool, sample: Sample, folder: Path, *, manner: str = "") -> None:
        self.pids_file = folder / "pids"
        script = manner + LINGERS.format(pids=self.pids_file)
        self.root = sample({"linger": script, "next": {"command": "true", "needs": ["linger"]}})
        self.before = state_of(self.root)
        self.tool = tool
        self.process = tool.start("run", self.root, "--report", folder / "report.json")
        self.report = folder / "report.json"
        eventually(lambda: len(self.pids) == 2 and "running" in tool("runs", "--all").stdout)

    @property
    def pids(self) -> list[int]:
        return [int(word) for word in self.pids_file.read_text().split()] if self.pids_file.exists() else []

    def assert_gone(self) -> None:
        """Nothing that was started is alive, and the checkout is bit for bit the same."""
        eventually(lambda: not any(alive(pid) for pid in self.pids))
        assert self.before == state_of(self.root)

    def assert_tidy(self) -> None:
        """Nothing of a run is left in the state folder."""
        assert [] == os.listdir(self.tool.state / "runs")


@pytest.fixture
def lingering(tool: Tool, sample: Sample, tmp_path: Path) -> Lingering:
    return Lingering(tool, sample, tmp_path)


def test_it_can_be_ended_while_it_still_begins(tool: Tool, sample: Sample) -> None:
    process = tool.start("run", sample({"a": "sleep 300"}))
    status = Path(f"/proc/{process.pid}/status")
    caught = re.compile(r"SigCgt:\s*(\w+)")
    eventually(lambda: int(caught.findall(status.read_text())[0], 16) >> (signal.SIGTERM - 1) & 1 == 1)
    process.terminate()
    assert 130 == process.wait(60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order(lingering: Lingering, tool: Tool, number: signal.Signals) -> None:
    lingering.process.send_signal(number)
    assert 130 == lingering.process.wait(60)
    lingering.assert_gone()
    lingering.assert_tidy()
    report = json.loads(lingering.report.read_text())
    assert ("cancelled", "interrupted") == (report["status"], report["reason"])
    assert ["cancelled", "cancelled"] == [task["status"] for task in report["tasks"]]
    assert "cancelled" in tool("runs", "--all").stdout
    assert "begun\n" == tool("logs", "last", "linger").stdout


def test_what_does_not_want_to_end_is_killed(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    lingering = Lingering(tool, sample, tmp_path, manner=STUBBORN)
    lingering.process.send_signal(signal.SIGINT)
    assert 130 == lingering.process.wait(60)
    lingering.assert_gone()


def test_ctrl_c_reaches_everything_at_once(lingering: Lingering) -> None:
    """A terminal sends the signal to the whole group, and impatient people send it twice."""
    for _ in range(2):
        os.killpg(lingering.process.pid, signal.SIGINT)
    assert 130 == lingering.process.wait(60)
    lingering.assert_gone()


def test_a_killed_run_leaves_nothing_running_and_the_next_one_tidies_up(
    lingering: Lingering, tool: Tool
) -> None:
    lingering.process.kill()
    lingering.process.wait(60)
    lingering.assert_gone()
    assert [] != os.listdir(tool.state / "runs")
    assert "lost" in tool("runs", "--all").stdout
    lingering.assert_tidy()


def test_another_run_tidies_up_too(lingering: Lingering, tool: Tool) -> None:
    lingering.process.kill()
    lingering.process.wait(60)
    assert 0 == tool("run", lingering.root, "--only", "next", "--skip", "linger").returncode
    lingering.assert_gone()
    lingering.assert_tidy()


def test_a_run_that_is_alive_is_left_alone(lingering: Lingering, tool: Tool) -> None:
    assert 0 == tool("run", lingering.root, "--only", "next", "--skip", "linger").returncode
    assert all(alive(pid) for pid in lingering.pids)
    assert "running" in tool("runs", "--all").stdout


def test_somebody_cancels_it_from_another_terminal(lingering: Lingering, tool: Tool) -> None:
    run_id = next(name for name in os.listdir(tool.state / "runs") if name.endswith(".lock"))[:-5]
    assert 0 == tool("cancel", run_id).returncode
    assert 130 == lingering.process.wait(60)
    assert "somebody asked for it" in json.loads(lingering.report.read_text())["reason"]
    lingering.assert_gone()


def test_who_reads_what_it_prints_may_go_away(tool: Tool, sample: Sample) -> None:
    root = sample({f"t{number}": "true" for number in range(20)})
    reader, writer = os.pipe()
    process = subprocess.Popen(
        tool._argv("run", root), env=tool._env(), stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert [] == os.listdir(tool.state / "runs")
