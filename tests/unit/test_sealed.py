"""No credential of ours reaches project code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autonomous_cicd.sealed import clean, looks_secret, seal

CANARY = "canary-5f2c9d"
PROGRAM = """
import asyncio, json, os, sys
from autonomous_cicd.sealed import clean, seal
environment = seal()
from pathlib import Path
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.ports import Execution

async def main():
    runner = ProcessRunner()
    said = []
    execution = Execution(argv=(sys.executable, "-c", sys.argv[1]), cwd=Path("/"), env=clean(environment))
    outcome = await runner.run(execution, said.append)
    await runner.close()
    print(json.dumps({
        "exit": outcome.exit_code, "said": b"".join(said).decode(), "known": environment.get("MY_TOKEN"),
        "marker": [name for name in {**environment, **os.environ} if "SEALED" in name],
        "arguments": sys.argv[2:],
        "isolated": sys.flags.isolated,
    }))

asyncio.run(main())
"""
SPY = """
import os
from pathlib import Path

def show(what, path):
    try:
        print(what, path, Path(path).read_bytes())
    except OSError as error:
        print(what, path, error)

print(dict(os.environ))
show("own", "/proc/self/environ")
pid = os.getpid()
while pid > 1:
    pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])
    if pid:
        show("ancestor", f"/proc/{pid}/environ")
        show("ancestor", f"/proc/{pid}/cmdline")
for fd in os.listdir("/proc/self/fd"):
    print("open", fd)
for fd in os.listdir(f"/proc/{os.getppid()}/fd"):
    try:
        print("parent has", fd, os.readlink(f"/proc/{os.getppid()}/fd/{fd}"))
    except OSError as error:
        print("parent has", fd, error)
"""


def run(environment: dict[str, str], *options: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, *options, "-c", PROGRAM, SPY, "an argument", "--flag"],
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("name", "value"),
    [("MY_TOKEN", CANARY), ("DATABASE", f"postgresql://user:{CANARY}@host/db"), ("X", f"ghp_{CANARY}")],
)
def test_a_task_finds_no_credential_anywhere(name: str, value: str) -> None:
    seen = run({name: value})

    assert 0 == seen["exit"], seen["said"]
    assert "ancestor" in str(seen["said"])
    assert CANARY not in str(seen["said"])
    assert "memfd" not in str(seen["said"])


def test_the_program_itself_knows_them() -> None:
    seen = run({"MY_TOKEN": CANARY})

    assert CANARY == seen["known"]
    assert [] == seen["marker"]


def test_arguments_and_options_stay_as_they_were() -> None:
    seen = run({"MY_TOKEN": CANARY}, "-X", "utf8", "-W", "error")

    assert ["an argument", "--flag"] == seen["arguments"]


def test_without_secrets_nothing_happens() -> None:
    seen = run({"LANG": "C.UTF-8"})

    assert 0 == seen["exit"]
    assert seen["known"] is None


@pytest.mark.parametrize("marker", ["", "0", "1", "9999", "text", "-1"])
def test_a_false_marker_is_ignored(marker: str) -> None:
    seen = run({"AUTONOMOUS_CICD_SEALED": marker, "LANG": "C.UTF-8"})

    assert 0 == seen["exit"]
    assert [] == seen["marker"]


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN", "github_token", "CODEGEN_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
        "MY_PASSWORD", "PGPASSWORD", "MYSQL_PWD", "SLACK_WEBHOOK_URL", "SENTRY_DSN", "DATABASE_URL",
        "AZURE_DEVOPS_PAT", "OPENAI_API_KEY", "ENCRYPTION_KEY", "SSH_AUTH_SOCK", "NPM_CONFIG__AUTH",
        "npm_config_//host/:_authToken", "SSH_PRIVATE", "GOOGLE_APPLICATION_CREDENTIALS", "DB_PASS",
        "UV_INDEX_MINE_PASSWORD", "POETRY_HTTP_BASIC_MINE_USERNAME",
    ],
)  # fmt: skip
def test_names_of_credentials(name: str) -> None:
    assert looks_secret(name, "x")


@pytest.mark.parametrize(
    "value",
    [
        "ghp_abc", "github_pat_abc", "glpat-abc", "xoxb-1-2", "AKIAIOSFODNN7EXAMPLE", "sk-abc",
        "eyJhbGciOiJI.e30.x", "https://user:pass@host/simple", "https://token@host/simple", "https://u:pa/ss@host",
        "Bearer abc", "redis://:secret@host:6379/0", "a,https://x:y@z", "AUTHORIZATION: basic abc",
        "Server=x;Password=y", "-----BEGIN OPENSSH PRIVATE KEY-----",
    ],
)  # fmt: skip
def test_values_of_credentials(value: str) -> None:
    assert looks_secret("HARMLESS", value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/usr/bin"), ("GIT_AUTHOR_NAME", "A"), ("PWD", "/"), ("OLDPWD", "/"), ("KEYBOARD", "de"),
        ("PIP_INDEX_URL", "https://host:8080/@scope/simple"), ("REPO", "ssh://git@host/a.git"),
        ("GOPRIVATE", "host/*"), ("PIP_KEYRING_PROVIDER", "disabled"), ("NO_PROXY", "localhost,.internal"),
        ("GPG_KEY", "E3FF2839C048B25C"), ("COREPACK_INTEGRITY_KEYS", "0"),
    ],
)  # fmt: skip
def test_what_is_no_credential(name: str, value: str) -> None:
    assert not looks_secret(name, value)


def test_tasks_get_a_fixed_list_and_what_the_operator_allows() -> None:
    environment = {
        "PATH": "/usr/bin", "HOME": "/home/me", "LC_ALL": "C", "PIP_INDEX_URL": "https://host/simple",
        "PIP_EXTRA_INDEX_URL": "https://me:secret@host/simple", "UV_INDEX_MINE_PASSWORD": "secret",
        "npm_config_registry": "https://host/", "npm_config__authToken": "secret",
        "CARGO_REGISTRY_TOKEN": "secret", "HTTPS_PROXY": "http://me:secret@proxy:3128", "HTTP_PROXY": "http://proxy:3128",
        "RANDOM_THING": "1", "GITHUB_TOKEN": "secret", "DEPLOY_TOKEN": "wanted", "TERM": "xterm",
    }  # fmt: skip

    assert {
        "PATH": "/usr/bin", "HOME": "/home/me", "LC_ALL": "C", "PIP_INDEX_URL": "https://host/simple",
        "npm_config_registry": "https://host/", "HTTP_PROXY": "http://proxy:3128", "DEPLOY_TOKEN": "wanted",
        "TERM": "dumb",
    } == clean(environment, allowed=("DEPLOY_TOKEN",))  # fmt: skip


def test_our_own_environment_is_taken_off_the_path(tmp_path: Path) -> None:
    own = f"{sys.prefix}/bin"
    (tmp_path / "uv").write_text("")
    (tmp_path / "uv").chmod(0o755)
    with_uv = str(tmp_path)

    kept = clean({"PATH": f"{own}:{with_uv}:/usr/bin"})["PATH"]
    expected = f"{with_uv}:/usr/bin" if sys.prefix != sys.base_prefix else f"{own}:{with_uv}:/usr/bin"
    assert expected == kept


def test_it_stays_last_when_nothing_else_has_uv(tmp_path: Path) -> None:
    own = f"{sys.prefix}/bin"
    kept = clean({"PATH": f"{own}:{tmp_path}"})["PATH"]

    if sys.prefix == sys.base_prefix or not os.access(f"{own}/uv", os.X_OK):
        pytest.skip("there is no virtual environment with uv")
    assert f"{tmp_path}:{own}" == kept


def test_the_second_start_takes_what_the_first_one_left(monkeypatch: pytest.MonkeyPatch) -> None:
    descriptor = os.memfd_create("environment", 0)
    os.write(descriptor, os.fsencode(f"MY_TOKEN={CANARY}\0EMPTY=\0LINES=a\nb=c"))
    monkeypatch.setenv("AUTONOMOUS_CICD_SEALED", str(descriptor))
    environment = seal()

    assert (CANARY, "", "a\nb=c") == (environment["MY_TOKEN"], environment["EMPTY"], environment["LINES"])
    assert "MY_TOKEN" not in os.environ
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.close(descriptor)


def test_a_file_of_somebody_else_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "theirs").open("w") as theirs:
        monkeypatch.setenv("AUTONOMOUS_CICD_SEALED", str(theirs.fileno()))
        environment = seal()
        theirs.write("still open")

    assert "AUTONOMOUS_CICD_SEALED" not in environment
    assert "still open" == (tmp_path / "theirs").read_text()
