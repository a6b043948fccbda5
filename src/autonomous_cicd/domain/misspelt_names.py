"""Misspelt names: which name of the project a missed one is, written wrongly by one letter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from autonomous_cicd.domain.file_kinds import is_document, is_test
from autonomous_cicd.domain.intent import pieces
from autonomous_cicd.domain.slips import one_slip
from autonomous_cicd.values import dataclass

__all__ = ["MOST", "Missed", "is_word", "missed_names", "misspelt", "spelt_right"]

SHORTEST = 4
"""Letters that a name must have: of shorter ones many are a letter apart."""
MOST = 3
"""Lines in which one name is misspelt."""
LARGEST = 200_000

_MISSED = re.compile(
    r"cannot import name '(?P<imported>\w+)' from '(?P<module>\w[\w.]*)'"
    r"|module '(?P<holder>[\w.]+)' has no attribute '(?P<attribute>\w+)'"
    r"|(?:type object )?'(?P<type>\w+)'(?: object)? has no attribute '(?P<member>\w+)'"
    r"|name '(?P<name>\w+)' is not defined|Cannot find name '(?P<found>\w+)'"
    r"|requested module '(?P<path>\.{1,2}/[^']+)' does not provide an export named '(?P<export>\w+)'"
    r"|(?:ReferenceError: )(?P<reference>\w+) is not defined"
    r"|(?:[\w$\])]\.|[\s:(])(?P<call>[A-Za-z_$]\w+)\)? is not a (?:function|constructor)"
)
_BESIDE = tuple(
    f"{one}{other}"
    for row, below in (("qwertyuiop", "asdfghjkl"), ("asdfghjkl", "zxcvbnm"), ("zxcvbnm", ""))
    for at, one in enumerate(row)
    for other in (row[at + 1 : at + 2], below[at : at + 1], below[at - 1 : at] if at else "")
    if other
)
"""Letters that lie beside each other."""
_PYTHON = (".py", ".pyi")
_SCRIPT = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte")
_WORD = re.compile(r"[^\W\d]\w*")
_MADE = re.compile(
    r"\b(?:const|let|var|function\*?|class|interface|enum|type)\s+(\w+)|\bexports\.(\w+)\s*=(?!=)"
    r"|^[^\S\n]*(?:static\s+|async\s+|get\s+|set\s+)*(\w+)\s*\([^()]*\)\s*\{"
    r"|\b(\w+)\s*[:=]\s*(?:async\s*)?(?:function\b|\()",
    re.MULTILINE,
)
_GIVEN = re.compile(r"\bfunction\b[^(]*\(([^)]*)\)|\(([^()]*)\)\s*=>|\b(\w+)\s*=>")
_TAKEN = re.compile(
    r"\b(?:const|let|var)\s*\{([^}]{0,4000})\}\s*="
    r"|\bimport\s*(?:\w+\s*,\s*)?\{([^}]{0,4000})\}|\bimport\s+(\w+)"
)
"""What is imported, by its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A name that a log says is missed."""

    name: str
    module: str = ""
    """The module that should have it, by its name or path; "" when it is not told."""
    kind: str = ""
    """The type of which it should be a member; "" when it is not told."""
    local: bool = False
    """Whether it stands for itself: what it means is in the same file."""


def missed_names(told: str) -> tuple[Missed, ...]:
    """Return the names that a text says are missed, each once."""
    found = []
    for one in _MISSED.finditer(told):
        local = one["name"] or one["found"] or one["reference"]
        shared = one["imported"] or one["attribute"] or one["member"] or one["export"] or one["call"]
        module = one["module"] or one["holder"] or one["path"] or ""
        found.append(
            Missed(name=local or shared or "", module=module, kind=one["type"] or "", local=bool(local))
        )
    return tuple(dict.fromkeys(found))


def spelt_right(missed: Missed, texts: Mapping[str, str]) -> tuple[str, str, dict[str, str]]:
    """Return the wrong name, the right one, and the files in which it is put right; nothing when unsure.

    `texts` are all files of code and documents. Either a use is misspelt of what is used elsewhere under its
    name, or a definition of what nobody calls so, and the project's own code calls by the missed name.
    """
    for ends in (_PYTHON, _SCRIPT):
        code = {name: text for name, text in texts.items() if name.endswith(ends) and len(text) <= LARGEST}
        users = [name for name in code if missed.name in _WORD.findall(code[name])]
        own = [name for name in users if not is_test(name)]
        if own:
            return _judged(missed, code, own, len(users) > len(own), texts)
    return "", "", {}


def _judged(
    missed: Missed, code: Mapping[str, str], own: list[str], tested: bool, texts: Mapping[str, str]
) -> tuple[str, str, dict[str, str]]:
    homes = _homes(missed, code, own)
    made = {name: set(_made(name, code[name])) for name in homes}
    if missed.local:
        made = {name: words | set(_taken(name, code[name])) for name, words in made.items()}
    found = {word for words in made.values() for word in words if misspelt(missed.name, word)}
    if len(found) != 1 or any(missed.name in _made(name, code[name]) for name in code):
        return "", "", {}
    (other,) = found
    told = any(missed.name in _WORD.findall(text) for name, text in texts.items() if is_document(name))
    uses, times = _lines(missed.name, code.values()), _lines(other, code.values())
    if times > 1 and uses <= MOST and not tested and not told and not is_word(missed.name, other, texts):
        return missed.name, other, {name: _named(code[name], missed.name, other) for name in own}
    makers = [name for name in homes if other in made[name] and not is_test(name)]
    wrong = times == 1 and not missed.local and not is_word(other, missed.name, texts)
    if wrong and len(makers) == 1 and own != makers:
        return other, missed.name, {makers[0]: _named(code[makers[0]], other, missed.name)}
    return "", "", {}


def _homes(missed: Missed, code: Mapping[str, str], own: Iterable[str]) -> list[str]:
    """Return the files in which the right name may be defined."""
    if missed.local:
        return list(own)
    if missed.kind:
        kind = re.compile(rf"\bclass\s+{re.escape(missed.kind)}\b")
        return [name for name in code if kind.search(code[name])]
    if missed.module.startswith("."):
        return [name for name in code if PurePosixPath(name).name == PurePosixPath(missed.module).name]
    if missed.module:
        path = missed.module.replace(".", "/")
        ends = (f"/{path}.py", f"/{path}/__init__.py")
        return [name for name in code if f"/{name}".endswith(ends)]
    return [name for name in code if not is_test(name)]


def misspelt(word: str, wanted: str) -> bool:
    """Whether one of two names may be the other, written wrongly, and not another form of its words."""
    if min(len(word), len(wanted)) < SHORTEST or word.lower() == wanted.lower() or not one_slip(word, wanted):
        return False
    if len(word) == len(wanted) and sorted(word) != sorted(wanted):
        struck = next(
            one + other for one, other in zip(word.lower(), wanted.lower(), strict=True) if one != other
        )
        if len(word) == SHORTEST or not any(struck in beside or struck[::-1] in beside for beside in _BESIDE):
            return False
    if re.sub(r"[^\W\d_]", "", word) != re.sub(r"[^\W\d_]", "", wanted):
        return False
    pairs = [sorted(pair, key=len) for pair in zip(pieces(word), pieces(wanted), strict=False)]
    ends = [long[-2:] for short, long in pairs if long[:-1] == short]
    return not any(end[-1] in "sdrny" and (end[0] != end[-1] or end == "ss") for end in ends)


def is_word(wrong: str, right: str, texts: Mapping[str, str]) -> bool:
    """Whether what seems misspelt in a name is a word of the project: then another name is meant."""
    odd = set(pieces(wrong)) - set(pieces(right))
    words = {word for text in texts.values() for word in _WORD.findall(text[:LARGEST])} - {wrong}
    return any(odd & set(pieces(word)) for word in words)


def _made(name: str, text: str) -> Iterator[str]:
    """Yield the names that a file defines: functions, types, variables, members, what is imported."""
    if not name.endswith(_PYTHON):
        yield from _said((_MADE, _GIVEN), text)
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Import):
            yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (one.asname for one in node.names if one.asname)


def _taken(name: str, text: str) -> Iterator[str]:
    """Yield the names that a file takes from others."""
    if not name.endswith(_PYTHON):
        yield from _said((_TAKEN,), text)
        return
    for names in re.findall(r"(?m)^[^\S\n]*from\s+[\w.]+\s+import\s+(\([^)]*\)|[^\n]*)", text):
        yield from _WORD.findall(names)


def _said(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[str]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield from _WORD.findall(" ".join(filter(None, match.groups())))


def _lines(word: str, texts: Iterable[str]) -> int:
    """Return in how many lines a name stands."""
    whole = re.compile(rf"^.*(?<![\w$]){re.escape(word)}(?![\w$]).*$", re.MULTILINE)
    return sum(len(whole.findall(text)) for text in texts)


def _named(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<![\w$]){re.escape(old)}(?![\w$])", new, text)
