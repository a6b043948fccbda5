from __future__ import annotations

from dataclasses import replace

import pytest
from tests.incidents import an_incident

from autonomous_cicd.domain.code_host import HostedJob
from autonomous_cicd.domain.diagnosis import Category, Failure, Place
from autonomous_cicd.domain.stated import stated
from autonomous_cicd.services.host_symptoms import Sick
from autonomous_cicd.services.reproduced import incident_here, same_cause

MISSING = stated(Category.DEPENDENCY_MISSING, "No module named 'six'", 0.9, Place(package="six", file="a.py"))


@pytest.mark.parametrize(
    ("here", "same"),
    [
        (MISSING, True),
        (replace(MISSING, fingerprint="0" * 16), True),
        (replace(MISSING, fingerprint="0" * 16, place=Place(package="six")), True),
        (replace(MISSING, fingerprint="0" * 16, place=Place(file="a.py")), True),
        (replace(MISSING, fingerprint="0" * 16, place=Place(package="yaml", file="b.py")), False),
        (replace(MISSING, fingerprint="0" * 16, place=Place()), False),
        (replace(MISSING, fingerprint="0" * 16, category=Category.TEST_FAILURE), False),
    ],
)
def test_kind_and_place_have_to_agree_when_the_words_differ(here: Failure, same: bool) -> None:
    assert same == same_cause(MISSING, here)


def test_two_tests_that_fail_alike_are_two_causes() -> None:
    """The same rule saw both: that says only something where no place is told."""
    there = replace(
        stated(Category.TEST_FAILURE, "1 is not 2", 0.9, Place(test="test_a", file="t.py")), rule="assert"
    )
    here = replace(
        stated(Category.TEST_FAILURE, "3 is not 4", 0.9, Place(test="test_b", file="t.py")), rule="assert"
    )
    assert not same_cause(there, here)
    assert not same_cause(there, replace(here, fingerprint="0" * 16, place=Place()))
    assert same_cause(there, replace(here, place=Place(test="test_a", file="elsewhere/t.py")))
    assert same_cause(replace(there, place=Place()), replace(here, place=Place()))


def _sick(failure: Failure, name: str = "test") -> Sick:
    return Sick(job=HostedJob(id=1, run=2, name=name, status="completed"), failure=failure)


def test_what_was_seen_here_is_found_by_its_cause() -> None:
    other = an_incident("aa00", failure=stated(Category.LINT, "E501", 0.9))
    same = an_incident("bb00", failure=replace(MISSING, message="said otherwise"))
    assert same is incident_here([_sick(MISSING)], [other, same])
    assert None is incident_here([_sick(MISSING)], [other])
    assert None is incident_here([_sick(MISSING)], [])


def test_of_a_job_whose_log_is_gone_only_the_name_can_be_compared() -> None:
    unknown = stated(Category.UNKNOWN, "job 'test' failed, and its log is not there any more", 0.1)
    here = an_incident("aa00", task="test", failure=MISSING)
    assert here is incident_here([_sick(unknown, "test")], [here])
    assert None is incident_here([_sick(unknown, "lint")], [here])
