"""Learn: every confirmed or corrected diagnosis becomes a lesson; lessons sharpen what comes later.

What is learned may re-order what the rules say, and name what they leave open; it makes nothing bolder:
a category that only experience speaks for stays below the confidence from which anything is done unasked,
unless a person here said so of this very failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.lesson import Experience, Guess, Lesson, Teacher, words_of
from autonomous_cicd.domain.wording import meaning

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


def lesson_of(failure: Failure, category: Category, teacher: Teacher, now: float) -> Lesson:
    """Return what is to be learned when a failure turned out to be of a category."""
    return Lesson(
        fingerprint=failure.fingerprint,
        category=category,
        words=words_of([quote.text for quote in failure.evidence[:4]], failure.rule),
        rule=failure.rule,
        diagnosed=failure.category,
        teacher=teacher,
        at=now,
    )


def with_experience(failures: Sequence[Failure], experience: Experience) -> tuple[Failure, ...]:
    """Return the failures as experience sees them, the root cause still first."""
    if not experience.lessons:
        return tuple(failures)
    return tuple(sharpened(failure, experience) for failure in failures)


def sharpened(failure: Failure, experience: Experience) -> Failure:
    """Return a failure with what was learned of it, of those like it, and of its rule."""
    said = experience.same(failure.fingerprint, Teacher.PERSON)
    if said:
        return _named(failure, said, min(SAID, max(said.share, 0.8)))
    known = experience.same(failure.fingerprint)
    if known and (known.category is not failure.category or failure.confidence < BOLDEST):
        return _named(failure, known, BOLDEST) if failure.confidence < SURE else failure
    confidence = experience.sharpened(failure.rule, failure.confidence)
    if confidence < SURE:
        guess = experience.alike(words_of([quote.text for quote in failure.evidence[:4]], failure.rule))
        if guess and guess.share >= SHARE and guess.examples >= FEWEST:
            return _by_likeness(failure, guess, confidence)
    return replace(failure, confidence=round(min(confidence, 0.99), 2))


def _by_likeness(failure: Failure, guess: Guess, confidence: float) -> Failure:
    if guess.category is failure.category:
        return replace(failure, confidence=round(max(confidence, min(guess.share, BOLDEST)), 2))
    if failure.category is Category.UNKNOWN or guess.share > max(confidence, 0.75):
        return _named(failure, guess, min(guess.share, BOLDEST))
    return replace(failure, confidence=round(confidence, 2))


def _named(failure: Failure, guess: Guess, confidence: float) -> Failure:
    """Return a failure with the category that was learned."""
    if guess.category is failure.category:
        return replace(failure, confidence=round(max(confidence, failure.confidence), 2))
    advice = usual(guess.category)
    times = "once" if guess.examples == 1 else f"{guess.examples} times"
    return replace(
        failure,
        category=guess.category,
        severity=advice.severity,
        remedies=advice.remedies,
        confidence=round(confidence, 2),
        explanation=f"{failure.explanation} What was learned {times} says: {meaning(guess.category)}.",
    )
