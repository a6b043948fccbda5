"""CommandAgent with real programs: whatever they do, there is an answer or an error in plain words."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path

import pytest

from autonomous_cicd.adapters.command import OUTPUT, QUESTION, CommandAgent
from autonomous_cicd.adapters.process import ProcessRunner
from autonomous_cicd.domain.brief import Brief, Reply
from autonomous_cicd.errors import Unavailable

ENV = {"PATH": os.defpath}
ARGUMENTS = "import sys, json; print(json.dumps(sys.argv[1:]))"


async def ask(*argv: str, question: str = "why?", seconds: float = 60, **env: str) -> Reply:
    agent = CommandAgent(argv, ProcessRunner(grace=0.3), env={**ENV, **env}, seconds=seconds)
    return await agent.ask(Brief(purpose="diagnosis", text=question))


async def python(script: str, *words: str, question: str = "why?", seconds: float = 60, **env: str) -> Reply:
    return await ask(sys.executable, "-c", script, *words, question=question, seconds=seconds, **env)


async def test_the_answer_is_what_the_program_prints() -> None:
    reply = await python("import sys; print(f'{sys.argv[1]} because')")
    assert "why? because\n" == reply.text
    assert reply.seconds >= 0


@pytest.mark.parametrize(
    "question",
    [
        "why?",
        "two\nlines",
        'it\'s "quoted" `id` $(id) $HOME; exit 3',
        "-n",
        " -- ",
        "é … 🚨",
        "a\\nb %s {question}",
    ],
)
async def test_the_question_arrives_as_one_argument(question: str) -> None:
    """No shell reads it, whatever stands in it."""
    assert [question] == json.loads((await python(ARGUMENTS, question=question)).text)
    placed = await python(ARGUMENTS, "--ask", QUESTION, "--json", question=question)
    assert ["--ask", question, "--json"] == json.loads(placed.text)
    joined = await python(ARGUMENTS, f"--ask={QUESTION}", question=question)
    assert [f"--ask={question}"] == json.loads(joined.text)


async def test_an_exit_code_is_no_answer() -> None:
    with pytest.raises(Unavailable, match="gave no answer: exit code 3") as caught:
        await python("print('half an answer'); raise SystemExit(3)")
    assert "integrations.agent.command" in caught.value.hint


async def test_a_program_that_does_not_exist_is_told() -> None:
    with pytest.raises(Unavailable, match="the agent no-such-agent gave no answer"):
        await ask("no-such-agent")


async def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(Unavailable, match="gave no answer"):
        await python("import time; time.sleep(600)", seconds=0.5)


async def test_an_endless_answer_is_cut() -> None:
    """It fills no memory, whether the program is ended for it or not."""
    reply = await python("import sys; sys.stdout.write('x' * 5_000_000)")
    assert 0 < len(reply.text) <= OUTPUT + 1000


async def test_an_answer_that_is_no_text_is_read_all_the_same() -> None:
    assert "a\ufffdb" == (await python(r"import sys; sys.stdout.buffer.write(b'a\xffb')")).text


async def test_it_sees_only_what_it_is_given_of_the_environment() -> None:
    script = "import os; print(sorted(name for name in os.environ if name != 'LC_CTYPE'))"
    reply = await python(script, AGENT_KEY="x")
    seen = set(ast.literal_eval(reply.text))
    assert {"AGENT_KEY", "PATH"} <= seen
    assert not {"HOME", "PYTEST_CURRENT_TEST"} & seen


async def test_it_starts_in_an_empty_folder_that_is_gone_afterwards() -> None:
    reply = await python("import os; print(os.getcwd(), os.listdir())")
    folder, _, found = reply.text.strip().partition(" ")
    assert "[]" == found
    assert not Path(folder).exists()
