from __future__ import annotations

import pytest

from autonomous_cicd.domain.at_host import Mark, branch_of, fingerprint_of, mark, marked


def test_a_branch_tells_its_cause() -> None:
    assert "0123456789abcdef" == fingerprint_of(branch_of("0123456789abcdef"))


@pytest.mark.parametrize(
    "branch",
    [
        "",
        "main",
        "autonomous-cicd/",
        "autonomous-cicd/feature",
        "autonomous-cicd/0123456789abcdef-2",
        "x/0123456789ab",
    ],
)
def test_a_branch_of_others_tells_none(branch: str) -> None:
    assert "" == fingerprint_of(branch)


@pytest.mark.parametrize("key", ["0123456789ab", "rerun:o/r:7:1"])
def test_a_mark_is_found_at_the_end(key: str) -> None:
    text = f"what broke\n\n{mark(Mark.FIX, key)}\n"
    assert key == marked(text, Mark.FIX)
    assert "" == marked(text, Mark.CAUSE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        f"{mark(Mark.FIX, 'aa')}\nquoted by a stranger",
        f"```\n{mark(Mark.FIX, 'aa')}\n```",
        f"said: {mark(Mark.FIX, 'aa')}",
        "<!-- autonomous-cicd:fix: -->",
        "<!-- autonomous-cicd:fix:a b -->",
    ],
)
def test_a_mark_elsewhere_is_none(text: str) -> None:
    assert "" == marked(text, Mark.FIX)
