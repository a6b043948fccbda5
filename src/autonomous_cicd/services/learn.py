"""Learn: every confirmed or corrected diagnosis becomes a lesson; lessons sharpen what comes later.

What is learned may re-order what the rules say, and name what they leave open; it makes nothing bolder:
a category that only experience speaks for stays below the confidence from which anything is done unasked,
unless a person here said so of this very failure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.fingerprint import fingerprint, together
from autonomous_cicd.domain.lesson import Experience, Guess, Lesson, Teacher, words_of
from autonomous_cicd.domain.wording import hedged, meaning
from autonomous_cicd.services.explain import retold

__all__ = ["BOLDEST", "SURE", "lesson_of", "sharpened", "with_experience"]

BOLDEST = 0.7
"""Confidence of what only experience says: below every threshold from which something is done."""
SAID = 0.9
"""Confidence of what a person said of this very failure."""
SURE = 0.8
"""Confidence from which the rules are not contradicted by likeness."""
SHARE = 0.55
"""Probability from which a guess is told."""
FEWEST = 2
"""Lessons of a category from which likeness counts."""

PROOF = 4
"""Lines of proof by which a failure is known again."""
_NO_RULES = frozenset({"last-lines", "agent"})
"""What recognises anything: its record says nothing, and neither does its name."""

Tells = Callable[[str], bool]
"""Whether a line says why something failed: see `services.telling`."""


def lesson_of(
    failure: Failure, category: Category, teacher: Teacher, now: float, tells: Tells = bool
) -> Lesson | None:
    """Return what is to be learned when a failure turned out to be of a category.

    None when it was told by lines that only say that something failed: they come with every other cause too.
    """
    known = _Known(failure, tells)
    if not known.fingerprint:
        return None
    return Lesson(
        fingerprint=known.fingerprint,
        category=category,
        words=known.words,
        rule=known.rule,
        diagnosed=_diagnosed(failure),
        teacher=teacher,
        at=now,
    )


def with_experience(
    failures: Sequence[Failure], experience: Experience, tells: Tells = bool
) -> tuple[Failure, ...]:
    """Return the failures as experience sees them, the root cause still first."""
    if not experience.lessons:
        return tuple(failures)
    return tuple(sharpened(failure, experience, tells) for failure in failures)


def sharpened(failure: Failure, experience: Experience, tells: Tells = bool) -> Failure:
    """Return a failure with what was learned of it, of those like it, and of its rule."""
    own = _Known(failure, tells)
    said = experience.same(own.fingerprint, Teacher.PERSON)
    if said:
        return _named(failure, said, min(SAID, max(said.share, 0.8)))
    known = experience.same(own.fingerprint)
    if known and (known.category is not failure.category or failure.confidence < BOLDEST):
        return _named(failure, known, BOLDEST) if failure.confidence < SURE else failure
    confidence = experience.sharpened(own.rule, failure.confidence)
    if confidence < SURE:
        guess = experience.alike(own.words)
        if guess and guess.share >= SHARE and guess.examples >= FEWEST:
            return _by_likeness(failure, guess, confidence)
    return _believed(failure, min(confidence, 0.99))


class _Known:
    """By what a failure is known again: what says why it failed, never what only says that it did."""

    def __init__(self, failure: Failure, tells: Tells) -> None:
        telling = [quote.text for quote in failure.evidence[:PROOF] if tells(quote.text)]
        named = tells(failure.message)
        self.fingerprint = failure.fingerprint if named else together(failure.fingerprint, telling)
        self.rule = failure.rule if named and failure.rule not in _NO_RULES else ""
        self.words = words_of(telling, self.rule)


def _diagnosed(failure: Failure) -> Category:
    """Return what the rules took a failure for, whatever was learned of it since."""
    first = (one for one in Category if fingerprint(one, failure.message) == failure.fingerprint)
    return next(first, failure.category)


def _by_likeness(failure: Failure, guess: Guess, confidence: float) -> Failure:
    if guess.category is failure.category:
        return _believed(failure, max(confidence, min(guess.share, BOLDEST)))
    if failure.category is Category.UNKNOWN or guess.share > max(confidence, 0.75):
        return _named(failure, guess, min(guess.share, BOLDEST))
    return _believed(failure, confidence)


def _named(failure: Failure, guess: Guess, confidence: float) -> Failure:
    """Return a failure with the category that was learned."""
    if guess.category is failure.category:
        return _believed(failure, max(confidence, failure.confidence))
    advice = usual(guess.category)
    times = "once" if guess.examples == 1 else f"{guess.examples} times"
    named = replace(
        failure,
        category=guess.category,
        severity=advice.severity,
        remedies=advice.remedies,
        confidence=round(confidence, 2),
        cause=meaning(guess.category),
    )
    return replace(named, explanation=retold(named, f"What was learned {times} says what this is"))


def _believed(failure: Failure, confidence: float) -> Failure:
    explanation = hedged(failure.explanation, confidence)
    return replace(failure, confidence=round(confidence, 2), explanation=explanation)
