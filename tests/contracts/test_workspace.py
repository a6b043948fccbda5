"""What every workspace does, in memory or on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.checkouts import project, write

from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.adapters.memory import MemoryWorkspace
from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import Workspace

FILES = {"pyproject.toml": "[project]\n", "src/app.py": "print(1)\n", "src/deep/er/b.py": ""}


def in_memory(root: Path) -> Workspace:
    return MemoryWorkspace({root: FILES})


def in_repository(root: Path) -> Workspace:
    project(root, FILES)
    return GitWorkspace()


def in_folder(root: Path) -> Workspace:
    write(root, FILES)
    return GitWorkspace()


@pytest.fixture(params=[in_memory, in_repository, in_folder])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Workspace, Path]:
    make: Callable[[Path], Workspace] = request.param
    return make(tmp_path / "project"), tmp_path / "project"


def test_lists_the_files_sorted(made: tuple[Workspace, Path]) -> None:
    workspace, root = made
    assert sorted(FILES) == list(workspace.checkout(root).files)


def test_refuses_what_is_not_there(made: tuple[Workspace, Path]) -> None:
    workspace, root = made
    with pytest.raises(UsageError, match="nowhere"):
        workspace.checkout(root.parent / "nowhere")


def test_knows_the_content_of_every_file(made: tuple[Workspace, Path]) -> None:
    workspace, root = made
    checkout = workspace.checkout(root)
    hashes = workspace.hashes(checkout)
    assert set(checkout.files) == set(hashes)
    assert len(FILES) == len(set(hashes.values()))


def test_copies_the_files(made: tuple[Workspace, Path], tmp_path: Path) -> None:
    workspace, root = made
    changed = workspace.copy(workspace.checkout(root), tmp_path / "copy")
    assert () == tuple(changed)
    assert FILES == {name: (tmp_path / "copy" / name).read_text() for name in FILES}


def test_copies_are_independent_of_each_other(made: tuple[Workspace, Path], tmp_path: Path) -> None:
    workspace, root = made
    for name in ("one", "two"):
        workspace.copy(workspace.checkout(root), tmp_path / name)
    (tmp_path / "one" / "src" / "app.py").write_text("print(2)\n")
    assert "print(1)\n" == (tmp_path / "two" / "src" / "app.py").read_text()


def test_finds_what_was_made_in_a_copy(made: tuple[Workspace, Path], tmp_path: Path) -> None:
    workspace, root = made
    workspace.copy(workspace.checkout(root), tmp_path / "copy")
    write(tmp_path / "copy", {"dist/app.whl": "w", "dist/deep/x": "x", "distant": ""})
    assert ("dist/app.whl", "dist/deep/x") == workspace.find(tmp_path / "copy", ["dist/**"])
    assert () == workspace.find(tmp_path / "copy", ["nothing/**"])


def test_removes_a_copy(made: tuple[Workspace, Path], tmp_path: Path) -> None:
    workspace, root = made
    workspace.copy(workspace.checkout(root), tmp_path / "copy")
    workspace.remove(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_removing_nothing_is_no_error(made: tuple[Workspace, Path], tmp_path: Path) -> None:
    workspace, _ = made
    workspace.remove(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
