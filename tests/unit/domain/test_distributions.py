"""Only names that somebody vouches for are ever installed."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.distributions import (
    COMMANDS,
    FIXTURES,
    OPTIONS,
    SAME,
    STUBS,
    distribution_of,
    is_standard,
    looks_like,
    modules_of,
    stubs_for,
    well_known,
)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("yaml", "PyYAML"),
        ("PIL.Image", "pillow"),
        ("google.protobuf.message", "protobuf"),
        ("google.cloud.storage", "google-cloud-storage"),
        ("google.cloud.nothing", ""),
        ("lxml.etree", "lxml"),
        ("annotated_types", "annotated-types"),
        ("reqeusts", ""),
        ("zope", ""),
        ("fancy_utilz", ""),
    ],
)
def test_the_distribution_of_a_module(module: str, expected: str) -> None:
    assert expected == distribution_of(module)


def test_the_project_itself_vouches() -> None:
    assert "fancy-utilz" == distribution_of("fancy_utilz", {"fancy-utilz"})
    assert "opencv-python" == distribution_of("cv2", {"opencv-python"})


@pytest.mark.parametrize(
    ("module", "mentioned", "expected"),
    [
        ("fancy", {"fancy-py", "pytest"}, "fancy-py"),
        ("front_fancy", {"python-front-fancy"}, "python-front-fancy"),
        ("fancy.core", {"pyfancy"}, "pyfancy"),
        ("fancy", {"fancy", "fancy-py"}, "fancy"),
        ("fancy", {"fancy-py", "python-fancy"}, ""),
        ("fancy", {"fancy-plugin", "pytest-fancy", "fancypy"}, ""),
        ("pyfancy", {"fancy"}, ""),
        ("lint", {"pylint"}, ""),
        ("flakes", {"pyflakes"}, ""),
    ],
)
def test_the_project_vouches_for_what_says_that_it_is_for_python(
    module: str, mentioned: set[str], expected: str
) -> None:
    assert expected == distribution_of(module, mentioned)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("reqeusts", "requests"),
        ("numpyy", "numpy"),
        ("yaml", ""),
        ("fanciest", ""),
        ("os", ""),
        ("jinja", "jinja2"),
    ],
)
def test_what_is_mistyped(module: str, expected: str) -> None:
    assert expected == looks_like(module)


def test_the_standard_library_is_never_installed() -> None:
    assert is_standard("asyncore")
    assert is_standard("xml.etree")
    assert not [name for name in SAME if is_standard(name)]


def test_tables() -> None:
    assert "types-PyYAML" == stubs_for("yaml.loader")
    assert "" == stubs_for("fancy")
    assert all(OPTIONS) and all(FIXTURES) and all(COMMANDS) and all(STUBS)
    assert {"yaml", "_yaml"} <= modules_of("pyyaml")
    assert well_known("PyTest_Mock") and not well_known("fancy-utilz")
