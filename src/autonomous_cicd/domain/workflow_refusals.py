"""What the code host refuses in a workflow file that reads well: what was retired, or was never there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from autonomous_cicd.domain.runner_commands import retired_commands
from autonomous_cicd.domain.script import commands
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.domain.workflow_rights import lacking
from autonomous_cicd.values import dataclass

__all__ = ["IMAGES", "RETIRED_ACTIONS", "Refusal", "RefusalKind", "absent_python", "refusals"]

Path = tuple[str | int, ...]

RETIRED_ACTIONS = {
    "actions/upload-artifact": (re.compile(r"v[123](?:\.[\w.-]*)?"), "v4"),
    "actions/download-artifact": (re.compile(r"v[123](?:\.[\w.-]*)?"), "v4"),
    "actions/cache": (re.compile(r"v[12](?:\.[\w.-]*)?"), "v4"),
    "actions/create-release": (re.compile(r".*"), ""),
    "actions/upload-release-asset": (re.compile(r".*"), ""),
}
"""Actions of which these versions fail at once, with the version to take; "" when none is left."""

IMAGES = {
    "ubuntu-16.04": ("2021-09-20", ("ubuntu-22.04", "ubuntu-24.04")),
    "ubuntu-18.04": ("2023-04-03", ("ubuntu-22.04", "ubuntu-24.04")),
    "ubuntu-20.04": ("2025-04-15", ("ubuntu-22.04", "ubuntu-24.04")),
    "macos-10.15": ("2022-12-01", ("macos-15", "macos-latest")),
    "macos-11": ("2024-06-28", ("macos-15", "macos-latest")),
    "macos-12": ("2024-12-03", ("macos-15", "macos-latest")),
    "macos-13": ("2025-12-04", ("macos-15", "macos-latest")),
    "windows-2016": ("2022-04-01", ("windows-2022", "windows-2025")),
    "windows-2019": ("2025-06-30", ("windows-2022", "windows-2025")),
}
"""Images of hosted runners that are gone: since when, and those to take instead, the nearest first."""

OFFERED = (
    *("ubuntu-latest", "ubuntu-24.04", "ubuntu-22.04", "ubuntu-24.04-arm", "ubuntu-22.04-arm", "ubuntu-slim"),
    *("macos-latest", "macos-14", "macos-15", "macos-26", "windows-latest", "windows-2022", "windows-2025"),
)
"""Images that are there."""

_SLIP = re.compile(
    r"(?i)(?:ubun?tun?u?|unbuntu|ubutnu|macos|macosx|windows|window)-?(?:la?te?s?te?|latset|lastest|letest)"
)
_PLACE_IN_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")
_PYTHON = re.compile(r"(?P<major>\d+)\.(?P<minor>\d+)(?:\.\d+)?(?:-dev|t)?")
_NO_PYTHON = re.compile(r"\d{3,}|\d+,\d+|\d+\.\d+\.\d+\.\d+.*|v\d[\d.]*")
_NEWEST_MINOR = 30
"""No release of Python 3 has a number as high as that."""
_OLDEST = {"ubuntu-22.04": 7}
_OLDEST_MINOR = 8


class RefusalKind(StrEnum):
    """What kind of thing is refused."""

    ACTION = "action"
    RUNNER = "runner"
    COMMAND = "command"
    VERSION = "version"
    PERMISSION = "permission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One thing that the host refuses."""

    kind: RefusalKind
    subject: str
    """The action, image, command, version or right."""
    message: str
    """In the host's words."""
    job: str
    line: int
    path: Path
    """Where the value stands in the document."""


def refusals(document: Json, line: Callable[..., int]) -> tuple[Refusal, ...]:
    """Return what the host refuses of a workflow that was read; `line` tells where a value stands."""
    jobs = document.get("jobs") if isinstance(document, dict) else None
    found: list[Refusal] = []
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        if isinstance(job, dict) and isinstance(document, dict):
            for kind, subject, message, path in _of_job(document, name, job):
                where = line(*path)
                found.append(
                    Refusal(
                        kind=kind,
                        subject=subject,
                        message=f"{name}: {message}",
                        job=name,
                        line=where,
                        path=path,
                    )
                )
    return tuple(found)


def absent_python(version: Json, image: str) -> bool:
    """Tell whether an image surely has no such Python, and the setup action finds none to download."""
    text = f"{version}" if isinstance(version, int | float) else version
    if not isinstance(text, str) or isinstance(version, bool):
        return False
    text = text.strip()
    found = _PYTHON.fullmatch(text)
    if not found:
        return bool(_NO_PYTHON.fullmatch(text))
    major, minor = int(found["major"]), int(found["minor"])
    if major != 3 or minor > _NEWEST_MINOR or minor in (1, 2):
        return True
    return image.startswith("ubuntu") and minor < _OLDEST.get(image, _OLDEST_MINOR)


def _of_job(
    document: dict[str, Json], name: str, job: dict[str, Json]
) -> Iterator[tuple[RefusalKind, str, str, Path]]:
    where: Path = ("jobs", name)
    images = list(_images(job, where))
    for image, path in images:
        if image in IMAGES:
            message = f"The {image} runner image is no longer available (removed on {IMAGES[image][0]})"
            yield RefusalKind.RUNNER, image, message, path
        elif _SLIP.fullmatch(image) and image not in OFFERED:
            yield RefusalKind.RUNNER, image, f"There is no runner image {image}", path
    steps = job.get("steps")
    for number, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            yield from _of_step(document, job, step, (*where, "steps", number), [one for one, _ in images])


def _of_step(
    document: dict[str, Json], job: dict[str, Json], step: dict[str, Json], where: Path, images: list[str]
) -> Iterator[tuple[RefusalKind, str, str, Path]]:
    uses, script = step.get("uses"), step.get("run")
    if isinstance(uses, str):
        action, _, version = uses.partition("@")
        retired = RETIRED_ACTIONS.get(action.strip().lower())
        if retired and retired[0].fullmatch(version.strip()):
            message = (
                f"This request has been automatically failed because it uses a deprecated version of `{uses}`"
            )
            yield RefusalKind.ACTION, uses, message, (*where, "uses")
        if action.strip().lower() == "actions/setup-python":
            yield from _versions(job, step, where, images)
    if isinstance(script, str):
        for command in retired_commands(script):
            message = f"The `{command}` command is disabled. Please upgrade to using Environment Files"
            yield RefusalKind.COMMAND, command, message, (*where, "run")
    rights = job.get("permissions", document.get("permissions"))
    if "permissions" in job or "permissions" in document:
        called = commands(script) if isinstance(script, str) else ()
        for right in lacking(rights, step, called):
            message = (
                "HTTP 403: Resource not accessible by integration "
                f"(the workflow's GITHUB_TOKEN lacks `{right}: write`)"
            )
            yield RefusalKind.PERMISSION, right, message, (*where, "run" if "run" in step else "uses")


def _versions(
    job: dict[str, Json], step: dict[str, Json], where: Path, images: list[str]
) -> Iterator[tuple[RefusalKind, str, str, Path]]:
    given = step.get("with")
    wanted = given.get("python-version") if isinstance(given, dict) else None
    image = next((one for one in images if one.startswith("ubuntu")), images[0] if images else "")
    asked = _PLACE_IN_MATRIX.fullmatch(wanted.strip()) if isinstance(wanted, str) else None
    if asked:
        found = _in_matrix(job, asked[1], where[:2])
    else:
        found = iter([(wanted, (*where, "with", "python-version"))])
    for version, path in found:
        if absent_python(version, image):
            text = f"{version}"
            message = (
                f"The version '{text}' with architecture 'x64' was not found for {image or 'this runner'}"
            )
            yield RefusalKind.VERSION, text, message, path


def _images(job: dict[str, Json], where: Path) -> Iterator[tuple[str, Path]]:
    """Yield the names of the hosted images that a job asks for, and where."""
    wanted = job.get("runs-on")
    if isinstance(wanted, list) and len(wanted) == 1:
        wanted = wanted[0]
    if not isinstance(wanted, str):
        return
    asked = _PLACE_IN_MATRIX.fullmatch(wanted.strip())
    if not asked:
        yield wanted.strip(), (*where, "runs-on")
        return
    for value, path in _in_matrix(job, asked[1], where):
        if isinstance(value, str):
            yield value.strip(), path


def _in_matrix(job: dict[str, Json], key: str, where: Path) -> Iterator[tuple[Json, Path]]:
    """Yield the values that a key of a job's matrix takes."""
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    if not isinstance(matrix, dict):
        return
    values = matrix.get(key)
    base = (*where, "strategy", "matrix")
    for number, value in enumerate(values if isinstance(values, list) else ()):
        yield value, (*base, key, number)
    extra = matrix.get("include")
    for number, entry in enumerate(extra if isinstance(extra, list) else ()):
        if isinstance(entry, dict) and key in entry:
            yield entry[key], (*base, "include", number, key)
