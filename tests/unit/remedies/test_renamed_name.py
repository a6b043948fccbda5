"""A use that a commit forgot is called as the others are."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.renamed_name import RenamedName

COMMIT = Patch.of(
    [
        changed_file("lib/core.py", "def calc(xs):\n", "def total(xs):\n"),
        changed_file("lib/cli.py", "from lib.core import calc\n", "from lib.core import total\n"),
    ]
)
USES = "from lib.core import calc\n"
FILES = {"lib/core.py": "def total(xs):\n", "lib/cli.py": "from lib.core import total\n"}
LOG = (
    "File \"/x/lib/report.py\", line 1, in <module>\nImportError: cannot import name 'calc' from 'lib.core'\n"
)


def repaired(others: dict[str, str], log: str = LOG, *, patch: Patch = COMMIT) -> dict[str, str]:
    files = {**FILES, **others}
    failure = failure_of(log, Category.IMPORT_ERROR)
    case = case_of(files, log, failure, FakeBench(past=FakePast((patch, Patch()))))
    assert RenamedName().suits(failure)
    found = edits(prescribed(RenamedName(), case))
    changed = edited(files, found[0]) if found else files
    return {name: text for name, text in changed.items() if files[name] != text}


@pytest.mark.parametrize("name", ["lib/report.py", "report.py", "src/app/report.py"])
def test_a_forgotten_import_follows(name: str) -> None:
    text = "from lib.core import calc\n\nx = calc([1])\n"
    assert {name: text.replace("calc", "total")} == repaired({name: text})


@pytest.mark.parametrize(
    ("others", "patch"),
    [
        (
            {
                "lib/report.py": "from lib.core import calc\n",
                "tests/test_a.py": "from lib.core import calc\n",
            },
            COMMIT,
        ),
        ({"lib/report.py": USES}, Patch()),
        ({"lib/report.py": "from lib.core import calcs\n"}, COMMIT),
        ({f"lib/r{n}.py": "from lib.core import calc\n" for n in range(9)}, COMMIT),
    ],
    ids=["a test wants it", "another commit", "another name", "everywhere"],
)
def test_what_is_no_forgotten_use_is_left(others: dict[str, str], patch: Patch) -> None:
    assert {} == repaired(others, patch=patch)


def test_nothing_missed_is_no_case() -> None:
    assert not RenamedName().suits(failure_of("AssertionError: 1 != 2", Category.TEST_FAILURE))
