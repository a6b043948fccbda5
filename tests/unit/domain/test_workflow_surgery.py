"""Repairs of a workflow change the words that are wrong, and leave every other byte as it stands."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.runner_commands import retired_commands, with_files
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.domain.workflow_refusals import RefusalKind, absent_python, refusals
from autonomous_cicd.domain.workflow_surgery import (
    commands_to_files,
    grant,
    newer_actions,
    newer_images,
    real_versions,
)
from autonomous_cicd.domain.yaml_lines import Sheet, differences

BROKEN = [
    "name: CI",
    "on: [push]",
    "permissions:",
    "  contents: read",
    "jobs:",
    "  a:",
    "    runs-on: ubuntu-20.04",
    "    steps:",
    "      - uses: actions/cache@v2",
    "        with: {path: x, key: y}",
    "      - uses: actions/setup-python@v5",
    "        with:",
    "          python-version: 3.10",
    "      - id: out",
    '        run: echo "::set-output name=x::$(cat version)"',
    "      - run: git push --tags",
]
REPAIRED = {
    "contents: read": "contents: write",
    "ubuntu-20.04": "ubuntu-22.04",
    "cache@v2": "cache@v4",
    "version: 3.10": 'version: "3.10"',
    '"::set-output name=x::$(cat version)"': '"x=$(cat version)" >> "$GITHUB_OUTPUT"',
}
NOISE = st.lists(
    st.tuples(
        st.integers(0, len(BROKEN)), st.sampled_from(["", "# ubuntu-20.04, cache@v2", "   # é ::set-output "])
    ),
    max_size=6,
)


def sheet_of(text: str) -> Sheet:
    document = read_yaml(text)
    return Sheet(text, document.value, document.line)


def repaired(text: str) -> str:
    for kind in RefusalKind:
        sheet = sheet_of(text)
        found = [one for one in refusals(sheet.value, sheet.place) if one.kind is kind]
        if kind is RefusalKind.ACTION:
            assert newer_actions(sheet, found)
        elif kind is RefusalKind.RUNNER:
            assert newer_images(sheet, found)
        elif kind is RefusalKind.COMMAND:
            assert commands_to_files(sheet, found)
        elif kind is RefusalKind.VERSION:
            assert real_versions(sheet, found, lambda absent, others: "")
        else:
            assert all(grant(sheet, one.job, (one.subject,)) for one in found)
        text = sheet.joined()
    return text


@given(NOISE, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_stands_around_stays(noise: list[tuple[int, str]], end: str, ended: bool) -> None:
    lines = list(BROKEN)
    for place, line in sorted(noise, reverse=True):
        lines.insert(place, line)
    text = end.join(lines) + (end if ended else "")
    expected = list(lines)
    for old, new in REPAIRED.items():
        expected = [line if line.lstrip().startswith("#") else line.replace(old, new) for line in expected]
    assert end.join(expected) + (end if ended else "") == repaired(text)
    assert () == refusals(sheet_of(repaired(text)).value, sheet_of(repaired(text)).place)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=60))
@example("%0D")
def test_a_script_without_retired_commands_is_never_touched(line: str) -> None:
    if not retired_commands(line):
        assert [line] == with_files([line])


@pytest.mark.parametrize(
    ("line", "shell", "expected"),
    [
        ("echo '::set-output name=a::b c'", "sh", ["echo 'a=b c' >> \"$GITHUB_OUTPUT\""]),
        ("echo ::save-state name=p::$$", "bash", ['echo p=$$ >> "$GITHUB_STATE"']),
        ('x && echo "::set-env name=A::$B" && y', "bash", ['x && echo "A=$B" >> "$GITHUB_ENV" && y']),
        ('Write-Host "::set-output name=a::$b"', "pwsh", ['Write-Output "a=$b" >> $env:GITHUB_OUTPUT']),
        ('printf "::set-output name=a::%s" "$x"', "bash", ['printf "a=%s\\n" "$x" >> "$GITHUB_OUTPUT"']),
        (
            'print(f"::set-output name=a::{b}")',
            "python",
            ["import os", "print(f\"a={b}\", file=open(os.environ['GITHUB_OUTPUT'], 'a'))"],
        ),
    ],
)
def test_each_way_of_saying_it_is_known(line: str, shell: str, expected: list[str]) -> None:
    assert expected == with_files([line], shell)


def test_a_value_of_several_lines_is_written_between_marks() -> None:
    script = ["v=\"${v//'%'/'%25'}\"", "v=\"${v//$'\\n'/'%0A'}\"", 'echo "::set-output name=n::$v"']
    made = with_files(script)
    assert made is not None
    assert ['  echo "n<<END_OF_n"', '  echo "$v"', '  echo "END_OF_n"'] == made[1:4]


@pytest.mark.parametrize(
    ("version", "absent"),
    [
        *(
            ("3.6", True),
            ("3.7", True),
            ("2.7", True),
            ("3.1", True),
            (3.1, True),
            ("3.99", True),
            ("311", True),
        ),
        *(
            ("3.8", False),
            ("3.13", False),
            ("3.x", False),
            (">=3.9", False),
            ("pypy-3.10", False),
            ("3", False),
        ),
        *(("3.14-dev", False), ("3.12.1", False), ("3.13t", False), ("${{ x }}", False), (None, False)),
    ],
)
def test_which_pythons_are_absent(version: str | float | None, absent: bool) -> None:
    assert absent == absent_python(version, "ubuntu-latest")


def test_differences_are_told_by_their_paths() -> None:
    one: Json = {"a": [1, {"b": 2}], "c": "x"}
    other: Json = {"a": [1, {"b": 3}], "d": "x"}
    assert [("a", 1, "b"), ("c",), ("d",)] == sorted(differences(one, other), key=str)
