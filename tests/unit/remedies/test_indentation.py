"""What stands too deep, or not deep enough, is moved to where it belongs."""

from __future__ import annotations

from time import process_time

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.indents import misplaced
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.remedies.indentation import Indentation

GOOD = """\
def total(items):
    result = 0
    for item in items:
        result += item
        print(item)
    return result


class Cart:
    def add(self, item):
        self.items.append(item)

    def clear(self):
        self.items = []
"""
SHOWN = (
    '  File "/srv/p/setup.py", line 1, in <module>\n    import x\n'
    '  File "/srv/p/{0}", line {1}\n    x\nIndentationError: unexpected indent\n'
)
PYTEST = 'E     File "/srv/p/{0}", line {1}\nE       x\nE       ^\nE   IndentationError: no match\n'
COMPILED = "Sorry: IndentationError: unexpected indent ({0}, line {1})\n"
LINTED = "./{0}:{1}:5: E999 TabError: inconsistent use of tabs\n"


def repaired(name: str, now: str, line: int, *, before: str = "", log: str = SHOWN) -> str:
    """Return a source as it is after the repair."""
    files = {name: now, "setup.py": ""}
    patches = (Patch.of([changed_file(name, before, now)]),) if before else ()
    told = log.format(name, line)
    failure = failure_of(told, Category.SYNTAX_ERROR, message="Error:")
    case = case_of(files, told, failure, FakeBench(past=FakePast(patches)))
    found = edits(prescribed(Indentation(), case))
    return edited(files, found[0])[name] if found else now


@pytest.mark.parametrize("name", ["tool.py", "src/app/core.py", "app/deep/er.py"])
@pytest.mark.parametrize("log", [SHOWN, PYTEST, COMPILED, LINTED])
@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("        result += item\n", "      result += item\n", 5),
        ("    result = 0\n", "     result = 0\n", 3),
        ("    return result\n", "      return result\n", 6),
        ("        self.items.append(item)\n", "    self.items.append(item)\n", 11),
        ("        print(item)\n", "\tprint(item)\n", 5),
        ("        result += item\n        print(item)\n", "    result += item\n    print(item)\n", 4),
    ],
)
def test_it_stands_again_as_it_did(name: str, log: str, old: str, new: str, line: int) -> None:
    assert GOOD == repaired(name, GOOD.replace(old, new), line, before=GOOD, log=log)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "        result += item\n        print(item)\n",
            "        result += item\n         print(item)\n",
            5,
        ),
        ("    result = 0\n", "    result = 0\n      log = 1\n", 3),
        ("        result += item\n", "        log(item)\n       result += item\n", 5),
    ],
)
def test_a_new_line_stands_as_those_around_it(old: str, new: str, line: int) -> None:
    now = GOOD.replace(old, new)
    wanted = [one.strip() for one in now.split("\n")]
    after = repaired("app/core.py", now, line)
    compile(after, "core.py", "exec")
    assert wanted == [one.strip() for one in after.split("\n")]


@pytest.mark.parametrize(
    ("now", "line", "before"),
    [
        # Between two depths, each of which would do.
        (GOOD.replace("        print(item)\n", "      print(item)\n"), 5, ""),
        # The whole block was moved on purpose, and which depth this line should have nobody knows.
        ("if a:\n    b()\n  c()\nd()\n", 3, "b()\nc()\nd()\n"),
        # Something else is wrong as well.
        (GOOD.replace("    result = 0\n", "     result = = 0\n"), 3, GOOD),
    ],
)
def test_what_is_not_sure_is_left(now: str, line: int, before: str) -> None:
    assert now == repaired("app/core.py", now, line, before=before)


def test_tests_and_files_of_others_are_left() -> None:
    now = GOOD.replace("    result = 0\n", "     result = 0\n")
    assert now == repaired("tests/test_a.py", now, 3, before=GOOD)
    assert now == repaired("app/core.py", now, 3, before=GOOD, log=SHOWN.replace("{0}", "lib/other.py"))
    assert not Indentation().suits(failure_of("SyntaxError: invalid syntax", Category.SYNTAX_ERROR))


def test_what_nobody_can_read_is_left() -> None:
    now = f"a = (\n  {'-' * 50_000}1)\n b = 1\n"
    assert now == repaired("app/core.py", now, 3, before="")


def test_a_long_word_is_read_in_little_time() -> None:
    started = process_time()
    assert ("", 0) == misplaced("a." * 100_000, ["a.py"])
    assert process_time() - started < 10
