"""Tallies: how many tests a log says were run, by the last words of the programs that ran them.

What is told only when something failed is not counted: such a run could not be compared to a green one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from autonomous_cicd.domain.verification import NO_TESTS, Counts

__all__ = ["counts"]

_COLOURS = re.compile(
    r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\)|[()][0-9A-B])"
)
_TIME = re.compile(r"(?:\ufeff?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\s?)")
_CUES = re.compile(
    r"\d (?:tests? )?(?:passed|failed|passing|failing|pending|skipped|xfailed|xpassed|deselected|errors?\b"
    r"|warnings?\b|rerun|pass\b|fail\b|flaky|did not|skip\b|todo|tests?\b|runs,|examples?,|specs?,|DISABLED)"
    r"|(?:#|\u2139|i) {1,3}(?:pass|fail|skip|todo|cancel|suites)"
    r"|^\W*(?:Ran \d|OK\b|FAILED\b|ok\b|not ok\b|FAIL\b|Tests\b)"
    r"|=== RUN|--- (?:PASS|FAIL|SKIP)|Tests run:|Tests: |! +- Failed:|> .*(?:PASSED|FAILED|SKIPPED)"
    r"|\[  (?:PASSED|FAILED|SKIPPED)|Z (?:Ran|OK|ok|not ok|FAIL)"
)
_LONGEST = 2000
"""Characters of a line that are looked at: a summary is short."""
_NUMBER = re.compile(r"(\d{1,9}) (?:tests? )?([a-z]+)")

_PASSED = frozenset({"passed", "xpassed", "pass", "passing", "succeeded", "flaky"})
_FAILED = frozenset({"failed", "fail", "failing", "failures", "failure", "cancelled"})
_SKIPPED = frozenset(
    (
        *(
            "skipped",
            "xfailed",
            "deselected",
            "skip",
            "skips",
            "pending",
            "ignored",
            "todo",
            "filtered",
            "excluded",
        ),
        *("pendings", "omissions", "disabled", "canceled", "incomplete", "risky"),
    )
)


def _by_words(text: str) -> Counts:
    """Return what `3 failed, 97 passed, 2 skipped` says."""
    passed = failed = skipped = 0
    for number, word in _NUMBER.findall(text):
        passed += int(number) if word in _PASSED else 0
        failed += int(number) if word in _FAILED else 0
        skipped += int(number) if word in _SKIPPED else 0
    return Counts(passed=passed, failed=failed, skipped=skipped)


def _of_total(total: int, failed: int, skipped: int) -> Counts:
    return Counts(passed=max(0, total - failed - skipped), failed=failed, skipped=skipped)


def _named(text: str) -> dict[str, int]:
    """Return what `Failures: 1, Errors: 0` says, and `failures=1, skipped=2`."""
    found: dict[str, int] = {}
    for name, number in re.findall(r"([A-Za-z][A-Za-z ]*?)\s*[:=]\s*(\d{1,9})", text):
        found[name.strip().lower()] = found.get(name.strip().lower(), 0) + int(number)
    return found


def _words_of(match: re.Match[str]) -> Counts:
    return _by_words(match[0])


def _phpunit(match: re.Match[str]) -> Counts:
    found = _named(match[0])
    skipped = sum(found.get(name, 0) for name in ("skipped", "incomplete"))
    return _of_total(found.get("tests", 0), found.get("failures", 0) + found.get("errors", 0), skipped)


def _dotnet(match: re.Match[str]) -> Counts:
    found = _named(match[0])
    return Counts(
        passed=found.get("passed", 0), failed=found.get("failed", 0), skipped=found.get("skipped", 0)
    )


def _runs(match: re.Match[str]) -> Counts:
    """Read `5 runs, 9 assertions, 1 failures, 0 errors, 2 skips` and `5 examples, 1 failure, 2 pending`."""
    failed = sum(int(number) for number in re.findall(r"(\d{1,9}) (?:failures?|errors?)\b", match[0]))
    words = r"(\d{1,9}) (?:skips?|pendings?|pending specs?|omissions|skipped|excluded|ignored)\b"
    skipped = sum(int(number) for number in re.findall(words, match[0]))
    return _of_total(int(match[1]), failed, skipped)


def _ctest(match: re.Match[str]) -> Counts:
    return _of_total(int(match[2]), int(match[1]), 0)


def _scalatest(match: re.Match[str]) -> Counts:
    left = sum(int(match[number]) for number in (3, 4, 5))
    return Counts(passed=int(match[1]), failed=int(match[2]), skipped=left)


def _one(kind: str) -> Callable[[re.Match[str]], Counts]:
    """Return what reads a line of one number: so many passed, failed, or were skipped."""

    def read(match: re.Match[str]) -> Counts:
        number = int(match[1])
        return {
            "passed": Counts(passed=number),
            "failed": Counts(failed=number),
            "skipped": Counts(skipped=number),
        }[kind]

    return read


_NODE = r"^(?:#|\u2139|i) {1,3}"
_SUMMARIES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Counts]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        # pytest
        (
            r"(?:^|(?<=[\s=]))\d{1,9} (?:passed|failed|skipped|xfailed|xpassed|deselected"
            r"|errors?|warnings?|rerun)"
            r"(?:, \d{1,9} [a-z]+(?: [a-z]+)?)* in \d+(?:\.\d+)?s",
            _words_of,
        ),
        # node:test, tape and what else ends TAP with a summary
        (rf"{_NODE}pass(?:ed)? +(\d{{1,9}})$", _one("passed")),
        (rf"{_NODE}(?:fail(?:ed)?|cancelled) +(\d{{1,9}})$", _one("failed")),
        (rf"{_NODE}(?:skip(?:ped)?|todo) +(\d{{1,9}})$", _one("skipped")),
        # mocha
        (r"^\s*(?:[\u2714\u2713] )?(\d{1,9}) passing\b", _one("passed")),
        (r"^\s*(?:[\u2716\u2717] )?(\d{1,9}) failing$", _one("failed")),
        (r"^\s*(\d{1,9}) pending$", _one("skipped")),
        # jest, vitest
        (r"^Tests:\s+(?:\d{1,9} [a-z]+, )+\d{1,9} total", _words_of),
        (r"^\s*Tests {1,3}(?:\d{1,9} [a-z]+(?: \| )?)+ ?\(\d{1,9}\)", _words_of),
        # ava
        (r"^\s*(?:[\u2714\u2713\u2716\u2717-] )?(\d{1,9}) tests? passed(?: \[[\d:]+\])?$", _one("passed")),
        (r"^\s*(?:[\u2714\u2713\u2716\u2717-] )?(\d{1,9}) tests? failed$", _one("failed")),
        (r"^\s*(?:[\u2714\u2713\u2716\u2717-] )?(\d{1,9}) tests? (?:skipped|todo)$", _one("skipped")),
        # playwright, bun
        (r"^ {1,4}(\d{1,9}) (?:passed(?: \([\d.]+m?s?\))?|pass|flaky)$", _one("passed")),
        (r"^ {1,4}(\d{1,9}) fail(?:ed)?$", _one("failed")),
        (r"^ {1,4}(\d{1,9}) (?:skip(?:ped)?|did not run)$", _one("skipped")),
        # cargo, deno
        (r"^test result: \w+\. \d{1,9} passed; \d{1,9} failed; \d{1,9} ignored; .*filtered out", _words_of),
        (r"^(?:ok|FAILED) \| \d{1,9} passed.*\| \d{1,9} failed.*", _words_of),
        # dotnet
        (r"(?:Passed|Failed|Skipped)! +- Failed: +\d+, Passed: +\d+, Skipped: +\d+, Total: +\d+", _dotnet),
        # phpunit
        (r"^OK \((\d{1,9}) tests?, \d{1,9} assertions?\)", _one("passed")),
        (r"^Tests: \d{1,9}, Assertions: \d{1,9}.*", _phpunit),
        # rspec, minitest, test-unit, jasmine, ExUnit
        (r"^(\d{1,9}) (?:runs|tests|examples?|specs?), .*\d{1,9} (?:failures?|errors?)\b.*", _runs),
        # ctest, googletest
        (r"^\d{1,3}% tests passed, (\d{1,9}) tests failed out of (\d{1,9})", _ctest),
        (r"^\[  PASSED  \] (\d{1,9}) tests?\.", _one("passed")),
        (r"^\[  FAILED  \] (\d{1,9}) tests?, listed below", _one("failed")),
        (r"^\[  SKIPPED \] (\d{1,9}) tests?, listed below", _one("skipped")),
        (r"^\s*YOU HAVE (\d{1,9}) DISABLED TESTS?", _one("skipped")),
        # ScalaTest
        (
            r"Tests: succeeded (\d{1,9}), failed (\d{1,9}), canceled (\d{1,9}), ignored (\d{1,9}),"
            r" pending (\d{1,9})",
            _scalatest,
        ),
    )
)


def counts(log: str) -> Counts:
    """Return how many tests passed, failed and were left out, over everything that a log tells."""
    lines = list(_plain(log))
    found = [_summary(line) for line in lines]
    told = [one for one in found if one is not None]
    return (
        sum(told, NO_TESTS) + _unittest(lines) + _go(lines) + _surefire(lines) + _gradle(lines) + _tap(lines)
    )


def _plain(log: str) -> Iterator[str]:
    for raw in log.split("\n"):
        if raw and _CUES.search(_COLOURS.sub("", raw[:_LONGEST]) if "\x1b" in raw else raw[:_LONGEST]):
            line = _COLOURS.sub("", raw[:_LONGEST]) if "\x1b" in raw else raw[:_LONGEST]
            line = _TIME.sub("", line, count=1) if _TIME.match(line) else line
            yield line.rpartition("\r")[2].rstrip() if "\r" in line.rstrip("\r") else line.rstrip()


def _summary(line: str) -> Counts | None:
    for pattern, read in _SUMMARIES:
        if match := pattern.search(line):
            return read(match)
    return None


_RAN = re.compile(r"^Ran (\d{1,9}) tests? in ")
_ENDED = re.compile(r"^(?:OK|FAILED)(?: \((.*)\))?$")


def _unittest(lines: Sequence[str]) -> Counts:
    """Add up `Ran 5 tests in 0.1s`, each with the verdict that follows."""
    whole, total = NO_TESTS, 0
    for line in lines:
        if ran := _RAN.match(line):
            whole, total = whole + Counts(passed=total), int(ran[1])
        elif total and (ended := _ENDED.match(line)):
            said = _named(ended[1] or "")
            failed = sum(said.get(name, 0) for name in ("failures", "errors", "unexpected successes"))
            whole += _of_total(total, failed, said.get("skipped", 0) + said.get("expected failures", 0))
            total = 0
    return whole + Counts(passed=total)


_GO_TEST = re.compile(r"^\s*--- (PASS|FAIL|SKIP): \S+ \([\d.]+s\)")
_GO_PACKAGE = re.compile(
    r"^(ok|FAIL)\s{1,8}\S+\s{1,8}(?:[\d.]+s|\(cached\)|\[build failed\]|\[setup failed\])"
)


def _go(lines: Sequence[str]) -> Counts:
    """Count the tests of Go where each is told, else its packages: those that pass tell nothing more."""
    if any(line.startswith("=== RUN ") for line in lines):
        return _tally(match[1] for line in lines if (match := _GO_TEST.match(line)))
    return _tally(match[1] for line in lines if (match := _GO_PACKAGE.match(line)))


def _tally(words: Iterator[str]) -> Counts:
    found = Counter(words)
    return Counts(
        passed=found["PASS"] + found["ok"] + found["PASSED"],
        failed=found["FAIL"] + found["FAILED"] + found["not ok"],
        skipped=found["SKIP"] + found["SKIPPED"],
    )


_MAVEN = re.compile(
    r"Tests run: *\d{1,9}, *Failures: *\d{1,9}, *Errors: *\d{1,9}(?:, *Skipped: *\d{1,9})?(.*)"
)


def _surefire(lines: Sequence[str]) -> Counts:
    """Add up the totals of Maven and JUnit; those of single classes when there are no others."""
    found = [match for line in lines if "Tests run:" in line and (match := _MAVEN.search(line))]
    totals = [match for match in found if not re.search(r"Time elapsed|\b(?:in|-) \S", match[1])]
    whole = NO_TESTS
    for match in totals or found:
        said = _named(match[0].removesuffix(match[1]))
        failed = said.get("failures", 0) + said.get("errors", 0)
        whole += _of_total(said.get("tests run", 0), failed, said.get("skipped", 0))
    return whole


_GRADLE = re.compile(r"^\S.* > .* (PASSED|FAILED|SKIPPED)$")


def _gradle(lines: Sequence[str]) -> Counts:
    """Count the tests of Gradle where those that pass are told as well."""
    words = [match[1] for line in lines if " > " in line and (match := _GRADLE.match(line))]
    return _tally(iter(words)) if "PASSED" in words else NO_TESTS


_POINT = re.compile(r"^(ok|not ok) \d{1,9}\b(.*)")
_PLAN = re.compile(r"plan != count|\.end\(\) already called|test exited without ending")


def _tap(lines: Sequence[str]) -> Counts:
    """Count the points of TAP when no summary follows; with one, take off what is more than one failure."""
    points = [match for line in lines if (match := _POINT.match(line))]
    if any(re.match(rf"{_NODE}pass", line) for line in lines):
        if any(re.match(rf"{_NODE}(?:suites|cancelled)", line) for line in lines):
            return NO_TESTS
        # Without suites they are numbers of assertions, which go astray after one that fails.
        said = [int(match[1]) for line in lines if (match := re.match(rf"{_NODE}fail(?:ed)? +(\d+)$", line))]
        own = sum(said) - sum(match[1] == "not ok" and bool(_PLAN.search(match[2])) for match in points)
        return Counts(failed=min(1, max(0, own)) - sum(said))
    left = [bool(re.search(r"# (?:skip|todo)", match[2], re.IGNORECASE)) for match in points]
    return _tally("SKIP" if out else match[1] for match, out in zip(points, left, strict=True))
