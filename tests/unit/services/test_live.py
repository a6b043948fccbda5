"""What goes wrong is told while the task still runs, once, and only when it is sure."""

from __future__ import annotations

from tests.worlds import task

from autonomous_cicd.adapters.memory import MemoryObserver
from autonomous_cicd.domain.diagnosis import Category, Failure, Quote, Severity
from autonomous_cicd.services.live import PAUSE, LiveDiagnosis

FAILURE = Failure(
    category=Category.NETWORK,
    severity=Severity.MEDIUM,
    confidence=0.95,
    message="no such host",
    line=1,
    evidence=(Quote(1, "no such host"),),
    fingerprint="f",
    cause="",
    explanation="",
)


class Ear:
    """Hears what a task prints, by a clock that the test turns."""

    def __init__(self, failure: Failure = FAILURE) -> None:
        self.at = 100.0
        self.looks: list[bytes] = []
        self.observer = MemoryObserver()
        self.failure = failure
        self.live = LiveDiagnosis(
            task=task("a"), observer=self.observer, run_id="r", diagnose=self.diagnose, now=lambda: self.at
        )

    def diagnose(self, log: bytes, step: str, red: bool) -> tuple[Failure, ...]:
        assert ("a", False) == (step, red)
        self.looks.append(log)
        return (self.failure,)

    async def hear(self, text: bytes, after: float) -> None:
        self.at += after
        self.live.heard(text, lambda: b"all of it")
        await self.live.end()


async def test_trouble_is_told_once_after_a_while() -> None:
    ear = Ear()
    for _ in range(3):
        await ear.hear(b"error: no such host", PAUSE + 1)
    assert [b"all of it"] * 2 == ear.looks
    assert [("failing network", "a")] == ear.observer.heard


async def test_a_look_that_goes_wrong_disturbs_nobody() -> None:
    ear = Ear()

    def broken(log: bytes, step: str, red: bool) -> tuple[Failure, ...]:
        raise ValueError

    ear.live.diagnose = broken
    for _ in range(3):
        await ear.hear(b"error: no such host", PAUSE + 1)
    assert ear.live._looking
    assert None is ear.live._looking.exception()
    assert [] == ear.observer.heard


async def test_a_quiet_task_costs_nothing() -> None:
    ear = Ear()
    for _ in range(3):
        await ear.hear(b"all is well", PAUSE + 1)
    assert [] == ear.looks


async def test_it_does_not_look_at_every_line() -> None:
    ear = Ear()
    for _ in range(5):
        await ear.hear(b"error", PAUSE / 10)
    assert [] == ear.looks


async def test_a_guess_is_not_told() -> None:
    ear = Ear(Failure(**{**{name: getattr(FAILURE, name) for name in FAILURE.__slots__}, "confidence": 0.5}))
    for _ in range(2):
        await ear.hear(b"error", PAUSE + 1)
    assert [] == ear.observer.heard
