"""KnownAnswers: answers that can be asked for again at no cost, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict

from autonomous_cicd.adapters.http_answers import Answer

__all__ = ["KnownAnswers"]

MOST = 32 * 1024 * 1024
LARGEST = 2 * 1024 * 1024


class KnownAnswers:
    """Answers by address, with the mark by which the service tells whether they still hold."""

    def __init__(self, most: int = MOST, largest: int = LARGEST) -> None:
        """Take how many bytes are kept in all, and of one answer."""
        self._most = most
        self._largest = largest
        self._size = 0
        self._known: OrderedDict[str, tuple[str, Answer]] = OrderedDict()

    def mark(self, url: str) -> str:
        """Return the mark of the answer that is known for an address; "" when there is none."""
        return self._known[url][0] if url in self._known else ""

    def still(self, url: str) -> Answer | None:
        """Return the answer that still holds."""
        if url not in self._known:
            return None
        self._known.move_to_end(url)
        return self._known[url][1]

    def keep(self, url: str, answer: Answer) -> None:
        """Remember an answer, when it has a mark and is not too large."""
        self.forget(url)
        mark = answer.headers.get("etag", "")
        if answer.status != 200 or not mark or len(mark) > 200 or len(answer.body) > self._largest:
            return
        self._known[url] = (mark, answer)
        self._size += len(answer.body)
        while self._size > self._most:
            self.forget(next(iter(self._known)))

    def forget(self, url: str) -> None:
        """Know nothing any more."""
        if url in self._known:
            self._size -= len(self._known.pop(url)[1].body)
