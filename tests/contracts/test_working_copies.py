"""WorkingCopies: what is left with a person's checkout, and that nothing else of it changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, snapshot

from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.adapters.history import GitHistory
from autonomous_cicd.adapters.working_copies import LocalCopies
from autonomous_cicd.domain.patch import FileChange, Patch, changed_file
from autonomous_cicd.errors import Conflict, PortError, UsageError

CHANGE = Patch.of([changed_file("a.txt", "a\n", "b\n")])
NAME = "autonomous-cicd/0123456789abcdef"
ODD = ["a b.txt", 'q"uote', "back\\slash", "new\nline", "t\tab", "é ü", ":colon", "[x]*?", "-rf", " space "]


class Desk:
    """Leaves changes with one project."""

    def __init__(self, folder: Path) -> None:
        self.copies = LocalCopies(GitHistory(), folder / "patches", now=lambda: 1_700_000_000.0)
        self.workspace = GitWorkspace()

    def branch(self, root: Path, patch: Patch = CHANGE) -> str:
        """Make a branch; index, working tree, HEAD, stash and everything else stay bit for bit the same."""
        before = _visible(root)
        found = self.copies.branch(self.workspace.checkout(root), patch, NAME, "Heal it\n\nBecause.\n")
        assert before == _visible(root)
        return found

    def apply(self, root: Path, patch: Patch = CHANGE) -> None:
        self.copies.apply(self.workspace.checkout(root), patch)


def _visible(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Return what there is to see, but for what a new branch consists of."""
    top = next(one for one in (root, *root.parents) if (one / ".git").exists())
    ours = ("/.git/objects", "/.git/refs/heads", "/.git/packed-refs", "/.git/logs/refs/heads", "/.git/.")
    found = {name.removeprefix(str(top)): state for name, state in snapshot(top).items()}
    return {name: state for name, state in found.items() if not name.startswith(ours) and name != "/.git"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path / "shop")


def test_a_branch_is_one_commit_on_top_of_head(desk: Desk, root: Path) -> None:
    assert NAME == desk.branch(root)
    assert git(root, "rev-parse", "HEAD") == git(root, "rev-parse", f"{NAME}~")
    assert "a.txt" == git(root, "diff", "--name-only", "HEAD", NAME)
    assert "b" == git(root, "show", f"{NAME}:a.txt")
    assert "Heal it\n\nBecause." == git(root, "log", "-1", "--format=%B", NAME).strip()
    assert "autonomous-cicd@localhost" == git(root, "log", "-1", "--format=%ae", NAME)
    assert "main" == git(root, "branch", "--show-current")
    git(root, "fsck", "--strict")


def test_a_dirty_tree_stays_as_it_is(desk: Desk, tmp_path: Path) -> None:
    """Modified, staged, partly staged, removed, untracked, ignored and stashed work."""
    root = project(tmp_path / "shop", {name: f"{name}\n" for name in "abcdef"} | {".gitignore": "*.tmp\n"})
    (root / "b").write_text("stashed\n")
    git(root, "stash", "push", "-q")
    (root / "b").write_text("modified\n")
    (root / "c").write_text("staged\n")
    git(root, "add", "c")
    (root / "c").write_text("staged and modified\n")
    (root / "d").unlink()
    git(root, "rm", "-q", "e")
    (root / "new").write_text("untracked\n")
    (root / "x.tmp").write_text("ignored\n")
    status, stash = git(root, "status", "--porcelain"), git(root, "stash", "list")
    desk.branch(root, Patch.of([changed_file("a", "a\n", "healed\n")]))
    assert (status, stash) == (git(root, "status", "--porcelain"), git(root, "stash", "list"))
    assert "a" == git(root, "diff", "--name-only", "HEAD", NAME)


@pytest.mark.parametrize("how", ["modified", "staged", "removed", "untracked"])
@pytest.mark.parametrize("applied", [True, False], ids=["apply", "branch"])
def test_files_with_uncommitted_changes_are_somebodys(
    desk: Desk, root: Path, how: str, applied: bool
) -> None:
    patch = CHANGE
    if how == "untracked":
        (root / "new.txt").write_text("mine\n")
        patch = Patch.of([changed_file("new.txt", "mine\n", "theirs\n")])
    elif how == "removed":
        (root / "a.txt").unlink()
        patch = Patch.of([changed_file("a.txt", None, "theirs\n")])
    else:
        (root / "a.txt").write_text("mine\n")
        patch = Patch.of([changed_file("a.txt", "mine\n", "theirs\n")])
    if how == "staged":
        git(root, "add", "a.txt")
    before = snapshot(root)
    with pytest.raises(Conflict, match="not committed") as refused:
        (desk.apply if applied else desk.branch)(root, patch)
    assert "commit or stash" in refused.value.hint
    assert before == snapshot(root)


def test_names_modes_and_texts_are_data(desk: Desk, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", dict.fromkeys(ODD, "from refs/heads/main\ndata 3\n"))
    (root / "-rf").chmod(0o755)
    commit(root)
    changes = [
        changed_file(name, "from refs/heads/main\ndata 3\n", "D x\r\ndata 99\nM 644 inline y")
        for name in ODD[1:]
    ]
    changes += [
        changed_file(ODD[0], "from refs/heads/main\ndata 3\n", None),
        changed_file("deep/né w", None, "x", executable=True),
    ]
    desk.branch(root, Patch.of(changes))
    listed = git(root, "ls-tree", "-r", "-z", NAME).strip("\0").split("\0")
    modes = {record.partition("\t")[2]: record[:6] for record in listed}
    assert modes == {
        **dict.fromkeys(ODD[1:], "100644"),
        "-rf": "100755",
        "deep/né w": "100755",
    }
    shown = git(root, "cat-file", "blob", f"{NAME}:-rf")
    assert "D x\r\ndata 99\nM 644 inline y" == shown


def test_a_lost_bit_is_put_back(desk: Desk, root: Path) -> None:
    desk.branch(root, Patch.of([FileChange(name="a.txt", before="a\n", after="a\n", executable=True)]))
    assert git(root, "ls-tree", NAME, "a.txt").startswith("100755")


def test_line_ends_that_git_makes_do_not_get_into_the_commit(desk: Desk, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {".gitattributes": "*.bat text eol=crlf\n", "a.bat": "a\nb\n"})
    git(root, "rm", "-q", "--cached", "a.bat")
    git(root, "reset", "-q", "--hard")
    assert b"a\r\nb\r\n" == (root / "a.bat").read_bytes()
    desk.branch(root, Patch.of([changed_file("a.bat", "a\r\nb\r\n", "a\r\nc\r\n")]))
    assert "a\nc" == git(root, "cat-file", "blob", f"{NAME}:a.bat")


def test_a_branch_for_the_same_cause_is_replaced(desk: Desk, root: Path) -> None:
    desk.branch(root)
    assert NAME == desk.branch(root, Patch.of([changed_file("a.txt", "a\n", "c\n")]))
    assert ("1", "c") == (
        git(root, "rev-list", "--count", f"main..{NAME}"),
        git(root, "show", f"{NAME}:a.txt"),
    )


def test_a_branch_that_somebody_holds_is_left_alone(desk: Desk, root: Path) -> None:
    """Be it checked out here, in another working tree, or that it has commits of a person."""
    desk.branch(root)
    git(root, "checkout", "-q", NAME)
    assert f"{NAME}-2" == desk.branch(root, Patch.of([changed_file("a.txt", "b\n", "c\n")]))
    git(root, "checkout", "-q", "main")
    git(root, "worktree", "add", "-q", str(root.parent / "other"), NAME)
    assert f"{NAME}-2" == desk.branch(root)
    git(root, "worktree", "remove", str(root.parent / "other"))
    git(root, "checkout", "-q", NAME)
    theirs = commit(root, "A person's own work")
    git(root, "checkout", "-q", "main")
    assert f"{NAME}-2" == desk.branch(root)
    assert theirs == git(root, "rev-parse", NAME)


@pytest.mark.parametrize("applied", [True, False], ids=["apply", "branch"])
@pytest.mark.parametrize("kind", ["detached", "folder", "shallow"])
def test_every_state_of_a_repository_will_do(desk: Desk, tmp_path: Path, kind: str, applied: bool) -> None:
    top = root = project(tmp_path / "shop", {"a.txt": "a\n", "apps/it/a.txt": "a\n"})
    if kind == "detached":
        git(root, "checkout", "-q", "--detach")
    elif kind == "folder":
        root = top / "apps/it"
    else:
        commit(root, "Second")
        top = root = tmp_path / "shallow"
        git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}/shop", str(root))
    own = "apps/it/a.txt" if kind == "folder" else "a.txt"
    if applied:
        desk.apply(root)
        assert ("b\n", f" M {own}") == ((root / "a.txt").read_text(), git(top, "status", "--porcelain"))
    else:
        desk.branch(root)
        assert own == git(top, "diff", "--name-only", "HEAD", NAME)


def test_a_branch_needs_a_commit_and_the_state_that_the_change_was_made_for(
    desk: Desk, root: Path, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="not committed as"):
        desk.branch(root, Patch.of([changed_file("a.txt", "older\n", "b\n")]))
    with pytest.raises(Conflict, match="not committed as"):
        desk.branch(root, Patch.of([changed_file("a.txt", None, "b\n")]))
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    with pytest.raises(Conflict, match="no commit"):
        desk.branch(tmp_path / "empty")
    assert "main" == git(root, "branch", "--format=%(refname:short)")


def test_the_working_tree_is_changed_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    root = project(tmp_path / "shop", {"a.sh": "a\r\n", "b": "b\n", "gone": "x\n", "mine": "m\n"})
    (root / "a.sh").chmod(0o755)
    commit(root)
    (root / "mine").write_text("edited\n")
    git(root, "add", "mine")
    index, head = (root / ".git/index").read_bytes(), git(root, "rev-parse", "HEAD")
    patch = Patch.of(
        [
            FileChange(name="a.sh", before="a\r\n", after="c\r\n"),
            FileChange(name="b", before="b\n", after="b\n", executable=True),
            changed_file("gone", "x\n", None),
            changed_file("new/er", None, "n"),
        ]
    )
    desk.apply(root, patch)
    assert (index, head) == ((root / ".git/index").read_bytes(), git(root, "rev-parse", "HEAD"))
    assert (b"c\r\n", 0o755) == ((root / "a.sh").read_bytes(), (root / "a.sh").stat().st_mode & 0o777)
    assert (True, False, "n") == (
        os.access(root / "b", os.X_OK),
        (root / "gone").exists(),
        (root / "new/er").read_text(),
    )
    assert "edited\n" == (root / "mine").read_text()
    assert [] == [name for name in os.listdir(root) if name.startswith(".autonomous")]


def test_it_is_all_or_nothing(desk: Desk, root: Path) -> None:
    """The second file cannot be written: the first one is as it was."""
    changes = [changed_file("a.txt", "a\n", "b\n"), changed_file("src/b.py", "b = 1\n", "b = 2\n")]
    if os.geteuid() == 0:
        changes[1] = changed_file(f"src/{'x' * 300}", None, "too long a name\n")
    else:
        (root / "src").chmod(0o555)
    with pytest.raises(PortError):
        desk.apply(root, Patch.of(changes))
    (root / "src").chmod(0o755)
    assert ("a\n", "") == ((root / "a.txt").read_text(), git(root, "status", "--porcelain"))


@pytest.mark.parametrize("name", ["out/x", "link", "../x", ".git/config", ".git/hooks/pre-commit", "/etc/x"])
def test_nothing_is_written_elsewhere(desk: Desk, root: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "out").symlink_to(outside)
    (root / "link").symlink_to(outside / "y")
    commit(root)
    before = snapshot(tmp_path)
    with pytest.raises((PortError, UsageError)):
        desk.apply(root, Patch((changed_file(name, None, "evil\n"),)))
    assert before == snapshot(tmp_path)


def test_a_project_without_a_repository_is_changed_too(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/a.txt").write_text("a\n")
    desk.apply(tmp_path / "plain")
    assert "b\n" == (tmp_path / "plain/a.txt").read_text()
    with pytest.raises(Conflict, match="not what the change was made for"):
        desk.apply(tmp_path / "plain")


def test_nothing_of_the_repository_is_started(desk: Desk, root: Path, tmp_path: Path) -> None:
    mark, evil = tmp_path / "started", tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    evil.chmod(0o755)
    for hook in ("reference-transaction", "post-checkout", "post-commit", "update", "post-rewrite"):
        (root / ".git/hooks" / hook).write_text(evil.read_text())
        (root / ".git/hooks" / hook).chmod(0o755)
    for key in ("filter.evil.clean", "filter.evil.smudge", "core.fsmonitor", "core.pager", "core.editor"):
        git(root, "config", key, str(evil))
    (root / ".git/info/attributes").write_text("* filter=evil\n")
    desk.copies.branch(desk.workspace.checkout(root), CHANGE, NAME, "Heal it")
    desk.apply(root)
    assert not mark.exists()


def test_a_patch_file_is_what_git_applies(desk: Desk, root: Path) -> None:
    patch = Patch.of([changed_file("a.txt", "a\n", "é\r\nend"), changed_file('n"x', None, "x\n")])
    place = desk.copies.file("1.patch", patch.diff())
    assert 0o700 == place.parent.stat().st_mode & 0o777
    assert patch.diff().encode() == place.read_bytes()
    git(root, "apply", str(place))
    assert ("é\r\nend".encode(), "x\n") == ((root / "a.txt").read_bytes(), (root / 'n"x').read_text())


def test_a_patch_file_holds_names_that_are_no_text(desk: Desk) -> None:
    assert b"a\xff" == desk.copies.file("1.patch", "a\udcff").read_bytes()
