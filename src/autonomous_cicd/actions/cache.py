"""actions/cache: folders of the job, kept between the runs of the project."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from autonomous_cicd.errors import UsageError
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action
from autonomous_cicd.values import dataclass

__all__ = ["Cache"]

LONGEST_KEY = 512
KEPT = 50
"""Most entries that are kept; the oldest go."""


@action
class Cache:
    """Restores and saves folders by key."""

    names = ("actions/cache", "actions/cache/restore", "actions/cache/save")

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Restore the newest entry that fits; have it saved when the job has passed and the key was new."""
        inputs, site = call.inputs, call.site
        kind = call.uses.partition("@")[0].lower().rpartition("/")[2]
        key, paths = inputs.get("key", "").strip(), inputs.get("path", "")
        if not key or not paths.strip():
            name = "path" if key else "key"
            return ActionOutcome(passed=False, reason=f"Input required and not supplied: {name}")
        if len(key) > LONGEST_KEY or "," in key:
            return ActionOutcome(
                passed=False, reason=f"Key Validation Error: {key[:80]} is too long or has commas"
            )
        try:
            site.starts(paths)
        except UsageError as error:
            return ActionOutcome(skipped=f"keeps what lies outside of the job: {error}", harmless=True)
        entries = Entries(site, paths)
        if kind == "save":
            await entries.save(key)
            return ActionOutcome()
        prefixes = [line.strip() for line in inputs.get("restore-keys", "").splitlines() if line.strip()]
        found = entries.find(key, prefixes)
        if not found and inputs.get("fail-on-cache-miss", "").lower() == "true":
            return ActionOutcome(passed=False, reason=f"Failed to restore cache entry. Input key: {key}")
        if found and inputs.get("lookup-only", "").lower() != "true":
            await entries.restore(found)
        site.say(f"Cache restored from key: {found}" if found else f"Cache not found for input keys: {key}")
        if found != key and kind != "restore":
            site.at_end(Saving(entries, key))
        hit = "true" if found == key else "false" if found else ""
        return ActionOutcome(outputs={"cache-hit": hit, "cache-primary-key": key, "cache-matched-key": found})


class Entries:
    """The entries that the jobs of a project have kept for one list of paths.

    The archives are written and read by `tar`, within the limits of the job's own programs.
    """

    def __init__(self, site: JobSite, paths: str) -> None:
        self.site = site
        self.folder = site.caches / "actions"
        self.root = site.home.parent
        self.lines = [line.strip() for line in paths.splitlines() if line.strip()]
        self.version = hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]

    def find(self, key: str, prefixes: Iterable[str]) -> str:
        """Return the key of the exact entry, or else of the newest one with a prefix; "" without any."""
        keys = self._keys()
        if key in keys:
            return key
        for prefix in prefixes:
            if found := next((one for one in keys if one.startswith(prefix)), ""):
                return found
        return ""

    async def restore(self, key: str) -> None:
        """Put the files of an entry back where they were."""
        await self.site.execute("tar", "-C", str(self.root), "-xf", str(self._archive(key)))

    async def save(self, key: str) -> None:
        """Keep the files under a key, unless it is taken or there are none."""
        names = self._names()
        if key in self._keys() or not names:
            return
        if any(name.endswith("pyvenv.cfg") for name in names):
            self.site.say(f"Cache not saved with key: {key}: a virtual environment cannot be moved")
            return
        temp = self.site.own(self.site.temp / "cache")
        archive, listing = temp / "cache.tar", temp / "files"
        _write(listing, b"\0".join(os.fsencode(name) for name in names))
        done = await self.site.execute(
            *(
                "tar",
                "-C",
                str(self.root),
                "--no-recursion",
                "--null",
                "-T",
                str(listing),
                "-cf",
                str(archive),
            )
        )
        if done.exit_code == 0:
            self._keep(archive, key)
            self.site.say(f"Cache saved with key: {key}")

    def _names(self) -> Sequence[str]:
        """Return what there is to keep, relative to the job's folder: files, folders, and links as such."""
        found: dict[str, None] = {}
        literal = [line for line in self.lines if not set(line) & set("*?[!")]
        for line in literal:
            place = self.site.inside(line)
            if self.site.shared(place):
                continue
            for folder, folders, files in os.walk(place):
                for name in (folder, *(f"{folder}/{one}" for one in (*folders, *files))):
                    found[name] = None
            if place.is_file():
                found[str(place)] = None
        rest = [line for line in self.lines if line not in literal]
        for file in self.site.matching("\n".join(rest)):
            if not self.site.shared(file):
                found[str(file)] = None
        return sorted(str(Path(name).relative_to(self.root)) for name in found)

    def _keep(self, made: Path, key: str) -> None:
        """Give an archive its place and its note; the oldest entries go when there are too many."""
        self.folder.mkdir(parents=True, exist_ok=True)
        archive = self._archive(key)
        number, name = tempfile.mkstemp(prefix="new-", dir=self.folder)
        with os.fdopen(number, "wb") as stream, open(made, "rb", opener=_no_link) as source:
            shutil.copyfileobj(source, stream)
        Path(name).replace(archive)
        note = json.dumps({"key": key, "version": self.version})
        _write(archive.with_suffix(".json"), note.encode())
        made.unlink()
        for old in sorted(self.folder.glob("*.json"), key=_age)[KEPT:]:
            old.with_suffix(".tar").unlink(missing_ok=True)
            old.unlink(missing_ok=True)

    def _archive(self, key: str) -> Path:
        return self.folder / f"{self.version}-{hashlib.sha256(key.encode()).hexdigest()[:32]}.tar"

    def _keys(self) -> list[str]:
        """Return the keys of the entries for these paths, the newest first."""
        notes = sorted(self.folder.glob(f"{self.version}-*.json"), key=_age)
        keys = (str(json.loads(note.read_text(encoding="utf-8"))["key"]) for note in notes)
        return [key for key in keys if self._archive(key).is_file()]


@dataclass(frozen=True, slots=True)
class Saving:
    """Saves an entry when it is called."""

    entries: Entries
    key: str

    async def __call__(self) -> None:
        """Save it."""
        await self.entries.save(self.key)


def _write(to: Path, data: bytes) -> None:
    """Write a file all or nothing; no link in its place is followed."""
    number, name = tempfile.mkstemp(prefix="new-", dir=to.parent)
    with os.fdopen(number, "wb") as stream:
        stream.write(data)
    Path(name).replace(to)


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _age(note: Path) -> float:
    return -note.stat().st_mtime
