"""Repair of the other four answers: reasoned changes, triage, adaptation, and chat.

An answer keeps the student's changes and words as long as they verify and agree with each other. What the rules decide
is theirs: a triage class's words and stop signs, safety notes, and whatever is computed from logs. Returns None where
too little would remain, or where words and changes would no longer agree; the planner then answers instead.
"""

import re

from pydantic import BaseModel

from fitsense.coach.grafting import Check, graft_items, take_valid, try_contract, with_field
from fitsense.contracts.changes import MAX_CHANGES, Adaptation, Change, Modification, SafetyAdjustment
from fitsense.contracts.requests import AdaptationInput, CompactDay, QuestionInput, Request
from fitsense.knowledge.exercises import find_exercise
from fitsense.safety.change_checks import list_added_work
from fitsense.safety.text_checks import calls_to_stop
from fitsense.safety.triage import load_triage, stricter

COMPUTED = ("assessment", "deload", "calorie_change")
TOLD = ("summary", "explanation")  # the words that tell of the changes, where an answer has them
MAX_KEPT, MAX_TEXT = 6, 400
NUMBER = re.compile(r"\d+(?:\.\d+)?")
WORD = re.compile(r"[a-z][a-z'-]{3,}")
GROUNDED_SHARE = 0.5
# What a triage class at least must say, where a student judged more strictly than the rules.
CAREFUL_WORDS: dict[str, str] = {
    "emergency": "Stop now and call your local emergency number (112 or 911).",
    "stop_and_refer": "Stop training for now and see a doctor or physiotherapist before you go on.",
    "modify": "Go on with a lighter load and a smaller range, and stop if it gets worse.",
}


def repair_answer(
    request: Request, value: dict, reference: BaseModel, check: Check
) -> tuple[BaseModel | None, list[str], dict]:
    """Repair a salvaged answer of reasoned changes.

    Returns (an answer that verifies or None, repairs in words, what the student wrote with its changes as kept).
    """
    notes: list[str] = []
    listed = value.get("changes")
    if not isinstance(listed, list):
        return None, ["changes: missing or broken off, so nothing says what the student would do"], {}
    changes = _mend_changes(listed, notes)
    answer = take_valid(reference, {**value, "changes": [change.model_dump() for change in changes]}, "answer", notes)
    reason = _why_useless(answer, reference, request.input.plan)
    if reason is not None:
        return None, [*notes, reason], {}
    is_stricter = isinstance(answer, SafetyAdjustment) and answer.triage != reference.triage
    answer = _settle_triage(answer, reference, notes) if isinstance(answer, SafetyAdjustment) else answer
    answer = _graft_changes(answer, reference, request.input.plan, check, notes)
    kept = list(answer.changes)
    if listed and not kept and not is_stricter:
        return None, [*notes, "none of the student's changes could be kept"], {}
    is_own = len(kept) == len(listed) and all(value.get(key) == getattr(answer, key, value.get(key)) for key in TOLD)
    answer = _settle_rest(answer, reference, request, is_own, notes)
    if answer is None or check(answer):
        return None, [*notes, "what was left did not agree with the rules"], {}
    own = kept if answer.changes == kept else []
    return answer, notes, {**value, "changes": [change.model_dump(mode="json") for change in own]}


def _why_useless(answer: BaseModel, reference: BaseModel, week: list[CompactDay]) -> str | None:
    """Why an answer is not worth mending: laxer than the rules, against what is computed, or doing too little."""
    if isinstance(answer, SafetyAdjustment) and stricter(answer.triage, reference.triage) != answer.triage:
        return f"triage {answer.triage} was laxer than the rules' {reference.triage}"
    if isinstance(answer, Modification) and reference.changes and not answer.changes:
        return "nothing was changed where something can be"
    if not isinstance(answer, Adaptation):
        return None
    wrong = [key for key in COMPUTED if getattr(answer, key) != getattr(reference, key)]
    if wrong:
        return f"{' and '.join(wrong)}: not what the logs give, and the changes and words follow from it"
    eased = {change.exercise for change in reference.changes if change not in list_added_work(week, reference.changes)}
    missed = sorted(eased - {change.exercise for change in answer.changes})
    return f"the logs call for less of {', '.join(missed)}, and nothing was changed there" if missed else None


def _settle_triage(answer: SafetyAdjustment, reference: SafetyAdjustment, notes: list[str]) -> SafetyAdjustment:
    """For every class but `proceed` the rules' words; a stricter class than theirs gets the plain words of its class."""
    signs, words = list(load_triage()["stop_signs"][answer.triage]), answer.message
    if answer.triage == reference.triage:
        signs, words = reference.stop_signs, words if answer.triage == "proceed" else reference.message
    else:
        notes.append(f"triage {answer.triage} is stricter than the rules' {reference.triage}: kept, in careful words")
        words = CAREFUL_WORDS[answer.triage]
    stops = answer.triage in ("emergency", "stop_and_refer")
    if words != answer.message:
        notes.append("message: the rules' words used")
    if signs != answer.stop_signs:
        notes.append("stop signs: the rules' used")
    if stops and answer.changes:
        notes.append(f"changes left out: in {answer.triage} training stops, the plan does not change")
    see_professional = stops or answer.see_professional or reference.see_professional
    if see_professional != answer.see_professional:
        notes.append("see_professional: true by the rules")
    return answer.model_copy(update={
        "message": words, "stop_signs": signs, "changes": [] if stops else answer.changes,
        "see_professional": see_professional})


def _graft_changes(
    answer: BaseModel, reference: BaseModel, week: list[CompactDay], check: Check, notes: list[str]
) -> BaseModel:
    """The student's changes that verify; more load after logs only where the logs' own rules give just that."""
    changes = list(answer.changes)
    if isinstance(answer, Adaptation):
        given = [_bare(change) for change in reference.changes]
        unearned = [change for change in list_added_work(week, changes) if _bare(change) not in given]
        notes += [f"{_name_change(change)} left out: the logs do not call for more" for change in unearned]
        changes = [change for change in changes if change not in unearned]
    return graft_items(answer, "changes", changes, check, _name_change, notes)


def _bare(change: Change) -> Change:
    return change.model_copy(update={"reason": ""})


def _settle_rest(
    answer: BaseModel, reference: BaseModel, request: Request, is_own: bool, notes: list[str]
) -> BaseModel | None:
    """Words and lists that must agree with the changes that are left; None where the student's cannot.

    `is_own`: no change was dropped and the words that tell of them are the student's.
    """
    if isinstance(answer, SafetyAdjustment):
        return _cover_rules_changes(answer, reference, notes)
    if isinstance(answer, Modification):
        return _settle_modification(answer, reference, request.input.plan, is_own, notes)
    warned = isinstance(request.input, AdaptationInput) and any(calls_to_stop(log.note or "") for log in request.input.logs)
    if warned and answer.explanation != reference.explanation:
        notes.append("explanation: a warning sign in the logs, the rules' words used")
        answer = with_field(answer, "explanation", reference.explanation)
    if is_own:
        return answer
    same = [_bare(change) for change in answer.changes] == [_bare(change) for change in reference.changes]
    return with_field(answer, "explanation", reference.explanation) if same else None


def _cover_rules_changes(answer: SafetyAdjustment, reference: SafetyAdjustment, notes: list[str]) -> SafetyAdjustment:
    """Every exercise that the rules' answer eases or takes out is dealt with; else the rules' changes are used."""
    if answer.triage != reference.triage or answer.triage == "proceed":
        return answer
    missed = sorted({change.exercise for change in reference.changes} - {change.exercise for change in answer.changes})
    if not missed:
        return answer
    notes.append(f"changes: {', '.join(missed)} would have stayed as before, so the rules' changes are used")
    return with_field(answer, "changes", list(reference.changes))


def _settle_modification(
    answer: Modification, reference: Modification, week: list[CompactDay], is_own: bool, notes: list[str]
) -> Modification:
    """The rules' safety note, a summary true of the changes that are left, and only untouched names under `kept`."""
    if answer.safety_note != reference.safety_note:
        notes.append("safety note: the rules' used")
    touched = {change.exercise.strip().lower() for change in answer.changes}
    stays = list(dict.fromkeys(item.name for day in week for item in day.exercises if item.name.lower() not in touched))
    kept = [name for name in answer.kept if name in stays] or stays[:MAX_KEPT]
    if kept != answer.kept:
        notes.append("kept: only exercises that no change touches")
    summary = answer.summary
    if not is_own:
        summary = f"Changed: {'; '.join(map(_name_change, answer.changes)) or 'nothing'}."[:MAX_TEXT]
        notes.append("summary: written anew from the changes that are left")
    return answer.model_copy(update={"safety_note": reference.safety_note, "kept": kept, "summary": summary})


def _mend_changes(listed: list, notes: list[str]) -> list[Change]:
    """The changes that are whole and name real exercises, each once."""
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
