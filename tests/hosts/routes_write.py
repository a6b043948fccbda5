"""What our own GitHub does with issues, pull requests, comments, checks, and runs."""

from __future__ import annotations

import re
from typing import Any

from tests.hosts.routes import Call, Missing, Refused, known_entry, known_job, known_run, paged, route
from tests.hosts.serving import Reply, answer
from tests.hosts.shapes import stamp
from tests.hosts.state import Entry, Job, Remark, Repository, Run

__all__ = ["shown_pull"]


def shown_pull(call: Call, entry: Entry, name: str, *, whole: bool = True) -> Any:
    head = call.host.repositories.get(entry.head_repository.lower())
    return call.shapes.pull(entry, call.repository(name), head, whole=whole)


def _invalid(message: str) -> Refused:
    errors = [{"resource": "PullRequest", "code": "custom", "message": message}]
    return Refused(422, "Validation Failed", errors=errors)


def _wanted_text(value: Any, name: str, most: int) -> str:
    if not isinstance(value, str) or (name == "title" and not value.strip()):
        raise _invalid(f"{name} is missing")
    if len(value) > most:
        raise _invalid(f"{name} is too long (maximum is {most} characters)")
    return value


@route("GET", r":repo/pulls")
def pulls(call: Call, name: str) -> Reply:
    query = call.asked.query
    state = query.get("state", "open")
    owner, _, branch = query.get("head", "").partition(":")
    found = [
        one
        for one in sorted(call.repository(name).entries.values(), key=lambda one: -one.number)
        if one.head
        and state in (one.state, "all")
        and query.get("base", one.base) == one.base
        and (not branch or (branch, owner) == (one.head, one.head_repository.split("/")[0]))
    ]
    return paged(call, found, lambda one: shown_pull(call, one, name, whole=False))


@route("POST", r":repo/pulls")
def open_pull(call: Call, name: str) -> Reply:
    of, asked = call.writing(name), call.asked.json
    owner, colon, branch = str(asked.get("head", "")).rpartition(":")
    source = name if not colon or owner == name.split("/")[0] else f"{owner}/{name.split('/')[1]}"
    head = call.host.repositories.get(source.lower())
    if head is None or not head.head(branch):
        raise _invalid("head is invalid")
    if not of.head(str(asked.get("base"))):
        raise _invalid("base is invalid")
    if head.head(branch) == of.head(asked["base"]):
        raise _invalid(f"No commits between {asked['base']} and {branch}")
    for one in of.entries.values():
        same = (one.head, one.base, one.head_repository) == (branch, asked["base"], head.name)
        if one.head and one.state == "open" and same:
            raise _invalid(f"A pull request already exists for {owner or 'us'}:{branch}.")
    entry = call.host.add_pull(
        name,
        title=_wanted_text(asked.get("title"), "title", 256),
        body=_wanted_text(asked.get("body") or "", "body", 65536),
        head=branch,
        head_repository=source,
        base=asked["base"],
        author=call.account.login,
    )
    return answer(shown_pull(call, entry, name), 201)


@route("GET", r":repo/pulls/(\d+)")
def one_pull(call: Call, name: str, number: str) -> Reply:
    return answer(shown_pull(call, known_entry(call, name, number, pull=True), name))


@route("PATCH", r":repo/pulls/(\d+)")
def change_pull(call: Call, name: str, number: str) -> Reply:
    call.writing(name)
    entry = known_entry(call, name, number, pull=True)
    _change(call, entry)
    return answer(shown_pull(call, entry, name))


def _change(call: Call, entry: Entry) -> None:
    asked = call.asked.json
    if "title" in asked:
        entry.title = _wanted_text(asked["title"], "title", 256)
    if "body" in asked:
        entry.body = _wanted_text(asked["body"] or "", "body", 65536)
    entry.state = asked.get("state", entry.state)
    entry.labels = list(asked.get("labels", entry.labels))
    entry.updated = call.now


@route("GET", r":repo/pulls/(\d+)/reviews")
def reviews(call: Call, name: str, number: str) -> Reply:
    return paged(call, known_entry(call, name, number, pull=True).reviews, lambda one: one)


@route("GET", r":repo/issues")
def issues(call: Call, name: str) -> Reply:
    of, query = call.repository(name), call.asked.query
    labels = set(filter(None, query.get("labels", "").split(",")))
    state = query.get("state", "open")
    found = [
        one
        for one in sorted(of.entries.values(), key=lambda one: -one.number)
        if state in (one.state, "all")
        and labels <= set(one.labels)
        and query.get("creator", one.author) == one.author
    ]
    return paged(call, found, lambda one: call.shapes.issue(one, of))


@route("POST", r":repo/issues")
def open_issue(call: Call, name: str) -> Reply:
    of, asked = call.repository(name), call.asked.json
    if not call.account.writes:
        raise Refused(403, "Resource not accessible by integration")
    entry = call.host.add_issue(
        name,
        title=_wanted_text(asked.get("title"), "title", 256),
        body=_wanted_text(asked.get("body") or "", "body", 65536),
        labels=list(asked.get("labels", ())),
        author=call.account.login,
    )
    return answer(call.shapes.issue(entry, of), 201)


@route("GET", r":repo/issues/(\d+)")
def one_issue(call: Call, name: str, number: str) -> Reply:
    return answer(call.shapes.issue(known_entry(call, name, number), call.repository(name)))


@route("PATCH", r":repo/issues/(\d+)")
def change_issue(call: Call, name: str, number: str) -> Reply:
    of = call.writing(name)
    entry = known_entry(call, name, number)
    _change(call, entry)
    return answer(call.shapes.issue(entry, of))


@route("GET", r":repo/issues/(\d+)/comments")
def comments(call: Call, name: str, number: str) -> Reply:
    entry = known_entry(call, name, number)
    return paged(call, entry.comments, lambda one: call.shapes.comment(one, entry.number, name))


@route("POST", r":repo/issues/(\d+)/comments")
def comment(call: Call, name: str, number: str) -> Reply:
    call.repository(name)
    if not call.account.writes:
        raise Refused(403, "Resource not accessible by integration")
    entry = known_entry(call, name, number)
    body = _wanted_text(call.asked.json.get("body"), "body", 65536)
    remark = Remark(call.new_id(), call.account.login, body, call.now)
    entry.comments.append(remark)
    return answer(call.shapes.comment(remark, entry.number, name), 201)


@route("POST", r":repo/issues/(\d+)/labels")
def add_labels(call: Call, name: str, number: str) -> Reply:
    of = call.writing(name)
    entry = known_entry(call, name, number)
    for one in call.asked.json["labels"]:
        of.labels.setdefault(one, {})
        if one not in entry.labels:
            entry.labels.append(one)
    return answer([call.shapes.label(one, name, of.labels.get(one)) for one in entry.labels])


@route("GET", r":repo/labels/([^/]+)")
def label(call: Call, name: str, label: str) -> Reply:
    known = call.repository(name).labels
    if label not in known:
        raise Missing
    return answer(call.shapes.label(label, name, known[label]))


@route("POST", r":repo/labels")
def new_label(call: Call, name: str) -> Reply:
    of, asked = call.writing(name), call.asked.json
    if asked["name"] in of.labels:
        errors = [{"resource": "Label", "code": "already_exists", "field": "name"}]
        raise Refused(422, "Validation Failed", errors=errors)
    of.labels[asked["name"]] = {key: str(asked.get(key) or "") for key in ("color", "description")}
    return answer(call.shapes.label(asked["name"], name, of.labels[asked["name"]]), 201)


@route("POST", r":repo/check-runs")
def new_check(call: Call, name: str) -> Reply:
    of, asked = call.writing(name), call.asked.json
    if call.account.kind == "user":
        raise Refused(403, "You must authenticate via a GitHub App.")
    id = call.new_id()
    place = f"{call.shapes.url}/repos/{name}/check-runs/{id}"
    check: dict[str, Any] = {
        **dict.fromkeys(("details_url", "external_id", "conclusion", "started_at", "completed_at")),
        "id": id,
        "node_id": f"CR_{id}",
        "url": place,
        "html_url": place,
        "status": "queued",
        "check_suite": {"id": 1},
        "app": None,
        "pull_requests": [],
        "output": dict.fromkeys(("title", "summary", "text"))
        | {"annotations_count": 0, "annotations_url": f"{place}/annotations"},
        "annotations": [],
    }
    of.checks.append(_checked(check, asked))
    return answer(_shown_check(check), 201)


def _checked(check: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    output = asked.get("output", {})
    annotations = output.get("annotations", [])
    if len(annotations) > 50:
        raise _invalid("no more than 50 annotations at once")
    kept = ("name", "head_sha", "status", "conclusion", "details_url", "external_id")
    check.update({key: asked[key] for key in kept if key in asked})
    if check["conclusion"]:
        check["status"], check["completed_at"] = "completed", stamp(0)
    check["annotations"] += annotations
    check["output"].update({key: output[key] for key in ("title", "summary", "text") if key in output})
    check["output"]["annotations_count"] = len(check["annotations"])
    return check


def _shown_check(check: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in check.items() if key != "annotations"}


@route("PATCH", r":repo/check-runs/(\d+)")
def change_check(call: Call, name: str, id: str) -> Reply:
    for check in call.writing(name).checks:
        if check["id"] == int(id):
            return answer(_shown_check(_checked(check, call.asked.json)))
    raise Missing


@route("POST", r":repo/statuses/([0-9a-f]{40})")
def new_status(call: Call, name: str, commit: str) -> Reply:
    of, asked = call.writing(name), call.asked.json
    id = call.new_id()
    place = f"{call.shapes.url}/repos/{name}/statuses/{commit}"
    status = {
        **{key: asked.get(key) for key in ("description", "target_url")},
        "id": id,
        "node_id": f"SC_{id}",
        "url": place,
        "avatar_url": None,
        "state": asked["state"],
        "context": asked.get("context", "default"),
        "created_at": stamp(call.now),
        "updated_at": stamp(call.now),
    }
    of.statuses.append({**status, "sha": commit})
    return answer({**status, "creator": call.shapes.user(call.account.login)}, 201)


@route("DELETE", r":repo/actions/caches/(\d+)")
def remove_cache(call: Call, name: str, id: str) -> Reply:
    of = call.writing(name)
    left = [one for one in of.caches if one["id"] != int(id)]
    if len(left) == len(of.caches):
        raise Missing
    of.caches = left
    return Reply(204)


def _again(call: Call, of: Repository, run: Run, names: set[str], what: str) -> Reply:
    if run.status != "completed":
        raise Refused(403, "The workflow run is already running")
    call.host.calls_to_rerun += 1
    run.past[run.attempt] = (run.status, run.conclusion)
    run.attempt += 1
    run.status, run.conclusion, run.updated = "queued", None, call.now
    run.reruns.append(what)
    latest = {job.name: job for job in sorted(run.jobs, key=lambda one: one.attempt)}
    for name, old in latest.items():
        again = name in names
        run.jobs.append(
            Job(
                call.new_id(),
                run.id,
                name,
                run.attempt,
                "queued" if again else old.status,
                None if again else old.conclusion,
                labels=old.labels,
                started=call.now,
            )
        )
    return answer({}, 201)


@route("POST", r":repo/actions/runs/(\d+)/(rerun|rerun-failed-jobs)")
def rerun(call: Call, name: str, id: str, how: str) -> Reply:
    of, run = call.writing(name), known_run(call, name, id)
    failed = {job.name for job in run.jobs if job.attempt == run.attempt and job.conclusion == "failure"}
    every = {job.name for job in run.jobs}
    return _again(call, of, run, every if how == "rerun" else failed, "all" if how == "rerun" else "failed")


@route("POST", r":repo/actions/jobs/(\d+)/rerun")
def rerun_job(call: Call, name: str, id: str) -> Reply:
    of = call.writing(name)
    job, run = known_job(call, name, id)
    return _again(call, of, run, {job.name}, job.name)


@route("POST", r":repo/actions/runs/(\d+)/cancel")
def cancel(call: Call, name: str, id: str) -> Reply:
    call.writing(name)
    run = known_run(call, name, id)
    if run.status == "completed":
        raise Refused(409, "Cannot cancel a workflow run that is completed.")
    run.status, run.conclusion, run.updated = "completed", "cancelled", call.now
    return answer({}, 202)


@route("POST", r":repo/actions/workflows/([^/]+)/dispatches")
def dispatch(call: Call, name: str, workflow: str) -> Reply:
    of, asked = call.writing(name), call.asked.json
    path = f".github/workflows/{workflow}"
    commit = of.head(str(asked.get("ref", "")).removeprefix("refs/heads/"))
    if not commit or path not in of.files(commit):
        raise Missing
    text = of.text(path, commit)
    if "workflow_dispatch" not in text:
        raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
    named = re.search(r"^name: *(.+)$", text, re.MULTILINE)
    call.host.add_run(
        name,
        workflow=workflow,
        name=named[1].strip() if named else path,
        commit=commit,
        branch=asked["ref"],
        event="workflow_dispatch",
        status="queued",
        conclusion=None,
        actor=call.account.login,
        inputs=asked.get("inputs", {}),
    )
    return Reply(204)


@route("DELETE", r":repo/git/refs/heads/(.+)")
def remove_branch(call: Call, name: str, branch: str) -> Reply:
    of = call.writing(name)
    if not of.head(branch):
        raise Refused(422, "Reference does not exist")
    of.ask("update-ref", "-d", f"refs/heads/{branch}")
    return Reply(204)


@route("POST", r":repo/hooks/1/deliveries/(\d+)/attempts")
def redeliver(call: Call, name: str, id: str) -> Reply:
    for one in call.writing(name).deliveries:
        if one["id"] == int(id):
            call.host.redelivered.append(one["guid"])
            call.host.redeliver(one)
            return answer({}, 202)
    raise Missing
