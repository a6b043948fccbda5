"""Slips: whether a change is as small as a slip of the hand: a sign, a letter, a line that got lost.

What brings new words, texts or numbers, or explains itself, was thought of; only whoever did it knows why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from autonomous_cicd.domain.hunks import Hunk, Part

__all__ = ["is_slip", "lost", "one_slip"]

MOST = 6
"""How much a slip may change: what is taken away counts once a token, what is new or other counts twice."""
LARGEST = 2000
"""Tokens of what is compared: to compare more takes longer than it is worth."""
SHORTEST_TEXT = 6
"""Characters, with its marks, of a text that is not just another sign when a letter of it is another one."""

_TOKEN = re.compile(
    r"""(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`)"""
    r"|\d[\w.]*|[^\W\d]\w*|[=!<>]==?|[-+*/%&|^]=|\*\*|//|&&|\|\||[-=]>|<<|>>|\+\+|--|\.\.\.|\?\?|\?\.|[^\s\w]"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d]\w*")
_KEYWORDS = frozenset({
    "and", "async", "await", "break", "const", "continue", "elif", "else", "false", "False", "for", "if",
    "in", "is", "let", "new", "nil", "None", "not", "null", "or", "pass", "return", "self", "this", "true",
    "True", "try", "undefined", "var", "while", "with",
})  # fmt: skip
_NOTES = {
    "#": (".py", ".pyi", ".pyx", ".rb", ".sh", ".pl", ".r", ".ex", ".exs", ".nim", ".jl"),
    "//": (
        ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".go", ".rs", ".java", ".kt", ".scala",
        ".php", ".c", ".cc", ".cpp", ".h", ".hpp", ".cs", ".swift", ".dart",
    ),
}  # fmt: skip
_IMPORTS = re.compile(
    r"(?:from\s+[\w.]+\s+)?import\s+[\w., *]+$|import\b.*[\"'];?$"
    r"|(?:const|let|var)\s[^=]*=\s*require\([^()]*\);?$"
)
_TEXT = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`""")
_RECKONS = re.compile(r"[-+*/%^]|\*\*|//|<<|>>|[<>]=?|[=!]==?|\[|return|[-+*/]=")
"""Tokens before a number that is reckoned with, and not just named."""


def is_slip(parts: Sequence[Hunk], *, breaks: bool) -> bool:
    """Whether parts are together no more than a slip of the hand.

    `breaks` tells that what fails now breaks down: then any one other word may be a slip, and more than one
    line may have it.
    """
    lines = [part for part in parts if part.part is Part.LINES and not _only_imports(part)]
    if lost(lines):
        return len([line for part in lines for line in part.removed if line.strip()]) <= 1
    cost, places = 0, 0
    for part in lines:
        old, new = (_tokens(side, part.file) for side in (part.removed, part.added))
        if _explained(part) or _least_cost(old, new) > MOST or max(len(old), len(new)) > LARGEST:
            return False
        sides = [[_tokens([line], part.file) for line in side] for side in (part.removed, part.added)]
        places += max(sum(one not in other for one in side) for side, other in (sides, sides[::-1]))
        known = {*_WORD.findall(part.change.before or ""), *_KEYWORDS, *old}
        for tag, at, end, start, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            gone, come = old[at:end], new[start:stop]
            cost += len(gone) if tag == "delete" else 2 * max(len(gone), len(come))
            if breaks and (len(parts) == len(gone) == len(come) == 1):
                continue
            for number in range(start, stop):
                if not _familiar(new[number], gone, known):
                    return False
                if not breaks and new[number] not in old and not _reckoned(new, number, gone):
                    return False
    return cost <= MOST and (breaks or places <= 1)


def _least_cost(old: Sequence[str], new: Sequence[str]) -> int:
    """Return what it costs at least to make one of the other: the tokens that only one of them has."""
    had, has = Counter(old), Counter(new)
    return max((had - has).total(), 2 * (has - had).total())


def lost(parts: Iterable[Hunk]) -> bool:
    """Whether parts only take lines away."""
    return not any(line.strip() for part in parts for line in part.added)


def one_slip(word: str, wanted: str) -> bool:
    """Whether one letter (too many, too few, wrong), or two that changed places, is all that differs."""
    if word == wanted or abs(len(word) - len(wanted)) > 1:
        return False
    pairs = zip(word, wanted, strict=False)
    start = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(word), len(wanted)))
    rest, other = word[start:], wanted[start:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return rest[1:] == other[1:] or rest[1:] == other or rest == other[1:] or swapped


def _only_imports(part: Hunk) -> bool:
    """Whether a part brings nothing but imports: nothing is lost without them."""
    return not part.removed and all(_IMPORTS.match(line) or not line.strip() for line in part.added)


def _familiar(token: str, gone: Sequence[str], known: set[str]) -> bool:
    """Whether a new token may come by a slip: it is a sign or a number, or it resembles what was there."""
    if token in known or not re.match(r"[^\W\d]|['\"`]", token):
        return True
    shortest = SHORTEST_TEXT if token[0] in "'\"`" else 2
    return len(token) > shortest and any(one_slip(token, one) for one in gone)


def _reckoned(tokens: Sequence[str], number: int, gone: Sequence[str]) -> bool:
    """Whether a token is no number, or one that is reckoned with and hardly differs from what was there."""
    token = tokens[number]
    if not token[0].isdigit():
        return True
    there = [float(one) for one in gone if _NUMBER.fullmatch(one)]
    near = bool(_NUMBER.fullmatch(token)) and any(abs(float(token) - one) <= 1 for one in there)
    reckons = number and _RECKONS.fullmatch(tokens[number - 1])
    return bool(reckons) and (near or token in ("0", "1"))


def _tokens(lines: Iterable[str], file: str) -> list[str]:
    return [token for line in lines for token in _TOKEN.findall(_code(line, file)[0])]


def _explained(part: Hunk) -> bool:
    """Whether new lines of code say in words what they do: a remark, or a text that stands alone."""
    old = {_code(line, part.file)[1] for line in part.removed}
    new = (_code(line, part.file)[1] for line in part.added)
    return any(" " in note and note not in old for note in new)


def _code(line: str, file: str) -> tuple[str, str]:
    """Return a line without its remark, and the remark."""
    suffix = PurePosixPath(file).suffix.lower()
    sign = next((sign for sign, endings in _NOTES.items() if suffix in endings), "")
    if line.strip().startswith(('"""', "'''", "/*", "* ")):
        return "", line.strip("\"'/* \n")
    hidden = _TEXT.sub(lambda match: "0" * len(match[0]), line)
    at = hidden.find(sign) if sign else -1
    return (line, "") if at < 0 else (line[:at], line[at:].strip("#/ \n"))
