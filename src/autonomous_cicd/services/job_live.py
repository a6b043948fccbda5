"""A workflow job while it goes on: what its steps have left behind for the following ones."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field, replace
from pathlib import Path

from autonomous_cicd.domain.expression.evaluate import JobState, Scope, references, resolve
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.machine import Interpreter
from autonomous_cicd.domain.run import StepResult
from autonomous_cicd.domain.workflow import JobPlan, Json
from autonomous_cicd.ports import Execution, Outcome
from autonomous_cicd.services.job_context import default_environment
from autonomous_cicd.services.job_guard import Guard
from autonomous_cicd.services.job_log import JobLog
from autonomous_cicd.services.job_places import DOWNLOADS, Places
from autonomous_cicd.services.job_python import make_python
from autonomous_cicd.services.job_world import JobWorld
from autonomous_cicd.values import dataclass

NOT_HOSTED = frozenset(
    (*DOWNLOADS, "NPM_CONFIG_PREFIX", "NPM_CONFIG_UPDATE_NOTIFIER", "PIP_NO_INPUT", "UV_NO_PROGRESS", "TERM")
)
"""Variables that a hosted runner does not have, and that a job is not given either."""

__all__ = ["Ended", "Frame", "LeftOut", "LiveJob", "variables"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A step, or a part of one, that was not carried out here."""

    step: str
    reason: str
    harmless: bool = False
    whole: bool = True
    """False when the rest of the step was carried out."""
    check: bool = False
    """Whether the host would check the project by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a step ended."""

    passed: bool = True
    exit_code: int | None = None
    reason: str = ""
    left_out: str = ""
    """Why it was not carried out."""
    harmless: bool = False
    timed_out: bool = False
    doubt: str = ""
    """Why its failure says nothing about the project."""
    excerpt: tuple[str, ...] = ()
    command: str = ""
    outputs: Mapping[str, Json] = field(default_factory=dict)
    unsure: str = ""
    """Name of a step that was left out and that these outputs depend on."""


@dataclass(slots=True, kw_only=True)
class LiveJob:
    """A workflow job while it goes on."""

    plan: JobPlan
    world: JobWorld
    places: Places
    log: JobLog
    guard: Guard
    contexts: dict[str, Json]
    deadline: float
    env: dict[str, str] = field(default_factory=dict)
    """The workflow's and the job's own variables, then what steps added."""
    machine_path: tuple[str, ...] = ()
    """Folders with programs of the machine that are not on its PATH."""
    path: list[str] = field(default_factory=list)
    """Folders that steps put on the PATH, the latest first."""
    results: list[StepResult] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    checks: int = 0
    """How many steps executed something of the project."""
    number: int = 0
    unnamed: dict[str, int] = field(default_factory=dict)
    not_checked: str = ""
    """Why the job ends here without a verdict."""
    timed_out: bool = False
    last: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What is done when the job has passed."""
    python_ready: bool = False
    cpu_seconds: float = 0.0
    peak_memory: int = 0

    @property
    def github(self) -> dict[str, Json]:
        """The `github` context."""
        context = self.contexts["github"]
        return context if isinstance(context, dict) else {}

    @property
    def seconds_left(self) -> float:
        """How much time the job has left."""
        return self.deadline - self.world.clock.now()

    def environment(self, env: Mapping[str, str], own: Mapping[str, Json]) -> dict[str, str]:
        """Return the whole environment of a program: the machine's, the step's, the host's variables."""
        runner = self.contexts["runner"]
        host = default_environment(
            {**self.github, **own, "workspace": str(self.places.workspace)},
            runner if isinstance(runner, dict) else {},
        )
        machine = {name: value for name, value in self.world.base_env.items() if name not in NOT_HOSTED}
        whole = {**machine, "HOME": str(self.places.home), **env, **host}
        whole.setdefault("CI", "true")
        whole.setdefault("NPM_CONFIG_PREFIX", str(self.places.tools / "npm"))
        places = self.places
        mine = (str(places.home / ".local/bin"), str(self.guard.bin), str(places.tools / "npm/bin"))
        base = env.get("PATH") or ":".join((*mine, *self.machine_path, self.world.base_env.get("PATH", "")))
        whole["PATH"] = ":".join((*self.path, base))
        return whole

    async def execute(
        self, argv: tuple[str, ...], *, cwd: Path, env: Mapping[str, str], seconds: float | None = None
    ) -> Outcome:
        """Execute a program; what it prints goes to the log."""
        outcome = await self._run(argv, cwd=cwd, env=env, seconds=seconds, say=self.log.feed)
        self.log.end()
        return outcome

    async def quietly(self, argv: tuple[str, ...], env: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Execute a program; return its exit code and what it printed."""
        printed: list[bytes] = []
        whole = self.environment(self.env, {}) if env is None else env
        outcome = await self._run(argv, cwd=self.places.root, env=whole, seconds=None, say=printed.append)
        return outcome.exit_code, b"".join(printed).decode("utf-8", "replace")

    async def _run(
        self,
        argv: tuple[str, ...],
        *,
        cwd: Path,
        env: Mapping[str, str],
        seconds: float | None,
        say: Callable[[bytes], None],
    ) -> Outcome:
        left = max(self.seconds_left, 0.1)
        limits = replace(self.world.limits, seconds=min(left, seconds) if seconds else left)
        places = self.places
        program = argv[0] if "/" in argv[0] else shutil.which(argv[0], path=env.get("PATH", "")) or argv[0]
        execution = Execution(
            argv=(program, *argv[1:]),
            cwd=cwd,
            env=env,
            limits=limits,
            writable=(places.root, *places.downloads),
            network=self.world.network,
            scope=str(places.root),
        )
        outcome = await self.world.runner.run(execution, say)
        self.cpu_seconds += outcome.cpu_seconds
        self.peak_memory = max(self.peak_memory, outcome.peak_memory)
        return outcome

    async def python(self, interpreter: Interpreter) -> Path:
        """Return a folder with a Python of the job's own."""

        async def execute(argv: tuple[str, ...]) -> int:
            """Execute as the job does."""
            return self._told(*await self.quietly(argv))

        async def apart(argv: tuple[str, ...]) -> int:
            """See nothing of the job: no variables, none of its folders."""
            printed: list[bytes] = []
            pythons = self.world.pythons
            execution = Execution(argv=argv, cwd=pythons, env={}, writable=(pythons,), network=False)
            outcome = await self.world.runner.run(execution, printed.append)
            return self._told(outcome.exit_code, b"".join(printed).decode("utf-8", "replace"))

        return await make_python(
            interpreter,
            self.places.own(self.places.tools / "Python" / interpreter.version) / "x64",
            machine=self.world.machine,
            pythons=self.world.pythons,
            execute=execute,
            apart=apart,
        )

    def _told(self, code: int, printed: str) -> int:
        """Say only what went wrong."""
        if code:
            self.log.note(printed.strip()[-2000:])
        return code

    def add_path(self, folder: str) -> None:
        """Put a folder first on the PATH of the following steps."""
        if folder in self.path:
            self.path.remove(folder)
        self.path.insert(0, folder)


@dataclass(slots=True, kw_only=True)
class Frame:
    """A list of steps that see each other: those of the job, or those of one use of a composite action."""

    job: LiveJob
    label: str = ""
    """Name of the step that uses the action; empty for the job itself."""
    env: dict[str, str] = field(default_factory=dict)
    """Variables of the step that uses the action."""
    inputs: Mapping[str, Json] | None = None
    github: dict[str, Json] = field(default_factory=dict)
    """What this use of an action has in the `github` context."""
    shell: str = ""
    working_directory: str = ""
    steps: dict[str, Json] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    """Names of the steps with an id that were not carried out, by id in lower case."""
    state: JobState = JobState.SUCCESS
    failed: Ended | None = None
    """The first step that failed and counts."""
    failed_name: str = ""

    def scope(self, env: Mapping[str, str] | None = None) -> Scope:
        """Return what an expression of a step sees, with the variables of the step itself."""
        contexts = dict(self.job.contexts)
        contexts["env"] = dict(self.variables if env is None else env)
        contexts["steps"] = self.steps
        contexts["job"] = {"status": self.state.value}
        if self.github:
            contexts["github"] = {**self.job.github, **self.github}
        if self.inputs is not None:
            contexts["inputs"] = dict(self.inputs)
        return Scope(contexts=contexts, status=self.state, hash_files=self.job.places.hash_files)

    @property
    def variables(self) -> dict[str, str]:
        """The `env` context before a step's own variables."""
        return {**self.job.env, **self.env}

    def step_env(self, own: Mapping[str, Json]) -> dict[str, str]:
        """Return the `env` context of a step. Raises ExpressionError."""
        return {**self.variables, **variables(own, self.scope())}

    def depends(self, value: Json, *, bare: bool = False) -> str:
        """Return the name of a step that was left out and whose outputs these expressions use."""
        if self.left_out:
            for path in references(value, bare=bare):
                context, *rest = path.split(".")
                if context == "steps" and len(rest) > 1 and rest[1].lower() in ("outputs", "*"):
                    names = self.left_out if rest[0] == "*" else (rest[0].lower(),)
                    for name in names:
                        if name in self.left_out:
                            return self.left_out[name]
        return ""

    def named(self, title: str) -> str:
        """Return the name under which a step of this frame is reported."""
        return f"{self.label} / {title}" if self.label else title


def variables(env: Mapping[str, Json], scope: Scope) -> dict[str, str]:
    """Return the values of an `env`, which may be one expression as a whole. Raises ExpressionError."""
    found = resolve(dict(env), scope)
    return {name: to_text(value) for name, value in found.items()} if isinstance(found, dict) else {}
