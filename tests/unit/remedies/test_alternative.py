"""A way that is closed is replaced by its successor, in every place, and only when the log says so."""

from __future__ import annotations

import pytest
from tests.benches import case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.remedies.alternative import Alternative

CLOSED = [
    (
        "sh: 1: docker-compose: not found",
        "Makefile",
        "up:\n\tdocker-compose up -d\n",
        "up:\n\tdocker compose up -d\n",
    ),
    (
        "bash: line 1: easy_install: command not found",
        "ci.sh",
        "easy_install x\n",
        "python -m pip install x\n",
    ),
    (
        "error: invalid command 'develop'",
        "Makefile",
        "a:\n\tpython setup.py develop\n",
        "a:\n\tpython -m pip install -e .\n",
    ),
    (
        "error: invalid command 'test'",
        "tox.ini",
        "commands = python3 setup.py test\n",
        "commands = python3 -m pytest\n",
    ),
    (
        "/x.sh: line 2: python: command not found",
        "ci.sh",
        "python -m a\npython3 b\n",
        "python3 -m a\npython3 b\n",
    ),
    ("sh: 1: pip: not found", "scripts/setup", "pip install x\n", "python3 -m pip install x\n"),
    ("sh: egrep: command not found", "ci.sh", "egrep 'a|b' x\n", "grep -E 'a|b' x\n"),
    (
        "ERROR: Failed building wheel for lxml",
        "ci.sh",
        "pip install --no-binary :all: lxml\n",
        "pip install lxml\n",
    ),
    ("ERROR: Failed building wheel for lxml", "requirements.txt", "lxml --no-binary lxml\n", "lxml\n"),
    (
        "worker 'gw1' crashed while running 'a'",
        "tox.ini",
        "commands = pytest -n auto -q\n",
        "commands = pytest -n 1 -q\n",
    ),
]


@pytest.mark.parametrize(("log", "file", "text", "expected"), CLOSED)
def test_takes_the_way_of_the_successor(log: str, file: str, text: str, expected: str) -> None:
    (edit,) = edits(prescribed(Alternative(), case_of({file: text}, log)))
    assert expected == edited({file: text}, edit)[file]


@pytest.mark.parametrize(
    ("log", "file", "text"),
    [
        ("sh: 1: docker-compose: not found", "Makefile", "up:\n\tdocker compose up -d\n"),
        ("sh: 1: docker-compose: not found", "README.md", "docker-compose up\n"),
        ("error: invalid command 'develop'", "Makefile", "a:\n\tpython setup.py develop --user\n"),
        ("ERROR: Failed building wheel for lxml", "ci.sh", "pip install lxml\n"),
        ("sh: 1: jq: not found", "ci.sh", "jq . x\n"),
        ("1 failed", "tox.ini", "commands = pytest -n auto\n"),
    ],
)
def test_changes_nothing_else(log: str, file: str, text: str) -> None:
    assert [] == prescribed(Alternative(), case_of({file: text}, log, failure_of(log)))
