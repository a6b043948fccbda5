"""The sample project that the demonstration works on."""

from __future__ import annotations

import subprocess
from pathlib import Path

__all__ = ["BREAKS", "break_it", "make"]

FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "greenhouse"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["sortedcontainers>=2.4"]

[dependency-groups]
test = ["pytest"]
lint = ["ruff"]

[tool.ruff.lint]
select = ["F"]

[tool.pytest.ini_options]
testpaths = ["tests"]
""",
    "src/greenhouse/__init__.py": '"""Keeps plants warm."""\n',
    "src/greenhouse/climate.py": '''\
"""Keeps plants at their temperature."""

from sortedcontainers import SortedDict


def heating(inside: float, wanted: float) -> float:
    """Return the power of the heating, 0 to 1."""
    return min(1.0, max(0.0, (wanted - inside) / 10))


def coldest(inside: dict[str, float]) -> str:
    """Return the bed that needs warmth most."""
    return SortedDict((degrees, bed) for bed, degrees in inside.items()).peekitem(0)[1]
''',
    "tests/test_heating.py": """\
from greenhouse.climate import coldest, heating


def test_heats_when_it_is_cold() -> None:
    assert heating(inside=12, wanted=22) == 1.0


def test_rests_when_it_is_warm() -> None:
    assert heating(inside=25, wanted=22) == 0.0


def test_knows_where_it_is_cold() -> None:
    assert coldest({"tomatoes": 21.5, "basil": 17.0}) == "basil"
""",
    ".gitignore": "__pycache__/\n",
}
BREAKS = (
    (
        "Tidy up the dependencies",
        "pyproject.toml",
        'dependencies = ["sortedcontainers>=2.4"]',
        "dependencies = []",
    ),
    ("Prepare for logging", "src/greenhouse/climate.py", "from sorted", "import logging\n\nfrom sorted"),
    (
        "Simplify the heating",
        "src/greenhouse/climate.py",
        "max(0.0, (wanted - inside) / 10)",
        "(wanted - inside) / 10",
    ),
)
"""Three commits, each with its message, that break it in three ways."""


def make(folder: Path) -> None:
    """Write the project, as a repository with one commit."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    _commit(folder, "Keep plants warm")


def break_it(folder: Path) -> None:
    """Make the commits that break it."""
    for message, name, old, new in BREAKS:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise SystemExit(f"the sample project has no {old!r} to change")
        path.write_text(text.replace(old, new), encoding="utf-8")
        _commit(folder, message)


def _commit(folder: Path, message: str) -> None:
    person = ["-c", "user.name=A stranger", "-c", "user.email=stranger@example.org"]
    for words in (["add", "."], [*person, "commit", "-qm", message]):
        subprocess.run(["git", *words], cwd=folder, check=True)
