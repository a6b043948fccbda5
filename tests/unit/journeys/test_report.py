"""Reports: one issue each, brought up to date; a dry run writes nothing."""

from __future__ import annotations

import pytest
from tests.unit.journeys.conftest import SHOP, Ward

from autonomous_cicd.domain.report_facts import ReportKind
from autonomous_cicd.journeys.report import reported


@pytest.mark.parametrize("kind", ReportKind)
def test_a_report_stands_in_one_issue(ward: Ward, kind: ReportKind) -> None:
    ward.red()
    for _ in range(2):
        words, issue = ward.do(lambda practice: reported(practice, SHOP, kind))
        assert issue
        assert (words.title, words.body) == (issue.title, issue.body)
    assert [1] == list(ward.shop.issues)


def test_a_dry_run_writes_nothing(ward: Ward) -> None:
    words, issue = ward.do(lambda practice: reported(practice, SHOP, ReportKind.WEEKLY, dry=True))
    assert words.body
    assert issue is None
    assert {} == ward.shop.issues
