"""What every past tells, in memory or of a real repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, write
from tests.pasts import MemoryPast

from autonomous_cicd.adapters.past import GitPast
from autonomous_cicd.cases import Past
from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.errors import NotFound

BEGIN = {"a.txt": "a\r\nä\n", "src/b.py": "b = 1\n", "old.txt": "old", "run.sh": "#!/bin/sh\n"}
THEN = {**BEGIN, "src/b.py": "b = 2\n", "a new one.txt": ""}
HEAD = {"a.txt": "a\r\nä\n", "src/b.py": "b = 3", "a new one.txt": "", "run.sh": "#!/bin/sh\n"}
STATES = [("Begin", BEGIN), ("Add one", THEN), ("Remove one", HEAD)]
WRITTEN = 1704067200.0


def in_memory(_: Path) -> Past:
    return MemoryPast(STATES, executable=[frozenset(), frozenset(), frozenset({"run.sh"})], written=WRITTEN)


def of_git(root: Path) -> Past:
    project(root, {name: "" for name in BEGIN if name != "a.txt"})
    (root / "a.txt").write_bytes(BEGIN["a.txt"].encode())
    write(root, {name: text for name, text in BEGIN.items() if name != "a.txt"})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--amend", "--message", "Begin")
    write(root, {"src/b.py": "b = 2\n", "a new one.txt": ""})
    commit(root, "Add one")
    (root / "old.txt").unlink()
    write(root, {"src/b.py": "b = 3"})
    (root / "run.sh").chmod(0o755)
    commit(root, "Remove one")
    write(root, {"src/b.py": "not committed\n"})
    return GitPast(root)


@pytest.fixture(params=[in_memory, of_git])
def past(request: pytest.FixtureRequest, tmp_path: Path) -> Past:
    make: Callable[[Path], Past] = request.param
    return make(tmp_path / "project")


def test_tells_the_commits_the_newest_first(past: Past) -> None:
    expected = [
        ("Remove one", ("old.txt", "run.sh", "src/b.py")),
        ("Add one", ("a new one.txt", "src/b.py")),
        ("Begin", ("a.txt", "old.txt", "run.sh", "src/b.py")),
    ]
    assert expected == [(one.subject, one.files) for one in past.commits()]
    assert [WRITTEN] * 3 == [one.written for one in past.commits()]
    assert expected[:2] == [(one.subject, one.files) for one in past.commits(2)]
    assert () == past.commits(0)
    assert "" == past.green


def test_tells_what_a_commit_changed(past: Past) -> None:
    newest, second, first = past.commits()
    mode = FileChange(name="run.sh", before="#!/bin/sh\n", after="#!/bin/sh\n", executable=True)
    expected = Patch.of(
        [changed_file("old.txt", "old", None), mode, changed_file("src/b.py", "b = 2\n", "b = 3")]
    )
    assert expected == past.patch_of(newest.id)
    grown = Patch.of(
        [changed_file("a new one.txt", None, ""), changed_file("src/b.py", "b = 1\n", "b = 2\n")]
    )
    assert grown == past.patch_of(second.id)
    assert Patch.of(changed_file(name, None, text) for name, text in BEGIN.items()) == past.patch_of(first.id)


@pytest.mark.parametrize("name", ["f" * 40, "nothing", "", "--all", "a\nb"])
def test_refuses_a_commit_that_is_not_there(past: Past, name: str) -> None:
    with pytest.raises(NotFound, match="there is no commit"):
        past.patch_of(name)
