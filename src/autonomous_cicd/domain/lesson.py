"""Lesson: what somebody or something confirmed of a failure; and what can be concluded from many of them."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.fingerprint import template
from autonomous_cicd.values import dataclass

__all__ = ["Experience", "Guess", "Lesson", "Teacher", "words_of"]

WORDS = 80
"""Words of a failure that are learned from."""
LONGEST = 40
_WORD = re.compile(r"[A-Za-z_][\w.@-]*|[^\w\s]{2,4}")


class Teacher(StrEnum):
    """Who or what a lesson comes from."""

    PERSON = "person"
    """Somebody here confirmed or corrected a diagnosis."""
    HEALING = "healing"
    """A remedy for it was proven."""
    IMPORT = "import"
    """Another installation's knowledge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One failure of which the category is known."""

    fingerprint: str
    category: Category
    words: tuple[str, ...]
    """What its proving lines say, without what varies."""
    rule: str = ""
    """What had recognised it."""
    diagnosed: Category = Category.UNKNOWN
    """What it had been taken for."""
    teacher: Teacher = Teacher.PERSON
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Guess:
    """What experience says of a failure."""

    category: Category
    share: float
    """Probability, by experience alone."""
    examples: int
    """Lessons that it rests on."""


def words_of(lines: Iterable[str], rule: str = "") -> tuple[str, ...]:
    """Return the words by which failures are compared, each once."""
    found = [f"rule={rule}"] if rule else []
    for line in lines:
        found += [word.lower() for word in _WORD.findall(template(line)) if len(word) <= LONGEST]
    return tuple(dict.fromkeys(found))[:WORDS]


@dataclass(slots=True)
class Experience:
    """All lessons, counted: a naive Bayes classifier that learns one at a time, and records of the rules."""

    lessons: int = 0
    by_category: Counter[Category] = field(default_factory=Counter)
    by_word: dict[str, Counter[Category]] = field(default_factory=lambda: defaultdict(Counter))
    by_fingerprint: dict[str, Counter[tuple[Category, Teacher]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    by_rule: dict[str, Counter[bool]] = field(default_factory=lambda: defaultdict(Counter))
    """How often a rule was right and wrong about the category."""

    @classmethod
    def of(cls, lessons: Iterable[Lesson]) -> Experience:
        """Return the experience that these lessons make."""
        made = cls()
        for lesson in lessons:
            made.learn(lesson)
        return made

    def learn(self, lesson: Lesson) -> None:
        """Take one lesson."""
        self.lessons += 1
        self.by_category[lesson.category] += 1
        for word in lesson.words:
            self.by_word[word][lesson.category] += 1
        self.by_fingerprint[lesson.fingerprint][lesson.category, lesson.teacher] += 1
        if lesson.rule:
            self.by_rule[lesson.rule][lesson.category is lesson.diagnosed] += 1

    def same(self, fingerprint: str, teacher: Teacher | None = None) -> Guess | None:
        """Return what was learned of this very failure (from that teacher)."""
        counted: Counter[Category] = Counter()
        for (category, who), count in self.by_fingerprint.get(fingerprint, {}).items():
            if teacher is None or who is teacher:
                counted[category] += count
        if not counted:
            return None
        category, count = counted.most_common(1)[0]
        total = counted.total()
        return Guess(category, (count + 1) / (total + 2), count)

    def alike(self, words: Sequence[str]) -> Guess | None:
        """Return what failures with such words turned out to be; None without any in common."""
        known = [word for word in words if word in self.by_word]
        if not known or len(self.by_category) < 2:
            return None
        scores = self._scores(known)
        best = max(scores, key=lambda category: scores[category])
        top = scores[best]
        share = 1 / sum(math.exp(score - top) for score in scores.values())
        return Guess(best, share, self.by_category[best])

    def sharpened(self, rule: str, confidence: float) -> float:
        """Return the confidence in a rule with its own record counted in."""
        record = self.by_rule.get(rule)
        if not record:
            return confidence
        return (confidence * _PRIOR + record[True]) / (_PRIOR + record.total())

    def _scores(self, words: Sequence[str]) -> Mapping[Category, float]:
        """Return for each category the logarithm of how well it explains the words."""
        scores = {}
        for category, count in self.by_category.items():
            score = math.log(count / self.lessons)
            for word in words:
                seen = self.by_word[word]
                usual = seen.total() / self.lessons
                score += math.log((seen[category] + usual) / (count + 1))
            # Words of one line are far from independent: taken at their face, every guess would be certain.
            scores[category] = score * _TEMPER
        return scores


_PRIOR = 8.0
"""Cases that what a rule says of itself counts for."""
_TEMPER = 0.35
"""By how much the evidence of many words is tempered."""
