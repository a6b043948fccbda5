"""Checkouts that want something to be executed, or written where it should not be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project, snapshot, write

from autonomous_cicd.adapters.git import GitWorkspace
from autonomous_cicd.errors import UsageError

HOOKS = ("post-checkout", "post-index-change", "pre-commit", "reference-transaction", "fsmonitor-watchman")


def trap(tmp_path: Path) -> Path:
    """Make a program that leaves a mark when it is started."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    program.chmod(0o755)
    return program


def hostile(tmp_path: Path, settings: dict[str, str]) -> Path:
    """Make a checkout with such settings, in which every file wants to be filtered."""
    root = project(tmp_path / "p", {"a.txt": "a\n", "b.txt": "b\n", "c.txt": "c\n"})
    write(root, {".gitattributes": "* filter=x diff=x merge=x text ident\n"})
    commit(root)
    for key, value in settings.items():
        git(root, "config", "--file", ".git/config", key, value)
    write(root, {"a.txt": "A\n", "b.txt": "b\n", "new": ""})
    os.utime(root / "c.txt", (1, 1))
    return root


def everything(root: Path, to: Path) -> None:
    workspace = GitWorkspace()
    checkout = workspace.checkout(root)
    workspace.hashes(checkout)
    workspace.copy(checkout, to)


@pytest.mark.parametrize(
    "key",
    [
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "diff.x.textconv",
        "diff.x.command",
        "diff.external",
        "merge.x.driver",
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.alternateRefsCommand",
        "core.gitProxy",
        "credential.helper",
        "gpg.program",
        "sequence.editor",
        "uploadpack.packObjectsHook",
        "pager.status",
        "pager.config",
    ],
)
def test_nothing_that_the_configuration_names_is_started(tmp_path: Path, key: str) -> None:
    root = hostile(tmp_path, {key: str(trap(tmp_path)), "filter.x.required": "true"})
    before = snapshot(root)
    everything(root, tmp_path / "copy")
    git(tmp_path / "copy", "status")
    assert not (tmp_path / "sprung").exists()
    assert before == snapshot(root)


def test_the_trap_works(tmp_path: Path) -> None:
    root = hostile(tmp_path, {"filter.x.clean": str(trap(tmp_path))})
    git(root, "status")
    assert (tmp_path / "sprung").exists()


@pytest.mark.parametrize("name", ["a=b", 'quo"te', "with.dots", "UPPER"])
def test_filters_of_any_name_are_off(tmp_path: Path, name: str) -> None:
    root = hostile(tmp_path, {})
    write(root, {".gitattributes": f"* filter={name}\n"})
    quoted = name.replace('"', '\\"')
    with (root / ".git" / "config").open("a") as config:
        config.write(f'[filter "{quoted}"]\n\tclean = {trap(tmp_path)}\n\trequired = true\n')
    everything(root, tmp_path / "copy")
    assert not (tmp_path / "sprung").exists()


def test_included_configuration_is_seen(tmp_path: Path) -> None:
    root = hostile(tmp_path, {"include.path": "../evil", "includeIf.onbranch:main.path": "../worse"})
    program = trap(tmp_path)
    write(root, {"evil": f'[filter "x"]\nclean = {program}\n'})
    write(root, {"worse": f'[filter "x"]\nprocess = {program}\n[core]\nfsmonitor = {program}\n'})
    everything(root, tmp_path / "copy")
    assert not (tmp_path / "sprung").exists()


def test_hooks_are_not_run_and_not_copied(tmp_path: Path) -> None:
    root = hostile(tmp_path, {"core.hooksPath": "hooks"})
    for folder in (root / ".git" / "hooks", root / "hooks"):
        folder.mkdir(exist_ok=True)
        for name in HOOKS:
            (folder / name).write_bytes(trap(tmp_path).read_bytes())
            (folder / name).chmod(0o755)
    everything(root, tmp_path / "copy")
    assert not (tmp_path / "sprung").exists()
    assert not (tmp_path / "copy" / ".git" / "hooks").exists()
    assert "hooksPath" not in (tmp_path / "copy" / ".git" / "config").read_text()


def test_an_alias_does_not_replace_a_command(tmp_path: Path) -> None:
    names = ("status", "config", "ls-files", "ls-tree", "for-each-ref")
    root = hostile(tmp_path, {f"alias.{name}": f"!{trap(tmp_path)}" for name in names})
    everything(root, tmp_path / "copy")
    assert not (tmp_path / "sprung").exists()


def test_missing_objects_are_not_fetched(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    git(source, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=tree:0", source.as_uri(), "p")
    root = tmp_path / "p"
    git(root, "config", "protocol.ext.allow", "always")
    git(root, "config", "remote.origin.uploadpack", str(trap(tmp_path)))
    git(root, "config", "remote.origin.url", f"ext::{trap(tmp_path)}")
    with pytest.raises(UsageError, match="cannot read the repository"):
        everything(root, tmp_path / "copy")
    assert not (tmp_path / "sprung").exists()
    assert not (tmp_path / "copy").exists()


def test_a_submodule_is_not_asked(tmp_path: Path) -> None:
    library = project(tmp_path / "library")
    root = project(tmp_path / "p")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "lib")
    commit(root)
    for key in ("core.fsmonitor", "filter.x.clean"):
        git(root / "lib", "config", key, str(trap(tmp_path)))
    write(root / "lib", {".gitattributes": "* filter=x", "a.txt": "changed"})
    git(root, "config", "submodule.recurse", "true")
    git(root, "config", "status.submoduleSummary", "true")
    everything(root, tmp_path / "copy")
    assert not (tmp_path / "sprung").exists()


def test_another_working_tree_in_the_configuration_is_not_believed(tmp_path: Path) -> None:
    secret = tmp_path / "home"
    write(secret, {"private": "key"})
    root = project(tmp_path / "p")
    git(root, "config", "core.worktree", str(secret))
    assert ("a.txt", "src/b.py") == GitWorkspace().checkout(root).files
    everything(root, tmp_path / "copy")
    assert not (tmp_path / "copy" / "private").exists()


def test_a_bare_repository_among_the_files_is_not_used(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    git(root, "init", "-q", "--bare", "embedded")
    git(root / "embedded", "config", "core.fsmonitor", str(trap(tmp_path)))
    git(root / "embedded", "config", "core.worktree", "..")
    everything(root, tmp_path / "copy")
    with pytest.raises(UsageError, match="bare"):
        everything(root / "embedded", tmp_path / "other")
    assert not (tmp_path / "sprung").exists()


def test_too_many_filters_are_refused(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    with (root / ".git" / "config").open("a") as config:
        config.writelines(f'[filter "f{number}"]\nclean = cat\n' for number in range(201))
    with pytest.raises(UsageError, match="201 filters"):
        GitWorkspace().checkout(root)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_checkout_of_another_owner_can_be_read(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    for folder, folders, files in os.walk(root):
        for name in (".", *folders, *files):
            os.chown(os.path.join(folder, name), 65534, 65534)
    before = snapshot(root)
    everything(root, tmp_path / "copy")
    assert "" == git(tmp_path / "copy", "status", "--porcelain")
    assert before == snapshot(root)


def test_what_git_complains_about_is_harmless_to_show(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    with (root / ".git" / "config").open("a") as config:
        config.write("[core]\n\tbare = \x1b[31mred\n")
    with pytest.raises(UsageError, match="red") as caught:
        GitWorkspace().checkout(root)
    assert "\x1b" not in str(caught.value)


def test_a_pipe_in_place_of_a_file_does_not_stop_the_copy(tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    workspace = GitWorkspace()
    checkout = workspace.checkout(root)
    (root / "a.txt").unlink()
    os.mkfifo(root / "a.txt")
    assert ("a.txt",) == workspace.copy(checkout, tmp_path / "copy")
    assert not (tmp_path / "copy" / "a.txt").exists()
