"""`failure` as a stranger types it, before our own GitHub."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hosts.github import FakeGitHub
from tests.hosts.shop import FILES, LOG, SHOP
from tests.journeys.conftest import Tool, alive, eventually
from tests.warm import Warm


@pytest.fixture
def host(tool: Tool, warm: Warm, tmp_path: Path) -> Iterator[FakeGitHub]:
    warm(tool.state)
    with FakeGitHub(tmp_path) as made:
        tool.env |= {"GITHUB_TOKEN": made.token, "GITHUB_API_URL": made.url}
        yield made


def red(host: FakeGitHub) -> str:
    run = host.add_run(SHOP)
    host.add_job(run, "test", log=LOG)
    return str(run.id)


def test_it_says_why_a_run_is_red_and_writes_nothing(tool: Tool, host: FakeGitHub) -> None:
    host.add_repository(SHOP, FILES)
    done = tool("failure", "--workflow-run-id", red(host), "--repo", SHOP, "--mode", "analyze", "--json")
    [incident] = json.loads(done.stdout)
    assert (1, "permission") == (done.returncode, incident["failure"]["category"]), done.stderr
    assert {"GET"} == {one.method for one in host.requests}


def test_a_signal_ends_it_while_the_host_does_not_answer(tool: Tool, host: FakeGitHub) -> None:
    host.add_repository(SHOP, FILES)
    host.faults.rate, host.faults.kinds, host.faults.slow = 1.0, ("slow",), 60.0
    process = tool.start("failure", "--workflow-run-id", red(host), "--repo", SHOP)
    eventually(lambda: bool(host.requests))
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=40)
    assert (130, "interrupted\n") == (process.returncode, said)


def test_a_signal_ends_it_while_it_heals(tool: Tool, host: FakeGitHub, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"#!/bin/sh\necho $$ > {pid}\nsleep 300\n"
    workflow = {name: text.replace("./check", "sh check") for name, text in FILES.items()}
    host.add_repository(SHOP, {**workflow, "check.sh": script})
    process = tool.start(
        "failure", "--workflow-run-id", red(host), "--repo", SHOP, "--mode", "analyze-and-fix"
    )
    eventually(lambda: pid.exists() and bool(pid.read_text()))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=40)
    assert 130 == process.returncode
    assert "interrupted" in said
    eventually(lambda: not alive(int(pid.read_text())))
    assert {"GET"} == {one.method for one in host.requests}
