"""Slots: a name that nobody else has, and the same again after a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autonomous_cicd.adapters.slots import Slot
from autonomous_cicd.errors import Unavailable


def test_each_has_a_name_of_its_own(tmp_path: Path) -> None:
    slots = [Slot(tmp_path / "servers") for _ in range(3)]
    assert 3 == len({one.name for one in slots})
    for one in slots:
        one.close()


def test_the_name_is_the_same_after_an_end(tmp_path: Path) -> None:
    first = Slot(tmp_path)
    first.close()
    second = Slot(tmp_path)
    assert first.name == second.name
    second.close()


def test_two_folders_have_other_names(tmp_path: Path) -> None:
    one, other = Slot(tmp_path / "a"), Slot(tmp_path / "b")
    assert one.name != other.name
    one.close()
    other.close()


def test_the_name_of_the_dead_is_free(tmp_path: Path) -> None:
    code = "import os, sys; from pathlib import Path; from autonomous_cicd.adapters.slots import Slot;"
    code += "print(Slot(Path(sys.argv[1])).name, flush=True); os.kill(os.getpid(), 9)"
    dead = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    slot = Slot(tmp_path)
    assert dead.stdout.strip() == slot.name
    slot.close()


@pytest.mark.parametrize("damage", [b"", b"\xff\x00", b"half a na"])
def test_a_name_that_was_half_written_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "server-0.lock").write_bytes(damage)
    slot = Slot(tmp_path)
    assert slot.name.isalnum()
    slot.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be used"):
        Slot(tmp_path / "file" / "servers")
