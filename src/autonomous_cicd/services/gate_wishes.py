"""Which quality gates are asked for, and with which thresholds."""

from __future__ import annotations

from autonomous_cicd.values import dataclass

__all__ = ["Compliance", "GateWishes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """What a project must comply with."""

    allowed_licences: tuple[str, ...] = ()
    """Empty: all that are not denied."""
    denied_licences: tuple[str, ...] = ()
    required_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWishes:
    """Which gates are asked for, and their thresholds."""

    test_coverage: float | None = None
    """Percent."""
    code_quality: str | None = None
    """Worst grade that passes, A to F."""
    security_scan: bool = False
    performance_benchmark: bool = False
    regression_percent: float = 20.0
    compliance: Compliance | None = None

    @property
    def any(self) -> bool:
        """Whether any gate is asked for."""
        return bool(
            self.test_coverage is not None
            or self.code_quality
            or self.security_scan
            or self.performance_benchmark
            or self.compliance
        )
