"""Clinic: puts together what diagnosing needs - rules, parsers, the removal of secrets, what was learned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from autonomous_cicd.domain.change import Changes
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.lesson import Experience, Lesson, Teacher
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.domain.text import printable_line
from autonomous_cicd.errors import AutonomousCicdError, PortError, UsageError
from autonomous_cicd.lazy import adapter
from autonomous_cicd.plugins import parser
from autonomous_cicd.ports import Agent, Diagnosed, Knowledge, LogPieces
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.kept import our_rules
from autonomous_cicd.rules.load import rules_in
from autonomous_cicd.services.diagnose import Diagnoser, Diagnosis, Green, Heard
from autonomous_cicd.services.knowledge_file import from_file, to_file
from autonomous_cicd.services.learn import lesson_of, with_experience
from autonomous_cicd.services.second_opinion import UselessAnswer, brief_for, opinion, with_opinion
from autonomous_cicd.services.telling import tells_why
from autonomous_cicd.settings.load import Settings

__all__ = ["RULES", "Clinic", "OfRun"]

RULES = Path(".autonomous-cicd/rules")
"""Where a project keeps rules of its own."""
LARGEST = 1_000_000
"""Characters of a project's rule file."""
PATIENCE, HURRY = 60.0, 5.0
"""Seconds that one question to git may take: when somebody asks for a diagnosis, and while a run goes on."""
SHOWN = 500_000
"""Bytes of a log's beginning, and of its end, that remedies see."""


@cache
def _ours() -> tuple[tuple[Rule, ...], tuple[MarkRule, ...]]:
    return our_rules()


@cache
def _our_book() -> Book:
    """Return the book of our rules alone, which all projects share: it takes ten megabytes."""
    return _book_of(_ours()[0])


def _book_of(rules: Sequence[Rule]) -> Book:
    _, signs = _ours()
    return Book([*signs, *rules], [cue for one in parser.all() for cue in one.cues])


class Clinic:
    """Diagnoses logs as a project's settings, its own rules and what was learned say."""

    def __init__(
        self,
        settings: Settings,
        project: Path,
        *,
        hidden: Iterable[str],
        knowledge: Callable[[], Knowledge],
        now: Callable[[], float],
        agent: Callable[[], Agent | None],
        changed: Callable[[str, float], Changes | None] = lambda since, seconds: None,
    ) -> None:
        """Take the settings, the project's folder, and the values that must never be shown.

        `changed`: returns what became different since a commit ("": that of the last green run), asking no
        longer than so many seconds at once.
        """
        self._settings = settings
        self._project = project
        self._hidden = tuple(hidden)
        self._knowledge = knowledge
        self._now = now
        self._agent = agent
        self._changed = changed

    @property
    def learning(self) -> bool:
        """Whether anything is learned, and what was learned counts."""
        return bool(self._settings.error_detection.enable_learning)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Our rules and the project's own. Raises DocumentError for one that would not work."""
        if not self._settings.error_detection.pattern_matching:
            return ()
        ours, _ = _ours()
        own = rules_in(self._own_files(), ours)
        return (*ours, *own) if own else ours

    @cached_property
    def experience(self) -> Experience:
        """What was learned so far."""
        return Experience.of(self._knowledge().lessons() if self.learning else ())

    @cached_property
    def _book(self) -> Book:
        ours, _ = _ours()
        return _our_book() if self.rules is ours else _book_of(self.rules)

    def tells(self, line: str) -> bool:
        """Return whether a line says why something failed, not only that it did."""
        return tells_why(line, self._book)

    @cached_property
    def diagnoser(self) -> Diagnoser:
        """What tells the cause of a red log."""
        return Diagnoser(
            self._book,
            parser.all(),
            redact=Redactor(self._hidden).redact,
            learned=lambda found: with_experience(found, self.experience, self.tells),
            asked=self._second_opinion,
        )

    def diagnose(
        self,
        names: Iterable[str],
        standard_input: BinaryIO | None = None,
        *,
        green: str = "",
        since: str = "",
    ) -> Iterator[tuple[str, Diagnosis]]:
        """Yield what each log says: files, folders, archives, `-`.

        `green`: the last log that passed. `since`: the commit that passed last.
        """
        last = self.green(green) if green else None
        changes = self._changed(since, PATIENCE)
        for log in self.logs(names, standard_input):
            yield log.name, self.diagnoser.diagnose(log.pieces, unread=log.notes, green=last, changes=changes)

    def one(
        self, raw: bytes, *, failed: bool = False, step: str = "", changes: Changes | None = None
    ) -> Diagnosis:
        """Return what a log at hand says.

        `failed`: it is known to be red; `step`: what printed it; `changes`: since the last green run.
        """
        found: Diagnosis = self.diagnoser.diagnose([raw], failed=failed, step=step, changes=changes)
        return found

    def lately(self) -> Changes | None:
        """Return what changed since the last green run; None where that is not found out soon."""
        try:
            return self._changed("", HURRY)
        except (AutonomousCicdError, OSError):  # whatever is wrong with a checkout, the run goes on
            return None

    def shown(self, raw: bytes) -> str:
        """Return what of a log may be shown and kept: its beginning and its end, without secrets."""
        if len(raw) > 2 * SHOWN:
            raw = b"\n".join((raw[:SHOWN], b"...", raw[-SHOWN:]))
        return Redactor(self._hidden).redact(raw.decode("utf-8", "replace"))

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

    def remember(self, failures: Iterable[Failure]) -> None:
        """Keep what was diagnosed, so that it can be confirmed or corrected later."""
        kept: dict[str, Failure] = {}
        for failure in failures:  # of several with one fingerprint the first is the surest
            kept.setdefault(failure.fingerprint, failure)
        if self.learning and kept:
            self._knowledge().save(str(self._project.resolve()), tuple(kept.values()), self._now())

    def correct(self, fingerprint: str, category: Category | None) -> tuple[Failure, Lesson]:
        """Learn from a person what a cause really was; None: what it was taken for.

        Raises UsageError when it is not known which one is meant, nothing can be learned from it, or learning
        is turned off.
        """
        if not self.learning:
            hint = "set error_detection.enable_learning to true"
            raise UsageError("learning is turned off: nothing can be learned", hint=hint)
        failure = self._meant(fingerprint).failure
        if category is None and failure.category is Category.UNKNOWN:
            hint = "--correct FINGERPRINT --category CATEGORY says what it was"
            raise UsageError("its cause is not known: there is nothing to confirm", hint=hint)
        lesson = lesson_of(
            failure, category or failure.category, Teacher.PERSON, self._now(), tells=self.tells
        )
        if lesson is None:
            hint = (
                "write a rule for the line that says why (.autonomous-cicd/rules), or diagnose the whole log"
            )
            shown = printable_line(failure.message, 80)
            raise UsageError(f"{shown!r} only says that something failed: it comes with any cause", hint=hint)
        self._knowledge().learn([lesson])
        return failure, lesson

    def seen(self) -> tuple[Diagnosed, ...]:
        """Return what was diagnosed here lately."""
        return self._knowledge().diagnosed()

    def lessons(self) -> tuple[Lesson, ...]:
        """Return what was learned."""
        return self._knowledge().lessons()

    def exported(self) -> str:
        """Return what was learned as the text of a file."""
        return to_file(self.lessons())

    def imported(self, text: str, file: str) -> tuple[int, int]:
        """Learn what such a file has; return how many lessons were new, and how many were known."""
        known = {(one.fingerprint, one.category) for one in self.lessons()}
        given = from_file(text, file)
        fresh = {
            (one.fingerprint, one.category): one
            for one in given
            if (one.fingerprint, one.category) not in known
        }
        self._knowledge().learn(fresh.values())
        return len(fresh), len(given) - len(fresh)

    def _second_opinion(self, failures: Sequence[Failure], log: Log) -> Heard:
        """Ask the agent, when there is one and the rules are not sure."""
        sure = self._settings.error_detection.confidence_threshold
        agent = self._agent() if failures and failures[0].confidence < sure else None
        if agent is None:
            return Heard(tuple(failures))
        try:
            proposed = opinion(asyncio.run(agent.ask(brief_for(failures, log))), log)
        except PortError as error:
            return Heard(tuple(failures), (str(error),))
        except UselessAnswer as error:
            return Heard(tuple(failures), (f"the agent's answer was dropped: {error}",))
        return Heard(with_opinion(failures, proposed))

    def _meant(self, fingerprint: str) -> Diagnosed:
        found = self._knowledge().diagnosed(fingerprint) if fingerprint else ()
        kinds = {one.failure.fingerprint for one in found}
        if len(kinds) != 1:
            known = "no cause" if not kinds else f"{len(kinds)} causes"
            hint = "`autonomous-cicd diagnose LOG` prints the fingerprint of each cause"
            raise UsageError(f"{known} with the fingerprint {fingerprint!r} was diagnosed here", hint=hint)
        return found[0]

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


class OfRun:
    """Tells why the tasks of one run fail; what changed since the last green run is looked up once."""

    def __init__(self, clinic: Clinic) -> None:
        """Take what diagnoses logs of the project."""
        self._clinic = clinic
        self._lock = Lock()

    def __call__(self, log: bytes, step: str, failed: bool) -> tuple[Failure, ...]:
        """Return the causes in the log of a step; `failed`: it has ended red."""
        with self._lock:  # of tasks that fail at once, one looks it up
            changes = self._changes if failed else None
        found = self._clinic.one(log, failed=failed, step=step, changes=changes)
        if not (found.failures and found.notes):
            return found.failures
        root, *others = found.failures
        said = " ".join([root.explanation, *(f"Note: {note}." for note in found.notes)])
        return (replace(root, explanation=said), *others)

    @cached_property
    def _changes(self) -> Changes | None:
        return self._clinic.lately()
