"""Triage: what a message in plain language calls for, by the readable table `triage.yaml`.

Every row of the table that the message matches counts; the strictest class wins. A match is weakened or dropped when
the words deny it, ask about it in general, tell of another person's past, or place it in the past. Nothing a message
orders ("ignore your rules") is obeyed: only what it reports counts. `triage_text` reads a message, `triage_profile` the
lines of a profile. Knows English only, and says so; knows nothing of plans; never doses or diagnoses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from fitsense.contracts.changes import TRIAGE_ORDER, Triage
from fitsense.contracts.profile import Profile
from fitsense.safety.language import is_foreign
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
        for key in ("unless", "context", "unless_anywhere"):
            row[key] = _compile(row[key], table["macros"]) if row.get(key) else None
    return table


def _compile(patterns: list[str], macros: dict[str, str]) -> re.Pattern:
    joined = "|".join(patterns)
    for _ in range(2):
        for name, text in macros.items():
            joined = joined.replace(f"<{name}>", text)
    return re.compile(rf"(?<![\w'])(?:{joined})")


def triage_text(text: str) -> TriageResult:
    """Triage a message in plain English: the strictest class of all that it reports; `modify` where it is not English."""
    variants = _read(text)
    hits, general = _find_hits(variants)
    if not hits and is_foreign(variants[-1]):
        return _result([_Hit(load_triage()["not_english"], "modify", "now")], general)
    return _result(hits, general)


def triage_profile(profile: Profile) -> TriageResult:
    """Triage every line of a profile's own words: the strictest class of all lines.

    A profile lists what people have or had. So an emergency stands only where a line tells of it as present ("chest pain
    right now", "I can't breathe", a wish to die); a listed illness or symptom ("angina", "heart attack 2019") is at most
    stop_and_refer. Lines in another language are left to screening, which calls them unrecognised.
    """
    given = profile.constraints
    lines = [*given.conditions, *(given.medications or []), *given.injuries, *(given.allergies or []), given.diet or "",
             given.time_restrictions, given.location, *profile.preferences.preferred_activities,
             *(workout.exercise for workout in profile.feedback.previous_workouts)]
    return _result([_as_listed(hit, _read(line)) for line in lines for hit in _find_hits(_read(line))[0]], False)


def _as_listed(hit: _Hit, variants: list[str]) -> _Hit:
    """A hit in a profile: weakened to `listed` where it would be an emergency and no reading tells of it as present."""
    sentences = [sentence for variant in variants for sentence in _SENTENCE.split(variant)]
    if hit.triage != "emergency" or any(_is_present(hit.row, sentence) for sentence in sentences):
        return hit
    return _Hit(hit.row, "stop_and_refer", "listed")


def _is_present(row: dict, sentence: str) -> bool:
    """Whether a sentence of a profile tells of a match as felt or going on, not as an illness one has."""
    lifelong = has_cue("lifelong", sentence)
    for match in (match for group in row["groups"] for match in _unexplained(group, row["unless"], sentence)):
        clause = _clause_around(sentence, match)
        listed = has_cue("diagnosis", clause)
        if has_cue("under_way", sentence) or has_cue("moment", clause if listed else sentence):
            return True
        if (row.get("unlisted") or has_cue("felt", clause)) and not listed and not lifelong:
            return True
    return False


def _read(text: str) -> list[str]:
    """The readings of a text: normalised as written, and with its spelling mended; a new line ends a sentence."""
    return mend_spelling(normalise_text(re.sub(r"[\r\n]+", ". ", text)))


def _find_hits(variants: list[str]) -> tuple[list[_Hit], bool]:
    """Every row that the readings of a text match, and whether something was only asked about in general."""
    hits, general = [], False
    for variant in variants:
        sentences = [sentence for sentence in _SENTENCE.split(variant) if sentence]
        for row in load_triage()["rows"]:
            hit, asked = _match_row(row, sentences, variant)
            general = general or asked
            if hit is not None:
                hits.append(hit)
    return hits, general


def _match_row(row: dict, sentences: list[str], whole: str) -> tuple[_Hit | None, bool]:
    """Match one row: its hit, weakened by what the words say of it, and whether it was only asked about in general."""
    if row["unless_anywhere"] is not None and row["unless_anywhere"].search(whole):
        return None, False
    states = [_group_state(group, row, sentences, whole) for group in row["groups"]]
    asked = any(state == "hypothetical" for state in states)
    if any(state in (None, "hypothetical") for state in states):
        return None, asked
    weakest = max(states, key=_STATES.index)
    triage = row["triage"] if weakest == "now" else _WEAKER[weakest][row["triage"]]
    return (_Hit(row, triage, weakest) if triage != "proceed" else None), asked


def _group_state(group: re.Pattern, row: dict, sentences: list[str], whole: str) -> str | None:
    """The most present state of a group's matches: one of _STATES, hypothetical, or None where nothing counts."""
    found: set[str] = set()
    for index, sentence in enumerate(sentences):
        if row["context"] is not None and row["context"].search(sentence):
            continue
        scope = " ".join([sentence, *(later for later in sentences[index + 1:index + 2] if has_cue("goes_on", later))])
        for match in _unexplained(group, row["unless"], sentence):
            found.add(_state(row, sentence, match, scope, whole))
            if "now" in found:
                return "now"
    return next((state for state in (*_STATES, "hypothetical") if state in found), None)


def _unexplained(group: re.Pattern, unless: re.Pattern | None, sentence: str) -> Iterator[re.Match]:
    """The matches in a sentence that no `unless` match overlaps; behind an explained one the search goes on in it."""
    explained = [found.span() for found in unless.finditer(sentence)] if unless is not None else []
    match = group.search(sentence)
    while match is not None:
        overlapped = any(start < match.end() and match.start() < end for start, end in explained)
        if not overlapped:
            yield match
        match = group.search(sentence, match.start() + 1 if overlapped else max(match.end(), match.start() + 1))


def _state(row: dict, sentence: str, match: re.Match, scope: str, whole: str) -> str:
    """What the words make of one match; `scope` is its sentence and the next where that goes on about it."""
    before, until = sentence[:match.start()], sentence[:match.end() + 1]
    if _is_denied(sentence, match) and not has_cue("denial_undone", whole):
        return "denied"
    present = has_cue("now", sentence)
    if not present and has_cue("hypothetical", until) and not _tells_own_habit(until):
        return "hypothetical"
    clause = _clause_around(sentence, match)
    if is_about_other(before) and not has_cue("first_person", before) and not present:
        return "now" if _needs_help(row, sentence, clause, before) else "other"
    return _time_state(clause, clause if row["triage"] == "emergency" else scope, scope, whole)


def _needs_help(row: dict, sentence: str, clause: str, before: str) -> bool:
    """Whether somebody else may need help now: an emergency does, unless its own clause lies back or tells of a pet."""
    if has_cue("animal", before) or has_cue("told_past", clause):
        return False
    return row["triage"] == "emergency" or not has_cue("told", sentence)


def _clause_around(sentence: str, match: re.Match) -> str:
    """The clause of a sentence that holds a match."""
    start = max((cut.end() for cut in _CLAUSE.finditer(sentence, 0, match.start())), default=0)
    end = next((cut.start() for cut in _CLAUSE.finditer(sentence, match.end())), len(sentence))
    return sentence[start:end]


def _time_state(clause: str, dated: str, scope: str, whole: str) -> str:
    """Place a match in time: now, or past; cleared by a professional (not by pretence), or known to be unchecked.

    `dated` is where words of the past count: the match's own clause for an emergency, its scope for anything less.
    """
    if has_cue("now", whole):
        return "now"
    cleared = is_cleared(scope) and not has_cue("pretence", whole)
    present = has_cue("present", clause) and not has_cue("past", clause)
    if has_cue("past", dated) and not has_cue("long_standing", scope) and not present:
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


def _is_denied(sentence: str, match: re.Match) -> bool:
    """Whether a denial reaches the match: close by, or through a list closed by "or"; "never this bad" denies nothing."""
    start = match.start()
    if has_cue("compared", _CLAUSE.split(sentence[start:])[0]):
        return False
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
    kind = hit.state if hit.state == "listed" else "cleared" if "cleared" in hit.state else "past"
    return advice + table["weakened"][kind]
