"""Whether a commit took a change over, or took it back."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.domain.undone import takes_back, takes_over

OLD = "[project]\ndependencies = [\n]\nname = 'a'\n"
NEW = OLD.replace("[\n]", "[\n  'pyyaml',\n]")
OURS = Patch.of([changed_file("pyproject.toml", OLD, NEW)])
OTHER = changed_file("README.md", "a\n", "b\n")
MODE = Patch.of([FileChange(name="x.sh", before="a\n", after="a\n", was_executable=False, executable=True)])
BACK = Patch.of([FileChange(name="x.sh", before="a\n", after="a\n", was_executable=True, executable=False)])


def test_a_change_is_taken_over_alone_or_among_other_things() -> None:
    renamed = changed_file("pyproject.toml", OLD, NEW.replace("'a'", "'b'"))
    assert all(takes_over(Patch.of(one), OURS) for one in (OURS, [*OURS, OTHER], [renamed]))
    assert takes_over(MODE, MODE)


@pytest.mark.parametrize("commit", [Patch(), Patch.of([OTHER]), BACK])
def test_something_else_is_not_it(commit: Patch) -> None:
    assert not takes_over(commit, OURS)
    assert not takes_over(commit, MODE)
    assert not takes_over(commit, Patch())


def test_the_reverse_takes_it_back() -> None:
    back = changed_file("pyproject.toml", NEW, OLD)
    assert takes_back(Patch.of([back]), OURS)
    assert takes_back(Patch.of([back, OTHER]), OURS)
    assert takes_back(BACK, MODE)
    later = changed_file("pyproject.toml", f"# more\n{NEW}", f"# more\n{OLD}")
    assert takes_back(Patch.of([later]), OURS)


def test_what_only_goes_on_from_there_does_not_take_it_back() -> None:
    """Unless it says that it reverts."""
    more = Patch.of([changed_file("pyproject.toml", NEW, OLD.replace("'a'", "'b'"))])
    assert not takes_back(more, OURS, "Drop YAML")
    assert takes_back(more, OURS, 'Revert "Heal test"')
    assert not takes_back(OURS, OURS, 'Revert "Heal test"')
    assert not takes_back(Patch(), OURS)
