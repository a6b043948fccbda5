"""Ranges mean what npm's semver and PEP 440 say they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from autonomous_cicd.domain.ranges import Version, parse_range, parse_version

NUMBER = st.integers(0, 5)
FULL = st.tuples(NUMBER, NUMBER, NUMBER)


def dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


@st.composite
def specifier(draw: st.DrawFn) -> str:
    operator = draw(st.sampled_from([">=", "<=", ">", "<", "~=", "==", "!="]))
    numbers = draw(st.lists(NUMBER, min_size=2, max_size=3))
    wildcard = ".*" if operator in ("==", "!=") and len(numbers) < 3 else ""
    return operator + dotted(tuple(numbers)) + wildcard


@given(st.lists(specifier(), min_size=1, max_size=3), FULL)
def test_python_specifiers_mean_what_packaging_says(specifiers: list[str], numbers: tuple[int, ...]) -> None:
    text = ",".join(specifiers)
    span, version = parse_range(text), parse_version(dotted(numbers))
    assert span is not None
    assert version is not None
    assert SpecifierSet(text).contains(dotted(numbers)) == span.admits(version, pep=True)


@given(FULL)
def test_a_version_is_in_every_range_that_begins_with_it(numbers: tuple[int, ...]) -> None:
    full, minor, major = dotted(numbers), dotted(numbers[:2]), dotted(numbers[:1])
    version = Version(numbers)
    for text in (full, minor, major, f"{minor}.x", f"{major}.X", f"{major}.*", f"^{full}", f"~{full}", "*"):
        span = parse_range(text)
        assert span is not None
        assert span.admits(version), text


@given(FULL, FULL)
def test_a_version_is_below_or_from_a_bound_on(numbers: tuple[int, ...], bound: tuple[int, ...]) -> None:
    below, from_on = parse_range(f"<{dotted(bound)}"), parse_range(f">={dotted(bound)}")
    assert below is not None
    assert from_on is not None
    assert (numbers < bound, numbers >= bound) == (
        below.admits(Version(numbers)),
        from_on.admits(Version(numbers)),
    )


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    span = parse_range(text)
    version = parse_version(text)
    assert span is None or isinstance(span.admits(Version((3, 12, 1))), bool)
    assert version is None or len(version.numbers) in (1, 2, 3)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("^18 || ^20", "18.2.0 20.20.2", "19.0.0 21.0.0 17.9.9"),
        ("^18|^20", "18.2.0 20.20.2", "19.0.0"),
        (">=3.10 <3.13", "3.10.0 3.12.9", "3.9.18 3.13.0 3.13.0rc1"),
        (">= 3.10, < 3.13", "3.10.0 3.12.9", "3.13.0"),
        ("3.9 - 3.11", "3.9.0 3.11.9", "3.12.0 3.8.20"),
        ("3.9.1 - 3.11.4", "3.9.1 3.11.4", "3.9.0 3.11.5"),
        ("1 - *", "1.0.0 99.0.0", "0.9.9"),
        ("^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("^0", "0.9.9", "1.0.0"),
        ("~1", "1.9.9", "2.0.0"),
        ("~>2.1", "2.1.9", "2.2.0"),
        ("<=18", "18.20.0", "19.0.0"),
        (">18", "19.0.0", "18.20.0"),
        ("=v20.1.0", "20.1.0", "20.1.1"),
        ("!=3.11", "3.10.0 3.12.0", "3.11.4"),
        ("!=3.11.4", "3.11.3", "3.11.4"),
        ("3.14.0-alpha - 3.14", "3.14.0a1 3.14.0rc2 3.14.1", "3.13.9 3.15.0a1"),
        (">=3.14.0-0", "3.14.0a1 3.14.0", "3.13.9"),
        ("3.14.0-rc.1", "3.14.0rc1", "3.14.0 3.14.0rc2"),
        ("20.1.0+build.7", "20.1.0", "20.1.1"),
        ("", "1.0.0", ""),
        ("x", "1.0.0", ""),
    ],
)
def test_what_is_inside_and_outside(text: str, inside: str, outside: str) -> None:
    span = parse_range(text)
    assert span is not None
    assert [True] * len(inside.split()) == [span.admits(read(word)) for word in inside.split()]
    assert [False] * len(outside.split()) == [span.admits(read(word)) for word in outside.split()]


def read(text: str) -> Version:
    version = parse_version(text)
    assert version is not None
    return version


@pytest.mark.parametrize(
    "text",
    [
        "three",
        "3.x.y.z",
        ">=",
        "1 2 three",
        "a - b",
        "1 - b",
        "^",
        "${{ matrix.python }}",
        "9" * 5000,
        "1 " * 600,
    ],
)
def test_what_is_no_range_is_none(text: str) -> None:
    assert parse_range(text) is None


@pytest.mark.parametrize("text", ["", "x", "latest", "3.12.", "v", "9999999999"])
def test_what_is_no_version_is_none(text: str) -> None:
    assert parse_version(text) is None


def test_versions_are_ordered_through_their_stages() -> None:
    texts = ["3.14.0-0", "3.14.0a1", "3.14.0-alpha.2", "3.14.0b1", "3.14.0rc1", "3.14.0", "3.14.1"]
    keys = [read(text).key() for text in texts]
    assert sorted(keys) == keys


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("3.11.4", "3.11.4"),
        ("==3.11", "3.11"),
        ("20", "20"),
        (">=3.11.4", ""),
        ("3 || 4", ""),
        ("3 4", ""),
        ("*", ""),
    ],
)
def test_a_range_knows_whether_it_is_one_version(text: str, exact: str) -> None:
    span = parse_range(text)
    assert span is not None
    assert (read(exact) if exact else None) == span.exact


@pytest.mark.parametrize(
    ("text", "named"), [("3.14.0rc1", True), ("3.14", False), ("3.13 || >=3.14.0-0", True)]
)
def test_a_range_knows_whether_it_names_early_releases(text: str, named: bool) -> None:
    span = parse_range(text)
    assert span is not None
    assert named == span.prereleases
