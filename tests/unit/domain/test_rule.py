"""What stands in every match of a pattern is found in the pattern itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.rule import Cue, cues_of

PATTERNS = [
    r"No module named '(?P<module>[\w.]+)'",
    r"^(?:npm|pnpm|yarn) ERR! code (?:ENOENT|ERESOLVE)",
    r"(?i)connection (?:refused|reset by peer)",
    r"^\s+at .* \(node:internal",
    r"(?:abc|def)+ghi",
    r"x{2,3}yz{0,4}",
    r"killed\b.*(?:signal 9|SIGKILL)?",
    r"[Ee]rror(?:: |\[)E\d{4}",
    r"out of (?:disk|memory|(?:time|patience))",
    r"a(?:b(?:c|d)|e)f{1,2}",
    r"fatal: (?:unable to (?:access|write)|not a git repository)",
]


def stands(cue: Cue, text: str) -> bool:
    return cue.text in text or (cue.any_case and cue.text.lower() in text.lower())


@pytest.mark.parametrize("pattern", PATTERNS)
@given(data=st.data())
def test_whatever_a_pattern_matches_has_one_of_its_cues(pattern: str, data: st.DataObject) -> None:
    """Else a line that it matches would never be looked at."""
    text = data.draw(st.from_regex(re.compile(pattern, re.ASCII)))
    cues = cues_of(pattern)
    assert cues
    assert any(stands(cue, text) for cue in cues), (cues, text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("no space left", {Cue("no space left")}),
        ("(?:ENOSPC|EDQUOT)", {Cue("ENOSPC"), Cue("EDQUOT")}),
        ("(?i)killed", {Cue("killed", any_case=True)}),
        (r"\d+ segmentation fault", {Cue(" segmentation fault")}),
    ],
)
def test_the_cue_is_the_fixed_text(pattern: str, expected: set[Cue]) -> None:
    assert expected == set(cues_of(pattern))


@pytest.mark.parametrize(
    "pattern", ["", ".*", r"\d+", "(?:abc)?", "(?:abc|)", "a*b*", "[a-z]+", "(?:abc|.*)"]
)
def test_a_pattern_without_fixed_text_has_no_cue(pattern: str) -> None:
    assert () == tuple(cue for cue in cues_of(pattern) if cue.text)


def test_the_longest_fixed_text_is_taken() -> None:
    (cue,) = cues_of(r"ab.*a long fixed text.*cd")
    assert "a long fixed text" == cue.text


@pytest.mark.parametrize("pattern", ["(", "[a", "a{3,2}", "(?P<a>x)(?P<a>y)", "*", "(" * 5000])
def test_what_is_no_pattern_is_told(pattern: str) -> None:
    with pytest.raises(ValueError):
        cues_of(pattern)
