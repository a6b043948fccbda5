"""Writes the files of a new repository that borrows the objects of another one.

Nothing of this goes through git: no program of the other repository's configuration can be started, and
the index says of each file what is known of it already, so that git need not read them all again.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
from collections.abc import Iterable, Mapping
from dataclasses import field

from autonomous_cicd.values import dataclass

__all__ = [
    "NO_STATE",
    "IndexEntry",
    "NewRepository",
    "common_folder",
    "read_shared",
    "stat_data",
    "write_repository",
]

_SIGNATURE = b"DIRC"
_SKIP_WORKTREE = 0x4000
_EXTENDED = 0x4000
NO_STATE = bytes(40)
"""What is said of a file that git has to look into."""
_LONGEST = 0xFFF
_LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What an index says about a file."""

    name: bytes
    mode: int
    id: str
    state: bytes = NO_STATE
    """As `stat_data` gives it; `NO_STATE` makes git look into the file."""
    absent: bool = False
    """Whether it is left out of the working tree on purpose (sparse checkouts)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRepository:
    """What a new repository is to hold."""

    objects: str
    """Folder of the objects that it borrows."""
    head: str
    """Full id of a commit, or `ref: refs/heads/<branch>`."""
    refs: Iterable[tuple[str, str]] = ()
    """Name and id, sorted by name."""
    symbolic: Mapping[str, str] = field(default_factory=dict)
    """Refs that stand for another one."""
    config: Iterable[tuple[str, str, str]] = ()
    """Section, key and value."""
    index: Iterable[IndexEntry] | None = None
    """None: there is no commit yet."""
    copied: Mapping[str, bytes] = field(default_factory=dict)
    """Other files by their place in it (`shallow`, `info/exclude`)."""
    algorithm: str = "sha1"


def write_repository(folder: str, new: NewRepository) -> None:
    """Write a repository's folder (`.git`) where nothing is yet."""
    for name in (
        "",
        "/info",
        "/objects",
        "/objects/info",
        "/objects/pack",
        "/refs",
        "/refs/heads",
        "/refs/tags",
    ):
        os.mkdir(folder + name)
    _write(f"{folder}/objects/info/alternates", _quoted_path(new.objects) + b"\n")
    for name, content in new.copied.items():
        _write(f"{folder}/{name}", content)
    _write(f"{folder}/config", "".join(_setting(*setting) for setting in new.config).encode(*_ANY))
    _write(f"{folder}/packed-refs", _packed(new.refs))
    for name, aim in new.symbolic.items():
        os.makedirs(os.path.dirname(f"{folder}/{name}"), exist_ok=True)
        _write(f"{folder}/{name}", f"ref: {aim}\n".encode(*_ANY))
    if new.index is not None:
        _write(f"{folder}/index", _index(new.index, new.algorithm))
    _write(f"{folder}/HEAD", f"{new.head}\n".encode(*_ANY))


def common_folder(folder: str) -> tuple[str, str]:
    """Return the folder of a repository and the one it shares with its other working trees.

    `folder` is the `.git` of a working tree, be it a folder or a file that says where the folder is.
    """
    text = _first_line(folder)
    if text.startswith("gitdir: "):
        folder = os.path.join(os.path.dirname(folder), text.removeprefix("gitdir: "))
    shared = _first_line(f"{folder}/commondir")
    return folder, os.path.realpath(os.path.join(folder, shared)) if shared else os.path.realpath(folder)


def read_shared(own: str, shared: str) -> dict[str, bytes]:
    """Return those files of a repository that a copy must have too: where history ends, what is ignored."""
    found = {}
    for name in ("shallow", "info/exclude"):
        for folder in dict.fromkeys((shared, own)):
            content = _content(f"{folder}/{name}", _LARGEST)
            if content:
                found[name] = content
                break
    return found


def stat_data(state: os.stat_result) -> bytes:
    """Return what an index keeps about a file in order to see whether it was touched."""
    seconds, fraction = divmod(state.st_ctime_ns, 1_000_000_000)
    modified, modified_fraction = divmod(state.st_mtime_ns, 1_000_000_000)
    numbers = (
        seconds,
        fraction,
        modified,
        modified_fraction,
        state.st_dev,
        state.st_ino,
        0,  # the index has the mode as it is in the tree
        state.st_uid,
        state.st_gid,
        state.st_size,
    )
    return struct.pack(">10I", *(number & 0xFFFFFFFF for number in numbers))


_ANY = ("utf-8", "surrogateescape")


def _write(path: str, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)


def _first_line(path: str) -> str:
    return os.fsdecode(_content(path, 8192).rstrip(b"\r\n"))


def _content(path: str, most: int) -> bytes:
    """Return what a file holds; nothing when it is no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, most) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    finally:
        os.close(descriptor)


def _quoted_path(path: str) -> bytes:
    raw = os.fsencode(path)
    if raw.isascii() and raw.decode().isprintable() and not raw.startswith((b'"', b"#")) and b"\\" not in raw:
        return raw
    return b'"' + b"".join(b"\\%03o" % byte for byte in raw) + b'"'


def _setting(section: str, key: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\0", "")
    return f'[{section}]\n\t{key} = "{quoted}"\n'


def _packed(refs: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"{id} {name}\n" for name, id in refs]
    return ("# pack-refs with: sorted \n" + "".join(lines)).encode(*_ANY)


def _index(entries: Iterable[IndexEntry], algorithm: str) -> bytes:
    """Return an index file of version 2, or 3 when it leaves out files."""
    ordered = sorted(entries, key=lambda entry: entry.name)
    version = 3 if any(entry.absent for entry in ordered) else 2
    parts = [_SIGNATURE, struct.pack(">2I", version, len(ordered))]
    parts += [_entry(entry) for entry in ordered]
    body = b"".join(parts)
    return body + hashlib.new(algorithm, body, usedforsecurity=False).digest()


def _entry(entry: IndexEntry) -> bytes:
    known = entry.state[:24] + struct.pack(">I", entry.mode) + entry.state[28:]
    flags = min(len(entry.name), _LONGEST)
    words = (
        struct.pack(">2H", flags | _EXTENDED, _SKIP_WORKTREE) if entry.absent else struct.pack(">H", flags)
    )
    raw = b"".join((known, bytes.fromhex(entry.id), words, entry.name))
    return raw + bytes(8 - len(raw) % 8)
