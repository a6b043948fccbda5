"""The sample project that the demonstration works on."""

from __future__ import annotations

import subprocess
from pathlib import Path

__all__ = ["BROKEN", "MENDED", "make"]

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "greenhouse"
version = "1.0"
requires-python = ">=3.11"

[dependency-groups]
test = ["pytest"]

[tool.pytest.ini_options]
testpaths = ["tests"]
""",
    "src/greenhouse/__init__.py": '''\
"""Keeps plants at their temperature."""


def heating(inside: float, wanted: float) -> float:
    """Return the power of the heating, 0 to 1."""
    return min(1.0, max(0.0, (wanted - inside) / 10))
''',
    "tests/test_heating.py": """\
from greenhouse import heating


def test_heats_when_it_is_cold() -> None:
    assert heating(inside=12, wanted=22) == 1.0


def test_rests_when_it_is_warm() -> None:
    assert heating(inside=25, wanted=22) == 0.0
""",
    ".gitignore": "__pycache__/\n",
}
BROKEN = ("src/greenhouse/__init__.py", "max(0.0, ", "(")
"""A change that breaks it: the heating becomes negative."""
MENDED = ("src/greenhouse/__init__.py", "((wanted", "max(0.0, (wanted")


def make(folder: Path) -> None:
    """Write the project, as a repository with one commit."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    person = ["-c", "user.name=A stranger", "-c", "user.email=stranger@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*person, "commit", "-qm", "Keep plants warm"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
