"""Copies: private copies with a patch, of every kind of checkout; the checkout is never written to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, snapshot

from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.adapters.private_copies import PrivateCopies
from autonomous_cicd.domain.patch import NOTHING, FileChange, Patch, changed_file
from autonomous_cicd.errors import Conflict
from autonomous_cicd.ports import Checkout

CHANGE = Patch.of([changed_file("a.txt", "a\n", "b\n")])


class Room:
    """Copies of one project, and a look at whether it stays as it is."""

    def __init__(self, folder: Path) -> None:
        self.workspace = GitWorkspace()
        self.folder = folder / "copies"
        self.copies = PrivateCopies(self.workspace, self.folder)

    def made(self, root: Path, patch: Patch = CHANGE) -> Checkout:
        """Make a copy; nothing of the project is another than before."""
        before = snapshot(root)
        copy = self.copies.make(self.workspace.checkout(root), patch)
        assert {name: state for name, state in before.items() if "/objects/" not in name} == {
            name: state for name, state in snapshot(root).items() if "/objects/" not in name
        }
        return copy


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_a_change_is_made_and_committed_in_the_copy_alone(room: Room, tmp_path: Path) -> None:
    root = project(tmp_path / "shop")
    copy = room.made(root)
    assert ("b\n", "b = 1\n") == ((copy.root / "a.txt").read_text(), (copy.root / "src/b.py").read_text())
    assert ("a\n", "shop", False) == ((root / "a.txt").read_text(), copy.root.name, copy.dirty)
    assert "Try a change" == git(copy.root, "log", "-1", "--format=%s")
    assert git(root, "rev-parse", "HEAD") == git(copy.root, "rev-parse", "HEAD~")
    room.copies.remove(copy)
    assert [] == list(room.folder.iterdir())


def test_without_a_change_it_is_the_same_commit(room: Room, tmp_path: Path) -> None:
    root = project(tmp_path / "shop")
    assert git(root, "rev-parse", "HEAD") == room.made(root, NOTHING).commit


def test_uncommitted_work_is_there_and_is_not_committed(room: Room, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {"a.txt": "a\n", "b.txt": "b\n", "gone.txt": "x\n"})
    (root / "b.txt").write_text("edited\n")
    (root / "new.txt").write_text("new\n")
    (root / "gone.txt").unlink()
    copy = room.made(root)
    assert ["a.txt", "b.txt", "new.txt"] == sorted(copy.files)
    assert "a.txt" == git(copy.root, "show", "--format=", "--name-only", "HEAD")
    assert copy.dirty


def test_a_change_may_undo_what_was_never_committed(room: Room, tmp_path: Path) -> None:
    """Then nothing differs from the commit."""
    root = project(tmp_path / "shop")
    (root / "a.txt").write_text("broken\n")
    (root / "junk.txt").write_text("junk\n")
    patch = Patch.of([changed_file("a.txt", "broken\n", "a\n"), changed_file("junk.txt", "junk\n", None)])
    copy = room.made(root, patch)
    assert (False, "a\n") == (copy.dirty, (copy.root / "a.txt").read_text())


ODD = ["a b.txt", 'q"uote', "back\\slash", "new\nline", "t\tab", "é ü", ":colon", "[x]*?", "-rf", " space "]


def test_names_are_data(room: Room, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {**dict.fromkeys(ODD, "a\n"), "x": "other\n"})
    (root / "x").write_text("uncommitted\n")  # a pattern among the names would take this one along
    copy = room.made(root, Patch.of([changed_file(name, "a\n", "b\n") for name in ODD]))
    assert {"b\n"} == {(copy.root / name).read_text() for name in ODD}
    assert sorted(ODD) == sorted(
        git(copy.root, "show", "--format=", "--name-only", "-z").strip("\0").split("\0")
    )


@pytest.mark.parametrize("kind", ["detached", "unborn", "none", "ignored"])
def test_every_state_of_a_repository_will_do(room: Room, tmp_path: Path, kind: str) -> None:
    root = tmp_path / "shop"
    if kind in ("detached", "ignored"):
        project(root, {"a.txt": "a\n", ".gitignore": "*.txt\n" if kind == "ignored" else ""})
        git(root, "checkout", "-q", "--detach")
    else:
        root.mkdir()
        (root / "a.txt").write_text("a\n")
        if kind == "unborn":
            git(root, "init", "-q")
    if kind == "ignored":
        git(root, "add", "-f", "a.txt")
        git(root, "commit", "-q", "-m", "Keep it")
    copy = room.made(root)
    assert ("b\n", kind in ("detached", "ignored")) == ((copy.root / "a.txt").read_text(), bool(copy.commit))


def test_a_folder_inside_a_repository(room: Room, tmp_path: Path) -> None:
    root = project(tmp_path / "mono", {"apps/shop/a.txt": "a\n", "a.txt": "other\n"})
    copy = room.made(root / "apps/shop")
    assert ("apps/shop", "shop") == (copy.prefix, copy.root.name)
    assert ("b\n", "other\n") == ((copy.root / "a.txt").read_text(), (copy.root / "../../a.txt").read_text())
    assert "apps/shop/a.txt" == git(copy.root, "show", "--format=", "--name-only", "--no-relative")


def test_a_shallow_clone_and_a_submodule(room: Room, tmp_path: Path) -> None:
    inner = project(tmp_path / "inner")
    origin = project(tmp_path / "origin", {"a.txt": "a\n"})
    git(origin, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "lib")
    commit(origin)
    shallow = tmp_path / "shop"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{origin}", str(shallow))
    copy = room.made(shallow)
    assert ("b\n", ("lib",)) == ((copy.root / "a.txt").read_text(), copy.submodules)


def test_files_come_and_go_and_keep_their_modes(room: Room, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {"run.sh": "x\n", "lost.sh": "x\n", "old/gone.txt": "x\n"})
    (root / "run.sh").chmod(0o755)
    commit(root)
    patch = Patch.of(
        [
            FileChange(name="run.sh", before="x\n", after="y\n"),  # nothing is said of its mode: it stays
            FileChange(name="lost.sh", before="x\n", after="x\n", executable=True),
            changed_file("old/gone.txt", "x\n", None),
            changed_file("deep/er/new.sh", None, "n\r\n", executable=True),
        ]
    )
    copy = room.made(root, patch)
    assert ["deep/er/new.sh", "lost.sh", "run.sh"] == sorted(copy.files)
    assert all(os.access(copy.root / name, os.X_OK) for name in copy.files)
    assert b"n\r\n" == (copy.root / "deep/er/new.sh").read_bytes()


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("a.txt", "other\n"),
        ("a.txt", None),
        ("missing.txt", "a\n"),
        ("link.txt", None),
        ("link.txt", "a\n"),
        ("out/x.txt", None),
        ("a.txt/x", None),
        ("../x.txt", None),
        ("/etc/x", None),
        (".git/hooks/post-commit", None),
        ("src/.git/config", None),
        ("a\0b", None),
        ("binary", "?"),
        ("src", None),
        ("", None),
        ("./a.txt", "a\n"),
    ],
)
def test_what_does_not_fit_or_lies_elsewhere_is_a_conflict(
    room: Room, tmp_path: Path, name: str, before: str | None
) -> None:
    root = project(tmp_path / "shop")
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "link.txt").symlink_to("a.txt")
    (root / "out").symlink_to(outside)
    (root / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Conflict):
        room.made(root, Patch((changed_file(name, before, "evil\n"),)))
    assert [] == list(outside.iterdir())


def test_nothing_of_the_repository_is_started(room: Room, tmp_path: Path) -> None:
    """Neither hooks nor filters, nor what its configuration names."""
    root = project(tmp_path / "shop", {"a.txt": "a\n", ".gitattributes": "* filter=evil diff=evil\n"})
    mark = tmp_path / "started"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    evil.chmod(0o755)
    for hook in (
        "pre-commit",
        "post-commit",
        "prepare-commit-msg",
        "reference-transaction",
        "post-index-change",
    ):
        (root / ".git/hooks" / hook).write_text(evil.read_text())
        (root / ".git/hooks" / hook).chmod(0o755)
    for key in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "core.fsmonitor",
        "diff.evil.command",
        "gpg.program",
    ):
        git(root, "config", key, str(evil))
    git(root, "config", "commit.gpgSign", "true")
    copy = room.made(root)
    assert ("b\n", False) == ((copy.root / "a.txt").read_text(), mark.exists())


def test_a_project_that_changed_meanwhile_is_a_conflict(room: Room, tmp_path: Path) -> None:
    """What would be proven then is neither the old nor the new state."""
    root = project(tmp_path / "shop")
    checkout = room.workspace.checkout(root)
    (root / "src/b.py").write_text("b = 2\n")
    with pytest.raises(Conflict, match=r"src/b\.py was changed meanwhile"):
        room.copies.make(checkout, CHANGE)


def test_what_something_wrote_is_told_as_a_patch(room: Room, tmp_path: Path) -> None:
    root = project(
        tmp_path / "shop", {"a.txt": "a\n", "b.sh": "x\n", "c.txt": "c\r\n", ".gitignore": "*.tmp\n"}
    )
    copy, place = room.made(root), room.made(root)
    (place.root / "a.txt").write_text("by the tool\n")
    (place.root / "b.sh").chmod(0o755)
    (place.root / "c.txt").unlink()
    (place.root / "new.txt").write_text("é\n")
    (place.root / "junk.tmp").write_text("ignored\n")
    (place.root / "link").symlink_to("/etc/passwd")
    (place.root / "bin").write_bytes(b"\xff\x00")
    expected = Patch.of(
        [
            changed_file("a.txt", "b\n", "by the tool\n"),
            FileChange(name="b.sh", before="x\n", after="x\n", executable=True),
            changed_file("c.txt", "c\r\n", None),
            changed_file("new.txt", None, "é\n"),
        ]
    )
    assert expected == room.copies.changes(copy, place.root)
    assert NOTHING == room.copies.changes(copy, copy.root)


def test_a_copy_is_removed_whatever_its_modes_are(room: Room, tmp_path: Path) -> None:
    root = project(tmp_path / "shop")
    (root / "src").chmod(0o555)
    copy = room.made(root)
    (copy.root / "src").chmod(0o000)
    room.copies.remove(copy)
    (root / "src").chmod(0o755)
    assert not copy.root.exists()
