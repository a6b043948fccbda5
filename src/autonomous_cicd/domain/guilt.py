"""Guilt: which parts of which commits may have broken what fails, and which of them may be undone.

What was changed on purpose is not undone: tests say what is wanted, and so do the commits that change them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.definitions import declares
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.file_kinds import (
    holds_checks,
    is_document,
    is_lock,
    is_manifest,
    is_test,
    is_workflow,
    sets_rules,
)
from autonomous_cicd.domain.hunks import Hunk, Part, hunks
from autonomous_cicd.domain.intent import (
    announced,
    asks_for_variable,
    changes_nothing,
    documented,
    refuses,
    spoken_of,
)
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.pins import speaks_of_security
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.values import dataclass

__all__ = ["Deed", "deeds", "failing_lines", "failing_tests", "intended", "names_brought", "subjects"]

_FAILING = re.compile(
    r"FAIL|ERROR|\bError\b|Error:|^E\s|^\s*File \"|^\s*at .*:\d+|not ok|\bpanicked\b|Exception|Traceback"
    r"|\u2716|\u2717|\u25cf|\u276f"
    r"|^>\s|\bassert|:\d+:\d*:? |[Ee]xpected|[Aa]ctual|[Rr]eceived|undefined|cannot |[Uu]nexpected"
)
_WORD = re.compile(r"[^\W\d]\w{2,}")
MOST_PARTS = 150
"""Parts of a commit above which nobody could tell them apart."""
_COMMON = frozenset(
    (
        *(
            "self",
            "return",
            "import",
            "from",
            "def",
            "class",
            "for",
            "not",
            "and",
            "none",
            "true",
            "false",
            "elif",
        ),
        *(
            "else",
            "with",
            "raise",
            "except",
            "try",
            "finally",
            "pass",
            "lambda",
            "yield",
            "await",
            "async",
            "const",
        ),
        *(
            "let",
            "var",
            "function",
            "this",
            "new",
            "null",
            "undefined",
            "export",
            "default",
            "require",
            "module",
        ),
        *(
            "public",
            "private",
            "static",
            "void",
            "int",
            "str",
            "string",
            "bool",
            "char",
            "float",
            "double",
            "list",
        ),
        *(
            "dict",
            "tuple",
            "set",
            "len",
            "error",
            "test",
            "tests",
            "the",
            "assert",
            "name",
            "value",
            "data",
            "text",
        ),
    )
)
_IMPORTS = re.compile(r"^\s*(?:from|import|use|using|require|include)\b|.*\brequire\(")
_ASSIGNS = re.compile(r"^\s*(?:self\.|this\.)?(\w+)\s*(?::[^=]*)?=(?!=)")
_TOP = re.compile(r"(?:exports\.|module\.exports\.)?(\w+)\s*(?::[^=]*)?=(?!=)")
_PARAMETER = re.compile(r"[(,]\s*(\w+)\s*(?::[^,()=]*)?=(?!=)")
_INTENT = re.compile(
    r"\bbreaking\b|^\w+(?:\([^)]*\))?!:|\binstead of\b|\bno longer\b|\bby default\b"
    r"|\bdefaults? (?:to|of|from)\b"
    r"|\bchange the default|\bdrop(?:s|ped)? (?:support|python|node|the)\b|\bremove support|\bdeprecat"
    r"|\b(?:raise|return|throw|reject|accept|allow|disallow|forbid|require|treat)s?\b.*"
    r"\b(?:instead|missing|unknown|invalid|empty|only|always|never)\b"
    r"|^\W*(?:revert|roll(?:ed)?[ -]?back)\b|\bpolicy\b|\bon purpose\b|\bintention"
    r"|\bas (?:decided|agreed|specified|requested)\b|\bper (?:spec|rfc)\b"
    r"|\bnew (?:behaviou?r|default|rule|format)\b|\bcompl(?:y|iant|iance)\b",
    re.IGNORECASE,
)
_PROSE = re.compile(r"([\"'`])[^\"'`\n]*[A-Za-z]{2,} [A-Za-z%{][^\"'`\n]*\1")
"""A literal that is a sentence: keys, patterns and names of files are none."""
_NOTES = re.compile(
    r"(?:.*/)?(?:changelog|changes|history|news|release[-_]?notes|upgrading|migration)\b.*", re.IGNORECASE
)
_CODE = frozenset(
    (
        *(
            ".py",
            ".pyi",
            ".pyx",
            ".js",
            ".jsx",
            ".mjs",
            ".cjs",
            ".ts",
            ".tsx",
            ".mts",
            ".cts",
            ".vue",
            ".svelte",
        ),
        *(".go", ".rs", ".java", ".kt", ".scala", ".rb", ".php", ".c", ".cc", ".cpp", ".h", ".hpp", ".cs"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Parts of one commit that belong together and may be undone, and how close to the failure they are."""

    commit: Commit
    parts: tuple[Hunk, ...]
    closeness: float

    @property
    def size(self) -> int:
        """Lines that it changed."""
        return sum(len(one.removed) + len(one.added) for one in self.parts)


def failing_lines(log: str, failure: Failure) -> str:
    """Return the lines of a log that speak of what fails."""
    lines = [line for line in log.split("\n") if _FAILING.search(line[:500])]
    quotes = [quote.text for quote in (*failure.evidence, *failure.effects)]
    return "\n".join([*(line[:500] for line in lines[-2000:]), *quotes, failure.message])


def failing_tests(names: Iterable[str], failing: str, failures: Iterable[Failure]) -> frozenset[str]:
    """Return the tests of a project that fail, as far as the log names their files."""
    told = {name for one in failures for name in (one.place.file, *one.files) if name}
    told |= {test.partition("::")[0] for one in failures for test in (one.place.test, *one.tests) if test}
    tests = [name for name in names if is_test(name)]
    bare: dict[str, list[str]] = {}
    for name in tests:
        bare.setdefault(PurePosixPath(name).name, []).append(name)
    found = {name for name in tests if any(one == name or one.endswith(f"/{name}") for one in told)}
    for name, there in bare.items():
        if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", failing):
            found |= {one for one in there if one in failing or len(there) == 1}
    return frozenset(found)


def intended(
    commit: Commit, patch: Patch, parts: Sequence[Hunk], failing: str = "", *, apart: bool = False
) -> str:
    """Return why a commit meant to change what these parts of it change; "" when nothing says so.

    `failing` is what the log says of the failure. What the subject says of behaviour is about other parts
    when these stand `apart`.
    """
    if speaks_of_security(commit.subject):
        return "it is about security"
    if found := None if apart else _INTENT.search(commit.subject):
        return f"its subject says so: {found[0]}"
    words = _identifiers(line for part in parts for line in (*part.added, *part.removed))
    words |= {name for part in parts for name in _enclosing(part)}
    words |= {PurePosixPath(part.file).stem for part in parts if len(PurePosixPath(part.file).stem) > 4}
    for change in patch:
        if _NOTES.fullmatch(change.name) and words & _identifiers(change.lines[1]):
            return f"{change.name} tells of it"
    own = subjects(parts)
    if name := announced(commit.subject, own | {PurePosixPath(part.file).name for part in parts}):
        return f"its subject says so of {name}"
    if name := documented(patch, own):
        return f"{name} tells of it"
    if name := "" if changes_nothing(commit.subject) else spoken_of(commit.body, own):
        return f"its message tells of {name}"
    removed = [line for part in parts for line in part.removed]
    added = [line for part in parts for line in part.added]
    if name := asks_for_variable(removed, added, failing):
        return f"it asks for the variable {name}"
    if said := refuses(removed, added, failing):
        return f"it refuses this on purpose: {said}"
    redactor = Redactor()
    if any(redactor.redact(line[:2000]) != line[:2000] for line in added):
        return "it brought a secret, which is known to others now"
    return ""


def deeds(
    commit: Commit, patch: Patch, failing: str, imported: Collection[str], *, manifests: bool = False
) -> tuple[Deed, ...]:
    """Return what may be undone of a commit, the closest to the failure first.

    `failing` is what the log says of the failure, `imported` the words of import lines of tests that fail.
    Never among them: tests, what is checked and how strictly, documents, lock files, whole new files.
    """
    parts = [one for one in hunks(patch) if _may_be_undone(one, manifests=manifests)]
    if len(parts) > MOST_PARTS:
        return ()
    names = _Names(patch)
    specified = _identifiers(line for one in patch if is_test(one.name) for line in one.lines[1])
    found = []
    for group in _together(names, parts):
        if not (specified & {name for one in group for name in names.brought(one)}):
            close = sum(sorted((_closeness(one, failing, imported) for one in group), reverse=True)[:2])
            found.append(Deed(commit=commit, parts=group, closeness=close))
    return tuple(sorted(found, key=lambda one: (-one.closeness, one.size)))


def names_brought(patch: Patch, parts: Sequence[Hunk], *, shared: bool = False) -> frozenset[str]:
    """Return the names that came with these parts of a patch: what uses them now needs them.

    With `shared` only those that other files may use.
    """
    names = _Names(patch)
    found = {name for part in parts for name in names.brought(part)}
    if shared:
        found &= _told(line for part in parts for line in part.added)
    return frozenset(found)


def subjects(parts: Sequence[Hunk]) -> set[str]:
    """Return the names of what parts change: what they stand in, define, or take away."""
    found: set[str] = set()
    for part in parts:
        found |= _enclosing(part) | _told((*part.added, *part.removed))
    return found


def _told(lines: Iterable[str]) -> set[str]:
    """Return the names that lines define, and that others may use."""
    found: set[str] = set()
    for line in lines:
        top = _TOP.match(line)
        found |= {declares(line), top[1] if top else ""} - {""}
    return found


def _may_be_undone(part: Hunk, *, manifests: bool) -> bool:
    name = part.file
    if is_test(name) or is_workflow(name) or is_document(name) or is_lock(name):
        return False
    if is_manifest(name):
        return manifests
    if part.part is Part.WHOLE and part.change.before is None:
        return False
    return not (sets_rules(name) or (holds_checks(name) and part.part is not Part.MODE))


def _identifiers(lines: Iterable[str]) -> set[str]:
    return {word for line in lines for word in _WORD.findall(line) if word.lower() not in _COMMON}


class _Names:
    """The names that came and went with a commit."""

    def __init__(self, patch: Patch) -> None:
        code = [one for one in patch if not is_document(one.name)]
        self._before = {word for one in code for word in _WORD.findall(one.before or "")}
        self._after = {word for one in code for word in _WORD.findall(one.after or "")}

    def brought(self, part: Hunk) -> set[str]:
        """Return the names that a part defines, and that stood in none of the changed files before."""
        return _defined(part.added) - self._before

    def taken(self, part: Hunk) -> set[str]:
        """Return the names that a part takes away, and that stand in none of the changed files any more."""
        return _defined(part.removed) - self._after


def _defined(lines: Iterable[str]) -> set[str]:
    """Return the names that lines define: functions and what they are given, variables, imports."""
    found: set[str] = set()
    for line in lines:
        if not _is_comment(line):
            if declares(line) or _IMPORTS.match(line):
                found.update(_WORD.findall(line))
            elif assigned := _ASSIGNS.match(line):
                found.add(assigned[1])
            found.update(_PARAMETER.findall(line))
    return {word for word in found if word.lower() not in _COMMON}


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "//", "*", "/*"))


def _together(names: _Names, parts: Sequence[Hunk]) -> Iterator[tuple[Hunk, ...]]:
    """Yield the parts in groups: what defines a name that came or went belongs to what uses it."""
    brought, taken = [names.brought(one) for one in parts], [names.taken(one) for one in parts]
    added = [set(_WORD.findall("".join(one.added))) for one in parts]
    removed = [set(_WORD.findall("".join(one.removed))) for one in parts]
    group = list(range(len(parts)))
    for one in range(len(parts)):
        for other in range(len(parts)):
            linked = brought[one] & added[other] or taken[one] & removed[other]
            if linked and group[one] != group[other]:
                old, new = max(group[one], group[other]), min(group[one], group[other])
                group = [new if number == old else number for number in group]
    for number in dict.fromkeys(group):
        yield tuple(part for part, mine in zip(parts, group, strict=True) if mine == number)


def _closeness(part: Hunk, failing: str, imported: Collection[str]) -> float:
    """Return how much speaks for a part: 0 when nothing connects it to the failure."""
    path = PurePosixPath(part.file)
    close = 0.0
    if re.search(rf"(?<![\w.-]){re.escape(path.name)}(?![\w-])", failing):
        close += 3.0 if part.file in failing else 2.0
        lines = {int(found) for found in re.findall(rf"{re.escape(path.name)}\"?(?:, line |:)(\d+)", failing)}
        if any(part.start - 3 <= line <= part.stop + 4 for line in lines):
            close += 3.0
    stems = {path.stem, path.parent.name} if path.stem in ("__init__", "index", "mod", "lib") else {path.stem}
    if stems & set(imported):
        close += 1.5
    around = _enclosing(part)
    words = _identifiers([*part.added, *part.removed]) | around
    said = set(_WORD.findall(failing))
    close += min(2.0, 0.5 * len(words & said)) + (1.5 if around & said else 0.0)
    if _rewords(part, said):
        close /= 2
    return close + (0.5 if path.suffix in _CODE else 0.0) * (close > 0)


def _rewords(part: Hunk, said: Collection[str]) -> bool:
    """Whether a part changes the words of messages only, and the log has none of what it changed."""
    old, new = "".join(part.removed), "".join(part.added)
    if part.part is not Part.LINES or not old or _PROSE.sub("", old) != _PROSE.sub("", new):
        return False
    return not (_identifiers([old]) ^ _identifiers([new])).intersection(said)


def _enclosing(part: Hunk) -> set[str]:
    """Return the names of the function and class that lines stand in."""
    if part.part is not Part.LINES:
        return set()
    lines = (part.change.after or "").split("\n")
    indents, found = 10_000, set()
    for line in reversed(lines[max(0, part.start - 400) : part.stop]):
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent < indents and (name := declares(line)):
            found.add(name)
            indents = indent
    return found
