"""configuration_fix: a workflow asks for a Node that is older than what the project is written for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.earlier import earlier_texts, restored
from autonomous_cicd.domain.node_manifest import manifests
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["NodeVersion"]

OLD = re.compile(
    r"node: bad option|No such built-in module: node:|Cannot find module 'node:|ERR_UNKNOWN_BUILTIN_MODULE"
    r"|\b(?:structuredClone|fetch|Headers|FormData|WebSocket|File|crypto|AbortController) is not defined"
    r"|\.(?:replaceAll|at|findLast|findLastIndex|toSorted|toReversed|toSpliced|hasOwn|groupBy|withResolvers)"
    r" is not a function|SyntaxError: (?:Unexpected token '[?.=&|#]+'|Invalid regular expression flags)"
    r"|EBADENGINE|The engine \"node\" is incompatible|ERR_PNPM_UNSUPPORTED_ENGINE"
)
"""What is said where something newer is used."""
ASKED = re.compile(
    r"^(?P<lead>[ \t]*(?:-[ \t]+)?node(?:js)?(?:[-_]versions?)?:[ \t]*[\"']?)v?(?P<version>\d+)[\w.]*",
    re.MULTILINE,
)
MEANT = re.compile(r"\bnode(?:\.?js)?\b", re.IGNORECASE)
"""What a subject says of which commit another Node is meant."""
LEAST = re.compile(r"(?:>=|\^|~|^)\s*v?(\d+)")


@remedy
class NodeVersion:
    """Asks for the Node that the workflow asked for before, or that the project says it needs."""

    name = "node_version"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, by what the failure's lines say."""
        told = "\n".join((failure.message, *(quote.text for quote in failure.evidence)))
        return 0.7 if OLD.search(told) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the workflow with a newer Node, where it asks for one that is older."""
        text = case.files.read(case.workflow) if case.workflow else ""
        return tuple(_newer(case, text))[:1] if text else ()


def _newer(case: Case, text: str) -> Iterator[Edit]:
    """Yield what asks for the versions of before, then for the least that the project says it needs."""
    now, past = _versions(text), case.bench.past
    commits = past.commits()
    meant = any(MEANT.search(one.subject) for one in commits if case.workflow in one.files)
    for before in earlier_texts(() if meant else commits, past.patch_of, case.workflow, 5):
        wanted = _versions(before)
        if len(wanted) == len(now) and any(old > new for old, new in zip(wanted, now, strict=True)):
            if new := restored(text, before, lambda one, wanted=wanted: _versions(one) == wanted):  # type: ignore[misc]
                yield _edit(case, new, "asks for the Node that it asked for before")
            return
    engines = next((one.engines for one in manifests(case.files.names, case.files.read) if one.engines), "")
    least = min((int(one) for one in LEAST.findall(engines)), default=0)
    if len(now) == 1 and now[0] < least:
        new = ASKED.sub(lambda one: f"{one['lead']}{least}", text)
        yield _edit(case, new, f"asks for Node {least}, because package.json wants {engines}")


def _versions(text: str) -> list[int]:
    return [int(one["version"]) for one in ASKED.finditer(text)]


def _edit(case: Case, text: str, what: str) -> Edit:
    return Edit(patch=Patch.of([case.edit(case.workflow, text)]), reason=f"{case.workflow} {what}")
