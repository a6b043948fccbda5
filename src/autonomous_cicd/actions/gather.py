"""re-actors/alls-green: whether all the jobs that a job needs are green."""

from __future__ import annotations

import json

from autonomous_cicd.plugins import ActionCall, ActionOutcome, action

__all__ = ["AllsGreen"]


@action
class AllsGreen:
    """Judges the results of other jobs."""

    names = ("re-actors/alls-green",)

    async def run(self, call: ActionCall) -> ActionOutcome:
        """Fail when one of them failed; say nothing when one was not carried out here."""
        try:
            jobs = json.loads(call.inputs.get("jobs", ""))
            results = {str(name): str(job["result"]) for name, job in jobs.items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return ActionOutcome(passed=False, reason="its input `jobs` is not what toJSON(needs) gives")
        failures, skips = _names(call, "allowed-failures"), _names(call, "allowed-skips")
        allowed = {"failure": failures, "cancelled": failures, "skipped": skips | failures}
        bad = {name: one for name, one in results.items() if name not in allowed.get(one, results)}
        for name, one in results.items():
            call.site.say(f"{name}: {one}{'' if name in bad or one == 'success' else ' (allowed)'}")
        outputs = {"success": str(not bad).lower(), "failure": str(bool(bad)).lower()}
        failed = [name for name, one in bad.items() if one != "skipped"]
        if failed:
            return ActionOutcome(
                passed=False, reason=f"these jobs are not green: {', '.join(failed)}", checked=True
            )
        if bad:
            return ActionOutcome(not_checked=f"these jobs were not carried out here: {', '.join(bad)}")
        return ActionOutcome(outputs=dict(outputs), checked=True)


def _names(call: ActionCall, name: str) -> set[str]:
    """Return the jobs that an input names: a list in JSON, or names with commas between."""
    text = call.inputs.get(name, "").strip()
    try:
        value = json.loads(text) if text.startswith("[") else text.split(",")
    except ValueError:
        value = []
    return {str(one).strip() for one in value}
