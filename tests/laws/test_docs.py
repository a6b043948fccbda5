"""The pages that are made from the code are current, and every command is on them."""

from __future__ import annotations

import argparse
import importlib
import re

import pytest
from docs.generate import DOCS, PAGES, command_line, main

from autonomous_cicd.cli.main import COMMANDS
from autonomous_cicd.rules.kept import KEPT

pytestmark = pytest.mark.no_cover  # the pages are made of all rules, which are read and proven for them


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_current(name: str) -> None:
    assert PAGES[name]() == (DOCS / name).read_text(encoding="utf-8"), "write it anew: ./run docs"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_of_a_text_is_taken_for_the_border_of_a_cell(name: str) -> None:
    head = ""
    for line in PAGES[name]().splitlines():
        head = (head or line) if line.startswith("|") else ""
        assert borders(head) == borders(line if head else ""), line


def borders(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_module_and_its_section(name: str) -> None:
    module = importlib.import_module(f"autonomous_cicd.cli.{name}")
    assert callable(module.execute)
    assert f"\n## {name}\n" in command_line()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained(name: str) -> None:
    parser = argparse.ArgumentParser(name)
    importlib.import_module(f"autonomous_cicd.cli.{name}").configure(parser)
    assert [] == [action.dest for action in parser._actions if not action.help and action.dest != "action"]


def test_all_pages_are_written(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """They are current already, so nothing changes."""
    monkeypatch.setattr("docs.generate.kept_text", lambda: KEPT.read_text("utf-8"))  # it is tested elsewhere
    main()
    made = [f"docs/{name}" for name in PAGES]
    assert [*made, "src/autonomous_cicd/rules/kept.jsonl"] == capsys.readouterr().out.split()
