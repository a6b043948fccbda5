"""Looking at checkouts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, snapshot, write

from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.errors import Unavailable, UsageError
from autonomous_cicd.ports import Checkout

STRANGE = ["-rf", "--help", "new\nline", "tab\t", 'quo"te', "back\\slash", "a b", "é", "*", ":(top)x", "~"]


def look(root: Path) -> Checkout:
    return GitWorkspace().checkout(root)


def test_a_clean_checkout_is_known_whole(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    checkout = look(root)
    assert Checkout(
        root=root,
        repository=True,
        commit=git(root, "rev-parse", "HEAD"),
        branch="main",
        files=("a.txt", "src/b.py"),
        hashes={name: git(root, "rev-parse", f"HEAD:{name}") for name in ("a.txt", "src/b.py")},
        default_branch="main",
        looked=checkout.looked,
    ) == (checkout)
    assert checkout.looked > 0


def test_changed_files_have_no_known_content(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {name: name for name in ("same", "edited", "staged", "gone", "cached")})
    write(root, {"edited": "new", "staged": "new", "untracked": "", ".gitignore": "ignored", "ignored": ""})
    git(root, "add", "staged")
    (root / "gone").unlink()
    git(root, "rm", "-q", "--cached", "cached")
    checkout = look(root)
    assert checkout.dirty
    assert (".gitignore", "cached", "edited", "same", "staged", "untracked") == checkout.files
    assert {"same", "staged"} == set(checkout.hashes)
    assert git(root, "hash-object", "staged") == checkout.hashes["staged"]


def test_the_ids_are_those_of_git(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write(root, {"untracked": "x" * 1000, "large": "y" * 300_000, "empty": ""})
    checkout = look(root)
    expected = {name: git(root, "hash-object", name) for name in checkout.files}
    assert expected == GitWorkspace().hashes(checkout)


def test_programs_and_links_are_told_apart(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"plain": "same", "program": "same"})
    (root / "program").chmod(0o755)
    (root / "link").symlink_to("same")
    before = GitWorkspace().hashes(look(root))
    assert before["plain"] + "x" == before["program"]
    commit(root)
    after = look(root)
    assert before == after.hashes
    assert before == GitWorkspace().hashes(after)


def test_a_lost_mode_changes_the_id(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    before = GitWorkspace().hashes(look(root))
    (root / "a.txt").chmod(0o755)
    assert before["a.txt"] + "x" == GitWorkspace().hashes(look(root))["a.txt"]


def test_an_unmerged_file_is_listed_once_without_content(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "checkout", "-q", "-b", "other")
    write(root, {"a.txt": "theirs\n"})
    commit(root)
    git(root, "checkout", "-q", "main")
    write(root, {"a.txt": "ours\n"})
    commit(root)
    with pytest.raises(AssertionError):
        git(root, "merge", "-q", "other")
    checkout = look(root)
    assert ("a.txt", "src/b.py") == checkout.files
    assert ["src/b.py"] == list(checkout.hashes)


def test_files_git_was_told_to_ignore_are_looked_into(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"assumed": "1", "skipped": "1", "sparse": "1"})
    git(root, "update-index", "--assume-unchanged", "assumed")
    git(root, "update-index", "--skip-worktree", "skipped", "sparse")
    write(root, {"assumed": "2", "skipped": "2"})
    (root / "sparse").unlink()
    checkout = look(root)
    assert ("assumed", "skipped") == checkout.files
    assert {} == checkout.hashes


def test_no_commits_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--initial-branch", "trunk")
    write(tmp_path, {"a": "", "b": ""})
    git(tmp_path, "add", "a")
    checkout = look(tmp_path)
    assert ("", "trunk", True, ("a", "b")) == (
        checkout.commit,
        checkout.branch,
        checkout.dirty,
        checkout.files,
    )


def test_an_empty_repository_has_no_files(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert () == look(tmp_path).files


def test_detached_head_has_no_branch(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "checkout", "-q", "--detach")
    checkout = look(root)
    assert ("", "main") == (checkout.branch, checkout.default_branch)
    assert git(root, "rev-parse", "HEAD") == checkout.commit


@pytest.mark.parametrize(
    ("branches", "expected"), [(["trunk"], "trunk"), (["topic", "master"], "master"), (["x", "main"], "main")]
)
def test_the_default_branch_without_a_remote(tmp_path: Path, branches: list[str], expected: str) -> None:
    root = project(tmp_path / "p")
    git(root, "branch", "-m", branches[0])
    for name in branches[1:]:
        git(root, "branch", name)
    assert expected == look(root).default_branch


def test_the_default_branch_is_the_one_of_origin(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    git(source, "branch", "-m", "release/next")
    git(tmp_path, "clone", "-q", str(source), "clone")
    git(tmp_path / "clone", "checkout", "-q", "-b", "main")
    checkout = look(tmp_path / "clone")
    assert ("main", "release/next", str(source)) == (
        checkout.branch,
        checkout.default_branch,
        checkout.remote,
    )


def test_the_remote_address_has_no_credentials(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "remote", "add", "origin", "https://ada:s3cret@example.org/o/p.git")
    assert "https://example.org/o/p.git" == look(root).remote


def test_a_folder_in_a_repository_is_looked_at_alone(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"top": "", "a/b/c": "1", "a/b/d/e": "2", "a/bc": "3"})
    checkout = look(root / "a" / "b")
    assert (root / "a" / "b", "a/b", ("c", "d/e")) == (checkout.root, checkout.prefix, checkout.files)
    assert {"c", "d/e"} == set(checkout.hashes)
    assert checkout.hashes == GitWorkspace().hashes(checkout)


def test_an_ignored_folder_in_a_repository_is_a_plain_folder(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {".gitignore": "build/\n"})
    write(root, {"build/x/setup.py": ""})
    checkout = look(root / "build" / "x")
    assert (False, ("setup.py",), "") == (checkout.repository, checkout.files, checkout.prefix)


def test_submodules_and_nested_repositories_are_not_entered(tmp_path: Path) -> None:
    library = project(tmp_path / "library")
    root = project(tmp_path / "p")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "vendor/lib")
    project(root / "nested")
    checkout = look(root)
    assert ("nested", "vendor/lib") == checkout.submodules
    assert (".gitmodules", "a.txt", "src/b.py") == checkout.files


def test_a_submodule_is_a_checkout_of_its_own(tmp_path: Path) -> None:
    library = project(tmp_path / "library")
    root = project(tmp_path / "p")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "lib")
    checkout = look(root / "lib")
    assert (root / "lib", "", True) == (checkout.root, checkout.prefix, checkout.repository)
    assert git(library, "rev-parse", "HEAD") == checkout.commit


def test_a_second_working_tree(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "tree"))
    checkout = look(tmp_path / "tree")
    assert ("topic", ("a.txt", "src/b.py")) == (checkout.branch, checkout.files)


def test_a_shallow_clone(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    commit(source)
    git(tmp_path, "clone", "-q", "--depth", "1", source.as_uri(), "clone")
    assert ("a.txt", "src/b.py") == look(tmp_path / "clone").files


def test_a_repository_with_sha256(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format", "sha256")
    write(tmp_path, {"a": "a"})
    commit(tmp_path)
    write(tmp_path, {"b": "b"})
    checkout = look(tmp_path)
    assert 64 == len(checkout.commit)
    assert {name: git(tmp_path, "hash-object", name) for name in "ab"} == GitWorkspace().hashes(checkout)


def test_strange_names(tmp_path: Path) -> None:
    root = project(tmp_path / "p", dict.fromkeys(STRANGE[::2], "x"))
    write(root, dict.fromkeys(STRANGE[1::2], "x"))
    os.close(os.open(os.fsencode(root) + b"/\xff\xfe", os.O_CREAT | os.O_WRONLY))
    names = [*STRANGE, os.fsdecode(b"\xff\xfe")]
    checkout = look(root)
    assert sorted(names) == list(checkout.files)
    assert set(names) == set(GitWorkspace().hashes(checkout))


def test_a_strange_place(tmp_path: Path) -> None:
    root = project(tmp_path / '-new\nline "quoted" é')
    assert ("a.txt", "src/b.py") == look(root).files
    GitWorkspace().copy(look(root), tmp_path / "copy")
    assert git(root, "log") == git(tmp_path / "copy", "log")


def test_links_are_listed_not_followed(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write(tmp_path, {"outside/secret": ""})
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(".")
    (root / "broken").symlink_to("nowhere")
    expected = ("a.txt", "broken", "loop", "out", "src/b.py")
    assert expected == look(root).files
    commit(root)
    assert expected == look(root).files


def test_a_plain_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        dict.fromkeys(
            ("a", "d/b", "node_modules/x/y", "env/pyvenv.cfg", "env/bin/z", "d/__pycache__/c.pyc", ".tox/t"),
            "",
        ),
    )
    os.mkfifo(tmp_path / "fifo")
    checkout = look(tmp_path)
    assert (False, ("a", "d/b"), "") == (checkout.repository, checkout.files, checkout.commit)


def test_the_folder_may_be_reached_through_a_link(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    (tmp_path / "link").symlink_to("p")
    assert root == look(tmp_path / "link").root


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    write(tmp_path, {"setup.py": ""})
    with pytest.raises(UsageError, match=re.escape(f"{tmp_path}/setup.py is not a folder")):
        look(tmp_path / "setup.py")


def test_a_path_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        look(Path("nul\0"))
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match="cannot be read"):
        look(tmp_path / "loop")


def test_a_bare_repository_has_no_files(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(UsageError, match="bare repository") as caught:
        look(tmp_path / "bare.git")
    assert "clone" in caught.value.hint


@pytest.mark.parametrize("broken", ["empty", "file", "head", "index"])
def test_a_broken_repository_is_named(tmp_path: Path, broken: str) -> None:
    root = project(tmp_path / "p")
    if broken in ("empty", "file"):
        (root / ".git").rename(tmp_path / "away")
    if broken == "empty":
        (root / ".git").mkdir()
    elif broken == "file":
        (root / ".git").write_text("gitdir: /nonexistent\n")
    elif broken == "head":
        (root / ".git" / "HEAD").write_text("nonsense\n")
    else:
        (root / ".git" / "index").write_bytes(b"DIRC" + bytes(100))
    with pytest.raises(UsageError, match=re.escape(str(root))) as caught:
        look(root)
    assert "git" in caught.value.hint


def test_without_git_a_plain_folder_can_be_read(tmp_path: Path) -> None:
    write(tmp_path, {"plain/a": ""})
    workspace = GitWorkspace(path="relative:")
    assert ("a",) == workspace.checkout(tmp_path / "plain").files
    with pytest.raises(Unavailable, match="not installed") as caught:
        workspace.checkout(project(tmp_path / "p"))
    assert "install git" in caught.value.hint


@pytest.mark.parametrize(
    ("program", "message"),
    [("sleep 60", "took longer"), ("exit 0", "too old"), ("printf 'core.hookspath\\n\\0'", "too old")],
)
def test_a_git_that_cannot_be_trusted(tmp_path: Path, program: str, message: str) -> None:
    root = project(tmp_path / "p")
    fake = tmp_path / "bin" / "git"
    write(tmp_path, {"bin/git": f"#!/bin/sh\nexec 2>&-\n{program}\n"})
    fake.chmod(0o755)
    workspace = GitWorkspace(path=f"{tmp_path}/bin:/bin:/usr/bin", timeout=0.5)
    with pytest.raises(Unavailable, match=message):
        workspace.checkout(root)


def test_a_git_that_cannot_be_started(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write(tmp_path, {"bin/git": "neither program nor script"})
    (tmp_path / "bin" / "git").chmod(0o755)
    with pytest.raises(Unavailable, match="cannot be started"):
        GitWorkspace(path=f"{tmp_path}/bin").checkout(root)


def test_the_developers_environment_does_not_matter(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    other = project(tmp_path / "other", {"wrong": ""})
    code = (
        "import sys; from pathlib import Path; from autonomous_cicd.adapters.git import GitWorkspace;"
        "print(GitWorkspace().checkout(Path(sys.argv[1])).files)"
    )
    env = {
        **os.environ,
        "GIT_DIR": f"{other}/.git",
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": "/nowhere",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "('a.txt', 'src/b.py')" == done.stdout.strip()


def test_looking_leaves_no_trace(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {f"d/{number}": "x" for number in range(20)})
    write(root, {"d/1": "changed", "new": "", "d/2": "x"})
    git(root, "add", "d/1")
    before = snapshot(root)
    GitWorkspace().hashes(look(root))
    assert before == snapshot(root)
