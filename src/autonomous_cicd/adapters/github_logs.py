"""Logs as GitHub sends them: a text that begins with a mark, or an archive."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import IO

from autonomous_cicd.adapters.http import Download
from autonomous_cicd.adapters.logs import archived
from autonomous_cicd.domain.log_pieces import LogPieces
from autonomous_cicd.errors import UsageError

__all__ = ["log_pieces", "logs_of_archive"]

_PIECE = 1 << 20


def log_pieces(download: Download, name: str) -> LogPieces:
    """Return what was downloaded as one log; its file is closed when all of it was read."""
    notes = list(download.notes)
    begins = download.file.read(4)
    download.file.seek(0)
    if begins in (b"PK\x03\x04", b"PK\x05\x06"):
        return LogPieces(name, _unpacked(download.file, name, notes), notes)
    return LogPieces(name, _text(download.file), notes)


def logs_of_archive(download: Download, name: str) -> Iterator[LogPieces]:
    """Yield the logs of an archive, each to be read before the next; its file is closed at the end."""
    with download.file as file:
        for log in archived(file, name):
            log.notes.extend(download.notes)
            yield LogPieces(log.name.removeprefix(f"{name}:"), _unmarked(log.pieces), log.notes)


def _text(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from _unmarked(iter(lambda: file.read(_PIECE), b""))


def _unpacked(file: IO[bytes], name: str, notes: list[str]) -> Iterator[bytes]:
    with file:
        try:
            for log in archived(file, name):
                yield from _unmarked(log.pieces)
                notes.extend(log.notes)
        except UsageError as error:
            notes.append(str(error))


def _unmarked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces without the mark of their encoding."""
    for number, piece in enumerate(pieces):
        yield piece if number else piece.removeprefix(codecs.BOM_UTF8)
