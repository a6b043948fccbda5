"""What a job leaves for another that may write: read as what a hostile program wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.incidents import PATCH, an_attempt, an_incident
from tests.unit.journeys.conftest import SHOP, Ward

from autonomous_cicd.domain.code_host import HostedRun
from autonomous_cicd.domain.incident import Entry, Incident, State
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.errors import UsageError
from autonomous_cicd.journeys.artifact import FILE, LARGEST, read_case, write_case
from autonomous_cicd.journeys.red_run import RedRun
from autonomous_cicd.journeys.taken_over import taken_over

RUN = HostedRun(
    id=7,
    repository=SHOP,
    workflow="CI",
    path=".github/workflows/ci.yml",
    commit="c" * 40,
    branch="main",
    event="push",
    status="completed",
    conclusion="failure",
    head_repository=SHOP,
    actor="octo",
)


def test_what_is_left_is_found_again(tmp_path: Path) -> None:
    incident = an_incident()
    write_case(tmp_path / "out", RUN, [incident])
    assert (incident,) == read_case(tmp_path / "out", RUN)
    half = replace(incident, task="half \udcff of a character")
    write_case(tmp_path / "out", RUN, [half])
    assert "half ? of a character" == read_case(tmp_path / "out", RUN)[0].task


def _set(*path: str | int, to: Any) -> Callable[[Any], None]:
    def change(values: Any) -> None:
        for name in path[:-1]:
            values = values[name]
        values[path[-1]] = to

    return change


FIRST = ("incidents", 0)


@pytest.mark.parametrize(
    "change",
    [
        _set("version", to=2),
        _set("repository", to="eve/shop"),
        _set("run", to=8),
        _set("attempt", to="1"),
        _set("incidents", to=None),
        _set("incidents", to=[None]),
        _set("incidents", to="x"),
        _set(*FIRST, "id", to=["unhashable"]),
        _set(*FIRST, "id", to=None),
        _set(*FIRST, "state", to="approved"),
        _set(*FIRST, "opened", to="now"),
        _set(*FIRST, "history", to=[[1.0, "open", 7]]),
        _set(*FIRST, "history", to=[[True, "open", "x"]]),
        _set(*FIRST, "attempts", 0, "summary", to={"a": 1}),
        _set(*FIRST, "attempts", 0, "seconds", to="fast"),
        _set(*FIRST, "attempts", 0, "remedy", to=None),
        _set(*FIRST, "attempts", 0, "red", to=[["r", "w", 1, 1.0, [], [0, 0, 0]]]),
        _set(*FIRST, "attempts", 0, "red", to=[["r", "w", True, 1.0, [["x", "0"]], [0, 0, 0]]]),
        _set(*FIRST, "attempts", 0, "red", to=[["r", "w", True, 1.0, [], [0, 0, "many"]]]),
        _set(*FIRST, "attempts", 0, "outcome", to="wonderful"),
        _set(*FIRST, "patch", to=[["a", None, 7, False, False]]),
        _set(*FIRST, "patch", to=[[7, None, "x", False, False]]),
        _set(*FIRST, "patch", to=[["a", None, "x", False, "yes"]]),
        _set(*FIRST, "patch", to=[["a", None, "x", False, False], ["a", None, "evil", False, False]]),
        _set(*FIRST, "patch", to=[["b", "x", "x", False, False]]),
        _set(*FIRST, "hand_over", to=[]),
        _set(*FIRST, "failure", to=[1]),
        _set(*FIRST, "failure", "evidence", to=[[1]]),
        _set(*FIRST, "failure", "confidence", to="sure"),
        _set(*FIRST, "at_host", to={"trusted": True}),
        lambda values: values["incidents"][0].pop("patch"),
    ],
)
def test_whatever_is_not_what_we_write_is_refused(tmp_path: Path, change: Callable[[Any], None]) -> None:
    place = write_case(tmp_path, RUN, [an_incident()])
    values = json.loads(place.read_text())
    change(values)
    place.write_text(json.dumps(values))
    with pytest.raises(UsageError):
        read_case(tmp_path, RUN)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        b"{}",
        b'{"version": NaN}',
        b'{"a":' * 100_000,
        b'{"version": ' + b"9" * 6000 + b"}",
        b'{"version": 1, "version": 1}',
        b'{"version": "\\ud800"}',
    ],
)
def test_whatever_is_no_such_file_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / FILE).write_bytes(raw)
    with pytest.raises(UsageError):
        read_case(tmp_path, RUN)


def test_only_a_file_of_bearable_size_is_read(tmp_path: Path) -> None:
    other = write_case(tmp_path / "other", RUN, [])
    makers: list[Callable[[Path], object]] = [
        lambda place: place.symlink_to(other),
        os.mkfifo,
        lambda place: place.mkdir(),
        lambda place: place.write_bytes(b" " * (LARGEST + 1)),
        lambda place: None,
    ]
    for number, make in enumerate(makers):
        folder = tmp_path / str(number)
        folder.mkdir()
        make(folder / FILE)
        with pytest.raises(UsageError):
            read_case(folder, RUN)


LOCKED = b"""\
##[group]Run ./check.sh
##[endgroup]
/home/runner/work/_temp/0123.sh: line 1: ./check.sh: Permission denied
##[error]Process completed with exit code 126.
"""


def take(ward: Ward, run: HostedRun, own: Incident, **more: Any) -> Incident:
    """Take over what a job says of a cause."""
    word = replace(own, **{"state": State.WAITING, "attempts": (an_attempt(),), **more})
    [after] = ward.do(lambda practice: taken_over(practice, run, [word]))
    return after


def an_own(ward: Ward, log: bytes = LOCKED, **more: Any) -> tuple[HostedRun, Incident]:
    run = ward.red(log=log, **more)
    return run, ward.do(lambda practice: RedRun(practice, run).diagnosed())[1][0]


@pytest.mark.parametrize(
    ("files", "patch", "why"),
    [
        ({}, [changed_file(".github/workflows/ci.yml", None, "on: push\n")], "new CI file"),
        ({"a": "b\n"}, [changed_file("../x", None, "x\n")], "no plain path"),
        ({"a": "b\n"}, [changed_file(".git/hooks/pre-push", None, "x\n")], "version control"),
        ({"a": "b\n"}, [changed_file("sitecustomize.py", None, "x\n")], "executed unasked"),
        ({"tests/test_a.py": "x\n"}, [changed_file("tests/test_a.py", "x\n", "")], "specification"),
        ({"tests/test_a.py": "x\n"}, [changed_file("tests/test_a.py", "y\n", "z\n")], "specification"),
        ({"a": "b\n"}, [changed_file(f"{n}", None, "x\n") for n in range(21)], "21 files"),
        ({"a": "b\n"}, [changed_file("a", "another\n", "c\n")], "made for"),
    ],
)
def test_what_a_job_proves_is_judged_as_if_nobody_had(
    ward: Ward, files: dict[str, str], patch: list[Any], why: str
) -> None:
    """Whatever it says of remedy, risk, confidence and rights."""
    ward.shop.commit(files)
    run, own = an_own(ward)
    assert own.failure
    forged = {
        "failure": replace(own.failure, confidence=1.0),
        "attempts": (an_attempt(remedy="project_file"),),
        "history": (Entry(at=1.0, state=State.WAITING, what="a person approved it"),),
    }
    after = take(ward, run, own, patch=Patch.of(patch), **forged)
    assert {} == ward.shop.pulls
    assert why in "\n".join(one.what for one in after.history)
    assert [True] == [one.open for one in ward.shop.issues.values()]


def test_a_remedy_that_does_not_suit_counts_as_the_riskiest(ward: Ward) -> None:
    ward.shop.commit({"a.py": "a = 1\n"})
    run, own = an_own(ward)
    patch = Patch.of([changed_file("a.py", "a = 1\n", "a = 2\n")])
    after = take(ward, run, own, patch=patch, attempts=(an_attempt(remedy="no_such_remedy"),))
    assert State.WAITING is after.state
    assert "changes what the project does" in after.history[-2].what
    assert {} == ward.shop.pulls


def test_what_was_red_at_the_host_is_refused_and_silence_is_told(ward: Ward) -> None:
    run, own = an_own(ward)
    assert own.at_host
    ward.save(replace(own, at_host=replace(own.at_host, refused=(PATCH.id,))))
    assert "red at the host" in take(ward, run, own, patch=PATCH).history[-2].what
    run, own = an_own(ward)
    [after] = ward.do(lambda practice: taken_over(practice, run, [an_incident("ffff")]))
    assert "tells nothing" in after.history[-2].what
    assert State.ESCALATED is after.state


def test_for_a_stranger_nothing_is_taken_over(ward: Ward) -> None:
    ward.host.add_repository("eve/shop", fork_of=SHOP)
    run, own = an_own(ward, head_repository="eve/shop", event="pull_request", actor="eve")
    after = take(ward, run, own, patch=PATCH)
    assert (State.DISMISSED, Patch()) == (after.state, after.patch)
    assert [] == ward.cloned
    assert not (ward.shop.pulls or ward.shop.issues)
