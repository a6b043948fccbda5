"""What gates measure is read from the private copies, whatever tasks left there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autonomous_cicd.adapters.evidence import RunEvidence
from autonomous_cicd.adapters.memory import MemoryFiles, MemoryWorkspace

FILES = {"src/a.py": "a = 1\n", "tests/test_a.py": "t = 1\n", "README.md": "Hello\n", "coverage.xml": "own"}


@pytest.fixture
def evidence(tmp_path: Path) -> RunEvidence:
    (tmp_path / "copy").mkdir()
    (tmp_path / "environments").mkdir()
    return RunEvidence(
        (),
        log={"a": b"caf\xc3\xa9 \xff"}.__getitem__,
        copies=[tmp_path / "copy"],
        environments=tmp_path / "environments",
        workspace=MemoryWorkspace({}),
        files=MemoryFiles(FILES),
    )


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_log_is_text(evidence: RunEvidence) -> None:
    assert "café �" == evidence.log("a")


def test_only_what_the_run_made_is_evidence(evidence: RunEvidence, tmp_path: Path) -> None:
    """A coverage file that is committed says nothing about this run."""
    for name in ("coverage.xml", "out/coverage.xml", "node_modules/x/coverage.xml"):
        write(tmp_path / "copy" / name, "<made/>")
    assert {"out/coverage.xml": "<made/>"} == evidence.made(["*coverage.xml"])


def test_sources_are_those_of_the_project_without_its_tests(evidence: RunEvidence) -> None:
    assert {"src/a.py": "a = 1\n"} == evidence.sources()
    assert sorted(FILES) == evidence.names()


def test_without_anything_installed_no_licence_is_known(evidence: RunEvidence) -> None:
    assert evidence.licences() is None


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ("Name: x\nLicense-Expression: MIT\nLicense: other\n", ("x", "MIT")),
        (
            "Name: x\nClassifier: License :: OSI Approved :: MIT License\nLicense: long text\n",
            ("x", "MIT License"),
        ),
        ("Name: x\nLicense: BSD\n more text\n", ("x", "BSD")),
        ("Name: x\n", ("x", "")),
        ("", ("x-1.dist-info", "")),
    ],
)
def test_the_licence_of_a_python_package(
    evidence: RunEvidence, tmp_path: Path, metadata: str, expected: tuple[str, str]
) -> None:
    place = tmp_path / "environments/py/lib/python3.12/site-packages/x-1.dist-info/METADATA"
    write(place, metadata)
    assert dict([expected]) == evidence.licences()


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ({"name": "@a/b", "license": "MIT"}, {"@a/b": "MIT"}),
        ({"name": "@a/b", "license": {"type": "ISC"}}, {"@a/b": "ISC"}),
        ({"license": None}, {"b": ""}),
        ([], None),
    ],
)
def test_the_licence_of_a_node_package(
    evidence: RunEvidence, tmp_path: Path, package: object, expected: dict[str, str] | None
) -> None:
    write(tmp_path / "copy/node_modules/@a/b/package.json", json.dumps(package))
    write(tmp_path / "copy/node_modules/c/package.json", "{")
    assert expected == evidence.licences()


def test_what_cannot_be_read_is_no_evidence(evidence: RunEvidence, tmp_path: Path) -> None:
    """A task may leave anything in its folders: links to nowhere, folders, links to secrets."""
    secret = tmp_path / "secret.json"
    write(secret, '{"name": "secret", "license": "MIT"}')
    os.makedirs(tmp_path / "copy/node_modules/a/package.json")
    os.makedirs(tmp_path / "copy/node_modules/b")
    (tmp_path / "copy/node_modules/b/package.json").symlink_to(secret)
    (tmp_path / "copy/node_modules/c").mkdir()
    os.mkfifo(tmp_path / "copy/node_modules/c/package.json")
    packages = tmp_path / "environments/py/lib/python3.12/site-packages"
    os.makedirs(packages / "x.dist-info/METADATA")
    assert evidence.licences() is None
