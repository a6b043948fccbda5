"""Library lines: whatever a library says is one line of JSON, and strangers cannot fill the log."""

from __future__ import annotations

import base64
import json
import logging
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from tests.servers import Program, ask, eventually, raw
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from autonomous_cicd.web.library_lines import CALLS, LONGEST, LibraryLines, take_over

NASTY = 'x"\n{"level": "error"}\x1b[31m\u202e'


def said(capsys: pytest.CaptureFixture[str], logger: logging.Logger, *words: Any, **more: Any) -> Any:
    """Return what is written when a library says something."""
    handler = LibraryLines()
    logger.addHandler(handler)
    try:
        logger.error(*words, **more)
    finally:
        logger.removeHandler(handler)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) < 2
    return json.loads(lines[0]) if lines else None


@pytest.fixture
def library() -> logging.Logger:
    return logging.getLogger("a.library")


def test_what_a_library_says_is_one_line(capsys: pytest.CaptureFixture[str], library: logging.Logger) -> None:
    told = said(capsys, library, "%s is odd\n", NASTY)
    assert ("error", "a.library", f"{NASTY} is odd") == (told["level"], told["logger"], told["what"])


def test_an_exception_is_told_in_the_same_line(
    capsys: pytest.CaptureFixture[str], library: logging.Logger
) -> None:
    def fail(depth: int) -> None:
        if not depth:
            raise ValueError(NASTY + "y" * LONGEST)
        fail(depth - 1)

    try:
        fail(50)
    except ValueError:
        told = said(capsys, library, "it failed", exc_info=True)
    assert told["error"].startswith(f"ValueError: {NASTY}") and len(told["error"]) == LONGEST
    assert ["fail"] * CALLS == [one.split()[0] for one in told["calls"]]


def test_what_does_not_go_with_its_arguments_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    LibraryLines().emit(logging.makeLogRecord({"msg": "%d of %d", "args": ("x",)}))
    assert "%d of %d" == json.loads(capsys.readouterr().err)["what"]


@pytest.mark.parametrize("text", ["Invalid HTTP request received.", "Unsupported upgrade request."])
def test_what_anybody_can_have_said_is_dropped(
    capsys: pytest.CaptureFixture[str], library: logging.Logger, text: str
) -> None:
    assert said(capsys, library, text) is None


def test_it_is_taken_over_once() -> None:
    take_over()
    take_over()
    assert [1, 1, 1, 0] == [
        sum(isinstance(one, LibraryLines) for one in logging.getLogger(name).handlers)
        for name in ("uvicorn", "websockets", "asyncio", "uvicorn.access")
    ]


async def test_the_log_of_a_server_is_lines_of_json(tmp_path: Path) -> None:
    program = Program(tmp_path, AUTONOMOUS_CICD_SERVER_TOKEN="t0ken")
    try:
        raw(program.port, b"hello\r\n\r\n", wait=1)
        upgrade = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
        raw(program.port, upgrade, wait=1)
        for path, token, status in (
            ("/ws", "no", "401"),
            ("/webhooks/github", "t0ken", "403"),
            ("/api/runs", "t0ken", "403"),
        ):
            with pytest.raises(InvalidStatus, match=status):
                await connect(
                    f"ws://127.0.0.1:{program.port}{path}",
                    additional_headers={"Authorization": f"Bearer {token}"},
                )
        bad_text(program.port)
        eventually(lambda: "UTF-8" in program.log.read_text())
        assert 200 == ask(program.port, "/healthz").status
    finally:
        program.end()
    lines = [json.loads(line) for line in program.log.read_text().splitlines()]
    (bad,) = [one for one in lines if "logger" in one]
    assert ("error", "uvicorn.error") == (bad["level"], bad["logger"])
    assert bad["error"].startswith("UnicodeDecodeError: ")


def bad_text(port: int) -> None:
    """Send a text that is none, over a socket."""
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET /ws HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t0ken\r\nSec-WebSocket-Key: {key}\r\n"
    )
    head += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head.encode())
        assert connection.recv(4_096).startswith(b"HTTP/1.1 101")
        connection.sendall(b"\x81\x82\0\0\0\0\xff\xfe")
        while connection.recv(4_096):
            pass
