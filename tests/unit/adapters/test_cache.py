"""The cache in a folder: damage, bounds, several processes, links, full and read-only disks."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.checkouts import write

from autonomous_cicd.adapters.cache import FolderCache
from autonomous_cicd.errors import Conflict, NotFound, Unavailable
from autonomous_cicd.ports import CacheEntry

ENTRY = CacheEntry(seconds=1.0, created=2.0, log=b"log\n")


def key(number: int) -> str:
    return f"{number:064x}"


def entries(root: Path) -> list[Path]:
    return sorted((root / "entries").glob("*/*"))


def blobs(root: Path) -> list[Path]:
    return sorted((root / "blobs").glob("*/*"))


def size(root: Path) -> int:
    return sum(path.stat().st_size for path in (*entries(root), *blobs(root)))


@pytest.fixture
def made(tmp_path: Path) -> Path:
    write(tmp_path / "made", {"a": "same", "b": "same", "d/c": "other"})
    return tmp_path / "made"


def test_the_same_content_is_kept_once(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    assert cache.put(key(1), ENTRY, made, ["a", "b", "d/c"])
    assert cache.put(key(2), ENTRY, made, ["b"])
    assert (2, 2) == (len(blobs(tmp_path / "cache")), len(entries(tmp_path / "cache")))
    assert [] == list((tmp_path / "cache" / "new").iterdir())


def test_any_text_can_be_a_key(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    for name in ("../../escape", "a/b", "", "\udcff", "x" * 5000):
        assert cache.put(name, ENTRY, made, ["a"])
        assert ENTRY == cache.get(name)
    assert 5 == len(entries(tmp_path / "cache"))


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "junk", "huge", "fields"])
def test_a_damaged_entry_is_none_and_gone(tmp_path: Path, made: Path, damage: str) -> None:
    cache = FolderCache(tmp_path / "cache")
    cache.put(key(1), ENTRY, made, ["a"])
    [place] = entries(tmp_path / "cache")
    text = place.read_bytes()
    damaged = {
        "cut": text[:-1],
        "flip": text[:70] + bytes([text[70] ^ 1]) + text[71:],
        "empty": b"",
        "junk": os.urandom(500),
        "huge": text + bytes(1000),
        "fields": checked(b'{"seconds": null}\n'),
    }
    place.write_bytes(damaged[damage])
    assert cache.get(key(1)) is None
    assert [] == entries(tmp_path / "cache")


def checked(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def test_an_entry_that_is_no_file_is_none(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    (tmp_path / "cache" / "entries" / "00" / key(1)).mkdir(parents=True)
    assert cache.get(key(1)) is None


@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_a_damaged_file_is_not_put_back(tmp_path: Path, made: Path, damage: str) -> None:
    cache = FolderCache(tmp_path / "cache")
    cache.put(key(1), ENTRY, made, ["d/c"])
    [blob] = blobs(tmp_path / "cache")
    if damage == "gone":
        blob.unlink()
    else:
        blob.write_text("oth" if damage == "cut" else "OTHER")
    write(tmp_path / "to", {"d/c": "before"})
    with pytest.raises(NotFound):
        cache.restore(key(1), tmp_path / "to")
    assert "before" == (tmp_path / "to" / "d" / "c").read_text()
    assert ["c"] == os.listdir(tmp_path / "to" / "d")
    assert cache.get(key(1)) is None
    assert cache.put(key(1), ENTRY, made, ["d/c"])
    cache.restore(key(1), tmp_path / "to")
    assert "other" == (tmp_path / "to" / "d" / "c").read_text()


def test_links_inside_come_back(tmp_path: Path, made: Path) -> None:
    (made / "d" / "up").symlink_to("../a")
    (made / "here").symlink_to("d")
    cache = FolderCache(tmp_path / "cache")
    assert cache.put(key(1), ENTRY, made, ["d/up", "here", "a"])
    write(tmp_path / "to", {"d/up": "a file"})
    cache.restore(key(1), tmp_path / "to")
    assert ["../a", "d"] == [os.readlink(tmp_path / "to" / name) for name in ("d/up", "here")]


@pytest.mark.parametrize("aim", ["/etc/passwd", "..", "../x", "d/../../x", "d/../a"])
def test_a_link_that_may_lead_out_is_not_kept(tmp_path: Path, made: Path, aim: str) -> None:
    (made / "link").symlink_to(aim)
    cache = FolderCache(tmp_path / "cache")
    assert not cache.put(key(1), ENTRY, made, ["a", "link"])
    assert cache.get(key(1)) is None


@pytest.mark.parametrize(
    "name", ["../made/a", "/etc/passwd", "d/../a", "", "d", "nowhere", ".git/config", "d//c"]
)
def test_what_is_no_file_of_the_workspace_is_not_kept(
    tmp_path: Path, made: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    write(made, {".git/config": ""})
    cache = FolderCache(tmp_path / "cache")
    with caplog.at_level(logging.WARNING):
        assert not cache.put(key(1), ENTRY, made, ["a", name])
    assert "not kept" in caplog.text
    assert cache.get(key(1)) is None


def test_a_file_behind_a_link_is_not_kept(tmp_path: Path, made: Path) -> None:
    write(tmp_path, {"outside/secret": "s"})
    (made / "link").symlink_to("../outside")
    assert not FolderCache(tmp_path / "cache").put(key(1), ENTRY, made, ["link/secret"])


def test_nothing_is_put_back_through_a_link(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    cache.put(key(1), ENTRY, made, ["d/c"])
    write(tmp_path, {"outside/kept": "", "to/x": ""})
    (tmp_path / "to" / "d").symlink_to("../outside")
    with pytest.raises(Conflict, match="link"):
        cache.restore(key(1), tmp_path / "to")
    assert ["kept"] == os.listdir(tmp_path / "outside")
    (tmp_path / "to" / "d").unlink()
    write(tmp_path / "to", {"d": "a file"})
    with pytest.raises(Conflict, match="file"):
        cache.restore(key(1), tmp_path / "to")


def test_a_link_in_place_of_a_file_is_replaced_not_followed(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    cache.put(key(1), ENTRY, made, ["a"])
    write(tmp_path, {"outside": "kept", "to/x": ""})
    (tmp_path / "to" / "a").symlink_to("../outside")
    cache.restore(key(1), tmp_path / "to")
    assert ("kept", "same") == ((tmp_path / "outside").read_text(), (tmp_path / "to" / "a").read_text())


def test_a_folder_in_place_of_a_file_is_a_conflict(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    cache.put(key(1), ENTRY, made, ["a"])
    write(tmp_path, {"to/a/kept": ""})
    with pytest.raises(Conflict, match="folder"):
        cache.restore(key(1), tmp_path / "to")
    assert ["a"] == os.listdir(tmp_path / "to")


def test_a_place_that_is_not_there_cannot_take_anything(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    cache.put(key(1), ENTRY, made, ["a"])
    with pytest.raises(Unavailable, match="nowhere"):
        cache.restore(key(1), tmp_path / "nowhere")
    assert ENTRY == cache.get(key(1))


def test_a_forged_entry_writes_nothing_outside(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache")
    cache.put(key(1), ENTRY, made, ["a"])
    [place] = entries(tmp_path / "cache")
    for name in (b"../out", b"/tmp/out", b".git/hooks/x"):
        text = place.read_bytes()[65:].replace(b'"a"', b'"%s"' % name)
        place.write_bytes(checked(text))
        (tmp_path / "to").mkdir(exist_ok=True)
        with pytest.raises(NotFound):
            cache.restore(key(1), tmp_path / "to")
        assert [] == os.listdir(tmp_path / "to")
        cache.put(key(1), ENTRY, made, ["a"])


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, made: Path) -> None:
    root = tmp_path / "cache"
    cache = FolderCache(root, limit=100_000)
    for number in range(30):
        write(made, {"large": str(number) * 5000})
        assert cache.put(key(number), ENTRY, made, ["large", "a"])
        os.utime(entries_of(root, number), (number, number))
        assert cache.get(key(0)), "a lookup is a use"
        assert size(root) <= 100_000 + 12_000
    assert cache.get(key(1)) is None
    assert cache.get(key(29))
    (tmp_path / "to").mkdir()
    cache.restore(key(0), tmp_path / "to")
    assert "same" == (tmp_path / "to" / "a").read_text()


def entries_of(root: Path, number: int) -> Path:
    return root / "entries" / key(number)[:2] / key(number)


def test_what_is_too_large_for_the_whole_cache_drives_nothing_out(tmp_path: Path, made: Path) -> None:
    cache = FolderCache(tmp_path / "cache", limit=20_000)
    assert cache.put(key(1), ENTRY, made, ["a"])
    write(made, {"large": "x" * 15_000})
    assert not cache.put(key(2), ENTRY, made, ["large"])
    assert cache.get(key(1))


def test_cleaning_up_removes_what_nobody_needs(tmp_path: Path, made: Path) -> None:
    root = tmp_path / "cache"
    cache = FolderCache(root)
    cache.put(key(1), ENTRY, made, ["a"])
    cache.put(key(2), ENTRY, made, ["d/c"])
    entries_of(root, 2).write_bytes(b"damaged")
    write(root, {"new/half": "written"})
    cache.sweep()
    assert (1, 1) == (len(entries(root)), len(blobs(root)))
    assert [] == os.listdir(root / "new")
    assert cache.get(key(1))


def test_nothing_is_cleaned_up_while_somebody_writes(tmp_path: Path, made: Path) -> None:
    root = tmp_path / "cache"
    cache = FolderCache(root)
    cache.put(key(1), ENTRY, made, ["a"])
    write(root, {"new/theirs": ""})
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        cache.sweep()
    assert ["theirs"] == os.listdir(root / "new")


def test_cleaning_up_where_nothing_is_only_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    FolderCache(tmp_path / "nowhere").sweep()
    assert "cannot be cleaned up" in caplog.text


def hammer(root: Path, made: Path, start: int) -> None:
    cache = FolderCache(root, limit=30_000)
    target = made.parent / f"to{start}"
    target.mkdir()
    for number in range(start, start + 60):
        write(made.parent / f"made{start}", {"large": str(number % 7) * 3000})
        cache.put(key(number % 10), ENTRY, made.parent / f"made{start}", ["large"])
        try:
            cache.restore(key((number + 3) % 10), target)
        except NotFound:
            continue
        text = (target / "large").read_text()
        assert 3000 == len(text) == text.count(text[0])


def test_several_processes_do_not_disturb_each_other(tmp_path: Path, made: Path) -> None:
    root, context = tmp_path / "cache", multiprocessing.get_context("spawn")
    workers = [context.Process(target=hammer, args=(root, made, start)) for start in (0, 100, 200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [0, 0, 0] == [worker.exitcode for worker in workers]
    assert all(FolderCache(root).get(path.name) for path in entries(root))


MOUNTED = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
FULL = """
import logging, sys
from pathlib import Path
from autonomous_cicd.adapters.cache import FolderCache
from autonomous_cicd.ports import CacheEntry
logging.basicConfig(level=logging.WARNING, stream=sys.stdout)
cache, made = FolderCache(Path(sys.argv[1]) / "cache"), Path(sys.argv[2])
entry = CacheEntry(seconds=1, created=1)
kept = [cache.put(name, entry, made, [name]) for name in ("a", "large", "b")]
print(kept, cache.get("a") == entry, cache.get("large"))
print([path.name for path in (Path(sys.argv[1]) / "cache" / "new").iterdir()])
"""


def test_a_full_disk_only_means_that_nothing_is_kept(tmp_path: Path, made: Path) -> None:
    write(made, {"large": "x" * 400_000})
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=256k none "$2" && exec "$0" -c "$1" "$2" "$3"'
    try:
        done = subprocess.run(
            [*MOUNTED, script, sys.executable, FULL, str(disk), str(made)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if done.returncode and "Traceback" not in done.stderr:
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
    assert "No space left" in done.stdout, done.stderr
    assert ["[True, False, True] True None", "[]"] == done.stdout.splitlines()[-2:]


def test_a_place_that_cannot_be_written_only_means_that_nothing_is_kept(
    tmp_path: Path, made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, {"file": ""})
    cache = FolderCache(tmp_path / "file" / "cache")
    assert cache.get(key(1)) is None
    assert not cache.put(key(1), ENTRY, made, ["a"])
    assert "not kept" in caplog.text
