"""Suggest: what recurs and no rule knows becomes a draft of a rule, proven by what was seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from autonomous_cicd.domain.clusters import ANY, Cluster, clusters
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.lesson import Experience, words_of
from autonomous_cicd.ports import Diagnosed
from autonomous_cicd.values import dataclass

__all__ = ["Suggestion", "suggestions"]

FEWEST = 2
"""Times that something must have been seen."""
SURE = 0.6
"""Confidence below which the rules are said to leave a cause open."""
EXAMPLES = 3
_VARIABLE = re.compile(r"<(?:url|path|id|time|number|\*)>(?:/[\w.<>-]+)?")
_PIECES = {"number": r"[\d.]+", "id": r"[0-9a-fA-Fx-]+", "time": r"[\d:.TZ -]+"}


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


def suggestions(seen: Iterable[Diagnosed], experience: Experience) -> Iterator[Suggestion]:
    """Yield candidates for rules: what was seen again and is still open, the most frequent first."""
    left_open = [
        one for one in seen if one.failure.category is Category.UNKNOWN or one.failure.confidence < SURE
    ]
    for cluster in clusters((one.failure.message, one.times) for one in left_open):
        pattern = _pattern(cluster)
        if cluster.times >= FEWEST and len(re.sub(r"\\.|\W", "", pattern)) >= 8:
            yield Suggestion(
                id=_name(cluster.words),
                pattern=pattern,
                category=_category(cluster, left_open, experience),
                times=cluster.times,
                examples=tuple(one for one in cluster.lines if re.search(pattern, one))[:EXAMPLES],
            )


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
    return r"\s+".join(_word(word) for word in cluster.words).replace(r"\S+\s+\S+", r"\S+.*\S")


def _word(word: str) -> str:
    if word == ANY:
        return r"\S+"
    parts, position = [], 0
    for match in _VARIABLE.finditer(word):
        parts += [re.escape(word[position : match.start()]), _PIECES.get(match[0].strip("<>"), r"\S+")]
        position = match.end()
    return "".join([*parts, re.escape(word[position:])]).replace("\\ ", " ")


def _name(words: Sequence[str]) -> str:
    plain = [
        word
        for word in re.findall(r"[a-z]{3,}", " ".join(words).lower())
        if word not in ("number", "path", "url")
    ]
    return "-".join(plain[:5]) or "unnamed"


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
