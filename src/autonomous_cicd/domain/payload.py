"""Payload: what a code host sent about an event, reduced to the `Event`, and what work follows from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from autonomous_cicd.domain.at_host import BRANCHES, LABEL
from autonomous_cicd.domain.code_host import RED
from autonomous_cicd.domain.event import KNOWN, Event
from autonomous_cicd.errors import DocumentError

__all__ = ["COMMAND", "event_of", "work_of"]

COMMAND = "/autonomous-cicd"
"""With what a comment begins that is meant for us."""

LINE = 300
"""Characters that are kept of a name or title."""
TEXT = 8_000
"""Characters that are kept of a comment, or of what an issue or a pull request says."""
LABELS = 50
_MOST = 2**63 - 1
_REPOSITORY = re.compile(r"(?!\.\.?/)[A-Za-z0-9_.-]{1,100}/(?!\.\.?$)[A-Za-z0-9_.-]{1,100}")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_WORD = re.compile(r"[a-z0-9_]{0,60}")

_Json = Mapping[str, Any]


def event_of(name: str, payload: Mapping[str, Any]) -> Event:
    """Return what a payload says. Raises DocumentError where something is not what the host would send."""
    if name not in KNOWN:
        return Event(
            name=name, action=_lenient(payload), repository=_repository(_lenient_repository(payload))
        )
    details = _READERS.get(name, _nothing)(payload)
    return Event(
        name=name,
        action=_word(payload, "action"),
        repository=_repository(_object(payload, "repository")),
        sender=_line(_object(payload, "sender"), "login"),
        installation=_whole(_object(payload, "installation"), "id"),
        **details,
    )


def work_of(event: Event) -> str:
    """Return the key of the work that follows from an event: "" when none does.

    Deliveries with one key must not be worked on at once. That is the repository: two red runs may have one
    cause, of which only one pull request and one issue is to be opened.
    """
    return event.repository.lower() if _asks_for_work(event) else ""


def _asks_for_work(event: Event) -> bool:
    match event.name:
        case "workflow_run":
            ended = event.action == "completed" and event.run > 0
            return ended and (event.conclusion in RED or event.conclusion == "success")
        case "check_suite" | "check_run" | "workflow_job":
            return event.action == "completed" and event.branch.startswith(BRANCHES)
        case "pull_request" if event.action in ("closed", "reopened"):
            ours = event.head_repository.lower() == event.repository.lower()
            return ours and event.branch.startswith(BRANCHES)
        case "issue_comment":
            return event.action == "created" and _is_command(event.text)
        case "issues":
            return event.action == "closed" and LABEL in event.labels
        case _:
            return False


def _is_command(text: str) -> bool:
    return text.split(maxsplit=1)[:1] == [COMMAND]


def _workflow_run(payload: _Json) -> dict[str, Any]:
    run = _object(payload, "workflow_run")
    return {
        "run": _whole(run, "id"),
        "attempt": _whole(run, "run_attempt"),
        "commit": _commit(run, "head_sha"),
        "branch": _line(run, "head_branch"),
        "head_repository": _repository(_object(run, "head_repository")),
        "workflow": _line(run, "path").partition("@")[0],
        "status": _word(run, "status"),
        "conclusion": _word(run, "conclusion"),
        "title": _line(run, "name"),
    }


def _workflow_job(payload: _Json) -> dict[str, Any]:
    job = _object(payload, "workflow_job")
    return {
        "job": _whole(job, "id"),
        "run": _whole(job, "run_id"),
        "attempt": _whole(job, "run_attempt"),
        "branch": _line(job, "head_branch"),
        **_state(job),
        "title": _line(job, "name"),
    }


def _check_run(payload: _Json) -> dict[str, Any]:
    check = _object(payload, "check_run")
    branch = _line(_object(check, "check_suite"), "head_branch")
    return {"job": _whole(check, "id"), "branch": branch, **_state(check), "title": _line(check, "name")}


def _check_suite(payload: _Json) -> dict[str, Any]:
    suite = _object(payload, "check_suite")
    return {"branch": _line(suite, "head_branch"), **_state(suite)}


def _state(check: _Json) -> dict[str, Any]:
    return {
        "commit": _commit(check, "head_sha"),
        "status": _word(check, "status"),
        "conclusion": _word(check, "conclusion"),
    }


def _pull_request(payload: _Json) -> dict[str, Any]:
    request = _object(payload, "pull_request")
    head = _object(request, "head")
    return {
        "number": _whole(request, "number"),
        "branch": _line(head, "ref"),
        "commit": _commit(head, "sha"),
        "head_repository": _repository(_object(head, "repo")),
        "status": _word(request, "state"),
        "title": _line(request, "title"),
        "text": _text(request, "body"),
        "merged": _flag(request, "merged"),
        "labels": _labels(request),
    }


def _issue(payload: _Json) -> dict[str, Any]:
    issue = _object(payload, "issue")
    return {
        "number": _whole(issue, "number"),
        "status": _word(issue, "state"),
        "title": _line(issue, "title"),
        "text": _text(issue, "body"),
        "labels": _labels(issue),
    }


def _issue_comment(payload: _Json) -> dict[str, Any]:
    comment = _object(payload, "comment")
    return {**_issue(payload), "comment": _whole(comment, "id"), "text": _text(comment, "body")}


def _push(payload: _Json) -> dict[str, Any]:
    return {"branch": _line(payload, "ref").removeprefix("refs/heads/"), "commit": _commit(payload, "after")}


def _nothing(payload: _Json) -> dict[str, Any]:
    return {}


_READERS: Mapping[str, Callable[[_Json], dict[str, Any]]] = {
    "check_run": _check_run,
    "check_suite": _check_suite,
    "issue_comment": _issue_comment,
    "issues": _issue,
    "pull_request": _pull_request,
    "push": _push,
    "workflow_job": _workflow_job,
    "workflow_run": _workflow_run,
}


def _object(where: _Json, name: str) -> _Json:
    value = where.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _odd(name, "an object")
    return value


def _repository(where: _Json) -> str:
    name = _raw(where, "full_name", "repository")
    if name and not _REPOSITORY.fullmatch(name):
        raise _odd("full_name", "owner/name")
    return name


def _lenient(payload: _Json) -> str:
    """Return the action of an event that nothing follows from: whatever it is, it is no reason to refuse."""
    action = payload.get("action")
    return action if isinstance(action, str) and _WORD.fullmatch(action) else ""


def _lenient_repository(payload: _Json) -> _Json:
    repository = payload.get("repository")
    name = repository.get("full_name") if isinstance(repository, Mapping) else None
    return {"full_name": name} if isinstance(name, str) and _REPOSITORY.fullmatch(name) else {}


def _raw(where: _Json, name: str, what: str = "") -> str:
    value = where.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _odd(what or name, "a text")
    return value


def _line(where: _Json, name: str) -> str:
    return _raw(where, name)[:LINE]


def _text(where: _Json, name: str) -> str:
    return _raw(where, name)[:TEXT]


def _word(where: _Json, name: str) -> str:
    word = _raw(where, name)
    if not _WORD.fullmatch(word):
        raise _odd(name, "one word")
    return word


def _commit(where: _Json, name: str) -> str:
    commit = _raw(where, name)
    if commit and not _COMMIT.fullmatch(commit):
        raise _odd(name, "the id of a commit")
    return commit


def _whole(where: _Json, name: str) -> int:
    value = where.get(name)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise _odd(name, "a whole number")
    return value


def _flag(where: _Json, name: str) -> bool:
    value = where.get(name)
    if value is not None and not isinstance(value, bool):
        raise _odd(name, "true or false")
    return bool(value)


def _labels(where: _Json) -> tuple[str, ...]:
    value = where.get("labels")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise _odd("labels", "a list of objects")
    return tuple(_line(one, "name") for one in value[:LABELS])


def _odd(name: str, expected: str) -> DocumentError:
    return DocumentError(f"`{name}` is not {expected}")
