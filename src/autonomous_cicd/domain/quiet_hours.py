"""Quiet hours: a part of the day in which people are left alone."""

from __future__ import annotations

__all__ = ["quiet_until"]

_DAY = 24 * 3600
_MINUTE = 60


def quiet_until(hours: str, now: float) -> float:
    """Return when the quiet hours end in which `now` is, seconds since the epoch; 0 when it is in none.

    `hours`: `22:00-06:00`, in UTC; "" for none. Hours that begin when they end are none.
    """
    if not hours:
        return 0.0
    first, last = (_seconds(part) for part in hours.split("-"))
    begun = (now - first) % _DAY
    length = (last - first) % _DAY
    return now + length - begun if begun < length else 0.0


def _seconds(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 3600 + int(minute) * _MINUTE
