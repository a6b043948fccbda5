"""Quarantine: tests that were seen to fail and to pass on the same files, and the list of what is known.

A test gets on the list only by a person who owns it, for a time, and among few. One that was broken meanwhile
is no flaky test any more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.file_kinds import is_test
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.remedy import Strategy
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.values import dataclass

__all__ = [
    "CAP",
    "DAYS",
    "FILE",
    "Entry",
    "FlakyTest",
    "Quarantine",
    "flaky_tests",
    "proposed",
    "read_quarantine",
    "tests_of",
]

FILE = ".autonomous-cicd-quarantine.yml"
DAYS = 14
"""Days after which an entry ends."""
CAP = 10
"""Entries that there may be at once."""
_OF_TESTS = frozenset((Category.TEST_FAILURE, Category.FLAKY_TEST, Category.TEST_TIMEOUT))
"""Categories of a failure that is one of its tests; a network that was down is none."""

_HEAD = """\
# Tests that fail now and then on the same files. Each has an owner who repairs it, and an end.
# Nothing is skipped by this list, and a run in which one of them fails is red: it tells that they are known.
cap: {cap}
tests:
"""
_LIST = re.compile(r"^tests:[ \t]*(?:#.*)?$(?P<rest>(?:\n(?:[ \t#-].*)?)*)\Z", re.MULTILINE)
"""The list as the last thing of its file, written one entry below the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyTest:
    """A test that failed, and passed when nothing but the time was different."""

    test: str
    times: int
    first: float
    """Seconds since the epoch."""
    last: float
    commit: str = ""
    """On which it did so last."""
    broken: bool = False
    """It failed since in a way that running it again did not help against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One test in quarantine."""

    test: str
    owner: str
    reason: str
    since: date
    expires: date

    def holds(self, today: date) -> bool:
        """Whether it has not ended yet."""
        return today < self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """The list as the repository has it."""

    entries: tuple[Entry, ...] = ()
    cap: int = CAP

    def entry(self, test: str) -> Entry | None:
        """Return the entry of a test; None without one."""
        return next((one for one in self.entries if one.test == test), None)


def flaky_tests(incidents: Iterable[Incident]) -> tuple[FlakyTest, ...]:
    """Return the tests that are proven to be flaky by these incidents, the most frequent first."""
    seen: dict[str, FlakyTest] = {}
    broken: dict[str, float] = {}
    for one in sorted(incidents, key=lambda one: one.opened):
        for test in _tests(one):
            if _passed_again(one):
                before = seen.get(test)
                seen[test] = FlakyTest(
                    test=test,
                    times=before.times + 1 if before else 1,
                    first=before.first if before else one.opened,
                    last=one.opened,
                    commit=one.commit,
                )
            elif one.state.closed and one.state is not State.DISMISSED:
                broken[test] = one.opened
    found = (
        FlakyTest(
            test=one.test,
            times=one.times,
            first=one.first,
            last=one.last,
            commit=one.commit,
            broken=broken.get(one.test, -1.0) >= one.last,
        )
        for one in seen.values()
    )
    return tuple(sorted(found, key=lambda one: (-one.times, -one.last, one.test)))


def tests_of(failure: Failure) -> frozenset[str]:
    """Return the tests that a failure names, with their files where these are known; none of another kind."""
    if failure.category not in _OF_TESTS:
        return frozenset()
    file = f"{failure.place.file}::" if is_test(failure.place.file) else ""
    named = (failure.place.test, *failure.tests)
    return frozenset(one if "::" in one or "/" in one else file + one for one in named if one)


def read_quarantine(value: Json) -> Quarantine:
    """Return what the list says. Raises ValueError when it is not as it should be."""
    if value is None:
        return Quarantine()
    if not isinstance(value, dict):
        raise ValueError("it is no mapping with `tests`")
    cap: Json = value.get("cap", CAP)
    if isinstance(cap, bool) or not isinstance(cap, int | float) or not 0 < cap <= 100 or cap % 1:
        raise ValueError("`cap` is no number from 1 to 100")
    tests = value.get("tests") or []
    if not isinstance(tests, list):
        raise ValueError("`tests` is no list")
    entries = tuple(_entry(one) for one in tests)
    if len({one.test for one in entries}) < len(entries):
        raise ValueError("a test is in it twice")
    return Quarantine(entries=entries, cap=int(cap))


def proposed(text: str, known: Quarantine, tests: Sequence[FlakyTest], owner: str, today: date) -> str:
    """Return the list with these tests added, everything else as it stands. Raises ValueError."""
    new = [one for one in tests if not one.broken and known.entry(one.test) is None]
    if not new:
        raise ValueError("there is no flaky test that is not in it already")
    held = sum(one.holds(today) for one in known.entries)
    if held + len(new) > known.cap:
        raise ValueError(f"{held} tests are in it and {len(new)} more would be: at most {known.cap} may be")
    added = [line for one in new for line in _lines(one, owner, today)]
    if not text.strip():
        return _HEAD.format(cap=known.cap) + "".join(f"  {line}\n" for line in added)
    found = _LIST.search(text)
    if found is None:
        raise ValueError("its `tests` is not the last thing in it, or not written one entry below the other")
    item = re.search(r"^( *)-", found["rest"], re.MULTILINE)
    indent = item[1] if item else "  "
    return text.rstrip("\n") + "\n" + "".join(f"{indent}{line}\n" for line in added)


def _lines(one: FlakyTest, owner: str, today: date) -> Iterator[str]:
    often = "once" if one.times == 1 else f"{one.times} times"
    on = f", last on {one.commit[:12]}" if one.commit else ""
    yield f"- test: {_quoted(one.test)}"
    yield f"  owner: {_quoted(owner.strip())}"
    yield f"  reason: {_quoted(f'failed and passed on the same files {often}{on}')}"
    yield f"  since: {today.isoformat()}"
    yield f"  expires: {(today + timedelta(days=DAYS)).isoformat()}"


def _quoted(text: str) -> str:
    return json.dumps(printable_line(text, 500), ensure_ascii=True)


def _entry(value: Json) -> Entry:
    if not isinstance(value, dict):
        raise ValueError("an entry is no mapping")
    texts = [value.get(name) for name in ("test", "owner", "reason")]
    test, owner, reason = (one if isinstance(one, str) and one.strip() else None for one in texts)
    if test is None or owner is None or reason is None:
        raise ValueError("an entry needs `test`, `owner` and `reason`")
    since, expires = (_day(value.get(name), f"{test}: `{name}`") for name in ("since", "expires"))
    return Entry(test=test, owner=owner, reason=reason, since=since, expires=expires)


def _day(value: Json, what: str) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(f"{what} is no day as 2026-01-31") from None


def _passed_again(incident: Incident) -> bool:
    """Whether a run of the very same files passed: nothing but the time was different."""
    return any(one.success and one.strategy is Strategy.RETRY and not one.patch for one in incident.attempts)


def _tests(incident: Incident) -> frozenset[str]:
    return tests_of(incident.failure) if incident.failure else frozenset()
