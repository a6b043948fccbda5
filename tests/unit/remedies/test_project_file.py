"""Scripts that cannot be started get back what they lost, and nothing else changes."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.domain.remedy import Edit
from autonomous_cicd.remedies.project_file import ProjectFile

SH = "#!/bin/sh\nset -eu\nexec python -m pytest -q\n"
CRLF = SH.replace("\n", "\r\n")


def found(
    files: dict[str, str],
    log: str,
    script: str = "",
    executable: frozenset[str] = frozenset(),
    patches: tuple[Patch, ...] = (),
) -> list[Edit]:
    bench = FakeBench(past=FakePast(patches))
    failure = failure_of(log, Category.PERMISSION if "denied" in log else Category.UNKNOWN)
    case = case_of(files, log, failure, bench, script=script, executable=executable)
    return edits(prescribed(ProjectFile(), case))


@pytest.mark.parametrize(
    ("name", "log"),
    [
        (
            "bin/check",
            "/tmp/x.sh: line 1: ./bin/check: Permission denied\n##[error]exit code 126.",
        ),
        ("scripts/build.sh", "sh: 1: ./scripts/build.sh: Permission denied"),
        ("configure", "make: ./configure: Permission denied\nmake: *** [Makefile:3: all] Error 127"),
        ("tools/gen.py", "PermissionError: [Errno 13] Permission denied: './tools/gen.py'"),
        ("gradlew", "/home/runner/work/_temp/1.sh: line 1: ./gradlew: Permission denied"),
        ("bin/cli.js", "Error: spawn ./bin/cli.js EACCES"),
        ("ci/run", "env: \u2018./ci/run\u2019: Permission denied"),
        ("ci/run", "/home/runner/work/a/a/ci/run: Permission denied"),
    ],
)
def test_a_lost_executable_bit_is_set(name: str, log: str) -> None:
    (edit,) = found({name: SH, "README": "x"}, log, script=f"./{name}")
    assert ((name, False, True),) == tuple(
        (one.name, one.was_executable, one.executable) for one in edit.patch
    )
    assert 0 == edit.patch.size


@pytest.mark.parametrize(
    ("files", "log"),
    [
        ({"bin/check": SH}, "/etc/shadow: Permission denied"),
        ({"data.txt": "1\n"}, "PermissionError: [Errno 13] Permission denied: 'data.txt'"),
        ({"bin/check": SH}, "git@host: Permission denied (publickey)."),
        ({"bin/check": SH}, "all went well"),
    ],
)
def test_what_is_no_program_of_the_project_keeps_its_mode(files: dict[str, str], log: str) -> None:
    assert [] == found(files, log, script="make")


def test_what_may_be_executed_already_is_not_the_cause() -> None:
    assert [] == found({"run": SH}, "./run: Permission denied", executable=frozenset({"run"}))


def test_a_program_without_first_line_is_known_from_its_history() -> None:
    was = FileChange(name="tool", before="echo a\n", after="echo a\n", was_executable=True, executable=False)
    assert 1 == len(found({"tool": "echo a\n"}, "./tool: Permission denied", patches=(Patch((was,)),)))
    assert [] == found({"tool": "echo a\n"}, "./tool: Permission denied")


@pytest.mark.parametrize(
    ("log", "script"),
    [
        ("bash: ./bin/check: /bin/sh^M: bad interpreter: No such file or directory", "./bin/check"),
        ("/tmp/1.sh: line 1: ./bin/check: cannot execute: required file not found", "./bin/check"),
        ("bin/check: 2: set: Illegal option -", "sh bin/check"),
        ("bin/check: line 2: $'\\r': command not found", "bash bin/check"),
        ("env: \u2018sh\\r\u2019: No such file or directory", "./bin/check"),
    ],
)
def test_carriage_returns_of_a_script_are_removed(log: str, script: str) -> None:
    files = {"bin/check": CRLF, "notes.txt": "a\r\n"}
    (edit,) = found(files, log, script, frozenset({"bin/check"}))
    assert {"bin/check": SH, "notes.txt": "a\r\n"} == edited(files, edit)
    assert all(one.executable for one in edit.patch)


def test_a_makefile_with_carriage_returns_is_repaired() -> None:
    files = {"Makefile": "test:\r\n\tpytest\r\n"}
    (edit,) = found(files, "Makefile:1: *** missing separator.  Stop.", "make")
    assert {"Makefile": "test:\n\tpytest\n"} == edited(files, edit)


def test_carriage_returns_that_harm_nobody_stay() -> None:
    assert [] == found({"bin/check": CRLF}, "1 failed, 3 passed", "sh bin/check")
    assert [] == found({"win.bat": "echo\r\n"}, "win.bat: No such file or directory", "./win.bat")


def test_a_first_line_is_put_back() -> None:
    before = "#!/usr/bin/env python3\nimport os\n"
    patch = Patch.of([changed_file("gen", before, "import os\n", executable=True)])
    files = {"gen": "import os\n"}
    (edit,) = found(files, "./gen: 1: import: not found", "./gen", frozenset({"gen"}), (patch,))
    assert {"gen": before} == edited(files, edit)
    wrong = {"gen": "#!/usr/bin/env pyhton3\nimport os\n"}
    log = "env: \u2018pyhton3\u2019: No such file or directory"
    patch = Patch.of([changed_file("gen", before, wrong["gen"], executable=True)])
    (edit,) = found(wrong, log, "./gen", frozenset({"gen"}), (patch,))
    assert {"gen": before} == edited(wrong, edit)


def test_a_first_line_that_nothing_tells_is_not_invented() -> None:
    assert [] == found({"gen": "import os\n"}, "./gen: 1: import: not found", "./gen", frozenset({"gen"}))
