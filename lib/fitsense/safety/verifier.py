"""The verifier: everything wrong with a plan, a compact week or any answer, as violations with rule, place, reason.

    violations = verify_plan(profile, plan)        # [] = nothing wrong
    violations = verify_answer(request, text)      # any prompt type, from the text as written

Knows nothing of who wrote it: engine, model and person are held to the same rules. Never raises on bad text: what does
not parse is one violation with rule_id "contract".
"""

from fitsense.contracts.changes import Adaptation, Modification
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import (
    RESPONSES,
    AdaptationInput,
    CompactDay,
    ModificationInput,
    Person,
    Request,
    SafetyInput,
)
from fitsense.contracts.strictness import ContractError, load_contract
from fitsense.safety.change_checks import adds_work, check_changes, check_triage_answer, check_week
from fitsense.safety.plan_checks import PLAN_CHECKS, Case
from fitsense.safety.screening import Limits, screen_person
from fitsense.safety.text_checks import check_chat, check_contract_words, check_escalates
from fitsense.safety.violations import Severity, Violation, error

__all__ = ["Severity", "Violation", "verify_answer", "verify_plan", "verify_week"]


def verify_plan(profile: Profile, plan: Plan) -> list[Violation]:
    """Find everything wrong with a plan for this person; an empty list means it keeps every rule."""
    case = Case(profile, plan)
    found = [violation for check in PLAN_CHECKS for violation in check(case)]
    return found + check_contract_words(plan)


def verify_week(person: Person, week: list[CompactDay]) -> list[Violation]:
    """Find everything wrong with a compact week for this person."""
    return check_week(person, week, screen_person(person))


def verify_answer(request: Request, text: str) -> list[Violation]:
    """Find everything wrong with an answer as written; one violation "contract" where it does not parse."""
    given = request.input
    if request.prompt_type == "coaching_question":
        return check_chat(given.question, text)
    try:
        answer = load_contract(RESPONSES[request.prompt_type], text, "answer")
    except ContractError as broken:
        return [error("contract", broken.field, str(broken))]
    if isinstance(given, Profile):
        return verify_plan(given, answer)
    limits = screen_person(given.person)
    found = check_changes(given.person, given.plan, answer.changes, limits) + check_contract_words(answer)
    if isinstance(given, SafetyInput):
        return check_triage_answer(given.message, answer) + found
    if isinstance(given, ModificationInput):
        return found + _check_modification(given, answer)
    return found + _check_adaptation(given, answer, limits)


def _check_modification(given: ModificationInput, answer: Modification) -> list[Violation]:
    return check_escalates([given.request], f"{answer.summary} {answer.safety_note}", "safety_note")


def _check_adaptation(given: AdaptationInput, answer: Adaptation, limits: Limits) -> list[Violation]:
    """Calories change only where that cannot harm; a warning sign in the logs' notes is answered."""
    found = check_escalates([week.note or "" for week in given.logs], answer.explanation, "explanation")
    if answer.calorie_change and not limits.allow_calorie_number:
        found.append(error("check_calorie_number", "calorie_change", "no calorie number for this person (0)"))
    elif answer.calorie_change < 0 and not limits.allow_deficit:
        found.append(error("check_calorie_deficit", "calorie_change", "no deficit for this person"))
    if answer.deload and any(adds_work(change) for change in answer.changes):
        found.append(error("check_unsafe_change", "changes", "a deload adds nothing"))
    return found
