"""Ranges that contradict each other are changed as little as it takes, never forced."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.adapters.memory import MemoryPackages
from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.node_conflicts import (
    PeerConflict,
    bad_engine,
    no_version,
    peer_conflict,
    restyled,
)
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.release import Release
from autonomous_cicd.remedies.node_conflict import NodeConflict

PEERS = """npm error code ERESOLVE
npm error ERESOLVE unable to resolve dependency tree
npm error
npm error While resolving: x@1.0.0
npm error Found: react@16.14.0
npm error node_modules/react
npm error   react@"^16.8.0" from the root project
npm error
npm error Could not resolve dependency:
npm error peer react@"^18.3.1" from react-dom@18.3.1
npm error node_modules/react-dom
npm error   react-dom@"^18.2.0" from the root project
npm error
npm error Fix the upstream dependency conflict, or retry
"""
INDIRECT = """npm ERR! code ERESOLVE
npm ERR! While resolving: x@1.0.0
npm ERR! Found: eslint@9.39.5
npm ERR! node_modules/eslint
npm ERR!   dev eslint@"^9.0.0" from the root project
npm ERR! Could not resolve dependency:
npm ERR! peer eslint@"^8.0.0" from plugin@1.2.0
npm ERR! node_modules/plugin
npm ERR!   plugin@"^1.0.0" from our-config@2.0.0
npm ERR!   node_modules/our-config
npm ERR!     dev our-config@"2.0.0" from the root project
"""
RELEASES: dict[tuple[str, str], Sequence[Release | str]] = {
    ("node", "react"): ("19.0.0", "18.3.1", "17.0.2", "16.14.0"),
    ("node", "react-dom"): ("19.0.0", "18.3.1", "17.0.2", "16.14.0"),
    ("node", "eslint"): ("10.0.0", "9.39.5", "8.57.1"),
    ("node", "our-config"): ("4.0.0", "3.1.0", "2.0.0", "1.9.0"),
    ("node", "left-pad"): ("1.3.0", "1.2.0", "1.1.3"),
    ("node", "semver"): ("7.6.0", "7.5.4", "6.3.1", "5.7.2"),
    ("node", "chalk"): (
        Release(version="6.0.1", engines=">=22"),
        Release(version="5.6.2", engines=">=14"),
        "4.1.2",
    ),
}
Resolves = Callable[[dict[str, str]], bool]


def manifest(**keys: Any) -> str:
    return json.dumps({"name": "x", "version": "1.0.0", **keys}, indent=2) + "\n"


def proposed(
    files: Mapping[str, str], log: str, resolves: Resolves = lambda ranges: True, past: FakePast | None = None
) -> list[dict[str, str]]:
    """Return the ranges of what is proposed, when npm can resolve what `resolves` says."""

    def npm(argv: tuple[str, ...], patch: Patch) -> Tried:
        assert not {"--force", "--legacy-peer-deps"} & set(argv)
        after = {**files, **{name: text or "" for name, text in patch.applied(files).items()}}
        return Tried(
            exit_code=0 if resolves(ranges(after["package.json"])) else 1, log="npm error code ERESOLVE"
        )

    bench = FakeBench(packages=MemoryPackages(RELEASES), executing=npm, past=past or FakePast())
    found = prescribed(NodeConflict(), case_of(files, log, failure_of(log), bench))
    return [ranges(edited(files, edit)["package.json"]) for edit in edits(found)]


def ranges(text: str) -> dict[str, str]:
    value = json.loads(text)
    return {**value.get("dependencies", {}), **value.get("devDependencies", {})}


def test_who_demands_gives_way_first() -> None:
    files = {"package.json": manifest(dependencies={"react": "^16.8.0", "react-dom": "^18.2.0"})}

    def same_major(wanted: dict[str, str]) -> bool:
        return wanted["react"][1:3] == wanted["react-dom"][1:3]

    assert [
        {"react": "^16.8.0", "react-dom": "^16.14.0"},
        {"react": "^18.3.1", "react-dom": "^18.2.0"},
    ] == proposed(files, PEERS, same_major)


def test_what_brings_in_the_demand_gives_way_in_its_own_style() -> None:
    files = {"package.json": manifest(devDependencies={"eslint": "^9.0.0", "our-config": "2.0.0"})}
    found = proposed(files, INDIRECT, lambda wanted: wanted["our-config"] == "3.1.0")
    assert [{"eslint": "^9.0.0", "our-config": "3.1.0"}] == found


def test_goes_back_to_what_the_history_had() -> None:
    new = manifest(dependencies={"react": "^16.8.0", "react-dom": "^18.2.0"})
    old = manifest(dependencies={"react": "~18.1.0", "react-dom": "^18.2.0"})
    past = FakePast((Patch.of([changed_file("package.json", old, new)]),))
    assert {"react": "~18.1.0", "react-dom": "^18.2.0"} == proposed({"package.json": new}, PEERS, past=past)[
        0
    ]


def test_proposes_nothing_that_npm_does_not_resolve() -> None:
    files = {"package.json": manifest(dependencies={"react": "^16.8.0", "react-dom": "^18.2.0"})}
    assert [] == proposed(files, PEERS, lambda wanted: False)


@pytest.mark.parametrize(
    ("package", "wanted", "expected"),
    [
        ("left-pad", "^1.99.0", "^1.3.0"),
        ("left-pad", "99.0.0", "1.3.0"),
        ("semver", "~6.4.0", "~6.3.1"),
        ("semver", "7.5.9", "7.5.4"),
        ("semver", "^6.9.9", "^6.3.1"),
        ("semver", "4.0.0", "7.6.0"),
    ],
)
def test_takes_the_nearest_release_there_is(package: str, wanted: str, expected: str) -> None:
    log = f"npm error code ETARGET\nnpm error notarget No matching version found for {package}@{wanted}."
    files = {"package.json": manifest(devDependencies={package: wanted})}
    assert [{package: expected}] == proposed(files, log)


@pytest.mark.parametrize(
    "log",
    [
        'error Couldn\'t find any versions for "left-pad" that matches "^9.0.0"',
        " ERR_PNPM_NO_MATCHING_VERSION  No matching version found for left-pad@^9.0.0",
        "YN0082: left-pad@npm:^9.0.0: No candidates found",
    ],
)
def test_reads_what_each_manager_says(log: str) -> None:
    files = {"package.json": manifest(devDependencies={"left-pad": "^9.0.0"})}
    assert [{"left-pad": "^1.3.0"}] == proposed(files, log)


ENGINE = """npm error code EBADENGINE
npm error engine Not compatible with your version of node/npm: {}
npm error notsup Required: {{"node":">=22"}}
npm error notsup Actual:   {{"node":"v20.20.2","npm":"10.8.2"}}
"""


def test_takes_a_release_that_runs_on_the_node_that_is_used() -> None:
    files = {"package.json": manifest(dependencies={"chalk": "^6.0.0"})}
    assert {"chalk": "^5.6.2"} == proposed(files, ENGINE.format("chalk@6.0.1"))[0]


def test_takes_back_a_demand_of_the_project_itself() -> None:
    new, old = manifest(engines={"node": ">=22"}), manifest(engines={"node": ">=18"})
    past = FakePast((Patch.of([changed_file("package.json", old, new)]),))
    log = ENGINE.format("x@1.0.0")
    case = case_of({"package.json": new}, log, failure_of(log), FakeBench(past=past))
    (edit,) = edits(prescribed(NodeConflict(), case))
    assert old == edited({"package.json": new}, edit)["package.json"]


@pytest.mark.parametrize(
    ("log", "wanted"),
    [
        (
            "npm error notarget No matching version found for invented-name@^1.0.0.",
            {"invented-name": "^1.0.0"},
        ),
        ("npm error notarget No matching version found for left-pad@^9.0.0.", {"other": "1"}),
        ("npm error notarget No matching version found for left-pad@^9.0.0.", {"left-pad": "^1.0.0"}),
        (ENGINE.format("transitive@1.0.0"), {"other": "1"}),
        ("npm error code ERESOLVE\nnpm error Could not resolve dependency:", {"react": "1"}),
        ("npm error code E404\nnpm error 404 'left-padx@1' is not in this registry.", {"left-padx": "1"}),
        ("ERROR: No matching distribution found for left-pad", {"left-pad": "1"}),
    ],
)
def test_leaves_alone_what_is_not_the_projects(log: str, wanted: dict[str, str]) -> None:
    assert [] == proposed({"package.json": manifest(dependencies=wanted)}, log)


def test_reads_a_conflict() -> None:
    assert PeerConflict(
        found="react",
        found_version="16.14.0",
        peer_range="^18.3.1",
        demanders=("react-dom",),
        everybody=("react", "react-dom"),
    ) == peer_conflict(PEERS)
    assert None is peer_conflict("ERESOLVE")
    assert None is no_version("npm error code E404")
    assert None is bad_engine("npm error code EBADENGINE")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("^1.2.0", "^3.0.0"), ("~1.2", "~3.0.0"), ("1.2.0", "3.0.0"), ("=1.2.0", "=3.0.0"), ("*", "^3.0.0"),
     ("latest", "^3.0.0"), (">=1", "^3.0.0"), (">=1 <2", "^3.0.0"), ("^1 || ^2", "^3.0.0"),
     ("v1.0.0", "3.0.0")],
)  # fmt: skip
def test_writes_ranges_in_the_same_style(wanted: str, expected: str) -> None:
    assert expected == restyled(wanted, "3.0.0")
