from __future__ import annotations

import tomllib

import pytest

from autonomous_cicd.ecosystems.python import pyproject
from autonomous_cicd.ecosystems.python.facts import Requirements, SetKind
from autonomous_cicd.ecosystems.python.shapes import Table


def read(text: str) -> Table:
    return tomllib.loads(text)


def named(kind: SetKind, name: str, *asked: str) -> Requirements:
    return Requirements(kind=kind, name=name, requirements=asked, source="pyproject.toml")


def test_versions_are_sorted_as_numbers() -> None:
    stem = "Programming Language :: Python ::"
    found = pyproject.named_versions(
        (f"{stem} 3.9", f"{stem} 3.10", f"{stem} 3", f"{stem} 3 :: Only", f"{stem} 2.7")
    )
    assert found == ("3.9", "3.10")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('[project]\nrequires-python = ">=3.11"', ">=3.11"),
        ('[tool.poetry.dependencies]\npython = "^3.9"', "^3.9"),
        ('[tool.poetry.dependencies]\npython = {version = "^3.9"}', "^3.9"),
        ("[project]\nrequires-python = 3", ""),
        ("", ""),
    ],
)
def test_the_range_of_interpreters(text: str, asked: str) -> None:
    assert asked == pyproject.requires_python(read(text))


def test_dependencies_of_all_spellings() -> None:
    document = read(
        '[project]\ndependencies = ["a>=1"]\n[tool.flit.metadata]\nrequires = ["b"]\n'
        '[tool.poetry.dependencies]\npython = "^3.9"\nc = "^2"\n'
    )
    assert pyproject.dependencies(document) == ("a>=1", "b", "c>=2,<3.0")


def test_named_sets_of_all_spellings() -> None:
    document = read(
        '[project.optional-dependencies]\ntest = ["a"]\n'
        '[tool.flit.metadata.requires-extra]\ndoc = ["b"]\n'
        '[tool.poetry.extras]\nfast = ["c"]\n'
        '[dependency-groups]\ndev = ["d", {include-group = "more"}, {other = 1}, 3]\n'
        'more = ["e", {include-group = "dev"}]\n'
        'odd = "no list"\n'
        '[tool.uv]\ndev-dependencies = ["f"]\n'
        '[tool.pdm.dev-dependencies]\nlint = ["g"]\n'
        '[tool.poetry.dev-dependencies]\nh = "1"\n[tool.poetry.group.test.dependencies]\ni = "*"\n'
    )
    assert pyproject.named_sets(document) == (
        named(SetKind.EXTRA, "doc", "b"),
        named(SetKind.EXTRA, "fast", "c"),
        named(SetKind.EXTRA, "test", "a"),
        named(SetKind.GROUP, "dev", "d", "e"),
        named(SetKind.GROUP, "more", "e", "d"),
        named(SetKind.GROUP, "odd"),
        named(SetKind.OWN, "dev", "h==1"),
        named(SetKind.OWN, "lint", "g"),
        named(SetKind.OWN, "test", "i"),
    )


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("", ("dev",)),
        ('[dependency-groups]\na = []\nb = []\n[tool.uv]\ndefault-groups = "all"', ("a", "b")),
        ('[tool.uv]\ndefault-groups = ["x", "y"]', ("x", "y")),
        ("[tool.poetry.group.a]\noptional = true\n[tool.poetry.group.b.dependencies]", ("dev", "b")),
    ],
)
def test_groups_that_are_installed_unasked(text: str, groups: tuple[str, ...]) -> None:
    assert groups == pyproject.default_groups(read(text))


def test_conflicts() -> None:
    document = read('[tool.uv]\nconflicts = [[{extra = "a"}, {group = "b"}], "odd"]')
    assert pyproject.conflicts(document) == (frozenset("ab"), frozenset())


def test_workspaces() -> None:
    document = read('[tool.uv.workspace]\nmembers = ["libs/*"]\nexclude = ["libs/x"]')
    assert pyproject.workspace_members(document) == (("libs/*",), ("libs/x",))
    assert pyproject.workspace_members({}) is None


def test_groups_that_include_each_other_many_times_are_read_once() -> None:
    groups: dict[str, object] = {
        f"g{n}": [*[{"include-group": f"g{n + 1}"}] * 20, f"r{n}"] for n in range(200)
    }
    found = {one.name: one for one in pyproject.named_sets({"dependency-groups": groups})}
    assert len(found["g0"].requirements) == len(set(found["g0"].requirements)) == 101
