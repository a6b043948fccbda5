"""Executes programs in a bubblewrap sandbox: they see the system's tools, their own folders, nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Execution, Outcome

__all__ = ["SandboxRunner"]

_SYSTEM = tuple(
    Path("/", name) for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "opt", "nix")
)
_PRIVATE = ("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/ssh", "/etc/sudoers.d")
"""What only root can read is readable to a root user's sandbox as well, so it is taken away."""
_TOOLS = (
    ".pyenv", ".nvm", ".fnm", ".volta", ".asdf", ".rbenv", ".sdkman", ".rustup", ".cargo/bin", ".bun/bin",
    ".deno/bin", ".local/bin", ".local/share/uv/python", ".local/share/uv/tools", ".local/share/fnm",
    ".local/share/mise", ".local/share/pnpm", ".local/pipx/venvs", "go/bin", "sdk",
)  # fmt: skip
"""Folders of a home where interpreters and tools live, and no credentials."""
_START = ("/bin/sh", "-c", 'exec "$@"', "sh")
"""Says like a shell when there is no such program; bubblewrap itself would not."""


class SandboxRunner:
    """Implements `Runner` with bubblewrap: own processes, own network, no home, no credentials.

    A program may write to `Execution.writable` and to temporary folders that vanish with it. It is not given
    time to end: what it started is gone at once when it is ended or times out.
    """

    def __init__(
        self, *, readable: Iterable[Path] = (), grace: float = 5.0, program: str | None = None
    ) -> None:
        """Let programs read the folders `readable` besides those of the system (interpreters, for example).

        `program` is the path of bubblewrap, when it is not on our own search path.
        """
        self._processes = ProcessRunner(grace=grace)
        self._readable = tuple(readable)
        self._program = (shutil.which("bwrap") or "") if program is None else program
        self._permitted = False

    async def run(self, execution: Execution, on_output: Callable[[bytes], None]) -> Outcome:
        """Execute in a sandbox of its own; see `Runner`. Raises Unavailable where that is not possible."""
        await self.check()
        argv = (self._program, *self._arguments(execution), "--", *_START, *execution.argv)
        outcome = await self._processes.run(replace(execution, argv=argv, scope=""), on_output)
        # What was measured is bubblewrap alone.
        return replace(outcome, cpu_seconds=0.0, peak_memory=0)

    async def end(self, scope: str) -> None:
        """Do nothing: what a program started does not outlive its sandbox."""

    async def check(self) -> None:
        """Raise Unavailable, with the remedy, where there is no bubblewrap or it is not permitted."""
        if self._permitted:
            return
        if not self._program:
            raise Unavailable("the sandbox needs bubblewrap", hint="install it: apt-get install bubblewrap")
        said: list[bytes] = []
        trial = Execution(
            argv=(
                self._program,
                "--unshare-all",
                "--ro-bind",
                "/",
                "/",
                "--proc",
                "/proc",
                "/bin/sh",
                "-c",
                ":",
            ),
            cwd=Path("/"),
            env={"PATH": "/usr/bin:/bin"},
        )
        outcome = await self._processes.run(trial, said.append)
        if outcome.exit_code:
            why = b"".join(said).decode(errors="replace").strip()
            raise Unavailable(
                f"bubblewrap is not permitted here: {why}",
                hint="allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, and on Ubuntu "
                "kernel.apparmor_restrict_unprivileged_userns=0; in a container, start it with them",
            )
        self._permitted = True

    async def close(self) -> None:
        """End whatever may still be running."""
        await self._processes.close()

    def _arguments(self, execution: Execution) -> Iterator[str]:
        yield from ("--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--hostname", "sandbox")
        if execution.network:
            yield "--share-net"
        yield from _system()
        for folder in _vanishing(execution):
            yield from ("--tmpfs", str(folder))
        if execution.network:
            yield from _read_only(Path("/etc/resolv.conf").resolve())
        homes = (_home(execution), Path.home())
        wanted = dict.fromkeys((*_tools(execution, homes), *self._readable, execution.cwd))
        for folder in wanted:
            if not any(home.is_relative_to(folder) for home in homes):
                yield from _read_only(folder)
        for folder in execution.writable:
            yield from ("--bind", str(folder.resolve()), str(folder))
        yield from ("--chdir", str(execution.cwd))


def _system() -> Iterator[str]:
    yield from ("--dev", "/dev", "--proc", "/proc", "--ro-bind-try", "/sys", "/sys")
    for folder in _SYSTEM:
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))
    for name in _PRIVATE:
        if Path(name).is_dir():
            yield from ("--tmpfs", name)
        elif Path(name).is_file():
            yield from ("--ro-bind", "/dev/null", name)


def _vanishing(execution: Execution) -> Iterator[Path]:
    """Name the folders that are empty at the start and gone at the end."""
    yield from (Path("/tmp"), Path("/var/tmp"), Path("/run"))  # noqa: S108 - the sandbox's own
    for name in ("HOME", "TMPDIR"):
        folder = Path(execution.env.get(name, ""))
        if folder.is_absolute() and folder != Path("/") and not _inside(folder, _SYSTEM):
            yield folder


def _home(execution: Execution) -> Path:
    return Path("/", execution.env.get("HOME", "nowhere"))


def _tools(execution: Execution, homes: Iterable[Path]) -> Iterator[Path]:
    """Name the folders outside the system's own in which the programs of the search path live."""
    for home in dict.fromkeys(homes):
        yield from (home / name for name in _TOOLS)
    for entry in execution.env.get("PATH", "").split(":"):
        folder = Path(entry)
        if not folder.is_absolute() or folder == Path("/") or _inside(folder, _SYSTEM):
            continue
        yield folder
        if (folder.parent / "pyvenv.cfg").is_file():
            yield folder.parent
            yield (folder / "python").resolve().parent.parent


def _read_only(place: Path) -> tuple[str, ...]:
    return ("--ro-bind-try", str(place.resolve()), str(place))


def _inside(folder: Path, places: Iterable[Path]) -> bool:
    return any(folder.is_relative_to(place) for place in places)
