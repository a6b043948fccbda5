"""Real projects, from their source distributions: the commands that are detected, run in several ways.

Everybody runs the very same commands with the same programs, in a fresh copy of the project, from the same
filled download cache (so that no network is measured), and goes on after a failure. Cold: no environment
and no record of ours is there. Warm: the same once more, nothing changed; the others keep environment and
tool caches then, and have nothing else that they could remember.

The bound is the longest path of the tasks' own times, as the sequential script took them, each alone.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from autonomous_cicd.app import App, Request
from autonomous_cicd.domain.pipeline import Command, Task, ordered
from benchmarks.contest import PROGRAM, Contender, Cost, environment, ratio, take_turns

__all__ = ["main"]

PROJECTS = ("pip:attrs==26.1.0", "pip:click==8.5.1", "npm:avvio@9.3.1")
OURS, SCRIPT, MAKE = "autonomous-cicd run", "sequential script with uv", "make -j2 with uv"
RED_OR_GREEN = frozenset({0, 1, 2})
CACHES = {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm"}


@dataclass(slots=True)
class Place:
    """Where one contender works on one project."""

    source: Path
    folder: Path
    downloads: Path
    tasks: Sequence[Task]
    times: list[dict[str, float]] = field(default_factory=list)
    """Seconds of each task in each turn, as the sequential script took them."""

    @property
    def copy(self) -> Path:
        """The project's folder."""
        return self.folder / self.source.name

    @property
    def clock(self) -> Path:
        """Where the script writes when each task began and ended."""
        return self.folder / "clock"


def main(quick: bool) -> None:
    """Print a table for each project."""
    for spec in PROJECTS[1:2] if quick else PROJECTS:
        with tempfile.TemporaryDirectory() as folder:
            source = _fetched(spec, Path(folder))
            if source:
                _compare(spec, source, Path(folder), 1 if quick else 3)


def _compare(spec: str, source: Path, folder: Path, rounds: int) -> None:
    downloads, state = folder / "downloads", folder / "state"
    tasks = _planned(source, state)
    places = [Place(source, folder / name, downloads, tasks) for name in ("own", "script", "make")]
    own, script, make = places
    cold = (_own(own, fresh=True), _script(script, fresh=True), _make(make, fresh=True))
    warm = (_own(own, fresh=False), _script(script, fresh=False), _make(make, fresh=False))
    take_turns(cold[:2], 1)  # fills the download cache
    script.times.clear()
    found: dict[str, dict[str, list[Cost]]] = {"cold": {}, "warm": {}}
    bounds: dict[str, list[float]] = {"cold": [], "warm": []}
    for _ in range(rounds):
        for kind, contenders in (("cold", cold), ("warm", warm)):
            for name, costs in take_turns(contenders, 1).items():
                found[kind].setdefault(name, []).extend(costs)
            bounds[kind].append(_longest(tasks, _read_clock(script.clock)))
    print(f"### {spec}: {len(tasks)} tasks, {rounds} rounds, elapsed\n")
    for kind, of_all in found.items():
        if OURS not in of_all:
            continue
        print(_table(kind, of_all, bounds[kind]), flush=True)


def _table(kind: str, found: Mapping[str, Sequence[Cost]], bounds: Sequence[float]) -> str:
    lines = [f"| {kind} | exit codes | processor s | elapsed s | ours to this |"]
    lines.append("| --- | --- | ---: | ---: | ---: |")
    for name, costs in found.items():
        wall, cpu = median(one.wall for one in costs), median(one.cpu for one in costs)
        codes = ", ".join(str(cost.code) for cost in costs)
        lines.append(
            f"| {name} | {codes} | {cpu:.2f} | {wall:.2f} | {ratio(found[OURS], costs, 'wall'):.2f} |"
        )
    walls = [Cost(0.0, bound) for bound in bounds]
    bound = ratio(found[OURS], walls, "wall")
    lines.append(f"| longest path of the tasks alone | | | {median(bounds):.2f} | {bound:.2f} |\n")
    return "\n".join(lines)


def _fetched(spec: str, folder: Path) -> Path | None:
    """Fetch and unpack a source distribution through the package manager's own configuration."""
    manager, _, name = spec.partition(":")
    words = {
        "pip": ("python3", "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", name),
        "npm": ("npm", "pack", "--silent", name),
    }
    done = subprocess.run(words[manager], cwd=folder, capture_output=True, text=True)
    archive = next(iter((*folder.glob("*.tar.gz"), *folder.glob("*.tgz"))), None)
    if archive is None:
        print(f"not measured: {spec}: {done.stderr[-300:]}\n")
        return None
    source = folder / "source" / re.split(r"[=@]", name)[0]
    source.mkdir(parents=True)
    subprocess.run(["tar", "xf", archive, "-C", source, "--strip-components", "1"], check=True)
    return source


def _planned(source: Path, state: Path) -> Sequence[Task]:
    variables = environment(AUTONOMOUS_CICD_STATE_DIR=state)
    with closing(App.open(source, environment=variables)) as app:
        planned = app.plan(Request(path=source, source="detect"))
    return ordered(planned.pipeline.tasks)


def _own(place: Place, *, fresh: bool) -> Contender:
    state = place.folder / "state"

    def prepare() -> None:
        if fresh:
            _renew(place)
            state.mkdir()
            (state / "downloads").symlink_to(place.downloads, target_is_directory=True)

    return Contender(
        name=OURS,
        argv=(PROGRAM, "run", str(place.copy), "--source", "detect"),
        env=environment(AUTONOMOUS_CICD_STATE_DIR=state),
        prepare=prepare,
        accepted=RED_OR_GREEN,
    )


def _script(place: Place, *, fresh: bool) -> Contender:
    def prepare() -> None:
        if fresh:
            _renew(place)
        place.clock.unlink(missing_ok=True)
        script = "\n".join(_timed(task, place) for task in place.tasks)
        (place.folder / "script.sh").write_text(f"{script}\ntrue\n")

    argv = ("bash", str(place.folder / "script.sh"))
    return Contender(
        name=SCRIPT,
        argv=argv,
        cwd=place.copy,
        env=_environment(place),
        prepare=prepare,
        accepted=RED_OR_GREEN,
    )


def _make(place: Place, *, fresh: bool) -> Contender:
    def prepare() -> None:
        if fresh:
            _renew(place)
        names = {task.name: f"task-{number}" for number, task in enumerate(place.tasks)}
        lines = [f".PHONY: all {' '.join(names.values())}", f"all: {' '.join(names.values())}"]
        for task in place.tasks:
            (place.folder / f"{names[task.name]}.sh").write_text(_lines(task, place))
            needs = " ".join(names[need] for need in task.needs)
            lines += [f"{names[task.name]}: {needs}", f"\t@bash {place.folder}/{names[task.name]}.sh"]
        (place.folder / "Makefile").write_text("\n".join(lines) + "\n")

    return Contender(
        name=MAKE,
        argv=("make", "-s", "-k", "-j2", "-f", str(place.folder / "Makefile")),
        cwd=place.copy,
        env=_environment(place),
        prepare=prepare,
        accepted=RED_OR_GREEN,
    )


def _renew(place: Place) -> None:
    shutil.rmtree(place.folder, ignore_errors=True)
    place.downloads.mkdir(exist_ok=True)
    shutil.copytree(place.source, place.copy, symlinks=True)


def _environment(place: Place) -> dict[str, str]:
    caches = {name: place.downloads / folder for name, folder in CACHES.items()}
    return environment(CI="true", UV_NO_PROGRESS="1", PIP_DISABLE_PIP_VERSION_CHECK="1", **caches)


def _timed(task: Task, place: Place) -> str:
    clock = f">> {shlex.quote(str(place.clock))}"
    stamp = f'echo "$EPOCHREALTIME" {clock}'
    return f"echo {shlex.quote(task.name)} {clock}\n{stamp}\n({_lines(task, place)})\n{stamp}"


def _lines(task: Task, place: Place) -> str:
    """Return the commands of a task as a person would write them, each after the one before."""
    variables = {**task.env}
    folder = place.folder / "environments" / (task.environment or "none")
    if task.environment:
        variables |= {"VIRTUAL_ENV": str(folder), "UV_PROJECT_ENVIRONMENT": str(folder)}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    if task.environment:
        lines.append(f"export PATH={shlex.quote(str(folder / 'bin'))}:$PATH")
    lines.append(" &&\n".join(_line(command, folder) for command in task.commands))
    return "\n".join(lines) + "\n"


def _line(command: Command, folder: Path) -> str:
    words = shlex.join(part.replace("{environment}", str(folder)) for part in command.argv)
    words = " ".join([*(f"{name}={shlex.quote(value)}" for name, value in command.env.items()), words])
    if command.argv[:2] == ("uv", "venv"):
        words = f"{{ test -e {shlex.quote(str(folder))}/pyvenv.cfg || {words}; }}"
    return words if command.cwd == "." else f"(cd {shlex.quote(command.cwd)} && {words})"


def _read_clock(place: Path) -> dict[str, float]:
    lines = place.read_text().splitlines()
    triples = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
    return {name: float(end) - float(begin) for name, begin, end in triples}


def _longest(tasks: Sequence[Task], times: Mapping[str, float]) -> float:
    ends: dict[str, float] = {}
    for task in tasks:
        ends[task.name] = times[task.name] + max((ends[need] for need in task.needs), default=0.0)
    return max(ends.values())
