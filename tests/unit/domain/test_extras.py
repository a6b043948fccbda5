"""An extra or group that is asked for by a wrong name is found under the one that the project has for it."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.extras import Absent, Kind, absent, instead, known, renamed

MANIFEST = (
    '[project]\nname = "it-is"\n[project.optional-dependencies]\ntest = ["pytest"]\ndocs = ["furo"]\n'
    '[dependency-groups]\ndev = ["ruff"]\n'
)


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("WARNING: it-is 1.0 does not provide the extra 'tests'", [("extra", "tests")]),
        (
            "warning: The package `it-is @ file:///w` does not have an extra named `tests`",
            [("extra", "tests")],
        ),
        (
            "error: Extra `tests` is not defined in the `optional-dependencies` table for `it-is`",
            [("extra", "tests")],
        ),
        ("Extra [tests] is not specified.", [("extra", "tests")]),
        (
            "error: Group `deev` is not defined in the project's `dependency-groups` table",
            [("group", "deev")],
        ),
        ("ERROR: x: Dependency group 'deev' not found", [("group", "deev")]),
        ("WARNING: other 1.0 does not provide the extra 'tests'", []),
        ("Successfully installed it-is", []),
    ],
)
def test_a_log_names_what_is_absent(log: str, expected: list[tuple[str, str]]) -> None:
    assert expected == [(one.kind.value, one.name) for one in absent(log, {"it-is"})]


def test_manifests_name_what_is_there() -> None:
    texts = {"pyproject.toml": MANIFEST, "setup.cfg": "[options.extras_require]\nall =\n    a\n"}
    assert {"test", "docs", "all"} == known(Kind.EXTRA, texts)
    assert {"dev"} == known(Kind.GROUP, texts)
    code = (
        "setup(name='a', extras_require={\n    'testing': base + ['b; c > \"3\"'],\n    \"docs\": docs,\n})\n"
    )
    assert {"testing", "docs"} == known(Kind.EXTRA, {"setup.py": code})
    assert set() == known(Kind.GROUP, {"setup.py": code})


@pytest.mark.parametrize(
    ("name", "names", "expected"),
    [
        ("tests", ["test", "docs"], "test"),
        ("Test", ["test", "docs"], "test"),
        ("dev-tools", ["dev_tools", "dev"], "dev_tools"),
        ("development", ["dev", "docs"], "dev"),
        ("asyncc", ["async", "docs"], "async"),
        ("testing", ["test", "tests"], ""),
        ("s3", ["docs", "test"], ""),
        ("test", [], ""),
    ],
)
def test_only_one_name_can_be_meant(name: str, names: list[str], expected: str) -> None:
    assert expected == instead(name, names)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("run: pip install -e '.[tests]'\n", "run: pip install -e '.[test]'\n"),
        ("run: pip install -e .[tests] pytest[tests]\n", "run: pip install -e .[test] pytest[tests]\n"),
        (
            "pip install '.[docs, tests]' 'other[tests]>=1'\n",
            "pip install '.[docs, test]' 'other[tests]>=1'\n",
        ),
        ('session.install("-e", ".[tests,docs]")\n', 'session.install("-e", ".[test,docs]")\n'),
        ("uv sync --extra tests --locked\n", "uv sync --extra test --locked\n"),
        (
            "[testenv]\nextras =\n    docs\n    tests\ndeps = tests\n",
            "[testenv]\nextras =\n    docs\n    test\ndeps = tests\n",
        ),
        ("pytest tests\npip install ./pkg/[tests]\n", "pytest tests\npip install ./pkg/[test]\n"),
        ("pip install it[tests]\nls tests\n", "pip install it[tests]\nls tests\n"),
    ],
)
def test_only_where_it_is_asked_for_is_it_renamed(before: str, after: str) -> None:
    assert after == renamed(before, Absent(Kind.EXTRA, "tests"), "test")


def test_groups_are_asked_for_otherwise() -> None:
    text = "pip install --group deev '.[deev]'\n[testenv]\ndependency_groups = deev\n"
    expected = "pip install --group dev '.[deev]'\n[testenv]\ndependency_groups = dev\n"
    assert expected == renamed(text, Absent(Kind.GROUP, "deev"), "dev")
