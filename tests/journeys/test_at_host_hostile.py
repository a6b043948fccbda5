"""The second journey among people and machines that mean no good, or die on the way."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from tests.hosts.shop import LOG, SHOP
from tests.journeys.test_at_host import BY_SH, NO_REMEDY, World, world

from autonomous_cicd.domain.incident import State
from autonomous_cicd.domain.payload import event_of
from autonomous_cicd.journeys.doors import answered
from autonomous_cicd.journeys.opened import open_practice
from autonomous_cicd.journeys.reconciled import reconciled

__all__ = ["world"]
TOKEN = "ghp_" + "Zx9" * 12


class Died(BaseException):
    """The process was killed."""


@pytest.mark.parametrize("after", [False, True])
def test_whoever_dies_when_it_is_opened_leaves_one_pull_request(world: World, after: bool) -> None:
    run = world.red()
    event = event_of("workflow_run", world.host.payload("workflow_run", run))

    async def dying() -> None:
        with contextlib.closing(world.app()) as app:
            async with open_practice(app, stop=asyncio.Event()) as practice:
                host: Any = practice.deliver.outside.pull_requests
                real = host.open_pull_request

                async def killed(*given: Any, **named: Any) -> None:
                    if after:
                        await real(*given, **named)
                    raise Died

                host.open_pull_request = killed
                await answered(practice, event)

    with pytest.raises(Died):
        asyncio.run(dying())

    async def next_process() -> tuple[int, tuple[str, ...]]:
        with contextlib.closing(world.app()) as app:
            async with open_practice(app, stop=asyncio.Event()) as practice:
                return await reconciled(practice), practice.book.open_intents()

    assert (2, ()) == asyncio.run(next_process())
    world.hear("workflow_run", run)
    [pull] = world.host.pulls(SHOP)
    [incident] = world.incidents()
    assert incident.at_host
    assert (State.RESOLVED, pull.number) == (incident.state, incident.at_host.pull_request)
    branches = world.host.repository(SHOP).ask("for-each-ref", "--format=%(refname)", "refs/heads")
    assert 2 == len(branches.splitlines())


def test_secrets_of_a_log_reach_nobody(world: World) -> None:
    world.host.repository(SHOP).commit(BY_SH)
    secrets = (TOKEN, "hunter2hunter2")
    log = f"Error: push to https://bot:{secrets[1]}@example.com/x failed with {TOKEN}\n{NO_REMEDY}"
    run = world.red(log)
    run.name = f"CI {TOKEN}"
    world.hear("workflow_run", run)
    [issue] = world.host.issues(SHOP)
    kept = b"".join(one.read_bytes() for one in (world.folder / "state").rglob("*") if one.is_file())
    for secret in (*secrets, world.host.token):
        assert secret not in f"{issue.title}{issue.body}"
        assert secret.encode() not in kept


def test_a_tag_or_a_branch_that_is_gone_gets_no_pull_request(world: World) -> None:
    """It is proven all the same, and kept for a person."""
    world.hear("workflow_run", world.red(LOG, branch="v1.0", commit=world.host.repository(SHOP).head("main")))
    assert [] == world.host.pulls(SHOP)
    [incident] = world.incidents()
    assert State.ESCALATED is incident.state
    [issue] = world.host.issues(SHOP)
    assert "new mode 100755" in issue.body
    assert "approve" not in issue.body, "nobody's consent makes it possible"
    assert "no branch 'v1.0'" in "".join(one.what for one in incident.history)
