"""Answer: what a service answered, and what that says about waiting, places and pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NoReturn
from urllib.parse import urljoin, urlsplit

from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.values import dataclass

__all__ = [
    "Answer",
    "Budget",
    "Trouble",
    "limited",
    "origin",
    "read_budget",
    "read_json",
    "redirected",
    "retry_after",
    "said",
]

SECONDARY = 60.0
"""Seconds to wait after a limit that does not say how long: what GitHub's documentation asks for."""


class Trouble(Exception):
    """Raised inside the HTTP adapter when an attempt failed."""

    def __init__(
        self,
        message: str,
        *,
        sent: bool = True,
        damaged: bool = False,
        wait: float | None = None,
        least: float = 0.0,
    ) -> None:
        super().__init__(message)
        self.sent = sent
        """Whether the service may have done what was asked."""
        self.damaged = damaged
        """Whether it answered, but the answer cannot be read."""
        self.wait = wait
        """Seconds that it wants us to wait; then it has done nothing."""
        self.least = least
        """Seconds that it asks for before the next attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes

    def json(self) -> Json:
        """Return the body as JSON. Raises Unavailable when it is none."""
        try:
            return read_json(self.body)
        except ValueError as error:
            raise Unavailable(f"the answer is no JSON: {error}") from None


@dataclass(frozen=True, slots=True)
class Budget:
    """What a service says is left of a limit for everything."""

    limit: int
    remaining: int
    reset: float
    """When it begins anew: seconds since the epoch."""


def read_json(body: bytes) -> Json:
    """Return a body as JSON. Raises ValueError when it is none, or is nested too deep."""
    try:
        value: Json = json.loads(body, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    return value


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address. Raises Unavailable when it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unavailable("an address that was sent to us cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unavailable("an address that was sent to us is no web address")
    return parts.scheme, parts.hostname.lower(), port or (443 if parts.scheme == "https" else 80)


def redirected(answer: Answer, url: str) -> str:
    """Return where an answer sends us; "" when it sends us nowhere.

    Raises Unavailable for a place that is not on the web, or that is less private than the one that we asked.
    """
    if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
        return ""
    try:
        aim = urljoin(url, answer.headers["location"])
    except ValueError:
        raise Unavailable("a redirect leads to an address that cannot be read") from None
    if origin(aim)[0] == "http" and origin(url)[0] == "https":
        raise Unavailable("a redirect leads from https to http")
    if "@" in urlsplit(aim).netloc:
        raise Unavailable("a redirect carries credentials")
    return aim


def limited(answer: Answer, now: float) -> float | None:
    """Return how many seconds a service wants us to wait; None when it does not."""
    if answer.status not in (403, 429):
        return None
    headers = answer.headers
    if (asked := _retry_after(headers.get("retry-after", ""), now)) is not None:
        return asked
    budget = read_budget(headers)
    if budget and budget.remaining == 0:
        return max(budget.reset - now, 1.0)
    told = answer.body[:4096].lower()
    if answer.status == 429 or b"secondary rate limit" in told or b"abuse detection" in told:
        return SECONDARY
    return None


def retry_after(answer: Answer, now: float) -> float:
    """Return how many seconds a service in trouble asks for; 0 when it does not say."""
    return _retry_after(answer.headers.get("retry-after", ""), now) or 0.0


def _retry_after(text: str, now: float) -> float | None:
    if text.isascii() and text.isdigit() and len(text) < 9:
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0) if text else None
    except (ValueError, OverflowError):
        return None


def read_budget(headers: Mapping[str, str]) -> Budget | None:
    """Return what is left of the limit for everything; None when the answer does not say."""
    texts = [headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset")]
    if not all(text.isascii() and text.isdigit() and len(text) < 13 for text in texts):
        return None
    limit, remaining, reset = map(int, texts)
    return Budget(limit, remaining, float(reset))


def said(answer: Answer) -> str:
    """Return what an answer says in words, short and harmless to show; "" when it says nothing."""
    try:
        value = read_json(answer.body)
    except ValueError:
        return ""
    message = value.get("message") if isinstance(value, dict) else None
    text = message if isinstance(message, str) else ""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:200].strip()
