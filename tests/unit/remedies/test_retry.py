"""What passes by itself is run again, later; what never does is not."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category as C
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remedy import Escalate, Rerun
from autonomous_cicd.remedies.retry import Retry, asked_wait


def runs(category: C, log: str, past: FakePast | None = None) -> list[float]:
    case = case_of({}, log, failure_of(log, category), FakeBench(past=past or FakePast()))
    found = prescribed(Retry(), case)
    assert all(isinstance(one, Rerun) for one in found)
    return [one.after for one in found if isinstance(one, Rerun)]


PASSING = [
    (C.NETWORK, "curl: (22) The requested URL returned error: 503"),
    (C.NETWORK, "curl: (6) Could not resolve host: files.example.org"),
    (C.NETWORK, "npm error network request to https://registry.example/a failed, reason: ECONNRESET"),
    (C.NETWORK, "fatal: the remote end hung up unexpectedly"),
    (C.RATE_LIMIT, "HTTP 429 Too Many Requests"),
    (C.INFRASTRUCTURE, "The runner has received a shutdown signal."),
    (C.ENVIRONMENT, "Error: listen EADDRINUSE: address already in use :::8080"),
    (C.INFRASTRUCTURE, "OSError: [Errno 98] Address already in use"),
]


@pytest.mark.parametrize(("category", "log"), PASSING)
def test_waits_longer_each_time(category: C, log: str) -> None:
    first, second, third = runs(category, log)
    assert 0.8 <= first <= 1.2
    assert 6.4 <= second <= 9.6
    assert 20 <= third <= 30


@pytest.mark.parametrize(
    ("category", "log"),
    [
        (C.TEST_FAILURE, "FAILED tests/test_a.py::test_b - assert 1 == 2"),
        (C.FLAKY_TEST, "1 flaky"),
        (C.TEST_TIMEOUT, "Timeout >5.0s"),
        (C.RESOURCE_TIMEOUT, "exited with 124"),
        (C.UNKNOWN, "something went wrong"),
    ],
)
def test_runs_once_at_once_what_may_be_chance(category: C, log: str) -> None:
    assert [0.0] == runs(category, log)


@pytest.mark.parametrize(
    ("category", "log"),
    [
        (C.UNKNOWN, "RuntimeError: GET samples: HTTP 503"),
        (C.TEST_FAILURE, "Error: Request failed with status code 502"),
        (
            C.TEST_FAILURE,
            "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: http://a/b",
        ),
        (C.UNKNOWN, "http.client.RemoteDisconnected: Remote end closed connection without response"),
        (C.TEST_TIMEOUT, "Error: socket hang up"),
    ],
)
def test_waits_for_a_server_that_is_out_of_order(category: C, log: str) -> None:
    first, second = runs(category, log)
    assert 0.8 <= first <= 1.2
    assert 20 <= second <= 30


@pytest.mark.parametrize(
    "log",
    [
        "FAILED tests/test_a.py::test_b - assert HTTP 503 == 200",
        "AssertionError: expected status 503 to equal 200",
        "Error: line 503 is wrong",
        "Error: HTTP 404",
        "Error: HTTP 500",
    ],
)
def test_does_not_wait_for_what_a_test_says_of_a_server(log: str) -> None:
    assert [0.0] == runs(C.TEST_FAILURE, log)


@pytest.mark.parametrize(
    "category",
    [C.LINT, C.FORMATTING, C.TYPE_CHECK, C.SYNTAX_ERROR, C.DEPENDENCY_MISSING, C.IMPORT_ERROR,
     C.CONFIGURATION, C.PERMISSION, C.AUTHENTICATION, C.COMPILE_ERROR, C.LOCKFILE_OUT_OF_SYNC,
     C.DEPENDENCY_CONFLICT, C.COVERAGE_GATE, C.SECURITY_GATE, C.PACKAGING_BUILD],
)  # fmt: skip
def test_never_repeats_what_fails_every_time(category: C) -> None:
    assert [] == runs(category, "error: timed out of order, it is broken")


@pytest.mark.parametrize(
    "log",
    [
        "curl: (22) The requested URL returned error: 404",
        "SSL: CERTIFICATE_VERIFY_FAILED certificate verify failed",
        "E: The repository 'x' does not have a Release file.",
    ],
)
def test_has_little_hope_for_what_a_server_says_every_time(log: str) -> None:
    assert 1 == len(runs(C.NETWORK, log))
    assert Retry().suits(failure_of(log, C.NETWORK)) < 0.2


def test_leaves_room_for_undoing_an_address_that_is_new() -> None:
    change = changed_file("fetch.sh", "a\n", "a\ncurl https://files.exmaple.org/x\n")
    past = FakePast((Patch.of([change]), Patch()))
    log = "curl: (6) Could not resolve host: files.exmaple.org"
    assert 1 == len(runs(C.NETWORK, log, past))
    assert 3 == len(runs(C.NETWORK, log.replace("exmaple", "example"), past))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Retry-After: 30", 30.0),
        ('"retry-after": "12"', 12.0),
        ("Please try again in 5m", 300.0),
        ("Please try again in 1.5 seconds.", 1.5),
        ("rate limit exceeded, retry after 2 minutes", 120.0),
        ("Rate limit resets in 37s", 37.0),
        ("wait for 250 ms", 0.25),
        ("try again later", 0.0),
        ("Retry(total=4)", 0.0),
        ("retrying", 0.0),
    ],
)
def test_reads_for_how_long_to_wait(text: str, seconds: float) -> None:
    assert seconds == asked_wait(text)


def test_waits_as_long_as_it_is_asked() -> None:
    after = runs(C.RATE_LIMIT, "429 Too Many Requests\nRetry-After: 20")
    assert [21.0, 21.0] == after[:2]
    assert after[2] >= 21.0


def test_hands_over_what_takes_too_long() -> None:
    log = "API rate limit exceeded, try again in 45 minutes"
    (found,) = prescribed(Retry(), case_of({}, log, failure_of(log, C.RATE_LIMIT)))
    assert isinstance(found, Escalate)
    assert "45 minutes" in found.reason


def test_a_test_that_finds_its_port_taken_leaves_an_attempt_to_others() -> None:
    first, last = runs(C.TEST_FAILURE, "OSError: [Errno 98] Address already in use")
    assert first < 2 < 20 <= last


def test_two_failures_do_not_come_back_together() -> None:
    one = runs(C.NETWORK, "Connection reset by peer")
    other = runs(C.NETWORK, "\nConnection reset by peer")
    assert one != other
    assert one == runs(C.NETWORK, "Connection reset by peer")
