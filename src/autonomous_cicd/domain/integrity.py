"""Integrity: whether a patch mends what is broken, or hides it.

Every patch is judged here, whoever made it. What is refused nobody may do unasked; what asks for consent is a
proposal to a person. Nothing else decides whether a change is honest: a green run alone never does.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from autonomous_cicd.domain.checks_run import fewer_checks
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
from autonomous_cicd.domain.globs import select
from autonomous_cicd.domain.merge_marks import forgotten, settled
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.domain.pins import unsafe_pins
from autonomous_cicd.domain.pretending import pretended
from autonomous_cicd.domain.redaction import Redactor
from autonomous_cicd.domain.strictness import less_strict
from autonomous_cicd.domain.verification import Counts
from autonomous_cicd.domain.weakening import weakened

__all__ = ["MOST_BYTES", "MOST_FILES", "MOST_LINES", "Objection", "objections", "test_objections"]

MOST_FILES = 20
"""Files of a patch, lock files aside."""
MOST_LINES = 500
"""Lines that a patch removes and adds, lock files aside."""
MOST_BYTES = 100_000
"""Size of a patch, lock files aside."""

LONGEST_LINE = 1_000
"""Characters of a line that are looked at."""

_NAME = re.compile(r"[^\x00-\x1f\x7f\\]+")
_OURS = re.compile(r"\.git|\.hg|\.svn|\.gitmodules|\.gitconfig|\.githooks|\.husky|\.lfsconfig", re.IGNORECASE)
_IMPORTED_UNASKED = re.compile(r"(?:site|user)customize\.py|.*\.pth|\.pythonstartup", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"(?:#.*|\s*|\S+(?:\s+(?:text(?:=auto)?|-text|binary|eol=(?:lf|crlf)))+\s*)")
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://(?:[^\s/@\"']*@)?([\w.-]+)", re.IGNORECASE)
_LIMITED = re.compile(r"\.mocharc[\w.]*")
_LIMIT = re.compile(r"(\btimeout[\"']?\s*[:=]\s*[\"']?)[1-9]\d*")
"""A limit of time in the settings of a test runner, and not that there is none."""
_WHITE = re.compile(r"\s+")
_MARKS = re.compile(r"[\s'\"`,;()]+")


def objections(
    patch: Patch,
    *,
    allowed: Collection[str] = ("**",),
    before: Counts | None = None,
    after: Counts | None = None,
    links: Collection[str] = (),
    secured: Collection[str] = (),
) -> tuple[Objection, ...]:
    """Return what speaks against a patch, the flat refusals first.

    `allowed` are patterns of the files that the cause concerns, `links` the names in the project that are
    symbolic links, `secured` names of packages of which a commit raised the version for security; the counts
    are those of the tests, as far as they have been run.
    """
    found = [*_sizes(patch)]
    if before is not None and after is not None:
        found += test_objections(before, after)
    named = set(select(allowed, patch.files))
    for change in patch:
        place = list(_place(change, links))
        found += place
        if not place:
            if change.name not in named:
                found.append(Objection(file=change.name, what="is no file that the cause concerns"))
            found += _content(change, secured)
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.consent))


def test_objections(before: Counts, after: Counts) -> Iterator[Objection]:
    """Yield what the numbers of tests before and after a change say against it."""
    if after.ran < before.ran:
        yield Objection(what=f"only {after.ran} tests were run, {before.ran} before")
    elif after.ran + after.skipped < before.ran + before.skipped:
        missing = before.ran + before.skipped - after.ran - after.skipped
        yield Objection(what=f"{missing} tests are not there any more")
    elif after.skipped > before.skipped and after.ran == before.ran:
        yield Objection(what=f"{after.skipped} tests were skipped, {before.skipped} before")


def _sizes(patch: Patch) -> Iterator[Objection]:
    written = [one for one in patch if not is_lock(one.name)]
    lines = sum(len(part) for one in written for part in one.lines)
    size = sum(len(line) for one in written for part in one.lines for line in part)
    if len(written) > MOST_FILES:
        yield Objection(what=f"changes {len(written)} files, more than {MOST_FILES}")
    if lines > MOST_LINES:
        yield Objection(what=f"changes {lines} lines, more than {MOST_LINES}")
    if size > MOST_BYTES:
        yield Objection(what=f"changes {size} bytes, more than {MOST_BYTES}")


def _place(change: FileChange, links: Collection[str]) -> Iterator[Objection]:
    """Yield why a file must not be written at all."""
    name = change.name
    parts = name.split("/")
    plain = _NAME.fullmatch(name) and len(name) <= 500 and not re.match(r"[A-Za-z]:|~", name)
    if not plain or any(part in ("", ".", "..") for part in parts):
        yield Objection(file=name, what="is no plain path in the project")
    elif any(_OURS.fullmatch(part.rstrip(". ")) for part in parts):
        yield Objection(file=name, what="belongs to version control, not to the project")
    elif _IMPORTED_UNASKED.fullmatch(parts[-1]):
        yield Objection(file=name, what="would be executed unasked")
    elif any("/".join(parts[: end + 1]) in links for end in range(len(parts))):
        yield Objection(file=name, what="is a link, or lies behind one")
    elif not (_is_text(change.before) and _is_text(change.after)):
        yield Objection(file=name, what="is no text")


def _is_text(text: str | None) -> bool:
    return text is None or not ("\0" in text or re.search(r"[\ud800-\udfff]", text))


def _content(change: FileChange, secured: Collection[str]) -> Iterator[Objection]:
    name = change.name
    yield from _whole_files(change)
    if is_test(name):
        if (objection := _test_file(change)) is not None:
            yield objection
        return
    if change.before and change.after:
        if settled(change.before) == change.after:
            return  # nothing but the marks of a merge that was never ended
        if forgotten(change.before, change.after):
            yield Objection(file=name, what="ends a merge without what one side of it wanted", consent=True)
    change, cut = _judgeable(change)
    if cut and not is_lock(name):
        yield Objection(file=name, line=cut, what="has a line that is too long to be judged", consent=True)
    yield from weakened(change)
    yield from pretended(change)
    if sets_rules(name):
        yield from less_strict(change)
    if holds_checks(name):
        yield from fewer_checks(change)
    if is_manifest(name) or is_lock(name) or is_workflow(name):
        yield from unsafe_pins(change, secured)
    yield from _addresses(change)
    yield from _secrets(change)
    yield from _hashes(change)
    if PurePosixPath(name).name == ".gitattributes":
        odd = [line for line in change.lines[1] if not _ATTRIBUTES.fullmatch(line.rstrip("\r\n"))]
        if odd:
            yield Objection(file=name, what=f"has files treated by other programs: {odd[0].strip()[:80]}")


def _judgeable(change: FileChange) -> tuple[FileChange, int]:
    """Return a change with its lines cut to a bearable length, and the first new line that was too long."""
    known = set((change.before or "").split("\n"))
    lines = (change.after or "").split("\n")
    long = (number for number, line in enumerate(lines, 1) if len(line) > LONGEST_LINE and line not in known)
    texts = [
        None if text is None else "\n".join(line[:LONGEST_LINE] for line in text.split("\n"))
        for text in (change.before, change.after)
    ]
    return replace(change, before=texts[0], after=texts[1]), next(long, 0)


def _whole_files(change: FileChange) -> Iterator[Objection]:
    name = change.name
    if change.after is None:
        checked = is_workflow(name) or is_lock(name) or sets_rules(name)
        yield Objection(file=name, what="is removed", consent=not (checked or is_test(name)))
    elif change.before is None and is_workflow(name):
        yield Objection(file=name, what="is a new CI file", consent=True)
    elif change.before is not None and change.was_executable and not change.executable:
        yield Objection(file=name, what="is no longer executable", consent=not is_test(name))


def _test_file(change: FileChange) -> Objection | None:
    """Return what speaks against a change of a test: everything, unless it means the same as before."""
    name, before, after = change.name, change.before, change.after
    if before is None or after is None:
        return Objection(file=name, what="is a test, and tests are the specification")
    if before == after or (before.startswith("#!") and before.replace("\r\n", "\n") == after):
        return None
    if _LIMITED.fullmatch(PurePosixPath(name).name) and _LIMIT.sub(r"\1", before) == _LIMIT.sub(r"\1", after):
        return None  # how long a test may take is no part of what it wants
    if _same(name, before, after):
        return Objection(file=name, what="is a test; only its form is changed", consent=True)
    return Objection(file=name, what="is a test, and tests are the specification")


def _same(name: str, before: str, after: str) -> bool:
    """Whether two texts differ in their form only."""
    if before.replace("\r\n", "\n") == after.replace("\r\n", "\n"):
        return True
    if name.endswith((".py", ".pyi")):
        try:
            return ast.dump(_sorted(ast.parse(before))) == ast.dump(_sorted(ast.parse(after)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    if name.endswith((".yml", ".yaml", ".snap", ".txt", ".mk", ".feature")):
        return [line.rstrip() for line in before.rstrip().split("\n")] == [
            line.rstrip() for line in after.rstrip().split("\n")
        ]
    return _MARKS.sub("", before) == _MARKS.sub("", after)


def _sorted(tree: ast.Module) -> ast.Module:
    """Return a module with its imports, where several follow each other, in one order."""
    body: list[ast.stmt] = []
    imports: list[ast.stmt] = []
    for node in (*tree.body, None):
        if isinstance(node, ast.Import | ast.ImportFrom):
            node.names.sort(key=lambda one: (one.name, one.asname or ""))
            imports.append(node)
            continue
        body += sorted(imports, key=ast.dump)
        imports = []
        if node is not None:
            body.append(node)
    tree.body = body
    return tree


def _addresses(change: FileChange) -> Iterator[Objection]:
    """Yield hosts that are named for the first time where something may be fetched from them."""
    name = change.name
    if not (holds_checks(name) or is_manifest(name) or is_lock(name) or sets_rules(name)):
        return
    before, after = (Counter(_ADDRESS.findall(text or "")) for text in (change.before, change.after))
    hosts = [host for host in after if host not in before]
    if is_lock(name):
        if before and hosts:
            yield Objection(file=name, what=f"takes packages from another place: {hosts[0]}")
    elif hosts:
        yield Objection(file=name, what=f"names a host that was not named before: {hosts[0]}", consent=True)


def _secrets(change: FileChange) -> Iterator[Objection]:
    if is_lock(change.name) or is_document(change.name):
        return
    redactor = Redactor()
    before = set((change.before or "").split("\n"))
    for number, line in enumerate((change.after or "").split("\n"), 1):
        if line not in before and len(line) < 2000 and redactor.redact(line) != line and "${{" not in line:
            yield Objection(file=change.name, line=number, what="seems to contain a secret")
            return


def _hashes(change: FileChange) -> Iterator[Objection]:
    """Yield that packages are no longer checked against a hash."""
    before, after = change.before or "", change.after
    if after is None:
        return
    if is_requirements(change.name):
        old, new = (re.findall(r"--hash=", text) for text in (before, after))
        lines = re.sub(r"\\\r?\n", " ", after).split("\n")
        bare = [
            line
            for line in lines
            if re.match(r"\s*[A-Za-z0-9][\w.\[\]-]*\s*==", line) and "--hash=" not in line
        ]
        if old and (not new or bare):
            yield Objection(file=change.name, what="has requirements without a hash, though it had them")
    elif is_lock(change.name):
        kinds = (
            r"\"integrity\"\s*:",
            r"\bhash\s*=\s*\"",
            r"\bsha(?:256|512)[:=-]",
            r"\bchecksum\b",
            r"\bh1:",
        )
        for kind in kinds:
            if re.search(kind, before) and not re.search(kind, after):
                yield Objection(file=change.name, what="has no hashes any more")
                return
        unchecked = [
            len(re.findall(r"\"resolved\"\s*:", text)) - len(re.findall(r"\"integrity\"\s*:", text))
            for text in (before, after)
        ]
        if unchecked[1] > max(unchecked[0], 0):
            yield Objection(file=change.name, what="has packages without a hash")
