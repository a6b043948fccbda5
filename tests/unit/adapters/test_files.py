"""Only the project's own regular files are read, whatever the names and links in it are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autonomous_cicd.adapters.files import LARGEST, ProjectFiles


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.txt").write_text("one\ntwo\n")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "project-2").mkdir()
    (tmp_path / "project-2" / "secret.txt").write_text("secret")
    return folder


def read(root: Path, name: str) -> str:
    return ProjectFiles(root, ()).read(name)


def test_a_file_is_read(root: Path) -> None:
    assert read(root, "src/a.txt") == "one\ntwo\n"


def test_the_names_are_those_given(root: Path) -> None:
    assert ProjectFiles(root, ["b", "c"]).names == ("b", "c")


@pytest.mark.parametrize(
    "name",
    [
        "missing",
        "src",
        "src/missing/deeper",
        "src/a.txt/inside-a-file",
        "../secret.txt",
        "src/../../secret.txt",
        "../project-2/secret.txt",
        "/etc/passwd",
        "nul\0byte",
        "nul\0folder/file",
        "",
        ".",
        "x" * 5000,
    ],
)
def test_what_is_not_a_file_inside_reads_as_empty(root: Path, name: str) -> None:
    files = ProjectFiles(root, ())
    assert ("", 0, 0) == (files.read(name), files.lines(name), files.size(name))


def test_a_link_out_of_the_project_is_not_followed(root: Path) -> None:
    (root / "link").symlink_to("../secret.txt")
    (root / "absolute").symlink_to("/etc/passwd")
    assert ["", ""] == [read(root, "link"), read(root, "absolute")]


def test_a_linked_folder_out_of_the_project_is_not_entered(root: Path) -> None:
    (root / "out").symlink_to("..")
    (root / "sibling").symlink_to("../project-2")
    assert ["", ""] == [read(root, "out/secret.txt"), read(root, "sibling/secret.txt")]


def test_a_chain_of_links_out_of_the_project_is_not_followed(root: Path) -> None:
    (root / "first").symlink_to("src/second")
    (root / "src" / "second").symlink_to("../../secret.txt")
    assert read(root, "first") == ""


def test_a_circle_of_links_reads_as_empty(root: Path) -> None:
    (root / "one").symlink_to("two")
    (root / "two").symlink_to("one")
    assert read(root, "one") == ""


def test_links_inside_the_project_are_followed(root: Path) -> None:
    (root / "link").symlink_to("src/a.txt")
    (root / "folder").symlink_to("src")
    assert ["one\ntwo\n"] * 2 == [read(root, "link"), read(root, "folder/a.txt")]


def test_a_project_that_is_reached_through_a_link_is_read(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    assert read(tmp_path / "alias", "src/a.txt") == "one\ntwo\n"


def test_special_files_read_as_empty_and_do_not_block(root: Path) -> None:
    os.mkfifo(root / "fifo")
    (root / "device").symlink_to("/dev/zero")
    assert ["", "", 0] == [read(root, "fifo"), read(root, "device"), ProjectFiles(root, ()).size("fifo")]


@pytest.mark.parametrize(("size", "read_size"), [(LARGEST, LARGEST), (LARGEST + 1, 0)])
def test_a_file_over_two_megabytes_reads_as_empty(root: Path, size: int, read_size: int) -> None:
    (root / "large").write_bytes(b"x" * size)
    files = ProjectFiles(root, ())
    assert (size, read_size) == (files.size("large"), len(files.read("large")))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"caf\xe9", "caf�"),
        (b"\xef\xbb\xbf{}", "{}"),
        ("{}".encode("utf-16"), "{}"),
        (b"", ""),
    ],
)
def test_bytes_are_decoded_whatever_they_are(root: Path, data: bytes, text: str) -> None:
    (root / "file").write_bytes(data)
    assert read(root, "file") == text


@pytest.mark.parametrize(
    ("data", "lines"), [(b"", 0), (b"one", 1), (b"one\n", 1), (b"one\ntwo", 2), (b"\0\n\n", 0)]
)
def test_lines_of_text_are_counted(root: Path, data: bytes, lines: int) -> None:
    (root / "file").write_bytes(data)
    assert ProjectFiles(root, ()).lines("file") == lines
