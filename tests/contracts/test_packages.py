"""What every index of packages tells, in memory or asked through this machine's package managers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator

import pytest

from autonomous_cicd.adapters.memory import MemoryPackages
from autonomous_cicd.adapters.packages import IndexPackages
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.domain.ranges import parse_version
from autonomous_cicd.domain.release import Release
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Packages

KNOWN: dict[tuple[str, str], tuple[Release | str, ...]] = {
    ("node", "left-pad"): (Release(version="1.3.0", default=True), Release(version="1.2.0")),
    ("node", "@types/node"): ("20.1.0", "18.0.0"),
    ("python", "iniconfig"): (Release(version="2.0.0", requires_python=">=3.7"), "1.1.1"),
}
Ask = Callable[[str, str], tuple[Release, ...]]


def in_memory() -> Iterator[Ask]:
    packages: Packages = MemoryPackages(KNOWN)
    yield lambda ecosystem, name: asyncio.run(packages.releases(ecosystem, name))


def of_machine() -> Iterator[Ask]:
    def ask(ecosystem: str, name: str) -> tuple[Release, ...]:
        async def answer() -> tuple[Release, ...]:
            runner = ProcessRunner()
            try:
                return await IndexPackages(runner, env=dict(os.environ)).releases(ecosystem, name)
            finally:
                await runner.close()

        try:
            return asyncio.run(answer())
        except Unavailable as error:
            pytest.skip(f"no package index answers here: {error}")

    yield ask


@pytest.fixture(params=[in_memory, of_machine])
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    make: Callable[[], Iterator[Ask]] = request.param
    yield from make()


@pytest.mark.parametrize(("ecosystem", "name"), KNOWN)
def test_tells_the_versions_the_newest_first(ask: Ask, ecosystem: str, name: str) -> None:
    versions = [parse_version(one.version) for one in ask(ecosystem, name)]
    keys = [one.key() for one in versions if one]
    assert len(keys) >= 2
    assert sorted(keys, reverse=True) == keys


def test_tells_what_a_version_needs(ask: Ask) -> None:
    assert any(one.requires_python for one in ask("python", "iniconfig"))


def test_tells_which_version_is_handed_out(ask: Ask) -> None:
    assert ["1.3.0"] == [one.version for one in ask("node", "left-pad") if one.default]


@pytest.mark.parametrize(
    ("ecosystem", "name"),
    [
        ("node", "a-package-that-nobody-ever-published-4711"),
        ("python", "a-package-that-nobody-ever-published-4711"),
        ("node", "--registry=x"),
        ("node", "../left-pad"),
        ("node", "left-pad@latest; true"),
        ("python", "-r x"),
        ("python", "iniconfig @ file:x"),
    ],
)
def test_knows_nothing_of_what_is_no_package(ask: Ask, ecosystem: str, name: str) -> None:
    assert () == ask(ecosystem, name)
