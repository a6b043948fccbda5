"""Real git repositories over HTTP: git's own server program, asked as a web server would."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.checkouts import ENV
from tests.hosts.serving import Ask, Reply

__all__ = ["git_answer"]


def git_answer(asked: Ask, root: Path, place: str) -> Reply:
    """Return what `git http-backend` answers for a path below the folder of the bare repositories."""
    env = {
        **ENV,
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": asked.headers.get("git-protocol", ""),
        "REQUEST_METHOD": asked.method,
        "PATH_INFO": place,
        "QUERY_STRING": asked.raw.partition("?")[2],
        "CONTENT_TYPE": asked.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(asked.body)),
        "HTTP_CONTENT_ENCODING": asked.headers.get("content-encoding", ""),
        "REMOTE_USER": "somebody",
        "REMOTE_ADDR": "127.0.0.1",
    }
    done = subprocess.run(
        ["git", "http-backend"], env=env, input=asked.body, capture_output=True, timeout=60, check=False
    )
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    headers = dict(os.fsdecode(line).split(": ", 1) for line in head.split(b"\r\n") if b": " in line)
    status = int(headers.pop("Status", "200").split()[0])
    return Reply(status, body, headers)
