"""What opens GitHub for us: a token, an app with its private key, or the token of an Actions run."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from autonomous_cicd.adapters.clock import SystemClock
from autonomous_cicd.adapters.github import GitHub
from autonomous_cicd.adapters.github_api import VERSION, Api, path_of
from autonomous_cicd.adapters.github_values import Fields
from autonomous_cicd.adapters.guards import Guards
from autonomous_cicd.adapters.http import Credentials, Patience, Service
from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.errors import NotFound, Unauthorized, Unavailable, UsageError
from autonomous_cicd.ports import Clock
from autonomous_cicd.settings.integrations import GitHubSettings
from autonomous_cicd.settings.tree import Tree

try:
    import jwt
except ImportError:  # the extra is not installed; only an app needs it
    jwt = None  # type: ignore[assignment]

__all__ = [
    "AppCredentials",
    "GitHubCredentials",
    "TokenCredentials",
    "credentials_of",
    "open_github",
    "unopened_service",
]

EARLY = 300.0
"""Seconds before its end from which on a token is not used any more."""
_OF_REPOSITORY = re.compile(r"/repos/([^/]+/[^/]+)")
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}
_PATIENCE = Patience()


class GitHubCredentials(Credentials):
    """Credentials that open git repositories too."""

    kind: str
    """As what we come: `user`, `app` or `actions`."""

    async def token(self, repository: str) -> Secret:
        """Return what opens a repository for git; an empty one when nothing does."""
        raise NotImplementedError


class TokenCredentials(GitHubCredentials):
    """One token for everything."""

    def __init__(self, token: Secret, *, kind: str = "user") -> None:
        self._token = token
        self.kind = kind

    async def headers(self, path: str) -> Mapping[str, str]:
        """Return what a request for a path carries."""
        return {"Authorization": f"Bearer {self._token.reveal()}"} if self._token else {}

    def refused(self, path: str) -> bool:
        """Hear that it is refused: there is no other one."""
        return False

    def lacking(self) -> str:
        """Return how to set a token; "" when one is set."""
        return "" if self._token else "set GITHUB_TOKEN, in the environment or in .env; an empty one is none"

    async def token(self, repository: str) -> Secret:
        """Return what opens a repository for git."""
        return self._token


class AppCredentials(GitHubCredentials):
    """An app: for each repository a token that opens that repository only, and for an hour."""

    kind = "app"

    def __init__(
        self, app_id: str, private_key: Secret, service: Service, *, now: Callable[[], float] = time.time
    ) -> None:
        """Take the app's id and key, and GitHub's interface, without credentials of its own."""
        if jwt is None:
            raise Unavailable(
                "a GitHub App needs a library that is not installed",
                hint='pip install "autonomous-cicd[github-app]"',
            )
        self._app_id = app_id
        self._key = private_key
        self._service = service
        self._now = now
        self._tokens: dict[str, tuple[Secret, float]] = {}
        self._installations: dict[str, int] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def headers(self, path: str) -> Mapping[str, str]:
        """Return what a request for a path carries: the app's own proof, or the token of a repository."""
        found = _OF_REPOSITORY.match(path)
        if path == "/app" or path.startswith("/app/") or found is None:
            return self._proof()
        return {"Authorization": f"Bearer {(await self.token(found[1])).reveal()}"}

    def refused(self, path: str) -> bool:
        """Hear that a token is refused: another one may be asked for."""
        found = _OF_REPOSITORY.match(path)
        return found is not None and self._tokens.pop(found[1].lower(), None) is not None

    def lacking(self) -> str:
        """Return nothing: an app is set up."""
        return ""

    async def token(self, repository: str) -> Secret:
        """Return the token of a repository; one that ends soon is renewed."""
        name = repository.lower()
        async with self._lock(name):
            token, ends = self._tokens.get(name, (Secret(""), 0.0))
            if not token or self._now() > ends - EARLY:
                token, ends = await self._fetched(repository)
                self._tokens[name] = (token, ends)
        return token

    async def _fetched(self, repository: str) -> tuple[Secret, float]:
        place = path_of(repository)
        proof = self._proof()
        if repository.lower() not in self._installations:
            try:
                answer = await self._service.call("GET", f"{place}/installation", headers=proof)
            except NotFound:
                raise NotFound(
                    f"our GitHub App is not installed in {repository}",
                    hint="install it there, or let it reach this repository",
                ) from None
            installation = Fields(answer.json(), "installation").number("id")
            self._installations[repository.lower()] = installation
        installation = self._installations[repository.lower()]
        path = f"/app/installations/{installation}/access_tokens"
        name = repository.partition("/")[2]
        # A token more than needed does no harm: it ends by itself.
        answer = await self._service.call(
            "POST", path, {"repositories": [name]}, headers=proof, repeatable=True
        )
        if answer.status >= 300:
            self._installations.pop(repository.lower(), None)
            raise Unauthorized(f"GitHub gives our app no token for {repository} ({answer.status})")
        made = Fields(answer.json(), "token")
        return Secret(made.text("token", needed=True)), made.time("expires_at") or self._now() + 600

    def _proof(self) -> dict[str, str]:
        now = int(self._now())
        claims = {"iat": now - 60, "exp": now + 540, "iss": self._app_id}
        try:
            made = jwt.encode(claims, self._key.reveal(), algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):  # their words might tell of the key
            raise UsageError(
                "the private key of the GitHub App cannot be read",
                hint="give the PEM file as GitHub made it: integrations.github.private_key_file",
            ) from None
        return {"Authorization": f"Bearer {made}"}

    def _lock(self, name: str) -> asyncio.Lock:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._locks = loop, {}
        return self._locks.setdefault(name, asyncio.Lock())


def credentials_of(
    settings: GitHubSettings, environment: Mapping[str, str], service: Service, clock: Clock
) -> GitHubCredentials:
    """Return what opens GitHub, as it is configured: an app before a token."""
    if settings.app_id:
        return AppCredentials(settings.app_id, _key(settings), service, now=clock.now)
    of_run = environment.get("GITHUB_ACTIONS") == "true" and settings.token.reveal().startswith("ghs_")
    return TokenCredentials(settings.token, kind="actions" if of_run else "user")


def open_github(
    settings: Tree,
    environment: Mapping[str, str],
    clock: Clock | None = None,
    *,
    patience: Patience = _PATIENCE,
) -> GitHub:
    """Return GitHub as it is configured; close it with `aclose` when it is not needed any more."""
    own, clock = settings.integrations.github, clock or SystemClock()
    bounds = settings.circuit_breakers.github_api
    guards = Guards(
        "GitHub", threshold=bounds.failure_threshold, recovery=bounds.recovery_timeout, now=clock.now
    )
    unopened = unopened_service(settings, clock, guards=guards, patience=patience)
    credentials = credentials_of(own, environment, unopened, clock)
    service = Service(
        own.api_url,
        headers=_HEADERS,
        name="GitHub",
        credentials=credentials,
        guards=guards,
        clock=clock,
        patience=patience,
        lasting=True,
    )
    return GitHub(Api(service), kind=credentials.kind)


def unopened_service(
    settings: Tree, clock: Clock, *, guards: Guards | None = None, patience: Patience = _PATIENCE
) -> Service:
    """Return GitHub's interface without credentials: an app gets its own there."""
    return Service(
        settings.integrations.github.api_url,
        headers=_HEADERS,
        name="GitHub",
        guards=guards,
        clock=clock,
        patience=patience,
    )


def _key(settings: GitHubSettings) -> Secret:
    if settings.private_key:
        return Secret(settings.private_key.reveal().replace("\\n", "\n"))
    if not settings.private_key_file:
        hint = "set integrations.github.private_key_file, or GITHUB_APP_PRIVATE_KEY"
        raise UsageError("a GitHub App is configured without its private key", hint=hint)
    path = Path(settings.private_key_file).expanduser()
    try:
        return Secret(path.read_bytes()[:100_000].decode("utf-8", "replace"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
