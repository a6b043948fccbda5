"""Reads CI workflow files and local actions of the code host, and refuses what it would refuse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from autonomous_cicd.documents import nearest, read_yaml
from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.slips import one_slip
from autonomous_cicd.domain.workflow import ActionInput, Call, Job, Json, LocalAction, Workflow
from autonomous_cicd.workflows.place import Place
from autonomous_cicd.workflows.steps import read_condition, read_steps

__all__ = ["read_action", "read_workflow"]

_ROOT = frozenset(
    {"name", "description", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
)
_BOTH = frozenset({"name", "needs", "if", "permissions", "concurrency", "strategy"})
_JOB = _BOTH | frozenset(
    {"runs-on", "snapshot", "environment", "outputs", "env", "defaults", "steps", "timeout-minutes"}
    | {"cancel-timeout-minutes", "continue-on-error", "container", "services"}
)
_CALL = _BOTH | {"uses", "with", "secrets"}
_RUNS = frozenset(
    {"using", "steps", "main", "pre", "pre-if", "post", "post-if", "image", "args", "env", "entrypoint"}
    | {"pre-entrypoint", "post-entrypoint", "plugin"}
)
_EVENTS = frozenset(
    {
        "branch_protection_rule",
        "check_run",
        "check_suite",
        "create",
        "delete",
        "deployment",
        "deployment_status",
    }
    | {
        "discussion",
        "discussion_comment",
        "fork",
        "gollum",
        "image_version",
        "issue_comment",
        "issues",
        "label",
    }
    | {
        "merge_group",
        "milestone",
        "page_build",
        "project",
        "project_card",
        "project_column",
        "public",
        "push",
    }
    | {"pull_request", "pull_request_review", "pull_request_review_comment", "pull_request_target", "release"}
    | {"registry_package", "repository_dispatch", "schedule", "status", "watch", "workflow_call"}
    | {"workflow_dispatch", "workflow_run"}
)
_FILTERS = frozenset(
    {"branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "types", "workflows"}
    | {"inputs", "outputs", "secrets"}
)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

_GLOBAL = frozenset({"github", "inputs", "vars"})
_EARLY = _GLOBAL | {"needs"}
_JOB_LEVEL = _EARLY | {"strategy", "matrix"}
_JOB_ENV = _JOB_LEVEL | {"secrets"}
_JOB_END = _JOB_ENV | {"env", "job", "runner", "steps"}


def read_workflow(text: str, *, path: str) -> Workflow:
    """Return the workflow that a file describes. Raises DocumentError, naming file, line and remedy."""
    document = read_yaml(text, file=path)
    root = Place(document, document.value)
    if not root.mapping():
        raise root.wrong("is empty", "describe `on` and `jobs` in it")
    root.only(_ROOT)
    for key in ("run-name", "concurrency"):
        root.get(key).expression(_GLOBAL)
    events = _events(root.get("on"))
    call = root.get("on").get("workflow_call")
    shell, folder = _defaults(root.get("defaults"), _GLOBAL)
    jobs = _same_case(tuple(_job(entry, shell, folder) for entry in root.get("jobs").entries()))
    if not jobs:
        raise root.get("jobs").wrong("must hold at least one job", "describe one below `jobs:`")
    _check_needs(root.get("jobs"), {job.id: job for job in jobs})
    return Workflow(
        path=path,
        name=root.get("name").text(),
        events=events,
        env=root.get("env").variables(_GLOBAL | {"secrets"}),
        jobs=jobs,
        inputs=_inputs(root.get("on")),
        outputs={str(entry.path[-1]): _output(entry) for entry in call.get("outputs").entries()},
    )


def read_action(text: str, *, path: str) -> LocalAction:
    """Return the action that an `action.yml` describes. Raises DocumentError."""
    document = read_yaml(text, file=path)
    root = Place(document, document.value)
    runs = root.get("runs")
    if not runs.mapping():
        raise runs.wrong("is missing", "say what the action does below `runs:`")
    using = runs.only(_RUNS).get("using").text().lower()
    if not using:
        raise runs.wrong("has no `using`", "write `using: composite`")
    return LocalAction(
        path=path,
        name=root.get("name").text(),
        using=using,
        inputs={str(entry.path[-1]).lower(): _action_input(entry) for entry in root.get("inputs").entries()},
        outputs={str(entry.path[-1]): entry.get("value").scalar() for entry in root.get("outputs").entries()},
        steps=read_steps(runs.get("steps"), composite=True) if using == "composite" else (),
        main=runs.get("main").text(),
        around=runs.has("pre") or runs.has("post"),
    )


def _events(place: Place) -> Mapping[str, Json]:
    if isinstance(place.value, str | list):
        events: dict[str, Json] = dict.fromkeys(place.texts())
    else:
        events = place.mapping()
    if not events:
        raise place.wrong("is missing", "say when it runs, such as `on: [push, pull_request]`")
    for name in events:
        near = (one for one in _EVENTS if one_slip(name, one) or name == f"{one}es")
        if name not in _EVENTS and (like := min(near, default="")):
            raise place.wrong(f"names the event {name!r}, which does not exist", f"did you mean {like!r}?")
        place.get(name).spelt(_FILTERS)
    return events


def _inputs(place: Place) -> Mapping[str, Json]:
    inputs: dict[str, Json] = {}
    for event in ("workflow_call", "workflow_dispatch"):
        for entry in place.get(event).get("inputs").entries():
            entry.get("default").scalar(_GLOBAL)
            inputs.setdefault(str(entry.path[-1]), entry.mapping())
    return inputs


def _output(entry: Place) -> Json:
    return entry.get("value").scalar(_GLOBAL | {"jobs"})


def _action_input(entry: Place) -> ActionInput:
    required = to_text(entry.get("required").scalar()).lower() == "true"
    return ActionInput(default=entry.get("default").scalar(), required=required)


def _defaults(place: Place, contexts: frozenset[str]) -> tuple[str, str]:
    run = place.only({"run"}).get("run").only({"shell", "working-directory"})
    return run.get("shell").text(contexts), run.get("working-directory").text(contexts)


def _job(place: Place, shell: str, folder: str) -> Job:
    identity = str(place.path[-1])
    if not _ID.fullmatch(identity):
        raise place.wrong("is no name for a job", "use letters, digits, - and _, and begin with a letter")
    if not place.mapping():
        raise place.wrong("is empty", "give it `runs-on` and `steps`, or `uses`")
    if place.has("uses") == place.has("runs-on"):
        what = "both `runs-on` and `uses`" if place.has("uses") else "neither `runs-on` nor `uses`"
        raise place.wrong(f"has {what}", "a job runs steps on a machine or calls a workflow")
    place.only(_CALL if place.has("uses") else _JOB)
    place.get("concurrency").expression(_JOB_LEVEL)
    strategy = place.get("strategy").only({"matrix", "fail-fast", "max-parallel"})
    fail_fast = strategy.get("fail-fast").scalar(_EARLY)
    job = Job(
        id=identity,
        name=place.get("name").text(_JOB_LEVEL),
        needs=tuple(dict.fromkeys(place.get("needs").texts())),
        condition=read_condition(place.get("if"), _EARLY),
        matrix=strategy.get("matrix").expression(_EARLY),
        fail_fast=True if fail_fast is None else fail_fast,
        max_parallel=strategy.get("max-parallel").scalar(_EARLY),
        line=place.line,
    )
    return _calling(place, job) if place.has("uses") else _running(place, job, shell, folder)


def _calling(place: Place, job: Job) -> Job:
    uses = place.get("uses").text()
    if not uses:
        raise place.get("uses").wrong("is empty", "name a workflow file: `uses: ./.github/workflows/x.yml`")
    secrets = place.get("secrets")
    passed = secrets.text() if isinstance(secrets.value, str) else secrets.variables(_JOB_ENV)
    return replace(job, call=Call(uses=uses, inputs=place.get("with").variables(_JOB_LEVEL), secrets=passed))


def _running(place: Place, job: Job, shell: str, folder: str) -> Job:
    own_shell, own_folder = _defaults(place.get("defaults"), _JOB_LEVEL | {"env"})
    steps = read_steps(place.get("steps"))
    if place.get("runs-on").value in (None, "", []):
        raise place.get("runs-on").wrong("is empty", "write `runs-on: ubuntu-latest`")
    return replace(
        job,
        runs_on=place.get("runs-on").expression(_JOB_LEVEL),
        env=place.get("env").variables(_JOB_ENV),
        shell=own_shell or shell,
        working_directory=own_folder or folder,
        steps=steps,
        outputs=place.get("outputs").variables(_JOB_END),
        container=place.get("container").expression(_JOB_END),
        services=place.get("services").expression(_JOB_END),
        environment=place.get("environment").expression(_JOB_END),
        timeout_minutes=place.get("timeout-minutes").scalar(_JOB_LEVEL),
        continue_on_error=place.get("continue-on-error").scalar(_JOB_LEVEL) or False,
    )


def _same_case(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Write the names in `needs` as the jobs are written: their case does not count."""
    ids = {job.id.lower(): job.id for job in jobs}
    return tuple(replace(job, needs=tuple(ids.get(need.lower(), need) for need in job.needs)) for job in jobs)


def _check_needs(place: Place, jobs: Mapping[str, Job]) -> None:
    for job in jobs.values():
        for need in job.needs:
            if need not in jobs:
                like = nearest(need, jobs)
                hint = f"did you mean {like!r}?" if like else f"the jobs are {', '.join(jobs)}"
                raise place.get(job.id).get("needs").wrong(f"names {need!r}, which does not exist", hint)
    waiting = {identity: len(job.needs) for identity, job in jobs.items()}
    ready = [identity for identity, count in waiting.items() if not count]
    followers: dict[str, list[str]] = {identity: [] for identity in jobs}
    for job in jobs.values():
        for need in job.needs:
            followers[need].append(job.id)
    for identity in ready:
        for follower in followers[identity]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    if len(ready) < len(jobs):
        raise _circle(place, jobs, set(jobs) - set(ready))


def _circle(place: Place, jobs: Mapping[str, Job], stuck: set[str]) -> Exception:
    """Return the error that names one circle: from a stuck job one always gets to another."""
    walked: list[str] = []
    identity = next(name for name in jobs if name in stuck)
    while identity not in walked:
        walked.append(identity)
        identity = next(need for need in jobs[identity].needs if need in stuck)
    circle = [*walked[walked.index(identity) :], identity]
    return (
        place.get(identity)
        .get("needs")
        .wrong(f"form a circle: {' -> '.join(circle)}", "let one of them not need the next")
    )
