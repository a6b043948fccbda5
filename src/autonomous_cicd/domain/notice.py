"""Notice: something that people are told about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum

from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.domain.inert import chat
from autonomous_cicd.domain.wording import plural
from autonomous_cicd.values import dataclass

__all__ = [
    "TEXT",
    "Held",
    "Notice",
    "NotificationChannel",
    "NotificationType",
    "grouped",
    "notice_text",
    "notice_title",
]

TOLD = 20
"""Notices that one message tells; the rest is counted."""
FACTS = 20
TEXT = 8_000
"""Characters of a message."""
REST = 20
"""Characters that are kept for saying that there is more."""
TITLE, MESSAGE, FACT = 120, 500, 300
"""Characters of each that are told."""

_PAGE = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?/[A-Za-z0-9_./#-]{0,500}")
"""An address that hides nothing."""


class NotificationType(StrEnum):
    """Of what kind a notice is."""

    WORKFLOW_COMPLETED = "workflow_completed"
    WORKFLOW_FAILED = "workflow_failed"
    FIX_APPLIED = "fix_applied"
    SECURITY_UPDATE = "security_update"
    PERFORMANCE_REGRESSION = "performance_regression"
    CRITICAL_ALERT = "critical_alert"


class NotificationChannel(StrEnum):
    """Where a notice goes."""

    SLACK = "slack"
    EMAIL = "email"
    TEAMS = "teams"
    DISCORD = "discord"
    WEBHOOK = "webhook"
    GITHUB = "github"
    LINEAR = "linear"


_SEVERITIES = {
    NotificationType.WORKFLOW_COMPLETED: Severity.LOW,
    NotificationType.WORKFLOW_FAILED: Severity.MEDIUM,
    NotificationType.FIX_APPLIED: Severity.LOW,
    NotificationType.SECURITY_UPDATE: Severity.HIGH,
    NotificationType.PERFORMANCE_REGRESSION: Severity.MEDIUM,
    NotificationType.CRITICAL_ALERT: Severity.CRITICAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that people are told about. Its texts may come from strangers."""

    type: NotificationType
    message: str
    """In one plain sentence."""
    title: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    """Facts below the message, by name."""
    url: str = ""
    """Where more is to be read; of our own making, never from a payload."""
    key: str = ""
    """The same for what is the same: a repetition within the window is not sent."""
    repository: str = ""
    severity: Severity | None = None
    """How much it matters; None: as much as is usual for its kind."""
    others: tuple[Notice, ...] = ()
    """What is told in the same message."""

    @property
    def weight(self) -> Severity:
        """How much it matters."""
        return self.severity or _SEVERITIES[self.type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A notice that waits to be sent to a channel."""

    position: int
    channel: str
    notice: Notice
    tries: int = 0
    """How often it was tried, this time included."""


def grouped(notices: Sequence[Notice]) -> Notice:
    """Return one notice that tells all of these, at least one; it is as severe as the worst."""
    if len(notices) == 1:
        return notices[0]
    order = list(Severity)
    place = max(range(len(notices)), key=lambda index: order.index(notices[index].weight))
    worst = notices[place]
    where = {one.repository for one in notices}
    return replace(
        worst,
        title=f"{plural(len(notices), 'notice')}, the worst: {notice_title(worst)}",
        others=(*notices[:place], *notices[place + 1 :]),
        repository=where.pop() if len(where) == 1 else "",
    )


def notice_title(notice: Notice) -> str:
    """Return the title of the message that tells a notice; inert."""
    return chat(notice.title or notice.type.value.replace("_", " ").capitalize(), TITLE)


def notice_text(notice: Notice, limit: int = TEXT) -> str:
    """Return the text of the message that tells a notice, at most so long; inert but for our own address."""
    blocks: list[str] = []
    room, everything = limit - REST, (notice, *notice.others)
    for one in everything[:TOLD]:
        block = "\n".join(_lines(one))[: limit - REST]
        if len(block) > room:
            break
        blocks.append(block)
        room -= len(block) + 2
    left = len(everything) - len(blocks)
    return "\n\n".join([*blocks, *([f"and {left} more"] if left else [])])


def _lines(notice: Notice) -> Iterator[str]:
    where = f"{chat(notice.repository, 200)}: " if notice.repository else ""
    yield f"{where}{chat(notice.message, MESSAGE)}"
    for name, value in list(notice.data.items())[:FACTS]:
        yield f"- {chat(name, 60)}: {chat(value, FACT)}"
    if _PAGE.fullmatch(notice.url):
        yield notice.url
