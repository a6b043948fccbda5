"""The whole way: a webhook of a red run reaches the server, and a proven pull request is open at the host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hosts.github import FakeGitHub
from tests.hosts.shop import FILES, LOG, SHOP
from tests.servers import Program, ask, change, deliver, eventually
from tests.warm import Warm

SECONDS = 150.0


@pytest.fixture
def host(tmp_path: Path, warm: Warm) -> Iterator[FakeGitHub]:
    warm(tmp_path / "state")
    with FakeGitHub(tmp_path, checked=True) as made:
        made.add_repository(SHOP, FILES)
        yield made


def settings(host: FakeGitHub, **more: str) -> dict[str, Any]:
    return {
        "GITHUB_TOKEN": host.token,
        "GITHUB_API_URL": host.url,
        "AUTONOMOUS_CICD_AUTONOMY": "propose",
        **more,
    }


def red(host: FakeGitHub) -> Any:
    run = host.add_run(SHOP)
    host.add_job(run, "test", log=LOG)
    return run


def status(program: Program, id: str) -> str:
    return str(ask(program.port, f"/api/runs/{id}").json["status"])


def test_a_webhook_becomes_a_pull_request_also_after_a_kill(host: FakeGitHub, tmp_path: Path) -> None:
    payload = host.payload("workflow_run", red(host))
    program = Program(tmp_path, **settings(host))
    try:
        assert 202 == deliver(program.port, payload, id="red-1").status
        eventually(lambda: status(program, "red-1") == "working")
        program.kill()
        program = Program(tmp_path, **settings(host))
        assert 202 == deliver(program.port, payload, id="red-1").status  # the host delivers again
        assert 202 == deliver(program.port, payload, id="red-2").status  # and tells of it in another way
        eventually(lambda: {"done"} == {status(program, "red-1"), status(program, "red-2")}, SECONDS)
        [pull] = host.pulls(SHOP)
        assert "Permission denied" in pull.body
        [incident] = ask(program.port, "/api/incidents").json["incidents"]
        assert "Permission denied" in incident["message"]
        assert 0 == program.end()
    finally:
        program.kill()


def test_a_person_approves_over_the_interface(host: FakeGitHub, tmp_path: Path) -> None:
    program = Program(tmp_path, **settings(host, AUTONOMOUS_CICD_AUTONOMY="observe"))
    try:
        deliver(program.port, host.payload("workflow_run", red(host)), id="red-1")
        eventually(lambda: status(program, "red-1") == "done", SECONDS)
        [waiting] = ask(program.port, "/api/approvals").json["approvals"]
        assert [] == host.pulls(SHOP)
        path = f"/api/approvals/{waiting['id']}/approve"
        assert 409 == change(program.port, path, {"diff": "0" * 64}).status
        answer = change(program.port, path, {"diff": waiting["diff"]})
        assert 200 == answer.status, answer.body
        assert 1 == len(host.pulls(SHOP))
        assert 409 == change(program.port, path, {"diff": waiting["diff"]}).status
    finally:
        program.kill()
