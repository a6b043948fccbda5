"""What the expressions of a workflow job see: the contexts, and the default environment."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from pathlib import Path

from autonomous_cicd.domain.expression.evaluate import JobState, Scope, resolve
from autonomous_cicd.domain.expression.values import to_number, to_text
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.run import TaskResult, TaskStatus
from autonomous_cicd.domain.workflow import JobPlan, Json
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.called import call_outputs

__all__ = [
    "base_contexts",
    "default_environment",
    "github_context",
    "needs_state",
    "repository_name",
    "runner_context",
    "unsure_needs",
]

SERVER = "https://github.com"
EXPORTED = (
    *("action", "action_path", "action_ref", "action_repository", "actor", "actor_id", "api_url", "base_ref"),
    *("event_name", "event_path", "graphql_url", "head_ref", "job", "ref", "ref_name", "ref_protected"),
    *("ref_type", "repository", "repository_id", "repository_owner", "repository_owner_id", "retention_days"),
    *("run_attempt", "run_id", "run_number", "server_url", "sha", "triggering_actor", "workflow"),
    *("workflow_ref", "workflow_sha", "workspace"),
)
"""What of the `github` context is in the environment of a step, as `GITHUB_…`."""
RESULTS = {
    TaskStatus.PASSED: "success",
    TaskStatus.FAILED: "failure",
    TaskStatus.TIMED_OUT: "failure",
    TaskStatus.CANCELLED: "cancelled",
}


def repository_name(checkout: Checkout) -> tuple[str, str]:
    """Return owner and name of a project at its host; `local` and its folder when it has none."""
    match = re.search(r"[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$", checkout.remote)
    if match:
        return match[1], match[2]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", checkout.root.name).strip("-.")
    return "local", name or "project"


def github_context(
    plan: JobPlan, checkout: Checkout, *, workspace: Path, event_path: Path, run: str
) -> dict[str, Json]:
    """Return the `github` context of a job, for a push (or another event) of the checked out commit.

    What this machine cannot know (numbers of the host, the token) is 1 or empty.
    """
    owner, name = repository_name(checkout)
    repository = f"{owner}/{name}"
    branch = checkout.branch or checkout.default_branch or "main"
    ref, base, head = f"refs/heads/{branch}", "", ""
    if plan.event.startswith("pull_request"):
        base, head = checkout.default_branch or "main", branch
        if plan.event == "pull_request":
            ref = "refs/pull/1/merge"
    run_id = str(zlib.crc32(run.encode()) or 1)
    path = plan.workflow.path
    return {
        "action": "",
        "action_path": "",
        "action_ref": "",
        "action_repository": "",
        "actor": owner,
        "actor_id": "1",
        "api_url": "https://api.github.com",
        "base_ref": base,
        "event": _event(plan, checkout, repository, ref),
        "event_name": plan.event,
        "event_path": str(event_path),
        "graphql_url": "https://api.github.com/graphql",
        "head_ref": head,
        "job": plan.job.id,
        "ref": ref,
        "ref_name": ref.split("/", 2)[2],
        "ref_protected": "false",
        "ref_type": "branch",
        "repository": repository,
        "repository_id": "1",
        "repository_owner": owner,
        "repository_owner_id": "1",
        "repositoryUrl": f"git://github.com/{repository}.git",
        "retention_days": "90",
        "run_attempt": "1",
        "run_id": run_id,
        "run_number": "1",
        "secret_source": "None",
        "server_url": SERVER,
        "sha": checkout.commit,
        "token": "",
        "triggering_actor": owner,
        "workflow": plan.workflow.name or path,
        "workflow_ref": f"{repository}/{path}@{ref}",
        "workflow_sha": checkout.commit,
        "workspace": str(workspace),
    }


def _event(plan: JobPlan, checkout: Checkout, repository: str, ref: str) -> dict[str, Json]:
    """Return the event that started it, as far as this machine can know it."""
    owner, name = repository.split("/")
    default = checkout.default_branch or checkout.branch or "main"
    payload: dict[str, Json] = {
        "repository": {
            "id": 1,
            "name": name,
            "full_name": repository,
            "private": False,
            "fork": False,
            "owner": {"login": owner, "id": 1},
            "default_branch": default,
            "html_url": f"{SERVER}/{repository}",
            "clone_url": f"{SERVER}/{repository}.git",
        },
        "sender": {"login": owner, "id": 1},
    }
    if plan.event == "push":
        commit: Json = {"id": checkout.commit, "message": "", "author": {"name": owner}}
        more: dict[str, Json] = {"ref": ref, "before": "0" * 40, "after": checkout.commit}
        more.update(created=False, deleted=False, forced=False, head_commit=commit, commits=[commit])
        payload.update(more)
    elif plan.event.startswith("pull_request"):
        where: Json = {"full_name": repository, "fork": False}
        sides: dict[str, Json] = {
            "base": {"ref": default, "sha": checkout.commit, "repo": where},
            "head": {"ref": checkout.branch or default, "sha": checkout.commit, "repo": where},
        }
        texts: dict[str, Json] = {"title": "", "body": "", "labels": [], "draft": False}
        payload.update(action="opened", number=1, pull_request={"number": 1, **texts, **sides})
    elif plan.event == "workflow_dispatch":
        payload["inputs"] = dict(plan.inputs)
    return payload


def base_contexts(
    plan: JobPlan, github: dict[str, Json], needs: Mapping[str, TaskResult], runner: dict[str, Json]
) -> dict[str, Json]:
    """Return the contexts that stay the same for all steps of a job. Raises ExpressionError."""
    contexts: dict[str, Json] = {
        "github": github,
        "inputs": dict(plan.inputs),
        "matrix": dict(plan.matrix),
        "needs": {id_: _need(id_, plan, needs, github) for id_ in plan.needs},
        "runner": runner,
        "secrets": {"GITHUB_TOKEN": ""},
        "vars": {},
        "env": {},
    }
    known = Scope(contexts=contexts)
    parallel = resolve(plan.job.max_parallel, known)
    contexts["strategy"] = {
        "fail-fast": resolve(plan.job.fail_fast, known),
        "job-index": plan.index,
        "job-total": plan.total,
        "max-parallel": plan.total if parallel is None else to_number(parallel),
    }
    return contexts


def _need(
    id_: str, plan: JobPlan, needs: Mapping[str, TaskResult], github: Mapping[str, Json]
) -> dict[str, Json]:
    """Return what a job knows of one it needs: its result, and the outputs that its tasks set."""
    results = [needs[name] for name in plan.needs[id_] if name in needs]
    words = ["success" if _tolerated(result) else RESULTS.get(result.status, "skipped") for result in results]
    worst = next((word for word in ("failure", "cancelled", "success") if word in words), "skipped")
    if id_ in plan.calls:
        set_ = {name: result.outputs for name, result in needs.items()}
        return {"result": worst, "outputs": call_outputs(plan.calls[id_], set_, github)}
    outputs: dict[str, Json] = {}
    for result in results:
        outputs.update({name: text for name, text in result.outputs.items() if text or name not in outputs})
    return {"result": worst, "outputs": outputs}


def needs_state(plan: JobPlan, needs: Mapping[str, TaskResult]) -> JobState:
    """Return how the needed jobs went; one that could not be checked here does not count as failed."""
    results = [needs[name] for names in plan.needs.values() for name in names if name in needs]
    if any(result.status is TaskStatus.CANCELLED for result in results):
        return JobState.CANCELLED
    failed = any(result.status.bad and not result.optional for result in results)
    return JobState.FAILURE if failed else JobState.SUCCESS


def _tolerated(result: TaskResult) -> bool:
    return result.status.bad and result.optional


def unsure_needs(plan: JobPlan, needs: Mapping[str, TaskResult]) -> tuple[str, ...]:
    """Return the jobs that it needs and that could not be checked here, or not wholly."""
    return tuple(
        id_
        for id_, names in plan.needs.items()
        if id_ in plan.absent
        or any(name in needs and needs[name].status is TaskStatus.NOT_CHECKED for name in names)
    )


def runner_context(machine: Machine, temp: Path, tools: Path, workspace: Path) -> dict[str, Json]:
    """Return the `runner` context."""
    return {
        "arch": machine.architecture,
        "debug": "",
        "environment": "github-hosted",
        "name": "GitHub Actions 1",
        "os": machine.system,
        "temp": str(temp),
        "tool_cache": str(tools),
        "workspace": str(workspace.parent),
    }


def default_environment(github: Mapping[str, Json], runner: Mapping[str, Json]) -> dict[str, str]:
    """Return the variables that every step has, whatever the workflow file says."""
    env = {f"GITHUB_{name.upper()}": to_text(github.get(name)) for name in EXPORTED if name in github}
    own = {f"RUNNER_{name.upper()}": to_text(value) for name, value in runner.items() if value}
    return {**env, **own, "GITHUB_ACTIONS": "true"}
