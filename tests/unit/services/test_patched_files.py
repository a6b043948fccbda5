"""Files as they would be with a patch."""

from __future__ import annotations

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.services.patched_files import PatchedFiles

FILES = {"a": "1\n2", "b": "b\n", "gone": "x\n"}
PATCH = Patch.of(
    [changed_file("a", "1\n2", "9\n"), changed_file("gone", "x\n", None), changed_file("new", None, "n\nm")]
)


def test_changed_new_and_removed_files_are_seen() -> None:
    files = PatchedFiles(MemoryFiles(FILES), PATCH)
    assert ("a", "b", "new") == tuple(files.names)
    assert ["9\n", "b\n", "n\nm", "", ""] == [
        files.read(name) for name in ("a", "b", "new", "gone", "missing")
    ]
    assert [1, 1, 2, 0] == [files.lines(name) for name in ("a", "b", "new", "gone")]


def test_without_a_patch_they_are_as_they_are() -> None:
    files = PatchedFiles(MemoryFiles(FILES), NOTHING)
    assert (["a", "b", "gone"], "1\n2", 2) == (list(files.names), files.read("a"), files.lines("a"))
