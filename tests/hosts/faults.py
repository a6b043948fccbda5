"""Faults to switch on at our own GitHub: eight kinds, by rate and seed, or one after the other."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["KINDS", "Faults"]

KINDS = ("502", "503", "reset", "slow", "truncated", "429", "403", "malformed")
AMBIGUOUS = frozenset({"502", "reset", "slow", "truncated", "malformed"})
"""Those after which nobody can say whether what was asked for was done."""


@dataclass
class Faults:
    """Which answers go wrong. Nothing does until `rate` or `script` is set."""

    rate: float = 0.0
    """Share of the requests."""
    seed: int = 0
    kinds: tuple[str, ...] = KINDS
    script: list[str] = field(default_factory=list)
    """Kinds that the next requests get, whatever the rate; `ok` is none. `502+` is done before it fails."""
    retry_after: int = 1
    slow: float = 1.0
    """Seconds that a slow answer takes."""
    only: Callable[[str, str], bool] = lambda method, path: True
    """By method and path: what may go wrong."""
    git: bool = False
    """Whether what git asks goes wrong too."""
    given: list[str] = field(default_factory=list)
    """What went wrong so far."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._lock = threading.Lock()

    def draw(self, method: str, path: str) -> tuple[str, bool]:
        """Return what goes wrong with a request, "" for nothing, and whether it is done all the same."""
        with self._lock:
            if not self.only(method, path):
                return "", True
            if self.script:
                kind = self.script.pop(0)
            elif self._random.random() < self.rate:
                kind = self._random.choice(self.kinds)
                if kind in AMBIGUOUS and self._random.random() < 0.5:
                    kind += "+"
            else:
                return "", True
            if kind == "ok":
                return "", True
            self.given.append(kind)
            return kind.removesuffix("+"), kind.endswith("+")
