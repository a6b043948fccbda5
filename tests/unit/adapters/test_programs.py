"""Which program a name would start is found out without starting it."""

from __future__ import annotations

import os
from pathlib import Path

from autonomous_cicd.adapters.programs import fingerprints


def test_the_first_on_the_search_path_counts(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tool").write_text(name)
    path = f"{tmp_path}/absent{os.pathsep}{tmp_path}/two{os.pathsep}{tmp_path}/one"
    found = fingerprints(["tool", "absent"], path)
    assert ["tool"] == list(found)
    assert found["tool"].startswith(f"{tmp_path}/two/tool ")


def test_a_program_by_its_place_needs_no_search_path(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("x")
    assert [str(tmp_path / "tool")] == list(fingerprints([str(tmp_path / "tool")], ""))


def test_another_version_behind_a_link_is_another_mark(tmp_path: Path) -> None:
    for name in ("v1", "v2"):
        (tmp_path / name).write_text("same size")
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / "tool").symlink_to("v1")
    before = fingerprints(["tool"], str(tmp_path))
    (tmp_path / "tool").unlink()
    (tmp_path / "tool").symlink_to("v2")
    assert before != fingerprints(["tool"], str(tmp_path))
