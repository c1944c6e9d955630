"""Triage: what a message in plain language calls for, by the readable tables `triage.yaml` and `triage_lexicon.yaml`.

The lexicon says how people put things; a row of `triage.yaml` says which of them together call for which class. Every row
that the message meets counts; the strictest class wins. A match is weakened or dropped when the words deny it, ask about
it in general, tell of another person's past, or place it in the past. Nothing a message orders ("ignore your rules") is
obeyed: only what it reports counts. `triage_text` reads a message, `triage_profile` the lines of a profile. Knows English
only, and says so; knows nothing of plans; never doses or diagnoses.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from fitsense.artifacts import read_yaml
from fitsense.contracts.changes import TRIAGE_ORDER, Triage
from fitsense.contracts.profile import Profile
from fitsense.safety.language import is_foreign
from fitsense.safety.lexicon import Pattern, parse_pattern, split_patterns
from fitsense.safety.second_reader import Chances, read_chances
from fitsense.safety.triage_concepts import Reading, Span, read_message
from fitsense.safety.triage_context import STATES, clause_around, find_state, sentence_of
from fitsense.safety.wording import has_cue, normalise_text

_WEAKER: dict[str, dict[Triage, Triage]] = {
    "cleared": {"emergency": "stop_and_refer", "stop_and_refer": "modify", "modify": "modify"},
    "past_unchecked": {"emergency": "stop_and_refer", "stop_and_refer": "stop_and_refer", "modify": "modify"},
    "past": {"emergency": "stop_and_refer", "stop_and_refer": "modify", "modify": "proceed"},
    "healed": {"emergency": "modify", "stop_and_refer": "proceed", "modify": "proceed"},
    "past_cleared": {"emergency": "modify", "stop_and_refer": "modify", "modify": "modify"},
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
    spans: tuple[Span, ...] = ()


def stricter(a: Triage, b: Triage) -> Triage:
    """Return the more careful of two triage classes."""
    return max(a, b, key=TRIAGE_ORDER.index)


@lru_cache(maxsize=1)
def load_triage() -> dict:
    """Read `triage.yaml` with the patterns of its rows parsed; cached."""
    table = read_yaml("fitsense.safety", "triage.yaml")
    table["index"] = {}
    for place, row in enumerate(table["rows"]):
        row["patterns"] = [parse_pattern(text, whole=True) for text in split_patterns(row["signs"])]
        for pattern in row["patterns"]:
            for key in set(pattern.keys):
                table["index"].setdefault(key, []).append((place, pattern))
    return table


def triage_text(text: str) -> TriageResult:
    """Triage a message in plain English by lexicon and second reader together; `modify` where it is not English."""
    reading = read_text(text)
    hits, general = _find_hits(reading)
    if not hits and is_foreign(reading.text):
        return _result([_Hit(load_triage()["not_english"], "modify", "now")], general)
    return _result(_read_again(hits, reading), general)


def triage_words(text: str) -> TriageResult:
    """Triage a stretch of a text by the lexicon alone: the second reader knows whole messages, not pieces or lists."""
    return _result(*_find_hits(read_text(text)))


def read_by_lexicon(text: str) -> tuple[Reading, Triage, list[str]]:
    """A message's reading, the strictest class the lexicon finds in it, and the sentences that call for stopping."""
    reading = read_text(text)
    hits, _ = _find_hits(reading)
    return reading, _strictest(hits), list_told(hits, reading)


def decide_class(by_lexicon: Triage, whole: Chances | None, told: Iterable[Chances | None]) -> Triage:
    """The class of a message from both readers, by the bounds that `triage.yaml` gives under `second_reader`.

    `whole`: the second reader's chances for the message, which can raise the lexicon's class. `told`: those for each sentence
    in which the lexicon found something; where they and the message all read harmless, the class is lowered, an emergency
    by one step. So what stands around a sentence, an order for one, never talks its alarm away. `told` is asked for only
    where the message could be lowered.
    """
    bounds = load_triage()["second_reader"]
    if whole is None:
        return by_lexicon
    alone = "alone_" if by_lexicon == "proceed" else ""  # nothing found: far more often everyday talk
    own = ("emergency" if whole.emergency > bounds[f"{alone}emergency"]
           else "stop_and_refer" if whole.escalation > bounds[f"{alone}escalation"] else "proceed")
    could_be = {"emergency": whole.emergency < bounds["no_emergency"] or whole.escalation < bounds["no_escalation"],
                "stop_and_refer": whole.escalation < bounds["no_escalation"]}
    if could_be.get(by_lexicon):
        read = [whole, *told]
        if None in read:
            return stricter(own, by_lexicon)
        if max(one.escalation for one in read) < bounds["no_escalation"]:
            by_lexicon = "modify"
        elif max(one.emergency for one in read) < bounds["no_emergency"]:
            by_lexicon = "stop_and_refer"
    return stricter(own, by_lexicon)


def list_told(hits: list[_Hit], reading: Reading) -> list[str]:
    """The sentences in which the lexicon found what calls for stopping, in order."""
    places = {reading.tokens[span.start].sentence for hit in hits if hit.triage in ("emergency", "stop_and_refer")
              for span in hit.spans}
    return [reading.text[slice(*reading.sentences[place])] for place in sorted(places)]


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
    return _result([_as_listed(hit, read_text(line)) for line in lines for hit in _find_hits(read_text(line))[0]], False)


def _as_listed(hit: _Hit, reading: Reading) -> _Hit:
    """A hit in a profile: weakened to `listed` where it would be an emergency and no match tells of it as present."""
    if hit.triage != "emergency" or any(_is_present(hit.row, reading, span) for span in hit.spans):
        return hit
    return _Hit(hit.row, "stop_and_refer", "listed")


def _is_present(row: dict, reading: Reading, span: Span) -> bool:
    """Whether a sentence of a profile tells of a match as felt or going on, not as an illness one has."""
    sentence, clause = sentence_of(reading, span), clause_around(reading, span)
    listed = has_cue("diagnosis", clause)
    if has_cue("under_way", sentence) or has_cue("moment", clause if listed else sentence):
        return True
    felt = row.get("unlisted") or has_cue("felt", clause)
    return bool(felt) and not listed and not has_cue("lifelong", sentence)


def read_text(text: str) -> Reading:
    """The reading of a text; a new line ends a sentence."""
    return read_message(normalise_text(re.sub(r"[\r\n]+", ". ", text)))


def _strictest(hits: list[_Hit]) -> Triage:
    return max((hit.triage for hit in hits), key=TRIAGE_ORDER.index, default="proceed")


def _read_again(hits: list[_Hit], reading: Reading) -> list[_Hit]:
    """The hits as the second reader leaves them: one of its own where it raises the class, or puts a hit in doubt."""
    by_lexicon = _strictest(hits)
    told = (read_chances(read_text(sentence)) for sentence in list_told(hits, reading))
    decided = decide_class(by_lexicon, read_chances(reading), told)
    if decided == by_lexicon:
        return hits
    kept = [hit for hit in hits if TRIAGE_ORDER.index(hit.triage) <= TRIAGE_ORDER.index(decided)]
    kind = "raised" if stricter(decided, by_lexicon) == decided else "doubted"
    return [_Hit(load_triage()[kind][decided], decided, "now"), *kept]


def _find_hits(reading: Reading) -> tuple[list[_Hit], bool]:
    """Every row that a message meets, and whether something was only asked about in general."""
    table, hits, general = load_triage(), [], False
    waiting: dict[int, list[Pattern]] = {}
    for name in [name for name in reading.at if name in table["index"]]:
        for place, pattern in table["index"][name]:
            if pattern.may_stand(reading.names):
                waiting.setdefault(place, []).append(pattern)
    for place in sorted(waiting):
        hit, asked = _match_row(table["rows"][place], waiting[place], reading)
        general = general or asked
        if hit is not None:
            hits.append(hit)
    return hits, general


def _match_row(row: dict, patterns: list[Pattern], reading: Reading) -> tuple[_Hit | None, bool]:
    """Match one row: its strongest hit, weakened by what the words say of it, and whether it was only asked about."""
    best, asked = None, False
    for pattern in patterns:
        parts = reading.find(pattern)
        if not parts:
            continue
        states = [_part_state(row, reading, spans) for spans in parts]
        asked = asked or "hypothetical" in states
        if any(state not in STATES for state in states):
            continue
        state = max(states, key=STATES.index)
        if best is None or STATES.index(state) < STATES.index(best.state):
            triage = row["triage"] if state == "now" else _WEAKER[state][row["triage"]]
            best = _Hit(row, triage, state, tuple(span for spans in parts for span in spans))
        if best.state == "now":
            break
    return (best if best is not None and best.triage != "proceed" else None), asked


def _part_state(row: dict, reading: Reading, spans: list[Span]) -> str:
    """The most present state of one part's matches, else hypothetical or denied."""
    found = set()
    for span in spans:
        kind = (span, row["triage"] == "emergency", bool(row.get("timeless")))
        if kind not in reading.states:
            reading.states[kind] = find_state(reading, *kind)
        found.add(reading.states[kind])
        if "now" in found:
            return "now"
    return next((state for state in (*STATES, "hypothetical") if state in found), "denied")


def _result(hits: list[_Hit], general: bool) -> TriageResult:
    table = load_triage()
    if not hits:
        message = table["general_question"] if general else table["default_message"]
        return TriageResult("proceed", message, (), tuple(table["stop_signs"]["proceed"]), False)
    hits = sorted(hits, key=lambda hit: -TRIAGE_ORDER.index(hit.triage))
    first = hits[0]
    matched = tuple(dict.fromkeys(hit.row["id"] for hit in hits))
    return TriageResult(first.triage, _message(first, table), matched, tuple(table["stop_signs"][first.triage]),
                        first.triage in ("emergency", "stop_and_refer") or first.state != "now" or "ask" in first.row)


def _message(hit: _Hit, table: dict) -> str:
    if hit.state == "now":
        return table["advice"][hit.row["advice"]]
    advice = table["advice"]["clearance" if hit.triage == "stop_and_refer" else "condition"]
    kind = hit.state if hit.state == "listed" else "cleared" if "cleared" in hit.state else "past"
    return advice + table["weakened"][kind]
