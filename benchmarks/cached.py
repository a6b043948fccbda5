"""A run with nothing changed: two hundred packages, each with one task that is cached by content.

One repository is both ours and Turborepo's: a workspace of npm packages with one script each, once with
an output file each and once with a log alone. Everybody prints the state of every task. ninja, which looks
at time stamps only, is there to show what is possible.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.contest import PROGRAM, Contender, environment, measure, table, take_turns

__all__ = ["main"]

IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false")
SCRIPT = "mkdir -p dist && cat source.txt > dist/out.txt && cat source.txt"


def main(quick: bool) -> None:
    """Fill every cache, then compare."""
    count, rounds = (10, 3) if quick else (200, 15)
    for outputs in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder, "project")
            _make_project(project, count, outputs)
            found = tuple(_contenders(project, Path(folder)))
            ready = [contender for contender in found if _filled(contender)]
            costs = take_turns(ready, rounds)
        kept = "an output file each" if outputs else "only logs"
        print(f"{count} tasks with {kept}, nothing changed, {rounds} rounds, ratio to Turborepo\n")
        print(f"{table(costs, base='turbo run')}\n", flush=True)


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


def _make_project(project: Path, count: int, outputs: bool) -> None:
    names = [f"package-{number:03}" for number in range(count)]
    script = SCRIPT if outputs else "cat source.txt"
    for name in names:
        package = project / "packages" / name
        package.mkdir(parents=True)
        content = {"name": name, "version": "1.0.0", "scripts": {"build": script}}
        (package / "package.json").write_text(json.dumps(content))
        (package / "source.txt").write_text(f"The source of {name}.\n" * 20)
    _write_workspace(project, names, outputs)
    lines = ["autonomous_cicd:", "  pipeline:", "    tasks:"]
    rules = ["rule run", "  command = cat $in > $out"]
    for name in names:
        where = f"packages/{name}"
        task = f"name: {name}, command: {script}, directory: {where}, inputs: ['{where}/**']"
        lines.append(
            f"      - {{{task}, outputs: ['{where}/dist/**']}}" if outputs else f"      - {{{task}}}"
        )
        rules.append(f"build {where}/out.done: run {where}/source.txt")
    (project / ".autonomous-cicd.yml").write_text("\n".join(lines) + "\n")
    (project / "build.ninja").write_text("\n".join(rules) + "\n")
    for words in (("init", "-q", "-b", "main"), ("add", "."), (*IDENTITY, "commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *words], cwd=project, check=True)


def _write_workspace(project: Path, names: list[str], outputs: bool) -> None:
    """Write what npm and Turborepo want to know."""
    root = {"name": "root", "private": True, "workspaces": ["packages/*"], "packageManager": "npm@10.0.0"}
    locked = {f"packages/{name}": {"name": name, "version": "1.0.0"} for name in names}
    links = {f"node_modules/{name}": {"resolved": f"packages/{name}", "link": True} for name in names}
    own = {"name": "root", "workspaces": ["packages/*"]}
    lock = {"name": "root", "lockfileVersion": 3, "requires": True, "packages": {"": own, **locked, **links}}
    build = {"outputs": ["dist/**"]} if outputs else {}
    for name, content in (("package", root), ("package-lock", lock), ("turbo", {"tasks": {"build": build}})):
        (project / f"{name}.json").write_text(json.dumps(content))
    (project / ".gitignore").write_text(".turbo\nnode_modules\n.ninja_*\n*.done\ndist\n")
