"""Given up: whether a commit that took a dependency away did without it on purpose.

Then it is the code that still uses it which is behind, and whether that or the commit is wrong a person says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from autonomous_cicd.domain.intent import announced
from autonomous_cicd.domain.patch import Patch

__all__ = ["given_up"]

_CODE = (".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte")


def given_up(patch: Patch, subject: str, modules: Iterable[str]) -> bool:
    """Whether a commit says so, or had other code do without any of these names of a dependency."""
    known = tuple(modules)
    named = "|".join(re.escape(one) for one in known)
    uses = re.compile(
        rf"\s*(?:from|import)\s+(?:{named})\b"
        rf"|.*(?:\brequire\(|\bfrom|\bimport\b\s*\(?)\s*['\"](?:{named})(?:/[^'\"]*)?['\"]"
    )
    code = [one for one in patch if one.name.endswith(_CODE) and one.after is not None]
    went, came = (sum(bool(uses.match(line)) for one in code for line in one.lines[side]) for side in (0, 1))
    return went > came or bool(announced(subject, known))
