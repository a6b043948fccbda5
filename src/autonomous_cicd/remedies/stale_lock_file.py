"""Stale lock file: made anew by its own tool, so that nothing else moves than what has to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import basename, dirname

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.distributions import distribution_of
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.domain.python_locks import (
    Compiled,
    compiled,
    hashes,
    making,
    stale_manager,
    with_header,
    without_hashes,
)
from autonomous_cicd.domain.python_manifest import is_requirements, mentioned
from autonomous_cicd.domain.python_missing import Kind, missing
from autonomous_cicd.domain.python_project import PythonProject, look_at, python_of
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.domain.requirement import normal
from autonomous_cicd.plugins import remedy

__all__ = ["StaleLockFile"]

_REMAKE = {
    "poetry.lock": "poetry lock --no-update || poetry lock",
    "pdm.lock": "pdm lock --update-reuse || pdm lock",
    "Pipfile.lock": "pipenv lock",
}
_HASHES = re.compile(
    r"DO NOT MATCH THE HASHES|In --require-hashes mode|Hashes are required in --require-hashes mode"
    r"|Hash mismatch for|does not have a hash|--hash=sha256:"
)
_MISMATCH = re.compile(r"DO NOT MATCH THE HASHES|Hash mismatch for")
_LACKS = re.compile(r"No module named|fixture '\w+' not found|command not found")
_COMMITS = 20


@remedy
class StaleLockFile:
    """Makes a lock file anew that no longer fits to what is asked for."""

    name = "stale_lock_file"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.SAFE

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, by what the failure's lines say."""
        said = "\n".join((failure.message, *(quote.text for quote in failure.evidence)))
        if stale_manager(said) or _HASHES.search(said):
            return 0.95
        if failure.category is Category.LOCKFILE_OUT_OF_SYNC:
            return 0.6
        return 0.3 if _LACKS.search(said) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the lock file as its tool makes it now."""
        scripts = [step.command for step in case.result.steps if step.command]
        scripts = scripts or [command.text for command in case.task.commands]
        project = look_at(case.files.names, case.files.read, scripts, case.workflow)
        name = stale_manager(case.log) or _lacking(case, project)
        if name:
            return await _managed(case, name)
        if _HASHES.search(case.log):
            return await _hashed(case, project)
        return await _compiled(case, project)


def _lacking(case: Case, project: PythonProject) -> str:
    """Return the lock file that lacks what its manifest asks for, when just that is missing."""
    for lock in [name for name in project.texts if basename(name) in ("uv.lock", *_REMAKE)]:
        folder = dirname(lock)
        manifest = f"{folder}/pyproject.toml" if folder else "pyproject.toml"
        known = set(mentioned(lock, project.texts[lock]))
        asked = set(mentioned(manifest, project.texts.get(manifest, "")))
        for one in missing(case.log):
            name = one.distribution or (distribution_of(one.name, asked) if one.kind is Kind.MODULE else "")
            if name and normal(name) in asked and normal(name) not in known:
                return basename(lock)
    return ""


async def _managed(case: Case, name: str) -> Sequence[Prescription]:
    locks = [file for file in case.files.names if basename(file) == name]
    folder = dirname(locks[0]) if locks else ""
    file = f"{folder}/{name}" if folder else name
    if name == "uv.lock":
        tried = await case.bench.execute("uv", "lock", folder=folder or ".")
    else:
        command = f"cd '{folder or '.'}' && ({_REMAKE[name]})"
        tried = await case.bench.instead(making(command, name, case.script))
    made = Patch.of([one for one in tried.changed if one.name == file])
    if not tried.green or not made:
        return ()
    return (Edit(patch=made, reason=f"makes {file} anew, which did not fit to what is asked for any more"),)


async def _hashed(case: Case, project: PythonProject) -> Sequence[Prescription]:
    """Make the compiled requirements anew that a job installs with hashes."""
    files = [place.file for place in project.job if is_requirements(place.file)]
    texts = {**project.texts}
    files += [name for name in texts if is_requirements(name) and "--hash" in texts[name]]
    for file in dict.fromkeys(files):
        source = re.sub(r"\.in$", ".txt", file)
        known = compiled(source, texts) if "--hash" in texts.get(source, "") else None
        if known is None:
            continue
        made = await _made(case, known, texts[source])
        if made is None:
            continue
        if said := _suspicious(case, made):
            return (Escalate(reason=said),)
        reason = f"makes {source} anew from {', '.join(known.sources)}: its hashes did not fit any more"
        return (Edit(patch=Patch.of([made]), reason=reason),)
    return ()


async def _compiled(case: Case, project: PythonProject) -> Sequence[Prescription]:
    """Make the compiled requirements anew that lack what their source asks for, when just that is missing."""
    modules = [one for one in missing(case.log) if one.kind in (Kind.MODULE, Kind.COMMAND, Kind.PLUGIN)]
    for place in project.job if modules else ():
        file = re.sub(r"\.in$", ".txt", place.file)
        known = compiled(file, project.texts) if file != place.file and file in project.texts else None
        if known is None:
            continue
        asked = {name for source in known.sources for name in mentioned(source, project.texts[source])}
        names = {normal(one.distribution or distribution_of(one.name, asked)) for one in modules}
        if not (names & asked) - set(mentioned(file, project.texts[file])):
            continue
        if made := await _made(case, known, project.texts[file]):
            reason = f"makes {file} anew from {', '.join(known.sources)}, which asks for more than it has"
            return (Edit(patch=Patch.of([made]), reason=reason),)
    return ()


async def _made(case: Case, known: Compiled, old: str) -> FileChange | None:
    bare = Patch()
    if _MISMATCH.search(case.log):
        # The tool keeps the hashes that stand there, right or wrong.
        bare = Patch.of([case.edit(known.file, without_hashes(old))])
    tried = await case.bench.execute(*known.argv(python_of(case.log)), patch=bare)
    new = next((one.after for one in tried.changed if one.name == known.file), None)
    if not tried.green or new is None:
        return None
    change = case.edit(known.file, with_header(new, old))
    return change if change.before != change.after else None


def _suspicious(case: Case, made: FileChange) -> str:
    """Return why new hashes are not believed: nothing explains the ones that were locked."""
    if not _MISMATCH.search(case.log):
        return ""
    before, after = hashes(made.before or ""), hashes(made.after or "")
    for release, known in before.items():
        now = after.get(release)
        if now is None or not known or known & now:
            continue
        if not any(_explained(release, known, now, old) for old in _earlier(case, made.name)):
            which = f"{release[0]} {release[1]}"
            return f"the files of {which} are not those whose hashes were locked, and nothing explains it"
    return ""


def _earlier(case: Case, name: str) -> Iterator[dict[tuple[str, str], frozenset[str]]]:
    """Yield the hashes that the file had before each commit that changed it."""
    past = case.bench.past
    for commit in past.commits(_COMMITS):
        if name in commit.files:
            yield from (hashes(one.before or "") for one in past.patch_of(commit.id) if one.name == name)


def _explained(
    release: tuple[str, str],
    known: frozenset[str],
    now: frozenset[str],
    old: dict[tuple[str, str], frozenset[str]],
) -> bool:
    """Whether the new hashes were locked before, or the present ones are left from another version."""
    if old.get(release, frozenset()) & now:
        return True
    return any(
        name == release[0] and version != release[1] and bool(hashed & known)
        for (name, version), hashed in old.items()
    )
