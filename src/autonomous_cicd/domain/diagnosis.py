"""Category, Severity, Sighting, Failure: what is wrong and why."""

from __future__ import annotations

from enum import StrEnum

from autonomous_cicd.values import dataclass

__all__ = ["Category", "Diagnosed", "Failure", "Place", "Quote", "Role", "Severity", "Sighting"]


class Category(StrEnum):
    """What kind of cause a failure has."""

    DEPENDENCY_MISSING = "dependency_missing"
    DEPENDENCY_CONFLICT = "dependency_conflict"
    DEPENDENCY_BREAKING_CHANGE = "dependency_breaking_change"
    LOCKFILE_OUT_OF_SYNC = "lockfile_out_of_sync"
    COMPILE_ERROR = "compile_error"
    SYNTAX_ERROR = "syntax_error"
    IMPORT_ERROR = "import_error"
    TEST_FAILURE = "test_failure"
    TEST_TIMEOUT = "test_timeout"
    FLAKY_TEST = "flaky_test"
    LINT = "lint"
    FORMATTING = "formatting"
    TYPE_CHECK = "type_check"
    ENVIRONMENT = "environment"
    CONFIGURATION = "configuration"
    PERMISSION = "permission"
    NETWORK = "network"
    RATE_LIMIT = "rate_limit"
    RESOURCE_MEMORY = "resource_memory"
    RESOURCE_DISK = "resource_disk"
    RESOURCE_TIMEOUT = "resource_timeout"
    AUTHENTICATION = "authentication"
    SECURITY_GATE = "security_gate"
    COVERAGE_GATE = "coverage_gate"
    PACKAGING_BUILD = "packaging_build"
    INFRASTRUCTURE = "infrastructure"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How much it matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Role(StrEnum):
    """What a sighting is good for."""

    CAUSE = "cause"
    """It says why something failed."""
    HINT = "hint"
    """It may say why: a common word for trouble, believed only when the log failed and nothing says more."""
    EFFECT = "effect"
    """It says that something failed, not why: exit codes, summaries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something failed, as far as the log says it."""

    file: str = ""
    line: int = 0
    test: str = ""
    package: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One thing that a rule or a parser saw in a log."""

    rule: str
    """Name of the rule or parser."""
    category: Category
    severity: Severity
    confidence: float
    line: int
    """Number of the line that says it, from 1."""
    cause: str
    """In plain words, what is wrong."""
    role: Role = Role.CAUSE
    remedies: tuple[str, ...] = ()
    evidence: tuple[int, ...] = ()
    """Numbers of further lines that prove it, the most telling first."""
    covers: tuple[int, int] = (0, 0)
    """First and last line of what a parser understood: what else was seen in there is part of it."""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Quote:
    """A line of the log, fit to be shown."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One cause of a red log, explained."""

    category: Category
    severity: Severity
    confidence: float
    message: str
    """The line that states the cause."""
    line: int
    evidence: tuple[Quote, ...]
    """The proving lines, the most telling first."""
    fingerprint: str
    """The same for the same cause, whatever the numbers, paths, hashes and times."""
    cause: str
    """In a few plain words."""
    explanation: str
    """In a paragraph."""
    rule: str = ""
    place: Place = Place()
    remedies: tuple[str, ...] = ()
    effects: tuple[Quote, ...] = ()
    """What it led to."""
    files: tuple[str, ...] = ()
    """Files that it touches, as far as the log names them."""
    tests: tuple[str, ...] = ()
    """Tests that it touches."""
    suspects: tuple[str, ...] = ()
    """What changed since the last green run and may have caused it, the likeliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosed:
    """A cause that was seen in a project."""

    project: str
    times: int
    last_seen: float
    """Seconds since the epoch."""
    failure: Failure
    """As it was told last."""
