"""What a project is measured by is told from what is measured."""

from __future__ import annotations

from time import process_time

import pytest
from tests.benches import failure_of

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.yardsticks import is_data, is_yardstick, run_by

FOUND = "app/calc.py:1: error: file too long, expected at most 3 lines"


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("tools/lengths.py", "python3 tools/lengths.py"),
        ("tools/lengths.py", "cd tools && python3.12 -W error lengths.py app"),
        ("tools/lengths.py", "python -m tools.lengths"),
        ("tools/lengths/__main__.py", "python -m tools.lengths"),
        ("scripts/check.js", '{"scripts": {"lint": "node scripts/check.js"}}'),
        ("ci/check.rb", "lint:\n\tbundle exec ruby ci/check.rb\n"),
        ("ci/check.pl", "./ci/check.pl"),
        ("ci/check.pl", "      - run: ./ci/check.pl lib"),
        ("ci/check.pl", "lint:\n\t@./ci/check.pl lib"),
        ("ci/check.pl", "CI=1 sudo ./ci/check.pl && make"),
        ("tools/size.mjs", "node --no-warnings --import tsx ./tools/size.mjs lib"),
        ("tools/size.ts", "npx ts-node -r esm tools/size.ts"),
        ("tools/lengths.py", 'python -X dev -u "$ROOT/tools/lengths.py"'),
        ("tools/lengths.py", "python ${{ github.workspace }}/tools/lengths.py"),
        ("tools/lengths.py", "coverage run tools/lengths.py"),
        ("tools/lengths.py", "uv run --no-project tools/lengths.py app"),
        ("tools/run.sh", "bash -eu tools/run.sh"),
        ("tools/lengths.py", "python -u \\\n  tools/lengths.py app"),
    ],
)
def test_a_program_that_a_task_runs_and_that_finds_something_is_a_yardstick(name: str, script: str) -> None:
    assert is_yardstick(name, failure_of(FOUND, Category.UNKNOWN), FOUND, [script], ())


@pytest.mark.parametrize(
    ("name", "script", "category", "log"),
    [
        ("app/calc.py", "python3 tools/lengths.py", Category.UNKNOWN, FOUND),
        ("engths.py", "python3 tools/lengths.py", Category.UNKNOWN, FOUND),
        ("tools/lengths.py", "pytest -q", Category.TEST_FAILURE, FOUND),
        ("app/calc.py", "python3 tools/lengths.py app/calc.py", Category.UNKNOWN, FOUND),
        ("app/calc.py", "python -m flake8 app/calc.py", Category.TEST_FAILURE, FOUND),
        ("lib/ini.js", "node --check ./lib/ini.js", Category.TEST_FAILURE, FOUND),
        ("lib/ini.js", "node tools/size.js ./lib/ini.js", Category.TEST_FAILURE, FOUND),
        ("lib/ini.js", "eslint ./lib/ini.js && standard ./lib/ini.js", Category.TEST_FAILURE, FOUND),
        ("bin/run.sh", "bash -n bin/run.sh", Category.TEST_FAILURE, FOUND),
        ("app/calc.py", "language: python\napp/calc.py", Category.TEST_FAILURE, FOUND),
        ("tools/lengths.py", "python3 tools/lengths.py", Category.SYNTAX_ERROR, "invalid syntax"),
        ("tools/build.js", "node tools/build.js", Category.UNKNOWN, "ReferenceError: x is not defined"),
        ("bin/run.sh", "./bin/run.sh", Category.UNKNOWN, "./bin/run.sh: Permission denied"),
        # In the paths of what is installed stands the name of an interpreter as well.
        ("tables.py", "cover: lib/python3.11/site-packages/tables.py", Category.TEST_FAILURE, FOUND),
        ("tables.py", "/usr/lib/python3/dist-packages/tables.py", Category.TEST_FAILURE, FOUND),
        ("tables.js", "cp node-20/lib/tables.js .", Category.TEST_FAILURE, FOUND),
    ],
)
def test_what_is_measured_or_cannot_run_is_none(name: str, script: str, category: Category, log: str) -> None:
    assert not is_yardstick(name, failure_of(log, category), log, [script], ())


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("package.json", '{"main": "./index.js", "scripts": {"test": "node --test"}}', "index.js"),
        ("package.json", '{"exports": {".": {"require": "./lib/a.cjs"}}, "scripts": {}}', "lib/a.cjs"),
        ("packages/a/package.json", '{"bin": {"a": "./cli.js"}, "files": ["./cli.js"]}', "cli.js"),
        ("package.json", '["./index.js"]', "index.js"),
        ("composer.json", '{"autoload": {"files": ["./src/a.php"]}, "scripts": {"t": ["x"]}}', "src/a.php"),
    ],
)
def test_what_a_package_offers_is_not_what_it_runs(name: str, text: str, code: str) -> None:
    failure = failure_of(FOUND, Category.TEST_FAILURE)
    assert not is_yardstick(code, failure, FOUND, [run_by(name, text)], ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", '{"main": "./a.js", "scripts": {"lint": "./tools/check.js lib"}}'),
        ("composer.json", '{"scripts": {"lint": ["x", "./tools/check.js"]}}'),
        ("package.json", '{"scripts": {"lint": "node tools/check.js"},}'),
        ("Makefile", "lint:\n\t./tools/check.js\n"),
        ("package.jsonc", '{"lint": "node tools/check.js"}'),
    ],
)
def test_what_a_package_runs_still_measures(name: str, text: str) -> None:
    assert is_yardstick("tools/check.js", failure_of(FOUND), FOUND, [run_by(name, text)], ())


@pytest.mark.parametrize(
    "piece", ["node -r -r", " --with=a", " -W a", " ", "node    ", "a/", "./", "${{ a }}", "${{a}}"]
)
def test_a_long_text_is_read_in_little_time(piece: str) -> None:
    text = "node " + piece * (200_000 // len(piece))
    started = process_time()
    is_yardstick("lib/a.js", failure_of(FOUND, Category.TEST_FAILURE), FOUND, [text], ())
    assert process_time() - started < 10


def test_data_is_a_yardstick_unless_tests_fail_that_do_not_name_it() -> None:
    failure = failure_of(FOUND, Category.TEST_FAILURE)
    assert is_yardstick("rules.json", failure, FOUND, (), ())
    assert is_yardstick("VERSION", failure, FOUND, (), ['open("VERSION").read() == "1.0"'])
    assert not is_yardstick("src/pkg/names.json", failure, FOUND, (), ["from pkg import names"])


def test_code_and_templates_are_no_data() -> None:
    assert [True, True, False, False] == [is_data(one) for one in ("a.json", "VERSION", "a.py", "a.html")]
