"""Safety reply: a report in the person's own words answered with a triage class and what to do about the plan.

The class, the words and the stop signs are safety's; this room only adds changes, and only where training may go on. A
condition that the profile does not have yet is taken into the limits at once, and the reply says what to do about it.
"""

from fitsense.contracts.changes import MAX_CHANGES, Change, SafetyAdjustment
from fitsense.contracts.requests import SafetyInput
from fitsense.knowledge.exercises import find_exercise
from fitsense.planning.modifying import list_unsafe, swap_unsafe
from fitsense.planning.selection import select_for_person
from fitsense.planning.weeks import Proposal, list_smallest
from fitsense.safety.reports import Report, read_report
from fitsense.safety.triage import TriageResult, triage_text

# Triage rows that are about a condition to train with, not about how today feels: the plan has its limits already.
CONDITION_ROWS = ("triage_condition",)
MOST_EASED, EASED_PCT, MAX_TEXT = 4, -10, 400


def reply_safety(given: SafetyInput) -> SafetyAdjustment:
    """Judge one message; changes only for the class `modify`."""
    result = triage_text(given.message)
    if result.triage != "modify":
        return _reply(result, result.message, [], result.see_professional)
    report = read_report(given.person, given.message)
    spared = Proposal(given.person, select_for_person(given.person, report.limits), given.plan, most=MAX_CHANGES)
    swap_unsafe(spared, _name_reason(report))
    if report.conditions:
        message = _tell_new_condition(report, list_unsafe(spared))
        return _reply(result, message, spared.changes, result.see_professional or bool(report.topics))
    return _reply(result, result.message, spared.changes or _ease_plan(given, result), result.see_professional)


def _reply(result: TriageResult, message: str, changes: list[Change], see_professional: bool) -> SafetyAdjustment:
    return SafetyAdjustment(triage=result.triage, message=message, changes=changes, stop_signs=list(result.stop_signs),
                            see_professional=see_professional)


def _name_reason(report: Report) -> str:
    """Why an exercise goes, in at most 80 characters."""
    if not report.parts:
        return "Not safe with what you tell us."
    return f"Spares the {' and '.join(part.replace('_', ' ') for part in report.parts)}."[:80]


def _tell_new_condition(report: Report, left: list[str]) -> str:
    """What holds until the plan knows of it, in at most 400 characters; the names that could not be changed first."""
    effort = "easy movement only" if report.limits.max_intensity == "low" else "moderate effort at most"
    said = ["Your plan was written without knowing this. Add this to your profile and write a new plan."]
    said += [f"Until then: {effort}, at least {report.limits.min_rir} reps in reserve, no breath holding, no calorie deficit."]
    if report.topics:
        said.append("Ask your doctor or care team before you train on.")
    said += ["Leave out what hurts."] if report.parts else []
    said += [f"Leave out {', '.join(left)}."] if left else []
    whole = " ".join(said)
    return whole if len(whole) <= MAX_TEXT else " ".join([*said[:-1], "Do only the exercises changed here."])


def _ease_plan(given: SafetyInput, result: TriageResult) -> list[Change]:
    """Take load off the first lifts; nothing for a condition alone."""
    if set(result.matched) <= set(CONDITION_ROWS):
        return []
    proposal = Proposal(given.person, select_for_person(given.person), given.plan, most=MOST_EASED)
    for item in list_smallest(given.plan):
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
