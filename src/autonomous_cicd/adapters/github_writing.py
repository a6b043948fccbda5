"""PullRequests, Issues, Workflows over GitHub's REST interface.

What cannot be asked for twice without being done twice is looked for before it is asked for again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from autonomous_cicd.adapters.github_api import path_of, safe_path
from autonomous_cicd.adapters.github_reading import GitHubReading
from autonomous_cicd.adapters.github_values import comment_of, issue_of, pull_of
from autonomous_cicd.domain.code_host import Comment, HostIssue, PullRequest
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import Conflict, NotFound, PortError, Unauthorized, Uncertain

__all__ = ["GitHubWriting"]

T = TypeVar("T")
_TIMES = 3
_RECENT = 20
"""Issues and comments among which one is looked for that may just have been made."""
_MOST_COMMENTS = 5000


class GitHubWriting(GitHubReading):
    """Changes things at GitHub. Implements `PullRequests`, `Issues` and `Workflows`."""

    async def open_pull_request(
        self, repository: str, *, title: str, body: str, head: str, base: str, labels: Sequence[str] = ()
    ) -> PullRequest:
        """Open one; the one that is open already for the same branches is returned instead."""
        asked: dict[str, Json] = {"title": title, "body": body, "head": head, "base": base}
        path = f"{path_of(repository)}/pulls"
        try:
            # Asking twice does no harm: the second one is refused when the first one was done.
            made = pull_of(await self._api.send("POST", path, asked, repeatable=True, what="pull request"))
        except Conflict:
            known = await self.pull_requests(repository, head=head, base=base)
            own = [one for one in known if one.head_repository.lower() == repository.lower()]
            if not own:
                raise
            made = own[0]
        missing = [one for one in labels if one not in made.labels]
        if missing:
            place = f"{path_of(repository)}/issues/{made.number}/labels"
            with contextlib.suppress(Unauthorized):  # one without labels is better than none
                await self._api.service.call("POST", place, {"labels": [*missing]}, repeatable=True)
            made = await self.pull_request(repository, made.number)
        return made

    async def update_pull_request(
        self, repository: str, number: int, *, title: str = "", body: str = "", close: bool = False
    ) -> PullRequest:
        """Change one; an empty text leaves it as it is."""
        texts = {"title": title, "body": body, "state": "closed" if close else ""}
        asked: dict[str, Json] = {key: value for key, value in texts.items() if value}
        if not asked:
            return await self.pull_request(repository, number)
        path = f"{path_of(repository)}/pulls/{number:d}"
        return pull_of(await self._api.send("PATCH", path, asked, repeatable=True, what="pull request"))

    async def open_issue(
        self, repository: str, *, title: str, body: str, labels: Sequence[str] = ()
    ) -> HostIssue:
        """Open one."""
        path = f"{path_of(repository)}/issues"

        async def make() -> HostIssue:
            """Open it."""
            asked: dict[str, Json] = {"title": title, "body": body, "labels": [*labels]}
            return issue_of(await self._api.send("POST", path, asked, what="issue"))

        async def look() -> HostIssue | None:
            """Return the one that says just that."""
            known = await self.issues(repository, limit=_RECENT)
            return next((one for one in known if _same(one.title, title) and _same(one.body, body)), None)

        return await _once(make, look)

    async def update_issue(
        self, repository: str, number: int, *, title: str = "", body: str = "", open: bool | None = None
    ) -> HostIssue:
        """Change one; what is not given stays as it is."""
        state = "" if open is None else "open" if open else "closed"
        texts = {"title": title, "body": body, "state": state}
        asked: dict[str, Json] = {key: value for key, value in texts.items() if value}
        if not asked:
            return await self.issue(repository, number)
        path = f"{path_of(repository)}/issues/{number:d}"
        return issue_of(await self._api.send("PATCH", path, asked, repeatable=True, what="issue"))

    async def comment(self, repository: str, number: int, body: str) -> Comment:
        """Write a comment below an issue or a pull request."""
        path = f"{path_of(repository)}/issues/{number:d}/comments"

        async def make() -> Comment:
            """Write it."""
            return comment_of(await self._api.send("POST", path, {"body": body}, what="comment"))

        async def look() -> Comment | None:
            """Return the one that says just that."""
            known = await self.comments(repository, number, limit=_MOST_COMMENTS)
            return next((one for one in reversed(known[-_RECENT:]) if _same(one.body, body)), None)

        return await _once(make, look)

    async def rerun(self, repository: str, run: int, *, failed_only: bool = True, job: int = 0) -> None:
        """Run a run again: all of it, its failed jobs, or one job; one that is under way is left alone."""
        own = f"{path_of(repository)}/actions"
        how = "rerun-failed-jobs" if failed_only else "rerun"
        path = f"{own}/jobs/{job:d}/rerun" if job else f"{own}/runs/{run:d}/{how}"

        async def make() -> bool:
            """Ask for it; that it runs already is as good."""
            try:
                await self._api.send("POST", path, {})
            except (Unauthorized, Conflict):
                if not await look():
                    raise
            return True

        async def look() -> bool | None:
            """Return whether it runs."""
            return (await self.run(repository, run)).status != "completed" or None

        await _once(make, look)

    async def cancel(self, repository: str, run: int) -> None:
        """End a run; one that has ended stays as it is."""
        path = f"{path_of(repository)}/actions/runs/{run:d}/cancel"
        try:
            await self._api.send("POST", path, repeatable=True)
        except Conflict:
            if (await self.run(repository, run)).status != "completed":
                raise

    async def dispatch(
        self, repository: str, workflow: str, ref: str, inputs: Mapping[str, str] | None = None
    ) -> None:
        """Start a workflow by the name of its file."""
        name = safe_path(workflow).replace("/", "%2F")
        path = f"{path_of(repository)}/actions/workflows/{name}/dispatches"
        known = await self._dispatched(repository, workflow)

        async def make() -> bool:
            """Ask for it."""
            await self._api.send("POST", path, {"ref": ref, "inputs": dict(inputs or {})})
            return True

        async def look() -> bool | None:
            """Return whether there is one more."""
            return bool(await self._dispatched(repository, workflow) - known) or None

        await _once(make, look)

    async def _dispatched(self, repository: str, workflow: str) -> set[int]:
        """Return the newest runs of a workflow that somebody asked for."""
        known = await self.runs(repository, workflow=workflow, limit=_RECENT)
        return {one.id for one in known if one.event == "workflow_dispatch"}

    async def redeliver(self, repository: str, delivery: int) -> None:
        """Have a webhook delivered again."""
        for place in await self._hook_places(repository):
            try:
                await self._api.send("POST", f"{place}/deliveries/{delivery:d}/attempts", repeatable=True)
            except NotFound:
                continue
            return
        raise NotFound(f"no hook of {repository} that leads to us has delivery {delivery}")


def _same(one: str, other: str) -> bool:
    """Return whether two texts are the same but for line ends, which the host makes its own."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()


async def _once(make: Callable[[], Awaitable[T]], look: Callable[[], Awaitable[T | None]]) -> T:
    """Make something; when nobody can say whether it was made, look before making it again."""
    for left in range(_TIMES - 1, -1, -1):
        try:
            return await make()
        except Uncertain as uncertain:
            try:
                found = await look()
            except PortError as error:
                raise Uncertain(f"{uncertain}; looking whether it was done: {error}") from None
            if found is not None:
                return found
            if not left:
                raise
    raise AssertionError("unreachable")
