"""Cache: keeps what tasks made in a folder, files by the hash of their content.

`entries/` has one file for each key, `blobs/` one for each content, whoever made it; `lock` is held by
whoever writes, so that nobody cleans up meanwhile. Everything is written beside its place and then renamed:
a reader sees all of it or nothing. A lookup opens one file.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import logging
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path

from autonomous_cicd.adapters.places import through_link
from autonomous_cicd.adapters.restore import Destination, check_aim, check_name
from autonomous_cicd.errors import NotFound, Unavailable
from autonomous_cicd.ports import CacheEntry
from autonomous_cicd.values import dataclass

__all__ = ["FolderCache"]

log = logging.getLogger(__name__)

_KEY = re.compile(r"[0-9a-f]{64}")
_HOUR = 3600.0
_UNIT = 4096
_BLOCK = 1024 * 1024
_LARGEST_ENTRY = 64 * _BLOCK
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class _Kept:
    """One file of an entry: where it was, and where its content is."""

    name: str
    mode: int
    size: int
    blob: str
    """Hash of the content; empty for a link."""
    aim: str
    """Where a link leads."""


class FolderCache:
    """Outcomes in a folder that several processes may share. Implements `Cache`.

    Never makes a run fail: what cannot be kept is not kept, and the log says why.
    """

    def __init__(self, root: Path, *, limit: int = 5_000_000_000) -> None:
        """Take the folder, made when something is kept, and the most bytes that it may hold."""
        self._root = str(root)
        self._limit = limit

    def get(self, key: str) -> CacheEntry | None:
        """Return the entry; None when there is none, or it is damaged."""
        found = self._read(self._entry(key))
        return found[0] if found else None

    def restore(self, key: str, to: Path) -> None:
        """Put the kept files where they were, relative to `to`; what stands there is replaced.

        Raises NotFound when they are not there any more, Conflict when a link or a folder is in the way,
        Unavailable when they cannot be written.
        """
        place = self._entry(key)
        found = self._read(place)
        if not found:
            raise NotFound("the outcome is not kept any more")
        try:
            if not all(self._has(one) for one in found[1]):
                raise _Damaged
            with Destination(to) as destination:
                for one in found[1]:
                    self._put_back(one, destination)
        except (_Damaged, ValueError) as error:
            _forget(place)
            raise NotFound("the outcome is not kept any more as it was") from error
        except OSError as error:
            raise Unavailable(f"the outcome cannot be put back into {to}: {error}") from error

    def put(self, key: str, entry: CacheEntry, root: Path, files: Iterable[str]) -> bool:
        """Keep an entry with these files of `root`, all or nothing; return whether it was kept."""
        try:
            names = sorted(set(files))
            size = len(entry.log) + _size(str(root), names)
            if size > self._limit // 2 or len(entry.log) > _LARGEST_ENTRY // 2:
                raise ValueError(f"{size} bytes are too much for one outcome")
            self._make_folders()
            with self._lock(fcntl.LOCK_SH):
                kept = [self._keep(str(root), name) for name in names]
                self._write(self._entry(key), _text(entry, kept))
            if self._grown(size) > self._limit // 50:
                self.sweep()
        except (OSError, ValueError) as error:
            log.warning("an outcome is not kept in %s: %s", self._root, error)
            return False
        return True

    def sweep(self) -> None:
        """Remove what was not used for longest until a fifth of the room is free, and what is left over.

        Does nothing while somebody writes: whoever writes next will do it.
        """
        try:
            with self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
                self._sweep()
        except BlockingIOError:
            return
        except OSError as error:
            log.warning("%s cannot be cleaned up: %s", self._root, error)

    def _entry(self, key: str) -> str:
        name = (
            key if _KEY.fullmatch(key) else hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        )
        return f"{self._root}/entries/{name[:2]}/{name}"

    def _blob(self, digest: str) -> str:
        return f"{self._root}/blobs/{digest[:2]}/{digest}"

    def _make_folders(self) -> None:
        for name in ("", "/entries", "/blobs", "/new"):
            os.makedirs(self._root + name, 0o700, exist_ok=True)

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        descriptor = os.open(f"{self._root}/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)

    def _read(self, place: str, *, use: bool = True) -> tuple[CacheEntry, list[_Kept]] | None:
        """Return an entry and its files; one that is damaged is removed. Remember that it was of use."""
        try:
            descriptor = os.open(place, _READ)
        except OSError:
            return None
        try:
            state = os.fstat(descriptor)
            found = _parsed(os.read(descriptor, min(state.st_size, _LARGEST_ENTRY)))
            if use and time.time() - state.st_mtime > _HOUR:
                with suppress(OSError):
                    os.utime(place)
        except OSError:
            return None
        except (ValueError, KeyError, TypeError):
            log.warning("the entry %s of the cache is damaged", place)
            _forget(place)
            return None
        finally:
            os.close(descriptor)
        return found

    def _has(self, one: _Kept) -> bool:
        """Return whether the content of a file is there, in the right size."""
        if not one.blob:
            return True
        try:
            return os.stat(self._blob(one.blob)).st_size == one.size
        except OSError:
            return False

    def _put_back(self, one: _Kept, destination: Destination) -> None:
        if not one.blob:
            destination.link(one.name, one.aim)
            return
        source = os.open(self._blob(one.blob), _READ)
        try:
            with destination.file(one.name, one.mode) as target:
                if _copy(source, target) != one.blob:
                    _forget(self._blob(one.blob))
                    raise _Damaged
        finally:
            os.close(source)

    def _keep(self, root: str, name: str) -> _Kept:
        """Keep the content of a file."""
        check_name(name)
        if through_link(root, name.rpartition("/")[0]):
            raise ValueError(f"{name!r} is reached through a link")
        try:
            source = os.open(f"{root}/{name}", _READ)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            aim = os.readlink(f"{root}/{name}")
            check_aim(name, aim)
            return _Kept(name, 0o777, 0, "", aim)
        try:
            mode = os.fstat(source).st_mode
            if not stat.S_ISREG(mode):
                raise ValueError(f"{name!r} is not a file")
            digest, size = self._keep_content(source)
        finally:
            os.close(source)
        return _Kept(name, mode & 0o777, size, digest, "")

    def _keep_content(self, source: int) -> tuple[str, int]:
        between = self._between()
        target = os.open(between, _NEW, 0o600)
        try:
            digest = _copy(source, target)
            size = os.fstat(target).st_size
            _move(between, self._blob(digest))
        finally:
            os.close(target)
            _forget(between)
        return digest, size

    def _write(self, place: str, content: bytes) -> None:
        """Write an entry, so that it survives a power cut when it is there."""
        between = self._between()
        descriptor = os.open(between, _NEW, 0o600)
        try:
            _write_all(descriptor, content)
            os.fsync(descriptor)
            _move(between, place)
        finally:
            os.close(descriptor)
            _forget(between)

    def _between(self) -> str:
        return f"{self._root}/new/{os.urandom(12).hex()}"

    def _grown(self, size: int) -> int:
        """Add to what was written since the last cleaning up, by whomever; return how much it is."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(f"{self._root}/grown", flags, 0o600)
        try:
            os.write(descriptor, bytes(size // _UNIT + 1))
            return os.fstat(descriptor).st_size * _UNIT
        finally:
            os.close(descriptor)

    def _sweep(self) -> None:
        for name in os.listdir(f"{self._root}/new"):
            _forget(f"{self._root}/new/{name}")
        blobs = {os.path.basename(place): (place, size) for place, size, _ in _files(f"{self._root}/blobs")}
        entries = sorted(_files(f"{self._root}/entries"), key=lambda found: found[2])
        users: dict[str, int] = {}
        contents: dict[str, set[str]] = {}
        for place, _, _ in entries:
            found = self._read(place, use=False)
            contents[place] = {one.blob for one in found[1] if one.blob in blobs} if found else set()
            for blob in contents[place]:
                users[blob] = users.get(blob, 0) + 1
        for blob in blobs.keys() - users.keys():
            _forget(blobs.pop(blob)[0])
        total = sum(size for _, size in blobs.values()) + sum(size for _, size, _ in entries)
        enough = self._limit if total <= self._limit else self._limit * 4 // 5
        for place, size, _ in entries:
            if total <= enough:
                break
            _forget(place)
            total -= size
            for blob in contents[place]:
                users[blob] -= 1
                if not users[blob]:
                    _forget(blobs[blob][0])
                    total -= blobs[blob][1]
        with open(f"{self._root}/grown", "wb"):
            pass


class _Damaged(Exception):
    """A kept file is not what it was."""


def _text(entry: CacheEntry, kept: list[_Kept]) -> bytes:
    """Return an entry as it is kept: a checksum, a line of JSON, the log."""
    head = {
        "seconds": entry.seconds,
        "created": entry.created,
        "outputs": dict(entry.outputs),
        "files": [astuple(one) for one in kept],
    }
    body = json.dumps(head).encode("ascii") + b"\n" + entry.log
    return hashlib.sha256(body).hexdigest().encode("ascii") + b"\n" + body


def _parsed(text: bytes) -> tuple[CacheEntry, list[_Kept]]:
    """Return what is in the text of an entry. Raises ValueError, KeyError or TypeError when it is damaged."""
    if hashlib.sha256(memoryview(text)[65:]).hexdigest().encode("ascii") != text[:64]:
        raise ValueError("checksum")
    end = text.index(b"\n", 65)
    head = json.loads(text[65:end])
    entry = CacheEntry(
        seconds=float(head["seconds"]),
        created=float(head["created"]),
        log=text[end + 1 :],
        outputs=head["outputs"],
    )
    return entry, [_Kept(*one) for one in head["files"]]


def _size(root: str, names: Iterable[str]) -> int:
    return sum(os.lstat(f"{root}/{name}").st_size for name in names)


def _copy(source: int, target: int) -> str:
    """Copy a file to its end; return the hash of what was written."""
    digest = hashlib.sha256()
    while block := os.read(source, _BLOCK):
        digest.update(block)
        _write_all(target, block)
    return digest.hexdigest()


def _write_all(target: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(target, rest) :]


def _move(source: str, target: str) -> None:
    """Rename a file to its place, whose folder is made when it is missing."""
    try:
        os.replace(source, target)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(target), 0o700, exist_ok=True)
        os.replace(source, target)


def _forget(place: str) -> None:
    with suppress(OSError):
        os.unlink(place)


def _files(root: str) -> Iterator[tuple[str, int, float]]:
    """Yield place, size and time of last use of the files two levels below a folder."""
    for folder in os.scandir(root):
        for entry in os.scandir(folder.path):
            state = entry.stat(follow_symlinks=False)
            yield entry.path, state.st_size, state.st_mtime
