"""How fast logs are diagnosed: megabytes for a second of processor time, beside grep."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from autonomous_cicd.rules.load import rules
from benchmarks.diagnosis import diagnoser, own_logs

__all__ = ["main"]

SIZE = 100_000_000
PATTERNS = 113
"""As many as in the published comparison."""


def main(quick: bool) -> None:
    """Print a table: logs in which nothing fails, and logs that fail."""
    size = SIZE // 20 if quick else SIZE
    print("| logs | what | MB/s of processor time |")
    print("| --- | --- | ---: |")
    for passing in (True, False):
        logs = [log.path.read_bytes() for log in own_logs(passing=passing)]
        if not logs:
            print("not measured: no labelled logs")
            continue
        _table("nothing fails" if passing else "something fails", logs, size)


def _table(name: str, logs: Sequence[bytes], size: int) -> None:
    whole = b"\n".join(logs)
    text = (whole + b"\n") * (size // len(whole) + 1)
    own = diagnoser()
    pieces = [text[start : start + (1 << 20)] for start in range(0, len(text), 1 << 20)]
    _say(name, "diagnose, all of it as one log", len(text), _seconds(lambda: own.diagnose(pieces)))
    _say(
        name,
        "diagnose, each log by itself",
        len(whole),
        _seconds(lambda: [own.diagnose([one]) for one in logs]),
    )
    few = [rule.pattern for rule in rules() if _plain(rule.pattern)][:PATTERNS]
    with tempfile.TemporaryDirectory() as folder:
        log, patterns = Path(folder, "log"), Path(folder, "patterns")
        log.write_bytes(text)
        patterns.write_text("\n".join(few), encoding="utf-8")
        for program in (["grep", "-c", "-E", "-f"], ["rg", "-c", "-f"]):
            what = f"{program[0]} with {len(few)} patterns"
            if shutil.which(program[0]) is None:
                print(f"| {name} | {what} | not measured: not installed |")
                continue
            _say(name, what, len(text), _child([*program, str(patterns), str(log)]))
    joined = re.compile("|".join(f"(?:{one})" for one in few).encode())
    part = text[: size // 100]
    _say(name, f"Python's re with {len(few)} patterns", len(part), _seconds(lambda: joined.findall(part)))


def _plain(pattern: str) -> bool:
    """Whether all programs read a pattern in the same way."""
    return not re.search(r"\(\?|\\[dDwWsSbB]|[^\x00-\x7f]", pattern)


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _child(argv: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _say(name: str, what: str, size: int, seconds: float) -> None:
    print(f"| {name} | {what} | {size / 1e6 / max(seconds, 1e-9):.1f} |", flush=True)
