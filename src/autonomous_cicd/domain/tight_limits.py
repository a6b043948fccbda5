"""Limits that a project sets itself: of time for a command, a job or a test, of memory, of workers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator

from autonomous_cicd.values import dataclass

__all__ = ["Kind", "Limit", "heap_limits", "longest_test", "rounded", "time_limits", "told", "worker_limits"]

Read = Callable[[str], str]
Kind = str
"""`command`, `job` or `test`: of what it limits the time; `heap`; `workers`."""

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_N = r"(?P<n>\d+(?:\.\d+)?)"

SCRIPTS = re.compile(
    r"^\.github/(?:workflows|actions)/.*\.ya?ml$|(?:^|/)package\.json$|(?:^|/)(?:GNUm|m|M)akefile$"
    r"|\.(?:sh|bash|mk)$"
    r"|(?:^|/)(?:tox|pytest|noxfile)\.(?:ini|py)$|(?:^|/)(?:setup\.cfg|pyproject\.toml|\.npmrc|justfile|Justfile)$"
    r"|(?:^|/)(?:bin|scripts?|ci|\.ci)/[\w.-]+$"
)
WORKFLOWS = re.compile(r"^\.github/workflows/.*\.ya?ml$")
PYTEST = re.compile(r"(?:^|/)(?:tox\.ini|\.?pytest\.ini|setup\.cfg|pyproject\.toml)$")
JAVASCRIPT = re.compile(
    r"(?:^|/)(?:\.mocharc\.\w+|package\.json|(?:jest|vitest|vite|playwright|ava|cypress|karma)"
    r"[\w.]*\.(?:config|conf|setup)\.\w+|(?:jest|vitest)[\w.-]*setup[\w.-]*\.[cm]?[jt]s)$"
)
TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?)/|(?:^|/)test_|[._](?:test|spec)\.[cm]?[jt]sx?$|_test\.py$"
)

TIMES: tuple[tuple[re.Pattern[str], re.Pattern[str], float, Kind], ...] = (
    (WORKFLOWS, re.compile(rf"\btimeout-minutes:[ \t]*['\"]?{_N}"), 60.0, "job"),
    (
        SCRIPTS,
        re.compile(rf"(?<![\w.-])timeout[ \t]+"
                   rf"(?:(?:-[ks]|--kill-after|--signal)[ =]\S+[ \t]+|--?[\w-]+[ \t]+)*"
                   rf"{_N}(?P<u>[smhd]?)(?=[ \t])"),
        1.0,
        "command",
    ),
    (
        SCRIPTS,
        re.compile(rf"\b(?:mocha|nyc|c8|ts-mocha)\b[^\n\"]*?[ \t]"
                   rf"(?:--timeout[ =]|-t[ =]?){_N}(?P<u>ms|s|m)?\b"),
        0.001,
        "test",
    ),
    (SCRIPTS, re.compile(rf"--test-?[tT]imeout[ =]{_N}\b"), 0.001, "test"),
    (SCRIPTS, re.compile(rf"\b(?:pytest|py\.test|addopts)\b[^\n]*?--timeout[ =]{_N}\b"), 1.0, "test"),
    (PYTEST, re.compile(rf"^[ \t]*timeout[ \t]*=[ \t]*['\"]?{_N}", re.MULTILINE), 1.0, "test"),
    (
        JAVASCRIPT,
        re.compile(r"[\"']?\b(?:testTimeout|hookTimeout|timeout)\b[\"']?"
                   rf"[ \t]*:[ \t]*[\"']?{_N}(?P<u>ms|s|m)?\b"),
        0.001,
        "test",
    ),
    (JAVASCRIPT, re.compile(rf"\b(?:jest\.setTimeout|setDefaultTimeout)\([ \t]*{_N}"), 0.001, "test"),
)  # fmt: skip
HEAP = re.compile(rf"--max[-_]old[-_]space[-_]size[ =]{_N}")
WORKERS = (
    re.compile(
        r"(?:pytest|py\.test|addopts)\b[^\n]*?[ \t\"'](?:-n[ =]?|--numprocesses[ =])(?P<n>auto|logical|\d+)\b"
    ),
    re.compile(r"\bjest\b[^\n\"]*?[ \t](?:--maxWorkers[ =]|-w[ =]?)(?P<n>\d+%?)"),
    re.compile(
        r"\b(?:make|ninja|cmake --build)\b[^\n]*?[ \t]"
        r"(?:-j[ \t]?|--jobs[ =]|--parallel[ =]?)(?P<n>\d+|\$\(nproc\))"
    ),
)

TOLD = (
    (re.compile(r"Timeout of (\d+) ?ms exceeded"
                r"|[Ee]xceeded timeout of (\d+) ?ms|[Tt]imed out (?:in|after) (\d+) ?ms"
                r"|Test timeout of (\d+) ?ms"), 0.001),
    (re.compile(r"Timeout (?:\()?>(\d+(?:\.\d+)?) ?s|exceeded timeout of (\d+(?:\.\d+)?) ?s(?:econds)?\b"
                r"|timed out after (\d+(?:\.\d+)?) ?s(?:econds)?\b"), 1.0),
    (re.compile(r"(?:maximum execution time of|timed out after) (\d+(?:\.\d+)?) ?min"), 60.0),
)  # fmt: skip
LASTED = (
    (re.compile(r"^\s*(\d+\.\d+)s (?:call|setup|teardown)\s", re.MULTILINE), 1.0),
    (re.compile(r"\((\d+(?:\.\d+)?) ?ms\)|\s(\d+(?:\.\d+)?) ?ms$", re.MULTILINE), 0.001),
    (re.compile(r"\((\d+(?:\.\d+)?) ?s\)", re.MULTILINE), 1.0),
)
OF_ALL = re.compile(r"\b(?:passing|failing|pending|passed|failed|Time|Ran|Finished|[Dd]uration|Tests?)\b")
"""In lines of how long all took."""
STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A number in a file that limits something."""

    file: str
    start: int
    end: int
    number: str
    unit: float
    """Seconds that one of it means; 1 where it is no time."""
    kind: Kind

    @property
    def seconds(self) -> float:
        """What it allows."""
        return float(self.number) * self.unit if re.fullmatch(r"[\d.]+", self.number) else 0.0

    def replaced(self, text: str, number: str) -> str:
        """Return the text of its file with another number."""
        return f"{text[: self.start]}{number}{text[self.end :]}"


def time_limits(names: Iterable[str], read: Read) -> tuple[Limit, ...]:
    """Return the limits of time that a project sets, but for those that stand in its tests."""
    found: dict[tuple[str, int], Limit] = {}
    for name in names:
        if TESTS.search(name) or "node_modules/" in name:
            continue
        text = ""
        for where, pattern, unit, kind in TIMES:
            if where.search(name):
                text = text or read(name)
                for one in _found(name, text, pattern, unit, kind):
                    found.setdefault((name, one.start), one)
    return tuple(found.values())


def heap_limits(names: Iterable[str], read: Read) -> tuple[Limit, ...]:
    """Return the limits of memory that scripts and workflow files give Node, in MB."""
    return _everywhere(names, read, (HEAP,), "heap")


def worker_limits(names: Iterable[str], read: Read) -> tuple[Limit, ...]:
    """Return where scripts and settings say how much is to run at once."""
    return _everywhere(names, read, WORKERS, "workers")


def _everywhere(
    names: Iterable[str], read: Read, patterns: Iterable[re.Pattern[str]], kind: Kind
) -> tuple[Limit, ...]:
    patterns = tuple(patterns)
    return tuple(
        one
        for name in names
        if SCRIPTS.search(name) and not TESTS.search(name) and "node_modules/" not in name
        for pattern in patterns
        for one in _found(name, read(name), pattern, 1.0, kind)
    )


def _found(name: str, text: str, pattern: re.Pattern[str], unit: float, kind: Kind) -> Iterator[Limit]:
    for match in pattern.finditer(text):
        said = match.groupdict().get("u") or ""
        yield Limit(
            file=name,
            start=match.start("n"),
            end=match.end("n"),
            number=match["n"],
            unit=UNITS.get(said, unit) if said else unit,
            kind=kind,
        )


def told(log: str) -> float:
    """Return which limit a log says was passed, in seconds; 0 when it says none."""
    for pattern, unit in TOLD:
        if match := pattern.search(log):
            return float(next(one for one in match.groups() if one)) * unit
    return 0.0


def longest_test(log: str) -> float:
    """Return how long the longest test took of those whose times a log tells, in seconds."""
    of_tests = "\n".join(line for line in log.splitlines() if not OF_ALL.search(line))
    found = [
        float(number) * unit
        for pattern, unit in LASTED
        for match in pattern.finditer(of_tests)
        for number in match.groups()
        if number
    ]
    return max(found, default=0.0)


def rounded(seconds: float, unit: float) -> str:
    """Return a limit of at least so much as a round number of a unit."""
    amount = max(1.0, seconds / unit)
    power = 10.0 ** math.floor(math.log10(amount))
    step = next(one for one in STEPS if one * power >= amount * (1 - 1e-9))
    return str(math.ceil(step * power))
