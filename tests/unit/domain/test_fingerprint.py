"""The same cause has the same fingerprint, whatever its numbers, paths, hashes and times."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.fingerprint import fingerprint, template, together


def of(message: str, category: Category = Category.TEST_FAILURE) -> str:
    return fingerprint(category, message)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("took 1.5 s", "took 230.75 s"),
        ("FAILED tests/test_a.py:12", "FAILED tests/test_a.py:340"),
        ("cannot open /home/runner/work/app/app/src/a.py", "cannot open /builds/group/app/src/a.py"),
        ("cannot open C:\\work\\a.py", "cannot open D:\\other\\work\\a.py"),
        ("at 0x7fff2a10", "at 0xdeadbeef"),
        ("commit 0123abc4 is bad", "commit ffee0099aabb is bad"),
        (f"commit {'a1' * 20} is bad", f"commit {'b2' * 20} is bad"),
        ("run 123e4567-e89b-12d3-a456-426614174000", "run 00000000-e89b-12d3-a456-4266141740ff"),
        ("failed at 2026-03-04T05:06:07Z", "failed at 2025-12-31T23:59:59.123Z"),
        ("failed at 05:06:07", "failed at 23:59:59,123"),
        ("GET https://a.example/x?y=1 failed", "GET https://b.example/z failed"),
        ("port 8080 is taken", "port  9090   is taken"),
        ("Error: Disk full", "error: disk full"),
        ("worker gw0: /tmp/pytest-1/test_a0/x.txt", "worker gw13: /tmp/pytest-22/test_a3/x.txt"),
    ],
)
def test_what_varies_from_run_to_run_makes_no_difference(one: str, other: str) -> None:
    assert of(one) == of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No module named 'requests'", "No module named 'flask'"),
        ("cannot open /a/b/settings.py", "cannot open /a/b/models.py"),
        ("FAILED tests/test_a.py::test_one", "FAILED tests/test_a.py::test_two"),
        ("AssertionError: added", "AssertionError: deadbed"),
        ("error: x", "error: y"),
        ("connection refused", "connection reset"),
    ],
)
def test_another_cause_is_another(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_another_category_is_another_cause() -> None:
    assert of("no such host", Category.NETWORK) != of("no such host", Category.CONFIGURATION)


@given(st.text(), st.sampled_from(Category))
def test_a_fingerprint_is_short_and_always_the_same(message: str, category: Category) -> None:
    found = fingerprint(category, message)
    assert re.fullmatch("[0-9a-f]{16}", found)
    assert found == fingerprint(category, message)


@given(
    st.lists(st.sampled_from(["test", "failed", "in", "{}", "line", "({})", "v{}", "'x'"]), min_size=1),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
)
def test_numbers_never_make_a_difference(words: list[str], one: int, other: int) -> None:
    line = " ".join(words)
    assert of(line.replace("{}", str(one))) == of(line.replace("{}", str(other)))


@given(st.text())
def test_a_template_has_no_digits_and_no_needless_spaces(line: str) -> None:
    found = template(line)
    assert not re.search("[0-9]", found)
    assert found == " ".join(found.split())


def test_half_a_character_stops_nothing() -> None:
    assert 16 == len(of("broken \ud800 text"))


def test_lines_that_state_a_cause_together_are_known_whatever_their_order() -> None:
    assert together("ee", ["run 7 broke", "/a/x.py is odd"]) == together(
        "ee", ["/b/x.py is odd", "run 8 broke"]
    )
    assert together("ee", ["run 7 broke"]) != together("ff", ["run 7 broke"])
    assert together("ee", ["run 7 broke"]) != together("ee", ["run 7 broke", "it is odd"])
    assert "" == together("ee", [])
