"""Listing, hashing and removing files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from tests.checkouts import write

from autonomous_cicd.adapters.tree import content_id, copy_file, make_folders, remove_tree, walk


def test_walking_follows_no_link_and_leaves_out_what_is_not_the_projects_own(tmp_path: Path) -> None:
    names = ("a", "b/c", ".git/x", "b/node_modules/y", "venv/pyvenv.cfg", "venv/z")
    write(tmp_path, dict.fromkeys(names, ""))
    (tmp_path / "b" / "loop").symlink_to("..")
    assert ["a", "b/c", "b/loop"] == sorted(walk(str(tmp_path)))
    assert ["b/c", "b/loop"] == sorted(walk(str(tmp_path), "b"))
    everything = ["a", "b/c", "b/loop", "b/node_modules/y", "venv/pyvenv.cfg", "venv/z"]
    assert everything == sorted(walk(str(tmp_path), everything=True))


def test_a_virtual_environment_may_be_looked_at_on_its_own(tmp_path: Path) -> None:
    write(tmp_path, {"pyvenv.cfg": "", "bin/python": ""})
    assert ["bin/python", "pyvenv.cfg"] == sorted(walk(str(tmp_path)))


@pytest.mark.parametrize("length", [0, 1, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 3_000_000])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_id_of_a_content(tmp_path: Path, length: int, algorithm: str) -> None:
    content = os.urandom(length)
    (tmp_path / "file").write_bytes(content)
    expected = hashlib.new(algorithm, b"blob %d\0" % length + content).hexdigest()
    assert expected == content_id(str(tmp_path / "file"), algorithm)


def test_what_has_no_content_has_no_id(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    write(tmp_path, {"file": ""})
    for name in ("fifo", "nothing", "file/below", "."):
        assert "" == content_id(str(tmp_path / name)), name


def test_copying_never_replaces_anything(tmp_path: Path) -> None:
    write(tmp_path, {"a": "new", "b": "old"})
    (tmp_path / "link").symlink_to("b")
    for target in ("b", "link"):
        with pytest.raises(FileExistsError):
            copy_file(str(tmp_path / "a"), str(tmp_path / target))
    assert "old" == (tmp_path / "b").read_text()


def test_what_is_neither_file_nor_link_is_not_copied(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name in ("fifo", "nothing", "."):
        assert copy_file(str(tmp_path / name), str(tmp_path / "to")) is None
    assert not (tmp_path / "to").exists()


def test_folders_are_made_once_each(tmp_path: Path) -> None:
    make_folders(str(tmp_path), ["a", "b/c/d", "b/c/e", "b/f"])
    assert ["b", "b/c"] == sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))


def test_removing_touches_nothing_that_links_lead_to(tmp_path: Path) -> None:
    write(tmp_path, {"outside/kept": "k", "copy/a": ""})
    (tmp_path / "outside").chmod(0o750)
    for name in ("folder", "file"):
        (tmp_path / "copy" / name).symlink_to(tmp_path / "outside" / ("" if name == "folder" else "kept"))
    (tmp_path / "copy" / "up").symlink_to("..")
    remove_tree(str(tmp_path / "copy"))
    assert ["outside"] == os.listdir(tmp_path)
    assert 0o40750 == (tmp_path / "outside").stat().st_mode
    assert "k" == (tmp_path / "outside" / "kept").read_text()


def test_removing_a_link_or_a_file_removes_only_that(tmp_path: Path) -> None:
    write(tmp_path, {"outside/kept": "", "file": ""})
    (tmp_path / "link").symlink_to("outside")
    for name in ("link", "file", "nothing"):
        remove_tree(str(tmp_path / name))
    assert ["outside"] == os.listdir(tmp_path)
    assert ["kept"] == os.listdir(tmp_path / "outside")


def test_removing_needs_no_permissions(tmp_path: Path) -> None:
    write(tmp_path, {"copy/a/b/c": "", "copy/d": "", "copy/.0/x": "", "copy/a/.0/y": "", "copy/.1": ""})
    for name in ("a/b/c", "a/b", "a", "d", "."):
        (tmp_path / "copy" / name).chmod(0)
    remove_tree(str(tmp_path / "copy"))
    assert [] == os.listdir(tmp_path)


def test_no_tree_is_too_deep_to_be_removed(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    descriptor = os.open(tmp_path / "copy", os.O_RDONLY)
    for _ in range(2000):
        os.mkdir("x" * 50, dir_fd=descriptor)
        deeper = os.open("x" * 50, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = deeper
    os.close(descriptor)
    remove_tree(str(tmp_path / "copy"))
    assert [] == os.listdir(tmp_path)


def test_names_that_are_no_text_are_removed(tmp_path: Path) -> None:
    os.makedirs(os.fsencode(tmp_path) + b"/copy/\xff/\n/-rf")
    remove_tree(str(tmp_path / "copy"))
    assert [] == os.listdir(tmp_path)
