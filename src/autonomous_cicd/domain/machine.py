"""Machine: what the computer that runs the tasks has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from autonomous_cicd.values import dataclass

__all__ = ["Interpreter", "Machine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A language's interpreter that is installed."""

    language: str
    """`python` (CPython), `pypy`, `python-threaded` (CPython without its global lock) or `node`."""
    version: str
    """`3.12.1`; as many parts as could be found out without starting it, at least two."""
    path: str
    """Absolute path of the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the computer that runs the tasks has."""

    cores: int = 1
    memory: int = 0
    """Bytes available now."""
    interpreters: tuple[Interpreter, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)
    """Absolute paths of the tools that were found, by name (`uv`, `git`, `npm`, `bwrap`, …)."""
    system: str = "Linux"
    """The name a hosted runner gives its operating system (`runner.os`)."""
    architecture: str = "X64"
    """The name a hosted runner gives its processor (`runner.arch`)."""
