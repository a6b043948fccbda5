from __future__ import annotations

import pytest

from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.ecosystems.python.facts import Facts, Hook
from autonomous_cicd.ecosystems.python.precommit import handed_over, read_hooks, version_of

NAMES = ("a.py", "docs/conf.py", "src/b.py")


def test_hooks_are_read() -> None:
    text = (
        "exclude: ^docs/\nrepos:\n- repo: https://host/black\n  rev: 24.1.0\n  hooks:\n"
        "  - id: black\n    args: [--fast]\n    files: ^src/\n    exclude: x\n    stages: [manual]\n"
        "- repo: local\n  hooks:\n  - {id: own, language: system, additional_dependencies: [a]}\n- nonsense\n"
    )
    assert read_hooks(text, file="c.yaml") == (
        (
            Hook(
                id="black",
                repo="https://host/black",
                rev="24.1.0",
                args=("--fast",),
                files="^src/",
                exclude="x",
                stages=("manual",),
            ),
            Hook(id="own", repo="local", language="system", additional=("a",)),
        ),
        "^docs/",
        (),
    )


@pytest.mark.parametrize("text", ["", "[]", "repos: 1", "repos:\n- repo: local\n"])
def test_a_configuration_of_nothing_has_no_hooks(text: str) -> None:
    assert read_hooks(text, file="c.yaml") == ((), "", ())


def test_a_configuration_that_cannot_be_read_is_named() -> None:
    hooks, _, problems = read_hooks("repos: [", file="c.yaml")
    assert (hooks, [type(one) for one in problems], problems[0].what) == ((), [Skipped], "c.yaml")


@pytest.mark.parametrize(
    ("rev", "version"), [("v1.2.3", "1.2.3"), ("24.1a1", "24.1a1"), ("main", ""), ("", "")]
)
def test_versions_of_tags(rev: str, version: str) -> None:
    assert version == version_of(Hook(id="x", repo="y", rev=rev))


@pytest.mark.parametrize(
    ("files", "exclude", "overall", "names"),
    [
        ("", "", "", None),
        ("^src/", "", "", ("src/b.py",)),
        ("", r"^docs/conf\.py$", "", ("a.py", "src/b.py")),
        ("", "", "(?x)^(\n  docs/.*\n  | a\n)", ("src/b.py",)),
        (r"\.py$", "", "", None),
        ("(", "", "", None),
        ("(a+)+$", "", "", None),
        ("(a|a)*b", "", "", None),
        (".*.*.*x", "", "", None),
        ("x" * 6000, "", "", None),
    ],
)
def test_files_that_a_hook_gets(
    files: str, exclude: str, overall: str, names: tuple[str, ...] | None
) -> None:
    hook = Hook(id="x", repo="y", files=files, exclude=exclude)
    assert names == handed_over(hook, Facts(folder=".", hooks_exclude=overall), NAMES)


def test_very_many_files_are_not_named_one_by_one() -> None:
    names = [f"{place}.py" for place in range(3000)]
    assert handed_over(Hook(id="x", repo="y", files="^1"), Facts(folder="."), names) is None


def test_a_very_long_name_is_not_matched() -> None:
    long = "a" * 400 + ".py"
    assert handed_over(Hook(id="x", repo="y", files="^b"), Facts(folder="."), [long, "c.py"]) == (long,)
