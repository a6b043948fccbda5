"""Logs that were written in 16 bits for a character, or copied with something before every line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.encoded import as_utf8

LOG = "".join(f"line {number}: Fehler größer\n" for number in range(1, 60))


def read(data: bytes, size: int = 7) -> bytes:
    return b"".join(as_utf8(data[at : at + size] for at in range(0, len(data), size)))


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
@pytest.mark.parametrize(
    "data",
    [
        LOG.encode(),
        b"\xef\xbb\xbf" + LOG.encode(),
        b"\xff\xfe" + LOG.encode("utf-16-le"),
        b"\xfe\xff" + LOG.encode("utf-16-be"),
        LOG.encode("utf-16-le"),
        LOG.encode("utf-16-be"),
        "".join(f"> {line}\n" for line in LOG.splitlines()).encode(),
        "".join(f"{at} | {line}\n" for at, line in enumerate(LOG.splitlines(), 240)).encode(),
        "".join(f"{at:>4}: {line}\n" for at, line in enumerate(LOG.splitlines(), 1)).encode(),
    ],
)
def test_the_log_is_read_as_it_was_meant(data: bytes, size: int) -> None:
    assert LOG.encode() == read(data, size)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "> app@1.0.0 test\n> jest\n\nPASS a\n",
        "> app@1.0.0 test\n> jest\n" * 3 + "PASS a\n" * 20,
        "12 | let x;\n13 | let y;\n",
        "".join(f"{at * 2} | x\n" for at in range(20)),
        "a\0b\0\n" * 20 + "text\n" * 80,
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert text.encode() == read(text.encode())


def test_of_a_long_line_no_more_than_its_beginning_is_gathered() -> None:
    copied = "".join(f"{at} | {line}\n" for at, line in enumerate(LOG.splitlines(), 1)).encode()
    data = copied + b"60 | " + b"x" * 50_000 + b"\n61 | end\n62 | last"
    pieces = list(as_utf8(data[at : at + 1000] for at in range(0, len(data), 1000)))
    assert LOG.encode() + b"x" * 50_000 + b"\nend\nlast" == b"".join(pieces)
    assert max(map(len, pieces)) < 7000


@given(st.binary(max_size=300), st.integers(1, 50))
def test_anything_can_be_read_in_pieces(data: bytes, size: int) -> None:
    assert read(data, size) == read(data, len(data) + 1)
