"""What is loaded by name, when it is first needed: adapters, and services that many a run does without.

This and the registries of plug-ins are the only dynamic doors.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autonomous_cicd import sealed
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import TaskResult
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Agent, Checkout, History, Meter
from autonomous_cicd.services.carry_out import CarryOut
from autonomous_cicd.services.run import Ceiling
from autonomous_cicd.services.task_failures import Diagnose
from autonomous_cicd.services.task_log import TaskLog
from autonomous_cicd.settings.integrations import Integrations
from autonomous_cicd.settings.pipeline import ResourceLimits

__all__ = [
    "adapter",
    "agent",
    "carry_job",
    "carry_tests",
    "ceilings",
    "clinic",
    "copies",
    "desk",
    "diagnose",
    "excerpt",
    "expand",
    "fingerprints",
    "furnish",
    "history",
    "predict",
    "read",
    "server",
    "service",
    "teller",
]


def adapter(name: str) -> Any:
    """Load an adapter by the name of its file, when it is first needed."""
    return importlib.import_module(f"autonomous_cicd.adapters.{name}")


def agent(own: Integrations, environment: Mapping[str, str]) -> Agent | None:
    """Return the agent that the operator configured, a program before a service; None without one."""
    program, cloud = own.agent, own.codegen
    found: Agent
    if program.command:
        env = sealed.clean(environment, program.environment)
        if program.protocol.value == "acp":
            found = adapter("acp_agent").AcpAgent(program.command, env=env, seconds=program.seconds)
            return found
        runner = adapter("process").ProcessRunner()
        command = adapter("command").CommandAgent
        found = command(program.command, runner, env=env, seconds=program.seconds)
        return found
    if cloud.org_id and cloud.token:
        bearer = {"Authorization": f"Bearer {cloud.token.reveal()}"}
        service = adapter("http").Service(cloud.api_url, headers=bearer, name="Codegen")
        found = adapter("codegen").CodegenAgent(service, cloud.org_id, seconds=cloud.seconds)
        return found
    return None


def service(name: str) -> Any:
    """Load a service that many a run does not need, and that takes long to load."""
    return importlib.import_module(f"autonomous_cicd.services.{name}")


def server() -> Any:
    """Load the server. Raises Unavailable when what it needs is not installed: see `web.serve`."""
    try:
        return importlib.import_module("autonomous_cicd.web.serve")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "autonomous_cicd"):
            raise
        hint = "pip install 'autonomous-cicd[server]'"
        raise Unavailable(f"the server needs {missing}, which is not installed", hint=hint) from error


def ceilings(limits: ResourceLimits, folder: Path, meter: Meter) -> tuple[Ceiling, ...]:
    """Return what a run as a whole may not exceed."""
    name = "pipeline.resource_limits"
    found: list[Ceiling] = []
    if limits.disk is not None:
        size = functools.partial(adapter("presence").folder_size, folder)
        found.append(Ceiling(f"{name}.disk", limits.disk, size))
    if limits.memory is not None:
        found.append(Ceiling(f"{name}.memory", limits.memory, meter.taken))
    return tuple(found)


def clinic(app: Any, project: Path) -> Any:
    """Return what tells why a project's logs are red: see `clinic.Clinic`."""
    return importlib.import_module("autonomous_cicd.clinic").Clinic(
        app.settings,
        project,
        hidden=app.hidden(),
        knowledge=lambda: app.store.knowledge,
        now=app.clock.now,
        agent=lambda: agent(app.settings.integrations, app.environment),
        changed=lambda since, seconds: service("since_green").since_green(
            app.store, history(seconds), project, since
        ),
    )


def desk(app: Any) -> Any:
    """Return what decides about changes and keeps the books: see `desk.Desk`."""
    return importlib.import_module("autonomous_cicd.desk").Desk(app)


def history(seconds: float = 60.0) -> History:
    """Return what tells how a checkout changed; one question to git takes no longer than that."""
    found: History = adapter("history").GitHistory(timeout=seconds)
    return found


def teller(app: Any) -> Any:
    """Return what tells people, by an App's settings: see `services.tell.Teller`."""
    tell = service("tell")
    return tell.Teller(
        settings=app.settings.notifications,
        outbox=lambda: app.store.outbox,
        book=lambda: app.store.casebook,
        notifier=lambda: adapter("notify").open_notifier(app.settings.integrations),
        clock=app.clock,
        redact=tell.without(app.hidden()),
        stopped=(app.state / "stopped").exists,
    )


def predict(app: Any, project: Path) -> Any:
    """Return how likely each task of a project is to fail: see `services.predict`."""
    return service("predict").predict(app.store, history(), app.workspace.checkout(project))


def diagnose(app: Any, project: Path) -> Diagnose:
    """Return what tells why the tasks of one run fail, loaded when the first one does."""

    @functools.cache
    def of_run() -> Diagnose:
        found: Diagnose = importlib.import_module("autonomous_cicd.clinic").OfRun(app.clinic(project))
        return found

    return lambda log, step, failed: of_run()(log, step, failed)


def fingerprints(names: Iterable[str], *, path: str) -> Mapping[str, str]:
    """Return what changes with the version of each program: see `adapters.programs`."""
    found: Mapping[str, str] = adapter("programs").fingerprints(names, path)
    return found


def furnish(
    home: Path, downloads: Path, environment: Mapping[str, str], names: Mapping[str, str]
) -> Mapping[str, str]:
    """Make a private home: see `adapters.home`."""
    found: Mapping[str, str] = adapter("home").furnish(home, downloads, environment, names)
    return found


def expand(task: Task, needs: Mapping[str, TaskResult]) -> Sequence[Task]:
    """Return the tasks of a matrix that is known only now: see `services.deferred`."""
    found: Sequence[Task] = service("deferred").expand_deferred(task, needs)
    return found


def excerpt(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of a log that matter: see `services.excerpt`."""
    found: tuple[str, ...] = service("excerpt").excerpt(lines)
    return found


def read(path: Path) -> str:
    """Return the text of a file that a task made, within limits."""
    text: str = adapter("files").ProjectFiles(path.parent, (path.name,)).read(path.name)
    return text


async def carry_tests(
    shared: CarryOut, task: Task, needs: Mapping[str, TaskResult], log: TaskLog
) -> TaskResult:
    """Carry out a test suite: see `services.carry_tests`."""
    found: TaskResult = await service("carry_tests").carry_tests(shared, task, needs, log)
    return found


async def carry_job(
    shared: CarryOut, task: Task, needs: Mapping[str, TaskResult], log: TaskLog
) -> TaskResult:
    """Carry out a job of a workflow file: see `services.carry_job`."""
    result: TaskResult = await service("carry_job").carry_job(shared, task, needs, log)
    return result


def copies(folder: Path, checkout: Checkout) -> tuple[Path, ...]:
    """Return the project's folders in the private copies of tasks and of jobs."""
    found = [place for top in (folder, *folder.glob("jobs/*")) for place in top.glob("work/*/*")]
    return tuple(place / checkout.prefix for place in sorted(found) if not place.parent.name.startswith("_"))
