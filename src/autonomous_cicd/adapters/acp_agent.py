"""Agent: any program that speaks the Agent Client Protocol on its standard streams (extra `ai`)."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import acp
from acp.schema import AllowedOutcome, ClientCapabilities, DeniedOutcome, RequestPermissionResponse

from autonomous_cicd.domain.brief import Brief, Reply
from autonomous_cicd.errors import Unavailable

__all__ = ["AcpAgent"]

LONGEST = 1_000_000
"""Characters of an answer that are kept."""
_HARMLESS = frozenset({"read", "edit", "search", "think"})
"""Kinds of tool calls that are allowed: in a private copy they harm nobody. Nothing is executed for it."""


class AcpAgent:
    """Starts an agent for each question. Implements `Agent`.

    It works in the folder that it may change, with what the operator lets it have of the environment. Files
    it reads and writes itself; it is lent no terminal.
    """

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], seconds: float) -> None:
        self._argv = tuple(argv)
        self._env = dict(env)
        self._seconds = seconds

    async def ask(self, brief: Brief, place: Path | None = None) -> Reply:
        """Return what it says. Raises Unavailable when it fails or takes too long."""
        began = time.monotonic()
        heard = _Heard()
        try:
            with tempfile.TemporaryDirectory(prefix="agent-") as empty:
                async with asyncio.timeout(self._seconds):
                    await self._prompt(brief.text, str(place or Path(empty)), heard)
        except TimeoutError as error:
            raise Unavailable(f"the agent {self._argv[0]} took longer than {self._seconds:g} s") from error
        except (OSError, acp.RequestError, ConnectionError) as error:
            raise Unavailable(
                f"the agent {self._argv[0]} gave no answer: {error}",
                hint="try it by hand, or empty integrations.agent.command",
            ) from error
        return Reply(text="".join(heard.said)[:LONGEST], seconds=time.monotonic() - began)

    async def _prompt(self, text: str, folder: str, heard: Any) -> None:
        started: Any = acp.spawn_agent_process(heard, *self._argv, env=self._env, cwd=folder)
        async with started as (connection, _):
            await connection.initialize(acp.PROTOCOL_VERSION, client_capabilities=ClientCapabilities())
            session = await connection.new_session(cwd=folder, mcp_servers=[])
            await connection.prompt(session_id=session.session_id, prompt=[acp.text_block(text)])


class _Heard:
    """Keeps what the agent says, and answers what it asks."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._size = 0

    def on_connect(self, conn: Any) -> None:
        """Hear that it is there."""

    async def session_update(self, session_id: str, update: Any, **kwargs: Any) -> None:
        """Take a piece of what it says; what it thinks and does is its own business."""
        text = getattr(getattr(update, "content", None), "text", "")
        if getattr(update, "session_update", "") == "agent_message_chunk" and self._size <= LONGEST:
            self.said.append(text)
            self._size += len(text)

    async def request_permission(
        self, session_id: str, tool_call: Any, options: Any, **kwargs: Any
    ) -> RequestPermissionResponse:
        """Allow once what only reads or writes files; refuse the rest."""
        wanted = "allow_once" if getattr(tool_call, "kind", None) in _HARMLESS else "reject_once"
        for option in options:
            if option.kind == wanted:
                chosen = AllowedOutcome(outcome="selected", option_id=option.option_id)
                return RequestPermissionResponse(outcome=chosen)
        return RequestPermissionResponse(outcome=DeniedOutcome(outcome="cancelled"))
