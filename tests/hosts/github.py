r"""A GitHub of our own for tests: stateful, on loopback, with real git behind it and faults to switch on.

    with FakeGitHub(tmp_path) as host:
        shop = host.add_repository("octo/shop", {"a.py": "a = 1\n"})
        run = host.add_run("octo/shop", commit=shop.head("main"), conclusion="failure")
        host.add_job(run, "test", log="Traceback …\n")
        …                          # host.url is the address of the interface, host.token opens it
        host.pulls("octo/shop")    # what was opened there

What was asked stands in `host.requests`; `host.faults` makes answers go wrong. With `checked=True` requests
and answers are compared with GitHub's own description, and leaving the block fails where they differ.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import threading
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tests.checkouts import git
from tests.hosts import routes_app, routes_write
from tests.hosts.contract import DESCRIPTION, Contract
from tests.hosts.credentials import account_of, basic_token
from tests.hosts.faults import Faults
from tests.hosts.git_http import git_answer
from tests.hosts.routes import ROUTES, Call, Missing, Refused
from tests.hosts.serving import Ask, Reply, answer, serve
from tests.hosts.shapes import Shapes, stamp
from tests.hosts.state import Account, Entry, Job, Remark, Repository, Run

__all__ = ["FakeGitHub"]

_GIT = re.compile(r"/([^/]+/[^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")
_ROUTED = (routes_app, routes_write)
"""Loaded for what they register."""


class FakeGitHub:
    """Our own GitHub. See the module for how it is used."""

    def __init__(
        self,
        folder: Path,
        *,
        token: str = "ghp_ownTokenOfTheTests0123456789abcdefgh",
        login: str = "autonomous-cicd[bot]",
        kind: str = "user",
        checked: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder / "github"
        self.token = token
        self.login = login
        self.now = now
        self.faults = Faults()
        self.repositories: dict[str, Repository] = {}
        self.logins = {login, "octo", "somebody"}
        """Accounts that exist."""
        self.requests: list[Ask] = []
        """What was asked of the interface, the oldest first."""
        self.git_requests: list[Ask] = []
        self.stored: list[Ask] = []
        """What was asked of the storage that logs are redirected to."""
        self.limit, self.remaining = 5000, 5000
        """The primary rate limit; at 0 everything is refused until `reset_in` seconds are over."""
        self.reset_in = 3600.0
        self.app_id, self.app_key, self.app_slug = "", "", "autonomous-cicd"
        """An app, with its public key; `installed` says where."""
        self.installed: set[str] = set()
        self.token_seconds = 3600.0
        self.hook_url = ""
        self.redelivered: list[str] = []
        """Ids of deliveries that were asked for again."""
        self.redeliver: Callable[[dict[str, Any]], None] = lambda delivery: None
        """Called with the delivery that is asked for again."""
        self.calls_to_rerun = 0
        self.link_base = ""
        """Where `Link` headers lead instead of to `url`."""
        self.override: Callable[[Ask, str], Reply | None] = lambda asked, path: None
        """May answer in place of everything else; gets the request and the path below `url`."""
        self.signature = "5igned"
        self.wrong: list[str] = []
        self._contract = Contract() if checked and DESCRIPTION.is_file() else None
        self._accounts: dict[str, tuple[Account, float]] = {}
        self._ids = itertools.count(1001)
        self._lock = threading.RLock()
        self._stack = ExitStack()
        self._runs = itertools.count(1)
        self.grant(token, Account(login, kind))

    def __enter__(self) -> Self:
        """Begin to answer."""
        port = self._stack.enter_context(serve(self._respond))
        self.site = f"http://127.0.0.1:{port}"
        self.url = f"{self.site}/api/v3"
        self.storage = f"http://127.0.0.1:{self._stack.enter_context(serve(self._store))}"
        self.shapes = Shapes(self.url, self.site)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Stop; fail when something was not as GitHub describes it."""
        self._stack.close()
        if kind is None:
            assert not self.wrong, self.wrong

    def grant(self, token: str, account: Account, *, until: float = float("inf")) -> None:
        """Let a token open what an account may see."""
        self._accounts[token] = (account, until)
        self.logins.add(account.login)

    def revoke(self, token: str) -> None:
        """Let a token open nothing more."""
        self._accounts.pop(token, None)

    def new_id(self) -> int:
        """Return an id that nothing has."""
        return next(self._ids)

    def add_repository(
        self,
        name: str,
        files: Mapping[str, str] | None = None,
        *,
        private: bool = False,
        branch: str = "main",
        fork_of: str = "",
        roles: Mapping[str, str] | None = None,
    ) -> Repository:
        """Make a repository with one commit, or a fork of another one."""
        path, work = self.folder / "git" / f"{name}.git", self.folder / "work" / name
        path.mkdir(parents=True)
        work.mkdir(parents=True)
        git(path, "init", "--quiet", "--bare", "--initial-branch", branch)
        for key in ("http.receivepack", "uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"):
            git(path, "config", key, "true")
        git(work, "init", "--quiet", "--initial-branch", branch)
        git(work, "remote", "add", "origin", str(path))
        made = Repository(self.new_id(), name, path, work, private, branch, fork_of, roles=dict(roles or {}))
        made.roles.setdefault(name.split("/")[0], "admin")
        self.logins |= set(made.roles)
        self.repositories[name.lower()] = made
        if fork_of:
            git(path, "fetch", "--quiet", str(self.repository(fork_of).path), "+refs/heads/*:refs/heads/*")
        else:
            made.commit(files if files is not None else {"a.txt": "a\n"}, "Begin")
        return made

    def repository(self, name: str) -> Repository:
        """Return a repository."""
        return self.repositories[name.lower()]

    def add_run(
        self,
        repository: str,
        *,
        workflow: str = "ci.yml",
        name: str = "CI",
        commit: str = "",
        branch: str = "",
        conclusion: str | None = "failure",
        status: str = "completed",
        event: str = "push",
        head_repository: str = "",
        actor: str = "octo",
        pulls: Sequence[int] = (),
        created: float | None = None,
        inputs: Mapping[str, str] | None = None,
    ) -> Run:
        """Let a workflow have run."""
        of = self.repository(repository)
        branch = branch or of.default_branch
        head = self.repository(head_repository or repository)
        now = self.now() if created is None else created
        run = Run(
            id=self.new_id(),
            repository=of.name,
            name=name,
            path=f".github/workflows/{workflow}",
            commit=commit or head.head(branch),
            branch=branch,
            event=event,
            status=status,
            conclusion=conclusion,
            head_repository=head_repository or of.name,
            actor=actor,
            number=next(self._runs),
            created=now,
            updated=now,
            pulls=tuple(pulls),
            inputs=dict(inputs or {}),
        )
        of.runs[run.id] = run
        return run

    def add_job(
        self,
        run: Run,
        name: str = "test",
        *,
        conclusion: str | None = "failure",
        status: str = "completed",
        steps: Sequence[tuple[str, str | None]] = (("Set up job", "success"), ("Run tests", "failure")),
        log: str | bytes | None = "",
        labels: Sequence[str] = ("ubuntu-latest",),
    ) -> Job:
        """Let a run have a job of its newest attempt; a log that is text gets stamps and a mark."""
        raw = self.stamped(log) if isinstance(log, str) else log
        job = Job(self.new_id(), run.id, name, run.attempt, status, conclusion, tuple(steps), raw)
        job.labels, job.started, job.ended = tuple(labels), run.created, run.created + 60
        run.jobs = [one for one in run.jobs if (one.name, one.attempt) != (name, run.attempt)] + [job]
        return job

    @staticmethod
    def stamped(text: str, at: float = 1_700_000_000.0) -> bytes:
        """Return a log as GitHub writes it."""
        time = stamp(at).removesuffix("Z")
        return "\ufeff".encode() + "".join(f"{time}.0000000Z {line}\n" for line in text.splitlines()).encode()

    def finish(self, run: Run, conclusion: str = "success") -> None:
        """Let the newest attempt of a run end."""
        run.status, run.conclusion, run.updated = "completed", conclusion, self.now()
        for job in run.jobs:
            if job.attempt == run.attempt and job.status != "completed":
                job.status, job.conclusion, job.ended = "completed", conclusion, self.now()

    def add_issue(
        self,
        repository: str,
        *,
        title: str = "Something is wrong",
        body: str = "",
        labels: Sequence[str] = (),
        author: str = "somebody",
    ) -> Entry:
        """Let there be an issue."""
        of = self.repository(repository)
        number = max(of.entries, default=0) + 1
        now = self.now()
        entry = Entry(self.new_id(), number, title, body, author, now, now, labels=list(labels))
        for name in labels:
            of.labels.setdefault(name, {})
        of.entries[number] = entry
        return entry

    def add_pull(
        self,
        repository: str,
        *,
        head: str,
        base: str = "",
        title: str = "Change it",
        body: str = "",
        head_repository: str = "",
        author: str = "somebody",
    ) -> Entry:
        """Let there be a pull request."""
        of = self.repository(repository)
        source = self.repository(head_repository or repository)
        entry = self.add_issue(repository, title=title, body=body, author=author)
        entry.head, entry.base, entry.head_repository = head, base or of.default_branch, source.name
        entry.head_commit = source.head(head)
        pull = f"refs/heads/{head}:refs/pull/{entry.number}/head"
        git(of.path, "fetch", "--quiet", str(source.path), f"+{pull}")
        return entry

    def comment(self, repository: str, number: int, body: str, author: str = "somebody") -> Remark:
        """Let somebody comment."""
        remark = Remark(self.new_id(), author, body, self.now())
        self.logins.add(author)
        self.repository(repository).entries[number].comments.append(remark)
        return remark

    def merge(self, repository: str, number: int) -> None:
        """Let a person merge a pull request."""
        of = self.repository(repository)
        entry = of.entries[number]
        of.ask(
            "update-ref", f"refs/heads/{entry.base}", self.repository(entry.head_repository).head(entry.head)
        )
        entry.state, entry.merged, entry.updated = "closed", True, self.now()

    def add_delivery(
        self,
        repository: str,
        guid: str,
        event: str = "workflow_run",
        *,
        status: int = 500,
        at: float = 0.0,
        payload: Any = None,
    ) -> None:
        """Let a webhook have been sent, and answered by that status."""
        delivery = {
            "id": self.new_id(),
            "guid": guid,
            "delivered_at": stamp(at or self.now()),
            "redelivery": False,
            "duration": 0.1,
            "status": "OK" if status == 200 else "failed",
            "status_code": status,
            "event": event,
            "action": "completed",
            "installation_id": None,
            "repository_id": self.repository(repository).id,
            "throttled_at": None,
            "payload": payload or {},
        }
        self.repository(repository).deliveries.append(delivery)

    def pulls(self, repository: str) -> list[Entry]:
        """Return the pull requests of a repository."""
        return [one for one in self.repository(repository).entries.values() if one.head]

    def issues(self, repository: str) -> list[Entry]:
        """Return the issues of a repository."""
        return [one for one in self.repository(repository).entries.values() if not one.head]

    def asked(self, method: str, pattern: str) -> list[Ask]:
        """Return what was asked of the interface by a method, at paths that a pattern matches."""
        return [
            one
            for one in self.requests
            if one.method == method and re.fullmatch(pattern, one.path.removeprefix("/api/v3"))
        ]

    def payload(self, event: str, one: Run | Job | Entry, action: str = "completed", **more: Any) -> Any:
        """Return the body of a webhook about a run, a job, an issue or a pull request."""
        name, of = next((of.name, of) for of in self.repositories.values() if self._belongs(one, of))
        call = Call(self, Ask("GET", "", "", {}, {}, b""), Account(self.login), self.shapes, "")
        if isinstance(one, Run):
            shown = self.shapes.run(one, of, self.repositories.get(one.head_repository.lower()))
            more = {"workflow": self.shapes.workflow(name, one.name, one.path), **more}
        elif isinstance(one, Job):
            shown = self.shapes.job(one, of.runs[one.run])
        elif event.startswith("pull_request"):
            shown = routes_write.shown_pull(call, one, name)
            more = {"number": one.number, **more}
        else:
            event, shown = "issue", self.shapes.issue(one, of)
        key = {"issues": "issue", "issue_comment": "issue"}.get(event, event)
        sender = self.shapes.user(getattr(one, "actor", getattr(one, "author", "octo")))
        repository = self.shapes.whole_repository(of)
        return {"action": action, key: shown, "repository": repository, "sender": sender, **more}

    @staticmethod
    def _belongs(one: Run | Job | Entry, of: Repository) -> bool:
        if isinstance(one, Run):
            return of.runs.get(one.id) is one
        if isinstance(one, Job):
            return one.run in of.runs
        return of.entries.get(one.number) is one

    def _respond(self, asked: Ask) -> Reply:
        if found := _GIT.fullmatch(asked.path):
            return self._git(asked, found[1], found[2])
        path = asked.path.removeprefix("/api/v3")
        self.requests.append(asked)
        if (instead := self.override(asked, path)) is not None:
            return instead
        kind, done = self.faults.draw(asked.method, path)
        reply = self._handled(asked, path) if done else answer({"message": "lost"}, 200)
        return self._spoilt(reply, kind) if kind else reply

    def _spoilt(self, reply: Reply, kind: str) -> Reply:
        if kind in ("502", "503"):
            return Reply(int(kind), b"<html>Unicorn!</html>", {"content-type": "text/html"})
        if kind in ("429", "403"):
            message = "You have exceeded a secondary rate limit. Please wait a few minutes."
            return answer({"message": message}, int(kind), retry_after=str(self.faults.retry_after))
        if kind == "malformed":
            return Reply(200, reply.body[:-2] + b"~", {"content-type": "application/json"})
        reply.kind, reply.wait = kind, self.faults.slow if kind == "slow" else 0.0
        return reply

    def _handled(self, asked: Ask, path: str) -> Reply:
        with self._lock:
            reply = self._routed(asked, path)
            if self._contract:
                self.wrong += self._contract.wrong(asked, path, reply)
        reset = {"x-ratelimit-reset": str(int(self.now() + self.reset_in)), "x-ratelimit-used": "0"}
        counts = {"x-ratelimit-limit": str(self.limit), "x-ratelimit-remaining": str(self.remaining)}
        reply.headers |= {**counts, **reset, "x-ratelimit-resource": "core"}
        if asked.method == "GET" and reply.status == 200:
            tag = f'W/"{hashlib.sha256(reply.body).hexdigest()}"'
            if asked.headers.get("if-none-match") == tag:
                return Reply(304, b"", {**counts, **reset, "etag": tag})
            reply.headers["etag"] = tag
            self.remaining -= 1
        return reply

    def _routed(self, asked: Ask, path: str) -> Reply:
        if self.remaining <= 0:
            return answer({"message": "API rate limit exceeded for user."}, 403)
        account = account_of(self._accounts, asked.token, self.now())
        account = account or routes_app.app_of(asked.token, self.app_key, self.app_id, self.now())
        if account is None:
            return answer({"message": "Bad credentials"}, 401)
        for method, pattern, respond in ROUTES:
            if method == asked.method and (found := pattern.fullmatch(path)):
                try:
                    return respond(Call(self, asked, account, self.shapes, path), *found.groups())
                except Missing:
                    break
                except Refused as refused:
                    return answer({"message": refused.message, **refused.more}, refused.status)
        return answer({"message": "Not Found"}, 404)

    def _store(self, asked: Ask) -> Reply:
        """Answer as the storage of logs: opened by the signature, never by a token."""
        self.stored.append(asked)
        if asked.query.get("sig") != self.signature:
            return Reply(403, b"<Error>AuthenticationFailed</Error>")
        kind, _ = self.faults.draw("GET", "/storage")
        kind = {"malformed": "truncated"}.get(kind, kind)  # a text cannot be told from a wrong one
        _, what, id = asked.path.split("/")
        for of in self.repositories.values():
            for run in of.runs.values():
                if what == "run" and run.id == int(id):
                    reply = Reply(200, _archive(run), {"content-type": "application/zip"})
                    return self._spoilt(reply, kind) if kind else reply
                for job in run.jobs:
                    if what == "job" and job.id == int(id) and job.log is not None:
                        reply = Reply(200, job.log, {"content-type": "text/plain"})
                        return self._spoilt(reply, kind) if kind else reply
        return Reply(404)

    def _git(self, asked: Ask, name: str, service: str) -> Reply:
        self.git_requests.append(asked)
        of = self.repositories.get(name.lower())
        token = basic_token(asked.headers.get("authorization", ""))
        account = account_of(self._accounts, token, self.now())
        pushing = "git-receive-pack" in (service, asked.query.get("service"))
        reached = account and (account.repositories is None or name.lower() in account.repositories)
        if of is None or (token and not account) or ((of.private or pushing) and not reached):
            challenge = {"www-authenticate": 'Basic realm="GitHub"'}
            return Reply(401, b"", challenge) if not account else Reply(404)
        if pushing and account and not account.writes:
            denied = f"Permission to {of.name}.git denied to {account.login}.\n"
            return Reply(403, denied.encode(), {"content-type": "text/plain"})
        kind, done = self.faults.draw("GIT", service) if self.faults.git else ("", True)
        done = done or service != "git-receive-pack"  # what only reads is done before it is lost
        reply = git_answer(asked, self.folder / "git", f"/{of.name}.git/{service}") if done else Reply(502)
        return self._spoilt(reply, kind) if kind else reply


def _archive(run: Run) -> bytes:
    """Return the logs of a run as GitHub packs them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, job in enumerate(run.jobs):
            if job.attempt == run.attempt and job.log is not None:
                archive.writestr(f"{number}_{job.name}.txt", job.log)
    return file.getvalue()
