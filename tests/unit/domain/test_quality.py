"""The grade of sources."""

import pytest

from autonomous_cicd.domain.quality import grade, score

PLAIN = 'def f(a: int) -> int:\n    """Return it."""\n    return a\n'
BRANCHY = "def f(a):\n" + "".join(f"    if a == {i} and a:\n        return {i}\n" for i in range(8))
LONG = "def f():\n" + "    pass\n" * 80
MANY = f"def f({', '.join('abcdefgh')}):\n    pass\n"


def test_plain_sources_have_all_points() -> None:
    assert 100 == score({"a.py": PLAIN, "b.py": "", "c.txt": "x"})


def test_without_python_there_is_no_score() -> None:
    assert score({"a.js": "x", "b.py": " "}) is None


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [(BRANCHY, 60, 65), (LONG, 79, 81), (MANY, 80, 90), ("x = 1\n" * 600, 79, 81), ("def (", 0, 0)],
)
def test_what_loses_a_reader_loses_points(text: str, least: float, most: float) -> None:
    points = score({"a.py": text})
    assert points is not None
    assert least <= points <= most


def test_a_hostile_source_is_broken_not_fatal() -> None:
    assert 0 == score({"a.py": "(" * 5000, "b.py": "\0"})


@pytest.mark.parametrize(
    ("points", "letter"),
    [(100, "A"), (90, "A"), (89.9, "B"), (80, "B"), (70, "C"), (60, "D"), (50, "E"), (49.9, "F"), (0, "F")],
)
def test_grades(points: float, letter: str) -> None:
    assert letter == grade(points)
