"""What becomes of what stands at the host: watched, closed when the cause is gone, agreed to by who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.incidents import PATCH
from tests.unit.journeys.conftest import SHOP, Ward, at_host

from autonomous_cicd.domain.at_host import LABEL, Mark, branch_of, mark
from autonomous_cicd.domain.code_host import Check, PullRequest
from autonomous_cicd.domain.event import Event
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.errors import Unavailable, UsageError
from autonomous_cicd.journeys.consent import agreed, approved
from autonomous_cicd.journeys.doors import answered
from autonomous_cicd.journeys.proposal import watched
from autonomous_cicd.journeys.red_run import RedRun


def proposed(ward: Ward) -> tuple[Incident, PullRequest]:
    """Let there be an incident whose fix is proposed."""
    run = ward.red()
    [incident] = ward.do(lambda practice: RedRun(practice, run).diagnosed())[1]
    return incident, ward.pull(incident)


def look(ward: Ward, pull: PullRequest, commit: str = "") -> str:
    return ward.do(lambda practice: watched(practice, SHOP, pull.head, commit or pull.head_commit))


def hear(ward: Ward, name: str, **more: Any) -> str:
    return ward.do(lambda practice: answered(practice, Event(name=name, repository=SHOP, **more)))


def said(ward: Ward, number: int) -> list[str]:
    return [one.body for one in ward.shop.comments.get(number, [])]


def test_a_stranger_who_forks_our_commit_says_nothing_of_it(ward: Ward) -> None:
    _, pull = proposed(ward)
    ward.host.add_repository("eve/shop", fork_of=SHOP)
    ward.red(branch=pull.head, head_repository="eve/shop", event="pull_request")
    check = Check(name="test", status="completed", conclusion="failure", app="github-actions")
    ward.shop.checks[pull.head_commit] = {"test": check}
    assert "not ended" in look(ward, pull)
    ward.host.add_run(SHOP, branch=pull.head, conclusion="success")
    assert "verified" in look(ward, pull)
    [incident] = ward.incidents()
    assert incident.at_host
    assert "green" == incident.at_host.checked
    assert 1 == len(said(ward, 1))
    assert "already" in look(ward, pull)


def test_without_a_commit_nothing_is_looked_at(ward: Ward) -> None:
    """An odd event names none, and so do incidents without a proposal."""
    run = ward.red()
    ward.do(lambda practice: RedRun(practice, run).diagnosed())
    for name in ("workflow_job", "check_suite", "check_run"):
        assert "waited for" in hear(ward, name, branch=branch_of("0" * 16), commit="")
    assert [] == ward.cloned


def test_what_is_red_there_is_closed_even_when_it_was_interrupted(ward: Ward) -> None:
    incident, pull = proposed(ward)
    ward.red(branch=pull.head)
    close = ward.host.update_pull_request

    async def lost(*given: object, **named: object) -> Any:
        raise Unavailable("no answer")

    ward.host.update_pull_request = lost  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        look(ward, pull)
    ward.host.update_pull_request = close  # type: ignore[method-assign]
    assert "nothing else" in look(ward, pull)
    assert not ward.shop.pulls[1].open
    [after] = ward.incidents()
    assert after.at_host
    assert (State.ESCALATED, (PATCH.id,)) == (after.state, after.at_host.refused)
    assert incident.id == after.id
    assert "no commit" in look(ward, pull)


def test_after_three_that_were_red_it_stops(ward: Ward) -> None:
    _, pull = proposed(ward)
    [known] = ward.incidents()
    assert known.at_host
    ward.save(replace(known, at_host=replace(known.at_host, refused=("a", "b"))))
    ward.red(branch=pull.head)
    assert "no more are made" in look(ward, pull)
    assert [] == ward.cloned
    assert State.ESCALATED is ward.incidents()[0].state
    assert "no commit" in look(ward, pull)
    assert 1 == len(said(ward, 1))


def test_what_is_gone_is_closed_whatever_else_is_missing(ward: Ward) -> None:
    """An issue that somebody deleted does not keep the others open."""
    run = ward.red()
    [first] = ward.do(lambda practice: RedRun(practice, run).diagnosed())[1]
    for id, issue in (("aa00", 77), ("bb00", 1)):
        place = at_host(run, issue=issue, pull_request=99 if issue == 77 else 0)
        ward.save(replace(first, id=id, at_host=place))
    text = f"x\n\n{mark(Mark.CAUSE, first.fingerprint)}"
    ward.do(lambda practice: practice.host.open_issue(SHOP, title="t", body=text, labels=(LABEL,)))  # type: ignore[attr-defined]
    green = ward.host.add_run(SHOP, conclusion="success")
    assert "issue 1" in hear(ward, "workflow_run", run=green.id)
    assert not ward.shop.issues[1].open
    assert [State.RESOLVED] * 3 == [one.state for one in ward.incidents()]


def test_what_is_gone_and_comes_back_can_go_again(ward: Ward) -> None:
    incident, _ = proposed(ward)
    for _ in range(2):
        green = ward.host.add_run(SHOP, conclusion="success")
        hear(ward, "workflow_run", run=green.id)
        assert not ward.shop.pulls[1].open
        [known] = ward.incidents()
        assert known.at_host
        assert green.id == known.at_host.gone
        run = ward.red()
        [again] = ward.do(lambda practice, run=run: RedRun(practice, run).diagnosed())[1]  # type: ignore[misc]
        assert (incident.id, State.OPEN) == (again.id, again.state)


def test_the_work_of_a_person_on_our_branch_is_left_alone(ward: Ward) -> None:
    _, pull = proposed(ward)
    ward.shop.commit({"b.txt": "b\n"}, branch=pull.head)
    green = ward.host.add_run(SHOP, conclusion="success")
    hear(ward, "workflow_run", run=green.id)
    assert ward.shop.pulls[1].open
    assert ward.shop.head(pull.head)


def test_whoever_only_observes_writes_nothing_about_what_stands_there(ward: Ward) -> None:
    ward.settings["AUTONOMOUS_CICD_AUTONOMY"] = "observe"
    _, pull = proposed(ward)
    own = ward.red(branch=pull.head)
    look(ward, pull)
    ward.shop.runs[own.id] = [replace(own, conclusion="success")]
    hear(ward, "workflow_run", run=ward.host.add_run(SHOP, conclusion="success").id)
    assert ward.shop.pulls[1].open
    assert {} == ward.shop.comments


def test_comments_of_people_who_may_write_are_obeyed_once(ward: Ward) -> None:
    run = ward.red()
    [first] = ward.do(lambda practice: RedRun(practice, run).diagnosed())[1]
    ward.save(replace(first, at_host=at_host(run, issue=1), state=State.WAITING, patch=PATCH))
    ward.do(lambda practice: practice.host.open_issue(SHOP, title="t", body="b"))  # type: ignore[attr-defined]
    approve = f"/autonomous-cicd approve {PATCH.id[:12]}\r\nthank you"  # as a browser sends it
    numbers = iter(range(1, 99))

    def comment(text: str, sender: str, number: int = 1) -> str:
        told = {"number": number, "comment": next(numbers), "text": text, "sender": sender}
        return hear(ward, "issue_comment", **told)

    assert "may not write" in comment(approve, "eve")
    assert "may not write" in comment(approve, "")
    assert "nothing of ours" in comment(approve, "octo", 2)
    for odd in (
        f"> {approve}",
        f"please `{approve}`",
        "/autonomous-cicd approve",
        f"/autonomous-cicd approve {PATCH.id[:11]}",
        f"/autonomous-cicd approve {PATCH.id[:12]} and {'0' * 12}",
        f"/autonomous-cicd-approve {PATCH.id[:12]}",
        f"/autonomous-cicd approve {'0' * 64}",
    ):
        comment(odd, "octo")
    assert {} == ward.shop.pulls
    ward.save(replace(first, at_host=at_host(run, pull_request=5), state=State.RESOLVED, patch=PATCH))
    assert "already" in ward.do(lambda practice: approved(practice, ward.incidents(), PATCH.id, "octo"))
    with pytest.raises(UsageError, match="no change waits"):
        ward.do(lambda practice: approved(practice, ward.incidents(), "0" * 12, "octo"))
    assert {} == ward.shop.pulls
    assert all("@" not in one for one in said(ward, 1))


def test_an_approval_from_elsewhere_is_told_in_the_issue(ward: Ward) -> None:
    ward.shop.commit({one.name: one.before for one in PATCH.changes if one.before is not None})
    run = ward.red()
    [first] = ward.do(lambda practice: RedRun(practice, run).diagnosed())[1]
    waiting = replace(first, at_host=at_host(run, issue=1), state=State.WAITING, patch=PATCH)
    ward.save(waiting)
    ward.do(lambda practice: practice.host.open_issue(SHOP, title="t", body="b"))  # type: ignore[attr-defined]
    told = ward.do(lambda practice: agreed(practice, waiting, PATCH.id[:12], "me"))
    [pull] = ward.shop.pulls.values()
    assert told == f"proposed as pull request {pull.number}: a person approved this very change"
    assert [told in one for one in said(ward, 1)] == [True]
    assert "a person agreed to this very change" in pull.body
    assert "risk" not in pull.body


def test_an_approval_counts_for_nothing_while_everything_is_stopped(ward: Ward) -> None:
    run = ward.red()
    [first] = ward.do(lambda practice: RedRun(practice, run).diagnosed())[1]
    waiting = replace(first, at_host=at_host(run, issue=1), state=State.WAITING, patch=PATCH)
    ward.save(waiting)
    (ward.folder / "state" / "stopped").touch()
    with pytest.raises(UsageError, match="stopped"):
        ward.do(lambda practice: approved(practice, [waiting], PATCH.id, "octo"))
    assert {} == ward.shop.pulls
