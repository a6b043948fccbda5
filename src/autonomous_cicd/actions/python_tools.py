"""Actions that run a tool of the Python world: nox, ruff, black, building a package."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

from autonomous_cicd.domain.version import choose
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action
from autonomous_cicd.values import dataclass

__all__ = ["BuildAndInspect", "CheckWithTool", "Nox"]

CLASSIFIER = re.compile(r"Programming Language :: Python :: (\d+\.\d+)")


async def _install(site: JobSite, *packages: str) -> bool:
    """Install packages into the job's Python; False when that cannot be done."""
    done = await site.execute("python", "-m", "pip", "install", "--quiet", *packages)
    return done.exit_code == 0


@action
class Nox:
    """Puts nox on the PATH, with the Pythons it is asked for."""

    names = ("wntrblm/nox", "theacodes/nox", "excitedleigh/setup-nox")

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Make a Python for each version that is installed here, then install nox."""
        site, missing = call.site, []
        specs = [one.strip() for one in call.inputs.get("python-versions", "").split(",") if one.strip()]
        for spec in reversed(specs):
            choice = choose(spec, site.machine.interpreters)
            if choice is None:
                missing.append(spec)
            else:
                site.add_path(await site.python(choice.interpreter) / "bin")
        if not await _install(site, "nox"):
            return ActionOutcome(skipped="nox could not be installed here")
        notes = tuple(f"Python {spec} is not installed here" for spec in missing)
        return ActionOutcome(notes=notes)


@dataclass(frozen=True, slots=True)
class Check:
    """How an action calls its tool."""

    package: str
    argv: tuple[str, ...]
    arguments: str
    """The input with its arguments."""
    default: str
    paths: str
    """The input with the files; empty when there is none."""


CHECKS = {
    "astral-sh/ruff-action": Check("ruff", ("ruff",), "args", "check", "src"),
    "chartboost/ruff-action": Check("ruff", ("ruff",), "args", "check", "src"),
    "psf/black": Check("black", ("black",), "options", "--check --diff", "src"),
    "isort/isort-action": Check("isort", ("isort",), "configuration", "--check-only --diff", "sort-paths"),
    "jakebailey/pyright-action": Check("pyright", ("pyright",), "extra-args", "", ""),
    "crate-ci/typos": Check("typos", ("typos",), "args", "", "files"),
    "codespell-project/actions-codespell": Check("codespell", ("codespell",), "args", "", "path"),
    "ibiqlik/action-yamllint": Check("yamllint", ("yamllint",), "args", "", "file_or_dir"),
    "zizmorcore/zizmor-action": Check("zizmor", ("zizmor", "--offline"), "args", "", "inputs"),
}


@action
class CheckWithTool:
    """Runs a linter as its action would."""

    names = tuple(CHECKS)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Install the tool into the job's Python and run it."""
        inputs, site = call.inputs, call.site
        check = CHECKS["/".join(call.uses.partition("@")[0].lower().split("/")[:2])]
        version = inputs.get("version", "").strip()
        exact = re.fullmatch(r"\d[\w.]*", version)
        if not await _install(site, f"{check.package}=={version}" if exact else check.package):
            return ActionOutcome(skipped=f"{check.package} could not be installed here")
        arguments = shlex.split(inputs.get(check.arguments, "").strip() or check.default)
        paths = shlex.split(inputs.get(check.paths, "").strip() if check.paths else "") or ["."]
        done = await site.execute(*check.argv, *arguments, *paths)
        reason = f"{check.package}: exit code {done.exit_code}" if done.exit_code else ""
        return ActionOutcome(passed=not reason, reason=reason, exit_code=done.exit_code, checked=True)


@action
class BuildAndInspect:
    """Builds a Python package and hands it on, with the Python versions it says it supports."""

    names = ("hynek/build-and-inspect-python-package",)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Build the source distribution and the wheel, check their descriptions, keep them as an artifact."""
        inputs, site = call.inputs, call.site
        folder = site.inside(inputs.get("path", "").strip() or ".")
        dist = site.temp / "baipp" / "dist"
        if not await _install(site, "build", "twine"):
            return ActionOutcome(skipped="build could not be installed here")
        for argv in (("build", "--outdir", str(dist), str(folder)), ("twine", "check", "--strict", "DIST")):
            files = _files(dist)
            rest = [part for one in argv[1:] for part in (map(str, files) if one == "DIST" else (one,))]
            done = await site.execute("python", "-m", argv[0], *rest)
            if done.exit_code:
                reason = f"{argv[0]}: exit code {done.exit_code}"
                return ActionOutcome(passed=False, reason=reason, exit_code=done.exit_code, checked=True)
        if not _files(dist):
            return ActionOutcome(passed=False, reason="build made no package", checked=True)
        suffix = inputs.get("upload-name-suffix", "")
        site.upload(f"Packages{suffix}", {file.name: file for file in _files(dist)})
        versions = _versions(site.read(str(folder / "pyproject.toml")))
        name, _, version = _files(dist)[0].name.removesuffix(".tar.gz").partition("-")
        return ActionOutcome(
            checked=True,
            outputs={
                "dist": str(dist),
                "artifact-name": f"Packages{suffix}",
                "package_name": name,
                "package_version": version.split("-")[0],
                "supported_python_classifiers_json_array": json.dumps(versions),
                "supported_python_classifiers_json_job_matrix_value": json.dumps(
                    {"python-version": versions}
                ),
            },
        )


def _files(dist: Path) -> list[Path]:
    return sorted(dist.iterdir()) if dist.is_dir() else []


def _versions(text: str) -> list[str]:
    """Return the Python versions that a project's classifiers name, the oldest first."""
    try:
        classifiers = tomllib.loads(text).get("project", {}).get("classifiers", [])
    except tomllib.TOMLDecodeError:
        return []
    found = {match[1] for one in classifiers if (match := CLASSIFIER.fullmatch(str(one)))}
    return sorted(found, key=lambda version: [int(part) for part in version.split(".")])
