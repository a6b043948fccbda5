"""What the build of a Python project refuses of its metadata is put right in one line of it."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.remedies.packaging import Packaging

PYTHON = "ERROR: Package 'thing' requires a different Python: 3.11.9 not in '>=3.13'"
DATA = "FileNotFoundError: [Errno 2] No such file or directory: '/v/site-packages/thing/names.json'"
SETUP = "[metadata]\nname = thing\n\n[options]\npackages = find:\n"
PROJECT = '[project]\nname = "thing"\nversion = "1"\n'
CLASSIFIERS = (
    'classifiers = [\n  "Programming Language :: Python :: 3.9",\n'
    '  "Programming Language :: Python :: 3.11",\n]\n'
)


def repaired(files: dict[str, str], log: str, before: dict[str, str] | None = None) -> dict[str, str]:
    """Return the files that are changed, with their new texts."""
    patches = tuple(
        Patch.of([changed_file(name, text, files[name])]) for name, text in (before or {}).items()
    )
    failure = failure_of(log, Category.PACKAGING_BUILD)
    case = case_of(files, log, failure, FakeBench(past=FakePast(patches)), script="pip install .")
    found = edits(prescribed(Packaging(), case))
    if not found:
        return {}
    after = edited(files, found[0])
    return {name: text for name, text in after.items() if files.get(name) != text}


def test_a_requirement_that_was_raised_too_far_is_put_back() -> None:
    old = PROJECT + 'requires-python = ">=3.8"\n'
    now = old.replace(">=3.8", ">=3.13").replace('"1"', '"2"')
    assert {"pyproject.toml": old.replace('"1"', '"2"')} == repaired(
        {"pyproject.toml": now}, PYTHON, {"pyproject.toml": old}
    )


@pytest.mark.parametrize(
    ("subject", "others", "classifiers", "back"),
    [
        ("Need Python 3.13", (), False, False),
        ("build: drop 3.11 and 3.12", (), False, False),
        ("Work", (changed_file("CHANGELOG.md", "", "- Python 3.13 is needed.\n"),), False, False),
        ("Work", (), True, False),
        ("Work", (changed_file("docs/a.md", "", "We release on Tuesdays.\n"),), False, True),
        ("Release 2", (), False, True),
    ],
)
def test_a_python_that_was_decided_on_stays(
    subject: str, others: tuple[FileChange, ...], classifiers: bool, back: bool
) -> None:
    old = PROJECT + 'requires-python = ">=3.8"\n' + CLASSIFIERS * classifiers
    now = old.replace(">=3.8", ">=3.13").replace('  "Programming Language :: Python :: 3.9",\n', "")
    commit = Patch.of([changed_file("pyproject.toml", old, now), *others])
    bench = FakeBench(past=FakePast((commit,), subjects=(subject,)))
    failure = failure_of(PYTHON, Category.PACKAGING_BUILD)
    case = case_of({"pyproject.toml": now}, PYTHON, failure, bench, script="pip install .")
    assert back is bool(edits(prescribed(Packaging(), case)))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", PROJECT + 'requires-python = ">=3.13"\n' + CLASSIFIERS, '">=3.9"'),
        ("pyproject.toml", PROJECT + "requires-python = '>=3.12,<4'\n" + CLASSIFIERS, "'>=3.9,<4'"),
        (
            "setup.cfg",
            "[metadata]\nname = thing\nclassifiers =\n    Programming Language :: Python :: 3.9\n"
            "    Programming Language :: Python :: 3.11\n[options]\npython_requires = >=3.13\n",
            "python_requires = >=3.9\n",
        ),
    ],
)
def test_a_requirement_that_contradicts_the_classifiers_is_widened(
    name: str, text: str, expected: str
) -> None:
    assert expected in repaired({name: text}, PYTHON)[name]


@pytest.mark.parametrize(
    ("text", "log"),
    [
        (PROJECT + 'requires-python = ">=3.13"\n', PYTHON),
        (PROJECT + 'requires-python = ">=3.13"\n' + CLASSIFIERS, PYTHON.replace("thing", "other")),
        (PROJECT + 'requires-python = ">=3.8"\n' + CLASSIFIERS, PYTHON),
    ],
)
def test_a_requirement_that_nothing_contradicts_stays(text: str, log: str) -> None:
    assert {} == repaired({"pyproject.toml": text}, log)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "setup.cfg",
            SETUP + "[options.package_data]\nthing = py.typed\n[tool:pytest]\n",
            SETUP + "[options.package_data]\nthing = py.typed, names.json\n[tool:pytest]\n",
        ),
        (
            "setup.cfg",
            SETUP + "[options.package_data]\nthing =\n    py.typed\n",
            SETUP + "[options.package_data]\nthing =\n    py.typed\n    names.json\n",
        ),
        ("setup.cfg", SETUP, SETUP + "\n[options.package_data]\nthing = names.json\n"),
        (
            "pyproject.toml",
            PROJECT + '[tool.setuptools.package-data]\nthing = ["py.typed"]\n',
            PROJECT + '[tool.setuptools.package-data]\nthing = ["py.typed", "names.json"]\n',
        ),
        (
            "pyproject.toml",
            PROJECT + '[tool.setuptools.package-data]\nthing = [\n  "py.typed",\n]\n',
            PROJECT + '[tool.setuptools.package-data]\nthing = [\n  "py.typed",\n  "names.json",\n]\n',
        ),
        (
            "pyproject.toml",
            PROJECT + '[tool.setuptools.package-data]\n"*" = ["py.typed"]\n',
            PROJECT + '[tool.setuptools.package-data]\nthing = ["names.json"]\n"*" = ["py.typed"]\n',
        ),
        (
            "setup.py",
            "setup(name='thing', package_data={'thing': ['py.typed']})\n",
            "setup(name='thing', package_data={'thing': ['py.typed', 'names.json']})\n",
        ),
        (
            "setup.py",
            "setup(\n    name='thing',\n    packages=['thing'],\n    zip_safe=True)\n",
            "setup(\n    name='thing',\n    packages=['thing'],\n"
            "    package_data={'thing': ['names.json']},\n"
            "    zip_safe=True)\n",
        ),
        (
            "setup.py",
            'setup(name = "thing", packages = find())\n',
            'setup(name = "thing", packages = find(), package_data = {"thing": ["names.json"]})\n',
        ),
    ],
)
@pytest.mark.parametrize("home", ["src/", ""])
def test_a_file_of_a_package_is_installed_with_it(name: str, text: str, expected: str, home: str) -> None:
    files = {name: text, f"{home}thing/names.json": "[]", f"{home}thing/__init__.py": ""}
    assert {name: expected} == repaired(files, DATA)


def test_a_file_is_named_in_the_manifest_of_the_archive_where_that_counts() -> None:
    files = {
        "setup.cfg": SETUP + "include_package_data = True\n",
        "MANIFEST.in": "include README\n",
        "thing/names.json": "[]",
    }
    assert {"MANIFEST.in": "include README\ninclude thing/names.json\n"} == repaired(files, DATA)


def test_a_file_that_the_project_does_not_have_is_not_declared() -> None:
    assert {} == repaired({"setup.cfg": SETUP, "thing/__init__.py": ""}, DATA)
    assert {} == repaired({"pyproject.toml": '[project]\nname="x"\n', "other/names.json": ""}, DATA)


@pytest.mark.parametrize(
    ("log", "names", "text", "expected"),
    [
        (
            "OSError: Readme file does not exist: README.rst",
            ["README.md"],
            'readme = "README.rst"',
            "README.md",
        ),
        ("error: File '/w/README.txt' cannot be found", ["README.md"], 'readme = "README.txt"', "README.md"),
        (
            "OSError: License file does not exist: LICENSE.txt",
            ["LICENCE"],
            'license = {file = "LICENSE.txt"}',
            "LICENCE",
        ),
    ],
)
def test_a_file_that_is_named_wrongly_is_named_rightly(
    log: str, names: list[str], text: str, expected: str
) -> None:
    files = {"pyproject.toml": f"[project]\n{text}\n", **dict.fromkeys(names, "x")}
    assert f'"{expected}"' in repaired(files, log)["pyproject.toml"]


def test_of_two_files_none_is_guessed() -> None:
    files = {"pyproject.toml": '[project]\nreadme = "README.txt"\n', "README.md": "", "README.rst": ""}
    assert {} == repaired(files, "Readme file does not exist: README.txt")


def test_keys_are_written_with_underscores() -> None:
    text = "[metadata]\nname = a-b\ndescription-file = R\nlong-description: x\n[options]\nzip-safe = no\n"
    text += "[a-b]\nc-d = 1\n"
    log = "InvalidConfigError: Invalid dash-separated key 'description-file' in 'metadata' (setup.cfg)"
    new = repaired({"setup.cfg": text}, log)["setup.cfg"]
    assert (
        text.replace("description-file", "description_file")
        .replace("long-description", "long_description")
        .replace("zip-safe", "zip_safe")
        == new
    )


def test_license_classifiers_give_way_to_the_expression() -> None:
    text = (
        '[project]\nlicense = "MIT"\nclassifiers = [\n  "License :: OSI Approved :: MIT License",\n'
        '  "Programming Language :: Python :: 3",\n]\n'
    )
    log = "errors.InvalidConfigError: License classifiers have been superseded by license expressions"
    expected = text.replace('  "License :: OSI Approved :: MIT License",\n', "")
    assert {"pyproject.toml": expected} == repaired({"pyproject.toml": text}, log)


def test_the_one_package_of_a_flat_layout_is_named() -> None:
    log = "error: Multiple top-level packages discovered in a flat-layout: ['thing', 'assets']."
    new = repaired({"pyproject.toml": PROJECT, "thing/__init__.py": ""}, log)["pyproject.toml"]
    assert new == PROJECT + '\n[tool.setuptools.packages.find]\ninclude = ["thing*"]\n'
    assert {} == repaired({"pyproject.toml": PROJECT.replace("thing", "x")}, log)


def test_the_section_of_pytest_is_named_as_pytest_reads_it() -> None:
    log = "[pytest] section in setup.cfg files is no longer supported, change to [tool:pytest] instead."
    assert {"setup.cfg": "[tool:pytest]\naddopts = -q\n"} == repaired(
        {"setup.cfg": "[pytest]\naddopts = -q\n"}, log
    )


def test_other_failures_are_not_its_business() -> None:
    assert {} == repaired({"pyproject.toml": PROJECT}, "E   assert 1 == 2")


SDIST = (
    '* Building wheel from sdist\n  File "<string>", line 23, in <module>\n'
    "FileNotFoundError: [Errno 2] No such file or directory: 'requirements.txt'\n"
)
NEEDED = {
    "setup.py": "setup(name='thing', install_requires=list(open('requirements.txt')))\n",
    "requirements.txt": "a\n",
}


@pytest.mark.parametrize(
    ("files", "log", "before", "expected"),
    [
        (
            {**NEEDED, "MANIFEST.in": "include LICENSE\n"},
            SDIST,
            {"MANIFEST.in": "include requirements.txt\ninclude LICENSE\n"},
            {"MANIFEST.in": "include requirements.txt\ninclude LICENSE\n"},
        ),
        (
            {**NEEDED, "MANIFEST.in": "include a"},
            SDIST,
            {},
            {"MANIFEST.in": "include a\ninclude requirements.txt\n"},
        ),
        (
            NEEDED,
            SDIST.replace("'req", "'/tmp/build-via-sdist-x/thing-1/req"),
            {},
            {"MANIFEST.in": "include requirements.txt\n"},
        ),
        ({**NEEDED, "MANIFEST.in": "include requirements.txt\n"}, SDIST, {}, {}),
        ({"setup.py": NEEDED["setup.py"]}, SDIST, {}, {}),
        (NEEDED, SDIST.replace("* Building wheel from sdist", "pytest"), {}, {}),
        (
            {**NEEDED, "pyproject.toml": '[build-system]\nbuild-backend = "flit_core.buildapi"\n'},
            SDIST,
            {},
            {},
        ),
    ],
)
def test_what_the_build_reads_is_in_the_source_archive(
    files: dict[str, str], log: str, before: dict[str, str], expected: dict[str, str]
) -> None:
    assert expected == repaired(files, log, before)
