"""A lock file is made anew by its own tool, and hashes that nobody can explain are not believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.python_locks import compiled, hashes, with_header, without_hashes
from autonomous_cicd.domain.remedy import Escalate, Prescription
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.remedies.stale_lock_file import StaleLockFile

A, B = "sha256:" + "a" * 8, "sha256:" + "b" * 8
LOCKED = f"# made by us\npytest==8.3.3 \\\n    --hash={A}\n    # via -r requirements.in\n"
MISSING = (
    "ERROR: Hashes are required in --require-hashes mode, but they are missing from some requirements.\n"
)
MISMATCH = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"
UV = "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.\n"


def writes(file: str, text: str) -> Callable[[tuple[str, ...], Patch], Tried]:
    return lambda argv, patch: Tried(exit_code=0, log="", changed=Patch.of([changed_file(file, "", text)]))


def prescribe(
    files: Mapping[str, str],
    log: str,
    install: str,
    bench: FakeBench,
) -> list[Prescription]:
    failure = failure_of(log, Category.LOCKFILE_OUT_OF_SYNC)
    step = StepResult(name="t", status=TaskStatus.FAILED, command=install)
    return prescribed(StaleLockFile(), case_of(files, log, failure, bench, step=step))


@pytest.mark.parametrize(
    ("lock", "log"),
    [
        ("uv.lock", UV),
        ("sub/uv.lock", UV),
        ("uv.lock", "E   ModuleNotFoundError: No module named 'yaml'\n"),
    ],
)
def test_uv_locks_again(lock: str, log: str) -> None:
    manifest = lock.replace("uv.lock", "pyproject.toml")
    files = {lock: "old\n", manifest: '[project]\nname = "it"\ndependencies = ["PyYAML"]\n'}
    bench = FakeBench(
        executing=lambda argv, patch: Tried(
            exit_code=0,
            log="",
            changed=Patch.of([changed_file(lock, "old\n", "new\n"), changed_file("x", None, "")]),
        )
    )
    found = prescribe(files, log, "uv sync --locked", bench)
    assert {**files, lock: "new\n"} == edited(files, edits(found)[0])
    assert [("uv", "lock")] == bench.executed


@pytest.mark.parametrize(
    ("lock", "log", "command"),
    [
        (
            "poetry.lock",
            "pyproject.toml changed significantly since poetry.lock was last generated.\n",
            "poetry lock",
        ),
        ("pdm.lock", "WARNING: Lock file hash doesn't match pyproject.toml\n", "pdm lock --update-reuse"),
        ("Pipfile.lock", "Your Pipfile.lock (a1b2c3) is out of date.\n", "pipenv lock"),
        ("Pipfile.lock", "Your Pipfile.lock \n(a1b2c3) is out of \ndate. Expected: \n(d4).\n", "pipenv lock"),
    ],
)
def test_other_managers_lock_with_the_jobs_own_tool(lock: str, log: str, command: str) -> None:
    files = {lock: "old\n", "pyproject.toml": "", "Pipfile": ""}
    made = Patch.of([changed_file(lock, "old\n", "new\n")])
    bench = FakeBench(scripting=lambda script, patch: Tried(exit_code=0, log="", changed=made))
    found = prescribe(files, log, "true", bench)
    assert "new\n" == edited(files, edits(found)[0])[lock]
    assert command in bench.scripts[0]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("pip install pipenv\npipenv install --deploy", ["pip install pipenv", "cd '.' && (pipenv lock)"]),
        (
            "python -m pip install -q 'pipenv<2026'\n",
            ["python -m pip install -q 'pipenv<2026'", "cd '.' && (pipenv lock)"],
        ),
        ("pip install pytest\npipenv install", ["cd '.' && (pipenv lock)"]),
        ("pipenv install", ["cd '.' && (pipenv lock)"]),
    ],
)
def test_a_tool_that_the_failing_step_installs_is_installed_first(script: str, expected: list[str]) -> None:
    files = {"Pipfile.lock": "old\n", "Pipfile": ""}
    made = Patch.of([changed_file("Pipfile.lock", "old\n", "new\n")])
    bench = FakeBench(scripting=lambda script, patch: Tried(exit_code=0, log="", changed=made))
    assert prescribe(files, "Your Pipfile.lock (a1b2c3) is out of date.\n", script, bench)
    assert expected == bench.scripts[0].split("\n")


def test_what_lacks_hashes_is_compiled_again() -> None:
    files = {"requirements.in": "pytest\nmock\n", "requirements.txt": LOCKED + "mock==5\n"}
    bench = FakeBench(executing=writes("requirements.txt", "mock==5 --hash=x\n"))
    found = prescribe(files, MISSING, "pip install --require-hashes -r requirements.txt", bench)
    assert "# made by us\nmock==5 --hash=x\n" == edited(files, edits(found)[0])["requirements.txt"]
    assert "--generate-hashes" in bench.executed[0]
    assert ("requirements.in", "-o", "requirements.txt") == bench.executed[0][-3:]


@pytest.mark.parametrize(
    ("before", "believed"),
    [
        ("", False),
        ("x", False),
        (LOCKED.replace(A, B), True),
        (LOCKED.replace("8.3.3", "8.3.2"), True),
        (LOCKED.replace("8.3.3", "8.3.2").replace(A, B), False),
    ],
)
def test_hashes_are_replaced_only_when_history_explains_them(before: str, believed: bool) -> None:
    files = {"requirements.in": "pytest\n", "requirements.txt": LOCKED}
    new = LOCKED.replace(A, B)
    changed = Patch.of([changed_file("requirements.txt", before, LOCKED)]) if before else NOTHING
    made = writes("requirements.txt", new.split("\n", 1)[1])
    bench = FakeBench(executing=made, past=FakePast((changed, NOTHING)))
    found = prescribe(files, MISMATCH, "pip install -r requirements.txt", bench)
    if believed:
        assert new == edited(files, edits(found)[0])["requirements.txt"]
    else:
        assert [Escalate] == [type(one) for one in found]


PLAIN = "pytest==8.3.3\n    # via -r requirements.in\n"


@pytest.mark.parametrize(
    ("source", "log", "install", "believed"),
    [
        ("pytest\nPyYAML\n", "E   ModuleNotFoundError: No module named 'yaml'\n", "requirements.txt", True),
        (
            "pytest\npytest-mock\n",
            "E       fixture 'mocker' not found\n",
            "requirements.txt",
            True,
        ),
        # It is asked for nowhere; it is asked for and locked; another file is installed.
        ("pytest\n", "E   ModuleNotFoundError: No module named 'yaml'\n", "requirements.txt", False),
        ("pytest\n", "E   ModuleNotFoundError: No module named 'pytest'\n", "requirements.txt", False),
        (
            "pytest\nPyYAML\n",
            "E   ModuleNotFoundError: No module named 'yaml'\n",
            "other-requirements.txt",
            False,
        ),
    ],
)
def test_what_lacks_a_requirement_of_its_source_is_compiled_again(
    source: str, log: str, install: str, believed: bool
) -> None:
    files = {
        "requirements.in": source,
        "requirements.txt": PLAIN,
        "other-requirements.txt": "pytest\n",
        "a.py": "import yaml\n",
    }
    bench = FakeBench(executing=writes("requirements.txt", f"{PLAIN}pyyaml==6\n"))
    found = edits(prescribe(files, log, f"pip install -r {install}", bench))
    assert believed is bool(found)
    if found:
        assert f"{PLAIN}pyyaml==6\n" == edited(files, found[0])["requirements.txt"]


def test_without_a_source_or_a_tool_nothing_is_done() -> None:
    install = "pip install -r requirements.txt"
    assert [] == prescribe({"requirements.txt": LOCKED.replace("# via", "#")}, MISSING, install, FakeBench())
    files = {"requirements.in": "pytest\n", "requirements.txt": LOCKED}
    assert [] == prescribe(files, MISSING, install, FakeBench())
    assert [] == prescribe({"uv.lock": "x"}, UV, "uv sync", FakeBench())
    assert [] == prescribe(
        {"uv.lock": "x"}, "E   ModuleNotFoundError: No module named 'yaml'\n", "", FakeBench()
    )


def test_other_failures_do_not_suit() -> None:
    assert 0.0 == StaleLockFile().suits(failure_of("E   assert 1 == 2\n"))


def test_the_command_in_the_header_is_used_again() -> None:
    head = "#    uv pip compile --extra dev --universal -o requirements/dev.txt requirements/dev.in\n"
    texts = {"requirements/dev.txt": f"{head}a==1\n", "requirements/dev.in": "a\n"}
    known = compiled("requirements/dev.txt", texts)
    assert known and ("requirements/dev.in",) == known.sources
    assert {"--extra", "dev", "--universal"} <= set(known.options)
    assert "--python-version" not in known.argv("3.11")
    assert None is compiled("requirements.txt", {"requirements.txt": "a\n", "requirements.in": "a\n"})
    odd = {"requirements.txt": "#    pip-compile 'setup.py\na==1\n", "setup.py": ""}
    assert None is compiled("requirements.txt", odd)


def test_hashes_are_read_and_taken_out() -> None:
    assert {("pytest", "8.3.3"): frozenset({A})} == hashes(LOCKED)
    assert "pytest==8.3.3\n    # via -r requirements.in\n" == without_hashes(LOCKED).split("\n", 1)[1]
    assert "# x\n\nb\n" == with_header("b\n", "# x\n\na\n")
