"""Puts a configuration file right that its tools cannot read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autonomous_cicd.cases import Case
from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.earlier import earlier_texts, restored
from autonomous_cicd.domain.mended_data import kind_of, mended_data, reads
from autonomous_cicd.domain.mended_yaml import SLIPS, mended
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.plugins import remedy

__all__ = ["BrokenConfig"]

_TOLD = re.compile(
    r"TomlDecodeError|JSONDecodeError|EJSONPARSE|JSONParseError|ParsingError|MissingSectionHeader"
    r"|Duplicate(?:Option|Section)Error|Invalid TOML|TOML parse error|Failed to parse|invalid (?:TOML|JSON)"
    r"|in JSON at position|is not valid (?:TOML|JSON|YAML)|JSON\.parse|Unexpected (?:token|end of|character)"
    r"|ScannerError|ParserError|YAMLException|InvalidConfigError|could not (?:parse|read)"
    r"|cannot (?:parse|overwrite)|Invalid (?:config|statement)|Unclosed|Illegal character",
    re.IGNORECASE,
)
_KNOWN = frozenset(
    ("pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini", "mypy.ini", "package.json", "package-lock.json")
)
_CATEGORIES = frozenset((Category.CONFIGURATION, Category.PACKAGING_BUILD, Category.SYNTAX_ERROR))
_DEEPEST = 2
_MOST = 80


@remedy
class BrokenConfig:
    """Put right the one slip that a reader stumbles over, or put back what stood there."""

    name = "broken_config"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        if _TOLD.search(told):
            return 0.85
        return 0.35 if failure.category in _CATEGORIES else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the repair of the file that cannot be read."""
        for name in _files(case):
            if edit := _repair(case, name):
                return (edit,)
        return ()


def _files(case: Case) -> Iterator[str]:
    """Yield the configuration files that may be meant: those the log names, and those that tools look for."""
    told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence), case.log))
    count = 0
    for name in case.files.names:
        base = name.rsplit("/", 1)[-1]
        known = name in _KNOWN or base in told
        if known and name.count("/") <= _DEEPEST and kind_of(name) and ".github/workflows/" not in name:
            count += 1
            if count > _MOST:
                return
            yield name


def _repair(case: Case, name: str) -> Edit | None:
    kind, text = kind_of(name), case.files.read(name)
    _, line = _read(kind, text)
    if not text or not line:
        return None

    def fits(candidate: str) -> bool:
        return not _read(kind, candidate)[1]

    new, how = _slip(kind, text, line), "the one slip that explains it is put right"
    if not new:
        new, how = _before(case, name, text, fits, line), "what stood there before is put back"
    if not new:
        return None
    reason = f"{name} cannot be read (line {line}): {how}"
    return Edit(patch=Patch.of([case.edit(name, new)]), reason=reason)


def _read(kind: str, text: str) -> tuple[Any, int]:
    if kind != "yaml":
        return reads(kind, text)
    try:
        return read_yaml(text).value, 0
    except DocumentError as error:
        # Several documents in one file, or tags of a tool's own, are no mistake of it.
        return None, error.line if "is not YAML" in error.reason or "twice" in error.reason else 0


def _slip(kind: str, text: str, line: int) -> str:
    if kind != "yaml":
        return mended_data(kind, text, line)
    complaint = ""
    try:
        read_yaml(text)
    except DocumentError as error:
        complaint = error.reason
    best, value = "", None
    for rank, candidate in mended(text, line, complaint):
        read, stumbles = _read("yaml", candidate)
        if rank > SLIPS or stumbles:
            continue
        if best and read != value:
            return ""
        best, value = best or candidate, read
    return best


def _before(case: Case, name: str, text: str, fits: Callable[[str], bool], line: int) -> str:
    past = case.bench.past
    for before in earlier_texts(past.commits(), past.patch_of, name):
        if fits(before):
            return restored(text, before, fits, line)
    return ""
