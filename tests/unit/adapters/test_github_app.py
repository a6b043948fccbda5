"""What opens GitHub: a token, an app whose tokens end, the token of a run; none of them is ever shown."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from tests.hosts.clocks import HurriedClock
from tests.hosts.github import FakeGitHub
from tests.hosts.worlds import opened

from autonomous_cicd.adapters.github_app import AppCredentials, TokenCredentials, open_github
from autonomous_cicd.adapters.http import Service
from autonomous_cicd.domain.secrets import Secret
from autonomous_cicd.errors import NotFound, PortError, RateLimited, Unauthorized, UsageError
from autonomous_cicd.settings.load import load

SHOP = "octo/shop"
APP = "12345"


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    """Return a private key and its public part."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture
def host(tmp_path: Path, keys: tuple[str, str]) -> Iterator[FakeGitHub]:
    with FakeGitHub(tmp_path, checked=True) as host:
        host.add_repository(SHOP, private=True)
        host.add_repository("octo/other", private=True)
        host.app_id, host.app_key, host.installed = APP, keys[1], {SHOP}
        yield host


def as_app(host: FakeGitHub, key: str, clock: HurriedClock | None = None) -> AppCredentials:
    clock = clock or HurriedClock()
    host.now = clock.now
    service = Service(host.url, headers={}, name="GitHub", clock=clock)
    return AppCredentials(APP, Secret(key), service, now=clock.now)


async def test_an_app_has_a_token_for_each_repository_and_renews_it(
    host: FakeGitHub, keys: tuple[str, str]
) -> None:
    clock = HurriedClock()
    app = as_app(host, keys[0], clock)
    first = await app.token(SHOP)
    assert first == await app.token("Octo/SHOP")
    assert {"Authorization": f"Bearer {first.reveal()}"} == await app.headers(f"/repos/{SHOP}/pulls")
    await clock.sleep(3400)  # of 3600: it would end before long
    second = await app.token(SHOP)
    assert first != second
    asked = [one.json for one in host.asked("POST", "/app/installations/1/access_tokens")]
    assert [{"repositories": ["shop"]}] * 2 == asked
    assert app.refused(f"/repos/{SHOP}/pulls")
    assert not app.refused(f"/repos/{SHOP}/pulls")
    assert second != await app.token(SHOP)


async def test_an_app_reaches_where_it_is_installed(host: FakeGitHub, keys: tuple[str, str]) -> None:
    app = as_app(host, keys[0])
    with pytest.raises(NotFound, match="not installed in octo/other"):
        await app.token("octo/other")
    for odd in ("../x", "octo", "octo/shop/x"):
        with pytest.raises(NotFound):
            await app.token(odd)


async def test_a_configured_app_reads_writes_and_clones(
    host: FakeGitHub, keys: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "key.pem").write_text(keys[0])
    github, git = opened(
        host, GITHUB_APP_ID=APP, GITHUB_APP_PRIVATE_KEY_FILE=str(tmp_path / "key.pem"), GITHUB_TOKEN=""
    )
    found = await github.identity()
    assert ("autonomous-cicd[bot]", "app") == (found.login, found.kind)
    assert "main" == await github.default_branch(SHOP)
    commit = host.repository(SHOP).head("main")
    assert await github.report_check(
        SHOP, commit, name="analysis", conclusion="neutral", title="t", summary="s"
    )
    await git.clone(SHOP, commit, tmp_path / "clone")
    with pytest.raises(NotFound):
        await github.default_branch("octo/other")
    await github.aclose()


async def test_a_token_that_was_taken_back_is_replaced(host: FakeGitHub, keys: tuple[str, str]) -> None:
    github, _ = opened(host, GITHUB_APP_ID=APP, GITHUB_APP_PRIVATE_KEY=keys[0].replace("\n", "\\n"))
    assert "main" == await github.default_branch(SHOP)
    for token in [one for one in host._accounts if one.startswith("ghs_")]:
        host.revoke(token)
    assert "" == await github.branch(SHOP, "none")
    await github.aclose()


@pytest.mark.parametrize("key", ["", "no key", "-----BEGIN RSA PRIVATE KEY-----\nS3CRETKEY\n-----END"])
async def test_a_key_that_cannot_be_read_is_a_mistake_and_not_shown(host: FakeGitHub, key: str) -> None:
    with pytest.raises(UsageError, match="private key") as refused:
        await as_app(host, key).token(SHOP)
    assert "S3CRET" not in "".join(traceback.format_exception(refused.value))


async def test_a_key_of_somebody_else_is_refused(host: FakeGitHub) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(Unauthorized):
        await as_app(host, pem).token(SHOP)


def test_an_app_needs_its_key(tmp_path: Path) -> None:
    for more in ({}, {"GITHUB_APP_PRIVATE_KEY_FILE": str(tmp_path / "none.pem")}):
        settings = load(None, environment={"HOME": "/h", "GITHUB_APP_ID": APP, **more})
        with pytest.raises(UsageError):
            open_github(settings, {})


async def test_the_token_of_a_run_is_known(tmp_path: Path) -> None:
    token = "ghs_runTokenOfTheTests0123456789"
    with FakeGitHub(tmp_path, token=token, login="github-actions[bot]", kind="installation") as host:
        host.add_repository(SHOP)
        github, _ = opened(host, GITHUB_ACTIONS="true")
        found = await github.identity()
        assert ("github-actions[bot]", "actions") == (found.login, found.kind)
        await github.aclose()
        host.revoke(token)
        with pytest.raises(Unauthorized):
            await github.identity()
        await github.aclose()


async def test_without_a_token_nothing_is_claimed(tmp_path: Path) -> None:
    assert {} == await TokenCredentials(Secret("")).headers("/user")
    with FakeGitHub(tmp_path) as host:
        for blank in ("", "  "):
            github, _ = opened(host, GITHUB_TOKEN=blank)
            with pytest.raises(Unauthorized, match="wants a token for this, and none is set") as refused:
                await github.identity()
            assert "set GITHUB_TOKEN" in refused.value.hint
            assert "authorization" not in host.requests[-1].headers
            await github.aclose()


async def test_a_token_that_is_wrong_is_not_said_to_be_missing(tmp_path: Path) -> None:
    with FakeGitHub(tmp_path) as host:
        github, _ = opened(host, GITHUB_TOKEN="wrong")
        with pytest.raises(Unauthorized, match="refuses our credentials"):
            await github.identity()
        await github.aclose()


async def test_a_token_is_shown_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in errors and their traces, not in what libraries log, not on the screen."""
    caplog.set_level(logging.DEBUG)
    token = "ghp_S3cretOfTheTests0123456789abcdefghijk"
    said: list[str] = []
    with FakeGitHub(tmp_path, token=token) as host:
        host.add_repository(SHOP)
        github, git = opened(host)
        await github.default_branch(SHOP)
        for fault in ("502", "reset", "truncated", "malformed", "403"):
            host.faults.script = [fault] * 6
            host.faults.retry_after = 9999
            try:
                await github.run(SHOP, 1)
            except PortError as error:
                said.append("".join(traceback.format_exception(error)))
        host.faults.script = []
        host.revoke(token)
        for ask in (github.identity(), git.clone(SHOP, "f" * 40, tmp_path / "clone")):
            with pytest.raises(PortError) as refused:
                await ask
            said.append("".join(traceback.format_exception(refused.value)))
        said.append(f"{github!r} {git!r} {vars(github)!r} {vars(git)!r}")
        await github.aclose()
    shown = capfd.readouterr()
    for text in (*said, caplog.text, shown.out, shown.err):
        assert token not in text


async def test_what_is_left_of_the_limit_is_kept_for_people(tmp_path: Path) -> None:
    with FakeGitHub(tmp_path) as host:
        host.add_repository(SHOP)
        host.remaining = 501
        github, _ = opened(host)
        for number in range(2):
            await github.runs(SHOP, branch=f"b{number}")
        with pytest.raises(RateLimited) as refused:
            await github.runs(SHOP, branch="b3")
        assert 499 == host.remaining
        assert 3590 < refused.value.retry_after < 3610
        await github.aclose()
