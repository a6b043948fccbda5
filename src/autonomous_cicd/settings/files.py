"""Reads the files that options may stand in: the project's, the operator's, and `.env`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from autonomous_cicd.documents import LIMIT, Document, read_yaml
from autonomous_cicd.errors import SettingsError

__all__ = ["DOTENV", "NAMES", "operator_file", "project_file", "read_document", "read_dotenv"]

NAMES = (".autonomous-cicd.yml", ".autonomous-cicd.yaml")
"""Names of a project's own file."""

DOTENV = ".env"

_DOTENV_LIMIT = 256_000
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
_QUOTED = re.compile(r"""'([^']*)'\s*(?:#.*)?|"((?:[^"\\]|\\.)*)"\s*(?:#.*)?""")
_ESCAPE = re.compile(r"""\\([\\"$n])""")


def project_file(project: Path) -> Path | None:
    """Return the project's own file, if there is one. Raises SettingsError when there are two."""
    found = [project / name for name in NAMES if (project / name).exists()]
    if len(found) > 1:
        raise SettingsError(f"stands beside {NAMES[1]}", file=NAMES[0], hint="keep one of the two")
    return found[0] if found else None


def operator_file(environment: Mapping[str, str]) -> Path | None:
    """Return the operator's own file, if there is one. Raises SettingsError when a named one is absent."""
    if named := environment.get("AUTONOMOUS_CICD_CONFIG", ""):
        path = Path(named)
        if not path.is_file():
            hint = "unset the variable, or create the file"
            raise SettingsError(f"AUTONOMOUS_CICD_CONFIG: there is no file {named}", hint=hint)
        return path
    home = environment.get("HOME", "")
    base = environment.get("XDG_CONFIG_HOME", "") or (f"{home}/.config" if home else "")
    path = Path(base, "autonomous-cicd", "config.yml")
    return path if base and path.is_file() else None


def read_document(path: Path, *, name: str, inside: Path | None = None) -> Document:
    """Read a file of options, called `name` in errors. Raises DocumentError."""
    return read_yaml(_text(path, name, inside, LIMIT), file=name)


def read_dotenv(path: Path, *, inside: Path) -> dict[str, tuple[str, int]]:
    """Return the values of an `.env` file with their lines, by name. What is no assignment is passed over.

    Nothing is expanded and nothing is executed.
    """
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(_text(path, DOTENV, inside, _DOTENV_LIMIT).splitlines(), start=1):
        if assignment := _ASSIGNMENT.fullmatch(line):
            found[assignment[1]] = (_value(assignment[2]), number)
    return found


def _value(written: str) -> str:
    if quoted := _QUOTED.fullmatch(written):
        plain, escaped = quoted.groups()
        return plain if plain is not None else _ESCAPE.sub(_unescape, escaped)
    return re.sub(r"(^|\s+)#.*", "", written)


def _unescape(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def _text(path: Path, name: str, inside: Path | None, limit: int) -> str:
    try:
        if inside is not None and not path.resolve().is_relative_to(inside.resolve()):
            raise SettingsError("leads out of the project", file=name, hint="replace the link by a file")
        if not path.is_file():
            raise SettingsError("is not a regular file", file=name, hint="replace it by a file")
        with path.open("rb") as stream:
            content = stream.read(4 * limit + 1)
        return content.decode("utf-8")
    except (OSError, RuntimeError) as error:  # a circle of links is the one or the other
        reason = getattr(error, "strerror", None) or "its links form a circle"
        raise SettingsError(f"cannot be read: {reason}", file=name) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        hint = "save the file as UTF-8 text"
        raise SettingsError("holds bytes that are not UTF-8", file=name, line=line, hint=hint) from None
