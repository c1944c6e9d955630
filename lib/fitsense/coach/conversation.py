"""Conversation: triage first, then the right kind of request for what a person wrote, then its changes to their plan.

    turn = read_message("my knee hurts on lunges", profile, plan)
    turn.triage, turn.request         # an emergency is answered by the rules at once: no waiting for a model
    new_plan = apply_to_plan(profile, plan, changes)

Knows nothing of pages; keeps no state.
"""

import re
from dataclasses import dataclass

from fitsense.contracts.changes import Change
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import PromptType, Request, compact_week, make_request, person_of
from fitsense.contracts.strictness import ContractError
from fitsense.planning.changes import apply_changes
from fitsense.planning.derive import with_derived
from fitsense.planning.facts import retrieve_facts
from fitsense.safety.triage import TriageResult, triage_text
from fitsense.safety.verifier import Violation, verify_plan

ASKS_FOR_CHANGE = re.compile(
    r"\b(swap|replace|change|remove|drop|skip|add|move|shorten|instead|without|fewer|less|more|easier|harder|lighter|"
    r"heavier|only have|can't make|cannot make|no time|travel\w*|don't (?:like|have|want))\b",
    re.IGNORECASE,
)
IS_QUESTION = re.compile(
    r"^\s*(how|what|why|when|which|who|where|should|can|could|is|are|do|does|will)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Turn:
    """One message, read: its triage by the rules, and the request that answers it."""

    triage: TriageResult
    request: Request

    @property
    def is_urgent(self) -> bool:
        """Tell whether the rules must answer at once."""
        return self.triage.triage in ("emergency", "stop_and_refer")


def plan_request(profile: Profile) -> Request:
    """The request for a plan, with what the library computes put in beside the profile."""
    return make_request("plan_creation", with_derived(profile))


def read_message(message: str, profile: Profile, plan: Plan) -> Turn:
    """Triage a message and build its request; raises ContractError where it is empty or too long."""
    person, week = person_of(profile), compact_week(plan)
    prompt_type: PromptType = choose_prompt_type(message)
    payload = {"person": person.model_dump(mode="json"), "plan": [day.model_dump(mode="json") for day in week]}
    if prompt_type == "coaching_question":
        payload = {"person": payload["person"], "question": message, "facts": retrieve_facts(message, person, week)}
    else:
        payload |= {"message" if prompt_type == "safety_adjustment" else "request": message}
    return Turn(triage_text(message), make_request(prompt_type, payload))


def choose_prompt_type(message: str) -> PromptType:
    """What a message asks for: anything triage would not let pass is safety; then a change; else a question."""
    if triage_text(message).triage != "proceed":
        return "safety_adjustment"
    wants_change = ASKS_FOR_CHANGE.search(message) and not IS_QUESTION.match(message)
    return "plan_modification" if wants_change else "coaching_question"


def apply_to_plan(profile: Profile, plan: Plan, changes: list[Change]) -> Plan:
    """Apply changes to a plan and verify the result; raises ContractError naming the first violation."""
    changed = apply_changes(plan, changes)
    left = verify_profile_plan(profile, changed)
    if left:
        allowed = f"a plan within this person's limits ({left[0].reason})"
        raise ContractError(left[0].place, [describe(change) for change in changes], allowed)
    return changed


def describe(change: Change) -> str:
    """One change in as few words as it takes."""
    return f"{change.action} {change.exercise}"


def verify_profile_plan(profile: Profile, plan: Plan) -> list[Violation]:
    """Every violation of a plan for a profile."""
    return verify_plan(profile, plan)


def triage_message(message: str) -> TriageResult:
    """Triage by the rules alone: what `/triage` answers."""
    return triage_text(message)
