from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.layout import folder_of, inside, is_material, join, parents, relative, titled

NAMES = st.lists(st.text(alphabet="abc", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


@given(NAMES, NAMES)
def test_a_name_in_a_folder_can_be_told_from_both_sides(folder: str, name: str) -> None:
    whole = join(folder, name)
    assert inside(whole, folder)
    assert name == relative(whole, folder)
    assert folder in (folder_of(whole), *parents(folder_of(whole)))


def test_the_root_holds_everything() -> None:
    assert (join(".", "a"), relative("a/b", "."), inside("a", "."), folder_of("a")) == ("a", "a/b", True, ".")
    assert (parents("."), parents("a/b/c")) == ((), ("a/b", "a", "."))


def test_a_folder_with_the_same_beginning_is_another() -> None:
    assert not inside("packages-old/a", "packages")


@pytest.mark.parametrize(
    "folder",
    [
        "tests",
        "a/tests/b",
        "examples/x",
        "Docs",
        "node_modules/a",
        ".github",
        "src/t/templates",
        "{{ name }}",
    ],
)
def test_these_hold_material(folder: str) -> None:
    assert is_material(folder)


@pytest.mark.parametrize("folder", [".", "packages/core", "src/testing", "backend", "libs/test-tools"])
def test_these_hold_parts_of_the_project(folder: str) -> None:
    assert not is_material(folder)


@pytest.mark.parametrize(("folder", "title"), [(".", "testing (jest)"), ("a/b", "a/b: testing (jest)")])
def test_a_task_is_named_with_its_folder(folder: str, title: str) -> None:
    assert title == titled(folder, "testing (jest)")
