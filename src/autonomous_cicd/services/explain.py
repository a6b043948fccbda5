"""Explains a cause: the failure with its place, its proof, what it led to, and a paragraph in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from autonomous_cicd.domain.calibration import calibrated
from autonomous_cicd.domain.cause import Cause
from autonomous_cicd.domain.diagnosis import Failure, Place, Quote
from autonomous_cicd.domain.fingerprint import fingerprint
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.wording import hedged, meaning, remedy_words
from autonomous_cicd.values import dataclass

__all__ = ["Known", "explain", "retold"]

LINES = 20
"""Lines of proof."""
WIDEST = 500
NAMED = 50
"""Files and tests that are named."""

_ORDINARY = frozenset({"a", "an", "another", "it", "no", "something", "the", "there", "this", "what"})
"""What causes often begin with: no name, though the log may have it too."""
_FILE = re.compile(
    r"""(?:^|[\s"'(\[=])(?P<file>(?:\.{0,2}/)?[A-Za-z0-9_@+-][\w.@/+-]{0,200}\.[A-Za-z]\w{0,7})"""
    r"""(?:", line |:|\()(?P<line>\d{1,7})\b"""
)
_FOREIGN = re.compile(
    r"site-packages|dist-packages|node_modules|/lib/python|hostedtoolcache|node:|/usr/|\.cargo/"
)
_CHECKOUT = re.compile(
    r"^(?:/home/runner/work/[^/]+/[^/]+/|/builds/[^/]+/[^/]+/|/github/workspace/|\./|/app/|/workspace/)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known besides the log."""

    suspects: tuple[str, ...] = ()
    step: str = ""


def explain(cause: Cause, log: Log, known: Known) -> Failure:
    """Return the failure that a cause is, fit to be shown."""
    sighting = cause.sighting
    message = _shown(log[sighting.line])
    same = [one.line for one in cause.more]
    others = [*sighting.evidence, *same, *_neighbours(sighting.line, log)]
    numbers = [n for n in dict.fromkeys(others) if n != sighting.line and log[n].strip()]
    together = (sighting, *cause.more)
    place = _place(sighting.place, [sighting.line, *sighting.evidence], log, known)
    return Failure(
        category=sighting.category,
        severity=sighting.severity,
        confidence=round(calibrated(cause.confidence), 2),
        message=message,
        line=sighting.line,
        evidence=tuple(Quote(n, _shown(log[n])) for n in (sighting.line, *numbers[: LINES - 1])),
        fingerprint=fingerprint(sighting.category, message),
        cause=sighting.cause,
        explanation=_paragraph(cause, place, known, message),
        rule=sighting.rule,
        place=place,
        remedies=sighting.remedies,
        effects=tuple(Quote(one.line, _shown(log[one.line])) for one in cause.effects[:LINES]),
        files=_unique(_own(one.place.file) for one in (*together, *cause.effects)),
        tests=_unique(one.place.test for one in (*together, *cause.effects)),
        suspects=known.suspects,
    )


def _paragraph(cause: Cause, place: Place, known: Known, message: str) -> str:
    sighting = cause.sighting
    said = sighting.cause or meaning(sighting.category)
    begun = _begun(said, f"{message} {place.test} {place.package} {place.file}")
    known_as = meaning(sighting.category)
    sentences = [f"{begun}{_where(place)}." if known_as in said else f"{begun}{_where(place)}: {known_as}."]
    if cause.more:
        sentences.append(f"The same shows in {_places(len(cause.more))} more.")
    sentences += _following(len(cause.effects), known.suspects, sighting.remedies)
    return hedged(" ".join(sentences), calibrated(cause.confidence))


def retold(failure: Failure, begun: str) -> str:
    """Return the paragraph of a failure whose category was learned; `begun`: who says so."""
    sentences = [f"{begun}{_where(failure.place)}: {meaning(failure.category)}."]
    sentences += _following(len(failure.effects), failure.suspects, failure.remedies)
    return hedged(" ".join(sentences), failure.confidence)


def _following(effects: int, suspects: Sequence[str], remedies: Sequence[str]) -> Iterator[str]:
    """Yield sentences about what it led to, what may have led to it, and what helps."""
    if effects:
        what = "One later message only follows" if effects == 1 else f"{effects} other messages only follow"
        yield f"{what} from it."
    if suspects:
        yield f"Since the last green run this changed: {', '.join(suspects[:3])}."
    if remedies:
        yield f"What usually helps: {remedy_words(remedies[0])}."


def _where(place: Place) -> str:
    return f" ({place.file}{f', line {place.line}' if place.line else ''})" if place.file else ""


def _begun(said: str, log: str) -> str:
    """Return words as a sentence begins; a name that begins them stays as the log writes it."""
    first = re.split(r"[\s:,]", said, maxsplit=1)[0]
    ordinary = first in _ORDINARY or (first.isalpha() and first not in re.findall(r"\w+", log))
    return f"{said[:1].upper()}{said[1:]}" if ordinary else said


def _places(count: int) -> str:
    return "one place" if count == 1 else f"{count} places"


def _place(place: Place, numbers: Sequence[int], log: Log, known: Known) -> Place:
    """Return the place with what the lines of proof say of it, when the rule does not."""
    file, line = _own(place.file), place.line
    if not file:
        found = [match for n in numbers for match in _FILE.finditer(log[n])]
        own = [match for match in found if not _FOREIGN.search(match["file"])]
        if own:
            file, line = _own(own[0]["file"]), int(own[0]["line"])
    return Place(file=file, line=line, test=place.test, package=place.package, step=place.step or known.step)


def _own(file: str) -> str:
    """Return a file's name as it is in the project."""
    return _CHECKOUT.sub("", file)


def _neighbours(line: int, log: Log) -> Iterable[int]:
    """Yield the lines right below and above, which often say more."""
    yield from (n for n in (line + 1, line - 1) if n in log)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))[:NAMED]


def _shown(line: str) -> str:
    text = line.strip()
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
