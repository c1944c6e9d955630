"""Conversation: triage first, then the right kind of request for what a person wrote, then its changes to their plan.

    request = plan_request(profile)   # raises ProfileEmergency where the profile tells of one
    turn = read_message("my knee hurts on lunges", profile, plan)
    turn.triage, turn.request         # an emergency is answered by the rules at once: no waiting for a model
    new_plan = apply_to_plan(profile, plan, changes)

Knows nothing of pages; keeps no state.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import TypeVar

from fitsense.contracts.changes import Change, Modification, SafetyAdjustment
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import CompactDay, PromptType, Request, compact_week, make_request, person_of
from fitsense.contracts.strictness import ContractError
from fitsense.planning.changes import apply_changes
from fitsense.planning.derive import with_derived
from fitsense.planning.facts import retrieve_facts
from fitsense.planning.intents import Intent, read_intent
from fitsense.safety.screening import screen
from fitsense.safety.triage import TriageResult, triage_profile, triage_text
from fitsense.safety.verifier import Violation, verify_plan

ASKS_FOR_CHANGE = re.compile(
    r"\b(swap|replace|change|remove|drop|skip|add|move|shorten|instead|without|fewer|less|more|easier|harder|lighter|"
    r"heavier|only have|can't make|cannot make|no time|travel\w*|don't (?:like|have|want))\b",
    re.IGNORECASE,
)
IS_QUESTION = re.compile(
    r"^\s*(how|what|why|when|which|who|where|should|can|could|is|are|do|does|will|would|may)\b", re.IGNORECASE
)
# A change asked for in the form of a question: "Could you make Monday shorter?", "What could I do instead?"
IS_POLITE = re.compile(
    r"^\s*(?:(?:can|could|will|would|may|do you think|is it possible (?:for|to have)) (?:you|i|we|me|us)\b"
    r"|would you mind|is it possible to|is there (?:a|any) way to|what (?:can|could|should) i do instead)",
    re.IGNORECASE,
)
ASKS_TO_KNOW = re.compile(
    r"^\W*(?:(?:please|can|could|will|would|may|you|i|we|want to|like to|kindly)\W+)*"
    r"(?:tell|explain|describe|teach|ask|know|learn|hear|read|understand)\b",
    re.IGNORECASE,
)
URGENT = ("emergency", "stop_and_refer")
MAX_TEXT = 400
Answer = TypeVar("Answer", Modification, SafetyAdjustment)


@dataclass(frozen=True)
class Turn:
    """One message, read: its triage by the rules, and the request that answers it."""

    triage: TriageResult
    request: Request

    @property
    def is_urgent(self) -> bool:
        """Tell whether the rules must answer at once."""
        return self.triage.triage in URGENT


class ProfileEmergency(ContractError):
    """A profile whose own words tell of an emergency now: no plan is written; `triage` says what to do."""

    def __init__(self, triage: TriageResult):
        self.triage = triage
        super().__init__("profile", "words that tell of an emergency now", f"no plan before help. {triage.message}")


def check_no_emergency(profile: Profile) -> None:
    """Raise ProfileEmergency where a line of the profile tells of an emergency now."""
    found = triage_profile(profile)
    if found.triage == "emergency":
        raise ProfileEmergency(found)


def plan_request(profile: Profile) -> Request:
    """The request for a plan, with what the library computes put in beside the profile; raises ProfileEmergency."""
    check_no_emergency(profile)
    return make_request("plan_creation", with_derived(profile))


def read_message(message: str, profile: Profile, plan: Plan) -> Turn:
    """Triage a message and build its request; raises ContractError where it is empty or too long."""
    person, week = person_of(profile), compact_week(plan)
    prompt_type: PromptType = choose_prompt_type(message, week)
    payload = {"person": person.model_dump(mode="json"), "plan": [day.model_dump(mode="json") for day in week]}
    if prompt_type == "coaching_question":
        facts = retrieve_facts(message, person, week, screen(profile))
        payload = {"person": payload["person"], "question": message, "facts": facts}
    else:
        payload |= {"message" if prompt_type == "safety_adjustment" else "request": message}
    return Turn(triage_text(message), make_request(prompt_type, payload))


def choose_prompt_type(message: str, week: list[CompactDay]) -> PromptType:
    """What a message asks for: anything triage would not let pass is safety; then a change; else a question.

    `week` is the plan in force: "I hate squats" asks for a change where squats can be told from it.
    """
    if triage_text(message).triage != "proceed":
        return "safety_adjustment"
    is_polite = IS_POLITE.match(message)
    if ASKS_TO_KNOW.match(message) or (IS_QUESTION.match(message) and not is_polite):
        return "coaching_question"
    wants_change = _names_a_change(read_intent(message, week)) or (ASKS_FOR_CHANGE.search(message) and not is_polite)
    return "plan_modification" if wants_change else "coaching_question"


def _names_a_change(intent: Intent) -> bool:
    """Tell whether the words say what to change: "more" alone may be about anything."""
    return intent.kind != "unclear" and not (intent.kind == "more_of" and not intent.patterns)


def apply_to_plan(profile: Profile, plan: Plan | None, changes: list[Change]) -> Plan:
    """Apply changes to a plan and verify the result; raises ContractError naming the first error (warnings pass)."""
    if plan is None:
        raise ContractError("plan", None, "a finished plan: wait until yours is written, then ask for the change again")
    changed = _carry_out(profile, plan, changes)
    errors = _find_errors(profile, changed)
    if errors:
        allowed = f"a plan within this person's limits ({errors[0].reason})"
        raise ContractError(errors[0].place, [describe(change) for change in changes], allowed)
    return changed


def _carry_out(profile: Profile, plan: Plan, changes: list[Change]) -> Plan:
    """The plan after the changes, within the person's minutes where shorter rests allow it."""
    limits = screen(profile)
    return apply_changes(plan, changes, limits, min(profile.preferences.workout_duration, limits.max_session_min))


def _find_errors(profile: Profile, plan: Plan) -> list[Violation]:
    return [found for found in verify_profile_plan(profile, plan) if found.severity == "error"]


def keep_applicable(profile: Profile, plan: Plan, answer: Answer) -> tuple[Answer, list[str]]:
    """Leave out the changes that would take the plan out of the whole profile's limits; say so in the answer.

    Answers are written from the short form of a profile, which has no body mass index, rests or effort. Returns the
    answer and one line a change left out; the answer itself and [] where every change can be carried out. What was
    wrong with a plan before counts against no change: easing a part that hurts must not wait for a perfect plan.
    """
    if not answer.changes or _why_not(profile, plan, answer.changes) is None:
        return answer, []
    kept: list[Change] = []
    left_out = []
    for change in answer.changes:
        why_not = _why_not(profile, plan, [*kept, change])
        if why_not is None:
            kept.append(change)
        else:
            left_out.append(f"{describe(change)} ({why_not})")
    return _say_left_out(answer, kept, left_out), left_out


def _why_not(profile: Profile, plan: Plan, changes: list[Change]) -> str | None:
    """The first error of a kind that changes bring into a plan, in words; None where they bring none."""
    try:
        errors = _find_errors(profile, _carry_out(profile, plan, changes))
    except ContractError as error:
        return error.allowed
    known = Counter(found.rule_id for found in _find_errors(profile, plan))
    new = Counter(found.rule_id for found in errors) - known
    return next((found.reason for found in errors if found.rule_id in new), None)


def _say_left_out(answer: Answer, kept: list[Change], left_out: list[str]) -> Answer:
    """The answer with the kept changes; where none is left its summary, which tells of them, goes as well."""
    key = "summary" if isinstance(answer, Modification) else "message"
    told = getattr(answer, key) if kept or key == "message" else "Nothing is changed."
    note = f"Not safe for you or no room, so left out: {'; '.join(left_out)}."
    note = note if len(told) + len(note) < MAX_TEXT else "Changes outside your limits are left out."
    return answer.model_copy(update={"changes": kept, key: f"{told} {note}"[:MAX_TEXT]})


def describe(change: Change) -> str:
    """One change in as few words as it takes."""
    return f"{change.action} {change.exercise}"


def verify_profile_plan(profile: Profile, plan: Plan) -> list[Violation]:
    """Every violation of a plan for a profile."""
    return verify_plan(profile, plan)


def triage_message(message: str) -> TriageResult:
    """Triage by the rules alone: what `/triage` answers."""
    return triage_text(message)


def is_urgent(message: str) -> bool:
    """Tell whether the rules must answer a message at once: nobody waits for a model with it."""
    return triage_text(message).triage in URGENT
