from pathlib import Path

import pytest

from autonomous_cicd.services.job_files import StepFiles, parse_lines, parse_pairs

PAIRS = {
    "": (),
    "a=1\nb=2\n": (("a", "1"), ("b", "2")),
    "a=1=2": (("a", "1=2"),),
    "a=": (("a", ""),),
    "a=x<<y": (("a", "x<<y"),),
    "a<<EOF\none\ntwo\nEOF\nb=3": (("a", "one\ntwo"), ("b", "3")),
    "a<<EOF\nEOF": (("a", ""),),
    "a<<EOF\n\nEOF": (("a", ""),),
    "a<<EOF\nx=1\nb<<EOF\nEOF": (("a", "x=1\nb<<EOF"),),
    "a<<E=F\nx\nE=F": (("a", "x"),),
    "a=1\r\nb<<EOF\r\nx\r\ny\r\nEOF\r\n": (("a", "1"), ("b", "x\r\ny")),
    "\n\na=1\n\n": (("a", "1"),),
}
WRONG = {
    "word": "Invalid format 'word'",
    "=1": "Invalid format '=1'. Name must not be empty",
    "<<EOF\nx\nEOF": "Invalid format '<<EOF'. Name must not be empty",
    "a<<\nx": "Invalid format 'a<<'. Delimiter must not be empty",
    "a<<EOF\nx": "Invalid value. Matching delimiter not found 'EOF'",
}


@pytest.mark.parametrize(("text", "expected"), PAIRS.items())
def test_reads_pairs_as_the_hosted_runner_does(text: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert expected == parse_pairs(text)


@pytest.mark.parametrize(("text", "message"), WRONG.items())
def test_refuses_what_the_hosted_runner_refuses(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="Invalid") as caught:
        parse_pairs(text)
    assert message == str(caught.value)


def test_reads_paths_one_on_a_line() -> None:
    assert ("/a", "/b c") == parse_lines("/a\r\n\n/b c\n")


def test_a_step_gets_files_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "commands").mkdir()
    files = StepFiles.create(tmp_path / "commands", 3)
    assert {Path(name).parent for name in files.variables.values()} == {tmp_path / "commands"}
    files.output.write_text("\ufeffa=ä\n", encoding="utf-8")
    assert {"a": "ä"} == files.pairs(files.output)
    files.remove()
    assert {} == files.pairs(files.output)
    assert files.step_summary.exists()


def test_a_file_that_became_a_link_is_refused(tmp_path: Path) -> None:
    files = StepFiles.create(tmp_path, 1)
    (tmp_path / "secret").write_text("a=1")
    files.output.unlink()
    files.output.symlink_to(tmp_path / "secret")
    with pytest.raises(ValueError, match="not a plain file"):
        files.pairs(files.output)


def test_a_file_that_became_a_folder_is_refused(tmp_path: Path) -> None:
    files = StepFiles.create(tmp_path, 1)
    files.output.unlink()
    files.output.mkdir()
    with pytest.raises(ValueError, match="not a plain file"):
        files.pairs(files.output)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    files = StepFiles.create(tmp_path, 1)
    files.env.write_bytes(b"a=" + b"x" * (1024 * 1024))
    with pytest.raises(ValueError, match="larger than 1 MB"):
        files.pairs(files.env)
