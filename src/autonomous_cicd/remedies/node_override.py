"""Node override: an override of npm and the direct dependency that it contradicts say the same again."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.earlier import earlier_texts
from autonomous_cicd.domain.json_surgery import put
from autonomous_cicd.domain.node_manifest import NodeManifest, manifest_of, manifests
from autonomous_cicd.domain.node_versions import in_range
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.ranges import parse_version
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.node_relocked import relocked
from autonomous_cicd.plugins import remedy

__all__ = ["NodeOverride"]

_SAID = re.compile(r"Override for (?P<name>(?:@[\w.~-]+/)?[\w.~-]+)@\S* conflicts with direct dependency")


@remedy
class NodeOverride:
    """Has an override and a direct dependency ask for the same, where one surely follows the other."""

    name = "node_override"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: npm says that they contradict each other."""
        return 0.9 if _SAID.search(_told(failure)) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the manifest in which they agree, with its lock; nothing when an older one would win."""
        said = _SAID.search(_told(case.failure))
        package = said["name"] if said else ""
        for manifest in manifests(case.files.names, case.files.read):
            override, direct = _override(manifest.text, package), manifest.range_of(package)
            if not (override and direct):
                continue
            path, value, why = _agreed(case, manifest, package, override, direct)
            text = put(manifest.text, path, value) if path else None
            if text:
                edit = Patch.of([case.edit(manifest.file, text)])
                done = await relocked(case, edit)
                return (Edit(patch=done.patch, reason=f"{manifest.file}: {why}"),) if done.patch else ()
        return ()


def _agreed(
    case: Case, manifest: NodeManifest, package: str, override: str, direct: str
) -> tuple[tuple[str, ...], str, str]:
    """Return what of a manifest is to be changed, to what, and why; nothing when that is not sure."""
    past = case.bench.past
    before = next(iter(earlier_texts(past.commits(), past.patch_of, manifest.file, most=1)), "")
    old = manifest_of(manifest.file, before) if before else None
    moved = old is not None and old.range_of(package) not in ("", direct)
    changed = bool(before) and _override(before, package) != override
    section = next(name for name, rows in manifest.sections.items() if package in rows)
    follows = (section, package), override, f"{package} is wanted as its override has it: {override}"
    yields = (
        ("overrides", package),
        f"${package}",
        f"the override of {package} follows what is wanted: {direct}",
    )
    if in_range(override, direct) and not moved:
        return follows
    low, high = (parse_version(re.sub(r"^[\^~>=v\s]+", "", one)) for one in (override, direct))
    if low is None or high is None or changed or high.key() < low.key():
        return (), "", ""
    return yields


def _override(text: str, package: str) -> str:
    """Return what a manifest overrides a package with; "" when it is nothing, or no version."""
    try:
        overrides = json.loads(text).get("overrides", {})
        value = overrides.get(package, "") if isinstance(overrides, dict) else ""
    except (ValueError, AttributeError):
        return ""
    return value if isinstance(value, str) and not value.startswith("$") else ""


def _told(failure: Failure) -> str:
    return "\n".join((failure.message, *(one.text for one in failure.evidence)))
