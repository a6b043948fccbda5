"""Reads rules from TOML files, ours and a project's, and refuses what would not work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import re2

from autonomous_cicd.documents import Document, nearest, read_toml
from autonomous_cicd.domain.advice import STRATEGIES, usual
from autonomous_cicd.domain.diagnosis import Category, Role, Severity
from autonomous_cicd.domain.log import Sign
from autonomous_cicd.domain.rule import SHORTEST, Cue, MarkRule, Rule, cues_of
from autonomous_cicd.domain.scan_for import escaped, scans_of
from autonomous_cicd.errors import DocumentError

__all__ = ["OURS", "marks", "quiet", "rules", "rules_in", "text_rules"]

OURS = Path(__file__).parent
"""The folder of the rules that come with the program."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"\{(\w+)\}")
_LONGEST = 1000
_MOST = 2000
"""Rules in one file."""

_FIELDS = {
    "id": str, "pattern": str, "unless": str, "category": str, "severity": str, "confidence": float,
    "cause": str, "role": str, "remedies": list, "cues": list, "match": list, "miss": list,
}  # fmt: skip
_MARK_FIELDS = {"sign": str, "pattern": str, "unless": str, "cues": list, "match": list, "miss": list}
_NEEDED = ("id", "pattern", "category", "confidence", "cause")
_MARK_NEEDED = ("sign", "pattern")

_Made = TypeVar("_Made")


def rules() -> tuple[Rule, ...]:
    """Return the rules that come with the program, each proven by its examples."""
    files = sorted(path for path in OURS.glob("*.toml") if path.name != "marks.toml")
    found = [rule for path in files for rule in text_rules(path.read_text("utf-8"), path.name)]
    return tuple(_unique(found))


def marks() -> tuple[MarkRule, ...]:
    """Return what tells the course of a run."""
    return _read((OURS / "marks.toml").read_text("utf-8"), "marks.toml", "mark", _mark)


def rules_in(files: Iterable[tuple[str, str]], known: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules of a project's own files (name, text), none with the id of a known one.

    Raises DocumentError that names the file and the line.
    """
    found = [rule for name, text in files for rule in text_rules(text, name)]
    return tuple(_unique([*known, *found])[len(known) :])


def text_rules(text: str, file: str) -> tuple[Rule, ...]:
    """Return the rules of one file. Raises DocumentError that names the file and the line."""
    return _read(text, file, "rule", _rule)


def _unique(found: Sequence[Rule]) -> Sequence[Rule]:
    seen: dict[str, Rule] = {}
    for rule in found:
        if rule.id in seen:
            first = seen[rule.id].source
            raise DocumentError(
                f"there are two rules {rule.id!r}", file=rule.source, hint=f"the other: {first}"
            )
        seen[rule.id] = rule
    return found


def _read(text: str, file: str, key: str, make: Any) -> tuple[Any, ...]:
    document = read_toml(text, file=file)
    value = document.value if isinstance(document.value, dict) else {}
    for other in value.keys() - {key}:
        raise DocumentError(
            f"unknown key {other!r}", file=file, line=document.line(other), hint=f"write [[{key}]] tables"
        )
    tables = value.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise DocumentError(
            f"{key!r} is no list of tables", file=file, line=document.line(key), hint=f"write [[{key}]]"
        )
    if len(tables) > _MOST:
        raise DocumentError(f"has more than {_MOST} rules", file=file, hint="split it")
    lines = _table_lines(text, key)
    return tuple(
        make(table, _Where(document, file, line)) for table, line in zip(tables, lines, strict=False)
    )


def _table_lines(text: str, key: str) -> Iterator[int]:
    """Yield the line of each table's heading; TOML's reader does not tell it."""
    heading = re.compile(rf"^\s*\[\[\s*{key}\s*\]\]")
    yield from (number for number, line in enumerate(text.split("\n"), 1) if heading.match(line))
    while True:  # tables that are written in another way
        yield 0


class _Where:
    """Where a table stands: to say what is wrong with it."""

    def __init__(self, document: Document, file: str, line: int) -> None:
        self.document, self.file, self.line = document, file, line

    def refuse(self, message: str, hint: str = "", key: str = "") -> DocumentError:
        """Return the error that names the place, as exactly as it is known."""
        lines = self.document.text.split("\n")[self.line :]
        near = next((n for n, text in enumerate(lines) if key and re.match(rf"\s*{key}\s*=", text)), -1)
        return DocumentError(message, file=self.file, line=self.line + near + 1, hint=hint)


def _checked(
    table: Mapping[str, Any], where: _Where, fields: Mapping[str, type], needed: Sequence[str]
) -> None:
    for name, value in table.items():
        if name not in fields:
            near = nearest(name, fields)
            raise where.refuse(f"unknown key {name!r}", f"did you mean {near!r}?" if near else "", name)
        wanted = fields[name]
        good = (
            isinstance(value, (int, float)) and not isinstance(value, bool)
            if wanted is float
            else isinstance(value, wanted)
        )
        if not good:
            raise where.refuse(f"{name} is not a {_WORDS[wanted]}", key=name)
        if wanted is list and not all(isinstance(one, str) for one in value):
            raise where.refuse(f"{name} is not a list of texts", key=name)
    for name in needed:
        if not table.get(name):
            raise where.refuse(f"has no {name}")


_WORDS = {str: "text", float: "number", list: "list"}


def _rule(table: Mapping[str, Any], where: _Where) -> Rule:
    _checked(table, where, _FIELDS, _NEEDED)
    if not _ID.fullmatch(table["id"]):
        raise where.refuse(f"{table['id']!r} is no id", "use small letters, digits and single hyphens", "id")
    category = _one_of(Category, table, "category", where)
    confidence = float(table["confidence"])
    if not 0 < confidence <= 1:
        raise where.refuse(f"confidence {confidence:g} is not between 0 and 1", key="confidence")
    compiled = _compiled(table, "pattern", where)
    _compiled(table, "unless", where)
    for name in _NAME.findall(table["cause"]):
        if name not in compiled.groupindex:
            raise where.refuse(f"cause names {{{name}}}, which is no group of the pattern", key="cause")
    advice = usual(category)
    remedies = tuple(table.get("remedies", advice.remedies))
    for remedy in remedies:
        if remedy.partition("/")[0] not in STRATEGIES:
            raise where.refuse(
                f"unknown remedy {remedy!r}", f"strategies: {', '.join(STRATEGIES)}", "remedies"
            )
    rule = Rule(
        id=table["id"],
        pattern=table["pattern"],
        unless=table.get("unless", ""),
        category=category,
        severity=_one_of(Severity, table, "severity", where) if "severity" in table else advice.severity,
        confidence=confidence,
        cause=table["cause"],
        role=_one_of(Role, table, "role", where) if "role" in table else Role.CAUSE,
        remedies=remedies,
        cues=(cues := _cues(table, where)),
        scans=_scans(table, cues),
        match=tuple(table.get("match", ())),
        miss=tuple(table.get("miss", ())),
        source=where.file,
    )
    _proven(rule, compiled, where)
    return rule


def _mark(table: Mapping[str, Any], where: _Where) -> MarkRule:
    _checked(table, where, _MARK_FIELDS, _MARK_NEEDED)
    compiled = _compiled(table, "pattern", where)
    _compiled(table, "unless", where)
    mark = MarkRule(
        sign=_one_of(Sign, table, "sign", where),
        pattern=table["pattern"],
        unless=table.get("unless", ""),
        cues=(cues := _cues(table, where)),
        scans=_scans(table, cues),
        match=tuple(table.get("match", ())),
        miss=tuple(table.get("miss", ())),
        source=where.file,
    )
    _proven(mark, compiled, where)
    return mark


def _one_of(kind: Any, table: Mapping[str, Any], key: str, where: _Where) -> Any:
    try:
        return kind(table[key])
    except ValueError:
        near = nearest(table[key], [str(one) for one in kind])
        hint = f"did you mean {near!r}?" if near else f"one of: {', '.join(kind)}"
        raise where.refuse(f"unknown {key} {table[key]!r}", hint, key) from None


def _compiled(table: Mapping[str, Any], key: str, where: _Where) -> Any:
    text = table.get(key, "")
    if len(text) > _LONGEST:
        raise where.refuse(f"{key} is longer than {_LONGEST} characters", "make several rules of it", key)
    try:
        return re2.compile(text, quiet())
    except re2.error as error:
        detail = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        hint = "RE2's syntax has no look-around and no back references"
        raise where.refuse(f"{key} is no pattern: {detail}", hint, key) from None


def quiet() -> Any:
    """Return the options of a pattern: bounded in memory, and silent."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    return options


def _cues(table: Mapping[str, Any], where: _Where) -> tuple[Cue, ...]:
    """Return what must stand in a line for the pattern to be tried: said, or found in the pattern."""
    if "cues" in table:
        return tuple(Cue(text) for text in table["cues"])
    try:
        cues = cues_of(table["pattern"])
    except ValueError as error:
        raise where.refuse(f"pattern is no pattern: {error}", key="pattern") from None
    if not cues or min(len(cue.text.strip()) for cue in cues) < SHORTEST:
        if scans_of(table["pattern"]):
            return tuple(cue for cue in cues if cues and all(one.text.strip() for one in cues))
        raise where.refuse(
            "pattern can match without any fixed text",
            f"give it a word of {SHORTEST} characters or more that is always there",
            "pattern",
        )
    return cues


def _scans(table: Mapping[str, Any], cues: Sequence[Cue]) -> tuple[str, ...]:
    """Return what to look for in whole blocks: said cues, or what is rare in the pattern."""
    found = scans_of(table["pattern"], cues if "cues" in table else ())
    return found or tuple(escaped(cue) for cue in cues)


def _proven(rule: Rule | MarkRule, compiled: Any, where: _Where) -> None:
    """Refuse a rule whose own examples contradict it."""
    unless = re2.compile(rule.unless, quiet()) if rule.unless else None
    for key, wanted in (("match", True), ("miss", False)):
        for text in getattr(rule, key):
            matches = bool(compiled.search(text)) and not (unless and unless.search(text))
            if matches is not wanted:
                said = "does not match" if wanted else "matches"
                raise where.refuse(f"pattern {said} its {key} {text!r}", key=key)
