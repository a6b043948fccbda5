"""Which rights of its token a step of a workflow needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from autonomous_cicd.domain.workflow import Json

__all__ = ["RIGHTS", "granted", "lacking", "needed"]

RIGHTS = frozenset(
    (
        *("actions", "attestations", "checks", "contents", "deployments", "discussions", "id-token"),
        *("issues", "packages", "pages", "pull-requests", "security-events", "statuses"),
    )
)
"""What a `permissions:` may name."""

_PROGRAMS = {
    "gh release create": ("contents",),
    "gh release upload": ("contents",),
    "gh release edit": ("contents",),
    "gh release delete": ("contents",),
    "git push": ("contents",),
    "gh pr create": ("pull-requests",),
    "gh pr comment": ("pull-requests",),
    "gh pr edit": ("pull-requests",),
    "gh pr review": ("pull-requests",),
    "gh pr merge": ("contents", "pull-requests"),
    "gh issue create": ("issues",),
    "gh issue comment": ("issues",),
    "gh issue edit": ("issues",),
    "gh issue close": ("issues",),
}
_ACTIONS = {
    "softprops/action-gh-release": ("contents",),
    "ncipollo/release-action": ("contents",),
    "stefanzweifel/git-auto-commit-action": ("contents",),
    "peaceiris/actions-gh-pages": ("contents",),
    "jamesives/github-pages-deploy-action": ("contents",),
    "peter-evans/create-pull-request": ("contents", "pull-requests"),
    "actions/deploy-pages": ("pages", "id-token"),
    "actions/attest-build-provenance": ("id-token", "attestations"),
    "actions/stale": ("issues",),
    "github/codeql-action/analyze": ("security-events",),
    "github/codeql-action/upload-sarif": ("security-events",),
}
_DRY = frozenset(("--dry-run", "-n", "--help"))
_OTHER_SECRET = re.compile(r"secrets\s*\.\s*(?!GITHUB_TOKEN\b)\w", re.IGNORECASE)
_APP_TOKEN = re.compile(r"steps\.[\w-]+\.outputs\.[\w-]*token", re.IGNORECASE)


def needed(step: Mapping[str, Json], called: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the rights to write that a step needs: what its programs (or its action) are known to ask for.

    A step that brings a secret of the project's own does not use the job's token.
    """
    told = f"{step.get('env')}{step.get('with')}{step.get('run')}"
    if _OTHER_SECRET.search(told) or _APP_TOKEN.search(told):
        return ()
    rights: dict[str, None] = {}
    uses = step.get("uses")
    if isinstance(uses, str):
        rights.update(dict.fromkeys(_ACTIONS.get(uses.partition("@")[0].strip().lower(), ())))
    for words in called:
        program = words[0].rsplit("/", 1)[-1]
        if _DRY.isdisjoint(words):
            for length in (2, 3):
                key = " ".join((program, *words[1:length]))
                rights.update(dict.fromkeys(_PROGRAMS.get(key, ())))
    return tuple(rights)


def granted(permissions: Json, right: str) -> bool:
    """Tell whether what stands in `permissions:` grants a right to write."""
    if isinstance(permissions, dict):
        return permissions.get(right) == "write"
    return permissions == "write-all"


def lacking(
    permissions: Json, step: Mapping[str, Json], called: Iterable[tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the rights that a step needs and these permissions do not grant."""
    return tuple(right for right in needed(step, called) if not granted(permissions, right))
