"""Guide 5: "Self-Healing System". Quoted; only the import, the project's path, and the error differ."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.checkouts import commit, git
from tests.warm import Warm

from autonomous_cicd import ErrorDetector, SelfHealer

CONFIG = """\
autonomous_cicd:
  pipeline:
    tasks:
      check: ./check.sh
"""


@pytest.fixture(autouse=True)
def rules(tmp_path: Path, warm: Warm) -> None:
    """Have our rules read already."""
    warm(tmp_path / "state")


@pytest.fixture
def broken(sample: Path) -> Path:
    """Return a project whose script has lost its executable bit."""
    (sample / ".autonomous-cicd.yml").write_text(CONFIG)
    (sample / "check.sh").write_text("#!/bin/sh\necho checked\n")
    commit(sample, "Break it")
    return sample


# fmt: off


async def test_self_healing(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error is seen anew, a fix is found and proven, and left as a branch."""
    log = "./check.sh: permission denied\n##[error]Process completed with exit code 126.\n"
    (error_instance,) = await ErrorDetector(project_path=broken).detect_errors(log_content=log)

    # Initialize self-healer
    self_healer = SelfHealer(
        max_healing_attempts=3,
        enable_rollback=True
    )

    # Heal an error
    healing_result = await self_healer.heal_error(
        error_instance=error_instance,
        context={"project_path": str(broken)}
    )

    if healing_result.success:
        print(f"Successfully healed error using {healing_result.strategy}")
    else:
        print(f"Healing failed: {healing_result.error_message}")

    # fmt: on
    assert "Successfully healed error using configuration_fix\n" == capsys.readouterr().out
    assert "new mode 100755" in healing_result.patch
    assert "check.sh" == git(broken, "diff", "--name-only", "HEAD", healing_result.branch)
    assert "" == git(broken, "status", "--porcelain")


async def test_what_cannot_be_healed_says_why(sample: Path) -> None:
    """And nothing is changed."""
    (sample / "sample.py").write_text("def add(one, two):\n    return 0\n")
    head = commit(sample, "Break it")
    result = await SelfHealer(max_healing_attempts=1, enable_rollback=False).heal_error(
        context={"project_path": sample}
    )
    assert (False, "", "") == (result.success, result.patch, result.branch)
    assert result.error_message
    assert (head, "") == (git(sample, "rev-parse", "HEAD"), git(sample, "status", "--porcelain"))


async def test_a_fix_may_be_applied(broken: Path) -> None:
    """When the context says so."""
    result = await SelfHealer().heal_error(context={"project_path": broken, "apply": True})
    assert (True, "", 0o755) == (
        result.success,
        result.branch,
        (broken / "check.sh").stat().st_mode & 0o777,
    )


async def test_a_green_project_needs_none(sample: Path) -> None:
    """It is run, and that is all."""
    result = await SelfHealer().heal_error(context={"project_path": sample})
    assert (True, "", None) == (result.success, result.error_message, result.healed)
