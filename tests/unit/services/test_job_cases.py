"""What a hosted runner does with a job, case by case."""

from pathlib import Path
from typing import Any

import pytest
from tests.jobs import cases, check, run_case

CASES = cases(Path(__file__).parents[2] / "cases" / "jobs")


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_a_job_goes_as_on_a_hosted_runner(name: str, case: dict[str, Any], tmp_path: Path) -> None:
    check(run_case(case, tmp_path), case.get("expect", {}))
