"""A configuration file that cannot be read is put right in one line."""

from __future__ import annotations

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.mended_data import kind_of, reads
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.broken_config import BrokenConfig

TEXTS = {
    "package.json": (
        '{\n  "name": "x",\n  "scripts": {\n    "test": "tape",\n    "lint": "standard"\n  },\n'
        '  "files": [\n    "a.js",\n    "b.js"\n  ]\n}\n'
    ),
    "pyproject.toml": (
        '[project]\nname = "x"\nversion = "1.0"\ndependencies = [\n  "a",\n  "b>=1",\n]\n\n'
        "[tool.black]\nline-length = 88\n"
    ),
    "setup.cfg": "[metadata]\nname = x\nversion = 1\n\n[options]\ninstall_requires =\n    a\n    b\n",
    ".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks:\n  - id: a\n    name: a\n    entry: a\n",
}


def repaired(name: str, text: str, before: str = "") -> str:
    patches = (Patch.of([changed_file(name, before, text)]),) if before else ()
    failure = failure_of(f"{name}: Failed to parse", Category.CONFIGURATION)
    case = case_of({name: text}, f"{name}: Failed to parse", failure, FakeBench(past=FakePast(patches)))
    found = edits(prescribed(BrokenConfig(), case))
    return edited({name: text}, found[0])[name] if found else ""


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("package.json", '"standard"\n', '"standard",\n'),
        ("package.json", '"tape",', '"tape"'),
        ("package.json", '"x",', '"x'),
        ("package.json", '"b.js"\n', '"b.js",\n'),
        ("package.json", '"a.js",', '"a.js"'),
        ("package.json", '"name": ', '"name" '),
        ("package.json", '"name"', "name"),
        ("package.json", "  ]\n}\n", "  ]\n"),
        ("pyproject.toml", 'name = "x"', 'name = "x'),
        ("pyproject.toml", 'version = "1.0"', "version = 1.0.0a1"),
        ("pyproject.toml", 'version = "1.0"', 'version: "1.0"'),
        ("pyproject.toml", '"a",', '"a"'),
        ("pyproject.toml", "[tool.black]", "[tool.black"),
        ("pyproject.toml", 'name = "x"\n', 'name = "x"\nname = "x"\n'),
        ("setup.cfg", "[options]", "[options"),
        ("setup.cfg", "version = 1", "version = 1\nversion = 1"),
        (".pre-commit-config.yaml", "- repo: local", "- repo:local"),
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["with history", "without"])
def test_a_slip_is_put_right(name: str, good: str, bad: str, known: bool) -> None:
    healthy = TEXTS[name]
    assert good in healthy
    broken = healthy.replace(good, bad, 1)
    expected = healthy.replace('"1.0"', '"1.0.0a1"') if "1.0.0a1" in bad else healthy
    assert expected == repaired(name, broken, healthy if known else "")


@pytest.mark.parametrize("name", list(TEXTS))
def test_what_cannot_be_guessed_is_put_back_and_the_rest_stays(name: str) -> None:
    healthy = TEXTS[name]
    lines = healthy.split("\n")
    broken = (
        "\n".join([lines[0], "<<<<<<< }}{{ [[ '", *lines[1:]]).replace("a.js", "c.js").replace("88", "99")
    )
    assert healthy.replace("a.js", "c.js").replace("88", "99") == repaired(name, broken, healthy)
    assert "" == repaired(name, broken)


@pytest.mark.parametrize("name", list(TEXTS))
def test_what_can_be_read_is_left_alone(name: str) -> None:
    assert "" == repaired(name, TEXTS[name], "x")


def test_files_with_comments_are_not_judged_as_json() -> None:
    assert "" == kind_of("tsconfig.json")
    assert ({"a": 1}, 0) == reads("json", '{"a": 1}')
