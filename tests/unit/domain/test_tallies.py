"""How many tests logs of many programs tell of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.tallies import counts
from autonomous_cicd.domain.verification import Counts


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("", (0, 0, 0)),
        ("== 3 failed, 97 passed, 2 skipped, 1 xfailed, 5 deselected, 2 warnings in 1.20s ==", (97, 3, 8)),
        ("97 passed in 0.5s", (97, 0, 0)),
        ("2024-01-01T10:00:00.123Z 1 failed, 2 passed, 1 error in 61.00s (0:01:01)", (2, 1, 0)),
        ("\x1b[32m\x1b[1m5 passed\x1b[0m\x1b[32m in 0.01s\x1b[0m", (5, 0, 0)),
        ("1 passed in 1.0s\n===== 2 passed, 1 xpassed, 3 subtests passed in 2.0s =====", (4, 0, 0)),
        ("no tests ran in 0.01s", (0, 0, 0)),
        ("1 error in 0.10s", (0, 0, 0)),
        ("Ran 5 tests in 0.1s\n\nOK", (5, 0, 0)),
        ("Ran 8 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=1, expected failures=1)", (3, 3, 2)),
        ("Ran 1 test in 0.001s\n\nOK (skipped=1)\nRan 2 tests in 1s\n\nOK", (2, 0, 1)),
        ("TAP version 13\nok 1 a\nnot ok 2 b\n\n1..2\n# tests 2\n# pass  1\n# fail  1\n", (1, 1, 0)),
        ("not ok 3 plan != count\n\n1..3\n# tests 3\n# pass  2\n# fail  1\n", (2, 0, 0)),
        ("not ok 1 a\nnot ok 2 a\nnot ok 3 plan != count\n# tests 5\n# pass  2\n# fail  3\n", (2, 1, 0)),
        ("# tests 5\n# suites 0\n# pass 2\n# fail 3\n# cancelled 0\n", (2, 3, 0)),
        ("TAP version 13\nok 1 - a\nok 2 - b # SKIP no\nnot ok 3 - c\nnot ok 4 - d # TODO\n1..4", (1, 1, 2)),
        (
            "\u2139 tests 7\n\u2139 pass 4\n\u2139 fail 1\n\u2139 cancelled 0\n"
            "\u2139 skipped 1\n\u2139 todo 1",
            (4, 1, 2),
        ),
        ("# tests 3\n# suites 0\n# pass 3\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0", (3, 0, 0)),
        ("  12 passing (20ms)\n  1 pending\n  2 failing\n", (12, 2, 1)),
        (
            "Test Suites: 1 failed, 2 passed, 3 total\nTests:       1 failed, 2 skipped, 9 passed, 12 total",
            (9, 1, 2),
        ),
        (" Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 5 passed | 1 skipped (7)", (5, 1, 1)),
        ("  4 tests passed\n  1 test failed\n  2 tests skipped\n  1 test todo", (4, 1, 3)),
        ("  \u2714 4 tests passed [12:00:00]", (4, 0, 0)),
        (
            "ok  \tpkg/a\t0.01s\nFAIL\tpkg/b\t0.2s\n?   \tpkg/c\t[no test files]\nok  \tpkg/d\t(cached)",
            (2, 1, 0),
        ),
        ("--- FAIL: TestA (0.00s)\nFAIL\nFAIL\tpkg/b\t0.2s", (0, 1, 0)),
        ("FAIL\tpkg/b [build failed]\nok  \tpkg/a\t0.01s  coverage: 80.0% of statements", (1, 1, 0)),
        (
            "=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- PASS: TestA/b (0.00s)\n"
            "--- FAIL: TestC (0.1s)\n"
            "--- SKIP: TestD (0.0s)\nok  \tpkg\t0.1s",
            (2, 1, 1),
        ),
        ("test result: FAILED. 5 passed; 1 failed; 2 ignored; 0 measured; 3 filtered out;", (5, 1, 5)),
        (
            "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.1 s - in a.B\n"
            "[ERROR] Tests run: 4, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.1 s "
            "<<< FAILURE! - in a.C\n"
            "[INFO] Results:\n[ERROR] Tests run: 7, Failures: 1, Errors: 1, Skipped: 1",
            (4, 2, 1),
        ),
        ("Tests run: 3, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.1 s - in a.B", (2, 0, 1)),
        (
            "FooTest > works PASSED\nFooTest > breaks() FAILED\nFooTest > waits SKIPPED\n"
            "3 tests completed, 1 failed",
            (1, 1, 1),
        ),
        ("FooTest > breaks() FAILED\n3 tests completed, 1 failed", (0, 0, 0)),
        ("10 examples, 1 failure, 2 pending", (7, 1, 2)),
        ("1 example, 0 failures", (1, 0, 0)),
        ("5 runs, 9 assertions, 1 failures, 1 errors, 2 skips", (1, 2, 2)),
        ("6 tests, 9 assertions, 1 failures, 0 errors, 1 pendings, 0 omissions, 0 notifications", (4, 1, 1)),
        ("OK (5 tests, 10 assertions)", (5, 0, 0)),
        ("Tests: 9, Assertions: 10, Failures: 1, Errors: 1, Skipped: 2.", (5, 2, 2)),
        ("90% tests passed, 1 tests failed out of 10", (9, 1, 0)),
        (
            "[==========] 5 tests from 2 test suites ran. (1 ms total)\n[  PASSED  ] 4 tests.\n"
            "[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.b\n\n 1 FAILED TEST\n"
            "  YOU HAVE 2 DISABLED TESTS",
            (4, 1, 2),
        ),
        (
            "Passed!  - Failed:     0, Passed:     5, Skipped:     1, Total:     6, "
            "Duration: 1 s - a.dll (net8.0)",
            (5, 0, 1),
        ),
        ("Failed!  - Failed:     2, Passed:     5, Skipped:     0, Total:     7, Duration: 1 s", (5, 2, 0)),
        ("[info] Tests: succeeded 5, failed 1, canceled 0, ignored 1, pending 1", (5, 1, 2)),
        ("  1 failed\n    [chromium] a.spec.ts\n  2 skipped\n  5 passed (3.2s)", (5, 1, 2)),
        ("ok | 5 passed | 0 failed | 1 ignored (10ms)", (5, 0, 1)),
        (" 5 pass\n 1 fail\nRan 6 tests across 2 files. [10.00ms]", (5, 1, 0)),
        ("5 tests, 1 failure, 1 excluded, 1 skipped", (2, 1, 2)),
        ("Successfully installed 5 passed-1.0\nhe passed 5 of them in 3s\nok then", (0, 0, 0)),
    ],
)
def test_what_a_log_tells(log: str, expected: tuple[int, int, int]) -> None:
    passed, failed, skipped = expected
    assert Counts(passed=passed, failed=failed, skipped=skipped) == counts(log)
    assert Counts(passed=passed, failed=failed, skipped=skipped) == counts(log.replace("\n", "\r\n"))


pieces = st.sampled_from(
    [
        "1 passed",
        " in 1s",
        "Ran 3 tests in 1s",
        "OK (",
        "# pass 3",
        "ok 1",
        "not ok 2",
        "Tests run: 1,",
        "\n",
        "\x1b[",
    ]
)


@given(st.lists(st.one_of(pieces, st.text(max_size=8)), max_size=12).map("".join))
def test_no_log_is_too_strange(log: str) -> None:
    assert counts(log).passed >= 0


@given(st.integers(0, 9), st.integers(1, 9), st.integers(0, 9))
def test_logs_one_after_the_other_add_up(failed: int, passed: int, skipped: int) -> None:
    one = f"=== {failed} failed, {passed} passed, {skipped} skipped in 1.0s ==="
    assert counts(one) + counts(one) == counts(f"{one}\n$ next\n{one}\n")
