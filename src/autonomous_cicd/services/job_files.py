"""The files through which a step speaks to its job: GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH and the rest."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from autonomous_cicd.services.job_places import write_new
from autonomous_cicd.values import dataclass

__all__ = ["StepFiles", "parse_lines", "parse_pairs"]

LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StepFiles:
    """The files of one step."""

    output: Path
    env: Path
    path: Path
    state: Path
    step_summary: Path

    @classmethod
    def create(cls, folder: Path, number: int) -> StepFiles:
        """Make them, empty, in a folder that is there."""
        names = ("set_output", "set_env", "add_path", "save_state", "step_summary")
        files = [folder / f"{name}_{number}" for name in names]
        for file in files:
            write_new(file, b"")
        return cls(*files)

    @property
    def variables(self) -> dict[str, str]:
        """The variables that name them."""
        return {
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_ENV": str(self.env),
            "GITHUB_PATH": str(self.path),
            "GITHUB_STATE": str(self.state),
            "GITHUB_STEP_SUMMARY": str(self.step_summary),
        }

    def pairs(self, file: Path) -> dict[str, str]:
        """Return what a step wrote as `name=value`. Raises ValueError when it cannot be read as that."""
        return dict(parse_pairs(read_bounded(file)))

    def remove(self) -> None:
        """Remove them."""
        for file in (self.output, self.env, self.path, self.state):
            file.unlink(missing_ok=True)


def read_bounded(file: Path) -> str:
    """Return the text of a file that a step wrote; no link is followed. Raises ValueError."""
    plain = False
    try:
        number = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            plain = stat.S_ISREG(os.fstat(number).st_mode)
            data = os.read(number, LARGEST + 1) if plain else b""
        finally:
            os.close(number)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ValueError(f"{file.name} cannot be read: it is not a plain file any more") from error
    if not plain:
        raise ValueError(f"{file.name} cannot be read: it is not a plain file any more")
    if len(data) > LARGEST:
        raise ValueError(f"{file.name} is larger than 1 MB")
    return data.decode("utf-8-sig", "replace")


def parse_lines(text: str) -> tuple[str, ...]:
    """Return the lines that are not empty."""
    return tuple(line for line in text.replace("\r\n", "\n").split("\n") if line)


def parse_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Read lines `name=value` and blocks `name<<DELIMITER … DELIMITER`, as the hosted runner reads them.

    Raises ValueError in the runner's words.
    """
    pairs: list[tuple[str, str]] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at].removesuffix("\r")
        at += 1
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, value = line[:equals], line[equals + 1 :]
        elif heredoc >= 0:
            name, delimiter = line[:heredoc], line[heredoc + 2 :]
            value, at = _block(lines, at, line, delimiter)
        else:
            raise ValueError(f"Invalid format '{line[:200]}'")
        if not name:
            raise ValueError(f"Invalid format '{line[:200]}'. Name must not be empty")
        pairs.append((name, value))
    return tuple(pairs)


def _block(lines: list[str], at: int, line: str, delimiter: str) -> tuple[str, int]:
    """Return the value that begins at a line, and the line after its delimiter."""
    if not delimiter:
        raise ValueError(f"Invalid format '{line[:200]}'. Delimiter must not be empty")
    for end in range(at, len(lines)):
        if lines[end].removesuffix("\r") == delimiter:
            return "\n".join(lines[at:end]).removesuffix("\r"), end + 1
    raise ValueError(f"Invalid value. Matching delimiter not found '{delimiter[:200]}'")
