"""Rust: what rustc complains about at a place, and the tests that panicked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.told import told
from autonomous_cicd.plugins import parser

__all__ = ["CargoTest", "Nextest", "Rustc"]

_PLACE = re.compile(r"^\s*(?:\|\s*)?--> (?P<file>[^\s:]+):(?P<line>\d+):\d+")
_ERROR = re.compile(r"^\s*error(?P<code>\[E\d{4}\])?: (?P<said>.+)")
_NEXT = re.compile(r"^\s*(?:error|warning)(?:\[E\d{4}\])?[:: ]")
_UNDEFINED = re.compile(r"error: (?:Undefined Behavior|memory leaked|abnormal termination|deadlock)")
"""What Miri finds while tests run."""
_CLIPPY = re.compile(r"clippy::|rust-clippy")
_DENIED = re.compile(
    r"implied by `-D (?P<group>warnings|clippy::\w+)`|#!?\[deny\(|requested on the command line with `-D "
)
_SPELT = re.compile(r"error: `[^`]+` should be `")
"""A checker of spelling draws the same arrow."""
_COMPILING = re.compile(r"^\s*Compiling \S+ v\d")

_STDOUT = re.compile(r"^\s*---- (?P<test>\S.*?) (?:stdout|stderr) ----")
_PANICKED = re.compile(
    r"thread '[^']*' (?:\(\d+\) )?panicked at (?:'(?P<old>.*?)', (?P<oldfile>\S+?):(?P<oldline>\d+)"
    r"|(?P<file>\S+?):(?P<line>\d+):\d+:?)"
)
_FAILED = re.compile(r"^\s*(?:FAIL|SIG[A-Z]+|TERMINATING|TIMEOUT) \[[^\]]*\] +(?:\([^)]*\) +)?(?P<test>\S.*)")
_NAMED = re.compile(r"thread '(?P<test>[^']+)'")
_TELLING = re.compile(r"^\s*(?:left|right): |^\s*(?:Expected|Actual|expected|actual|got|want)\b")


@parser
class Rustc:
    """Understands an error of rustc or clippy by the arrow below it."""

    name = "rustc"
    cues = ("--> ",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the error that stands above a place."""
        place = _PLACE.match(log[number])
        if place is None:
            return
        at, error = next(
            ((other, match) for other, line in log.before(number, 3) if (match := _ERROR.match(line))),
            (0, None),
        )
        if error is None:
            return
        notes = []
        for other, line in log.after(number, 30):
            if _NEXT.match(line):
                break
            notes.append((other, line))
        category = _category(log, at, place["file"], bool(error["code"]), [line for _, line in notes])
        why = next((other for other, line in notes if _DENIED.search(line) or _CLIPPY.search(line)), number)
        yield told(
            self.name,
            category,
            0.94,
            at,
            f"rustc does not accept it: {error['said']}",
            evidence=(number, why),
            covers=(at, notes[-1][0] if notes else number),
            place=Place(file=place["file"], line=int(place["line"][:9])),
        )


def _category(log: Log, at: int, file: str, coded: bool, notes: list[str]) -> Category:
    if _UNDEFINED.search(log[at]):
        return Category.TEST_FAILURE
    if file.endswith(".toml"):
        return Category.CONFIGURATION
    if coded:
        return Category.COMPILE_ERROR
    if not file.endswith(".rs") and _SPELT.search(log[at]):
        return Category.LINT
    if any(_CLIPPY.search(line) for line in notes):
        return Category.LINT
    denied = any(_DENIED.search(line) for line in notes)
    # Denied warnings of rustc are clippy's business where crates are only checked.
    if denied and not any(_COMPILING.match(line) for _, line in log.before(at, 30)):
        return Category.LINT
    return Category.COMPILE_ERROR


@parser
class CargoTest:
    """Understands what a failed test or doctest printed."""

    name = "cargo-test"
    cues = (" stdout ----", " stderr ----")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why the test failed."""
        match = _STDOUT.match(log[number])
        if match is None:
            return
        inside: list[tuple[int, str]] = []
        for other, line in log.after(number, 40):
            if _STDOUT.match(line) or line.strip() == "failures:" or line.startswith("test result:"):
                break
            inside.append((other, line))
        panic = next(((at, found) for at, line in inside if (found := _PANICKED.search(line))), None)
        error = next((at for at, line in inside if _ERROR.match(line)), 0)
        shown, said, file, row = number, "", "", 0
        if error:
            shown, said = error, log[error].strip()
        elif panic:
            shown, found = panic
            said = found["old"] or log[shown + 1].strip()
            file, row = (
                found["oldfile"] or found["file"] or "",
                int((found["oldline"] or found["line"] or "0")[:9]),
            )
            if not found["old"] and said and any(at == shown + 1 for at, _ in inside):
                shown += 1
        elif inside:
            shown = next((at for at, text in inside if text.strip()), number)
            said = log[shown].strip()
        telling = tuple(at for at, text in inside if _TELLING.match(text))[:2]
        yield told(
            self.name,
            Category.TEST_FAILURE,
            0.94,
            shown,
            f"the test {match['test']} fails: {said}",
            evidence=((panic[0],) if panic else ()) + (number, *telling),
            covers=(number, inside[-1][0] if inside else number),
            place=Place(file=file, line=row, test=match["test"][:200]),
        )


@parser
class Nextest:
    """Understands what a test printed below the line of nextest that says it failed."""

    name = "nextest"
    cues = ("panicked at",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why the test failed."""
        found, named = _PANICKED.search(log[number]), _NAMED.search(log[number])
        if found is None or named is None:
            return
        above = ((other, match) for other, line in log.before(number, 16) if (match := _FAILED.match(line)))
        at, failed = next(above, (0, None))
        if failed is None or not failed["test"].endswith(named["test"]):
            return
        said = next((other for other, line in log.after(number, 1) if line.strip()), 0)
        shown = number if found["old"] or not said else said
        yield told(
            self.name,
            Category.TEST_FAILURE,
            0.95,
            shown,
            f"the test {failed['test']} fails: {log[shown].strip()}",
            evidence=(number, at),
            place=Place(
                file=found["file"] or found["oldfile"] or "",
                line=int((found["line"] or found["oldline"] or "0")[:9]),
                test=failed["test"][:200],
            ),
        )
