"""Our own rules, kept as JSON: reading and proving a thousand TOML tables takes some seconds.

What is kept is made from the tables: `./run docs`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autonomous_cicd.domain import advice, rule, scan_for
from autonomous_cicd.domain.diagnosis import Category, Role, Severity
from autonomous_cicd.domain.log import Sign
from autonomous_cicd.domain.rule import Cue, MarkRule, Rule
from autonomous_cicd.rules.load import OURS, marks, rules

__all__ = ["KEPT", "kept_text", "our_rules"]

KEPT = OURS / "kept.jsonl"

_READERS = (
    OURS / "load.py",
    OURS / "kept.py",
    *(Path(str(one.__file__)) for one in (advice, rule, scan_for)),
)


def our_rules() -> tuple[tuple[Rule, ...], tuple[MarkRule, ...]]:
    """Return the rules and marks that come with the program, without their examples.

    Where a rule was changed and not yet kept, they are read anew, which takes some seconds.
    """
    with contextlib.suppress(OSError, ValueError):
        stamp, *lines = KEPT.read_text("utf-8").splitlines()
        if stamp == _stamp():
            cut = lines.index("")
            return tuple(map(_rule, lines[:cut])), tuple(map(_mark, lines[cut + 1 :]))
    return rules(), marks()


def kept_text() -> str:
    """Return what is to be kept: a stamp, a line for each rule, an empty one, and a line for each mark."""
    found, signs = rules(), marks()
    lines = [json.dumps(values) for values in map(_rule_values, found)]
    return "\n".join([_stamp(), *lines, "", *(json.dumps(_mark_values(one)) for one in signs), ""])


def _stamp() -> str:
    """Return what changes when one of the files does that the rules are made of."""
    digest = hashlib.sha256()
    for path in (*sorted(OURS.glob("*.toml")), *_READERS):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _rule_values(one: Rule) -> Sequence[Any]:
    return [
        one.id, one.pattern, one.category, one.severity, one.confidence, one.cause, one.role, one.unless,
        one.remedies, _cues(one), one.scans, one.source,
    ]  # fmt: skip


def _mark_values(one: MarkRule) -> Sequence[Any]:
    return [one.sign, one.pattern, one.unless, _cues(one), one.scans, one.source]


def _cues(one: Rule | MarkRule) -> list[tuple[str, bool]]:
    return [(cue.text, cue.any_case) for cue in one.cues]


def _rule(line: str) -> Rule:
    values = json.loads(line)
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


def _mark(line: str) -> MarkRule:
    sign, pattern, unless, cues, scans, source = json.loads(line)
    return MarkRule(
        sign=Sign(sign),
        pattern=pattern,
        unless=unless,
        cues=tuple(Cue(*cue) for cue in cues),
        scans=tuple(scans),
        source=source,
    )
