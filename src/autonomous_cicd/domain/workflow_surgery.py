"""Repairs of a workflow file that the code host refuses, each of one kind of refusal, in all its places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from autonomous_cicd.domain.release_actions import succeed
from autonomous_cicd.domain.runner_commands import with_files
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.domain.workflow_refusals import IMAGES, OFFERED, RETIRED_ACTIONS, Refusal
from autonomous_cicd.domain.yaml_lines import Path, Sheet, indent_of, key_column, value_at

__all__ = ["Chooser", "commands_to_files", "grant", "newer_actions", "newer_images", "real_versions"]

Chooser = Callable[[str, Sequence[str]], str]
"""Returns the version to take for one that is not there, given those beside it; "" for none."""

_HIDDEN = re.compile(r"(?:^|/)\.[A-Za-z*]")
_VARIES = re.compile(r"\$\{\{[^}]*\b(?:matrix|strategy)\b[^}]*\}\}")
_NUMBER = re.compile(r"""(?<![\w."'-])(\d+\.\d+)(?![\w."'-])""")
_LEG = "${{ strategy.job-index }}"


def newer_actions(sheet: Sheet, found: Sequence[Refusal]) -> bool:
    """Take the versions of actions that are still served; whether all of it is sure."""
    renamed: dict[str, None] = {}
    names: list[str] = []
    # From below, so that a line that is put in does not move those that are still to be changed.
    for refusal in sorted(found, key=lambda one: one.line, reverse=True):
        action, _, version = refusal.subject.partition("@")
        newer = RETIRED_ACTIONS[action.strip().lower()][1]
        row = sheet.row(refusal.path)
        if not newer:
            if not succeed(sheet, refusal.path[:-1]):
                return False
            continue
        if f"@{version}" not in sheet.lines[row]:
            return False
        if action.strip().lower() == "actions/upload-artifact":
            step = refusal.path[:-1]
            name = value_at(sheet.value, (*step, "with", "name"))
            names.append(name if isinstance(name, str) else "artifact")
            if not _adapt_upload(sheet, step, renamed):
                return False
        sheet.lines[row] = sheet.lines[row].replace(f"@{version}", f"@{newer}", 1)
    if len(set(names)) < len(names):
        return False
    return all(_adapt_downloads(sheet, name) for name in renamed)


def _adapt_upload(sheet: Sheet, step: Path, renamed: dict[str, None]) -> bool:
    """Have an upload do with version 4 what it did: hidden files, and one name for each leg of a matrix."""
    given = value_at(sheet.value, (*step, "with"))
    if not isinstance(given, dict):
        return False
    path = given.get("path")
    hidden = isinstance(path, str) and any(_HIDDEN.search(part.strip()) for part in path.splitlines())
    if hidden and "include-hidden-files" not in given:
        below = [one for one in sheet.block(sheet.row((*step, "with"))) if sheet.lines[one].strip()]
        if not below:
            return False
        blanks = " " * indent_of(sheet.lines[below[0]])
        sheet.lines.insert(below[-1] + 1, f"{blanks}include-hidden-files: true")
    matrix = value_at(sheet.value, (*step[:2], "strategy", "matrix"))
    name = given.get("name")
    if matrix is None or (isinstance(name, str) and _VARIES.search(name)) or _legs(matrix) == 1:
        return True
    row = sheet.row((*step, "with", "name"))
    if not isinstance(name, str) or not re.match(r"\s*name:\s", sheet.lines[row]):
        return False
    if not sheet.replace(row, name, f"{name}-{_LEG}"):
        return False
    renamed[name] = None
    return True


def _legs(matrix: Json) -> int:
    if not isinstance(matrix, dict):
        return 0
    count = 1
    for key, values in matrix.items():
        if key not in ("include", "exclude"):
            count *= len(values) if isinstance(values, list) else 2
    extra = matrix.get("include")
    return max(count, len(extra)) if isinstance(extra, list) else count


def _adapt_downloads(sheet: Sheet, name: str) -> bool:
    """Have the downloads of an artifact that has become several take them all."""
    jobs = value_at(sheet.value, ("jobs",))
    places = []
    for job, body in jobs.items() if isinstance(jobs, dict) else ():
        steps = value_at(body, ("steps",))
        for number, step in enumerate(steps if isinstance(steps, list) else ()):
            uses = value_at(step, ("uses",))
            download = isinstance(uses, str) and uses.lower().startswith("actions/download-artifact@")
            if download and value_at(step, ("with", "name")) == name:
                places.append(("jobs", job, "steps", number, "with", "name"))
    for path in reversed(places):
        # Lines may have been put in above since the file was read.
        near = sheet.row(path)
        pattern = re.compile(rf"(\s*)name:\s+([\"']?){re.escape(name)}\2\s*$")
        row = next(
            (one for one in range(near, min(near + 8, len(sheet.lines))) if pattern.match(sheet.lines[one])),
            -1,
        )
        if row < 0:
            return False
        blanks = " " * indent_of(sheet.lines[row])
        sheet.lines[row : row + 1] = [f"{blanks}pattern: {name}-*", f"{blanks}merge-multiple: true"]
    return True


def newer_images(sheet: Sheet, found: Sequence[Refusal]) -> bool:
    """Take images of runners that are still offered; whether all of it is sure."""
    taken: dict[str, str] = {}
    removed: list[int] = []
    for refusal in found:
        old = refusal.subject
        row = sheet.row(refusal.path)
        beside = value_at(sheet.value, refusal.path[:-1])
        others = [one for one in beside if isinstance(one, str)] if isinstance(beside, list) else []
        new = _image(old, others + list(taken.values()) if others else [])
        new = taken.get(old, new) if not others else new
        if not new:
            if not others or not _drop(sheet, row, old, removed):
                return False
            continue
        if not sheet.replace(row, old, new):
            return False
        taken[old] = new
    for old, new in taken.items():
        for row, line in enumerate(sheet.lines):
            if re.search(
                r"\bmatrix\.|^\s*(?:-\s+)?(?:os|runs-on|image|runner)\s*:", line
            ) and not line.lstrip().startswith("#"):
                sheet.replace(row, old, new)
    for row in sorted(removed, reverse=True):
        del sheet.lines[row]
    return True


def _image(old: str, others: Sequence[str]) -> str:
    if old in IMAGES:
        return next((one for one in IMAGES[old][1] if one not in others), "")
    system = next((one for one in ("macos", "windows") if old.lower().startswith(one[:5])), "ubuntu")
    latest = f"{system}-latest"
    return latest if latest in OFFERED and latest not in others else ""


def _drop(sheet: Sheet, row: int, word: str, removed: list[int]) -> bool:
    """Remove an item of a list, whether it stands in brackets or in a line of its own."""
    line = sheet.lines[row]
    quoted = rf"""["']?{re.escape(word)}["']?"""
    if re.fullmatch(rf"\s*-\s+{quoted}\s*(?:#.*)?", line):
        removed.append(row)
        return True
    new, count = re.subn(rf"(?<=[\[,])\s*{quoted}\s*,\s*|,\s*{quoted}\s*(?=[\],])", "", line, count=1)
    if not count:
        return False
    sheet.lines[row] = re.sub(r"\[\s*,\s*", "[", new)
    return True


def real_versions(sheet: Sheet, found: Sequence[Refusal], choose: Chooser) -> bool:
    """Quote versions that were read as numbers, and take others for those that are not there."""
    removed: list[int] = []
    for refusal in found:
        row = sheet.row(refusal.path)
        beside = value_at(sheet.value, refusal.path[:-1])
        others = [f"{one}" for one in beside if one is not None] if isinstance(beside, list) else []
        line = sheet.lines[row]
        lost = _lost_zero(line, refusal.subject)
        if lost:
            sheet.lines[row] = _quote(line, lost)
            continue
        new = choose(refusal.subject, others)
        if not new:
            if len(others) < 2 or not _drop(sheet, row, refusal.subject, removed):
                return False
        elif not _put(sheet, row, refusal.subject, new):
            return False
    for row in sorted(removed, reverse=True):
        del sheet.lines[row]
    return True


def _lost_zero(line: str, read: str) -> str:
    """Return how a number is written that was read as another version: `3.10` is read as 3.1."""
    for one in re.finditer(r"""(?<![\w."'-])(\d+\.\d+0)(?![\w."'-])""", line):
        if f"{float(one[1])}" == read:
            return one[1]
    return ""


def _quote(line: str, word: str) -> str:
    mark = "'" if "'" in line and '"' not in line else '"'
    if "[" in line:
        # In a list in brackets all numbers are quoted: the next one that ends with 0 would be misread again.
        start, _, rest = line.partition("[")
        inside, _, end = rest.partition("]")
        numbers = _NUMBER.sub(rf"{mark}\1{mark}", inside)
        return f"{start}[{numbers}]{end}"
    return re.sub(rf"(?<![\w.\"'-]){re.escape(word)}(?![\w.\"'-])", f"{mark}{word}{mark}", line, count=1)


def _put(sheet: Sheet, row: int, old: str, new: str) -> bool:
    line = sheet.lines[row]
    quoted, count = re.subn(rf"""(["']){re.escape(old)}\1""", rf"\g<1>{new}\1", line, count=1)
    if count:
        sheet.lines[row] = quoted
        return True
    sheet.lines[row], count = re.subn(rf"(?<![\w.]){re.escape(old)}(?![\w.])", f'"{new}"', line, count=1)
    return bool(count)


def commands_to_files(sheet: Sheet, found: Sequence[Refusal]) -> bool:
    """Have scripts write to the environment files; whether all of it is sure."""
    done: set[Path] = set()
    for refusal in sorted(found, key=lambda one: one.line, reverse=True):
        if refusal.path in done:
            continue
        done.add(refusal.path)
        rows = sheet.scalar(sheet.row(refusal.path), "run")
        if rows is None:
            return False
        new = with_files([sheet.lines[one] for one in rows], _shell(sheet.value, refusal.path[:-1]))
        if new is None:
            return False
        sheet.lines[rows.start : rows.stop] = new
    return True


def _shell(document: Json, step: Path) -> str:
    """Return the shell of a step's script."""
    for path in ((*step, "shell"), (*step[:2], "defaults", "run", "shell"), ("defaults", "run", "shell")):
        shell = value_at(document, path)
        if isinstance(shell, str) and shell:
            return shell
    image = value_at(document, (*step[:2], "runs-on"))
    return "pwsh" if isinstance(image, str) and image.startswith("windows") else "bash"


def grant(sheet: Sheet, job: str, rights: Sequence[str]) -> bool:
    """Grant a job further rights, and no other job any; whether that is sure."""
    jobs = value_at(sheet.value, ("jobs",))
    own = value_at(sheet.value, ("jobs", job, "permissions"))
    top = value_at(sheet.value, ("permissions",))
    only = isinstance(jobs, dict) and len(jobs) == 1
    body = value_at(sheet.value, ("jobs", job))
    declared = isinstance(body, dict) and "permissions" in body
    if declared:
        return _extend(sheet, ("jobs", job, "permissions"), own, rights)
    if only and isinstance(sheet.value, dict) and "permissions" in sheet.value:
        return _extend(sheet, ("permissions",), top, rights)
    if isinstance(top, str):
        return False
    wanted: dict[str, Json] = dict(top) if isinstance(top, dict) else {"contents": "read"}
    wanted.update(dict.fromkeys(rights, "write"))
    row = sheet.row(("jobs", job, "runs-on"))
    blanks = " " * key_column(sheet.lines[row])
    if not sheet.lines[row].lstrip().startswith("runs-on"):
        return False
    step = " " * max(indent_of(sheet.lines[sheet.row(("jobs", job))]), 2)
    new = [f"{blanks}permissions:", *(f"{blanks}{step}{name}: {value}" for name, value in wanted.items())]
    after = sheet.block(row).stop
    sheet.lines[after:after] = new
    return True


def _extend(sheet: Sheet, path: Path, there: Json, rights: Sequence[str]) -> bool:
    """Add rights to a `permissions:` that is there."""
    row = sheet.row(path)
    if isinstance(there, Mapping) and there:
        for right in rights:
            if right in there:
                place = sheet.row((*path, right))
                new, count = re.subn(
                    rf"(\b{re.escape(right)}[\"']?\s*:\s*[\"']?)(?:read|none)\b",
                    r"\g<1>write",
                    sheet.lines[place],
                    count=1,
                )
                if not count:
                    return False
                sheet.lines[place] = new
            else:
                below = [one for one in sheet.block(row) if sheet.lines[one].strip()]
                if not below or "{" in sheet.lines[row]:
                    return False
                blanks = " " * indent_of(sheet.lines[below[0]])
                sheet.lines.insert(below[-1] + 1, f"{blanks}{right}: write")
        return True
    if there is None or there == {}:
        found = re.match(r"(\s*permissions:)\s*(?:\{\s*\})?\s*$", sheet.lines[row])
        if not found:
            return False
        blanks = " " * (indent_of(sheet.lines[row]) + 2)
        sheet.lines[row : row + 1] = [found[1], *(f"{blanks}{right}: write" for right in rights)]
        return True
    return False
