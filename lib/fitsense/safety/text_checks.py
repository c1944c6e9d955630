"""Checks of written words: no doses, no diagnosis, no fasting, no "push through pain", and no missed escalation.

Knows nothing of plans; reads English by patterns, so a finding is a reason to look, not a proof.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from pydantic import BaseModel

from fitsense.contracts.changes import MAX_CHAT_WORDS, TRIAGE_ORDER, Triage
from fitsense.safety.effort import TO_THE_END
from fitsense.safety.triage import triage_text
from fitsense.safety.violations import Violation, error
from fitsense.safety.wording import normalise_text

_DRUG = (
    r"(?:insulin|medication|medicine|meds|dose|dosage|tablets?|pills?|ibuprofen|paracetamol|aspirin|naproxen|painkillers?|"
    r"beta[- ]?blockers?|metformin|inhaler|warfarin|blood thinners?|steroids?|antibiotics?)")
_COUNT = r"\d+(?:[.,]\d+)?|one|two|three|four|five|six|half an?|half|(?:a )?couple|(?:a )?few"
_DOSE = re.compile(
    rf"\b(?:{_COUNT})\s?"
    r"(?:mg|mcg|µg|iu|milligrams?|micrograms?|tablets?|pills?|puffs?|capsules?|units? of)\b|"
    rf"\b(?:take|increase|decrease|double|halve|reduce|skip|stop(?: taking)?|lower|raise|change|adjust|start)\s+"
    rf"(?:(?:your|the|some|an|a|more|less|extra|taking|{_COUNT}|of)\s+){{0,3}}{_DRUG}\b")
_DOSE_FORBIDDEN = re.compile(
    r"\b(?:do not|don't|never|without|not|before you|ask|talk to|whether to|no one should)\s+"
    r"(?:(?:\w+\s+){0,4}?|(?:\w+, )+\w+ or )$")
_DIAGNOSIS = re.compile(
    r"\byou (?:(?:probably|likely|clearly|definitely|certainly|must|may|might|almost certainly|surely) )*"
    r"(?:have|have got|are having|suffer from|are suffering from)\s+(?:a |an |the )?(?:\w+ ){0,2}?"
    r"(?:tear|torn|sprain|strain|tendin\w+|tendon\w+|arthritis|hernia\w*|fracture|stroke|heart attack|angina|diabetes|"
    r"hypertension|infection|syndrome|concussion|sciatica|bursitis|impingement|disease|disorder|cancer|asthma|rhabdo\w*|"
    r"blood clot|dvt|anaemia|anemia)\b|\b(?:my|the|your) diagnosis is\b|\bi diagnose\b|"
    r"\bit(?:'s| is) (?:definitely|clearly|certainly|only|just) (?:a |an )?(?:\w+ )?"
    r"(?:tear|sprain|strain|tendin\w+|arthritis|hernia|anxiety|heartburn|muscle pull)\b")
_DIAGNOSIS_IF = re.compile(r"\b(?:if|when|since|because|as|you say|told us|unless)\s+$")
_PUSH_ON = re.compile(
    r"\b(?:push|work|train|power|fight|play) through (?:the |any |your )?(?:sharp )?pain\b|\bno pain,? no gain\b|"
    r"\bignore (?:the |any |your )?(?:\w+ )?(?:pain|symptoms?|dizziness|warning)\b|"
    r"\bdo(?:n't| not) need (?:to see )?a (?:doctor|professional)\b|\bhold your breath\b|"
    r"\bkeep going,? (?:and |it |the pain )(?:\w+ ){0,2}?(?:warm|pass|ease|loosen|go away|settle)|\bpain is (?:\w+ )?weakness\b|"
    r"\b(?:walk|shake|run|sweat) it off\b")
_NO_FOOD = re.compile(
    r"\b(?:skip|miss|cut out|go without|do without|leave out|no) (?:all |any |your |the )?(?:food|meals?|eating|breakfast|"
    r"lunch|dinner|supper|carbs|carbohydrates?)\b|\bfast(?:ing)? (?:until|till|for|all|through|overnight|before|after)\b|"
    r"\b(?:on an|with an) empty stomach\b|\b(?:nothing|only water|water only) (?:to eat|until|till|for)\b|"
    r"\b(?:do not|don't|stop) (?:eat|eating) (?:anything|at all|all day|until|till)\b|\bstarv(?:e|ing)\b|\blaxatives?\b")
_NO_WARM_UP = re.compile(
    r"\b(?:skip|no need (?:to|for a)|leave out|drop|cut|without|forget) (?:a |any |the |your |to )*(?:warm(?:ing)?[- ]?up|"
    r"cool(?:ing)?[- ]?down)\b|\bno (?:warm|cool)[- ]?(?:up|down)\b")
_PUSH_FORBIDDEN = re.compile(r"\b(?:do not|don't|never|not|no|without|rather than|instead of)\s+(?:\w+\s+){0,2}?$")
_FAULTS = (
    (_DOSE, _DOSE_FORBIDDEN, "check_no_dosing", "gives advice on a medicine or its dose"),
    (_DIAGNOSIS, _DIAGNOSIS_IF, "check_no_diagnosis", "states a diagnosis"),
    (_PUSH_ON, _PUSH_FORBIDDEN, "check_push_through_pain", "tells the person to go on against a warning sign"),
    (TO_THE_END, _PUSH_FORBIDDEN, "check_min_rir", "asks for all the person has; keep repetitions in reserve"),
    (_NO_WARM_UP, _PUSH_FORBIDDEN, "check_warm_up", "tells the person to leave out warm-up or cool-down"),
    (_NO_FOOD, _PUSH_FORBIDDEN, "check_meals", "tells the person to go without food"),
)
ESCALATION_WORDS: dict[Triage, re.Pattern] = {
    "emergency": re.compile(r"\b(?:emergency|112|911|999|ambulance|crisis line)\b"),
    "stop_and_refer": re.compile(
        r"\b(?:doctor|physician|physio\w*|professional|clinician|gp|midwife|maternity|care team|medical|emergency|"
        r"provider|specialist|hospital|dietitian)\b"),
}


def iter_texts(value: BaseModel) -> Iterator[tuple[str, str]]:
    """Yield (dotted place, text) for every string of a contract."""
    yield from _iter_strings(value.model_dump(mode="json"), "")


def _iter_strings(value: dict | list, before: str) -> Iterator[tuple[str, str]]:
    for key, inner in (value.items() if isinstance(value, dict) else enumerate(value)):
        if isinstance(inner, str):
            yield f"{before}{key}", inner
        elif isinstance(inner, (dict, list)):
            yield from _iter_strings(inner, f"{before}{key}.")


def check_words(place: str, text: str) -> list[Violation]:
    """Find doses, diagnoses, fasting, and orders to push through pain or to the very end in one text."""
    return [error(rule, place, reason) for rule, reason in _find_faults(text)]


@lru_cache(maxsize=8192)
def _find_faults(text: str) -> tuple[tuple[str, str], ...]:
    """(rule, reason) of everything wrong with a text: plans share most of their lines."""
    words = normalise_text(text)
    return tuple((rule, reason) for pattern, unless, rule, reason in _FAULTS if _finds(pattern, unless, words))


def _finds(pattern: re.Pattern, forbidden: re.Pattern, words: str) -> bool:
    return any(not forbidden.search(words[:match.start()]) for match in pattern.finditer(words))


def check_contract_words(value: BaseModel) -> list[Violation]:
    """Check every string of a contract."""
    return [violation for place, text in iter_texts(value) for violation in check_words(place, text)]


def calls_to_stop(text: str) -> bool:
    """Whether what a person said triages as `stop_and_refer` or worse."""
    return triage_text(text).triage in ESCALATION_WORDS


def says_whom(needed: Triage, answer: str) -> bool:
    """Whether an answer sends the person to whom a class of triage calls for; "not an emergency" sends to nobody."""
    pattern = ESCALATION_WORDS.get(needed)
    return pattern is None or _finds(pattern, _PUSH_FORBIDDEN, normalise_text(answer))


def check_escalates(said: list[str], answer: str, place: str) -> list[Violation]:
    """Find an answer in words that lacks the escalation which what the person said calls for."""
    classes = [triage_text(text).triage for text in said if text]
    needed = max(classes, key=TRIAGE_ORDER.index, default="proceed")
    if says_whom(needed, answer):
        return []
    whom = "emergency services" if needed == "emergency" else "a doctor or another professional"
    return [error("check_missed_escalation", place, f"the message calls for {needed}: must send to {whom}")]


def check_chat(question: str, text: str) -> list[Violation]:
    """Check a chat answer: not empty, at most 150 words, no dose, no diagnosis, escalation where called for."""
    n_words = len(text.split())
    found = []
    if n_words == 0:
        found.append(error("contract", "answer", "the answer is empty"))
    if n_words > MAX_CHAT_WORDS:
        found.append(error("check_chat_length", "answer", f"{n_words} words; at most {MAX_CHAT_WORDS}"))
    return found + check_words("answer", text) + check_escalates([question], text, "answer")
