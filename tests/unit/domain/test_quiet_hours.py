"""Whether people are left alone, and until when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.quiet_hours import quiet_until

MIDNIGHT = 1_699_920_000.0  # 2023-11-14T00:00:00Z
HOUR = 3600.0


@pytest.mark.parametrize(
    ("hours", "hour", "until"),
    [
        ("", 3, 0),
        ("22:00-06:00", 21.99, 0),
        ("22:00-06:00", 22, 30),
        ("22:00-06:00", 23.5, 30),
        ("22:00-06:00", 0, 6),
        ("22:00-06:00", 5.99, 6),
        ("22:00-06:00", 6, 0),
        ("08:30-09:00", 8.75, 9),
        ("08:30-09:00", 12, 0),
        ("00:00-00:00", 12, 0),
    ],
)
def test_quiet_hours(hours: str, hour: float, until: float) -> None:
    assert quiet_until(hours, MIDNIGHT + hour * HOUR) == pytest.approx(until and MIDNIGHT + until * HOUR)


CLOCK = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@given(CLOCK, CLOCK, st.floats(0, 4e9))
def test_they_end_within_a_day_and_not_in_quiet_hours(first: str, last: str, now: float) -> None:
    until = quiet_until(f"{first}-{last}", now)
    assert until == 0 or now < until <= now + 24 * HOUR
    assert not until or not quiet_until(f"{first}-{last}", round(until) + 1)
