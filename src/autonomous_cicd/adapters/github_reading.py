"""CodeHost over GitHub's REST interface."""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from autonomous_cicd.adapters.github_api import Api, path_of, safe_path
from autonomous_cicd.adapters.github_logs import log_pieces
from autonomous_cicd.adapters.github_values import (
    Fields,
    changes_of,
    check_of,
    comment_of,
    commit_of,
    delivery_of,
    event_told,
    issue_of,
    job_of,
    permission_of,
    pull_of,
    run_of,
    status_of,
)
from autonomous_cicd.domain.change import MOST_COMMITS, MOST_FILES, Changes, Commit
from autonomous_cicd.domain.code_host import (
    Check,
    Comment,
    HostedJob,
    HostedRun,
    HostIssue,
    Identity,
    PastDelivery,
    Permission,
    PullRequest,
)
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.log_pieces import LogPieces
from autonomous_cicd.errors import NotFound, Unauthorized, Unavailable

__all__ = ["GitHubReading"]

MOST_JOBS = 1000
ENDPOINT = "/webhooks/github"
"""How the addresses end at which our servers take webhooks: hooks for others are none of our business."""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOGIN = re.compile(r"[\w.\[\]-]{1,100}", re.ASCII)


class GitHubReading:
    """Reads from GitHub. Implements `CodeHost`."""

    def __init__(self, api: Api, *, kind: str = "user") -> None:
        """Take its interface, and as what we come: `user`, `app` or `actions`."""
        self._api = api
        self._kind = kind
        self._hooks: dict[int, str] = {}

    async def identity(self) -> Identity:
        """Return whom the host takes us for."""
        if self._kind == "app":
            slug = (await self._api.get("/app", what="app")).text("slug", needed=True)
            return Identity(login=f"{slug}[bot]", kind="app")
        if self._kind == "actions":
            await self._api.get("/rate_limit", what="rate_limit")  # says at no cost whether the token holds
            return Identity(login="github-actions[bot]", kind="actions")
        return Identity(login=(await self._api.get("/user", what="user")).text("login", needed=True))

    async def run(self, repository: str, run: int, attempt: int = 0) -> HostedRun:
        """Return a run, or one attempt of it; 0 is the newest."""
        path = f"{path_of(repository)}/actions/runs/{run:d}{f'/attempts/{attempt:d}' if attempt else ''}"
        return run_of(await self._api.get(path, what="run"), repository)

    async def runs(
        self,
        repository: str,
        *,
        workflow: str = "",
        branch: str = "",
        commit: str = "",
        status: str = "",
        since: float = 0.0,
        limit: int = 30,
    ) -> tuple[HostedRun, ...]:
        """Return the newest runs that match, the newest first."""
        own = f"/workflows/{safe_path(workflow).replace('/', '%2F')}" if workflow else ""
        asked = {"branch": branch, "head_sha": commit, "status": status, "created": _since(since)}
        query = {key: value for key, value in asked.items() if value}
        path = f"{path_of(repository)}/actions{own}/runs"
        found = self._api.items(path, query, under="workflow_runs", most=limit)
        return tuple([run_of(one, repository) async for one in found])

    async def jobs(self, repository: str, run: int, attempt: int = 0) -> tuple[HostedJob, ...]:
        """Return the jobs of a run, or of one attempt of it; 0 is the newest."""
        of = f"/attempts/{attempt:d}" if attempt else ""
        path = f"{path_of(repository)}/actions/runs/{run:d}{of}/jobs"
        found = self._api.items(path, under="jobs", most=MOST_JOBS)
        return tuple([job_of(one) async for one in found])

    async def log(self, repository: str, job: int) -> LogPieces:
        """Return the log of a job, complete or with a note that says what is missing of it."""
        path = f"{path_of(repository)}/actions/jobs/{job:d}/logs"
        try:
            return log_pieces(await self._api.download(path), f"{repository} job {job}")
        except NotFound as error:
            hint = "GitHub keeps logs for a time that the repository's settings say; run the job again"
            raise NotFound(
                f"the log of job {job} of {repository} is not there any more", hint=hint
            ) from error

    async def default_branch(self, repository: str) -> str:
        """Return the name of its default branch."""
        return (await self._api.get(path_of(repository), what="repository")).text(
            "default_branch", needed=True
        )

    async def branch(self, repository: str, name: str) -> str:
        """Return the commit of a branch; "" when there is none of that name."""
        try:
            path = f"{path_of(repository)}/git/ref/heads/{safe_path(name)}"
            found = await self._api.get(path, what="ref")
            if found.text("ref") == f"refs/heads/{name}":
                return found.fields("object").text("sha", needed=True)
            return ""
        except NotFound:
            await self.default_branch(repository)  # raises NotFound when it is the repository that is missing
            return ""

    async def protected(self, repository: str, branch: str) -> bool:
        """Return whether a branch is protected; True when the host will not tell."""
        try:
            name = safe_path(branch)
            found = await self._api.get(f"{path_of(repository)}/branches/{name}", what="branch")
        except (NotFound, Unauthorized):
            return True
        try:
            rules = self._api.items(f"{path_of(repository)}/rules/branches/{name}", most=1)
            return found.flag("protected") or bool([one async for one in rules])
        except (NotFound, Unauthorized):  # not every plan, and not every version of the host has rule sets
            return found.flag("protected")

    async def text(self, repository: str, path: str, ref: str) -> str:
        """Return the text of a file at a commit or branch."""
        place = f"{path_of(repository)}/contents/{safe_path(path)}"
        answer = await self._api.service.call("GET", place, query={"ref": ref}, share=repository.lower())
        if not isinstance(found := answer.json(), dict) or found.get("type") != "file":
            raise NotFound(f"{path} is no file in {repository} at {ref}")
        fields = Fields(found, "file")
        if fields.text("encoding") != "base64":
            raise Unavailable(f"{path} in {repository} is too large to be read")
        try:
            raw = base64.b64decode(fields.text("content"))
        except (binascii.Error, ValueError):
            raise Unavailable("GitHub's answer is wrong: file.content is no base64") from None
        return raw.decode("utf-8", "surrogateescape")

    async def between(self, repository: str, old: str, new: str) -> Changes:
        """Return what changed from one commit to another, and the commits of the way."""
        for one in (old, new):
            if not _COMMIT.fullmatch(one):
                raise NotFound(f"{one[:200]!r} is no commit of {repository}")
        path = f"{path_of(repository)}/compare/{old}...{new}"
        pages = {1: await self._compared(path, 1)}
        total = pages[1].number("total_commits")
        last = max(math.ceil(total / MOST_COMMITS), 1)
        commits: list[Commit] = []
        for number in (last, last - 1):
            if number >= 1 and len(commits) < MOST_COMMITS:
                page = pages.get(number) or await self._compared(path, number)
                commits += reversed([commit_of(one) for one in page.each("commits")])
        files = {one.file: one for entry in pages[1].each("files") for one in changes_of(entry)}
        named = tuple(files[name] for name in sorted(files))
        return Changes(files=named[:MOST_FILES], commits=tuple(commits[:MOST_COMMITS]))

    async def _compared(self, path: str, page: int) -> Fields:
        query = {"per_page": str(MOST_COMMITS), "page": str(page)}
        return await self._api.get(path, query, what="comparison")

    async def pull_request(self, repository: str, number: int) -> PullRequest:
        """Return a pull request."""
        return pull_of(await self._api.get(f"{path_of(repository)}/pulls/{number:d}", what="pull request"))

    async def pull_requests(
        self, repository: str, *, head: str = "", base: str = "", state: str = "open", limit: int = 100
    ) -> tuple[PullRequest, ...]:
        """Return pull requests, the newest first; `head`: name of a branch of the repository itself."""
        own = f"{repository.partition('/')[0]}:{head}" if head else ""
        query = {key: value for key, value in {"head": own, "base": base, "state": state}.items() if value}
        found = self._api.items(f"{path_of(repository)}/pulls", query, most=limit)
        pulls = [pull_of(one) async for one in found]
        return tuple(one for one in pulls if not head or one.head == head)

    async def issue(self, repository: str, number: int) -> HostIssue:
        """Return an issue."""
        return issue_of(await self._api.get(f"{path_of(repository)}/issues/{number:d}", what="issue"))

    async def issues(
        self, repository: str, *, labels: tuple[str, ...] = (), state: str = "open", limit: int = 100
    ) -> tuple[HostIssue, ...]:
        """Return issues with all of these labels, the newest first; pull requests are none."""
        query = {"state": state, **({"labels": ",".join(labels)} if labels else {})}
        found: list[HostIssue] = []
        async for one in self._api.items(f"{path_of(repository)}/issues", query, most=2000):
            if not one.has("pull_request"):
                found.append(issue_of(one))
            if len(found) >= limit:
                break
        return tuple(found)

    async def comments(self, repository: str, number: int, limit: int = 100) -> tuple[Comment, ...]:
        """Return the comments below an issue or pull request, the oldest first."""
        path = f"{path_of(repository)}/issues/{number:d}/comments"
        return tuple([comment_of(one) async for one in self._api.items(path, most=limit)])

    async def checks(self, repository: str, commit: str) -> tuple[Check, ...]:
        """Return what check runs and statuses say of a commit, the newest of each name."""
        place = f"{path_of(repository)}/commits/{safe_path(commit)}"
        runs = self._api.items(f"{place}/check-runs", under="check_runs", most=MOST_JOBS)
        statuses = self._api.items(f"{place}/status", under="statuses", most=MOST_JOBS)
        found = [check_of(one) async for one in runs]
        return (*found, *[status_of(one) async for one in statuses])

    async def permission(self, repository: str, login: str) -> Permission:
        """Return what an account may do; NONE for one that the host does not know."""
        place = path_of(repository)
        if not _LOGIN.fullmatch(login):
            return Permission.NONE
        try:
            path = f"{place}/collaborators/{safe_path(login)}/permission"
            return permission_of(await self._api.get(path, what="permission"))
        except NotFound:
            return Permission.NONE

    async def deliveries(self, repository: str, since: float) -> tuple[PastDelivery, ...]:
        """Return the webhooks that the host tried to deliver since; none where we may not see them."""
        try:
            places = await self._hook_places(repository)
            return tuple([one for place in places for one in await self._delivered(place, since)])
        except (NotFound, Unauthorized):
            return ()

    async def told(self, repository: str, delivery: int) -> Event | None:
        """Return what a webhook told; None where that is not known any more, or cannot be read."""
        for place in await self._hook_places(repository):
            try:
                return event_told(await self._api.get(f"{place}/deliveries/{delivery:d}", what="delivery"))
            except NotFound:
                continue
        return None

    async def _delivered(self, place: str, since: float) -> list[PastDelivery]:
        found: list[PastDelivery] = []
        async for one in self._api.by_cursor(f"{place}/deliveries"):
            delivery = delivery_of(one)
            if delivery.delivered < since:
                break
            found.append(delivery)
        return found

    async def _hook_places(self, repository: str) -> list[str]:
        """Return the paths of the hooks that lead to servers like ours."""
        if self._kind == "app":
            return ["/app/hook"]
        place = f"{path_of(repository)}/hooks"
        return [
            f"{place}/{one.number('id')}"
            async for one in self._api.items(place)
            if urlsplit(one.fields("config").text("url")).path.rstrip("/").endswith(ENDPOINT)
        ]


def _since(seconds: float) -> str:
    return f">={datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}" if seconds > 0 else ""
