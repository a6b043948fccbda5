"""HostGit: clones and branches over HTTP, of repositories that are hostile, at a host that is not."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.checkouts import git, snapshot
from tests.hosts.clocks import HurriedClock
from tests.hosts.faults import Faults
from tests.hosts.github import FakeGitHub
from tests.hosts.serving import Reply, serve
from tests.hosts.state import Account

from autonomous_cicd.adapters.github_app import TokenCredentials
from autonomous_cicd.adapters.guards import Guards
from autonomous_cicd.adapters.remote_git import HostGit, _failure
from autonomous_cicd.domain.patch import NOTHING, FileChange, Patch, changed_file
from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.errors import Conflict, NotFound, PortError, Unauthorized, Unavailable, Uncertain

SHOP = "octo/shop"
BRANCH = "autonomous-cicd/0123456789abcdef"
CHANGE = Patch.of([changed_file("a.txt", "a\n", "b\n")])


@pytest.fixture
def host(tmp_path: Path) -> Iterator[FakeGitHub]:
    with FakeGitHub(tmp_path) as host:
        host.add_repository(SHOP, {"a.txt": "a\n", "src/b.py": "b = 1\n"}, private=True)
        yield host


def opened(host: FakeGitHub, token: str | None = None, *, site: str = "", seconds: float = 60.0) -> HostGit:
    credentials = TokenCredentials(Secret(host.token if token is None else token))
    guards = Guards("git", threshold=100, recovery=1.0)
    return HostGit(site or host.site, credentials, guards=guards, clock=HurriedClock(), seconds=seconds)


def everything(folder: Path) -> bytes:
    return b"\n".join(content for _, _, _, content in snapshot(folder).values())


async def test_a_clone_is_the_commit_with_its_past_and_without_the_token(
    host: FakeGitHub, tmp_path: Path
) -> None:
    shop = host.repository(SHOP)
    wanted = shop.commit({"a.txt": "a\n", "new.txt": "x\n"}, "Second")
    shop.commit({"a.txt": "later\n"}, "Third")
    place = tmp_path / "clone"
    await opened(host).clone(SHOP, wanted, place)
    assert (wanted, "2") == (git(place, "rev-parse", "HEAD"), git(place, "rev-list", "--count", "HEAD"))
    assert ("", "x\n") == (git(place, "status", "--porcelain"), (place / "new.txt").read_text())
    assert "" == git(place, "branch", "--show-current")
    assert f"{host.site}/{SHOP}.git" == git(place, "config", "remote.origin.url")
    secret = base64.b64encode(f"x-access-token:{host.token}".encode())
    kept = everything(place)
    assert host.token.encode() not in kept
    assert secret not in kept
    assert {"Basic"} == {one.headers["authorization"].split()[0] for one in host.git_requests}


async def test_the_head_of_a_forks_pull_request_is_found(host: FakeGitHub, tmp_path: Path) -> None:
    fork = host.add_repository("eve/shop", fork_of=SHOP)
    theirs = fork.commit({"a.txt": "theirs\n"}, branch="patch")
    pull = host.add_pull(SHOP, head="patch", head_repository="eve/shop")
    await opened(host).clone(SHOP, theirs, tmp_path / "clone", number=pull.number)
    assert "theirs\n" == (tmp_path / "clone/a.txt").read_text()


@pytest.mark.parametrize("commit", ["f" * 40, "main", "--upload-pack=x", "", "HEAD", "a" * 39])
async def test_a_commit_that_is_not_there_leaves_nothing_behind(
    host: FakeGitHub, tmp_path: Path, commit: str
) -> None:
    with pytest.raises(NotFound):
        await opened(host).clone(SHOP, commit, tmp_path / "clone", number=7)
    assert not list(tmp_path.glob("clone/*"))


@pytest.mark.parametrize(
    ("repository", "token", "error"),
    [
        ("octo/none", None, NotFound),
        (SHOP, "wrong", Unauthorized),
        (SHOP, "", Unauthorized),
        ("../../etc", None, NotFound),
        ("octo/shop/../x", None, NotFound),
        ("-c/x=y z", None, NotFound),
    ],
)
async def test_a_repository_that_is_not_ours_to_see_is_an_error(
    host: FakeGitHub, tmp_path: Path, repository: str, token: str | None, error: type[PortError]
) -> None:
    commit = host.repository(SHOP).head("main")
    with pytest.raises(error) as refused:
        await opened(host, token).clone(repository, commit, tmp_path / "clone")
    assert host.token not in str(refused.value)


async def test_a_change_is_one_commit_and_always_the_same(host: FakeGitHub, tmp_path: Path) -> None:
    shop, place = host.repository(SHOP), tmp_path / "clone"
    base = shop.head("main")
    await opened(host).clone(SHOP, base, place)
    before = git(place, "status", "--porcelain"), git(place, "rev-parse", "HEAD")
    patch = Patch.of(
        [
            *CHANGE,
            FileChange(name="src/b.py", before="b = 1\n", after="b = 1\n", executable=True),
            changed_file("é new", None, "x"),
        ]
    )
    made = await opened(host).push(SHOP, place, patch, base=base, branch=BRANCH, message="Heal it\n")
    assert made == shop.head(BRANCH)
    assert base == shop.ask("rev-parse", f"{BRANCH}~")
    assert {"a.txt", "src/b.py", "é new"} == set(
        shop.ask("diff", "--name-only", "-z", base, made).split("\0")
    ) - {""}
    assert "autonomous-cicd" == shop.ask("show", "-s", "--format=%an", made)
    assert before == (git(place, "status", "--porcelain"), git(place, "rev-parse", "HEAD"))
    other = tmp_path / "other"
    await opened(host).clone(SHOP, base, other)
    assert made == await opened(host).push(SHOP, other, patch, base=base, branch=BRANCH, message="Heal it\n")
    shop.ask("fsck", "--strict")


async def test_a_branch_of_ours_is_replaced_and_removed(host: FakeGitHub, tmp_path: Path) -> None:
    shop, place, ours = host.repository(SHOP), tmp_path / "clone", opened(host)
    base = shop.head("main")
    await ours.clone(SHOP, base, place)
    await ours.push(SHOP, place, CHANGE, base=base, branch=BRANCH, message="Heal it")
    newer = shop.commit({"README": "more\n"})
    await ours.clone(SHOP, newer, tmp_path / "newer")
    made = await ours.push(SHOP, tmp_path / "newer", CHANGE, base=newer, branch=BRANCH, message="Heal it")
    assert (made, newer) == (shop.head(BRANCH), shop.ask("rev-parse", f"{BRANCH}~"))
    assert await ours.remove(SHOP, BRANCH)
    assert "" == shop.head(BRANCH)
    assert not await ours.remove(SHOP, BRANCH)


async def test_a_branch_with_commits_of_others_stays_theirs(host: FakeGitHub, tmp_path: Path) -> None:
    shop, place, ours = host.repository(SHOP), tmp_path / "clone", opened(host)
    base = shop.head("main")
    await ours.clone(SHOP, base, place)
    await ours.push(SHOP, place, CHANGE, base=base, branch=BRANCH, message="Heal it")
    theirs = shop.commit({"a.txt": "mine\n"}, "A person's own work", branch=BRANCH)
    with pytest.raises(Conflict, match="commits of others"):
        await ours.push(SHOP, place, CHANGE, base=base, branch=BRANCH, message="Again")
    with pytest.raises(Conflict, match="commits of others"):
        await ours.remove(SHOP, BRANCH)
    assert theirs == shop.head(BRANCH)


@pytest.mark.parametrize(
    "branch",
    [
        "main",
        "--upload-pack=x",
        "-f",
        "refs/heads/main",
        *(f"autonomous-cicd/{one}" for one in ("", "../main", "a b", "a:refs/heads/main", "x.lock", "\n")),
    ],
)
async def test_no_other_branch_is_written_to(host: FakeGitHub, tmp_path: Path, branch: str) -> None:
    shop, place = host.repository(SHOP), tmp_path / "clone"
    base = shop.head("main")
    await opened(host).clone(SHOP, base, place)
    before = shop.ask("for-each-ref")
    with pytest.raises(Conflict):
        await opened(host).push(SHOP, place, CHANGE, base=base, branch=branch, message="x")
    with pytest.raises(Conflict):
        await opened(host).remove(SHOP, branch)
    assert before == shop.ask("for-each-ref")


async def test_a_change_that_does_not_fit_is_a_conflict(host: FakeGitHub, tmp_path: Path) -> None:
    base, place = host.repository(SHOP).head("main"), tmp_path / "clone"
    await opened(host).clone(SHOP, base, place)
    wrong = Patch.of([changed_file("a.txt", "older\n", "b\n")])
    for patch in (wrong, NOTHING):
        with pytest.raises(Conflict):
            await opened(host).push(SHOP, place, patch, base=base, branch=BRANCH, message="x")
    with pytest.raises(NotFound):
        await opened(host).push(SHOP, place, CHANGE, base="f" * 40, branch=BRANCH, message="x")
    with pytest.raises(Conflict, match="not empty"):
        await opened(host).clone(SHOP, base, place)


async def test_who_may_only_read_pushes_nothing(host: FakeGitHub, tmp_path: Path) -> None:
    base, place = host.repository(SHOP).head("main"), tmp_path / "clone"
    host.grant("reader", Account("reader", writes=False))
    await opened(host, "reader").clone(SHOP, base, place)
    with pytest.raises(Unauthorized):
        await opened(host, "reader").push(SHOP, place, CHANGE, base=base, branch=BRANCH, message="x")


async def test_a_refusal_without_a_reason_may_pass(host: FakeGitHub, tmp_path: Path) -> None:
    """The host answers so, too, when too much is asked for at once."""
    base, place = host.repository(SHOP).head("main"), tmp_path / "clone"
    host.faults.git = True
    host.faults.script = ["403", "ok", "ok", "403", "ok", "403", "ok", "ok", "403"]
    await opened(host).clone(SHOP, base, place)
    made = await opened(host).push(SHOP, place, CHANGE, base=base, branch=BRANCH, message="x")
    assert made == host.repository(SHOP).head(BRANCH)
    assert ["403"] * 4 == host.faults.given
    host.faults.rate, host.faults.kinds = 1.0, ("403",)
    with pytest.raises(Unavailable, match="does not let us do that") as caught:
        await opened(host).push(SHOP, place, CHANGE, base=base, branch=BRANCH, message="y")
    assert "right to write" in caught.value.hint


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("remote: Permission to octo/shop.git denied to eve.\nfatal: … error: 403", Unauthorized),
        ("remote: Write access to repository not granted.\nfatal: … error: 403", Unauthorized),
        ("remote: You have exceeded a secondary rate limit.\nfatal: … error: 403", Uncertain),
        ("fatal: unable to access 'https://host/octo/shop.git/': … returned error: 403", Uncertain),
        ("fatal: Authentication failed for 'https://host/octo/shop.git/'", Unauthorized),
    ],
)
def test_who_refuses_for_good_says_so(said: str, kind: type[Exception]) -> None:
    assert kind is type(_failure(said, SHOP))


async def test_nothing_of_the_repository_is_started(host: FakeGitHub, tmp_path: Path) -> None:
    """Neither hooks nor filters, and what it calls a submodule or large file is not fetched."""
    mark, shop = tmp_path / "started", host.repository(SHOP)
    evil = f"#!/bin/sh\ntouch {mark}\n"
    outside = tmp_path / "outside"
    outside.write_text("secret\n")
    (shop.work / "link").symlink_to(outside)
    (shop.work / "folder").symlink_to("/etc")
    shell = f'sh -c "touch {mark}"'
    commit = shop.commit(
        {
            ".gitattributes": "* filter=evil diff=evil\n*.bin filter=lfs diff=lfs merge=lfs\n",
            ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = ext::{shell}\n\tupdate = !{shell}\n'
            f'[submodule "y"]\n\tpath = y\n\turl = file://{tmp_path}/github/git/{SHOP}.git\n',
            ".githooks/post-checkout": evil,
            "hooks/post-checkout": evil,
            "a.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        }
    )
    place = tmp_path / "clone"
    await opened(host).clone(SHOP, commit, place)
    for hook in ("pre-push", "reference-transaction", "post-checkout"):
        (place / ".git/hooks").mkdir(exist_ok=True)
        (place / ".git/hooks" / hook).write_text(evil)
        (place / ".git/hooks" / hook).chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.sshCommand",
        "credential.helper",
        "filter.evil.clean",
        "core.askPass",
    ):
        git(place, "config", key, f"touch {mark}")
    git(place, "config", "url.ext::sh.insteadOf", host.site)
    git(place, "config", "--unset", "url.ext::sh.insteadOf")
    for message in ("x", "y"):
        await opened(host).push(SHOP, place, CHANGE, base=commit, branch=BRANCH, message=message)
    assert not mark.exists()
    assert not (place / "x").exists()
    assert "secret\n" == outside.read_text()
    assert (place / "link").is_symlink()


async def test_an_address_that_the_clone_rewrites_gets_no_token(host: FakeGitHub, tmp_path: Path) -> None:
    """The configuration of a clone may have been changed by what ran in it."""
    base, place = host.repository(SHOP).head("main"), tmp_path / "clone"
    await opened(host).clone(SHOP, base, place)
    asked = []

    def listen(ask: object) -> Reply:
        asked.append(ask)
        return Reply(404)

    with serve(listen) as port:
        git(place, "config", f"url.http://127.0.0.1:{port}/.insteadOf", f"{host.site}/")
        with pytest.raises(PortError):
            await opened(host).push(SHOP, place, CHANGE, base=base, branch=BRANCH, message="x")
    assert [] == [one for one in asked if "authorization" in one.headers]  # type: ignore[attr-defined]


async def test_a_redirect_gets_no_token(host: FakeGitHub, tmp_path: Path) -> None:
    asked = []

    def listen(ask: object) -> Reply:
        asked.append(ask)
        return Reply(404)

    with serve(listen) as port, serve(lambda ask: _elsewhere(ask.raw, port)) as here:
        ours = opened(host, site=f"http://127.0.0.1:{here}")
        with pytest.raises(PortError):
            await ours.clone(SHOP, "f" * 40, tmp_path / "clone")
    assert [] == asked


def _elsewhere(raw: str, port: int) -> Reply:
    return Reply(302, b"", {"location": f"http://127.0.0.1:{port}{raw}"})


async def test_the_token_is_in_no_argument(
    host: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git is called with is written down by a git of our own on the search path."""
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    spy = tmp_path / "bin/git"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\nexec {real} "$@"\n')
    spy.chmod(0o755)
    base, place = host.repository(SHOP).head("main"), tmp_path / "clone"
    credentials = TokenCredentials(Secret(host.token))
    guards = Guards("git", threshold=3, recovery=1.0)
    path = f"{spy.parent}:/usr/bin:/bin"
    ours = HostGit(host.site, credentials, guards=guards, clock=HurriedClock(), path=path)
    await ours.clone(SHOP, base, place)
    await ours.push(SHOP, place, CHANGE, base=base, branch=BRANCH, message="x")
    said = (tmp_path / "arguments").read_text()
    assert "fetch" in said
    assert "push" in said
    assert host.token not in said
    assert base64.b64encode(f"x-access-token:{host.token}".encode()).decode() not in said


@pytest.mark.parametrize("status", [502, 500, 429])
async def test_a_host_in_trouble_is_asked_eight_times(host: FakeGitHub, tmp_path: Path, status: int) -> None:
    asked = []

    def fail(ask: object) -> Reply:
        asked.append(ask)
        return Reply(status, b"Unicorn")

    with serve(fail) as port:
        ours = opened(host, site=f"http://127.0.0.1:{port}")
        with pytest.raises(Unavailable, match="8 times"):
            await ours.clone(SHOP, "f" * 40, tmp_path / "clone")
    assert 8 == len(asked)


async def test_a_host_that_says_nothing_is_not_waited_for(host: FakeGitHub, tmp_path: Path) -> None:
    with serve(lambda ask: Reply(200, b"", wait=5.0)) as port:
        ours = opened(host, site=f"http://127.0.0.1:{port}", seconds=0.3)
        with pytest.raises(Unavailable, match="longer than"):
            await ours.clone(SHOP, "f" * 40, tmp_path / "clone")


async def test_a_fifth_of_the_answers_may_go_wrong(host: FakeGitHub, tmp_path: Path) -> None:
    """Before or after it was done; nothing is left twice, or in a state that nobody meant."""
    shop, ours = host.repository(SHOP), opened(host)
    host.faults = Faults(rate=0.2, seed=3, kinds=("502", "503", "reset", "truncated", "429", "malformed"))
    host.faults.git = True
    base = shop.head("main")
    for number in range(8):
        branch, place = f"autonomous-cicd/{number}", tmp_path / f"clone{number}"
        await ours.clone(SHOP, base, place)
        made = await ours.push(SHOP, place, CHANGE, base=base, branch=branch, message="Heal it")
        assert made == shop.head(branch)
        assert await ours.remove(SHOP, branch)
        assert "" == shop.head(branch)
    assert 10 < len(host.faults.given)
