"""People are told once, of several things together, and not in their quiet hours."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from tests.receivers import receiver

from autonomous_cicd.adapters.memory import MemoryClock
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.app import App
from autonomous_cicd.domain.notice import Notice, NotificationType
from autonomous_cicd.domain.notice_text import notice_text
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.lazy import teller
from autonomous_cicd.services.tell import TRIES, Teller
from autonomous_cicd.settings.load import load

FAILED = Notice(
    type=NotificationType.WORKFLOW_FAILED, message="test failed", repository="acme/shop", key="acme/shop:17"
)
ALERT = Notice(type=NotificationType.CRITICAL_ALERT, message="the disk is full")
HOUR = 3600.0


@dataclass
class Told:
    """Remembers what was sent where; channels in `broken` fail."""

    sent: list[tuple[str, Notice]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    async def notify(self, notice: Notice, channel: str) -> None:
        await asyncio.sleep(0)
        if channel in self.broken:
            raise Unavailable(f"{channel} is down", hint="wait")
        self.sent.append((channel, notice))


@dataclass
class House:
    """A teller, and what it needs, its clock to be turned."""

    told: Told = field(default_factory=Told)
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: MemoryClock = field(default_factory=MemoryClock)

    def teller(self, **options: Any) -> Teller:
        given = {"notifications.channels": ["slack"]} | {
            f"notifications.{name.replace('__', '.')}": value for name, value in options.items()
        }
        return Teller(
            settings=load(None, environment={"HOME": "/nowhere"}, overrides=given).notifications,
            outbox=lambda: self.store.outbox,
            book=lambda: self.store.casebook,
            notifier=lambda: self.told,
            clock=self.clock,
            redact=Redactor(["hunter2hunter2"]).redact,
        )

    async def later(self, seconds: float) -> None:
        await self.clock.turn(seconds)


async def kept(teller: Teller, notice: Notice) -> int:
    return len(await teller.keep(notice))


async def sent(teller: Teller) -> int:
    return sum(one.notices for one in await teller.send_due() if not one.problem)


@pytest.fixture
def house() -> House:
    return House()


async def test_it_waits_for_others_and_tells_them_together(house: House) -> None:
    teller = house.teller()
    assert 1 == await kept(teller, FAILED)
    assert 0 == await sent(teller)
    await house.later(20)
    await teller.tell(ALERT)
    await house.later(10)
    assert 2 == await sent(teller)
    ((channel, notice),) = house.told.sent
    assert ("slack", NotificationType.CRITICAL_ALERT) == (channel, notice.type)
    assert "test failed" in notice_text(notice)
    assert 0 == await sent(teller)


async def test_the_same_is_not_told_twice_within_the_window(house: House) -> None:
    assert [1, 0] == [await kept(house.teller(), FAILED) for _ in range(2)]
    await house.later(HOUR - 1)
    await sent(house.teller())
    assert 0 == await kept(house.teller(), replace(FAILED, message="in other words"))
    await house.later(2)
    assert 1 == await kept(house.teller(), FAILED)


async def test_without_a_key_the_words_tell_what_is_the_same(house: House) -> None:
    teller = house.teller()
    same = [ALERT, ALERT, replace(ALERT, message="x"), replace(ALERT, data={"a": "b"})]
    assert [1, 0, 1, 1] == [await kept(teller, one) for one in same]


@pytest.mark.parametrize(
    ("rule", "notice", "wanted"),
    [
        ({}, FAILED, True),
        ({"types": ["workflow_failed"]}, FAILED, True),
        ({"types": ["fix_applied"]}, FAILED, False),
        ({"severity": "medium"}, FAILED, True),
        ({"severity": "high"}, FAILED, False),
        ({"severity": "high"}, ALERT, True),
        ({"repositories": ["acme/*"]}, FAILED, True),
        ({"repositories": ["ACME/shop", "x/y"]}, FAILED, True),
        ({"repositories": ["other/*"]}, FAILED, False),
        ({"repositories": ["acme/*"]}, ALERT, False),
    ],
)
async def test_rules(house: House, rule: dict[str, object], notice: Notice, wanted: bool) -> None:
    teller = house.teller(**{f"rules__slack__{name}": value for name, value in rule.items()})
    assert wanted == bool(await kept(teller, notice))


async def test_nobody_is_told_when_nobody_is_named(house: House) -> None:
    for channels in ([], ["github", "linear"]):
        teller = house.teller(channels=channels)
        assert (0, 0) == (await kept(teller, ALERT), await sent(teller))
        await asyncio.wait_for(teller.run(asyncio.Event()), 1)


async def test_quiet_hours_hold_all_but_what_is_critical(house: House) -> None:
    teller = house.teller(quiet_hours="22:00-06:00")
    midnight = house.clock.now() // (24 * HOUR) * 24 * HOUR
    await house.later(midnight + 24 * HOUR - house.clock.now())  # now it is 00:00
    for one in (FAILED, replace(FAILED, key="2"), ALERT):
        await teller.tell(one)
    await house.later(60)
    assert 1 == await sent(teller)
    await house.later(5.9 * HOUR)
    assert 0 == await sent(teller)
    await house.later(0.1 * HOUR)
    assert 2 == await sent(teller)
    assert ["the disk is full", "test failed"] == [notice.message for _, notice in house.told.sent]


async def test_a_failed_channel_keeps_nobody_else_from_being_told(house: House) -> None:
    house.told.broken = {"slack"}
    teller = house.teller(channels=["slack", "email"], group=0)
    assert 2 == await kept(teller, FAILED)
    assert 1 == await sent(teller)
    (entry,) = house.store.casebook.audit()
    assert ("could not tell slack of 1, 0 given up", "slack is down (wait)") == (entry.what, entry.detail)
    house.told.broken = set()
    assert 0 == await sent(teller)
    await house.later(60)
    assert 1 == await sent(teller)
    assert ["email", "slack"] == [channel for channel, _ in house.told.sent]


async def test_after_some_tries_a_channel_is_given_up(house: House) -> None:
    house.told.broken = {"slack"}
    teller = house.teller(group=0)
    await kept(teller, FAILED)
    for _ in range(TRIES + 2):
        await sent(teller)
        await house.later(HOUR)
    assert TRIES == len(house.store.casebook.audit())
    assert "1 given up" in house.store.casebook.audit()[0].what
    assert 0 == house.store.outbox.waiting()


async def test_what_a_sender_did_not_end_is_sent_by_another(house: House) -> None:
    await kept(house.teller(group=0), FAILED)
    house.store.outbox.take(house.clock.now(), house.clock.now() + 300)  # and then it died
    assert 0 == await sent(house.teller(group=0))
    await house.later(300)
    assert 1 == await sent(house.teller(group=0))


async def test_a_process_that_ends_waits_for_nothing_more(house: House) -> None:
    teller = house.teller()
    await teller.tell(FAILED)
    await teller.finish()
    assert 1 == len(house.told.sent)
    house.told.broken = {"slack"}
    await teller.tell(ALERT)
    await teller.finish()
    assert 1 == house.store.outbox.waiting()


async def test_secrets_are_not_told(house: House) -> None:
    text = "hunter2hunter2 in https://me:s3cretpassw0rd@git.example"
    evil = replace(FAILED, message=text, title=text, data={"a": text})
    teller = house.teller(group=0)
    await teller.tell(evil)
    await sent(teller)
    ((_, notice),) = house.told.sent
    for secret in ("hunter2", "s3cretpassw0rd"):
        assert secret not in repr(notice)


async def test_while_everything_is_stopped_notices_wait(house: House) -> None:
    teller = replace(house.teller(group=0), stopped=lambda: True)
    await kept(teller, FAILED)
    assert 0 == await sent(teller)
    assert 1 == await sent(replace(teller, stopped=lambda: False))


async def test_the_loop_ends_when_it_is_to(house: House) -> None:
    teller, stop = house.teller(group=0), asyncio.Event()
    await teller.tell(FAILED)
    loop = asyncio.create_task(teller.run(stop))
    while not house.told.sent:
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(loop, 2)


async def test_a_store_that_does_not_answer_stops_nothing(house: House) -> None:
    def broken() -> Any:
        raise Unavailable("the store is away")

    teller, stop = replace(house.teller(), outbox=broken), asyncio.Event()
    await teller.tell(FAILED)
    loop = asyncio.create_task(teller.run(stop))
    await asyncio.sleep(0.05)
    assert not loop.done()
    stop.set()
    await asyncio.wait_for(loop, 2)


async def test_an_app_tells_by_its_settings(tmp_path: Path) -> None:
    with receiver() as hook:
        given = {
            "state_dir": str(tmp_path / "state"),
            "notifications.channels": ["webhook"],
            "notifications.group": 0,
            "integrations.webhook.url": f"{hook.url}/T0PSECRETTOKEN99",
        }
        app = App.open(environment={"HOME": str(tmp_path), "PATH": "/bin"}, overrides=given)
        await teller(app).tell(replace(FAILED, message="leaked T0PSECRETTOKEN99"))
        await teller(app).send_due()
        app.close()
    (body,) = hook.bodies
    assert body["message"].startswith("acme/shop: ")
    assert ["/hook/T0PSECRETTOKEN99"] == hook.paths
