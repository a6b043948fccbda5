"""The plug-in contracts and their registries: one thing, one file.

This is the one dynamic door: a registry imports every module of its shelf, and every entry
point of the group `autonomous_cicd.<shelf>` that other packages declare.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import field
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Generic, Protocol, TypeVar, runtime_checkable

from autonomous_cicd.cases import Remedy
from autonomous_cicd.domain.diagnosis import Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.pipeline import Skipped, Task
from autonomous_cicd.domain.project import Component
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.ports import Files, Outcome
from autonomous_cicd.values import dataclass

__all__ = [
    "Action",
    "ActionCall",
    "ActionOutcome",
    "Declining",
    "Ecosystem",
    "JobSite",
    "Parser",
    "Proposal",
    "Registry",
    "action",
    "action_for",
    "ecosystem",
    "parser",
    "remedy",
]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an ecosystem proposes to run for a component."""

    tasks: tuple[Task, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class Ecosystem(Protocol):
    """Knows a language: how a project of it is recognised, built and tested. Executes nothing."""

    @property
    def name(self) -> str:
        """Unique on the shelf."""
        ...

    def recognise(self, files: Files) -> tuple[Component, ...]:
        """Return the parts of the project that are written in it, one for each manifest."""
        ...

    def propose(self, component: Component, files: Files, machine: Machine) -> Proposal:
        """Return the tasks that set up, check, test and build a component."""
        ...


class JobSite(Protocol):
    """What an action may do to the workflow job that uses it."""

    @property
    def workspace(self) -> Path:
        """Folder of the job (`github.workspace`)."""
        ...

    @property
    def temp(self) -> Path:
        """Folder that lives as long as the job (`runner.temp`)."""
        ...

    @property
    def tools(self) -> Path:
        """Folder for interpreters' environments, as long as the job (`runner.tool_cache`)."""
        ...

    @property
    def artifacts(self) -> Path:
        """Folder with one folder for each artifact of the run; change it with `upload` only."""
        ...

    @property
    def caches(self) -> Path:
        """Folder that is kept between the runs of the project."""
        ...

    @property
    def home(self) -> Path:
        """Home folder of the job."""
        ...

    @property
    def machine(self) -> Machine:
        """What the computer has."""
        ...

    @property
    def github(self) -> Mapping[str, Json]:
        """The `github` context."""
        ...

    @property
    def env(self) -> Mapping[str, str]:
        """The environment that the next step would get."""
        ...

    async def checkout(self, to: Path) -> None:
        """Put a private copy of the project there."""
        ...

    async def execute(
        self,
        *argv: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Outcome:
        """Execute a program in the job's environment (plus `env`); what it prints goes to the log."""
        ...

    async def ask(self, *argv: str) -> str:
        """Return what a program prints, without a word in the log; "" when it fails."""
        ...

    def say(self, text: str) -> None:
        """Write a line to the log."""
        ...

    def add_path(self, folder: Path) -> None:
        """Put a folder first on the PATH of the following steps."""
        ...

    def set_env(self, name: str, value: str) -> None:
        """Set a variable for the following steps."""
        ...

    def inside(self, path: str) -> Path:
        """Return the place that a path means, relative to the workspace; `~` is the job's home.

        Raises UsageError when it lies outside of the job's folders.
        """
        ...

    def own(self, place: Path) -> Path:
        """Return a folder of the job, made when it is not there: write only directly in such folders.

        Raises UsageError when the job has put a link in its place.
        """
        ...

    def matching(self, patterns: str, *, hidden: bool = True) -> tuple[Path, ...]:
        """Return the files that a list of patterns names, one on a line; of a folder all its files."""
        ...

    def starts(self, patterns: str) -> tuple[Path, ...]:
        """Return for each pattern its part before any wildcard."""
        ...

    def shared(self, place: Path) -> bool:
        """Whether a place is kept between runs anyway."""
        ...

    def read(self, path: str) -> str:
        """Return the text of a file of the job; "" when it is absent, too large or outside."""
        ...

    async def python(self, interpreter: Interpreter) -> Path:
        """Return a folder with a Python of the job's own, so that installing changes nothing outside."""
        ...

    async def pythons(self) -> None:
        """Have tools that look for a Python of some version find one of the job's own."""
        ...

    def upload(self, name: str, files: Mapping[str, Path], *, replace: bool = True) -> None:
        """Keep these files as an artifact of the run, by their names in it.

        Raises UsageError when the name is none, or is taken and nothing may be replaced.
        """
        ...

    def at_end(self, what: Callable[[], Awaitable[None]]) -> None:
        """Have something done when the job has passed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCall:
    """One use of an action."""

    uses: str
    """As written: `actions/setup-python@v5`."""
    inputs: Mapping[str, str]
    """Its `with`, evaluated; names in lower case."""
    site: JobSite


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutcome:
    """What became of it."""

    passed: bool = True
    skipped: str = ""
    """Why it was left out; the job goes on."""
    harmless: bool = False
    """Whether what was left out cannot change what the following steps do (a cache, an upload)."""
    reason: str = ""
    """Why it failed."""
    not_checked: str = ""
    """Why nothing that follows would mean anything here, and what to do about it: the job ends."""
    checked: bool = False
    """Whether it executed something that checks the project, as a `run` step does."""
    exit_code: int | None = None
    """Of the program that decided, when there is one."""
    notes: tuple[str, ...] = ()
    """What it left out of what the action does, though it did the rest."""
    outputs: Mapping[str, Json] = field(default_factory=dict)


class Action(Protocol):
    """Carries out an action of the marketplace by our own means."""

    @property
    def names(self) -> tuple[str, ...]:
        """`owner/name` (or with a path) in lower case, without version; `owner/*`: all of an owner."""
        ...

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Do what the action would do."""
        ...


@runtime_checkable
class Declining(Protocol):
    """An action that is never carried out: it only knows why. A plan asks it beforehand."""

    def decline(self, uses: str) -> str:
        """Return why it is left out."""
        ...


class Parser(Protocol):
    """Understands a format of logs that a single line does not explain. Pure: reads nothing but the log."""

    @property
    def name(self) -> str:
        """Unique on the shelf."""
        ...

    @property
    def cues(self) -> tuple[str, ...]:
        """Texts of which one stands, as written, in every line that `parse` is to be asked about."""
        ...

    def parse(self, log: Log, number: int) -> Iterable[Sighting]:
        """Return what the lines around a line with a cue say; nothing when it is not of this format."""
        ...


Plugin = TypeVar("Plugin")


class Registry(Generic[Plugin]):
    """The plug-ins of one shelf, by their class names; loaded when first asked for."""

    def __init__(self, shelf: str) -> None:
        self._shelf = shelf
        self._plugins: dict[str, Plugin] = {}
        self._loaded = False

    def __call__(self, cls: type[Plugin]) -> type[Plugin]:
        """Register a class: use as its decorator."""
        if cls.__name__ in self._plugins:
            raise ValueError(f"two plug-ins of {self._shelf} are named {cls.__name__}")
        self._plugins[cls.__name__] = cls()
        return cls

    def all(self) -> tuple[Plugin, ...]:
        """Return every plug-in of the shelf. One that cannot be loaded is reported and left out."""
        if not self._loaded:
            self._loaded = True
            package = importlib.import_module(f"autonomous_cicd.{self._shelf}")
            for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
                importlib.import_module(f"{package.__name__}.{module}")
            for point in entry_points(group=f"autonomous_cicd.{self._shelf}"):
                try:
                    point.load()
                except Exception:
                    log.exception("the plug-in %s of %s cannot be loaded", point.name, self._shelf)
        return tuple(self._plugins[name] for name in sorted(self._plugins))


ecosystem: Registry[Ecosystem] = Registry("ecosystems")
action: Registry[Action] = Registry("actions")
parser: Registry[Parser] = Registry("parsers")
remedy: Registry[Remedy] = Registry("remedies")


def action_for(uses: str, shelf: tuple[Action, ...] | None = None) -> Action | None:
    """Return what carries out a `uses`: by its path, its repository, or its owner; None when nothing does."""
    known = _by_name(action.all() if shelf is None else shelf)
    parts = uses.partition("@")[0].strip().lower().rstrip("/").split("/")
    for length in range(len(parts), 1, -1):
        if found := known.get("/".join(parts[:length])):
            return found
    return known.get(f"{parts[0]}/*")


@lru_cache(maxsize=8)
def _by_name(shelf: tuple[Action, ...]) -> Mapping[str, Action]:
    return {name: one for one in shelf for name in one.names}
