"""Tell: sends notices to people, each once, several together, and not in their quiet hours.

A notice is kept in the outbox before it is sent, so that a restart loses none. A channel that fails is
tried again a few times and then given up; the others get theirs, and whoever tells never notices.
"""

from __future__ import annotations

import asyncio
import contextlib
import fnmatch
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from autonomous_cicd.casebook import Casebook
from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.domain.notice import Held, Notice, NotificationChannel
from autonomous_cicd.domain.notice_text import grouped
from autonomous_cicd.domain.quiet_hours import quiet_until
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.track import AuditEntry
from autonomous_cicd.errors import PortError
from autonomous_cicd.outbox import Outbox
from autonomous_cicd.outward import Notifier
from autonomous_cicd.ports import Clock
from autonomous_cicd.settings.notifications import ChannelRule, NotificationSettings
from autonomous_cicd.values import dataclass

__all__ = ["Sent", "Teller", "without"]

US = "autonomous-cicd"
TRIES = 4
PAUSE = 60.0
"""Seconds before a failed channel is tried again; then twice as long each time."""
TAKEN = 300.0
"""Seconds after which a notice is sent again whose sender died; it must not have been sent by then."""
LOOK = 5.0
"""Seconds between looks at what is due."""
_ISSUES = frozenset({NotificationChannel.GITHUB, NotificationChannel.LINEAR})
"""Channels in which incidents are told as issues already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that was sent to a channel, or not."""

    channel: str
    notices: int
    """How many it told."""
    problem: str = ""
    """Why it was not taken; it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells people, by the rules of the settings."""

    settings: NotificationSettings
    outbox: Callable[[], Outbox]
    """Opens the outbox, when there is somebody to tell."""
    book: Callable[[], Casebook]
    notifier: Callable[[], Notifier]
    clock: Clock
    redact: Callable[[str], str]
    stopped: Callable[[], bool] = lambda: False
    """Whether somebody pulled the kill switch: notices wait then."""

    async def tell(self, notice: Notice) -> None:
        """Have people told of something. Never fails: what cannot even be kept is not told."""
        with contextlib.suppress(PortError):
            await self.keep(notice)

    async def keep(self, notice: Notice, *, at_once: bool = False) -> tuple[str, ...]:
        """Keep a notice for every channel that wants it; return which these are.

        What was told there within the window is not told again. Nothing is sent yet: see `send_due`.
        `at_once`: it waits for no others, but still for the end of the quiet hours.
        """
        channels = [one for one in self.settings.channels if one not in _ISSUES and self._wants(one, notice)]
        if not channels:
            return ()
        return await asyncio.to_thread(self._keep, channels, self._clean(notice), at_once)

    async def finish(self) -> None:
        """Send what would be sent soon, for a process that ends now. Never fails."""
        with contextlib.suppress(PortError):
            await self.send_due(early=self.settings.group)

    async def send_due(self, *, early: float = 0.0) -> tuple[Sent, ...]:
        """Send what is due, in one message to each channel; with it goes what would be sent soon after.

        `early`: seconds from now that are taken to be over.
        """
        if self._silent or self.stopped():
            return ()
        now = self.clock.now() + early
        taken = await asyncio.to_thread(self.outbox().take, now, now + TAKEN, ahead=self.settings.group)
        by_channel: dict[str, list[Held]] = {}
        for held in taken:
            by_channel.setdefault(held.channel, []).append(held)
        return tuple(await asyncio.gather(*(self._send(*item) for item in by_channel.items())))

    async def run(self, stop: asyncio.Event) -> None:
        """Send what becomes due, until it is to stop; what waits then is sent after the next start."""
        while not stop.is_set() and not self._silent:
            with contextlib.suppress(PortError):  # the store does not answer; nothing is lost by waiting
                await self.send_due()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await stop.wait()

    @property
    def _silent(self) -> bool:
        return not any(one not in _ISSUES for one in self.settings.channels)

    def _wants(self, channel: str, notice: Notice) -> bool:
        rule: ChannelRule = getattr(self.settings.rules, channel)
        order = list(Severity)
        return (
            (not rule.types or notice.type.value in rule.types)
            and order.index(notice.weight) >= order.index(rule.severity)
            and (not rule.repositories or _matches(notice.repository, rule.repositories))
        )

    def _clean(self, notice: Notice) -> Notice:
        """Return a notice without secrets, and with a key."""
        redact = self.redact
        clean = replace(
            notice,
            message=redact(notice.message),
            title=redact(notice.title),
            data={redact(name): redact(value) for name, value in notice.data.items()},
        )
        return replace(clean, key=notice.key or _key(clean))

    def _keep(self, channels: Iterable[str], notice: Notice, at_once: bool) -> tuple[str, ...]:
        now = self.clock.now()
        due = now if at_once else now + self.settings.group
        if notice.weight is not Severity.CRITICAL:
            due = max(due, quiet_until(self.settings.quiet_hours, now))
        since, outbox = now - self.settings.window, self.outbox()
        return tuple(one for one in channels if outbox.put(one, notice, now=now, due=due, since=since))

    async def _send(self, channel: str, held: Sequence[Held]) -> Sent:
        positions = [one.position for one in held]
        message = grouped([one.notice for one in held])
        try:
            await self.notifier().notify(message, channel)
        except PortError as error:
            await asyncio.to_thread(self._failed, channel, held, error)
            return Sent(channel=channel, notices=len(held), problem=str(error))
        await asyncio.to_thread(self.outbox().end, positions, self.clock.now())
        return Sent(channel=channel, notices=len(held))

    def _failed(self, channel: str, held: Sequence[Held], error: PortError) -> None:
        """Have each notice tried again, or give it up, and write that down."""
        now = self.clock.now()
        lost = [one.position for one in held if one.tries >= TRIES]
        again = [one for one in held if one.tries < TRIES]
        if lost:
            self.outbox().end(lost, now)
        for one in again:
            self.outbox().put_off([one.position], now + PAUSE * 2 ** (one.tries - 1))
        what = f"could not tell {channel} of {len(held)}, {len(lost)} given up"
        detail = f"{error} ({error.hint})" if error.hint else str(error)
        entry = AuditEntry(at=now, actor=US, what=what, detail=printable_line(self.redact(detail), 500))
        self.book().note(entry)


def without(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return what takes these secrets, and whatever looks like one, out of a text."""
    return Redactor(secrets).redact


def _matches(repository: str, patterns: Iterable[str]) -> bool:
    name = repository.lower()
    return any(fnmatch.fnmatchcase(name, pattern.lower()) for pattern in patterns)


def _key(notice: Notice) -> str:
    """Return what is the same for what reads the same."""
    words = (
        notice.type.value,
        notice.title,
        notice.message,
        notice.repository,
        repr(sorted(notice.data.items())),
    )
    return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()[:32]
