"""May we act? One pure function, its answers as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.decision import Autonomy, Choice, Policy, Proposal, decide
from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.domain.patch import Patch, changed_file
from autonomous_cicd.domain.remedy import Risk
from autonomous_cicd.domain.track import TrackRecord

PATCH = Patch.of([changed_file("setup.cfg", "a\n", "b\n")])
CI = Patch.of([changed_file(".github/workflows/ci.yml", "a\n", "b\n")])
PROPOSAL = Proposal(patch=PATCH, risk=Risk.LOW, confidence=0.9)
ASKED = replace(PROPOSAL, asked=True)
PROPOSE, ACT = Policy(autonomy=Autonomy.PROPOSE), Policy(autonomy=Autonomy.ACT)
GOOD = TrackRecord(remedy="r", category=Category.NETWORK, tries=40, successes=39)
POOR = replace(GOOD, tries=40, successes=20)

CASES: dict[str, tuple[Proposal, Policy, Choice, str]] = {
    "a person asked": (ASKED, Policy(), Choice.ACT, "a person asked"),
    "unasked, it is watched only": (PROPOSAL, Policy(), Choice.WATCH, "`observe`"),
    "a proposal": (PROPOSAL, PROPOSE, Choice.ACT, "`propose`"),
    "an act with a good record": (replace(PROPOSAL, record=GOOD), ACT, Choice.ACT, "`act`"),
    "an act with a poor record": (replace(PROPOSAL, record=POOR), ACT, Choice.ASK, "not helped often enough"),
    "a proposal needs no record": (replace(PROPOSAL, record=POOR), PROPOSE, Choice.ACT, ""),
    "not sure enough": (replace(PROPOSAL, confidence=0.7), PROPOSE, Choice.ASK, "70% is below 75%"),
    "risky": (replace(PROPOSAL, risk=Risk.HIGH), PROPOSE, Choice.ASK, "what the project does"),
    "risky, and allowed": (
        replace(PROPOSAL, risk=Risk.HIGH),
        replace(PROPOSE, aggressive=True),
        Choice.ACT,
        "",
    ),
    "a CI file": (replace(PROPOSAL, patch=CI), PROPOSE, Choice.ASK, "ci.yml is protected"),
    "a protected file": (PROPOSAL, replace(PROPOSE, protected=("*.cfg",)), Choice.ASK, "cfg is protected"),
    "it asks itself": (replace(ASKED, asks="it changes CI"), Policy(), Choice.ASK, "it changes CI"),
    "approved": (replace(PROPOSAL, approved=PATCH.id, asks="x"), Policy(), Choice.ACT, "this very change"),
    "approved was another": (replace(PROPOSAL, approved=CI.id), Policy(), Choice.WATCH, "`observe`"),
    "the budget is spent": (replace(ASKED, spent=10), Policy(), Choice.ASK, "10 fixes were delivered"),
    "the budget, also for what was approved": (
        replace(PROPOSAL, approved=PATCH.id, spent=10),
        Policy(),
        Choice.ASK,
        "no more",
    ),
    "one is left": (replace(ASKED, spent=9), Policy(), Choice.ACT, ""),
    "no fixes at all": (ASKED, Policy(fixes_per_day=0), Choice.ASK, "no more"),
    "stopped": (replace(ASKED, approved=PATCH.id, stopped=True), ACT, Choice.WATCH, "stop --off"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_decided(case: str) -> None:
    proposal, policy, choice, reason = CASES[case]
    decision = decide(proposal, policy)
    assert (choice, True) == (decision.choice, reason in "; ".join(decision.reasons))
    assert decision.reasons


proposals = st.fixed_dictionaries(
    {
        "risk": st.sampled_from(Risk),
        "confidence": st.floats(0, 1),
        "asked": st.booleans(),
        "asks": st.sampled_from(["", "it is odd"]),
        "record": st.sampled_from([None, GOOD, POOR]),
        "spent": st.integers(0, 12),
        "stopped": st.booleans(),
    }
)


@given(proposals, st.sampled_from(Autonomy), st.booleans())
def test_nothing_overrules_the_switch_the_budget_and_observing(
    values: dict[str, Any], autonomy: Autonomy, aggressive: bool
) -> None:
    proposal = Proposal(patch=PATCH, **values)
    acts = decide(proposal, Policy(autonomy=autonomy, aggressive=aggressive)).choice is Choice.ACT
    assert not (acts and (proposal.stopped or proposal.spent >= 10 or proposal.asks))
    assert not (acts and not proposal.asked and autonomy is Autonomy.OBSERVE)
    assert not (acts and not proposal.asked and proposal.confidence < 0.75)
