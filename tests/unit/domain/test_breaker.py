"""CircuitBreaker, as a machine of states: what it lets through, after whatever happened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.breaker import LONGEST, PROBES, BreakerState, CircuitBreaker

CLOSED = CircuitBreaker(threshold=3, recovery=30.0)


def failing(breaker: CircuitBreaker, times: int, now: float = 0.0) -> CircuitBreaker:
    for _ in range(times):
        breaker, allowed = breaker.asked(now)
        assert allowed
        breaker = breaker.failed(now)
    return breaker


def opened_for(breaker: CircuitBreaker, now: float) -> float:
    assert BreakerState.OPEN is breaker.state
    return breaker.wait(now)


def test_failures_in_a_row_open_it_for_a_while() -> None:
    assert BreakerState.CLOSED is failing(CLOSED, 2).state
    broken = failing(CLOSED, 3)
    assert 30.0 == opened_for(broken, 0.0)
    assert (broken, False) == broken.asked(29.9)
    assert 0.0 == broken.wait(31.0)


def test_a_success_forgets_the_failures() -> None:
    assert CLOSED == failing(CLOSED, 2).succeeded()
    assert BreakerState.CLOSED is failing(failing(CLOSED, 2).succeeded(), 2).state


def test_some_calls_find_out_whether_it_works_again() -> None:
    broken = failing(CLOSED, 3)
    trying, first = broken.asked(30.0)
    trying, second = trying.asked(30.0)
    refused = trying.asked(30.0)
    assert (True, True, (trying, False)) == (first, second, refused)
    assert BreakerState.HALF_OPEN is trying.succeeded().state
    assert CLOSED == trying.succeeded().succeeded()
    assert 60.0 == opened_for(trying.failed(30.0), 30.0)


def test_it_stays_open_twice_as_long_each_time_up_to_a_bound() -> None:
    breaker, now, waits = failing(CLOSED, 3), 0.0, []
    for _ in range(8):
        waits.append(opened_for(breaker, now))
        now += waits[-1]
        breaker = failing(breaker, 1, now)
    assert [30.0, 60.0, 120.0, 240.0, 480.0, 600.0, 600.0, 600.0] == waits


def test_what_was_asked_before_it_opened_changes_nothing() -> None:
    broken = failing(CLOSED, 3)
    assert broken == broken.succeeded() == broken.failed(1.0) == broken.abandoned()


def test_a_probe_that_is_broken_off_may_be_repeated() -> None:
    trying, _ = failing(CLOSED, 3).asked(30.0)
    trying, _ = trying.asked(30.0)
    assert not trying.asked(30.0)[1]
    assert trying.abandoned().asked(30.0)[1]


EVENTS = st.lists(st.tuples(st.sampled_from(["ask", "good", "bad", "off"]), st.floats(0, 100)), max_size=80)


@given(EVENTS, st.integers(1, 5), st.floats(1, 86_400))
def test_it_always_lets_something_through_in_the_end(
    events: list[tuple[str, float]], threshold: int, recovery: float
) -> None:
    breaker, now = CircuitBreaker(threshold=threshold, recovery=recovery), 0.0
    for what, seconds in events:
        now += seconds
        if what == "ask":
            breaker, allowed = breaker.asked(now)
            assert allowed or breaker.state is not BreakerState.CLOSED
        elif what == "good":
            breaker = breaker.succeeded()
        elif what == "bad":
            breaker = breaker.failed(now)
        else:
            breaker = breaker.abandoned()
        assert breaker.wait(now) <= max(LONGEST, recovery) + 0.001
        assert breaker.probes <= PROBES
    if breaker.state is BreakerState.OPEN:
        assert breaker.asked(now + breaker.wait(now))[1]
