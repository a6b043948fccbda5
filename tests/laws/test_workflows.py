"""Our own workflows, and the action that others use, are as safe as those that we write for others."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.laws.sources import ROOT

from autonomous_cicd.services.setup_files import ANALYZER, analyzer

FILES = [*sorted((ROOT / ".github/workflows").glob("*.yml")), ROOT / "action.yml"]


@pytest.mark.parametrize("persona", ["regular", "auditor"])
def test_zizmor_finds_nothing(persona: str) -> None:
    words = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-config", "--format", "json"]
    words += ["--persona", persona, "--min-severity", "high" if persona == "auditor" else "informational"]
    done = subprocess.run([*words, *map(str, FILES)], capture_output=True, text=True, timeout=60, check=False)
    assert (0, []) == (done.returncode, json.loads(done.stdout)), done.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_actions_are_pinned_by_their_hash(file: Path) -> None:
    uses = [one for one in re.findall(r"uses: (.*)", file.read_text()) if not one.startswith("$/")]
    assert [] == [one for one in uses if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)]


def test_the_script_here_is_the_one_that_others_get() -> None:
    assert analyzer() == (ROOT / ANALYZER).read_text()
