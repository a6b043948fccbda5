"""Whether a commit only gave new values, or words, to what stands there by itself."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.hunks import hunks
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.values_only import new_values, only_recorded

PY, JS, HTML = "src/shop/prices.py", "lib/prices.js", "src/shop/templates/mail.html"
MEANT = [
    (PY, "VAT = 0.19\n", "VAT = 0.21\n"),
    (PY, "vat: float = 0.19  # since 2007\n", "vat: float = 0.21  # since 2025\n"),
    (PY, "PRICE = Decimal('4.99')\n", "PRICE = Decimal('5.49')\n"),
    (PY, "PERIOD = timedelta(days=14)\n", "PERIOD = timedelta(days=30)\n"),
    (PY, "P = {\n    'a': 5,\n    'b': 7,\n}\n", "P = {\n    'a': 6,\n    'b': 8,\n}\n"),
    (PY, "T = [\n    Tariff('a', 5),\n]\n", "T = [\n    Tariff('a', 6),\n]\n"),
    (PY, "class Order:\n    days: int = 14\n", "class Order:\n    days: int = 30\n"),
    (
        PY,
        "def f():\n    return {\n        'fee': 5,\n    }\n",
        "def f():\n    return {\n        'fee': 6,\n    }\n",
    ),
    (
        PY,
        "def f():\n    raise ValueError('no such key')\n",
        "def f():\n    raise ValueError('the key is unknown')\n",
    ),
    (PY, "def f(n):\n    return f'{n} items left'\n", "def f(n):\n    return f'only {n} items'\n"),
    (JS, "const VAT = 0.19;\n", "const VAT = 0.21;\n"),
    (JS, "module.exports = {\n  fee: 5,\n}\n", "module.exports = {\n  fee: 6,\n}\n"),
    (
        "src/A.java",
        "class A {\n  static final int FEE = 5;\n}\n",
        "class A {\n  static final int FEE = 6;\n}\n",
    ),
    (PY, "def f(a, top=10):\n    return a\n", "def f(a, top=11):\n    return a\n"),
    (JS, "function f (a, top = 10) {\n", "function f (a, top = 11) {\n"),
    (HTML, "<p>Hello {{ name }}</p>\n", "<p>Good day {{ name }}</p>\n"),
    ("src/shop/mail.txt", "Hello {name},\nthanks\n", "Good day {name},\nthanks\n"),
    ("src/shop/data.json", '{\n  "fee": 5,\n  "days": 3\n}\n', '{\n  "fee": 6,\n  "days": 3\n}\n'),
]
SLIPS = [
    (PY, "def f(a):\n    return a * 2\n", "def f(a):\n    return a * 3\n"),
    (PY, "def f(a):\n    if a:\n        return 1\n", "def f(a):\n    if a:\n        return -1\n"),
    (PY, "def f(a):\n    base = 1024 if a else 1000\n", "def f(a):\n    base = 1024 if a else 1024\n"),
    (PY, "def f(mid):\n    low = mid + 1\n", "def f(mid):\n    low = mid + 2\n"),
    (PY, "def f():\n    low = 1\n", "def f():\n    low = 2\n"),
    (PY, "def f(self):\n    self.low = 1\n", "def f(self):\n    self.low = 2\n"),
    (PY, "def f(x):\n    return x[0]\n", "def f(x):\n    return x[1]\n"),
    (PY, "def f(x):\n    sleep(1)\n", "def f(x):\n    sleep(2)\n"),
    (PY, "def f(x):\n    for a in range(1, 5):\n", "def f(x):\n    for a in range(0, 5):\n"),
    (PY, "def f(t):\n    return t.strftime('%Y-%m-%d')\n", "def f(t):\n    return t.strftime('%y-%m-%d')\n"),
    (PY, "def f(n):\n    return f'{n} items left'\n", "def f(n):\n    return f'only {m} items'\n"),
    (PY, "WAIT = 60 * 5\n", "WAIT = 60 + 5\n"),
    (PY, "VAT = 0.19\n", "VAT = RATE\n"),
    (PY, "VAT = 0.19\n", "VAT = 0.21\nMORE = 1\n"),
    (PY, "VAT = 0.19\n", "TAX = 0.19\n"),
    (PY, "VAT = 0.19  # a\n", "VAT = 0.19  # b\n"),
    (JS, "function f (a) {\n  return a + 1\n}\n", "function f (a) {\n  return a + 2\n}\n"),
    (HTML, "<p>Hello {{ name }}</p>\n", "<p>Hello {{ nmae }}</p>\n"),
    (HTML, "<p>Hello</p>\n", "<p>Hello<p>\n"),
]


def said(subject: str, *changes: tuple[str, str, str], beside: bool = True) -> str:
    """Return what is said of the first of these changes."""
    patch = Patch.of(changed_file(*one) for one in changes)
    mine = [one for one in hunks(patch) if one.file == changes[0][0]]
    return new_values(subject, patch, mine, beside=beside)


@pytest.mark.parametrize("change", MEANT)
def test_a_commit_of_nothing_but_values_meant_them(change: tuple[str, str, str]) -> None:
    assert " became " in said("New tariffs", change)
    assert "" == said("Tidy up", change)


@pytest.mark.parametrize("change", SLIPS)
def test_what_is_computed_with_is_no_value(change: tuple[str, str, str]) -> None:
    assert "" == said("New tariffs", change)


def test_beside_other_work_one_value_may_be_a_slip() -> None:
    one = (PY, "VAT = 0.19\n", "VAT = 0.21\n")
    work = ("src/shop/cart.py", "def f(a):\n    return a\n", "def f(a):\n    return a or 0\n")
    assert "" == said("Work", one, work)
    assert "nothing tells that it was a slip" in said("Work", one, work, beside=False)
    assert "nothing tells" in said("Move the deadline", one, work, beside=False)
    assert "" == said("Tidy up", one, work, beside=False)
    assert "it changes nothing else: 0.19 became 0.21" == said("Work", one, ("tests/test_a.py", "1\n", "2\n"))
    assert "its documents" in said("Work", one, work, ("README.md", "VAT: 0.19\n", "VAT: 0.21\n"))
    assert "" == said("Work", one, work, ("README.md", "see 0.21, 0.19\n", "see 0.21\n"))
    two = (PY, "VAT = 0.19\nFEE = 5\n", "VAT = 0.21\nFEE = 6\n")
    assert "2 values were changed together: 0.19 became 0.21, 5 became 6" == said("Work", two, work)


def test_a_whole_file_is_no_value() -> None:
    patch = Patch.of([changed_file(PY, "VAT = 1\n", None)])
    assert "" == new_values("New tariffs", patch, list(hunks(patch)), beside=False)


@pytest.mark.parametrize(
    ("subject", "log", "told"),
    [
        (
            "Tidy them",
            " \u203a 1 snapshot failed.\nTests:       1 failed, 1 total\n",
            False,
        ),  # nothing changes
        ("Give the order", " \u203a 1 snapshot failed.\nTests:       1 failed, 1 total\n", True),
        ("Give the order", "  Snapshots  2 failed\n      Tests  2 failed | 1 passed (3)\n", True),
        ("Give the order", " \u203a 1 snapshot failed.\nTests:       2 failed, 2 total\n", False),
        ("Give the order", "Tests:       1 failed, 1 total\n", False),
        ("Give the order", "Snapshots:   0 total\nTests:       1 failed, 1 total\n", False),
    ],
)
def test_a_recording_tells_only_what_was(subject: str, log: str, told: bool) -> None:
    assert told == bool(only_recorded(subject, log))
