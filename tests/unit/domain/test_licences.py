"""Which licences are objected to."""

import pytest

from autonomous_cicd.domain.licences import judge_licence


@pytest.mark.parametrize(
    ("licence", "allowed", "denied", "objection"),
    [
        ("MIT", ["MIT"], [], ""),
        ("MIT License", ["mit"], [], ""),
        ("OSI Approved :: MIT License", ["MIT"], [], ""),
        ("GPL-3.0-only", [], ["GPL-*"], "GPL-3.0-only is denied"),
        ("LGPL-3.0", [], ["GPL-*"], ""),
        ("BSD-3-Clause", ["MIT"], [], "BSD-3-Clause is not allowed"),
        ("MIT OR GPL-3.0", ["MIT"], ["GPL-*"], ""),
        ("GPL-3.0 OR MIT", ["MIT"], [], ""),
        ("(MIT AND GPL-3.0)", ["MIT"], [], "GPL-3.0 is not allowed"),
        ("", ["MIT"], [], "its licence is unknown"),
        ("", [], ["GPL-*"], ""),
    ],
)
def test_judge(licence: str, allowed: list[str], denied: list[str], objection: str) -> None:
    assert objection == judge_licence(licence, allowed, denied)
