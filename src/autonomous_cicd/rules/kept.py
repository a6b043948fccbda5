"""Our own rules, read once and kept as JSON: reading and proving hundreds of TOML tables takes a second."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autonomous_cicd.domain import advice, rule, scan_for
from autonomous_cicd.domain.diagnosis import Category, Role, Severity
from autonomous_cicd.domain.log import Sign
from autonomous_cicd.domain.rule import Cue, MarkRule, Rule
from autonomous_cicd.rules.load import OURS, marks, rules

__all__ = ["our_rules"]

_READERS = (
    OURS / "load.py",
    OURS / "kept.py",
    *(Path(str(one.__file__)) for one in (advice, rule, scan_for)),
)


def our_rules(folder: Path) -> tuple[tuple[Rule, ...], tuple[MarkRule, ...]]:
    """Return the rules and marks that come with the program, without their examples.

    They are kept in a folder of the state, under a name that changes with every file that they are made of.
    """
    path = folder / f"rules-{_stamp()}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(path.read_text("utf-8"))
        return tuple(map(_rule, kept["rules"])), tuple(map(_mark, kept["marks"]))
    read = rules(), marks()
    with contextlib.suppress(OSError):  # where nothing can be kept, they are read anew each time
        _keep(folder, path, json.dumps(_values(*read)))
    return read


def _stamp() -> str:
    """Return what changes when one of the files does."""
    files = [*sorted(OURS.glob("*.toml")), *_READERS]
    stats = [(path.name, stat.st_size, stat.st_mtime_ns) for path in files for stat in [path.stat()]]
    return hashlib.sha256(repr((str(OURS), stats)).encode()).hexdigest()[:16]


def _keep(folder: Path, path: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(text, "utf-8")
    draft.replace(path)
    for other in folder.glob("rules-*.json"):
        if other != path:
            other.unlink(missing_ok=True)


def _values(found: Sequence[Rule], signs: Sequence[MarkRule]) -> dict[str, Any]:
    return {
        "rules": [
            [
                one.id, one.pattern, one.category, one.severity, one.confidence, one.cause, one.role,
                one.unless, one.remedies, _cues(one), one.scans, one.source,
            ]
            for one in found
        ],
        "marks": [[one.sign, one.pattern, one.unless, _cues(one), one.scans, one.source] for one in signs],
    }  # fmt: skip


def _cues(one: Rule | MarkRule) -> list[tuple[str, bool]]:
    return [(cue.text, cue.any_case) for cue in one.cues]


def _rule(values: Sequence[Any]) -> Rule:
    name, pattern, category, severity, confidence, cause, role, unless, remedies, cues, scans, source = values
    return Rule(
        id=name,
        pattern=pattern,
        category=Category(category),
        severity=Severity(severity),
        confidence=confidence,
        cause=cause,
        role=Role(role),
        unless=unless,
        remedies=tuple(remedies),
        cues=tuple(Cue(*cue) for cue in cues),
        scans=tuple(scans),
        source=source,
    )


def _mark(values: Sequence[Any]) -> MarkRule:
    sign, pattern, unless, cues, scans, source = values
    return MarkRule(
        sign=Sign(sign),
        pattern=pattern,
        unless=unless,
        cues=tuple(Cue(*cue) for cue in cues),
        scans=tuple(scans),
        source=source,
    )
