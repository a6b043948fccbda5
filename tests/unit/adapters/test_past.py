"""What git tells of the commits that led to a checkout: bounded, and without starting anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, snapshot, write

from autonomous_cicd.adapters.past import GitPast
from autonomous_cicd.domain.patch import Patch, changed_file
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
    f":100644 {'a' * 40} M",
    "\n",
]


def test_files_of_any_name(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write(root, dict.fromkeys(STRANGE, "x"))
    commit(root, "Strange")
    assert Patch.of(changed_file(name, None, "x") for name in STRANGE) == GitPast(root).patch_of("HEAD")
    assert sorted(STRANGE) == sorted(GitPast(root).commits(1)[0].files)


def test_below_a_folder_only_its_own_files(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"a.txt": "a", "shop/b.py": "1", "shop2/c.py": ""})
    write(root, {"a.txt": "b", "shop/b.py": "2", "shop2/c.py": "c"})
    commit(root)
    past = GitPast(root / "shop")
    assert Patch.of([changed_file("b.py", "1", "2")]) == past.patch_of("HEAD")
    assert ("b.py",) == past.commits()[0].files


def test_what_is_no_text_or_too_large_is_left_out(tmp_path: Path) -> None:
    root = project(tmp_path / "p", {"a.txt": "a", "b": "b"})
    (root / "b").write_bytes(b"b\0")
    (root / "latin").write_bytes(b"\xe4")
    (root / "ends").write_bytes(b"x\n\0")
    (root / "large").write_text("x" * (2 * 1024 * 1024 + 1))
    (root / "link").symlink_to("a.txt")
    write(root, {"a.txt": "A", "bom": "\ufeffx"})
    commit(root)
    expected = Patch.of([changed_file("a.txt", "a", "A"), changed_file("bom", None, "x")])
    assert expected == GitPast(root).patch_of("HEAD")


def test_a_merge_is_what_it_brought(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "switch", "-q", "-c", "side")
    write(root, {"side": "s"})
    commit(root, "Side")
    git(root, "switch", "-q", "main")
    write(root, {"main": "m"})
    commit(root, "Main")
    git(root, "merge", "-q", "--no-edit", "side")
    past = GitPast(root)
    assert ["Merge branch 'side'", "Main", "Begin"] == [one.subject for one in past.commits()]
    assert ("side",) == past.commits()[0].files
    assert Patch.of([changed_file("side", None, "s")]) == past.patch_of("HEAD")


def test_a_detached_head_has_a_past(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write(root, {"a.txt": "b\n"})
    commit(root, "Later")
    git(root, "checkout", "-q", "--detach", "HEAD~1")
    assert ["Begin"] == [one.subject for one in GitPast(root).commits()]


def test_of_the_oldest_commit_of_a_shallow_clone_nobody_knows_what_it_changed(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    for number in range(3):
        write(source, {"a.txt": f"{number}\n"})
        commit(source, f"Change {number}")
    git(tmp_path, "clone", "-q", "--depth=2", source.as_uri(), "p")
    past = GitPast(tmp_path / "p")
    assert [("Change 2", ("a.txt",)), ("Change 1", ())] == [
        (one.subject, one.files) for one in past.commits()
    ]
    assert Patch.of([changed_file("a.txt", "1\n", "2\n")]) == past.patch_of("HEAD")
    with pytest.raises(NotFound, match="parent of"):
        past.patch_of("HEAD~1")


def test_missing_objects_are_not_fetched(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    write(source, {"a.txt": "later\n"})
    commit(source)
    git(source, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", source.as_uri(), "p")
    with pytest.raises(NotFound, match="is not there"):
        GitPast(tmp_path / "p").patch_of("HEAD")


def test_without_commits_or_repository_there_is_no_past(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert () == GitPast(tmp_path / "plain").commits()
    with pytest.raises(UsageError, match="no git repository"):
        GitPast(tmp_path / "plain").patch_of("HEAD")
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    assert () == GitPast(empty).commits()
    with pytest.raises(NotFound):
        GitPast(empty).patch_of("HEAD")


@pytest.mark.parametrize(
    "key",
    [
        *(
            "filter.x.clean",
            "filter.x.smudge",
            "diff.x.textconv",
            "diff.x.command",
            "diff.external",
            "gpg.program",
        ),
        *("core.fsmonitor", "core.pager", "pager.log", "pager.diff-tree", "alias.log", "alias.cat-file"),
    ],
)
def test_nothing_that_the_configuration_names_is_started(tmp_path: Path, key: str) -> None:
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    program.chmod(0o755)
    root = project(tmp_path / "p")
    write(root, {".gitattributes": "* filter=x diff=x merge=x\n", "a.txt": "b\n"})
    commit(root)
    git(root, "config", key, f"!{program}" if key.startswith("alias") else str(program))
    for switch in ("log.showSignature", "core.untrackedCache", "log.mailmap"):
        git(root, "config", "--file", ".git/config", switch, "true")
    before = snapshot(root)
    past = GitPast(root)
    assert ["a.txt"] == [one for one in past.patch_of(past.commits()[0].id).files if one == "a.txt"]
    assert not (tmp_path / "sprung").exists()
    assert before == snapshot(root)


def test_what_a_commit_says_below_its_subject_is_told(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    for number, message in enumerate(
        ("One\n\nIt is meant.\n\nSigned-off-by: A", "Two", "Three\n\nAnd\nso on")
    ):
        write(root, {"a.txt": f"{number}\n", "b.txt": f"{number}\n"})
        commit(root, message)
    git(root, "commit", "-q", "--allow-empty", "-m", "Four", "-m", "Without files.")
    found = [(one.subject, one.body, one.files) for one in GitPast(root).commits(4)]
    both = ("a.txt", "b.txt")
    assert [
        ("Four", "Without files.", ()),
        ("Three", "And\nso on", both),
        ("Two", "", both),
        ("One", "It is meant.\n\nSigned-off-by: A", both),
    ] == found
