"""The commands that put right what a check of form complains of: the same tools, told to write."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from autonomous_cicd.values import dataclass

__all__ = ["Check", "checks_in", "fixing", "segments"]

Words = list[str]
Fixer = Callable[[Words], Words | None]


@dataclass(frozen=True, slots=True)
class Check:
    """A command that checks the form of files, and the one that gives it to them."""

    check: str
    fix: str
    tool: str
    before: tuple[str, ...] = field(default=())
    """What the script does before, and what both need."""


def checks_in(script: str) -> tuple[Check, ...]:
    """Return the checks of form in a script with the commands that fix what they complain of, in order."""
    found: list[Check] = []
    before: list[str] = []
    for line in segments(script):
        fix, tool = fixing(line)
        if fix:
            found.append(Check(line, fix, tool, tuple(before)))
        else:
            before.append(line)
    return tuple(found)


def segments(script: str) -> Iterator[str]:
    """Yield the commands of a script, cut at line ends and operators outside of quotes and brackets."""
    text = script.replace("\r\n", "\n").replace("\\\n", " ")
    start, at, quote, depth = 0, 0, "", 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'":
            at += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth and (char in "\n;" or text.startswith(("&&", "||"), at)):
            if piece := text[start:at].strip():
                yield piece
            at += 2 if char in "&|" else 1
            start = at
            continue
        at += 1
    if piece := text[start:].strip():
        yield piece


def fixing(command: str) -> tuple[str, str]:
    """Return the command that fixes what a command checks, and its tool; two empty texts when it is none."""
    if found := re.fullmatch(r"""(?:test|\[) -z "?\$\((gofmt|goimports)\s+(.*?)\)"?\s*\]?""", command):
        return fixing(f"{found[1]} {found[2]}")
    if re.search(r"[|<>`]|\$\(", command):
        return "", ""
    try:
        # Quotes are kept as they stand: patterns in them are for the tool, not for the shell.
        words = shlex.split(command, comments=True, posix=False)
    except ValueError:
        return "", ""
    lead, rest = _unwrapped(words)
    if not rest:
        return "", ""
    tool = rest[0].rsplit("/", 1)[-1].partition("@")[0]
    fixer = _FIXERS.get(tool)
    fixed = fixer(rest[1:]) if fixer else None
    if fixed is None:
        return "", ""
    if tool == "phpcs":
        rest[0] = f"{rest[0].removesuffix('phpcs')}phpcbf"
    return " ".join((*lead, rest[0], *fixed)), tool


_RUN = frozenset(("poetry", "uv", "pdm", "hatch", "pipenv", "rye", "pixi", "conda", "mise"))
_EXEC = frozenset(("npx", "pnpx", "bunx", "uvx", "pipx", "bundle", "yarn", "pnpm", "dotnet"))


def _unwrapped(words: Words) -> tuple[Words, Words]:
    """Return what stands before the tool (a wrapper, assignments), and the tool with its arguments."""
    at = 0
    while at < len(words):
        word = words[at]
        following = words[at + 1] if at + 1 < len(words) else ""
        if re.match(r"[A-Za-z_]\w*=", word) or word in ("env", "exec", "time", "command"):
            at += 1
        elif re.fullmatch(r"(?:\S*/)?(?:python|pypy)[\d.]*", word) and following == "-m":
            at += 2
        elif word == "uv" and words[at + 1 : at + 3] == ["tool", "run"]:
            at = _past_options(words, at + 3)
        elif (word in _RUN or word in _EXEC) and following in ("run", "exec", "dlx"):
            at = _past_options(words, at + 2)
        elif word in _EXEC and following:
            at = _past_options(words, at + 1)
        else:
            break
    return words[:at], words[at:]


def _past_options(words: Words, at: int) -> int:
    taking = ("--with", "--from", "--package", "-p", "--extra", "--group", "--python", "--spec", "-c")
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in taking else 1
    return at


def _without(words: Words, *options: str) -> Words:
    return [one for one in words if one not in options and one.partition("=")[0] not in options]


def _adding(*added: str, drop: Sequence[str] = ()) -> Fixer:
    def fixer(words: Words) -> Words:
        kept = _without(words, *drop, *added)
        return [*added, *kept]

    return fixer


def _checking(*options: str, instead: Sequence[str] = (), drop: Sequence[str] = ()) -> Fixer:
    """Return what replaces an option that has a tool check only; without it the tool writes already."""

    def fixer(words: Words) -> Words | None:
        if not any(one.partition("=")[0] in options for one in words):
            return None
        return [*instead, *_without(words, *options, *drop)]

    return fixer


def _ruff(words: Words) -> Words | None:
    if words[:1] == ["format"]:
        return _checking("--check", "--diff")(words)
    drop = ("--no-fix", "--diff", "--exit-zero", "--fix", "--unsafe-fixes", "--watch", "-w")
    if words[:1] == ["check"]:
        return ["check", "--fix", *_without(words[1:], *drop)]
    plain = [one for one in words if not one.startswith("-")]
    if not plain or plain[0] in ("rule", "config", "linter", "clean", "server", "version", "help"):
        return None
    return ["--fix", *_without(words, *drop)]


def _biome(words: Words) -> Words | None:
    if words[:1] and words[0] in ("check", "lint", "format", "ci"):
        mode = "check" if words[0] == "ci" else words[0]
        return [mode, "--write", *_without(words[1:], "--write", "--apply")]
    return None


def _cargo(words: Words) -> Words | None:
    return [one for one in words if one not in ("--check", "--")] if words[:1] == ["fmt"] else None


def _sub(check: str, fix: str) -> Fixer:
    return lambda words: [fix, *words[1:]] if words[:1] == [check] else None


def _terraform(words: Words) -> Words | None:
    return _checking("-check", "--check", "-diff")(words) if words[:1] == ["fmt"] else None


def _mix(words: Words) -> Words | None:
    return _checking("--check-formatted")(words) if words[:1] == ["format"] else None


_WRITE = ("-w", "-l", "-d")
_FIX = _adding("--fix", drop=("--no-fix", "--quiet-fix"))
_FIXERS: dict[str, Fixer] = {
    "ruff": _ruff,
    "black": _checking("--check", drop=("--diff", "--color")),
    "isort": _checking("--check", "--check-only", "-c", drop=("--diff", "--df", "--color")),
    "autopep8": _checking("--diff", "-d", "--exit-code", instead=("--in-place",)),
    "yapf": _checking("--diff", "-d", "-q", "--quiet", instead=("--in-place",)),
    "docformatter": _checking("--check", "-c", instead=("--in-place",), drop=("--diff",)),
    "autoflake": _checking("--check", "-c", "--check-diff", "-cd", instead=("--in-place",)),
    "usort": _sub("check", "format"),
    "ufmt": _sub("check", "format"),
    "pyproject-fmt": _checking("--check"),
    "toml-sort": _checking("--check", instead=("--in-place",)),
    "taplo": _checking("--check"),
    "djlint": _checking("--check", "--lint", instead=("--reformat",)),
    "sqlfluff": _sub("lint", "fix"),
    "mdformat": _checking("--check"),
    "shfmt": _adding("-w", drop=_WRITE),
    "eslint": _FIX,
    "standard": _FIX,
    "semistandard": _FIX,
    "standardx": _FIX,
    "ts-standard": _FIX,
    "xo": _FIX,
    "tslint": _FIX,
    "stylelint": _FIX,
    "markdownlint": _FIX,
    "markdownlint-cli2": _FIX,
    "oxlint": _FIX,
    "prettier": _checking("--check", "-c", "-l", "--list-different", instead=("--write",)),
    "biome": _biome,
    "dprint": _sub("check", "fmt"),
    "gofmt": _adding("-w", drop=_WRITE),
    "goimports": _adding("-w", drop=_WRITE),
    "cargo": _cargo,
    "rustfmt": _checking("--check"),
    "clang-format": _checking("--dry-run", "-n", instead=("-i",), drop=("--Werror", "-Werror")),
    "rubocop": _adding("--autocorrect", drop=("-a", "--auto-correct")),
    "php-cs-fixer": _checking("--dry-run", drop=("--diff",)),
    "phpcs": lambda words: words,
    "terraform": _terraform,
    "mix": _mix,
    "stylua": _checking("--check"),
    "codespell": _adding("-w", drop=("--write-changes", "-i", "--interactive")),
    "typos": _adding("-w", drop=("--write-changes", "--diff")),
    "golangci-lint": lambda words: (
        ["run", "--fix", *_without(words[1:], "--fix")] if words[:1] == ["run"] else None
    ),
    "sort-package-json": _checking("--check", "-c"),
    "yamlfix": _checking("--check", "-c"),
    "dart": lambda words: _without(words, "--set-exit-if-changed") if words[:1] == ["format"] else None,
    "ktlint": _adding("-F", drop=("--format",)),
}
