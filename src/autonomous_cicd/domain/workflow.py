"""Workflow, Job, Step: a CI workflow file of the code host, as values.

Strings are kept as they stand in the file: `${{ }}` expressions are still in them and are
evaluated when the job runs, because most of them depend on what ran before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from autonomous_cicd.values import dataclass

__all__ = [
    "ActionInput",
    "Call",
    "CallPlan",
    "Job",
    "JobPlan",
    "Json",
    "LocalAction",
    "Step",
    "Workflow",
]

Json: TypeAlias = "bool | float | str | list[Json] | dict[str, Json] | None"
"""A value of the expression language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of a job's `steps`: a `run` script or a `uses` action."""

    id: str = ""
    name: str = ""
    condition: str = ""
    """The `if`, with or without its `${{ }}`."""
    run: str | None = None
    uses: str | None = None
    inputs: Mapping[str, Json] = field(default_factory=dict)
    """The `with` of an action."""
    env: Mapping[str, Json] = field(default_factory=dict)
    shell: str = ""
    working_directory: str = ""
    continue_on_error: Json = False
    timeout_minutes: Json = None
    special: str = ""
    """The key that makes it a step that is not interpreted here: `background`, `wait`, `parallel`, …"""
    line: int = 0

    @property
    def local(self) -> bool:
        """Whether it uses an action of the project: in the workspace, or (`$/`) in the running commit."""
        return (self.uses or "").startswith(("./", "../", "$/"))

    @property
    def title(self) -> str:
        """The name the host would show."""
        if self.name:
            return self.name
        first = (self.run or "").strip().splitlines()
        return f"Run {self.uses or (first[0] if first else '')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A job that calls another workflow file of the same project."""

    uses: str
    inputs: Mapping[str, Json] = field(default_factory=dict)
    secrets: Mapping[str, Json] | str = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One entry of a workflow's `jobs`, as it stands in the file."""

    id: str
    name: str = ""
    needs: tuple[str, ...] = ()
    runs_on: Json = None
    condition: str = ""
    env: Mapping[str, Json] = field(default_factory=dict)
    shell: str = ""
    """`defaults.run.shell` of the job, or else of the workflow."""
    working_directory: str = ""
    """`defaults.run.working-directory` of the job, or else of the workflow."""
    matrix: Json = None
    """`strategy.matrix`: a mapping, or an expression that gives one."""
    fail_fast: Json = True
    max_parallel: Json = None
    steps: tuple[Step, ...] = ()
    outputs: Mapping[str, Json] = field(default_factory=dict)
    container: Json = None
    services: Json = None
    environment: Json = None
    timeout_minutes: Json = None
    continue_on_error: Json = False
    call: Call | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A workflow file."""

    path: str
    """Where it stands in the project, with forward slashes."""
    name: str = ""
    events: Mapping[str, Json] = field(default_factory=dict)
    """What starts it (`on`), by event."""
    env: Mapping[str, Json] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    inputs: Mapping[str, Json] = field(default_factory=dict)
    """Declarations of `on.workflow_call.inputs` and `on.workflow_dispatch.inputs`."""
    outputs: Mapping[str, Json] = field(default_factory=dict)
    """Declarations of `on.workflow_call.outputs`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPlan:
    """One job with one combination of its matrix: what a single hosted runner would carry out."""

    workflow: Workflow
    job: Job
    matrix: Mapping[str, Json] = field(default_factory=dict)
    index: int = 0
    """Which combination this is, from 0 (`strategy.job-index`)."""
    total: int = 1
    """How many combinations there are (`strategy.job-total`)."""
    deferred: bool = False
    """Whether the matrix can be known only when the jobs it needs are done."""
    inputs: Mapping[str, Json] = field(default_factory=dict)
    """Values of the `inputs` context."""
    event: str = "push"
    """The event that the run pretends to answer (`github.event_name`)."""
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each job id that it needs, the names of the tasks that carry it out."""
    prefix: str = ""
    """Name of the calling job, when this one comes from a reusable workflow."""
    caller: JobPlan | None = None
    """The calling job, when this one comes from a reusable workflow: its `if` must hold too."""
    late: tuple[str, ...] = ()
    """Inputs that only the jobs which the caller needs decide: they are not in `inputs` yet."""
    calls: Mapping[str, CallPlan] = field(default_factory=dict)
    """For each job id in `needs` that calls a reusable workflow, what was called."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """For each job id in `needs` that is wholly or partly left out here, why: not by its own `if`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """One call of a reusable workflow: what it takes to find out its outputs."""

    workflow: Workflow
    """The called one; its `outputs` are expressions over `jobs.<id>.outputs` and `inputs`."""
    inputs: Mapping[str, Json] = field(default_factory=dict)
    jobs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each job id of the called workflow, the names of the tasks that carry it out."""
    calls: Mapping[str, CallPlan] = field(default_factory=dict)
    """For each job id of it that calls a workflow itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionInput:
    """One input that an action declares."""

    default: Json = None
    """May hold expressions."""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAction:
    """An action that the project itself holds (`uses: ./path`)."""

    path: str
    """Of its `action.yml`, in the project, with forward slashes."""
    name: str = ""
    using: str = ""
    """`composite`, `docker`, or a Node.js such as `node20`, in lower case."""
    inputs: Mapping[str, ActionInput] = field(default_factory=dict)
    """By name, in lower case."""
    outputs: Mapping[str, Json] = field(default_factory=dict)
    """Of a composite action: the expressions that give them."""
    steps: tuple[Step, ...] = ()
    main: str = ""
    """Of a Node.js action: its program, relative to the action's folder."""
    around: bool = False
    """Whether a Node.js action has programs that run before or after the job's steps, too."""
