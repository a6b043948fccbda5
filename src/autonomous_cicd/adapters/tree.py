"""Lists, copies, hashes and removes files on the disk. No link is ever followed.

Paths are strings here: a project may have a hundred thousand files, and `pathlib` is slow.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator

from autonomous_cicd.ports import LINK

__all__ = ["SKIPPED", "content_id", "copy_file", "copy_files", "make_folders", "remove_tree", "walk"]

SKIPPED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
    }
)
"""Folders that hold nothing of a project's own; a virtual environment of another name is one too."""

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_BLOCK = 128 * 1024
_CANNOT = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM})
"""What a file system says that cannot copy within the kernel."""
_GONE = frozenset({errno.ENOENT, errno.ENOTDIR})


def walk(root: str, folder: str = "", *, everything: bool = False) -> Iterator[str]:
    """Yield the files and links below a folder of `root`, relative to `root`, in no order.

    What is not the project's own is left out; of everything, `.git` still is.
    """
    left_out = frozenset({".git"}) if everything else SKIPPED
    waiting = [f"{folder}/" if folder else ""]
    while waiting:
        prefix = waiting.pop()
        found: list[str] = []
        folders: list[str] = []
        with os.scandir(f"{root}/{prefix}") as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in left_out:
                        folders.append(f"{prefix}{entry.name}/")
                elif entry.is_symlink() or entry.is_file(follow_symlinks=False):
                    found.append(prefix + entry.name)
        if prefix and f"{prefix}pyvenv.cfg" in found and not everything:
            continue
        yield from found
        waiting += folders


def make_folders(root: str, names: Iterable[str]) -> None:
    """Make the folders that files of these names stand in, below a `root` that has no links."""
    folders: set[str] = set()
    for name in names:
        folder = name.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    for folder in sorted(folders):
        os.mkdir(f"{root}/{folder}")


def copy_files(
    root: str, names: Iterable[str], to: str, note: Callable[[str, os.stat_result, os.stat_result], None]
) -> None:
    """Copy files and links of `root` into folders that exist already; `note` hears of each one.

    It is told the name, the state of the original and the state of the copy. What vanished meanwhile
    is left out, and so is what is neither a file nor a link.
    """
    for name in names:
        try:
            states = copy_file(f"{root}/{name}", f"{to}/{name}")
        except FileExistsError:
            continue  # a folder of that name was made, because other names lie below it
        if states:
            note(name, *states)


def copy_file(source: str, target: str) -> tuple[os.stat_result, os.stat_result] | None:
    """Copy one file or link to where nothing is; return the states of both, or None when it is gone."""
    try:
        descriptor = _open(source)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return _copy_link(source, target)
        if error.errno in _GONE or error.errno == errno.ENXIO:
            return None
        raise
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            return None
        return state, _write_copy(descriptor, state, target)
    finally:
        os.close(descriptor)


def _open(path: str) -> int:
    """Open a file for reading, without a trace in its access time where that is allowed."""
    try:
        return os.open(path, _READ | os.O_NOATIME)
    except PermissionError:
        return os.open(path, _READ)


def _copy_link(source: str, target: str) -> tuple[os.stat_result, os.stat_result] | None:
    try:
        state, aim = os.lstat(source), os.readlink(source)
    except OSError as error:
        if error.errno in _GONE or error.errno == errno.EINVAL:
            return None
        raise
    os.symlink(aim, target)
    return state, os.lstat(target)


def _write_copy(source: int, state: os.stat_result, target: str) -> os.stat_result:
    descriptor = os.open(target, _WRITE, state.st_mode & 0o777 | 0o200)
    try:
        _transfer(source, descriptor, state.st_size)
        os.utime(descriptor, ns=(state.st_mtime_ns, state.st_mtime_ns))
        copied = os.fstat(descriptor)
        if (copied.st_mode ^ state.st_mode) & 0o777:
            os.fchmod(descriptor, state.st_mode & 0o777)
            copied = os.fstat(descriptor)
        return copied
    finally:
        os.close(descriptor)


def _transfer(source: int, target: int, size: int) -> None:
    """Copy to the end; a large file within the kernel, which may even share the blocks."""
    if size > _BLOCK:
        try:
            while os.copy_file_range(source, target, 1 << 30):
                pass
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
    while block := os.read(source, _BLOCK):
        rest = memoryview(block)
        while rest:
            rest = rest[os.write(target, rest) :]
        if len(block) == size:
            return


def content_id(path: str, algorithm: str = "sha1") -> str:
    """Return the id that git gives the content of a file or link: "" when it is neither, or gone.

    An `x` is added for a program, an `l` for a link: what can be executed is not the same file.
    """
    try:
        descriptor = _open(path)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return f"{_blob_id(os.fsencode(os.readlink(path)), algorithm)}{LINK}"
        if error.errno in _GONE or error.errno == errno.ENXIO:
            return ""
        raise
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            return ""
        return _file_id(descriptor, state.st_size, algorithm) + ("x" if state.st_mode & 0o100 else "")
    finally:
        os.close(descriptor)


def _file_id(descriptor: int, size: int, algorithm: str) -> str:
    """Hash as many bytes as the file had; one that grows meanwhile is noticed by its change time."""
    if size <= _BLOCK:
        return _blob_id(os.read(descriptor, _BLOCK), algorithm)
    digest = hashlib.new(algorithm, b"blob %d\0" % size, usedforsecurity=False)
    while size > 0 and (block := os.read(descriptor, min(size, 8 * _BLOCK))):
        digest.update(block)
        size -= len(block)
    return digest.hexdigest()


def _blob_id(content: bytes, algorithm: str) -> str:
    digest = hashlib.new(algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


def remove_tree(path: str) -> None:
    """Remove a folder (or file, or link) whatever its permissions are; nothing when it is not there.

    Each folder found inside is moved up to the top before it is emptied, so that no depth is too deep.
    """
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(state.st_mode):
        os.unlink(path)
        return
    os.chmod(path, 0o700)
    number = 0
    waiting = _empty(path)
    while waiting:
        folder = f"{path}/{waiting.pop()}"
        os.chmod(folder, 0o700)
        for name in _empty(folder):
            os.chmod(f"{folder}/{name}", 0o700)
            number, moved = _free_name(path, number)
            os.rename(f"{folder}/{name}", f"{path}/{moved}")
            waiting.append(moved)
        os.rmdir(folder)
    os.rmdir(path)


def _empty(folder: str) -> list[str]:
    """Remove what is in a folder; return the names of the folders that are left."""
    left = []
    with os.scandir(folder) as found:
        entries = list(found)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            left.append(entry.name)
        else:
            os.unlink(entry.path)
    return left


def _free_name(path: str, number: int) -> tuple[int, str]:
    while os.path.lexists(f"{path}/.{number}"):
        number += 1
    return number + 1, f".{number}"
