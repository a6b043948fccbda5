"""The clinic of a run: what changed is looked up once, and whatever goes wrong with that, the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autonomous_cicd.adapters.memory_store import MemoryStore
from autonomous_cicd.clinic import HURRY, RULES, Clinic, OfRun
from autonomous_cicd.domain.change import Change, Changes, Kind
from autonomous_cicd.errors import Unavailable, UsageError
from autonomous_cicd.settings.load import load

LOG = b"ModuleNotFoundError: No module named 'requests'\n"
CHANGES = Changes(files=(Change("pyproject.toml", Kind.CHANGED),))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for all of this file."""
    return tmp_path_factory.mktemp("home")


def clinic(
    home: Path, changed: Callable[[str, float], Changes | None] = lambda since, seconds: None
) -> Clinic:
    settings = load(None, environment={"HOME": str(home), "AUTONOMOUS_CICD_STATE_DIR": str(home)})
    store = MemoryStore()
    return Clinic(
        settings,
        home,
        hidden=(),
        knowledge=lambda: store.knowledge,
        now=lambda: 0.0,
        agent=lambda: None,
        changed=changed,
    )


def of_run(home: Path, changed: Callable[[str, float], Changes | None]) -> OfRun:
    return OfRun(clinic(home, changed))


def test_a_hundred_projects_do_not_need_a_hundred_times_the_memory(tmp_path: Path) -> None:
    """What scans for our rules is large: those without rules of their own share it."""
    one, other, own = (tmp_path / name for name in ("one", "other", "own"))
    (own / RULES).mkdir(parents=True)
    (own / RULES / "mine.toml").write_text(
        '[[rule]]\nid = "oil"\npattern = "the frobnicator is out of oil"\ncategory = "environment"\n'
        'severity = "high"\nconfidence = 0.9\ncause = "no oil"\nmatch = ["the frobnicator is out of oil"]\n'
    )
    books = [clinic(place)._book for place in (one, other, own)]
    assert books[0] is books[1] is not books[2]
    assert len(books[0].rules) + 1 == len(books[2].rules)


def test_what_changed_since_the_last_green_run_is_looked_up_once_and_named(home: Path) -> None:
    asked: list[tuple[str, float]] = []

    def changed(since: str, seconds: float) -> Changes:
        asked.append((since, seconds))
        return CHANGES

    diagnose = of_run(home, changed)
    for _ in range(2):
        (found,) = diagnose(LOG, "test", True)
        assert ("pyproject.toml (manifest; changed, not committed)",) == found.suspects
    assert [("", HURRY)] == asked


def test_while_a_task_runs_nobody_asks_what_changed(home: Path) -> None:
    def changed(since: str, seconds: float) -> Changes:
        raise AssertionError

    (found,) = of_run(home, changed)(LOG, "test", False)
    assert () == found.suspects


@pytest.mark.parametrize("error", [Unavailable("git took too long"), UsageError("odd"), OSError("gone")])
def test_whatever_is_wrong_with_a_checkout_the_cause_is_told(home: Path, error: Exception) -> None:
    def changed(since: str, seconds: float) -> Changes:
        raise error

    (found,) = of_run(home, changed)(LOG, "test", True)
    assert ("dependency_missing", ()) == (found.category, found.suspects)
