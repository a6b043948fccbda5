"""How likely a task is to fail, and why: what it learns from the runs before."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.forecast import Ended, Forecast, Model, Past

FILES = ("src/a.py", "src/b.py", "docs/c.md", "top")
PASTS = st.lists(
    st.builds(
        lambda tasks, touched, same: Past(
            tasks={name: Ended(how, frozenset({"f"} if how else ())) for name, how in tasks.items()},
            touched=touched,
            same=same,
        ),
        st.dictionaries(st.sampled_from(("test", "lint")), st.booleans()),
        st.frozensets(st.sampled_from(FILES)),
        st.booleans(),
    ),
    max_size=30,
)


def ran(*results: bool | tuple[bool, str], cause: str = "") -> list[Past]:
    """Return runs of one task: whether it failed, and the file that was touched before."""
    pasts = []
    for result in results:
        failed, file = result if isinstance(result, tuple) else (result, "")
        causes = frozenset({cause} if failed and cause else ())
        pasts.append(Past(tasks={"test": Ended(failed, causes)}, touched=frozenset({file} if file else ())))
    return pasts


def after(pasts: Sequence[Past], *touched: str, same: bool = False) -> Forecast:
    model = Model()
    for past in pasts:
        model.learn(past)
    return model.forecast("test", frozenset(touched), same=same)


@given(PASTS, st.frozensets(st.sampled_from(FILES)), st.booleans())
def test_every_forecast_is_a_probability(pasts: list[Past], touched: frozenset[str], same: bool) -> None:
    said = after(pasts, *touched, same=same)
    low, high = said.interval
    assert 0 <= low <= said.probability <= high <= 1
    assert 0 < said.rate < 1
    assert said.reasons
    assert len(said.reasons) == len(set(said.reasons))


@given(PASTS)
def test_the_same_past_gives_the_same_forecast(pasts: list[Past]) -> None:
    assert after(pasts, "src/a.py") == after(pasts, "src/a.py")


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.data())
def test_more_failures_never_lower_the_rate(results: list[bool], data: st.DataObject) -> None:
    worse = [one or data.draw(st.booleans()) for one in results]
    assert after(ran(*results)).rate <= after(ran(*worse)).rate


@given(st.integers(1, 60), st.integers(1, 20))
def test_what_fails_further_becomes_likelier(passed: int, failed: int) -> None:
    fewer = after(ran(*[False] * passed, *[True] * failed))
    more = after(ran(*[False] * passed, *[True] * (failed + 1)))
    assert fewer.probability < more.probability


@given(st.integers(1, 60))
def test_what_passes_further_becomes_less_likely(passed: int) -> None:
    fewer, more = (after(ran(True, *[False] * count)) for count in (passed, passed + 1))
    assert fewer.probability > more.probability


def test_a_task_that_never_ran_fails_as_often_as_is_usual() -> None:
    said = after([])
    assert (("it never ran before",), 0.1) == (said.reasons, round(said.probability, 3))


def test_it_learns_which_files_break_a_task() -> None:
    pasts = ran(*[(False, "docs/c.md"), (True, "src/a.py"), (False, "src/b.py"), (False, "top")] * 8)
    risky, safe = after(pasts, "src/a.py"), after(pasts, "docs/c.md")
    assert risky.probability > 4 * safe.probability
    assert "src/a.py changed: after a change there it failed 8 of 8 times" == risky.reasons[0]
    assert [] == [reason for reason in safe.reasons if "docs/c.md" in reason]


def test_the_riskiest_file_of_a_change_counts() -> None:
    pasts = ran(*[(False, "docs/c.md"), (True, "src/a.py"), (False, "top")] * 8)
    assert after(pasts, "src/a.py", "top").probability == after(pasts, "src/a.py").probability


def test_a_new_file_is_as_risky_as_its_folder() -> None:
    pasts = [
        past
        for number in range(10)
        for past in ran((False, "docs/c.md"), (True, f"src/{number}.py"), (False, "top"))
    ]
    said = after(pasts, "src/new.py")
    assert said.probability > 2 * after(pasts, "docs/new.md").probability
    assert "src/ changed: after a change there it failed 10 of 10 times" in said.reasons


def test_a_change_of_everything_says_nothing_of_any_file() -> None:
    pasts = ran(*[(True, "src/a.py"), (False, "top")] * 8)
    whole = [f"src/{number}.py" for number in range(200)]
    assert after(pasts).probability == after(pasts, "src/a.py", *whole).probability


def test_what_fails_goes_on_failing_when_nothing_changed() -> None:
    pasts = [Past(tasks={"test": Ended(number % 10 > 4)}, same=number % 10 != 5) for number in range(46)]
    model = Model()
    for past in pasts:
        model.learn(past)
    same, changed = (model.forecast("test", frozenset(), same=one) for one in (True, False))
    assert same.probability != changed.probability
    assert [reason for reason in same.reasons if reason.endswith("and nothing changed since")]


def test_changing_what_broke_it_may_mend_it() -> None:
    pasts = ran(*[(False, "top"), (True, "src/a.py"), (True, "docs/c.md"), (False, "src/a.py")] * 8)[:-2]
    said = after(pasts, "src/a.py")
    assert said.probability < after(pasts, "docs/c.md").probability
    assert "src/a.py changed, with which it began to fail" in said.reasons


def test_failing_again_for_the_same_cause_is_told() -> None:
    again = after(ran(False, False, True, True, cause="f"))
    assert "it failed again for the same cause" in again.reasons
    assert "it failed 2 times in a row" in again.reasons
    assert again.probability > after(ran(False, False, True, True)).probability


def test_what_changed_while_a_task_was_left_out_still_counts() -> None:
    pasts = ran(*[(False, "docs/c.md"), (True, "src/a.py"), (False, "top")] * 8)
    left_out = Past(tasks={"lint": Ended(False)}, touched=frozenset({"src/a.py"}))
    assert after(pasts, "src/a.py").probability == after([*pasts, left_out]).probability
