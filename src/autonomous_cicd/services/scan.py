"""Scan: a log goes by once, in pieces of any size; what matters of it stays."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from autonomous_cicd.domain.diagnosis import Place, Sighting
from autonomous_cicd.domain.log import Log, Mark, Sign
from autonomous_cicd.domain.plain import cut, plain, strip_colours, without_time
from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.plugins import Parser
from autonomous_cicd.rules.book import Book, Hit, Weight
from autonomous_cicd.services.blocks import Blocks
from autonomous_cicd.services.kept_lines import KeptLines, Run
from autonomous_cicd.values import dataclass

__all__ = ["Scan", "Seen", "hits_of"]

AROUND = {Weight.SIGN: (0, 0), Weight.HINT: (2, 3), Weight.TROUBLE: (8, 12), Weight.WATCHED: (30, 40)}
"""Lines kept above and below one, by how much it matters."""
FIRST, LAST = 5_000, 15_000
"""Lines with a cue that are looked at: so many of the first and of the last."""
TAIL = 60
"""Lines at the end that are kept in any case."""
MARKED = ("##[error]", "##[warning]")
"""How the host marks lines; what stands behind it is matched as well."""
CALLS = 400
"""Times a parser is asked about the same log: the first half and the last half of its cues."""
REMEMBERED, SHORT = 20_000, 500
"""Lines of which it is remembered what they are, and how long they may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen in a log."""

    log: Log
    sightings: tuple[Sighting, ...]
    marks: tuple[Mark, ...]
    bytes: int = 0


class Scan:
    """Takes a log as it comes. Ask `seen` at any time, also before it has ended."""

    def __init__(self, book: Book, parsers: Sequence[Parser], redact: Callable[[str], str]) -> None:
        """Take what is looked for, and what removes secrets from text before anything is kept."""
        self._book = book
        self._parsers = parsers
        self._blocks = Blocks()
        self._number = 0
        self._bytes = 0
        self._met: dict[bytes, tuple[Weight, str]] = {}
        self._kept = KeptLines(redact)
        self._cued: list[int] = []
        self._late_cued: deque[int] = deque(maxlen=LAST)
        self._tail: list[bytes] = []
        self._spans: list[tuple[int, int]] = []
        self._texts: dict[int, str] = {}

    def feed(self, data: bytes) -> None:
        """Take the next piece."""
        self._bytes += len(data)
        for block in self._blocks.feed(data):
            self._block(block)

    def end(self) -> Seen:
        """Take the last line, which may have no end, and return what was seen."""
        for block in self._blocks.end():
            self._block(block)
        return self.seen()

    def seen(self) -> Seen:
        """Return what was seen so far."""
        tail = Run(self._number - len(self._tail) + 1, self._tail)
        log = Log(self._kept.lines([tail] if self._tail else [], self._texts), self._number)
        sightings, marks = _read(self._book, self._parsers, log, [*self._cued, *self._late_cued])
        return Seen(log=log, sightings=sightings, marks=marks, bytes=self._bytes)

    def _block(self, raw: bytes) -> None:
        block = strip_colours(raw)
        found: list[int] = []
        for number, raw_line in self._lines_with_cues(block):
            weight, line = self._known(raw_line)
            if weight is Weight.NOTHING:
                continue
            above, below = AROUND[weight]
            _widen(self._spans, number - above, number + below)
            self._texts[number] = line
            found.append(number)
        self._keep(block)
        room = max(FIRST - len(self._cued), 0)
        self._cued += found[:room]
        self._late_cued.extend(found[room:])

    def _lines_with_cues(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield the lines in which some cue stands, with their numbers."""
        whole = b"\n" + block
        number, start = self._number, 0
        for begin, end in self._book.lines(whole):
            number += whole.count(b"\n", start, begin)
            start = begin
            yield number, whole[begin:end]

    def _known(self, raw: bytes) -> tuple[Weight, str]:
        """Return how much a line matters, and the line as a person reads it. Logs repeat themselves."""
        bare = without_time(raw)
        known = self._met.get(bare)
        if known is None:
            line = plain(bare)
            known = _weight(self._book, line), line
            if len(bare) < SHORT:
                if len(self._met) >= REMEMBERED:
                    self._met.clear()
                self._met[bare] = known
        return known

    def _keep(self, block: bytes) -> None:
        """Take the lines of a block; of those that the next block need not see, keep what matters."""
        first = self._number - len(self._tail) + 1
        lines = [*self._tail, *block.split(b"\n")]
        lines.pop()  # what stands behind the last line feed
        leaving = max(len(lines) - TAIL, 0)
        border = first + leaving
        runs = [
            Run(max(start, first), lines[max(start - first, 0) : min(end + 1, border) - first])
            for start, end in self._spans
            if start < border
        ]
        if runs:
            self._kept.add(runs, {number: line for number, line in self._texts.items() if number < border})
            self._spans = [(max(start, border), end) for start, end in self._spans if end >= border]
            self._texts = {number: line for number, line in self._texts.items() if number >= border}
        self._tail = list(map(cut, lines[leaving:]))
        self._number = first + len(lines) - 1


def _widen(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Add one to spans of lines that are in order, and joined where they meet."""
    while spans and spans[-1][1] + 1 >= start:
        other = spans.pop()
        start, end = min(start, other[0]), max(end, other[1])
    spans.append((start, end))


def _read(
    book: Book, parsers: Sequence[Parser], log: Log, cued: Iterable[int]
) -> tuple[tuple[Sighting, ...], tuple[Mark, ...]]:
    """Read the lines with cues: by the rules, by the parsers, and for the signs of the run's course."""
    sightings: dict[tuple[str, int], Sighting] = {}
    marks: list[Mark] = []
    asked: dict[str, list[int]] = {one.name: [] for one in parsers}
    echoing = False
    watched: dict[str, list[str]] = defaultdict(list)
    for one in parsers:
        for cue in one.cues:
            watched[cue].append(one.name)
    for number in dict.fromkeys(cued):
        line = log[number]
        look = book.look(line)
        hits = hits_of(book, line)
        signs = [hit for hit in hits if isinstance(hit.rule, MarkRule)]
        for hit in signs:
            sign = hit.rule.sign if isinstance(hit.rule, MarkRule) else Sign.COMMAND
            echoing = sign is Sign.ECHO if sign in (Sign.ECHO, Sign.ECHO_END) else echoing
            marks.append(Mark(Sign.COMMAND if sign is Sign.ECHO else sign, number, line))
        if echoing or any(mark.line == number and mark.sign is Sign.COMMAND for mark in marks[-1:]):
            continue  # what is shown there is the text of a command
        for hit in hits:
            if isinstance(hit.rule, Rule):
                sightings[hit.rule.id, number] = _sighting(hit.rule, hit, number)
        for name in {name for cue in look.cues for name in watched[cue]}:
            asked[name].append(number)
    shown = log.for_parsers(marks)
    for one in parsers:
        numbers = asked[one.name]
        for number in numbers if len(numbers) <= CALLS else numbers[: CALLS // 2] + numbers[-CALLS // 2 :]:
            for sighting in one.parse(shown, number):
                sightings.setdefault((sighting.rule, sighting.line), sighting)
    return tuple(sorted(sightings.values(), key=lambda one: one.line)), tuple(marks)


def hits_of(book: Book, line: str) -> Sequence[Hit]:
    """Return what matches a line, also behind the host's mark of an error."""
    inner = _inner(line)
    return (*book.look(line).hits, *book.look(inner).hits) if inner else book.look(line).hits


def _inner(line: str) -> str:
    """Return what stands behind the host's mark of an error, when there is one."""
    return line.partition("]")[2] if line.startswith(MARKED) else ""


def _weight(book: Book, line: str) -> Weight:
    """Return how much a line matters, also behind the host's mark of an error."""
    weight = book.look(line).weight
    inner = _inner(line) if weight < Weight.TROUBLE else ""
    return max(weight, book.look(inner).weight) if inner else weight


def _sighting(rule: Rule, hit: Hit, number: int) -> Sighting:
    groups = hit.groups
    line = groups.get("line", "")
    return Sighting(
        rule=rule.id,
        category=rule.category,
        severity=rule.severity,
        confidence=rule.confidence,
        role=rule.role,
        line=number,
        cause=_filled(rule.cause, groups),
        remedies=rule.remedies,
        place=Place(
            file=groups.get("file", ""),
            line=int(line) if line.isdecimal() and len(line) < 9 else 0,
            test=groups.get("test", ""),
            package=groups.get("package", "") or groups.get("module", ""),
        ),
    )


def _filled(template: str, groups: dict[str, str]) -> str:
    for name, value in groups.items():
        template = template.replace(f"{{{name}}}", value[:200])
    return template
