"""Safety reply: a report in the person's own words answered with a triage class and what to do about the plan.

The class, the words and the stop signs are safety's; this room only adds changes, and only where training may go on.
"""

from fitsense.contracts.changes import Change, SafetyAdjustment
from fitsense.contracts.requests import SafetyInput
from fitsense.knowledge.exercises import find_exercise
from fitsense.planning.intents import find_parts
from fitsense.planning.modifying import spare_parts, swap_unsafe
from fitsense.planning.selection import select_for_person
from fitsense.planning.weeks import Proposal
from fitsense.safety.triage import TriageResult, triage_text

# Triage rows that are about a condition to train with, not about how today feels: the plan has its limits already.
CONDITION_ROWS = ("triage_condition",)
MOST_EASED, EASED_PCT = 4, -10


def reply_safety(given: SafetyInput) -> SafetyAdjustment:
    """Judge one message; changes only for the class `modify`."""
    result = triage_text(given.message)
    changes = _ease_plan(given, result) if result.triage == "modify" else []
    return SafetyAdjustment(
        triage=result.triage,
        message=result.message,
        changes=changes,
        stop_signs=list(result.stop_signs),
        see_professional=result.see_professional,
    )


def _ease_plan(given: SafetyInput, result: TriageResult) -> list[Change]:
    """Swap what loads a named part; else take load off the first lifts; nothing for a condition alone."""
    parts = find_parts(given.message)
    proposal = Proposal(given.person, spare_parts(given.person, parts), given.plan)
    if parts and swap_unsafe(proposal, f"Spares the {' and '.join(part.replace('_', ' ') for part in parts)}."[:80]):
        return proposal.changes
    if set(result.matched) <= set(CONDITION_ROWS):
        return []
    proposal = Proposal(given.person, select_for_person(given.person), given.plan, most=MOST_EASED)
    for item in {item.name: item for day in given.plan for item in day.exercises}.values():
        exercise = find_exercise(item.name)
        if exercise is not None and exercise.kind == "strength":
            proposal.offer(
                action="adjust",
                exercise=item.name,
                sets=max(1, item.sets - 1),
                load_change_pct=EASED_PCT,
                reason="Lighter until you feel well again.",
            )
    return proposal.changes
