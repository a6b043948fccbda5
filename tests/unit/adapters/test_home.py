"""A private home has what package managers need, and no credential."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from autonomous_cicd.adapters.home import furnish


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def made(tmp_path: Path, own: Path, **names: str) -> dict[str, str]:
    return furnish(tmp_path / "run/home", tmp_path / "downloads", {"HOME": str(own)}, names)


def test_variables_lead_to_folders_of_ours(tmp_path: Path, own: Path) -> None:
    env = made(tmp_path, own, PATH="/bin", HOME=str(own), XDG_CACHE_HOME=f"{own}/.cache")
    assert str(tmp_path / "run/home") == env["HOME"]
    assert str(tmp_path / "run/tmp") == env["TMPDIR"]
    assert str(tmp_path / "downloads/pip") == env["PIP_CACHE_DIR"]
    assert ("/bin", "true") == (env["PATH"].split(":")[0], env["CI"])
    assert [] == [name for name, value in env.items() if str(own) in value or name.startswith("XDG_")]


def test_nobody_else_may_look_into_it(tmp_path: Path, own: Path) -> None:
    made(tmp_path, own)
    for name in ("run/home", "run/tmp", "downloads"):
        assert 0o700 == stat.S_IMODE((tmp_path / name).stat().st_mode)


def test_a_registry_is_known_without_what_opens_it(tmp_path: Path, own: Path) -> None:
    (own / ".npmrc").write_text(
        "registry=https://user:hunter2@npm.example.org/\n//npm.example.org/:_authToken=hunter2\nfund=false\n"
    )
    (own / ".pip").mkdir()
    (own / ".pip/pip.conf").write_text("[global]\nindex-url = https://hunter2@pip.example.org/simple\n")
    made(tmp_path, own)
    npm = (tmp_path / "run/home/.npmrc").read_text()
    assert "registry=https://npm.example.org/\nfund=false\n" == npm
    pip = (tmp_path / "run/home/.config/pip/pip.conf").read_text()
    assert "[global]\nindex-url = https://pip.example.org/simple\n" == pip


def test_a_home_without_anything_is_no_problem(tmp_path: Path) -> None:
    env = furnish(tmp_path / "run/home", tmp_path / "downloads", {}, {})
    assert [] == list(Path(env["HOME"]).iterdir())
