"""What the journeys share: the program as a user starts it, in a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.checkouts import project, snapshot

SECONDS = 60


@dataclass
class Tool:
    """The program, its state folder, and its user's environment."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def state(self) -> Path:
        return self.home / "state"

    def __call__(
        self, *words: str | Path, cwd: Path | None = None, timeout: float = SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; there is never a traceback."""
        done = subprocess.run(
            self._argv(*words),
            cwd=cwd or self.home,
            env=self._env(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start a command; what it prints is discarded."""
        process = subprocess.Popen(
            self._argv(*words),
            cwd=self.home,
            env=self._env(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def report(self, *words: str | Path, code: int = 0) -> dict[str, Any]:
        """Run a pipeline and return its report."""
        done = self("run", "--json", "-", *words)
        assert code == done.returncode, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def _argv(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", "autonomous_cicd", *map(str, words)]

    def _env(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "AUTONOMOUS_CICD_STATE_DIR": str(self.state),
            "LC_ALL": "C.UTF-8",
            **self.env,
        }


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Tool]:
    home = tmp_path / "home"
    home.mkdir()
    made = Tool(home)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(SECONDS)
        if process.stderr:
            process.stderr.close()


Sample = Callable[..., Path]


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """Return what makes a small committed project; its tasks are those of a config file."""

    def make(
        tasks: Mapping[str, Any] | None = None, files: Mapping[str, str] | None = None, **settings: Any
    ) -> Path:
        content = dict(files or {})
        if tasks is not None or settings:
            pipeline = {**settings.pop("pipeline", {}), **({"tasks": tasks} if tasks is not None else {})}
            content[".autonomous-cicd.yml"] = json.dumps(
                {"autonomous_cicd": {"pipeline": pipeline, **settings}}
            )
        return project(tmp_path / "shop", {"a.txt": "a\n", "src/b.py": "b = 1\n", **content})

    return make


def eventually(what: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Return whether a process runs, and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def state_of(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Return everything there is to see of a checkout: mode, time of change, inode and content.

    Only the times of git's objects are left out: a private copy borrows them, and git itself notes on one
    that somebody would have liked to make it once more.
    """
    return {
        name: (mode, 0 if "/.git/objects/" in name else changed, inode, content)
        for name, (mode, changed, inode, content) in snapshot(root).items()
    }
