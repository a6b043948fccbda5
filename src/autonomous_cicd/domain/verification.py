"""Verification: the proof that a prescription works, or that it does not."""

from __future__ import annotations

from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = ["NO_TESTS", "Counts", "Outcome", "Trial", "Verification"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Tests by what became of them, over all tasks of a run."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def ran(self) -> int:
        """Tests that were executed."""
        return self.passed + self.failed

    def __add__(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(
            passed=self.passed + other.passed,
            failed=self.failed + other.failed,
            skipped=self.skipped + other.skipped,
        )


NO_TESTS = Counts()


class Outcome(StrEnum):
    """What came of trying a prescription."""

    GREEN = "green"
    """The whole pipeline passed."""
    PROGRESS = "progress"
    """This failure is gone, nothing that passed before fails, and another failure is left."""
    SAME = "same"
    """The same failure again."""
    WORSE = "worse"
    """Something fails that did not fail before."""
    REFUSED = "refused"
    """It was not run: it would have hidden the failure, or did not apply."""
    STOPPED = "stopped"
    """It was ended before anything could be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run that a verification rests on."""

    run: str
    """Id of the run in the store."""
    what: str
    """What was run: `as it was`, `with the change`."""
    green: bool
    seconds: float
    commands: tuple[tuple[str, int | None], ...] = ()
    """What was executed, with exit codes."""
    tests: Counts = NO_TESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The proof that a prescription works, or that it does not."""

    outcome: Outcome
    reason: str = ""
    """Why, in plain words, when it is not green."""
    red: tuple[Trial, ...] = ()
    """The runs in which the failure was seen, as the project was."""
    trials: tuple[Trial, ...] = ()
    """The runs with the prescription."""

    @property
    def passed(self) -> bool:
        """Whether the failure is gone and nothing else broke."""
        return self.outcome in (Outcome.GREEN, Outcome.PROGRESS)
