"""rollback: undo the part of a commit that broke what fails, and nothing else of it.

Only to what worked before can be rolled back: the commit is found by what it changed, or by bisecting, and of
its parts those are undone without which the failure is gone. One that changed the failing tests meant it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import PurePosixPath

from autonomous_cicd.cases import Case, Past, Tried
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.file_kinds import holds_checks, is_document, is_test
from autonomous_cicd.domain.guilt import (
    Deed,
    deeds,
    failing_lines,
    failing_tests,
    intended,
    names_brought,
)
from autonomous_cicd.domain.hunks import Hunk, Part, undo
from autonomous_cicd.domain.integrity import objections
from autonomous_cicd.domain.intent import changes_nothing
from autonomous_cicd.domain.motive import motive, slipped_in
from autonomous_cicd.domain.patch import NOTHING, Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.domain.renamed_names import missed
from autonomous_cicd.domain.slips import one_slip
from autonomous_cicd.domain.tallies import counts
from autonomous_cicd.domain.yardsticks import is_data, is_yardstick, run_by
from autonomous_cicd.errors import Conflict, PortError
from autonomous_cicd.plugins import remedy
from autonomous_cicd.values import dataclass

__all__ = ["Rollback"]

BACK = 20
"""Commits that are looked at when none is known to be green."""
SECONDS = 240.0
"""Time for trying things, going by how long the task took."""
CLOSE = 2.0
"""Closeness from which on the only thing that may be guilty need not be tried before it is proposed."""
CHECKS = (4, 14)
"""Trials that are made at least and at most."""

_C = Category
_SUITS = {
    _C.TEST_FAILURE: 0.5,
    _C.COMPILE_ERROR: 0.5,
    _C.SYNTAX_ERROR: 0.5,
    _C.IMPORT_ERROR: 0.45,
    _C.TYPE_CHECK: 0.4,
    _C.TEST_TIMEOUT: 0.35,
    _C.RESOURCE_TIMEOUT: 0.3,
    _C.PACKAGING_BUILD: 0.3,
    _C.UNKNOWN: 0.3,
    _C.LINT: 0.2,
    _C.FORMATTING: 0.1,
}
_STEADY = frozenset(
    (_C.COMPILE_ERROR, _C.SYNTAX_ERROR, _C.TYPE_CHECK, _C.PACKAGING_BUILD, _C.LINT, _C.FORMATTING)
)
"""Categories of what lies in the text of a file."""
_ABSENT = re.compile(
    r"No module named '?([A-Za-z_]\w*)|Cannot find (?:module|package) '((?:@[\w.-]+/)?[\w-][\w.-]*)"
    r"|no required module provides package (\S+)|unresolved import `(\w+)|can't find crate for `(\w+)"
    r"|package ([\w.]+) does not exist|cannot load such file -- (\w+)"
)
_IMPORTS = re.compile(
    r"^\s*(?:from|import|use|include|#include)\b.*|.*\brequire(?:_relative)?\b.*|.*\bimport\(.*", re.MULTILINE
)
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class _Trials:
    """What is tried on the bench, within limits."""

    case: Case
    left: int
    known: dict[str, bool] = field(default_factory=dict)

    async def helps(self, patch: Patch) -> bool:
        """Return whether the failure is gone with a patch; False when nothing more may be tried."""
        if patch.id not in self.known:
            if self.left <= 0:
                return False
            self.left -= 1
            self.known[patch.id] = _helped(self.case, await self.case.bench.check(patch))
        return self.known[patch.id]


@remedy
class Rollback:
    """Undoes exactly what broke it, when that can be told from what else was changed."""

    name = "rollback"
    strategy = Strategy.ROLLBACK
    risk = Risk.HIGH

    def suits(self, failure: Failure) -> float:
        """Say how well it suits: it is the last resort when nothing more specific explains a failure."""
        return _SUITS.get(failure.category, 0.0)

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the undoing of the guilty parts; nothing when they cannot be told, or were meant."""
        if _lacks_something_foreign(case):
            return ()
        suspects, doubt = _suspects(case)
        if not suspects:
            _see_whole(case.bench.past)
            return ()
        seconds = max(1.0, case.result.seconds)
        trials = _Trials(case, max(CHECKS[0], min(CHECKS[1], int(SECONDS / seconds))))
        if not _fails_every_time(case) and await trials.helps(NOTHING):
            return ()  # it fails by chance: whatever is undone would seem to help
        alone = len(suspects) == 1 and len(suspects[0].deeds) == 1
        if alone and suspects[0].closeness >= CLOSE and not doubt:
            return await _prescriptions(case, suspects[0], suspects[0].deeds, trials)
        guilty = await _guilty(case, suspects, trials)
        if guilty is None:
            return ()
        chosen = await _least(case, guilty, trials)
        return await _prescriptions(case, guilty, chosen, trials)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspect:
    """A commit with what may be undone of it."""

    commit: Commit
    patch: Patch
    deeds: tuple[Deed, ...]

    @property
    def closeness(self) -> float:
        """How much speaks for it."""
        return max(one.closeness for one in self.deeds)

    @property
    def parts(self) -> tuple[Hunk, ...]:
        """All that may be undone."""
        return tuple(part for one in self.deeds for part in one.parts)


def _suspects(case: Case) -> tuple[list[_Suspect], bool]:
    """Return the commits that may have broken it, the newest first, and whether others may as well."""
    past = case.bench.past
    found = past.commits(BACK + 1)
    newer: list[Commit] = []
    for commit in found:
        if commit.id == past.green:
            break
        newer.append(commit)
    if len(newer) == len(found) and len(found) <= BACK:
        newer = newer[:-1]  # the first commit has nothing before it
    failing = failing_lines(case.log, case.failure)
    tests = failing_tests(case.files.names, failing, (case.failure, *case.failures))
    imported = frozenset(
        word
        for name in tests
        for line in _IMPORTS.findall(case.files.read(name)[:200_000])
        for word in _WORD.findall(line)
    )
    manifests = case.failure.category is Category.PACKAGING_BUILD
    texts = [case.files.read(name)[:200_000] for name in tests]
    runners = [one for one in list(case.files.names)[:5000] if holds_checks(one) and not is_document(one)]
    scripts = [case.script, *(run_by(name, case.files.read(name)) for name in runners)]
    suspects, doubt = [], False

    def measures(name: str) -> bool:
        return is_yardstick(name, case.failure, failing, scripts, texts)

    for commit in newer[:BACK]:
        touched = tests.intersection(commit.files)
        if (touched and touched == tests) or any(
            measures(name) for name in commit.files if not is_data(name)
        ):
            break  # what fails now was written then, and nothing else
        try:
            patch = past.patch_of(commit.id)
        except PortError:
            break
        found_deeds = deeds(commit, patch, failing, imported, manifests=manifests)
        own = tuple(
            one
            for one in found_deeds
            if not intended(commit, patch, one.parts, failing, apart=slipped_in(commit, patch, one.parts))
            and not any(measures(part.file) for part in one.parts if part.part is not Part.MODE)
            and _undone(case, one.parts) is not None
        )
        doubt = doubt or bool(touched) or len(own) < len(found_deeds)
        if own:
            suspects.append(_Suspect(commit=commit, patch=patch, deeds=own))
    return suspects, doubt


def _see_whole(past: Past) -> None:
    """Raise a PortError or UsageError when there is no history to look into, or only the end of one."""
    found = past.commits(BACK + 1)
    oldest = found[-1] if found else None
    if oldest is None or (len(found) <= BACK and not oldest.files):
        past.patch_of(oldest.id if oldest else "HEAD")


async def _guilty(case: Case, suspects: list[_Suspect], trials: _Trials) -> _Suspect | None:
    """Return the commit without which it works."""
    if len(suspects) == 1:
        return suspects[0]
    by_closeness = sorted(suspects, key=lambda one: -one.closeness)
    first, second = by_closeness[:2]
    if first.closeness >= second.closeness + 3 or len(suspects) <= 3:
        for one in by_closeness[: 1 if len(suspects) > 3 else 3]:
            if await _works_without(case, one.parts, trials):
                return one
        if len(suspects) <= 3:
            return None
    # Bisect: without all the newest up to one, it works from that one on.
    low, high = 0, len(suspects) - 1
    if not await _works_before(case, suspects, trials):
        return None
    while low < high:
        middle = (low + high) // 2
        if await _works_before(case, suspects[: middle + 1], trials):
            high = middle
        else:
            low = middle + 1
    found = suspects[low]
    return found if await _works_without(case, found.parts, trials) else None


async def _works_without(case: Case, parts: Sequence[Hunk], trials: _Trials) -> bool:
    patch = _undone(case, parts)
    return patch is not None and await trials.helps(patch)


async def _works_before(case: Case, suspects: Sequence[_Suspect], trials: _Trials) -> bool:
    """Return whether it works without any of these commits, given the newest first."""
    whole = NOTHING
    for one in suspects:
        texts = {change.name: change.after for change in whole}
        modes = {change.name: change.executable for change in whole}
        step = _undone(case, one.parts, texts, modes)
        if step is None:
            return False
        whole = whole.then(step)
    return await trials.helps(whole)


async def _least(case: Case, suspect: _Suspect, trials: _Trials) -> tuple[Deed, ...]:
    """Return the fewest deeds of a commit without which it works; none when it does not."""
    chosen = list(suspect.deeds)
    for one in chosen[:3]:  # mostly it is a single one, and the one that the log points to
        if await _works_without(case, one.parts, trials):
            return (one,)
    if not await _works_without(case, suspect.parts, trials):
        return ()
    pieces = 2
    while len(chosen) > 1 and trials.left > 0:
        size = max(1, len(chosen) // pieces)
        groups = [chosen[start : start + size] for start in range(0, len(chosen), size)]
        for group in groups:
            rest = [one for one in chosen if one not in group]
            for smaller in (group, rest):
                parts = [part for one in smaller for part in one.parts]
                if len(smaller) < len(chosen) and await _works_without(case, parts, trials):
                    chosen, pieces = smaller, max(2, pieces - 1)
                    break
            else:
                continue
            break
        else:
            if size == 1:
                break
            pieces = min(len(chosen), pieces * 2)
    return tuple(chosen)


async def _prescriptions(
    case: Case, suspect: _Suspect, chosen: Sequence[Deed], trials: _Trials
) -> tuple[Edit | Escalate, ...]:
    patch = _undone(case, [part for one in chosen for part in one.parts]) if chosen else None
    if not patch:
        return ()
    parts = [part for one in chosen for part in one.parts]
    own, shared = names_brought(suspect.patch, parts), names_brought(suspect.patch, parts, shared=True)
    if _uses(patch, own) or _others_use(case, patch, shared) or _strands(case, suspect.patch, patch):
        return ()
    commit = suspect.commit
    subject = commit.subject if len(commit.subject) <= 60 else f"{commit.subject[:59]}…"
    meant = motive(commit, suspect.patch, parts, case.files.names, case.failure, case.log)
    if not meant and not changes_nothing(commit.subject):
        meant = _called_otherwise(case, patch, parts)
    if meant:
        why = f'commit {commit.id[:7]} "{subject}" may have meant it: {meant}'
        return (Escalate(reason=why, proposed=patch),) if await trials.helps(patch) else ()
    files = ", ".join(patch.files[:3]) + (" and others" if len(patch.files) > 3 else "")
    reason = f'undoes in {files} what {commit.id[:7]} "{subject}" changed there; the rest of it stays'
    return (Edit(patch=patch, reason=reason),)


def _undone(
    case: Case,
    parts: Sequence[Hunk],
    texts: dict[str, str | None] | None = None,
    modes: dict[str, bool] | None = None,
) -> Patch | None:
    """Return what undoing these parts makes of the files now; None when it does not fit, or must not be."""
    names = {part.file for part in parts}
    now, modes = texts or {}, modes or {}
    there: dict[str, str] = {}
    for name in names:
        text = now[name] if name in now else case.files.read(name) if name in case.files.names else None
        if text is not None:
            there[name] = text
    executable = frozenset(
        name for name in there if (modes[name] if name in modes else case.executable(name))
    )
    try:
        patch = undo(parts, there, executable)
    except Conflict:
        return None
    return patch if patch and not objections(patch) else None


def _uses(patch: Patch, names: frozenset[str]) -> bool:
    """Whether what stays of the changed files uses a name that would be gone."""
    return any(names & set(_WORD.findall(one.after or "")) for one in patch)


def _others_use(case: Case, patch: Patch, names: frozenset[str]) -> bool:
    """Whether another file of code uses a name that would be gone."""
    return any(name not in patch.files for name in _using(case, patch, names))


def _using(case: Case, patch: Patch, words: frozenset[str]) -> Iterator[str]:
    """Return the files of the same languages that use one of these words."""
    kinds = {PurePosixPath(name).suffix for name in patch.files if words}
    code = (name for name in list(case.files.names)[:5000] if PurePosixPath(name).suffix in kinds)
    return (one for one in code if not is_document(one) and words & set(_WORD.findall(case.files.read(one))))


def _called_otherwise(case: Case, patch: Patch, parts: Sequence[Hunk]) -> str:
    """Return what parts may have renamed or taken away on purpose: only tests miss it; "" if nothing."""
    gone = {word for part in parts for line in part.removed for word in _WORD.findall(line)}
    come = {word for part in parts for line in part.added for word in _WORD.findall(line)}
    told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence)))
    for name in (one for one in missed(told) if one in gone - come):
        spelt = any(one_slip(word, name) for word in come)
        if not spelt and all(map(is_test, _using(case, patch, frozenset((name,))))):
            return f"{name} is gone or has another name now, and only tests miss it"
    return ""


def _strands(case: Case, brought: Patch, patch: Patch) -> bool:
    """Whether a file that the commit brought would stay without anything that uses it: it was wanted."""
    for one in brought:
        new = one.before is None and one.name in case.files.names
        if not new or is_test(one.name) or is_document(one.name):
            continue
        named = re.compile(rf"(?<![\w-]){re.escape(PurePosixPath(one.name).stem)}(?![\w-])", re.IGNORECASE)
        if any(named.search(change.before or "") for change in patch):
            left = {name: case.files.read(name) for name in list(case.files.names)[:5000] if name != one.name}
            left |= {change.name: change.after or "" for change in patch}
            if not any(named.search(text) for name, text in left.items() if not is_document(name)):
                return True
    return False


def _fails_every_time(case: Case) -> bool:
    """Whether it is known that the failure is no chance: by its kind, or because it was run again."""
    again = any(one.strategy is Strategy.RETRY and not one.success for one in case.attempts)
    return again or case.failure.category in _STEADY


def _lacks_something_foreign(case: Case) -> bool:
    """Whether what is missing is a package that the project does not have itself."""
    tops = {name.removeprefix("src/").removeprefix("lib/").partition("/")[0] for name in case.files.names}
    own = {PurePosixPath(name).stem for name in tops}
    for found in _ABSENT.finditer(failing_lines(case.log, case.failure)):
        name = next(group for group in found.groups() if group)
        if re.split(r"[./]", name)[0] not in own and name not in own:
            return True
    return False


def _helped(case: Case, tried: Tried) -> bool:
    """Whether the failure is gone: all of it, or this one while fewer tests fail and more pass."""
    if tried.green:
        return True
    if any(one.fingerprint == case.failure.fingerprint for one in tried.failures) or not tried.failures:
        return False
    before, after = counts(case.log), counts(tried.log)
    better = after.passed > before.passed and after.failed < before.failed and after.ran >= before.ran
    return better and case.failure.message not in tried.log
