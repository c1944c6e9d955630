"""The guard: what a model wrote goes out only when it verifies; else it is repaired, else the planner answers instead.

    guarded = guard_answer(request, raw_text, finish_reason)
    guarded.verdict        # accepted | repaired | replaced; guarded.repairs says what was done, in words
    guarded.kept           # 0-1: how much of what a student may decide is the student's own

Knows the contracts, the verifier and the planner; knows nothing of models. The result always verifies.
"""

from dataclasses import dataclass, field
from typing import Literal

from fitsense.coach.answer_repair import finish_sentence, repair_answer, ungrounded_reason
from fitsense.coach.kept import count_exercises, share_kept, share_words
from fitsense.coach.plan_repair import repair_plan
from fitsense.coach.salvage import salvage_json
from fitsense.contracts.requests import RESPONSES, Request
from fitsense.contracts.strictness import dump_compact, load_contract, parse_json
from fitsense.planning.respond import respond
from fitsense.safety.verifier import Violation, verify_answer

Verdict = Literal["accepted", "repaired", "replaced"]


@dataclass(frozen=True)
class Guarded:
    """An answer that may go out: how it was reached, what was wrong with the raw text, what was mended.

    `kept` (0-1) as coach.kept defines it; of a plan's `n_exercises` entries the student named `n_exercises_kept`.
    """

    text: str
    verdict: Verdict
    violations: list[Violation] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    kept: float = 0.0
    n_exercises_kept: int = 0
    n_exercises: int = 0


def guard_answer(request: Request, raw_text: str, finish_reason: str = "stop") -> Guarded:
    """Accept, repair or replace a model's answer (`finish_reason` "length": it broke off).

    The result has no violation; AssertionError where even the planner's own answer has one (a bug in the library).
    """
    found = verify_answer(request, raw_text)
    if request.prompt_type == "coaching_question":
        guarded = _guard_chat(request, raw_text, finish_reason, found)
    else:
        guarded = _guard_json(request, raw_text, found)
    left = verify_answer(request, guarded.text)
    assert not left, f"{request.prompt_type}: a guarded answer must verify, but {left[0].place}: {left[0].reason}"
    return guarded


def _guard_chat(request: Request, raw_text: str, finish_reason: str, found: list[Violation]) -> Guarded:
    text, repairs = raw_text.strip(), []
    if finish_reason == "length":
        text, repairs = finish_sentence(text), ["cut back to its last whole sentence"]
    reason = ungrounded_reason(text, request.input) if text else "no whole sentence"
    broken = verify_answer(request, text) if text else found
    if reason is None and not broken:
        return Guarded(text, "repaired" if text != raw_text else "accepted", found, repairs, share_words(raw_text, text))
    why = reason or broken[0].reason
    return Guarded(respond(request), "replaced", found, [f"answered by the planner instead: {why}"])


def _guard_json(request: Request, raw_text: str, found: list[Violation]) -> Guarded:
    """Repair a JSON answer; accepted means that it verifies and the repair had nothing to do."""
    planner_text = respond(request)
    value, notes = salvage_json(raw_text)
    if not isinstance(value, dict):
        return _replace(planner_text, found, notes)
    contract = RESPONSES[request.prompt_type]
    reference = load_contract(contract, planner_text, "answer")

    def check(answer) -> list[Violation]:
        return verify_answer(request, dump_compact(answer))

    if request.prompt_type == "plan_creation":
        answer, repairs, written = repair_plan(request.input, value, reference, check)
    else:
        answer, repairs, written = repair_answer(request, value, reference, check)
    if answer is None:
        return _replace(planner_text, found, [*notes, *repairs])
    final = answer.model_dump(mode="json")
    n_kept, n_all = count_exercises(written, final)
    kept = share_kept(written, final)
    if not found and answer == load_contract(contract, raw_text, "answer"):
        return Guarded(raw_text, "accepted", [], [], kept, n_kept, n_all)
    return Guarded(dump_compact(answer), "repaired", found, [*notes, *repairs], kept, n_kept, n_all)


def _replace(planner_text: str, found: list[Violation], notes: list[str]) -> Guarded:
    n_all = count_exercises({}, parse_json(planner_text, "answer"))[1]
    repairs = [*notes, "answered by the planner instead"]
    return Guarded(planner_text, "replaced", found, repairs, n_exercises=n_all)
