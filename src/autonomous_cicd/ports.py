"""What we ask of the world, as small protocols that speak domain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Protocol

from autonomous_cicd.casebook import Casebook, Knowledge
from autonomous_cicd.domain.brief import Brief, Reply
from autonomous_cicd.domain.change import Changes
from autonomous_cicd.domain.checkout import Checkout
from autonomous_cicd.domain.diagnosis import Diagnosed, Failure
from autonomous_cicd.domain.log_pieces import LogPieces
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Limits, Pipeline, Task
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.run import Run, TaskResult
from autonomous_cicd.inbox import Inbox
from autonomous_cicd.outbox import Outbox
from autonomous_cicd.values import dataclass

__all__ = [
    "LINK",
    "Agent",
    "Cache",
    "CacheEntry",
    "Checkout",
    "Clock",
    "Diagnosed",
    "Execution",
    "Files",
    "History",
    "Knowledge",
    "LogPieces",
    "Machines",
    "Meter",
    "Observer",
    "Outcome",
    "Packages",
    "Runner",
    "Store",
    "Workspace",
]

LINK = "l"
"""With what the content id of a symbolic link ends; no other does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One program to be executed: nothing is inherited and nothing is guessed."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    """The whole environment."""
    limits: Limits = field(default_factory=Limits)
    writable: tuple[Path, ...] = ()
    """Folders that a sandbox must let it write to; all else is read-only there."""
    network: bool = True
    """Whether a sandbox lets it reach the network."""
    scope: str = ""
    """What it leaves running lives until `Runner.end` is told this name; without one it ends at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an execution."""

    exit_code: int
    """As a shell would say it: 128 + n when signal n ended it, 127 when there is no such program."""
    seconds: float
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    timed_out: bool = False
    reason: str = ""
    """Why we ended it, or could not start it, in plain words."""
    output: int = 0
    """Bytes it printed, kept or not."""


class Runner(Protocol):
    """Executes programs under limits.

    Whatever one of them started is gone when `run` returns, or when its scope ends. A runner whose programs
    cannot outlive the one that started them ends all at once.
    """

    async def run(self, execution: Execution, on_output: Callable[[bytes], None]) -> Outcome:
        """Execute, handing over what it prints (both streams, in order) as it comes.

        At most `limits.output` bytes are handed over. When cancelled, it ends everything it started
        before it raises CancelledError.
        """
        ...

    async def end(self, scope: str) -> None:
        """End what the executions of a scope left running."""
        ...

    async def close(self) -> None:
        """End whatever may still be running."""
        ...


class Workspace(Protocol):
    """Looks at checkouts and makes private copies of them. Never writes to a checkout."""

    def checkout(self, path: Path) -> Checkout:
        """Look at a folder. Raises UsageError when it is not a readable folder."""
        ...

    def copy(self, checkout: Checkout, to: Path) -> tuple[str, ...]:
        """Make a private copy, uncommitted work included, with a repository of its own, at `to`.

        Return the files that somebody changed since the checkout was looked at: what is made from them
        must not be kept under their old content ids.
        """
        ...

    def hashes(self, checkout: Checkout) -> Mapping[str, str]:
        """Return the content id of every file of a checkout; that of a link ends with `LINK`."""
        ...

    def find(self, root: Path, patterns: Sequence[str]) -> tuple[str, ...]:
        """Return the files of a private copy that match, ignored ones included, as `cache` wants them."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a private copy, whatever its permissions have become."""
        ...


class Files(Protocol):
    """Reads a project's files, and only those."""

    @property
    def names(self) -> Sequence[str]:
        """Relative paths with forward slashes, sorted."""
        ...

    def read(self, name: str) -> str:
        """Return the text of a file: "" when it is absent, leads out of the project or is over 2 MB."""
        ...

    def lines(self, name: str) -> int:
        """Return how many lines a text file has: 0 when it cannot be read or is not text."""
        ...


class Agent(Protocol):
    """Answers a question. What it says is only ever a proposal."""

    async def ask(self, brief: Brief, place: Path | None = None) -> Reply:
        """Return its answer; with a `place` it may change files there. Raises PortError without an answer."""
        ...


class Packages(Protocol):
    """What the package managers' own indexes know. Asks through uv, pip and npm as they are configured."""

    async def releases(self, ecosystem: str, name: str) -> tuple[Release, ...]:
        """Return the versions of a package of `python` or `node`, the newest first; none when it is unknown.

        Raises PortError when the index does not answer.
        """
        ...


class Machines(Protocol):
    """Finds out what the computer has."""

    def look(self) -> Machine:
        """Return what is there now."""
        ...


class Meter(Protocol):
    """Measures how busy the computer is."""

    def cores(self) -> int:
        """Return how many processors we may keep busy."""
        ...

    def busy(self) -> float:
        """Return the share of the processors' time that was used since the last call, 0 to 1."""
        ...

    def free(self) -> int:
        """Return the bytes of memory that could be used now."""
        ...

    def taken(self) -> int:
        """Return the bytes of memory that the programs keep which this process started."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    """What a task printed and made when it passed."""

    seconds: float
    created: float
    """Seconds since the epoch."""
    log: bytes = b""
    outputs: Mapping[str, str] = field(default_factory=dict)


class Cache(Protocol):
    """Keeps what tasks made, by the hash of everything that decides it."""

    def get(self, key: str) -> CacheEntry | None:
        """Return the entry; None when there is none, or it is damaged."""
        ...

    def restore(self, key: str, to: Path) -> None:
        """Put the kept files where they were, relative to `to`.

        Raises NotFound when they are not there any more, another PortError when they cannot be put back.
        """
        ...

    def put(self, key: str, entry: CacheEntry, root: Path, files: Iterable[str]) -> bool:
        """Keep an entry with these files of `root`, all or nothing; return whether it was kept."""
        ...


class History(Protocol):
    """Tells what changed in a checkout, by names relative to its folder. Never asks the network.

    Raises NotFound for a commit that is not there, UsageError for a folder without a repository.
    """

    def between(self, root: Path, old: str, new: str = "HEAD") -> Changes:
        """Return what changed from one commit to another, and the commits of the way."""
        ...

    def uncommitted(self, root: Path) -> Changes:
        """Return how the working tree differs from HEAD."""
        ...

    def files(self, root: Path, pairs: Sequence[tuple[str, str]]) -> Sequence[frozenset[str] | None]:
        """Return for each pair of commits the files that differ; None when one of them is not there."""
        ...


class Store(Protocol):
    """Remembers runs. What was saved is durable when `flush` has returned."""

    @property
    def knowledge(self) -> Knowledge:
        """What was diagnosed and learned."""
        ...

    @property
    def casebook(self) -> Casebook:
        """What was healed."""
        ...

    @property
    def inbox(self) -> Inbox:
        """What the world told us."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Whom we tell."""
        ...

    def save_run(self, run: Run) -> None:
        """Insert or replace a run without its tasks."""
        ...

    def save_task(self, run_id: str, result: TaskResult, log: bytes = b"") -> None:
        """Insert or replace what became of a task, with its log."""
        ...

    def flush(self) -> None:
        """Return when everything saved so far would survive a power cut."""
        ...

    def run(self, run_id: str) -> Run:
        """Return a run with its tasks. A unique beginning of the id is enough, `last` is the newest.

        Raises NotFound.
        """
        ...

    def runs(self, project: str = "", limit: int = 20) -> tuple[Run, ...]:
        """Return the newest runs (of one project) with their tasks, newest first."""
        ...

    def log(self, run_id: str, task: str) -> bytes:
        """Return the log of a task. Raises NotFound."""
        ...

    def durations(self, project: str) -> Mapping[str, float]:
        """Return for each task of a project the median seconds of its last passed, uncached results."""
        ...

    def beat(self, run_id: str, now: float) -> None:
        """Say that the process that runs it is alive."""
        ...

    def cancel(self, run_id: str) -> bool:
        """Ask for a run to be ended; False when it is not running."""
        ...

    def cancel_requested(self, run_id: str) -> bool:
        """Return whether somebody asked for it."""
        ...

    def bury(self, before: float) -> tuple[str, ...]:
        """Mark runs whose last beat is older as lost; return their ids."""
        ...

    def save_sample(self, project: str, name: str, value: float, now: float) -> None:
        """Keep a measurement."""
        ...

    def samples(self, project: str, name: str, limit: int = 50) -> tuple[float, ...]:
        """Return the newest measurements, oldest first."""
        ...

    def approve(self, project: str, environment: str, commit: str, now: float) -> None:
        """Keep a person's approval to deploy that commit to that environment."""
        ...

    def approved(self, project: str, environment: str, commit: str) -> bool:
        """Return whether a person approved exactly this."""
        ...

    def tidy(self, now: float) -> None:
        """Forget what is too old, at most once a day."""
        ...

    def probe(self, seconds: float) -> None:
        """Raise Unavailable when nothing could be written within so many seconds; nothing is."""
        ...

    def close(self) -> None:
        """Flush and let go."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Observer(Protocol):
    """Is told how a run goes on; every method returns at once and raises nothing."""

    def began(self, run: Run, pipeline: Pipeline) -> None:
        """Hear that the run has an id and begins."""
        ...

    def task_started(self, task: Task) -> None:
        """Hear that a task begins."""
        ...

    def task_output(self, task: Task, text: str) -> None:
        """Hear what a task printed; secrets are removed already."""
        ...

    def task_step(self, task: Task, step: str) -> None:
        """Hear that a task goes on to its next step or command."""
        ...

    def task_failing(self, task: Task, failure: Failure) -> None:
        """Hear what goes wrong in a task that still runs."""
        ...

    def task_finished(self, task: Task, result: TaskResult) -> None:
        """Hear that a task ended, or was left out."""
        ...

    def ended(self, run: Run) -> None:
        """Hear that the run ended."""
        ...
