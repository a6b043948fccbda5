"""Git beside everything else that goes on: it is nobody's stray, and leaves nothing with us."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from tests.checkouts import write

from autonomous_cicd.adapters.descendants import adopt
from autonomous_cicd.adapters.git_safely import GitRefused, Repository
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Execution


def repository(folder: Path, script: str, *, timeout: float = 30.0) -> Repository:
    """Return one about which this script is asked instead of git."""
    write(folder, {"bin/git": f"#!/bin/sh\n{script}\n"})
    (folder / "bin/git").chmod(0o755)
    return Repository(str(folder), f"{folder}/bin:/usr/bin:/bin", timeout)


def dead() -> list[str]:
    """Return the children of ours that nobody has taken leave of."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    found = []
    for one in children:
        try:
            state = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        found += [one] if state == "Z" else []
    return found


def orphans(before: list[str]) -> list[str]:
    return [one for one in dead() if one not in before]


@pytest.mark.parametrize("ends", ["exit 1", "exec sleep 60"])
def test_what_git_leaves_behind_does_not_stay_dead(tmp_path: Path, ends: str) -> None:
    adopt()
    before = dead()
    hasty = repository(tmp_path, f"sleep 0.3 >/dev/null 2>&1 &\n{ends}", timeout=0.5)
    with pytest.raises((GitRefused, Unavailable)):
        hasty.ask("status")
    time.sleep(0.5)
    assert ["on"] == repository(tmp_path / "other", "printf on").ask("status")
    assert [] == orphans(before)


async def test_git_lives_on_when_an_execution_ends_that_began_before(tmp_path: Path) -> None:
    execution = Execution(argv=("/bin/sleep", "0.8"), cwd=tmp_path, env={"PATH": os.defpath})
    begun = asyncio.create_task(ProcessRunner().run(execution, lambda said: None))
    await asyncio.sleep(0.3)
    slow = repository(tmp_path, "sleep 2 & wait\nprintf on")
    asked = asyncio.create_task(asyncio.to_thread(slow.ask, "status"))
    assert 0 == (await begun).exit_code
    assert ["on"] == await asked
