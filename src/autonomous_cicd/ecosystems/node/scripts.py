"""Reads the scripts of a `package.json` without executing them: which programs they would start."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from autonomous_cicd.values import dataclass

__all__ = ["MANAGERS", "Call", "chain", "expand", "parts", "reached", "unwrapped"]

DEEPEST = 8
"""Scripts that call scripts that call scripts … are followed this far."""
MOST = 300
"""Commands that are looked at; a script with more is a trap."""

ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
OPERATOR = frozenset("();<>|&\n")
SEQUENCE = re.compile(r"&&|\|\||[;|&\n]")

PREFIXES = frozenset(
    (
        *("corepack", "cross-env", "cross-env-shell", "env", "dotenv", "time", "exec"),
        *("npx", "pnpx", "bunx", "c8", "nyc"),
    )
)
"""Programs that start another one, which is named after their options."""
MANAGERS = frozenset(["npm", "yarn", "pnpm", "bun"])
OWN_WORDS = frozenset(
    (
        *("add", "audit", "cache", "ci", "config", "create", "dedupe", "dlx", "exec", "help", "i", "info"),
        *("init", "install", "link", "list", "ls", "node", "outdated", "pack", "prune", "publish", "rebuild"),
        *("remove", "up", "update", "upgrade", "version", "view", "why", "workspace", "workspaces", "x"),
    )
)
"""Words after a manager's name that are never the name of a script."""
STARTED = frozenset(
    (
        *("ava", "borp", "jasmine", "jest", "lab", "mocha", "node", "npm", "npx", "pnpm", "qunit", "tap"),
        *("tape", "ts-node", "ts-mocha", "tsx", "uvu", "vitest", "yarn"),
    )
)
"""Programs that coverage tools are told to start: an option's value before them is not one of these."""
SEVERAL = {"npm-run-all", "npm-run-all2", "run-s", "run-p", "run-z", "start-server-and-test"}
SHORT = {"t": "test", "tst": "test"}


@dataclass(frozen=True, slots=True)
class Call:
    """A program that a script starts."""

    program: str
    """Without its folder."""
    arguments: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Program and arguments as one text, to look for words in."""
        return " ".join((self.program, *self.arguments))


def expand(name: str, scripts: Mapping[str, str]) -> tuple[Call, ...]:
    """Return every program that running a script starts, scripts called by it included."""
    calls: list[Call] = []
    for script in reached(name, scripts):
        for words in parts(scripts[script]):
            calls.extend(unwrapped(words))
    return tuple(calls)


def reached(name: str, scripts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of all scripts that running one of them runs, in the order they are found."""
    found: dict[str, None] = {}
    waiting = [(name, 0)]
    while waiting and len(found) < MOST:
        script, depth = waiting.pop(0)
        for part in (f"pre{script}", script, f"post{script}"):
            if part in scripts and part not in found:
                found[part] = None
                if depth < DEEPEST:
                    called = (c for words in parts(scripts[part]) for c in called_scripts(words, scripts))
                    waiting += [(other, depth + 1) for other in called]
    return tuple(found)


def chain(script: str) -> tuple[tuple[str, ...], ...]:
    """Return the commands of a script that only joins some with `&&`; none when it does anything else."""
    words = tokens(script)
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "&&":
            commands.append([])
        elif OPERATOR.issuperset(word) or "$" in word or "`" in word:
            return ()
        else:
            commands[-1].append(word)
    return tuple(tuple(command) for command in commands) if all(commands) else ()


def parts(script: str) -> list[list[str]]:
    """Return the words of each simple command of a script."""
    commands: list[list[str]] = [[]]
    skip = False
    for word in tokens(script)[: MOST * 20]:
        if word and OPERATOR.issuperset(word):
            skip = "<" in word or ">" in word
            if not skip:
                commands.append([])
        elif skip:
            skip = False
        else:
            commands[-1].append(word)
    return [command for command in commands if command][:MOST]


def tokens(script: str) -> list[str]:
    """Split a script into words and operators; roughly, when its quotes do not match."""
    try:
        lexer = shlex.shlex(script[:20_000], posix=True, punctuation_chars="();<>|&\n")
        lexer.whitespace_split = True
        lexer.whitespace = " \t\r"
        lexer.commenters = ""
        return list(lexer)
    except ValueError:
        return " ".join(f" {part} && " for part in SEQUENCE.split(script[:20_000])).split()[:-1]


def unwrapped(words: Sequence[str]) -> Iterator[Call]:
    """Give the program of a command; for one that only starts another also that one."""
    rest = list(words)
    for _ in range(DEEPEST):
        while rest and ASSIGNMENT.fullmatch(rest[0]):
            rest.pop(0)
        if not rest:
            return
        call = program_of(rest)
        yield call
        if call.program == "concurrently":
            for argument in call.arguments:
                for inner in parts(argument):
                    yield Call(base(inner[0]), tuple(inner[1:]))
            return
        following = started_by(call)
        if following is None:
            return
        rest = following


def started_by(call: Call) -> list[str] | None:
    """Return the command that a program was told to start; None when it starts none."""
    arguments = list(call.arguments)
    if call.program in MANAGERS:
        if arguments and arguments[0] in ("exec", "dlx", "x"):
            return after_options(arguments[1:])
        plain = call.program in ("yarn", "pnpm") and arguments and not arguments[0].startswith("-")
        return arguments if plain and arguments[0] not in OWN_WORDS | {"run", "test"} else None
    return after_options(arguments) if call.program in PREFIXES else None


def after_options(arguments: Sequence[str]) -> list[str]:
    """Return what follows the options; some of them take a value, so `--` decides where there is one."""
    if "--" in arguments:
        return list(arguments[arguments.index("--") + 1 :])
    plain = [place for place, word in enumerate(arguments) if not word.startswith("-")]
    known = [place for place in plain if base(arguments[place]) in STARTED]
    first = next(iter(known or plain), len(arguments))
    return list(arguments[first:])


def program_of(words: Sequence[str]) -> Call:
    """Return the program of a command; what Node is told to execute from `node_modules` counts as one."""
    program = base(words[0])
    if program in ("node", "nodejs"):
        for place, word in enumerate(words[1:], start=1):
            owner = re.search(r"node_modules/(?:\.bin/)?(@[^/]+/[^/]+|[^/]+)", word)
            if owner and not words[place - 1].startswith(("-r", "--require", "--import", "--loader")):
                return Call(owner[1].rpartition("/")[2], tuple(words[place + 1 :]))
    return Call(program, tuple(words[1:]))


def base(word: str) -> str:
    """Return the name of a program without its folder, and without a version (`eslint@8`)."""
    name = word.rpartition("/")[2]
    return name.partition("@")[0] or name


def called_scripts(words: Sequence[str], scripts: Mapping[str, str]) -> Iterator[str]:
    """Give the names of the scripts that a command runs."""
    for call in unwrapped(words):
        yield from named_scripts(call, scripts)


def named_scripts(call: Call, scripts: Mapping[str, str]) -> Iterator[str]:
    """Give the names of the scripts that a program is told to run."""
    plain = [argument for argument in call.arguments if not argument.startswith("-")]
    if call.program in MANAGERS and plain:
        first = SHORT.get(plain[0], plain[0])
        if first in ("run", "run-script", "rum") and len(plain) > 1:
            yield plain[1]
        elif first in scripts and (call.program != "npm" or first in ("test", "start", "stop", "restart")):
            yield first
    elif call.program in SEVERAL:
        for pattern in plain:
            yield from matching(pattern.split(" ")[0], scripts)
    elif call.program.startswith("npm:"):
        yield from matching(call.program.removeprefix("npm:"), scripts)
    elif call.program == "node" and "--run" in call.arguments[:-1]:
        yield call.arguments[call.arguments.index("--run") + 1]


def matching(pattern: str, scripts: Mapping[str, str]) -> list[str]:
    """Return the scripts that a name, or a pattern such as `lint:*`, means."""
    return [name for name in scripts if name == pattern or fnmatchcase(name, pattern.replace("**", "*"))]
