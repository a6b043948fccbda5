"""The exception tree. Every face maps it to an exit code or a status."""

from __future__ import annotations

__all__ = [
    "AutonomousCicdError",
    "Conflict",
    "DocumentError",
    "ExpressionError",
    "NotFound",
    "PortError",
    "RateLimited",
    "SettingsError",
    "Unauthorized",
    "Unavailable",
    "Uncertain",
    "UsageError",
]


class AutonomousCicdError(Exception):
    """Whatever this package raises on purpose; caught by the faces only."""


class UsageError(AutonomousCicdError):
    """Raised when the user asked for something impossible: exit code 2, no traceback.

    The message names the place; `hint` names the next step.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class DocumentError(UsageError):
    """Raised by `documents` when a file cannot be read as what it claims to be."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, hint: str = "") -> None:
        super().__init__(
            f"{file}:{line}: {message}" if file and line else f"{file}: {message}" if file else message,
            hint=hint,
        )
        self.reason = message
        self.file = file
        self.line = line


class ExpressionError(UsageError):
    """Raised by `domain.expression` when an expression cannot be read or has no value.

    `position` counts characters of the expression from 1; 0 when the place is not known.
    """

    def __init__(self, message: str, *, expression: str = "", position: int = 0, hint: str = "") -> None:
        shown = expression if len(expression) <= 200 else f"{expression[:200]}..."
        place = f" at position {position}" if position else ""
        super().__init__(f"{message}{place} of `{shown}`" if expression else message, hint=hint)
        self.reason = message
        self.expression = expression
        self.position = position


class SettingsError(DocumentError):
    """Raised by `settings` when a value is unknown, of the wrong type or not allowed here."""


class PortError(AutonomousCicdError):
    """Raised by adapters only, when the world failed us; `hint` names the remedy where there is one."""

    passing = False
    """Whether the same may work a little later."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Unavailable(PortError):
    """Raised by an adapter when its service does not answer or a tool is not installed."""

    passing = True


class RateLimited(Unavailable):
    """Raised by an adapter when its service wants us to wait; `retry_after` says how many seconds."""

    def __init__(self, message: str, *, retry_after: float, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Uncertain(Unavailable):
    """Raised by an adapter when nobody can say whether what was asked for was done: look before repeating."""


class Unauthorized(PortError):
    """Raised by an adapter when its service refuses our credentials."""


class NotFound(PortError):
    """Raised by an adapter when what was asked for does not exist."""


class Conflict(PortError):
    """Raised by an adapter when somebody else changed or holds what we wanted to change."""
