"""What the project has and does not install is listed with the rest, or as it was before."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.package_lists import with_installed
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remedy import Escalate
from autonomous_cicd.domain.run import StepResult, TaskStatus
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.remedies.left_out import LeftOut
from autonomous_cicd.workflows.file import read_workflow

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


CI = (
    "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {}\n      - run: pytest\n"
)
WORKFLOW = ".github/workflows/ci.yml"


def job_repaired(install: str, before: str = "", log: str = GONE.replace("it.sub", "it"), **more: str) -> str:
    """Return the workflow whose job installs so, as it is proposed first; "" when nothing is."""
    text = CI.format(install)
    files = {WORKFLOW: text, "src/it/__init__.py": "", "pyproject.toml": '[project]\nname = "it"\n', **more}
    past = (Patch.of([changed_file(WORKFLOW, CI.format(before), text)]), Patch()) if before else ()
    plan = read_workflow(text, path=WORKFLOW)
    job = JobPlan(workflow=plan, job=plan.jobs[0])
    step = StepResult(name="t", status=TaskStatus.FAILED, command=f"{install}\npytest")
    failure = failure_of(log, Category.IMPORT_ERROR)
    case = case_of(files, log, failure, FakeBench(past=FakePast(past)), step=step, job=job)
    found = edits(prescribed(LeftOut(), case))
    return edited(files, found[0])[WORKFLOW] if found else ""


@pytest.mark.parametrize(
    ("install", "before", "expected"),
    [
        ("pip install pytest", "pip install -e . pytest", "pip install -e . pytest"),
        ("pip install pytest six", "python -m pip install '.[test]'", "python -m pip install '.[test]'"),
        ("pip install pytest", "", "pip install -e . pytest"),
        ("python -m pip install -q pytest", "", "python -m pip install -e . -q pytest"),
    ],
)
def test_a_job_installs_the_project_that_it_tests(install: str, before: str, expected: str) -> None:
    assert CI.format(expected) == job_repaired(install, before)


@pytest.mark.parametrize(
    "install",
    [
        *(
            "pip install -e .",
            "pip install '.[test]' pytest",
            "uv sync",
            "poetry install",
            "tox -e py",
            "make setup",
        ),
        *("pip install dist/it-1.whl", "pip install -r requirements.txt", "python -m pip install ."),
    ],
)
def test_a_job_that_may_install_it_is_left(install: str) -> None:
    assert "" == job_repaired(install)


def test_what_is_not_the_projects_is_not_installed_with_it() -> None:
    assert "" == job_repaired("pip install pytest", log=GONE.replace("it.sub", "yaml"))


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        ("Do not ship the experiments to users", True),
        ("packaging: exclude what is internal", True),
        ("Remove sub from what is installed", True),
        ("Work in progress", False),
        ("List packages by hand", False),
    ],
)
def test_what_is_left_out_on_purpose_stays_out(subject: str, left: bool) -> None:
    before = FIND.replace('["it"]', '["it*"]')
    past = FakePast(
        (Patch(), Patch.of([changed_file("pyproject.toml", before, FIND)])), subjects=("", subject)
    )
    files = {"pyproject.toml": FIND, **TREE}
    case = case_of(files, GONE, failure_of(GONE, Category.IMPORT_ERROR), FakeBench(past=past))
    found = prescribed(LeftOut(), case)
    assert left is not bool(edits(found))
    assert left is any(isinstance(one, Escalate) for one in found)


LIST = "setup(name='it', packages=['it'])\n"


@pytest.mark.parametrize(
    ("subject", "file", "now", "expected"),
    [
        ("Do not ship the tests", "setup.py", LIST, "setup(name='it', packages=['it', 'it.sub'])\n"),
        ("Stop installing tests and docs", "setup.py", LIST, "setup(name='it', packages=['it', 'it.sub'])\n"),
        (
            "build: exclude the examples from the wheel",
            "setup.py",
            LIST,
            "setup(name='it', packages=['it', 'it.sub'])\n",
        ),
        ("Do not ship the tests", "pyproject.toml", FIND, ""),  # all there is would come along, tests too
        ("Do not ship sub and its tests", "setup.py", LIST, ""),
        ("Stop shipping the old tests of it", "setup.py", LIST, ""),
        ("Do not install", "setup.py", LIST, ""),
    ],
)
def test_what_else_was_left_out_on_purpose_stays_out(
    subject: str, file: str, now: str, expected: str
) -> None:
    before = now.replace("it'", "it', 'it.sub', 'it.tests'").replace('["it"]', '["it*"]')
    past = FakePast((Patch(), Patch.of([changed_file(file, before, now)])), subjects=("", subject))
    files = {file: now, **TREE, "it/tests/__init__.py": ""}
    case = case_of(files, GONE, failure_of(GONE, Category.IMPORT_ERROR), FakeBench(past=past))
    found = prescribed(LeftOut(), case)
    assert [edited(files, one)[file] for one in edits(found)] == ([expected] if expected else [])
    assert bool(expected) is not any(isinstance(one, Escalate) for one in found)
