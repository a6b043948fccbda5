"""The folders of a job: which paths lie in them, and which files match a pattern."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import translate
from functools import lru_cache
from pathlib import Path

from autonomous_cicd.errors import ExpressionError, UsageError
from autonomous_cicd.values import dataclass

__all__ = ["DOWNLOADS", "Places", "write_new"]

MOST_FILES = 200_000
WILD = re.compile(r"[*?\[]")
DOWNLOADS = {
    "PIP_CACHE_DIR": ("pip", ".cache/pip"),
    "UV_CACHE_DIR": ("uv", ".cache/uv"),
    "npm_config_cache": ("npm", ".npm"),
    "YARN_CACHE_FOLDER": ("yarn", ".cache/yarn"),
}
"""Download caches that jobs and runs share: what may say where they are, their name, their place at home."""
CONFIGURATION = (".npmrc", ".config/pip/pip.conf", ".config/uv/uv.toml", ".yarnrc.yml", ".cargo/config.toml")
"""What a job's home takes over from the home that it is given: how registries are reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders of one job; laid out as a hosted runner lays out its own."""

    root: Path
    """Private to the job; everything else lies in it."""
    workspace: Path
    temp: Path
    tools: Path
    home: Path
    artifacts: Path
    """Shared by the jobs of a run."""
    caches: Path
    """Kept between runs of the project."""
    scratch: Path
    """What `runner.temp` names: `temp`, or a folder in that of the runner that we run on."""
    downloads: tuple[Path, ...] = ()
    """The download caches that jobs and runs share."""

    @classmethod
    def create(
        cls,
        folder: Path,
        repository: str,
        *,
        artifacts: Path,
        caches: Path,
        env: Mapping[str, str],
        scratch: Path | None = None,
    ) -> Places:
        """Make the folders; the workspace is empty until the project is checked out.

        `env` says where the download caches are, and in its HOME, how registries are reached.
        """
        folder.mkdir(parents=True, exist_ok=True)
        root = folder.resolve()
        work = root / "work"
        places = cls(
            root=root,
            workspace=work / repository / repository,
            temp=work / "_temp",
            scratch=scratch or work / "_temp",
            tools=root / "tools",
            home=root / "home",
            artifacts=artifacts.absolute(),
            caches=caches.absolute(),
            downloads=tuple(
                Path(env.get(variable) or caches.absolute() / "downloads" / name)
                for variable, (name, _) in DOWNLOADS.items()
            ),
        )
        local = places.home / ".local/bin"
        for place in (places.workspace, places.temp, places.scratch, places.tools, local, artifacts):
            place.mkdir(parents=True, exist_ok=True)
        for kept, (_, where) in zip(places.downloads, DOWNLOADS.values(), strict=True):
            _link(places.home / where, kept)
        if given := env.get("HOME"):
            _take_over(Path(given), places.home)
        return places

    def inside(self, text: str, base: Path | None = None) -> Path:
        """Return the place that a path means, `~` being the job's home. Raises UsageError when it leaves."""
        place = self._absolute(text, base or self.workspace)
        if not self._holds(place):
            raise UsageError(f"{text!r} leaves the job's folder", hint="name a path in the workspace")
        return place

    def own(self, place: Path) -> Path:
        """Return a folder of the job, made when it is not there. Raises UsageError when a link is in the way.

        Whatever we write ourselves is written below such a folder: a job may have put a link in its place.
        """
        at = self.root
        for part in place.relative_to(self.root).parts:
            at /= part
            if at.is_symlink() or (at.exists() and not at.is_dir()):
                raise UsageError(f"the job has put something else in the place of its folder {at.name!r}")
            at.mkdir(exist_ok=True)
        return place

    def shared(self, place: Path) -> bool:
        """Whether a place is kept between runs anyway."""
        real = place.resolve()
        return any(real.is_relative_to(root.resolve()) for root in (self.caches, *self.downloads))

    def matching(self, patterns: str, *, hidden: bool = True) -> tuple[Path, ...]:
        """Return the files that a list of patterns names: `*`, `**`, `?`, `[…]`, `!` excludes, `#` comments.

        Of a folder it returns all files below it. Raises UsageError for a pattern that leaves the folders.
        """
        wanted, unwanted = self._split(patterns)
        found: dict[str, None] = {}
        for pattern in wanted:
            for file in self._files(pattern, hidden):
                if not any(_match(exclude, file) for exclude in unwanted):
                    found[file] = None
                if len(found) > MOST_FILES:
                    raise UsageError(f"more than {MOST_FILES} files match {patterns[:80]!r}")
        return tuple(Path(file) for file in found)

    def starts(self, patterns: str) -> tuple[Path, ...]:
        """Return where the search for each pattern begins: its part before any wildcard."""
        return tuple(Path(_literal(pattern)) for pattern in self._split(patterns)[0])

    def hash_files(self, patterns: Sequence[str]) -> str:
        """Return one hash over the contents of the files of the workspace that match; "" without any.

        Raises ExpressionError when a pattern leaves the job's folder or a file cannot be read.
        """
        total, any_file = hashlib.sha256(), False
        try:
            for file in self.matching("\n".join(patterns)):
                if file.is_relative_to(self.workspace) and file.is_file():
                    with file.open("rb") as stream:
                        total.update(hashlib.file_digest(stream, "sha256").digest())
                    any_file = True
        except (UsageError, OSError) as error:
            raise ExpressionError(f"hashFiles: {error}") from error
        return total.hexdigest() if any_file else ""

    def _absolute(self, text: str, base: Path) -> Path:
        if "\0" in text:
            raise UsageError("a path holds a zero byte")
        if text == "~" or text.startswith("~/"):
            text = f"{self.home}{text[1:]}"
        return Path(os.path.normpath(base / text))

    def _holds(self, place: Path) -> bool:
        """Whether a place lies in the job's folders, links resolved."""
        real = place.resolve()
        return any(real.is_relative_to(root.resolve()) for root in (self.root, self.scratch, *self.downloads))

    def _split(self, patterns: str) -> tuple[list[str], list[str]]:
        """Return the absolute patterns that include and those that exclude."""
        wanted: list[str] = []
        unwanted: list[str] = []
        for line in patterns.splitlines():
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            exclude, text = text.startswith("!"), text.lstrip("!").strip()
            pattern = str(self._absolute(text, self.workspace))
            if exclude:
                unwanted.append(pattern)
                continue
            if not self._holds(Path(_literal(pattern))):
                raise UsageError(f"{text!r} leaves the job's folder", hint="name a path in the workspace")
            wanted.append(pattern)
        return wanted, unwanted

    def _files(self, pattern: str, hidden: bool) -> Iterator[str]:
        """Yield the files that a pattern names, sorted folder by folder."""
        start = _literal(pattern)
        for file in (start,) if Path(start).is_file() else _walk(start, hidden):
            if not hidden and Path(file).name.startswith("."):
                continue
            if _match(pattern, file) and (not Path(file).is_symlink() or self._holds(Path(file))):
                yield file


def write_new(file: Path, data: bytes) -> None:
    """Write a file that is ours: whatever was in its place goes, and no link is followed."""
    file.unlink(missing_ok=True)
    with file.open("xb") as stream:
        stream.write(data)


def _link(link: Path, kept: Path) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(kept)


def _take_over(given: Path, home: Path) -> None:
    """Copy the configuration of package managers from one home to another."""
    for name in CONFIGURATION:
        source, target = given / name, home / name
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())


def _walk(start: str, hidden: bool) -> Iterator[str]:
    """Yield the files below a folder; links to folders are not followed."""
    for folder, folders, files in os.walk(start):
        folders[:] = sorted(name for name in folders if hidden or not name.startswith("."))
        for path in (f"{folder}/{name}" for name in sorted(files)):
            if Path(path).is_file():
                yield path


def _literal(pattern: str) -> str:
    """Return the part of an absolute pattern before its first part with a wildcard."""
    kept: list[str] = []
    for part in pattern.split("/"):
        if WILD.search(part):
            break
        kept.append(part)
    return "/".join(kept) or "/"


@lru_cache(maxsize=256)
def _parts(pattern: str) -> tuple[re.Pattern[str] | None, ...]:
    """Return what each part of an absolute pattern matches; None for `**`. Below a match all matches."""
    parts = [part for part in pattern.split("/") if part]
    compiled = [None if part == "**" else re.compile(translate(part.replace("[^", "[!"))) for part in parts]
    return (*compiled, None)


def _match(pattern: str, file: str) -> bool:
    """Whether a file is meant by a pattern; the time it takes is bounded by the product of their lengths."""
    parts, names = _parts(pattern), [name for name in file.split("/") if name]
    part = name = 0
    back: tuple[int, int] | None = None
    while name < len(names):
        if part < len(parts) and (wanted := parts[part]) is None:
            part += 1
            back = (part, name)
        elif part < len(parts) and wanted and wanted.match(names[name]):
            part, name = part + 1, name + 1
        elif back:
            part, name = back[0], back[1] + 1
            back = (part, name)
        else:
            return False
    return all(wanted is None for wanted in parts[part:])
