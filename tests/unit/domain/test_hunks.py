"""Parts of changes: taken apart, and undone on top of what came later."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.hunks import Hunk, Part, hunks, undo
from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.errors import Conflict

THEN = "a\nb\nc\nd\ne\nf\ng\n"
AFTER = "a\nB\nc\nd\ne\nF\nG\nh\n"
COMMIT = Patch.of([changed_file("x.py", THEN, AFTER)])

texts = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\r\n", "\n"]), max_size=12).map("".join)
ends = st.sampled_from(["", "z", "z\n"])
text = st.builds(str.__add__, texts, ends)
maybe = st.none() | text


@st.composite
def changes(draw: st.DrawFn) -> Patch:
    made = []
    for name in ("a.py", "b/c.txt", "d"):
        before, after = draw(maybe), draw(maybe)
        modes = [draw(st.booleans()) and text is not None for text in (before, after)]
        made.append(
            FileChange(name=name, before=before, after=after, was_executable=modes[0], executable=modes[1])
        )
    return Patch.of(made)


def after(patch: Patch) -> tuple[dict[str, str], frozenset[str]]:
    there = {one.name: one.after for one in patch if one.after is not None}
    return there, frozenset(one.name for one in patch if one.executable)


def lines(hunk: Hunk) -> tuple[str, str]:
    return "".join(hunk.removed), "".join(hunk.added)


def test_parts_of_a_change() -> None:
    assert [("b\n", "B\n"), ("f\ng\n", "F\nG\nh\n")] == [lines(one) for one in hunks(COMMIT)]
    moded = FileChange(name="s", before="a\n", after="b\n", was_executable=True)
    assert [Part.MODE, Part.LINES] == [one.part for one in hunks(Patch.of([moded]))]
    fresh = Patch.of([changed_file("n", None, "x\n"), changed_file("o", "y\n", None)])
    assert [(Part.WHOLE, ("", "x\n")), (Part.WHOLE, ("y\n", ""))] == [
        (one.part, lines(one)) for one in hunks(fresh)
    ]


def test_what_came_later_stays() -> None:
    later = "new\nnew\na\nB\nc\nd2\ne\nF\nG\nh\nend\n"
    first, second = hunks(COMMIT)
    assert later.replace("B", "b") == undo([first], {"x.py": later}).changes[0].after
    assert "new\nnew\na\nB\nc\nd2\ne\nf\ng\nend\n" == undo([second], {"x.py": later}).changes[0].after
    both = "new\nnew\na\nb\nc\nd2\ne\nf\ng\nend\n"
    assert both == undo([second, first], {"x.py": later}).changes[0].after


@pytest.mark.parametrize(
    "now",
    [
        "a\nBB\nc\nd\ne\nF\nG\nh\n",
        "a\nx\nB\nC\nd\ne\nF\nG\nh\n",
        "a\nc\nd\ne\nF\nG\nh\n",
        "",
        None,
    ],
)
def test_what_has_no_place_any_more_is_refused(now: str | None) -> None:
    with pytest.raises(Conflict):
        undo(hunks(COMMIT)[:1], {} if now is None else {"x.py": now})


def test_whole_files_and_modes_are_undone_when_nothing_happened_to_them() -> None:
    fresh = hunks(Patch.of([changed_file("n", None, "x\n")]))
    assert ("n", "x\n", None) == ((one := undo(fresh, {"n": "x\n"}).changes[0]).name, one.before, one.after)
    for now in ({"n": "xx\n"}, {}):
        with pytest.raises(Conflict):
            undo(fresh, now)
    gone = hunks(Patch.of([changed_file("o", "y\n", None, executable=True)]))
    back = undo(gone, {}).changes[0]
    assert (None, "y\n", True) == (back.before, back.after, back.executable)
    with pytest.raises(Conflict):
        undo(gone, {"o": "other\n"})
    mode = hunks(Patch.of([FileChange(name="s", before="a\n", after="a\n", was_executable=True)]))
    assert undo(mode, {"s": "b\n"}).changes[0].executable
    with pytest.raises(Conflict):
        undo(mode, {"s": "b\n"}, {"s"})


@given(changes())
def test_undoing_all_of_the_newest_change_gives_what_was_before(patch: Patch) -> None:
    there, modes = after(patch)
    back = undo(hunks(patch), there, modes)
    assert back.applied(there) == {one.name: one.before for one in patch}
    assert [one.was_executable for one in patch] == [one.executable for one in back]
    assert Patch() == patch.then(back)


@given(changes(), st.data())
def test_hunks_are_independent(patch: Patch, data: st.DataObject) -> None:
    """Undoing some of the lines, then the others, is undoing all of them."""
    patch = Patch.of(one for one in patch if one.before is not None and one.after is not None)
    parts = hunks(patch)
    chosen = [one for one in parts if data.draw(st.booleans())]
    there, modes = after(patch)
    first = undo(chosen, there, modes)
    partly = {name: first.applied(there).get(name, now) or "" for name, now in there.items()}
    for one in patch:
        rest = [part for part in parts if part.file == one.name and part not in chosen]
        mine = [part for part in parts if part.file == one.name and part in chosen]
        if mine and rest and all(part.part is Part.LINES for part in (*mine, *rest)):
            # What is left of the change, as a change of its own.
            left = hunks(Patch.of([changed_file(one.name, one.before, partly[one.name])]))
            assert one.before == undo(left, partly).changes[0].after


@given(text, text, texts, texts)
def test_lines_put_around_do_not_matter(before: str, now: str, above: str, below: str) -> None:
    patch = Patch.of([changed_file("a", f"top\n{before}\nend\n", f"top\n{now}\nend\n")])
    there = {"a": f"{above}first\ntop\n{now}\nend\nlast\n{below}"}
    if patch:
        back = undo(hunks(patch), there)
        assert {"a": f"{above}first\ntop\n{before}\nend\nlast\n{below}"} == back.applied(there)


@pytest.mark.parametrize(
    ("before", "after", "slip"),
    [
        (
            "def mean(xs):\n    return sum(xs) / len(xs)\n",
            "def mean(xs, by=None):\n    if by:\n        return by(xs)\n    return sum(xs) / (len(xs) - 1)\n",
            "    return sum(xs) / (len(xs) - 1)\n",
        ),
        (
            "const a = require('./parseUrl')\nmodule.exports = { a }\n",
            "const a = require('./parseURL')\nconst b = require('./join')\nmodule.exports = { a, b }\n",
            "const a = require('./parseURL')\n",
        ),
        (
            "  timeout: 5\n  retries: 2\n  delay: 1\n",
            "  timeout: 5s\n  delay: 2\n",
            "  timeout: 5s\n",
        ),
    ],
)
def test_a_slip_beside_new_lines_is_a_part_of_its_own(before: str, after: str, slip: str) -> None:
    found = hunks(Patch.of([changed_file("a", before, after)]))
    (mine,) = (one for one in found if one.added == (slip,))
    assert 1 == len(mine.removed)
    assert after.replace(slip, mine.removed[0]) == undo([mine], {"a": after}).changes[0].after
    assert before == undo(found, {"a": after}).changes[0].after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 1\nb = 2\n", "a = 2\nb = 3\n"),
        ("a = find(1)\n", "while True:\n    a = find(1)\n"),
        ("if a:\n    go(a)\n", "go(a)\n"),
        ("a\nb\n", "xyz\n"),
    ],
)
def test_other_lines_stay_together(before: str, after: str) -> None:
    (found,) = hunks(Patch.of([changed_file("a", before, after)]))
    assert (before, after) == ("".join(found.removed), "".join(found.added))
