"""The system's clock."""

from __future__ import annotations

import time

from autonomous_cicd.adapters.clock import SystemClock


def test_tells_the_time_of_the_system() -> None:
    before = time.time()
    now = SystemClock().now()
    assert before <= now <= time.time()


async def test_waits_at_least_as_long_as_it_is_asked() -> None:
    before = time.monotonic()
    await SystemClock().sleep(0.01)
    assert time.monotonic() - before >= 0.009
