"""actions/setup-node: a Node of the version asked for, with a place of its own for global packages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from autonomous_cicd.domain.machine import Interpreter
from autonomous_cicd.domain.version import Choice, choose, node_package
from autonomous_cicd.plugins import ActionCall, ActionOutcome, JobSite, action

__all__ = ["SetupNode"]

PROGRAMS = ("node", "npm", "npx", "corepack")
NPM = ((24, 11), (20, 10), (19, 9), (18, 10), (16, 8), (15, 7), (8, 6), (6, 3), (0, 2))
"""The npm that came with the releases of Node from there on."""
COREPACK = range(18, 25)
"""The releases of Node that came with a corepack which npm can still install."""
NEWEST = frozenset(("latest", "node", "current", "*"))


@action
class SetupNode:
    """Puts a Node first on the PATH."""

    names = ("actions/setup-node",)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Choose an installed Node, or have npm fetch one."""
        inputs, site = call.inputs, call.site
        spec = inputs.get("node-version", "").strip()
        if not spec and (file := inputs.get("node-version-file", "").strip()):
            spec = _from_file(file, site)
        choice = choose(spec, site.machine.interpreters, "node")
        if requirement := _to_fetch(spec, choice, site):
            folder, version = await _fetch(requirement, site)
        elif choice:
            if not choice.exact:
                site.say(f"Node {spec} is not installed here; {choice.interpreter.version} is taken instead")
            folder, version = _folder(choice.interpreter, site), choice.interpreter.version
        else:
            folder, version = Path(), ""
        if not version:
            have = ", ".join(one.version for one in site.machine.interpreters if one.language == "node")
            return ActionOutcome(
                not_checked=f"Node {spec or 'of any version'} is not installed here"
                f" (there is: {have or 'none'}){', and npm cannot fetch it' if requirement else ''};"
                " install it, for example with nvm"
            )
        site.add_path(folder / "bin")
        site.set_env("NPM_CONFIG_PREFIX", str(folder))
        if inputs.get("registry-url", "").strip():
            site.set_env("NODE_AUTH_TOKEN", site.env.get("NODE_AUTH_TOKEN", ""))
        outputs: Mapping[str, str] = {"node-version": f"v{version.lstrip('v')}", "cache-hit": ""}
        if inputs.get("cache", "").strip():
            wanted = inputs.get("cache-dependency-path", "").strip()
            if wanted and not site.matching(wanted):
                reason = f"Some specified paths were not resolved, unable to cache dependencies: {wanted}"
                return ActionOutcome(passed=False, reason=reason)
            outputs = {**outputs, "cache-hit": "false"}
            site.say("the download caches of npm and yarn are kept between runs anyway")
        return ActionOutcome(outputs=dict(outputs))


def _to_fetch(spec: str, choice: Choice | None, site: JobSite) -> str:
    """Return what npm has to fetch; "" when what is installed does, or npm cannot."""
    requirement = node_package(spec, site.machine) if spec and "npm" in site.machine.programs else ""
    name, _, wanted = requirement.partition("@")
    if choice is None or not requirement:
        return requirement
    moving = spec.lower() in NEWEST or spec.lower().startswith("lts")
    if moving and int(choice.interpreter.version.split(".")[0]) < int(wanted.split(".")[0]):
        return f"{name}@latest" if spec.lower() in NEWEST else requirement
    return ""


async def _fetch(requirement: str, site: JobSite) -> tuple[Path, str]:
    """Have npm install a Node with the tools it comes with; return the folder and the version, "" if not."""
    wanted = requirement.partition("@")[2]
    number = wanted.split(".")[0]
    major = int(number) if number.isdigit() else COREPACK.stop
    npm = next(npm for node, npm in NPM if node <= major)
    tools = (f"npm@{npm}", "corepack") if major in COREPACK else (f"npm@{npm}",)
    folder = site.tools / "node" / wanted / "x64"
    options = ("--global", f"--prefix={folder}", "--ignore-scripts", "--no-audit", "--no-fund")
    done = await site.execute("npm", "install", *options, requirement, *tools)
    printed = "" if done.exit_code else await site.ask(str(folder / "bin/node"), "--version")
    return folder, printed.strip().lstrip("v")


def _folder(found: Interpreter, site: JobSite) -> Path:
    """Make the folder of a Node: links to its programs, room for what is installed globally."""
    folder = site.tools / "node" / found.version / "x64"
    if folder.exists():
        return folder
    site.own(folder / "bin")
    beside = Path(found.path).resolve().parent
    for name in PROGRAMS:
        program = Path(found.path) if name == "node" else _beside(name, beside, found, site)
        if program and program.exists():
            (folder / "bin" / name).symlink_to(program.resolve() if name == "node" else program)
    return folder


def _beside(name: str, beside: Path, found: Interpreter, site: JobSite) -> Path | None:
    """Return the tool that came with that Node, or else the machine's."""
    for place in (beside / name, Path(found.path).parent / name):
        if place.exists():
            return place
    other = site.machine.programs.get(name)
    return Path(other) if other else None


def _from_file(name: str, site: JobSite) -> str:
    """Return the version that a file names: `.nvmrc`, `.node-version`, `.tool-versions`, `package.json`."""
    text = site.read(name)
    if name.endswith(".json"):
        return _from_json(text)
    if name.endswith(".tool-versions"):
        rows = [line.split() for line in text.splitlines()]
        return next((row[1] for row in rows if len(row) > 1 and row[0] in ("node", "nodejs")), "")
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return next((line for line in lines if line), "")


def _from_json(text: str) -> str:
    try:
        data = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(data, dict):
        return ""
    for section, key in (("volta", "node"), ("engines", "node")):
        value = data.get(section)
        if isinstance(value, dict) and isinstance(value.get(key), str):
            return str(value[key])
    return ""
