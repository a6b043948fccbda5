"""Whether this machine can stand for the hosted runner that a job asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.expression.values import to_text
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.workflow import Json

__all__ = ["runner_refusal"]

_SYSTEMS = {"ubuntu": "Linux", "linux": "Linux", "windows": "Windows", "macos": "macOS"}
_IMAGE = re.compile(r"(?:[a-z0-9_.]+-)*?(ubuntu|windows|macos)(?:-[a-z0-9_.-]+)?")
_ARM = re.compile(r"(?:^|-)(?:arm|arm64|aarch64)(?:-|$)")
_PROCESSORS = frozenset({"x64", "arm64"})


def runner_refusal(runs_on: Json, machine: Machine) -> str:
    """Return why this machine cannot stand for what a `runs-on` asks for; "" when it can.

    An image of another release, or of another size, is no reason.
    """
    if isinstance(runs_on, dict) and runs_on.get("group"):
        return f"runs on the runner group {to_text(runs_on['group'])!r}, which is not here"
    labels = list(_labels(runs_on))
    if "self-hosted" in labels:
        return f"runs on a machine of the project's own ({', '.join(labels)})"
    if not labels:
        return "names no runner"
    return next(filter(None, (_refused(label, machine) for label in labels)), "")


def _labels(runs_on: Json) -> Iterator[str]:
    if isinstance(runs_on, dict):
        runs_on = runs_on.get("labels")
    for item in runs_on if isinstance(runs_on, list) else [runs_on]:
        if text := to_text(item).strip().lower():
            yield text


def _refused(label: str, machine: Machine) -> str:
    image = _IMAGE.fullmatch(label)
    system = _SYSTEMS.get(image[1] if image else label)
    if system and system != machine.system:
        return f"runs on {system} ({label}), and this is {machine.system}"
    if (image and _ARM.search(label)) or label == "arm64":
        return "" if machine.architecture == "ARM64" else f"runs on an ARM64 processor ({label})"
    if system or label in _PROCESSORS:
        return ""
    return f"runs on {label!r}, which is no hosted Linux runner"
