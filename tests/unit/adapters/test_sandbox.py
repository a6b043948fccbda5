"""SandboxRunner with real bubblewrap, where there is one."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from autonomous_cicd.adapters.sandbox import SandboxRunner
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Execution, Outcome

CANARY = "canary-8d1e"


class Box:
    """A sandbox with a home that holds a credential."""

    def __init__(self, runner: SandboxRunner, folder: Path) -> None:
        self.runner = runner
        self.home = folder / "home"
        self.work = folder / "work"
        self.work.mkdir()
        (self.home / ".ssh").mkdir(parents=True)
        (self.home / ".ssh" / "id").write_text(CANARY)
        self.said: list[bytes] = []

    async def sh(self, script: str, *, network: bool = False, env: dict[str, str] | None = None) -> Outcome:
        execution = Execution(
            argv=("/bin/sh", "-c", script),
            cwd=self.work,
            env={"PATH": os.defpath, "HOME": str(self.home), **(env or {})},
            writable=(self.work,),
            network=network,
        )
        return await self.runner.run(execution, self.said.append)

    @property
    def text(self) -> str:
        return b"".join(self.said).decode()


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    runner = SandboxRunner(readable=(tmp_path / "extra", Path("/"), tmp_path, tmp_path / "home"))
    try:
        await runner.check()
    except Unavailable as error:
        await runner.close()
        pytest.skip(f"{error}; {error.hint}")
    yield Box(runner, tmp_path)
    await runner.close()


async def test_homes_are_empty(box: Box) -> None:
    await box.sh("cat ~/.ssh/id; ls -A ~ /root /home; echo done")

    assert CANARY not in box.text
    assert box.text.endswith("done\n")


async def test_a_search_path_that_names_the_home_does_not_show_it(box: Box) -> None:
    await box.sh("cat ~/.ssh/id", env={"PATH": f"{box.home}:/:{box.home.parent}:{os.defpath}"})

    assert CANARY not in box.text


async def test_it_writes_to_its_folder_alone(box: Box) -> None:
    outcome = await box.sh("echo a > made && echo b > /tmp/gone && ! touch /usr/x /etc/x 2>/dev/null")

    assert 0 == outcome.exit_code
    assert ["made"] == [path.name for path in box.work.iterdir()]
    assert not Path("/tmp/gone").exists()


async def test_it_sees_no_process_but_its_own(box: Box) -> None:
    await box.sh("cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'")

    assert "sandbox" in box.text or "bwrap" in box.text
    assert Path("/proc/self/cmdline").read_bytes().replace(b"\0", b"\n").decode() not in box.text


async def test_it_has_no_rights(box: Box) -> None:
    await box.sh("grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status; cat /etc/shadow; hostname")

    lines = [line.split()[1] for line in box.text.splitlines()[:3]]
    assert ["0" * 16, "0" * 16, "1"] == lines
    assert "root:" not in box.text
    assert box.text.endswith("sandbox\n")


async def test_the_network_is_there_when_it_may_be(box: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        call = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)"
        env = {"PATH": f"{Path(sys.executable).parent}:{os.defpath}"}
        with_network = await box.sh(f'{sys.executable} -c "{call}"', network=True, env=env)
        without = await box.sh(f'{sys.executable} -c "{call}"', env=env)

    assert (0, True) == (with_network.exit_code, without.exit_code != 0), box.text


async def test_it_reads_what_it_is_given(box: Box, tmp_path: Path) -> None:
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "file").write_text("extra")
    await box.sh(f"cat {tmp_path}/extra/file; touch {tmp_path}/extra/new")

    assert box.text.startswith("extra")
    assert not (tmp_path / "extra" / "new").exists()


async def test_tools_of_the_home_stay_usable(box: Box) -> None:
    tool = box.home / ".local" / "bin" / "tool"
    tool.parent.mkdir(parents=True)
    tool.write_text("#!/bin/sh\necho works\n")
    tool.chmod(0o755)
    await box.sh("tool", env={"PATH": f"{tool.parent}:{os.defpath}"})

    assert "works\n" == box.text


async def test_bubblewrap_is_missing() -> None:
    runner = SandboxRunner(program="")
    with pytest.raises(Unavailable) as caught:
        await runner.check()

    assert "install" in caught.value.hint


async def test_bubblewrap_is_not_permitted(tmp_path: Path) -> None:
    refuses = tmp_path / "bwrap"
    refuses.write_text("#!/bin/sh\necho No permissions to create new namespace >&2; exit 1\n")
    refuses.chmod(0o755)
    runner = SandboxRunner(program=str(refuses))
    with pytest.raises(Unavailable, match="No permissions to create new namespace") as caught:
        await runner.check()
    await runner.close()

    assert "user namespaces" in caught.value.hint
