"""Notices as messages: short, inert, several in one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.domain.inert import chat
from autonomous_cicd.domain.notice import Notice
from autonomous_cicd.domain.wording import plural

__all__ = ["TEXT", "grouped", "notice_text", "notice_title"]

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
