"""actions/setup-python: an interpreter of the version asked for, in a folder of the job's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from autonomous_cicd.domain.ranges import parse_version
from autonomous_cicd.domain.version import choose
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action

__all__ = ["SetupPython"]


@action
class SetupPython:
    """Puts a Python first on the PATH."""

    names = ("actions/setup-python",)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Choose an installed interpreter for each version; the last one is `python`."""
        inputs, site = call.inputs, call.site
        specs = _specs(inputs, site)
        early = inputs.get("allow-prereleases", "").lower() == "true"
        outputs: dict[str, str] = {}
        for spec in specs:
            choice = choose(spec, site.machine.interpreters) or (
                choose(f"{spec}-dev", site.machine.interpreters) if early and spec[-1:].isdigit() else None
            )
            if choice is None:
                return ActionOutcome(not_checked=_missing(spec, site))
            found = choice.interpreter
            if not choice.exact:
                site.say(f"Python {spec} is not installed here; {found.version} is taken in its place")
            folder = str(await site.python(found))
            outputs = {
                "python-version": found.version,
                "python-path": f"{folder}/bin/python",
                "cache-hit": "",
            }
            if inputs.get("update-environment", "true").lower() != "false":
                _announce(site, folder)
            site.say(f"Successfully set up CPython ({found.version})")
        if inputs.get("cache", "").strip():
            wanted = inputs.get("cache-dependency-path", "").strip()
            if wanted and not site.matching(wanted):
                patterns = f"[{','.join(wanted.splitlines())} or **/pyproject.toml]"
                reason = f"No file in {site.workspace} matched to {patterns}"
                return ActionOutcome(
                    passed=False, reason=f"{reason}, make sure you have checked out the target repository"
                )
            outputs["cache-hit"] = "false"
            site.say("the download caches of pip and uv are kept between runs anyway")
        return ActionOutcome(outputs=dict(outputs))


def _specs(given: Mapping[str, str], site: JobSite) -> list[str]:
    """Return the versions that are asked for; the newest when nothing is said."""
    lines = [line.strip().strip("'\"") for line in given.get("python-version", "").splitlines()]
    wanted = [line for line in lines if line]
    if not wanted and (file := given.get("python-version-file", "").strip()):
        wanted = _from_file(file, site)
    return wanted or _from_file(".python-version", site) or [""]


def _from_file(name: str, site: JobSite) -> list[str]:
    """Return the versions that a file names: `.python-version`, `pyproject.toml`, `.tool-versions`."""
    text = site.read(name)
    if name.endswith((".toml", "Pipfile")):
        return _from_toml(text)
    if name.endswith(".tool-versions"):
        rows = [line.split() for line in text.splitlines()]
        return [row[1] for row in rows if len(row) > 1 and row[0] == "python"][:1]
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return [line for line in lines if line]


def _from_toml(text: str) -> list[str]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return []
    poetry = data.get("tool", {}).get("poetry", {}).get("dependencies", {})
    found = (
        data.get("project", {}).get("requires-python"),
        poetry.get("python"),
        data.get("requires", {}).get("python_version"),
    )
    return [str(one) for one in found if one][:1]


def _announce(site: JobSite, folder: str) -> None:
    """Set what the action sets for the following steps."""
    for name in ("pythonLocation", "Python_ROOT_DIR", "Python2_ROOT_DIR", "Python3_ROOT_DIR"):
        site.set_env(name, folder)
    site.set_env("PKG_CONFIG_PATH", f"{folder}/lib/pkgconfig")
    libraries = site.env.get("LD_LIBRARY_PATH", "")
    if f"{folder}/lib" not in libraries.split(":"):
        site.set_env("LD_LIBRARY_PATH", f"{folder}/lib:{libraries}".rstrip(":"))
    site.add_path(site.inside(folder))
    site.add_path(site.inside(f"{folder}/bin"))


def _missing(spec: str, site: JobSite) -> str:
    """Return why the job cannot be checked, and what to do about it."""
    found = {parse_version(one.version) for one in site.machine.interpreters if one.language == "python"}
    newest = sorted((one for one in found if one), key=lambda one: one.key(), reverse=True)
    have = ", ".join(".".join(map(str, one.numbers)) for one in newest) or "none"
    return f"Python {spec} is not installed here (there is: {have}); install it, for example with uv"
