"""The loop: cause after cause, remedy after remedy, and nothing is believed that was not seen green."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wards import FakeWard, Healed, Proposes, edit, ends_with, fails_on, heals

from autonomous_cicd.adapters.memory import MemoryClock
from autonomous_cicd.cases import Case
from autonomous_cicd.domain.incident import State
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.domain.pipeline import Skipped
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Rerun, Risk
from autonomous_cicd.errors import Conflict, Unavailable, UsageError
from autonomous_cicd.services.heal import MOST_CAUSES


def shop(**more: Any) -> FakeWard:
    """Return a project whose only task fails as long as `bad` stands in `a`."""
    return FakeWard({"a": "bad\n", "b": "fine\n"}, {"test": fails_on("a", "bad")}, **more)


def many(*texts: str, **more: Any) -> Proposes:
    """Return a remedy that proposes to put each of these in place of `a`."""

    def propose(case: Case) -> Sequence[Prescription]:
        return [Edit(patch=Patch.of([case.edit("a", text)]), reason=f"try {text!r}") for text in texts]

    return Proposes("many", propose, **more)


def proposing(*found: Prescription, name: str = "r", suited: float = 0.5) -> Proposes:
    return Proposes(name, lambda case: found, suited=suited)


async def test_what_helped_was_seen_green() -> None:
    told = await heals(shop(), Proposes("fix", edit("a", "bad", "good"), risk=Risk.HIGH))
    healing = told.healing
    assert (True, ["resolved"], ["green"]) == (healing.green, told.states, told.outcomes)
    assert "good\n" == ends_with(told)["a"]
    assert (Risk.HIGH, 0.95, "", "") == (healing.risk, healing.confidence, healing.asks, healing.stopped)
    (incident,) = healing.incidents
    assert ["open", "diagnosed", "healing", "resolved"] == [one.state.value for one in incident.history]
    proof = incident.attempts[0].verification
    assert ([False], [True]) == ([one.green for one in proof.red], [one.green for one in proof.trials])
    assert incident == told.saved[-1]
    assert ["diagnosed", "healing", "resolved"] == [one.state.value for one in told.saved]


async def test_there_are_so_many_attempts_and_no_more() -> None:
    told = await heals(shop(), many(*(f"bad {number}\n" for number in range(9))))
    assert (3, ["escalated"], 3 * ["same"]) == (len(told.ward.runs), told.states, told.outcomes)
    (incident,) = told.healing.incidents
    assert "3 attempts did not help" == incident.history[-1].what
    assert all(f"try 'bad {number}\\n'" in incident.hand_over for number in range(3))
    assert NOTHING == told.patch
    fewer = await heals(shop(), many(*(f"bad {number}\n" for number in range(9))), attempts=1)
    assert "one attempt did not help" == fewer.healing.incidents[0].history[-1].what


async def test_nothing_is_tried_when_the_time_for_it_is_used_up() -> None:
    late = await heals(shop(), many("good\n"), until=0.0)
    assert (0, ["escalated"]) == (len(late.ward.runs), late.states)
    assert "time for healing" in late.healing.incidents[0].history[-1].what
    assert (await heals(shop(), many("good\n"), until=1e12)).healing.green


async def test_what_must_not_be_tried_is_no_attempt() -> None:
    def guard(patch: Patch) -> tuple[Objection, ...]:
        return (Objection(what="hides it", file="a"),) if "hide" in patch.diff() else ()

    told = await heals(shop(), many("hide 1\n", "hide 2\n", "hide 3\n", "hide 4\n", "good\n"), guard=guard)
    assert 4 * ["refused"] + ["green"] == told.outcomes
    assert 1 == len(told.ward.runs)
    assert "a: hides it" == told.healing.incidents[0].attempts[0].verification.reason


async def test_when_everything_is_refused_a_person_is_told_so() -> None:
    told = await heals(shop(), many("x\n"), guard=lambda patch: (Objection(what="hides it"),))
    assert "no remedy knows a way that could be proven" == told.healing.incidents[0].history[-1].what
    assert "hides it" in told.healing.incidents[0].hand_over


async def test_causes_are_healed_on_top_of_each_other() -> None:
    ward = FakeWard(
        {"a": "one two\n", "b": "x\n"},
        {"lint": fails_on("a", "one"), "test": fails_on("a", "two"), "build": fails_on("b", "x")},
    )
    remedies = [Proposes(old, edit(name, old, "")) for name, old in (("a", "one"), ("a", "two"), ("b", "x"))]
    told = await heals(ward, *remedies)
    assert (True, 3 * ["resolved"]) == (told.healing.green, told.states)
    assert ["progress", "green"] == [told.outcomes[0], told.outcomes[-1]]
    assert {"a": " \n", "b": "\n"} == ends_with(told)
    assert " two\n" == remedies[1].asked[0].files.read("a")
    last = ward.runs[-1][0]
    assert told.patch == last, "what is delivered is what was seen green"


async def test_nothing_is_left_when_one_cause_remains() -> None:
    ward = FakeWard({"a": "one\n", "b": "x\n"}, {"lint": fails_on("a", "one"), "test": fails_on("b", "x")})
    told = await heals(ward, Proposes("fix", edit("a", "one", "1")))
    assert (False, ["escalated", "escalated"], NOTHING) == (told.healing.green, told.states, told.patch)
    first, second = told.healing.incidents
    assert "its remedy helped, but the run stayed red" == first.history[-1].what
    assert "+1" in second.hand_over
    assert "autonomous-cicd run . --only test --no-cache" in second.hand_over
    assert f"git checkout {0:040}\n" in second.hand_over, "the project's commit, not that of a private copy"
    assert (second.run, second.commit) == (first.run, first.commit)


async def test_with_too_many_causes_a_person_is_wanted() -> None:
    names = [f"f{number}" for number in range(MOST_CAUSES + 2)]
    ward = FakeWard(dict.fromkeys(names, "bad\n"), {name: fails_on(name, "bad", name) for name in names})

    def propose(case: Case) -> Sequence[Prescription]:
        return edit(case.failure.message.split()[-1], "bad", "good")(case)

    told = await heals(ward, Proposes("fix", propose))
    assert (MOST_CAUSES + 1, {"escalated"}) == (len(told.states), set(told.states))
    assert "more than 6 causes" in told.healing.incidents[-1].history[-1].what


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("bad still\n", "same"),
        ("breaks\n", "worse"),
        ("fewer\n", "worse"),
        ("skips\n", "worse"),
        ("good\n", "green"),
    ],
)
async def test_progress_is_told_from_harm(text: str, outcome: str) -> None:
    def test(files: Any) -> str:
        if "bad" in files["a"]:
            return "error: bad\n== 1 failed, 9 passed in 1s ==\n"
        if "skips" in files["a"]:
            return "== 8 passed, 2 skipped in 1s ==\n"
        return f"== {9 if 'fewer' in files['a'] else 10} passed in 1s ==\n"

    ward = FakeWard({"a": "bad\n"}, {"test": test, "lint": fails_on("a", "breaks")})
    told = await heals(ward, many(text))
    assert [outcome] == told.outcomes
    assert (outcome == "green") == told.healing.green == bool(told.patch)


async def test_tests_that_were_lost_on_the_way_are_missed_at_the_end() -> None:
    """A first step may lose them while the run is still red for another reason."""

    def test(files: Any) -> str:
        counted = "3 passed" if "lost" in files["a"] else "9 passed"
        return (
            f"error: {files['a']}== 1 failed, {counted} in 1s ==\n"
            if "bad" in files["a"]
            else f"== {counted} in 1s ==\n"
        )

    ward = FakeWard({"a": "bad\n", "b": "x\n"}, {"test": test, "lint": fails_on("b", "x")})
    told = await heals(ward, Proposes("one", edit("a", "bad", "lost")), Proposes("two", edit("b", "x", "y")))
    assert not told.healing.green
    assert "worse" in told.outcomes


async def test_a_task_that_fails_earlier_is_worse() -> None:
    def log(files: Any) -> str:
        return f"error: {files['a']}" if files["a"] != "good\n" else "fine\n"

    ward = FakeWard(
        {"a": "bad\n"}, {"test": log}, steps={"test": lambda files: 2 if "bad" in files["a"] else 0}
    )
    told = await heals(ward, many("other\n"))
    assert ["worse"] == told.outcomes
    assert "now it fails earlier" in told.healing.incidents[0].attempts[0].verification.reason


async def test_another_failure_before_any_test_is_run_is_no_progress() -> None:
    """Such as a release so old that nothing can be imported, where tests failed before."""

    def log(files: Any) -> str:
        if "bad" in files["a"]:
            return "error: bad\n== 2 failed, 9 passed in 1s ==\n"
        return "error: too old\n== 1 error in 1s ==\n" if "old" in files["a"] else "== 11 passed in 1s ==\n"

    ward = FakeWard({"a": "bad\n"}, {"test": log})
    told = await heals(ward, many("old\n", "good\n"))
    assert ["worse", "green"] == told.outcomes


async def test_steps_that_are_not_run_any_more_are_missed() -> None:
    ward = FakeWard(
        {"a": "bad\n"},
        {"test": fails_on("a", "bad")},
        steps={"test": lambda files: 2 if "bad" in files["a"] else 1},
    )
    told = await heals(ward, many("good\n"))
    assert ["worse"] == told.outcomes


async def test_what_needs_a_consent_comes_last_and_says_so() -> None:
    def guard(patch: Patch) -> tuple[Objection, ...]:
        return (Objection(what="changes CI", file="ci", consent=True),) if "ci" in patch.diff() else ()

    first = many("ci bad\n", suited=0.9)
    told = await heals(shop(), first, Proposes("fix", edit("a", "bad", "good"), suited=0.1), guard=guard)
    assert (["fix"], "") == (told.tries, told.healing.asks)
    told = await heals(shop(), many("ci good\n"), guard=guard)
    assert (True, "ci: changes CI") == (told.healing.green, told.healing.asks)
    own = Proposes("own", edit("a", "bad", "good", asks="it is a guess"))
    assert "it is a guess" == (await heals(shop(), own)).healing.asks


async def test_a_remedy_that_hands_over_is_obeyed_at_once() -> None:
    told = await heals(shop(), proposing(Escalate(reason="a secret is missing")), many("good\n", suited=0.1))
    assert (["escalated"], []) == (told.states, told.ward.runs)
    assert "A secret is missing." in told.healing.incidents[0].hand_over


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Unavailable("the index is down"), "r: the index is down"),
        (UsageError("no"), "r: no"),
        (ValueError("oops"), "r: it has a bug: ValueError: oops"),
        (RecursionError("deep"), "r: it has a bug: RecursionError: deep"),
    ],
)
@pytest.mark.parametrize("where", ["suits", "prescribe"])
async def test_a_remedy_that_cannot_is_passed_over(error: Exception, said: str, where: str) -> None:
    def raises(*_: object) -> Any:
        raise error

    wrong = (
        Proposes("r", raises, suited=0.9) if where == "prescribe" else Proposes("r", raises, suited=raises)
    )
    told = await heals(shop(), wrong, Proposes("fix", edit("a", "bad", "good")))
    assert True is told.healing.green
    assert said.split(": ")[-1] in told.passed[0]
    assert said == told.passed[0] or where == "suits"


async def test_what_could_not_be_tried_is_on_the_page_of_its_cause() -> None:
    def raises(case: Case) -> Any:
        raise Unavailable("the index is down", hint="try later")

    remedies = (Proposes("r", raises), Proposes("again", lambda case: (Rerun(reason="once more"),)))
    told = await heals(shop(), *remedies)
    (incident,) = told.healing.incidents
    assert "- r: the index is down (try later)\n" in incident.hand_over
    assert "it fails every time, and no remedy knows a way" in incident.history[-1].what
    fine = await heals(shop(), *remedies, Proposes("fix", lambda case: (Escalate(reason="ask"),), suited=0.9))
    assert "could not be tried" not in fine.healing.incidents[0].hand_over


async def test_the_most_promising_comes_first_and_none_that_does_not_suit() -> None:
    remedies = [many("bad 1\n", suited=0.2), Proposes("best", lambda case: (), suited=0.4)]
    never = Proposes("never", edit("a", "bad", "good"), suited=0.0)
    told = await heals(
        shop(), *remedies, never, weigh=lambda remedy, failure: 9.0 if remedy is remedies[0] else 1.0
    )
    assert ([], ["many"]) == (never.asked, told.tries)
    assert remedies[0].asked[0].attempts == ()
    assert "same" == remedies[1].asked[0].attempts[0].verification.outcome.value, "it knows what was tried"


async def test_the_same_change_is_tried_once() -> None:
    told = await heals(
        shop(), many("bad 1\n", "bad 1\n"), Proposes("too", edit("a", "bad", "bad 1"), suited=0.1)
    )
    assert 1 == len(told.ward.runs)


async def test_a_change_that_does_not_fit_is_refused() -> None:
    other = Edit(patch=Patch.of([changed_file("a", "something else\n", "good\n")]), reason="r")
    ward = FakeWard(
        {"a": "one two\n"},
        {"lint": fails_on("a", "one"), "test": fails_on("a", "two")},
        fails={9: Conflict("x")},
    )
    told = await heals(ward, Proposes("fix", edit("a", "one", "1")), proposing(other, suited=0.1))
    assert "two changes of a do not fit together" in told.healing.incidents[-1].hand_over


@pytest.mark.parametrize(
    "error", [Conflict("it changed meanwhile"), UsageError("no task"), Unavailable("full")]
)
async def test_a_trial_that_could_not_be_made_proves_nothing(error: Exception) -> None:
    told = await heals(shop(fails={1: error}), many("good\n"))
    assert (["refused"], ["escalated"], NOTHING) == (told.outcomes, told.states, told.patch)
    assert str(error) in told.healing.incidents[0].hand_over


async def test_a_rerun_waits_and_changes_nothing() -> None:
    clock, outcomes = MemoryClock(), iter(["error: down\n", "error: down\n", ""])
    ward = FakeWard({"a": "x\n"}, {"test": lambda files: next(outcomes, "")})
    reruns = proposing(Rerun(after=5.0, reason="the network"), Rerun(after=60.0))
    healing = asyncio.ensure_future(heals(ward, reruns, clock=clock))
    await clock.turn(4.0)
    assert 0 == len(ward.runs)
    await clock.turn(70.0)
    told = await healing
    assert (["same", "green"], True, NOTHING) == (told.outcomes, told.healing.green, told.patch)
    assert (["resolved"], Risk.SAFE) == (told.states, told.healing.risk)
    assert ["the network", "run it again, unchanged"] == [
        one.summary for one in told.healing.incidents[0].attempts
    ]


async def test_an_interruption_is_not_waited_for() -> None:
    ward, clock = shop(), MemoryClock()
    healing = asyncio.ensure_future(heals(ward, proposing(Rerun(after=3600.0)), clock=clock))
    await asyncio.sleep(0)
    ward.stop.set()
    told = await asyncio.wait_for(healing, 5)
    assert (True, ["escalated"], []) == (told.healing.interrupted, told.states, ward.runs)


@pytest.mark.parametrize("at", [1, 2])
async def test_an_interruption_ends_in_a_clear_state(at: int) -> None:
    ward = FakeWard(
        {"a": "one two\n"}, {"lint": fails_on("a", "one"), "test": fails_on("a", "two")}, stops_at=at
    )
    told = await heals(ward, Proposes("1", edit("a", "one", "1")), Proposes("2", edit("a", "two", "2")))
    assert (True, False, NOTHING) == (told.healing.interrupted, told.healing.green, told.patch)
    assert {"escalated"} == set(told.states)
    assert "stopped" == told.outcomes[-1]
    assert {"it was interrupted"} == {one.history[-1].what for one in told.healing.incidents}


async def test_the_kill_switch_ends_it_before_anything_is_tried() -> None:
    told = await heals(shop(), many("good\n"), forbidden=lambda: True)
    assert ([], ["escalated"], False) == (told.ward.runs, told.states, told.healing.interrupted)
    assert "stop --off" in told.healing.stopped
    assert "stop --off" in told.healing.incidents[0].hand_over


async def test_a_kill_switch_that_is_pulled_at_the_end_holds_what_was_proven() -> None:
    ward = shop()
    told = await heals(ward, many("good\n"), forbidden=lambda: bool(ward.runs))
    assert (False, NOTHING, ["escalated"]) == (told.healing.green, told.patch, told.states)
    assert "+good" in told.healing.incidents[0].hand_over


@pytest.mark.parametrize(
    ("fails", "stops_at", "outcome", "runs"),
    [({}, 0, "green", 10), ({7: "error: again\n"}, 0, "same", 7), ({}, 4, "stopped", 4)],
)
async def test_something_flaky_must_be_green_again_and_again(
    fails: Any, stops_at: int, outcome: str, runs: int
) -> None:
    ward = shop(fails=fails, stops_at=stops_at)
    told = await heals(ward, Proposes("calm", edit("a", "bad", "good", flaky=True)))
    assert ([outcome], runs) == (told.outcomes[:1], len(ward.runs))
    assert ["", *["test"] * (runs - 1)] == [only for _, only in ward.runs]
    assert runs == len(told.healing.incidents[0].attempts[0].verification.trials)


async def test_a_hostile_name_is_one_word_to_a_shell() -> None:
    name = "a'; rm -rf ~ #\n$(x)"
    told = await heals(FakeWard({"a": "bad\n"}, {name: fails_on("a", "bad")}))
    assert r"""--only 'a'"'"'; rm -rf ~ #""" in told.healing.incidents[0].hand_over


worlds = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["one", "two", "six"])),
    min_size=1,
    max_size=4,
    unique=True,
)
ways = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["one", "two", "six"]), st.sampled_from(["one", "two", ""])
    ),
    max_size=5,
)


@given(worlds, ways, st.integers(0, 6), st.integers(1, 3))
def test_whatever_happens_it_ends_clearly(
    world: list[tuple[str, str]], known: list[tuple[str, str, str]], stops_at: int, attempts: int
) -> None:
    """Nothing is delivered that was not seen green as it is, and no incident stays open."""
    files = {name: " ".join(word for file, word in world if file == name) + " .\n" for name in "abc"}
    tasks = {f"{name}-{word}": fails_on(name, word, f"{word} in {name}") for name, word in world}
    ward = FakeWard(files, tasks, stops_at=stops_at)
    remedies = [Proposes(f"r{place}", edit(*one)) for place, one in enumerate(known)]
    told: Healed = asyncio.run(heals(ward, *remedies, attempts=attempts))
    assert {True} == {one.state.closed for one in told.healing.incidents}
    assert set(told.healing.incidents) <= set(told.saved)
    if told.healing.green:
        assert ward.runs[-1][0] == told.patch or not ward.runs
        assert not ward.ran({name: text or "" for name, text in ends_with(told).items()}).run.red
        assert {State.RESOLVED} == {one.state for one in told.healing.incidents}
    else:
        assert NOTHING == told.patch
        assert {State.ESCALATED} == {one.state for one in told.healing.incidents}
    for one in told.healing.incidents:
        assert attempts >= sum(not tried.success for tried in one.attempts)


@pytest.mark.parametrize("text", ["good\n", "bad\n"])
async def test_a_check_that_needs_a_secret_is_handed_over(text: str) -> None:
    """What was healed beside it stays healed, and is left where it was wished."""
    ward = FakeWard({"a": text}, {"test": fails_on("a", "bad")}, left_out=(WANTS,))
    told = await heals(ward, Proposes("fix", edit("a", "bad", "good")))
    healing = told.healing
    assert (False, ("the step 'Live' needs the secret KEY",)) == (healing.green, healing.unchecked)
    assert ([*(["resolved"] if text == "bad\n" else []), "escalated"], text == "bad\n") == (
        told.states,
        bool(healing.patch),
    )
    assert "only a person can give it" == healing.incidents[-1].history[-1].what
    assert "the step 'Live' needs the secret KEY" in healing.incidents[-1].hand_over


WANTS = Skipped("Live", "needs the secret KEY", check=True)


async def test_what_only_a_person_may_do_is_shown_to_one() -> None:
    patch = Patch.of([changed_file("a", "bad\n", "good\n")])
    told = await heals(shop(), proposing(Escalate(reason="it may have been meant", proposed=patch)))
    assert (["escalated"], NOTHING) == (told.states, told.patch)
    (incident,) = told.healing.incidents
    assert "## What would make it green" in incident.hand_over
    assert "    +good" in incident.hand_over
