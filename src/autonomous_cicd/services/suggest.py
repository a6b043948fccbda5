"""Suggest: what recurs and no rule knows becomes a draft of a rule, proven by what was seen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

import re2

from autonomous_cicd.domain.clusters import ANY, Cluster, clusters
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.lesson import Experience, words_of
from autonomous_cicd.errors import DocumentError
from autonomous_cicd.ports import Diagnosed
from autonomous_cicd.rules.load import text_rules
from autonomous_cicd.values import dataclass

__all__ = ["Suggestion", "suggestions"]

FEWEST = 2
"""Times that something must have been seen."""
SURE = 0.6
"""Confidence below which the rules are said to leave a cause open."""
SAYING = 8
"""Letters and digits that the lines must have in common."""
EXAMPLES = 3
_ODD = re.compile(r"[^\S \t\n\f\r]|[^\D0-9]")
"""Spaces and digits that RE2 does not take for such."""
_ANY_SPACE = "[\\s\v\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
_VARIABLE = re.compile(r"<(?:url|path|id|time|number|\*)>(?:/[\w.<>-]+)?")
_PIECES = {"number": "[DIGIT.]+", "id": "[0-9a-fA-Fx-]+", "time": "[DIGIT:.TZ -]+"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A candidate for a new rule."""

    id: str
    pattern: str
    category: Category
    times: int
    examples: tuple[str, ...]

    def toml(self) -> str:
        """Return the draft, ready to be put into a file and to be completed."""
        examples = ", ".join(_quoted(one) for one in self.examples)
        return "\n".join([
            f"# Seen {self.times} times. Give it a cause that helps, and a near miss; check the category.",
            "[[rule]]",
            f"id = {_quoted(self.id)}",
            f"pattern = {_quoted(self.pattern)}",
            f"category = {_quoted(self.category.value)}",
            "confidence = 0.7",
            f"cause = {_quoted(self.examples[0][:120].replace('{', '(').replace('}', ')'))}",
            f"match = [{examples}]",
            "miss = []",
            "",
        ])  # fmt: skip


def suggestions(
    seen: Iterable[Diagnosed], experience: Experience, tells: Callable[[str], bool] = bool
) -> Iterator[Suggestion]:
    """Yield candidates for rules: what was seen again and is still open, the most frequent first.

    `tells`: whether a line says why something failed; one that comes with any cause makes no rule.
    """
    left_open = [
        one
        for one in seen
        if (one.failure.category is Category.UNKNOWN or one.failure.confidence < SURE)
        and _writable(one.failure.message)
        and tells(one.failure.message)
    ]
    names: set[str] = set()
    for cluster in clusters((one.failure.message, one.times) for one in left_open):
        pattern = _pattern(cluster)
        draft = Suggestion(
            id=_free(_name(cluster.words), names),
            pattern=pattern,
            category=_category(cluster, left_open, experience),
            times=cluster.times,
            examples=tuple(one for one in cluster.lines if re2.search(pattern, one))[:EXAMPLES],
        )
        if cluster.times >= FEWEST and _fixed(cluster) >= SAYING and _holds(draft):
            names.add(draft.id)
            yield draft


def _fixed(cluster: Cluster) -> int:
    """Return how many letters and digits its lines have in common."""
    return sum(len(re.sub(r"\W", "", _VARIABLE.sub("", word))) for word in cluster.words)


def _holds(draft: Suggestion) -> bool:
    """Return whether a draft is a rule that matches its own examples."""
    try:
        return bool(draft.examples and text_rules(draft.toml(), "draft"))
    except DocumentError:
        return False


def _category(cluster: Cluster, seen: Sequence[Diagnosed], experience: Experience) -> Category:
    """Return what a person said of one of them, or what experience thinks."""
    lines = set(cluster.lines)
    for one in seen:
        if one.failure.message in lines and (said := experience.same(one.failure.fingerprint)):
            return said.category
    guess = experience.alike(words_of(cluster.lines[:1]))
    return guess.category if guess else Category.UNKNOWN


def _pattern(cluster: Cluster) -> str:
    """Return a pattern in RE2's syntax: what the lines have in common, and whatever between."""
    odd = any(map(_ODD.search, cluster.lines))
    space, digit = (_ANY_SPACE, r"\S") if odd else (r"\s+", r"\d")
    words = (_word(word, digit) for word in cluster.words)
    return space.join(words).replace(rf"\S+{space}\S+", r"\S+.*\S")


def _word(word: str, digit: str) -> str:
    if word == ANY:
        return r"\S+"
    parts, position = [], 0
    for match in _VARIABLE.finditer(word):
        piece = _PIECES.get(match[0].strip("<>"), r"\S+")
        parts += [re.escape(word[position : match.start()]), piece.replace("DIGIT", digit)]
        position = match.end()
    return "".join([*parts, re.escape(word[position:])]).replace("\\ ", " ")


def _name(words: Sequence[str]) -> str:
    plain = [
        word
        for word in re.findall(r"[a-z]{3,}", " ".join(words).lower())
        if word not in ("number", "path", "url")
    ]
    return "-".join(plain[:5]) or "unnamed"


def _free(name: str, taken: Container[str]) -> str:
    """Return a name that no draft has yet."""
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


def _writable(text: str) -> bool:
    """Return whether a document can hold a text: half characters and NUL it cannot."""
    return not re.search("[\0\ud800-\udfff]", text)
