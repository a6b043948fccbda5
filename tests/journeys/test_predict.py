"""What a project is told of the run to come, and of what changed since the last green one."""

from __future__ import annotations

import json

import pytest
from tests.checkouts import commit, write
from tests.journeys.conftest import Sample, Tool


@pytest.mark.slow
def test_what_changed_since_green_is_suspected(tool: Tool, sample: Sample) -> None:
    root = sample({"test": {"command": "cat src/b.py; ! grep -q BUG src/b.py"}})
    tool.report(root)
    write(root, {"src/b.py": "b = BUG\n", "README.md": "Hello\n"})
    changed = commit(root, "Bring in a bug")
    log = tool.home / "test.log"
    log.write_text('Traceback (most recent call last):\n  File "src/b.py", line 1, in b\nNameError: BUG\n')
    done = tool("diagnose", "--repo", root, "--json", "-", log)
    assert 1 == done.returncode
    (failure,) = json.loads(done.stdout)["failures"]
    assert [f'src/b.py (named by the traceback; changed in {changed[:7]} "Bring in a bug")'] == failure[
        "suspects"
    ]
    assert "Since the last green run this changed: src/b.py" in failure["explanation"]
    assert 2 == tool("diagnose", "--repo", root, "--since", "nothing", log).returncode


def test_with_few_runs_no_more_is_told_than_is_known(tool: Tool, sample: Sample) -> None:
    root = sample(
        {"test": {"command": f'test -e "{tool.home}/fine" || (touch "{tool.home}/fine"; false)'}},
        pipeline={"cache": False},
    )
    assert "no prediction: there is no run yet\n" == tool("predict", root).stdout
    tool.report(root, code=1)
    tool.report(root)
    said, flaky = tool("predict", root).stdout.split("\n\n")
    assert "no prediction: 2 runs are known, and whether it is any good can be told from 20 on" == said
    assert flaky.startswith("test is flaky: between ")
    assert flaky.endswith("(1 of 2 runs on commits on which it also passed)\n")
    found = json.loads(tool("predict", "--json", root).stdout)
    assert [("test", None, 1)] == [
        (one["name"], one["probability"], one["flaky"]["failed"]) for one in found["tasks"]
    ]
