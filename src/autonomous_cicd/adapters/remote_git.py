"""RemoteGit and Branches: clones of repositories of the host, and branches of ours there, over HTTP.

A token is told to git by its environment only, for one origin only; it is in no argument and in no file. What
a repository configures is never started, see `git_safely`.
"""

from __future__ import annotations

import asyncio
import base64
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from autonomous_cicd.adapters.clock import SystemClock
from autonomous_cicd.adapters.git_orders import US, order, told
from autonomous_cicd.adapters.git_safely import GitRefused, Repository, absolute_path
from autonomous_cicd.adapters.github_api import path_of
from autonomous_cicd.adapters.github_app import GitHubCredentials, credentials_of, unopened_service
from autonomous_cicd.adapters.guards import Guards
from autonomous_cicd.adapters.tree import remove_tree
from autonomous_cicd.domain.addresses import site_of
from autonomous_cicd.domain.at_host import BRANCHES
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.secrets import Secret, redact
from autonomous_cicd.errors import Conflict, NotFound, Unauthorized, Unavailable, Uncertain, UsageError
from autonomous_cicd.ports import Clock
from autonomous_cicd.settings.tree import Tree

__all__ = ["HostGit", "open_remote_git"]

DEPTH = 2000
"""Commits of the past that a clone has."""
SECONDS = 600.0
SHORT = 120.0
"""Seconds for what moves little: the tip of a branch, one commit."""
MOST_FILES = 200_000
MOST_LISTED = 64 * 1024 * 1024
LARGEST = 4 * 1024**3
"""Bytes of all files of a commit."""
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
_PUSH = ("push", "--quiet", "--no-verify", "--no-follow-tags", "--no-recurse-submodules")
_TRIES = 8
"""Attempts at one step: each takes two requests or more, and any of them may fail."""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MADE = "refs/autonomous-cicd/made"
_THEIRS = "refs/autonomous-cicd/theirs"
_PASSING = (
    "could not resolve", "failed to connect", "connection", "timed out", "timeout", "early eof", "rpc failed",
    "unexpected disconnect", "http 5", "error: 5", "error: 429", "hung up", "bad pack", "reset by peer",
    "protocol error", "bad line", "expected flush", "invalid server response", "not valid", "unexpected",
    "corrupt",
    "empty reply", "transfer closed", "gnutls", "ssl_", "tls", "index-pack failed", "invalid index-pack",
)  # fmt: skip
_UNCLEAR = "error: 403"
"""Too much was asked for, or it is not allowed: who refuses for good says so beside it."""
_LIMITED = ("rate limit", "abuse")
_ABSENT = ("not our ref", "couldn't find remote ref", "unadvertised object", "not found", "does not exist")
_REFUSED = (
    "authentication failed",
    "could not read username",
    "could not read password",
    "error: 401",
    "not granted",
    "refusing to allow",
    "permission",
    "denied",
)
_RIGHT = "the token needs the right to write contents there"
_TAKEN = ("stale info", "fetch first", "non-fast-forward", "cannot lock ref", "failed to update ref")


def open_remote_git(
    settings: Tree, environment: Mapping[str, str], clock: Clock | None = None, *, seconds: float = SECONDS
) -> HostGit:
    """Return what gets repositories of the host that is configured, and leaves branches there."""
    own, clock = settings.integrations.github, clock or SystemClock()
    bounds = settings.circuit_breakers.github_api
    guards = Guards(
        "git at GitHub",
        threshold=bounds.failure_threshold,
        recovery=bounds.recovery_timeout,
        now=clock.now,
        seconds=3 * seconds,
    )
    credentials = credentials_of(own, environment, unopened_service(settings, clock), clock)
    site = site_of(own.api_url, own.server_url)
    return HostGit(site, credentials, guards=guards, clock=clock, seconds=seconds)


class HostGit:
    """Git at one host. Implements `RemoteGit` and `Branches`."""

    def __init__(
        self,
        site: str,
        credentials: GitHubCredentials,
        *,
        guards: Guards,
        clock: Clock,
        seconds: float = SECONDS,
        path: str | None = None,
    ) -> None:
        """Take where repositories are, what opens them, and how long one step may take."""
        parts = urlsplit(site)
        if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
            raise UsageError(f"{site!r} is no address of a code host", hint="write https://host")
        self._site = site
        self._origin = f"{parts.scheme}://{parts.netloc}/"
        self._scheme = parts.scheme
        self._credentials = credentials
        self._guards = guards
        self._clock = clock
        self._seconds = seconds
        self._path = absolute_path(path)

    async def clone(self, repository: str, commit: str, to: Path, *, number: int = 0) -> None:
        """Make a clone with this commit checked out, HEAD detached, no credentials left in it.

        It has the history of the commit, as far as that is at most some thousand commits. `number`: the pull
        request whose head the commit is; that of a fork is not found otherwise. Raises NotFound when the
        commit is not there.
        """
        if not _COMMIT.fullmatch(commit):
            raise NotFound(f"{commit[:200]!r} is no commit of {repository}")
        await asyncio.to_thread(_empty, to)
        try:
            await asyncio.to_thread(self._begin, repository, to)
            names = [commit, *([f"refs/pull/{number:d}/head"] if number else [])]
            await self._fetched(repository, to, commit, names)
            await asyncio.to_thread(self._check_out, to, commit)
        except BaseException:
            remove_tree(str(to))
            raise

    async def push(
        self, repository: str, clone: Path, patch: Patch, *, base: str, branch: str, message: str
    ) -> str:
        """Make a branch with one commit on top of the commit `base`, and return the commit's id.

        `clone`: a clone of the repository that has the base. A branch of that name that has nothing but
        commits of ours is replaced, one with commits of others is a Conflict; so is one outside of our names.
        The same change on the same base is the same commit, so that doing it twice is doing it once.
        """
        local = self._local(clone)
        await asyncio.to_thread(_refuse_name, local, branch)
        made = await asyncio.to_thread(_commit, local, patch, base, message)
        there = await self._tip(repository, clone, branch)
        if there == made:
            return made
        if there:
            await self._refuse_theirs(repository, clone, branch, there)
        await self._sent(repository, clone, branch, made, there)
        return made

    async def remove(self, repository: str, branch: str) -> bool:
        """Remove a branch of ours; False when there was none. One with commits of others is a Conflict."""
        with tempfile.TemporaryDirectory(prefix="autonomous-cicd-", ignore_cleanup_errors=True) as folder:
            place = Path(folder)
            await asyncio.to_thread(self._begin, repository, place)
            await asyncio.to_thread(_refuse_name, self._local(place), branch)
            there = await self._tip(repository, place, branch)
            if not there:
                return False
            await self._refuse_theirs(repository, place, branch, there)
            await self._sent(repository, place, branch, "", there)
        return True

    def _local(self, place: Path) -> Repository:
        return Repository(str(place), self._path, 120.0).made_safe()

    def _begin(self, repository: str, to: Path) -> None:
        """Make an empty repository that knows where it comes from."""
        place = Repository(str(to), self._path, 60.0)
        place.ask("init", "--quiet", "--template=", "--initial-branch=main")
        place.ask("config", "--local", "remote.origin.url", self._address(repository))
        place.ask("config", "--local", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")

    def _address(self, repository: str) -> str:
        return f"{self._site}/{path_of(repository).removeprefix('/repos/')}.git"

    async def _fetched(self, repository: str, to: Path, commit: str, names: list[str]) -> None:
        local = self._local(to)
        missing = NotFound(
            f"there is no commit {commit} in {repository}", hint="was the branch removed, or pushed anew?"
        )
        for name in names:
            arguments = (*_FETCH, f"--depth={DEPTH}")
            try:
                await self._spoken(repository, to, *arguments, "--", self._address(repository), name)
            except NotFound as error:
                missing.__cause__ = error
                continue
            if await asyncio.to_thread(_has, local, commit):
                return
        raise missing

    def _check_out(self, to: Path, commit: str) -> None:
        local = self._local(to)
        listed = local.ask_bounded(MOST_LISTED, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
        if listed is None or len(listed) > MOST_FILES:
            raise Unavailable(f"the repository has more than {MOST_FILES} files at {commit}")
        sizes = (record.partition("\t")[0].split()[-1] for record in listed)
        if sum(int(size) for size in sizes if size.isdigit()) > LARGEST:
            raise Unavailable(f"the files at {commit} are larger than {LARGEST >> 30} GB")
        local.ask("update-ref", "--no-deref", "HEAD", commit)
        local.ask("reset", "--quiet", "--hard", commit)

    async def _tip(self, repository: str, place: Path, branch: str) -> str:
        """Return the commit of a branch at the host; "" when there is none."""
        ref = f"refs/heads/{branch}"
        said = await self._spoken(repository, place, "ls-remote", "--", self._address(repository), ref)
        lines = (line.split("\t") for line in said.splitlines())
        return next((one[0] for one in lines if one[-1] == ref and _COMMIT.fullmatch(one[0])), "")

    async def _refuse_theirs(self, repository: str, place: Path, branch: str, tip: str) -> None:
        """Raise Conflict for a branch that is not what we left: who adds to it makes its last commit."""
        fetched = (*_FETCH, "--depth=1")
        refs = f"+refs/heads/{branch}:{_THEIRS}"
        await self._spoken(repository, place, *fetched, "--", self._address(repository), refs)
        local = self._local(place)
        shown = await asyncio.to_thread(local.ask, "show", "-s", "--format=%ce%x00", "--end-of-options", tip)
        if f"<{shown[0]}>" not in US:
            raise Conflict(f"the branch {branch} of {repository} has commits of others")

    async def _sent(self, repository: str, place: Path, branch: str, made: str, there: str) -> None:
        """Put a branch where it belongs, as long as nobody changed it meanwhile."""
        ref = f"refs/heads/{branch}"
        arguments = (
            "push",
            "--quiet",
            "--no-verify",
            "--no-follow-tags",
            f"--force-with-lease={ref}:{there}",
        )
        for left in range(_TRIES - 1, -1, -1):
            try:
                target = f"{made}:{ref}"
                await self._spoken(
                    repository, place, *arguments, "--", self._address(repository), target, tries=1
                )
                return
            except (Conflict, Uncertain):
                if await self._tip(repository, place, branch) == made:  # it was done, only nobody told us
                    return
                if not left or await self._tip(repository, place, branch) != there:
                    raise

    async def _spoken(self, repository: str, place: Path, *arguments: str, tries: int = _TRIES) -> str:
        """Return what git says after speaking with the host."""
        guard = self._guards.of(self._origin)
        return await guard.call(
            lambda: self._tried(repository, place, arguments, tries), share=repository.lower()
        )

    async def _tried(self, repository: str, place: Path, arguments: tuple[str, ...], tries: int) -> str:
        seconds = self._seconds if arguments[0] == "fetch" else min(SHORT, self._seconds)
        for left in range(tries - 1, -1, -1):
            token = await self._credentials.token(repository)
            speaking = self._local(place).speaking(self._scheme, self._opening(token), seconds)
            try:
                return "\0".join(await asyncio.to_thread(speaking.ask, *arguments))
            except GitRefused as error:
                failure = _failure(redact(error.said, _forms(token)), repository)
                if not isinstance(failure, Uncertain):
                    raise failure from None
            except Unavailable as error:  # it took too long
                failure = Uncertain(str(error))
            if not left:
                raise failure if tries == 1 else Unavailable(f"{failure}, {tries} times", hint=failure.hint)
            await self._clock.sleep(min(2.0 ** (tries - left), 30.0))
        raise AssertionError("unreachable")

    def _opening(self, token: Secret) -> dict[str, str]:
        """Return what lets git in at the host, and nowhere else."""
        bounds = {"http.lowSpeedLimit": "1000", "http.lowSpeedTime": "60", "gc.auto": "0"}
        bounds |= {"maintenance.auto": "false"}  # nothing goes on in the background
        if not token:
            return bounds
        header = f"Authorization: Basic {_basic(token)}"
        return {**bounds, f"http.{self._origin}.extraHeader": header}


def _basic(token: Secret) -> str:
    return base64.b64encode(f"x-access-token:{token.reveal()}".encode()).decode()


def _forms(token: Secret) -> list[Secret]:
    return [token, Secret(_basic(token))] if token else []


def _failure(said: str, repository: str) -> Exception:
    """Return the error for what git complained about."""
    words = said.lower()
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!"))] or lines
    shown = "; ".join(told[:3]) or "it gave no reason"
    reason = "".join(sign if sign.isprintable() else "?" for sign in shown)[:300]
    if any(word in words for word in _TAKEN):
        return Conflict(f"a branch of {repository} was changed meanwhile: {reason}")
    if _UNCLEAR in words and (any(word in words for word in _LIMITED) or "remote:" not in words):
        return Uncertain(f"the code host does not let us do that in {repository} now: {reason}", hint=_RIGHT)
    if _UNCLEAR in words or any(word in words for word in _REFUSED):
        return Unauthorized(f"the code host does not let us do that in {repository}: {reason}", hint=_RIGHT)
    if any(word in words for word in _PASSING):
        return Uncertain(f"the code host does not answer: {reason}")
    if any(word in words for word in _ABSENT):
        return NotFound(f"{repository} has not what was asked for: {reason}")
    if "rejected" in words or "protected" in words or "declined" in words:
        return Conflict(f"{repository} takes no such branch: {reason}")
    return Unavailable(f"git cannot speak with {repository}: {reason}")


def _empty(to: Path) -> None:
    """Make a folder. Raises Conflict when it holds something."""
    to.mkdir(parents=True, exist_ok=True)
    if any(to.iterdir()):
        raise Conflict(f"{to} is not empty")


def _has(local: Repository, commit: str) -> bool:
    said = local.ask("cat-file", "--batch-check=%(objecttype)", told=f"{commit}\n")
    return "".join(said).strip() == "commit"


def _refuse_name(local: Repository, branch: str) -> None:
    """Raise Conflict for a name that is none of ours, or none that a branch can have."""
    if not branch.startswith(BRANCHES) or not branch.isprintable():
        raise Conflict(f"{branch[:200]!r} is no branch of ours", hint=f"our branches are named {BRANCHES}…")
    try:
        local.ask("check-ref-format", f"refs/heads/{branch}")
    except UsageError:
        raise Conflict(f"{branch[:200]!r} is no name that a branch can have") from None


def _commit(local: Repository, patch: Patch, base: str, message: str) -> str:
    """Make a commit that depends on base, change and message alone."""
    if not patch:
        raise Conflict("there is nothing to commit")
    if not _COMMIT.fullmatch(base) or not _has(local, base):
        raise NotFound(f"the clone has no commit {base[:200]!r}")
    when = int(local.ask("show", "-s", "--format=%ct", base)[0]) + 1
    stream = [
        f"commit {_MADE}",
        f"committer {US} {when} +0000",
        told(message),
        f"from {base}",
        *(order(local, base, change) for change in patch),
        "",
    ]
    local.ask("fast-import", "--quiet", "--force", told="\n".join(stream))
    return local.ask("rev-parse", "--verify", "--end-of-options", _MADE)[-1].strip()
