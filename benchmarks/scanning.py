"""How fast logs are diagnosed: megabytes for a second of processor time, beside what merely searches.

The others only say that some pattern matches some line. Those that are too slow for the whole text get a
part of it, and one that has no answer within its time is named with what it would have had to beat.
"""

from __future__ import annotations

import importlib
import logging
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from autonomous_cicd.domain.cause import Outcome
from autonomous_cicd.domain.rule import MarkRule, Rule
from autonomous_cicd.rules.book import Book
from autonomous_cicd.rules.load import marks, rules
from benchmarks.contest import PROGRAM, Contender, environment, measure
from benchmarks.diagnosis import diagnoser, own_logs
from benchmarks.patterns import for_grep, without_names

__all__ = ["main"]

SIZE = 100_000_000
PIECE = 1 << 20
LIMIT = 60
"""Seconds that a search may take."""
PARTS = {"all": 50, "re": 1000, "drain3": 20}
"""By what the text is divided for those that are too slow for it."""
_REPEATS = re.compile(r"[*+{]")


def main(quick: bool) -> None:
    """Print a table: logs in which nothing fails, and logs that fail."""
    print("| logs | what | MB/s of processor time |")
    print("| --- | --- | ---: |")
    for name, passing in (("nothing fails", True), ("something fails", False)):
        logs = [log.path.read_bytes() for log in own_logs(passing=passing)]
        if not logs:
            print(f"| {name} | | not measured: no logs |")
            continue
        whole = b"\n".join(logs) + b"\n"
        text = whole * ((SIZE // 20 if quick else SIZE) // len(whole) + 1)
        for what, rate in _rates(logs, text):
            print(f"| {name} | {what} | {rate} |", flush=True)


def _rates(logs: Sequence[bytes], text: bytes) -> Iterator[tuple[str, str]]:
    """Yield what was measured, and the rate."""
    own = diagnoser()
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    yield "**diagnose**, all as one log", _inside(lambda: own.diagnose(pieces), len(text))
    long = [one * (len(text) // len(logs) // len(one) + 1) for one in logs]
    ended = [one for one in long if own.diagnose([one]).outcome is Outcome.PASSED]
    if ended:
        what = f"diagnose, {len(ended)} logs of which the host says that they passed, each over and over"
        yield what, _inside(lambda: [own.diagnose([one]) for one in ended], sum(map(len, ended)))
    small = b"".join(logs)
    yield "diagnose, each log by itself", _inside(lambda: [own.diagnose([one]) for one in logs], len(small))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _outside(_own(folder), text[:PIECE], folder)  # reads the rules once, and keeps them
        yield "`autonomous-cicd diagnose`, from the outside", _outside(_own(folder), text, folder)
        for count, some, share in _chosen(text):
            for program, argv in _searchers(some, folder):
                what = f"{program} with {count}"
                yield what, _outside(argv, share, folder) if argv else "not measured: not installed"
    joined = [re.compile(one.encode(), re.MULTILINE) for one in _patterns()]
    share = text[: len(text) // PARTS["re"]]
    yield (
        f"Python's `re` with {len(joined)} patterns",
        _inside(lambda: [p.findall(share) for p in joined], len(share)),
    )
    yield from _parts(text)
    yield "drain3 (groups lines, recognises nothing)", _drain3(text[: len(text) // PARTS["drain3"]])


def _patterns() -> Sequence[str]:
    """Return the patterns of the rules that all programs read in the same way."""
    return [rule.pattern for rule in rules() if rule.pattern.isascii() and r"\n" not in rule.pattern]


def _chosen(text: bytes) -> Iterator[tuple[str, Sequence[str], bytes]]:
    """Yield patterns in which nothing is repeated, which suits searching best, and all of them."""
    every = _patterns()
    fixed = [one for one in every if not _REPEATS.search(one)]
    yield f"{len(fixed)} patterns of fixed length", fixed, text
    yield f"{len(every)} patterns", every, text[: len(text) // PARTS["all"]]


def _own(folder: Path) -> Sequence[str]:
    return (PROGRAM, "diagnose", str(folder / "log"), "--json", str(folder / "report"))


def _searchers(some: Sequence[str], folder: Path) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each program that searches, and its command; none when it is not installed."""
    for name, rewritten in (("grep -E", for_grep), ("ripgrep", without_names)):
        file = folder / name
        file.write_text("\n".join(map(rewritten, some)) + "\n", encoding="utf-8")
        program = shutil.which("grep" if name.startswith("grep") else "rg")
        options = ["-E"] if name.startswith("grep") else ["-j1", "--no-unicode"]
        files = ("-f", str(file), str(folder / "log"))
        limited = ("timeout", str(LIMIT), program or "", *options, "-a", "-c", *files)
        yield name, limited if program else ()


def _outside(argv: Sequence[str], text: bytes, folder: Path) -> str:
    """Return the rate of a program that reads the file `log`."""
    (folder / "log").write_bytes(text)
    env = environment(AUTONOMOUS_CICD_STATE_DIR=folder / "state", LC_ALL="C")
    try:
        cost = measure(Contender(name=argv[0], argv=argv, env=env, accepted=frozenset({0, 1, 124})))
    except RuntimeError as error:
        return f"not measured: {str(error).splitlines()[-1][:80]}"
    if cost.code == 124:
        return (
            f"less than {len(text) / 1e6 / cost.cpu:.3f}: no answer of {len(text) / 1e6:.1f} MB in {LIMIT} s"
        )
    return f"{len(text) / 1e6 / cost.cpu:.2f}"


def _inside(work: Callable[[], object], size: int) -> str:
    started = time.process_time()
    work()
    return f"{size / 1e6 / (time.process_time() - started):.2f}"


def _parts(text: bytes) -> Iterator[tuple[str, str]]:
    """Yield the rates of RE2 and hyperscan over the rare parts that we look for."""
    known: list[Rule | MarkRule] = [*marks(), *rules()]
    parts = sorted({scan for rule in known for scan in rule.scans})
    book = Book(known)
    block = b"\n" + text
    yield (
        f"RE2 over the {len(parts)} rare parts of the rules: our first step",
        _inside(lambda: [None for _ in book.lines(block)], len(text)),
    )
    name = "hyperscan over the same, first match of each only"
    try:
        hyperscan: Any = importlib.import_module("hyperscan")
    except ImportError:
        yield name, "not measured: not installed"
        return
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_MULTILINE
    base = hyperscan.Database()
    base.compile(
        expressions=[one.encode() for one in parts],
        ids=list(range(len(parts))),
        elements=len(parts),
        flags=[flags] * len(parts),
    )
    yield name, _inside(lambda: base.scan(text, match_event_handler=lambda *_: None), len(text))


def _drain3(text: bytes) -> str:
    try:
        drain3: Any = importlib.import_module("drain3")
    except ImportError:
        return "not measured: not installed"
    logging.getLogger("drain3").setLevel(logging.ERROR)
    miner = drain3.TemplateMiner()
    lines = text.decode("utf-8", "replace").splitlines()
    return _inside(lambda: [miner.add_log_message(line) for line in lines], len(text))


if __name__ == "__main__":
    main(quick=True)
