"""What was decided about a component, before it is written down as tasks."""

from __future__ import annotations

from dataclasses import replace

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.ecosystems.python.building import benchmark, build
from autonomous_cicd.ecosystems.python.checks import CheckPlan, decide_checks
from autonomous_cicd.ecosystems.python.facts import Facts
from autonomous_cicd.ecosystems.python.interpreter import minor
from autonomous_cicd.ecosystems.python.shapes import distribution
from autonomous_cicd.ecosystems.python.testing import Testing, decide_testing
from autonomous_cicd.values import dataclass

__all__ = ["Argv", "Plan", "check_needs", "decide", "label"]

Argv = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that was decided about one component."""

    facts: Facts
    machine: Machine
    interpreter: Interpreter
    testing: Testing | None
    checks: tuple[CheckPlan, ...]
    build: Argv
    benchmark: tuple[str, tuple[Argv, ...]] | None
    left_out: tuple[Skipped, ...]

    @property
    def uv(self) -> bool:
        """Whether uv is there, for installing and for tools that need an environment of their own."""
        return "uv" in self.machine.programs

    @property
    def member(self) -> bool:
        """Whether it uses the environment of the workspace that it belongs to."""
        return bool(self.facts.workspace) and self.facts.workspace != self.facts.folder

    @property
    def home(self) -> str:
        """The folder whose installation it uses."""
        return self.facts.workspace if self.member else self.facts.folder

    @property
    def environment(self) -> str:
        """The name of its interpreter environment."""
        return "python" if self.home == "." else f"{self.home}-python"

    @property
    def needed(self) -> dict[str, str]:
        """What has to be in its environment: requirements by the name of their distribution."""
        found: dict[str, str] = {}
        if self.testing and not (self.testing.own_environment and self.uv):
            found |= {name: name for name in self.testing.needed}
        for check in self.checks:
            if not check.alone and (self.member or not self.uv):
                found |= check_needs(check)
        if self.benchmark and self.benchmark[0] == "pytest-benchmark":
            found |= {"pytest-benchmark": "pytest-benchmark"}
        if self.build and not self.uv:
            found |= {"build": "build"}
        return found


def check_needs(check: CheckPlan) -> dict[str, str]:
    """Return what a checker needs in its environment: requirements by the name of their distribution."""
    own = {check.check.package: check.spec}
    return own | {distribution(text): text for text in check.plugins}


def decide(facts: Facts, machine: Machine, interpreter: Interpreter) -> Plan:
    """Return what is to be done with a component."""
    testing = decide_testing(facts, minor(interpreter))
    checks, left_out = decide_checks(facts)
    uv = "uv" in machine.programs
    if isinstance(testing, str):
        left_out = (*left_out, Skipped("testing", testing))
    return Plan(
        facts=facts,
        machine=machine,
        interpreter=interpreter,
        testing=testing if isinstance(testing, Testing) else None,
        checks=tuple(check if uv else replace(check, alone=False) for check in checks),
        build=build(facts, machine, interpreter),
        benchmark=benchmark(facts, machine, interpreter),
        left_out=tuple(Skipped(label(facts, one.what), one.reason) for one in left_out),
    )


def label(facts: Facts, name: str) -> str:
    """Return a name with the component that it belongs to: `packages/core: testing (pytest)`."""
    return name if facts.folder == "." else f"{facts.folder}: {name}"
