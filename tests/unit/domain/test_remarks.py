"""What only people read is told from code."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.hunks import hunks
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remarks import is_remark


@pytest.mark.parametrize(
    ("name", "before", "after", "remark"),
    [
        ("README.md", "a\n", "b\n", True),
        ("docs/a.rst", None, "new\n", True),
        ("a.py", 'class A:\n    """One."""\n', 'class A:\n    """Two."""\n', True),
        (
            "a.py",
            'def f():\n    """One.\n\n    x\n    """\n',
            'def f():\n    """One.\n\n    y\n    """\n',
            True,
        ),
        ("a.py", "x = 1\n", "# why\nx = 1\n", True),
        ("a.js", "f()\n", "/**\n * Calls it.\n *\n */\nf()\n", True),
        ("a.go", "f()\n", "// why\nf()\n", True),
        ("a.py", "x = 1\n", "x = 2\n", False),
        ("a.py", 'x = """\na\n"""\n', 'x = """\nb\n"""\n', False),
        ("a.py", "x = 1\n", "x = 1  # why\n", False),
        ("a.py", "x = 1\ny = 1\n", "x = 1\n", False),
        ("a.py", "x = 1\n", "# x = 1\n", False),
        ("a.py", "x = 1\n", "y = (\n", False),
        ("a.py", "x = (\n", "x = (\n'a'\n", False),
        ("a.py", None, "# why\n", False),
        ("a.js", "f()\n", "f(a * b)\n", False),
    ],
)
def test_what_only_people_read(name: str, before: str | None, after: str, remark: bool) -> None:
    parts = hunks(Patch.of([changed_file(name, before, after)]))
    assert [remark] == [is_remark(one) for one in parts]
