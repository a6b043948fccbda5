"""What git tells of a checkout: with any name, below a folder, bounded, and without starting anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, snapshot, write

from autonomous_cicd.adapters.history import GitHistory
from autonomous_cicd.domain.change import MOST_COMMITS, MOST_FILES, Change, Kind
from autonomous_cicd.errors import NotFound, UsageError

STRANGE = [
    "-rf",
    "new\nline",
    "tab\t",
    'quo"te',
    "back\\slash",
    "a b",
    "é",
    "*",
    f"{'a' * 40} 1 forged",
    "\n",
]


def test_files_of_any_name_are_told(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    begin = git(root, "rev-parse", "HEAD")
    write(root, {f"{number}/{name}": "x" for number, name in enumerate(STRANGE)})
    write(root, dict.fromkeys(STRANGE, "x"))
    commit(root)
    expected = sorted([*STRANGE, *(f"{number}/{name}" for number, name in enumerate(STRANGE))])
    changes = GitHistory().between(root, begin)
    assert expected == [one.file for one in changes.files]
    assert [expected] == [sorted(one.files) for one in changes.commits]
    assert [frozenset(expected)] == GitHistory().files(root, [(begin, "HEAD")])
    write(root, dict.fromkeys(STRANGE, "y"))
    assert sorted(STRANGE) == [one.file for one in GitHistory().uncommitted(root).files]


def test_below_a_folder_only_its_own_files_are_told(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"a.txt": "a", "shop/b.py": "", "shop2/c.py": ""})
    begin = git(root, "rev-parse", "HEAD")
    write(root, {"a.txt": "b", "shop/b.py": "b", "shop2/c.py": "c"})
    commit(root)
    write(root, {"a.txt": "c", "shop/b.py": "c"})
    changes = GitHistory().between(root / "shop", begin)
    assert (Change("b.py"),) == changes.files
    assert ("b.py",) == changes.commits[0].files
    assert (Change("b.py"),) == GitHistory().uncommitted(root / "shop").files


def test_renamed_files_are_removed_and_added(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"a.txt": "a" * 100})
    begin = git(root, "rev-parse", "HEAD")
    git(root, "mv", "a.txt", "b.txt")
    expected = (Change("a.txt", Kind.REMOVED), Change("b.txt", Kind.ADDED))
    assert expected == GitHistory().uncommitted(root).files
    commit(root)
    assert expected == GitHistory().between(root, begin).files


def test_the_way_of_a_merge_has_the_commits_of_both_sides(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    begin = git(root, "rev-parse", "HEAD")
    git(root, "switch", "-q", "-c", "side")
    write(root, {"side": "s"})
    commit(root, "Side")
    git(root, "switch", "-q", "main")
    write(root, {"main": "m"})
    commit(root, "Main")
    git(root, "merge", "-q", "--no-edit", "side")
    commits = GitHistory().between(root, begin).commits
    assert {"Side", "Main", "Merge branch 'side'"} == {one.subject for one in commits}
    assert [()] == [one.files for one in commits if one.subject.startswith("Merge")]


def test_what_is_told_is_bounded(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    begin = git(root, "rev-parse", "HEAD")
    for number in range(MOST_COMMITS + 2):
        git(root, "commit", "-q", "--allow-empty", "-m", f"Change {number}")
    write(root, {f"many/{number}": "" for number in range(MOST_FILES + 5)})
    assert MOST_FILES == len(GitHistory().uncommitted(root).files)
    commit(root, "Many")
    changes = GitHistory().between(root, begin)
    assert (MOST_FILES, MOST_COMMITS) == (len(changes.files), len(changes.commits))
    assert MOST_FILES == len(changes.commits[0].files)


def test_a_folder_without_a_repository_or_commit_has_no_history(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="no git repository"):
        GitHistory().between(tmp_path / "plain", "HEAD")
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    with pytest.raises(NotFound, match="no commit 'HEAD'"):
        GitHistory().between(empty, "HEAD")
    assert () == GitHistory().uncommitted(empty).files


@pytest.mark.parametrize(
    "key",
    [
        *("filter.x.clean", "filter.x.process", "diff.x.textconv", "diff.x.command", "diff.external"),
        *("core.fsmonitor", "core.pager", "gpg.program", "gpg.ssh.program", "pager.log", "pager.diff-tree"),
        *("alias.log", "alias.diff-tree", "alias.cat-file", "core.sshCommand", "credential.helper"),
    ],
)
def test_nothing_that_the_configuration_names_is_started(tmp_path: Path, key: str) -> None:
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    program.chmod(0o755)
    root = project(tmp_path / "p")
    begin = git(root, "rev-parse", "HEAD")
    write(root, {".gitattributes": "* filter=x diff=x merge=x\n", "a.txt": "b\n"})
    commit(root)
    git(root, "config", key, f"!{program}" if key.startswith("alias") else str(program))
    for switch in ("log.showSignature", "core.untrackedCache", "log.mailmap"):
        git(root, "config", "--file", ".git/config", switch, "true")
    write(root, {"a.txt": "c\n"})
    before = snapshot(root)
    GitHistory().between(root, begin)
    GitHistory().uncommitted(root)
    GitHistory().files(root, [(begin, "HEAD")])
    assert not (tmp_path / "sprung").exists()
    assert before == snapshot(root)


def test_missing_objects_are_not_fetched(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    begin = git(source, "rev-parse", "HEAD")
    write(source, {"a.txt": "b"})
    commit(source)
    git(source, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--depth=1", source.as_uri(), "p")
    assert [None] == GitHistory().files(tmp_path / "p", [(begin, "HEAD")])
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=tree:0", source.as_uri(), "q")
    with pytest.raises((NotFound, UsageError)):
        GitHistory().between(tmp_path / "q", begin)
