"""A dependency is bounded only when the failure points to it, in the file that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.adapters.memory import MemoryPackages
from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category, Place
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.python_bounds import bounded, bounds, installed_versions, usable
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.remedy import Prescription
from autonomous_cicd.domain.requirement import parse_requirement
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.remedies.breaking_release import BreakingRelease

RELEASES: dict[tuple[str, str], Sequence[Release | str]] = {
    ("python", "pytest"): ["9.2.0", "9.0.1", "8.4.2", "7.4.4"],
    ("python", "markupsafe"): ["3.0.2", "2.1.5", "2.1.0", "2.0.1", "1.1.1"],
    ("python", "werkzeug"): ["3.1.3", "3.0.0", "2.3.8", "2.2.3"],
    ("python", "setuptools"): ["83.0.0", "82.0.0", "80.9.0", "69.5.1"],
    ("python", "numpy"): ["2.3.1", "2.0.0", "1.26.4"],
    ("python", "httpx"): ["0.28.1", "0.27.2", "0.26.0"],
    ("python", "pytest-asyncio"): ["1.3.0", "0.26.0", "0.21.2"],
    ("python", "pytest-cov"): ["7.0.0", "6.2.1"],
    ("python", "widget"): ["4.1.0", "3.9.0", "2.0.0"],
}
INSTALLED = (
    "Successfully installed pytest-9.2.0 pluggy-1.7.0 markupsafe-3.0.2 werkzeug-3.1.3 httpx-0.28.1"
    " numpy-2.3.1 pytest-asyncio-1.3.0 pytest-cov-7.0.0 widget-4.1.0 setuptools-83.0.0\n"
)
REMOVED = (
    "E   pytest.PytestRemovedIn10Warning: Passing a non-Collection iterable to parametrize is deprecated.\n"
)
SITE = "/v/lib/python3.11/site-packages"
SOFT = (
    f"E   ImportError: cannot import name 'soft_unicode' from 'markupsafe' ({SITE}/markupsafe/__init__.py)\n"
)


def red(patch: Patch) -> Tried:
    return Tried(exit_code=1, log="")


def prescribe(
    files: Mapping[str, str],
    stated: str,
    install: str,
    *,
    above: str = INSTALLED,
    past: tuple[Patch, ...] = (),
    place: Place | None = None,
    check: Callable[[Patch], Tried] = red,
) -> list[Prescription]:
    bench = FakeBench(past=FakePast(past), packages=MemoryPackages(RELEASES), checking=check)
    log = above + stated
    failure = failure_of(stated, Category.TEST_FAILURE, place=place or Place())
    step = StepResult(name="t", status=TaskStatus.FAILED, command=install)
    return prescribed(BreakingRelease(), case_of(files, log, failure, bench, step=step))


def first(files: Mapping[str, str], found: list[Prescription]) -> dict[str, str]:
    after = edited(files, edits(found)[0])
    return {name: text for name, text in after.items() if files.get(name) != text}


STEP = "jobs:\n  a:\n    steps:\n      - run: pip install -e . {}\n"
PYPROJECT = '[project]\nname = "it"\ndependencies = [\n  "flask==2.0.3",\n]\n'
CASES: list[tuple[dict[str, str], str, str, dict[str, str]]] = [
    (
        {"requirements-dev.txt": "pytest\ncoverage\n", "tests/test_a.py": ""},
        REMOVED,
        "pip install -e . -r requirements-dev.txt",
        {"requirements-dev.txt": "pytest<9  # 9.2.0 breaks it: PytestRemovedIn10Warning\ncoverage\n"},
    ),
    (
        {"pyproject.toml": '[dependency-groups]\ndev = ["pytest>=7", "ruff"]\n', "tests/test_a.py": ""},
        REMOVED,
        "uv sync",
        {"pyproject.toml": '[dependency-groups]\ndev = ["pytest>=7,<9", "ruff"]\n'},
    ),
    (
        {
            ".github/workflows/a.yml": STEP.format("pytest"),
            "a.py": "",
        },
        REMOVED,
        "pip install -e . pytest",
        {".github/workflows/a.yml": STEP.format("'pytest<9'")},
    ),
    (
        {
            "setup.cfg": "[options]\ninstall_requires =\n    MarkupSafe >= 1\n",
            "it.py": "from markupsafe import soft_unicode\n",
        },
        SOFT,
        "pip install -e .",
        {"setup.cfg": "[options]\ninstall_requires =\n    MarkupSafe >= 1,<2.1\n"},
    ),
    (
        {"pyproject.toml": PYPROJECT, "it.py": "import flask\n"},
        f"E   ImportError: cannot import name 'url_quote' from 'werkzeug.urls' ({SITE}/werkzeug/urls.py)\n",
        "pip install -e .",
        {
            "pyproject.toml": PYPROJECT.replace(
                '  "flask==2.0.3",\n', '  "flask==2.0.3",\n  "werkzeug<3",  # 3.1.3 breaks it: url_quote\n'
            )
        },
    ),
    (
        {"pyproject.toml": PYPROJECT, "it.py": "import pkg_resources\n"},
        "E   ModuleNotFoundError: No module named 'pkg_resources'\n",
        "pip install -e .",
        {
            "pyproject.toml": PYPROJECT.replace(
                '  "flask==2.0.3",\n',
                '  "flask==2.0.3",\n  "setuptools<81",  # 83.0.0 breaks it: pkg_resources\n',
            )
        },
    ),
    (
        {
            "pyproject.toml": '[build-system]\nrequires = ["setuptools", "wheel"]\n',
            "setup.py": "import pkg_resources\n",
        },
        "      ModuleNotFoundError: No module named 'pkg_resources'\n",
        "pip install -e .",
        {"pyproject.toml": '[build-system]\nrequires = ["setuptools<81", "wheel"]\n'},
    ),
    (
        {"pyproject.toml": '[tool.poetry.dependencies]\nnumpy = "*"\n', "it.py": "import numpy\n"},
        "E   AttributeError: `np.float_` was removed in the NumPy 2.0 release.\n"
        "E   AttributeError: it is gone\n",
        "pip install .",
        {"pyproject.toml": '[tool.poetry.dependencies]\nnumpy = "<2"  # 2.3.1 breaks it: np.float_\n'},
    ),
    (
        {"requirements-dev.txt": "pytest\npytest-asyncio>=0.21\n", "tests/test_a.py": ""},
        "E       fixture 'event_loop' not found\n",
        "pip install -e . -r requirements-dev.txt",
        {"requirements-dev.txt": "pytest\npytest-asyncio>=0.21,<1  # 1.3.0 breaks it: event_loop\n"},
    ),
    (
        {
            "tox.ini": "[testenv]\ndeps =\n    pytest\n    pytest-tool\ncommands = pytest\n",
            "tests/test_a.py": "",
        },
        "E       fixture 'cov' not found\n",
        "tox",
        {"tox.ini": "[testenv]\ndeps =\n    pytest\n    pytest-tool\n    pytest-cov<7\ncommands = pytest\n"},
    ),
    (
        {"requirements.txt": "httpx==0.28.1\npytest==8.0\n", "tests/test_a.py": "import httpx\n"},
        "E   TypeError: Client.__init__() got an unexpected keyword argument 'proxies'\n",
        "pip install -r requirements.txt",
        {"requirements.txt": "httpx==0.27.2  # 0.28.1 breaks it: proxies\npytest==8.0\n"},
    ),
]


@pytest.mark.parametrize(("files", "stated", "install", "expected"), CASES)
def test_what_broke_is_kept_out(
    files: dict[str, str], stated: str, install: str, expected: dict[str, str]
) -> None:
    assert expected == first(files, prescribe(files, stated, install))


def test_a_bound_that_a_commit_took_away_comes_back() -> None:
    files = {"requirements.txt": "pytest\n", "tests/test_a.py": ""}
    past = Patch.of([changed_file("requirements.txt", "pytest<8.5,>=7\n", "pytest\n")])
    found = prescribe(files, REMOVED, "pip install -r requirements.txt", past=(past, NOTHING))
    assert {"requirements.txt": "pytest<8.5,>=7\n"} == first(files, found)


@pytest.mark.parametrize(
    "stated",
    [
        "E   AssertionError: assert 1 == 2\n",
        "E   ImportError: cannot import name 'gone' from 'it.core' (/app/it/core.py)\n",
        "E   requests.exceptions.ConnectionError: no route\n",
        "E   TypeError: f() got an unexpected keyword argument 'x'\n",
        "E   AttributeError: module 'os' has no attribute 'getcwdu'\n",
        "E       fixture 'mocker' not found\n",
        "E       fixture 'own_one' not found\n",
    ],
)
def test_failures_that_point_to_nobody(stated: str) -> None:
    files = {
        "pyproject.toml": PYPROJECT,
        "it/__init__.py": "",
        "it/core.py": "",
        "requirements.txt": "pytest\n",
    }
    assert [] == prescribe(files, stated, "pip install -e . -r requirements.txt")


def test_what_is_installed_is_read_from_every_installer() -> None:
    log = (
        "Requirement already satisfied: click in ./lib/site-packages (8.1.7)\n"
        "Requirement already satisfied: rich>=1 in ./lib (from it==1.0) (13.0)\n"
        " + attrs==24.2.0\n"
        "Successfully installed Flask-SQLAlchemy-3.1 zope.interface-7.0.1 a-b-c-1.0rc1\n"
        "platform linux -- Python 3.11.7, pytest-9.2.0, pluggy-1.7.0\nplugins: cov-5.0.0, xdist-3.6\n"
    )
    expected = {
        "click": "8.1.7",
        "rich": "13.0",
        "attrs": "24.2.0",
        "flask-sqlalchemy": "3.1",
        "zope-interface": "7.0.1",
        "a-b-c": "1.0rc1",
        "pytest": "9.2.0",
        "pluggy": "1.7.0",
        "pytest-cov": "5.0.0",
        "pytest-xdist": "3.6",
    }
    assert expected == installed_versions(log)


@pytest.mark.parametrize(
    ("installed", "releases", "said", "expected"),
    [
        ("9.2.0", ["9.2.0", "9.0.0", "8.1", "7.0"], (), ("9", "9.2", "8")),
        ("2.0", ["2.0", "1.9"], ("1.24",), ("1.24", "2")),
        ("0.28.1", ["0.28.1", "0.27", "0.25"], (), ("0.28", "0.27", "0.26")),
        ("83.0", ["83.0", "82.0", "80.9"], ("81",), ("81", "83", "82")),
        ("1.0", ["1.0"], (), ()),
        ("odd", ["1.0"], (), ()),
    ],
)
def test_bounds_have_something_below_them(
    installed: str, releases: list[str], said: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert expected == bounds(installed, releases, said)


@pytest.mark.parametrize(
    ("text", "bound", "expected"),
    [
        ("a", "2", "a<2"),
        ("a>=1", "2", "a>=1,<2"),
        ("a >=1, !=1.5", "2", "a >=1, !=1.5, <2"),
        ("a>=1,<3", "2", "a>=1,<2"),
        ("a[x]>=1; python_version<'3.9'", "2", "a[x]>=1,<2; python_version<'3.9'"),
        ("a==2.1", "2", "a==1.9"),
        ("a>=2", "2", None),
        ("a @ https://x/y", "2", None),
    ],
)
def test_a_requirement_gets_a_bound(text: str, bound: str, expected: str | None) -> None:
    asked = parse_requirement(text)
    assert asked
    found = bounded(asked, bound, ["2.1", "2.0", "1.9", "1.0"])
    assert expected == (found.text if found else None)


def test_releases_that_a_python_can_have() -> None:
    known = [
        Release(version="3.0", requires_python=">=3.12"),
        Release(version="2.0rc1"),
        Release(version="1.9", yanked=True),
        Release(version="1.10", requires_python=">=3.9"),
        Release(version="1.8"),
    ]
    assert ("1.10", "1.8") == usable(known, "3.11")


NOSE = """\
class TestIt:
    def setup(self):
        self.one = 1

    def test_one(self):
        assert self.one
"""


@pytest.mark.parametrize(
    ("text", "stated", "helped"),
    [
        (NOSE, "E   AttributeError: 'TestIt' object has no attribute 'one'\n", True),
        (NOSE, "E   AttributeError: 'TestIt' object has no attribute 'other'\n", False),
        (NOSE, "E   AttributeError: 'Other' object has no attribute 'one'\n", False),
        (
            NOSE.replace("setup(", "setup_method("),
            "E   AttributeError: 'TestIt' object has no attribute 'one'\n",
            False,
        ),
        (
            NOSE.replace("    def setup", "    @pytest.fixture\n    def setup"),
            "E   AttributeError: 'TestIt' object has no attribute 'one'\n",
            False,
        ),
    ],
)
def test_tests_that_are_prepared_as_nose_did_want_an_older_pytest(
    text: str, stated: str, helped: bool
) -> None:
    files = {"requirements-dev.txt": "pytest\n", "tests/test_a.py": text, "a.py": ""}
    place = Place(file="tests/test_a.py", line=6)
    found = edits(prescribe(files, stated, "pip install -r requirements-dev.txt", place=place))
    assert helped is bool(found)
    if found:
        assert "pytest<8" in edited(files, found[0])["requirements-dev.txt"]


@pytest.mark.parametrize(
    ("stated", "bound"),
    [
        ("E   packaging.version.InvalidVersion: Invalid version: 'frob'", "packaging<22"),
        ("E   AttributeError: module 'PIL.Image' has no attribute 'ANTIALIAS'", "pillow<10"),
        ("E   TypeError: CliRunner.__init__() got an unexpected keyword argument 'mix_stderr'", "click<8.2"),
        (
            "E   ImportError: cannot import name 'mock_s3' from 'moto' (/v/site-packages/moto/__init__.py)",
            "moto<5",
        ),
        (
            "E   TypeError: OneHotEncoder.__init__() got an unexpected keyword argument 'sparse'",
            "scikit-learn<1.4",
        ),
    ],
)
def test_releases_that_are_known_to_have_broken_much(stated: str, bound: str) -> None:
    name = bound.partition("<")[0]
    releases = {("python", name): ["30.1", "22.0", "21.3", "9.5", "8.2.0", "8.1.7", "4.2", "1.4.0", "1.3.2"]}
    bench = FakeBench(packages=MemoryPackages(releases))
    files = {"requirements.txt": f"{name}\n", "a.py": ""}
    step = StepResult(name="t", status=TaskStatus.FAILED, command="pip install -r requirements.txt")
    log = f"Successfully installed {name}-30.1\n{stated}\n"
    case = case_of(files, log, failure_of(stated, Category.TEST_FAILURE), bench, step=step)
    found = edits(prescribed(BreakingRelease(), case))
    assert edited(files, found[0])["requirements.txt"].startswith(f"{bound}  #")
    assert BreakingRelease().suits(failure_of(stated, Category.TEST_FAILURE)) > 0.5
