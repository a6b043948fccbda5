"""Every parser understands the logs of its tool: each case is a log and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.diagnosing import diagnose, diagnoser

from autonomous_cicd.plugins import parser

CASES = Path(__file__).parents[2] / "cases" / "parsers"


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(cases()))
def test_the_log_says(case: dict[str, Any]) -> None:
    found = diagnose(case["log"]).failures
    wanted = case["expect"]
    assert [one["category"] for one in wanted[:1]] == [one.category.value for one in found[: len(wanted[:1])]]
    assert bool(wanted) is bool(found), [one.message for one in found]
    for expected in wanted:
        assert any(matches(expected, one) for one in found), [(one.line, one.message) for one in found]


def matches(expected: dict[str, Any], failure: Any) -> bool:
    return (
        expected["category"] == failure.category.value
        and expected.get("message", "") in failure.message
        and expected.get("line", failure.line) == failure.line
        and expected.get("test", failure.place.test) == failure.place.test
        and expected.get("file", failure.place.file) == failure.place.file
    )


@pytest.mark.parametrize("one", parser.all(), ids=lambda one: one.name)
def test_a_parser_has_cases_and_cues(one: Any) -> None:
    assert one.cues
    assert (CASES / f"{one.name}.yml").is_file()


@pytest.mark.parametrize("one", parser.all(), ids=lambda one: one.name)
@pytest.mark.parametrize("noise", ["{}", "{}" * 40, "  {}: {} {}", "\t{}\ud800é", "{}\x00(", "E   {}"])
def test_a_parser_survives_whatever_stands_around_its_cues(one: Any, noise: str) -> None:
    """It may say anything, but it comes back."""
    line = "\n".join(noise.replace("{}", cue) for cue in one.cues)
    diagnoser().diagnose([f"{line}\n{line}\n".encode("utf-8", "surrogatepass")])
