"""`rules`: lists the rules, proves a project's own, suggests new ones."""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path

import pytest
from tests.failures import a_failure

from autonomous_cicd.app import App
from autonomous_cicd.cli import rules
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.rules.load import text_rules


def run(state: Path, project: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    rules.configure(parser)
    parser.set_defaults(environment={"HOME": str(project), "AUTONOMOUS_CICD_STATE_DIR": str(state)})
    return rules.execute(parser.parse_args([*words, "--repo", str(project)]))


def test_all_rules_are_listed(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(state, tmp_path, "list")
    lines = capsys.readouterr().out.splitlines()
    assert 0 == run(state, tmp_path, "list", "--json")
    found = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in found] == [line.split()[1] for line in lines]
    assert {"id", "category", "confidence", "file"} == set(found[0])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("check",), "the project has no rules of its own\n"),
        (("check", "--json"), "[]\n"),
        (("suggest",), "nothing recurs that no rule knows\n"),
        (("suggest", "--json"), "[]\n"),
    ],
)
def test_where_there_is_nothing_it_says_so(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], expected: str
) -> None:
    assert 0 == run(state, tmp_path, *words)
    assert expected == capsys.readouterr().out


def test_what_recurs_is_suggested_as_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state"
    seen = a_failure("frobnicator 7 is out of oil", category=Category.UNKNOWN, confidence=0.2)
    environment = {"HOME": str(tmp_path), "AUTONOMOUS_CICD_STATE_DIR": str(state)}
    with contextlib.closing(App.open(tmp_path, environment=environment)) as app:
        for _ in range(2):
            app.clinic(tmp_path).remember([seen])
    assert 0 == run(state, tmp_path, "suggest")
    (rule,) = text_rules(capsys.readouterr().out, "own.toml")
    assert ("frobnicator 7 is out of oil",) == rule.match
    assert 0 == run(state, tmp_path, "suggest", "--json")
    (found,) = json.loads(capsys.readouterr().out)
    assert (rule.pattern, 2) == (found["pattern"], found["times"])


@pytest.mark.parametrize("words", [(), ("prove",)])
def test_another_action_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(tmp_path, tmp_path, *words)
    assert 2 == caught.value.code
