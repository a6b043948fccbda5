"""MemoryHost: a code host in memory, for trying things out and for tests of whoever builds on ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autonomous_cicd.adapters.memory_reading import MemoryReading, there
from autonomous_cicd.domain.code_host import (
    Annotation,
    Check,
    Comment,
    HostedJob,
    HostIssue,
    PullRequest,
)
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.errors import Conflict, NotFound

__all__ = ["MemoryHost"]

_OURS = "autonomous-cicd/"


class MemoryHost(MemoryReading):
    """A code host in memory. Implements what `GitHub` and `HostGit` do, but for the past in clones."""

    async def open_pull_request(
        self, repository: str, *, title: str, body: str, head: str, base: str, labels: Sequence[str] = ()
    ) -> PullRequest:
        """Open one; the one that is open already for the same branches is returned instead."""
        of = self.repository(repository)
        for name in (head, base):
            if not of.head(name):
                raise Conflict(f"{repository} has no branch {name[:200]!r}")
        open_now = await self.pull_requests(repository, head=head, base=base)
        if open_now:
            pull = open_now[0]
        elif of.head(head) == of.head(base):
            raise Conflict(f"there is nothing between {base} and {head}")
        else:
            pull = PullRequest(
                number=self._free_number(repository),
                title=title,
                body=body,
                head=head,
                head_commit=of.head(head),
                head_repository=of.name,
                base=base,
                open=True,
                author=self._identity.login,
                updated=self._now(),
            )
        of.labels |= set(labels)
        pull = replace(pull, labels=tuple(dict.fromkeys((*pull.labels, *labels))))
        of.pulls[pull.number] = pull
        return pull

    async def update_pull_request(
        self, repository: str, number: int, *, title: str = "", body: str = "", close: bool = False
    ) -> PullRequest:
        """Change one; an empty text leaves it as it is."""
        old = await self.pull_request(repository, number)
        new = replace(old, title=title or old.title, body=body or old.body, open=old.open and not close)
        self.repository(repository).pulls[number] = replace(new, updated=self._now())
        return self.repository(repository).pulls[number]

    async def open_issue(
        self, repository: str, *, title: str, body: str, labels: Sequence[str] = ()
    ) -> HostIssue:
        """Open one."""
        of = self.repository(repository)
        of.labels |= set(labels)
        issue = HostIssue(
            number=self._free_number(repository),
            title=title,
            body=body,
            open=True,
            author=self._identity.login,
            labels=tuple(labels),
            updated=self._now(),
        )
        of.issues[issue.number] = issue
        return issue

    async def update_issue(
        self, repository: str, number: int, *, title: str = "", body: str = "", open: bool | None = None
    ) -> HostIssue:
        """Change one; what is not given stays as it is."""
        old = await self.issue(repository, number)
        state = old.open if open is None else open
        new = replace(old, title=title or old.title, body=body or old.body, open=state)
        self.repository(repository).issues[number] = replace(new, updated=self._now())
        return self.repository(repository).issues[number]

    async def comment(self, repository: str, number: int, body: str, author: str = "") -> Comment:
        """Write a comment below an issue or a pull request; as another one to say how the world is."""
        await self.comments(repository, number)
        author = author or self._identity.login
        made = Comment(id=next(self._ids), author=author, body=body, created=self._now())
        self.repository(repository).comments.setdefault(number, []).append(made)
        return made

    async def rerun(self, repository: str, run: int, *, failed_only: bool = True, job: int = 0) -> None:
        """Run a run again: all of it, its failed jobs, or one job; one that is under way is left alone."""
        of = self.repository(repository)
        if job:
            run = there(of.jobs.get(job), f"job {job}").run
        old = await self.run(repository, run)
        if old.status != "completed":
            return
        latest = await self.jobs(repository, run)
        attempt = old.attempt + 1
        again = replace(old, status="queued", conclusion="", attempt=attempt, updated=self._now())
        of.runs[run].append(again)
        for one in latest:
            if one.id == job if job else not failed_only or one.failed:
                self._queued(repository, one, attempt)

    def _queued(self, repository: str, job: HostedJob, attempt: int) -> None:
        again = replace(job, id=next(self._ids), status="queued", conclusion="", attempt=attempt, steps=())
        self.repository(repository).jobs[again.id] = again

    async def cancel(self, repository: str, run: int) -> None:
        """End a run; one that has ended stays as it is."""
        old = await self.run(repository, run)
        if old.status != "completed":
            ended = replace(old, status="completed", conclusion="cancelled", updated=self._now())
            self.repository(repository).runs[run][-1] = ended

    def finish(self, repository: str, run: int, conclusion: str = "success") -> None:
        """Let the newest attempt of a run end."""
        of = self.repository(repository)
        ended = replace(of.runs[run][-1], status="completed", conclusion=conclusion, updated=self._now())
        of.runs[run][-1] = ended
        for job in of.jobs.values():
            if (job.run, job.attempt) == (run, ended.attempt) and job.status != "completed":
                of.jobs[job.id] = replace(job, status="completed", conclusion=conclusion)

    async def dispatch(
        self, repository: str, workflow: str, ref: str, inputs: Mapping[str, str] | None = None
    ) -> None:
        """Start a workflow by the name of its file."""
        path = f".github/workflows/{workflow}"
        commit = there(self.repository(repository).at(ref), f"branch {ref[:200]}")
        if path not in commit.files:
            raise NotFound(f"there is no workflow {workflow[:200]} at {ref}")
        if "workflow_dispatch" not in commit.files[path]:
            raise Conflict(f"{workflow} has no workflow_dispatch")
        event = "workflow_dispatch"
        self.add_run(repository, workflow=workflow, branch=ref, status="queued", conclusion="", event=event)

    async def redeliver(self, repository: str, delivery: int) -> None:
        """Have a webhook delivered again."""
        if not any(one.id == delivery for one in self.repository(repository).deliveries):
            raise NotFound(f"no hook of {repository} has delivery {delivery}")
        self.redelivered.append(delivery)

    async def report_check(
        self,
        repository: str,
        commit: str,
        *,
        name: str,
        conclusion: str,
        title: str,
        summary: str,
        annotations: Sequence[Annotation] = (),
    ) -> int:
        """Say of a commit what a check found, and return its id; what it says in words is not kept."""
        check = Check(name=name, status="completed", conclusion=conclusion, app="autonomous-cicd")
        self.repository(repository).checks.setdefault(commit, {})[name] = check
        return next(self._ids)

    async def report_status(
        self, repository: str, commit: str, *, state: str, context: str, text: str = "", url: str = ""
    ) -> None:
        """Say of a commit that it is `pending`, `success`, `failure` or `error`; the newest word counts."""
        ended = {"pending": "", "success": "success"}.get(state, "failure")
        status = "completed" if ended else "in_progress"
        check = Check(name=context, status=status, conclusion=ended, url=url)
        self.repository(repository).checks.setdefault(commit, {})[context] = check

    async def label(self, repository: str, name: str, *, color: str = "ededed", text: str = "") -> None:
        """Make a label; one that is there stays as it is."""
        self.repository(repository).labels.add(name)

    async def remove_cache(self, repository: str, cache: int) -> bool:
        """Remove a cache; False when there was none."""
        of = self.repository(repository)
        left = [one for one in of.caches if one.id != cache]
        gone = len(left) < len(of.caches)
        of.caches = left
        return gone

    async def clone(self, repository: str, commit: str, to: Path, *, number: int = 0) -> None:
        """Write the files of a commit to a folder; there is no repository in it."""
        of = self.repository(repository)
        sources = [of]
        if number and number in of.pulls:
            sources.append(self.repository(of.pulls[number].head_repository))
        known = [source.commits[commit] for source in sources if commit in source.commits]
        if not known:
            raise NotFound(f"there is no commit {commit[:200]!r} in {repository}")
        for name, text in known[0].files.items():
            place = to / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")

    async def push(
        self, repository: str, clone: Path, patch: Patch, *, base: str, branch: str, message: str
    ) -> str:
        """Make a branch with one commit on top of the commit `base`, and return the commit's id."""
        of = self.repository(repository)
        self._refuse(repository, branch)
        start = there(of.commits.get(base), f"commit {base[:200]!r}")
        if not patch:
            raise Conflict("there is nothing to commit")
        after = patch.applied(start.files)
        written = start.written + 1
        return of.commit(after, message, branch, onto=base, written=written, ours=True)

    async def remove(self, repository: str, branch: str) -> bool:
        """Remove a branch of ours; False when there was none. One with commits of others is a Conflict."""
        self._refuse(repository, branch)
        return self.repository(repository).branches.pop(branch, None) is not None

    def _refuse(self, repository: str, branch: str) -> None:
        if not branch.startswith(_OURS) or not branch.removeprefix(_OURS) or ".." in branch:
            raise Conflict(f"{branch[:200]!r} is no branch of ours", hint=f"our branches are named {_OURS}…")
        tip = self.repository(repository).at(branch)
        if tip and not tip.ours:
            raise Conflict(f"the branch {branch} of {repository} has commits of others")

    def _free_number(self, repository: str) -> int:
        of = self.repository(repository)
        return max((*of.issues, *of.pulls), default=0) + 1
