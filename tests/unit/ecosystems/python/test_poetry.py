from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from autonomous_cicd.ecosystems.python.poetry import poetry_requirements, standard_range


@pytest.mark.parametrize(
    ("theirs", "standard"),
    [
        ("^1.2.3", ">=1.2.3,<2.0"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0", ">=0,<1.0"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2.0"),
        ("~=1.4", "~=1.4"),
        ("1.2.*", "==1.2.*"),
        ("1.2.3", "==1.2.3"),
        ("==1.2.3", "==1.2.3"),
        ("*", ""),
        ("", ""),
        (">=1.0, <2.0", ">=1.0,<2.0"),
        (">= 1.0,<2.0,!=1.5", ">=1.0,<2.0,!=1.5"),
        (">=1 <2", ">=1,<2"),
        ("^1 || ^2", ""),
        ("^1.0b1", ">=1.0b1,<2.0"),
        ("what", ""),
    ],
)
def test_ranges_are_written_as_pep_440_says(theirs: str, standard: str) -> None:
    assert standard == standard_range(theirs)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=3), st.sampled_from("^~"))
def test_a_relative_range_holds_its_own_beginning_and_can_be_read(numbers: list[int], sign: str) -> None:
    version = ".".join(map(str, numbers))
    assert SpecifierSet(standard_range(sign + version)).contains(version)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("^1.0", ["x>=1.0,<2.0"]),
        ({"version": "^1.0", "extras": ["a", "b"]}, ["x[a,b]>=1.0,<2.0"]),
        ({"version": "*", "markers": "sys_platform == 'win32'"}, ["x ; (sys_platform == 'win32')"]),
        (
            {"version": "1", "python": "^3.9", "markers": "a == 'b'"},
            ["x==1 ; (a == 'b') and (python_version >= '3.9' and python_version < '4.0')"],
        ),
        ({"git": "https://host/x.git"}, ["x @ git+https://host/x.git"]),
        ({"git": "https://host/x.git", "tag": "v1"}, ["x @ git+https://host/x.git@v1"]),
        ({"url": "https://host/x.whl"}, ["x @ https://host/x.whl"]),
        ({"path": "libs/x", "develop": True}, ["./libs/x"]),
        ({"path": "../x"}, ["../x"]),
        ([{"version": "1", "python": "<3.9"}, {"version": "2"}], ["x==1 ; (python_version < '3.9')", "x==2"]),
        (True, ["x"]),
    ],
)
def test_entries_are_written_as_every_installer_reads_them(value: object, expected: list[str]) -> None:
    assert tuple(expected) == poetry_requirements("x", value)
    for text in expected:
        if not text.startswith(".") and "a == 'b'" not in text:
            assert Requirement(text).name == "x"
