"""Changing one requirement, wherever it stands, leaves everything else byte for byte as it was."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.python_manifest import (
    begun,
    is_requirements,
    manifests,
    mentioned,
    reader_of,
    shelves,
)
from autonomous_cicd.domain.requirement import normal, order, parse_requirement
from autonomous_cicd.domain.shelf import added, changed, noted, removed

PYPROJECT = """\
[build-system]
requires = ["flit_core <4"]

[project]
name = "it"  # a name
dependencies = [
    "MarkupSafe",
]

[project.optional-dependencies]
test = ["pytest>=7", 'coverage[toml]']
docs = [
  "furo",      # the theme
  "sphinx",
  "towncrier"
]

[dependency-groups]
dev = [{include-group = "test"}, "ruff"]
empty = []
long = [
]
"""
POETRY = """\
[tool.poetry.dependencies]
python = "^3.9"
requests = "^2.31"
uvicorn = {version = "^0.20", extras = ["standard"]}

[tool.poetry.group.dev.dependencies]
pytest = "*"

[tool.poetry.group.docs.dependencies]
"""
CFG = """\
[metadata]
name = it

[options]
install_requires =
    click>=8
    # why
    rich
tests_require = pytest
zip_safe = no

[options.extras_require]
test =
\tpytest
\tmock; python_version < "3.8"
docs = sphinx
"""
SETUP = """\
from setuptools import setup
TESTS = ['pytest', "mock"]
setup(
    name="é",
    install_requires=["click>=8", "rich"],
    extras_require={
        "test": TESTS,
        "docs": [
            "sphinx",  # Dänisch
            "furo",
        ],
    },
)
"""
TOX = """\
[tox]
envlist = py, lint
[testenv]
deps =
    pytest
    py38: mock
commands = pytest
[testenv:lint]
deps = ruff
"""
NOX = """\
import nox

@nox.session
def tests(session):
    session.install("-e", ".", "pytest", "coverage")
    session.run("pytest")

@nox.session
def lint(session):
    session.install("ruff")
"""
WORKFLOW = """\
jobs:
  test:
    steps:
      - run: pip install -e . pytest
      - run: |
          python -m pip install -U pip
          pip install -r requirements.txt 'coverage<8' && pytest
          pip install --group dev
"""
ENVIRONMENT = """\
name: it
dependencies:
  - python=3.11
  - pip:
    - pytest
    - "rich>=13"
channels:
  - defaults
"""
ADDED = [
    (
        "pyproject.toml",
        PYPROJECT,
        "project dependencies",
        "lxml",
        '    "MarkupSafe",\n',
        '    "MarkupSafe",\n    "lxml",\n',
    ),
    (
        "pyproject.toml",
        PYPROJECT,
        "project optional-dependencies test",
        "mock>=4",
        "'coverage[toml]']",
        "'coverage[toml]', \"mock>=4\"]",
    ),
    (
        "pyproject.toml",
        PYPROJECT,
        "project optional-dependencies docs",
        "myst-parser",
        '  "sphinx",\n',
        '  "myst-parser",\n  "sphinx",\n',
    ),
    (
        "pyproject.toml",
        PYPROJECT,
        "project optional-dependencies docs",
        "zensical",
        '  "towncrier"\n',
        '  "towncrier",\n  "zensical"\n',
    ),
    (
        "pyproject.toml",
        PYPROJECT,
        "build-system requires",
        "wheel",
        '["flit_core <4"]',
        '["flit_core <4", "wheel"]',
    ),
    ("pyproject.toml", PYPROJECT, "dependency-groups dev", "mypy", '"ruff"]', '"ruff", "mypy"]'),
    ("pyproject.toml", PYPROJECT, "dependency-groups empty", "mypy", "empty = []", 'empty = ["mypy"]'),
    (
        "pyproject.toml",
        PYPROJECT,
        "dependency-groups long",
        "mypy",
        "long = [\n]",
        'long = [\n    "mypy",\n]',
    ),
    (
        "pyproject.toml",
        POETRY,
        "tool poetry dependencies",
        "lxml",
        'extras = ["standard"]}\n',
        'extras = ["standard"]}\nlxml = "*"\n',
    ),
    (
        "pyproject.toml",
        POETRY,
        "tool poetry group dev dependencies",
        "lxml>=4",
        'pytest = "*"\n',
        'pytest = "*"\nlxml = ">=4"\n',
    ),
    (
        "pyproject.toml",
        POETRY,
        "tool poetry group docs dependencies",
        "furo",
        "docs.dependencies]\n",
        'docs.dependencies]\nfuro = "*"\n',
    ),
    ("setup.cfg", CFG, "options install_requires", "lxml", "    rich\n", "    rich\n    lxml\n"),
    ("setup.cfg", CFG, "options.extras_require test", "lxml", '"3.8"\n', '"3.8"\n\tlxml\n'),
    ("setup.cfg", CFG, "options.extras_require docs", "furo", "docs = sphinx\n", "docs = sphinx\n    furo\n"),
    ("setup.py", SETUP, "install_requires", "lxml", '"rich"]', '"rich", "lxml"]'),
    ("setup.py", SETUP, "extras_require test", "lxml", '"mock"]', "\"mock\", 'lxml']"),
    (
        "setup.py",
        SETUP,
        "extras_require docs",
        "lxml",
        '            "furo",\n',
        '            "furo",\n            "lxml",\n',
    ),
    ("tox.ini", TOX, "testenv deps", "lxml", "py38: mock\n", "py38: mock\n    lxml\n"),
    ("noxfile.py", NOX, "tests 0", "lxml", '"coverage")', '"coverage", "lxml")'),
    (".github/workflows/ci.yml", WORKFLOW, "install 0", "lxml", "-e . pytest", "-e . pytest lxml"),
    (
        ".github/workflows/ci.yml",
        WORKFLOW,
        "install 2",
        "lxml>=4,<6",
        "'coverage<8'",
        "'coverage<8' 'lxml>=4,<6'",
    ),
    ("environment.yml", ENVIRONMENT, "pip", "lxml", '    - "rich>=13"\n', '    - "rich>=13"\n    - lxml\n'),
    ("requirements.txt", "pytest\n", "", "lxml", "pytest\n", "pytest\nlxml\n"),
    ("requirements.txt", "pytest", "", "lxml", "pytest", "pytest\nlxml"),
    ("requirements.txt", "", "", "lxml", "", "lxml\n"),
    ("requirements.txt", "# only\n", "", "lxml", "# only\n", "# only\nlxml\n"),
    ("requirements.txt", "a\r\nc\r\n", "", "lxml", "c\r\n", "c\r\nlxml\r\n"),
    ("requirements/test.txt", "-r base.txt\nattrs\nmock\npytest\n", "", "lxml", "attrs\n", "attrs\nlxml\n"),
]


@pytest.mark.parametrize(("name", "text", "path", "requirement", "before", "after"), ADDED)
def test_something_is_added_where_a_maintainer_would(
    name: str, text: str, path: str, requirement: str, before: str, after: str
) -> None:
    reader = reader_of(name)
    assert reader
    expected = text.replace(before, after, 1) if before else after
    assert expected == added(text, reader, tuple(path.split()), requirement)


CHANGED = [
    (
        "pyproject.toml",
        PYPROJECT,
        "project optional-dependencies test",
        "pytest",
        "pytest>=7,<9",
        '"pytest>=7"',
        '"pytest>=7,<9"',
    ),
    (
        "pyproject.toml",
        POETRY,
        "tool poetry dependencies",
        "uvicorn",
        "^0.20,<0.22",
        '"^0.20"',
        '"^0.20,<0.22"',
    ),
    (
        "pyproject.toml",
        POETRY,
        "tool poetry group dev dependencies",
        "pytest",
        "<9",
        'pytest = "*"',
        'pytest = "<9"',
    ),
    (
        "setup.cfg",
        CFG,
        "options tests_require",
        "pytest",
        "pytest<9",
        "tests_require = pytest",
        "tests_require = pytest<9",
    ),
    ("setup.py", SETUP, "extras_require docs", "sphinx", "sphinx<8", '"sphinx"', '"sphinx<8"'),
    ("tox.ini", TOX, "testenv deps", "mock", "mock<5", "py38: mock", "py38: mock<5"),
    (
        ".github/workflows/ci.yml",
        WORKFLOW,
        "install 0",
        "pytest",
        "pytest<9",
        "-e . pytest",
        "-e . 'pytest<9'",
    ),
    (
        ".github/workflows/ci.yml",
        WORKFLOW,
        "install 2",
        "coverage",
        "coverage<7",
        "'coverage<8'",
        "'coverage<7'",
    ),
    ("requirements.txt", "pytest  # runs\n", "", "pytest", "pytest<9", "pytest  #", "pytest<9  #"),
]


@pytest.mark.parametrize(("name", "text", "path", "which", "new", "before", "after"), CHANGED)
def test_one_requirement_is_changed(
    name: str, text: str, path: str, which: str, new: str, before: str, after: str
) -> None:
    reader = reader_of(name)
    assert reader
    assert text.replace(before, after, 1) == changed(text, reader, tuple(path.split()), which, new)


REMOVED = [
    ("pyproject.toml", PYPROJECT, "project dependencies", "markupsafe", '    "MarkupSafe",\n', ""),
    ("pyproject.toml", PYPROJECT, "project optional-dependencies test", "pytest", '"pytest>=7", ', ""),
    ("pyproject.toml", PYPROJECT, "project optional-dependencies test", "coverage", ", 'coverage[toml]'", ""),
    (
        "pyproject.toml",
        PYPROJECT,
        "project optional-dependencies docs",
        "furo",
        '  "furo",      # the theme\n',
        "",
    ),
    ("pyproject.toml", POETRY, "tool poetry dependencies", "requests", 'requests = "^2.31"\n', ""),
    ("setup.cfg", CFG, "options install_requires", "click", "    click>=8\n", ""),
    ("requirements.txt", "a\nb  # so\nc\n", "", "b", "b  # so\n", ""),
    (".github/workflows/ci.yml", WORKFLOW, "install 0", "pytest", " pytest\n", "\n"),
]


@pytest.mark.parametrize(("name", "text", "path", "which", "before", "after"), REMOVED)
def test_one_requirement_is_removed(
    name: str, text: str, path: str, which: str, before: str, after: str
) -> None:
    reader = reader_of(name)
    assert reader
    assert text.replace(before, after, 1) == removed(text, reader, tuple(path.split()), which)


def test_what_a_tool_writes_is_left_to_it() -> None:
    reader = reader_of("requirements.txt")
    assert reader
    locked = "pytest==8 \\\n    --hash=sha256:00\n"
    assert None is added(locked, reader, (), "lxml")
    assert ["pytest==8"] == [one.text for one in reader(locked)[0].items]


def test_what_is_there_is_not_added_again() -> None:
    reader = reader_of("requirements.txt")
    assert reader
    assert None is added("PyYAML>=5\n", reader, (), "pyyaml")
    assert None is added("PyYAML>=5\n", reader, ("no", "such"), "lxml")


def test_the_reason_stands_behind_a_line_of_its_own() -> None:
    reader = reader_of("pyproject.toml")
    assert reader
    path = ("project", "dependencies")
    assert '    "MarkupSafe",  # why\n' in noted(PYPROJECT, reader, path, "markupsafe", "why")
    inline = ("project", "optional-dependencies", "test")
    assert PYPROJECT == noted(PYPROJECT, reader, inline, "pytest", "why")


def test_files_are_known_by_their_names() -> None:
    names = ["a/requirements-dev.txt", "src/x.py", "pyproject.toml", "requirements/test.in", "docs/notes.txt"]
    assert ("pyproject.toml", "a/requirements-dev.txt", "requirements/test.in") == manifests(names)
    assert is_requirements("dev-requirements.txt")
    assert not is_requirements("words.txt")
    assert {"markupsafe", "flit-core"} <= set(mentioned("pyproject.toml", PYPROJECT))
    assert {"a-b"} == set(mentioned("uv.lock", '[[package]]\nname = "a.b"\nversion = "1"\n'))


def test_a_broken_manifest_has_no_shelves() -> None:
    assert () == shelves("pyproject.toml", "[project\n")
    assert () == shelves("setup.py", "setup(")


@pytest.mark.parametrize(
    "text",
    ["a", "a-b.c>=1,<2", "a[b,c] ~= 1.0; python_version < '3'", "a @ https://x/y", "A (>=1)", "a == 1.*"],
)
def test_a_requirement_is_its_parts_together(text: str) -> None:
    found = parse_requirement(text)
    assert found and text == found.text


@pytest.mark.parametrize("text", ["", "-r x", "./a", "a b", "a>=", "git+https://x", "a;;" * 900])
def test_what_is_none_is_none(text: str) -> None:
    assert None is parse_requirement(text)


def test_releases_are_ordered() -> None:
    versions = ["1.0", "1.0.post1", "1.0.1", "1.2", "1.10", "2", "1!0.1"]
    keys = [order(one) for one in versions]
    assert keys == sorted(keys, key=lambda key: key or ())
    assert order("1.0") == order("1")
    assert None is order("2.0rc1")
    assert "ruamel-yaml" == normal("Ruamel_.yaml")


words = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
specs = st.sampled_from(["", ">=1", "==2.0", "<3,>=1", "~=1.4"])
layouts = st.sampled_from(["inline", "lines", "open", "commented"])


@given(st.lists(words, unique=True, max_size=6), specs, words, layouts, st.sampled_from(["\n", "\r\n"]))
def test_a_list_gains_exactly_one(names: list[str], spec: str, new: str, layout: str, end: str) -> None:
    quoted = [f'"{name}{spec}"' for name in names]
    inside = {
        "inline": ", ".join(quoted),
        "lines": "".join(f"{end}  {one}," for one in quoted) + end,
        "open": ("," + end + "  ").join(quoted),
        "commented": "".join(f"{end}  {one}, # so, [it] is" for one in quoted) + f"{end}# end{end}",
    }[layout]
    text = f"[project]{end}name='x'{end}dependencies = [{inside}]{end}[tool.x]{end}y = [1, 'a']{end}"
    reader = reader_of("pyproject.toml")
    assert reader
    made = added(text, reader, ("project", "dependencies"), f"{new}{spec}")
    if new in names:
        assert None is made
        return
    assert made is not None
    now = tomllib.loads(made.replace("\r\n", "\n"))
    expected = tomllib.loads(text.replace("\r\n", "\n"))
    assert sorted([*expected["project"].pop("dependencies"), f"{new}{spec}"]) == sorted(
        now["project"].pop("dependencies")
    )
    assert expected == now
    back = removed(made, reader, ("project", "dependencies"), new)
    assert back is not None
    assert tomllib.loads(text.replace("\r\n", "\n")) == tomllib.loads(back.replace("\r\n", "\n"))


@given(st.lists(st.sampled_from(["a", "b==1", "c>=2 # x", "", "# d", "-r e.txt", "./f", "g; x"])), words)
def test_lines_keep_their_bytes(lines: list[str], new: str) -> None:
    text = "".join(f"{line}\n" for line in lines)
    reader = reader_of("requirements.txt")
    assert reader
    made = added(text, reader, (), f"{new}>=1")
    if made is not None:
        assert sorted([*text.split("\n"), f"{new}>=1"]) == sorted(made.split("\n"))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "setup.py",
            "setup(name='a', packages=b())\n",
            "setup(name='a', packages=b(), install_requires=[])\n",
        ),
        ("setup.py", "x.setup(\n  name='a',\n)\n", "x.setup(\n  name='a',\n  install_requires=[],\n)\n"),
        ("setup.py", "setup(name='é', zip_safe=1)\n", "setup(name='é', zip_safe=1, install_requires=[])\n"),
        ("setup.py", "setup(install_requires=read())\n", ""),
        ("setup.py", "setup(**all)\n", ""),
        ("setup.py", "setup()\n", ""),
        ("setup.py", "setup(a=1)\nsetup(b=2)\n", ""),
        ("setup.py", "setup(", ""),
        ("setup.cfg", "[options]\na = 1\n\n[b]\n", "[options]\na = 1\ninstall_requires =\n\n[b]\n"),
        ("setup.cfg", "[options]\n[b]\n", "[options]\ninstall_requires =\n[b]\n"),
        ("setup.cfg", "[options]\na =\n  1", "[options]\na =\n  1\ninstall_requires =\n"),
        ("setup.cfg", "[options]\ninstall_requires = file: r.txt\n", ""),
        ("setup.cfg", "[metadata]\n", ""),
        ("tox.ini", "[options]\n", ""),
    ],
)
def test_a_list_of_requirements_is_begun_where_a_maintainer_would(
    name: str, text: str, expected: str
) -> None:
    path = ("install_requires",) if name == "setup.py" else ("options", "install_requires")
    assert expected == begun(name, text, path)
