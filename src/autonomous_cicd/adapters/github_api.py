"""Api: asks GitHub's REST interface, page by page. No address that an answer holds is ever asked."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qs, quote, urlsplit

from autonomous_cicd.adapters.github_values import Fields
from autonomous_cicd.adapters.http import Download, Service
from autonomous_cicd.adapters.http_answers import Answer, said
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import Conflict, NotFound, Unavailable

__all__ = ["VERSION", "Api", "path_of", "safe_path"]

VERSION = "2022-11-28"
PAGE = 100
PAGES = 50
_REPOSITORY = re.compile(r"(?!\.{1,2}/)[\w.-]{1,100}/(?!\.{1,2}$)[\w.-]{1,100}", re.ASCII)
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next"?')


def path_of(repository: str) -> str:
    """Return the path of a repository. Raises NotFound for a name that none can have."""
    if not _REPOSITORY.fullmatch(repository):
        raise NotFound(f"{repository[:200]!r} is no repository", hint="name it as owner/name")
    return f"/repos/{repository}"


def safe_path(name: str) -> str:
    """Return a branch or file as a part of a path. Raises NotFound for a name that leads elsewhere."""
    parts = name.split("/")
    if not name or any(part in ("", ".", "..") for part in parts) or not name.isprintable():
        raise NotFound(f"{name[:200]!r} is not there")
    return quote(name, safe="/", errors="surrogateescape")


class Api:
    """GitHub's REST interface."""

    def __init__(self, service: Service) -> None:
        """Take the service that speaks for us."""
        self.service = service

    async def get(self, path: str, query: Mapping[str, str] | None = None, *, what: str = "") -> Fields:
        """Return an object."""
        answer = await self._accepted("GET", path, None, query=query)
        return Fields(answer.json(), what or "it")

    async def items(
        self, path: str, query: Mapping[str, str] | None = None, *, under: str = "", most: int = PAGE
    ) -> AsyncIterator[Fields]:
        """Yield the objects of a list; as many as there are, or at most that many."""
        size = min(most, PAGE)
        given = 0
        for page in range(1, PAGES + 1):
            asked = {**(query or {}), "per_page": str(size), "page": str(page)}
            answer = await self._accepted("GET", path, None, query=asked)
            found = _listed(answer, under)
            for one in found:
                yield one
                given += 1
                if given >= most:
                    return
            # A host may give fewer than it was asked for, and then says that there are more.
            if len(found) < size and not _NEXT.search(answer.headers.get("link", "")):
                return

    async def by_cursor(
        self, path: str, query: Mapping[str, str] | None = None, *, mark: str = "cursor"
    ) -> AsyncIterator[Fields]:
        """Yield the objects of a list whose pages have marks in place of numbers."""
        query = {**(query or {}), "per_page": str(PAGE)}
        for _ in range(PAGES):
            answer = await self._accepted("GET", path, None, query=query)
            for one in _listed(answer, ""):
                yield one
            link = _NEXT.search(answer.headers.get("link", ""))
            cursor = parse_qs(urlsplit(link[1]).query).get(mark, [""])[0] if link else ""
            if not cursor or cursor == query.get(mark):
                return
            query[mark] = cursor

    async def send(
        self, method: str, path: str, body: Json = None, *, repeatable: bool = False, what: str = ""
    ) -> Fields:
        """Change something, and return what became of it."""
        answer = await self._accepted(method, path, body, repeatable=repeatable)
        return Fields(answer.json() if answer.body else {}, what or "it")

    async def download(self, path: str) -> Download:
        """Return something large."""
        return await self.service.download(path, share=_share(path))

    async def _accepted(
        self,
        method: str,
        path: str,
        body: Json,
        *,
        query: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        answer = await self.service.call(
            method, path, body, query=query, repeatable=repeatable, share=_share(path)
        )
        if answer.status in (409, 422):
            raise Conflict(f"GitHub refuses {method} {path}: {_reasons(answer)}")
        if answer.status >= 300:
            raise Unavailable(f"GitHub refuses {method} {path} ({answer.status}): {said(answer)}")
        return answer


def _listed(answer: Answer, under: str) -> list[Fields]:
    value = answer.json()
    if under:
        return list(Fields(value, "it").each(under))
    return list(Fields({"list": value}, "it").each("list"))


def _share(path: str) -> str:
    """Return the repository that a path is about: one of them does not take all our places."""
    parts = path.split("/")
    return "/".join(parts[2:4]).lower() if parts[1] == "repos" else ""


def _reasons(answer: Answer) -> str:
    """Return what an answer says is wrong."""
    try:
        errors = Fields(answer.json(), "it").values("errors")
    except Unavailable:
        errors = []
    found = [one.get("message") or one.get("code") for one in errors[:5] if isinstance(one, dict)]
    texts = [said(answer), *(one for one in found if isinstance(one, str))]
    return "; ".join("".join(sign if sign.isprintable() else " " for sign in one)[:200] for one in texts)
