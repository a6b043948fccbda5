"""Guide 1: "Notification System". The names and the call are its own; it has no longer example."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.receivers import Receiver, receiver

import autonomous_cicd
from autonomous_cicd import NotificationChannel, NotificationType, send_notification
from autonomous_cicd.errors import SettingsError

KINDS = {
    "Workflow completions": NotificationType.WORKFLOW_COMPLETED,
    "Workflow failures": NotificationType.WORKFLOW_FAILED,
    "Fixes applied": NotificationType.FIX_APPLIED,
    "Security updates": NotificationType.SECURITY_UPDATE,
    "Performance regressions": NotificationType.PERFORMANCE_REGRESSION,
    "Critical alerts": NotificationType.CRITICAL_ALERT,
}
"""For what the guide says that the system sends notifications."""


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Lend a webhook that is set up as the channel to tell."""
    with receiver() as known:
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("AUTONOMOUS_CICD_STATE_DIR", str(tmp_path / "state"))
        monkeypatch.setenv("AUTONOMOUS_CICD_NOTIFICATIONS_CHANNELS", "webhook")
        monkeypatch.setenv("AUTONOMOUS_CICD_INTEGRATIONS_WEBHOOK_URL", known.url)
        yield known


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_is_sent(kind: str, hook: Receiver) -> None:
    type = KINDS[kind]
    message, data = f"{kind} are told", {"run": 17, "branch": "main"}
    # `send_notification(type, message, data)` - Send notifications
    result = await send_notification(type, message, data)
    assert (True, ("webhook",)) == (result.success, result.sent)
    ((body),) = hook.bodies
    assert f"{message}\n- run: 17\n- branch: main" == body["message"]


async def test_the_same_is_sent_once(hook: Receiver) -> None:
    for _ in range(2):
        result = await send_notification("fix_applied", "it is healed")
    assert (1, ()) == (len(hook.bodies), result.channels)


async def test_a_channel_that_fails_is_told_of(hook: Receiver) -> None:
    hook.status = 500
    result = await send_notification(NotificationType.CRITICAL_ALERT, "help", severity="critical")
    assert (False, ()) == (result.success, result.sent)
    assert "500" in result.problems["webhook"]


async def test_channels_may_be_named(hook: Receiver) -> None:
    result = await send_notification(
        NotificationType.CRITICAL_ALERT, "help", channels=(NotificationChannel.SLACK,)
    )
    assert "no address is known for the channel slack" in result.problems["slack"]
    with pytest.raises(SettingsError):
        await send_notification(NotificationType.CRITICAL_ALERT, "help", channels=("pigeon",))
    with pytest.raises(ValueError, match="pigeon"):
        await send_notification("pigeon", "help")


async def test_without_channels_nobody_is_told(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTONOMOUS_CICD_NOTIFICATIONS_CHANNELS")
    result = await send_notification(NotificationType.WORKFLOW_COMPLETED, "all is well")
    assert (True, (), []) == (result.success, result.channels, hook.bodies)


def test_it_may_be_called_from_anywhere(hook: Receiver) -> None:
    asyncio.run(autonomous_cicd.send_notification("workflow_failed", "it failed", title="Red"))
    assert "Red" == hook.bodies[0]["title"]
