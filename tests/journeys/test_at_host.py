"""The second journey: a run is red at the code host, and becomes a proven pull request, or one good issue."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.hosts.github import FakeGitHub
from tests.hosts.shop import FILES, LOG, SHOP, WORKFLOW
from tests.hosts.state import Entry, Run
from tests.warm import Warm

from autonomous_cicd.app import App
from autonomous_cicd.domain.at_host import Mark, mark
from autonomous_cicd.domain.incident import Incident, State
from autonomous_cicd.domain.payload import event_of
from autonomous_cicd.journeys.doors import answered
from autonomous_cicd.journeys.opened import open_practice
from autonomous_cicd.journeys.red_run import STOPPED

BY_SH = {".github/workflows/ci.yml": WORKFLOW.replace("./check.sh", "sh check.sh")}
"""With it, it does not matter whether the script may be executed."""
BROKEN = "#!/bin/sh\necho 2 is not 3 >&2\nexit 1\n"
NO_REMEDY = """\
##[group]Run sh check.sh
##[endgroup]
2 is not 3
##[error]Process completed with exit code 1.
"""


@dataclass
class World:
    """A code host, and us with our state folder."""

    host: FakeGitHub
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def app(self) -> App:
        """Return us, as the operator set us up."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GITHUB_TOKEN": self.host.token,
            "GITHUB_API_URL": self.host.url,
            "AUTONOMOUS_CICD_STATE_DIR": str(self.folder / "state"),
            "AUTONOMOUS_CICD_AUTONOMY": "propose",
            **self.settings,
        }
        return App.open(environment=environment)

    def hear(self, name: str, one: Run | Entry, action: str = "completed", **more: object) -> str:
        """Let a delivery be worked on, and return what came of it."""
        event = event_of(name, self.host.payload(name, one, action, **more))

        async def handled() -> str:
            with contextlib.closing(self.app()) as app:
                async with open_practice(app, stop=asyncio.Event()) as practice:
                    return await answered(practice, event)

        return asyncio.run(handled())

    def red(self, log: str = LOG, **more: object) -> Run:
        """Let a run of the newest commit be red."""
        run = self.host.add_run(SHOP, **more)  # type: ignore[arg-type]
        self.host.add_job(run, "test", log=log)
        return run

    def incidents(self) -> tuple[Incident, ...]:
        """Return what we remember."""
        with contextlib.closing(self.app()) as app:
            return app.store.casebook.incidents()

    @property
    def writes(self) -> list[str]:
        """What was changed at the host."""
        return [f"{one.method} {one.path}" for one in self.host.requests if one.method != "GET"]


@pytest.fixture
def world(tmp_path: Path, warm: Warm) -> Iterator[World]:
    warm(tmp_path / "state")
    with FakeGitHub(tmp_path, checked=True) as host:
        host.add_repository(SHOP, FILES)
        yield World(host, tmp_path)


def test_a_red_run_becomes_one_pull_request(world: World) -> None:
    """The fix is proven here before it is proposed; the same news again changes nothing."""
    run = world.red()
    said = world.hear("workflow_run", run)
    [pull] = world.host.pulls(SHOP)
    assert "pull request 1" in said
    assert ("main", f"autonomous-cicd/{world.incidents()[0].fingerprint}") == (pull.base, pull.head)
    shop = world.host.repository(SHOP)
    assert "100755" == shop.ask("ls-tree", pull.head, "check.sh").split()[0]
    assert shop.head("main") == shop.ask("rev-parse", f"{pull.head}^").strip()
    for told in ("Permission denied", "git revert", "not yet", "exit code 0"):
        assert told in pull.body
    assert ["autonomous-cicd"] == pull.labels
    before = len(world.writes)
    world.hear("workflow_run", run)
    assert before == len(world.writes)
    assert 1 == len(world.host.pulls(SHOP)) == len(world.incidents())
    assert [] == world.host.issues(SHOP)


def test_by_default_nothing_is_written_at_the_host(world: World) -> None:
    """The change is proven all the same, and waits for a person."""
    world.settings["AUTONOMOUS_CICD_AUTONOMY"] = "observe"
    world.hear("workflow_run", world.red())
    assert [] == world.writes
    [incident] = world.incidents()
    assert State.WAITING is incident.state
    assert ("check.sh",) == incident.patch.files


def test_what_a_stranger_brings_is_not_executed(world: World, tmp_path: Path) -> None:
    """A fork's code could do anything: its run is diagnosed from its log alone."""
    world.host.add_repository("eve/shop", fork_of=SHOP)
    trap = tmp_path / "executed"
    fork = world.host.repository("eve/shop")
    commit = fork.commit({"check.sh": f"#!/bin/sh\ntouch {trap}\nexit 1\n"}, branch="nice")
    run = world.red(
        commit=commit, branch="nice", head_repository="eve/shop", event="pull_request", actor="eve"
    )
    said = world.hear("workflow_run", run)
    assert "not executed" in said
    assert [] == world.writes
    assert not trap.exists()
    assert State.DISMISSED is world.incidents()[0].state


@pytest.mark.parametrize("actor", ["eve", "dependabot[bot]", "octo"])
def test_who_started_a_run_by_other_means_has_to_be_known_to_the_host(world: World, actor: str) -> None:
    world.hear("workflow_run", world.red(event="issue_comment", actor=actor))
    assert (1 if actor == "octo" else 0) == len(world.host.pulls(SHOP))


def test_what_nobody_can_heal_becomes_one_issue_that_closes_itself(world: World) -> None:
    shop = world.host.repository(SHOP)
    shop.commit(
        {"check.sh": BROKEN, ".github/workflows/ci.yml": WORKFLOW.replace("./check.sh", "sh check.sh")}
    )
    world.hear("workflow_run", world.red(NO_REMEDY))
    [issue] = world.host.issues(SHOP)
    assert "2 is not 3" in issue.body
    assert "autonomous-cicd run . --workflow ci.yml" in issue.body
    world.hear("workflow_run", world.red(NO_REMEDY))  # another run of the same commit
    shop.commit({"README": "more\n"})
    world.hear("workflow_run", world.red(NO_REMEDY))  # the same cause at the next commit
    assert [issue] == world.host.issues(SHOP)
    green = world.host.add_run(SHOP, conclusion="success")
    assert f"issue {issue.number}" in world.hear("workflow_run", green)
    assert "closed" == issue.state
    assert f"runs/{green.id}" in issue.comments[-1].body


def test_a_green_run_closes_the_pull_request(world: World) -> None:
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    world.host.repository(SHOP).commit({"README": "fixed by hand\n"})
    world.hear("workflow_run", world.host.add_run(SHOP, conclusion="success"))
    assert "closed" == pull.state
    assert "" == world.host.repository(SHOP).head(pull.head)
    world.hear("pull_request", pull, "closed")
    assert State.RESOLVED is world.incidents()[0].state


def test_its_own_checks_verify_a_pull_request_at_the_host(world: World) -> None:
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    own = world.host.add_run(SHOP, branch=pull.head, conclusion="success")
    assert "verified at the host" in world.hear("workflow_run", own)
    assert "green" in pull.comments[-1].body
    incident = world.incidents()[0]
    assert incident.at_host
    assert "green" == incident.at_host.checked


@pytest.mark.parametrize("conclusion", ["skipped", "success"])
def test_only_what_failed_verifies_a_pull_request(world: World, conclusion: str) -> None:
    """Another workflow says nothing of it, and what comes later counts."""
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    other = world.host.add_run(SHOP, workflow="labels.yml", branch=pull.head, conclusion=conclusion)
    assert "have not ended" in world.hear("workflow_run", other)
    own = world.host.add_run(SHOP, branch=pull.head, conclusion="success")
    world.host.add_job(own, "test", conclusion="skipped")
    assert "have not ended" in world.hear("workflow_run", own)
    assert [] == pull.comments
    again = world.host.add_run(SHOP, branch=pull.head, conclusion="success")
    world.host.add_job(again, "test", conclusion="success")
    assert "verified at the host" in world.hear("workflow_run", again)
    assert "already" in world.hear("workflow_run", again)
    late = world.host.add_run(SHOP, branch=pull.head)
    world.host.add_job(late, "test", log=LOG)
    world.hear("workflow_run", late)
    assert "closed" == pull.state
    assert State.ESCALATED is world.incidents()[0].state


def test_what_was_left_out_closes_nothing(world: World) -> None:
    shop = world.host.repository(SHOP)
    shop.commit({"check.sh": BROKEN, **BY_SH})
    world.hear("workflow_run", world.red(NO_REMEDY))
    [issue] = world.host.issues(SHOP)
    for conclusion, state in (("skipped", "open"), ("success", "closed")):
        green = world.host.add_run(SHOP, conclusion="success")
        world.host.add_job(green, "test", conclusion=conclusion)
        world.host.add_job(green, "lint", conclusion="success")
        world.hear("workflow_run", green)
        assert state == issue.state


def test_an_issue_stands_as_long_as_any_branch_needs_it(world: World) -> None:
    shop = world.host.repository(SHOP)
    shop.commit({"check.sh": BROKEN, **BY_SH})
    shop.commit({"b": "\n"}, branch="other")
    for branch in ("main", "other"):
        world.hear("workflow_run", world.red(NO_REMEDY, branch=branch, commit=shop.head(branch)))
    [issue] = world.host.issues(SHOP)
    for branch, state in (("other", "open"), ("main", "closed")):
        green = world.host.add_run(SHOP, branch=branch, commit=shop.head(branch), conclusion="success")
        world.hear("workflow_run", green)
        assert state == issue.state


def test_what_is_red_at_the_host_is_not_proposed_again(world: World) -> None:
    """There is no other remedy for it, so the pull request is closed, and a person has to look."""
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    own = world.host.add_run(SHOP, branch=pull.head)
    world.host.add_job(own, "test", log=LOG)
    world.hear("workflow_run", own)
    assert "closed" == pull.state
    assert [True] == [one.state == "open" for one in world.host.issues(SHOP)]
    [incident] = world.incidents()
    assert State.ESCALATED is incident.state
    assert incident.at_host
    assert 1 == len(incident.at_host.refused)


def test_one_that_a_person_closed_is_not_opened_again(world: World) -> None:
    run = world.red()
    world.hear("workflow_run", run)
    [pull] = world.host.pulls(SHOP)
    pull.state = "closed"
    world.hear("pull_request", pull, "closed")
    assert State.DISMISSED is world.incidents()[0].state
    world.host.repository(SHOP).commit({"README": "more\n"})
    world.hear("workflow_run", world.red())
    assert [pull] == world.host.pulls(SHOP)


def test_an_issue_that_a_person_closed_is_not_opened_again(world: World) -> None:
    """Nor does a stranger's comment that looks like ours change that."""
    shop = world.host.repository(SHOP)
    shop.commit(
        {"check.sh": BROKEN, ".github/workflows/ci.yml": WORKFLOW.replace("./check.sh", "sh check.sh")}
    )
    world.hear("workflow_run", world.red(NO_REMEDY))
    [issue] = world.host.issues(SHOP)
    issue.state = "closed"
    world.host.comment(SHOP, issue.number, mark(Mark.SAID, "gone:7"), "eve")
    world.hear("issues", issue, "closed")
    assert State.DISMISSED is world.incidents()[0].state
    shop.commit({"README": "more\n"})
    world.hear("workflow_run", world.red(NO_REMEDY))
    assert "closed" == issue.state
    assert [issue] == world.host.issues(SHOP)


def test_our_own_branch_starts_nothing_new(world: World) -> None:
    """Twenty red runs of it are not twenty pull requests."""
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    for _ in range(20):
        own = world.host.add_run(SHOP, branch=pull.head, commit=world.host.repository(SHOP).head("main"))
        world.hear("workflow_run", own)
    assert [pull] == world.host.pulls(SHOP)


def _waiting(world: World) -> tuple[Entry, str]:
    """Return the issue of a change that waits for a person, and the id of the change."""
    world.settings["AUTONOMOUS_CICD_SELF_HEALING_CONFIDENCE_THRESHOLD"] = "1.0"
    world.hear("workflow_run", world.red())
    [incident] = world.incidents()
    assert State.WAITING is incident.state
    [issue] = world.host.issues(SHOP)
    return issue, incident.patch.id[:12]


def _comment(world: World, issue: Entry, text: str, author: str) -> str:
    remark = world.host.comment(SHOP, issue.number, text, author)
    shown = {"id": remark.id, "body": text, "user": {"login": author, "id": 7, "type": "User"}}
    sender = {"login": author, "id": 7, "type": "User"}
    return world.hear("issue_comment", issue, "created", comment=shown, sender=sender)


def test_a_comment_of_somebody_who_may_write_approves_that_very_change(world: World) -> None:
    issue, diff = _waiting(world)
    assert diff in issue.body
    assert "may not write" in _comment(world, issue, f"/autonomous-cicd approve {diff}", "eve")
    assert "is not the change" in _comment(world, issue, f"/autonomous-cicd approve {'0' * 12}", "octo")
    assert "is not the change" in _comment(world, issue, "/autonomous-cicd approve", "octo")
    assert [] == world.host.pulls(SHOP)
    assert "pull request" in _comment(world, issue, f"/autonomous-cicd approve {diff}\nthanks", "octo")
    assert 1 == len(world.host.pulls(SHOP))


def test_a_comment_refuses_a_change(world: World) -> None:
    issue, diff = _waiting(world)
    assert "rejected" in _comment(world, issue, "/autonomous-cicd reject", "octo")
    assert "no change waits" in _comment(world, issue, f"/autonomous-cicd approve {diff}", "octo")
    assert [] == world.host.pulls(SHOP)
    assert State.DISMISSED is world.incidents()[0].state


@pytest.mark.parametrize("secret", ["", "It's a Secret to Everybody"])
def test_only_comments_that_are_heard_are_offered(world: World, secret: str) -> None:
    world.settings["GITHUB_WEBHOOK_SECRET"] = secret
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    assert bool(secret) == ("can comment `/autonomous-cicd approve" in pull.body)


def test_what_was_rejected_is_not_offered_again(world: World) -> None:
    issue, diff = _waiting(world)
    _comment(world, issue, "/autonomous-cicd reject", "octo")
    world.host.repository(SHOP).commit({"README": "more\n"})
    world.hear("workflow_run", world.red())
    assert State.WAITING not in {one.state for one in world.incidents()}
    assert diff not in issue.body


def test_a_comment_refuses_what_is_proposed(world: World) -> None:
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    assert "may not write" in _comment(world, pull, "/autonomous-cicd reject", "eve")
    assert "open" == pull.state
    assert "rejected" in _comment(world, pull, "/autonomous-cicd reject", "octo")
    assert ("closed", "") == (pull.state, world.host.repository(SHOP).head(pull.head))
    assert State.DISMISSED is world.incidents()[0].state


def test_what_a_person_closed_can_be_asked_for(world: World) -> None:
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    pull.state = "closed"
    world.hear("pull_request", pull, "closed")
    world.host.repository(SHOP).commit({"README": "more\n"})
    world.hear("workflow_run", world.red())
    waiting = next(one for one in world.incidents() if one.state is State.WAITING)
    [issue] = world.host.issues(SHOP)
    said = _comment(world, issue, f"/autonomous-cicd approve {waiting.patch.id[:12]}", "octo")
    assert "proposed as pull request" in said
    assert ["closed", "open"] == [one.state for one in world.host.pulls(SHOP)]


def test_news_of_an_older_run_do_not_set_a_proposal_back(world: World) -> None:
    old = world.red()
    world.host.repository(SHOP).commit({"README": "more\n"})
    world.hear("workflow_run", world.red())
    [pull] = world.host.pulls(SHOP)
    before, head = pull.body, world.host.repository(SHOP).head(pull.head)
    world.hear("workflow_run", old)
    assert (before, head) == (pull.body, world.host.repository(SHOP).head(pull.head))
    assert [] == world.host.issues(SHOP)


def test_what_is_red_at_night_is_reproduced_as_at_night(world: World) -> None:
    """The job is for that event alone."""
    nightly = WORKFLOW.replace("[push, pull_request]", "{push: , schedule: [{cron: '0 2 * * *'}]}").replace(
        "    steps:", "    if: github.event_name == 'schedule'\n    steps:"
    )
    world.host.repository(SHOP).commit({".github/workflows/ci.yml": nightly})
    world.hear("workflow_run", world.red(event="schedule"))
    [pull] = world.host.pulls(SHOP)
    assert "check.sh" in pull.body


def test_a_job_that_was_not_run_here_is_not_called_green(world: World) -> None:
    late = WORKFLOW.replace("./check.sh", "sh check.sh").replace(
        "    steps:", "    if: github.event_name == 'schedule'\n    steps:"
    )
    shop = world.host.repository(SHOP)
    shop.commit({"check.sh": BROKEN, ".github/workflows/ci.yml": late})
    world.settings["AUTONOMOUS_CICD_AUTONOMY"] = "act"
    network = NO_REMEDY.replace("2 is not 3", "curl: (28) Connection timed out after 30000 milliseconds")
    run = world.red(network, event="schedule")
    world.hear("workflow_run", run)
    assert [] == run.reruns
    [issue] = world.host.issues(SHOP)
    assert "the job test was not run here" in issue.body
    assert "green here" not in issue.body


def test_what_passes_by_itself_is_run_again_where_we_may_act(world: World) -> None:
    """The host could not reach a registry; the same commit is green here."""
    shop = world.host.repository(SHOP)
    shop.commit(BY_SH)
    log = "##[group]Run sh check.sh\n##[endgroup]\ncurl: (28) Connection timed out after 30000 milliseconds\n"
    world.settings["AUTONOMOUS_CICD_AUTONOMY"] = "act"
    run = world.red(log + "##[error]Process completed with exit code 28.\n")
    world.hear("workflow_run", run)
    assert ["failed"] == run.reruns
    assert [] == world.host.issues(SHOP) == world.host.pulls(SHOP)
    world.host.finish(run)
    world.hear("workflow_run", run)
    assert State.RESOLVED is world.incidents()[0].state


def test_what_could_not_be_tried_is_not_called_something_else(world: World) -> None:
    """After a cause that nobody can heal, one is left whose job fails here as well."""
    shop = world.host.repository(SHOP)
    head, jobs, test = WORKFLOW.partition("jobs:\n")
    job = test.replace("test:", "api:").replace("./check.sh", "sh api.sh")
    needs = test.replace("runs-on:", "needs: api\n    if: always()\n    runs-on:")
    shop.commit({".github/workflows/ci.yml": f"{head}{jobs}{job}{needs}", "api.sh": BROKEN})
    run = world.red()
    world.host.add_job(run, "api", log=NO_REMEDY.replace("check.sh", "api.sh"))
    world.hear("workflow_run", run)
    said = [one.history[-1].what + one.hand_over for one in world.incidents()]
    assert not any("something else" in one for one in said), said
    [left] = [one.body for one in world.host.issues(SHOP) if one.body.startswith("`test`")]
    assert "was not tried: another cause of the same run was not healed" in left
    assert "no remedy knows" not in left


def test_what_is_green_here_is_never_called_healed(world: World) -> None:
    shop = world.host.repository(SHOP)
    shop.commit(BY_SH)
    world.hear("workflow_run", world.red(NO_REMEDY))
    assert [] == world.host.pulls(SHOP)
    [issue] = world.host.issues(SHOP)
    assert "could not be reproduced" in issue.body


@pytest.mark.parametrize("let_go", [False, True])
def test_the_kill_switch_ends_what_is_only_reproduced(world: World, let_go: bool) -> None:
    """It is no interruption after which it goes on by itself, even if it is let go again soon."""
    began, switch = world.folder / "began", world.folder / "state" / "stopped"
    lets_go = f"trap 'rm -f {switch}; exit 1' TERM\n" if let_go else ""
    sleeps = f"#!/bin/sh\n{lets_go}touch {began}\nsleep 120 &\nwait\nexit 1\n"
    world.host.repository(SHOP).commit({**BY_SH, "check.sh": sleeps})
    seconds: list[float] = []

    def pull() -> None:
        while not began.exists():
            time.sleep(0.05)
        switch.touch()
        seconds.append(time.monotonic())

    thread = threading.Thread(target=pull, daemon=True)
    thread.start()
    said = world.hear("workflow_run", world.red())
    assert time.monotonic() - seconds[0] < 60
    thread.join(30)
    assert "interrupted" not in said
    [incident] = world.incidents()
    assert STOPPED == incident.history[-1].what
    assert let_go != switch.exists()
    assert not incident.state.closed
    assert [] == world.writes


def test_the_kill_switch_stops_all_writing(world: World) -> None:
    (world.folder / "state" / "stopped").touch()
    world.hear("workflow_run", world.red())
    assert [] == world.writes
    assert "stopped" in world.incidents()[0].history[-1].what


def test_a_repository_may_allow_less_and_not_more(world: World) -> None:
    shop = world.host.repository(SHOP)
    shop.commit({".autonomous-cicd.yml": "autonomous_cicd:\n  autonomy: observe\n"})
    world.hear("workflow_run", world.red())
    assert [] == world.writes
    world.settings["AUTONOMOUS_CICD_AUTONOMY"] = "observe"
    shop.commit({".autonomous-cicd.yml": "autonomous_cicd:\n  autonomy: act\n"})
    world.hear("workflow_run", world.red())
    assert [] == world.writes


@pytest.mark.parametrize("most", ["propose", "act"])
def test_what_a_repository_allows_is_no_less_than_it_says(world: World, most: str) -> None:
    world.host.repository(SHOP).commit({".autonomous-cicd.yml": f"autonomous_cicd:\n  autonomy: {most}\n"})
    world.hear("workflow_run", world.red())
    assert 1 == len(world.host.pulls(SHOP))


def test_of_what_helps_only_together_the_end_is_shown(world: World) -> None:
    """Two jobs fail with one message, each because of a file of its own."""
    shop = world.host.repository(SHOP)
    job = WORKFLOW.partition("jobs:\n")[2].replace("test:", "web:").replace("check.sh", "web.sh")
    shop.commit({".github/workflows/ci.yml": WORKFLOW + job, "web.sh": FILES["check.sh"]})
    run = world.red()
    world.host.add_job(run, "web", log=LOG.replace("check.sh", "web.sh"))
    world.hear("workflow_run", run)
    [pull] = world.host.pulls(SHOP)
    proof = pull.body.partition("## Proof")[2].partition("## How sure")[0]
    assert "**green**" in proof.strip().rpartition("\n- ")[2], proof
    why = pull.body.partition("## What is changed")[2].partition("## Proof")[0]
    for name in ("check.sh", "web.sh"):
        assert f"{name} may not be executed" in why.replace("`", "")


@pytest.mark.parametrize("first", ["main", "feature/x"])
def test_a_fix_brings_nothing_of_one_branch_to_another(world: World, first: str) -> None:
    shop = world.host.repository(SHOP)
    shop.commit({"unfinished": "secret\n"}, branch="feature/x")
    other = "feature/x" if first == "main" else "main"
    for branch in (first, other, first):
        world.hear("workflow_run", world.red(branch=branch, commit=shop.head(branch)))
    pulls = {one.base: one for one in world.host.pulls(SHOP)}
    assert {"main", "feature/x"} == set(pulls)
    for base, pull in pulls.items():
        assert shop.head(base) == shop.ask("rev-parse", f"{pull.head}^").strip()
        assert f"`{pull.head}`" in pull.body
    said = {one.at_host.branch: one.at_host.pull_request for one in world.incidents() if one.at_host}
    assert {base: pull.number for base, pull in pulls.items()} == said


def test_only_so_many_pull_requests_are_open_at_once(world: World) -> None:
    world.settings["AUTONOMOUS_CICD_SELF_HEALING_MAX_OPEN_PULL_REQUESTS"] = "0"
    world.hear("workflow_run", world.red())
    assert [] == world.host.pulls(SHOP)
    [issue] = world.host.issues(SHOP)
    assert "no more are allowed" in issue.body


def test_text_of_strangers_is_inert_where_it_is_shown(world: World) -> None:
    shop = world.host.repository(SHOP)
    shop.commit(
        {"check.sh": BROKEN, ".github/workflows/ci.yml": WORKFLOW.replace("./check.sh", "sh check.sh")}
    )
    evil = "Error: @everyone fixes #1 <img src=x> ![x](http://evil.example/x) ```\n"
    world.hear("workflow_run", world.red(evil + NO_REMEDY))
    [issue] = world.host.issues(SHOP)
    assert "everyone" in issue.body
    prose = re.sub(r"(`{3,})[^\n]*\n.*?\n\1\n|`[^`\n]+`", "", issue.body, flags=re.DOTALL)  # code is inert
    for live in ("@everyone", "#1", "http://evil.example", "<img", "![x]"):
        assert live not in prose
    assert "fixes #1" not in issue.body
