from __future__ import annotations

from autonomous_cicd.ecosystems.python.facts import Recipe
from autonomous_cicd.ecosystems.python.hatch import hatch_environments


def test_environments_take_what_their_template_has() -> None:
    declared: dict[str, object] = {
        "default": {
            "dependencies": ["pytest"],
            "scripts": {
                "test": "pytest {args:tests -q}",
                "lint": ["- ruff check {args}", "test"],
                "bad": "'",
            },
            "env-vars": {"A": "1", "B": "{root}"},
        },
        "more": {"extra-dependencies": ["x"], "features": ["fast"], "scripts": {"run": "python '"}},
        "docs": {"detached": True, "dependencies": ["mkdocs"]},
        "round": {"template": "trip", "skip-install": True},
        "trip": {"template": "round"},
        "odd": 1,
    }
    found = {recipe.name: recipe for recipe in hatch_environments(declared)}
    assert found["default"] == Recipe(
        tool="hatch",
        name="default",
        source="pyproject.toml",
        requirements=("pytest",),
        commands=(("pytest", "tests", "-q"), ("ruff", "check")),
        env={"A": "1"},
    )
    assert (found["more"].requirements, found["more"].extras) == (("pytest", "x"), ("fast",))
    assert found["more"].commands == found["default"].commands
    assert (found["docs"].requirements, found["docs"].project, found["docs"].commands) == (
        ("mkdocs",),
        False,
        (),
    )
    assert not found["round"].project
    assert "odd" not in found


def test_the_same_in_a_file_of_its_own() -> None:
    (found,) = hatch_environments({"envs": {"test": {"scripts": {"test": "pytest {root}"}}}})
    assert (found.name, found.whole) == ("test", False)
