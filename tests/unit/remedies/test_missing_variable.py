"""A variable that a job misses gets the value that the project documents, and no other."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, failure_of, prescribed

from autonomous_cicd.documents import read_yaml
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription
from autonomous_cicd.domain.variable_defaults import documented, missing_variables, yaml_value
from autonomous_cicd.domain.workflow import JobPlan
from autonomous_cicd.remedies.missing_variable import MissingVariable
from autonomous_cicd.workflows.file import read_workflow

NAME = ".github/workflows/ci.yml"
PLAIN = """on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: pytest
"""
USES = {"tests/test_a.py": "import os\nassert os.environ['APP_MODE']\n"}
LOG = "E   KeyError: 'APP_MODE'"


def found(
    files: dict[str, str], log: str = LOG, before: str = "", script: str = "pytest"
) -> list[Prescription]:
    plan = read_workflow(files[NAME], path=NAME)
    patches = (Patch.of([changed_file(NAME, before, files[NAME])]),) if before else ()
    bench = FakeBench(past=FakePast(patches))
    job = JobPlan(workflow=plan, job=plan.jobs[0])
    failure = failure_of(log, Category.TEST_FAILURE)
    return prescribed(MissingVariable(), case_of(files, log, failure, bench, script=script, job=job))


@pytest.mark.parametrize(
    ("file", "text", "value"),
    [
        (".env.example", "# x\nAPP_MODE=plain\nOTHER=1\n", "plain"),
        (".env.sample", "export APP_MODE='two words'  # why\n", "two words"),
        ("docker-compose.yml", "services:\n  a:\n    environment:\n      - APP_MODE=dev\n", "dev"),
        ("compose.yaml", "services:\n  a:\n    environment:\n      APP_MODE: ${APP_MODE:-dev}\n", "dev"),
        ("README.md", "`APP_MODE` picks the profile (default `plain`).\n", "plain"),
        ("README.rst", "``APP_MODE``: how it runs. Defaults to ``fast``.\n", "fast"),
        (
            "docs/config.md",
            "| Name | Default | What |\n| --- | --- | --- |\n| `APP_MODE` | `8080` | x |\n",
            "8080",
        ),
        ("CONTRIBUTING.md", "Run the tests with `APP_MODE=ci pytest`.\n", "ci"),
        ("src/a.py", "MODE = os.environ.get('APP_MODE', 'slow')\n", "slow"),
        ("Makefile", "APP_MODE ?= make\n", "make"),
    ],
)
def test_the_documented_value_is_set(file: str, text: str, value: str) -> None:
    files = {NAME: PLAIN, **USES, file: text}
    (edit,) = found(files)
    assert isinstance(edit, Edit)
    new = edited(files, edit)[NAME]
    job = read_workflow(new, path=NAME).jobs[0]
    assert {"APP_MODE": value} == dict(job.env)
    assert 2 == edit.patch.size


@pytest.mark.parametrize(
    ("workflow", "line"),
    [
        (PLAIN.replace("jobs:", "env:\n  A: b\njobs:"), "  APP_MODE: plain\njobs:"),
        (PLAIN.replace("    steps", "    env:\n      A: b\n    steps"), "      APP_MODE: plain\n    steps"),
        (
            PLAIN.replace("run:", "name: Test\n        run:") + "        env:\n          A: b\n",
            "          A: b\n          APP_MODE: plain\n",
        ),
    ],
)
def test_it_is_set_where_others_are(workflow: str, line: str) -> None:
    files = {NAME: workflow, **USES, ".env.example": "APP_MODE=plain\n"}
    (edit,) = found(files)
    assert isinstance(edit, Edit)
    assert line in edited(files, edit)[NAME]
    assert 1 == edit.patch.size


def test_what_was_set_before_is_set_again_and_the_rest_stays() -> None:
    before = PLAIN.replace("jobs:", "env:\n  APP_MODE: old\njobs:")
    files = {NAME: PLAIN.replace("pytest", "pytest -q"), **USES, ".env.example": "APP_MODE=plain\n"}
    (edit,) = found(files, before=before)
    assert isinstance(edit, Edit)
    assert before.replace("pytest", "pytest -q") == edited(files, edit)[NAME]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {".env.example": "APP_MODE=\n"},
        {".env.example": "APP_MODE=<your mode>\n"},
        {".env.example": "APP_MODE=changeme\n"},
        {".env.example": "APP_MODE=a\n", ".env.sample": "APP_MODE=a\nAPP_MODE=b\n"},
        {"README.md": "APP_MODE must be set by whoever runs the tests.\n"},
    ],
)
def test_a_value_that_nothing_documents_is_not_invented(more: dict[str, str]) -> None:
    outcome = found({NAME: PLAIN, **USES, **more})
    assert not outcome or ".env.sample" in more


def test_what_is_confidential_goes_to_a_person() -> None:
    uses = {"tests/test_a.py": "os.environ['API_TOKEN']\n", ".env.example": "API_TOKEN=abc\n"}
    (one,) = found({NAME: PLAIN, **uses}, "KeyError: 'API_TOKEN'")
    assert isinstance(one, Escalate)


def test_a_key_of_a_dictionary_is_no_variable() -> None:
    files = {NAME: PLAIN, "a.py": "TABLE = {}\nTABLE['APP_MODE']\n", ".env.example": "APP_MODE=1\n"}
    assert [] == found(files)


@pytest.mark.parametrize(
    ("log", "name"),
    [
        ("KeyError: 'APP_MODE'", "APP_MODE"),
        ("check.sh: line 2: APP_MODE: unbound variable", "APP_MODE"),
        ("check.sh: 2: APP_MODE: APP_MODE is not set, see README.md", "APP_MODE"),
        ("Error: Missing required environment variable: APP_MODE", "APP_MODE"),
        ("ImproperlyConfigured: Set the APP_MODE environment variable", "APP_MODE"),
        (
            "decouple.UndefinedValueError: APP_MODE not found. Declare it as envvar or define a default",
            "APP_MODE",
        ),
        ("Error: environment variable APP_MODE must be set", "APP_MODE"),
    ],
)
def test_what_is_missed_is_recognised(log: str, name: str) -> None:
    assert name in missing_variables(log)


@pytest.mark.parametrize(
    "value", ["plain", "8080", "true", "a: b", "#x", "*", 'say "x"', "it's", "http://a/b?c=d", ".5"]
)
def test_a_value_is_read_as_the_text_that_it_is(value: str) -> None:
    assert {"a": value} == read_yaml(f"a: {yaml_value(value)}").value


def test_the_first_kind_of_document_counts() -> None:
    texts = {"README.md": "APP_MODE defaults to `b`", ".env.example": "APP_MODE=a"}
    assert ("a", ".env.example") == documented("APP_MODE", sorted(texts), texts.__getitem__)


SILENT = "not ok 1 - a\n  location: '/w/test.js:3:1'\n  error: \"undefined == 'fast'\"\n"
READS = {"test.js": "assert.equal(process.env.APP_MODE, 'fast')\n"}
SET = PLAIN.replace("    steps:", "    env:\n      APP_MODE: fast\n    steps:")


def test_what_was_set_and_is_read_where_it_fails_is_set_again() -> None:
    (edit,) = found({NAME: PLAIN, **READS}, SILENT, SET)
    assert isinstance(edit, Edit)
    assert SET == edited({NAME: PLAIN, **READS}, edit)[NAME]


@pytest.mark.parametrize(
    ("files", "before"),
    [
        ({NAME: PLAIN, **READS}, ""),  # it never was
        ({NAME: PLAIN, "test.js": "1", "other.js": READS["test.js"]}, SET),  # read elsewhere
        ({NAME: SET, **READS}, PLAIN),  # it is
        ({NAME: PLAIN, "test.js": "process.env.APP_TOKEN"}, SET.replace("APP_MODE", "APP_TOKEN")),
    ],
)
def test_nothing_is_set_again_without_need(files: dict[str, str], before: str) -> None:
    assert [] == found(files, SILENT, before)
