"""configuration_fix: what a published package needs is listed in package.json, files and dependencies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from posixpath import dirname, join, normpath

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.file_kinds import is_test
from autonomous_cicd.domain.globs import select
from autonomous_cicd.domain.intent import withholds
from autonomous_cicd.domain.json_surgery import append, remove
from autonomous_cicd.domain.node_manifest import DEVELOPMENT, RUNTIME, NodeManifest, manifest_of, manifests
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.node_relocked import relocked
from autonomous_cicd.plugins import remedy

__all__ = ["NodeFiles"]

COMMITS = 20
_INSTALLED_TOO = ("peerDependencies", "optionalDependencies")
MISSES = re.compile(r"Cannot find (?:module|package) ['\"]|ENOENT: no such file or directory")
_INSTALLED = r"(?:/node_modules/(?P<name>(?:@[\w.~-]+/)?[\w.~-]+)|/package)/(?P<file>[^'\"\n]{1,4096})"
"""Where a file of an installed package is: no path is longer than that."""
_REQUIRED = re.compile(
    rf"Cannot find module '(?P<what>\.{{1,2}}/[^'\n]+)'\s*\n(?:npm error )?Require stack:\s*\n"
    rf"(?:npm error )?- [^\n]*?{_INSTALLED}"
)
"""A module, and the file that asks for it."""
_ABSENT = re.compile(
    r"(?:Cannot find (?:module|package) |ENOENT: no such file or directory, \w+ )"
    rf"'[^'\n]{{0,4096}}?{_INSTALLED}'"
)
_UNMET = re.compile(
    rf"Cannot find module '(?P<what>(?:@[\w.~-]+/)?[\w~-][\w.~-]*)(?:/[^'\n]*)?'\s*\n"
    rf"(?:npm error )?Require stack:\s*\n(?:npm error )?- [^\n]*?{_INSTALLED}"
    rf"|Cannot find package '(?P<also>(?:@[\w.~-]+/)?[\w~-][\w.~-]*)(?:/[^'\n]*)?' imported from \S*?"
    rf"{_INSTALLED.replace('<name>', '<other>').replace('<file>', '<by>')}"
)
"""A package that an installed package asks for."""
_ENDS = ("", ".js", ".cjs", ".mjs", ".json", ".node", "/index.js", "/index.cjs", "/index.mjs", "/index.json")


@remedy
class NodeFiles:
    """Lists a file or a dependency in package.json without which the published package does not work."""

    name = "node_files"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: whether it is the package itself that lacks a file, the log tells."""
        told = (failure.message, *(quote.text for quote in failure.evidence))
        return 0.75 if any(MISSES.search(text) for text in told) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the manifest with the file that is in the project, and not in what is published of it."""
        known = manifests(case.files.names, case.files.read)
        for name, file in dict.fromkeys(_lacking(case.log)):
            owners = [one for one in known if one.name == name] if name else known
            if len(owners) == 1 and (edit := _listed(case, owners[0], file)):
                return (edit,)
        for match in _UNMET.finditer(case.log):
            name, package = match["name"] or match["other"], match["what"] or match["also"]
            owners = [one for one in known if one.name == name] if name else known
            if len(owners) == 1 and (edit := _depended(case, owners[0], package)):
                locked = (await relocked(case, edit.patch)).patch
                return (replace(edit, patch=locked),) if locked else ()
        return ()


def _lacking(log: str) -> Iterator[tuple[str, str]]:
    """Yield packages with the files that they lack where they are installed; "" is one that was unpacked."""
    for match in _REQUIRED.finditer(log):
        yield match["name"] or "", normpath(join(dirname(match["file"]), match["what"]))
    for match in _ABSENT.finditer(log):
        yield match["name"] or "", normpath(match["file"])


def _listed(case: Case, manifest: NodeManifest, file: str) -> Edit | None:
    value = json.loads(manifest.text.removeprefix("\ufeff")).get("files")
    listed = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if not listed or any(one.startswith("!") for one in listed):
        return None
    names = frozenset(case.files.names)
    there = (f"{file}{end}" for end in _ENDS)
    found = next((one for one in there if join(manifest.folder, one) in names), "")
    if not found or select([one.rstrip("/") for one in listed], [found]):
        return None
    entry = _entry(case, manifest, found, listed)
    if _withheld(case, manifest, entry):
        return None
    spelt = f"./{entry}" if all(one.startswith("./") for one in listed) else entry
    new = append(manifest.text, ("files",), spelt)
    reason = f"{manifest.file} lists {entry} among what is published: {manifest.name or 'it'} needs {found}"
    return Edit(patch=Patch.of([case.edit(manifest.file, new)]), reason=reason) if new else None


def _depended(case: Case, manifest: NodeManifest, package: str) -> Edit | None:
    """Return the manifest with a dependency for development as one that is installed with the package."""
    if any(package in manifest.sections.get(one, {}) for one in (RUNTIME, *_INSTALLED_TOO)):
        return None
    wanted = manifest.sections.get(DEVELOPMENT, {}).get(package, "")
    without = remove(manifest.text, (DEVELOPMENT, package)) if wanted else None
    moved = manifest_of(manifest.file, without) if without else None
    new = moved.with_dependency(RUNTIME, package, wanted) if moved else None
    if not new or _said_so(case, manifest, package):
        return None
    reason = f"{manifest.file} has {package} installed with {manifest.name or 'the package'}, which needs it"
    return Edit(patch=Patch.of([case.edit(manifest.file, new)]), reason=reason)


def _said_so(case: Case, manifest: NodeManifest, package: str) -> bool:
    """Whether the commit that last changed the manifest tells of this package, or of its kind."""
    last = next((one for one in case.bench.past.commits(COMMITS) if manifest.file in one.files), None)
    words = re.compile(
        rf"(?<![\w@/-]){re.escape(package)}(?![\w/-])|\bdev(?:elopment)?[ -]?dep", re.IGNORECASE
    )
    return last is not None and bool(words.search(last.subject))


def _entry(case: Case, manifest: NodeManifest, file: str, listed: Sequence[str]) -> str:
    """Return what to list: the file's folder, unless there is more in it than the package itself."""
    top = file.partition("/")[0]
    below = f"{join(manifest.folder, top)}/"
    inside = [one for one in case.files.names if one.startswith(below)]
    single = any(one.removeprefix("./").startswith(f"{top}/") for one in listed)
    return file if top == file or single or any(map(is_test, inside)) else top


def _withheld(case: Case, manifest: NodeManifest, entry: str) -> bool:
    """Whether the commit that took it from the list says that it is not to be published."""
    word = re.compile(rf"[\"/]{re.escape(entry)}[/\"]")
    for commit in case.bench.past.commits(COMMITS):
        if manifest.file in commit.files:
            changes = case.bench.past.patch_of(commit.id)
            gone = (line for one in changes if one.name == manifest.file for line in one.lines[0])
            if any(word.search(line) for line in gone):
                return withholds(commit.subject)
    return False
