"""What changed since the last green run, as far as there was one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.runs import a_run

from autonomous_cicd.adapters.memory import MemoryHistory
from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.domain.change import Changes, Commit
from autonomous_cicd.domain.run import RunStatus
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.since_green import since_green

COMMITS = {
    Commit(id="1" * 40, subject="One"): {"a": "1"},
    Commit(id="2" * 40, subject="Two"): {"a": "1", "b": "2"},
    Commit(id="3" * 40, subject="Three"): {"a": "3", "b": "2"},
}
WORKTREE = {"a": "3", "b": "2", "c": "4"}


def changes(*runs: dict[str, Any], since: str = "", root: Path = Path("/project")) -> Changes | None:
    store = MemoryStore()
    for number, values in enumerate(runs):
        store.save_run(a_run(id=f"r{number}", started=float(number), **{"project": str(root), **values}))
    return since_green(store, MemoryHistory(COMMITS, WORKTREE), root, since)


def files(*runs: dict[str, Any], since: str = "") -> str:
    found = changes(*runs, since=since)
    return "" if found is None else " ".join(one.file for one in found.files)


def test_counts_from_the_newest_green_run() -> None:
    red = {"commit": "3" * 40, "status": RunStatus.FAILED}
    assert "a b c" == files({"commit": "1" * 40}, red)
    assert "a c" == files({"commit": "1" * 40}, {"commit": "2" * 40}, red)


def test_what_was_green_with_uncommitted_work_was_another_state() -> None:
    assert "a b c" == files({"commit": "1" * 40}, {"commit": "2" * 40, "dirty": True})


def test_the_named_commit_counts_before_any_run() -> None:
    assert "a b c" == files({"commit": "2" * 40}, since="1111111")
    found = changes(since="1111111")
    assert found and ["Three", "Two"] == [one.subject for one in found.commits]


@pytest.mark.parametrize(
    "run",
    [
        {"commit": ""},
        {"commit": "9" * 40},
        {"commit": "1" * 40, "status": RunStatus.FAILED},
        {"commit": "1" * 40, "project": "/elsewhere"},
    ],
)
def test_nothing_is_known_without_such_a_run(run: dict[str, Any]) -> None:
    assert changes(run) is None


def test_a_named_commit_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match="--since 999: there is no commit"):
        changes(since="999")
