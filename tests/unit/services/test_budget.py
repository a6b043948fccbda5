"""How many tasks may run at once."""

from dataclasses import dataclass, field

from autonomous_cicd.domain.pipeline import Command, Ordering, Stage, Task
from autonomous_cicd.services.budget import PAUSE, RESERVE, Budget


@dataclass
class Meter:
    share: float = 0.0
    memory: int = 10 * RESERVE

    def cores(self) -> int:
        return 2

    def busy(self) -> float:
        return self.share

    def free(self) -> int:
        return self.memory

    def taken(self) -> int:
        return 0


@dataclass
class Clock:
    time: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def task(cores: float = 1.0, memory: int = 0) -> Task:
    command = Command(argv=("true",))
    return Task(name="t", stage=Stage.CUSTOM, commands=(command,), cores=cores, memory=memory)


def budget(meter: Meter, clock: Clock, **options: object) -> Budget:
    given = {"ordering": Ordering.ADAPTIVE, "cores": 2, "jobs": 4, "fixed": False} | options
    return Budget(meter=meter, clock=clock, **given)  # type: ignore[arg-type]


def test_the_first_task_always_fits() -> None:
    assert budget(Meter(share=1.0, memory=0), Clock()).fits(task(cores=99, memory=99 * RESERVE))


def test_one_at_a_time_when_sequential() -> None:
    one = budget(Meter(), Clock(), ordering=Ordering.SEQUENTIAL)
    one.start(task())
    assert one.full
    one.stop(task())
    assert not one.full


def test_a_number_that_a_person_gave_is_exact() -> None:
    fixed = budget(Meter(share=1.0, memory=0), Clock(), jobs=3, fixed=True)
    for _ in range(2):
        fixed.start(task())
    assert fixed.fits(task())
    assert not fixed.fits(task(memory=RESERVE))
    fixed.start(task())
    assert fixed.full
    assert not fixed.may_change


def test_no_more_than_the_processors_unless_they_are_idle() -> None:
    meter, clock = Meter(share=0.95), Clock()
    own = budget(meter, clock)
    for _ in range(2):
        own.start(task())
    assert not own.fits(task())
    meter.share = 0.1
    assert not own.fits(task())
    clock.time += PAUSE
    assert own.fits(task())
    assert not own.fits(task())
    clock.time += PAUSE
    assert own.fits(task())
    assert own.may_change


def test_parallel_does_not_go_beyond_the_processors() -> None:
    own = budget(Meter(share=0.0), Clock(), ordering=Ordering.PARALLEL)
    own.start(task(cores=2))
    assert not own.fits(task())
    assert not own.may_change


def test_a_task_that_needs_memory_waits_for_it() -> None:
    meter, clock = Meter(memory=2 * RESERVE), Clock()
    own = budget(meter, clock)
    own.start(task())
    assert own.fits(task(memory=RESERVE))
    assert not own.fits(task(memory=RESERVE + 1))


def test_running_tasks_share_the_memory_that_the_run_may_use() -> None:
    """Whatever the machine has: the operator may want to keep the rest."""
    bounded = budget(Meter(), Clock(), cores=8, memory=3 * RESERVE)
    bounded.start(task(memory=2 * RESERVE))
    assert bounded.fits(task(memory=RESERVE))
    assert not bounded.fits(task(memory=RESERVE + 1))
    bounded.stop(task(memory=2 * RESERVE))
    bounded.start(task())
    assert bounded.fits(task(memory=3 * RESERVE))


def test_known_needs_may_be_passed_over() -> None:
    alike = budget(Meter(), Clock(), weighed=False, cores=2, memory=RESERVE)
    alike.start(task(cores=9, memory=9 * RESERVE))
    assert alike.fits(task(cores=9, memory=9 * RESERVE))
    alike.start(task(cores=9))
    alike.stop(task(cores=9))
    assert (1, 1.0, 0) == (alike.running, alike.used, alike.expected)


def test_without_dynamic_scheduling_nothing_is_measured() -> None:
    still = budget(Meter(share=0.0, memory=0), Clock(), measured=False)
    still.start(task())
    assert still.fits(task(memory=99 * RESERVE))
    still.start(task())
    assert not still.fits(task())
    assert not still.may_change


def test_no_more_processors_are_kept_busy_than_there_are() -> None:
    for cores, expected in ((None, 2), (1, 1), (99, 2)):
        one = budget(Meter(), Clock(), cores=cores, ordering=Ordering.PARALLEL)
        one.start(task())
        assert (expected > 1) == one.fits(task())
        assert not one.fits(task(cores=2))
