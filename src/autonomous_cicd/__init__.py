"""Keeps software green by itself: runs a project's pipeline, and heals what breaks."""

from __future__ import annotations

import importlib

__all__ = ["AutonomousPipelineManager", "ErrorDetector", "SelfHealer", "TaskOrchestrator", "__version__"]

__version__ = "0.1.0"

_HOMES = {
    "AutonomousPipelineManager": "api.pipelines",
    "ErrorDetector": "api.detection",
    "SelfHealer": "api.healing",
    "TaskOrchestrator": "api.pipelines",
}
"""Module of each public name: it is loaded when the name is first asked for."""


def __getattr__(name: str) -> type:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: type = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return __all__
