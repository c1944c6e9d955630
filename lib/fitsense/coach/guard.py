"""The guard: what a model wrote goes out only when it verifies; else it is repaired, else the planner answers instead.

    guarded = guard_answer(request, raw_text, finish_reason)
    guarded.verdict        # accepted | repaired | replaced; guarded.repairs says what was done, in words

Knows the contracts, the verifier and the planner; knows nothing of models. The result always verifies.
"""

from dataclasses import dataclass, field
from typing import Literal

from fitsense.coach.answer_repair import finish_sentence, repair_answer, ungrounded_reason
from fitsense.coach.plan_repair import is_thin_week, repair_plan
from fitsense.coach.salvage import salvage_json
from fitsense.contracts.plan import Plan
from fitsense.contracts.requests import RESPONSES, Request
from fitsense.contracts.strictness import dump_compact, load_contract
from fitsense.planning.respond import respond
from fitsense.safety.triage import stricter
from fitsense.safety.verifier import Violation, verify_answer

Verdict = Literal["accepted", "repaired", "replaced"]


@dataclass(frozen=True)
class Guarded:
    """An answer that may go out: how it was reached, what was wrong with the raw text, what was mended."""

    text: str
    verdict: Verdict
    violations: list[Violation] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)


def guard_answer(request: Request, raw_text: str, finish_reason: str = "stop") -> Guarded:
    """Accept, repair or replace a model's answer (`finish_reason` "length": it broke off).

    The result has no violation; AssertionError where even the planner's own answer has one (a bug in the library).
    """
    found = find_violations(request, raw_text)
    if request.prompt_type == "coaching_question":
        guarded = _guard_chat(request, raw_text, finish_reason, found)
    elif not found and not _is_laxer(request, raw_text) and not _is_thin(request, raw_text):
        guarded = Guarded(raw_text, "accepted")
    else:
        guarded = _repair(request, raw_text, found)
    left = find_violations(request, guarded.text)
    assert not left, f"{request.prompt_type}: a guarded answer must verify, but {left[0].place}: {left[0].reason}"
    return guarded


def find_violations(request: Request, text: str) -> list[Violation]:
    """Everything the verifier holds against an answer."""
    return verify_answer(request, text)


def _is_laxer(request: Request, text: str) -> bool:
    """Tell whether a triage answer is laxer than the planner's own."""
    if request.prompt_type != "safety_adjustment":
        return False
    from_rules = load_contract(RESPONSES[request.prompt_type], respond(request), "answer").triage
    said = load_contract(RESPONSES[request.prompt_type], text, "answer").triage
    return stricter(said, from_rules) != said


def _is_thin(request: Request, text: str) -> bool:
    """Tell whether a plan verifies and yet holds far less training than the planner's."""
    if request.prompt_type != "plan_creation":
        return False
    plan, reference = (load_contract(Plan, answer, "answer") for answer in (text, respond(request)))
    return is_thin_week(plan, reference)


def _guard_chat(request: Request, raw_text: str, finish_reason: str, found: list[Violation]) -> Guarded:
    text, repairs = raw_text.strip(), []
    if finish_reason == "length":
        text, repairs = finish_sentence(text), ["cut back to its last whole sentence"]
    reason = ungrounded_reason(text, request.input) if text else "no whole sentence"
    broken = find_violations(request, text) if text else found
    if reason is None and not broken:
        return Guarded(text, "repaired" if text != raw_text else "accepted", found, repairs)
    why = reason or broken[0].reason
    return Guarded(respond(request), "replaced", found, [f"answered by the planner instead: {why}"])


def _repair(request: Request, raw_text: str, found: list[Violation]) -> Guarded:
    planner_text = respond(request)
    value, notes = salvage_json(raw_text)
    if not isinstance(value, dict):
        return Guarded(planner_text, "replaced", found, [*notes, "answered by the planner instead"])
    reference = load_contract(RESPONSES[request.prompt_type], planner_text, "answer")

    def check(answer) -> list[Violation]:
        return find_violations(request, dump_compact(answer))

    if request.prompt_type == "plan_creation":
        answer, repairs, n_kept = repair_plan(request.input, value, reference, check)
        answer = answer if n_kept else None
    else:
        answer, repairs = repair_answer(value, reference, check)
    if answer is None:
        return Guarded(planner_text, "replaced", found, [*notes, *repairs, "answered by the planner instead"])
    return Guarded(dump_compact(answer), "repaired", found, [*notes, *repairs])
