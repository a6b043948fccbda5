"""What a parser has understood as one thing is told as one thing."""

import random

from autonomous_cicd.domain.covered import Covers, not_covered
from autonomous_cicd.domain.diagnosis import Category, Severity, Sighting


def seen(rule: str, line: int, covers: tuple[int, int] = (0, 0)) -> Sighting:
    return Sighting(
        rule=rule,
        category=Category.UNKNOWN,
        severity=Severity.LOW,
        confidence=0.5,
        line=line,
        cause="",
        covers=covers,
    )


def test_a_part_of_a_report_is_left_out() -> None:
    report, part, beside = seen("report", 5, (3, 9)), seen("line", 7), seen("line", 10)
    assert [report, beside] == list(not_covered([report, part, beside]))


def test_what_has_the_same_lines_or_the_same_rule_is_no_part() -> None:
    same = [seen("one", 3, (3, 9)), seen("other", 4, (3, 9)), seen("one", 5)]
    assert same[:2] == list(not_covered(same))
    assert [seen("one", 3, (3, 9)), seen("one", 5)] == list(not_covered([same[0], same[2]]))


def test_all_are_compared_with_all() -> None:
    chance = random.Random(1)
    for _ in range(300):
        some = []
        for _ in range(12):
            first = chance.randint(1, 9)
            covers = (first, first + chance.randint(0, 5)) if chance.random() < 0.5 else (0, 0)
            some.append(seen(chance.choice("abc"), first, covers))
        wanted = [one for one in some if not any(part_of(one, cover) for cover in some)]
        assert wanted == list(not_covered(some))
        inside = Covers(some)
        lines = {line for one in some for line in range(one.covers[0], one.covers[1] + 1) if line}
        assert lines == {line for line in range(20) if inside.has(line)}


def part_of(one: Sighting, cover: Sighting) -> bool:
    first, last = one.covers if one.covers != (0, 0) else (one.line, one.line)
    inside = cover.covers != (0, 0) and cover.covers[0] <= first and last <= cover.covers[1]
    return inside and one.covers != cover.covers and one.rule != cover.rule
