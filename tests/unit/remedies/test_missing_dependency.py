"""What is missing is declared where the project declares such things, and only if somebody vouches for it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import NOTHING, FileChange, Patch, changed_file
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.remedies.missing_dependency import MissingDependency

PYPROJECT = """\
[build-system]
requires = ["setuptools"]
[project]
name = "it"
dependencies = ["click"]
[project.optional-dependencies]
test = ["pytest"]
docs = ["sphinx"]
"""
SCM = f"{PYPROJECT}[tool.setuptools_scm]\nwrite_to = 'src/it/_version.py'\n"
CFG = """\
[metadata]
name = it

[options]
packages = find:

[bdist_wheel]
universal = 1
"""
SETUP = """\
from setuptools import setup
setup(
    name='it',
    packages=['it'],
    zip_safe=True,
)
"""
HATCH = """\
[build-system]
requires = ["hatchling"]
[project]
name = "it"
[tool.hatch.build.hooks.vcs]
version-file = "it/_v.py"
"""
POETRY = """\
[tool.poetry]
name = "it"
[tool.poetry.dependencies]
python = "^3.9"
click = "^8"
[tool.poetry.group.dev.dependencies]
pytest = "^8"
"""
WORKFLOW = "jobs:\n  a:\n    steps:\n      - run: pip install -e . pytest\n"
UNFOUND = '{}: error: Cannot find implementation or library stub for module named "{}"  [import]\n'
TESTED = """\
==================================== ERRORS ====================================
tests/test_a.py:2: in <module>
    import {module}
E   ModuleNotFoundError: No module named '{module}'
"""


def prescribe(
    files: Mapping[str, str],
    log: str,
    install: str = "pip install -e .",
    *,
    past: tuple[Patch, ...] = (),
    subjects: tuple[str, ...] = (),
    lock: Tried | None = None,
) -> list[Prescription]:
    bench = FakeBench(
        past=FakePast(past, subjects=subjects),
        executing=lambda argv, patch: lock or Tried(exit_code=1, log=""),
    )
    line = next(line for line in log.splitlines() if any(word in line for word in WORDS))
    failure = failure_of(log, Category.DEPENDENCY_MISSING, message=line.strip())
    case = case_of(
        files, log, failure, bench, step=StepResult(name="t", status=TaskStatus.FAILED, command=install)
    )
    return prescribed(MissingDependency(), case)


WORDS = (
    "Unknown ",
    "No module",
    "not found",
    "unrecognized",
    "stubs",
    "Cannot import",
    "invalid command",
    "async def",
    "required",
    "theme name",
    "library stub",
    "plugin is",
)


def healed(files: Mapping[str, str], found: list[Prescription]) -> dict[str, str]:
    edit = edits(found)[0]
    after = edited(files, edit)
    return {name: text for name, text in after.items() if files.get(name) != text}


CASES: list[tuple[dict[str, str], str, str, dict[str, str]]] = [
    (
        {
            "pyproject.toml": '[project]\nname = "it"\ndependencies = ["click"]\n',
            "it/a.py": "import attrs\nimport it.b\n",
        },
        UNFOUND.format("it/a.py:1", "attrs"),
        "pip install . mypy",
        {"pyproject.toml": '[project]\nname = "it"\ndependencies = ["click", "attrs"]\n'},
    ),
    (
        {"requirements-dev.txt": "mypy\n", "tools/a.py": "import yaml\n", "it.py": ""},
        UNFOUND.format("tools/a.py:1", "yaml"),
        "pip install -r requirements-dev.txt",
        {"requirements-dev.txt": "mypy\nPyYAML\n"},
    ),
    (
        {"docs/requirements.txt": "sphinx\n", "docs/conf.py": "html_theme = 'furo'\n"},
        "Theme error:\nno theme named 'furo' found (missing theme.conf?)\n",
        "pip install -r docs/requirements.txt",
        {"docs/requirements.txt": "sphinx\nfuro\n"},
    ),
    (
        {"requirements-docs.txt": "mkdocs\n", "mkdocs.yml": "plugins: [minify]\n", "it.py": ""},
        "ERROR   -  Config value 'plugins': The \"minify\" plugin is not installed\n",
        "pip install -r requirements-docs.txt",
        {"requirements-docs.txt": "mkdocs\nmkdocs-minify-plugin\n"},
    ),
    (
        {"pyproject.toml": PYPROJECT, "mkdocs.yml": "theme: material\n", "src/it/a.py": ""},
        "ERROR   -  Config value 'theme': Unrecognised theme name: 'material'. The available\n",
        "pip install '.[docs]'",
        {"pyproject.toml": PYPROJECT.replace('["sphinx"]', '["sphinx", "mkdocs-material"]')},
    ),
    (
        {
            "setup.py": "needs = []\nsetup(name='it', install_requires=needs)\n",
            "it/a.py": "try:\n    import unidecode\nexcept ImportError:\n    import text_unidecode\n",
        },
        TESTED.format(module="text_unidecode"),
        "pip install . pytest",
        {"setup.py": "needs = ['text-unidecode']\nsetup(name='it', install_requires=needs)\n"},
    ),
    (
        {
            "pyproject.toml": '[project]\nname = "it"\ndependencies = []\n',
            "it/a.py": "if sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli\n",
        },
        TESTED.format(module="tomli"),
        "pip install . pytest",
        {"pyproject.toml": '[project]\nname = "it"\ndependencies = ["tomli"]\n'},
    ),
    (
        {
            "pyproject.toml": PYPROJECT,
            "it/a.py": "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n",
            "tests/test_a.py": "import yaml\n",
        },
        TESTED.format(module="yaml"),
        "pip install '.[test]'",
        {"pyproject.toml": PYPROJECT.replace('["pytest"]', '["pytest", "PyYAML"]')},
    ),
    (
        {"requirements-dev.txt": "pytest\n", "tests/test_a.py": "from lxml import etree\n", "it.py": ""},
        TESTED.format(module="lxml"),
        "pip install -e . -r requirements-dev.txt",
        {"requirements-dev.txt": "pytest\nlxml\n"},
    ),
    (
        {"pyproject.toml": PYPROJECT, "tests/test_a.py": "import yaml\n", "src/it/a.py": ""},
        TESTED.format(module="yaml"),
        "pip install '.[test]'",
        {"pyproject.toml": PYPROJECT.replace('["pytest"]', '["pytest", "PyYAML"]')},
    ),
    (
        {"pyproject.toml": PYPROJECT, "tests/test_a.py": "import it\n", "src/it/a.py": "import markupsafe\n"},
        TESTED.format(module="markupsafe"),
        "pip install '.[test]'",
        {"pyproject.toml": PYPROJECT.replace('["click"]', '["click", "MarkupSafe"]')},
    ),
    (
        {"pyproject.toml": '[project]\nname = "it"\n', "it/a.py": "import dateutil\n"},
        TESTED.format(module="dateutil"),
        "pip install -e .",
        {"pyproject.toml": '[project]\nname = "it"\ndependencies = ["python-dateutil"]\n'},
    ),
    (
        {
            "setup.py": "from setuptools import setup\nsetup(name='it', install_requires=['click'])\n",
            "it.py": "import six\n",
        },
        TESTED.format(module="six"),
        "pip install .",
        {"setup.py": "from setuptools import setup\nsetup(name='it', install_requires=['click', 'six'])\n"},
    ),
    (
        # Nothing was needed so far: the list is begun, and the job that installs the package stays as it is.
        {
            ".github/workflows/ci.yml": WORKFLOW,
            "setup.cfg": CFG,
            "setup.py": "import setuptools\nsetuptools.setup()\n",
            "it/a.py": "import yaml\n",
        },
        TESTED.format(module="yaml"),
        "pip install -e . pytest",
        {"setup.cfg": CFG.replace("find:\n", "find:\ninstall_requires =\n    PyYAML\n")},
    ),
    (
        {
            ".github/workflows/ci.yml": WORKFLOW,
            "setup.py": SETUP,
            "it/a.py": "import attr\n",
        },
        TESTED.format(module="attr"),
        "pip install -e . pytest",
        {"setup.py": SETUP.replace("['it'],\n", "['it'],\n    install_requires=['attrs'],\n")},
    ),
    (
        # No package: what the job installs is all there is.
        {".github/workflows/ci.yml": WORKFLOW, "app.py": "import attr\n", "tests/test_a.py": "import app\n"},
        TESTED.format(module="attr"),
        "pip install -e . pytest",
        {".github/workflows/ci.yml": WORKFLOW.replace("pytest", "pytest attrs")},
    ),
    (
        {"pyproject.toml": POETRY, "it/a.py": "import requests\n"},
        TESTED.format(module="requests"),
        "pip install .",
        {"pyproject.toml": POETRY.replace('click = "^8"\n', 'click = "^8"\nrequests = "*"\n')},
    ),
    (
        {
            ".github/workflows/ci.yml": WORKFLOW,
            "pyproject.toml": '[project]\nname = "it"\n',
            "tests/test_a.py": "",
        },
        "E       fixture 'mocker' not found\n",
        "pip install -e . pytest",
        {".github/workflows/ci.yml": WORKFLOW.replace("pytest", "pytest pytest-mock")},
    ),
    (
        {"tox.ini": "[testenv]\ndeps =\n    pytest\ncommands = pytest\n", "tests/test_a.py": ""},
        "ERROR: usage: pytest [options]\npytest: error: unrecognized arguments: --cov=it --cov-report=xml\n",
        "tox -e py",
        {"tox.ini": "[testenv]\ndeps =\n    pytest\n    pytest-cov\ncommands = pytest\n"},
    ),
    (
        {"requirements-lint.txt": "mypy\n", "a.py": "import yaml\n"},
        'a.py:1: error: Library stubs not installed for "yaml"  [import-untyped]\n',
        "pip install -r requirements-lint.txt",
        {"requirements-lint.txt": "mypy\ntypes-PyYAML\n"},
    ),
    (
        {"requirements.txt": "flask\n", "requirements-dev.txt": "-r requirements.txt\nblack\n", "a.py": ""},
        "bash: line 1: pytest: command not found\n",
        "pip install -r requirements-dev.txt",
        {"requirements-dev.txt": "-r requirements.txt\nblack\npytest\n"},
    ),
    (
        {"pyproject.toml": PYPROJECT, "setup.py": "from Cython.Build import cythonize\n"},
        "  Getting requirements to build wheel did not run successfully.\n"
        "      Traceback (most recent call last):\n"
        '        File "<string>", line 1, in <module>\n'
        "      ModuleNotFoundError: No module named 'Cython'\n",
        "pip install .",
        {"pyproject.toml": PYPROJECT.replace('["setuptools"]', '["setuptools", "Cython"]')},
    ),
    (
        {"pyproject.toml": PYPROJECT.replace("setuptools", "hatchling"), "it/a.py": ""},
        "      ValueError: Unknown version source: vcs\n",
        "pip install .",
        {"pyproject.toml": PYPROJECT.replace('["setuptools"]', '["hatchling", "hatch-vcs"]')},
    ),
    (
        {
            "pyproject.toml": SCM,
            "src/it/__init__.py": "from it._version import version\n",
        },
        TESTED.format(module="it._version"),
        "pip install -e .",
        {"pyproject.toml": SCM.replace('["setuptools"]', '["setuptools", "setuptools-scm"]')},
    ),
    (
        {
            "pyproject.toml": PYPROJECT,
            "setup.py": "import setuptools\nsetuptools.setup(use_scm_version={'write_to': 'it/v.py'})\n",
            "it/__init__.py": "from .v import version\n",
        },
        TESTED.format(module="it.v"),
        "pip install .",
        {"pyproject.toml": PYPROJECT.replace('["setuptools"]', '["setuptools", "setuptools-scm"]')},
    ),
    (
        {
            "pyproject.toml": HATCH,
            "it/__init__.py": "from ._v import version\n",
        },
        TESTED.format(module="it._v"),
        "pip install .",
        {"pyproject.toml": HATCH.replace('["hatchling"]', '["hatchling", "hatch-vcs"]')},
    ),
    (
        {"pyproject.toml": PYPROJECT, "requirements-dev.txt": "pytest\n", "it/a.py": ""},
        "pip._vendor.pyproject_hooks._impl.BackendUnavailable: Cannot import 'setuptools.build_meta'\n",
        "pip install -r requirements-dev.txt\npip install --no-build-isolation -e .",
        {"requirements-dev.txt": "pytest\nsetuptools\n"},
    ),
    (
        {"requirements-ci.txt": "pytest<9\n", "tests/test_a.py": ""},
        "E   pytest.PytestConfigWarning: Unknown config option: asyncio_mode\n",
        "pip install -r requirements-ci.txt",
        {"requirements-ci.txt": "pytest<9\npytest-asyncio\n"},
    ),
    (
        {"setup.py": "import numpy\nfrom setuptools import setup\nsetup(name='it')\n"},
        "  Getting requirements to build wheel did not run successfully.\n"
        "      Traceback (most recent call last):\n"
        '        File "<string>", line 1, in <module>\n'
        "      ModuleNotFoundError: No module named 'numpy'\n",
        "pip install .",
        {"pyproject.toml": '[build-system]\nrequires = ["setuptools", "numpy"]\n'},
    ),
    (
        {
            "requirements-test.txt": "pytest==8.0\nmock==5.0\n",
            "uv.lock": '[[package]]\nname = "lxml"\nversion = "5.1"\n',
            "tests/test_a.py": "import lxml\n",
        },
        TESTED.format(module="lxml"),
        "pip install -r requirements-test.txt",
        {"requirements-test.txt": "pytest==8.0\nmock==5.0\nlxml==5.1\n"},
    ),
    (
        {
            "noxfile.py": 'def tests(session):\n    session.install("pytest", ".")\n',
            "tests/test_a.py": "import attr\n",
        },
        TESTED.format(module="attr"),
        "nox -s tests",
        {"noxfile.py": 'def tests(session):\n    session.install("pytest", "attrs", ".")\n'},
    ),
    (
        {"requirements.txt": "flask\npytest\n", "tests/test_a.py": "import pytest\n", "app.py": ""},
        "E   async def functions are not natively supported.\nWarning: Unknown pytest.mark.asyncio\n",
        "pip install -r requirements.txt",
        {"requirements.txt": "flask\npytest\npytest-asyncio\n"},
    ),
]


@pytest.mark.parametrize(("files", "log", "install", "expected"), CASES)
def test_what_is_missing_is_declared(
    files: dict[str, str], log: str, install: str, expected: dict[str, str]
) -> None:
    assert expected == healed(files, prescribe(files, log, install))


def test_what_a_commit_removed_is_put_back_where_it_was() -> None:
    files = {
        "requirements.txt": "b\nc\n",
        "requirements-dev.txt": "pytest\n",
        "tests/test_a.py": "import lxml\n",
    }
    past = Patch.of([changed_file("requirements.txt", "b\nlxml>=4,<6\nc\n", "b\nc\n")])
    found = prescribe(
        files, TESTED.format(module="lxml"), "pip install -r requirements-dev.txt", past=(NOTHING, past)
    )
    assert {"requirements.txt": "b\nlxml>=4,<6\nc\n"} == healed(files, found)
    assert 2 == len(edits(found))


LISTED = changed_file("requirements.txt", "b\nlxml>=4\n", "b\n")
INSTEAD = changed_file("app/a.py", "import lxml\n\nx = 1\n", "import json\n\nx = 1\n")


@pytest.mark.parametrize(
    ("subject", "changes", "back"),
    [
        ("Drop lxml, the standard library does it", (LISTED,), False),
        ("Read with the standard library", (LISTED, INSTEAD), False),
        ("Work in progress", (LISTED, changed_file("app/a.py", "from lxml import a\n", "a = 1\n")), False),
        ("Work in progress", (LISTED,), True),
        ("Remove unused requirements", (LISTED,), True),
        ("Move it", (LISTED, INSTEAD, changed_file("app/c.py", "", "import lxml\n")), True),
    ],
)
def test_what_was_given_up_on_purpose_is_not_taken_up_again(
    subject: str, changes: tuple[FileChange, ...], back: bool
) -> None:
    files = {"requirements.txt": "b\n", "app/b.py": "import lxml\n", "tests/test_a.py": "import app.b\n"}
    log = TESTED.format(module="lxml")
    found = prescribe(
        files, log, "pip install -r requirements.txt", past=(Patch.of(changes),), subjects=(subject,)
    )
    assert back is bool(edits(found))
    assert back or isinstance(found[0], Escalate)


def test_a_name_that_history_knows_is_vouched_for() -> None:
    files = {"requirements.txt": "b\n", "tests/test_a.py": "import fancy_utilz\n"}
    past = Patch.of([changed_file("requirements.txt", "fancy-utilz\nb\n", "b\n")])
    found = prescribe(
        files, TESTED.format(module="fancy_utilz"), "pip install -r requirements.txt", past=(past,)
    )
    assert {"requirements.txt": "fancy-utilz\nb\n"} == healed(files, found)


@pytest.mark.parametrize(
    ("name", "before", "after", "install"),
    [
        ("requirements-dev.txt", "pytest\n", "pytest\nfancy.py\n", "pip install -r requirements-dev.txt"),
        (
            "noxfile.py",
            "import nox\n\n\n@nox.session\ndef t(session):\n    session.install('pytest')\n",
            "import nox\n\n\n@nox.session\ndef t(session):\n    session.install('pytest', 'fancy.py')\n",
            "nox -s t",
        ),
        (
            "tox.ini",
            "[testenv]\ndeps =\n    pytest\n",
            "[testenv]\ndeps =\n    pytest\n    fancy.py\n",
            "tox",
        ),
    ],
)
def test_it_is_called_as_the_project_calls_it_elsewhere(
    name: str, before: str, after: str, install: str
) -> None:
    setup = "setup(name='it', tests_require=['fancy.py'])\n"
    files = {name: before, "setup.py": setup, "tests/test_a.py": "import fancy\n"}
    found = edits(prescribe(files, "E   ModuleNotFoundError: No module named 'fancy'\n", install))
    assert after == edited(files, found[0])[name]


def test_the_lock_follows() -> None:
    files = {"pyproject.toml": PYPROJECT, "uv.lock": "old\n", "src/it/a.py": "import yaml\n"}
    lock = Tried(exit_code=0, log="", changed=Patch.of([changed_file("uv.lock", "old\n", "new\n")]))
    found = prescribe(files, TESTED.format(module="yaml"), "uv sync && uv run pytest", lock=lock)
    assert "new\n" == healed(files, found)["uv.lock"]
    assert [] == prescribe(files, TESTED.format(module="yaml"), "uv sync && uv run pytest")


def test_compiled_requirements_follow() -> None:
    old = "# by uv\npytest==8.0\n    # via -r requirements.in\n"
    files = {"requirements.in": "pytest\n", "requirements.txt": old, "tests/test_a.py": "import lxml\n"}
    new = "lxml==5.1\n    # via -r requirements.in\npytest==8.0\n    # via -r requirements.in\n"
    made = Tried(exit_code=0, log="", changed=Patch.of([changed_file("requirements.txt", old, new)]))
    install = "pip install -r requirements.txt"
    found = prescribe(files, TESTED.format(module="lxml"), install, lock=made)
    expected = {"requirements.in": "pytest\nlxml\n", "requirements.txt": f"# by uv\n{new}"}
    assert expected == healed(files, found)
    assert [] == prescribe(files, TESTED.format(module="lxml"), install)


@pytest.mark.parametrize("module", ["reqeusts", "fancy_utilz", "super_invented.deep"])
def test_what_nobody_vouches_for_is_handed_over(module: str) -> None:
    files = {"requirements.txt": "pytest\n", "tests/test_a.py": f"import {module}\n"}
    found = prescribe(files, TESTED.format(module=module), "pip install -r requirements.txt")
    assert [Escalate] == [type(one) for one in found]


@pytest.mark.parametrize(
    ("files", "log"),
    [
        ({"src/it/__init__.py": "", "tests/test_a.py": "import it.gone\n"}, TESTED.format(module="it.gone")),
        (
            # The file that setuptools-scm writes has another name, or the build asks for it already.
            {
                "pyproject.toml": f"{PYPROJECT}[tool.setuptools_scm]\nwrite_to = 'src/it/_v.py'\n",
                "src/it/__init__.py": "from it._version import version\n",
            },
            TESTED.format(module="it._version"),
        ),
        (
            {
                "pyproject.toml": SCM.replace('["setuptools"]', '["setuptools", "setuptools_scm[toml]>=8"]'),
                "src/it/__init__.py": "from it._version import version\n",
            },
            TESTED.format(module="it._version"),
        ),
        ({"tests/helpers.py": "", "tests/test_a.py": "import helpers\n"}, TESTED.format(module="helpers")),
        ({"tests/test_a.py": "import asyncore\n"}, TESTED.format(module="asyncore")),
        ({"tests/test_a.py": "import pkg_resources\n"}, TESTED.format(module="pkg_resources")),
        ({"pyproject.toml": PYPROJECT, "tests/test_a.py": "import it\n"}, TESTED.format(module="it")),
        ({"a.py": ""}, "bash: line 1: frobnicate: command not found\n"),
        ({"a.py": ""}, "E       fixture 'my_own' not found\n"),
        ({"a.py": ""}, "tool.sh: error: unrecognized arguments: --cov=x\n"),
        ({"a.py": ""}, "E   pytest.UsageError: Missing required plugins: pytest-evil, pytest-cov-x\n"),
        ({"index.js": ""}, TESTED.format(module="lxml")),
    ],
)
def test_what_is_not_its_business(files: dict[str, str], log: str) -> None:
    files = {"requirements.txt": "pytest\n", **files}
    assert [] == prescribe(files, log, "pip install -r requirements.txt")


def test_a_module_that_a_commit_removed_is_the_projects_own() -> None:
    files = {"requirements.txt": "pytest\n", "tests/test_a.py": "import tools_of_ours\n"}
    past = Patch.of([changed_file("tools_of_ours.py", "x\n", None)])
    found = prescribe(
        files, TESTED.format(module="tools_of_ours"), "pip install -r requirements.txt", past=(past,)
    )
    assert [] == found


def test_what_a_package_needs_is_not_installed_by_its_job_alone() -> None:
    """It builds its list itself, so nothing says where."""
    files = {
        ".github/workflows/ci.yml": WORKFLOW,
        "setup.py": "from setuptools import setup\nsetup(**read())\n",
        "it/a.py": "import attr\n",
    }
    assert [] == prescribe(files, TESTED.format(module="attr"), "pip install -e . pytest")


@pytest.mark.parametrize(
    ("files", "install"),
    [
        (
            {"requirements.in": "lxml\n", "requirements.txt": "a==1\n    # via -r requirements.in\n"},
            "pip install -r requirements.txt",
        ),
        ({"pyproject.toml": PYPROJECT.replace("pytest", "lxml")}, "uv sync --frozen --extra test"),
        (
            {"setup.py": "from setuptools import setup\nsetup(name='it', install_requires=['lxml'])\n"},
            "pip install .",
        ),
    ],
)
def test_what_the_job_asks_for_already_is_not_asked_for_elsewhere(
    files: dict[str, str], install: str
) -> None:
    files = {".github/workflows/ci.yml": WORKFLOW, "tests/test_a.py": "import lxml\n", **files}
    assert [] == prescribe(files, TESTED.format(module="lxml"), f"{install}\npip install -e . pytest")


def test_other_failures_do_not_suit() -> None:
    log = "E   AssertionError: assert 1 == 2\n"
    assert 0.0 == MissingDependency().suits(failure_of(log, Category.TEST_FAILURE))


def test_the_reason_names_what_and_where() -> None:
    files, log, install, _ = next(one for one in CASES if "lxml" in one[1])
    edit = prescribe(files, log, install)[0]
    assert isinstance(edit, Edit)
    assert "declares in requirements-dev.txt what is missing: lxml, because lxml is imported" == edit.reason
