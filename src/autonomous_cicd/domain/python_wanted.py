"""Which releases of Python a project says that it supports, as its manifests write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autonomous_cicd.domain.file_kinds import is_document
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.ranges import parse_range, parse_version

__all__ = ["classified", "decided", "instead_of", "releases", "requirement"]

RELEASES = tuple(f"3.{minor}" for minor in range(8, 15))
"""Releases that setup actions find for every image that is offered."""

_REQUIRES = re.compile(
    r"""(?m)^\s*(?:requires-python|python_requires|python)\s*=\s*(?:\(\s*)?["']?(?P<range>[\^~<>=!0-9][^"'\n#]*)["']?"""
)
_SPEAKS = re.compile(r"\bpython\b|\bpy ?3|\b3\.\d+\b", re.IGNORECASE)
"""What speaks of releases of Python."""
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.\d+)\b")


def requirement(texts: Iterable[str]) -> str:
    """Return the first range of Pythons that the manifests ask for; "" when none does."""
    for text in texts:
        if found := _REQUIRES.search(text):
            return found["range"].strip().rstrip(",")
    return ""


def decided(subject: str, patch: Patch, name: str) -> bool | None:
    """Whether a commit meant that a manifest asks for other Pythons; None when it changed nothing there.

    It says so, or does without the others in the classifiers as well.
    """
    for change in patch:
        texts = [change.before or "", change.after or ""]
        if change.name == name and requirement(texts[:1]) != requirement(texts[1:]):
            notes = [line for one in patch if is_document(one.name) for line in one.lines[1]]
            said = any(_SPEAKS.search(line) for line in (subject, *notes))
            return said or set(classified(texts[:1])) > set(classified(texts[1:]))
    return None


def classified(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the releases that a project's classifiers name, the oldest first."""
    named = {one for text in texts for one in _CLASSIFIER.findall(text)}
    return tuple(sorted(named, key=lambda one: int(one.partition(".")[2])))


def releases(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the releases that a project supports, the oldest first, as far as they can be had."""
    wanted = requirement(texts)
    span = parse_range(wanted) if wanted else None
    named = {one for text in texts for one in _CLASSIFIER.findall(text)}
    fit = []
    for release in RELEASES:
        version = parse_version(f"{release}.99")
        if span is None or (version and span.admits(version, pep=True, missing=0)):
            fit.append(release)
    among = [one for one in fit if one in named]
    return tuple(among or fit)


def instead_of(absent: str, others: Sequence[str], supported: Sequence[str], installed: Sequence[str]) -> str:
    """Return the release to take for one that cannot be had; "" when none of the supported ones is left.

    A slip of the hand is put right; else it is the nearest. Of several, those that are installed here go
    first: a change can be proven with them.
    """
    taken = set(others) - {absent}
    slip = _meant(absent)
    if slip in RELEASES and slip not in taken:
        return slip
    found = re.search(r"3\.(\d+)", absent)
    minor = int(found[1]) if found else 0
    left = [one for one in supported if one not in taken]
    here = [one for one in left if one in installed] or left
    return min(here, key=lambda one: abs(int(one.partition(".")[2]) - minor), default="")


def _meant(absent: str) -> str:
    if absent == "3.1":
        return "3.10"
    plain = absent.lstrip("v").replace(",", ".")
    if re.fullmatch(r"3\d{1,2}", plain):
        return f"3.{plain[1:]}"
    if found := re.fullmatch(r"3\.(\d)(\d)\d*", plain):
        return f"3.{found[1]}{found[2]}" if f"3.{found[1]}{found[2]}" != absent else ""
    return plain if plain != absent else ""
