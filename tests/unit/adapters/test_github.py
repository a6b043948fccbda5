"""GitHub's adapter: answers that are hostile or wrong, faults on the way, logs of every kind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.host_faults import measure
from hypothesis import given
from hypothesis import strategies as st
from tests.hosts.github import FakeGitHub
from tests.hosts.serving import Ask, Reply, answer, serve
from tests.hosts.worlds import opened

from autonomous_cicd.adapters import github_values
from autonomous_cicd.adapters.github import GitHub
from autonomous_cicd.adapters.github_values import Fields
from autonomous_cicd.domain.code_host import Annotation
from autonomous_cicd.errors import Conflict, NotFound, PortError, Unauthorized, Unavailable, Uncertain

SHOP = "octo/shop"
CI = "name: CI\non: [push, workflow_dispatch]\n"


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[FakeGitHub]:
    with FakeGitHub(tmp_path) as host:
        host.add_repository(SHOP, {"a.py": "a = 1\n", ".github/workflows/ci.yml": CI})
        yield host


@pytest.fixture
async def github(host: FakeGitHub) -> AsyncIterator[GitHub]:
    found, _ = opened(host)
    yield found
    await found.aclose()


NAMES = """id name path head_sha head_branch event status conclusion number title body state user login head
base ref sha repo full_name labels steps created_at updated_at guid delivered_at status_code filename key
context previous_filename commit message author date pull_requests repository role_name permission"""
KEYS = st.sampled_from(NAMES.split())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=8),
    max_leaves=30,
)
WRONG = [
    *(
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"1",
        b"{}",
        b"<html>",
        b"[" * 200_000,
        b'{"a":' * 50_000,
        b"\xff\xfe\x00",
    ),
    *(b'{"id": 1e400}', b'{"id": ' + b"9" * 6000 + b"}", b'{"jobs": [{"id": 1, "name": 5}]}'),
    *(b'{"workflow_runs": {}}', b'{"workflow_runs": [[]]}', b'{"workflow_runs": [{"id": "1"}]}'),
]
READERS = {
    name: getattr(github_values, name) for name in github_values.__all__ if name not in ("Fields", "run_of")
}
READERS["run_of"] = lambda one: github_values.run_of(one, SHOP)
READERS["alert_of"] = lambda one: github_values.alert_of(one, "dependabot")
READERS["changes_of"] = lambda one: list(github_values.changes_of(one))


@pytest.mark.parametrize("name", sorted(READERS))
@given(value=JSON)
def test_whatever_is_answered_is_a_value_or_an_error_with_its_place(name: str, value: Any) -> None:
    try:
        READERS[name](Fields(value, "it"))
    except Unavailable as error:
        assert "GitHub's answer is wrong: it" in str(error)


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))
async def test_wrong_answers_end_in_errors_of_ours(host: FakeGitHub, github: GitHub, body: bytes) -> None:
    host.override = lambda ask, path: Reply(200, body, {"content-type": "application/json"})
    asks = [
        github.identity(),
        github.run(SHOP, 1),
        github.runs(SHOP),
        github.jobs(SHOP, 1),
        github.default_branch(SHOP),
        github.text(SHOP, "a.py", "main"),
        github.between(SHOP, "a" * 40, "b" * 40),
        github.pull_request(SHOP, 1),
        github.pull_requests(SHOP),
        github.issue(SHOP, 1),
        github.issues(SHOP),
        github.comments(SHOP, 1),
        github.checks(SHOP, "a" * 40),
        github.permission(SHOP, "ann"),
        github.deliveries(SHOP, 0.0),
        github.alerts(SHOP, "dependabot"),
        github.open_issue(SHOP, title="t", body="b"),
        github.comment(SHOP, 1, "x"),
    ]
    for ask in asks:
        try:
            found = await ask
        except PortError:
            continue
        assert found in ((), None) or str(found) in ("none", "main", "")


async def test_a_page_that_is_elsewhere_is_not_asked_there(host: FakeGitHub, github: GitHub) -> None:
    asked: list[Ask] = []

    def listen(ask: Ask) -> Reply:
        asked.append(ask)
        return answer([])

    runs = [host.add_run(SHOP).id for _ in range(130)]
    host.hook_url = "https://ci.example.org/webhooks/github"
    for number in range(130):
        host.add_delivery(SHOP, f"guid-{number}")
    with serve(listen) as port:
        host.link_base = f"http://127.0.0.1:{port}"
        assert runs[::-1] == [one.id for one in await github.runs(SHOP, limit=200)]
        assert 130 == len(await github.deliveries(SHOP, 0.0))
    assert [] == asked


async def test_a_short_page_is_not_the_end_when_the_host_says_that_there_are_more(
    host: FakeGitHub, github: GitHub
) -> None:
    """It may give fewer than it was asked for, or none on one page."""
    issue = host.shapes.issue(host.add_issue(SHOP), host.repository(SHOP))
    pages = [[issue] * 30, [], [issue] * 5]

    def short(ask: Ask, path: str) -> Reply:
        page = int(ask.query["page"])
        next = f'<{host.url}{ask.path}?page={page + 1}>; rel="next"' if page < len(pages) else ""
        return answer(pages[page - 1], link=next)

    host.override = short
    assert 35 == len(await github.issues(SHOP))
    assert 3 == len(host.requests)


async def test_endless_pages_come_to_an_end(host: FakeGitHub, github: GitHub) -> None:
    issue = host.shapes.issue(host.add_issue(SHOP), host.repository(SHOP))
    host.override = lambda ask, path: answer([issue | {"pull_request": {}}] * 100)
    assert () == await github.issues(SHOP)
    assert 20 == len(host.requests)


async def test_a_log_is_read_without_its_mark_and_never_with_the_token(
    host: FakeGitHub, github: GitHub
) -> None:
    job = host.add_job(host.add_run(SHOP), log="one\ntwo")
    log = await github.log(SHOP, job.id)
    assert b"2023-11-14T22:13:20.0000000Z one\n2023-11-14T22:13:20.0000000Z two\n" == b"".join(log.pieces)
    assert [False] == ["authorization" in one.headers for one in host.stored]


async def test_a_log_that_expired_is_said_to_be_gone(host: FakeGitHub, github: GitHub) -> None:
    job = host.add_job(host.add_run(SHOP), log="x")
    job.expired = True
    with pytest.raises(NotFound, match="is not there any more") as gone:
        await github.log(SHOP, job.id)
    assert "GitHub keeps logs for a time" in gone.value.hint


async def test_a_log_may_be_an_archive(host: FakeGitHub, github: GitHub) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("test/1_Set up job.txt", "\ufeffone\n")
        archive.writestr("test/2_Run tests.txt", "two\n")
        archive.writestr("../../evil.txt", "outside\n")
    job = host.add_job(host.add_run(SHOP), log=file.getvalue())
    log = await github.log(SHOP, job.id)
    assert b"one\ntwo\noutside\n" == b"".join(log.pieces).replace("\ufeff".encode(), b"")


async def test_a_log_that_breaks_off_again_and_again_is_noted(host: FakeGitHub, github: GitHub) -> None:
    job = host.add_job(host.add_run(SHOP), log=b"0123456789" * 10)
    host.faults.only = lambda method, path: path == "/storage"
    host.faults.rate, host.faults.kinds = 1.0, ("truncated",)
    log = await github.log(SHOP, job.id)
    assert b"0123456789" * 5 == b"".join(log.pieces)
    assert ["the answer of GitHub ends after 50 of 100 bytes"] == log.notes


async def test_the_logs_of_a_whole_run_come_at_once(host: FakeGitHub, github: GitHub) -> None:
    run = host.add_run(SHOP)
    for name in ("lint", "test (3.11)"):
        host.add_job(run, name, log=f"log of {name}".encode())
    logs = {one.name: b"".join(one.pieces) for one in await github.run_logs(SHOP, run.id)}
    assert {"lint": b"log of lint", "test (3.11)": b"log of test (3.11)"} == logs


async def test_a_file_that_is_none_or_too_large_is_not_read(host: FakeGitHub, github: GitHub) -> None:
    shop = host.repository(SHOP)
    shop.commit({"large.txt": "x" * (1 << 20) + "yz\n"})
    with pytest.raises(Unavailable, match="too large"):
        await github.text(SHOP, "large.txt", "main")
    with pytest.raises(NotFound, match="no file"):
        await github.text(SHOP, ".github", "main")


@pytest.mark.parametrize("fault", ["502", "502+", "reset", "reset+", "truncated+", "malformed+", "malformed"])
async def test_nothing_is_made_twice_or_forgotten(host: FakeGitHub, github: GitHub, fault: str) -> None:
    shop = host.repository(SHOP)
    shop.commit({"a.py": "a = 2\n"}, branch="autonomous-cicd/x")
    run = host.add_run(SHOP)
    host.add_job(run)
    number = host.add_issue(SHOP).number

    async def with_fault(ask: Any) -> Any:
        host.faults.script = [fault]
        return await ask

    host.faults.only = lambda method, path: method == "POST"
    await with_fault(github.open_issue(SHOP, title="t", body="b\r\n"))
    await with_fault(github.comment(SHOP, number, "hello"))
    ends = {"head": "autonomous-cicd/x", "base": "main"}
    await with_fault(github.open_pull_request(SHOP, title="p", body="b", labels=["l"], **ends))
    await with_fault(github.rerun(SHOP, run.id))
    await with_fault(github.dispatch(SHOP, "ci.yml", "main"))
    await with_fault(github.cancel(SHOP, run.id))
    await with_fault(github.report_status(SHOP, shop.head("main"), state="success", context="c"))
    assert 7 == len(host.faults.given)
    assert (2, 1) == (len(host.issues(SHOP)), len(host.pulls(SHOP)))
    assert ["hello"] == [one.body for one in shop.entries[number].comments]
    assert ["l"] == host.pulls(SHOP)[0].labels
    assert (["failed"], 2, "cancelled") == (run.reruns, len(shop.runs), run.conclusion)


async def test_what_cannot_be_known_is_said(host: FakeGitHub, github: GitHub) -> None:
    host.faults.only = lambda method, path: method == "POST"
    host.faults.script = ["502"] * 3
    with pytest.raises(Uncertain):
        await github.open_issue(SHOP, title="t", body="b")
    assert 3 == len([one for one in host.requests if one.method == "POST"])
    host.faults.script = ["502+"]
    host.override = lambda ask, path: Reply(502) if ask.method == "GET" else None
    with pytest.raises(Uncertain, match="looking whether it was done"):
        await github.open_issue(SHOP, title="t", body="b")
    assert 1 == len(host.issues(SHOP))


async def test_what_is_refused_says_why(host: FakeGitHub, github: GitHub) -> None:
    with pytest.raises(Conflict, match="title is too long"):
        await github.open_issue(SHOP, title="x" * 300, body="")
    run = host.add_run(SHOP, status="in_progress", conclusion=None)
    await github.rerun(SHOP, run.id)
    assert [] == run.reruns
    host._accounts[host.token][0].writes = False
    for ask in (
        github.open_issue(SHOP, title="t", body=""),
        github.comment(SHOP, host.add_issue(SHOP).number, "x"),
        github.rerun(SHOP, host.add_run(SHOP).id),
    ):
        with pytest.raises(Unauthorized, match="not accessible"):
            await ask


async def test_a_check_has_all_its_remarks(host: FakeGitHub, github: GitHub) -> None:
    host._accounts[host.token][0].kind = "installation"
    commit = host.repository(SHOP).head("main")
    remarks = [Annotation(file="a.py", line=number, message="x") for number in range(130)]
    told = {"name": "analysis", "conclusion": "failure", "title": "t", "summary": "s"}
    host.faults.script = ["502+"]
    await github.report_check(SHOP, commit, annotations=remarks, **told)
    [check] = host.repository(SHOP).checks
    assert (130, "failure") == (len(check["annotations"]), check["conclusion"])
    assert ["analysis"] == [one.name for one in await github.checks(SHOP, commit)]


async def test_branches_of_rule_sets_are_protected(host: FakeGitHub, github: GitHub) -> None:
    assert not await github.protected(SHOP, "main")
    host.repository(SHOP).rules["main"] = ("pull_request",)
    assert await github.protected(SHOP, "main")
    host.override = lambda ask, path: Reply(404) if "/rules/" in path else None
    assert not await github.protected(SHOP, "main")


async def test_hooks_that_lead_elsewhere_are_none_of_our_business(host: FakeGitHub, github: GitHub) -> None:
    host.hook_url = "https://chat.example.org/hook"
    host.add_delivery(SHOP, "guid-1")
    assert () == await github.deliveries(SHOP, 0.0)
    with pytest.raises(NotFound):
        await github.redeliver(SHOP, 1002)
    assert [] == host.redelivered


def test_a_fifth_of_the_answers_may_go_wrong() -> None:
    score = measure(12, 0.2)
    assert (0, 0) == (score.doubled, len(score.errors)), score.errors
    assert score.calls <= 1.6
    assert 8 <= len({kind.removesuffix("+") for kind in score.faults})
