"""Coverage of tests that do not measure it themselves."""

import pytest

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.pipeline import Command, Stage, Task
from autonomous_cicd.services.with_coverage import with_coverage

UV = {"uv": "/bin/uv"}


def task(*argv: str, cwd: str = ".", environment: str = "python", stage: Stage = Stage.TEST) -> Task:
    commands = (Command(argv=argv, cwd=cwd),) if argv else ()
    return Task(name="t", stage=stage, commands=commands, environment=environment)


@pytest.mark.parametrize(
    ("argv", "started"),
    [
        (("pytest", "-q", "tests"), ("-m", "pytest", "-q", "tests")),
        (("python", "-m", "pytest"), ("-m", "pytest")),
        (("python", "-m", "unittest", "discover"), ("-m", "unittest", "discover")),
    ],
)
def test_tests_are_started_by_coverage(argv: tuple[str, ...], started: tuple[str, ...]) -> None:
    install, run, report = with_coverage(task(*argv), MemoryFiles({"a.py": ""}), UV).commands
    assert ("uv", "pip", "install", "-q", "coverage") == install.argv
    assert ("python", "-m", "coverage", "run") == run.argv[:4]
    assert "--source=." in run.argv
    assert started == run.argv[-len(started) :]
    assert "coverage.json" == report.argv[-1]


def test_a_component_with_a_source_folder_is_measured_there_and_reported_there() -> None:
    files = MemoryFiles({"pkg/src/a.py": ""})
    measured = with_coverage(task("pytest", cwd="pkg"), files, {})
    assert ("pkg/coverage.json",) == measured.outputs
    assert ["pkg"] * 3 == [command.cwd for command in measured.commands]
    assert "--source=src" in measured.commands[1].argv
    assert ("python", "-m", "pip", "install") == measured.commands[0].argv[:4]


@pytest.mark.parametrize(
    ("one", "files"),
    [
        (task("pytest", "--cov=x"), {}),
        (task("pytest"), {"setup.cfg": "[tool:pytest]\naddopts = --cov=x\n"}),
        (task("tox", "-e", "py"), {}),
        (task("pytest", environment=""), {}),
        (task("pytest", stage=Stage.LINT), {}),
        (task(), {}),
    ],
)
def test_what_measures_itself_or_is_no_python_test_stays_as_it_is(one: Task, files: dict[str, str]) -> None:
    assert one is with_coverage(one, MemoryFiles(files), UV)
