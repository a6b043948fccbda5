"""Lock files of JavaScript projects: what they know of a package, and how each is made anew."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping

from autonomous_cicd.values import dataclass

__all__ = [
    "LOCKS",
    "QUIET",
    "Lock",
    "lock_above",
    "locked_range",
    "locked_version",
    "locks_in",
    "mentions",
    "remake",
]

LOCKS = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
}
"""Names of lock files, and who makes them."""

QUIET = ("--no-audit", "--no-fund", "--no-progress", "--ignore-scripts")
PNPM = {"5.3": "6", "5.4": "7", "6.0": "8", "6.1": "8", "9.0": "9"}
"""Which pnpm writes a version of its lock file."""
VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock file."""

    file: str
    text: str

    @property
    def manager(self) -> str:
        """Who makes it."""
        return LOCKS[self.file.rpartition("/")[2]]

    @property
    def folder(self) -> str:
        """Its folder; "." is the project's."""
        return self.file.rpartition("/")[0] or "."


def locks_in(names: Iterable[str], read: Callable[[str], str]) -> dict[str, str]:
    """Return the texts of the lock files of a project."""
    return {
        name: read(name) for name in names if name.rpartition("/")[2] in LOCKS and "node_modules/" not in name
    }


def lock_above(folder: str, names: Iterable[str], texts: Mapping[str, str]) -> Lock | None:
    """Return the nearest lock file in a folder or above it, of those whose texts are given."""
    known = frozenset(names)
    while True:
        for name in LOCKS:
            file = f"{folder}/{name}" if folder else name
            if file in known and file in texts:
                return Lock(file=file, text=texts[file])
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def locked_version(lock: Lock, package: str) -> str:
    """Return the version of a package that a lock file has; "" when it has none, or several."""
    found = set(_versions(lock, package))
    return found.pop() if len(found) == 1 else ""


def locked_range(lock: Lock, folder: str, package: str) -> tuple[str, str]:
    """Return the section and the range that the manifest of a folder had when npm made the lock."""
    if lock.manager != "npm":
        return "", ""
    base = "" if lock.folder == "." else f"{lock.folder}/"
    row = _table(_table(_json(lock.text).get("packages")).get(folder.removeprefix(base)))
    for section in ("dependencies", "devDependencies", "optionalDependencies"):
        wanted = _table(row.get(section)).get(package)
        if isinstance(wanted, str):
            return section, wanted
    return "", ""


def mentions(lock: Lock, package: str) -> bool:
    """Whether a lock file knows a package at all."""
    return re.search(rf"(?<![\w@/.-]){re.escape(package)}(?![\w/.-])", lock.text) is not None or any(
        _versions(lock, package)
    )


def _versions(lock: Lock, package: str) -> list[str]:
    if lock.manager == "npm":
        return _npm_versions(_json(lock.text), package)
    name = re.escape(package)
    if lock.manager == "yarn":
        entry = rf'^"?{name}@[^\n]*:\n(?:[ \t]+[^\n]*\n)*?[ \t]+version:? "?({VERSION.pattern})'
    else:
        entry = rf"^ +'?/?{name}(?:@|/)({VERSION.pattern})(?:\([^\n]*\))?'?:$"
    return re.findall(entry, lock.text, re.MULTILINE)


def _npm_versions(value: Mapping[str, object], package: str) -> list[str]:
    packages = _table(value.get("packages"))
    top = _table(packages.get(f"node_modules/{package}")).get("version")
    if isinstance(top, str):
        return [top]
    old = _table(_table(value.get("dependencies")).get(package)).get("version")
    found = [old] if isinstance(old, str) else []
    for place, row in packages.items():
        version = _table(row).get("version")
        if place.endswith(f"/node_modules/{package}") and isinstance(version, str):
            found.append(version)
    return [one for one in found if VERSION.fullmatch(one)]


def remake(lock: Lock, manager: str = "") -> tuple[str, ...]:
    """Return the command that makes a lock file fit its manifest, changing as little of it as it can.

    `manager`: what the project says of its package manager and its version, as `name@version`.
    """
    pinned = re.fullmatch(r"(npm|yarn|pnpm)@(\d[\w.-]*)(?:\+.*)?", manager)
    version = pinned[2] if pinned and pinned[1] == lock.manager else ""
    if lock.manager == "npm":
        return ("npm", "install", "--package-lock-only", *QUIET, *_npm_format(lock.text))
    if lock.manager == "pnpm":
        made = re.search(r"^lockfileVersion: '?([\d.]+)", lock.text, re.MULTILINE)
        wanted = version or PNPM.get(made[1] if made else "", "9")
        return (*_through_npm("pnpm", f"pnpm@{wanted}"), "install", "--lockfile-only", "--ignore-scripts",
                "--no-frozen-lockfile")  # fmt: skip
    if "__metadata:" in lock.text:
        berry = f"@yarnpkg/cli-dist@{version or '4'}"
        return (*_through_npm("yarn", berry), "install", "--mode=update-lockfile", "--no-immutable")
    classic = version if version.startswith("1.") else "1"
    return (*_through_npm("yarn", f"yarn@{classic}"), "install", "--ignore-scripts", "--non-interactive",
            "--no-progress")  # fmt: skip


def _through_npm(command: str, package: str) -> tuple[str, ...]:
    return ("npm", "exec", "--yes", f"--package={package}", "--", command)


def _npm_format(text: str) -> tuple[str, ...]:
    """Return what keeps the format of npm's lock file: another one would change all of it."""
    found = re.search(r'"lockfileVersion"\s*:\s*([123])\b', text)
    if found is None:
        return ()
    without = "true" if '"resolved"' not in text else "false"
    return f"--lockfile-version={found[1]}", f"--omit-lockfile-registry-resolved={without}"


def _json(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return _table(value)


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
