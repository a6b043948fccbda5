"""The workflow commands that runners no longer take (`::set-output …`), and the environment files instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["retired_commands", "with_files"]

FILES = {
    "set-output": "GITHUB_OUTPUT",
    "save-state": "GITHUB_STATE",
    "set-env": "GITHUB_ENV",
    "add-path": "GITHUB_PATH",
}
"""The file that takes what a command took."""

_USED = re.compile(r"""(?:^|[\s;&|('"`])::(set-output|save-state|set-env|add-path)(?=\s|::)""", re.MULTILINE)
_COMMENT = re.compile(r"^\s*#")
_SAY = re.compile(
    r"(?<![\w./-])(?P<say>echo|printf|Write-Output|Write-Host)(?P<flags>(?:[ \t]+-[neE]+)*)[ \t]+"
)
_COMMAND = re.compile(
    r"""^(?P<quote>["']?)::(?P<command>set-output|save-state|set-env)[ \t]+"""
    r"""name=(?P<name>[^:"'\s,]+)[ \t]*::"""
)
_PATH = re.compile(r"""^(?P<quote>["']?)::(?P<command>add-path)::""")
_PRINT = re.compile(
    r"""^(?P<lead>.*?)print\((?P<prefix>[fFrR]{0,2})(?P<quote>["'])::(?:(?P<command>set-output|save-state|set-env)"""
    r"""[ ]name=(?P<name>[^:"'\s,]+)|(?P<path>add-path))::(?P<value>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"""
    r"""(?P<more>\.format\([^()]*\)|[ ]%[ ][\w.()\[\], ]+)?\)(?P<rest>.*)$"""
)
_ESCAPE = re.compile(
    r"""^[ \t]*(?P<name>\w+)=(?P<q>["']?)\$\{(?P=name)//"""
    r"""(?:'%'|%|\\%|\$?'\\[nr]'|\\[nr]|\$'\\[nr]')/'?%(?:25|0A|0D)'?\}(?P=q)[ \t]*$"""
)
_ESCAPED = re.compile(r"%0[aAdD]|%25")
_VARIABLE = re.compile(r"""^"?\$\{?(\w+)\}?"?$""")


def retired_commands(script: str) -> tuple[str, ...]:
    """Return the retired commands that a script prints, in order, comments left out."""
    lines = [line for line in script.split("\n") if not _COMMENT.match(line)]
    return tuple(dict.fromkeys(_USED.findall("\n".join(lines))))


def with_files(lines: list[str], shell: str = "bash") -> list[str] | None:
    """Return a script's lines writing to the environment files instead; None when that is not sure.

    What stands around the commands, indentation and comments are kept as they are.
    """
    if not retired_commands("\n".join(lines)):
        return lines
    dialect = shell.split()[0].rsplit("/", 1)[-1].lower() if shell.strip() else "bash"
    if dialect in ("python", "python3"):
        done = _python(lines)
    elif dialect in ("bash", "sh", "pwsh", "powershell"):
        done = _shell(lines, dialect in ("pwsh", "powershell"))
    else:
        return None
    return None if done is None or retired_commands("\n".join(done)) else done


def _shell(lines: list[str], power: bool) -> list[str] | None:
    escaped = {found["name"] for line in lines if (found := _ESCAPE.match(line))}
    if not escaped and any(_ESCAPED.search(line) for line in lines):
        return None
    made: list[str] = []
    for line in lines:
        if (found := _ESCAPE.match(line)) and found["name"] in escaped:
            continue
        if _COMMENT.match(line) or not retired_commands(line):
            made.append(line)
            continue
        new = _line(line, power, escaped)
        if new is None:
            return None
        made += new
    return made


def _line(line: str, power: bool, escaped: set[str]) -> list[str] | None:
    """Return the lines for one in which commands are printed."""
    at = 0
    while say := _SAY.search(line, at):
        start = say.end()
        end = _arguments(line, start)
        command = _COMMAND.match(line[start:end]) or _PATH.match(line[start:end])
        if not command:
            at = start
            continue
        arguments = line[start:end].rstrip()
        if _redirects(arguments):
            return None
        quote, kind = command["quote"], command["command"]
        value = arguments[command.end() :]
        name = f"{command['name']}=" if kind != "add-path" else ""
        variable = _VARIABLE.match(value.removesuffix(quote) if quote else value)
        if variable and variable[1] in escaped:
            return _several(line, say.start(), start + len(arguments), command["name"], variable[1], kind)
        if escaped:
            return None
        if say["say"] == "printf" and "\\n" not in value.split(quote or " ", 1)[0]:
            value = value.replace(quote, f"\\n{quote}", 1) if quote else value
        target = f"$env:{FILES[kind]}" if power else f'"${FILES[kind]}"'
        word = "Write-Output" if say["say"] == "Write-Host" else say["say"]
        new = f"{word}{line[say.end('say') : start]}{quote}{name}{value} >> {target}"
        line = f"{line[: say.start()]}{new}{line[start + len(arguments) :]}"
        at = say.start() + len(new)
    return [line]


def _several(line: str, start: int, end: int, name: str, variable: str, kind: str) -> list[str] | None:
    """Return the lines that write a value of several lines, when the command stands alone in its line."""
    indent = line[:start]
    if indent.strip() or line[end:].strip():
        return None
    return [
        f"{indent}{{",
        f'{indent}  echo "{name}<<END_OF_{name}"',
        f'{indent}  echo "${variable}"',
        f'{indent}  echo "END_OF_{name}"',
        f'{indent}}} >> "${FILES[kind]}"',
    ]


def _python(lines: list[str]) -> list[str] | None:
    made: list[str] = []
    imports = any(
        re.match(r"import (?:[\w, ]+, *)?os\b|from os import environ", line.strip()) for line in lines
    )
    for line in lines:
        if _COMMENT.match(line) or not retired_commands(line):
            made.append(line)
            continue
        found = _PRINT.match(line)
        if not found or _ESCAPED.search(line):
            return None
        name = f"{found['name']}=" if found["name"] else ""
        file = FILES[found["command"] or "add-path"]
        other = "'" if found["quote"] == '"' else '"'
        text = f"{found['prefix']}{found['quote']}{name}{found['value']}{found['quote']}{found['more'] or ''}"
        mode = f"os.environ[{other}{file}{other}], {other}a{other}"
        made.append(f"{found['lead']}print({text}, file=open({mode})){found['rest']}")
    if not imports:
        first = next((number for number, line in enumerate(made) if line.strip()), 0)
        indent = made[first][: len(made[first]) - len(made[first].lstrip())]
        made.insert(first, f"{indent}import os")
    return made


def _arguments(text: str, start: int) -> int:
    """Return where the arguments end that begin at a place: at an operator outside of quotes."""
    at, stack = start, [""]
    while at < len(text):
        char, inside = text[at], stack[-1]
        if char == "\\" and inside != "'":
            at += 2
            continue
        if inside == "'":
            if char == "'":
                stack.pop()
        elif text.startswith("$(", at) or text.startswith("${", at):
            stack.append(")" if text[at + 1] == "(" else "}")
            at += 1
        elif char == inside and inside:
            stack.pop()
        elif char == '"' or (char == "'" and inside != '"') or char == "`":
            stack.append(char)
        elif not inside and (char in ";&|)" or (char == "#" and text[at - 1].isspace())):
            return at
        at += 1
    return len(text)


def _redirects(arguments: str) -> bool:
    return any(char == ">" for char in _outside(arguments))


def _outside(text: str) -> Iterator[str]:
    """Yield the letters that stand outside of quotes and substitutions."""
    at = 0
    while at < len(text):
        if text[at] in "\"'`" or text.startswith(("$(", "${"), at):
            closing = (
                {"(": ")", "{": "}"}.get(text[at + 1 : at + 2], text[at]) if text[at] == "$" else text[at]
            )
            end = text.find(closing, at + (2 if text[at] == "$" else 1))
            at = len(text) if end < 0 else end + 1
            continue
        yield text[at]
        at += 1
