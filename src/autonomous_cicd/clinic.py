"""Clinic: puts together what diagnosing needs - rules, parsers, the removal of secrets, what was learned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.domain.secrets import redact
from autonomous_cicd.errors import UsageError
from autonomous_cicd.lazy import adapter
from autonomous_cicd.plugins import parser
from autonomous_cicd.ports import LogPieces
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.load import marks, rules, rules_in
from autonomous_cicd.services.diagnose import Diagnoser, Diagnosis, Green
from autonomous_cicd.settings.load import Settings

__all__ = ["RULES", "Clinic"]

RULES = Path(".autonomous-cicd/rules")
"""Where a project keeps rules of its own."""
LARGEST = 1_000_000
"""Characters of a project's rule file."""


class Clinic:
    """Diagnoses logs as a project's settings and its own rules say."""

    def __init__(self, settings: Settings, project: Path, hidden: Iterable[str] = ()) -> None:
        """Take the settings, the project's folder, and the values that must never be shown."""
        self._settings = settings
        self._project = project
        self._hidden = tuple(hidden)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Our rules and the project's own. Raises DocumentError for one that would not work."""
        if not self._settings.error_detection.pattern_matching:
            return ()
        ours = rules()
        return (*ours, *rules_in(self._own_files(), ours))

    @cached_property
    def diagnoser(self) -> Diagnoser:
        """What tells the cause of a red log."""
        shelf = parser.all()
        signs: Sequence[Rule | MarkRule] = marks()
        book = Book([*signs, *self.rules], [cue for one in shelf for cue in one.cues])
        return Diagnoser(book, shelf, lambda text: redact(text, self._hidden))

    def diagnose(
        self, names: Iterable[str], standard_input: BinaryIO | None = None, *, green: str = ""
    ) -> Iterator[tuple[str, Diagnosis]]:
        """Yield what each log says: files, folders, archives, `-`. `green`: the last log that passed."""
        last = self.green(green) if green else None
        for log in self.logs(names, standard_input):
            yield log.name, self.diagnoser.diagnose(log.pieces, notes=log.notes, green=last)

    def one(self, raw: bytes, *, failed: bool = False, step: str = "") -> Diagnosis:
        """Return what a log at hand says. `failed`: it is known to be red; `step`: what printed it."""
        found: Diagnosis = self.diagnoser.diagnose([raw], failed=failed, step=step)
        return found

    def green(self, name: str) -> Green:
        """Return what is usual in a log that passed."""
        found = Green()
        for log in self.logs([name]):
            found.read(log.pieces)
        return found

    def logs(self, names: Iterable[str], standard_input: BinaryIO | None = None) -> Iterator[LogPieces]:
        """Yield the logs that are named."""
        found: Iterator[LogPieces] = adapter("logs").open_logs(names, standard_input)
        return found

    def _own_files(self) -> Iterator[tuple[str, str]]:
        folder = self._project / RULES
        if not folder.is_dir() or folder.is_symlink():
            return
        for path in sorted(folder.glob("*.toml")):
            name = str(path.relative_to(self._project))
            try:
                if path.is_symlink() or path.stat().st_size > LARGEST:
                    raise UsageError(
                        f"{name} is a link, or too large", hint="keep rules in plain, small files"
                    )
                yield name, path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"{name} cannot be read: {error}") from None
