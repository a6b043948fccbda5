"""A version that was raised in one place is raised in the others, and in no other direction."""

from __future__ import annotations

from time import process_time

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.version_places import places
from autonomous_cicd.remedies.version_places import VersionPlaces

PLACES = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "{0}"\n\n[tool.other]\nversion = "9.9"\n',
    "setup.cfg": "[metadata]\nname = app\nversion = {0}\n\n[options]\npackages = app\n",
    "setup.py": "from setuptools import setup\n\nsetup(name='app', version='{0}')\n",
    "src/app/__init__.py": '"""App."""\n\n__version__ = "{0}"\nLIMIT = "1.0"\n',
    "app/_version.py": 'version: str = "{0}"\n',
    "docs/conf.py": "project = 'app'\nrelease = '{0}'\n",
    "package.json": '{{\n  "name": "app",\n  "version": "{0}",\n  "dependencies": {{"a": "1.4.0"}}\n}}\n',
    "lib/index.js": "exports.version = '{0}'\nexports.run = () => 1\n",
    "src/version.ts": "export const VERSION = '{0}'\n",
    "VERSION": "{0}\n",
    ".bumpversion.cfg": "[bumpversion]\ncurrent_version = {0}\n",
}
SAID = "AssertionError: '{0}' != '{1}'\n"


def said(name: str, version: str) -> str:
    """Return a file that says a version."""
    return PLACES[name].replace("{0}", version).replace("{{", "{").replace("}}", "}")


def raised(raiser: str, forgotten: str, old: str, new: str, *, log: str = SAID, before: str = "") -> str:
    """Return what the forgotten place says after the repair."""
    files = {raiser: said(raiser, new), forgotten: said(forgotten, old), "tests/test_a.py": "x = '1.4.0'\n"}
    change = changed_file(raiser, before or said(raiser, old), files[raiser])
    told = log.format(old, new)
    bench = FakeBench(past=FakePast((Patch(), Patch.of([change]))))
    case = case_of(files, told, failure_of(told, Category.TEST_FAILURE), bench)
    found = edits(prescribed(VersionPlaces(), case))
    after = edited(files, found[0]) if found else files
    assert {name for name in files if files[name] != after[name]} <= {forgotten}
    return after[forgotten]


@pytest.mark.parametrize("raiser", PLACES)
@pytest.mark.parametrize("forgotten", PLACES)
def test_a_forgotten_place_follows(raiser: str, forgotten: str) -> None:
    if raiser != forgotten:
        assert said(forgotten, "1.5.0") == raised(raiser, forgotten, "1.4.0", "1.5.0")


@pytest.mark.parametrize(
    ("old", "new"),
    [("1.4.0", "1.4.1"), ("1.4.2", "2.0.0"), ("1.4", "1.5"), ("1.5.0rc1", "1.5.0"), ("2024.5", "2025.1")],
)
def test_it_goes_up_by_one_step(old: str, new: str) -> None:
    assert said("setup.py", new) == raised("src/app/__init__.py", "setup.py", old, new)


@pytest.mark.parametrize(
    ("old", "new"), [("1.4.0", "1.3.0"), ("1.4.0", "1.6.0"), ("1.4.0", "14.0"), ("1.4.0", "1.5.1")]
)
def test_what_is_no_next_version_is_for_a_person(old: str, new: str) -> None:
    assert said("setup.py", old) == raised("src/app/__init__.py", "setup.py", old, new)


def test_nothing_is_guessed() -> None:
    place = ("src/app/__init__.py", "setup.py", "1.4.0", "1.5.0")
    assert said("setup.py", "1.4.0") == raised(*place, log="AssertionError: versions differ\n")
    assert said("setup.py", "1.4.0") == raised(*place, log="AssertionError: 1 != 2\n")
    # It said so before: nobody raised it.
    assert said("setup.py", "1.4.0") == raised(*place, before=said("src/app/__init__.py", "1.5.0") + "\n")
    # It said yet another one.
    assert said("setup.py", "1.4.0") == raised(*place, before=said("src/app/__init__.py", "1.4.9"))


def test_a_place_that_says_two_is_none() -> None:
    files = {
        "setup.py": said("setup.py", "1.5.0"),
        "src/app/__init__.py": "__version__ = '1.4.0'\nversion = '1.4.0'\n",
    }
    change = changed_file("setup.py", said("setup.py", "1.4.0"), files["setup.py"])
    log = SAID.format("1.4.0", "1.5.0")
    bench = FakeBench(past=FakePast((Patch.of([change]),)))
    assert [] == prescribed(VersionPlaces(), case_of(files, log, failure_of(log), bench))


def test_a_place_outside_of_the_sections_is_none_however_many_there_are() -> None:
    text = "[tool.other]\n" + 'version = "1.4.0"\n' * 30_000
    started = process_time()
    assert ["1.5.0"] == [
        one.version for one in places("pyproject.toml", f'{text}[project]\nversion = "1.5.0"\n{text}')
    ]
    assert [] == [*places("pyproject.toml", f'version = "1.5.0"\n{text}')]
    assert process_time() - started < 10
