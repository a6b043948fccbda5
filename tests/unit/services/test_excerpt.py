from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.services.excerpt import excerpt


def test_a_short_log_is_shown_whole_without_blank_lines_and_colours() -> None:
    assert ("one", "  two") == excerpt(["\x1b[31mone\x1b[0m", "", "  two", "   "])


def test_prefers_the_lines_that_name_an_error() -> None:
    lines = [f"collecting {number}" for number in range(500)]
    lines[100] = "E   AssertionError: assert 1 == 2"
    lines[300:302] = [
        "FAILED tests/test_a.py::test_b - assert 1 == 2",
        "==== 1 failed, 3 passed in 0.1s ====",
    ]
    found = excerpt(lines)
    assert 9 == len(found)
    assert {"E   AssertionError: assert 1 == 2", *lines[300:302], *lines[-2:]} <= set(found)
    assert "collecting 99" in found, "what stands beside an error is shown too"


def test_zero_errors_are_no_error() -> None:
    lines = ["Found 0 errors", *(f"line {number}" for number in range(50))]
    assert "Found 0 errors" not in excerpt(lines)


def test_says_the_same_thing_once() -> None:
    lines = [*(["error: broken"] * 40), "make: *** [all] Error 1"]
    assert ("error: broken", "make: *** [all] Error 1") == tuple(dict.fromkeys(excerpt(lines)))
    assert 2 == len(excerpt(lines))


def test_finds_an_early_error_in_a_huge_log() -> None:
    lines = ["error: the cause", *(f"line {number}" for number in range(20_000))]
    assert "error: the cause" == excerpt(lines)[0]


def test_a_line_is_cut() -> None:
    assert 300 == len(excerpt(["x" * 100_000])[0])


@given(st.lists(st.text(max_size=30), max_size=60), st.integers(1, 20))
def test_is_bounded_and_printable_whatever_the_log_holds(lines: list[str], most: int) -> None:
    found = excerpt(lines, most)
    assert len(found) <= most
    assert all(line.isprintable() or "\n" not in line for line in found)


def test_a_flood_of_warnings_does_not_hide_the_error() -> None:
    flood = [f'[WARN] the metadata of {number} is missing the "time" field' for number in range(30)]
    found = excerpt(
        ["[ERR_FETCH_404] GET https://example.org/x: Not Found - 404", *flood, "WARN failed", "npm warn x"]
    )
    assert "[ERR_FETCH_404] GET https://example.org/x: Not Found - 404" in found
    assert len(found) < 6


def test_secrets_that_nobody_registered_are_not_shown() -> None:
    token = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    lines = [f"token {token}", "postgres://u:hunter2correcthorse@db/x", "x" * 280 + f" {token}", "Error: no"]
    for most in (15, 4, 2):
        shown = "\n".join(excerpt([*lines, *["E   " + line for line in lines]], most))
        assert "ghp_" not in shown
        assert "hunter2" not in shown
