"""Repair of the other four answers: reasoned changes, triage, adaptation, and chat.

An answer keeps the student's words as long as its substance stands: changes that break a rule are left out, triage is
never laxer than the planner's, computed numbers are the planner's. Returns None where too little would remain.
"""

import re

from pydantic import BaseModel

from fitsense.coach.grafting import Check, graft_items, take_valid, try_contract, with_field
from fitsense.contracts.changes import MAX_CHANGES, Change, SafetyAdjustment
from fitsense.contracts.requests import QuestionInput
from fitsense.knowledge.exercises import find_exercise
from fitsense.safety.triage import stricter

COMPUTED = ("assessment", "deload", "calorie_change")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
WORD = re.compile(r"[a-z][a-z'-]{3,}")
GROUNDED_SHARE = 0.5
# What a triage class at least must say, where a student judged more strictly than the rules but not in whole words.
CAREFUL_WORDS: dict[str, str] = {
    "emergency": "Stop now and call your local emergency number (112 or 911).",
    "stop_and_refer": "Stop training for now and see a doctor or physiotherapist before you go on.",
    "modify": "Go on with a lighter load and a smaller range, and stop if it gets worse.",
}


def repair_answer(value: dict, reference: BaseModel, check: Check) -> tuple[BaseModel | None, list[str]]:
    """Repair a salvaged answer of reasoned changes; return (an answer that verifies or None, repairs in words)."""
    notes: list[str] = []
    changes = _mend_changes(value, notes)
    filled = {**value, "changes": [change.model_dump() for change in changes]}
    answer = take_valid(reference, filled, "answer", notes)
    if isinstance(answer, SafetyAdjustment) and stricter(answer.triage, reference.triage) != answer.triage:
        return None, [*notes, f"triage {answer.triage} was laxer than the rules' {reference.triage}"]
    if not check(answer):
        return answer, notes
    if isinstance(answer, SafetyAdjustment) and answer.triage != reference.triage:
        notes.append(f"triage {answer.triage} is stricter than the rules' {reference.triage}: kept, in careful words")
        answer = _say_carefully(answer, reference)
        return (None, notes) if check(answer) else (answer, notes)
    answer = graft_items(answer, "changes", changes, check, _name_change, notes)
    if changes and not answer.changes:
        return None, [*notes, "none of the student's changes was allowed"]
    if check(answer):
        answer = _take_computed(answer, reference, notes)
    return (None, notes) if check(answer) else (answer, notes)


def _say_carefully(answer: SafetyAdjustment, reference: SafetyAdjustment) -> SafetyAdjustment:
    """A stricter class than the rules' with words that fit it and no change to the plan."""
    return answer.model_copy(
        update={
            "message": CAREFUL_WORDS[answer.triage],
            "changes": [],
            "stop_signs": reference.stop_signs,
            "see_professional": answer.triage != "modify",
        }
    )


def _take_computed(answer: BaseModel, reference: BaseModel, notes: list[str]) -> BaseModel:
    """Numbers and classes that the library computes from the logs, and what safety needs said, from the planner."""
    for key in (*COMPUTED, "safety_note", "stop_signs", "see_professional"):
        if hasattr(answer, key) and getattr(answer, key) != getattr(reference, key):
            answer = with_field(answer, key, getattr(reference, key))
            notes.append(f"{key}: the planner's used")
    return answer


def _mend_changes(value: dict, notes: list[str]) -> list[Change]:
    """The changes that are whole and name real exercises, each once."""
    listed = value.get("changes") if isinstance(value.get("changes"), list) else []
    kept: list[Change] = []
    for item in listed:
        change = try_contract(Change, item)
        if change is None or find_exercise(change.exercise) is None:
            notes.append("a change that is incomplete or names no real exercise left out")
        elif change in kept or len(kept) == MAX_CHANGES:
            notes.append(f"{_name_change(change)} repeated, left out")
        else:
            kept.append(change)
    return kept


def _name_change(change: Change) -> str:
    return f"{change.action} {change.exercise}" + (f" for {change.replacement}" if change.replacement else "")


def finish_sentence(text: str) -> str:
    """Cut chat that broke off back to its last whole sentence; empty where there is none."""
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s|$)", text)]
    return text[: ends[-1]].strip() if ends else ""


def ungrounded_reason(answer: str, asked: QuestionInput) -> str | None:
    """Why a chat answer does not rest on the facts given, or None: every number and half of the words must be there."""
    person = " ".join(str(value) for value in asked.person.model_dump().values())
    given = " ".join([*asked.facts, asked.question, person]).lower()
    invented = sorted(set(NUMBER.findall(answer)) - set(NUMBER.findall(given)))
    if invented:
        return f"number not in the facts: {', '.join(invented[:3])}"
    stems = {word[:5] for word in WORD.findall(given)}
    words = WORD.findall(answer.lower())
    share = sum(word[:5] in stems for word in words) / max(len(words), 1)
    return None if share >= GROUNDED_SHARE else f"only {share:.0%} of the words rest on the facts given"
