"""What a command of a project stands for: scripts of package.json, targets of make, environments of tox."""

from __future__ import annotations

import ast
import configparser
import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from autonomous_cicd.domain.fixing_commands import segments

__all__ = ["expanded"]

Read = Callable[[str], str]
_DEPTH = 5
_SHELLS = ("bash", "sh", "source", ".")
_MAKE_LINE = re.compile(r"^\t[ \t]*[@+-]*[ \t]*(.*)$")


def expanded(script: str, read: Read, folder: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the commands that a script comes to, each with what makes its tools; "": nothing has to.

    `read` gives the text of a file of the project, "" when there is none. What is not understood is
    yielded as it stands.
    """
    for command in segments(script):
        inner = list(_inner(command, read, folder)) if depth < _DEPTH else []
        if not inner:
            yield command, ""
        for text, prefix in inner:
            for deeper, first in expanded(text, read, folder, depth + 1):
                yield (f"{prefix}{deeper}" if prefix else deeper), first or (command if prefix else "")


def _inner(command: str, read: Read, folder: str) -> Iterator[tuple[str, str]]:
    words = [word for word in command.split() if not re.match(r"[A-Za-z_]\w*=", word)]
    program = words[0].rsplit("/", 1)[-1] if words else ""
    if program in ("npm", "yarn", "pnpm", "bun"):
        yield from ((text, "") for text in _node(words, read, folder))
    elif program in ("run-s", "run-p", "npm-run-all"):
        names = [word for word in words[1:] if not word.startswith("-")]
        yield from ((text, "") for name in names for text in _package(name, read, folder))
    elif program in ("make", "gmake"):
        goals = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        yield from ((text, "") for goal in goals for text in _make(goal, read, folder))
    elif program == "tox" or command.startswith("python -m tox"):
        yield from _tox(words, read, folder)
    elif program == "nox" or command.startswith("python -m nox"):
        yield from _nox(words, read, folder)
    elif program in _SHELLS or words[0].startswith("./") or words[0].endswith(".sh"):
        plain = words[1:] if program in _SHELLS else words
        name = next((word for word in plain if not word.startswith("-")), "")
        text = read(_under(folder, name)) if name else ""
        first = text.split("\n", 1)[0]
        if text and (not first.startswith("#!") or "sh" in first):
            yield from (
                (line, "") for line in segments(text) if not line.startswith("#") and "$0" not in line
            )


def _under(folder: str, name: str) -> str:
    name = name.removeprefix("./")
    return f"{folder.strip('/')}/{name}" if folder not in ("", ".") else name


def _node(words: list[str], read: Read, folder: str) -> Iterator[str]:
    rest = [word for word in words[1:] if not word.startswith("-")]
    if not rest:
        return
    name = rest[1] if rest[0] in ("run", "run-script") and len(rest) > 1 else rest[0]
    if name == "t":
        name = "test"
    if rest[0] in ("run", "run-script", "test", "t") or words[0] in ("yarn", "pnpm"):
        yield from _package(name, read, folder)


def _package(name: str, read: Read, folder: str) -> Iterator[str]:
    try:
        manifest = json.loads(read(_under(folder, "package.json")) or "{}")
    except ValueError:
        return
    scripts = manifest.get("scripts") if isinstance(manifest, dict) else None
    if not isinstance(scripts, dict):
        return
    wanted = [f"pre{name}", name, f"post{name}"]
    if "*" in name:
        wanted = [one for one in scripts if fnmatchcase(one, name)]
    for one in wanted:
        if isinstance(scripts.get(one), str):
            yield scripts[one]


def _make(goal: str, read: Read, folder: str) -> Iterator[str]:
    text = next(
        filter(None, (read(_under(folder, name)) for name in ("GNUmakefile", "makefile", "Makefile"))), ""
    )
    text = text.replace("\\\n", " ")
    variables = dict(re.findall(r"(?m)^([A-Za-z_]\w*)\s*[:?]?=\s*(.*?)\s*$", text))
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found = re.match(rf"^(?:[\w./-]+ )*{re.escape(goal)}(?: [\w./-]+)*\s*::?(?!=)\s*([^#;]*)", line)
        if not found:
            continue
        for need in found[1].split():
            yield from _make(need, read, folder) if need != goal else ()
        for below in lines[number + 1 :]:
            recipe = _MAKE_LINE.match(below)
            if not recipe:
                if below.strip():
                    break
                continue
            shell = _substituted(recipe[1], variables)
            if shell and not shell.startswith("#"):
                yield shell
        return


def _substituted(text: str, variables: dict[str, str]) -> str:
    for _ in range(_DEPTH):
        text = re.sub(r"\$[({](\w+)[)}]", lambda one: variables.get(one[1], one[0]), text)
    return text.replace("$$", "$")


def _tox(words: list[str], read: Read, folder: str) -> Iterator[tuple[str, str]]:
    names = _after(words, ("-e", "--env"))
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(read(_under(folder, "tox.ini")) or "[tox]\n")
    except configparser.Error:
        return
    for name in names:
        section = f"testenv:{name}" if parser.has_section(f"testenv:{name}") else "testenv"
        if not parser.has_option(section, "commands"):
            continue
        for line in parser.get(section, "commands").replace("\\\n", " ").splitlines():
            text = re.sub(r"\{posargs:?([^{}]*)\}", r"\1", line.strip().lstrip("-").strip())
            text = text.replace("{toxinidir}", ".").replace("{tox_root}", ".")
            if text and "{" not in text:
                yield text, f".tox/{name}/bin/"


def _nox(words: list[str], read: Read, folder: str) -> Iterator[tuple[str, str]]:
    names = _after(words, ("-s", "--session", "--sessions", "-e"))
    try:
        tree = ast.parse(read(_under(folder, "noxfile.py")))
    except (SyntaxError, ValueError):
        return
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and part.name.replace("_", "-") in [
            one.replace("_", "-") for one in names
        ]:
            for call in ast.walk(part):
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr == "run"
                ):
                    argv = [one.value for one in call.args if isinstance(one, ast.Constant)]
                    if argv and len(argv) == len(call.args) and all(isinstance(one, str) for one in argv):
                        yield " ".join(map(str, argv)), f".nox/{part.name.replace('_', '-')}/bin/"


def _after(words: list[str], options: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        option, _, value = word.partition("=")
        if option in options:
            found += (value or following).split(",")
    return [one for one in found if one]
