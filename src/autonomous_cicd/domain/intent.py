"""Intent: whether a commit meant what it changed, by what its subject and its documents say of it.

What was meant is not undone, even where a test or a task was forgotten that still wants what was before:
which of the two is right only a person knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from autonomous_cicd.domain.file_kinds import is_document
from autonomous_cicd.domain.patch import Patch

__all__ = [
    "announced",
    "asks_for_variable",
    "changes_nothing",
    "confidential",
    "documented",
    "only_code",
    "pieces",
    "refuses",
    "removes",
    "spoken_of",
    "taken_away",
    "withholds",
    "withholds_apart",
]

_VERB = re.compile(
    r"^(?:\w+(?:\([^)]*\))?:\s*)?(?:[A-Z]+-\d+:?\s*)?"
    r"(?:remov|delet|drop|retir|stop|renam|rais|lower|increas|decreas|doubl|tripl|halv|refus|reject|forbid|disallow"
    r"|requir|allow|disabl|enabl|abolish|discontinu|sunset|get rid of|chang\w+ .*\b(?:to|from)\b"
    r"|set .*\bto\b)",
    re.IGNORECASE,
)
_MISTAKEN = re.compile(
    r"\b(?:unused|dead|redundant|duplicated?|superfluous|needless|unneeded|unnecessary|useless|left-?overs?"
    r"|not needed|noise)\b",
    re.IGNORECASE,
)
"""What says that nobody needs it: that is refuted by what fails now."""
_REMOVES = re.compile(
    r"^(?:\w+(?:\([^)]*\))?:\s*)?(?:[A-Z]+-\d+:?\s*)?"
    r"(?:remov|delet|drop|retir|abolish|discontinu|get rid of|purge|eras|stop)",
    re.IGNORECASE,
)
_CONFIDENTIAL = re.compile(
    r"\b(?:customers?|personal|private|secrets?|confidential|sensitive|credentials?|passwords?|gdpr|privacy"
    r"|copyright\w*|licen[cs]\w*|proprietary|leak\w*)\b",
    re.IGNORECASE,
)
_WITHHOLDS = re.compile(
    r"\b(?:do(?:es)? not|don't|no longer|not any more|never|stop|exclud\w*|leav\w+ out"
    r"|keep \w+ out|hid(?:e|den)|withhold|on purpose|internal only)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"tests?|testing|docs?|documentation|examples?|samples|demos|benchmarks?|fixtures")
_AROUND = re.compile(
    r"do|does|don|t|no|not|longer|any|more|never|stop|keep|leave|out|exclud\w*|remov\w*|drops?|delete|ship\w*"
    r"|install\w*|includ\w*|packag\w*|build|distribut\w*|publish|releases?|archive|sdist|wheels?|setup|py|chore"
    r"|files?|folder|directory|users|the|a|our|their|its|from|in|into|with|of|to|as|part|and|or"
)
"""Words that say of something that it is not given, and to whom."""
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_VARIABLE = re.compile(
    r"(?:environ(?:\.get)?\s*[\[(]\s*|getenv\s*\(\s*|process\.env\s*\[\s*|ENV(?:\.fetch)?\s*[\[(]\s*)['\"](\w+)['\"]"
    r"|process\.env\.(\w+)|\$\{?([A-Z][A-Z0-9_]+)\b"
)
_REFUSES = re.compile(r"\b(?:raise|throw|panic!?|abort|fail)\b[^'\"`]*['\"`]([^'\"`{}%$\\]+)")
_CHANGES_NOTHING = re.compile(
    r"\b(?:refactor|tid(?:y|ied)|clean|simplif|shorten|speed|optimi[sz]|performance|reformat"
    r"|style|lint|typos?|spelling|reorder|mov(?:e|ed|ing)|extract|inline|split|restructur|reorgani[sz]"
    r"|annotat|moderni[sz]|reuse|dedup|unused|duplicat|comments?|type hints?|rewrap|indent"
    r"|whitespace)\w*|\b(?:fast(?:er)?|perf|dead|dry(?![- ]?run))\b"
    r"|\b(?:f-strings?|comprehensions?|one-liners?|early returns?|more (?:readable|legible|concise))\b"
    r"|\b(?:for|improve|better) (?:clarity|readability|legibility)\b"
    r"|^(?:use|make it) (?:a )?(?:single|one) (?:loop|pass|expression|lookup)\b"
    r"|^avoid (?:a |an )?(?:copy|copies|loop)"
    r"|^(?:say|write|state|spell|define|compute|look up) (?:[\w`-]+ ){1,5}(?:only )?once$"
    r"|\bformat(?:ting|ted)?(?: the)? (?:code|files?|sources?|with)\b|\bformat(?:ting|ted)?\W*$"
    r"|\bsort(?:ed|ing)?(?: the)? (?:imports?|includes?|methods|functions)\b"
    r"|^(?:docs?|style|perf|refactor)\b"
    r"|^(?:describe|explain|document|note|mention|say (?:what|more|how|why))\b",
    re.IGNORECASE,
)
"""What says that nothing changes for those who use it: what did change is a slip then."""
_OF_WHAT = re.compile(
    r"\b(?:mov(?:e|ed|ing)|extract\w*|split\w*|reorder\w*|speed(?!(?:s|ing)? up)\w*|clean(?!\w*[ -]?up)\w*"
    r"|duplicat\w*|dedup\w*|comments?)",
    re.IGNORECASE,
)
"""Words of these that are as often said of what a program does, or deals with."""


def changes_nothing(subject: str) -> bool:
    """Whether a subject says that nothing changes for those who use it."""
    return bool(_CHANGES_NOTHING.search(subject))


def only_code(subject: str) -> bool:
    """Whether a subject says that nothing changes in words that are said of nothing but code."""
    return changes_nothing(_OF_WHAT.sub("", subject))


def removes(subject: str) -> bool:
    """Whether a subject says that something is taken away that somebody could still use."""
    return bool(_REMOVES.match(subject)) and not _MISTAKEN.search(subject)


def confidential(subject: str) -> bool:
    """Whether a subject says that something must not be seen, or not be given to others."""
    return bool(_CONFIDENTIAL.search(subject))


def taken_away(subject: str, patch: Patch, file: str) -> bool:
    """Whether a commit removed a file on purpose: it or its documents say so, or it removed nothing else."""
    name = PurePosixPath(file)
    if confidential(subject) or documented(patch, (name.name,)) or announced(subject, (name.name, name.stem)):
        return True
    return removes(subject) and [one.name for one in patch if one.after is None] == [file]


def withholds(subject: str) -> bool:
    """Whether a subject says that something is not given, done or wanted any more."""
    return removes(subject) or bool(_WITHHOLDS.search(subject))


def withholds_apart(subject: str, name: str) -> bool:
    """Whether all that a subject withholds are checks, documents or examples, and a name is none of them."""
    named = [one for one in pieces(subject) if not _AROUND.fullmatch(one)]
    own = any(map(_APART.fullmatch, pieces(name)))
    return bool(named) and all(map(_APART.fullmatch, named)) and not own


def announced(subject: str, names: Iterable[str]) -> str:
    """Return the name that a subject says was removed, renamed, or given another value; "" when none is."""
    verb = _VERB.match(subject)
    if verb is None or _MISTAKEN.search(subject):
        return ""
    said = set(pieces(subject))
    found = (name for name in names if (own := set(pieces(name))) and max(map(len, own)) > 2 and own <= said)
    return min(found, default="")


def documented(patch: Patch, names: Iterable[str]) -> str:
    """Return the document that a commit changed as well, where it speaks of these names; "" if none does."""
    wanted = sorted(names)
    for change in patch:
        if is_document(change.name) and any(
            spoken_of(line, wanted) for side in change.lines for line in side
        ):
            return change.name
    return ""


def spoken_of(text: str, names: Iterable[str]) -> str:
    """Return the name that a text speaks of; "" when it speaks of none of them."""
    wanted = "|".join(re.escape(name) for name in sorted(names) if len(name) > 2)
    found = re.search(rf"(?<![\w-])(?:{wanted})(?![\w-])", text) if wanted else None
    return found[0] if found else ""


def asks_for_variable(before: Iterable[str], after: Iterable[str], failing: str) -> str:
    """Return the variable of the environment that lines read for the first time, and that is missed now."""
    old = set(_variables(before))
    missed = (one for one in _variables(after) if one not in old and re.search(rf"\b{one}\b", failing))
    return next(missed, "")


def refuses(before: Iterable[str], after: Iterable[str], failing: str) -> str:
    """Return the words with which new lines refuse something on purpose, and that are said now."""
    old = "\n".join(before)
    said = (found[1] for line in after for found in _REFUSES.finditer(line[:500]))
    meant = (words for words in said if words.count(" ") > 1 and words not in old and words in failing)
    return next(meant, "")


def _variables(lines: Iterable[str]) -> Iterable[str]:
    return (next(filter(None, found)) for line in lines for found in _VARIABLE.findall(line))


def pieces(text: str) -> Iterable[str]:
    """Yield the words of a text, and those that its names are made of, in small letters."""
    return (piece.lower() for piece in _PIECE.findall(text))
