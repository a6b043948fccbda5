"""Repairs of a JSON, TOML or INI file that cannot be read: what one slip of the hand would have been."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["kind_of", "mended_data", "reads"]

_AROUND = 4


def kind_of(name: str) -> str:
    """Return what a file is read as: `json`, `toml`, `ini`, `yaml`, or "" for anything else."""
    base = name.rsplit("/", 1)[-1].lower()
    if base.startswith(("tsconfig", "jsconfig")) or base in (".eslintrc", ".babelrc", "devcontainer.json"):
        return ""
    suffix = base.rsplit(".", 1)[-1]
    return {
        "json": "json",
        "toml": "toml",
        "cfg": "ini",
        "ini": "ini",
        "flake8": "ini",
        "coveragerc": "ini",
        "yml": "yaml",
        "yaml": "yaml",
    }.get(suffix, "")


def reads(kind: str, text: str) -> tuple[Any, int]:
    """Return what a text says, and the line (from 1) at which its reader stumbles; 0 when it does not."""
    try:
        if kind == "json":
            return json.loads(text, object_pairs_hook=_once), 0
        if kind == "toml":
            return tomllib.loads(text), 0
        parser = configparser.ConfigParser(interpolation=None, allow_no_value=False)
        parser.read_string(text)
        return {name: dict(parser[name]) for name in parser.sections()}, 0
    except json.JSONDecodeError as error:
        return None, error.lineno
    except configparser.Error as error:
        told = re.search(r"line:? +(\d+)", str(error))
        return None, int(told[1]) if told else 1
    except (ValueError, RecursionError) as error:
        told = re.search(r"line (\d+)", str(error))
        return None, int(told[1]) if told else text.count("\n") + 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs)


def mended_data(kind: str, text: str, line: int) -> str:
    """Return the only text with one slip put right that can be read; "" when there is none, or several."""
    found: dict[str, Any] = {}
    if kind != "json" and (once := _twice(text, line)) and not reads(kind, once)[1]:
        return once
    for candidate in _candidates(kind, text, line):
        value, stumbles = reads(kind, candidate)
        if not stumbles and candidate not in found:
            if found and all(value != other for other in found.values()):
                return ""
            found[candidate] = value
    return next(iter(found), "")


def _candidates(kind: str, text: str, line: int) -> Iterator[str]:
    lines = text.split("\n")
    row = min(max(line - 1, 0), len(lines) - 1)
    slips: Callable[[str], Iterator[str]] = {"json": _json, "toml": _toml}.get(kind, _ini)
    for number in range(row, max(row - _AROUND, -1), -1):
        for new in slips(lines[number]):
            yield "\n".join([*lines[:number], new, *lines[number + 1 :]])
    if kind == "json":
        body = text.rstrip()
        for end in ("\n}", "\n]", "}", "]"):
            yield f"{body}{end}\n"
        if body.endswith(("}", "]")):
            yield f"{body[:-1].rstrip()}\n"


def _twice(text: str, line: int) -> str:
    """Return the text without a line that stands there a second time; "" when it does not."""
    lines = text.split("\n")
    row = min(max(line - 1, 0), len(lines) - 1)
    word = lines[row].strip()
    if word and not word.startswith("[") and word in (one.strip() for one in lines[:row]):
        return "\n".join([*lines[:row], *lines[row + 1 :]])
    return ""


def _json(line: str) -> Iterator[str]:
    bare = line.rstrip()
    if bare.endswith(","):
        yield bare[:-1]
    elif bare and not bare.endswith(("{", "[", ":")):
        yield f"{bare},"
    if found := re.search(r",\s*(?=[}\]])", bare):
        yield bare[: found.start()] + bare[found.end() :]
    if bare.count('"') % 2:
        for end in ('",', '"'):
            yield bare.rstrip(",") + end
        yield re.sub(r'^(\s*)([\w./@-]+)"', r'\1"\2"', bare)
        yield re.sub(r'(:\s*)([^"\s][^"]*)"', r'\1"\2"', bare)
        yield re.sub(r'"([\w./@-]+)(\s*:)', r'"\1"\2', bare)
    if "'" in bare:
        yield bare.replace("'", '"')
    if found := re.match(r'(\s*"[^"]+")\s+(?=["\[{\d])', bare):
        yield f"{found[1]}: {bare[found.end() :]}"
    if found := re.match(r"(\s*)([\w-]+)(\s*:.*)$", bare):
        yield f'{found[1]}"{found[2]}"{found[3]}'
    if found := re.search(r'"\s+"', bare):
        yield f'{bare[: found.start()]}", "{bare[found.end() :]}'


def _toml(line: str) -> Iterator[str]:
    bare = line.rstrip()
    header = re.match(r"\s*\[[\w.\"'\s-]+$", bare)
    if header:
        yield f"{bare}]"
        yield f"{bare}]]"
    if re.match(r"\s*\[\[[\w.\"'\s-]+\]$", bare):
        yield f"{bare}]"
    for quote in "\"'":
        if bare.count(quote) % 2:
            yield bare + quote
            yield re.sub(r",$", f"{quote},", bare)
            yield re.sub(r"\]$", f"{quote}]", bare)
            if found := re.match(r"(\s*(?:[\w.\"-]+\s*=\s*)?)(.*)$", bare):
                yield f"{found[1]}{quote}{found[2]}"
    if re.match(r"\s*[\"'].*[\"']$", bare):
        yield f"{bare},"
    if found := re.match(r"(\s*[\w.-]+)\s*:\s*(.*)$", bare):
        yield f"{found[1]} = {found[2]}"
    if found := re.match(r"(\s*[\w.-]+)\s+([\"'\[{].*)$", bare):
        yield f"{found[1]} = {found[2]}"
    if found := re.match(r"(\s*[\w.-]+\s*=\s*)([^\s\"'\[{#][^\"'#]*)$", bare):
        yield f'{found[1]}"{found[2].strip()}"'
    if bare.count("[") > bare.count("]"):
        yield f"{bare}]"
    if bare.count("{") > bare.count("}"):
        yield f"{bare}}}"
    if found := re.search(r"([\"'])\s+([\"'])", bare):
        yield f"{bare[: found.start()]}{found[1]}, {found[2]}{bare[found.end() :]}"


def _ini(line: str) -> Iterator[str]:
    bare = line.rstrip()
    if re.match(r"\[[^\]]+$", bare):
        yield f"{bare}]"
    if re.match(r"[\w:.-]+\]$", bare):
        yield f"[{bare}"
    if found := re.match(r"([\w.-]+)\s+(\S.*)$", bare):
        yield f"{found[1]} = {found[2]}"
    if re.match(r"[\w.-]+$", bare):
        yield f"{bare} ="
    if bare and not bare[0].isspace() and not bare.startswith("["):
        yield f"    {bare}"
