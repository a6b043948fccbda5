"""Logs: files, folders, archives, standard input, each in pieces; nothing is unpacked to a disk."""

from __future__ import annotations

import os
import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, BinaryIO

from autonomous_cicd.errors import UsageError
from autonomous_cicd.ports import LogPieces

__all__ = ["archived", "open_logs"]

PIECE = 1 << 20
LARGEST = 512 << 20
"""Bytes of one log that are read."""
UNPACKED = 1 << 30
"""Bytes of an archive that are read, all in all."""
PACKED = 200 << 20
RATIO = 100
"""How many times larger than packed a log of an archive may be; what exceeds it is cut."""
SMALL = 1 << 20
"""Bytes to which a log may unpack whatever the ratio."""
ENTRIES = 2_000
FILES = 2_000
"""Files of a folder that are read."""
DEEPEST = 8

_JOB = re.compile(r"-?\d+_(?P<job>[^/]+)\.txt")
_STEP = re.compile(r"(?P<job>[^/]+)/(?P<number>\d+)_[^/]*\.txt")
_PICTURES = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".gz",
    ".xz",
    ".bz2",
    ".zst",
    ".pdf",
    ".whl",
    ".jar",
    ".db",
    ".pyc",
)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What reading a damaged or hostile archive may raise."""


_COMPRESSED = (b"\x1f\x8b", b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
"""How files begin that gzip, xz, bzip2, zstd or 7-Zip have made."""


def open_logs(names: Iterable[str], standard_input: BinaryIO | None = None) -> Iterator[LogPieces]:
    """Yield the logs that are named: files, folders, archives, `-`.

    Raises UsageError for what is named and cannot be read; what cannot be read in a folder or an archive, and
    what is left out, is told in the notes of the log.
    """
    for name in names:
        if name == "-":
            notes: list[str] = []
            if standard_input is None and sys.stdin is None:
                raise UsageError("standard input is closed", hint="pipe a log in, or name one")
            pieces = _pieces(standard_input or sys.stdin.buffer, LARGEST, notes)
            yield LogPieces("-", _read("standard input", pieces), notes)
        elif not name:
            raise UsageError("a log is named by an empty text", hint="is a variable of the shell not set?")
        else:
            yield from _path(Path(name))


def _path(path: Path) -> Iterator[LogPieces]:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", hint="name a log, a folder of logs, or -"
        ) from None
    if stat.S_ISDIR(mode):
        yield from _folder(path)
    elif not stat.S_ISREG(mode):  # a pipe that nobody writes to would be waited for, a device has no end
        raise UsageError(f"{path} is no file", hint="pipe it in, and name -")
    elif _is_archive(path):
        yield from _archive(path)
    else:
        yield _file(path)


def _file(path: Path) -> LogPieces:
    notes: list[str] = []
    return LogPieces(str(path), _read(str(path), _content(path, notes)), notes)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def _content(path: Path, notes: list[str]) -> Iterator[bytes]:
    with _open(path) as file:
        yield from _pieces(file, LARGEST, notes)


def _read(name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    except UsageError as error:
        raise UsageError(f"{name}: {error}", hint=error.hint) from None


def _pieces(file: IO[bytes], most: int, notes: list[str]) -> Iterator[bytes]:
    left = most
    while piece := file.read(min(PIECE, left)):
        if left == most and piece.startswith(_COMPRESSED):
            raise UsageError(
                "it is compressed, and no text", hint="`gunzip -c FILE | autonomous-cicd diagnose` reads it"
            )
        yield piece
        left -= len(piece)
        if not left:
            if file.read(1):
                notes.append(f"only its first {most >> 20} MB were read")
            return


def _folder(folder: Path) -> Iterator[LogPieces]:
    """Yield the logs below a folder; links are not followed, and what is no text by its name is left out."""
    found: list[Path] = []
    left: list[LogPieces] = []

    def unreadable(error: OSError) -> None:
        left.append(_unread(str(error.filename), f"it cannot be read: {error.strerror}"))

    for place, folders, files in os.walk(folder, onerror=unreadable):
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        if depth == DEEPEST and folders:
            left.append(_unread(place, f"its folders are not read: they lie {DEEPEST + 1} deep"))
            folders.clear()
        found += [
            Path(place, one)
            for one in sorted(files)
            if not one.startswith(".")
            and not one.lower().endswith(_PICTURES)
            and Path(place, one).is_file()
            and not Path(place, one).is_symlink()
        ]
        if len(found) > FILES:
            hint = "name the logs, or a smaller folder"
            raise UsageError(f"{folder} has more than {FILES} files", hint=hint)
    if not found and not left:
        raise UsageError(f"{folder} has no logs", hint="name a log, a folder of logs, or -")
    for path in found:
        try:
            if _is_archive(path):
                yield from _archive(path)
            else:
                log = _file(path)
                yield LogPieces(log.name, _noting(log), log.notes)
        except UsageError as error:
            yield _unread(str(path), str(error))
    yield from left


def _unread(name: str, why: str) -> LogPieces:
    return LogPieces(name, iter(()), [why])


def _noting(log: LogPieces) -> Iterator[bytes]:
    """Yield what can be read; that the rest cannot is noted."""
    try:
        yield from log.pieces
    except UsageError as error:
        log.notes.append(str(error))


def _is_archive(path: Path) -> bool:
    with _open(path) as file:
        try:
            begins = file.read(4)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    return begins in (b"PK\x03\x04", b"PK\x05\x06") or path.suffix.lower() == ".zip"


def _archive(path: Path) -> Iterator[LogPieces]:
    """Yield the jobs of an archive as the code host makes it: a file for each job, or one for each step."""
    with _open(path) as file:
        yield from archived(file, str(path))


def archived(file: IO[bytes], name: str) -> Iterator[LogPieces]:
    """Yield the logs of an archive, each to be read before the next. Raises UsageError when it is none."""
    if file.seek(0, os.SEEK_END) > PACKED:
        raise UsageError(f"{name} is larger than {PACKED >> 20} MB", hint="name the logs that it holds")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if not entries:
                raise UsageError(f"{name} has no logs", hint="name a log, or an archive of logs")
            if len(entries) > ENTRIES:
                raise UsageError(
                    f"{name} holds more than {ENTRIES} files", hint="name the logs that it holds"
                )
            left = [UNPACKED]
            for job, members in _jobs(entries):
                notes: list[str] = []
                yield LogPieces(f"{name}:{job}", _members(archive, members, left, notes), notes)
    except _BROKEN as error:
        raise UsageError(f"{name} is no archive that can be read: {error}", hint="fetch it again") from None


def _jobs(entries: Sequence[zipfile.ZipInfo]) -> Iterator[tuple[str, Sequence[zipfile.ZipInfo]]]:
    """Yield each job with its entries in order: its own file, or else those of its steps."""
    whole = {match["job"]: one for one in entries if (match := _JOB.fullmatch(one.filename))}
    steps: dict[str, list[tuple[int, zipfile.ZipInfo]]] = {}
    for one in entries:
        if match := _STEP.fullmatch(one.filename):
            steps.setdefault(match["job"], []).append((int(match["number"]), one))
    for job, entry in whole.items():
        yield job, [entry]
    for job, numbered in steps.items():
        if job not in whole:
            yield job, [one for _, one in sorted(numbered, key=lambda pair: pair[0])]
    named = {id(one) for one in whole.values()} | {id(one) for pairs in steps.values() for _, one in pairs}
    yield from ((one.filename, [one]) for one in entries if id(one) not in named)


def _members(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], left: list[int], notes: list[str]
) -> Iterator[bytes]:
    """Yield the content of some entries; what they claim of their own size is not believed."""
    for member in members:
        most = min(LARGEST, left[0], max(member.compress_size * RATIO, SMALL))
        if most <= 0:
            notes.append("it was not read: the archive unpacks to too much")
            return
        try:
            with archive.open(member) as file:
                for piece in _pieces(file, most, notes):
                    left[0] -= len(piece)
                    yield piece
        except UsageError as error:
            notes.append(str(error))
        except _BROKEN as error:
            notes.append(f"it could not be read to its end: {error}")
