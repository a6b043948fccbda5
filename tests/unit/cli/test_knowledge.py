"""`knowledge`: shows what was learned, and takes it from one place to another."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from tests.failures import a_lesson

from autonomous_cicd.cli import knowledge
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.knowledge_file import to_file

LESSONS = [a_lesson(fingerprint="a"), a_lesson(Category.LINT, fingerprint="b"), a_lesson(fingerprint="c")]


def run(state: Path, *words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    knowledge.configure(parser)
    parser.set_defaults(environment={"HOME": str(state), "AUTONOMOUS_CICD_STATE_DIR": str(state)})
    return knowledge.execute(parser.parse_args(list(map(str, words))))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "knowledge.json"
    path.write_text(to_file(LESSONS))
    return path


def test_at_first_nothing_was_learned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(tmp_path / "a", "show")
    assert "0 lessons\n" == capsys.readouterr().out


def test_what_is_imported_is_known_and_counted_once(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for expected in (
        "learned 3 lessons; 0 were known already\n",
        "learned 0 lessons; 3 were known already\n",
    ):
        assert 0 == run(tmp_path / "a", "import", file)
        assert expected == capsys.readouterr().out
    run(tmp_path / "a", "show")
    assert ["3 lessons", "2 network", "1 lint"] == [
        " ".join(line.split()) for line in capsys.readouterr().out.splitlines()
    ]


def test_a_single_lesson_is_told_in_the_singular(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.json").write_text(to_file(LESSONS[:1]))
    for words, expected in (
        (("import", tmp_path / "one.json"), "learned 1 lesson; 0 were known already\n"),
        (("import", tmp_path / "one.json"), "learned 0 lessons; 1 was known already\n"),
        (("export", tmp_path / "out.json"), f"{tmp_path}/out.json: 1 lesson\n"),
    ):
        assert 0 == run(tmp_path / "a", *words)
        assert expected == capsys.readouterr().out
    run(tmp_path / "a", "show")
    assert capsys.readouterr().out.startswith("1 lesson\n")


def test_what_was_learned_goes_from_one_place_to_another(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path / "a", "import", file)
    assert 0 == run(tmp_path / "a", "export", tmp_path / "out.json")
    assert json.loads(file.read_text()) == json.loads((tmp_path / "out.json").read_text())
    capsys.readouterr()
    assert 0 == run(tmp_path / "b", "import", tmp_path / "out.json")
    assert "learned 3 lessons; 0 were known already\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"{}", "is no file of knowledge"),
        (b"nonsense", "bad.json"),
        (b" " * (knowledge.LARGEST + 1), "is larger than 20 MB"),
    ],
)
def test_what_is_no_knowledge_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"bad\.json") as caught:
        run(tmp_path / "a", "import", path)
    assert said in str(caught.value)


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        run(tmp_path / "a", "export", tmp_path / "no/such/folder/x.json")
