"""Settings that a tool does not know are spelt right, put back, or taken out as the tool says."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.tool_settings import ToolSettings


def repaired(name: str, text: str, log: str, before: str = "") -> str:
    patches = (Patch.of([changed_file(name, before, text)]),) if before else ()
    case = case_of(
        {name: text}, log, failure_of(log, Category.CONFIGURATION), FakeBench(past=FakePast(patches))
    )
    found = edits(prescribed(ToolSettings(), case))
    return edited({name: text}, found[0])[name] if found else ""


@pytest.mark.parametrize(
    ("name", "text", "log", "expected"),
    [
        (
            "pytest.ini",
            "[pytest]\nadopts = -q\ntestpaths = a\n",
            "ERROR: pytest.ini: Unknown config option: adopts",
            "[pytest]\naddopts = -q\ntestpaths = a\n",
        ),
        (
            "pyproject.toml",
            "[tool.black]\nline-lenght = 90\n",
            "Error: Invalid value for '--config': Invalid config keys detected: 'line-lenght'",
            "[tool.black]\nline-length = 90\n",
        ),
        (
            "pyproject.toml",
            '[project]\nname = "a"\nkeyword = ["x"]\n',
            "configuration error: `project` must not contain {'keyword'} properties",
            '[project]\nname = "a"\nkeywords = ["x"]\n',
        ),
        (
            "pytest.ini",
            "[pytest]\nmarkers =\n    net: asks hosts\n",
            "E   Failed: 'slow' not found in `markers` configuration option",
            "[pytest]\nmarkers =\n    net: asks hosts\n    slow\n",
        ),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n',
            "E   pytest.PytestUnknownMarkWarning: Unknown pytest.mark.slow - is this a typo?",
            '[tool.pytest.ini_options]\nmarkers = ["slow"]\nfilterwarnings = ["error"]\n',
        ),
        (
            "tsconfig.json",
            '{\n  // newer\n  "compilerOptions": {"target": "es2020", "lib": ["dom", "ES2019"]}\n}\n',
            "a.ts(1,2): error TS2550: Property 'replaceAll' does not exist on type 'string'. Do you need to"
            " change your target library? Try changing the 'lib' compiler option to 'es2021' or later.",
            '{\n  // newer\n  "compilerOptions": {"target": "es2020", "lib": ["dom", "es2021"]}\n}\n',
        ),
        (
            "tsconfig.json",
            '{"compilerOptions": {"target": "es2020"}}\n',
            "error TS2550: Try changing the 'lib' compiler option to 'es2021' or later.",
            "",
        ),
        (
            "ruff.toml",
            'line-lengh = 90\n[lint]\nselect = ["E"]\n',
            "  Cause: unknown field `line-lengh`, expected one of `cache-dir`, `line-length`, `indent-width`",
            'line-length = 90\n[lint]\nselect = ["E"]\n',
        ),
        (
            "tsconfig.json",
            '{\n  // how\n  "compilerOptions": {\n    "strict": true,\n'
            '    "importsNotUsedAsValues": "error"\n  }\n}\n',
            "error TS5102: Option 'importsNotUsedAsValues' has been removed. "
            "Please remove it from your configuration.",
            '{\n  // how\n  "compilerOptions": {\n    "strict": true\n  }\n}\n',
        ),
        (
            "tsconfig.json",
            '{\n  "compilerOptions": {\n    "strictt": true\n  }\n}\n',
            "error TS5025: Unknown compiler option 'strictt'. Did you mean 'strict'?",
            '{\n  "compilerOptions": {\n    "strict": true\n  }\n}\n',
        ),
        (
            ".flake8",
            "[flake8]\nignore = E203, # black\n    W503  # too\nmax-line-length = 88\n",
            "ValueError: Error code '#' supplied to 'ignore' option does not match '^[A-Z]{1,3}[0-9]{0,3}$'",
            "[flake8]\nignore = E203,\n    W503\nmax-line-length = 88\n",
        ),
    ],
)
def test_a_setting_is_put_right(name: str, text: str, log: str, expected: str) -> None:
    assert expected == repaired(name, text, log)


def test_a_setting_that_resembles_none_is_put_back() -> None:
    before = "[pytest]\naddopts = -q\n"
    now = "[pytest]\nfoo_bar = 1\naddopts = -q -ra\n"
    log = "ERROR: Unknown config option: foo_bar"
    assert "[pytest]\naddopts = -q -ra\n" == repaired("pytest.ini", now, log, before)
    assert "" == repaired("pytest.ini", now, log)


def test_other_files_and_other_failures_are_left() -> None:
    assert "" == repaired("notes.txt", "adopts = 1\n", "Unknown config option: adopts")
    assert "" == repaired("pytest.ini", "[pytest]\nadopts = 1\n", "1 failed")


def test_a_mark_is_registered_again_with_its_meaning() -> None:
    before = "[pytest]\nmarkers =\n    slow: takes long\n    net: asks hosts\n"
    now = before.replace("    slow: takes long\n", "")
    log = "E   Failed: 'slow' not found in `markers` configuration option"
    assert f"{now}    slow: takes long\n" == repaired("pytest.ini", now, log, before)
    assert "" == repaired("pytest.ini", now, log.replace("slow", "nett"))


ASYNC = (
    "Successfully installed pytest-8.4.2 pytest-asyncio-0.26.0\nFAILED tests/test_a.py::test - Failed: {}\n"
)
NATIVE = ASYNC.format("async def functions are not natively supported.")
PLAIN = "async def test():\n    pass\n"
MARKED = f"@pytest.mark.asyncio\n{PLAIN}"


@pytest.mark.parametrize(
    ("name", "text", "before", "expected"),
    [
        (
            "setup.cfg",
            "[a]\nb = 1\n[tool:pytest]\ntestpaths = tests\n",
            "[a]\nb = 2\n[tool:pytest]\nasyncio_mode = auto\ntestpaths = tests\n",
            "[a]\nb = 1\n[tool:pytest]\nasyncio_mode = auto\ntestpaths = tests\n",
        ),
        ("pytest.ini", "[pytest]\naddopts = -q\n", "", "[pytest]\nasyncio_mode = auto\naddopts = -q\n"),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\naddopts = "-q"\n',
            "",
            '[tool.pytest.ini_options]\nasyncio_mode = "auto"\naddopts = "-q"\n',
        ),
        (
            "pyproject.toml",
            '[project]\nname = "a"\n',
            "",
            '[project]\nname = "a"\n\n[tool.pytest.ini_options]\nasyncio_mode = "auto"\n',
        ),
        ("pytest.ini", "[pytest]\nasyncio_mode = strict\n", "", ""),
        ("requirements.txt", "pytest\n", "", ""),
    ],
)
def test_asynchronous_tests_without_marks(name: str, text: str, before: str, expected: str) -> None:
    assert expected == asynchronous(name, text, NATIVE, before)


def asynchronous(name: str, text: str, log: str, before: str = "", test: str = PLAIN) -> str:
    """Return the settings that are proposed for asynchronous tests that are not run."""
    files = {name: text, "tests/test_a.py": test}
    patches = (Patch.of([changed_file(name, before, text)]),) if before else ()
    failure = failure_of(log.splitlines()[-1], Category.DEPENDENCY_MISSING)
    found = edits(prescribed(ToolSettings(), case_of(files, log, failure, FakeBench(past=FakePast(patches)))))
    return edited(files, found[0])[name] if found else ""


def test_marked_tests_and_missing_plugins_are_anothers_business() -> None:
    ini = "[pytest]\naddopts = -q\n"
    assert not asynchronous("pytest.ini", ini, NATIVE, test=MARKED + PLAIN)
    assert not asynchronous("pytest.ini", ini, NATIVE.replace("pytest-asyncio", "pytest-trio"))
    assert not asynchronous("pytest.ini", ini, ASYNC.format("assert 1 == 2"))


MAKE = "py311: failed with make is not allowed, use allowlist_externals to allow it"
RESOLVED = (
    "docs: failed with bash (resolves to /usr/bin/bash) is not allowed, use allowlist_externals to allow"
)
SPACES = "py: failed with pass_env values cannot contain whitespace, use comma to have multiple values"
DOCS = "[testenv:docs]\nallowlist_externals =\n  make\ncommands =\n  bash a.sh\n"


@pytest.mark.parametrize(
    ("name", "text", "log", "expected"),
    [
        (
            "tox.ini",
            "[tox]\nenvlist = py\n\n[testenv]\ncommands = make test\n",
            MAKE,
            "[tox]\nenvlist = py\n\n[testenv]\nallowlist_externals = make\ncommands = make test\n",
        ),
        (
            "tox.ini",
            "[testenv]\nwhitelist_externals = make\ncommands =\n    make test\n",
            MAKE,
            "[testenv]\nallowlist_externals = make\ncommands =\n    make test\n",
        ),
        (
            "setup.cfg",
            f"[testenv]\ncommands = pytest\n{DOCS}",
            RESOLVED,
            "[testenv]\ncommands = pytest\n" + DOCS.replace("make\n", "make\n  bash\n"),
        ),
        (
            "tox.ini",
            "[testenv]\npassenv = CI HOME_*\r\nx = 1\r\n",
            SPACES,
            "[testenv]\npassenv = CI, HOME_*\r\nx = 1\r\n",
        ),
        ("tox.ini", "[testenv]\npassenv = CI\n", SPACES, ""),
        ("tox.ini", "[testenv]\ncommands = pytest\n", MAKE, ""),
    ],
)
def test_settings_of_tox_as_it_wants_them_now(name: str, text: str, log: str, expected: str) -> None:
    assert expected == repaired(name, text, log)
