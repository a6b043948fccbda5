"""A bench for remedies on which nothing is executed: what comes of trying is written down beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from autonomous_cicd.adapters.memory import MemoryFiles, MemoryPackages
from autonomous_cicd.cases import Case, Remedy, Tried
from autonomous_cicd.domain.brief import Brief
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Category, Failure, Place, Quote, Severity
from autonomous_cicd.domain.incident import Attempt
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.domain.remedy import Edit, Prescription
from autonomous_cicd.domain.run import StepResult, TaskResult, TaskStatus
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.errors import NotFound
from autonomous_cicd.ports import Packages
from autonomous_cicd.values import dataclass

__all__ = ["FakeBench", "FakePast", "case_of", "edited", "edits", "failure_of", "prescribed"]

FAILED = Tried(exit_code=1, log="")
MACHINE = Machine(
    cores=4,
    memory=8 * 1024**3,
    interpreters=(
        Interpreter(language="node", version="20.20.2", path="/bin/node"),
        Interpreter(language="python", version="3.11.7", path="/bin/python3.11"),
    ),
    programs={"npm": "/bin/npm", "uv": "/bin/uv", "git": "/bin/git"},
)


@dataclass(frozen=True, slots=True)
class FakePast:
    """A history that is written down: commits with their patches, the newest first."""

    patches: tuple[Patch, ...] = ()
    green: str = ""
    subjects: tuple[str, ...] = ()

    def commits(self, limit: int = 50) -> tuple[Commit, ...]:
        """Return the newest commits."""
        subjects = (*self.subjects, *[""] * len(self.patches))
        return tuple(
            Commit(id=f"{number:040x}", subject=subject, files=patch.files)
            for number, (patch, subject) in enumerate(zip(self.patches, subjects, strict=False))
        )[:limit]

    def patch_of(self, commit: str) -> Patch:
        """Return what a commit changed."""
        return self.patches[int(commit, 16)]


@dataclass(slots=True, kw_only=True)
class FakeBench:
    """Answers as it was told, and keeps what it was asked."""

    past: FakePast = field(default_factory=FakePast)
    packages: Packages = field(default_factory=MemoryPackages)
    checking: Callable[[Patch], Tried] = lambda patch: FAILED
    executing: Callable[[tuple[str, ...], Patch], Tried] = lambda argv, patch: FAILED
    scripting: Callable[[str, Patch], Tried] = lambda script, patch: FAILED
    answering: Callable[[Brief], Tried] | None = None
    """What the agent does; None: there is none."""
    checked: list[Patch] = field(default_factory=list)
    asked: list[Brief] = field(default_factory=list)
    executed: list[tuple[str, ...]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)

    async def check(self, patch: Patch) -> Tried:
        """Return what comes of the failing task with a patch."""
        self.checked.append(patch)
        return self.checking(patch)

    async def instead(self, script: str, patch: Patch = NOTHING) -> Tried:
        """Return what comes of a script in place of the failing step."""
        self.scripts.append(script)
        return self.scripting(script, patch)

    async def ask(self, brief: Brief) -> Tried:
        """Return what the agent did and said."""
        if self.answering is None:
            raise NotFound("no agent is configured")
        self.asked.append(brief)
        return self.answering(brief)

    async def execute(
        self,
        *argv: str,
        patch: Patch = NOTHING,
        env: Mapping[str, str] | None = None,
        folder: str = ".",
        seconds: float = 300.0,
    ) -> Tried:
        """Return what comes of a program."""
        self.executed.append(argv)
        return self.executing(argv, patch)


def failure_of(
    log: str,
    category: Category = Category.UNKNOWN,
    *,
    message: str = "",
    rule: str = "",
    place: Place | None = None,
    files: tuple[str, ...] = (),
    tests: tuple[str, ...] = (),
) -> Failure:
    """Return a failure whose message and evidence are the lines of a log; without a message, the first."""
    lines = [Quote(number, line) for number, line in enumerate(log.splitlines(), 1) if line.strip()]
    first = next(
        (one for one in lines if message and message in one.text), lines[0] if lines else Quote(1, "")
    )
    return Failure(
        category=category,
        severity=Severity.HIGH,
        confidence=0.95,
        message=first.text,
        line=first.line,
        evidence=(first, *(one for one in lines if one != first))[:6],
        fingerprint="f" * 16,
        cause="",
        explanation="",
        rule=rule,
        place=place or Place(),
        files=files,
        tests=tests,
    )


def case_of(
    files: Mapping[str, str],
    log: str,
    failure: Failure | None = None,
    bench: FakeBench | None = None,
    *,
    script: str = "",
    step: StepResult | None = None,
    job: JobPlan | None = None,
    executable: frozenset[str] = frozenset(),
    attempts: Sequence[Attempt] = (),
    machine: Machine = MACHINE,
) -> Case:
    """Return the case of a project with these files, whose task printed this log."""
    cause = failure or failure_of(log)
    steps = (step,) if step else ()
    if script and not step:
        steps = (StepResult(name="Test", status=TaskStatus.FAILED, seconds=1.0, exit_code=1, command=script),)
    command = Command(argv=("sh", "-c", script or "true"))
    return Case(
        failure=cause,
        task=Task(name="test", stage=Stage.TEST, commands=() if job else (command,), job=job),
        result=TaskResult(name="test", status=TaskStatus.FAILED, exit_code=1, steps=steps, failures=(cause,)),
        log=log,
        files=MemoryFiles(files),
        executable=executable.__contains__,
        machine=machine,
        bench=bench or FakeBench(),
        attempts=tuple(attempts),
        failures=(cause,),
    )


def prescribed(remedy: Remedy, case: Case) -> list[Prescription]:
    """Return what a remedy prescribes: nothing when it does not even suit."""
    if remedy.suits(case.failure) <= 0:
        return []
    return list(asyncio.run(remedy.prescribe(case)))


def edits(prescriptions: Sequence[Prescription]) -> list[Edit]:
    """Return the edits of them."""
    return [one for one in prescriptions if isinstance(one, Edit)]


def edited(files: Mapping[str, str], edit: Edit) -> dict[str, str]:
    """Return the files of a project with an edit made. Raises Conflict when it does not fit."""
    after = {**files}
    for name, text in edit.patch.applied(files).items():
        if text is None:
            del after[name]
        else:
            after[name] = text
    return after
