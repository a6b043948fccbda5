"""AcpAgent, against a real program that speaks the protocol."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autonomous_cicd.adapters.acp_agent import AcpAgent
from autonomous_cicd.domain.brief import Brief
from autonomous_cicd.errors import Unavailable

PROGRAM = """
import asyncio
from pathlib import Path

import acp
from acp.schema import (
    InitializeResponse, NewSessionResponse, PermissionOption, PromptResponse, ToolCallUpdate,
)


class Fake(acp.Agent):
    def on_connect(self, conn):
        self.conn = conn

    async def initialize(self, protocol_version, **rest):
        return InitializeResponse(protocol_version=protocol_version)

    async def new_session(self, cwd, **rest):
        self.cwd = cwd
        return NewSessionResponse(session_id="one")

    async def prompt(self, session_id, prompt, **rest):
        asked = []
        for kind in ("edit", "execute"):
            words = ("allow_once", "reject_once")
            options = [PermissionOption(option_id=word, name=word, kind=word) for word in words]
            answer = await self.conn.request_permission(
                session_id=session_id, tool_call=ToolCallUpdate(tool_call_id=kind, kind=kind), options=options
            )
            asked.append(answer.outcome.option_id)
        Path(self.cwd, "answer.txt").write_text(prompt[0].text + " " + " ".join(asked))
        for piece in ("all ", "done"):
            await self.conn.session_update(session_id, acp.update_agent_message_text(piece))
        return PromptResponse(stop_reason="end_turn")


asyncio.run(acp.run_agent(Fake()))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "agent.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def agent(*argv: str, seconds: float = 60) -> AcpAgent:
    return AcpAgent(argv, env={"PATH": os.environ["PATH"]}, seconds=seconds)


async def test_it_works_in_the_folder_it_may_change_and_executes_nothing_for_us(
    program: Path, tmp_path: Path
) -> None:
    place = tmp_path / "copy"
    place.mkdir()
    reply = await agent(sys.executable, str(program)).ask(Brief(purpose="healing", text="mend it"), place)
    assert "all done" == reply.text
    assert "mend it allow_once reject_once" == (place / "answer.txt").read_text(encoding="utf-8")


async def test_without_a_folder_it_gets_an_empty_one(program: Path) -> None:
    reply = await agent(sys.executable, str(program)).ask(Brief(purpose="diagnosis", text="why?"))
    assert "all done" == reply.text


@pytest.mark.parametrize("argv", [("/bin/false",), ("/no/such/program",)], ids=["ends", "missing"])
async def test_a_program_that_does_not_answer_is_named(argv: tuple[str, ...]) -> None:
    with pytest.raises(Unavailable, match=argv[0]):
        await agent(*argv).ask(Brief(purpose="diagnosis", text="why?"))


async def test_it_may_not_take_for_ever() -> None:
    with pytest.raises(Unavailable, match=r"took longer than 0\.5 s"):
        await agent("sleep", "30", seconds=0.5).ask(Brief(purpose="diagnosis", text="why?"))
