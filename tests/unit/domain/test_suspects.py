"""What changed since green and may have caused a failure: what is close to it first, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.change import Change, Changes, Commit, Kind
from autonomous_cicd.domain.diagnosis import Category, Failure, Place, Quote
from autonomous_cicd.domain.suspects import MOST, suspects

RENAME = Commit(id="1a2b3c4d5e", subject="Rename x", files=("src/shop/cart.py", "README.md"))


def failed(category: Category, *evidence: str, file: str = "", **more: Any) -> Failure:
    """Return a failure of which a log says this."""
    lines = evidence or ("it failed",)
    return Failure(
        category=category,
        severity=usual(category).severity,
        confidence=0.9,
        message=lines[0],
        line=1,
        evidence=tuple(Quote(number, text) for number, text in enumerate(lines, 1)),
        fingerprint="f",
        cause="c",
        explanation="e",
        place=Place(file=file),
        **more,
    )


def changed(*files: str, commits: tuple[Commit, ...] = ()) -> Changes:
    return Changes(files=tuple(Change(name) for name in files), commits=commits)


def names(failure: Failure, *files: str) -> list[str]:
    return [said.partition(" (")[0] for said in suspects(failure, changed(*files))]


def test_a_file_that_the_traceback_names_is_told_with_its_commit() -> None:
    failure = failed(
        Category.TEST_FAILURE, "TypeError: x", '  File "/app/src/shop/cart.py", line 3, in total'
    )
    assert ('src/shop/cart.py (named by the traceback; changed in 1a2b3c4 "Rename x")',) == suspects(
        failure, changed("README.md", "src/shop/cart.py", commits=(RENAME,))
    )


def test_what_is_not_committed_says_so() -> None:
    changes = Changes(files=(Change("a/b.py", Kind.REMOVED),))
    failure = failed(Category.TEST_FAILURE, file="a/b.py")
    assert ("a/b.py (named by the log; removed, not committed)",) == suspects(failure, changes)


@pytest.mark.parametrize(
    "said",
    [
        "src/shop/cart.py:3: error",
        "./src/shop/cart.py:3:1: F401",
        "/home/me/project/src/shop/cart.py:3",
        "shop/cart.py",
        "cart.py:3: oh",
        "src\\shop\\cart.py(3,1): error",
        "ImportError: cannot import name 'x' from 'shop.cart'",
        "mock.patch('shop.cart.total')",
    ],
)
def test_a_log_names_files_in_many_ways(said: str) -> None:
    assert ["src/shop/cart.py"] == names(failed(Category.UNKNOWN, said), "src/shop/cart.py", "src/shop/x.txt")


@pytest.mark.parametrize("said", ["cartxpy", "src/shop/cart.pyc", "xshop.cart", "a cart", "other/cart.py"])
def test_what_only_looks_like_a_name_is_none(said: str) -> None:
    assert [] == names(failed(Category.UNKNOWN, said), "src/shop/cart.py")


def test_a_bare_name_that_two_files_have_names_neither() -> None:
    assert [] == names(failed(Category.UNKNOWN, "cart.go:3: oh"), "a/cart.go", "b/cart.go")


@pytest.mark.parametrize(
    ("place", "other"),
    [
        ("tests/test_cart.py", "src/cart.py"),
        ("src/cart.py", "tests/cart_test.py"),
        ("shop/cart_test.go", "shop/cart.go"),
        ("src/cart.test.ts", "src/cart.ts"),
        ("test/CartTest.java", "main/Cart.java"),
        ("spec/cart_spec.rb", "lib/cart.rb"),
    ],
)
def test_the_test_of_a_file_and_what_a_test_tests_belong_together(place: str, other: str) -> None:
    said = suspects(failed(Category.UNKNOWN, file=place), changed("z.md", other))
    assert (f"{other} (belongs to {place}; changed, not committed)",) == said


def test_the_nearer_comes_first() -> None:
    failure = failed(Category.TEST_FAILURE, "oh", "see lib/deep.py", file="tests/test_a.py")
    given = ["a.py", "conftest.py", "lib/deep.py", "lib/near.py", "other.py", "tests/test_a.py"]
    expected = ["tests/test_a.py", "lib/deep.py", "a.py", "conftest.py", "lib/near.py"]
    assert expected == names(failure, *given)


@pytest.mark.parametrize(
    ("category", "file", "why"),
    [
        (Category.DEPENDENCY_MISSING, "pyproject.toml", "manifest"),
        (Category.DEPENDENCY_CONFLICT, "requirements/dev.txt", ""),
        (Category.DEPENDENCY_CONFLICT, "dev-requirements.txt", "manifest"),
        (Category.LOCKFILE_OUT_OF_SYNC, "web/package-lock.json", "lock file"),
        (Category.DEPENDENCY_BREAKING_CHANGE, "poetry.lock", "lock file"),
        (Category.ENVIRONMENT, ".github/workflows/ci.yml", "workflow file"),
        (Category.NETWORK, "docker/Dockerfile", "image"),
        (Category.CONFIGURATION, "tox.ini", "configuration"),
        (Category.PERMISSION, "src/a.py", ""),
        (Category.LINT, "ruff.toml", "configuration"),
        (Category.TYPE_CHECK, "src/a.ts", "source"),
        (Category.TEST_FAILURE, "src/a.rs", "source"),
        (Category.TEST_FAILURE, "README.md", ""),
        (Category.UNKNOWN, "src/a.py", ""),
        (Category.RESOURCE_DISK, "pyproject.toml", ""),
    ],
)
def test_what_usually_causes_a_category_is_suspected(category: Category, file: str, why: str) -> None:
    said = suspects(failed(category), changed(file))
    assert ((f"{file} ({why}; changed, not committed)",) if why else ()) == said


def test_other_sources_are_not_suspected_when_one_is_named() -> None:
    assert ["a/x.py"] == names(failed(Category.LINT, "a/x.py:1:1: F401"), "a/x.py", "b/y.py")


def test_further_commits_that_touch_a_suspect_come_last() -> None:
    older = Commit(id="0" * 40, subject="Begin " + "x" * 100, files=("a.py", "b/c.py", "z.md"))
    newer = Commit(id="9" * 40, subject="Go on", files=("a.py",))
    other = Commit(id="5" * 40, subject="Say", files=("z.md",))
    said = suspects(
        failed(Category.UNKNOWN, "a.py:1: oh"), changed("a.py", "z.md", commits=(newer, other, older))
    )
    assert ('a.py (named by the log; changed in 9999999 "Go on")', said[1]) == said
    assert said[1].startswith('0000000 "Begin xxx') and said[1].endswith('…" (touches a.py)')


def test_no_more_are_told_than_anybody_reads() -> None:
    assert MOST == len(names(failed(Category.LINT), *(f"{n}.py" for n in range(20))))


def test_nothing_is_suspected_when_nothing_changed() -> None:
    assert () == suspects(failed(Category.TEST_FAILURE, file="a.py"), Changes())
