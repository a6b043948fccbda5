"""CodeHost, and what `outward` asks of a code host: in memory, and GitHub's adapter before our own GitHub."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.hosts.contract import DESCRIPTION, Contract
from tests.hosts.serving import Ask, answer
from tests.hosts.worlds import World, github_world, memory_world

from autonomous_cicd.domain.change import Change, Kind
from autonomous_cicd.domain.code_host import Annotation, Check, Permission
from autonomous_cicd.errors import Conflict, NotFound

SHOP = "octo/shop"
CI = "name: CI\non: [push, workflow_dispatch]\n"
FILES = {"a.py": "a = 1\n", "old.txt": "old\n", ".github/workflows/ci.yml": CI, "é/ü b.txt": "\r\nö"}
OURS = "autonomous-cicd/0123456789abcdef"


@pytest.fixture(params=[memory_world, github_world], ids=["memory", "github"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with request.param(tmp_path) as world:
        world.given.add_repository(SHOP, FILES, roles={"ann": "admin", "bob": "triage", "mia": "maintain"})
        yield world


async def test_says_whom_it_takes_us_for(world: World) -> None:
    found = await world.host.identity()
    assert ("autonomous-cicd[bot]", "user") == (found.login, found.kind)


async def test_tells_of_a_run_and_its_attempts(world: World) -> None:
    run = world.given.add_run(SHOP, branch="main", actor="ann")
    found = await world.host.run(SHOP, run.id)
    assert (run.id, SHOP, "CI", ".github/workflows/ci.yml", run.commit) == (
        found.id,
        found.repository,
        found.workflow,
        found.path,
        found.commit,
    )
    assert ("main", "push", "completed", "failure", 1) == (
        found.branch,
        found.event,
        found.status,
        found.conclusion,
        found.attempt,
    )
    assert ("ann", SHOP, True, False) == (found.actor, found.head_repository, found.failed, found.foreign)
    assert 1 > abs(found.created - run.created)
    await world.host.rerun(SHOP, run.id)
    world.finish(SHOP, run.id, "success")
    assert ("success", 2) == ((now := await world.host.run(SHOP, run.id)).conclusion, now.attempt)
    assert "failure" == (await world.host.run(SHOP, run.id, 1)).conclusion
    for missing in ((SHOP, 1, 0), (SHOP, run.id, 9), ("octo/none", run.id, 0)):
        with pytest.raises(NotFound):
            await world.host.run(*missing)


async def test_tells_of_a_forks_run(world: World) -> None:
    fork = world.given.add_repository("eve/shop", fork_of=SHOP)
    commit = fork.commit({"a.py": "a = 2\n"}, branch="patch")
    run = world.given.add_run(SHOP, commit=commit, branch="patch", head_repository="eve/shop")
    found = await world.host.run(SHOP, run.id)
    assert ("eve/shop", True) == (found.head_repository, found.foreign)


async def test_finds_runs_the_newest_first(world: World) -> None:
    shop = world.given.repository(SHOP)
    first, second = shop.head("main"), shop.commit({"a.py": "a = 2\n"})
    old = world.given.add_run(SHOP, commit=first, created=1_000_000_000.0)
    green = world.given.add_run(SHOP, commit=second, conclusion="success")
    other = world.given.add_run(SHOP, commit=second, workflow="lint.yml", name="Lint", branch="main")
    find = world.host.runs
    assert [other.id, green.id, old.id] == [one.id for one in await find(SHOP)]
    assert [other.id] == [one.id for one in await find(SHOP, limit=1)]
    assert [green.id, old.id] == [one.id for one in await find(SHOP, workflow="ci.yml")]
    assert [other.id, old.id] == [one.id for one in await find(SHOP, status="failure")]
    assert [other.id, green.id] == [one.id for one in await find(SHOP, commit=second)]
    assert [other.id, green.id] == [one.id for one in await find(SHOP, since=1_100_000_000.0)]
    assert () == await find(SHOP, branch="other")


async def test_tells_of_many_jobs_and_runs(world: World) -> None:
    """More than fit on a page."""
    run = world.given.add_run(SHOP)
    names = [f"test ({number})" for number in range(130)]
    for name in names:
        world.given.add_job(run, name, log=None)
    assert names == [one.name for one in await world.host.jobs(SHOP, run.id)]
    runs = [world.given.add_run(SHOP).id for _ in range(130)]
    assert runs[::-1] == [one.id for one in await world.host.runs(SHOP, limit=130)]


async def test_tells_of_jobs_and_their_steps(world: World) -> None:
    run = world.given.add_run(SHOP)
    good = world.given.add_job(run, "lint", conclusion="success")
    bad = world.given.add_job(
        run, "test (3.11)", steps=[("Set up job", "success"), ("Run pytest", "failure")]
    )
    found = {one.name: one for one in await world.host.jobs(SHOP, run.id)}
    assert {"lint": good.id, "test (3.11)": bad.id} == {name: one.id for name, one in found.items()}
    job = found["test (3.11)"]
    assert (run.id, "completed", True, ("ubuntu-latest",)) == (job.run, job.status, job.failed, job.labels)
    assert [("Set up job", 1, "success"), ("Run pytest", 2, "failure")] == [
        (one.name, one.number, one.conclusion) for one in job.steps
    ]
    assert 60.0 == job.ended - job.started
    await world.host.rerun(SHOP, run.id)
    again = {one.name: one for one in await world.host.jobs(SHOP, run.id)}
    assert ("queued", 2) == (again["test (3.11)"].status, again["test (3.11)"].attempt)
    assert {bad.id, good.id} == {one.id for one in await world.host.jobs(SHOP, run.id, 1)}
    with pytest.raises(NotFound):
        await world.host.jobs(SHOP, 1)


async def test_gets_the_log_of_a_job(world: World) -> None:
    run = world.given.add_run(SHOP)
    whole = b"2024-01-01T00:00:00.0000000Z hello\n" + bytes(range(256)) * 9000
    job = world.given.add_job(run, log=whole)
    log = await world.host.log(SHOP, job.id)
    assert whole == b"".join(log.pieces)
    assert [] == log.notes
    empty = world.given.add_job(run, "empty", log=b"")
    assert b"" == b"".join((await world.host.log(SHOP, empty.id)).pieces)
    gone = world.given.add_job(run, "gone", log=None)
    for missing in (gone.id, 1):
        with pytest.raises(NotFound):
            await world.host.log(SHOP, missing)


async def test_knows_branches(world: World) -> None:
    shop = world.given.repository(SHOP)
    shop.commit({"a.py": "a = 2\n"}, branch="feature/é+1%")
    shop.protected.add("main")
    assert "main" == await world.host.default_branch(SHOP)
    for name in ("main", "feature/é+1%"):
        assert shop.head(name) == await world.host.branch(SHOP, name)
    for odd in ("nope", "feature", "--upload-pack=x", "main?x=1", "a#b"):
        assert "" == await world.host.branch(SHOP, odd)
    assert await world.host.protected(SHOP, "main")
    assert not await world.host.protected(SHOP, "feature/é+1%")
    assert await world.host.protected(SHOP, "nope")
    with pytest.raises(NotFound):
        await world.host.branch("octo/none", "main")
    with pytest.raises(NotFound):
        await world.host.default_branch("octo/none")


async def test_reads_files(world: World) -> None:
    shop = world.given.repository(SHOP)
    first = shop.head("main")
    shop.commit({"a.py": "a = 2\n"})
    assert "a = 2\n" == await world.host.text(SHOP, "a.py", "main")
    assert "a = 1\n" == await world.host.text(SHOP, "a.py", first)
    assert "\r\nö" == await world.host.text(SHOP, "é/ü b.txt", "main")
    for path, ref in (("b.py", "main"), ("a.py", "nope"), ("é", "main"), ("../a.py", "main"), ("", "main")):
        with pytest.raises(NotFound):
            await world.host.text(SHOP, path, ref)


async def test_tells_what_changed_between_commits(world: World) -> None:
    shop = world.given.repository(SHOP)
    first = shop.head("main")
    shop.commit({"a.py": "a = 2\n", "new.txt": "n\n"}, "Second\n\nwith a body")
    last = shop.commit({"old.txt": None}, "Third")
    found = await world.host.between(SHOP, first, last)
    assert ["Third", "Second"] == [one.subject for one in found.commits]
    expected = [("a.py", Kind.CHANGED), ("new.txt", Kind.ADDED), ("old.txt", Kind.REMOVED)]
    assert tuple(Change(name, kind) for name, kind in expected) == found.files
    nothing = await world.host.between(SHOP, last, last)
    assert ((), ()) == (nothing.files, nothing.commits)
    for odd in ("f" * 40, "-x", "main...x", ""):
        with pytest.raises(NotFound):
            await world.host.between(SHOP, first, odd)


async def test_tells_the_newest_of_many_commits(world: World) -> None:
    shop = world.given.repository(SHOP)
    first = shop.head("main")
    for number in range(57):
        last = shop.commit({"a.py": f"a = {number}\n"}, f"Change {number}")
    found = await world.host.between(SHOP, first, last)
    assert [f"Change {number}" for number in range(56, 6, -1)] == [one.subject for one in found.commits]
    assert (Change("a.py"),) == found.files


async def test_opens_one_pull_request_for_a_branch(world: World) -> None:
    shop = world.given.repository(SHOP)
    commit = shop.commit({"a.py": "a = 3\n"}, branch=OURS)
    asked = {"head": OURS, "base": "main"}
    made = await world.host.open_pull_request(SHOP, title="Heal it", body="Why", labels=["bot"], **asked)
    assert ("Heal it", "Why", OURS, commit, SHOP, "main", True, False, ("bot",), "autonomous-cicd[bot]") == (
        made.title,
        made.body,
        made.head,
        made.head_commit,
        made.head_repository,
        made.base,
        made.open,
        made.merged,
        made.labels,
        made.author,
    )
    again = await world.host.open_pull_request(SHOP, title="Again", body="x", **asked)
    assert (made.number, "Heal it") == (again.number, again.title)
    assert made.number == (await world.host.pull_request(SHOP, made.number)).number
    changed = await world.host.update_pull_request(SHOP, made.number, title="New", body="Body")
    assert ("New", "Body", True) == (changed.title, changed.body, changed.open)
    assert [made.number] == [one.number for one in await world.host.pull_requests(SHOP, head=OURS)]
    assert () == await world.host.pull_requests(SHOP, head="other")
    closed = await world.host.update_pull_request(SHOP, made.number, close=True)
    assert ("New", False) == (closed.title, closed.open)
    assert () == await world.host.pull_requests(SHOP)
    assert [made.number] == [one.number for one in await world.host.pull_requests(SHOP, state="all")]
    newer = await world.host.open_pull_request(SHOP, title="Anew", body="", **asked)
    assert made.number < newer.number


async def test_the_head_of_a_pull_request_moves(world: World) -> None:
    shop = world.given.repository(SHOP)
    shop.commit({"a.py": "a = 3\n"}, branch="theirs")
    number = world.pull(SHOP, "theirs")
    later = shop.commit({"a.py": "a = 4\n"}, branch="theirs")
    assert later == (await world.host.pull_request(SHOP, number)).head_commit
    with pytest.raises(NotFound):
        await world.host.pull_request(SHOP, 99)


async def test_a_forks_branch_of_the_same_name_is_another_one(world: World) -> None:
    fork = world.given.add_repository("eve/shop", fork_of=SHOP)
    fork.commit({"a.py": "a = 9\n"}, branch=OURS)
    theirs = world.pull(SHOP, OURS, head_repository="eve/shop")
    assert () == await world.host.pull_requests(SHOP, head=OURS)
    world.given.repository(SHOP).commit({"a.py": "a = 3\n"}, branch=OURS)
    made = await world.host.open_pull_request(SHOP, title="Heal it", body="", head=OURS, base="main")
    assert theirs != made.number


@pytest.mark.parametrize(("head", "base"), [("nope", "main"), (OURS, "nope"), ("main", "main")])
async def test_a_pull_request_needs_two_branches_that_differ(world: World, head: str, base: str) -> None:
    world.given.repository(SHOP).commit({"a.py": "a = 3\n"}, branch=OURS)
    with pytest.raises(Conflict):
        await world.host.open_pull_request(SHOP, title="Heal it", body="", head=head, base=base)


async def test_writes_issues_and_comments(world: World) -> None:
    made = await world.host.open_issue(SHOP, title="CI is red", body="Because", labels=["ci", "bot"])
    assert ("CI is red", "Because", True, {"ci", "bot"}) == (
        made.title,
        made.body,
        made.open,
        set(made.labels),
    )
    other = await world.host.open_issue(SHOP, title="Other", body="")
    assert [made.number] == [one.number for one in await world.host.issues(SHOP, labels=("ci",))]
    assert [other.number, made.number] == [one.number for one in await world.host.issues(SHOP)]
    changed = await world.host.update_issue(SHOP, made.number, body="Known now")
    assert ("CI is red", "Known now", True) == (changed.title, changed.body, changed.open)
    assert not (await world.host.update_issue(SHOP, made.number, open=False)).open
    assert [other.number] == [one.number for one in await world.host.issues(SHOP)]
    assert (await world.host.update_issue(SHOP, made.number, open=True)).open
    said = await world.host.comment(SHOP, made.number, "Hello\n@all")
    world.remark(SHOP, made.number, "/approve", "ann")
    found = await world.host.comments(SHOP, made.number)
    assert [("autonomous-cicd[bot]", "Hello\n@all"), ("ann", "/approve")] == [
        (one.author, one.body) for one in found
    ]
    assert said.id == found[0].id
    for missing in (
        world.host.issue(SHOP, 99),
        world.host.comments(SHOP, 99),
        world.host.comment(SHOP, 99, "x"),
    ):
        with pytest.raises(NotFound):
            await missing


async def test_pull_requests_are_no_issues_and_have_comments(world: World) -> None:
    world.given.repository(SHOP).commit({"a.py": "a = 3\n"}, branch="theirs")
    number = world.pull(SHOP, "theirs")
    await world.host.comment(SHOP, number, "Hello")
    assert () == await world.host.issues(SHOP)
    assert 1 == len(await world.host.comments(SHOP, number))


async def test_tells_what_checks_say(world: World) -> None:
    commit = world.given.repository(SHOP).head("main")
    assert () == await world.host.checks(SHOP, commit)
    for conclusion in ("failure", "success"):
        world.check(SHOP, commit, "test", conclusion)
    await world.host.report_status(SHOP, commit, state="pending", context="deploy", text="at work")
    expected = [("test", "completed", "success"), ("deploy", "in_progress", "")]
    assert expected == [
        (one.name, one.status, one.conclusion) for one in await world.host.checks(SHOP, commit)
    ]
    await world.host.report_status(SHOP, commit, state="error", context="deploy")
    assert Check(name="deploy", status="completed", conclusion="failure") in await world.host.checks(
        SHOP, commit
    )


async def test_knows_who_may_do_what(world: World) -> None:
    expected = {"ann": Permission.ADMIN, "bob": Permission.TRIAGE, "mia": Permission.MAINTAIN}
    expected |= dict.fromkeys(("nobody", "", "../ann", "a b", "ann\n", "x" * 200), Permission.NONE)
    assert expected == {login: await world.host.permission(SHOP, login) for login in expected}


async def test_runs_jobs_again_and_ends_runs(world: World) -> None:
    run = world.given.add_run(SHOP)
    world.given.add_job(run, "lint", conclusion="success")
    job = world.given.add_job(run, "test")
    await world.host.rerun(SHOP, run.id)
    await world.host.rerun(SHOP, run.id)  # it is under way: nothing happens
    found = await world.host.run(SHOP, run.id)
    assert (2, "queued", "") == (found.attempt, found.status, found.conclusion)
    states = {one.name: one.status for one in await world.host.jobs(SHOP, run.id)}
    assert "queued" == states["test"]
    await world.host.cancel(SHOP, run.id)
    await world.host.cancel(SHOP, run.id)
    assert "cancelled" == (await world.host.run(SHOP, run.id)).conclusion
    await world.host.rerun(SHOP, run.id, failed_only=False)
    assert {"queued"} == {one.status for one in await world.host.jobs(SHOP, run.id)}
    world.finish(SHOP, run.id, "failure")
    await world.host.rerun(SHOP, run.id, job=job.id)
    assert 4 == (await world.host.run(SHOP, run.id)).attempt
    for missing in (
        world.host.rerun(SHOP, 1),
        world.host.cancel(SHOP, 1),
        world.host.rerun(SHOP, run.id, job=1),
    ):
        with pytest.raises(NotFound):
            await missing


async def test_starts_workflows(world: World) -> None:
    await world.host.dispatch(SHOP, "ci.yml", "main", {"mode": "fix"})
    [found] = await world.host.runs(SHOP)
    assert ("workflow_dispatch", "queued", "main") == (found.event, found.status, found.branch)
    for workflow, ref in (("none.yml", "main"), ("ci.yml", "nope"), ("../ci.yml", "main")):
        with pytest.raises(NotFound):
            await world.host.dispatch(SHOP, workflow, ref)


async def test_finds_deliveries_that_did_not_reach_us(world: World) -> None:
    for number in range(120):
        world.deliver(SHOP, f"guid-{number}", 500 if number % 2 else 200, 1_700_000_000.0 + number)
    found = await world.host.deliveries(SHOP, 1_700_000_010.0)
    assert [f"guid-{number}" for number in range(119, 9, -1)] == [one.guid for one in found]
    assert {200, 500} == {one.status_code for one in found}
    await world.host.redeliver(SHOP, found[0].id)
    assert 1 == len(world.given.redelivered)
    with pytest.raises(NotFound):
        await world.host.redeliver(SHOP, 999_999)


async def test_tells_what_did_not_reach_us(world: World) -> None:
    told = {
        "action": "created",
        "issue": {"number": 7},
        "comment": {"id": 3, "body": "/autonomous-cicd retry", "user": {"login": "ann"}},
        "repository": {"full_name": SHOP},
        "sender": {"login": "ann"},
    }
    world.deliver(SHOP, "guid-1", 502, 1_700_000_000.0, "issue_comment", told)
    [past] = await world.host.deliveries(SHOP, 1_700_000_000.0)
    event = await world.host.told(SHOP, past.id)
    assert event
    assert ("issue_comment", SHOP, "ann", 7) == (event.name, event.repository, event.sender, event.number)
    assert event.text.startswith("/autonomous-cicd")
    assert await world.host.told(SHOP, 999_999) is None


async def test_tells_details(world: World) -> None:
    run = world.given.add_run(SHOP)
    assert () == await world.host.artifacts(SHOP, run.id)
    assert () == await world.host.caches(SHOP, "pip-")
    assert not await world.host.remove_cache(SHOP, 1)
    assert await world.host.alerts(SHOP, "dependabot") is None
    world.given.repository(SHOP).alerts["dependabot"] = []
    assert () == await world.host.alerts(SHOP, "dependabot")
    world.given.repository(SHOP).commit({"a.py": "a = 3\n"}, branch="theirs")
    assert () == await world.host.reviews(SHOP, world.pull(SHOP, "theirs"))
    for _ in range(2):
        await world.host.label(SHOP, "autonomous-cicd", color="00ff00", text="What we did")
    assert "autonomous-cicd" in world.given.repository(SHOP).labels


async def test_nothing_of_another_repository_is_touched(world: World) -> None:
    world.given.add_repository("octo/other")
    await world.host.open_issue(SHOP, title="x", body="")
    assert (0, 0, 0) == tuple(world.count("octo/other"))
    for name in ("octo", "octo/shop/x", "../shop", "octo/..", "", "octo/sh op", "octo/shop?x"):
        with pytest.raises(NotFound):
            await world.host.default_branch(name)


def test_what_is_not_as_github_describes_it_is_noticed() -> None:
    if not DESCRIPTION.is_file():
        pytest.skip("GitHub's description is not here")
    path, contract = f"/repos/{SHOP}/issues", Contract()
    asked = Ask("POST", path, path, {"color": "red"}, {}, b'{"body": 7}')
    wrong = list(contract.wrong(asked, path, answer({"number": "1"}, 201)))
    assert any("no parameter color" in one for one in wrong)
    assert any("asked $" in one for one in wrong)
    assert any("answered $" in one for one in wrong)
    assert ["GET /repos/octo/shop/none: not described"] == list(
        contract.wrong(Ask("GET", "", "", {}, {}, b""), "/repos/octo/shop/none", answer({}))
    )


def test_an_annotation_is_a_failure_unless_it_is_said() -> None:
    assert "failure" == Annotation(file="a.py", line=1, message="x").level
