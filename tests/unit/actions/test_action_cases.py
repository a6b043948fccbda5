"""What the actions do to a job, case by case."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.jobs import cases, check, run_case, shells

from autonomous_cicd.domain.machine import Interpreter, Machine

CASES = cases(Path(__file__).parents[2] / "cases" / "actions")
FULL = ".".join(map(str, sys.version_info[:3]))
MINOR = ".".join(map(str, sys.version_info[:2]))
BASE = str(Path(sys.base_prefix) / "bin" / f"python{MINOR}")
NODE = Interpreter(language="node", version="20.1.0", path="/bin/sh")


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_an_action_does_what_it_does_at_the_host(
    name: str, case: dict[str, Any], tmp_path: Path, pythons: Path
) -> None:
    whole = json.loads(json.dumps(case).replace("@minor", MINOR).replace("@full", FULL))
    own = Interpreter(language="python", version=FULL, path=BASE)
    machine = Machine(programs=shells(), interpreters=(own,) if name.startswith("python:") else ())
    if name.startswith("node:"):
        machine = Machine(programs={**shells(), "npm": "npm"}, interpreters=(own, NODE))
    check(run_case(whole, tmp_path, machine, pythons), whole.get("expect", {}))
