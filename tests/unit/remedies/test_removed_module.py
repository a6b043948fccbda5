"""What Python no longer has is taken from where it lives now, in the smallest way that is sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from tests.benches import FakeBench, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.adapters.memory import MemoryPackages
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.python_removed import Gone, gone, modernized, replacement
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.remedy import Prescription
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.remedies.removed_module import RemovedModule

RELEASES: dict[tuple[str, str], Sequence[Release | str]] = {
    ("python", "tornado"): ["6.5.0", "4.5.3"],
    ("python", "setuptools"): ["83.0.0", "65.0", "58.0.4"],
}
PROJECT = '[project]\nname = "it"\ndependencies = ["click"]\n'
BUILD = '[build-system]\nrequires = ["setuptools=={}"]\n[project]\nname = "it"\n'
BUILDING = '  File "/tmp/pip-build-env-x/lib/python3.12/site-packages/setuptools/a.py", line 1, in f\n'
NONE = "E   ModuleNotFoundError: No module named '{}'\n"


def prescribe(files: Mapping[str, str], log: str, install: str = "pip install -e .") -> list[Prescription]:
    bench = FakeBench(packages=MemoryPackages(RELEASES))
    stated = [line for line in log.splitlines() if line.startswith("E ")][-1]
    failure = failure_of(stated, Category.DEPENDENCY_BREAKING_CHANGE)
    step = StepResult(name="t", status=TaskStatus.FAILED, command=install)
    return prescribed(RemovedModule(), case_of(files, log, failure, bench, step=step))


CASES: list[tuple[dict[str, str], str, str, dict[str, str]]] = [
    (
        {"pyproject.toml": PROJECT, "it/a.py": "from distutils.util import strtobool\n"},
        NONE.format("distutils"),
        "pip install -e .",
        {"pyproject.toml": PROJECT.replace('"click"', '"click", "setuptools"')},
    ),
    (
        {"setup.cfg": "[options]\ninstall_requires =\n    click\n", "it.py": "import asyncore\n"},
        NONE.format("asyncore"),
        "pip install .",
        {"setup.cfg": '[options]\ninstall_requires =\n    click\n    pyasyncore; python_version >= "3.12"\n'},
    ),
    (
        {"requirements-dev.txt": "pytest\n", "tests/test_a.py": "import telnetlib\n"},
        NONE.format("telnetlib"),
        "pip install -r requirements-dev.txt",
        {"requirements-dev.txt": 'pytest\nstandard-telnetlib; python_version >= "3.13"\n'},
    ),
    (
        {"pyproject.toml": PROJECT, "it/a.py": "import cgi\n"},
        NONE.format("cgi"),
        "pip install -e .",
        {"pyproject.toml": PROJECT.replace('"click"', '"click", "legacy-cgi; python_version >= \'3.13\'"')},
    ),
    (
        {"pyproject.toml": PROJECT, "it/a.py": "import imp\nimport sys\n\nimp.reload(sys)\n"},
        NONE.format("imp"),
        "pip install -e .",
        {"it/a.py": "import importlib\nimport sys\n\nimportlib.reload(sys)\n"},
    ),
    (
        {"pyproject.toml": PROJECT, "it/a.py": "from collections import Mapping, OrderedDict\n"},
        "E   ImportError: cannot import name 'Mapping' from 'collections'\n",
        "pip install -e .",
        {"it/a.py": "from collections import OrderedDict\nfrom collections.abc import Mapping\n"},
    ),
    (
        {"requirements.txt": "tornado==4.5.3\npytest\n", "tests/test_a.py": "import tornado\n"},
        "/v/lib/python3.12/site-packages/tornado/a.py:3: in <module>\n    import asyncore\n"
        + NONE.format("asyncore"),
        "pip install -r requirements.txt",
        {"requirements.txt": "tornado==6.5.0\npytest\n"},
    ),
    (
        {"pyproject.toml": BUILD.format("58.0.4"), "it/a.py": ""},
        BUILDING + "    import distutils.core\n" + NONE.format("distutils"),
        "pip install .",
        {"pyproject.toml": BUILD.format("83.0.0")},
    ),
    (
        {"pyproject.toml": BUILD.format("65.0"), "it/a.py": "import pkgutil\n"},
        BUILDING + "E   AttributeError: module 'pkgutil' has no attribute 'ImpImporter'\n",
        "pip install .",
        {"pyproject.toml": BUILD.format("83.0.0")},
    ),
    (
        {"requirements.txt": "tornado==4.5.3\npytest\n", "it/a.py": "import collections\n"},
        "/v/lib/python3.12/site-packages/tornado/a.py:3: in <module>\n"
        "E   AttributeError: module 'collections' has no attribute 'Mapping'\n",
        "pip install -r requirements.txt",
        {"requirements.txt": "tornado==6.5.0\npytest\n"},
    ),
]


@pytest.mark.parametrize(("files", "log", "install", "expected"), CASES)
def test_where_it_lives_now(files: dict[str, str], log: str, install: str, expected: dict[str, str]) -> None:
    after = edited(files, edits(prescribe(files, log, install))[0])
    assert expected == {name: text for name, text in after.items() if files.get(name) != text}


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": PROJECT, "it/a.py": "import imp\n\nimp.load_source('a', 'b')\n"},
        {"pyproject.toml": PROJECT, "it/a.py": "import imp as old\n\nold.reload(old)\n"},
        {"pyproject.toml": PROJECT, "tests/test_a.py": "import imp\n\nimp.reload(imp)\n"},
        {
            "pyproject.toml": PROJECT,
            "it/a.py": "import imp\nimp.reload(imp)\n",
            "it/b.py": "import imp\nimp.x\n",
        },
    ],
)
def test_what_is_not_sure_is_left(files: dict[str, str]) -> None:
    assert [] == prescribe(files, NONE.format("imp"))


@pytest.mark.parametrize(
    ("files", "log"),
    [
        ({"pyproject.toml": PROJECT, "it/a.py": ""}, BUILDING + NONE.format("distutils")),
        (
            {"requirements.txt": "pytest==7.0\n", "it/a.py": "import asyncio\n"},
            '  File "/app/it/a.py", line 3, in f\n'
            "E   AttributeError: module 'asyncio' has no attribute 'coroutine'\n",
        ),
        (
            {"requirements.txt": "tornado>=4\n", "it/a.py": ""},
            '  File "/v/site-packages/tornado/a.py", line 3, in f\n'
            "E   AttributeError: module 'asyncio' has no attribute 'coroutine'\n",
        ),
    ],
)
def test_what_the_project_does_not_hold_back_is_left(files: dict[str, str], log: str) -> None:
    assert [] == prescribe(files, log)


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        (
            "import importlib\nimport imp\nimp.reload(x)\n",
            Gone("imp"),
            "import importlib\nimportlib.reload(x)\n",
        ),
        ("from imp import reload\nreload(x)\n", Gone("imp"), "from importlib import reload\nreload(x)\n"),
        ("import pipes\npipes.quote('a')\n", Gone("pipes"), "import shlex\nshlex.quote('a')\n"),
        ("import pipes\npipes.Template()\n", Gone("pipes"), None),
        (
            "from collections import (\n    Mapping,\n)\n",
            Gone("collections", "Mapping"),
            "from collections.abc import (\n    Mapping,\n)\n",
        ),
        (
            "import collections\ncollections.Mapping\n",
            Gone("collections", "Mapping"),
            "import collections.abc\ncollections.abc.Mapping\n",
        ),
        (
            "import inspect\ninspect.getargspec(f)\n",
            Gone("inspect", "getargspec"),
            "import inspect\ninspect.getfullargspec(f)\n",
        ),
        (
            "from inspect import getargspec, isclass\n\nargs = getargspec(f).args\n",
            Gone("inspect", "getargspec"),
            "from inspect import getfullargspec, isclass\n\nargs = getfullargspec(f).args\n",
        ),
        (
            "from inspect import getargspec as spec\r\n\r\nspec(f)\r\n",
            Gone("inspect", "getargspec"),
            "from inspect import getfullargspec as spec\r\n\r\nspec(f)\r\n",
        ),
        (
            "import inspect\nx = 'ü', inspect.getargspec\na, b, c, d = inspect.getargspec(f)\n",
            Gone("inspect", "getargspec"),
            "import inspect\nx = 'ü', inspect.getfullargspec\na, b, c, d = inspect.getfullargspec(f)[:4]\n",
        ),
        (
            "import time\nstart = time.clock()\n",
            Gone("time", "clock"),
            "import time\nstart = time.perf_counter()\n",
        ),
        (
            "from fractions import gcd\ngcd(4, 6)\n",
            Gone("fractions", "gcd"),
            "from math import gcd\ngcd(4, 6)\n",
        ),
        (
            "import fractions\nfractions.gcd(4, 6)\n",
            Gone("fractions", "gcd"),
            "import fractions\nimport math\nmath.gcd(4, 6)\n",
        ),
        ("from fractions import Fraction, gcd\n", Gone("fractions", "gcd"), None),
        (
            "from base64 import encodestring\nx.encodestring(encodestring(y))\n",
            Gone("base64", "encodestring"),
            "from base64 import encodebytes\nx.encodestring(encodebytes(y))\n",
        ),
        ("c.readfp(f)\r\n", Gone("configparser", "readfp"), "c.read_file(f)\r\n"),
        ("if t.isAlive():\n    pass\n", Gone("threading", "isAlive"), "if t.is_alive():\n    pass\n"),
        ("x = 1\n", Gone("inspect", "getargspec"), None),
        ("def", Gone("imp"), None),
    ],
)
def test_sources_say_the_same_with_what_there_is(text: str, what: Gone, expected: str | None) -> None:
    assert expected == modernized(text, what)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (NONE.format("distutils.core"), Gone("distutils")),
        (NONE.format("xml.etree.cElementTree"), Gone("xml.etree.cElementTree")),
        (NONE.format("yaml"), None),
        ("E   AttributeError: module 'inspect' has no attribute 'getargspec'", Gone("inspect", "getargspec")),
        ("E   AttributeError: module 'inspect' has no attribute 'typo'", None),
        (
            "E   AttributeError: 'RawConfigParser' object has no attribute 'readfp'",
            Gone("configparser", "readfp"),
        ),
        ("E   ImportError: cannot import name 'Thing' from 'collections'", None),
        ("E   AttributeError: 'Worker' object has no attribute 'isAlive'", Gone("threading", "isAlive")),
        ("E   AttributeError: 'Worker' object has no attribute 'is_live'", None),
        ("E   AttributeError: module 'time' has no attribute 'clock'", Gone("time", "clock")),
    ],
)
def test_what_is_gone(said: str, expected: Gone | None) -> None:
    assert expected == gone(said)


def test_who_has_it_now() -> None:
    assert ("legacy-cgi", 'python_version >= "3.13"') == replacement("cgitb")
    assert ("", "") == replacement("imp")
