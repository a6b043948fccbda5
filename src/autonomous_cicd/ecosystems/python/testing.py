"""Decides how a component is tested: by which runner, with which arguments, on whose word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace

from autonomous_cicd.domain.layout import MATERIAL
from autonomous_cicd.ecosystems.python.facts import Facts, Recipe
from autonomous_cicd.ecosystems.python.nox import session_versions
from autonomous_cicd.ecosystems.python.recipes import runner_of, test_recipe
from autonomous_cicd.ecosystems.python.shapes import has, string, strings, table
from autonomous_cicd.values import dataclass

__all__ = ["Testing", "decide_testing", "pytest_evidence", "pytest_options"]

_PYTEST_FILES = (
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)
_PLUGINS = (
    ("pytest-cov", re.compile(r"--(?:no-)?cov\b")),
    ("pytest-xdist", re.compile(r"(?:^|\s)(?:-n[\s=]?\w|--numprocesses|--dist\b)")),
    ("pytest-randomly", re.compile(r"-p\s*(?:no:)?randomly")),
    ("pytest-benchmark", re.compile(r"--benchmark")),
    ("pytest-mypy", re.compile(r"--mypy\b")),
)
_OPTION_PLUGINS = {
    "asyncio_mode": "pytest-asyncio",
    "asyncio_default_fixture_loop_scope": "pytest-asyncio",
    "timeout": "pytest-timeout",
    "django_settings_module": "pytest-django",
    "mock_use_standalone_module": "pytest-mock",
    "env": "pytest-env",
    "required_plugins": "",
}
IMPORTED = {
    "hypothesis": "hypothesis",
    "mock": "mock",
    "pytest_asyncio": "pytest-asyncio",
    "pytest_mock": "pytest-mock",
    "pytest_httpserver": "pytest-httpserver",
    "pytest_httpx": "pytest-httpx",
    "pytest_subtests": "pytest-subtests",
    "freezegun": "freezegun",
    "time_machine": "time-machine",
    "responses": "responses",
    "requests_mock": "requests-mock",
    "respx": "respx",
    "parameterized": "parameterized",
    "ddt": "ddt",
    "faker": "faker",
    "factory": "factory-boy",
    "testfixtures": "testfixtures",
    "trustme": "trustme",
    "trio": "trio",
    "anyio": "anyio",
    "uvicorn": "uvicorn",
    "chardet": "chardet",
    "cryptography": "cryptography",
    "pretend": "pretend",
    "pexpect": "pexpect",
    "virtualenv": "virtualenv",
    "build": "build",
    "tomli_w": "tomli-w",
    "numpy": "numpy",
    "yaml": "pyyaml",
    "simplejson": "simplejson",
    "pytz": "pytz",
    "dateutil": "python-dateutil",
    "sybil": "sybil",
    "syrupy": "syrupy",
    "nose": "nose",
    "setuptools": "setuptools",
    "pkg_resources": "setuptools<81",
}
"""Well-known distributions that tests import; asked for only where no file says what the tests need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testing:
    """How a component is tested."""

    runner: str
    evidence: str
    commands: tuple[tuple[str, ...], ...]
    cwd: str = "."
    env: Mapping[str, str] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    """Distributions that must be in the environment."""
    recipe: Recipe | None = None
    """The environment of tox, nox or hatch whose word it follows."""
    own_environment: bool = False
    """Whether the runner makes its environments itself."""

    __test__ = False


def decide_testing(facts: Facts, python: str) -> Testing | str:
    """Return how a component is tested with a version of Python, or why it is not."""
    recipe = test_recipe(facts, python)
    if recipe is not None and recipe.whole:
        return _by_recipe(facts, recipe)
    evidence = pytest_evidence(facts)
    if evidence and (facts.tests or recipe):
        return _pytest(facts, evidence, recipe)
    if recipe is not None:
        return _indirect(facts, recipe, python)
    if "manage.py" in facts.files and facts.tests:
        commands = (("python", "manage.py", "test"),)
        return Testing(runner="django", evidence="manage.py", commands=commands)
    if facts.tests:
        return _unittest(facts)
    return "no tests were found: no file is named test_*.py, *_test.py or tests.py"


def pytest_evidence(facts: Facts) -> str:
    """Return what says that pytest is the runner; empty when nothing does."""
    for file, section in _PYTEST_FILES:
        if facts.section(file, section) is not None or (file == "pytest.ini" and file in facts.files):
            return f"{file} [{section}]"
    if has(facts.tools, "pytest"):
        return "pyproject.toml [tool.pytest]"
    asked = next((one for one in facts.sets if "pytest" in one.names), None)
    if asked:
        return f"{asked.source} ({asked.name})" if asked.source != asked.name else asked.source
    if "pytest" in facts.test_imports:
        return "tests that import pytest"
    if any(name.rpartition("/")[2] == "conftest.py" for name in facts.sources):
        return "conftest.py"
    return "tests that are plain functions" if facts.test_functions else ""


def pytest_options(facts: Facts) -> Mapping[str, str]:
    """Return what pytest is configured with; lists become lines."""
    own = table(facts.tools, "pytest", "ini_options") or table(facts.tools, "pytest")
    if own:
        return {name: "\n".join(strings(value)) or string(value) for name, value in own.items()}
    sections = (facts.section(file, section) for file, section in _PYTEST_FILES)
    return next((section for section in sections if section is not None), {})


def _by_recipe(facts: Facts, recipe: Recipe) -> Testing:
    runner = runner_of(recipe)
    commands = recipe.commands
    if recipe.tool == "hatch":
        commands = tuple(command for command in commands if runner_of(replace(recipe, commands=(command,))))[
            :1
        ]
    return Testing(
        runner=runner,
        evidence=f"{recipe.source} ({recipe.tool} {recipe.name})",
        commands=tuple(_modern(command) for command in commands),
        cwd=recipe.cwd,
        env=recipe.env,
        needed=_needed(facts) if runner == "pytest" else frozenset(),
        recipe=recipe,
    )


def _modern(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command by its present name."""
    return ("pytest", *command[1:]) if command[0] == "py.test" else command


def _pytest(facts: Facts, evidence: str, recipe: Recipe | None) -> Testing:
    start = ("pytest",) if facts.installable else ("python", "-m", "pytest")
    return Testing(
        runner="pytest",
        evidence=evidence,
        commands=((*start, *_paths(facts)),),
        env=recipe.env if recipe else {},
        needed=_needed(facts),
        recipe=recipe,
    )


def _needed(facts: Facts) -> frozenset[str]:
    """Return pytest and the plug-ins that its configuration cannot do without."""
    options = pytest_options(facts)
    words = options.get("addopts", "")
    found = {name for name, pattern in _PLUGINS if pattern.search(words)}
    found |= {_OPTION_PLUGINS[name.lower()] for name in options if name.lower() in _OPTION_PLUGINS}
    found |= {word for word in options.get("required_plugins", "").split() if word[0].isalpha()}
    return frozenset(found - {""} | {"pytest"})


def _paths(facts: Facts) -> tuple[str, ...]:
    """Return the places of the tests, where pytest left alone would also collect what is no test of it."""
    aside = MATERIAL - {"test", "tests", "__tests__", "e2e"}
    if pytest_options(facts).get("testpaths") or not facts.tests:
        return ()
    ours = [name for name in facts.tests if not aside.intersection(name.split("/")[:-1])]
    tops = tuple(dict.fromkeys(name.split("/")[0] for name in ours))
    return tops if len(ours) < len(facts.tests) and len(tops) <= 8 else ()


def _unittest(facts: Facts) -> Testing:
    """Return the call of the standard library's runner that finds the tests where they lie."""
    folders = sorted({name.rpartition("/")[0] for name in facts.tests}, key=lambda one: one.count("/"))
    top = folders[0]
    command = ["python", "-m", "unittest", "discover"]
    if top:
        package = f"{top}/__init__.py" in facts.sources
        command += ["-s", top, *(("-t", ".") if package and not top.startswith("src/") else ())]
    if not any(name.rpartition("/")[2].startswith("test") for name in facts.tests):
        command += ["-p", "*_test.py"]
    return Testing(runner="unittest", evidence=facts.tests[0], commands=(tuple(command),))


def _indirect(facts: Facts, recipe: Recipe, python: str) -> Testing:
    """Let tox, nox or hatch make the environment, because what it does cannot be read."""
    if recipe.tool == "tox":
        command: tuple[str, ...] = ("tox", "run", "-e", recipe.name)
    elif recipe.tool == "nox":
        asked = session_versions(facts.says.get("noxfile.py", "")).get(recipe.name, ())
        command = ("nox", "-s", f"{recipe.name}-{python}" if python in asked else recipe.name)
    else:
        command = ("hatch", "run", f"{recipe.name}:test")
    return Testing(
        runner=recipe.tool,
        evidence=f"{recipe.source} ({recipe.tool} {recipe.name})",
        commands=(command,),
        needed=frozenset((recipe.tool,)),
        own_environment=True,
    )
