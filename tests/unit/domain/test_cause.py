"""Which of the things that were seen is the root cause: each case is a log and what is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.failures import a_sighting

from autonomous_cicd.domain.cause import Outcome, causes, outcome
from autonomous_cicd.domain.diagnosis import Category, Role, Sighting
from autonomous_cicd.domain.log import Log, Mark, Sign

SIGNS = {
    "+ ": Sign.COMMAND,
    "fine": Sign.STEP_PASSED,
    "red": Sign.STEP_FAILED,
    "retrying": Sign.RETRY,
    "run failed": Sign.RUN_FAILED,
    "run passed": Sign.RUN_PASSED,
    "cleaning up": Sign.CLEAN_UP,
}
TROUBLE = {
    "network": (Category.NETWORK, Role.CAUSE, 0.9),
    "conflict": (Category.DEPENDENCY_CONFLICT, Role.CAUSE, 0.9),
    "no module": (Category.DEPENDENCY_MISSING, Role.CAUSE, 0.9),
    "test failed": (Category.TEST_FAILURE, Role.CAUSE, 0.8),
    "compiler": (Category.COMPILE_ERROR, Role.CAUSE, 0.9),
    "disk full": (Category.RESOURCE_DISK, Role.CAUSE, 0.9),
    "perhaps": (Category.CONFIGURATION, Role.HINT, 0.5),
    "exit code": (Category.UNKNOWN, Role.EFFECT, 0.5),
    "##[error]announced": (Category.PERMISSION, Role.CAUSE, 0.9),
}
FILL = "..\n" * 30


def read(text: str) -> tuple[list[Sighting], list[Mark], Log]:
    """Return what stands in a log of these few words."""
    lines = text.strip("\n").split("\n")
    marks = [
        Mark(sign, number, line)
        for number, line in enumerate(lines, 1)
        for begin, sign in SIGNS.items()
        if line.startswith(begin)
    ]
    seen = [
        a_sighting(number, category=category, role=role, confidence=confidence)
        for number, line in enumerate(lines, 1)
        for begin, (category, role, confidence) in TROUBLE.items()
        if line.startswith(begin)
    ]
    return seen, marks, Log(lines)


def told(text: str, *, failed: bool = False) -> list[str]:
    """Return the lines that are told as causes, the root cause first."""
    seen, marks, log = read(text)
    return [log[one.sighting.line] for one in causes(seen, marks, log, failed=failed)]


CASES = {
    "one cause": ("compiler\nrun failed", "compiler"),
    "a failed installation explains what is missing": (
        f"network\n{FILL}no module\ntest failed\nexit code 1\nrun failed",
        "network",
    ),
    "so it does when other commands were carried on with": (
        f"+ install\nnetwork\nred\n{FILL}+ test\nno module\nexit code 1\nrun failed",
        "network",
    ),
    "what is missing explains the tests that fail": ("no module\ntest failed\nred\nrun failed", "no module"),
    "an exit code explains nothing": ("test failed\nexit code 1\nrun failed", "test failed"),
    "a hint is less than a cause": ("perhaps\ncompiler\nexit code 1\nrun failed", "compiler"),
    "a hint is better than nothing": ("..\nperhaps\nexit code 1\nrun failed", "perhaps"),
    "an effect is better than nothing": ("..\nexit code 1\nrun failed", "exit code 1"),
    "the earlier of two that are alike": ("compiler\ndisk full\nred\nrun failed", "compiler"),
    "what a later attempt made good": (
        f"+ get\nnetwork\nretrying\n{FILL}fine\ntest failed\nred\nrun failed",
        "test failed",
    ),
    "what is tried again": (f"network\nretrying\n{FILL}compiler\nred\nrun failed", "compiler"),
    "what did not matter": (
        f"+ clean\ndisk full\n+ true\n{FILL}+ test\ntest failed\nrun failed",
        "test failed",
    ),
    "what other steps followed upon": (f"+ a\ndisk full\n{FILL}+ b\ncompiler\nred\nrun failed", "compiler"),
    "what came after the end": (f"test failed\nred\nrun failed\n{FILL}+ upload\nnetwork\nred", "test failed"),
    "what the host itself calls an error": (
        f"+ a\n##[error]announced\n{FILL}+ b\ntest failed\n..\nrun failed",
        "##[error]announced",
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_the_root_cause_comes_first(text: str, expected: str) -> None:
    assert expected == told(text)[0]


@pytest.mark.parametrize("text", ["network\nrun passed", "compiler\ndisk full\nred\nrun passed", "", ".."])
def test_a_run_that_passed_has_no_cause(text: str) -> None:
    assert [] == told(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("compiler\nred", ["compiler"]),
        ("compiler", ["compiler"]),
        (f"compiler\nred\n{FILL}..", ["compiler"]),
        (f"{FILL}perhaps\n..", ["perhaps"]),
        (f"perhaps\n{FILL}..", []),
        (f"network\nretrying\n{FILL}fine", []),
        (f"+ a\nnetwork\n{FILL}+ b\n..", []),
        (f"+ a\nnetwork\nred\n{FILL}+ b\nfine", []),
        (f"+ a\ndisk full\n+ true\n{FILL}..", []),
        (f"##[error]announced\n{FILL}+ b\n..", ["##[error]announced"]),
    ],
)
def test_an_excerpt_is_believed_as_far_as_it_proves_something(text: str, expected: list[str]) -> None:
    """Nobody says how the run ended: what was survived is no failure."""
    assert expected == told(text)


@pytest.mark.parametrize(
    "text", [f"perhaps\n{FILL}..", "network\nrun passed", f"+ a\nnetwork\n{FILL}+ b\nfine"]
)
def test_whoever_ran_it_knows_better_whether_it_failed(text: str) -> None:
    assert [] == told(text)
    assert 1 == len(told(text, failed=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("compiler\nrun failed", Outcome.FAILED),
        ("run passed", Outcome.PASSED),
        ("run passed\nrun failed", Outcome.FAILED),
        ("run failed\nrun passed", Outcome.PASSED),
        ("run failed\ncleaning up", Outcome.FAILED),
        ("fine\ncleaning up", Outcome.PASSED),
        ("##[error]announced\ncleaning up", Outcome.OPEN),
        ("compiler\nred", Outcome.OPEN),
        ("fine", Outcome.OPEN),
        ("", Outcome.OPEN),
    ],
)
def test_how_a_run_ended_is_what_the_host_says_last(text: str, expected: Outcome) -> None:
    seen, marks, log = read(text)
    assert expected is outcome(marks, log, seen)


def test_what_a_parser_understood_is_not_told_twice() -> None:
    seen, marks, log = read("compiler\ntest failed\nno module\n..\nrun failed")
    whole = a_sighting(4, rule="parser", category=Category.IMPORT_ERROR, covers=(1, 3))
    assert [4] == [one.sighting.line for one in causes([*seen, whole], marks, log)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("CalledProcessError: Command 'frob' returned non-zero exit status 1", [2]),
        ("AssertionError: assert 1 == 2", [3]),
    ],
)
def test_where_tests_only_say_that_a_program_failed_its_own_words_count(
    said: str, expected: list[int]
) -> None:
    log = Log(["== report", "bash: frob: command not found", said, "== end", "run failed"])
    inner = a_sighting(2, category=Category.ENVIRONMENT, role=Role.CAUSE, confidence=0.9)
    report = a_sighting(3, category=Category.TEST_FAILURE, role=Role.CAUSE, confidence=0.85)
    seen = [replace(inner, rule="command"), replace(report, rule="report", covers=(1, 4))]
    found = causes(seen, [Mark(Sign.RUN_FAILED, 5, "run failed")], log)
    assert expected == [one.sighting.line for one in found]


def test_a_report_inside_another_is_a_part_of_it() -> None:
    outer = a_sighting(1, rule="outer", covers=(1, 9))
    inner = a_sighting(4, rule="inner", category=Category.COMPILE_ERROR, covers=(3, 5), confidence=0.99)
    apart = a_sighting(10, rule="apart", category=Category.LINT, covers=(10, 12))
    found = causes([outer, inner, apart], [], Log(["x"] * 12), failed=True)
    assert {"outer", "apart"} == {one.sighting.rule for one in found}


def test_many_of_one_kind_are_one_cause() -> None:
    seen, marks, log = read("test failed\n" * 5 + "exit code 1\nrun failed")
    root = causes(seen, marks, log)[0]
    assert (1, [2, 3, 4, 5]) == (root.sighting.line, [one.line for one in root.more])


def test_what_follows_from_the_root_cause_is_told_with_it() -> None:
    seen, marks, log = read("no module\ntest failed\nexit code 1\nrun failed")
    root, *others = causes(seen, marks, log)
    assert [2, 3] == sorted(one.line for one in root.effects)
    assert [Category.TEST_FAILURE] == [one.sighting.category for one in others]


def test_an_installation_that_failed_makes_the_whole_surer() -> None:
    seen, marks, log = read(f"+ install\nnetwork\n{FILL}+ test\nno module\nexit code 1\nrun failed")
    alone = causes([one for one in seen if one.category is Category.NETWORK], marks, log)[0]
    assert causes(seen, marks, log)[0].confidence > alone.confidence


def test_what_is_usual_is_doubted() -> None:
    seen, marks, log = read("network\ncompiler\nred\nrun failed")

    def doubt(one: Sighting) -> float:
        return 0.2 if one.category is Category.NETWORK else 1.0

    assert 1 == causes(seen, marks, log)[0].sighting.line
    assert 2 == causes(seen, marks, log, doubt=doubt)[0].sighting.line


WORDS = st.lists(st.sampled_from([*SIGNS, *TROUBLE, "..", "+ true"]), max_size=40)


@given(WORDS, st.booleans())
def test_whatever_stands_in_a_log_the_causes_are_among_what_was_seen(
    lines: Sequence[str], failed: bool
) -> None:
    seen, marks, log = read("\n".join(lines))
    found = causes(seen, marks, log, failed=failed)
    told = [one.sighting for one in found]
    assert len(told) == len({(one.rule, one.category) for one in told})
    assert all(one in seen for one in told)
    assert all(0 <= one.confidence <= 1 for one in found)
    if failed:
        assert bool(seen) is bool(found)


@given(WORDS)
def test_the_order_in_which_it_was_seen_makes_no_difference(lines: Sequence[str]) -> None:
    seen, marks, log = read("\n".join(lines))
    one, other = (causes(order, marks, log, failed=True)[:1] for order in (seen, seen[::-1]))
    assert [each.sighting for each in one] == [each.sighting for each in other]


def test_more_confidence_never_makes_a_cause_less() -> None:
    seen, marks, log = read("test failed\ncompiler\nred\nrun failed")
    bolder = [replace(one, confidence=1.0) if one.line == 1 else one for one in seen]
    assert 1 == causes(bolder, marks, log)[0].sighting.line
