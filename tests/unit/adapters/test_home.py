"""Project code finds how registries are reached and where tool chains are, and no credential."""

from __future__ import annotations

from pathlib import Path

from autonomous_cicd.adapters.home import furnish


def test_configuration_is_taken_over_without_credentials(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / ".npmrc").write_text(
        "registry=https://user:pass@mirror.example/npm\n//mirror.example/:_authToken=abc123\nfund=false\n"
    )
    furnish(tmp_path / "run" / "home", tmp_path / "downloads", {"HOME": str(own)}, {})
    expected = "registry=https://mirror.example/npm\nfund=false\n"
    assert expected == (tmp_path / "run" / "home" / ".npmrc").read_text()


def test_downloads_and_home_are_private_folders(tmp_path: Path) -> None:
    home = tmp_path / "run" / "home"
    names = furnish(home, tmp_path / "downloads", {}, {"PATH": "/bin", "XDG_CACHE_HOME": "/x", "HOME": "/y"})
    assert ("/bin", str(home), str(tmp_path / "downloads" / "npm")) == (
        names["PATH"],
        names["HOME"],
        names["npm_config_cache"],
    )
    assert "XDG_CACHE_HOME" not in names
    assert "RUSTUP_HOME" not in names


def test_installed_tool_chains_are_found_from_the_new_home(tmp_path: Path) -> None:
    (tmp_path / "own" / ".rustup").mkdir(parents=True)
    environment = {"HOME": str(tmp_path / "own")}
    names = furnish(tmp_path / "run" / "home", tmp_path / "downloads", environment, {})
    assert str(tmp_path / "own" / ".rustup") == names["RUSTUP_HOME"]


def test_what_the_operator_says_about_tool_chains_counts(tmp_path: Path) -> None:
    (tmp_path / "own" / ".rustup").mkdir(parents=True)
    environment = {"HOME": str(tmp_path / "own")}
    names = furnish(
        tmp_path / "run" / "home", tmp_path / "downloads", environment, {"RUSTUP_HOME": "/opt/rust"}
    )
    assert "/opt/rust" == names["RUSTUP_HOME"]
