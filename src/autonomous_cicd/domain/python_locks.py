"""Lock files of Python projects: what a log says is stale, and how each is made anew with least upgrade."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, normpath
from posixpath import join as joined

from autonomous_cicd.domain.requirement import normal
from autonomous_cicd.values import dataclass

__all__ = ["Compiled", "compiled", "hashes", "making", "stale_manager", "with_header", "without_hashes"]

_MANAGERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), lock)
    for pattern, lock in (
        (
            r"lockfile at `?(?:[^`\s]*/)?uv\.lock`? needs to be updated|uv\.lock.{0,40}needs to be updated",
            "uv.lock",
        ),
        (r"Unable to find lockfile at `uv\.lock`", "uv.lock"),
        (
            r"poetry\.lock (?:is not up to date|was last generated|file is not)"
            r"|pyproject\.toml changed significantly",
            "poetry.lock",
        ),
        (r"Lock ?file hash doesn't match|[Ll]ock ?file is not up to date|Lockfile hash", "pdm.lock"),
        (r"Pipfile\.lock(?:(?!updating)[\s\S]){0,90}out(?:\s+of\s+|-of-)date", "Pipfile.lock"),
    )
)
_COMMAND = re.compile(
    r"^#\s+(?P<command>(?:uv pip compile|pip-compile|python -m piptools compile)\b.*)$", re.MULTILINE
)
_VIA = re.compile(r"#\s+(?:via )?-r (?P<source>\S+\.in)")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=(\w+:[0-9a-f]+)")
_PASSED_ON = re.compile(
    r"--(?:generate-hashes|allow-unsafe|strip-extras|no-strip-extras|no-annotate|no-emit-index-url|all-extras"
    r"|universal|annotation-style=\w+|extra=[\w-]+|python-version=[\d.]+|resolution=[\w-]+|prerelease=[\w-]+)"
)
_WITH_VALUE = (
    "--extra",
    "--python-version",
    "--annotation-style",
    "-c",
    "--constraint",
    "--group",
    "--resolution",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A requirements file that a tool writes, and what makes it anew."""

    file: str
    sources: tuple[str, ...]
    options: tuple[str, ...]

    def argv(self, python: str) -> tuple[str, ...]:
        """Return the command that makes it anew; what is locked stays where it still fits."""
        asked = () if not python or "--python-version" in self.options else ("--python-version", python)
        asked = () if "--universal" in self.options else asked
        return (
            "uv",
            "pip",
            "compile",
            "--quiet",
            "--no-header",
            *asked,
            *self.options,
            *self.sources,
            "-o",
            self.file,
        )


def making(command: str, lock: str, script: str) -> str:
    """Return a command that makes a lock file, behind what installs its tool in the script that failed."""
    tool = {"Pipfile.lock": "pipenv"}.get(lock, lock.partition(".")[0])
    install = re.compile(rf"^\s*(?:python[\d.]* -m )?(?:pipx?|uv tool|uv pip)[\d.]* install\b.*\b{tool}\b")
    lines = [line.strip() for line in script.splitlines() if install.match(line) and not line.endswith("\\")]
    return "\n".join([*lines, command])


def stale_manager(log: str) -> str:
    """Return the lock file that a log calls stale; "" when it calls none so."""
    return next((lock for pattern, lock in _MANAGERS if pattern.search(log)), "")


def compiled(file: str, texts: Mapping[str, str]) -> Compiled | None:
    """Return how a requirements file is compiled; None when it is written by hand."""
    text = texts.get(file, "")
    said = _COMMAND.search(text)
    folder = dirname(file)
    words = _words(said["command"]) if said else []
    sources = [w for w in words if w.endswith((".in", ".toml", ".cfg", "setup.py")) and not w.startswith("-")]
    known = [name for source in sources for name in _there(source, folder, texts)]
    known = known or [name for source in _VIA.findall(text) for name in _there(source, folder, texts)]
    beside = re.sub(r"\.\w+$", ".in", file)
    known = known or (
        [beside] if beside in texts and beside != file and ("--hash" in text or "# via" in text) else []
    )
    if not known:
        return None
    options = list(_options(words))
    options += ["--generate-hashes"] * ("--hash=" in text and "--generate-hashes" not in options)
    options += ["--no-annotate"] * ("# via" not in text and "--no-annotate" not in options)
    options += ["--no-emit-index-url"] * ("--index-url" not in text and "--no-emit-index-url" not in options)
    return Compiled(file=file, sources=tuple(dict.fromkeys(known)), options=tuple(options))


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def _there(name: str, folder: str, texts: Mapping[str, str]) -> Iterator[str]:
    for one in dict.fromkeys((normpath(name), normpath(joined(folder, name)))):
        if one in texts:
            yield one
            return


def _options(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        if _PASSED_ON.fullmatch(word):
            yield word
        elif word in _WITH_VALUE and place + 1 < len(words):
            yield from words[place : place + 2]


def hashes(text: str) -> dict[tuple[str, str], frozenset[str]]:
    """Return the hashes that a requirements file has of each release."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    pins = [*_PIN.finditer(text)]
    for place, pin in enumerate(pins):
        end = pins[place + 1].start() if place + 1 < len(pins) else len(text)
        found[normal(pin["name"]), pin["version"]] = frozenset(_HASH.findall(text[pin.start() : end]))
    return found


def without_hashes(text: str) -> str:
    """Return a requirements file with its pins alone, so that a tool asks for the hashes again."""
    return re.sub(r"[ \t]*\\?\n?[ \t]*--hash=\w+:[0-9a-f]+", "", text)


def with_header(new: str, old: str) -> str:
    """Return a text that was made anew with the comment at the head of the old one."""
    head = re.match(r"(?:#[^\n]*\n|\s*\n)*", old)
    return f"{head[0] if head else ''}{new}"
