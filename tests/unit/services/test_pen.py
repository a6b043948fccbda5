"""The pen: what it writes has no secrets, does nothing, and leads to addresses of our own making only."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.services.pen import AHEAD, BODY, TITLE, Pen

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
PEN = Pen(redact=Redactor().redact)


@pytest.mark.parametrize("before", range(0, 4 * 200 + AHEAD + 60, 97))
def test_no_secret_is_cut_in_two(before: int) -> None:
    text = f"{'a ' * (before // 2)}{SECRET} and more {'b ' * 3_000}"
    for written in (PEN.plain(text), PEN.code(text), PEN.block(text, 200), PEN.title(text)):
        assert SECRET[:8] not in written


def test_a_title_fits_the_host() -> None:
    assert len(PEN.title("word " * 1_000)) <= TITLE


def test_a_footer_is_never_cut() -> None:
    text = PEN.body(["word " * BODY], "the end")
    assert text.endswith("the end")
    assert "Cut off here" in text
    assert len(text) <= BODY


@pytest.mark.parametrize(
    ("repository", "expected"),
    [
        ("acme/shop", "https://git.example/acme/shop/pulls"),
        ("acme/shop) [x](http://evil.example", ""),
        ("/p", ""),
        ("", ""),
    ],
)
def test_addresses_are_of_our_own_making(repository: str, expected: str) -> None:
    pen = Pen(redact=PEN.redact, web="https://git.example")
    assert expected == pen.address(repository, "pulls")
    assert pen.link("them", repository, "pulls") == (f"[them]({expected})" if expected else "them")
