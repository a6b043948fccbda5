"""pre-commit: which hooks failed, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.plugins import parser

__all__ = ["PreCommitParser"]

_C = Category
_HOOK = re.compile(r"^(?P<name>.{1,200}?)\.{2,}(?:\(.{1,60}\))?(?P<end>Failed|Passed|Skipped)$")
_FACT = re.compile(
    r"^- (?:hook id: (?P<id>\S+)|exit code: (?P<code>\d+)|duration: .*|files were modified by this hook)$"
)
_OTHER = re.compile(
    r"^(?:##\[|\+{1,2} \S|\$ \S|The command \"|pre-commit hook\(s\) made changes|All changes made by hooks)"
)
_TRANSLATED = re.compile(
    r"^(?:Fixing|Rewriting|reformatted|Sorting|fixed|Found \d+ errors? \(\d+ fixed, 0) ?"
)
_TOLD = re.compile(r"^(?:WARN(?:ING)?|INFO|DEBUG|NOTE|note|warning|info)\b[:\s]")
"""What a hook prints besides."""
_KINDS: tuple[tuple[re.Pattern[str], Category], ...] = (
    (re.compile(r"mypy|pyright|pyre|pytype|tsc|typecheck|type-check|(?:^|-)ty$"), _C.TYPE_CHECK),
    (
        re.compile(r"secret|gitleaks|bandit|safety|pip-audit|trufflehog|private-key|semgrep|gitguardian"),
        _C.SECURITY_GATE,
    ),
    (re.compile(r"pytest|unittest|(?:^|-)tests?$"), _C.TEST_FAILURE),
    (re.compile(r"uv-lock|poetry-lock|poetry-check|lock|pip-compile|requirements"), _C.LOCKFILE_OUT_OF_SYNC),
    (re.compile(r"check-ast"), _C.SYNTAX_ERROR),
    (re.compile(r"check-(?:yaml|toml|json|xml)|validate|check-jsonschema"), _C.CONFIGURATION),
    (re.compile(r"check-merge-conflict"), _C.SYNTAX_ERROR),
    (
        re.compile(
            r"black|format|isort|prettier|yapf|autopep8|whitespace|end-of-file|line-ending|fmt|clang-format"
            r"|pyupgrade|trailing|fix-|-fixer|sort|autoflake|docformatter|mdformat|byte-order|stylua|gofmt"
        ),
        _C.FORMATTING,
    ),
)
_LINTERS = re.compile(
    r"lint|flake8|ruff|codespell|typos|shellcheck|clippy|pydocstyle|interrogate|vulture|radon|xenon"
    r"|rubocop|cop$|detekt|cspell|vale|check-|no-commit|forbid|commit"
)


@parser
class PreCommitParser:
    """Reads a hook that failed, with what it printed."""

    name = "pre-commit"
    cues = ("- hook id: ",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why a hook failed."""
        title = _HOOK.match(log[number - 1].strip())
        if title is not None and title["end"] != "Failed":
            return
        hook = log[number].strip().removeprefix("- hook id: ")
        modified, first, last, broken = False, 0, number, ""
        for other, line in log.after(number, 400):
            text = line.strip()
            if _HOOK.match(text) or _OTHER.match(text):
                break
            last = other
            if _FACT.match(text):
                modified = modified or "were modified" in text
            elif text.startswith("Executable `") and "not found" in text:
                broken, first = "environment", other
            elif text and not first and not _TOLD.match(text):
                first = other
        category = _category(
            hook, title["name"] if title else "", modified, broken, log[first] if first else ""
        )
        # What a hook of the project itself runs, nobody knows: others may understand what it printed.
        known = category is not None or modified
        category = category or _C.LINT
        yield Sighting(
            rule="pre-commit-hook",
            category=category,
            severity=usual(category).severity,
            confidence=0.93 if known else 0.65,
            line=first or number,
            cause=f"the hook {hook} {'changed files' if modified else 'fails'}",
            remedies=usual(category).remedies,
            evidence=tuple(n for n in (number - 1 if title else 0, number, first and first + 1) if n),
            covers=(number - 1 if title else number, last) if known else (0, 0),
            place=Place(step=hook),
        )


def _category(hook: str, name: str, modified: bool, broken: str, first: str) -> Category | None:
    """Return what a hook finds, by its name; None where that does not tell."""
    if broken:
        return _C.ENVIRONMENT
    if re.search(r"\bE9\d\d\b|SyntaxError|invalid-syntax|cannot format .*: Cannot parse", first):
        return _C.SYNTAX_ERROR
    for text in (hook.lower(), name.lower()):
        for pattern, category in _KINDS:
            if pattern.search(text):
                return category
    if modified and _TRANSLATED.match(first or "Fixing"):
        return _C.FORMATTING
    return _C.LINT if _LINTERS.search(hook.lower()) or _LINTERS.search(name.lower()) else None
