"""Changes of files as values: put together, shown in git's form, and what git makes of that."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checkouts import ENV

from autonomous_cicd.domain.patch import NOTHING, FileChange, Patch, changed_file
from autonomous_cicd.errors import Conflict

names = st.one_of(
    st.sampled_from(
        [
            "a.txt",
            "a b/c d.txt",
            'q"uote',
            "back\\slash",
            "new\nline",
            "t\tab",
            "é.py",
            "-o",
            ":x",
            "[x]*",
            "\x07",
        ]
    ),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12
    ).filter(lambda name: name not in (".", "..") and name.lower() != ".git"),
)
texts = st.one_of(
    st.none(),
    st.lists(
        st.sampled_from(["a", "b", "\r\n", "\n", "\n", "é", "\\ No newline", "--- x", "+++ y", "@@"]),
        max_size=12,
    ).map("".join),
)


@st.composite
def changes(draw: st.DrawFn) -> FileChange:
    before, after = draw(texts), draw(texts)
    return FileChange(
        name=draw(names),
        before=before,
        after=after,
        was_executable=before is not None and draw(st.booleans()),
        executable=after is not None and draw(st.booleans()),
    )


@given(changes())
@settings(max_examples=60)
def test_git_does_what_a_diff_says(change: FileChange) -> None:
    """Line ends, a missing last one, modes, new and removed files, and names that need quotes included."""
    patch = Patch.of([change])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / change.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if change.before is not None:
            path.write_bytes(change.before.encode())
            path.chmod(0o755 if change.was_executable else 0o644)
        if patch:
            argv = ["git", "apply", "--whitespace=nowarn", "-"]
            env = {**ENV, "GIT_CEILING_DIRECTORIES": str(Path(folder).parent)}
            done = subprocess.run(argv, cwd=folder, env=env, input=patch.diff().encode(), capture_output=True)
            assert 0 == done.returncode, done.stderr
        assert change.after == (path.read_bytes().decode() if path.exists() else None)
        if change.after is not None:
            assert change.executable == bool(path.stat().st_mode & 0o100)


@given(changes(), texts, st.booleans())
def test_two_changes_in_a_row_are_one(first: FileChange, last: str | None, executable: bool) -> None:
    later = FileChange(
        name=first.name,
        before=first.after,
        after=last,
        was_executable=first.executable,
        executable=executable and last is not None,
    )
    both = Patch.of([first]).then(Patch.of([later]))
    files = {} if first.before is None else {first.name: first.before}
    assert both.applied(files).get(first.name, first.before) == last
    assert bool(both) == ((first.before, first.was_executable) != (last, later.executable))


@given(st.lists(changes(), max_size=4, unique_by=lambda one: one.name))
def test_a_patch_is_sorted_and_holds_what_changes_something(found: list[FileChange]) -> None:
    patch = Patch.of(found)
    assert sorted(patch.files) == list(patch.files)
    assert patch == Patch.of(reversed(found)) == NOTHING.then(patch) == patch.then(NOTHING)
    assert patch.id == Patch.of(found).id
    assert bool(patch) == bool(patch.diff())


@given(changes(), changes())
def test_ids_tell_changes_apart(one: FileChange, other: FileChange) -> None:
    first, second = Patch.of([one]), Patch.of([other])
    if first and second:
        assert (first.diff() == second.diff()) == (first.id == second.id)
    if first:
        assert first.id != NOTHING.id


def test_changes_that_do_not_fit_are_a_conflict() -> None:
    first = Patch.of([changed_file("a", "1\n", "2\n")])
    with pytest.raises(Conflict, match="two changes of a"):
        first.then(Patch.of([changed_file("a", "1\n", "3\n")]))
    with pytest.raises(Conflict, match="two changes of a"):
        first.then(Patch.of([FileChange(name="a", before="2\n", after="3\n", was_executable=True)]))
    with pytest.raises(Conflict, match="not what the change was made for"):
        first.applied({"a": "other\n"})
    with pytest.raises(Conflict):
        first.applied({})


def test_a_change_that_is_taken_back_is_none() -> None:
    patch = Patch.of([changed_file("a", "1\n", "2\n")])
    assert NOTHING == patch.then(Patch.of([changed_file("a", "2\n", "1\n")]))
    assert not NOTHING
    assert "" == NOTHING.diff()


def test_a_size_is_lines_removed_and_added() -> None:
    patch = Patch.of([changed_file("a", "1\n2\n3\n", "1\nx\ny\n3\n"), changed_file("b", None, "new")])
    assert (("2\n",), ("x\n", "y\n")) == patch.changes[0].lines
    assert (4, ("a", "b")) == (patch.size, patch.files)


def test_a_mode_alone_is_a_change() -> None:
    patch = Patch.of([FileChange(name="a.sh", before="x\n", after="x\n", executable=True)])
    assert "diff --git a/a.sh b/a.sh\nold mode 100644\nnew mode 100755\n" == patch.diff()
    assert 0 == patch.size


@pytest.mark.parametrize(("before", "after"), [(None, "x"), ("x", None), ("x", "y")])
def test_a_mode_belongs_to_what_exists(before: str | None, after: str | None) -> None:
    change = changed_file("a", before, after, executable=True)
    assert (before is not None, after is not None) == (change.was_executable, change.executable)
