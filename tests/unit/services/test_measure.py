from __future__ import annotations

from collections.abc import Sequence

import pytest

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.project import Complexity, Component
from autonomous_cicd.services.measure import MOST, is_test, measure


class ManyFiles:
    """A project of equal files that remembers how many of them were read."""

    def __init__(self, count: int, lines: int) -> None:
        self._names = tuple(f"m{place:06}.py" for place in range(count))
        self._lines = lines
        self.read_files = 0

    @property
    def names(self) -> Sequence[str]:
        """All names."""
        return self._names

    def read(self, name: str) -> str:
        """Return nothing: nobody should ask."""
        raise AssertionError(f"{name} was read")

    def lines(self, name: str) -> int:
        """Return the lines of a file."""
        self.read_files += 1
        return self._lines


def test_lines_are_counted_by_language_and_the_largest_comes_first() -> None:
    files = MemoryFiles(
        {
            "a.py": "1\n2\n",
            "b.pyi": "1",
            "c.ts": "1\n2\n3\n4\n",
            "README.md": "1\n",
            "Makefile": "",
            "t/test_a.py": "",
        }
    )
    components = [Component(path=path, kinds=frozenset(), dependencies=2) for path in ("a", "b")]
    assert measure(files, components) == Complexity(
        files=6, lines=7, languages={"TypeScript": 4, "Python": 3}, dependencies=4, tests=1
    )
    assert list(measure(files, ()).languages) == ["TypeScript", "Python"]


def test_nothing_is_measured_as_nothing() -> None:
    assert measure(MemoryFiles(), ()) == Complexity()


def test_of_very_many_files_a_sample_is_read_and_the_rest_estimated() -> None:
    files = ManyFiles(10 * MOST, lines=3)
    found = measure(files, ())
    assert (found.lines, found.estimated, files.read_files) == (30 * MOST, True, MOST)


def test_up_to_the_limit_every_file_is_read() -> None:
    files = ManyFiles(MOST, lines=3)
    assert (measure(files, ()).estimated, files.read_files) == (False, MOST)


@pytest.mark.parametrize(
    "name",
    [
        "test_a.py",
        "a/b_test.py",
        "shop/tests.py",
        "a_test.go",
        "A/FooTest.java",
        "x.test.ts",
        "x.spec.jsx",
        "__tests__/x.js",
    ],
)
def test_these_are_tests(name: str) -> None:
    assert is_test(name)


@pytest.mark.parametrize("name", ["a.py", "testing.py", "latest.js", "conftest.py"])
def test_these_are_not(name: str) -> None:
    assert not is_test(name)
