"""Words for causes and remedies: what a diagnosis tells a person."""

from __future__ import annotations

from autonomous_cicd.domain.diagnosis import Category

__all__ = ["hedged", "meaning", "plural", "remedy_words"]

LIKELY = 0.6
"""Confidence below which an explanation says that it is a guess."""
_GUESS = "This is a guess. "

_MEANINGS = {
    Category.DEPENDENCY_MISSING: "something that the code needs is not installed",
    Category.DEPENDENCY_CONFLICT: "no set of versions satisfies all that is required",
    Category.DEPENDENCY_BREAKING_CHANGE: "a newer release of something the code uses no longer works with it",
    Category.LOCKFILE_OUT_OF_SYNC: "the lock file does not match what the project declares",
    Category.COMPILE_ERROR: "the code does not compile",
    Category.SYNTAX_ERROR: "a file cannot be parsed",
    Category.IMPORT_ERROR: "the code imports a name that is not there",
    Category.TEST_FAILURE: "a test found something wrong",
    Category.TEST_TIMEOUT: "a test took longer than it may",
    Category.FLAKY_TEST: "a test passes and fails without a change",
    Category.LINT: "a rule of style or quality is broken",
    Category.FORMATTING: "files are not formatted as the project wants it",
    Category.TYPE_CHECK: "types do not fit",
    Category.ENVIRONMENT: "the machine lacks a tool, a version or a variable",
    Category.CONFIGURATION: "a tool is set up in a way that it does not accept",
    Category.PERMISSION: "something is not allowed",
    Category.NETWORK: "something on the network could not be reached or trusted",
    Category.RATE_LIMIT: "a service was asked too often",
    Category.RESOURCE_MEMORY: "the memory was not enough",
    Category.RESOURCE_DISK: "the disk is full",
    Category.RESOURCE_TIMEOUT: "the time was not enough",
    Category.AUTHENTICATION: "a service did not accept the credentials",
    Category.SECURITY_GATE: "a security check refuses it",
    Category.COVERAGE_GATE: "too little of the code is covered by tests",
    Category.PACKAGING_BUILD: "a package cannot be built",
    Category.INFRASTRUCTURE: "a machine or a service of the run did not work",
    Category.UNKNOWN: "the cause is not known",
}

_REMEDIES = {
    "retry": "run it again after a pause",
    "dependency_update": "change what is installed",
    "dependency_update/missing_dependency": "declare what is missing where the project declares the others",
    "dependency_update/conflicting_pins": "loosen the pins that contradict each other, as few as possible",
    "dependency_update/breaking_release": "bound the version below the release that broke it",
    "dependency_update/stale_lock_file": "make the lock file anew with its own tool, and commit it",
    "resource_adjustment": "give it more room, or let it use less",
    "resource_adjustment/memory": "give it more memory, or fewer workers",
    "resource_adjustment/disk": "make room on the disk",
    "resource_adjustment/time_limit": "find out what became slow, or raise the limit by measurement",
    "configuration_fix": "correct the configuration",
    "configuration_fix/formatting": "run the project's own formatter or linter with its fixes",
    "configuration_fix/project_file": "correct the project's configuration",
    "configuration_fix/workflow_file": "correct the workflow file",
    "rollback": "undo the change that brought it",
    "alternative_approach": "reach the same by another tool or way",
    "escalate_to_human": "a person has to look at it",
    "agent": "let an agent propose a patch",
    "agent/code_change": "correct the code",
}


def meaning(category: Category) -> str:
    """Return in plain words what a category says."""
    return _MEANINGS[category]


def remedy_words(remedy: str) -> str:
    """Return in plain words what a remedy does."""
    strategy, _, name = remedy.partition("/")
    return _REMEDIES.get(remedy) or f"{_REMEDIES.get(strategy, strategy)} ({name.replace('_', ' ')})"


def plural(count: int, noun: str) -> str:
    """Return so many of something: `1 log`, `2 logs`, `0 dependencies`."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else many}"


def hedged(explanation: str, confidence: float) -> str:
    """Return an explanation that calls itself a guess where it is one, and only there."""
    said = explanation.removeprefix(_GUESS)
    return f"{_GUESS}{said}" if confidence < LIKELY else said
