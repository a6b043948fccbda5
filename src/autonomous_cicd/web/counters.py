"""Counters: what the server counts of itself, and how Prometheus is told. No label comes from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

__all__ = ["Counters", "Gauge", "exposition"]

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets of times, in seconds."""

Gauge: TypeAlias = tuple[str, str, Mapping[tuple[str, str], float]]
"""Name, help, and the values by label and its value; ("", "") for one without."""


class Counters:
    """What one process of the server counts."""

    def __init__(self) -> None:
        self.webhooks: dict[int, int] = {}
        """Deliveries by the status they were answered with."""
        self.requests: dict[str, int] = dict.fromkeys(("2xx", "3xx", "4xx", "5xx"), 0)
        """All other requests by the class of their status."""
        self._buckets = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def webhook(self, status: int, seconds: float) -> None:
        """Count a delivery, and how long it took to answer it."""
        self.webhooks[status] = self.webhooks.get(status, 0) + 1
        if status == 202:
            place = next((number for number, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
            self._buckets[place] += 1
            self._seconds += seconds

    def request(self, status: int) -> None:
        """Count another request."""
        name = f"{status // 100}xx"
        self.requests[name] = self.requests.get(name, 0) + 1

    def lines(self) -> Iterator[str]:
        """Yield what is counted, as Prometheus reads it."""
        name = "autonomous_cicd_webhooks_total"
        yield from _head(name, "counter", "Deliveries by the status they were answered with.")
        for status, count in sorted(self.webhooks.items()):
            yield f'{name}{{status="{status}"}} {count}'
        name = "autonomous_cicd_requests_total"
        yield from _head(name, "counter", "Other requests by the class of their status.")
        for status_class, count in sorted(self.requests.items()):
            yield f'{name}{{status="{status_class}"}} {count}'
        name = "autonomous_cicd_acknowledgement_seconds"
        yield from _head(name, "histogram", "Time until a delivery was on disk and answered.")
        total = 0
        for bound, count in zip((*BOUNDS, "+Inf"), self._buckets, strict=True):
            total += count
            yield f'{name}_bucket{{le="{bound}"}} {total}'
        yield f"{name}_sum {self._seconds:.6f}"
        yield f"{name}_count {total}"


def exposition(counters: Counters, gauges: list[Gauge]) -> bytes:
    """Return everything in the text format of Prometheus."""
    lines = [*counters.lines()]
    for name, help, values in gauges:
        lines += _head(name, "gauge", help)
        for (label, word), value in values.items():
            lines.append(f'{name}{{{label}="{word}"}} {value:g}' if label else f"{name} {value:g}")
    return ("\n".join(lines) + "\n").encode()


def _head(name: str, kind: str, help: str) -> Iterator[str]:
    yield f"# HELP {name} {help}"
    yield f"# TYPE {name} {kind}"
