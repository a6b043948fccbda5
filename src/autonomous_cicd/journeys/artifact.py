"""Artifact: what one job found and proved, left in a folder for another that may write and runs no code.

Whoever reads it takes it for hostile: the job that wrote it has executed code of the project.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

from autonomous_cicd.adapters.incident_values import incident_from, incident_values
from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.strict_json import strict_object
from autonomous_cicd.errors import DocumentError, UsageError

__all__ = ["FILE", "read_case", "write_case"]

FILE = "case.json"
LARGEST = 5 * 1024 * 1024
_VERSION = 1


def write_case(folder: Path, run: HostedRun, incidents: Sequence[Incident]) -> Path:
    """Write what was found of a run and proven; return the file."""
    values = {
        "version": _VERSION,
        "repository": run.repository,
        "run": run.id,
        "attempt": run.attempt,
        "incidents": [incident_values(one) for one in incidents],
    }
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / FILE
    place.write_bytes(json.dumps(values, ensure_ascii=False).encode("utf-8", "replace"))
    return place


def read_case(folder: Path, run: HostedRun) -> tuple[Incident, ...]:
    """Return what another job left of a run. Raises UsageError when it is not of that run, or damaged."""
    place = folder / FILE
    try:
        if place.is_symlink() or place.stat().st_size > LARGEST:
            raise UsageError(f"{place} is a link, or larger than {LARGEST} bytes")
        if not place.is_file():
            raise UsageError(f"{place} is no file", hint="the job before has to leave it")
        values = strict_object(place.read_bytes())
        known = (values["version"], values["repository"], values["run"], values["attempt"])
        incidents = tuple(_checked(incident_from(one)) for one in values["incidents"])
    except OSError as error:
        raise UsageError(f"{place} cannot be read: {error}", hint="the job before has to leave it") from None
    except (DocumentError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{place} is not what `--output` writes: {error}") from None
    if known != (_VERSION, run.repository, run.id, run.attempt):
        raise UsageError(f"{place} is of another run than {run.id} of {run.repository}")
    return incidents


def _checked(incident: Incident) -> Incident:
    """Return an incident. Raises ValueError when something in it is not of the kind that it has to be."""
    _check(incident, Incident, "incident")
    patch = incident.patch
    if Patch.of(patch.changes) != patch or len(set(patch.files)) != len(patch.files):
        raise ValueError("a change names a file twice, or changes nothing in one")
    return incident


def _check(value: object, kind: Any, place: str) -> None:
    """Raise ValueError unless a value, and all that is in it, is of a kind."""
    options = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    if value is None and type(None) in options:
        return
    kind = options[0]
    if getattr(kind, "__origin__", None) is tuple:
        _check_tuple(value, get_args(kind), place)
        return
    right = isinstance(value, (int, float) if kind is float else kind)
    if not right or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"{place} is no {kind.__name__}")
    if is_dataclass(value):
        hints = get_type_hints(kind)
        for one in fields(value):
            _check(getattr(value, one.name), hints[one.name], f"{place}.{one.name}")


def _check_tuple(value: object, kinds: tuple[Any, ...], place: str) -> None:
    if not isinstance(value, tuple):
        raise ValueError(f"{place} is no list")
    each = [kinds[0]] * len(value) if kinds[-1] is Ellipsis else list(kinds)
    if len(each) != len(value):
        raise ValueError(f"{place} has {len(value)} values")
    for one, kind in zip(value, each, strict=True):
        _check(one, kind, place)
