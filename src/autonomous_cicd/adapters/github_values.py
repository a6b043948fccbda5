"""Reads what GitHub answers: values of ours, or an error that names the place; wrong types end nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from autonomous_cicd.domain.change import Change, Commit, Kind
from autonomous_cicd.domain.code_host import (
    Alert,
    Artifact,
    CacheEntry,
    Check,
    Comment,
    HostedJob,
    HostedRun,
    HostedStep,
    HostIssue,
    PastDelivery,
    Permission,
    PullRequest,
    Review,
)
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.payload import event_of
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import DocumentError, Unavailable

__all__ = [
    "Fields",
    "alert_of",
    "artifact_of",
    "cache_of",
    "changes_of",
    "check_of",
    "comment_of",
    "commit_of",
    "delivery_of",
    "event_told",
    "issue_of",
    "job_of",
    "permission_of",
    "pull_of",
    "review_of",
    "run_of",
    "status_of",
]

_KINDS = {"added": Kind.ADDED, "copied": Kind.ADDED, "removed": Kind.REMOVED}
_MOST = 10_000
"""Elements of one list."""


class Fields:
    """An object of an answer. Raises Unavailable for a field that is not what it should be."""

    def __init__(self, value: Json, place: str) -> None:
        """Take the object, and how to call it in a message."""
        if not isinstance(value, dict):
            raise Unavailable(f"GitHub's answer is wrong: {place} is no object")
        self._value: Mapping[str, Json] = value
        self._place = place

    def _wrong(self, name: str, kind: str) -> Unavailable:
        return Unavailable(f"GitHub's answer is wrong: {self._place}.{name} is no {kind}")

    def has(self, name: str) -> bool:
        """Return whether there is something by that name."""
        return self._value.get(name) is not None

    def text(self, name: str, *, needed: bool = False) -> str:
        """Return a text; "" when there is none and none is needed."""
        value = self._value.get(name)
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        return value

    def number(self, name: str, *, needed: bool = True) -> int:
        """Return a whole number; 0 when there is none and none is needed."""
        value: object = self._value.get(name)
        if value is None and not needed:
            return 0
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
            raise self._wrong(name, "number")
        return value

    def flag(self, name: str) -> bool:
        """Return a truth value; nothing is not true."""
        value = self._value.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(name, "truth value")
        return bool(value)

    def time(self, name: str) -> float:
        """Return a time in seconds since the epoch; 0 when there is none."""
        text = self.text(name)
        if not text:
            return 0.0
        try:
            return max(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp(), 0.0)
        except (ValueError, OverflowError):
            raise self._wrong(name, "time") from None

    @property
    def value(self) -> Mapping[str, Json]:
        """All of it, as it came."""
        return self._value

    def fields(self, name: str) -> Fields:
        """Return an object; one without fields when there is none."""
        value = self._value.get(name)
        return Fields({} if value is None else value, f"{self._place}.{name}")

    def each(self, name: str) -> Iterator[Fields]:
        """Yield the objects of a list."""
        for number, one in enumerate(self.values(name)):
            yield Fields(one, f"{self._place}.{name}[{number}]")

    def values(self, name: str) -> list[Json]:
        """Return a list; an empty one when there is none."""
        value = self._value.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > _MOST:
            raise self._wrong(name, "list")
        return value


def _login(of: Fields, name: str = "user") -> str:
    return of.fields(name).text("login")


def _labels(of: Fields) -> tuple[str, ...]:
    found = of.values("labels")
    plain = [one for one in found if isinstance(one, str)]
    named = [
        Fields(one, f"labels[{number}]").text("name")
        for number, one in enumerate(found)
        if not isinstance(one, str)
    ]
    return tuple(one for one in (*plain, *named) if one)


def run_of(one: Fields, repository: str) -> HostedRun:
    """Return a run."""
    return HostedRun(
        id=one.number("id"),
        repository=one.fields("repository").text("full_name") or repository,
        workflow=one.text("name"),
        path=one.text("path").partition("@")[0],
        commit=one.text("head_sha", needed=True),
        branch=one.text("head_branch"),
        event=one.text("event", needed=True),
        status=one.text("status"),
        conclusion=one.text("conclusion"),
        attempt=one.number("run_attempt", needed=False) or 1,
        number=one.number("run_number", needed=False),
        head_repository=one.fields("head_repository").text("full_name"),
        actor=_login(one, "actor") or _login(one, "triggering_actor"),
        created=one.time("created_at"),
        updated=one.time("updated_at"),
        url=one.text("html_url"),
        pull_requests=tuple(
            pull.number("number") for pull in one.each("pull_requests") if _is_own(pull, one)
        ),
    )


def _is_own(pull: Fields, run: Fields) -> bool:
    """Return whether a pull request is one of the repository itself: a fork's runs name those of others."""
    base, own = pull.fields("base").fields("repo"), run.fields("repository")
    return not base.has("id") or not own.has("id") or base.number("id") == own.number("id")


def job_of(one: Fields) -> HostedJob:
    """Return a job."""
    return HostedJob(
        id=one.number("id"),
        run=one.number("run_id"),
        name=one.text("name", needed=True),
        status=one.text("status", needed=True),
        conclusion=one.text("conclusion"),
        attempt=one.number("run_attempt", needed=False) or 1,
        started=one.time("started_at"),
        ended=one.time("completed_at"),
        labels=_labels(one),
        steps=tuple(
            HostedStep(
                name=step.text("name"),
                number=step.number("number"),
                status=step.text("status"),
                conclusion=step.text("conclusion"),
            )
            for step in one.each("steps")
        ),
        url=one.text("html_url"),
    )


def pull_of(one: Fields) -> PullRequest:
    """Return a pull request."""
    head = one.fields("head")
    return PullRequest(
        number=one.number("number"),
        title=one.text("title"),
        body=one.text("body"),
        head=head.text("ref", needed=True),
        head_commit=head.text("sha", needed=True),
        head_repository=head.fields("repo").text("full_name"),
        base=one.fields("base").text("ref", needed=True),
        open=one.text("state", needed=True) == "open",
        merged=one.flag("merged") or bool(one.text("merged_at")),
        author=_login(one),
        labels=_labels(one),
        url=one.text("html_url"),
        updated=one.time("updated_at"),
    )


def issue_of(one: Fields) -> HostIssue:
    """Return an issue."""
    return HostIssue(
        number=one.number("number"),
        title=one.text("title"),
        body=one.text("body"),
        open=one.text("state", needed=True) == "open",
        author=_login(one),
        labels=_labels(one),
        url=one.text("html_url"),
        updated=one.time("updated_at"),
    )


def comment_of(one: Fields) -> Comment:
    """Return a comment."""
    return Comment(
        id=one.number("id"),
        author=_login(one),
        body=one.text("body"),
        created=one.time("created_at"),
        url=one.text("html_url"),
    )


def check_of(one: Fields) -> Check:
    """Return what a check run says."""
    return Check(
        name=one.text("name", needed=True),
        status=one.text("status", needed=True),
        conclusion=one.text("conclusion"),
        app=one.fields("app").text("slug"),
        url=one.text("html_url"),
    )


def status_of(one: Fields) -> Check:
    """Return what a commit status says, in the words of a check run."""
    state = one.text("state", needed=True)
    return Check(
        name=one.text("context", needed=True),
        status="in_progress" if state == "pending" else "completed",
        conclusion={"pending": "", "success": "success"}.get(state, "failure"),
        url=one.text("target_url"),
    )


def permission_of(one: Fields) -> Permission:
    """Return what an account may do; of a role that a company invented, what it is made of."""
    for word in (one.text("role_name"), one.text("permission")):
        if word in list(Permission):
            return Permission(word)
    return Permission.NONE


def delivery_of(one: Fields) -> PastDelivery:
    """Return a delivery."""
    return PastDelivery(
        id=one.number("id"),
        guid=one.text("guid", needed=True),
        event=one.text("event", needed=True),
        delivered=one.time("delivered_at"),
        status_code=one.number("status_code", needed=False),
    )


def event_told(one: Fields) -> Event | None:
    """Return what a delivery told; None when that cannot be read."""
    try:
        return event_of(one.text("event", needed=True), one.fields("request").fields("payload").value)
    except DocumentError:
        return None


def changes_of(one: Fields) -> Iterator[Change]:
    """Yield what a comparison says of one file; a new name is one file less and one more."""
    name, status = one.text("filename", needed=True), one.text("status")
    if status == "renamed":
        yield Change(one.text("previous_filename", needed=True), Kind.REMOVED)
        yield Change(name, Kind.ADDED)
    elif status != "unchanged":
        yield Change(name, _KINDS.get(status, Kind.CHANGED))


def commit_of(one: Fields) -> Commit:
    """Return a commit, without its files: a comparison does not tell them apart."""
    inner = one.fields("commit")
    return Commit(
        id=one.text("sha", needed=True),
        subject=inner.text("message").partition("\n")[0],
        written=inner.fields("author").time("date"),
    )


def artifact_of(one: Fields) -> Artifact:
    """Return what a run left behind."""
    return Artifact(
        id=one.number("id"),
        name=one.text("name", needed=True),
        size=one.number("size_in_bytes", needed=False),
        expired=one.flag("expired"),
    )


def cache_of(one: Fields) -> CacheEntry:
    """Return a cache."""
    return CacheEntry(
        id=one.number("id"),
        key=one.text("key", needed=True),
        ref=one.text("ref"),
        size=one.number("size_in_bytes", needed=False),
        used=one.time("last_accessed_at"),
    )


def alert_of(one: Fields, kind: str) -> Alert:
    """Return an alert."""
    advisory, rule = one.fields("security_advisory"), one.fields("rule")
    vulnerability = one.fields("security_vulnerability")
    dependency = one.fields("dependency")
    place = one.fields("most_recent_instance").fields("location")
    return Alert(
        number=one.number("number"),
        kind=kind,
        severity=(advisory.text("severity") or rule.text("security_severity_level") or rule.text("severity")),
        title=advisory.text("summary") or rule.text("description"),
        package=dependency.fields("package").text("name"),
        id=advisory.text("ghsa_id") or rule.text("id"),
        fixed_in=vulnerability.fields("first_patched_version").text("identifier"),
        file=dependency.text("manifest_path") or place.text("path"),
        url=one.text("html_url"),
    )


def review_of(one: Fields) -> Review:
    """Return a review."""
    return Review(
        author=_login(one),
        state=one.text("state", needed=True).lower(),
        commit=one.text("commit_id"),
        body=one.text("body"),
        submitted=one.time("submitted_at"),
    )
