"""A command follows its function to a new name or place, when it is sure which one that is."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.entry_point import EntryPoint

OLD = "import sys\n\n\ndef helper():\n    pass\n\n\ndef cli(args):\n    pass\n"
NEW = OLD.replace("def cli(", "def main(")
TWO = NEW + "\n\ndef other():\n    pass\n"
LOST = "ImportError: cannot import name 'cli' from 'it.cli' (/v/lib/python3.11/site-packages/it/cli.py)\n"
MOVED = "ModuleNotFoundError: No module named 'it.cli'\n"
PROJECT = '[project]\nname = "it"\n\n[project.scripts]\nit = "it.cli:cli"\n'


def repaired(
    files: dict[str, str], log: str = LOST, before: str = OLD, file: str = "it/cli.py", subject: str = ""
) -> dict[str, str]:
    """Return the files that are changed, with their new texts."""
    past = (Patch.of([changed_file(file, before, files[file])]), Patch()) if file in files else ()
    failure = failure_of(
        "E   subprocess.CalledProcessError: it returned non-zero exit status 1.\n" + log,
        Category.TEST_FAILURE,
    )
    found = edits(
        prescribed(
            EntryPoint(), case_of(files, log, failure, FakeBench(past=FakePast(past, subjects=(subject,))))
        )
    )
    after = edited(files, found[0]) if found else files
    return {name: text for name, text in after.items() if files.get(name) != text}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", PROJECT),
        ("pyproject.toml", '[tool.poetry.scripts]\n"it-run" = "it.cli:cli"\nother = "it.cli:helper"\n'),
        ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n    it = it.cli:cli\n"),
        ("setup.py", "setup(name='it', entry_points={'console_scripts': ['it=it.cli:cli']})\n"),
    ],
)
def test_a_command_follows_the_new_name(name: str, text: str) -> None:
    assert {name: text.replace("it.cli:cli", "it.cli:main")} == repaired({name: text, "it/cli.py": NEW})


def test_a_command_follows_its_function_elsewhere() -> None:
    files = {"pyproject.toml": PROJECT, "src/it/__init__.py": "", "src/it/command.py": OLD}
    assert {"pyproject.toml": PROJECT.replace("it.cli:cli", "it.command:cli")} == repaired(files, MOVED)


@pytest.mark.parametrize(
    ("files", "log", "before"),
    [
        ({"pyproject.toml": PROJECT, "it/cli.py": TWO}, LOST, OLD),
        ({"pyproject.toml": PROJECT, "it/cli.py": NEW, "it/a.py": "from .cli import cli\n"}, LOST, OLD),
        (
            {"pyproject.toml": PROJECT, "it/cli.py": NEW, "tests/test_a.py": "from it.cli import cli\n"},
            LOST,
            OLD,
        ),
        ({"pyproject.toml": PROJECT, "it/cli.py": OLD}, LOST, OLD + "x = 1\n"),
        ({"pyproject.toml": PROJECT.replace("cli:cli", "cli:cli_all"), "it/cli.py": NEW}, LOST, OLD),
        ({"pyproject.toml": PROJECT, "it/cli.py": NEW}, LOST.replace("it.cli", "other.cli"), OLD),
        ({"pyproject.toml": PROJECT, "it/a.py": OLD, "it/b.py": OLD}, MOVED, OLD),
        ({"pyproject.toml": '[project]\nname = "it"\n', "it/cli.py": NEW}, LOST, OLD),
    ],
)
def test_what_is_not_sure_is_left(files: dict[str, str], log: str, before: str) -> None:
    assert {} == repaired(files, log, before)


def test_it_is_asked_where_a_command_failed() -> None:
    assert EntryPoint().suits(failure_of(LOST)) > 0.5
    assert (
        EntryPoint().suits(failure_of("E   CalledProcessError: 'it' returned non-zero exit status 1.\n"))
        > 0.5
    )
    assert EntryPoint().suits(failure_of("E   assert 1 == 2\n")) == 0


@pytest.mark.parametrize(
    ("name", "before", "now"),
    [
        ("pyproject.toml", PROJECT, '[project]\nname = "it"\n'),
        (
            "setup.py",
            "setup(\n    name='it',\n    entry_points={'console_scripts': ['it=it.cli:cli']},\n)\n",
            "setup(\n    name='it',\n)\n",
        ),
        (
            "setup.cfg",
            "[options.entry_points]\nconsole_scripts =\n    it = it.cli:cli\n    b = it.b:c\n",
            "[options.entry_points]\nconsole_scripts =\n    b = it.b:c\n",
        ),
    ],
)
@pytest.mark.parametrize(
    "log",
    [
        "a.sh: line 1: it: command not found\n",
        "E   FileNotFoundError: [Errno 2] No such file or directory: 'it'\n",
    ],
)
def test_a_command_that_was_taken_away_comes_back(name: str, before: str, now: str, log: str) -> None:
    files = {name: now, "it/cli.py": OLD}
    assert {name: before} == repaired(files, log, before, name)
    assert {} == repaired(files, log.replace("'it'", "'other'").replace(" it:", " other:"), before, name)


def test_a_command_that_was_to_go_stays_away() -> None:
    now, log = '[project]\nname = "it"\n', "a.sh: line 1: it: command not found\n"
    files = {"pyproject.toml": now, "it/cli.py": OLD}
    assert {} == repaired(files, log, PROJECT, "pyproject.toml", "Remove the command it")
    files["pyproject.toml"] = PROJECT.replace("it = ", "that = ")
    assert {} == repaired(files, log, PROJECT, "pyproject.toml")
