"""Deliver at the host: the only one who writes there - pull requests, issues, comments, re-runs.

Everything is done once: the intent is on record before, its key or a mark hidden in the text tells at the
host that it was done. So what was interrupted is found again, by us or by whoever takes over.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from autonomous_cicd.casebook import Casebook
from autonomous_cicd.domain.at_host import BRANCHES, LABEL, Mark, branch_of, fingerprint_of, mark, marked
from autonomous_cicd.domain.code_host import HostedRun, HostIssue, PullRequest
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.track import AuditEntry
from autonomous_cicd.errors import Conflict, NotFound, Unauthorized, UsageError
from autonomous_cicd.hosts import CodeHost
from autonomous_cicd.outward import Branches, Issues, PullRequests, Workflows
from autonomous_cicd.values import dataclass

__all__ = ["GONE", "DeliverAtHost", "Outside", "Proposed", "Stopped", "Words"]

HOUR = 3600.0
DAY = 24 * HOUR
MOST = 1_000
"""Issues, comments and pull requests among which those of ours are looked for."""
US = "autonomous-cicd"
GONE = "gone:"
"""How the keys of our comments begin that say that a cause is gone."""
BACK = "back:"
"""How those begin that say that it is not gone after all."""
_NOT_DONE = (Conflict, NotFound, Unauthorized)
"""What says for certain that nothing was done."""


class Stopped(UsageError):
    """Raised when somebody pulled the kill switch: nothing may be written any more."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is written: a title and a text in Markdown, both inert, the text with its mark at the end."""

    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Who writes at the host."""

    branches: Branches
    pull_requests: PullRequests
    issues: Issues
    workflows: Workflows


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A pull request of ours, or why there is none."""

    pull_request: PullRequest | None = None
    commit: str = ""
    note: str = ""
    """Why it was not opened, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverAtHost:
    """Writes at one code host, once each, as long as nobody pulled the kill switch."""

    host: CodeHost
    outside: Outside
    book: Casebook
    now: Callable[[], float]
    stopped: Callable[[], bool]
    hourly: int = 2
    """Pull requests that are opened in an hour, in one repository."""
    most_open: int = 5
    """Pull requests of ours that are open at once, in one repository."""
    daily: int = 10
    """Issues that are opened in a day, in one repository."""

    async def propose(
        self,
        repository: str,
        fingerprint: str,
        words: Callable[[str, str], Words],
        patch: Patch,
        *,
        clone: Path,
        commit: str,
        base: str,
        incident: str,
        numbers: Sequence[int] = (),
        asked: bool = False,
    ) -> Proposed:
        """Open the pull request for a cause, or bring the one that is open up to date.

        One that a person closed is not opened again, unless a person `asked` for it. `words`: what it says,
        by the branch and the commit that it proposes. `clone`: has the failed `commit`; `base`: the branch
        that it is on. `numbers`: of pull requests of ours that were about what it heals: one that is open for
        that base is brought up to date.
        """
        there = await self._open_one(repository, numbers, base)
        branch = there.head if there else branch_of(fingerprint)
        known = await self._ours(repository, branch)
        if any(one.base != base for one in known):
            branch = branch_of(fingerprint, base)
            known = await self._ours(repository, branch)
        there = there or next((one for one in known if one.open), None)
        if there is None:
            closed = None if asked else await self._closed_by_others(repository, known)
            if closed:
                return Proposed(note=f"a person closed pull request {closed.number}: it is not opened again")
            if full := await self._full(repository):
                return Proposed(note=full)
        # One that is opened anew, because the last one is closed, counts once more.
        again = sum(not one.open for one in known)
        key = f"pull:{repository}:{branch.removeprefix(BRANCHES)}:{patch.id[:12]}:{again}"
        async with self._intent(key, repository, incident, f"propose {patch.size} lines to {base}"):
            if there is None:
                self.book.intend(f"opening:{key}", f"{repository}#pulls", incident, self.now())
            message = f"{words(branch, '').title}\n"
            pushed = await self.outside.branches.push(
                repository, clone, patch, base=commit, branch=branch, message=message
            )
            text = words(branch, pushed)
            self._must_not_be_stopped()
            if there is None:
                there = await self.outside.pull_requests.open_pull_request(
                    repository, title=text.title, body=text.body, head=branch, base=base, labels=(LABEL,)
                )
            else:
                there = await self._updated(repository, there, text)
            self.book.confirm(f"opening:{key}", self.now())
        return Proposed(pull_request=there, commit=pushed)

    async def tell(self, repository: str, fingerprint: str, words: Words, incident: str) -> HostIssue:
        """Open the issue for a cause, or bring the one that is there up to date.

        One that we closed, because the cause was gone, is opened again; one that a person closed is not.
        """
        there = await self.issue(repository, Mark.CAUSE, fingerprint)
        last = await self._last_word(repository, there.number) if there else ""
        if there and not there.open and not last.startswith(GONE):
            return there
        lately = self.book.done_since(f"{repository}#issues", self.now() - DAY)
        if there is None and lately >= self.daily:
            raise UsageError(f"{lately} issues were opened in the last 24 hours, no more are allowed")
        key = f"issue:{repository}:{fingerprint}"
        async with self._intent(key, f"{repository}#issues", incident, "open an issue"):
            if there is None:
                return await self.outside.issues.open_issue(
                    repository, title=words.title, body=words.body, labels=(LABEL,)
                )
            if not there.open or (there.title, there.body) != (words.title, words.body):
                there = await self.outside.issues.update_issue(
                    repository, there.number, title=words.title, body=words.body, open=True
                )
        if last.startswith(GONE):  # from now on whoever closes it is a person
            back = f"{BACK}{last.removeprefix(GONE)}"
            await self.say(repository, there.number, back, f"It is back.\n\n{mark(Mark.SAID, back)}")
        return there

    async def report(self, repository: str, kind: str, words: Words) -> HostIssue:
        """Bring the one issue of a kind of report up to date, or open it; a closed one stays closed."""
        there = await self.issue(repository, Mark.REPORT, kind)
        key = f"report:{repository}:{kind}"
        async with self._intent(key, f"{repository}#reports", "", f"write the {kind} report"):
            if there is None:
                return await self.outside.issues.open_issue(
                    repository, title=words.title, body=words.body, labels=(LABEL,)
                )
            if (there.title, there.body) == (words.title, words.body):
                return there
            return await self.outside.issues.update_issue(
                repository, there.number, title=words.title, body=words.body
            )

    async def issue(self, repository: str, kind: Mark, key: str) -> HostIssue | None:
        """Return the issue of ours with that mark, an open one before a closed one."""
        found = await self.host.issues(repository, labels=(LABEL,), state="all", limit=MOST)
        me = (await self.host.identity()).login
        ours = [one for one in found if one.author == me and marked(one.body, kind) == key]
        return next((one for one in ours if one.open), ours[0] if ours else None)

    async def _last_word(self, repository: str, number: int) -> str:
        """Return the mark of the newest comment of ours that says that a cause is gone, or back."""
        me = (await self.host.identity()).login
        known = await self.host.comments(repository, number, MOST)
        words = [marked(one.body, Mark.SAID) for one in known if one.author == me]
        return next((one for one in reversed(words) if one.startswith((GONE, BACK))), "")

    async def _said(self, repository: str, number: int, key: str) -> bool:
        """Return whether a comment of ours, and of nobody else, has a mark that begins like that."""
        me = (await self.host.identity()).login
        known = await self.host.comments(repository, number, MOST)
        return any(one.author == me and marked(one.body, Mark.SAID).startswith(key) for one in known)

    async def say(self, repository: str, number: int, key: str, body: str) -> None:
        """Write a comment that is marked with the key, unless it stands there already."""
        whole = f"said:{repository}:{number}:{key}"
        async with self._intent(whole, f"{repository}#comments", "", f"comment on {number}"):
            if not await self._said(repository, number, key):
                await self.outside.issues.comment(repository, number, body)

    async def rerun(self, run: HostedRun, incident: str, most: int) -> str:
        """Run the failed jobs of a run again; return why not, "" when they are."""
        if run.attempt >= most:
            return f"it was tried {run.attempt} times"
        key = f"rerun:{run.repository}:{run.id}:{run.attempt}"
        async with self._intent(key, f"{run.repository}#reruns", incident, f"run {run.id} again") as done:
            newest = await self.host.run(run.repository, run.id)
            if not done and newest.attempt == run.attempt and newest.status == "completed":
                await self.outside.workflows.rerun(run.repository, run.id)
        return ""

    async def close_pull_request(
        self, repository: str, number: int, why: Callable[[str], str], *, proposed: str = ""
    ) -> bool:
        """Close a pull request of ours, and remove its branch; return whether it is closed then.

        `why`: the comment, by its key. One that has other commits than the `proposed` one is somebody's work.
        """
        there = await self.host.pull_request(repository, number)
        if not there.open:
            return True
        if not _is_ours(repository, there) or there.head_commit != (proposed or there.head_commit):
            return False
        key = f"closed:{number}"
        await self.say(repository, number, key, why(key))
        async with self._intent(
            f"close:{repository}:{number}", f"{repository}#closed", "", f"close {number}"
        ):
            await self.outside.pull_requests.update_pull_request(repository, number, close=True)
            with contextlib.suppress(Conflict):  # somebody added to it meanwhile: it is theirs
                await self.outside.branches.remove(repository, there.head)
        return True

    async def close_issue(self, repository: str, number: int, key: str, why: Callable[[str], str]) -> bool:
        """Close an issue of ours; return whether it is closed then. `why`: the comment, by its key."""
        there = await self.host.issue(repository, number)
        if not there.open:
            return True
        me = (await self.host.identity()).login
        if there.author != me or not marked(there.body, Mark.CAUSE):
            return False
        await self.say(repository, number, key, why(key))
        whole = f"close:{repository}:{number}:{key}"
        async with self._intent(whole, f"{repository}#closed", "", f"close issue {number}"):
            await self.outside.issues.update_issue(repository, number, open=False)
        return True

    async def dispatch(
        self, repository: str, workflow: str, ref: str, inputs: Mapping[str, str] | None = None
    ) -> None:
        """Start a workflow, because a person asked for it."""
        self._must_not_be_stopped()
        self._note("", repository, f"is about to start {workflow} at {ref}")
        await self.outside.workflows.dispatch(repository, workflow, ref, inputs)
        self._note("", repository, f"started {workflow} at {ref}")

    async def _open_one(self, repository: str, numbers: Sequence[int], base: str) -> PullRequest | None:
        """Return the first of some pull requests of ours that is still open for that base."""
        for number in dict.fromkeys(numbers):
            with contextlib.suppress(NotFound):
                there = await self.host.pull_request(repository, number)
                if there.open and there.base == base and _is_ours(repository, there):
                    return there
        return None

    async def _ours(self, repository: str, branch: str) -> tuple[PullRequest, ...]:
        """Return the pull requests from a branch of ours; none from a fork that has one of that name."""
        found = await self.host.pull_requests(repository, head=branch, state="all")
        return tuple(one for one in found if one.head_repository.lower() in ("", repository.lower()))

    async def _updated(self, repository: str, there: PullRequest, words: Words) -> PullRequest:
        if (there.title, there.body) == (words.title, words.body):
            return there
        return await self.outside.pull_requests.update_pull_request(
            repository, there.number, title=words.title, body=words.body
        )

    async def _closed_by_others(self, repository: str, known: Sequence[PullRequest]) -> PullRequest | None:
        """Return the newest of our pull requests when somebody else closed it unmerged."""
        newest = max(known, key=lambda one: one.number, default=None)
        if newest is None or newest.open or newest.merged:
            return None
        ours = await self._said(repository, newest.number, f"closed:{newest.number}")
        return None if ours else newest

    async def _full(self, repository: str) -> str:
        """Return why no further pull request may be opened now; "" when one may."""
        lately = self.book.done_since(f"{repository}#pulls", self.now() - HOUR)
        if lately >= self.hourly:
            return f"{lately} pull requests were opened in the last hour, no more are allowed"
        open_ones = await self.host.pull_requests(repository, state="open", limit=MOST)
        ours = sum(_is_ours(repository, one) for one in open_ones)
        if ours >= self.most_open:
            return f"{ours} pull requests of ours are open, no more are allowed"
        return ""

    @asynccontextmanager
    async def _intent(self, key: str, project: str, incident: str, what: str) -> AsyncIterator[bool]:
        """Do something once: the intent is on record before, what came of it after.

        Tells whether it was done before: what can be seen at the host is looked for there all the same.
        When it fails and nobody knows whether it was done, the intent stays open.
        """
        self._must_not_be_stopped()
        fresh = self.book.intend(key, project, incident, self.now())
        if fresh:
            self._note(incident, project, f"is about to {what}", key)
        try:
            yield not fresh and key not in self.book.open_intents(project)
        except _NOT_DONE as error:
            self.book.withdraw(key)
            self._note(incident, project, f"did not {what}", str(error))
            raise
        self.book.confirm(key, self.now())
        if fresh:
            self._note(incident, project, f"did {what}", key)

    def _must_not_be_stopped(self) -> None:
        if self.stopped():
            raise Stopped("everything is stopped", hint=f"`{US} stop --off` lets it go on")

    def _note(self, incident: str, project: str, what: str, detail: str = "") -> None:
        entry = AuditEntry(
            at=self.now(),
            actor=US,
            what=what,
            incident=incident,
            project=project.partition("#")[0],
            detail=detail,
        )
        self.book.note(entry)


def _is_ours(repository: str, there: PullRequest) -> bool:
    """Whether a pull request is from a branch of ours: a fork may have one of the same name."""
    return there.head_repository.lower() == repository.lower() and bool(fingerprint_of(there.head))
