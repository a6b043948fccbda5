"""A command asks for an extra by the name that the project has for it, where only one can be meant."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.benches import case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.remedies.missing_dependency import MissingDependency
from autonomous_cicd.remedies.renamed_extra import RenamedExtra

MANIFEST = '[project]\nname = "it"\n[project.optional-dependencies]\ntest = ["pytest"]\ndocs = ["furo"]\n'
LOG = "WARNING: it 1.0 does not provide the extra 'tests'\nbash: line 1: pytest: command not found\n"
UV = "error: Group `deev` is not defined in the project's `dependency-groups` table\n"


def repaired(files: Mapping[str, str], log: str) -> dict[str, str]:
    failure = failure_of(log, Category.DEPENDENCY_MISSING, message=log.splitlines()[-1])
    found = edits(prescribed(RenamedExtra(), case_of(files, log, failure, script="tox")))
    after = edited(files, found[0]) if found else dict(files)
    return {name: text for name, text in after.items() if files[name] != text}


@pytest.mark.parametrize(
    ("files", "log", "expected"),
    [
        (
            {"pyproject.toml": MANIFEST, "tox.ini": "[testenv]\nextras = tests\n"},
            LOG,
            {"tox.ini": "[testenv]\nextras = test\n"},
        ),
        (
            {
                "setup.cfg": "[metadata]\nname = it\n[options.extras_require]\ntest =\n    pytest\n",
                "noxfile.py": 'def a(session):\n    session.install(".[tests]")\n',
            },
            LOG,
            {"noxfile.py": 'def a(session):\n    session.install(".[test]")\n'},
        ),
        (
            {
                "pyproject.toml": '[project]\nname = "it"\n[dependency-groups]\ndev = ["pytest"]\n',
                "Makefile": "a:\n\tuv sync --group deev\n",
            },
            UV,
            {"Makefile": "a:\n\tuv sync --group dev\n"},
        ),
        # Two can be meant; none is like it; it is another's; nobody asks for it here.
        (
            {"pyproject.toml": MANIFEST.replace("docs", "testing"), "tox.ini": "[testenv]\nextras = tests\n"},
            LOG,
            {},
        ),
        (
            {"pyproject.toml": MANIFEST.replace("test =", "s3 ="), "tox.ini": "[testenv]\nextras = tests\n"},
            LOG,
            {},
        ),
        (
            {"pyproject.toml": MANIFEST, "tox.ini": "[testenv]\nextras = tests\n"},
            LOG.replace("it 1", "ot 1"),
            {},
        ),
        ({"pyproject.toml": MANIFEST, "tox.ini": "[testenv]\n"}, LOG, {}),
    ],
)
def test_what_is_asked_for_by_a_wrong_name(files: dict[str, str], log: str, expected: dict[str, str]) -> None:
    assert expected == repaired(files, log)


def test_what_the_extra_would_bring_is_not_asked_for_elsewhere() -> None:
    files = {"pyproject.toml": MANIFEST, "tox.ini": "[testenv]\nextras = tests\n", "a.py": ""}
    failure = failure_of(LOG, Category.DEPENDENCY_MISSING, message="bash")
    assert [] == prescribed(MissingDependency(), case_of(files, LOG, failure, script="tox"))


def test_other_failures_do_not_suit() -> None:
    assert 0.0 == RenamedExtra().suits(failure_of("assert 1 == 2", Category.TEST_FAILURE))
    assert [] == prescribed(RenamedExtra(), case_of({"a.py": ""}, "No module named 'a'"))
