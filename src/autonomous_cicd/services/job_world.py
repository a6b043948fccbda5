"""What a workflow job is given to be carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Limits
from autonomous_cicd.domain.run import TaskResult
from autonomous_cicd.plugins import Action
from autonomous_cicd.ports import Checkout, Clock, Files, Runner, Workspace
from autonomous_cicd.values import dataclass

__all__ = ["JobWorld"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWorld:
    """What a workflow job is given to be carried out."""

    runner: Runner
    workspace: Workspace
    checkout: Checkout
    machine: Machine
    folder: Path
    """Private to the job."""
    artifacts: Path
    """Shared by the jobs of the run."""
    caches: Path
    """Kept between the runs of the project."""
    pythons: Path
    """What the interpreters of the machine bring along, kept for all projects: no job writes there."""
    base_env: Mapping[str, str]
    """A clean environment, without any credential."""
    say: Callable[[bytes], None]
    """Takes the log."""
    on_step: Callable[[str], None]
    """Is told which step begins."""
    needs: Mapping[str, TaskResult]
    """Results of the tasks that the job needs, by the names of the tasks."""
    clock: Clock
    limits: Limits
    files: Files
    scratch: Path | None = None
    """A folder for `runner.temp` that outlives the job; None: a private one."""
    network: bool = True
    """Whether a sandbox lets programs reach the network."""
    actions: tuple[Action, ...] | None = None
    """The shelf of actions; None: all there are."""
