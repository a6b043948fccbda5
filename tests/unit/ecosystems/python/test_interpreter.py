from __future__ import annotations

import pytest

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.ecosystems.python.facts import Facts
from autonomous_cicd.ecosystems.python.interpreter import choose_interpreter, missing

INSTALLED = "2.7.18 3.6.15 3.8.18 3.10.13 3.12.1 3.13.0 3.14.0a2"


def machine(versions: str = INSTALLED) -> Machine:
    pythons = [Interpreter(language="python", version=one, path=f"/{one}") for one in versions.split()]
    return Machine(interpreters=(*pythons, Interpreter(language="node", version="20.1.0", path="/node")))


@pytest.mark.parametrize(
    ("pinned", "asked", "named", "chosen"),
    [
        ("", "", "", "3.13.0"),
        ("", ">=3.8,<3.13", "", "3.12.1"),
        ("", "^3.8", "", "3.13.0"),
        ("", ">=3.9,!=3.13.*", "", "3.12.1"),
        ("", "nonsense", "", "3.13.0"),
        ("3.10", "", "", "3.10.13"),
        ("3.10.4", ">=3.12", "", "3.10.13"),
        ("3.11", "", "", "3.13.0"),
        ("", ">=3.8", "3.8 3.9 3.10", "3.10.13"),
        ("", ">=3.8", "3.9", "3.10.13"),
        ("", ">=3.8", "3.15", "3.13.0"),
        ("", ">=2.7", "3.3 3.4", "3.8.18"),
        ("", "<3.7", "3.3 3.5", "3.6.15"),
        ("", ">=3.15", "", ""),
        ("", "<3", "", ""),
    ],
)
def test_the_interpreter_that_suits_best(pinned: str, asked: str, named: str, chosen: str) -> None:
    facts = Facts(folder=".", pinned_python=pinned, requires_python=asked, versions=tuple(named.split()))
    found = choose_interpreter(facts, machine())
    assert chosen == (found.version if found else "")


def test_without_one_the_reason_names_what_there_is() -> None:
    assert missing(Facts(folder=".", requires_python=">=3.15"), machine("3.9.1 3.10.2")) == (
        "the project asks for Python >=3.15, and installed here: 3.9, 3.10. "
        "Install such a version (for example with `uv python install` or pyenv) and run again."
    )
    assert "Python 3, and installed here: none" in missing(Facts(folder="."), Machine())
