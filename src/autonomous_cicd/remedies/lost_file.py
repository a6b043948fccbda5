"""Puts a file back that was removed and is still needed, or names it as it is called and where it is now."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.earlier import earlier_texts, restored
from autonomous_cicd.domain.file_kinds import (
    holds_checks,
    is_document,
    is_lock,
    is_manifest,
    is_requirements,
    is_test,
    is_workflow,
    sets_rules,
)
from autonomous_cicd.domain.intent import taken_away
from autonomous_cicd.domain.letter_case import completed, respelled, right_spelling
from autonomous_cicd.domain.lost_files import Lost, lost_files, missed_paths, moved_folder
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["LostFile"]

_CODE = (
    ".py",
    ".pyi",
    ".js",
    ".cjs",
    ".mjs",
    ".ts",
    ".tsx",
    ".jsx",
    ".go",
    ".rs",
    ".rb",
    ".java",
    ".c",
    ".h",
)
_CATEGORIES = frozenset(
    (
        *(Category.IMPORT_ERROR, Category.CONFIGURATION, Category.ENVIRONMENT, Category.UNKNOWN),
        *(Category.PACKAGING_BUILD, Category.DEPENDENCY_MISSING),
    )
)
_FOLDER = re.compile(r"(?m)^(\s*(?:-\s+)?working-directory:\s*[\"']?)([\w./-]+)")
_NO_PROJECT = re.compile(r"does not appear to be a Python project|is not installable\. Neither")
_PATH = re.compile(r"[\w@.-]+(?:/[\w@.-]+)*/?")
_IMPORTER = re.compile(r"(?:ERR_MODULE_NOT_FOUND|ERR_UNSUPPORTED_DIR_IMPORT)[^\n]* imported from (\S+)")
_COMMITS = 20
_FILES = 5000


@remedy
class LostFile:
    """Put back the file that a commit removed, as it was, or follow it to where it went."""

    name = "lost_file"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        if missed_paths(told) or _NO_PROJECT.search(told):
            return 0.75
        return 0.2 if failure.category in _CATEGORIES else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return what gives the file back to those who need it."""
        told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence), case.log))
        past, names = case.bench.past, frozenset(case.files.names)
        commits = past.commits(_COMMITS)
        missed = missed_paths(told)
        edits = chain(_folders(case), _other_letters(case, missed), _without_endings(case, told))
        if edit := next(edits, None):
            return (edit,)
        moved: list[Edit] = []
        back: list[FileChange] = []
        for lost in lost_files(missed, commits, past.patch_of, names):
            if lost.moved_to:
                moved += _followed(case, lost)
            elif not is_test(lost.change.name) and not _meant(case, commits, lost):
                back.append(_restored(lost))
        if moved:
            return moved[:1]
        if not back:
            return tuple(chain(_as_it_was(case, missed), _elsewhere(case, told, missed)))[:1]
        files = ", ".join(one.name for one in back)
        return (
            Edit(patch=Patch.of(back), reason=f"{files} was removed and is still needed: it is put back"),
        )


def _meant(case: Case, commits: Sequence[Commit], lost: Lost) -> bool:
    """Whether it was removed on purpose: then it is the task that was forgotten."""
    subject = next((one.subject for one in commits if one.id == lost.commit), "")
    return taken_away(subject, case.bench.past.patch_of(lost.commit), lost.change.name)


def _restored(lost: Lost) -> FileChange:
    change = lost.change
    return FileChange(name=change.name, after=change.before, executable=change.was_executable)


def _followed(case: Case, lost: Lost) -> Iterator[Edit]:
    """Yield the change of the settings that still name the old place of a file."""
    old, new = lost.change.name, lost.moved_to
    if new not in case.files.names:
        return
    # Code that imports a module under its old name is for whoever renamed it.
    pattern = re.compile(rf"(?<![\w./-])(?P<dot>\./)?{re.escape(old)}(?![\w/-]|\.\w)")
    changes = []
    for name in case.files.names:
        if name.endswith(_CODE) or is_document(name) or is_test(name) or name.count("/") > 3:
            continue
        text = case.files.read(name)
        if old in text and (after := pattern.sub(lambda one: f"{one['dot'] or ''}{new}", text)) != text:
            changes.append(case.edit(name, after))
    if changes:
        files = ", ".join(one.name for one in changes)
        meant = ("calls `",) if case.files.read(new) == lost.change.before else ()
        yield Edit(patch=Patch.of(changes), reason=f"{old} is {new} now: {files} says so", meant=meant)


def _as_it_was(case: Case, missed: Sequence[str]) -> Iterator[Edit]:
    """Yield the change of settings that name what never was there, and named something else before."""
    past, names = case.bench.past, frozenset(case.files.names)
    settings = [one for one in sorted(names) if (holds_checks(one) or sets_rules(one) or is_workflow(one))]
    ignored = case.files.read(".gitignore") if ".gitignore" in names else ""
    for path in missed:
        for file in (one for one in settings if not is_test(one)):
            text = case.files.read(file)
            said = next((one for one in _ends_of(path) if _named(one).search(text)), "")
            if re.search(rf"(?m)^/?{re.escape(said.partition('/')[0] or '?')}/?$", ignored):
                continue  # it is made by a build
            for before in earlier_texts(past.commits(_COMMITS), past.patch_of, file, 5) if said else ():
                new = restored(text, before, lambda one, said=said: not _named(said).search(one))  # type: ignore[misc]
                back = [line for line in new.split("\n") if line not in text.split("\n")]
                if new and any(_is_there(word, names) for line in back for word in _PATH.findall(line)):
                    reason = f"{said} is not there: {file} names what it named before"
                    yield Edit(patch=Patch.of([case.edit(file, new)]), reason=reason, meant=("calls `",))


def _ends_of(path: str) -> Iterator[str]:
    """Yield what of a path settings may say, the longest first: it may have been told as a whole one."""
    parts = path.strip("/").split("/")
    ends = ("/".join(parts[start:]) for start in range(len(parts) if path.startswith("/") else 1))
    return (one for one in ends if "/" in one or "." in one)


def _named(path: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w./-])(?:\./)?{re.escape(path)}(?![\w/-]|\.\w)")


def _is_there(path: str, names: frozenset[str]) -> bool:
    plain = path.removeprefix("./").rstrip("/")
    return plain in names or any(name.startswith(f"{plain}/") for name in names)


def _elsewhere(case: Case, told: str, missed: Sequence[str]) -> Iterator[Edit]:
    """Yield the change of the only working directory of a workflow, when what it misses is elsewhere."""
    text = case.files.read(case.workflow) if case.workflow else ""
    set_there = list(_FOLDER.finditer(text))
    if len(set_there) != 1:
        return
    folder = posixpath.normpath(set_there[0][2])
    own = [name for name in case.files.names if name.startswith(f"{folder}/")]
    if any(is_test(name) or is_manifest(name) or is_requirements(name) for name in own):
        return  # it was meant to work there
    wanted = ("pyproject.toml", "setup.py") if _NO_PROJECT.search(told) else _below(missed, folder)
    places = {
        name[: -len(one)].rstrip("/") or "."
        for name in case.files.names
        for one in wanted
        if (name == one or name.endswith(f"/{one}")) and not is_test(name)
    }
    if len(places) == 1 and folder not in places:
        (place,) = places
        new = text[: set_there[0].start(2)] + place + text[set_there[0].end(2) :]
        reason = f"{' or '.join(wanted)} is in {place}, not in {folder}: {case.workflow} says so"
        yield Edit(patch=Patch.of([case.edit(case.workflow, new)]), reason=reason)


def _below(missed: Sequence[str], folder: str) -> tuple[str, ...]:
    """Return what the first path that is missed means, as seen from a folder."""
    for path in missed:
        if f"/{folder}/" in f"/{path}":
            return (f"/{path}".rpartition(f"/{folder}/")[2],)
        if not path.startswith("/"):
            return (path,)
    return ()


def _other_letters(case: Case, missed: Sequence[str]) -> Iterator[Edit]:
    """Yield the change of what names a file in other letters than it has."""
    names = frozenset(case.files.names)
    for said in missed:
        real = right_spelling(said, names)
        users = (
            [one for one in names if not (is_test(one) or is_document(one) or is_lock(one))] if real else []
        )
        changes = []
        for name in sorted(users)[:_FILES]:
            text = case.files.read(name)
            if (after := respelled(name, text, real, names)) != text:
                changes.append(case.edit(name, after))
        if changes:
            files = ", ".join(one.name for one in changes)
            yield Edit(patch=Patch.of(changes), reason=f"{real} is spelled like that: {files} says so")


def _without_endings(case: Case, told: str) -> Iterator[Edit]:
    """Yield the endings of files that a module imports without, as only `require` may."""
    names = frozenset(case.files.names)
    by = {one.removeprefix("file://").strip("'\".") for one in _IMPORTER.findall(told)}
    importers = [name for name in sorted(names) if any(one == name or one.endswith(f"/{name}") for one in by)]
    texts = {name: case.files.read(name) for name in importers if not is_test(name)}
    changes = [
        case.edit(name, new) for name, text in texts.items() if (new := completed(name, text, names)) != text
    ]
    if changes:
        files = ", ".join(one.name for one in changes)
        yield Edit(
            patch=Patch.of(changes), reason=f"{files} imports files with their endings, as modules have to"
        )


def _folders(case: Case) -> Iterator[Edit]:
    """Yield the change of the workflow that has steps in a folder which was moved."""
    text = case.files.read(case.workflow) if case.workflow else ""
    past, names = case.bench.past, frozenset(case.files.names)
    new = text
    moved: list[str] = []
    for one in _FOLDER.finditer(text):
        folder = one[2].removeprefix("./").strip("/")
        if not folder or any(name.startswith(f"{folder}/") for name in names):
            continue
        target = moved_folder(folder, past.commits(_COMMITS), past.patch_of, names)
        if target:
            whole = re.compile(
                rf"(?m)^(\s*(?:-\s+)?working-directory:\s*[\"']?(?:\./)?){re.escape(folder)}(?=/?[\"'\s]|$)"
            )
            new = whole.sub(lambda found, to=target: f"{found[1]}{to}", new)  # type: ignore[misc]
            moved.append(f"{folder} is {target} now")
    if new != text:
        reason = f"{'; '.join(dict.fromkeys(moved))}: {case.workflow} says so"
        yield Edit(patch=Patch.of([case.edit(case.workflow, new)]), reason=reason)
