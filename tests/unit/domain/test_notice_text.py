"""A notice as people read it: short, inert, several in one message."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.inertness import HOSTILE, live_chat

from autonomous_cicd.domain.diagnosis import Severity
from autonomous_cicd.domain.notice import Notice, NotificationType
from autonomous_cicd.domain.notice_text import grouped, notice_text, notice_title

FAILED = Notice(
    type=NotificationType.WORKFLOW_FAILED,
    message="test failed on main",
    data={"cause": "no module yaml"},
    url="https://git.example/acme/shop/actions/runs/1",
    repository="acme/shop",
)
ALERT = Notice(type=NotificationType.CRITICAL_ALERT, message="the disk is full")


def test_one_notice() -> None:
    assert "Workflow failed" == notice_title(FAILED)
    assert (
        "acme/shop: test failed on main\n- cause: no module yaml\n"
        "https://git.example/acme/shop/actions/runs/1"
    ) == notice_text(FAILED)
    assert FAILED is grouped([FAILED])


def test_several_are_one_message_named_after_the_worst() -> None:
    together = grouped([FAILED, ALERT, FAILED])
    assert (NotificationType.CRITICAL_ALERT, "") == (together.type, together.repository)
    assert "3 notices, the worst: Critical alert" == notice_title(together)
    assert ["the disk is full", "acme/shop: test failed on main"] == [
        block.splitlines()[0] for block in notice_text(together).split("\n\n")[:2]
    ]


def test_very_many_are_counted() -> None:
    text = notice_text(grouped([FAILED] * 50))
    assert 20 == text.count("test failed")
    assert text.endswith("and 30 more")


@pytest.mark.parametrize(
    "url",
    ["javascript:x", "https://git.example", "https://me@git.example/x", "https://git.example/a b\n@all"],
)
def test_an_address_that_is_odd_is_left_out(url: str) -> None:
    assert "alert" == notice_text(Notice(type=NotificationType.FIX_APPLIED, message="alert", url=url))


def test_a_message_has_an_end() -> None:
    long = Notice(
        type=NotificationType.FIX_APPLIED, message="m" * 9_000, data={f"{n}": "f" * 9_000 for n in range(99)}
    )
    text = notice_text(grouped([long] * 9))
    assert 6_000 < len(text) <= 8_000
    assert text.endswith("and 8 more")
    assert len(notice_text(long, 950)) <= 950


@pytest.mark.parametrize("type", list(NotificationType))
def test_every_kind_has_a_weight(type: NotificationType) -> None:
    assert Notice(type=type, message="x").weight in Severity
    assert Severity.LOW is Notice(type=type, message="x", severity=Severity.LOW).weight


@given(HOSTILE)
def test_what_strangers_say_does_nothing(text: str) -> None:
    evil = Notice(
        type=NotificationType.FIX_APPLIED, message=text, title=text, data={text: text}, repository=text
    )
    for notice in (evil, grouped([evil, FAILED, evil])):
        told = notice_text(notice).replace(FAILED.url, "")
        assert [] == live_chat(notice_title(notice)) + live_chat(told)
        assert len(notice_title(notice)) < 500
