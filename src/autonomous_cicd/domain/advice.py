"""What usually follows from a category: how much it matters, and what usually helps."""

from __future__ import annotations

from typing import NamedTuple

from autonomous_cicd.domain.diagnosis import Category, Severity

__all__ = ["STRATEGIES", "Usual", "usual"]

STRATEGIES = (
    "retry",
    "dependency_update",
    "resource_adjustment",
    "configuration_fix",
    "rollback",
    "alternative_approach",
    "escalate_to_human",
    "agent",
)
"""The ways to heal. A remedy is named with its own: `dependency_update/stale_lock_file`."""


class Usual(NamedTuple):
    """What a rule need not say when it is as usual in its category."""

    severity: Severity
    remedies: tuple[str, ...]


_CODE = ("agent/code_change", "rollback", "escalate_to_human")
_TOOL = ("configuration_fix/formatting", "agent/code_change")
_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH

_USUAL = {
    Category.DEPENDENCY_MISSING: Usual(_HIGH, ("dependency_update/missing_dependency", "agent/code_change")),
    Category.DEPENDENCY_CONFLICT: Usual(_HIGH, ("dependency_update/conflicting_pins", "escalate_to_human")),
    Category.DEPENDENCY_BREAKING_CHANGE: Usual(_HIGH, ("dependency_update/breaking_release", *_CODE)),
    Category.LOCKFILE_OUT_OF_SYNC: Usual(_HIGH, ("dependency_update/stale_lock_file",)),
    Category.COMPILE_ERROR: Usual(_HIGH, _CODE),
    Category.SYNTAX_ERROR: Usual(_HIGH, _CODE),
    Category.IMPORT_ERROR: Usual(_HIGH, _CODE),
    Category.TEST_FAILURE: Usual(_HIGH, _CODE),
    Category.TEST_TIMEOUT: Usual(_HIGH, ("agent/code_change", "resource_adjustment/time_limit", "retry")),
    Category.FLAKY_TEST: Usual(_MEDIUM, ("retry", "escalate_to_human")),
    Category.LINT: Usual(_LOW, _TOOL),
    Category.FORMATTING: Usual(_LOW, _TOOL),
    Category.TYPE_CHECK: Usual(_MEDIUM, _CODE),
    Category.ENVIRONMENT: Usual(_HIGH, ("configuration_fix/project_file", "alternative_approach")),
    Category.CONFIGURATION: Usual(_HIGH, ("configuration_fix/project_file", "agent/code_change")),
    Category.PERMISSION: Usual(_HIGH, ("configuration_fix/project_file", "escalate_to_human")),
    Category.NETWORK: Usual(_MEDIUM, ("retry", "alternative_approach")),
    Category.RATE_LIMIT: Usual(_MEDIUM, ("retry",)),
    Category.RESOURCE_MEMORY: Usual(_HIGH, ("resource_adjustment/memory", "alternative_approach")),
    Category.RESOURCE_DISK: Usual(_HIGH, ("resource_adjustment/disk",)),
    Category.RESOURCE_TIMEOUT: Usual(_HIGH, ("resource_adjustment/time_limit", "retry")),
    Category.AUTHENTICATION: Usual(_HIGH, ("escalate_to_human",)),
    Category.SECURITY_GATE: Usual(_HIGH, ("escalate_to_human", "agent/code_change")),
    Category.COVERAGE_GATE: Usual(_MEDIUM, ("agent/code_change", "escalate_to_human")),
    Category.PACKAGING_BUILD: Usual(_HIGH, ("configuration_fix/project_file", "agent/code_change")),
    Category.INFRASTRUCTURE: Usual(_HIGH, ("retry", "escalate_to_human")),
    Category.UNKNOWN: Usual(_HIGH, ("escalate_to_human",)),
}


def usual(category: Category) -> Usual:
    """Return what usually follows from a category."""
    return _USUAL[category]
