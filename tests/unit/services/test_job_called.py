"""Jobs of called workflows: what the caller gives them, wants of them and gets back."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.jobs import Given, world_of

from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.domain.pipeline import ordered
from autonomous_cicd.domain.run import TaskResult
from autonomous_cicd.services.deferred import expand_deferred
from autonomous_cicd.services.interpret import interpret
from autonomous_cicd.services.job import run_job

ROOT = Path(__file__).parents[3]
CASES = yaml.safe_load((ROOT / "tests/cases/jobs/called/calls.yml").read_text(encoding="utf-8"))


async def carry_out(files: Mapping[str, str], folder: Path) -> tuple[dict[str, TaskResult], list[str]]:
    """Carry out all jobs of a project's workflows; return the results, and what they printed."""
    printed: list[bytes] = []
    runner = ProcessRunner(grace=0.2)
    given = Given(folder=folder, files=files)
    world = world_of(given, runner=runner, say=printed.append)
    planned = interpret(world.files, checkout=world.checkout, machine=world.machine)
    results: dict[str, TaskResult] = {}
    try:
        for task in ordered(planned.tasks):
            plan = task.job
            parts = expand_deferred(task, results) if plan and plan.deferred else (task,)
            for part in parts:
                here = replace(world, folder=folder / f"job{len(results)}", needs=dict(results))
                results[part.name] = await run_job(part, here)
    finally:
        await runner.close()
    return results, b"".join(printed).decode().splitlines()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_call(case: dict[str, Any], tmp_path: Path) -> None:
    files = {f".github/workflows/{name}.yml": text for name, text in case["files"].items()}
    results, lines = asyncio.run(carry_out(files, tmp_path))
    shown = {name: f"{one.status} {one.reason}".strip() for name, one in results.items()}
    assert case["results"] == shown, lines
    assert [] == [text for text in case.get("prints", ()) if text not in lines], lines
