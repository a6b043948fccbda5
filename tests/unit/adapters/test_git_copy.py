"""Private copies of checkouts."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, snapshot, write

from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.errors import Unavailable, UsageError

NAMES = ("same", "edited", "staged", "partly", "gone", "cached", "program", "folder/deep/file")


def dirty(root: Path) -> Path:
    """Make a checkout with everything that can be unfinished in it."""
    project(root, {name: f"{name}\n" for name in NAMES})
    write(root, {"stashed": "stash\n"})
    git(root, "stash", "--include-untracked", "--quiet")
    write(root, {"edited": "1\n", "staged": "2\n", "partly": "3\n", ".gitignore": "ignored/\n"})
    write(root, {"ignored/secret": "", "untracked": "u", "added": "a", "folder/new": "n"})
    git(root, "add", "staged", "partly", "added")
    git(root, "rm", "--quiet", "--cached", "cached")
    write(root, {"partly": "4\n"})
    (root / "gone").unlink()
    (root / "program").chmod(0o755)
    (root / "link").symlink_to("../outside")
    return root


def copied(root: Path, to: Path) -> Path:
    workspace = GitWorkspace()
    assert () == workspace.copy(workspace.checkout(root), to)
    return to


def test_the_copy_has_the_uncommitted_work(tmp_path: Path) -> None:
    root = dirty(tmp_path / "p")
    copy = copied(root, tmp_path / "copy")
    for name in GitWorkspace().checkout(root).files:
        assert (root / name).lstat().st_mode == (copy / name).lstat().st_mode
        if not (root / name).is_symlink():
            assert (root / name).read_bytes() == (copy / name).read_bytes()
            assert (root / name).stat().st_mtime_ns == (copy / name).stat().st_mtime_ns
    assert not (copy / "gone").exists()
    assert not (copy / "ignored").exists()
    assert "../outside" == os.readlink(copy / "link")


def test_nothing_of_the_checkout_changes(tmp_path: Path) -> None:
    root = dirty(tmp_path / "p")
    before = snapshot(root)
    copied(root, tmp_path / "copy")
    assert before == snapshot(root)


def test_nothing_but_the_age_of_objects_changes_by_what_is_done_in_the_copy(tmp_path: Path) -> None:
    root = dirty(tmp_path / "p")
    before = snapshot(root)
    copy = copied(root, tmp_path / "copy")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message", "Theirs")
    git(copy, "gc", "--quiet", "--prune=now")
    git(copy, "stash", "clear")
    shutil.rmtree(copy)
    after = snapshot(root)
    objects = f"{root}/.git/objects/"
    assert before.keys() == after.keys()
    for name, (mode, changed, inode, content) in before.items():
        age = after[name][1] if name.startswith(objects) else changed
        assert (mode, age, inode, content) == after[name], name


def test_git_sees_the_uncommitted_work_as_not_staged(tmp_path: Path) -> None:
    root = dirty(tmp_path / "p")
    copy = copied(root, tmp_path / "copy")
    expected = [
        " D gone",
        " M edited",
        " M partly",
        " M program",
        " M staged",
        "?? .gitignore",
        "?? added",
        "?? folder/new",
        "?? link",
        "?? untracked",
    ]
    assert expected == sorted(git(copy, "status", "--porcelain", "-uall").splitlines())


def test_a_clean_checkout_has_a_clean_copy(tmp_path: Path) -> None:
    long = {"long" * 50: "", "d" * 200 + "/e" * 20: "", "/".join(["g" * 200] * 15): ""}
    root = project(tmp_path / "p", {"a": "a", "b/c": "", "-x": "", **long})
    (root / "link").symlink_to("a")
    (root / "a").chmod(0o755)
    commit(root)
    copy = copied(root, tmp_path / "copy")
    assert "" == git(copy, "status", "--porcelain")
    assert "" == git(copy, "fsck", "--no-dangling")


def test_git_need_not_read_files_that_were_there_long_before(tmp_path: Path) -> None:
    workspace = GitWorkspace()
    checkout = workspace.checkout(project(tmp_path / "p"))
    workspace.copy(replace(checkout, looked=checkout.looked + 10**9), tmp_path / "copy")
    assert "" == git(tmp_path / "copy", "diff-files")


def test_history_branches_and_tags_are_there(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "tag", "-a", "v1.0", "-m", "One")
    git(root, "branch", "other")
    commit(root, "More")
    git(root, "tag", "light")
    git(root, "pack-refs", "--all")
    git(root, "tag", "v2.0-rc", "other")
    copy = copied(root, tmp_path / "copy")
    for question in (
        ("log", "--all", "--format=%H %D"),
        ("describe", "--tags", "--long"),
        ("describe", "--dirty"),
        ("rev-parse", "--abbrev-ref", "HEAD"),
        ("for-each-ref",),
        ("tag", "--points-at", "other"),
    ):
        assert git(root, *question) == git(copy, *question)


def test_the_remote_is_known_without_credentials(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    git(tmp_path, "clone", "-q", str(source), "p")
    root = tmp_path / "p"
    git(root, "remote", "set-url", "origin", "https://token@example.org/o/p.git")
    copy = copied(root, tmp_path / "copy")
    assert "https://example.org/o/p.git" == git(copy, "remote", "get-url", "origin")
    assert "origin/main" == git(copy, "rev-parse", "--abbrev-ref", "origin/HEAD")
    assert "token" not in (copy / ".git" / "config").read_text()


def test_the_copy_can_be_worked_in(tmp_path: Path) -> None:
    copy = copied(project(tmp_path / "p"), tmp_path / "copy")
    write(copy, {"a.txt": "changed"})
    commit(copy)
    git(copy, "checkout", "-q", "-b", "topic", "HEAD~1")
    git(copy, "merge", "-q", "main")
    git(tmp_path, "clone", "-q", str(copy), "clone")
    assert "changed" == (tmp_path / "clone" / "a.txt").read_text()


def test_a_detached_head_stays_detached(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "checkout", "-q", "--detach")
    copy = copied(root, tmp_path / "copy")
    assert "HEAD" == git(copy, "rev-parse", "--abbrev-ref", "HEAD")
    assert git(root, "rev-parse", "HEAD") == git(copy, "rev-parse", "HEAD")


def test_no_commits_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--initial-branch", "trunk", "p")
    write(tmp_path / "p", {"a": ""})
    git(tmp_path / "p", "add", "a")
    copy = copied(tmp_path / "p", tmp_path / "copy")
    assert "?? a" == git(copy, "status", "--porcelain")
    assert "refs/heads/trunk" == git(copy, "symbolic-ref", "HEAD")


def test_a_plain_folder_has_a_plain_copy(tmp_path: Path) -> None:
    write(tmp_path / "p", {"a": "1", "b/c": "2", "node_modules/d": "3"})
    copy = copied(tmp_path / "p", tmp_path / "copy")
    assert ["a", "b"] == sorted(os.listdir(copy))


def test_a_folder_in_a_repository_comes_with_the_whole(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"top": "", "a/b/c": "1", "a/d": ""})
    write(root, {"a/b/c": "2", "top": "3"})
    workspace = GitWorkspace()
    checkout = workspace.checkout(root / "a" / "b")
    assert () == workspace.copy(checkout, tmp_path / "copy")
    assert "2" == (tmp_path / "copy" / checkout.prefix / "c").read_text()
    assert "3" == (tmp_path / "copy" / "top").read_text()
    assert " M a/b/c\n M top" == git(tmp_path / "copy", "status", "--porcelain")


def test_submodules_are_empty_folders(tmp_path: Path) -> None:
    library = project(tmp_path / "library")
    root = project(tmp_path / "p")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "vendor/lib")
    commit(root)
    copy = copied(root, tmp_path / "copy")
    assert [] == os.listdir(copy / "vendor" / "lib")
    assert "" == git(copy, "status", "--porcelain")


def test_a_second_working_tree_and_borrowed_objects(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    git(tmp_path, "clone", "-q", "--shared", str(source), "clone")
    git(tmp_path / "clone", "worktree", "add", "-q", "-b", "topic", str(tmp_path / "tree"))
    (tmp_path / "clone" / ".git" / "info" / "exclude").write_text("*.log\n")
    copy = copied(tmp_path / "tree", tmp_path / "copy")
    write(copy, {"x.log": ""})
    assert "## topic" == git(copy, "status", "--porcelain", "--branch")
    assert git(source, "log") == git(copy, "log")


def test_a_shallow_clone_stays_shallow(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    commit(source)
    git(tmp_path, "clone", "-q", "--depth", "1", source.as_uri(), "p")
    copy = copied(tmp_path / "p", tmp_path / "copy")
    assert "1" == git(copy, "rev-list", "--count", "HEAD")
    assert "true" == git(copy, "rev-parse", "--is-shallow-repository")


def test_a_sparse_checkout_stays_sparse(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"in/a": "", "out/b": "", "c": ""})
    git(root, "sparse-checkout", "set", "--cone", "in")
    copy = copied(root, tmp_path / "copy")
    assert ["c", "in"] == sorted(name for name in os.listdir(copy) if name != ".git")
    assert "" == git(copy, "status", "--porcelain")
    assert "S out/b" in git(copy, "ls-files", "-t")


def test_a_repository_with_sha256(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format", "sha256", "p")
    write(tmp_path / "p", {"a": "a", "b/c": "c"})
    commit(tmp_path / "p")
    copy = copied(tmp_path / "p", tmp_path / "copy")
    assert "" == git(copy, "status", "--porcelain")
    assert "" == git(copy, "fsck", "--no-dangling")
    assert git(tmp_path / "p", "log") == git(copy, "log")


def test_how_files_are_read_stays_the_same(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "config", "core.fileMode", "false")
    git(root, "config", "core.autocrlf", "input")
    git(root, "config", "core.sshCommand", "touch /pwned")
    (root / "a.txt").chmod(0o755)
    copy = copied(root, tmp_path / "copy")
    assert "" == git(copy, "status", "--porcelain")
    assert "input" == git(copy, "config", "core.autocrlf")
    assert "sshCommand" not in (copy / ".git" / "config").read_text()


def test_modes_and_large_files(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    content = os.urandom(3_000_000)
    (root / "large").write_bytes(content)
    write(root, {"read_only": "r", "all": "w"})
    (root / "read_only").chmod(0o444)
    (root / "all").chmod(0o777)
    copy = copied(root, tmp_path / "copy")
    assert content == (copy / "large").read_bytes()
    modes = [stat.S_IMODE((copy / name).stat().st_mode) for name in ("read_only", "all")]
    assert [0o444, 0o777] == modes


def test_a_link_in_place_of_a_folder_is_not_written_through(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"d/file": "inside"})
    outside = tmp_path / "outside"
    outside.mkdir()
    workspace = GitWorkspace()
    checkout = workspace.checkout(root)
    (root / "d").rename(root / "away")
    (root / "d").symlink_to(outside)
    workspace.copy(replace(checkout, files=("d", "d/file")), tmp_path / "copy")
    assert [] == os.listdir(outside)
    assert (tmp_path / "copy" / "d").is_dir()


def test_what_changed_meanwhile_is_told(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"same": "1", "touched": "1", "edited": "1", "sub/edited": "1"})
    write(root, {"untracked": "1", "unknown": "1"})
    workspace = GitWorkspace()
    checkout, below = workspace.checkout(root), workspace.checkout(root / "sub")
    workspace.hashes(checkout)
    write(root, {"touched": "1", "edited": "2", "untracked": "2", "sub/edited": "2"})
    (root / "unknown").unlink()
    expected = ("edited", "sub/edited", "unknown", "untracked")
    assert expected == workspace.copy(checkout, tmp_path / "copy")
    assert ("edited",) == workspace.copy(below, tmp_path / "other")


def test_an_untracked_file_that_was_never_hashed_is_judged_by_its_time(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write(root, {"untracked": "1"})
    workspace = GitWorkspace()
    checkout = workspace.checkout(root)
    assert () == workspace.copy(checkout, tmp_path / "one")
    early = replace(checkout, looked=checkout.looked - 10**12)
    assert ("untracked",) == workspace.copy(early, tmp_path / "two")


def test_files_that_vanish_are_left_out(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"a": "", "b/c": "", "d": ""})
    workspace = GitWorkspace()
    checkout = workspace.checkout(root)
    (root / "a").unlink()
    shutil.rmtree(root / "b")
    write(root, {"b": "now a file"})
    assert ("a", "b/c") == workspace.copy(checkout, tmp_path / "copy")
    assert ["b", "d"] == sorted(name for name in os.listdir(tmp_path / "copy") if name != ".git")
    assert [] == os.listdir(tmp_path / "copy" / "b")


@pytest.mark.parametrize("place", [".", "inside", "src/../inside"])
def test_no_copy_is_made_inside_the_checkout(tmp_path: Path, place: str) -> None:
    root = project(tmp_path / "p")
    before = snapshot(root)
    with pytest.raises(UsageError, match="inside it"):
        copied(root, root / place)
    assert before == snapshot(root)


def test_an_empty_folder_is_taken_for_a_copy_and_a_full_one_is_not(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write(tmp_path, {"full/kept": "", "file": ""})
    (tmp_path / "empty").mkdir()
    copied(root, tmp_path / "empty")
    assert (tmp_path / "empty" / "a.txt").exists()
    for name in ("full", "file"):
        with pytest.raises(UsageError, match="in the way"):
            copied(root, tmp_path / name)
    assert ["kept"] == os.listdir(tmp_path / "full")


def test_a_place_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nowhere"):
        copied(project(tmp_path / "p"), tmp_path / "nowhere" / "copy")


FULL = """
import sys
from pathlib import Path
from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.errors import Unavailable
workspace = GitWorkspace()
try:
    workspace.copy(workspace.checkout(Path(sys.argv[1])), Path(sys.argv[2]) / "copy")
except Unavailable as error:
    print(error, "|", error.hint, "|", [path.name for path in Path(sys.argv[2]).iterdir()])
"""


def test_a_full_disk_leaves_no_half_copy(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"large": "x" * 400_000})
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=256k none "$3" && exec "$0" -c "$1" "$2" "$3"'
    mounted = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    try:
        done = subprocess.run(
            [*mounted, sys.executable, FULL, str(root), str(disk)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if done.returncode and "Traceback" not in done.stderr:
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
    assert f"no space is left on the disk of {disk}/copy | free some space" in done.stdout, done.stderr
    assert done.stdout.strip().endswith("| []")


UNREADABLE = """
import os, sys
from pathlib import Path
from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.errors import UsageError
workspace = GitWorkspace()
Path(sys.argv[3]).chmod(0)
if os.getuid() == 0:
    os.setuid(65534)
try:
    workspace.copy(workspace.checkout(Path(sys.argv[1])), Path(sys.argv[2]))
except UsageError as error:
    print(error, "|", error.hint)
"""


@pytest.mark.parametrize("closed", ["p/closed", "p"])
def test_what_may_not_be_read_is_named(tmp_path: Path, closed: str) -> None:
    write(tmp_path, {"p/a": "", "p/closed": "", "out/x": ""})
    (tmp_path / "out").chmod(0o777)
    if os.getuid() == 0:
        for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent, tmp_path.parent.parent.parent):
            if folder.owner() == "root" and "pytest" in str(folder):
                folder.chmod(folder.stat().st_mode | 0o011)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            UNREADABLE,
            str(tmp_path / "p"),
            str(tmp_path / "out/copy"),
            str(tmp_path / closed),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (tmp_path / closed).chmod(0o755)
    assert f"{tmp_path / closed} cannot be read" in done.stdout, done.stderr
    assert "permission" in done.stdout
    assert not (tmp_path / "out" / "copy").exists()


def test_find_looks_nowhere_but_in_the_copy(tmp_path: Path) -> None:
    copy = copied(project(tmp_path / "p"), tmp_path / "copy")
    write(tmp_path, {"outside/x": ""})
    (copy / "link").symlink_to("../outside")
    write(copy, {"dist/a": "", "dist/b.map": "", "build/lib/c": ""})
    workspace = GitWorkspace()
    assert () == workspace.find(copy, ["link/**", "../outside/**", "a.txt/x", "nowhere/**"])
    assert ("link",) == workspace.find(copy, ["lin?"])
    assert ("build/lib/c", "dist/a") == workspace.find(copy, ["dist/**", "build", "dist/a", "!**/*.map"])
    assert ("a.txt", "build/lib/c", "dist/a", "dist/b.map", "link", "src/b.py") == workspace.find(
        copy, ["**"]
    )
