"""Service: patience with a host in trouble, bounds for what it sends, credentials that stay in place."""

from __future__ import annotations

import asyncio
import gzip
import io
import itertools
import time
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.hosts.clocks import HurriedClock
from tests.hosts.serving import Ask, Reply, answer, serve

from autonomous_cicd.adapters.guards import Guards
from autonomous_cicd.adapters.http import Patience, Service
from autonomous_cicd.errors import (
    NotFound,
    PortError,
    RateLimited,
    Unauthorized,
    Unavailable,
    Uncertain,
    UsageError,
)

GOOD = answer({"a": 1})
TOKEN = "s3cret-token"
QUICK = Patience(connect=1.0, read=0.3, total=1.0, download=2.0, largest=100_000, most=1 << 20)


class Host:
    """Answers as it is told, the last one for ever, and remembers what was asked."""

    def __init__(self, respond: Callable[[Ask], Reply] | Sequence[Reply]) -> None:
        self.asked: list[Ask] = []
        self._respond = respond
        self._left = iter(respond) if not callable(respond) else iter(())
        self._last = GOOD

    def __call__(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        if callable(self._respond):
            return self._respond(ask)
        self._last = next(self._left, self._last)
        return Reply(self._last.status, self._last.body, dict(self._last.headers), self._last.kind)


@asynccontextmanager
async def asking(
    respond: Callable[[Ask], Reply] | Sequence[Reply], *, patience: Patience = QUICK, **more: Any
) -> AsyncIterator[tuple[Service, Host, HurriedClock]]:
    """Lend a service, the host that it asks, and its clock."""
    host, clock = Host(respond), HurriedClock()
    with serve(host) as port:
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        service = Service(
            f"http://127.0.0.1:{port}/api",
            headers=bearer,
            name="Host",
            clock=clock,
            patience=patience,
            **more,
        )
        try:
            yield service, host, clock
        finally:
            await service.aclose()


def broken(kind: str) -> Reply:
    return Reply(200, b'{"a": 1}', {"content-type": "application/json"}, kind)


HTML = Reply(502, b"<html>Unicorn!</html>")
PASSING = [HTML, Reply(503), Reply(504), Reply(500), broken("reset"), broken("truncated")]
PASSING.append(Reply(200, b'{"a": ', {"content-type": "application/json"}))
PASSING.append(Reply(200, b"[" * 100_000, {"content-type": "application/json"}))
PASSING.append(Reply(200, b'{"a": NaN}', {"content-type": "application/json"}))
PASSING.append(Reply(200, b"\xff\xfe", {"content-type": "application/json"}))
NAMES = ["502", "503", "504", "500", "reset", "truncated", "malformed", "deep", "nan", "no text"]


@pytest.mark.parametrize("fault", PASSING, ids=NAMES)
async def test_what_passes_is_waited_for_three_times_at_most(fault: Reply) -> None:
    async with asking([fault, fault, GOOD]) as (service, host, clock):
        assert {"a": 1} == (await service.call("GET", "/x")).json()
        assert (3, ["/api/x"] * 3) == (len(host.asked), [one.raw for one in host.asked])
        assert 0.5 <= clock.slept[0] <= 2.0
        assert 0.5 <= clock.slept[1] <= 8.0
    async with asking([fault]) as (service, host, _):
        with pytest.raises(Unavailable, match="3 times"):
            await service.call("GET", "/x")
        assert 3 == len(host.asked)


@pytest.mark.parametrize("fault", PASSING, ids=NAMES)
async def test_what_may_have_been_done_is_not_repeated_unless_that_does_no_harm(fault: Reply) -> None:
    async with asking([fault, GOOD]) as (service, host, _):
        with pytest.raises(Uncertain, match="may have been done"):
            await service.call("POST", "/x", {"title": "t"})
        assert 1 == len(host.asked)
        assert 200 == (await service.call("POST", "/x", {"title": "t"}, repeatable=True)).status
        assert {"title": "t"} == host.asked[-1].json


async def test_a_slow_answer_is_not_waited_for() -> None:
    slow = itertools.chain([3.0], itertools.repeat(0.0))
    async with asking(lambda ask: Reply(200, b"{}", wait=next(slow))) as (service, host, _):
        began = time.monotonic()
        await service.call("GET", "/x")
        assert 2 == len(host.asked)
        assert 2.0 > time.monotonic() - began


async def test_an_answer_that_drips_takes_no_longer_than_it_may() -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(100):
            time.sleep(0.1)
            yield b" "

    async with asking(lambda ask: Reply(200, stream=drip())) as (service, _, _):
        began = time.monotonic()
        with pytest.raises(Unavailable, match="longer than 1 s"):
            await service.call("GET", "/x")
        assert 8.0 > time.monotonic() - began


async def test_a_host_that_is_not_there_may_be_asked_again_for_anything() -> None:
    clock = HurriedClock()
    service = Service("http://127.0.0.1:9", headers={}, name="Host", clock=clock)
    with pytest.raises(Unavailable, match="does not answer") as refused:
        await service.call("POST", "/x", {})
    assert not isinstance(refused.value, Uncertain)
    assert 2 == len(clock.slept)


@pytest.mark.parametrize(
    ("limit", "waited"),
    [
        (answer({}, 429, retry_after="7"), 7),
        (answer({"message": "You have exceeded a secondary rate limit."}, 403, retry_after="3"), 3),
        (answer({}, 429, retry_after="0"), 0),
    ],
)
async def test_it_waits_as_long_as_it_is_told(limit: Reply, waited: float) -> None:
    """Also with what may not be done twice: a limit says that nothing was done."""
    async with asking([limit, limit, GOOD]) as (service, host, clock):
        assert 200 == (await service.call("POST", "/x", {})).status
        assert 3 == len(host.asked)
        assert all(waited <= one <= waited + 0.5 for one in clock.slept)


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [
        (answer({}, 429, retry_after="3600"), 3600),
        (answer({}, 429), 60),
        (answer({"message": "You have exceeded a secondary rate limit."}, 403), 60),
        (answer({}, 429, retry_after="-1"), 60),
        (answer({}, 429, retry_after="9" * 400), 60),
        (answer({}, 429, retry_after="tomorrow"), 60),
    ],
)
async def test_what_takes_too_long_is_for_the_caller_to_decide(limit: Reply, seconds: float) -> None:
    async with asking([limit]) as (service, host, clock):
        with pytest.raises(RateLimited) as refused:
            await service.call("GET", "/x")
        assert (seconds, 1, []) == (refused.value.retry_after, len(host.asked), clock.slept)


async def test_it_does_not_wait_again_and_again() -> None:
    async with asking([answer({}, 429, retry_after="1")]) as (service, host, _):
        with pytest.raises(RateLimited):
            await service.call("GET", "/x")
        assert 6 == len(host.asked)


async def test_a_tenth_of_the_limit_is_left_to_people() -> None:
    def limits(remaining: int) -> Reply:
        told = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": str(remaining)}
        return Reply(200, b"{}", {**told, "x-ratelimit-reset": str(int(time.time()) + 900)})

    async with asking([limits(501), limits(500)]) as (service, host, clock):
        await service.call("GET", "/1")
        await service.call("GET", "/2")
        with pytest.raises(RateLimited, match="500 more requests of 5000") as refused:
            await service.call("GET", "/3")
        assert 2 == len(host.asked)
        assert 890 <= refused.value.retry_after <= 901
        await clock.sleep(901)
        await service.call("GET", "/4")
        assert 3 == len(host.asked)


@pytest.mark.parametrize(
    ("reply", "error", "told"),
    [
        (answer({"message": "Bad credentials"}, 401), Unauthorized, "Bad credentials"),
        (answer({"message": "Resource not accessible\x1b[31m"}, 403), Unauthorized, "not accessible"),
        (answer({}, 404), NotFound, "knows nothing of /x"),
        (answer({}, 410), NotFound, "has no longer"),
        (answer({"message": "x" * 5000}, 403), Unauthorized, "xxx"),
    ],
)
async def test_what_it_refuses_is_an_error_of_ours(reply: Reply, error: type[PortError], told: str) -> None:
    async with asking([reply]) as (service, host, _):
        with pytest.raises(error, match=told) as refused:
            await service.call("GET", "/x")
        assert 1 == len(host.asked)
        assert str(refused.value).isprintable()
        assert 400 > len(str(refused.value))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_another_place_is_not_followed(status: int) -> None:
    other = Host([GOOD])
    with serve(other) as port:
        for aim in (f"http://127.0.0.1:{port}/x", f"http://localhost:{port}/x", f"//127.0.0.1:{port}/x"):
            async with asking([Reply(status, b"", {"location": aim})]) as (service, _, _):
                with pytest.raises(Unavailable, match="another place"):
                    await service.call("GET", "/x")
    assert [] == other.asked


@pytest.mark.parametrize(
    "aim", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://[::1", "http://u:p@127.0.0.1/"]
)
async def test_a_redirect_to_no_place_on_the_web_is_an_error(aim: str) -> None:
    async with asking([Reply(302, b"", {"location": aim})]) as (service, _, _):
        for ask in (service.call("GET", "/x"), service.download("/x")):
            with pytest.raises(Unavailable):
                await ask


async def test_a_redirect_at_the_same_place_is_followed_three_times_at_most() -> None:
    moved = Reply(301, b"", {"location": "/api/moved"})
    async with asking([moved, GOOD]) as (service, host, _):
        assert 200 == (await service.call("GET", "/x")).status
        assert [f"Bearer {TOKEN}"] * 2 == [one.headers["authorization"] for one in host.asked]
    async with asking([moved]) as (service, host, _):
        with pytest.raises(Unavailable, match="from place to place"):
            await service.call("GET", "/x")
        assert 4 == len(host.asked)
    async with asking([moved, GOOD]) as (service, host, _):
        with pytest.raises(Unavailable):
            await service.call("POST", "/x", {})
    kept = Reply(307, b"", {"location": "/api/moved"})
    async with asking([kept, GOOD]) as (service, host, _):
        assert 200 == (await service.call("POST", "/x", {"a": 1})).status
        assert [("POST", {"a": 1})] * 2 == [(one.method, one.json) for one in host.asked]


async def test_what_is_elsewhere_is_downloaded_without_credentials_and_cookies() -> None:
    other = Host([Reply(200, b"the log\n", {"content-type": "text/plain"})])
    with serve(other) as port:
        aim = {"location": f"http://127.0.0.1:{port}/log?sig=1", "set-cookie": "id=1; Path=/"}
        async with asking([Reply(302, b"", aim)]) as (service, host, _):
            for _ in range(2):
                found = await service.download("/log")
                assert (b"the log\n", ()) == (found.file.read(), found.notes)
                found.file.close()
            assert {f"Bearer {TOKEN}"} == {one.headers["authorization"] for one in host.asked}
            assert not any("cookie" in one.headers for one in host.asked)
    for one in other.asked:
        assert not {"authorization", "cookie", "referer"} & one.headers.keys()
        assert TOKEN not in repr(one)


async def test_what_is_opened_by_its_address_gets_no_credentials_at_the_same_host_either() -> None:
    moved = Reply(301, b"", {"location": "/api/moved"})
    async with asking([moved, Reply(302, b"", {"location": "/blob?sig=1"}), Reply(200, b"log")]) as (
        service,
        host,
        _,
    ):
        found = await service.download("/log")
        assert b"log" == found.file.read()
        found.file.close()
        assert [True, True, False] == ["authorization" in one.headers for one in host.asked]


async def test_a_service_in_trouble_may_say_for_how_long() -> None:
    async with asking([Reply(503, b"", {"retry-after": "20"}), GOOD]) as (service, _, clock):
        await service.call("GET", "/x")
        assert [20.0] == clock.slept
    async with asking([Reply(503, b"", {"retry-after": "900"})]) as (service, host, _):
        with pytest.raises(RateLimited) as refused:
            await service.call("GET", "/x")
        assert (900, 1) == (refused.value.retry_after, len(host.asked))


async def test_an_address_that_holds_no_longer_is_asked_for_anew() -> None:
    other = Host([Reply(403, b"<Error>expired</Error>"), Reply(200, b"the log\n")])
    with serve(other) as port:
        aim = Reply(302, b"", {"location": f"http://127.0.0.1:{port}/log"})
        async with asking([aim]) as (service, host, _):
            found = await service.download("/log")
            assert b"the log\n" == found.file.read()
            found.file.close()
            assert (2, 2) == (len(host.asked), len(other.asked))


async def test_what_is_too_large_is_cut_early() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 65536

    async with asking(lambda ask: Reply(200, stream=endless())) as (service, _, _):
        with pytest.raises(Unavailable, match="larger than"):
            await service.call("GET", "/x")
        found = await service.download("/x")
        assert 1 << 20 == len(found.file.read())
        assert ("only its first 1 MB were read",) == found.notes
        found.file.close()
    claimed = Reply(200, b"x" * 200_000, {"content-length": str(10 * 1024**3)}, "truncated")
    async with asking([claimed]) as (service, _, _):
        with pytest.raises(Unavailable, match=r"larger than|ends after"):
            await service.call("GET", "/x")


async def test_a_bomb_is_cut_while_it_unpacks() -> None:
    packed = gzip.compress(b"0" * (64 << 20))
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    async with asking([Reply(200, packed, headers)]) as (service, host, _):
        with pytest.raises(Unavailable, match="larger than"):
            await service.call("GET", "/x")
        assert 1 == len(host.asked)


async def test_a_download_that_breaks_off_is_repeated_and_then_noted() -> None:
    whole = Reply(200, b"0123456789", {"content-type": "text/plain"})
    cut = Reply(200, b"0123456789", {"content-type": "text/plain"}, "truncated")
    async with asking([cut, cut, whole]) as (service, _, _):
        found = await service.download("/x")
        assert (b"0123456789", ()) == (found.file.read(), found.notes)
        found.file.close()
    shorter = Reply(200, b"01", {"content-type": "text/plain"}, "truncated")
    async with asking([cut, shorter]) as (service, host, _):
        found = await service.download("/x")
        assert b"01234" == found.file.read()
        assert ["the answer of Host ends after 1 of 2 bytes"] == list(found.notes)
        assert 3 == len(host.asked)
        found.file.close()


async def test_an_archive_without_its_end_is_asked_for_again() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("0_test.txt", "hello")
    half = Reply(200, file.getvalue()[:40], {"content-type": "application/zip"})
    async with asking([half, Reply(200, file.getvalue())]) as (service, host, _):
        found = await service.download("/x")
        assert (file.getvalue(), 2) == (found.file.read(), len(host.asked))
        found.file.close()


async def test_what_is_known_costs_nothing() -> None:
    def respond(ask: Ask) -> Reply:
        if ask.headers.get("if-none-match") == '"1"':
            return Reply(304, b"", {"etag": '"1"'})
        return answer({"a": 1}, etag='"1"')

    async with asking(respond) as (service, host, _):
        found = [(await service.call("GET", "/x", query={"page": "1"})).json() for _ in range(3)]
        assert [{"a": 1}] * 3 == found
        assert [None, '"1"', '"1"'] == [one.headers.get("if-none-match") for one in host.asked]
        await service.call("GET", "/x", query={"page": "2"})
        assert "if-none-match" not in host.asked[-1].headers


async def test_credentials_that_no_header_may_have_are_not_shown() -> None:
    service = Service("http://127.0.0.1:9", headers={"Authorization": f"Bearer {TOKEN}\nx: y"}, name="Host")
    with pytest.raises(Unauthorized) as refused:
        await service.call("GET", "/x")
    assert TOKEN not in repr(refused.value)


async def test_new_credentials_are_asked_for_once() -> None:
    class Keys:
        number = 1

        async def headers(self, path: str) -> dict[str, str]:
            return {"Authorization": f"Bearer {self.number}"}

        def refused(self, path: str) -> bool:
            self.number += 1
            return True

        def lacking(self) -> str:
            return ""

    bad = answer({"message": "Bad credentials"}, 401)
    async with asking([bad, GOOD], credentials=Keys()) as (service, host, _):
        await service.call("POST", "/x", {})
        assert ["Bearer 1", "Bearer 2"] == [one.headers["authorization"] for one in host.asked]
    async with asking([bad], credentials=Keys()) as (service, host, _):
        with pytest.raises(Unauthorized):
            await service.call("GET", "/x")
        assert 2 == len(host.asked)


async def test_in_an_outage_it_is_quiet_and_afterwards_it_goes_on() -> None:
    """Two hundred calls in a minute cost nine requests; when the host is back, all is as before."""
    well, now = [False], [0.0]
    guards = Guards("Host", threshold=3, recovery=30.0, now=lambda: now[0])
    respond = lambda ask: GOOD if well[0] else HTML  # noqa: E731
    async with asking(respond, guards=guards) as (service, host, _):
        for _ in range(200):
            with pytest.raises(Unavailable):
                await service.call("GET", "/x")
            now[0] += 0.1
        assert 9 == len(host.asked)
        well[0] = True
        now[0] += 60
        assert {200} == {(await service.call("GET", "/x")).status for _ in range(10)}


async def test_repetitions_are_a_share_of_the_calls() -> None:
    async with asking([HTML]) as (service, host, _):
        for _ in range(300):
            with pytest.raises(Unavailable):
                await service.call("GET", "/x")
        assert 300 + 20 + 75 >= len(host.asked)


@pytest.mark.parametrize("base", ["nowhere", "ftp://host", "http://", "http://[", "//host/x", ""])
def test_an_address_that_is_none_is_a_mistake_of_the_user(base: str) -> None:
    with pytest.raises(UsageError, match="no address of Host"):
        Service(base, headers={}, name="Host")


def test_it_serves_one_loop_after_the_other() -> None:
    host = Host([GOOD])
    with serve(host) as port:
        service = Service(f"http://127.0.0.1:{port}", headers={}, name="Host")
        found = [asyncio.run(service.call("GET", "/x")).status for _ in range(2)]
    assert ([200, 200], 2) == (found, len(host.asked))
