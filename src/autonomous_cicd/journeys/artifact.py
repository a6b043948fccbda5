"""Artifact: what one job found and proved, left in a folder for another that may write and runs no code.

Whoever reads it takes it for hostile: the job that wrote it has executed code of the project.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from autonomous_cicd.adapters.incident_values import incident_from, incident_values
from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.incident import Incident
from autonomous_cicd.errors import UsageError

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
    place.write_text(json.dumps(values, ensure_ascii=True), "utf-8")
    return place


def read_case(folder: Path, run: HostedRun) -> tuple[Incident, ...]:
    """Return what another job left of a run. Raises UsageError when it is not of that run, or damaged."""
    place = folder / FILE
    try:
        if place.is_symlink() or place.stat().st_size > LARGEST:
            raise UsageError(f"{place} is a link, or larger than {LARGEST} bytes")
        values = json.loads(place.read_text("utf-8"))
        known = (values["version"], values["repository"], values["run"], values["attempt"])
        incidents = tuple(incident_from(one) for one in values["incidents"])
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{place} cannot be read: {error}", hint="the job before has to leave it") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{place} is not what `--output` writes: {error}") from None
    if known != (_VERSION, run.repository, run.id, run.attempt):
        raise UsageError(f"{place} is of another run than {run.id} of {run.repository}")
    return incidents
