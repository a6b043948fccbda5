"""Notifier: sends messages to chats, by mail and to webhooks, through Apprise (extra `notify`)."""

from __future__ import annotations

import asyncio
import importlib
import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from autonomous_cicd.domain.notice import Notice, NotificationChannel, NotificationType
from autonomous_cicd.domain.notice_text import TEXT, notice_text, notice_title
from autonomous_cicd.domain.secrets import MASK, Secret, redact
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import NotFound, Unavailable
from autonomous_cicd.settings.integrations import Integrations

__all__ = ["AppriseNotifier", "open_notifier"]

SECONDS = 30.0
"""Time that sending one message may take."""
_KINDS = {
    NotificationType.WORKFLOW_COMPLETED: "success",
    NotificationType.WORKFLOW_FAILED: "failure",
    NotificationType.FIX_APPLIED: "success",
    NotificationType.SECURITY_UPDATE: "warning",
    NotificationType.PERFORMANCE_REGRESSION: "warning",
    NotificationType.CRITICAL_ALERT: "failure",
}
_FRAME = 50
"""Characters that a service may put round a message."""
_ADDRESS = re.compile(r"\w[\w.+-]*:/\S*")
_APART = re.compile(r"[/?&=@:;,]+")


def open_notifier(own: Integrations) -> AppriseNotifier:
    """Return the notifier for the addresses in the settings."""
    addresses = {
        NotificationChannel.SLACK: own.slack.webhook_url,
        NotificationChannel.EMAIL: own.email.url,
        NotificationChannel.TEAMS: own.teams.webhook_url,
        NotificationChannel.DISCORD: own.discord.webhook_url,
        NotificationChannel.WEBHOOK: own.webhook.url,
    }
    return AppriseNotifier({channel.value: url for channel, url in addresses.items() if url})


class AppriseNotifier:
    """Sends each message in a thread of its own, within a time. Implements `Notifier`.

    The addresses are secrets: no message of an error has one.
    """

    def __init__(self, addresses: Mapping[str, Secret], *, seconds: float = SECONDS) -> None:
        """Take the address of each channel: a webhook of the service, or an address of Apprise's."""
        self._addresses = addresses
        self._seconds = seconds

    async def notify(self, notice: Notice, channel: str) -> None:
        """Send a notice to a configured channel. Raises NotFound without an address, Unavailable."""
        address = self._addresses.get(channel)
        if not address:
            hint = f"`integrations.{channel}` takes it; `autonomous-cicd config show` tells what is set"
            raise NotFound(f"no address is known for the channel {channel}", hint=hint)
        service = _service(channel, address)
        title = notice_title(notice)
        text = notice_text(notice, min(TEXT, service.body_maxlen - len(title) - _FRAME))
        send = _Sending(service, title, text, _KINDS[notice.type], hidden=_pieces(address.reveal()))
        try:
            async with asyncio.timeout(self._seconds):
                accepted, said = await _in_thread(send)
        except TimeoutError:
            raise Unavailable(f"{channel} did not take the message within {self._seconds:g} s") from None
        if not accepted:
            why = f": {said}" if said else ""
            raise Unavailable(f"{channel} did not take the message{why}", hint="is its address still valid?")


class _Sending:
    """One message on its way; remembers what Apprise complains of, without addresses."""

    def __init__(self, service: Any, title: str, text: str, kind: str, *, hidden: Iterable[str]) -> None:
        self._service = service
        self._hidden = tuple(hidden)
        self._call = {"title": title, "body": text, "notify_type": kind, "body_format": "text"}

    def __call__(self) -> tuple[bool, str]:
        """Send it; return whether it was taken, and why not."""
        with _Complaints() as complaints:
            apprise = _apprise()
            sender = apprise.Apprise()
            sender.add(self._service)
            taken = bool(sender.notify(**self._call))
        return taken, printable_line(redact(_ADDRESS.sub(MASK, complaints.last), self._hidden), 300)


class _Complaints(logging.Handler):
    """Hears what Apprise logs of what is done here, in whatever thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Remember what was said last."""
        if _hears.get(None) is self:
            self.last = record.getMessage()

    def __enter__(self) -> _Complaints:
        self._token = _hears.set(self)
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
        _hears.reset(self._token)


_hears: ContextVar[_Complaints] = ContextVar("_hears")
"""Who hears what goes wrong."""


def _apprise() -> Any:
    """Return the library. Raises Unavailable when it is not installed."""
    try:
        with warnings.catch_warnings():  # of what it needs itself; that is no concern of ours
            warnings.simplefilter("ignore")
            library = importlib.import_module("apprise")
            library.Apprise.instantiate("json://localhost")  # it loads its services only then
    except ImportError as error:
        hint = 'pip install "autonomous-cicd[notify]"'
        raise Unavailable("notices need the library Apprise", hint=hint) from error
    logging.getLogger("apprise").propagate = False  # it would print addresses
    return library


def _service(channel: str, address: Secret) -> Any:
    """Return who sends to an address. Raises Unavailable when it is no address for the channel."""
    apprise = _apprise()
    url = address.reveal()
    if channel == NotificationChannel.WEBHOOK.value and urlsplit(url).scheme in ("http", "https"):
        url = _json_address(url)
    with _Complaints():
        service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None:
        hint = f"set the one of `integrations.{channel}` again"
        raise Unavailable(f"the address of the channel {channel} is none that is known", hint=hint)
    service.redirects = False  # a message goes where the operator wants it, and nowhere else
    return service


def _json_address(url: str) -> str:
    """Return Apprise's address for posting JSON to a webhook."""
    parts = urlsplit(url)
    scheme = "jsons" if parts.scheme == "https" else "json"
    given = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(f"-{name}", value) for name, value in given], quote_via=quote)
    path = quote(parts.path or "/", safe="/%:@")
    return f"{scheme}://{parts.netloc}{path}{'?' if query else ''}{query}"


def _pieces(url: str) -> Iterator[str]:
    """Yield the parts of an address that may be secret: all but the name of the machine."""
    host = urlsplit(url).hostname or ""
    yield url
    yield from (part for part in _APART.split(url) if len(part) > 5 and part.lower() != host)


async def _in_thread(call: Callable[[], tuple[bool, str]]) -> tuple[bool, str]:
    """Return what a call returns, from a thread that nobody waits for when it hangs."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[tuple[bool, str]] = loop.create_future()

    def settle(outcome: tuple[bool, str]) -> None:
        if not done.done():
            done.set_result(outcome)

    def work() -> None:
        outcome = (False, "the library failed")
        try:
            outcome = call()
        finally:
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=work, name="notice", daemon=True).start()
    return await done
