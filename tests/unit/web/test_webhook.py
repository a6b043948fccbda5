"""Webhook: only what is genuine and whole is taken, and it is on disk before it is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers import SECRET, failed_run, signed

from autonomous_cicd.domain.delivery import Received
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.web.webhook import LARGEST, PATH, Webhook

RECORDED = Path(__file__).parents[4] / "shared/contracts/github/webhooks/payload-examples"
BODY = json.dumps(failed_run(7)).encode()


class Caller:
    """Speaks to a webhook as a server does, and keeps what was taken."""

    def __init__(self, secret: str = SECRET, full: bool = False, **options: Any) -> None:
        self.kept: list[Received] = []
        self._full = full
        self.webhook = Webhook(secret, self._keep, lambda: 1_000.0, **options)

    async def _keep(self, delivery: Received) -> None:
        if self._full:
            raise Unavailable("the disk is full")
        self.kept.append(delivery)

    def call(
        self, body: bytes | Sequence[bytes], headers: Mapping[str, str], method: str = "POST"
    ) -> tuple[int, Any, dict[str, str]]:
        parts = [body] if isinstance(body, bytes) else list(body)
        pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        scope = {"type": "http", "method": method, "path": PATH, "headers": pairs}
        sent: list[Any] = []

        async def receive() -> Any:
            if not parts:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.webhook(scope, receive, send))
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], json.loads(sent[1]["body"]), told


def test_a_genuine_delivery_is_taken() -> None:
    caller = Caller()
    status, answer, headers = caller.call(BODY, signed(BODY, id="d-1"))
    assert (202, {"delivery": "d-1"}) == (status, answer)
    assert "nosniff" == headers["x-content-type-options"]
    (kept,) = caller.kept
    assert ("d-1", "acme/shop", 1_000.0) == (kept.id, kept.key, kept.at)
    assert 7 == kept.event.run


def test_the_published_test_vector_is_right() -> None:
    """The payload `Hello, World!` is genuine, and no JSON."""
    known = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    status, answer, _ = Caller().call(b"Hello, World!", signed(b"", X_Hub_Signature_256=known))
    assert 400 == status
    assert "it is no JSON" in answer["detail"]


def test_it_comes_in_pieces() -> None:
    caller = Caller()
    pieces = [BODY[start : start + 7] for start in range(0, len(BODY), 7)]
    assert 202 == caller.call(pieces, signed(BODY))[0]
    assert 1 == len(caller.kept)


def test_it_comes_as_a_form() -> None:
    caller = Caller()
    body = f"payload={quote_plus(BODY.decode())}".encode()
    headers = signed(body, Content_Type="application/x-www-form-urlencoded; charset=utf-8")
    assert 202 == caller.call(body, headers)[0]
    assert 7 == caller.kept[0].event.run


FORGED = "sha256=" + "0" * 64
REFUSED: dict[str, tuple[int, dict[str, str]]] = {
    "unsigned": (401, {"X_Hub_Signature_256": ""}),
    "signed with SHA-1": (401, {"X_Hub_Signature_256": "", "X_Hub_Signature": "sha1=" + "0" * 40}),
    "signed with another key": (401, {"X_Hub_Signature_256": FORGED}),
    "a signature without its kind": (401, {"X_Hub_Signature_256": "0" * 64}),
    "a signature that is too short": (401, {"X_Hub_Signature_256": "sha256=00"}),
    "a signature of another alphabet": (401, {"X_Hub_Signature_256": "sha256=" + "\u00e9" * 64}),
    "no id": (400, {"X_GitHub_Delivery": ""}),
    "an id that leads out": (400, {"X_GitHub_Delivery": "../../etc/passwd"}),
    "an id that forges a line": (400, {"X_GitHub_Delivery": "a b\tc"}),
    "an id of a polled run": (400, {"X_GitHub_Delivery": "poll:acme/shop:7:1"}),
    "an endless id": (400, {"X_GitHub_Delivery": "a" * 5_000}),
    "no event": (400, {"X_GitHub_Event": ""}),
    "an odd event": (400, {"X_GitHub_Event": "<script>"}),
    "an endless event": (400, {"X_GitHub_Event": "a" * 5_000}),
    "no type": (415, {"Content_Type": ""}),
    "text": (415, {"Content_Type": "text/plain"}),
    "compressed": (415, {"Content_Encoding": "gzip"}),
    "10 GB announced": (413, {"Content_Length": str(10 * 1024**3)}),
    "an odd length": (413, {"Content_Length": "1e3"}),
    "a length below zero": (413, {"Content_Length": "-1"}),
    "a form without the field": (400, {"Content_Type": "application/x-www-form-urlencoded"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_right_is_refused_and_not_recorded(case: str) -> None:
    status, headers = REFUSED[case]
    caller = Caller()
    told, answer, _ = caller.call(BODY, signed(BODY, **headers))
    assert status == told
    assert status == answer["status"]
    assert [] == caller.kept


def test_a_body_that_was_changed_is_refused() -> None:
    caller = Caller()
    assert 401 == caller.call(BODY + b" ", signed(BODY))[0]
    assert [] == caller.kept


def test_a_header_that_is_there_twice_is_nobodys_word() -> None:
    caller = Caller()
    pairs = [(name.lower().encode(), value.encode()) for name, value in signed(BODY).items()]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": BODY}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "headers": [*pairs, (b"x-github-delivery", b"b")],
    }
    asyncio.run(caller.webhook(scope, receive, send))
    assert 400 == sent[0]["status"]
    assert [] == caller.kept


@pytest.mark.parametrize("options", [{"secret": ""}, {"enabled": False}])
def test_without_a_secret_nothing_is_taken(options: dict[str, Any]) -> None:
    caller = Caller(**options)
    assert caller.call(BODY, signed(BODY))[0] in (401, 403)
    assert caller.call(BODY, signed(BODY, X_Hub_Signature_256=""))[0] in (401, 403)
    assert [] == caller.kept


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_only_post_is_taken(method: str) -> None:
    status, _, headers = Caller().call(b"", {}, method)
    assert (405, "POST") == (status, headers["allow"])


HOSTILE = {
    "100,000 levels": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "6,000 digits": b'{"a":' + b"9" * 6_000 + b"}",
    "NaN": b'{"a":NaN}',
    "half a character": b'{"a":"\\ud800"}',
    "a name twice": b'{"action":"completed","action":"created"}',
    "a list": b"[]",
    "nothing": b"",
    "cut off": BODY[:-1],
    "a run that is a list": b'{"workflow_run":[]}',
    "an id that is a text": json.dumps(failed_run(7, id="7")).encode(),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_odd_is_refused(case: str) -> None:
    caller = Caller()
    assert 400 == caller.call(HOSTILE[case], signed(HOSTILE[case]))[0]
    assert [] == caller.kept


def test_endless_pieces_are_cut_off() -> None:
    caller = Caller()
    piece = b"x" * 1024 * 1024
    status, _, headers = caller.call([piece] * 70, signed(b"", X_Hub_Signature_256=FORGED))
    assert (413, "close") == (status, headers["connection"])


def test_who_sends_a_little_too_much_reads_the_answer() -> None:
    """Who still writes when we hang up would not."""
    caller = Caller()
    pieces = [b"x" * 1024 * 1024] * 26
    status, _, headers = caller.call(pieces, signed(b"", X_Hub_Signature_256=FORGED))
    assert 413 == status
    assert "connection" not in headers


def test_who_hangs_up_is_not_waited_for() -> None:
    async def never() -> Any:
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    caller = Caller()
    pairs = [(name.lower().encode(), value.encode()) for name, value in signed(BODY).items()]
    scope = {"type": "http", "method": "POST", "path": PATH, "headers": pairs}
    asyncio.run(caller.webhook(scope, never, send))
    assert [] == caller.kept


def test_what_cannot_be_kept_is_not_acknowledged() -> None:
    wrong: list[str] = []
    status, answer, headers = Caller(full=True, wrong=wrong.append).call(BODY, signed(BODY))
    assert (503, "10") == (status, headers["retry-after"])
    assert "the disk" not in answer["detail"]
    assert ["a delivery cannot be kept: the disk is full"] == wrong


def test_the_largest_is_taken() -> None:
    body = BODY[:-1] + b" " * (LARGEST - len(BODY)) + b"}"
    caller = Caller()
    assert 202 == caller.call(body, signed(body))[0]
    assert 413 == caller.call(body + b" ", signed(body + b" "))[0]


@given(st.binary(max_size=200), st.integers(0, len(BODY)), st.booleans())
def test_whatever_is_sent_is_answered(noise: bytes, at: int, genuine: bool) -> None:
    body = BODY[:at] + noise + BODY[at + len(noise) :]
    caller = Caller()
    status, _, _ = caller.call(body, signed(body if genuine else BODY))
    assert status in (202, 400, 401)
    assert (status == 202) == bool(caller.kept)


NAMES = st.sampled_from(
    ["X-GitHub-Delivery", "X-GitHub-Event", "X-Hub-Signature-256", "Content-Type", "Content-Length"]
)


@given(st.dictionaries(NAMES, st.text(st.characters(max_codepoint=255), max_size=80), max_size=5))
def test_whatever_stands_in_headers_is_answered(headers: dict[str, str]) -> None:
    caller = Caller()
    assert caller.call(BODY, {**signed(BODY), **headers})[0] in (202, 400, 401, 413, 415)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded payloads are not here")
def test_all_recorded_payloads_are_taken() -> None:
    caller = Caller()
    for file in sorted(RECORDED.rglob("*.json")):
        body = file.read_bytes()
        assert 202 == caller.call(body, signed(body, event=file.parent.name))[0], file
    assert 195 == len(caller.kept)
