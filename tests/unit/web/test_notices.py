"""The server sends notices, also those that waited when it was ended."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from tests.receivers import receiver
from tests.servers import deliver, environment, eventually, failed_run, running

from autonomous_cicd.app import App
from autonomous_cicd.domain.delivery import Ended, Lease, Progress
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.notice import Notice, NotificationType
from autonomous_cicd.lazy import teller
from autonomous_cicd.web.office import NoJourneys


class Telling(NoJourneys):
    """Tells of every event."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._tell = teller(app).tell

    async def handle(self, event: Event, lease: Lease) -> Ended:
        await self._tell(Notice(type=NotificationType.WORKFLOW_FAILED, message=f"run {event.run} failed"))
        return Ended(Progress.DONE, "told")


def test_notices_are_sent_by_the_server(tmp_path: Path) -> None:
    with receiver() as hook:
        more = {
            "AUTONOMOUS_CICD_NOTIFICATIONS_CHANNELS": "webhook",
            "AUTONOMOUS_CICD_NOTIFICATIONS_GROUP": "0",
            "AUTONOMOUS_CICD_INTEGRATIONS_WEBHOOK_URL": hook.url,
        }
        with contextlib.closing(App.open(None, environment=environment(tmp_path, **more))) as app:
            before = Notice(type=NotificationType.CRITICAL_ALERT, message="from before")
            assert ("webhook",) == asyncio.run(teller(app).keep(before))
        with running(tmp_path, Telling, **more) as (port, _):
            deliver(port, failed_run(17))
            eventually(lambda: len(hook.bodies) == 2)
    assert {"from before", "run 17 failed"} == {body["message"] for body in hook.bodies}
