"""Puts settings right that a tool does not know, or does not take any more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.earlier import earlier_texts, restored
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.pytest_marks import (
    config_file,
    registered,
    registering,
    unregistered,
    with_setting,
)
from autonomous_cicd.domain.python_bounds import installed_versions
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.settings_faults import (
    Unknown,
    renamed,
    unknown_settings,
    without_comments,
    without_option,
)
from autonomous_cicd.domain.tox_faults import SAYS as TOX
from autonomous_cicd.domain.tox_faults import mended_tox
from autonomous_cicd.plugins import remedy

__all__ = ["ToolSettings"]

_SETTINGS = re.compile(
    r"(?:[\w.-]+/){0,2}(?:pyproject\.toml|setup\.cfg|tox\.ini|\.?(?:pytest|mypy)\.(?:ini|toml)|\.?ruff\.toml|\.flake8"
    r"|\.coveragerc|\.isort\.cfg|tsconfig[\w.-]*\.json|package\.json|\.prettierrc(?:\.\w+)?|\.eslintrc(?:\.\w+)?"
    r"|biome\.jsonc?|\.stylelintrc(?:\.\w+)?|\.pre-commit-config\.yaml|mkdocs\.ya?ml|\.readthedocs\.ya?ml)"
)
_COMMENTED = re.compile(r"Error code '#' supplied to|does not match '\^\[A-Z\]")
_LIBRARY = re.compile(r"changing the 'lib' compiler option to '(es\d{4})' or later")
_LIBRARIES = re.compile(r"(\"lib\"\s*:\s*\[[^\]]*?\")(es\d{1,4})(?=\")", re.IGNORECASE)
_COROUTINES = re.compile(
    r"async def functions are not natively supported|requested an async fixture|PytestUnhandledCoroutine"
)
_AUTO = re.compile(r"(?m)^asyncio_mode\s*=\s*[\"']?auto\b")
_CATEGORIES = frozenset(
    (Category.CONFIGURATION, Category.LINT, Category.TYPE_CHECK, Category.PACKAGING_BUILD)
)


@remedy
class ToolSettings:
    """Spell a setting as its tool does, or take out what the tool says is to be taken out."""

    name = "tool_settings"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        known = unknown_settings(told) or _COMMENTED.search(told) or _LIBRARY.search(told)
        if known or unregistered(told) or _COROUTINES.search(told) or TOX.search(told):
            return 0.85
        return 0.25 if failure.category in _CATEGORIES else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the change of the file of settings."""
        told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence), case.log))
        if _COMMENTED.search(told):
            for name, text in _files(case):
                if new := without_comments(text):
                    return (
                        _edit(case, name, new, "comments behind values are taken for codes: they are gone"),
                    )
        if edit := _marked(case, told) or _newer_library(case, told) or _asynchronous(case, told):
            return (edit,)
        if found := TOX.search(told):
            for name, text in _files(case):
                if new := mended_tox(text, found[0]):
                    return (_edit(case, name, new, "it says what tox 4 wants to be told"),)
        for unknown in unknown_settings(told):
            if edit := next(_settled(case, unknown), None):
                return (edit,)
        return ()


def _files(case: Case) -> Iterator[tuple[str, str]]:
    for name in case.files.names:
        if _SETTINGS.fullmatch(name):
            yield name, case.files.read(name)


def _edit(case: Case, name: str, text: str, what: str) -> Edit:
    return Edit(patch=Patch.of([case.edit(name, text)]), reason=f"{name}: {what}")


def _marked(case: Case, told: str) -> Edit | None:
    """Return what registers the marks that tests have and pytest refuses."""
    marks = unregistered(told)
    name = (
        config_file({one: case.files.read(one) for one in case.files.names if "/" not in one}, told)
        if marks
        else ""
    )
    text = case.files.read(name) if name else ""
    for mark in marks if text else ():
        text = registering(name, text, mark, _as_before(case, name, mark))
        if not text:
            return None
    return _edit(case, name, text, f"{', '.join(marks)} is registered as a mark of tests") if text else None


def _asynchronous(case: Case, told: str) -> Edit | None:
    """Return what has pytest-asyncio, which is there, run all asynchronous tests, not only marked ones."""
    if not _COROUTINES.search(told) or "pytest-asyncio" not in installed_versions(case.log):
        return None
    texts = {one: case.files.read(one) for one in case.files.names if "/" not in one}
    if any(_AUTO.search(text) for name, text in texts.items() if _SETTINGS.fullmatch(name)):
        return None

    def fits(candidate: str) -> bool:
        return bool(_AUTO.search(candidate))

    past = case.bench.past
    for name, text in _files(case):
        for before in earlier_texts(past.commits(), past.patch_of, name, most=5):
            if fits(before) and (new := restored(text, before, fits)):
                return _edit(case, name, new, "asynchronous tests need no mark, as before")
    name = config_file(texts, told) or ("pyproject.toml" if "pyproject.toml" in texts else "")
    sources = (case.files.read(one) for one in case.files.names if one.endswith(".py"))
    if not name or "asyncio_mode" in texts[name] or any("pytest.mark.asyncio" in one for one in sources):
        return None
    new = with_setting(name, texts[name], "asyncio_mode", "auto")
    return _edit(case, name, new, "asynchronous tests have no marks here") if new else None


def _newer_library(case: Case, told: str) -> Edit | None:
    """Return the library of the language that TypeScript says is needed, where an older one is named."""
    wanted = max(_LIBRARY.findall(told), default="")
    for name, text in _files(case) if wanted else ():
        if name.rpartition("/")[2].startswith("tsconfig") and (found := _LIBRARIES.search(text)):
            old = found[2].lower()
            if len(old) < len(wanted) or old < wanted:
                new = text[: found.start(2)] + wanted + text[found.end(2) :]
                return _edit(case, name, new, f"what is used came with {wanted}, as TypeScript says")
    return None


def _as_before(case: Case, name: str, mark: str) -> str:
    """Return how a mark was registered earlier, with what was said of it."""
    past = case.bench.past
    for before in earlier_texts(past.commits(), past.patch_of, name, most=5):
        if mark in registered(name, before):
            found = re.search(rf"(?m)^[ \t\"'\[]*({re.escape(mark)}\b[^\n\"']*)", before)
            return found[1].strip().rstrip(",") if found else ""
    return ""


def _settled(case: Case, unknown: Unknown) -> Iterator[Edit]:
    past = case.bench.past
    key = re.compile(rf"(?m)^\s*[\"']?{re.escape(unknown.key)}[\"']?\s*[=:]")

    def fits(candidate: str) -> bool:
        return not key.search(candidate)

    for name, text in _files(case):
        if not key.search(text):
            continue
        if unknown.removed:
            if new := without_option(text, unknown.key):
                yield _edit(case, name, new, f"{unknown.key} is an option no more, and is taken out as told")
            continue
        if new := renamed(text, unknown):
            yield _edit(case, name, new, f"{unknown.key} is spelt as the tool knows it")
            continue
        for before in earlier_texts(past.commits(), past.patch_of, name, most=5):
            if fits(before) and (new := restored(text, before, fits)):
                yield _edit(case, name, new, f"{unknown.key} is no setting of the tool: it is as before")
                break
