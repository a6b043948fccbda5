"""Every port but the store in memory: for tests and dry runs."""

from __future__ import annotations

import asyncio
import fnmatch
import hashlib
import heapq
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autonomous_cicd.domain.brief import Brief, Reply
from autonomous_cicd.domain.change import Change, Changes, Commit, Kind
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Pipeline, Task
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.run import Run, TaskResult
from autonomous_cicd.errors import NotFound, PortError, UsageError
from autonomous_cicd.ports import CacheEntry, Checkout, Execution, Outcome
from autonomous_cicd.values import dataclass

__all__ = [
    "MemoryAgent",
    "MemoryCache",
    "MemoryClock",
    "MemoryFiles",
    "MemoryHistory",
    "MemoryMachines",
    "MemoryObserver",
    "MemoryPackages",
    "MemoryRunner",
    "MemoryWorkspace",
    "Scripted",
]

LARGEST = 2 * 1024 * 1024
"""Bytes of the largest file that `MemoryFiles` reads."""


class MemoryAgent:
    """Gives prepared answers, and keeps what it was asked. Implements `Agent`."""

    def __init__(self, *answers: str | PortError) -> None:
        self._answers = list(answers)
        self.asked: list[Brief] = []

    async def ask(self, brief: Brief, place: Path | None = None) -> Reply:
        """Return the next answer."""
        self.asked.append(brief)
        answer = self._answers.pop(0)
        if isinstance(answer, PortError):
            raise answer
        return Reply(text=answer)


class MemoryPackages:
    """Knows the packages that it was told. Implements `Packages`."""

    def __init__(
        self,
        known: Mapping[tuple[str, str], Sequence[Release | str]] | None = None,
        error: PortError | None = None,
    ) -> None:
        """Take the releases of each package by ecosystem and name, the newest first; or fail always."""
        self._known = dict(known or {})
        self._error = error
        self.asked: list[tuple[str, str]] = []

    async def releases(self, ecosystem: str, name: str) -> tuple[Release, ...]:
        """Return the versions of a package, the newest first."""
        self.asked.append((ecosystem, name))
        if self._error:
            raise self._error
        found = self._known.get((ecosystem, name), ())
        return tuple(Release(version=one) if isinstance(one, str) else one for one in found)


class MemoryClock:
    """A clock that stands still until it is turned. Implements `Clock`."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> float:
        """Return the time it shows."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until it has been turned that far."""
        future = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._now + seconds, self._count, future))
        await future

    async def turn(self, seconds: float) -> None:
        """Let time go by: whoever wakes on the way goes on, and may fall asleep again."""
        end = self._now + seconds
        await _let_others_go_on()
        while self._sleepers and self._sleepers[0][0] <= end:
            self._now, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
                await _let_others_go_on()
        self._now = end


async def _let_others_go_on() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class MemoryFiles:
    """A project that consists of these texts. Implements `Files`."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None:
        self._files = dict(files or {})

    @property
    def names(self) -> Sequence[str]:
        """Relative paths, sorted."""
        return sorted(self._files)

    def read(self, name: str) -> str:
        """Return the text of a file: "" when it is absent or too large."""
        text = self._files.get(name, "")
        return text if len(text.encode()) <= LARGEST else ""

    def lines(self, name: str) -> int:
        """Return how many lines a text file has: 0 when it cannot be read or is not text."""
        text = self.read(name)
        return text.count("\n") + (not text.endswith("\n")) if text and "\0" not in text else 0


class MemoryHistory:
    """A checkout with these commits, the oldest first, each with all its files. Implements `History`."""

    def __init__(
        self, commits: Mapping[Commit, Mapping[str, str]], worktree: Mapping[str, str] | None = None
    ) -> None:
        self._commits = list(commits)
        self._states = {commit.id: dict(files) for commit, files in commits.items()}
        self._worktree = worktree

    def between(self, root: Path, old: str, new: str = "HEAD") -> Changes:
        """Return what changed."""
        ids = [one.id for one in self._commits]
        first, last = ids.index(self._whole(old)), ids.index(self._whole(new))
        way = self._commits[first + 1 : last + 1]
        files = _different(self._states[ids[first]], self._states[ids[last]])
        return Changes(files=files, commits=tuple(reversed(way)))

    def uncommitted(self, root: Path) -> Changes:
        """Return how the working tree differs."""
        head = self._states[self._whole("HEAD")]
        return Changes(files=_different(head, head if self._worktree is None else self._worktree))

    def files(self, root: Path, pairs: Sequence[tuple[str, str]]) -> Sequence[frozenset[str] | None]:
        """Return the files that differ."""
        return [self._between(old, new) for old, new in pairs]

    def _between(self, old: str, new: str) -> frozenset[str] | None:
        try:
            files = _different(self._states[self._whole(old)], self._states[self._whole(new)])
        except NotFound:
            return None
        return frozenset(one.file for one in files)

    def _whole(self, name: str) -> str:
        if name == "HEAD" and self._commits:
            return self._commits[-1].id
        found = [one.id for one in self._commits if name and one.id.startswith(name)]
        if len(found) != 1:
            raise NotFound(f"there is no commit {name!r}")
        return found[0]


def _different(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    names = sorted(name for name in {**old, **new} if old.get(name) != new.get(name))
    kinds = {(True, False): Kind.REMOVED, (False, True): Kind.ADDED}
    return tuple(Change(name, kinds.get((name in old, name in new), Kind.CHANGED)) for name in names)


class MemoryMachines:
    """A computer that has what it is told to have. Implements `Machines`."""

    def __init__(self, machine: Machine | None = None) -> None:
        self.machine = machine or Machine()

    def look(self) -> Machine:
        """Return it."""
        return self.machine


class MemoryWorkspace:
    """Checkouts that consist of texts; a private copy is a real folder. Implements `Workspace`."""

    def __init__(self, projects: Mapping[Path, Mapping[str, str]], checkout: Checkout | None = None) -> None:
        self._projects = {path: dict(files) for path, files in projects.items()}
        self._like = checkout

    def checkout(self, path: Path) -> Checkout:
        """Look at a project."""
        if path not in self._projects:
            raise UsageError(f"{path} is not a readable folder")
        like = self._like or Checkout(root=path, repository=False)
        found = replace(like, root=path, files=tuple(sorted(self._projects[path])))
        return replace(found, hashes=self.hashes(found))

    def hashes(self, checkout: Checkout) -> Mapping[str, str]:
        """Return the content id of every file."""
        files = self._projects[checkout.root].items()
        return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files}

    def copy(self, checkout: Checkout, to: Path) -> tuple[str, ...]:
        """Write the files to `to`."""
        to.mkdir(parents=True, exist_ok=True)
        for name, text in self._projects[checkout.root].items():
            target = to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return ()

    def find(self, root: Path, patterns: Sequence[str]) -> tuple[str, ...]:
        """Return the files of a private copy that match."""
        names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        return tuple(name for name in names if any(fnmatch.fnmatchcase(name, one) for one in patterns))

    def remove(self, path: Path) -> None:
        """Remove a private copy."""
        if path.exists():
            shutil.rmtree(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """What a program is to do when `MemoryRunner` is asked to execute it."""

    exit_code: int = 0
    output: bytes = b""
    seconds: float = 0.0
    effect: Callable[[Execution], None] | None = None
    """What it changes, such as a file that it writes."""
    waits: asyncio.Event | None = None
    """It ends no sooner than this is set."""
    cpu_seconds: float = 0.0
    peak_memory: int = 0


class MemoryRunner:
    """Executes nothing: what each program does is written down beforehand. Implements `Runner`.

    A program is found by its whole argv, or else by the longest beginning of it. Several outcomes are
    used up in turn, the last one for ever. What is not written down does not exist (exit code 127).
    """

    def __init__(
        self,
        script: Mapping[tuple[str, ...], Scripted | Sequence[Scripted]] | None = None,
        clock: MemoryClock | None = None,
    ) -> None:
        self._script = {
            argv: [outcome] if isinstance(outcome, Scripted) else list(outcome)
            for argv, outcome in (script or {}).items()
        }
        self._clock = clock
        self.executed: list[Execution] = []
        """Everything that it was asked to execute, in order."""
        self.ended: list[str] = []
        """The scopes that ended, in order."""
        self.closed = False

    async def run(self, execution: Execution, on_output: Callable[[bytes], None]) -> Outcome:
        """Do what is written down, within the limits."""
        self.executed.append(execution)
        scripted = self._next(execution.argv)
        if scripted is None:
            return Outcome(exit_code=127, seconds=0.0, reason=f"there is no program {execution.argv[0]!r}")
        if scripted.output:
            on_output(scripted.output[: execution.limits.output])
        if scripted.effect:
            scripted.effect(execution)
        late = scripted.seconds > execution.limits.seconds
        seconds = min(scripted.seconds, execution.limits.seconds)
        await self._wait(scripted, seconds)
        return Outcome(
            exit_code=137 if late else scripted.exit_code,
            seconds=seconds,
            cpu_seconds=scripted.cpu_seconds,
            peak_memory=scripted.peak_memory,
            timed_out=late,
            output=len(scripted.output),
        )

    async def end(self, scope: str) -> None:
        """Remember that the scope ended."""
        self.ended.append(scope)

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def _next(self, argv: tuple[str, ...]) -> Scripted | None:
        beginnings = (argv[:length] for length in range(len(argv), -1, -1))
        outcomes = next((self._script[one] for one in beginnings if one in self._script), [])
        return outcomes.pop(0) if len(outcomes) > 1 else outcomes[0] if outcomes else None

    async def _wait(self, scripted: Scripted, seconds: float) -> None:
        await asyncio.sleep(0)
        if scripted.waits:
            await scripted.waits.wait()
        if self._clock and seconds:
            await self._clock.sleep(seconds)


class MemoryCache:
    """Keeps what tasks made. Implements `Cache`."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[CacheEntry, dict[str, tuple[int, bytes]]]] = {}

    def get(self, key: str) -> CacheEntry | None:
        """Return the entry of that key."""
        kept = self._entries.get(key)
        return kept[0] if kept else None

    def restore(self, key: str, to: Path) -> None:
        """Write the kept files."""
        if key not in self._entries:
            raise NotFound("the outcome is not kept any more")
        for name, (mode, content) in self._entries[key][1].items():
            target = to / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(mode)

    def put(self, key: str, entry: CacheEntry, root: Path, files: Iterable[str]) -> bool:
        """Keep an entry with these files."""
        paths = {name: root / name for name in files}
        kept = {name: (path.stat().st_mode & 0o777, path.read_bytes()) for name, path in paths.items()}
        self._entries[key] = (entry, kept)
        return True


class MemoryObserver:
    """Writes down what it is told. Implements `Observer`."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        """What happened, and the name of the task (or the status of the run)."""
        self.output: dict[str, str] = {}
        """What each task printed."""
        self.results: dict[str, TaskResult] = {}
        self.run: Run | None = None
        self.pipeline: Pipeline | None = None

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Hear that the run begins."""
        self.run, self.pipeline = run, pipeline
        self.heard.append(("began", run.status))

    def task_started(self, task: Task) -> None:
        """Hear that a task begins."""
        self.heard.append(("started", task.name))

    def task_output(self, task: Task, text: str) -> None:
        """Hear what a task printed."""
        self.output[task.name] = self.output.get(task.name, "") + text

    def task_step(self, task: Task, step: str) -> None:
        """Hear that a task goes on."""
        self.heard.append((f"step {step}", task.name))

    def task_failing(self, task: Task, failure: Failure) -> None:
        """Hear what goes wrong in a task that still runs."""
        self.heard.append((f"failing {failure.category}", task.name))

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Hear that a task ended."""
        self.results[task.name] = result
        self.heard.append((result.status, task.name))

    def ended(self, run: Run) -> None:
        """Hear that the run ended."""
        self.run = run
        self.heard.append(("ended", run.status))
