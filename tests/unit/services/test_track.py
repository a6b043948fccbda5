"""What helped before comes first, and what failed lately is still tried now and then."""

from __future__ import annotations

import random

from tests.incidents import FAILURE, an_attempt, an_incident
from tests.wards import Proposes

from autonomous_cicd.adapters.casebook import MemoryCasebook
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.track import TrackRecord
from autonomous_cicd.domain.verification import Outcome
from autonomous_cicd.services.track import record_of, remember, weigher


def test_what_was_tried_is_counted() -> None:
    book = MemoryCasebook()
    outcomes = (
        Outcome.SAME,
        Outcome.WORSE,
        Outcome.REFUSED,
        Outcome.STOPPED,
        Outcome.PROGRESS,
        Outcome.GREEN,
    )
    remember(
        book, [an_incident(attempts=tuple(map(an_attempt, outcomes))), Incident(id="i", project="", run="")]
    )
    (record,) = book.records()
    assert ("project_file", Category.CONFIGURATION, 4, 2) == (
        record.remedy,
        record.category,
        record.tries,
        record.successes,
    )


def test_a_remedy_weighs_what_its_record_says() -> None:
    good, bad, new = (Proposes(name, lambda case: ()) for name in ("good", "bad", "new"))
    records = [
        TrackRecord(remedy="good", category=FAILURE.category, tries=50, successes=50),
        TrackRecord(remedy="bad", category=FAILURE.category, tries=50, successes=0),
        TrackRecord(remedy="new", category=Category.NETWORK, tries=50, successes=0),
    ]
    weigh = weigher(records, random.Random(1))
    weights = [[weigh(one, FAILURE) for one in (good, bad, new)] for _ in range(200)]
    assert {1.0} == {new for _, _, new in weights}, "the record of another kind of cause says nothing"
    assert all(good > bad for good, bad, _ in weights)
    few = [TrackRecord(remedy="bad", category=FAILURE.category, tries=3, successes=0)]
    weigh = weigher(few, random.Random(1))
    assert any(weigh(bad, FAILURE) > 0.9 for _ in range(200)), "it is tried again now and then"


def test_the_record_of_what_healed() -> None:
    known = TrackRecord(remedy="project_file", category=FAILURE.category, tries=3)
    assert known == record_of([known], an_incident())
    assert 0 == getattr(record_of([], an_incident()), "tries", None)
    assert None is record_of([known], an_incident(attempts=()))
    assert None is record_of([known], an_incident(failure=None))
