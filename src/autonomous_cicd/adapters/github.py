"""What else GitHub tells and takes: artifacts, caches, alerts, reviews; checks, statuses, labels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from autonomous_cicd.adapters.github_api import path_of, safe_path
from autonomous_cicd.adapters.github_logs import logs_of_archive
from autonomous_cicd.adapters.github_values import (
    alert_of,
    artifact_of,
    cache_of,
    review_of,
)
from autonomous_cicd.adapters.github_writing import GitHubWriting
from autonomous_cicd.domain.code_host import Alert, Annotation, Artifact, CacheEntry, Review
from autonomous_cicd.domain.log_pieces import LogPieces
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import Conflict, NotFound, Unauthorized, Uncertain

__all__ = ["GitHub"]

AT_ONCE = 50
"""Annotations that one request may hold."""
MOST = 1000
_KINDS = ("dependabot", "code-scanning")


class GitHub(GitHubWriting):
    """All that we ask of GitHub. Implements `CodeHost`, `HostDetails`, and what of `outward` is its own."""

    async def aclose(self) -> None:
        """Close its connections."""
        await self._api.service.aclose()

    async def run_logs(self, repository: str, run: int, attempt: int = 0) -> Iterator[LogPieces]:
        """Return the logs of all jobs of a run, each to be read before the next. Iterate in a thread."""
        of = f"/attempts/{attempt:d}" if attempt else ""
        path = f"{path_of(repository)}/actions/runs/{run:d}{of}/logs"
        return logs_of_archive(await self._api.download(path), f"{repository} run {run}")

    async def artifacts(self, repository: str, run: int) -> tuple[Artifact, ...]:
        """Return what a run left behind."""
        path = f"{path_of(repository)}/actions/runs/{run:d}/artifacts"
        return tuple([artifact_of(one) async for one in self._api.items(path, under="artifacts", most=MOST)])

    async def caches(self, repository: str, key: str = "") -> tuple[CacheEntry, ...]:
        """Return the caches whose keys begin like that."""
        query = {"key": key} if key else {}
        path = f"{path_of(repository)}/actions/caches"
        found = self._api.items(path, query, under="actions_caches", most=MOST)
        return tuple([cache_of(one) async for one in found])

    async def remove_cache(self, repository: str, cache: int) -> bool:
        """Remove a cache; False when there was none."""
        path = f"{path_of(repository)}/actions/caches/{cache:d}"
        try:
            await self._api.send("DELETE", path, repeatable=True)
        except NotFound:
            return False
        return True

    async def alerts(self, repository: str, kind: str) -> tuple[Alert, ...] | None:
        """Return the open alerts, `dependabot` or `code-scanning`; None where they are not ours to see."""
        if kind not in _KINDS:
            raise NotFound(f"there are no alerts of the kind {kind!r}")
        path = f"{path_of(repository)}/{kind}/alerts"
        if kind == "dependabot":  # its pages are not numbered
            found = self._api.by_cursor(path, {"state": "open"}, mark="after")
        else:
            found = self._api.items(path, {"state": "open"}, most=MOST)
        try:
            return tuple([alert_of(one, kind) async for one in found])
        except (NotFound, Unauthorized):
            return None

    async def reviews(self, repository: str, number: int) -> tuple[Review, ...]:
        """Return what people said of a pull request as a whole, the oldest first."""
        path = f"{path_of(repository)}/pulls/{number:d}/reviews"
        return tuple([review_of(one) async for one in self._api.items(path, most=MOST)])

    async def label(self, repository: str, name: str, *, color: str = "ededed", text: str = "") -> None:
        """Make a label; one that is there stays as it is."""
        body: dict[str, Json] = {"name": name, "color": color, "description": text[:100]}
        try:
            await self._api.send("POST", f"{path_of(repository)}/labels", body, repeatable=True)
        except Conflict:
            await self._api.get(f"{path_of(repository)}/labels/{safe_path(name).replace('/', '%2F')}")

    async def report_status(
        self, repository: str, commit: str, *, state: str, context: str, text: str = "", url: str = ""
    ) -> None:
        """Say of a commit that it is `pending`, `success`, `failure` or `error`; the newest word counts."""
        body: dict[str, Json] = {"state": state, "context": context, "description": text[:140]}
        if url:
            body["target_url"] = url
        path = f"{path_of(repository)}/statuses/{safe_path(commit)}"
        await self._api.send("POST", path, body, repeatable=True)

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
        """Say of a commit what a check found, with remarks at lines of files, and return the check's id.

        Only an app and the token of an Actions run may; Unauthorized is raised for others.
        """
        place = f"{path_of(repository)}/check-runs"
        shown: list[Json] = [_shown(one) for one in annotations]
        asked: list[Json] = [name, commit, conclusion, title, summary, shown]
        mark = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]
        body: dict[str, Json] = {
            "name": name,
            "head_sha": commit,
            "status": "completed",
            "conclusion": conclusion,
            "external_id": mark,
            "output": {"title": title, "summary": summary, "annotations": shown[:AT_ONCE]},
        }
        try:
            id = (await self._api.send("POST", place, body, what="check run")).number("id")
        except Uncertain:
            id = await self._made_check(repository, commit, name, mark)
            if not id:
                id = (await self._api.send("POST", place, body, what="check run")).number("id")
        for start in range(AT_ONCE, len(shown), AT_ONCE):
            more: dict[str, Json] = {"title": title, "summary": summary}
            more["annotations"] = shown[start : start + AT_ONCE]
            await self._api.send("PATCH", f"{place}/{id}", {"output": more})
        return id

    async def _made_check(self, repository: str, commit: str, name: str, mark: str) -> int:
        """Return the id of a check that may just have been made; 0 when there is none."""
        path = f"{path_of(repository)}/commits/{safe_path(commit)}/check-runs"
        async for one in self._api.items(path, {"check_name": name}, under="check_runs"):
            if one.text("external_id") == mark:
                return one.number("id")
        return 0


def _shown(one: Annotation) -> Json:
    line = max(one.line, 1)
    return {
        "path": one.file,
        "start_line": line,
        "end_line": line,
        "annotation_level": one.level,
        "message": one.message[:60_000],
        **({"title": one.title[:255]} if one.title else {}),
    }
