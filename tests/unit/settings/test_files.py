from __future__ import annotations

import os
from pathlib import Path

import pytest

from autonomous_cicd.documents import LIMIT
from autonomous_cicd.errors import DocumentError, SettingsError
from autonomous_cicd.settings.files import operator_file, project_file, read_document, read_dotenv


def test_a_project_without_a_file_has_none(tmp_path: Path) -> None:
    assert None is project_file(tmp_path)
    assert None is project_file(tmp_path / "absent")


def test_two_files_of_a_project_are_one_too_many(tmp_path: Path) -> None:
    for suffix in ("yml", "yaml"):
        (tmp_path / f".autonomous-cicd.{suffix}").touch()
    with pytest.raises(SettingsError, match=r"\.autonomous-cicd\.yml: stands beside"):
        project_file(tmp_path)


def test_the_file_of_the_operator_is_in_the_configuration_folder(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "autonomous-cicd"
    folder.mkdir(parents=True)
    file = folder / "config.yml"
    assert None is operator_file({"HOME": str(tmp_path)})
    file.touch()
    assert file == operator_file({"HOME": str(tmp_path)})
    assert file == operator_file({"HOME": "/nowhere", "XDG_CONFIG_HOME": str(tmp_path / ".config")})
    assert None is operator_file({})


def test_a_named_file_of_the_operator_must_exist(tmp_path: Path) -> None:
    file = tmp_path / "own.yml"
    with pytest.raises(SettingsError, match="there is no file"):
        operator_file({"AUTONOMOUS_CICD_CONFIG": str(file)})
    file.touch()
    assert file == operator_file({"AUTONOMOUS_CICD_CONFIG": str(file)})


def refusal(path: Path, inside: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_document(path, name="f", inside=inside)
    assert "f" == caught.value.file
    return caught.value


def test_a_link_that_leads_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.yml").write_text("a: 1")
    inside = tmp_path / "project"
    inside.mkdir()
    (inside / "link").symlink_to("../outside.yml")
    (inside / "file").write_text("a: 1")
    (inside / "good").symlink_to("file")
    assert "leads out of the project" in refusal(inside / "link", inside).reason
    assert {"a": 1} == read_document(inside / "good", name="f", inside=inside).value


@pytest.mark.parametrize("kind", ["folder", "pipe", "dangling", "circle"])
def test_what_is_no_file_is_refused_and_does_not_hang(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "f"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("absent" if kind == "dangling" else "f")
    assert refusal(path, tmp_path).reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.touch(0o000)
    assert "cannot be read" in refusal(path, tmp_path).reason


def test_bytes_that_are_not_utf8_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"a: 1\nb: \xff\n")
    error = refusal(path, tmp_path)
    assert ("holds bytes that are not UTF-8", 2) == (error.reason, error.line)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"#" * (5 * LIMIT))
    assert "are allowed" in refusal(path, tmp_path).reason


DOTENV = r"""
# a comment
A=1
export B = two words # a comment
C='single # "quoted"' # a comment
D="double \"quoted\" \$x \\ \n"
E=
F=a#b
G=$HOME`id`
no assignment
1H=x
I="not closed
J=# nothing
A=2
"""


def test_an_env_file_is_read_without_expanding_anything(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(DOTENV)
    assert {
        "A": ("2", 14),
        "B": ("two words", 4),
        "C": ('single # "quoted"', 5),
        "D": ('double "quoted" $x \\ \n', 6),
        "E": ("", 7),
        "F": ("a#b", 8),
        "G": ("$HOME`id`", 9),
        "I": ('"not closed', 12),
        "J": ("", 13),
    } == read_dotenv(path, inside=tmp_path)
