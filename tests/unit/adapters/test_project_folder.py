"""Files in a person's own folder: all are written or none, and nothing outside of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autonomous_cicd.adapters.project_folder import ProjectFolder
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.errors import Conflict, Unavailable


def test_files_and_their_folders_are_made(tmp_path: Path) -> None:
    folder = ProjectFolder(tmp_path)
    assert folder.read("a/b.txt") is None
    folder.write(Patch.of([FileChange(name="a/b.txt", after="one\r\ntwo", executable=True)]))
    assert "one\r\ntwo" == folder.read("a/b.txt")
    assert os.access(tmp_path / "a/b.txt", os.X_OK)


def test_when_one_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old\n")
    (tmp_path / "z").write_text("a file where a folder is needed\n")
    patch = Patch.of(
        [FileChange(name="a.txt", before="old\n", after="new\n"), FileChange(name="z/b.txt", after="new\n")]
    )
    with pytest.raises((Conflict, Unavailable)):
        ProjectFolder(tmp_path).write(patch)
    assert "old\n" == (tmp_path / "a.txt").read_text()


def test_what_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("theirs\n")
    with pytest.raises(Conflict):
        ProjectFolder(tmp_path).write(Patch.of([FileChange(name="a.txt", before="old\n", after="new\n")]))
    assert "theirs\n" == (tmp_path / "a.txt").read_text()


@pytest.mark.parametrize(
    "name", ["linked/b.txt", "link.txt", "dangling.txt", "folder", "../a.txt", ".git/config"]
)
def test_links_and_whatever_is_no_text_of_the_project_are_in_the_way(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.txt").write_text("theirs\n")
    root = tmp_path / "project"
    (root / "folder").mkdir(parents=True)
    (root / "linked").symlink_to(outside)
    (root / "link.txt").symlink_to(outside / "b.txt")
    (root / "dangling.txt").symlink_to(outside / "c.txt")
    folder = ProjectFolder(root)
    with pytest.raises(Conflict):
        folder.read(name)
    with pytest.raises(Conflict):
        folder.write(Patch.of([FileChange(name=name, after="ours\n")]))
    assert ["b.txt"] == os.listdir(outside)
    assert "theirs\n" == (outside / "b.txt").read_text()
