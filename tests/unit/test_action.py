"""The action's own scripts, carried out as the code host would: nothing in an input is executed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.checkouts import project

from autonomous_cicd.workflows.file import read_action

ROOT = Path(__file__).parents[2]
ACTION = read_action((ROOT / "action.yml").read_text(), path="action.yml")
INSTALL, RUN = (str(step.run) for step in ACTION.steps)
PASSES = {".autonomous-cicd.yml": json.dumps({"autonomous_cicd": {"pipeline": {"tasks": {"t": "true"}}}})}
FAILS = {".autonomous-cicd.yml": json.dumps({"autonomous_cicd": {"pipeline": {"tasks": {"t": "false"}}}})}
HOSTILE = '"; touch hacked; $(touch hacked) `touch hacked` #'


@dataclass
class Runner:
    """A job's folders, and what its steps leave there."""

    folder: Path

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    def step(self, script: str, **env: str) -> tuple[int, str, dict[str, str]]:
        """Carry out a step; return its exit code, what it printed, and its outputs."""
        outputs = self.folder / "outputs"
        outputs.write_text("")
        given = {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_ACTION_PATH": "/action",
            "AUTONOMOUS_CICD_STATE_DIR": str(self.folder / "state"),
            **env,
        }
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(
            words,
            cwd=self.folder / "work",
            env=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        lines = outputs.read_text().splitlines()
        return done.returncode, done.stdout + done.stderr, dict(line.split("=", 1) for line in lines)

    def run(self, **inputs: str) -> tuple[int, str, dict[str, str]]:
        """Carry out the last step with inputs that differ from the defaults."""
        defaults = {name: str(one.default or "") for name, one in ACTION.inputs.items()}
        chosen = {**defaults, **inputs}
        names = {"PROJECT": "path", "MODE": "mode", "HEAL": "heal", "REPORT": "report"}
        return self.step(RUN, **{name: chosen[one] for name, one in names.items()})


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Return a job in which the program is installed already."""
    for name in ("work", "bin", "temp/autonomous-cicd/bin"):
        (tmp_path / name).mkdir(parents=True)
    installed = tmp_path / "temp/autonomous-cicd/bin"
    (installed / "autonomous-cicd").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -P -m autonomous_cicd "$@"\n'
    )
    (installed / "autonomous-cicd").chmod(0o755)
    (installed / "python").symlink_to(sys.executable)
    return Runner(tmp_path)


def test_a_green_run(runner: Runner) -> None:
    project(runner.folder / "work", PASSES)
    code, printed, outputs = runner.run()
    assert 0 == code, printed
    assert {"status": "passed", "report": str(runner.temp / "autonomous-cicd-report.json")} == outputs
    assert "passed" == report(outputs)["status"]


def test_a_red_run_is_red_and_has_its_report(runner: Runner) -> None:
    project(runner.folder / "work/shop", FAILS)
    code, _, outputs = runner.run(path="shop", report="out.json")
    assert (1, "failed", str(runner.folder / "work/out.json")) == (code, *outputs.values())
    assert "failed" == report(outputs)["status"]


def test_healing(runner: Runner) -> None:
    project(runner.folder / "work", FAILS)
    code, printed, outputs = runner.run(heal="true")
    assert (1, "escalated") == (code, outputs["status"]), printed


def test_a_plan(runner: Runner) -> None:
    project(runner.folder / "work", PASSES)
    code, printed, outputs = runner.run(mode="plan")
    assert (0, "planned") == (code, outputs["status"]), printed
    assert ["t"] == [task["name"] for task in report(outputs)["pipeline"]["tasks"]]


def test_what_cannot_be_run(runner: Runner) -> None:
    code, _, outputs = runner.run(path="nowhere")
    assert (2, "error") == (code, outputs["status"])


@pytest.mark.parametrize(
    "inputs",
    [
        {"path": HOSTILE},
        {"path": "--help"},
        {"mode": HOSTILE},
        {"heal": HOSTILE},
        {"mode": "plan", "heal": "true"},
        {"report": f"x\nstatus=passed\n{HOSTILE}"},
        {"report": HOSTILE},
    ],
)
def test_inputs_are_data(runner: Runner, inputs: dict[str, str]) -> None:
    (runner.folder / "work/json.py").write_text("open('hacked', 'w')\nraise SystemExit\n")
    code, printed, outputs = runner.run(**inputs)
    assert code in (1, 2), printed  # a report may have any name, and the run is red: nothing is tested here
    assert "passed" != outputs.get("status")
    assert "Traceback" not in printed
    assert not (runner.folder / "work/hacked").exists()


def install(runner: Runner, version: str, *, old: bool = False) -> tuple[int, str, list[str]]:
    """Carry out the first step with Pythons that only note what they are told to do."""
    log = runner.folder / "log"
    shutil.rmtree(runner.temp / "autonomous-cicd")
    noting = (
        f'#!/bin/sh\necho "$*" >> "{log}"\n'
        f'case "$*" in *version_info*) exit {int(old)};; '
        '*venv*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python";; esac\n'
    )
    for name in ("python3", "python", "python3.13", "python3.12", "python3.11"):
        (runner.folder / "bin" / name).write_text(noting)
        (runner.folder / "bin" / name).chmod(0o755)
    code, printed, _ = runner.step(INSTALL, VERSION=version)
    return code, printed, log.read_text().splitlines() if log.exists() else []


def test_a_released_version_is_installed(runner: Runner) -> None:
    code, printed, log = install(runner, "0.1.0")
    assert 0 == code, printed
    place = runner.temp / "autonomous-cicd"
    wanted = [
        "-I -m venv " + str(place),
        "-I -m pip install --quiet --only-binary :all: autonomous-cicd[uv]==0.1.0",
    ]
    assert wanted == log[1:]


def test_without_a_version_the_action_is_what_is_installed(runner: Runner) -> None:
    code, printed, log = install(runner, "")
    assert (0, "-I -m pip install --quiet /action[uv]") == (code, log[-1]), printed


@pytest.mark.parametrize("version", [HOSTILE, "0.1.0 --index-url x", "-r x", "1\n2", "x"])
def test_a_version_that_is_none_is_refused(runner: Runner, version: str) -> None:
    code, printed, log = install(runner, version)
    assert (2, []) == (code, log)
    assert "::error title=autonomous-cicd::The input 'version' is no version" in printed


def test_python_that_is_too_old_is_refused(runner: Runner) -> None:
    code, printed, log = install(runner, "", old=True)
    assert (2, 5) == (code, len(log))
    assert "Python 3.11 or newer is needed" in printed


def report(outputs: dict[str, str]) -> Any:
    return json.loads(Path(outputs["report"]).read_text())


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not on the PATH")
@pytest.mark.parametrize("script", [INSTALL, RUN])
def test_shellcheck_finds_nothing(script: str) -> None:
    words = ["shellcheck", "--shell", "bash", "-"]
    done = subprocess.run(words, input=script, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stdout
