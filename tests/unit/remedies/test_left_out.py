"""What the project has and does not install is listed with the rest, or as it was before."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.package_lists import with_installed
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.left_out import LeftOut

GONE = "E   ModuleNotFoundError: No module named 'it.sub'\n"
TREE = {"it/__init__.py": "", "it/sub/__init__.py": "", "it/sub/deep.py": "", "more.py": ""}
FIND = '[project]\nname = "it"\n\n[tool.setuptools.packages.find]\ninclude = ["it"]\n'


def repaired(name: str, text: str, log: str = GONE, before: str = "", src: str = "") -> str:
    """Return the manifest as it is proposed first; "" when nothing is."""
    files = {name: text, **{f"{src}{file}": said for file, said in TREE.items()}}
    past = (Patch.of([changed_file(name, before, text)]), Patch()) if before else ()
    case = case_of(files, log, failure_of(log, Category.IMPORT_ERROR), FakeBench(past=FakePast(past)))
    found = edits(prescribed(LeftOut(), case))
    return edited(files, found[0])[name] if found else ""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("setup.py", "setup(name='it', packages=['it'])\n", "setup(name='it', packages=['it', 'it.sub'])\n"),
        (
            "setup.py",
            "name = 'it'\nsetup(packages=[name])\n",
            "name = 'it'\nsetup(packages=['it.sub', name])\n",
        ),
        (
            "setup.py",
            'names = [\n    "it",\n    "other",\n]\nsetup(packages=names)\n',
            'names = [\n    "it",\n    "it.sub",\n    "other",\n]\nsetup(packages=names)\n',
        ),
        (
            "setup.py",
            "setup(packages=find_packages(include=['it']))\n",
            "setup(packages=find_packages(include=['it', 'it.*']))\n",
        ),
        (
            "setup.cfg",
            "[options]\npackages =\n    it\nzip_safe = no\n",
            "[options]\npackages =\n    it\n    it.sub\nzip_safe = no\n",
        ),
        (
            "setup.cfg",
            "[options]\npackages = find:\n[options.packages.find]\ninclude =\n    it\n",
            "[options]\npackages = find:\n[options.packages.find]\ninclude =\n    it\n    it.*\n",
        ),
        (
            "pyproject.toml",
            '[tool.setuptools]\npackages = ["it"]\n',
            '[tool.setuptools]\npackages = ["it", "it.sub"]\n',
        ),
        ("pyproject.toml", FIND, FIND.replace('["it"]', '["it", "it.*"]')),
    ],
)
@pytest.mark.parametrize("src", ["", "src/"])
def test_a_package_is_listed_with_the_others(name: str, text: str, expected: str, src: str) -> None:
    assert expected == repaired(name, text, src=src)


def test_a_module_of_a_package_that_is_left_out() -> None:
    text = "setup(packages=['it'])\n"
    expected = "setup(packages=['it', 'it.sub'])\n"
    assert expected == repaired("setup.py", text, GONE.replace("it.sub", "it.sub.deep"))
    assert expected == repaired(
        "setup.py", text, "ImportError: cannot import name 'sub' from 'it' (/v/it/__init__.py)\n"
    )


def test_a_lone_module_is_listed() -> None:
    log = GONE.replace("it.sub", "more")
    assert "setup(py_modules=['it', 'more'])\n" == repaired("setup.py", "setup(py_modules=['it'])\n", log)


@pytest.mark.parametrize(
    ("name", "before", "text"),
    [
        ("pyproject.toml", FIND.replace('["it"]', '["it*"]'), FIND),
        ("pyproject.toml", FIND, FIND + 'exclude = ["it.sub*"]\n'),
        ("setup.py", "v = 1\nsetup(packages=find_packages())\n", "v = 2\nsetup(packages=['it'])\n"),
        ("setup.cfg", "[options]\npackages =\n    it\n    it.sub\n", "[options]\npackages =\n    it\n"),
    ],
)
def test_what_was_said_of_packages_is_put_back(name: str, before: str, text: str) -> None:
    assert before.replace("v = 1", "v = 2") == repaired(name, text, before=before)


@pytest.mark.parametrize(
    ("name", "text", "log"),
    [
        ("setup.py", "setup(packages=['it'])\n", GONE.replace("it.sub", "it.other")),
        ("setup.py", "setup(packages=['it'])\n", GONE.replace("it.sub", "yaml")),
        ("setup.py", "setup(packages=['it', 'it.sub'])\n", GONE),
        ("setup.py", "setup(packages=find_packages())\n", GONE),
        ("setup.py", "setup(packages=['other'])\n", GONE),
        ("pyproject.toml", '[project]\nname = "it"\n', GONE),
        ("setup.py", "setup(packages=['it'])\n", "E   assert 1 == 2\n"),
    ],
)
def test_what_is_anothers_business(name: str, text: str, log: str) -> None:
    assert "" == repaired(name, text, log)


def test_nothing_is_listed_twice() -> None:
    assert "" == with_installed("setup.py", "setup(packages=['it', 'it.sub'])\n", "it.sub", package=True)
    assert "" == with_installed(
        "pyproject.toml", FIND.replace('"it"]', '"it", "it.*"]'), "it.sub", package=True
    )
    assert LeftOut().suits(failure_of("E   assert 1\n")) == 0
