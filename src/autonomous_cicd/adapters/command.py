"""Agent: any program of the operator's that takes a question and prints an answer."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomous_cicd.domain.brief import Brief, Reply
from autonomous_cicd.domain.pipeline import Limits
from autonomous_cicd.errors import Unavailable
from autonomous_cicd.ports import Execution, Runner

__all__ = ["QUESTION", "CommandAgent"]

QUESTION = "{question}"
"""Stands for the question in the arguments; without it, the question comes last."""
OUTPUT = 1_000_000


class CommandAgent:
    """Asks a program. Implements `Agent`.

    It runs in the folder that it may change, else in an empty one, with what the operator lets it have of the
    environment, and not for longer than it may.
    """

    def __init__(
        self, argv: Sequence[str], runner: Runner, *, env: Mapping[str, str], seconds: float
    ) -> None:
        self._argv = tuple(argv)
        self._runner = runner
        self._env = env
        self._seconds = seconds

    async def ask(self, brief: Brief, place: Path | None = None) -> Reply:
        """Return what the program prints. Raises Unavailable when it fails or takes too long."""
        argv = tuple(part.replace(QUESTION, brief.text) for part in self._argv)
        if argv == self._argv:
            argv = (*argv, brief.text)
        said: list[bytes] = []
        with tempfile.TemporaryDirectory(prefix="agent-") as empty:
            folder = place or Path(empty)
            outcome = await self._runner.run(
                Execution(
                    argv=argv,
                    cwd=folder,
                    env=self._env,
                    limits=Limits(seconds=self._seconds, output=OUTPUT),
                    writable=(folder,),
                ),
                said.append,
            )
        if outcome.timed_out or outcome.exit_code:
            why = (
                f"took longer than {self._seconds:g} s"
                if outcome.timed_out
                else f"exit code {outcome.exit_code}"
            )
            raise Unavailable(
                f"the agent {self._argv[0]} gave no answer: {outcome.reason or why}",
                hint="try it by hand, or empty integrations.agent.command",
            )
        return Reply(text=b"".join(said).decode("utf-8", "replace"), seconds=outcome.seconds)
