"""What every cache does, in memory or in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.checkouts import write

from autonomous_cicd.adapters.cache import FolderCache
from autonomous_cicd.adapters.memory import MemoryCache
from autonomous_cicd.errors import NotFound
from autonomous_cicd.ports import Cache, CacheEntry

KEY = "ab" * 32
ENTRY = CacheEntry(seconds=1.5, created=1700000000.25, log=b"1 passed\n\xff\x00", outputs={"version": "1.0é"})


@pytest.fixture(
    params=[lambda _: MemoryCache(), lambda path: FolderCache(path / "cache")], ids=["memory", "folder"]
)
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    make: Callable[[Path], Cache] = request.param
    return make(tmp_path)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Return a workspace in which a task has made something."""
    write(
        tmp_path / "made", {"dist/a.whl": "wheel", "dist/deep/empty": "", "run": "#!/bin/sh\n", "left": "out"}
    )
    (tmp_path / "made" / "run").chmod(0o755)
    return tmp_path / "made"


def test_nothing_is_known_at_first(cache: Cache, tmp_path: Path) -> None:
    assert cache.get(KEY) is None
    with pytest.raises(NotFound):
        cache.restore(KEY, tmp_path)


def test_an_entry_comes_back_as_it_was(cache: Cache, made: Path) -> None:
    assert cache.put(KEY, ENTRY, made, [])
    assert ENTRY == cache.get(KEY)
    assert cache.get("cd" * 32) is None


def test_files_come_back_with_their_modes(cache: Cache, made: Path, tmp_path: Path) -> None:
    cache.put(KEY, ENTRY, made, ["dist/a.whl", "dist/deep/empty", "run"])
    (tmp_path / "to").mkdir()
    cache.restore(KEY, tmp_path / "to")
    for name in ("dist/a.whl", "dist/deep/empty", "run"):
        assert (made / name).read_bytes() == (tmp_path / "to" / name).read_bytes()
        assert (made / name).stat().st_mode == (tmp_path / "to" / name).stat().st_mode
    assert not (tmp_path / "to" / "left").exists()


def test_what_stands_there_is_replaced(cache: Cache, made: Path, tmp_path: Path) -> None:
    cache.put(KEY, ENTRY, made, ["run"])
    write(tmp_path / "to", {"run": "something else, and longer", "other": "kept"})
    cache.restore(KEY, tmp_path / "to")
    assert "#!/bin/sh\n" == (tmp_path / "to" / "run").read_text()
    assert "kept" == (tmp_path / "to" / "other").read_text()


def test_the_last_outcome_counts(cache: Cache, made: Path, tmp_path: Path) -> None:
    cache.put(KEY, ENTRY, made, ["left"])
    later = CacheEntry(seconds=9, created=1)
    cache.put(KEY, later, made, ["run"])
    assert later == cache.get(KEY)
    (tmp_path / "to").mkdir()
    cache.restore(KEY, tmp_path / "to")
    assert ["run"] == [path.name for path in (tmp_path / "to").iterdir()]


def test_what_is_kept_does_not_change_with_the_workspace(cache: Cache, made: Path, tmp_path: Path) -> None:
    cache.put(KEY, ENTRY, made, ["left"])
    write(made, {"left": "changed"})
    (tmp_path / "to").mkdir()
    cache.restore(KEY, tmp_path / "to")
    write(tmp_path / "to", {"left": "changed"})
    cache.restore(KEY, tmp_path / "to")
    assert "out" == (tmp_path / "to" / "left").read_text()
