"""Says which package manager keeps a package, and how it installs, runs scripts and programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from autonomous_cicd.domain.layout import join
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.ranges import parse_range
from autonomous_cicd.ecosystems.node.manifest import Manifest
from autonomous_cicd.ecosystems.node.survey import Package
from autonomous_cicd.ports import Files
from autonomous_cicd.values import dataclass

__all__ = ["LOCKS", "Manager", "lock_files", "manager_of"]

LOCKS: Mapping[str, tuple[str, ...]] = {
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
    "npm": ("package-lock.json", "npm-shrinkwrap.json"),
    "bun": ("bun.lock", "bun.lockb"),
}
"""Lock files of each manager, in the order in which a project with several is taken to mean them."""

PINNED = re.compile(r"(npm|pnpm|yarn|bun)@(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]{1,40})?)(?:\+.*)?")
PNPM_OF_LOCK = {"5.3": "6", "5.4": "7", "6.0": "8", "6.1": "8", "9.0": "10"}
YARN_OF_LOCK = {"4": "2", "5": "3", "6": "3", "7": "4", "8": "4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A package manager, as one package uses it."""

    name: str
    evidence: str
    lock: str = ""
    """The lock file it keeps; empty when there is none."""
    modern: bool = False
    """Whether it is a Yarn that came after the classic one."""
    requirement: str = ""
    """What npm is told to install to get it (`pnpm@8.6.0`); empty: the one that is on the machine."""

    def install(self) -> tuple[str, ...]:
        """Return the command that installs what the lock file says, or else what the manifest says."""
        if self.name == "npm":
            quiet = ("--no-audit", "--no-fund")
            return ("npm", "ci", "--prefer-offline", *quiet) if self.lock else ("npm", "install", *quiet)
        if self.name == "yarn" and self.modern:
            return ("yarn", "install", "--immutable") if self.lock else ("yarn", "install", "--no-immutable")
        options = ("--non-interactive", "--ignore-engines") if self.name == "yarn" else ()
        frozen = "--frozen-lockfile" if self.lock else "--no-frozen-lockfile"
        return (self.name, "install", *((frozen,) if self.lock or self.name == "pnpm" else ()), *options)

    def run(self, script: str) -> tuple[str, ...]:
        """Return the command that runs a script of the package."""
        return (self.name, "test") if script == "test" and self.name != "bun" else (self.name, "run", script)

    def execute(self, program: str, *arguments: str) -> tuple[str, ...]:
        """Return the command that executes an installed program."""
        match self.name:
            case "npm":
                return ("npx", "--no-install", program, *arguments)
            case "pnpm":
                return ("pnpm", "exec", program, *arguments)
            case "bun":
                return ("bunx", "--no-install", program, *arguments)
            case _:
                return ("yarn", "run", program, *arguments)


def manager_of(package: Package, files: Files, machine: Machine) -> Manager:
    """Return the manager that a package says it is kept with, by its own word or by its lock file."""
    manifest = package.manifest
    name, evidence = named(manifest)
    if not name:
        name, evidence = locked(package)
    lock = next((join(package.folder, lock) for lock in LOCKS[name] if lock in package.beside), "")
    version = wanted_version(name, manifest)
    modern = name == "yarn" and is_modern(package, files, lock, version)
    requirement = (
        "" if name in ("npm", "bun") else required(name, version, modern, files.read(lock) if lock else "")
    )
    if not version and name in machine.programs and not modern:
        requirement = ""
    return Manager(name=name, evidence=evidence, lock=lock, modern=modern, requirement=requirement)


def named(manifest: Manifest) -> tuple[str, str]:
    """Return the manager that the manifest names, and where; empty when it names none."""
    name = manifest.package_manager.partition("@")[0]
    if name in LOCKS:
        return name, f"{manifest.file} packageManager"
    volta = [name for name in ("pnpm", "yarn") if name in manifest.volta]
    return (volta[0], f"{manifest.file} volta.{volta[0]}") if volta else ("", "")


def locked(package: Package) -> tuple[str, str]:
    """Return the manager whose lock file is there; of several the one that the scripts call."""
    present = {name: lock for name, locks in LOCKS.items() for lock in locks if lock in package.beside}
    if not present:
        return "npm", package.manifest.file
    calls = " ".join(package.manifest.scripts.values())
    called = [name for name in present if len(present) > 1 and re.search(rf"\b{name} ", calls)]
    name = next(iter(called or [n for n in ("pnpm", "npm", "yarn", "bun") if n in present]))
    return name, join(package.folder, present[name])


def wanted_version(name: str, manifest: Manifest) -> str:
    """Return the version, or range of versions, of the manager that the manifest asks for."""
    pinned = PINNED.fullmatch(manifest.package_manager)
    if pinned:
        return pinned[2]
    for table in (manifest.volta, manifest.engines):
        wanted = table.get(name, "")
        if wanted and re.fullmatch(r"[\w.<>=^~*| -]{1,80}", wanted) and parse_range(wanted):
            return wanted
    return ""


def is_modern(package: Package, files: Files, lock: str, version: str) -> bool:
    """Return whether Yarn means one after the classic one."""
    if version:
        return not version.lstrip("^~>=v ").startswith(("0", "1"))
    return ".yarnrc.yml" in package.beside or "__metadata:" in files.read(lock)[:2000]


def required(name: str, version: str, modern: bool, lock: str) -> str:
    """Return what npm is to install so that the manager is one that can read the lock file."""
    if name == "pnpm":
        found = re.search(r"^lockfileVersion: '?([\d.]+)'?", lock, re.MULTILINE)
        return f"pnpm@{version or PNPM_OF_LOCK.get(found[1] if found else '', '10')}"
    if not modern:
        return f"yarn@{version or '1'}"
    found = re.search(r"^__metadata:\s+version: (\d+)", lock, re.MULTILINE)
    return f"@yarnpkg/cli-dist@{version or YARN_OF_LOCK.get(found[1] if found else '', '4')}"


def lock_files(package: Package) -> Iterable[str]:
    """Give the lock files of a package, of whatever manager."""
    for locks in LOCKS.values():
        yield from (join(package.folder, lock) for lock in locks if lock in package.beside)
