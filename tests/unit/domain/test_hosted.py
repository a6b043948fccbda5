import pytest

from autonomous_cicd.domain.hosted import missing_program, unreachable, unsigned

MISSING = [
    ("/tmp/script.sh: line 1: jq: command not found", 127, "jq"),
    ("/tmp/script.sh: 1: jq: not found", 127, "jq"),
    ("env: \u2018python3\u2019: No such file or directory", 127, "python3"),
    ("/bin/sh: 1: cmake: not found", 2, ""),
    ("script: line 1: shellcheck: command not found", 1, "shellcheck"),
    ("script: line 1: my-tool: command not found", 127, ""),
    ("all is well", 127, ""),
]


@pytest.mark.parametrize(("line", "code", "expected"), MISSING)
def test_finds_the_program_that_only_this_machine_lacks(line: str, code: int, expected: str) -> None:
    assert expected == missing_program(["before", line, "after"], code, {"shellcheck"})


def test_finds_the_host_that_is_not_reached_unless_tests_failed() -> None:
    line = "fatal: unable to access 'https://example.org/': Could not resolve host: example.org"
    assert line == unreachable(["Cloning", f"  {line}"])
    assert "" == unreachable(["Cloning", "done"])
    assert "" == unreachable([line, "FAILED tests/test_a.py::test_b - OSError"])
    assert "" == unreachable([line, "== 1 failed, 3 passed in 0.1s =="])
    assert line == unreachable([line, "0 failed"])


def test_of_a_long_line_the_part_about_the_host_is_told() -> None:
    line = f"fatal: unable to access 'https://x.org/': Could not resolve host: x.org{' more' * 60}"
    line = f"{'much ' * 60}{line}"
    found = unreachable([line])
    assert "'https://x.org/': Could not resolve host: x.org more" in found
    assert len(found) < 200


def test_a_host_that_stands_in_a_line_before_is_told() -> None:
    lines = [
        "error: failed to fetch `https://x.org/a.tar.gz`",
        "  Caused by: client error",
        "  Caused by: dns error",
    ]
    assert "https://x.org: Caused by: dns error" == unreachable(lines)
    assert "Caused by: dns error" == unreachable(lines[1:])


def test_what_a_mirror_does_not_pass_on_is_told_from_what_fails() -> None:
    assert unsigned(["x", "Error: No compatible signature found in package metadata"])
    assert not unsigned(["Error: a signature is wrong"])
