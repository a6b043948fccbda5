"""Whatever a checkout is like, a run sees it as it is and leaves it bit for bit as it was."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from tests.checkouts import commit, git, project
from tests.journeys.conftest import Sample, Tool, state_of


def test_staged_unstaged_untracked_ignored_and_stashed_work(tool: Tool, sample: Sample) -> None:
    root = sample(
        {"see": "cat a.txt staged.txt untracked.txt && test ! -e ignored.txt && git status --short"},
        {".gitignore": "ignored.txt\n", "stashed.txt": "before\n"},
    )
    (root / "stashed.txt").write_text("after\n")
    git(root, "stash")
    (root / "a.txt").write_text("first\n")
    git(root, "add", "a.txt")
    (root / "a.txt").write_text("second\n")
    (root / "staged.txt").write_text("staged\n")
    git(root, "add", "staged.txt")
    (root / "untracked.txt").write_text("untracked\n")
    (root / "ignored.txt").write_text("ignored\n")
    (root / "src/b.py").unlink()
    before = state_of(root)
    report = tool.report(root)
    assert report["dirty"]
    assert before == state_of(root)
    assert tool("logs", "last", "see").stdout.startswith("second\nstaged\nuntracked\n")


def test_a_task_may_do_what_it_likes_to_its_copy(tool: Tool, sample: Sample) -> None:
    spoil = "rm -rf src .git a.txt; mkdir a.txt; chmod -R 0 a.txt; ln -s / root; chmod 0 .autonomous-cicd.yml"
    root = sample(
        {
            "spoil": spoil,
            "git": {
                "command": "git -c user.name=A -c user.email=a@example.org commit -qam x --allow-empty",
                "workspace": "w",
            },
        }
    )
    before = state_of(root)
    tool.report(root)
    assert before == state_of(root)
    assert [] == os.listdir(tool.state / "runs")


def test_two_runs_at_once_on_one_checkout(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    """Each waits for the other one, so that they do run at once."""
    script = f"touch {tmp_path}/$PPID; while [ $(ls {tmp_path}/[0-9]* | wc -l) -lt 2 ]; do sleep 0.05; done"
    root = sample({"meet": {"command": script, "inputs": ["src/**"], "timeout_minutes": 0.5}})
    before = state_of(root)
    both = [tool.start("run", root) for _ in range(2)]
    assert [0, 0] == [one.wait(60) for one in both]
    assert before == state_of(root)
    assert 2 == sum(
        "main@" in line and "passed" in line for line in tool("runs", "--all").stdout.splitlines()
    )


def test_a_checkout_that_cannot_be_written(tool: Tool, sample: Sample) -> None:
    root = sample({"write": "echo x > new.txt && cat new.txt"})
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    before = state_of(root)
    try:
        tool.report(root)
        assert before == state_of(root)
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_links_that_lead_out_of_the_tree(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    """A link is copied as a link; what it leads to is neither copied nor written by us."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("precious\n")
    root = sample({"see": {"command": "test -L out && test -L dangling && test -L loop", "inputs": ["**"]}})
    (root / "out").symlink_to(outside)
    (root / "dangling").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    commit(root)
    before, precious = state_of(root), state_of(outside)
    for _ in range(2):
        tool.report(root)
    assert (before, precious) == (state_of(root), state_of(outside))


NAMES = ["-rf", "--help", "new\nline", "tab\tquote'\"", "sp ace", "é", "$(touch pwned)", ":(exclude)*", "*"]


def test_names_with_newlines_dashes_and_worse(tool: Tool, sample: Sample) -> None:
    root = sample({"count": {"command": "ls -1b | grep -c .", "inputs": ["**"], "outputs": ["*"]}})
    for name in NAMES:
        (root / name).write_text("x\n")
    (root / os.fsdecode(b"bytes-\xff")).write_text("x\n")
    commit(root)
    before = state_of(root)
    for cached in (False, True):
        assert [cached] == [task["cached"] for task in tool.report(root)["tasks"]]
    assert before == state_of(root)
    assert f"{len(NAMES) + 1 + 2}\n" == tool("logs", "last", "count").stdout


def test_a_folder_inside_a_repository(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    root = project(tmp_path / "mono", {"a.txt": "a\n", "core/x.txt": "x\n"})
    (root / "core/.autonomous-cicd.yml").write_text(
        "autonomous_cicd: {pipeline: {tasks: {see: cat x.txt ../a.txt}}}"
    )
    before = state_of(root)
    assert "passed" == tool.report(root / "core")["status"]
    assert before == state_of(root)


def test_files_of_the_run_are_readable_by_their_owner_only(tool: Tool, sample: Sample) -> None:
    tool.report(sample({"a": "true"}))
    for name in (".", "runs", "store.db"):
        mode = stat.S_IMODE((tool.state / name).stat().st_mode)
        assert 0 == mode & 0o077, name


def test_hooks_and_filters_of_the_checkout_are_never_started(
    tool: Tool, sample: Sample, tmp_path: Path
) -> None:
    root = sample({"a": "git log --oneline"}, {".gitattributes": "*.txt filter=evil\n"})
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\ncat\n")
    evil.chmod(0o755)
    for key in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "core.fsmonitor",
        "core.sshCommand",
        "diff.external",
    ):
        git(root, "config", key, str(evil))
    for hook in ("post-checkout", "post-index-change", "pre-commit", "reference-transaction"):
        (root / ".git/hooks").mkdir(exist_ok=True)
        (root / ".git/hooks" / hook).symlink_to(evil)
    (root / "a.txt").write_text("changed\n")
    before = state_of(root)
    tool.report(root)
    assert before == state_of(root)
    assert not (tmp_path / "pwned").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk(tool: Tool, sample: Sample, tmp_path: Path) -> None:
    root = sample({"a": "true"}, {"big.bin": "x" * 6_000_000})
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], capture_output=True
    ).returncode:
        pytest.skip("this machine does not let root mount a small disk")
    tool.env = {"AUTONOMOUS_CICD_STATE_DIR": str(disk / "state")}
    before = state_of(root)
    try:
        done = tool("run", root)
        assert before == state_of(root)
        assert done.returncode in (1, 2)
        assert "no space" in done.stdout + done.stderr
    finally:
        subprocess.run(["umount", disk], check=True)
