"""What may be a slip of the hand is told from what somebody thought of."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.hunks import hunks
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.slips import is_slip, lost, one_slip

PY, JS, GO = "app/core.py", "lib/core.js", "core.go"
SLIPS = [
    (PY, "    if x < low:\n", "    if x > low:\n"),
    (PY, "    if x is None:\n", "    if x is not None:\n"),
    (PY, "    return a[:end]\n", "    return a[:end - 1]\n"),
    (PY, "    return a[0]\n", "    return a[1]\n"),
    (PY, "    return pad(text, size)\n", "    return pad(size, text)\n"),
    (PY, "    return text.strip().lower()\n", "    return text.lower()\n"),
    (PY, "    low = min(a, b)\n    high = max(a, b)\n", "    low = max(a, b)\n    high = max(a, b)\n"),
    (PY, "    day.strftime('%Y-%m-%d')\n", "    day.strftime('%y-%m-%d')\n"),
    (PY, "    return tail\n", "    return tial\n"),
    (PY, "    x = 1\n    seen.add(x)\n", "    x = 1\n"),
    (PY, "import os\n", "import os\nimport json\nfrom a.b import c, d\n"),
    (JS, "let a\n", "const os = require('os')\nimport { a } from './a.js'\nlet a\n"),
    (JS, "  if (a === b) return 1\n", "  if (a !== b) return 1\n"),
    (JS, "  return await get(a)\n", "  return get(a)\n"),
    (GO, "\tfor i := 0; i < n; i++ {\n", "\tfor i := 0; i <= n; i++ {\n"),
]
WISHES = [
    (PY, "    x = wait(3)\n", "    x = wait(4)\n"),
    (PY, "    return total\n", "    return total * 1.19\n"),
    (PY, "    if len(a) > 10:\n", "    if len(a) > 50:\n"),
    (PY, "    day.strftime('%Y-%m-%d')\n", "    day.strftime('%d.%m.%Y')\n"),
    (PY, "    return total\n", "    return max(total, 0)\n"),
    (PY, "    return a + b\n", "    return a - b  # as the customer asked\n"),
    (PY, "    return a.split(' ')\n", "    return a.split(',')\n"),
    (PY, "    return floor(a)\n", "    return ceil(a)\n"),
    (PY, "    if a > b:\n        return b\n", "    if a >= b:\n        return b - 1\n"),
    (PY, "    a()\n    b()\n    c()\n", "    c()\n"),
    (JS, "  return items\n", "  return items.filter(Boolean)\n"),
    (JS, "  return a + b\n", "  return a - b // what is owed\n"),
    (GO, "\treturn a\n", "\treturn a + tax(a)\n"),
    (GO, "\twait(0x10)\n", "\twait(0x11)\n"),
]


@pytest.mark.parametrize("change", SLIPS)
def test_a_slip_changes_a_sign_or_a_letter(change: tuple[str, str, str]) -> None:
    assert is_slip(hunks(Patch.of([changed_file(*change)])), breaks=False)


@pytest.mark.parametrize("change", WISHES)
def test_new_words_and_numbers_are_no_slip(change: tuple[str, str, str]) -> None:
    assert not is_slip(hunks(Patch.of([changed_file(*change)])), breaks=False)


def test_any_one_word_may_be_a_slip_where_it_breaks() -> None:
    parts = hunks(Patch.of([changed_file(PY, "class Hashed(tuple):\n", "class Ordered(tuple):\n")]))
    assert (True, False) == (is_slip(parts, breaks=True), is_slip(parts, breaks=False))
    two = hunks(Patch.of([changed_file(PY, "a\n1\nb\n", "c\n1\nd\n")]))
    assert not is_slip(two, breaks=True)


def test_what_is_only_taken_away_is_lost() -> None:
    gone = hunks(Patch.of([changed_file(PY, "a\nb\nc\n", "a\n\nc\n")]))
    assert lost(gone)
    assert not lost(hunks(Patch.of([changed_file(PY, "a\nb\n", "a\nd\n")])))


@pytest.mark.parametrize(
    ("word", "wanted", "one"),
    [
        ("pasre", "parse", True),
        ("pars", "parse", True),
        ("parsee", "parse", True),
        ("parze", "parse", True),
        ("parse", "parse", False),
        ("prase_it", "parse", False),
        ("esrap", "parse", False),
        ("", "a", True),
        ("", "", False),
    ],
)
def test_one_slip_apart(word: str, wanted: str, one: bool) -> None:
    assert one is one_slip(word, wanted)


@pytest.mark.timeout(60)
def test_what_was_written_anew_at_length_is_no_slip_and_that_is_soon_told() -> None:
    before, after = (
        "".join(f"{name}{n} = f(a[{n}])\n{name}.append(x)\n" for n in range(3_000)) for name in ("a", "b")
    )
    moved = "".join(reversed(before.splitlines(keepends=True)))
    for new in (after, moved):
        parts = hunks(Patch.of([changed_file(PY, before, new)]))
        assert not is_slip(parts, breaks=True)
