"""Values only: whether a commit did nothing but give new values or words to what stands there by itself.

A price, a limit, a table, the wording of a message or a template is seldom changed by a slip; a number in the
middle of a computation is. Which of a new value and a test of the old one is right only a person knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from autonomous_cicd.domain.definitions import offers
from autonomous_cicd.domain.file_kinds import is_document, is_lock, is_test, is_workflow
from autonomous_cicd.domain.hunks import Hunk, Part, hunks, lines_of
from autonomous_cicd.domain.intent import changes_nothing, only_code
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.tallies import counts
from autonomous_cicd.values import dataclass

__all__ = ["new_values", "only_recorded"]

MANY = 2
"""Values that are changed together: by a slip it is one."""

_LITERAL = re.compile(
    r"""[rbfuRBFU]{0,2}(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`)"""
    r"""|(?<![\w.])\d[\w.]*|\b(?:[Tt]rue|[Ff]alse)\b"""
)
_NOTE = re.compile(r"\s*(?:#|//).*$")
_WORDS = re.compile(r"[A-Za-z_][\w.]*")
_ASSIGNED = re.compile(
    r"(?:(?:export|public|private|static|final|const|let|var|pub|readonly)\s+)*([\w.$]+)[^=]*=(?!=)"
)
_PROSE = re.compile(r"\w\S*\s+\S*\w")
_PLACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\$\{[^}]*\}|\{[^{}\s]*\}|%\(?\w*\)?[sdrfi]\b|<[^<>]*>|&\w+;|\\.")
_TEMPLATES = frozenset(
    (
        *(
            ".html",
            ".htm",
            ".xhtml",
            ".j2",
            ".jinja",
            ".jinja2",
            ".tmpl",
            ".tpl",
            ".mustache",
            ".hbs",
            ".ejs",
        ),
        *(".erb", ".txt", ".po", ".ftl", ".xml", ".svg", ".liquid", ".njk", ".mako"),
    )
)
_RECORDED = re.compile(
    r"^\W*(?:Snapshots:?\s+)?(\d+) snapshots? (?:failed|mismatch)|^\W*Snapshots:?\s+(\d+) failed", re.M
)
"""How many results are not as they were recorded."""


@dataclass(frozen=True, slots=True)
class _Value:
    old: str
    new: str


def new_values(subject: str, patch: Patch, parts: Sequence[Hunk], *, beside: bool) -> str:
    """Return why these parts of a commit only gave new values on purpose; "" when that is not likely.

    It is when it changes several values, does nothing else to code, or its documents tell the new one, and
    unless it was `beside` what the commit was for.
    """
    values = _values(parts)
    if not values or only_code(subject):
        return ""
    shown = ", ".join(f"{one.old} became {one.new}" for one in values[:3])
    if len(values) >= MANY:
        return f"{len(values)} values were changed together: {shown}"
    if any(_told(one.new, patch) for one in values):
        return f"its documents tell the new value: {shown}"
    rest = [one for one in hunks(patch) if not _beside(one.file)]
    if _values(rest):
        return f"it changes nothing else: {shown}"
    return "" if beside else f"nothing tells that it was a slip: {shown}"


def only_recorded(subject: str, log: str) -> str:
    """Return why what fails says nothing of what is wanted: all of it only differs from what was recorded.

    "" when another test fails as well, or the commit's subject says that nothing changes.
    """
    found = [int(one or other) for one, other in _RECORDED.findall(log)]
    if not found or counts(log).failed > max(found) or changes_nothing(subject):
        return ""
    return "what fails compares with a recording of what was before"


def _beside(name: str) -> bool:
    return (is_document(name) and not _template(name)) or is_test(name) or is_lock(name) or is_workflow(name)


def _template(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _TEMPLATES


def _told(value: str, patch: Patch) -> bool:
    """Whether a document of the same commit has a value that it did not have before."""
    bare = value.strip("'\"`")
    word = re.compile(rf"(?<![\w.]){re.escape(bare)}(?![\w])")
    for change in patch if len(bare) > 1 else ():
        removed, added = change.lines
        if is_document(change.name) and word.search("".join(added)) and not word.search("".join(removed)):
            return True
    return False


def _values(parts: Sequence[Hunk]) -> list[_Value]:
    """Return the values that parts change; none when one of them does anything else."""
    found: list[_Value] = []
    for part in parts:
        if part.part is not Part.LINES:
            return []
        some = list(_reworded(part) if _template(part.file) else _in_code(part))
        if not some:
            return []
        found += some
    return found


def _reworded(part: Hunk) -> Iterator[_Value]:
    """Yield the words of a template, when its tags and what is put in stay the same."""
    old, new = "".join(part.removed), "".join(part.added)
    if (
        old.strip()
        and new.strip()
        and _PLACE.findall(old) == _PLACE.findall(new)
        and _spoken(old) != _spoken(new)
    ):
        yield _Value(_short(_spoken(old)), _short(_spoken(new)))


def _spoken(text: str) -> str:
    return " ".join(_PLACE.sub(" ", text).split())


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def _in_code(part: Hunk) -> Iterable[_Value]:
    if len(part.removed) != len(part.added):
        return ()
    found: list[_Value] = []
    for number, (old, new) in enumerate(zip(part.removed, part.added, strict=True)):
        old, new = _bare(old), _bare(new)
        if old == new:
            continue
        if _LITERAL.sub("0", old) != _LITERAL.sub("0", new):
            return ()
        pairs = zip(_LITERAL.findall(old), _LITERAL.findall(new), strict=True)
        values = [_Value(one, other) for one, other in pairs if one != other]
        if not all(_wording(one) for one in values) and not _stands_alone(part, number, new):
            return ()
        found += values
    return found


def _bare(line: str) -> str:
    """Return a line of code without the remark at its end, unless a text contains the sign."""
    hidden = _LITERAL.sub(lambda match: "0" * len(match[0]), line)
    note = _NOTE.search(hidden)
    return line[: note.start()] if note else line.rstrip("\n")


def _wording(value: _Value) -> bool:
    """Whether a text for people got other words, and is filled in as before."""
    both = all(_PROSE.search(one[1:-1]) for one in (value.old, value.new))
    return both and sorted(_PLACE.findall(value.old)) == sorted(_PLACE.findall(value.new))


def _stands_alone(part: Hunk, number: int, line: str) -> bool:
    """Whether the values of a line are nothing but declared: a constant, a field, an entry of a table."""
    masked = _LITERAL.sub("0", line).strip()
    if offers(masked):
        return True
    assigned = _ASSIGNED.match(masked)
    value = masked[assigned.end() :] if assigned else masked
    if not assigned and re.match(r"\w+\s*:(?!:)", value):  # an entry of an object
        value = value.partition(":")[2]
    if re.sub(r"[\w.]+\s*(?:\(|=(?!=))|=>", "", value).strip("0-+[]{}(),:;\t _") or _computes(value):
        return False
    if assigned is None or masked.endswith(","):
        return not re.fullmatch(r"[\w.]+\(.*\)\s*;?", masked)
    name = assigned[1]
    return "." not in name and (name.upper() == name or _at_top(part, number, line))


def _computes(value: str) -> bool:
    return bool(re.search(r"0\s*[-+]\s*0|\)\s*[-+]|[-+]\s*\w*\(", value))


def _at_top(part: Hunk, number: int, line: str) -> bool:
    """Whether a line stands in no function: at the very left, or right in a class."""
    indent = len(line) - len(line.lstrip())
    if not indent:
        return True
    before = lines_of(part.change.after)[: part.start + number]
    outer = next(
        (one for one in reversed(before) if one.strip() and len(one) - len(one.lstrip()) < indent), ""
    )
    return bool(
        re.match(r"\s*(?:export\s+|public\s+|abstract\s+)*(?:class|enum|struct|interface|object)\b", outer)
    )
