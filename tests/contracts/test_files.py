"""What every `Files` does, in memory and on the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autonomous_cicd.adapters.files import ProjectFiles
from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.ports import Files

Make = Callable[[Mapping[str, str]], Files]


@pytest.fixture(params=["memory", "disk"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    def on_disk(texts: Mapping[str, str]) -> Files:
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, newline="")
        return ProjectFiles(tmp_path, sorted(texts))

    return MemoryFiles if request.param == "memory" else on_disk


def test_names_are_sorted(make: Make) -> None:
    assert ["a", "b/c", "d"] == list(make({"d": "", "a": "", "b/c": ""}).names)


def test_a_text_is_read_as_it_is(make: Make) -> None:
    assert "één\r\ntwee" == make({"b/c": "één\r\ntwee"}).read("b/c")


@pytest.mark.parametrize("name", ["missing", "b", "b/c/d", "../b", "/etc/passwd", "", "nul\0"])
def test_what_is_no_file_of_the_project_is_empty(make: Make, name: str) -> None:
    files = make({"b/c": "text"})
    assert ("", 0) == (files.read(name), files.lines(name))


def test_more_than_two_megabytes_are_not_read(make: Make) -> None:
    files = make({"large": "x" * (2 * 1024 * 1024 + 1), "fits": "x" * (2 * 1024 * 1024)})
    assert (0, 2 * 1024 * 1024) == (len(files.read("large")), len(files.read("fits")))


@pytest.mark.parametrize(
    ("text", "lines"), [("", 0), ("\n", 1), ("a", 1), ("a\nb", 2), ("a\nb\n", 2), ("\0\n", 0)]
)
def test_lines_are_counted(make: Make, text: str, lines: int) -> None:
    assert lines == make({"file": text}).lines("file")
