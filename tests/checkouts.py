"""Checkouts for tests: made with the real git, away from whatever the developer has configured."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

__all__ = ["ENV", "commit", "git", "project", "snapshot"]

ENV = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
    "LC_ALL": "C",
}


def git(root: Path, *arguments: str) -> str:
    """Run git in a folder; return what it prints."""
    done = subprocess.run(
        ["git", *arguments], cwd=root, env=ENV, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, os.fsdecode(done.stderr)
    return os.fsdecode(done.stdout).rstrip("\n")


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def commit(root: Path, message: str = "Change") -> str:
    """Commit everything; return the id."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", message)
    return git(root, "rev-parse", "HEAD")


def project(root: Path, files: Mapping[str, str] | None = None) -> Path:
    """Make a repository with one commit on `main`."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch", "main")
    write(root, files if files is not None else {"a.txt": "a\n", "src/b.py": "b = 1\n"})
    commit(root, "Begin")
    return root


def snapshot(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Return everything there is to see below a folder: mode, time of change, inode and content."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in (".", *folders, *files):
            path = os.path.join(folder, name)
            state = os.lstat(path)
            content = b""
            if stat.S_ISLNK(state.st_mode):
                content = os.fsencode(os.readlink(path))
            elif stat.S_ISREG(state.st_mode):
                content = Path(path).read_bytes()
            found[path] = (state.st_mode, state.st_mtime_ns, state.st_ino, content)
    return found
