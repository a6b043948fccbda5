"""What our own GitHub answers for reading runs, commits, files and accounts."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.hosts.serving import Ask, Reply, answer
from tests.hosts.shapes import Shapes, stamp
from tests.hosts.state import Account, Entry, Job, Repository, Run

__all__ = ["ROUTES", "Call", "Missing", "Refused", "paged", "route"]


class Missing(Exception):
    """Answered by 404."""


class Refused(Exception):
    """Answered by a status and a message."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.more = more


@dataclass
class Call:
    """A request, with who asks for what."""

    host: Any
    asked: Ask
    account: Account
    shapes: Shapes
    place: str
    """The path below the address of the interface."""

    def repository(self, name: str) -> Repository:
        """Return a repository that the account may see."""
        found: Repository | None = self.host.repositories.get(name.lower())
        hidden = self.account.repositories is not None and name.lower() not in self.account.repositories
        if found is None or (hidden and found.private):
            raise Missing
        return found

    def writing(self, name: str) -> Repository:
        """Return a repository that the account may write to."""
        found = self.repository(name)
        reached = self.account.repositories is None or name.lower() in self.account.repositories
        if not self.account.writes or not reached:
            raise Refused(403, "Resource not accessible by integration")
        return found

    def new_id(self) -> int:
        """Return an id that nothing has."""
        return int(self.host.new_id())

    @property
    def now(self) -> float:
        """The time at the host."""
        return float(self.host.now())


Respond = Callable[..., Reply]
ROUTES: list[tuple[str, re.Pattern[str], Respond]] = []
_REPO = r"/repos/([^/]+/[^/]+)"


def route(method: str, pattern: str) -> Callable[[Respond], Respond]:
    """Return a decorator: the function answers that; `:repo` stands for /repos/OWNER/NAME."""

    def known(respond: Respond) -> Respond:
        ROUTES.append((method, re.compile(pattern.replace(":repo", _REPO)), respond))
        return respond

    return known


def paged(call: Call, items: Sequence[Any], shape: Callable[[Any], Any], under: str = "") -> Reply:
    """Return one page of a list, with a link to the next."""
    query = dict(call.asked.query)
    size = min(int(query.get("per_page", 30)), 100)
    page = int(query.get("page", 1))
    part = [shape(one) for one in items[(page - 1) * size : page * size]]
    value = {"total_count": len(items), under: part} if under else part
    reply = answer(value)
    if page * size < len(items):
        query["page"] = str(page + 1)
        base = call.host.link_base or call.host.url
        reply.headers["link"] = f'<{base}{call.place}?{urlencode(query)}>; rel="next"'
    return reply


@route("GET", r"/user")
def user(call: Call) -> Reply:
    if call.account.kind != "user":
        raise Refused(403, "Resource not accessible by integration")
    return answer(call.shapes.whole_user(call.account))


@route("GET", r"/rate_limit")
def rate_limit(call: Call) -> Reply:
    host = call.host
    part = {"limit": host.limit, "remaining": host.remaining, "reset": int(call.now) + 3600, "used": 0}
    return answer({"resources": {"core": part, "search": part}, "rate": part})


@route("GET", ":repo")
def repository(call: Call, name: str) -> Reply:
    return answer(call.shapes.whole_repository(call.repository(name)))


def shown_run(call: Call, run: Run, attempt: int = 0) -> Any:
    of = call.repository(run.repository)
    return call.shapes.run(run, of, call.host.repositories.get(run.head_repository.lower()), attempt)


def _runs(call: Call, of: Repository, workflow: str = "") -> Reply:
    query = call.asked.query
    since = query.get("created", "").removeprefix(">=")
    least = datetime.fromisoformat(since.replace("Z", "+00:00")).timestamp() if since else 0.0
    found = [
        run
        for run in sorted(of.runs.values(), key=lambda one: -one.id)
        if query.get("branch", run.branch) == run.branch
        and query.get("head_sha", run.commit) == run.commit
        and query.get("event", run.event) == run.event
        and query.get("status", run.status) in (run.status, run.conclusion)
        and int(run.created) >= least
        and (
            not workflow or workflow in (run.path.rpartition("/")[2], str(call.shapes.workflow_id(run.path)))
        )
    ]
    return paged(call, found, lambda one: shown_run(call, one), "workflow_runs")


@route("GET", ":repo/actions/runs")
def runs(call: Call, name: str) -> Reply:
    return _runs(call, call.repository(name))


@route("GET", r":repo/actions/workflows")
def workflows(call: Call, name: str) -> Reply:
    of = call.repository(name)
    known = sorted({(run.name, run.path) for run in of.runs.values()})
    return paged(call, known, lambda one: call.shapes.workflow(name, *one), "workflows")


@route("GET", r":repo/actions/workflows/([^/]+)/runs")
def runs_of_workflow(call: Call, name: str, workflow: str) -> Reply:
    of = call.repository(name)
    names = {run.path.rpartition("/")[2] for run in of.runs.values()}
    names |= {one.rpartition("/")[2] for one in of.files() if one.startswith(".github/workflows/")}
    if workflow not in names and not workflow.isdigit():
        raise Missing
    return _runs(call, of, workflow)


def known_run(call: Call, name: str, id: str) -> Run:
    run = call.repository(name).runs.get(int(id))
    if run is None:
        raise Missing
    return run


def known_job(call: Call, name: str, id: str) -> tuple[Job, Run]:
    for run in call.repository(name).runs.values():
        for job in run.jobs:
            if job.id == int(id):
                return job, run
    raise Missing


@route("GET", r":repo/actions/runs/(\d+)")
def one_run(call: Call, name: str, id: str) -> Reply:
    return answer(shown_run(call, known_run(call, name, id)))


@route("GET", r":repo/actions/runs/(\d+)/attempts/(\d+)")
def one_attempt(call: Call, name: str, id: str, attempt: str) -> Reply:
    run = known_run(call, name, id)
    if not 1 <= int(attempt) <= run.attempt:
        raise Missing
    return answer(shown_run(call, run, int(attempt)))


@route("GET", r":repo/actions/runs/(\d+)/jobs")
def jobs(call: Call, name: str, id: str) -> Reply:
    run = known_run(call, name, id)
    latest = {job.name: job for job in sorted(run.jobs, key=lambda one: one.attempt)}
    every = call.asked.query.get("filter") == "all"
    return paged(
        call, run.jobs if every else list(latest.values()), lambda one: call.shapes.job(one, run), "jobs"
    )


@route("GET", r":repo/actions/runs/(\d+)/attempts/(\d+)/jobs")
def jobs_of_attempt(call: Call, name: str, id: str, attempt: str) -> Reply:
    run = known_run(call, name, id)
    part = [job for job in run.jobs if job.attempt == int(attempt)]
    return paged(call, part, lambda one: call.shapes.job(one, run), "jobs")


@route("GET", r":repo/actions/jobs/(\d+)")
def one_job(call: Call, name: str, id: str) -> Reply:
    return answer(call.shapes.job(*known_job(call, name, id)))


@route("GET", r":repo/actions/jobs/(\d+)/logs")
def job_log(call: Call, name: str, id: str) -> Reply:
    job, _ = known_job(call, name, id)
    if job.expired:
        raise Refused(410, "Server Error")
    if job.log is None:
        raise Missing
    return Reply(302, b"", {"location": f"{call.host.storage}/job/{job.id}?sig={call.host.signature}"})


@route("GET", r":repo/actions/runs/(\d+)(?:/attempts/\d+)?/logs")
def run_log(call: Call, name: str, id: str) -> Reply:
    run = known_run(call, name, id)
    if any(job.expired for job in run.jobs):
        raise Refused(410, "Server Error")
    if not any(job.log is not None for job in run.jobs):
        raise Missing
    return Reply(302, b"", {"location": f"{call.host.storage}/run/{run.id}?sig={call.host.signature}"})


@route("GET", r":repo/actions/runs/(\d+)/artifacts")
def artifacts(call: Call, name: str, id: str) -> Reply:
    known_run(call, name, id)
    part = [one for one in call.repository(name).artifacts if one["workflow_run"]["id"] == int(id)]
    return paged(call, part, lambda one: one, "artifacts")


@route("GET", r":repo/actions/caches")
def caches(call: Call, name: str) -> Reply:
    return paged(call, call.repository(name).caches, lambda one: one, "actions_caches")


@route("GET", r":repo/branches/(.+)")
def branch(call: Call, name: str, branch: str) -> Reply:
    of = call.repository(name)
    commit = of.head(branch)
    if not commit:
        raise Missing
    place = f"{call.shapes.url}/repos/{name}/branches/{branch}"
    guarded = branch in of.protected
    return answer(
        {
            "name": branch,
            "commit": call.shapes.commit(of, commit),
            "_links": {"self": place, "html": place},
            "protected": guarded,
            "protection": {"enabled": guarded},
            "protection_url": f"{place}/protection",
        }
    )


@route("GET", r":repo/rules/branches/(.+)")
def rules(call: Call, name: str, branch: str) -> Reply:
    of = call.repository(name)
    return paged(call, [{"type": one} for one in of.rules.get(branch, ())], lambda one: one)


@route("GET", r":repo/git/ref/heads/(.+)")
def ref(call: Call, name: str, branch: str) -> Reply:
    commit = call.repository(name).head(branch)
    if not commit:
        raise Missing
    place = f"{call.shapes.url}/repos/{name}/git/refs/heads/{branch}"
    object = {"type": "commit", "sha": commit, "url": place}
    return answer({"ref": f"refs/heads/{branch}", "node_id": "REF", "url": place, "object": object})


@route("GET", r":repo/contents/(.+)")
def contents(call: Call, name: str, path: str) -> Reply:
    of = call.repository(name)
    commit = of.commit_of(call.asked.query.get("ref", of.default_branch))
    listed = of.ask("ls-tree", "-z", "-l", commit, "--", path, quiet=True) if commit else ""
    if not listed:
        raise Missing
    mode, kind, sha, size = listed.partition("\t")[0].split()
    place = f"{call.shapes.url}/repos/{name}/contents/{path}"
    entry: dict[str, Any] = {"_links": {"git": place, "html": place, "self": place}}
    entry |= {"name": path.rpartition("/")[2], "path": path, "sha": sha, "url": place}
    entry |= {"git_url": place, "html_url": place, "download_url": place}
    if kind == "tree":
        return answer([{**entry, "size": 0, "type": "dir"}])
    raw = of.ask("cat-file", "blob", sha) + ("" if mode == "120000" else _end(of, sha, int(size)))
    text = base64.encodebytes(raw.encode("utf-8", "surrogateescape")).decode()
    if mode == "120000":
        return answer({**entry, "size": int(size), "type": "symlink", "target": raw})
    if int(size) > 1 << 20:
        return answer({**entry, "size": int(size), "type": "file", "encoding": "none", "content": ""})
    return answer({**entry, "size": int(size), "type": "file", "encoding": "base64", "content": text})


def _end(of: Repository, sha: str, size: int) -> str:
    """Return the line ends that reading a command's output took away."""
    text = of.ask("cat-file", "blob", sha)
    return "\n" * (size - len(text.encode("utf-8", "surrogateescape")))


@route("GET", r":repo/compare/(.+)\.\.\.(.+)")
def compare(call: Call, name: str, old: str, new: str) -> Reply:
    of = call.repository(name)
    ends = [of.commit_of(one) for one in (old, new)]
    if not all(ends):
        raise Missing
    base = of.ask("merge-base", *ends, quiet=True)
    if not base:
        raise Missing
    ids = of.ask("rev-list", "--reverse", f"{ends[0]}..{ends[1]}").split()
    behind = len(of.ask("rev-list", f"{ends[1]}..{ends[0]}").split())
    words = of.ask("diff", "--no-renames", "--name-status", "-z", base, ends[1]).strip("\0").split("\0")
    kinds = {"A": "added", "M": "modified", "D": "removed", "T": "changed"}
    pairs = list(zip(words[::2], words[1::2], strict=True)) if words != [""] else []
    size, page = min(int(call.asked.query.get("per_page", 250)), 250), int(call.asked.query.get("page", 1))
    place = f"{call.shapes.url}/repos/{name}/compare/{old}...{new}"
    value = {
        **dict.fromkeys(("url", "html_url", "permalink_url", "diff_url", "patch_url"), place),
        "base_commit": call.shapes.commit(of, ends[0]),
        "merge_base_commit": call.shapes.commit(of, base),
        "status": "diverged" if ids and behind else "ahead" if ids else "behind" if behind else "identical",
        "ahead_by": len(ids),
        "behind_by": behind,
        "total_commits": len(ids),
        "commits": [call.shapes.commit(of, one) for one in ids[(page - 1) * size : page * size]],
        "files": [
            {
                "sha": "0" * 40,
                "filename": file,
                "status": kinds[letter],
                "additions": 1,
                "deletions": 1,
                "changes": 2,
                **dict.fromkeys(("blob_url", "raw_url", "contents_url"), place),
            }
            for letter, file in pairs[:300]
        ]
        if page == 1
        else [],
    }
    reply = answer(value)
    if page * size < len(ids):
        reply.headers["link"] = f'<{call.host.url}{call.place}?per_page={size}&page={page + 1}>; rel="next"'
    return reply


@route("GET", r":repo/commits/(.+)/check-runs")
def check_runs(call: Call, name: str, commit: str) -> Reply:
    of = call.repository(name)
    id = of.commit_of(commit)
    if not id:
        raise Missing
    newest = {one["name"]: one for one in of.checks if one["head_sha"] == id}
    return paged(call, list(newest.values()), lambda one: one, "check_runs")


@route("GET", r":repo/commits/(.+)/status")
def combined_status(call: Call, name: str, commit: str) -> Reply:
    of = call.repository(name)
    id = of.commit_of(commit)
    if not id:
        raise Missing
    newest = {one["context"]: one for one in of.statuses if one["sha"] == id}
    place = f"{call.shapes.url}/repos/{name}/commits/{id}"
    value = {
        "state": "success" if all(one["state"] == "success" for one in newest.values()) else "failure",
        "sha": id,
        "total_count": len(newest),
        "statuses": [{key: text for key, text in one.items() if key != "sha"} for one in newest.values()],
        "repository": call.shapes.repository(of),
        "commit_url": place,
        "url": f"{place}/status",
    }
    return answer(value)


@route("GET", r":repo/collaborators/([^/]+)/permission")
def permission(call: Call, name: str, login: str) -> Reply:
    of = call.repository(name)
    if login not in of.roles and login not in call.host.logins:
        raise Missing
    role = of.roles.get(login, "none" if of.private else "read")
    coarse = {"maintain": "write", "triage": "read"}.get(role, role)
    return answer(
        {"permission": coarse, "role_name": role, "user": {**call.shapes.user(login), "role_name": role}}
    )


@route("GET", r":repo/hooks")
def hooks(call: Call, name: str) -> Reply:
    of = call.writing(name)
    place = f"{call.shapes.url}/repos/{name}/hooks/1"
    config = {"url": call.host.hook_url, "content_type": "json", "insecure_ssl": "0", "secret": "********"}
    hook = {
        **dict.fromkeys(("url", "test_url", "ping_url", "deliveries_url"), place),
        "type": "Repository",
        "id": 1,
        "name": "web",
        "active": True,
        "events": ["workflow_run"],
        "config": config,
        "created_at": stamp(0),
        "updated_at": stamp(0),
        "last_response": {"code": None, "status": "unused", "message": None},
    }
    return paged(call, [hook] if of.deliveries or call.host.hook_url else [], lambda one: one)


@route("GET", r":repo/hooks/1/deliveries")
def deliveries(call: Call, name: str) -> Reply:
    of = call.writing(name)
    items = [
        {key: value for key, value in one.items() if key != "payload"}
        for one in sorted(of.deliveries, key=lambda one: -one["id"])
    ]
    at = int(call.asked.query.get("cursor", 0) or 0)
    size = min(int(call.asked.query.get("per_page", 30)), 100)
    reply = answer(items[at : at + size])
    if at + size < len(items):
        more = f"{call.host.url}{call.place}?per_page={size}&cursor={at + size}"
        reply.headers["link"] = f'<{more}>; rel="next"'
    return reply


@route("GET", r":repo/hooks/1/deliveries/(\d+)")
def delivery(call: Call, name: str, id: str) -> Reply:
    return told(call.writing(name).deliveries, id)


def told(deliveries: Iterable[dict[str, Any]], id: str) -> Reply:
    """Answer with a delivery, and what was told by it."""
    for one in deliveries:
        if one["id"] == int(id):
            request = {"headers": {"X-GitHub-Event": one["event"]}, "payload": one.get("payload", {})}
            shown = {key: value for key, value in one.items() if key != "payload"}
            return answer({**shown, "request": request, "response": {"headers": {}, "payload": None}})
    raise Missing


@route("GET", r":repo/(dependabot|code-scanning)/alerts")
def alerts(call: Call, name: str, kind: str) -> Reply:
    found = call.repository(name).alerts.get(kind)
    if found is None:
        raise Refused(403, f"{kind} alerts are disabled for this repository.")
    state = call.asked.query.get("state", "")
    return paged(call, [one for one in found if not state or one["state"] == state], lambda one: one)


def known_entry(call: Call, name: str, number: str, *, pull: bool = False) -> Entry:
    entry = call.repository(name).entries.get(int(number))
    if entry is None or (pull and not entry.head):
        raise Missing
    return entry
