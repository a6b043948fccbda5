"""resource_adjustment: limits of time, memory and workers that are too tight, by measurement."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Sequence

from autonomous_cicd.cases import Case, Tried
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Rerun, Risk, Strategy
from autonomous_cicd.domain.run import TaskStatus
from autonomous_cicd.domain.tight_limits import (
    Limit,
    heap_limits,
    longest_test,
    rounded,
    time_limits,
    told,
    worker_limits,
)
from autonomous_cicd.plugins import remedy

__all__ = ["Resources"]

_C = Category
HEAP = re.compile(r"heap out of memory|Reached heap limit|ERR_WORKER_OUT_OF_MEMORY")
KILLED = re.compile(r"\b137\b|\bKilled\b|SIGKILL|Killed signal terminated|signal: killed")
LOOSE = 20.0
"""By what a limit is multiplied to find out how long it takes without one."""
SHORTEST, LONGEST = 60.0, 900.0
"""Seconds that it is given at least, and at most, to find that out."""
ROOM = 2.0
"""How much more than what was measured a limit allows."""
ENOUGH = 0.5
"""A limit of which less than this share was needed is not too tight: the machine was busy."""
MB = 1024 * 1024
GRAIN = 256
LOOKED_BACK = 15
TOOK = "took here, in seconds:"
PEAK = "used at most, in KB:"


@remedy
class Resources:
    """Measures what is needed, and allows about twice that. What never ends is no matter of limits."""

    name = "resources"
    strategy = Strategy.RESOURCE_ADJUSTMENT
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: when time, memory or the disk were not enough."""
        text = _said(failure)
        if failure.category is _C.RESOURCE_MEMORY or HEAP.search(text):
            return 0.9
        if failure.category in (_C.RESOURCE_TIMEOUT, _C.TEST_TIMEOUT):
            return 0.85
        if failure.category is _C.RESOURCE_DISK:
            return 0.2
        return 0.7 if failure.category in (_C.TEST_FAILURE, _C.UNKNOWN) and told(text) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the limit that fits what was measured; a person's turn when nothing would be enough."""
        text = _said(case.failure)
        if case.failure.category is _C.RESOURCE_DISK:
            free = await case.bench.execute("df", "-h", ".")
            return (Escalate(reason=f"the disk is full, make room first: {free.log.strip()[-200:]}"),)
        if HEAP.search(text) or HEAP.search(case.log[-20_000:]):
            return await _heap(case)
        if case.failure.category is _C.RESOURCE_MEMORY:
            return _workers(case) if KILLED.search(case.log) else ()
        return await _time(case)


def _said(failure: Failure) -> str:
    return "\n".join((failure.message, *(quote.text for quote in failure.evidence)))


async def _time(case: Case) -> Sequence[Prescription]:
    """Return a limit of time by measurement."""
    limit = _tight(case)
    if limit is None or not case.script:
        return ()
    text = case.files.read(limit.file)
    loose = min(max(limit.seconds * LOOSE, SHORTEST), max(LONGEST, limit.seconds * 2))
    number = str(math.ceil(loose / limit.unit))
    patch = Patch.of([case.edit(limit.file, limit.replaced(text, number))])
    tried = await case.bench.instead(_timed(_in_script(case, limit, number)), patch)
    if not tried.green:
        if told(tried.log) or tried.exit_code in (124, 137, 143) or _took(tried) >= loose * 0.9:
            return _hangs(case, limit, loose)
        return ()
    needed = _needed(case, limit, tried)
    if needed <= 0:
        return ()
    if needed < limit.seconds * ENOUGH:
        why = (
            f"it takes {needed:.1f} s of the {limit.seconds:g} s that it may: the machine may have been busy"
        )
        return (Rerun(after=1.0, reason=why),)
    before = _before(case, limit, needed)
    new = before or rounded(needed * ROOM, limit.unit)
    changed = Patch.of([case.edit(limit.file, limit.replaced(text, new))])
    what = f"allow {float(new) * limit.unit:g} s instead of {limit.seconds:g} s ({limit.file})"
    return (Edit(patch=changed, reason=f"{what}: it takes {needed:.1f} s, measured here"),) if changed else ()


def _tight(case: Case) -> Limit | None:
    """Return the limit that was passed."""
    said = told(_said(case.failure)) or told(case.log)
    found = time_limits(case.files.names, case.files.read)
    found = tuple(one for one in found if not one.file.startswith(".github/") or one.file == case.workflow)
    if said:
        same = [one for one in found if abs(one.seconds - said) <= said * 0.02]
        if same:
            return min(same, key=lambda one: one.kind != "test")
    jobs = [one for one in found if one.kind == "job"]
    if case.result.status is TaskStatus.TIMED_OUT and len(jobs) == 1:
        return jobs[0]
    commands = [one for one in found if one.kind == "command"]
    stopped = (case.step.exit_code if case.step else case.result.exit_code) in (124, 137) or "124" in case.log
    ours = [one for one in commands if _used(case, one)]
    return ours[0] if stopped and len(ours) == 1 else None


def _used(case: Case, limit: Limit) -> bool:
    """Whether the script that failed may use a limit: it stands in it, or in a file that it may call."""
    text = case.files.read(limit.file)
    line = text[text.rfind("\n", 0, limit.start) + 1 : limit.end]
    words = re.search(r"timeout[ \t].*$", line)
    if limit.file == case.workflow:
        return words is not None and words[0] in case.script
    name = limit.file.rpartition("/")[2]
    return name in ("package.json", "Makefile", "tox.ini") or limit.file in case.script or name in case.script


def _in_script(case: Case, limit: Limit, number: str) -> str:
    """Return the failing script with the other number, where it is the script itself that has it."""
    if limit.file != case.workflow or limit.kind == "job":
        return case.script
    text = case.files.read(limit.file)
    begin = text.rfind("\n", 0, limit.start) + 1
    after = text[limit.end : (text.find("\n", limit.end) + 1 or len(text))].rstrip("\n")
    words = re.search(r"(?:run:[ \t]*|-[ \t]+)?(?P<said>\S.*)$", text[begin : limit.start])
    old = f"{words['said'] if words else ''}{limit.number}{after}"
    return case.script.replace(old, f"{words['said'] if words else ''}{number}{after}")


def _timed(script: str) -> str:
    """Return a script that also tells how long it took, and which tests took longest."""
    return "\n".join(
        (
            "began=$(date +%s%N)",
            f"trap 'echo \"{TOOK} $(( ($(date +%s%N) - began) / 1000000 ))e-3\"' EXIT",
            'export PYTEST_ADDOPTS="--durations=3 ${PYTEST_ADDOPTS:-}"',
            script,
        )
    )


def _took(tried: Tried) -> float:
    found = re.findall(rf"{re.escape(TOOK)} (\d+)e-3", tried.log)
    return int(found[-1]) / 1000 if found else 0.0


def _needed(case: Case, limit: Limit, tried: Tried) -> float:
    """Return how many seconds of what is limited were needed."""
    took = _took(tried)
    if limit.kind == "test":
        longest = longest_test(tried.log.rpartition(TOOK)[0])
        return min(longest, took) if longest and took else longest or took
    if limit.kind == "job":
        before = sum(step.seconds for step in case.result.steps if step.status is TaskStatus.PASSED)
        return before + took
    return took


def _hangs(case: Case, limit: Limit, loose: float) -> Sequence[Prescription]:
    """Return a hand-over, unless an older state of the project may show what makes it hang."""
    if len(case.bench.past.commits(2)) > 1:
        return ()
    why = f"it does not end within {loose:.0f} s either, so the limit of {limit.seconds:g} s is not the cause"
    return (Escalate(reason=why),)


def _before(case: Case, limit: Limit, needed: float) -> str:
    """Return the number that the history had in this place, when it is enough."""
    text = case.files.read(limit.file)
    begin = text.rfind("\n", 0, limit.start) + 1
    end = text.find("\n", limit.end)
    head, tail = text[begin : limit.start], text[limit.end : end if end >= 0 else len(text)]
    place = re.compile(rf"^{re.escape(head)}(\d+(?:\.\d+)?){re.escape(tail)}$", re.MULTILINE)
    for commit in case.bench.past.commits(LOOKED_BACK):
        for change in case.bench.past.patch_of(commit.id) if limit.file in commit.files else NOTHING:
            if change.name == limit.file and change.before and (old := place.search(change.before)):
                return old[1] if float(old[1]) * limit.unit >= needed * 1.2 else ""
    return ""


async def _heap(case: Case) -> Sequence[Prescription]:
    """Return a limit for the memory of Node, by what it used without a tight one."""
    most = int(case.machine.memory * 0.7) // MB // GRAIN * GRAIN
    limits = [one for one in heap_limits(case.files.names, case.files.read) if _heap_used(case, one)]
    if most < GRAIN or not case.script:
        return ()
    limit = min(limits, key=lambda one: float(one.number), default=None)
    loose = NOTHING
    script = case.script
    if limit:
        text = case.files.read(limit.file)
        loose = Patch.of([case.edit(limit.file, limit.replaced(text, str(most)))])
        script = re.sub(r"(--max[-_]old[-_]space[-_]size[ =])\d+", rf"\g<1>{most}", script)
    else:
        script = f'export NODE_OPTIONS="--max-old-space-size={most} ${{NODE_OPTIONS:-}}"\n{script}'
    tried = await case.bench.instead(_weighed(script), loose)
    if not tried.green:
        if HEAP.search(tried.log) and len(case.bench.past.commits(2)) < 2:
            return (Escalate(reason=f"it needs more than the {most} MB of memory that there are"),)
        return ()
    peak = re.findall(rf"{re.escape(PEAK)} (\d+)", tried.log)
    used = int(peak[-1]) / 1024 if peak else most / 2
    new = str(min(most, math.ceil(used * 1.25 / GRAIN) * GRAIN))
    why = f"it uses {used:.0f} MB, measured here"
    if limit is None:
        return _with_option(case, new, why)
    new = _before(case, limit, used * 0.6) or new
    if float(new) <= float(limit.number):
        return ()
    changed = Patch.of([case.edit(limit.file, limit.replaced(case.files.read(limit.file), new))])
    return (
        Edit(patch=changed, reason=f"give Node {new} MB instead of {limit.number} ({limit.file}): {why}"),
    )


def _heap_used(case: Case, limit: Limit) -> bool:
    return not limit.file.startswith(".github/") or limit.file == case.workflow


def _weighed(script: str) -> str:
    """Return a script that also tells how much memory the largest of its programs used."""
    program = (
        "import resource,subprocess,sys;c=subprocess.call(['bash','-ec',sys.argv[1]]);"
        f"print('{PEAK}',resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,flush=True);sys.exit(c)"
    )
    quoted = shlex.quote(script)
    return (
        f"if command -v python3 >/dev/null; then python3 -c {shlex.quote(program)} {quoted}; "
        f"else bash -ec {quoted}; fi"
    )


def _with_option(case: Case, number: str, why: str) -> Sequence[Edit]:
    """Return the option for Node in the environment of the step that failed."""
    text = case.files.read(case.workflow) if case.workflow else ""
    first = next((line.strip() for line in case.script.splitlines() if line.strip()), "")
    at = [
        n for n, line in enumerate(text.split("\n")) if first and line.strip(" -") in (f"run: {first}", first)
    ]
    lines = text.split("\n")
    if len(at) != 1 or not lines[at[0]].strip(" -").startswith("run:") or "NODE_OPTIONS" in text:
        return ()
    line = lines[at[0]]
    blanks = " " * (len(line) - len(line.lstrip(" -")))
    lines[at[0] + 1 : at[0] + 1] = [f"{blanks}env:", f"{blanks}  NODE_OPTIONS: --max-old-space-size={number}"]
    following = "\n".join(lines[at[0] + 3 :])
    if re.match(rf"{blanks}env:", following):
        return ()
    patch = Patch.of([case.edit(case.workflow, "\n".join(lines))])
    return (Edit(patch=patch, reason=f"let Node use {number} MB in this step: {why}"),)


def _workers(case: Case) -> Sequence[Edit]:
    """Return fewer workers, where the script that was killed says how many."""
    found = [one for one in worker_limits(case.files.names, case.files.read) if _heap_used(case, one)]
    edits = []
    for one in found[:1]:
        text = case.files.read(one.file)
        for number in ("2", "1"):
            few = one.number.isdigit() and int(one.number) <= int(number)
            if not few:
                patch = Patch.of([case.edit(one.file, one.replaced(text, number))])
                why = f"run {number} at once instead of {one.number}: the machine killed it for its memory"
                edits.append(Edit(patch=patch, reason=why))
    return edits
