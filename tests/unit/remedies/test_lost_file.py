"""A file that was removed and is needed is put back; one that was moved is followed."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.domain.remedy import Edit
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.remedies.lost_file import LostFile
from autonomous_cicd.workflows.file import read_workflow

NAME = ".github/workflows/ci.yml"
STEP = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {}\n"


def found(files: dict[str, str], log: str, *changes: FileChange, subject: str = "") -> list[Edit]:
    bench = FakeBench(past=FakePast((Patch.of(changes),) if changes else (), subjects=(subject,)))
    job = None
    if NAME in files:
        plan = read_workflow(files[NAME], path=NAME)
        job = JobPlan(workflow=plan, job=plan.jobs[0])
    failure = failure_of(log, Category.UNKNOWN)
    return edits(prescribed(LostFile(), case_of(files, log, failure, bench, job=job)))


@pytest.mark.parametrize(
    ("log", "files", "changed"),
    [
        (
            "Error: Cannot find module './lib/quotepair'\nRequire stack:\n- /w/index.js",
            {"index.js": "exports.a = require('./lib/quotepair')\n", "lib/quotePair.js": "x"},
            {"index.js": "exports.a = require('./lib/quotePair')\n"},
        ),
        (
            "Module not found: Error: Can't resolve './Button' in '/w/src'",
            {"src/app.js": "import B from './Button'\n", "src/button.js": "x", "docs/a.md": "./Button"},
            {"src/app.js": "import B from './button'\n"},
        ),
        (
            "ModuleNotFoundError: No module named 'pkg.Utils'",
            {"pkg/__init__.py": "from .Utils import a\n", "pkg/utils.py": "a = 1\n"},
            {"pkg/__init__.py": "from .utils import a\n"},
        ),
        (
            "ERROR: Could not open requirements file: No such file or directory: 'Requirements.txt'",
            {
                NAME: STEP.format("pip install -r Requirements.txt"),
                "requirements.txt": "x",
            },
            {NAME: STEP.format("pip install -r requirements.txt")},
        ),
        (
            "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/w/lib/one' imported from /w/lib/util.mjs",
            {
                "lib/util.mjs": "import a from './one'\n",
                "lib/one.mjs": "",
                "lib/b.mjs": "import a from './one'",
            },
            {"lib/util.mjs": "import a from './one.mjs'\n"},
        ),
        (
            "Error: Cannot find module './lib/other'",
            {"index.js": "require('./lib/other')", "lib/one.js": ""},
            {},
        ),
    ],
)
def test_what_is_named_in_other_letters_is_named_rightly(
    log: str, files: dict[str, str], changed: dict[str, str]
) -> None:
    assert [{**files, **changed}] * bool(changed) == [edited(files, one) for one in found(files, log)]


FOLDER = STEP.format("pip install .\n        working-directory: {}")
NO_PROJECT = (
    "ERROR: docs does not appear to be a Python project: neither 'setup.py' nor 'pyproject.toml' found."
)


@pytest.mark.parametrize(
    ("files", "log", "place"),
    [
        ({"docs/conf.py": "", "pyproject.toml": ""}, NO_PROJECT, "."),
        ({"docs/conf.py": "", "api/setup.py": ""}, NO_PROJECT, "api"),
        (
            {"docs/conf.py": "", "web/package.json": ""},
            "npm error enoent ENOENT open '/w/docs/package.json'",
            "web",
        ),
        ({"docs/conf.py": "", "a/setup.py": "", "b/setup.py": ""}, NO_PROJECT, ""),
        ({"docs/test_a.py": "", "api/setup.py": ""}, NO_PROJECT, ""),
        ({"docs/requirements.txt": "", "api/setup.py": ""}, NO_PROJECT, ""),
        ({"docs/conf.py": ""}, NO_PROJECT, ""),
    ],
)
def test_a_step_works_where_its_project_is(files: dict[str, str], log: str, place: str) -> None:
    files = {**files, NAME: FOLDER.format("docs")}
    expected = [{**files, NAME: FOLDER.format(place)}] if place else []
    assert expected == [edited(files, one) for one in found(files, log)]


@pytest.mark.parametrize(
    ("name", "log"),
    [
        (
            "requirements-dev.txt",
            "Could not open requirements file: No such file or directory: 'requirements-dev.txt'",
        ),
        ("scripts/run.sh", "bash: scripts/run.sh: No such file or directory"),
        ("scripts/run.sh", "/tmp/a.sh: line 1: ./scripts/run.sh: No such file or directory"),
        (
            "tools/gen.py",
            "python: can't open file '/home/runner/work/a/tools/gen.py': [Errno 2] No such file",
        ),
        (
            "src/pkg/data/x.json",
            "FileNotFoundError: [Errno 2] No such file or directory: '/w/src/pkg/data/x.json'",
        ),
        ("src/pkg/_impl.py", "ModuleNotFoundError: No module named 'pkg._impl'"),
        ("pkg/sub/__init__.py", "ModuleNotFoundError: No module named 'pkg.sub'"),
        ("pkg/tool.py", "ImportError: cannot import name 'tool' from 'pkg' (/w/pkg/__init__.py)"),
        ("lib/util.js", "Error: Cannot find module './lib/util'"),
        ("config.mk", "make: *** No rule to make target 'config.mk', needed by 'all'.  Stop."),
    ],
)
def test_a_removed_file_is_put_back_as_it_was(name: str, log: str) -> None:
    gone = FileChange(name=name, before="content\n", was_executable=name.endswith(".sh"))
    other = FileChange(name="docs/old.md", before="other\n")
    (edit,) = found({"README.md": "x"}, log, gone, other)
    assert (name,) == edit.patch.files
    assert "content\n" == edited({"README.md": "x"}, edit)[name]
    assert [name.endswith(".sh")] == [one.executable for one in edit.patch]


def test_a_moved_file_is_followed_in_settings_and_scripts() -> None:
    files = {
        "requirements/dev.txt": "pytest\nlxml\n",
        "tox.ini": "[testenv]\ndeps = -r requirements-dev.txt\n",
        "Makefile": "install:\n\tpip install -r ./requirements-dev.txt\n",
        "README.md": "see requirements-dev.txt",
    }
    gone = FileChange(name="requirements-dev.txt", before="pytest\nlxml\n")
    came = changed_file("requirements/dev.txt", None, "pytest\nlxml\n")
    log = "Could not open requirements file: No such file or directory: 'requirements-dev.txt'"
    (edit,) = found(files, log, gone, came)
    after = edited(files, edit)
    assert ("Makefile", "tox.ini") == edit.patch.files
    assert "-r requirements/dev.txt" in after["tox.ini"]
    assert "-r ./requirements/dev.txt" in after["Makefile"]


def test_a_moved_folder_is_followed_in_the_workflow() -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: x\n"
    text += "        working-directory: web\n"
    files = {NAME: text, "frontend/package.json": "{}\n"}
    gone = FileChange(name="web/package.json", before="{}\n")
    came = changed_file("frontend/package.json", None, "{}\n")
    (edit,) = found(files, "No such file or directory", gone, came)
    assert text.replace("web", "frontend") == edited(files, edit)[NAME]


@pytest.mark.parametrize(
    ("log", "change"),
    [
        ("cat: .env: No such file or directory", FileChange(name=".env", before="A=1\n")),
        ("cat: server.key: No such file or directory", FileChange(name="server.key", before="x\n")),
        ("tests/data.json: No such file or directory", FileChange(name="tests/data.json", before="x\n")),
        ("other.txt: No such file or directory", FileChange(name="gone.txt", before="x\n")),
        ("gone.txt: No such file or directory", changed_file("gone.txt", "x\n", "y\n")),
    ],
)
def test_what_is_private_or_a_test_or_not_gone_is_left(log: str, change: FileChange) -> None:
    assert [] == found({"README.md": "x"}, log, change)


def test_without_a_history_nothing_is_invented() -> None:
    assert [] == found({"README.md": "x"}, "bash: run.sh: No such file or directory")


def test_what_was_removed_on_purpose_stays_away() -> None:
    gone = FileChange(name="settings.ini", before="[a]\n")
    log = "FileNotFoundError: [Errno 2] No such file or directory: 'settings.ini'"
    told = changed_file("README.md", "x\nSee settings.ini for more.\n", "x\n")
    assert [] == found({"README.md": "x\n"}, log, gone, told)
    assert len(found({"README.md": "x\n"}, log, gone)) == 1


@pytest.mark.parametrize(("now", "meant"), [("a\nb\nc\nd\n", ("calls `",)), ("a\nb\nc\nd\ne\n", ())])
def test_to_follow_the_very_same_file_nobody_has_to_agree(now: str, meant: tuple[str, ...]) -> None:
    gone = FileChange(name="spec/a.js", before="a\nb\nc\nd\n")
    files = {"spec/unit/a.js": now, "package.json": '{"scripts": {"test": "node --test spec/a.js"}}\n'}
    (edit,) = found(files, "Could not find 'spec/a.js'", gone, FileChange(name="spec/unit/a.js", after=now))
    assert meant == edit.meant
    assert "node --test spec/unit/a.js" in edited(files, edit)["package.json"]


ACTION = "Error: Can't find 'action.yml' or 'action.yaml' under './.github/actions/prepare'"


@pytest.mark.parametrize(
    ("file", "before", "now", "log", "there"),
    [
        (
            NAME,
            "uses: ./.github/actions/prep",
            "uses: ./.github/actions/prepare",
            ACTION,
            ".github/actions/prep/action.yml",
        ),
        (
            "package.json",
            '"test": "mocha spec/a.js"',
            '"test": "mocha spec/b.js"',
            "Could not find 'spec/b.js'",
            "spec/a.js",
        ),
        (
            "tox.ini",
            "commands = pytest tests/unit",
            "commands = pytest tests/units",
            "ERROR: file or directory not found: tests/units",
            "tests/unit/test_a.py",
        ),
        (
            "Makefile",
            "\tpython tools/gen.py",
            "\tpython tool/gen.py",
            "python: can't open file '/w/x/tool/gen.py': [Errno 2] No such file or directory",
            "tools/gen.py",
        ),
    ],
)
def test_settings_name_again_what_is_there(file: str, before: str, now: str, log: str, there: str) -> None:
    wrap = STEP.replace("run: {}", "{}").format if file == NAME else "{}\n".format
    files = {file: wrap(now), there: "x"}
    (edit,) = found(files, log, changed_file(file, wrap(before), wrap(now)))
    assert {**files, file: wrap(before)} == edited(files, edit)
    assert [] == found({file: wrap(now), "other": ""}, log, changed_file(file, wrap(before), wrap(now)))
    assert [] == found({file: wrap(now), there: "x"}, log)


def test_what_a_build_makes_is_not_named_otherwise() -> None:
    before = '{"scripts": {"start": "node src/a.js"}}\n'
    now = before.replace("src", "dist")
    files = {"package.json": now, "src/a.js": "x", ".gitignore": "node_modules/\n/dist/\n"}
    log = "Error: Cannot find module 'dist/a.js'"
    assert [] == found(files, log, changed_file("package.json", before, now))
    assert 1 == len(found({**files, ".gitignore": ""}, log, changed_file("package.json", before, now)))


PEOPLE = FileChange(name="app/people.csv", before="Ann\n")
MORE = FileChange(name="app/places.csv", before="Rome\n")


@pytest.mark.parametrize(
    ("subject", "changes", "back"),
    [
        ("Remove the customers' data from the repository", (PEOPLE,), False),
        ("Clean up: personal addresses do not belong here", (PEOPLE, MORE), False),
        ("chore: drop the sample", (PEOPLE,), False),
        ("Delete people.csv", (PEOPLE, MORE), False),
        ("Delete what the old importer read", (PEOPLE, MORE), True),
        ("Remove unused files", (PEOPLE,), True),
        ("Work in progress", (PEOPLE,), True),
    ],
)
def test_a_subject_tells_what_is_to_stay_away(
    subject: str, changes: tuple[FileChange, ...], back: bool
) -> None:
    log = "FileNotFoundError: [Errno 2] No such file or directory: 'app/people.csv'"
    assert back is bool(found({"app/__init__.py": ""}, log, *changes, subject=subject))
