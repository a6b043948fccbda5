"""Pretending: code that makes tests see what they want, or changes what runs them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from autonomous_cicd.domain.file_kinds import is_document, is_lock
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import FileChange

__all__ = ["pretended"]

_TRUE = r"(?:True|true|1|not\s+False|!0)\b"
_EQUAL = r"(?:__(?:eq|le|ge|contains|instancecheck)__|equals|equalsTo|Equals|[=]==?)"
_PATTERNS = (
    (
        "is equal to everything",
        re.compile(
            rf"\bdef\s+{_EQUAL}\s*\([^)]*\)[^:\n]*:\s*(?:(['\"]{{3}}).*?\1\s*)?return\s+{_TRUE}"
            rf"|\b{_EQUAL}\s*\([^)]*\)\s*(?::\s*\w+\s*)?\{{\s*return\s+{_TRUE}"
            rf"|\b__(?:eq|contains)__\s*=\s*lambda\b[^:\n]*:\s*{_TRUE}",
            re.DOTALL,
        ),
    ),
    (
        "changes what tests are made with",
        re.compile(
            r"\b(?:unittest|TestCase|pytest|_pytest|chai|jest|vi|assert|expect|sinon)(?:\.\w+)*"
            r"\.(?:assert\w*|fail\w*|run\w*|expect\w*|equal\w*|deepEqual|strictEqual|ok|raises|main)\s*=(?![=>])"
            r"|\b\w+\.assert(?:[A-Z]\w*|_\w+)\s*=(?!=)"
            r"|\bsetattr\(\s*(?:unittest|pytest|_pytest|TestCase)\b"
            r"|\b(?:global|globalThis|window)\.(?:expect|assert|it|test|describe)\s*=(?![=>])"
            r"|\bsys\.modules\[\s*['\"](?:unittest|pytest|_pytest|nose)\b[^\]\n]*\]\s*=(?!=)"
        ),
    ),
    ("says which tests there are", re.compile(r"^\s*def\s+load_tests\s*\(", re.MULTILINE)),
)
_TOOLS = frozenset(
    (
        *(
            "unittest",
            "doctest",
            "pytest",
            "_pytest",
            "nose",
            "nose2",
            "trial",
            "behave",
            "robot",
            "hypothesis",
        ),
        *(
            "coverage",
            "tox",
            "nox",
            "mypy",
            "pyright",
            "ruff",
            "flake8",
            "pylint",
            "black",
            "isort",
            "bandit",
            "pip",
        ),
        *("twine", "setuptools", "check_manifest", "pip_audit", "pre_commit", "yamllint"),
    )
)
_MODULE = re.compile(r"(?:src/|lib/)?(?P<name>\w+)(?:\.py|/__(?:init|main)__\.py)")


def pretended(change: FileChange) -> Iterator[Objection]:
    """Yield what a change brings that makes tests pass whatever the code does."""
    if is_document(change.name) or is_lock(change.name):
        return
    module = _MODULE.fullmatch(change.name)
    if module and change.before is None and module["name"] in {*_TOOLS, *sys.stdlib_module_names}:
        what = f"would be imported instead of {module['name']}"
        yield Objection(file=change.name, what=what, consent=module["name"] not in _TOOLS)
    before, after = change.before or "", change.after or ""
    for what, pattern in _PATTERNS:
        found = list(pattern.finditer(after))
        if len(found) > len(pattern.findall(before)):
            line = after.count("\n", 0, found[-1].start()) + 1
            yield Objection(file=change.name, line=line, what=what)
