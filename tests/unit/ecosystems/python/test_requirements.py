from __future__ import annotations

import pytest

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.ecosystems.python.requirements import (
    installs_project,
    is_requirements_file,
    read_requirements,
    requirement_sets,
)


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "requirements_test.in",
        "dev-requirements.txt",
        "test_requirements.txt",
        "requirements/dev.txt",
        "requirements/base.in",
        "tests/requirements.txt",
        "reqs.txt",
        "requirements.dev.txt",
    ],
)
def test_these_are_requirements_files(name: str) -> None:
    assert is_requirements_file(name)


@pytest.mark.parametrize("name", ["README.txt", "a/b/c/requirements.txt", "robots.txt", "requirements.yml"])
def test_these_are_none(name: str) -> None:
    assert not is_requirements_file(name)


def test_what_a_file_asks_for() -> None:
    files = MemoryFiles(
        {
            "sub/requirements.txt": "a==1 --hash=sha256:x \\\n  --hash=sha256:y\n# no\n-c c.txt\n-e .[x]\n"
            "b  # why\n--index-url https://host\n-r more/others.txt\nhttps://host/c#egg=c\n",
            "sub/more/others.txt": "d\n-r ../requirements.txt\n",
        }
    )
    found = read_requirements(files, "sub/requirements.txt")
    assert found[:3] == ("a==1", ".[x]", "b")
    assert "d" in found
    assert "https://host/c#egg=c" in found


def test_an_include_that_leads_out_of_the_project_is_nothing() -> None:
    files = MemoryFiles({"requirements.txt": "-r ../../etc/passwd\n-r /etc/passwd\na\n"})
    assert read_requirements(files, "requirements.txt") == ("a",)


@pytest.mark.parametrize("text", [".", "-e .", "-e .[a,b]", "--editable=.", "./", ".[x] # y", "-e '.'"])
def test_the_project_itself_is_seen(text: str) -> None:
    assert installs_project(f"a\n{text}\n")


@pytest.mark.parametrize("text", ["-e ./other", "..", ".hidden", "a", ""])
def test_other_folders_are_not_the_project(text: str) -> None:
    assert not installs_project(text)


def test_the_compiled_file_counts_and_constraints_do_not() -> None:
    files = MemoryFiles(
        {
            "lib/requirements.in": "a\n",
            "lib/requirements.txt": "a==1\n",
            "lib/requirements-dev.in": "b\n",
            "lib/constraints.txt": "c==1\n",
            "lib/requirements-empty.txt": "",
            "lib/README.txt": "d",
        }
    )
    names = ["requirements.in", "requirements.txt", "requirements-dev.in", "constraints.txt"]
    found = requirement_sets(files, "lib", [*names, "requirements-empty.txt", "README.txt"])
    assert [(one.name, one.requirements) for one in found] == [
        ("requirements.txt", ("a==1",)),
        ("requirements-dev.in", ("b",)),
    ]


def test_files_that_include_each_other_many_times_are_read_once() -> None:
    many = "-r a/requirements.txt\n" * 1000 + "-r requirements.txt\nx\n"
    files = MemoryFiles(
        {"requirements.txt": many, "a/requirements.txt": "-r ../requirements.txt\n" * 1000 + "y\n"}
    )
    assert read_requirements(files, "requirements.txt") == ("y", "x")
