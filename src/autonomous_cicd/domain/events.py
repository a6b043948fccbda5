"""Which event a run on this machine answers in the name of the code host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.values import dataclass

__all__ = ["Answer", "answer", "checks_changes", "matches", "pretended"]

_CHANGES = frozenset({"opened", "reopened", "synchronize"})
"""What a person who has just changed something does to a pull request."""
_USUAL = ("main", "master")
_TAGS = ("tags", "tags-ignore")
_BRANCHES = ("branches", "branches-ignore")


@dataclass(frozen=True, slots=True)
class Answer:
    """The event that a workflow answers, or why it answers none."""

    event: str = ""
    reason: str = ""


def answer(events: Mapping[str, Json], *, branch: str, default_branch: str) -> Answer:
    """Return the event by which a workflow would check a change on this branch.

    That is a push to the branch, else a pull request from it, else a push to the default branch.
    Filters by path are not asked: a run here checks the whole project.
    """
    usual = (default_branch,) if default_branch else _USUAL
    pushed = "push" in events and not _tags_only(events["push"])
    if pushed and _any_branch(events["push"], (branch,) if branch else usual):
        return Answer("push")
    if "pull_request" in events and _on_change(events["pull_request"]):
        return Answer("pull_request")
    if pushed and _any_branch(events["push"], usual):
        return Answer("push")
    if "merge_group" in events:
        return Answer("merge_group")
    if "pull_request_target" in events and _on_change(events["pull_request_target"]):
        return Answer("pull_request_target")
    return Answer(reason=_refusal(events))


def checks_changes(events: Mapping[str, Json]) -> bool:
    """Return whether a workflow checks changes, of whatever branch; a release or a timetable is none."""
    asked = [events[name] for name in ("pull_request", "pull_request_target") if name in events]
    pushed = "push" in events and not _tags_only(events["push"])
    return pushed or "merge_group" in events or any(_on_change(filters) for filters in asked)


def pretended(events: Mapping[str, Json]) -> str:
    """Return the event to pretend when a person names a workflow that answers no change."""
    return "workflow_dispatch" if "workflow_dispatch" in events else next(iter(events))


def matches(patterns: Iterable[str], name: str) -> bool:
    """Tell whether a branch fits a filter: the last pattern that fits decides, `!` takes back."""
    fits = False
    for pattern in patterns:
        if _fits(pattern.removeprefix("!"), name):
            fits = not pattern.startswith("!")
    return fits


def _texts(value: Json) -> list[str]:
    return [to_text(item) for item in (value if isinstance(value, list) else [value]) if item is not None]


def _tags_only(filters: Json) -> bool:
    return (
        isinstance(filters, dict)
        and any(filters.get(key) for key in _TAGS)
        and not any(filters.get(key) for key in _BRANCHES)
    )


def _any_branch(filters: Json, names: Iterable[str]) -> bool:
    if not isinstance(filters, dict):
        return True
    wanted, unwanted = (_texts(filters.get(key)) for key in _BRANCHES)
    return any((not wanted or matches(wanted, name)) and not matches(unwanted, name) for name in names)


def _on_change(filters: Json) -> bool:
    types = _texts(filters.get("types")) if isinstance(filters, dict) else []
    return not types or not _CHANGES.isdisjoint(types)


def _refusal(events: Mapping[str, Json]) -> str:
    if "push" in events:
        filters = events["push"]
        if _tags_only(filters):
            return "answers pushes of tags only"
        if isinstance(filters, dict) and filters.get("branches"):
            return f"answers pushes to {', '.join(_texts(filters['branches']))} only"
        return "does not answer pushes to this branch"
    if isinstance(filters := events.get("pull_request"), dict) and filters.get("types"):
        return f"answers pull requests only when they are {', '.join(_texts(filters['types']))}"
    names = ", ".join(events)
    return f"answers {names} only, neither a push nor a change of a pull request"


def _fits(pattern: str, name: str) -> bool:
    """Match a filter pattern by following all ways at once, so that no pattern can take long."""
    parts = _parts(pattern)
    at = _spread(parts, {0})
    for character in name:
        taken = {place for place in at if place < len(parts) and _takes(parts[place][0], character)}
        again = {place for place in taken if parts[place][1] in ("*", "+")}
        at = _spread(parts, again | {place + 1 for place in taken})
    return len(parts) in at


def _spread(parts: list[tuple[str, str]], places: set[int]) -> set[int]:
    """Add the places that are reached without any character."""
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        if place < len(parts) and parts[place][1] in ("*", "?") and place + 1 not in places:
            places.add(place + 1)
            waiting.append(place + 1)
    return places


def _parts(pattern: str) -> list[tuple[str, str]]:
    """Cut a pattern into what takes a character, each with how often: `1`, `?`, `*` or `+`.

    `=x` takes x, `[a-z]` one of several, `*` any but a slash, `**` any.
    """
    parts: list[tuple[str, str]] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        end = pattern.find("]", at + 2) if character == "[" else -1
        if pattern.startswith("**", at):
            parts.append(("**", "*"))
            at += 2
            continue
        if character == "*":
            parts.append(("*", "*"))
        elif character in "?+" and parts and parts[-1][1] == "1":
            parts[-1] = (parts[-1][0], character)
        elif end > 0:
            parts.append((pattern[at : end + 1], "1"))
            at = end
        elif character == "\\" and at + 1 < len(pattern):
            at += 1
            parts.append((f"={pattern[at]}", "1"))
        else:
            parts.append((f"={character}", "1"))
        at += 1
    return parts


def _takes(part: str, character: str) -> bool:
    if part == "**":
        return True
    if part == "*":
        return character != "/"
    return _in_class(part[1:-1], character) if part.startswith("[") else part == f"={character}"


def _in_class(members: str, character: str) -> bool:
    for at, member in enumerate(members):
        if member == character:
            return True
        if member == "-" and 0 < at < len(members) - 1 and members[at - 1] <= character <= members[at + 1]:
            return True
    return False
