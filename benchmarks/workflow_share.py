"""Measure what share of the jobs of real workflow files can be run without a container engine.

    python -m benchmarks.workflow_share [FOLDER]

The folder holds workflow files and an `index.jsonl` with `file`, `repo` and `path` of each. Every file is
planned as if it were named with --workflow on the default branch of its repository, on a Linux machine
with Python 3.10 to 3.14 and Node.js 20 to 26. Nothing is executed.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autonomous_cicd.adapters.memory import MemoryFiles
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.ports import Checkout
from autonomous_cicd.services.foresee import foresee
from autonomous_cicd.services.interpret import Interpretation, interpret

FOLDER = Path(__file__).parents[1] / ".." / "shared/contracts/workflows"
PYTHONS = ("3.10.9", "3.11.9", "3.12.9", "3.13.9", "3.14.9")
NODES = ("20.9.0", "22.9.0", "24.9.0", "26.1.0")

KINDS = (
    (r"runs on (Windows|macOS)", "another operating system"),
    (
        r"ARM64|of the project's own|runner group|no hosted Linux runner",
        "a runner of its own or another processor",
    ),
    (r"container|service containers", "a container engine is needed"),
    (r"needs (Python|Node\.js)", "an interpreter that the machine does not have"),
    (r"calls ", "a reusable workflow of another repository"),
    (r"condition does not hold", "its own condition does not hold"),
    (r"which is left out", "it needs a job that is left out"),
    (r"secret", "every step that checks something needs a secret"),
    (
        r"outside|code host|would publish|would change",
        "every step would act on the outside or on the machine",
    ),
    (r"no substitute", "every step that checks something is an action without a substitute"),
)


@dataclass
class Count:
    """What was found so far."""

    files: int = 0
    tasks: int = 0
    whole: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def machine() -> Machine:
    versions = {"python": PYTHONS, "node": NODES}
    return Machine(
        interpreters=tuple(
            Interpreter(language=language, version=version, path=f"/usr/bin/{language}{version}")
            for language, some in versions.items()
            for version in some
        )
    )


def entries(folder: Path) -> Iterator[tuple[str, str, str]]:
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        text = (folder / entry["file"]).read_text(encoding="utf-8")
        yield entry["repo"], PurePosixPath(entry["path"]).name, text


def plan(repository: str, name: str, text: str) -> Interpretation:
    checkout = Checkout(
        root=Path("/src") / repository.split("/")[1],
        repository=True,
        commit="0" * 40,
        branch="main",
        default_branch="main",
        remote=f"https://github.com/{repository}.git",
    )
    files = MemoryFiles({f".github/workflows/{name}": text})
    return interpret(files, checkout=checkout, machine=machine(), only=name)


def kind(reason: str) -> str:
    return next((title for pattern, title in KINDS if re.search(pattern, reason)), "other")


def measure(folder: Path) -> Count:
    count = Count()
    for repository, name, text in entries(folder):
        found = plan(repository, name, text)
        count.files += 1
        count.tasks += len(found.tasks)
        count.whole += sum(1 for task in found.tasks if task.job and not foresee(task.job))
        count.reasons.update(kind(skipped.reason) for skipped in found.skipped)
    return count


def table(count: Count) -> str:
    total = count.tasks + count.reasons.total()
    rows = [
        ("run here, every step", count.whole),
        ("run here, some steps left out", count.tasks - count.whole),
        *((f"left out: {reason}", number) for reason, number in count.reasons.most_common()),
    ]
    lines = ["| what becomes of a job | jobs | share |", "| --- | ---: | ---: |"]
    lines += [f"| {what} | {number} | {number / total:.0%} |" for what, number in rows]
    lines.append(f"| all jobs of {count.files} files, matrices expanded | {total} | 100% |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)))
