"""A job site in memory: actions run against it without any program being started."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.plugins import Action, ActionCall, ActionOutcome
from autonomous_cicd.ports import Outcome
from autonomous_cicd.services.job_places import Places


@dataclass
class MemorySite:
    """Implements `JobSite`; what programs would do is written down beforehand, by their first words."""

    folder: Path
    machine: Machine = field(default_factory=Machine)
    codes: Mapping[str, int] = field(default_factory=dict)
    """Exit codes by the beginning of the command; 0 when nothing is said."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What programs print when they are asked."""
    executed: list[tuple[str, ...]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    path: list[Path] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, dict[str, Path]] = field(default_factory=dict)
    last: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    asked_for_pythons: bool = False
    github: Mapping[str, Json] = field(default_factory=dict)

    def place(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    @property
    def workspace(self) -> Path:
        return self.place("workspace")

    @property
    def temp(self) -> Path:
        return self.place("temp")

    @property
    def tools(self) -> Path:
        return self.place("tools")

    @property
    def artifacts(self) -> Path:
        return self.place("artifacts")

    @property
    def caches(self) -> Path:
        return self.place("caches")

    @property
    def home(self) -> Path:
        return self.place("home")

    @property
    def env(self) -> Mapping[str, str]:
        return self.variables

    async def checkout(self, to: Path) -> None:
        to.mkdir(parents=True, exist_ok=True)

    async def execute(
        self,
        *argv: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Outcome:
        self.executed.append(argv)
        line = " ".join(argv)
        code = next((code for start, code in self.codes.items() if line.startswith(start)), 0)
        return Outcome(exit_code=code, seconds=0.0)

    async def ask(self, *argv: str) -> str:
        line = " ".join(argv)
        return next((text for start, text in self.answers.items() if line.endswith(start)), "")

    def say(self, text: str) -> None:
        self.said.append(text)

    def add_path(self, folder: Path) -> None:
        self.path.insert(0, folder)

    def set_env(self, name: str, value: str) -> None:
        self.variables[name] = value

    @property
    def places(self) -> Places:
        return Places(
            root=self.folder,
            workspace=self.workspace,
            temp=self.temp,
            scratch=self.temp,
            tools=self.tools,
            home=self.home,
            artifacts=self.artifacts,
            caches=self.caches,
        )

    def inside(self, path: str) -> Path:
        return self.places.inside(path)

    def own(self, place: Path) -> Path:
        place.mkdir(parents=True, exist_ok=True)
        return place

    def matching(self, patterns: str, *, hidden: bool = True) -> tuple[Path, ...]:
        return self.places.matching(patterns, hidden=hidden)

    def starts(self, patterns: str) -> tuple[Path, ...]:
        return self.places.starts(patterns)

    def shared(self, place: Path) -> bool:
        return False

    def read(self, path: str) -> str:
        file = self.workspace / path
        return file.read_text() if file.is_file() else ""

    async def python(self, interpreter: Interpreter) -> Path:
        return self.place(f"tools/Python/{interpreter.version}")

    async def pythons(self) -> None:
        self.asked_for_pythons = True

    def upload(self, name: str, files: Mapping[str, Path], *, replace: bool = True) -> None:
        self.uploads[name] = dict(files)

    def at_end(self, what: Callable[[], Awaitable[None]]) -> None:
        self.last.append(what)

    def write(self, name: str, text: str) -> None:
        file = self.workspace / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    async def use(self, action: Action, uses: str, **inputs: str) -> ActionOutcome:
        """Use an action here; `_` in names of inputs stands for `-`, `__` for itself."""
        given = {
            "_".join(part.replace("_", "-") for part in name.split("__")): value
            for name, value in inputs.items()
        }
        return await action.run(ActionCall(uses=uses, inputs=given, site=self))
