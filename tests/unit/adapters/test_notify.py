"""Messages arrive, what fails says why within a time, and no address is ever printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_string
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from tests.receivers import Mailbox, Receiver, mailbox, receiver

from autonomous_cicd.adapters.notify import AppriseNotifier, open_notifier
from autonomous_cicd.domain.notice import Notice, NotificationType
from autonomous_cicd.domain.notice_text import grouped
from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.errors import NotFound, PortError, Unavailable
from autonomous_cicd.settings.load import load

NOTICE = Notice(
    type=NotificationType.WORKFLOW_FAILED,
    message="test failed: <b>@everyone</b> [x](http://evil.example)",
    data={"cause": "no module yaml"},
    url="https://git.example/acme/shop/actions/runs/1",
    repository="acme/shop",
)
SECRET = "T0PSECRETTOKEN99"
SLACK = f"https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/{SECRET}aaaaaaaa"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as known:
        yield known


@pytest.fixture
def post() -> Iterator[Mailbox]:
    with mailbox() as known:
        yield known


def to(channel: str, url: str, seconds: float = 20.0) -> AppriseNotifier:
    return AppriseNotifier({channel: Secret(url)}, seconds=seconds)


async def test_a_webhook_gets_json(hook: Receiver) -> None:
    await to("webhook", f"{hook.url}?key={SECRET}&x=a%20b").notify(NOTICE, "webhook")
    (body,), (path,) = hook.bodies, hook.paths
    assert ("Workflow failed", "failure") == (body["title"], body["type"])
    assert body["message"].endswith("- cause: no module yaml\nhttps://git.example/acme/shop/actions/runs/1")
    assert "<b>" not in body["message"]
    assert "@everyone" not in body["message"]
    assert f"/hook?key={SECRET}&x=a+b" == path


async def test_a_long_message_is_one(hook: Receiver) -> None:
    facts = {f"{number}": "x" * 9_000 for number in range(99)}
    await to("webhook", hook.url).notify(grouped([replace(NOTICE, data=facts)] * 99), "webhook")
    (body,) = hook.bodies
    assert len(body["message"]) <= 8_000
    assert body["message"].endswith("and 98 more")


async def test_a_mail_arrives(post: Mailbox) -> None:
    url = f"mailto://127.0.0.1:{post.port}?to=you@git.example&from=me@git.example"
    await to("email", url).notify(NOTICE, "email")
    (mail,) = post.mails
    parsed = message_from_string(mail)
    assert "Workflow failed" == str(make_header(decode_header(parsed["Subject"])))
    for part in parsed.walk():
        if part.get_content_maintype() == "text":
            text = bytes(part.get_payload(decode=True)).decode()
            assert "no module yaml" in text
            assert "<b>" not in text


@pytest.mark.parametrize(
    ("channel", "url", "host"),
    [
        ("slack", SLACK, "hooks.slack.com:443"),
        ("discord", f"https://discord.com/api/webhooks/4174216298/{SECRET}", "discord.com:443"),
        (
            "teams",
            "https://prod-01.westus.logic.azure.com:443/workflows/0123456789abcdef0123456789abcdef/triggers/"
            f"manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SECRET}",
            "prod-01.westus.logic.azure.com:443",
        ),
        ("webhook", f"https://hook.git.example/{SECRET}", "hook.git.example:443"),
    ],
)
async def test_each_channel_speaks_to_its_service(
    channel: str,
    url: str,
    host: str,
    hook: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """As the proxy sees, that lets nobody through."""
    monkeypatch.setenv("HTTPS_PROXY", hook.url.removesuffix("/hook"))
    with pytest.raises(Unavailable, match=f"{channel} did not take the message") as failed:
        await to(channel, url).notify(NOTICE, channel)
    assert {host} == set(hook.paths)
    assert SECRET not in f"{failed.value!r} {failed.value.hint} {capfd.readouterr()}"


async def test_what_is_refused_says_why(hook: Receiver, capfd: pytest.CaptureFixture[str]) -> None:
    hook.status = 403
    with pytest.raises(Unavailable, match="403") as failed:
        await to("webhook", f"{hook.url}/{SECRET}").notify(NOTICE, "webhook")
    assert SECRET not in f"{failed.value!r} {capfd.readouterr()}"


async def test_a_message_is_not_led_elsewhere(hook: Receiver) -> None:
    with receiver() as other:
        hook.status, hook.location = 307, other.url
        with pytest.raises(Unavailable):
            await to("webhook", hook.url).notify(NOTICE, "webhook")
        assert [] == other.bodies


async def test_nobody_waits_for_ever(hook: Receiver) -> None:
    hook.hang.set()
    with pytest.raises(Unavailable, match=r"within 0\.3 s"):
        await to("webhook", hook.url, seconds=0.3).notify(NOTICE, "webhook")


@pytest.mark.parametrize(
    ("channel", "url"),
    [("slack", f"https://evil.example/{SECRET}"), ("webhook", f"gopher://x/{SECRET}"), ("email", SECRET)],
)
async def test_an_address_that_is_none(channel: str, url: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unavailable, match=f"the address of the channel {channel}") as failed:
        await to(channel, url).notify(NOTICE, channel)
    assert SECRET not in f"{failed.value!r} {capfd.readouterr()}"


async def test_no_address(tmp_path: Path) -> None:
    settings = load(None, environment={"HOME": str(tmp_path), "SLACK_WEBHOOK_URL": SLACK})
    notifier = open_notifier(settings.integrations)
    with pytest.raises(NotFound, match="no address is known for the channel teams") as failed:
        await notifier.notify(NOTICE, "teams")
    assert "integrations.teams" in failed.value.hint


async def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(PortError, match="Apprise") as failed:
        await to("slack", SLACK).notify(NOTICE, "slack")
    assert 'pip install "autonomous-cicd[notify]"' == failed.value.hint
