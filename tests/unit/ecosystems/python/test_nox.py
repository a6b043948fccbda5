from __future__ import annotations

from autonomous_cicd.ecosystems.python.facts import Recipe
from autonomous_cicd.ecosystems.python.nox import session_versions, sessions

FILE = """
import nox

VERSIONS = ["3.11", "3.12"]
DEPS: list[str] = ["pytest", "hypothesis"]

@nox.session(python=VERSIONS, name="unit")
def tests(session: nox.Session) -> None:
    "Run the tests."
    session.log("hello")
    session.install("-e", ".[fast, more]", *DEPS, "-c", "constraints.txt")
    session.install("-r", "dev.txt", "--group", "test", "--upgrade")
    session.run("pytest", *(session.posargs or ["tests"]), env={"A": "1", "B": 2})

@nox.session
def lint(session):
    if session.posargs:
        session.run("ruff", "check")
    session.run("ruff", "check", computed())

@session
def strange(s, extra):
    s.conda_install("x")
    s.run("pytest", env=ENV)
    session.run("x")

def helper(session):
    session.run("no")
"""


def test_sessions_are_followed_as_far_as_they_are_literal() -> None:
    found = {recipe.name: recipe for recipe in sessions(FILE)}
    assert list(found) == ["unit", "lint", "strange"]
    assert found["unit"] == Recipe(
        tool="nox",
        name="unit",
        source="noxfile.py",
        requirements=("pytest", "hypothesis"),
        files=("dev.txt",),
        extras=("fast", "more"),
        groups=("test",),
        commands=(("pytest", "tests"),),
        env={"A": "1"},
    )
    assert (found["lint"].whole, found["lint"].commands) == (False, (("ruff", "check"),))
    assert (found["strange"].whole, found["strange"].commands) == (False, (("pytest",),))


def test_interpreters_of_sessions() -> None:
    assert session_versions(FILE) == {"unit": ("3.11", "3.12"), "lint": (), "strange": ()}


def test_a_file_that_is_no_python_has_no_sessions() -> None:
    assert (sessions("def ("), session_versions("def (")) == ((), {})


def test_a_session_without_an_argument_does_nothing_we_know() -> None:
    (found,) = sessions("import nox\n@nox.session\ndef a():\n    pass\n")
    assert not found.whole
