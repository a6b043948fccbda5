"""What every history tells, in memory or of a real repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, write

from autonomous_cicd.adapters.history import GitHistory
from autonomous_cicd.adapters.memory import MemoryHistory
from autonomous_cicd.domain.change import Change, Changes, Commit, Kind
from autonomous_cicd.errors import NotFound
from autonomous_cicd.ports import History

BEGIN = {"a.txt": "a\n", "src/b.py": "b = 1\n", "old.txt": "old\n"}
THEN = {"a.txt": "a\n", "src/b.py": "b = 2\n", "a new one.txt": "", "old.txt": "old\n"}
HEAD = {"a.txt": "a\n", "src/b.py": "b = 3\n", "a new one.txt": ""}
WORKTREE = {"a.txt": "b\n", "a new one.txt": "", "untracked": ""}
WRITTEN = 1704067200.0
Made = tuple[History, Path, list[str]]


def in_memory(root: Path) -> Made:
    commits = {
        Commit(id="1" * 40, subject="Begin", written=WRITTEN, files=tuple(BEGIN)): BEGIN,
        Commit(id="2" * 40, subject="Add one", written=WRITTEN, files=("a new one.txt", "src/b.py")): THEN,
        Commit(id="3" * 40, subject="", written=WRITTEN, files=("old.txt", "src/b.py")): HEAD,
    }
    return MemoryHistory(commits, WORKTREE), root, [one.id for one in commits]


def of_git(root: Path) -> Made:
    project(root, BEGIN)
    ids = [git(root, "rev-parse", "HEAD")]
    write(root, THEN)
    ids.append(commit(root, "Add one"))
    (root / "old.txt").unlink()
    write(root, {"src/b.py": HEAD["src/b.py"]})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty-message", "--message", "")
    ids.append(git(root, "rev-parse", "HEAD"))
    (root / "src/b.py").unlink()
    write(root, WORKTREE)
    return GitHistory(), root, ids


@pytest.fixture(params=[in_memory, of_git])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    make: Callable[[Path], Made] = request.param
    return make(tmp_path / "project")


def test_tells_the_files_and_the_commits_on_the_way(made: Made) -> None:
    history, root, ids = made
    expected = Changes(
        files=(
            Change("a new one.txt", Kind.ADDED),
            Change("old.txt", Kind.REMOVED),
            Change("src/b.py", Kind.CHANGED),
        ),
        commits=(
            Commit(id=ids[2], subject="", written=WRITTEN, files=("old.txt", "src/b.py")),
            Commit(id=ids[1], subject="Add one", written=WRITTEN, files=("a new one.txt", "src/b.py")),
        ),
    )
    assert expected == history.between(root, ids[0])
    assert expected == history.between(root, ids[0][:12], ids[2])


def test_tells_nothing_of_a_commit_and_itself(made: Made) -> None:
    history, root, ids = made
    assert Changes() == history.between(root, ids[1], ids[1])


def test_tells_what_is_not_committed(made: Made) -> None:
    history, root, _ = made
    assert (
        Change("a.txt", Kind.CHANGED),
        Change("src/b.py", Kind.REMOVED),
        Change("untracked", Kind.ADDED),
    ) == history.uncommitted(root).files


def test_tells_the_files_of_many_pairs(made: Made) -> None:
    history, root, (first, second, third) = made
    pairs = [(first, second), (second, second), ("f" * 40, third), (second, "HEAD"), (first, second)]
    early = frozenset({"a new one.txt", "src/b.py"})
    late = frozenset({"old.txt", "src/b.py"})
    assert [early, frozenset(), None, late, early] == list(history.files(root, pairs))
    assert [] == list(history.files(root, []))


@pytest.mark.parametrize("name", ["f" * 40, "nothing", "", "--all", "a\nb", "HEAD~99"])
def test_refuses_a_commit_that_is_not_there(made: Made, name: str) -> None:
    history, root, _ = made
    with pytest.raises(NotFound, match="there is no commit"):
        history.between(root, name)
