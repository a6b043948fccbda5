"""Takes the successor that retired release actions name themselves, where its inputs say the same."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.domain.yaml_lines import Path, Sheet, value_at

__all__ = ["SUCCESSOR", "succeed"]

SUCCESSOR = "softprops/action-gh-release@v2"
"""What the last page of the retired actions recommends."""

_CREATE = {
    "tag_name": "tag_name",
    "release_name": "name",
    "body": "body",
    "body_path": "body_path",
    "draft": "draft",
    "prerelease": "prerelease",
    "commitish": "target_commitish",
}
_UPLOAD = frozenset(("upload_url", "asset_path", "asset_name", "asset_content_type"))
_REF = re.compile(r"\$\{\{\s*github\.ref\s*\}\}")


def succeed(sheet: Sheet, step: Path) -> bool:
    """Have a step that makes a release, or adds to one, do so with the successor; whether that is sure."""
    uses = value_at(sheet.value, (*step, "uses"))
    given = value_at(sheet.value, (*step, "with"))
    if not isinstance(uses, str) or not isinstance(given, dict):
        return False
    rows = {key: sheet.row((*step, "with", key)) for key in given}
    if any(not re.match(rf"\s*{re.escape(key)}\s*:", sheet.lines[row]) for key, row in rows.items()):
        return False
    row = sheet.row((*step, "uses"))
    if uses not in sheet.lines[row]:
        return False
    create = uses.lower().startswith("actions/create-release@")
    if not (_created(sheet, given, rows) if create else _uploaded(sheet, given, rows)):
        return False
    sheet.lines[row] = sheet.lines[row].replace(uses, SUCCESSOR, 1)
    return True


def _created(sheet: Sheet, given: dict[str, Json], rows: dict[str, int]) -> bool:
    if not set(given) <= set(_CREATE) or "tag_name" not in given:
        return False
    for key, row in rows.items():
        line = re.sub(rf"^(\s*){key}(?=\s*:)", rf"\g<1>{_CREATE[key]}", sheet.lines[row])
        if key == "tag_name":
            # The name of a tag is meant, not the whole reference.
            line = _REF.sub("${{ github.ref_name }}", line)
        sheet.lines[row] = line
    return True


def _uploaded(sheet: Sheet, given: dict[str, Json], rows: dict[str, int]) -> bool:
    path, name = given.get("asset_path"), given.get("asset_name")
    if set(given) - _UPLOAD or not isinstance(path, str) or PurePosixPath(path).name != name:
        return False
    tag = _tag(sheet.value, f"{given.get('upload_url')}")
    if tag is None or any(sheet.block(row) for row in rows.values()):
        return False
    sheet.lines[rows["asset_path"]] = re.sub(r"asset_path(?=\s*:)", "files", sheet.lines[rows["asset_path"]])
    line = sheet.lines[rows["upload_url"]]
    gone = [rows[key] for key in ("asset_name", "asset_content_type") if key in rows]
    if tag:
        sheet.lines[rows["upload_url"]] = f"{line[: len(line) - len(line.lstrip())]}tag_name: {tag}"
    else:
        gone.append(rows["upload_url"])
    for row in sorted(gone, reverse=True):
        del sheet.lines[row]
    return True


def _tag(document: Json, url: str) -> str | None:
    """Return the tag of the release that an address belongs to; "": that of the event; None: not known."""
    if re.search(r"github\.event\.release\.upload_url", url):
        return ""
    found = re.search(r"steps\.([\w-]+)\.outputs\.upload_url", url)
    jobs = value_at(document, ("jobs",))
    for job in jobs.values() if isinstance(jobs, dict) and found else ():
        steps = value_at(job, ("steps",))
        for step in steps if isinstance(steps, list) else ():
            if isinstance(step, dict) and found and step.get("id") == found[1]:
                tag = value_at(step, ("with", "tag_name"))
                return _REF.sub("${{ github.ref_name }}", tag) if isinstance(tag, str) else None
    return None
