"""The verifier: everything wrong with a plan, a compact week or any answer, as violations with rule, place, reason.

    violations = verify_plan(profile, plan)        # [] = nothing wrong
    violations = verify_answer(request, text)      # any prompt type, from the text as written

Knows nothing of who wrote it: engine, model and person are held to the same rules. Never raises on bad text: what does
not parse is one violation with rule_id "contract".
"""

from fitsense.contracts.changes import Adaptation, Change, Modification
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
from fitsense.safety.change_checks import check_adds_nothing, check_changes, check_triage_answer, check_week, list_added_work
from fitsense.safety.consistency import CONSISTENCY_CHECKS
from fitsense.safety.permitted import limits_of, may_get_harder
from fitsense.safety.plan_checks import PLAN_CHECKS, Case
from fitsense.safety.reports import find_hurt_parts
from fitsense.safety.screening import Limits, screen_person
from fitsense.safety.text_checks import calls_to_stop, check_chat, check_contract_words, check_escalates, check_words
from fitsense.safety.violations import Severity, Violation, error

__all__ = ["Severity", "Violation", "verify_answer", "verify_plan", "verify_week"]


def verify_plan(profile: Profile, plan: Plan) -> list[Violation]:
    """Find everything wrong with a plan for this person; an empty list means it keeps every rule."""
    case = Case(profile, plan)
    found = [violation for check in (*PLAN_CHECKS, *CONSISTENCY_CHECKS) for violation in check(case)]
    return found + [violation for place, text in case.texts for violation in check_words(place, text)]


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
    limits = limits_of(request)
    found = check_changes(given.person, given.plan, answer.changes, limits) + check_contract_words(answer)
    found += _check_harder(given.plan, answer.changes, limits)
    if isinstance(given, SafetyInput):
        return check_triage_answer(given.message, given.plan, answer) + found
    if isinstance(given, ModificationInput):
        return found + _check_modification(given, answer)
    return found + _check_adaptation(given, answer, limits)


def _check_harder(week: list[CompactDay], changes: list[Change], limits: Limits) -> list[Violation]:
    """Nothing this person may not do is made harder."""
    harder = [change for change in list_added_work(week, changes) if change.action == "adjust"]
    return [error("check_unsafe_change", f"changes.{changes.index(change)}", f"{change.exercise} is made harder; not for this "
                  "person") for change in harder if not may_get_harder(change.exercise, limits)]


def _check_modification(given: ModificationInput, answer: Modification) -> list[Violation]:
    """A warning sign in the request is answered; where something hurts or is a warning sign nothing is added."""
    found = check_escalates([given.request], f"{answer.summary} {answer.safety_note}", "safety_note")
    if find_hurt_parts(given.request) or calls_to_stop(given.request):
        found += check_adds_nothing(given.plan, answer.changes, "answer to a part that hurts or a warning sign")
    return found


def _check_adaptation(given: AdaptationInput, answer: Adaptation, limits: Limits) -> list[Violation]:
    """Calories change only where that cannot harm; a warning sign in the logs' notes is answered and adds nothing."""
    notes = [week.note for week in given.logs if week.note]
    found = check_escalates(notes, answer.explanation, "explanation")
    if answer.calorie_change and not limits.allow_calorie_number:
        found.append(error("check_calorie_number", "calorie_change", "no calorie number for this person (0)"))
    elif answer.calorie_change < 0 and not limits.allow_deficit:
        found.append(error("check_calorie_deficit", "calorie_change", "no deficit for this person"))
    is_warned = any(calls_to_stop(note) for note in notes)
    if is_warned and answer.calorie_change:
        found.append(error("check_unsafe_change", "calorie_change", f"{answer.calorie_change} kcal; 0 while a warning "
                               "sign in the logs is not checked"))
    if is_warned:
        found += check_adds_nothing(given.plan, answer.changes, "answer to a warning sign in the logs")
    elif answer.deload:
        found += check_adds_nothing(given.plan, answer.changes, "a deload")
    return found
