"""What an action may do to the job that uses it."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Outcome
from autonomous_cicd.services.job_live import Frame
from autonomous_cicd.services.job_tools import ready_pythons
from autonomous_cicd.values import dataclass

__all__ = ["Site"]

LARGEST = 2 * 1024 * 1024
FORBIDDEN = re.compile(r'["<>|*?:\r\n\\/\x00]')


@dataclass(slots=True)
class Site:
    """What an action may do to the job that uses it. Implements `JobSite`."""

    frame: Frame
    variables: Mapping[str, str]
    """The `env` context of the step."""
    seconds: float | None = None

    @property
    def workspace(self) -> Path:
        """Folder of the job."""
        return self.frame.job.places.workspace

    @property
    def temp(self) -> Path:
        """Folder that lives as long as the job."""
        return self.frame.job.places.temp

    @property
    def tools(self) -> Path:
        """Folder for interpreters' environments."""
        return self.frame.job.places.tools

    @property
    def artifacts(self) -> Path:
        """Folder that all jobs of the run share."""
        return self.frame.job.places.artifacts

    @property
    def caches(self) -> Path:
        """Folder that is kept between the runs of the project."""
        return self.frame.job.places.caches

    @property
    def home(self) -> Path:
        """Home folder of the job."""
        return self.frame.job.places.home

    @property
    def machine(self) -> Machine:
        """What the computer has."""
        return self.frame.job.world.machine

    @property
    def github(self) -> Mapping[str, Json]:
        """The `github` context."""
        return self.frame.job.github

    @property
    def env(self) -> Mapping[str, str]:
        """The whole environment that the next program of this step would get."""
        job = self.frame.job
        return job.environment({**self.variables, **job.env}, self.frame.github)

    async def checkout(self, to: Path) -> None:
        """Put a private copy of the project there."""
        await asyncio.to_thread(self._checkout, to)

    def _checkout(self, to: Path) -> None:
        """Empty the folder and put the copy there: what was in it goes, as with a fresh clone."""
        world = self.frame.job.world
        to.mkdir(parents=True, exist_ok=True)
        for entry in list(to.iterdir()):
            if entry.is_dir() and not entry.is_symlink():
                world.workspace.remove(entry)
            else:
                entry.unlink()
        world.workspace.copy(world.checkout, to)

    async def execute(
        self,
        *argv: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Outcome:
        """Execute a program in the job's environment."""
        whole = {**self.env, **(env or {})}
        most = min((one for one in (seconds, self.seconds) if one), default=None)
        return await self.frame.job.execute(argv, cwd=cwd or self.workspace, env=whole, seconds=most)

    async def ask(self, *argv: str) -> str:
        """Return what a program prints; "" when it fails."""
        code, text = await self.frame.job.quietly(argv, self.env)
        return text if code == 0 else ""

    def say(self, text: str) -> None:
        """Write a line to the log."""
        self.frame.job.log.note(text)

    def add_path(self, folder: Path) -> None:
        """Put a folder first on the PATH of the following steps."""
        self.frame.job.add_path(str(folder))

    def set_env(self, name: str, value: str) -> None:
        """Set a variable for the following steps."""
        self.frame.job.env[name] = value

    def inside(self, path: str) -> Path:
        """Return the place that a path means."""
        return self.frame.job.places.inside(path)

    def own(self, place: Path) -> Path:
        """Return a folder of the job, made when it is not there."""
        return self.frame.job.places.own(place)

    def matching(self, patterns: str, *, hidden: bool = True) -> tuple[Path, ...]:
        """Return the files that a list of patterns names."""
        return self.frame.job.places.matching(patterns, hidden=hidden)

    def starts(self, patterns: str) -> tuple[Path, ...]:
        """Return for each pattern its part before any wildcard."""
        return self.frame.job.places.starts(patterns)

    def shared(self, place: Path) -> bool:
        """Whether a place is kept between runs anyway."""
        return self.frame.job.places.shared(place)

    def read(self, path: str) -> str:
        """Return the text of a file of the job; "" when it is absent, too large or outside."""
        try:
            place = self.inside(path)
            if not place.is_file() or place.stat().st_size > LARGEST:
                return ""
            return place.read_text(encoding="utf-8", errors="replace")
        except (UsageError, OSError):
            return ""

    async def python(self, interpreter: Interpreter) -> Path:
        """Return a folder with a Python of the job's own."""
        folder = await self.frame.job.python(interpreter)
        self.frame.job.python_ready = True
        return folder

    async def pythons(self) -> None:
        """Have tools that look for a Python of some version find one of the job's own."""
        await ready_pythons(self.frame.job)

    def upload(self, name: str, files: Mapping[str, Path], *, replace: bool = True) -> None:
        """Keep these files as an artifact of the run, by their names in it."""
        if not name or name in (".", "..") or FORBIDDEN.search(name):
            raise UsageError(f"The artifact name is not valid: {name[:80]!r}")
        folder = self.artifacts / name
        if folder.exists() and not replace:
            raise UsageError(f"an artifact with the name {name!r} already exists on the workflow run")
        for inner, file in files.items():
            target = folder / inner
            if not target.resolve().is_relative_to(folder.resolve()):
                raise UsageError(f"{inner!r} leaves the artifact {name!r}")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)

    def at_end(self, what: Callable[[], Awaitable[None]]) -> None:
        """Have something done when the job has passed."""
        self.frame.job.last.append(what)
