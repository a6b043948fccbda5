"""What a report tells of is gathered from the host and the casebook; what cannot be is told as such."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.hosts.clocks import HurriedClock
from tests.hosts.github import FakeGitHub
from tests.incidents import an_incident

from autonomous_cicd.adapters.casebook import MemoryCasebook
from autonomous_cicd.adapters.github import GitHub
from autonomous_cicd.adapters.github_app import open_github
from autonomous_cicd.domain.report_facts import Facts, ReportKind
from autonomous_cicd.services.host_facts import DAY, gather
from autonomous_cicd.settings.load import load


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[tuple[FakeGitHub, GitHub]]:
    with FakeGitHub(tmp_path) as fake:
        fake.add_repository("acme/shop", {"README": "x"})
        environment = {"HOME": str(tmp_path), "GITHUB_TOKEN": fake.token, "GITHUB_API_URL": fake.url}
        host = open_github(load(None, environment=environment), environment, HurriedClock())
        yield fake, host
        await host.aclose()


async def facts(
    kind: ReportKind, fake: FakeGitHub, host: GitHub, book: MemoryCasebook | None = None
) -> Facts:
    book = book or MemoryCasebook()
    return await gather(kind, "acme/shop", host=host, details=host, book=book, now=fake.now())


async def test_runs_of_this_week_and_of_the_one_before(hub: tuple[FakeGitHub, GitHub]) -> None:
    fake, host = hub
    new = fake.add_run("acme/shop", created=fake.now() - DAY)
    old = fake.add_run("acme/shop", created=fake.now() - 9 * DAY)
    fake.add_run("acme/shop", created=fake.now() - 20 * DAY)
    weekly = await facts(ReportKind.WEEKLY, fake, host)
    assert ([new.id], [old.id]) == ([one.id for one in weekly.runs], [one.id for one in weekly.earlier])
    failure = await facts(ReportKind.FAILURE, fake, host)
    assert ([new.id], []) == ([one.id for one in failure.runs], [*failure.earlier])
    assert failure.looked_at_runs


async def test_incidents_of_the_repository(hub: tuple[FakeGitHub, GitHub]) -> None:
    fake, host = hub
    book = MemoryCasebook()
    ours = an_incident("aa" * 6, project="acme/shop", opened=fake.now() - 9 * DAY, history=())
    for one in (ours, an_incident("bb" * 6, project="acme/other")):
        book.save(one)
    found = await facts(ReportKind.FAILURE, fake, host, book)
    assert ((ours,), ()) == (found.incidents, found.recent)


async def test_alerts_that_may_be_seen_and_those_that_may_not(hub: tuple[FakeGitHub, GitHub]) -> None:
    fake, host = hub
    fake.repository("acme/shop").alerts = {"dependabot": [], "code-scanning": None}
    found = await facts(ReportKind.SECURITY, fake, host)
    assert {"dependabot": (), "code-scanning": None} == found.alerts
    assert ["findings of code scanning"] == [what for what, _ in found.unknown]


async def test_a_host_that_does_not_answer(hub: tuple[FakeGitHub, GitHub]) -> None:
    fake, host = hub
    fake.revoke(fake.token)
    found = await facts(ReportKind.WEEKLY, fake, host)
    assert ((), False) == (found.runs, found.looked_at_runs)
    assert found.unknown[0][1]
