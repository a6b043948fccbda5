"""Logs from wherever they come: in pieces, within bounds, and nothing is unpacked to a disk."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_cicd.adapters import logs
from autonomous_cicd.adapters.logs import open_logs
from autonomous_cicd.errors import UsageError

Read = list[tuple[str, bytes, list[str]]]


def read(*names: str | Path, standard_input: bytes = b"") -> Read:
    """Return every log with its whole content and its notes, read in the order in which they come."""
    return [
        (log.name, b"".join(log.pieces), log.notes)
        for log in open_logs(map(str, names), io.BytesIO(standard_input))
    ]


def plain(found: Read, folder: Path | str = "") -> dict[str, bytes]:
    """Return the logs by name; there is no note on any."""
    assert [] == [note for _, _, notes in found for note in notes]
    return {name.removeprefix(f"{folder}"): content for name, content, _ in found}


def zipped(path: Path, files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def everything_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"one\r\ntwo \xff")
    assert {"/a.log": b"one\r\ntwo \xff"} == plain(read(tmp_path / "a.log"), tmp_path)


def test_an_empty_file_is_a_log_without_lines(tmp_path: Path) -> None:
    (tmp_path / "a.log").touch()
    assert {"/a.log": b""} == plain(read(tmp_path / "a.log"), tmp_path)


def test_standard_input_is_read() -> None:
    assert [("-", b"piped in", [])] == read("-", standard_input=b"piped in")


def test_a_large_log_comes_in_pieces(tmp_path: Path) -> None:
    """So that none has to be in memory at once."""
    (tmp_path / "a.log").write_bytes(b"x" * (3 * logs.PIECE + 1))
    (found,) = open_logs([str(tmp_path / "a.log")])
    assert [logs.PIECE] * 3 + [1] == [len(piece) for piece in found.pieces]


def test_several_logs_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).write_text(name)
    assert ["/b", "/a"] == list(plain(read(tmp_path / "b", tmp_path / "a"), tmp_path))


def test_what_is_read_of_a_log_is_bounded(tmp_path: Path) -> None:
    """A hole in a file costs nothing on the disk, and must cost no hour either."""
    with (tmp_path / "holes.log").open("wb") as file:
        file.truncate(logs.LARGEST + 1)
    (found,) = open_logs([str(tmp_path / "holes.log")])
    assert logs.LARGEST == sum(len(piece) for piece in found.pieces)
    assert [f"only its first {logs.LARGEST >> 20} MB were read"] == found.notes


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.log cannot be read: No such file") as caught:
        read(tmp_path / "absent.log")
    assert "name a log" in caught.value.hint


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot be read: File name too long"):
        read("x" * 5000)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.log").touch(mode=0)
    with pytest.raises(UsageError, match="cannot be read: Permission denied"):
        read(tmp_path / "a.log")


def test_a_pipe_by_name_is_refused_at_once(tmp_path: Path) -> None:
    """Nobody may ever write to it: opening it would wait for ever."""
    os.mkfifo(tmp_path / "pipe.log")
    with pytest.raises(UsageError, match=r"pipe\.log is no file"):
        read(tmp_path / "pipe.log")


def test_a_device_is_refused() -> None:
    with pytest.raises(UsageError, match="/dev/zero is no file"):
        read("/dev/zero")


def test_a_folder_is_read_with_what_lies_deeper(tmp_path: Path) -> None:
    for name in ("b.log", "a/deep/2.txt", "a/1"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    expected = {"/b.log": b"b.log", "/a/1": b"a/1", "/a/deep/2.txt": b"a/deep/2.txt"}
    assert expected == plain(read(tmp_path), tmp_path)


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """Neither out of it nor round and round."""
    (tmp_path / "secret").write_text("not yours")
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.log").write_text("a")
    (folder / "link.log").symlink_to(tmp_path / "secret")
    (folder / "gone.log").symlink_to(tmp_path / "gone")
    (folder / "round").symlink_to(folder)
    assert {"/a.log": b"a"} == plain(read(folder), folder)


def test_what_is_no_log_in_a_folder_is_left_out(tmp_path: Path) -> None:
    for name in ("a.log", "shot.PNG", "app.whl", "old.log.gz", ".hidden", "state.db"):
        (tmp_path / name).write_text(name)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    assert {"/a.log": b"a.log"} == plain(read(tmp_path), tmp_path)


def test_an_archive_in_a_folder_is_looked_into(tmp_path: Path) -> None:
    zipped(tmp_path / "logs.zip", {"0_build.txt": b"build"})
    (tmp_path / "a.log").write_text("a")
    assert {"/a.log": b"a", "/logs.zip:build": b"build"} == plain(read(tmp_path), tmp_path)


def test_what_cannot_be_read_in_a_folder_is_noted_and_the_others_are_read(tmp_path: Path) -> None:
    """Here a log that vanishes, and an archive that is none."""
    for name in ("a.log", "c.log"):
        (tmp_path / name).write_text(name)
    (tmp_path / "b.zip").write_text("no archive")
    (tmp_path / "d.log").write_text("d")
    found = []
    for log in open_logs([str(tmp_path)]):
        (tmp_path / "c.log").unlink(missing_ok=True)
        found.append((Path(log.name).name, b"".join(log.pieces), " ".join(log.notes)))
    assert [("a.log", b"a.log"), ("b.zip", b""), ("c.log", b""), ("d.log", b"d")] == [
        (name, content) for name, content, _ in found
    ]
    assert "is no archive that can be read" in found[1][2]
    assert "c.log cannot be read: No such file" in found[2][2]


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_folder_that_cannot_be_listed_is_noted(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("a")
    (tmp_path / "closed").mkdir(mode=0)
    (closed,) = [log for log in read(tmp_path) if log[0].endswith("closed")]
    assert ["it cannot be read: Permission denied"] == closed[2]


def test_folders_that_lie_too_deep_are_noted(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["x"] * (logs.DEEPEST + 1))
    deep.mkdir(parents=True)
    (deep / "a.log").write_text("a")
    ((name, content, notes),) = read(tmp_path)
    assert (str(deep.parent), b"") == (name, content)
    assert "its folders are not read" in notes[0]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that cannot be read")
def test_a_file_that_can_be_opened_and_not_read_is_refused() -> None:
    with pytest.raises(UsageError, match="/proc/self/mem cannot be read"):
        read("/proc/self/mem")


@pytest.mark.parametrize("begin", [b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"])
def test_what_is_compressed_is_refused_and_not_read_as_text(tmp_path: Path, begin: bytes) -> None:
    (tmp_path / "a").write_bytes(begin + bytes(100))
    with pytest.raises(UsageError, match="a: it is compressed"):
        read(tmp_path / "a")
    with pytest.raises(UsageError, match="standard input: it is compressed"):
        read("-", standard_input=begin + bytes(100))
    ((_, content, notes),) = read(tmp_path)
    assert b"" == content
    assert "it is compressed" in notes[0]


def test_a_closed_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="standard input is closed"):
        list(open_logs(["-"]))


def test_a_folder_without_logs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no logs"):
        read(tmp_path)


def test_a_folder_of_far_too_many_files_is_refused(tmp_path: Path) -> None:
    for number in range(logs.FILES + 1):
        (tmp_path / f"{number}.log").touch()
    with pytest.raises(UsageError, match=f"has more than {logs.FILES} files"):
        read(tmp_path)


def test_an_archive_of_the_host_has_a_log_for_each_job(tmp_path: Path) -> None:
    """The steps of a job stand in its own file too: they are not told twice."""
    path = zipped(
        tmp_path / "logs.zip",
        {
            "0_build.txt": b"whole build",
            "1_test (3.12).txt": b"whole test",
            "build/1_Set up job.txt": b"a step",
            "build/2_Run make.txt": b"a step",
            "test (3.12)/1_Set up job.txt": b"a step",
        },
    )
    assert {"build": b"whole build", "test (3.12)": b"whole test"} == plain(read(path), f"{path}:")


def test_steps_alone_are_put_together_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "logs.zip",
        {f"build/{number}_Step.txt": f"{number}\n".encode() for number in (10, 2, 1, 11)}
        | {"lint/1_Set up job.txt": b"lint\n"},
    )
    assert {"build": b"1\n2\n10\n11\n", "lint": b"lint\n"} == plain(read(path), f"{path}:")


def test_two_jobs_of_one_name_are_both_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "logs.zip", {"0_build.txt": b"first", "1_build.txt": b"second"})
    assert [b"first", b"second"] == sorted(plain(read(path)).values())


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "a\nb.txt", "C:\\evil.txt", "a/./b"])
def test_names_in_an_archive_lead_nowhere(tmp_path: Path, name: str) -> None:
    """They are shown, and nothing is ever written."""
    folder = tmp_path / "in"
    folder.mkdir()
    path = zipped(folder / "logs.zip", {name: b"content"})
    before = everything_below(tmp_path)
    assert [b"content"] == list(plain(read(path)).values())
    assert before == everything_below(tmp_path)
    assert not Path("/etc/evil.txt").exists()


def test_an_archive_in_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"0_a.txt": b"needle" * 10})
    path = zipped(tmp_path / "outer.zip", {"inner.zip": inner.read_bytes(), "0_b.txt": b"b"})
    found = plain(read(path), f"{path}:")
    assert ["b", "inner.zip"] == sorted(found)
    assert b"needle" not in found["inner.zip"]


def test_an_archive_without_any_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no logs"):
        read(zipped(tmp_path / "logs.zip", {}))


def test_a_log_that_unpacks_to_far_more_than_it_was_is_cut(tmp_path: Path) -> None:
    size = 64 << 20
    path = zipped(tmp_path / "bomb.zip", {"0_bomb.txt": bytes(size), "1_good.txt": b"good"})
    bomb, good = read(path)
    most = max(path.stat().st_size * logs.RATIO, logs.SMALL)
    assert len(bomb[1]) <= most < size
    assert ["only its first"] == [note[:14] for note in bomb[2]]
    assert (b"good", []) == good[1:]


def test_an_archive_of_far_too_many_files_is_refused(tmp_path: Path) -> None:
    files = {f"{number}.txt": b"" for number in range(logs.ENTRIES + 1)}
    with pytest.raises(UsageError, match=f"holds more than {logs.ENTRIES} files"):
        read(zipped(tmp_path / "logs.zip", files, zipfile.ZIP_STORED))


@pytest.mark.parametrize("claimed", [0, 3, 10**9])
def test_an_archive_that_lies_about_a_size_harms_nobody(tmp_path: Path, claimed: int) -> None:
    """What is read is what is there, or there is a note."""
    content = b"a line\n" * 1000
    path = zipped(tmp_path / "logs.zip", {"0_a.txt": content})
    raw = bytearray(path.read_bytes())
    directory = raw.index(b"PK\x01\x02")
    struct.pack_into("<I", raw, directory + 24, claimed)
    path.write_bytes(raw)
    ((_, found, notes),) = read(path)
    assert content.startswith(found)
    assert found == content or notes


def test_the_end_of_an_archive_is_missing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "logs.zip", {"0_a.txt": os.urandom(5000)})
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(UsageError, match="is no archive that can be read") as caught:
        read(path)
    assert "fetch it again" == caught.value.hint


def test_a_damaged_entry_is_noted_and_the_others_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "logs.zip", {"0_a.txt": os.urandom(5000), "1_b.txt": b"good"})
    raw = bytearray(path.read_bytes())
    raw[2000:2100] = bytes(100)
    path.write_bytes(raw)
    damaged, good = read(path)
    assert ["it could not be read to its end"] == [note.partition(":")[0] for note in damaged[2]]
    assert (b"good", []) == good[1:]


def test_an_encrypted_entry_is_noted(tmp_path: Path) -> None:
    path = zipped(tmp_path / "logs.zip", {"0_a.txt": b"secret"})
    raw = bytearray(path.read_bytes())
    for heading, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(heading) + flags] |= 1
    path.write_bytes(raw)
    ((_, content, notes),) = read(path)
    assert b"" == content
    assert "encrypted" in notes[0]


def test_what_only_calls_itself_an_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logs.zip").write_text("plain text")
    with pytest.raises(UsageError, match="is no archive that can be read"):
        read(tmp_path / "logs.zip")


def test_an_archive_is_known_by_its_content(tmp_path: Path) -> None:
    path = zipped(tmp_path / "download", {"0_a.txt": b"a"})
    assert {"a": b"a"} == plain(read(path), f"{path}:")
