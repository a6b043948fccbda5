"""Lock files of JavaScript are made anew by their own tools; a hash is believed only when it is confirmed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from tests.benches import FakeBench, FakePast, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.cases import Tried
from autonomous_cicd.domain.diagnosis import Category as C
from autonomous_cicd.domain.patch import NOTHING, Patch, changed_file
from autonomous_cicd.remedies.node_lock import NodeLock

MANIFEST = '{"name": "a", "dependencies": {"ms": "2.1.2"}}'
LOCK = json.dumps({"lockfileVersion": 3, "packages": {}}, indent=2)
NPM = """npm error code EUSAGE
npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.
npm error Missing: debug@4.4.3 from lock file"""
PNPM = ' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is old'
YARN = "error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`."
Execute = Callable[[tuple[str, ...], Patch], Tried]


def writes(name: str, before: str | None, after: str) -> Execute:
    changed = Patch.of([changed_file(name, before, after)])
    return lambda argv, patch: Tried(exit_code=0, log="", changed=changed)


def made(
    files: Mapping[str, str], log: str, execute: Execute, past: FakePast | None = None, script: str = "npm ci"
) -> tuple[list[dict[str, str]], FakeBench]:
    bench = FakeBench(executing=execute, past=past or FakePast())
    case = case_of(files, log, failure_of(log, C.LOCKFILE_OUT_OF_SYNC), bench, script=script)
    return [edited(files, edit) for edit in edits(prescribed(NodeLock(), case))], bench


@pytest.mark.parametrize(
    ("lock", "text", "log", "words"),
    [
        ("package-lock.json", LOCK, NPM, ["npm", "install", "--package-lock-only", "--lockfile-version=3"]),
        ("npm-shrinkwrap.json", LOCK, NPM, ["npm", "--package-lock-only", "--ignore-scripts"]),
        ("pnpm-lock.yaml", "lockfileVersion: '6.0'\n", PNPM, ["--package=pnpm@8", "--lockfile-only"]),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n", PNPM, ["--package=pnpm@9", "--ignore-scripts"]),
        ("yarn.lock", "# yarn lockfile v1\n", YARN, ["--package=yarn@1", "--ignore-scripts"]),
        ("yarn.lock", "__metadata:\n  version: 8\n", YARN, ["--mode=update-lockfile"]),
    ],
)
def test_makes_it_anew_with_its_own_tool(lock: str, text: str, log: str, words: list[str]) -> None:
    files = {"package.json": MANIFEST, lock: text}
    (project,), bench = made(files, log, writes(lock, text, "new"))
    assert "new" == project[lock]
    assert set(words) <= set(bench.executed[0])


def test_keeps_to_what_the_manifest_says_of_the_manager() -> None:
    files = {
        "package.json": '{"packageManager": "pnpm@8.6.1+sha256.abc"}',
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    }
    _, bench = made(files, PNPM, writes("pnpm-lock.yaml", "lockfileVersion: '9.0'\n", "new"))
    assert "--package=pnpm@8.6.1" in bench.executed[0]


@pytest.mark.parametrize("resolved", [True, False])
def test_keeps_the_addresses_as_they_are(resolved: bool) -> None:
    text = '{"lockfileVersion": 2, "packages": {"node_modules/a": {"resolved": ""}}}' if resolved else LOCK
    _, bench = made({"package.json": MANIFEST, "package-lock.json": text}, NPM, writes("x", "", "y"))
    assert f"--omit-lockfile-registry-resolved={str(not resolved).lower()}" in bench.executed[0]


def test_picks_the_lock_file_that_the_log_is_about() -> None:
    files = {"package.json": MANIFEST, "package-lock.json": LOCK, "yarn.lock": "# yarn lockfile v1\n"}
    _, bench = made(files, YARN, writes("yarn.lock", "", "new"))
    assert 1 == len(bench.executed)
    assert "--package=yarn@1" in bench.executed[0]


def test_brings_back_the_one_that_was_lost() -> None:
    past = FakePast((Patch.of([changed_file("package-lock.json", LOCK, None)]), Patch()))
    files = {"package.json": MANIFEST}
    log = "npm error The `npm ci` command can only install with an existing package-lock.json or"
    (project,), _ = made(files, log, lambda argv, patch: Tried(exit_code=0, log=""), past)
    assert LOCK == project["package-lock.json"]


@pytest.mark.parametrize(
    "files", [{}, {".gitignore": "package-lock.json\n"}, {".npmrc": "package-lock=false\n"}]
)
def test_makes_one_where_there_never_was_one_unless_nobody_wants_it(files: dict[str, str]) -> None:
    log = "npm error The `npm ci` command can only install with an existing package-lock.json or"
    projects, _ = made({"package.json": MANIFEST, **files}, log, writes("package-lock.json", None, "new"))
    assert ([] if files else ["new"]) == [one["package-lock.json"] for one in projects]


@pytest.mark.parametrize(
    "execute",
    [
        lambda argv, patch: Tried(exit_code=1, log="npm error code ERESOLVE"),
        lambda argv, patch: Tried(exit_code=0, log=""),
        writes("package-lock.json", LOCK, "<<<<<<< HEAD\n"),
    ],
)
def test_proposes_nothing_when_its_tool_does_not_help(execute: Execute) -> None:
    assert [] == made({"package.json": MANIFEST, "package-lock.json": LOCK}, NPM, execute)[0]


WRONG, RIGHT, OTHER = "sha512-AAAAskb3bG8+/==", "sha512-tzzskb3bG8LvYG==", "sha512-evil=="
HASHED = json.dumps(
    {"lockfileVersion": 3, "packages": {"node_modules/ms": {"version": "2.1.3", "integrity": WRONG}}},
    indent=2,
)
TOLD = (
    f"npm error code EINTEGRITY\nnpm error checksum failed when using sha512: wanted {WRONG} but got {RIGHT}."
)


def index(said: str) -> Execute:
    def execute(argv: tuple[str, ...], patch: Patch) -> Tried:
        if argv[:2] == ("npm", "view"):
            assert argv[-2:] == ("ms@2.1.3", "dist.integrity")
            return Tried(exit_code=0, log=f'"{said}"', changed=NOTHING)
        return Tried(exit_code=0, log="")

    return execute


def test_writes_the_hash_that_the_index_confirms_where_another_version_left_the_old_one() -> None:
    files = {"package.json": MANIFEST, "package-lock.json": HASHED}
    before = HASHED.replace("2.1.3", "2.1.2")
    past = FakePast((Patch.of([changed_file("package-lock.json", before, HASHED)]),))
    (project,), _ = made(files, TOLD, index(RIGHT), past)
    assert HASHED.replace(WRONG, RIGHT) == project["package-lock.json"]


def test_writes_the_hash_that_was_there_before() -> None:
    before = HASHED.replace(WRONG, RIGHT)
    past = FakePast((Patch.of([changed_file("package-lock.json", before, HASHED)]),))
    (project,), bench = made(
        {"package.json": MANIFEST, "package-lock.json": HASHED}, TOLD, index(OTHER), past
    )
    assert before == project["package-lock.json"]
    assert ["ci"] == [argv[1] for argv in bench.executed]


def test_believes_no_download_that_nobody_confirms() -> None:
    assert [] == made({"package.json": MANIFEST, "package-lock.json": HASHED}, TOLD, index(OTHER))[0]


def test_believes_no_index_alone() -> None:
    """Who changed the package may have changed it there."""
    files = {"package.json": MANIFEST, "package-lock.json": HASHED}
    assert [] == made(files, TOLD, index(RIGHT))[0]
    past = FakePast((Patch.of([changed_file("package-lock.json", HASHED.replace(WRONG, OTHER), HASHED)]),))
    assert [] == made(files, TOLD, index(RIGHT), past)[0]


@pytest.mark.parametrize(
    ("category", "log"),
    [
        (C.LOCKFILE_OUT_OF_SYNC, "pyproject.toml changed significantly since poetry.lock was last generated"),
        (
            C.LOCKFILE_OUT_OF_SYNC,
            "error: the lock file Cargo.lock needs to be updated but --locked was passed",
        ),
        (C.DEPENDENCY_MISSING, "package-lock.json: Cannot find module 'ms'"),
        (C.TEST_FAILURE, "expected package-lock.json to exist"),
    ],
)
def test_leaves_other_lock_files_alone(category: C, log: str) -> None:
    assert 0 == NodeLock().suits(failure_of(log, category))
