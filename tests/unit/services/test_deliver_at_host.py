"""The one hand at the code host: everything once, nothing that is not ours, and not more than is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from autonomous_cicd.adapters.casebook import MemoryCasebook
from autonomous_cicd.adapters.memory_host import MemoryHost
from autonomous_cicd.domain.at_host import LABEL, Mark, branch_of, mark
from autonomous_cicd.domain.code_host import Comment, HostedRun
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.errors import Conflict, Unavailable, UsageError
from autonomous_cicd.services.deliver_at_host import GONE, DeliverAtHost, Outside, Proposed, Stopped, Words

SHOP = "octo/shop"
CAUSE = "0123456789abcdef"
BRANCH = branch_of(CAUSE)
PATCH = Patch.of([changed_file("a.txt", "a\n", "b\n")])
OTHER = Patch.of([changed_file("a.txt", "a\n", "c\n")])


class Died(BaseException):
    """The process was killed."""


@dataclass
class Mortal:
    """Passes calls on to a host, and dies before or after the one of that name."""

    host: MemoryHost
    at: str = ""
    after: bool = False
    calls: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.host, name)

        async def called(*given: Any, **named: Any) -> Any:
            self.calls.append(name)
            if (name, False) == (self.at, self.after):
                raise Died
            done = await method(*given, **named)
            if name == self.at:
                raise Died
            return done

        return called


class Desk:
    """A host in memory, and our hand at it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.stopped = False
        self.host = MemoryHost(now=lambda: self.now)
        self.shop = self.host.add_repository(SHOP)
        self.book = MemoryCasebook()
        self.mortal = Mortal(self.host)

    @property
    def hand(self) -> DeliverAtHost:
        outside = Outside(
            branches=self.mortal, pull_requests=self.mortal, issues=self.mortal, workflows=self.mortal
        )
        return DeliverAtHost(
            host=self.host,
            outside=outside,
            book=self.book,
            now=lambda: self.now,
            stopped=lambda: self.stopped,
        )

    def propose(self, cause: str = CAUSE, patch: Patch = PATCH, **more: Any) -> Proposed:
        return asyncio.run(
            self.hand.propose(
                SHOP,
                cause,
                lambda branch, commit: Words("Fix it", f"It proposes {commit}.\n\n{mark(Mark.FIX, cause)}"),
                patch,
                clone=Path("/nowhere"),
                commit=self.shop.head("main"),
                base="main",
                incident="aa00",
                **more,
            )
        )

    def tell(self, cause: str = CAUSE) -> Any:
        return asyncio.run(self.hand.tell(SHOP, cause, Words("It failed", mark(Mark.CAUSE, cause)), "aa00"))

    def close(self, number: int, **more: Any) -> bool:
        def why(key: str) -> str:
            return f"Gone.\n\n{mark(Mark.SAID, key)}"

        return asyncio.run(self.hand.close_pull_request(SHOP, number, why, **more))

    def close_issue(self, number: int) -> bool:
        def why(key: str) -> str:
            return mark(Mark.SAID, key)

        return asyncio.run(self.hand.close_issue(SHOP, number, f"{GONE}7", why))

    @property
    def open_pulls(self) -> list[int]:
        return [one.number for one in self.shop.pulls.values() if one.open]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def _run(desk: Desk) -> HostedRun:
    return desk.host.add_run(SHOP)


def _closing(desk: Desk) -> Callable[[], object]:
    def close() -> None:
        [pull] = desk.shop.pulls.values()
        desk.close(pull.number)

    return close


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", ["push", "open_pull_request", "update_pull_request", "remove", "comment"])
def test_whoever_dies_on_the_way_leaves_one_pull_request(desk: Desk, at: str, after: bool) -> None:
    """It is begun again until it is done, as by the next process."""
    for what in (desk.propose, lambda: desk.propose(patch=OTHER), _closing(desk)):
        desk.mortal = Mortal(desk.host, at, after)
        try:
            what()
        except Died:
            desk.mortal = Mortal(desk.host)
            what()
    assert 1 == len(desk.shop.pulls)
    assert [] == desk.open_pulls
    assert 1 == len(desk.shop.comments[1])
    assert 1 == desk.book.done_since(f"{SHOP}#pulls", 0)
    assert 2 == desk.book.done_since(SHOP, 0)  # two fixes of one cause


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", ["open_issue", "update_issue", "comment"])
def test_whoever_dies_on_the_way_leaves_one_issue(desk: Desk, at: str, after: bool) -> None:
    for what in (desk.tell, lambda: desk.close_issue(1), desk.tell):
        desk.mortal = Mortal(desk.host, at, after)
        try:
            what()
        except Died:
            desk.mortal = Mortal(desk.host)
            what()
    assert [True] == [one.open for one in desk.shop.issues.values()]
    assert 2 == len(desk.shop.comments[1])  # that it is gone, and that it is back


@pytest.mark.parametrize("after", [False, True])
def test_whoever_dies_on_the_way_runs_it_again_once(desk: Desk, after: bool) -> None:
    run = _run(desk)
    desk.mortal = Mortal(desk.host, "rerun", after)
    with pytest.raises(Died):
        asyncio.run(desk.hand.rerun(run, "aa00", 3))
    desk.mortal = Mortal(desk.host)
    for _ in range(3):
        asyncio.run(desk.hand.rerun(run, "aa00", 3))
    assert 2 == desk.shop.runs[run.id][-1].attempt


def test_a_run_is_run_again_once_even_when_the_host_is_slow_to_say_so(desk: Desk) -> None:
    run = _run(desk)
    asyncio.run(desk.hand.rerun(run, "aa00", 3))
    desk.shop.runs[run.id] = [run]
    assert "" == asyncio.run(desk.hand.rerun(run, "aa00", 3))
    assert ["rerun"] == desk.mortal.calls
    assert "3 times" in asyncio.run(desk.hand.rerun(replace(run, attempt=3), "aa00", 3))


def test_what_comes_and_goes_is_counted_each_time(desk: Desk) -> None:
    """A cause that is gone and comes back is proposed anew: that is no way around the budgets."""
    for number in (1, 2):
        assert (made := desk.propose().pull_request)
        assert number == made.number
        assert desk.close(number, proposed=made.head_commit)
    assert 2 == desk.book.done_since(SHOP, 0)
    assert "last hour" in desk.propose().note
    desk.now += 3601
    assert desk.propose().pull_request


def test_only_so_many_are_open_at_once_among_very_many(desk: Desk) -> None:
    desk.host.add_repository("eve/shop", fork_of=SHOP)
    for number in range(5):  # a stranger's branches may have such names
        desk.host.repository("eve/shop").commit({"a.txt": f"{number}\n"}, branch=branch_of(f"{number:016d}"))
    pull = desk.propose().pull_request
    assert pull
    for number in range(2, 150):
        desk.shop.pulls[number] = replace(pull, number=number, head=f"feature-{number}")
    for number in range(200, 210):
        desk.shop.pulls[number] = replace(
            pull, number=number, head=branch_of("0" * 16), head_repository="eve/shop"
        )
    desk.now += 3601
    assert desk.propose("a" * 16).pull_request
    for number in range(300, 303):
        desk.shop.pulls[number] = replace(pull, number=number, head=branch_of(f"b{number:015d}"))
    for number in range(400, 550):
        desk.shop.pulls[number] = replace(pull, number=number, head=f"feature-{number}")
    desk.now += 3601
    assert "5 pull requests of ours are open" in desk.propose("c" * 16).note


def test_what_was_healed_together_stays_together(desk: Desk) -> None:
    """Another cause that one of our pull requests heals as well gets no second one."""
    first = desk.propose().pull_request
    assert first
    again = desk.propose("f" * 16, OTHER, numbers=[99, first.number]).pull_request
    assert again
    assert (first.number, BRANCH) == (again.number, again.head)
    assert [first.number] == desk.open_pulls


def test_only_so_many_issues_are_opened_in_a_day(desk: Desk) -> None:
    for number in range(10):
        desk.tell(f"{number:016d}")
    with pytest.raises(UsageError, match="no more are allowed"):
        desk.tell("f" * 16)
    assert desk.tell(f"{3:016d}").open  # what stands there is brought up to date all the same
    desk.now += 24 * 3600 + 1
    assert 11 == desk.tell("f" * 16).number


def test_what_is_not_ours_is_not_closed(desk: Desk) -> None:
    pull = desk.propose().pull_request
    assert pull
    desk.shop.pulls[7] = replace(pull, number=7, head_repository="eve/shop")
    assert not desk.close(7)
    desk.shop.pulls[8] = replace(pull, number=8, head="autonomous-cicd/idea-of-a-person")
    assert not desk.close(8)
    assert not desk.close(pull.number, proposed="f" * 40)  # somebody added to it
    issue = desk.tell()
    desk.shop.issues[9] = replace(issue, number=9, author="eve", labels=(LABEL,))
    assert not desk.close_issue(9)
    desk.shop.issues[issue.number] = replace(issue, body="rewritten by a person")
    assert not desk.close_issue(issue.number)
    assert [1, 7, 8] == desk.open_pulls


def test_a_crowd_below_an_issue_does_not_hide_what_we_said(desk: Desk) -> None:
    number = desk.tell().number
    crowd = [Comment(id=id, author="eve", body=mark(Mark.SAID, f"{GONE}1")) for id in range(500)]
    desk.shop.comments[number] = crowd
    assert desk.close_issue(number)
    assert desk.tell().open
    desk.shop.issues[number] = replace(desk.shop.issues[number], open=False)  # by a person this time
    crowd.append(
        Comment(id=501, author="eve", body=mark(Mark.SAID, f"{GONE}8"))
    )  # a stranger's word is not ours
    assert not desk.tell().open


def test_an_issue_of_somebody_else_is_not_taken_for_ours(desk: Desk) -> None:
    asyncio.run(desk.host.open_issue(SHOP, title="mine", body=mark(Mark.CAUSE, CAUSE), labels=(LABEL,)))
    desk.shop.issues[1] = replace(desk.shop.issues[1], author="eve")
    assert 2 == desk.tell().number


def test_nothing_is_written_from_the_moment_that_everything_is_stopped(desk: Desk) -> None:
    issue, run = desk.tell().number, _run(desk)
    made = desk.propose().pull_request
    assert made
    desk.mortal.calls.clear()
    desk.stopped = True
    each: list[Callable[[], object]] = [
        lambda: desk.propose(patch=OTHER),
        lambda: desk.tell("f" * 16),
        lambda: desk.close(made.number),
        lambda: desk.close_issue(issue),
        lambda: asyncio.run(desk.hand.say(SHOP, 1, "x", "x")),
        lambda: asyncio.run(desk.hand.rerun(run, "", 3)),
        lambda: asyncio.run(desk.hand.dispatch(SHOP, "ci.yml", "main")),
        lambda: asyncio.run(desk.hand.report(SHOP, "weekly", Words("", ""))),
    ]
    for one in each:
        with pytest.raises(Stopped):
            one()
    assert [] == desk.mortal.calls


def test_the_switch_counts_between_two_steps_as_well(desk: Desk) -> None:
    push = desk.host.push

    async def pushed(*given: Any, **named: Any) -> str:
        desk.stopped = True
        return await push(*given, **named)

    desk.host.push = pushed  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        desk.propose()
    assert {} == desk.shop.pulls


@pytest.mark.parametrize(("error", "left"), [(Conflict("no"), 0), (Unavailable("who knows"), 1)])
def test_an_intent_stays_open_when_nobody_knows_what_came_of_it(
    desk: Desk, error: Exception, left: int
) -> None:
    async def open_issue(*given: object, **named: object) -> Coroutine[Any, Any, None]:
        raise error

    desk.host.open_issue = open_issue  # type: ignore[assignment]
    with pytest.raises(type(error)):
        desk.tell()
    assert left == len(desk.book.open_intents())
