"""Triage: what a message in plain language calls for, by the readable table `triage.yaml`.

Every row of the table that the message matches counts; the strictest class wins. A match is weakened or dropped when
the words deny it, ask about it in general, tell of another person's past, or place it in the past. Nothing a message
orders ("ignore your rules") is obeyed: only what it reports counts. Knows nothing of plans; never doses or diagnoses.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from fitsense.contracts.changes import TRIAGE_ORDER, Triage
from fitsense.safety.spelling import mend_spelling
from fitsense.safety.wording import has_cue, is_about_other, is_cleared, is_long_past, load_wording, normalise_text

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s+(?=(?:but|however|although|though|yet)\b)|,\s+(?=(?:and )?(?:now|today)\b)")
_CLAUSE = re.compile(r",\s*|\band (?=(?:i|i'm|my|it|now)\b)")
_LIST_WORDS = re.compile(r"\b(?:or|nor)\b|,")
_STATES = ("now", "cleared", "past_unchecked", "past", "past_cleared", "healed")
DENIAL_REACH = 160  # characters; no denial reaches further
_WEAKER: dict[str, dict[Triage, Triage]] = {
    "cleared": {"emergency": "stop_and_refer", "stop_and_refer": "modify", "modify": "modify"},
    "past_unchecked": {"emergency": "stop_and_refer", "stop_and_refer": "stop_and_refer", "modify": "modify"},
    "past": {"emergency": "stop_and_refer", "stop_and_refer": "modify", "modify": "proceed"},
    "healed": {"emergency": "modify", "stop_and_refer": "proceed", "modify": "proceed"},
    "past_cleared": {"emergency": "modify", "stop_and_refer": "modify", "modify": "proceed"},
}


@dataclass(frozen=True)
class TriageResult:
    """What to do now: the class, the message, the table rows matched (strictest first), signs to stop at, referral."""

    triage: Triage
    message: str
    matched: tuple[str, ...]
    stop_signs: tuple[str, ...]
    see_professional: bool


@dataclass(frozen=True)
class _Hit:
    row: dict
    triage: Triage
    state: str


def stricter(a: Triage, b: Triage) -> Triage:
    """Return the more careful of two triage classes."""
    return max(a, b, key=TRIAGE_ORDER.index)


@lru_cache(maxsize=1)
def load_triage() -> dict:
    """Read `triage.yaml` with macros filled in and patterns compiled; cached."""
    table = yaml.safe_load((files("fitsense.safety") / "triage.yaml").read_text(encoding="utf-8"))
    for row in table["rows"]:
        groups = row.get("all") or [row["any"]]
        row["groups"] = [_compile(group, table["macros"]) for group in groups]
        row["except"] = _compile(row["unless"], table["macros"]) if row.get("unless") else None
        anywhere = row.get("unless_anywhere")
        row["except_anywhere"] = _compile(anywhere, table["macros"]) if anywhere else None
    return table


def _compile(patterns: list[str], macros: dict[str, str]) -> re.Pattern:
    joined = "|".join(patterns)
    for _ in range(2):
        for name, text in macros.items():
            joined = joined.replace(f"<{name}>", text)
    return re.compile(rf"(?<![\w'])(?:{joined})")


def triage_text(text: str) -> TriageResult:
    """Triage a message in plain language: the strictest class of all that it reports."""
    hits, general = [], False
    for variant in dict.fromkeys(mend_spelling(normalise_text(re.sub(r"[\r\n]+", ". ", text)))):
        sentences = [sentence for sentence in _SENTENCE.split(variant) if sentence]
        for row in load_triage()["rows"]:
            hit, asked = _match_row(row, sentences, variant)
            general = general or asked
            if hit is not None:
                hits.append(hit)
    return _result(hits, general)


def _match_row(row: dict, sentences: list[str], whole: str) -> tuple[_Hit | None, bool]:
    """Match one row: its hit, weakened by what the words say of it, and whether it was only asked about in general."""
    if row["except_anywhere"] is not None and row["except_anywhere"].search(whole):
        return None, False
    states = [_group_state(group, row["except"], sentences, whole) for group in row["groups"]]
    asked = any(state == "hypothetical" for state in states)
    if any(state in (None, "hypothetical") for state in states):
        return None, asked
    weakest = max(states, key=_STATES.index)
    triage = row["triage"] if weakest == "now" else _WEAKER[weakest][row["triage"]]
    return (_Hit(row, triage, weakest) if triage != "proceed" else None), asked


def _group_state(group: re.Pattern, unless: re.Pattern | None, sentences: list[str], whole: str) -> str | None:
    """The most present state of a group's matches: one of _STATES, hypothetical, or None where nothing counts."""
    found: set[str] = set()
    for index, sentence in enumerate(sentences):
        if unless is not None and unless.search(sentence):
            continue
        scope = " ".join([sentence, *(later for later in sentences[index + 1:index + 2] if has_cue("goes_on", later))])
        for match in group.finditer(sentence):
            found.add(_state(sentence, match, scope, whole))
            if "now" in found:
                return "now"
    return next((state for state in (*_STATES, "hypothetical") if state in found), None)


def _state(sentence: str, match: re.Match, scope: str, whole: str) -> str:
    """What the words make of one match; `scope` is its sentence and the next where that goes on about it."""
    before, until = sentence[:match.start()], sentence[:match.end() + 1]
    if _is_denied(sentence, match.start()) and not has_cue("denial_undone", whole):
        return "denied"
    present = has_cue("now", sentence)
    if not present and has_cue("hypothetical", until) and not _tells_own_habit(until):
        return "hypothetical"
    if is_about_other(before) and not has_cue("first_person", before) and not present:
        return "other" if has_cue("told_past", sentence) else "now"
    return _time_state(_clause_around(sentence, match), scope, whole)


def _clause_around(sentence: str, match: re.Match) -> str:
    """The clause of a sentence that holds a match."""
    start = max((cut.end() for cut in _CLAUSE.finditer(sentence, 0, match.start())), default=0)
    end = next((cut.start() for cut in _CLAUSE.finditer(sentence, match.end())), len(sentence))
    return sentence[start:end]


def _time_state(clause: str, scope: str, whole: str) -> str:
    """Place a match in time: now, or past; cleared by a professional (not by pretence), or known to be unchecked."""
    if has_cue("now", whole):
        return "now"
    cleared = is_cleared(scope) and not has_cue("pretence", whole)
    present = has_cue("present", clause) and not has_cue("past", clause)
    if has_cue("past", scope) and not has_cue("long_standing", scope) and not present:
        return _past_state(scope, cleared)
    return "cleared" if cleared else "now"


def _past_state(scope: str, cleared: bool) -> str:
    """Which past: healed long ago, cleared, known to be unchecked or only days back, or plain past."""
    settled = has_cue("settled", scope)
    if has_cue("not_cleared", scope) or (has_cue("recent_past", scope) and not settled and not cleared):
        return "past_unchecked"
    if settled and is_long_past(scope):
        return "healed"
    return "past_cleared" if cleared else "past"


def _is_denied(sentence: str, start: int) -> bool:
    """Whether a denial reaches the match at `start`: close by, or through a list closed by "or"."""
    denials = load_wording()["cues"]["denial"].finditer(sentence, max(0, start - DENIAL_REACH), start + DENIAL_REACH)
    return any(denial.end() <= start and _reaches(sentence[denial.end():start], sentence[start:start + 60])
               for denial in denials)


def _reaches(between: str, after: str) -> bool:
    if has_cue("asserts", between) or re.search(r"[.!?;]", between):
        return False
    if "," in between:
        tail = between[between.index(","):] + after
        return bool(re.search(r"\b(?:or|nor)\b", tail)) and len(between.split()) <= 16
    return len(between.split()) <= (8 if _LIST_WORDS.search(between) else 4)


def _tells_own_habit(until: str) -> bool:
    """"When I run I get chest pain" tells what happens, "if I get chest pain" asks in general."""
    if has_cue("if_ever", until):
        return False
    return has_cue("own_report", until)


def _result(hits: list[_Hit], general: bool) -> TriageResult:
    table = load_triage()
    if not hits:
        message = table["general_question"] if general else table["default_message"]
        return TriageResult("proceed", message, (), tuple(table["stop_signs"]["proceed"]), False)
    hits = sorted(hits, key=lambda hit: -TRIAGE_ORDER.index(hit.triage))
    first = hits[0]
    matched = tuple(dict.fromkeys(hit.row["id"] for hit in hits))
    return TriageResult(first.triage, _message(first, table), matched, tuple(table["stop_signs"][first.triage]),
                        first.triage in ("emergency", "stop_and_refer") or first.state != "now")


def _message(hit: _Hit, table: dict) -> str:
    if hit.state == "now":
        return table["advice"][hit.row["advice"]]
    advice = table["advice"]["clearance" if hit.triage == "stop_and_refer" else "condition"]
    return advice + table["weakened"]["cleared" if "cleared" in hit.state else "past"]
