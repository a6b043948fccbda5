"""A run with nothing changed: two hundred packages, each with one task that is cached by content.

One repository is both ours and Turborepo's: a workspace of npm packages with one script each. Neither
keeps output files; both print the state of every task. ninja, which looks at time stamps only, is there
to show what is possible.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.contest import PROGRAM, Contender, environment, measure, table, take_turns

__all__ = ["main"]

IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false")


def main(quick: bool) -> None:
    """Fill every cache, then compare."""
    count, rounds = (10, 3) if quick else (200, 15)
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        _make_project(project, count)
        found = tuple(_contenders(project, Path(folder)))
        ready = [contender for contender in found if _filled(contender)]
        costs = take_turns(ready, rounds)
    print(f"{count} tasks, nothing changed, {rounds} rounds, elapsed, ratio to Turborepo\n")
    print(table(costs, base="turbo run"), flush=True)


def _filled(contender: Contender) -> bool:
    """Run twice, so that everything is cached and every file is older than what was seen of it."""
    try:
        measure(contender)
        measure(contender)
    except RuntimeError as error:
        print(f"not measured: {error}\n")
        return False
    return True


def _contenders(project: Path, folder: Path) -> Iterator[Contender]:
    yield Contender(
        name="autonomous-cicd run",
        argv=(PROGRAM, "run", str(project)),
        env=environment(AUTONOMOUS_CICD_STATE_DIR=folder / "state"),
    )
    if tool := _turbo(folder / "turbo"):
        env = environment(TURBO_TELEMETRY_DISABLED="1", DO_NOT_TRACK="1", TURBO_NO_UPDATE_NOTIFIER="1")
        ways = [("turbo run", tool / "node_modules/.bin/turbo")]
        if native := next(tool.glob("node_modules/@turbo/*/bin/turbo"), None):
            ways.append(("turbo run, without its Node.js wrapper", native))
        for name, program in ways:
            yield Contender(name=name, argv=(str(program), "run", "build"), cwd=project, env=env)
    if ninja := shutil.which("ninja"):
        yield Contender(name="ninja (time stamps only)", argv=(ninja, "-f", "build.ninja"), cwd=project)


def _turbo(folder: Path) -> Path | None:
    """Install Turborepo; None when that is not possible."""
    npm = shutil.which("npm")
    if npm is None:
        print("not measured: turbo, because there is no npm\n")
        return None
    folder.mkdir()
    (folder / "package.json").write_text("{}")
    done = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "turbo"], cwd=folder, capture_output=True
    )
    if done.returncode:
        print(f"not measured: turbo, because npm says: {done.stderr.decode()[-300:]}\n")
        return None
    version = json.loads((folder / "node_modules/turbo/package.json").read_text())["version"]
    print(f"turbo {version}")
    return folder


def _make_project(project: Path, count: int) -> None:
    names = [f"package-{number:03}" for number in range(count)]
    for name in names:
        package = project / "packages" / name
        package.mkdir(parents=True)
        content = {"name": name, "version": "1.0.0", "scripts": {"build": "cat source.txt"}}
        (package / "package.json").write_text(json.dumps(content))
        (package / "source.txt").write_text(f"The source of {name}.\n" * 20)
    _write_files(project, names)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=project, check=True)
    subprocess.run(["git", "add", "."], cwd=project, check=True)
    subprocess.run(["git", *IDENTITY, "commit", "-q", "-m", "Begin"], cwd=project, check=True)


def _write_files(project: Path, names: list[str]) -> None:
    root = {"name": "root", "private": True, "workspaces": ["packages/*"], "packageManager": "npm@10.0.0"}
    (project / "package.json").write_text(json.dumps(root))
    locked = {f"packages/{name}": {"name": name, "version": "1.0.0"} for name in names}
    links = {f"node_modules/{name}": {"resolved": f"packages/{name}", "link": True} for name in names}
    own = {"name": "root", "workspaces": ["packages/*"]}
    lock = {"name": "root", "lockfileVersion": 3, "requires": True, "packages": {"": own, **locked, **links}}
    (project / "package-lock.json").write_text(json.dumps(lock))
    (project / "turbo.json").write_text(json.dumps({"tasks": {"build": {}}}))
    (project / ".gitignore").write_text(".turbo\nnode_modules\n.ninja_*\n*.done\n")
    lines = ["autonomous_cicd:", "  pipeline:", "    tasks:"]
    rules = ["rule run", "  command = cat $in > $out"]
    for name in names:
        where = f"packages/{name}"
        task = f"name: {name}, command: [cat, source.txt], directory: {where}, inputs: ['{where}/**']"
        lines.append(f"      - {{{task}}}")
        rules.append(f"build {where}/out.done: run {where}/source.txt")
    (project / ".autonomous-cicd.yml").write_text("\n".join(lines) + os.linesep)
    (project / "build.ninja").write_text("\n".join(rules) + os.linesep)
