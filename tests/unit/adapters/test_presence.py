"""Runs of this machine that died are told from those that are alive."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from autonomous_cicd.adapters.presence import Presence, folder_size, the_dead


def test_a_run_that_is_alive_is_not_dead(tmp_path: Path) -> None:
    presence = Presence(tmp_path / "runs", "a")
    assert [] == list(the_dead(tmp_path / "runs"))
    presence.end()
    assert [] == list((tmp_path / "runs").iterdir())


def test_a_run_is_told_where_its_private_folder_is(tmp_path: Path) -> None:
    presence = Presence(tmp_path, "a")
    assert tmp_path / "a" == presence.folder
    presence.end()


def test_a_run_whose_process_was_killed_is_told_once(tmp_path: Path) -> None:
    code = "import os,sys; from pathlib import Path; from autonomous_cicd.adapters.presence import Presence"
    code += "; Presence(Path(sys.argv[1]), 'a'); os.kill(os.getpid(), 9)"
    assert -9 == subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=60).returncode
    assert ["a"] == list(the_dead(tmp_path))
    assert [] == list(the_dead(tmp_path))


def test_two_who_clear_away_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "a.lock").touch()
    first = the_dead(tmp_path)
    assert "a" == next(first)
    assert [] == list(the_dead(tmp_path))
    assert [] == list(first)


def test_what_somebody_else_cleared_away_meanwhile_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.lock").touch()
    (tmp_path / "b.lock").touch()
    found = the_dead(tmp_path)
    assert "a" == next(found)
    (tmp_path / "b.lock").unlink()
    assert [] == list(found)


def test_one_id_is_taken_once_and_nothing_is_left_of_the_attempt(tmp_path: Path) -> None:
    (tmp_path / "a.lock").mkdir()
    (tmp_path / "a.lock/x").touch()
    before = len(os.listdir("/proc/self/fd"))
    try:
        Presence(tmp_path, "a")
    except OSError:
        assert ["a.lock"] == os.listdir(tmp_path)
        assert before == len(os.listdir("/proc/self/fd"))
    else:
        raise AssertionError("it was made although its name is taken")


def test_the_size_of_a_folder_counts_each_content_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a").write_bytes(b"x" * 100_000)
    os.sync()
    once = folder_size(tmp_path)
    assert 90_000 < once < 200_000
    os.link(tmp_path / "sub/a", tmp_path / "again")
    (tmp_path / "link").symlink_to("/")
    assert once <= folder_size(tmp_path) < once + 50_000
    assert 0 == folder_size(tmp_path / "absent")
