"""Reading what package managers say of packages, and what is done when they say nothing."""

from __future__ import annotations

import asyncio
import json

import pytest

from autonomous_cicd.adapters.memory import MemoryRunner, Scripted
from autonomous_cicd.adapters.packages import IndexPackages, npm_releases, python_releases
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import Unavailable, UsageError

NPM: Json = {
    "versions": ["1.0.0", "2.0.0", "3.0.0-beta.1"],
    "time": {"created": "2020-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z", "2.0.0": "never"},
    "dist-tags": {"latest": "1.0.0"},
}
FILES: list[Json] = [
    {"filename": "a-1.0.tar.gz", "requires-python": ">=3.7", "upload-time": "2020-01-01T00:00:00Z"},
    {"filename": "a-1.0-py3-none-any.whl", "upload-time": "2020-01-02T00:00:00Z", "yanked": False},
    {"filename": "a-1.10.zip", "yanked": "it was broken", "requires-python": 3},
    {"filename": "a-1.9rc1.tar.bz2"},
    {"filename": "a-b-2.txt"},
    {"filename": None},
    "junk",
]


def test_reads_what_npm_says() -> None:
    rows: Json = [
        {"version": "1.0.0", "engines": {"node": ">=12"}, "deprecated": "use 2"},
        {"version": "2.0.0", "type": "module", "exports": {".": {"import": "./a.js"}}},
    ]
    assert (
        Release(version="3.0.0-beta.1"),
        Release(version="2.0.0", module=True),
        Release(version="1.0.0", published=1577836800.0, engines=">=12", default=True, deprecated=True),
    ) == npm_releases(NPM, rows)


@pytest.mark.parametrize(
    ("row", "module"),
    [
        ({"type": "module"}, True),
        ({"type": "module", "exports": "./a.js"}, True),
        ({"type": "module", "exports": {".": {"require": "./a.cjs"}}}, False),
        ({"type": "module", "exports": {".": [{"default": "./a.cjs"}]}}, False),
        ({"type": "commonjs", "exports": {".": "./a.js"}}, False),
        ({}, False),
    ],
)
def test_tells_what_can_only_be_imported(row: dict[str, Json], module: bool) -> None:
    found = npm_releases({"versions": "1.0.0"}, {"version": "1.0.0", **row})
    assert [module] == [one.module for one in found]


def test_reads_what_an_index_of_python_lists() -> None:
    assert (
        Release(version="1.10", yanked=True),
        Release(version="1.9rc1"),
        Release(version="1.0", published=1577836800.0, requires_python=">=3.7"),
    ) == python_releases(FILES)


@pytest.mark.parametrize("junk", [None, 1, "x", [], {}, {"versions": {"a": 1}, "time": 3}])
def test_makes_nothing_of_junk(junk: Json) -> None:
    assert () == npm_releases(junk, junk)


def packages(**said: tuple[str, int]) -> tuple[IndexPackages, MemoryRunner]:
    runner = MemoryRunner(
        {(name,): Scripted(output=text.encode(), exit_code=code) for name, (text, code) in said.items()}
    )
    return IndexPackages(runner, env={}), runner


def test_asks_only_once_about_a_package() -> None:
    index, runner = packages(python3=(json.dumps(FILES[:1]), 0))

    async def twice() -> None:
        first = await index.releases("python", "A_b")
        assert first == await index.releases("python", "a-b")
        assert 1 == len(first)

    asyncio.run(twice())
    assert 1 == len(runner.executed)


def test_goes_on_to_the_next_interpreter() -> None:
    index, runner = packages(
        python3=("No module named pip", 1), python=("warning: x\n" + json.dumps(FILES[:1]), 0)
    )
    assert 1 == len(asyncio.run(index.releases("python", "a")))
    assert ["python3", "python"] == [one.argv[0] for one in runner.executed]


@pytest.mark.parametrize("ecosystem", ["python", "node"])
def test_says_that_no_index_answers(ecosystem: str) -> None:
    failing = ("could not connect\n", 1)
    index, _ = packages(npm=failing, python3=failing, python=failing, uv=failing)
    with pytest.raises(Unavailable, match="could not connect"):
        asyncio.run(index.releases(ecosystem, "a"))


def test_knows_two_ecosystems() -> None:
    index, _ = packages()
    with pytest.raises(UsageError):
        asyncio.run(index.releases("cobol", "a"))
