from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.errors import UsageError
from autonomous_cicd.services.job_places import Places, _match


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places.create(
        tmp_path / "job", "demo", artifacts=tmp_path / "artifacts", caches=tmp_path / "caches", env={}
    )
    for name in ("a.txt", "b.txt", "sub/c.txt", "sub/deep/d.txt", "sub/.hidden", ".dot/e.txt", "[x].txt"):
        file = made.workspace / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return made


FOUND = {
    "*.txt": ["[x].txt", "a.txt", "b.txt"],
    "**/*.txt": [".dot/e.txt", "[x].txt", "a.txt", "b.txt", "sub/c.txt", "sub/deep/d.txt"],
    "sub": ["sub/.hidden", "sub/c.txt", "sub/deep/d.txt"],
    "s*": ["sub/.hidden", "sub/c.txt", "sub/deep/d.txt"],
    "sub/**\n!sub/deep": ["sub/.hidden", "sub/c.txt"],
    "**/d.txt": ["sub/deep/d.txt"],
    "sub/**/d.txt": ["sub/deep/d.txt"],
    "?.txt": ["a.txt", "b.txt"],
    "[a-b].txt": ["a.txt", "b.txt"],
    "[!a].txt": ["b.txt"],
    "[^a].txt": ["b.txt"],
    "nothing/*": [],
    "a.txt\n# a comment\n\n": ["a.txt"],
    "./sub/../a.txt": ["a.txt"],
    "": [],
}


@pytest.mark.parametrize(("patterns", "expected"), FOUND.items())
def test_finds_the_files_that_patterns_name(places: Places, patterns: str, expected: list[str]) -> None:
    found = places.matching(patterns)
    assert expected == sorted(str(file.relative_to(places.workspace)) for file in found)


def test_hidden_files_can_be_left_out(places: Places) -> None:
    found = places.matching("**", hidden=False)
    assert {"a.txt", "b.txt", "[x].txt", "c.txt", "d.txt"} == {file.name for file in found}
    assert () == places.matching("sub/.hidden", hidden=False)


@pytest.mark.parametrize("path", ["../../../..", "/etc/passwd", "~/../../..", "link/x", "a\0b", "/"])
def test_a_path_that_leaves_the_job_is_refused(places: Places, path: str) -> None:
    (places.workspace / "link").symlink_to("/etc")
    with pytest.raises(UsageError):
        places.inside(path)
    with pytest.raises(UsageError):
        places.matching(f"{path}/*")


def test_home_and_absolute_paths_within_are_fine(places: Places) -> None:
    assert places.home / ".cache/x" == places.inside("~/.cache/x")
    assert places.home == places.inside("~")
    assert places.temp / "x" == places.inside(str(places.temp / "x"))
    assert places.workspace / "sub" / "y" == places.inside("y", places.workspace / "sub")


def test_links_that_leave_are_not_found_and_folders_behind_links_not_walked(
    places: Places, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_text("secret")
    (places.workspace / "out.txt").symlink_to(tmp_path / "outside")
    (places.workspace / "in.txt").symlink_to("a.txt")
    (places.workspace / "loop").symlink_to(".")
    found = {str(file.relative_to(places.workspace)) for file in places.matching("*")}
    assert "in.txt" in found
    assert "out.txt" not in found
    assert not any(name.startswith("loop") for name in found)


def test_hash_changes_with_content_and_is_empty_without_files(places: Places) -> None:
    before = places.hash_files(("**/*.txt",))
    assert 64 == len(before)
    assert before == places.hash_files(("**/*.txt",))
    (places.workspace / "a.txt").write_text("other")
    assert before != places.hash_files(("**/*.txt",))
    assert "" == places.hash_files(("*.lock",))
    assert "" == places.hash_files(("~/x",))


def test_download_caches_are_kept_between_runs(places: Places) -> None:
    (places.home / ".cache/pip/x").write_text("x")
    assert (places.caches / "downloads/pip/x").exists()
    assert places.shared(places.home / ".cache/pip")
    assert not places.shared(places.home / ".cache/other")
    again = Places.create(places.root, "demo", artifacts=places.artifacts, caches=places.caches, env={})
    assert again == places


def test_the_search_begins_before_the_wildcard(places: Places) -> None:
    assert (places.workspace / "a", places.workspace / "b.txt") == places.starts("a/*/c\n!x\nb.txt")


@given(st.text(alphabet="ab*?/[]!", max_size=40), st.text(alphabet="ab/", max_size=200))
def test_matching_ends_whatever_the_pattern(pattern: str, file: str) -> None:
    assert _match(f"/{pattern}", file) in (True, False)


def test_a_pattern_of_many_stars_is_no_trap() -> None:
    assert not _match("/" + "*a" * 40 + "b", "/" + "a" * 250)
    assert not _match("/**/a" * 40 + "/b", "/a" * 200)


def test_the_home_takes_over_how_registries_are_reached(tmp_path: Path) -> None:
    given = tmp_path / "given"
    (given / ".config/pip").mkdir(parents=True)
    (given / ".config/pip/pip.conf").write_text("[global]")
    (given / ".ssh").mkdir()
    env = {"HOME": str(given), "PIP_CACHE_DIR": str(tmp_path / "kept")}
    folders = {"artifacts": tmp_path / "artifacts", "caches": tmp_path / "caches"}
    made = Places.create(tmp_path / "job", "demo", **folders, env=env)
    assert "[global]" == (made.home / ".config/pip/pip.conf").read_text()
    assert not (made.home / ".ssh").exists()
    assert tmp_path / "kept" == (made.home / ".cache/pip").resolve()
    assert made.shared(made.home / ".cache/pip/x")


def test_what_a_runner_calls_its_temporary_folder_may_lie_outside(tmp_path: Path) -> None:
    """Inside a hosted runner its own is used: some tools expect to find things there."""
    scratch = tmp_path / "runner" / "_temp"
    made = Places.create(
        tmp_path / "job",
        "demo",
        artifacts=tmp_path / "artifacts",
        caches=tmp_path / "caches",
        env={},
        scratch=scratch,
    )
    assert (scratch, True, False) == (made.scratch, scratch.is_dir(), made.temp == scratch)
    (scratch / "x.txt").write_text("x")
    assert scratch / "x.txt" == made.inside(str(scratch / "x.txt"))
    assert (scratch / "x.txt",) == made.matching(f"{scratch}/*.txt")
    with pytest.raises(UsageError):
        made.inside(str(scratch.parent / "other"))


def test_else_it_is_the_one_of_the_job(places: Places) -> None:
    assert places.temp == places.scratch
