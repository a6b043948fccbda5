"""The pen with which we write at a code host: without secrets, and so that what is read does nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from autonomous_cicd.domain.inert import code_block, cut_markdown, inline, plain, title
from autonomous_cicd.values import dataclass

__all__ = ["BODY", "TITLE", "Pen"]

TITLE = 120
BODY = 60_000
"""Characters; GitHub takes 65,536."""
AHEAD = 4_000
"""Characters that are looked at beyond what is shown."""

_WORD_END = re.compile(r"(?<=\s)\S{1,4000}\Z")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_CUT = "*Cut off here: the rest was longer than the host takes. `autonomous-cicd show` has all of it.*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes what strangers said: without secrets, and so that it does nothing where it is read."""

    redact: Callable[[str], str]
    """Takes secrets out of whole lines."""
    web: str = "https://github.com"
    """Where people see the code host."""
    listens: bool = True
    """Whether comments are heard: what nobody hears is not offered."""

    def plain(self, text: str, limit: int = 300) -> str:
        """Return text for prose."""
        return plain(self._begin(text, limit), limit)

    def code(self, text: str, limit: int = 200) -> str:
        """Return text as code within a line."""
        return inline(self._begin(text, limit), limit)

    def block(self, text: str, limit: int = 8_000, *, language: str = "text") -> str:
        """Return text as a block of code."""
        return code_block(self._begin(text, limit), limit, language=language)

    def title(self, text: str) -> str:
        """Return text for a title."""
        return title(self._begin(text, TITLE), TITLE)

    def link(self, words: str, repository: str, page: str) -> str:
        """Return a link to a page of a repository; words and page are ours."""
        address = self.address(repository, page)
        return f"[{words}]({address})" if address else words

    def address(self, repository: str, page: str) -> str:
        """Return where a page of a repository is; "" for what is no repository. The page is ours."""
        return f"{self.web}/{repository}/{page}" if _REPOSITORY.fullmatch(repository) else ""

    def body(self, lines: Iterable[str], footer: str) -> str:
        """Return lines of ours, cut where they are too long, and a footer that is never cut."""
        room = BODY - len(footer) - 2
        text = self.redact("\n".join(lines).rstrip())
        return f"{cut_markdown(text, room, _CUT)}\n\n{footer}"

    def _begin(self, text: str, limit: int) -> str:
        """Return as much of a text as may be shown, and more, so that no secret is cut in two."""
        if len(text) > (most := 4 * limit + AHEAD):
            text = _WORD_END.sub("", text[:most])
        return self.redact(text)
