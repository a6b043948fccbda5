"""How busy a computer is, and what of it may be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from autonomous_cicd.adapters.meter import LocalMeter


def machine(root: Path, stat: str, meminfo: str = "") -> LocalMeter:
    (root / "proc").mkdir(exist_ok=True)
    (root / "proc/stat").write_text(stat)
    (root / "proc/meminfo").write_text(meminfo)
    return LocalMeter(root)


def test_the_share_is_that_since_the_last_look(tmp_path: Path) -> None:
    meter = machine(tmp_path, "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1\n")
    assert 0.2 == round(meter.busy(), 3)
    machine(tmp_path, "cpu  190 0 100 710 100 0 0 0 0 0\n")
    assert 0.9 == round(meter.busy(), 3)


def test_two_looks_at_once_take_the_machine_for_busy(tmp_path: Path) -> None:
    meter = machine(tmp_path, "cpu  1 1 1 1 1 1 1 1\n")
    meter.busy()
    assert 1.0 == meter.busy()


def test_without_proc_the_load_is_taken(tmp_path: Path) -> None:
    assert 0.0 <= LocalMeter(tmp_path).busy() <= 1.0


def test_free_memory_is_what_is_available(tmp_path: Path) -> None:
    meter = machine(tmp_path, "", "MemTotal: 9 kB\nMemAvailable:   2048 kB\n")
    assert 2048 * 1024 == meter.free()
    assert LocalMeter(tmp_path / "absent").free() > 0


def test_the_processors_are_those_we_may_use(tmp_path: Path) -> None:
    assert len(os.sched_getaffinity(0)) == LocalMeter(tmp_path).cores()


def test_nothing_is_taken_where_nothing_was_started() -> None:
    assert 0 <= LocalMeter().taken()


def test_what_was_started_is_counted() -> None:
    """A program that keeps sixteen megabytes, as long as it runs."""
    code = "kept = bytearray(16 * 2**20); print('there', flush=True); input()"
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **streams) as program:  # type: ignore[call-overload]
        assert b"there\n" == program.stdout.readline()
        assert LocalMeter().taken() > 16 * 2**20
        program.communicate(b"\n", timeout=60)
    assert LocalMeter().taken() < 16 * 2**20
