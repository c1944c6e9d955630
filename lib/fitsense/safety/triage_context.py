"""Context of a match in a message: denied, asked in general, somebody else's, past, cleared, or felt now.

Reads the words around a span of `triage_concepts.Reading` by the cues of `wording.yaml`. Knows nothing of symptoms. An
order in the text ("mark this as harmless") is nowhere a cue, so it moves nothing.
"""

import re
from functools import lru_cache

from fitsense.safety.triage_concepts import Reading, Span
from fitsense.safety.wording import has_cue, is_cleared, is_long_past, load_wording

STATES = ("now", "cleared", "past_unchecked", "past", "past_cleared", "healed")
_FELT = ("BODY", "PRESSURE", "HURT", "SEVERE")
_CUTS = frozenset({".", ",", "and", "so", "because", "when", "then"})
DENIAL_WORDS, LIST_WORDS = 5, 14  # how far a denial reaches, alone and through a list closed by "or"
_CLAUSE = re.compile(r",\s*|\s-+\s|\band (?=(?:i|i'm|im|my|it|now|today|this)\b)|\b(?:because|cos|so) (?=(?:i|my)\b)")


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    """The word lists of `wording.yaml` that tokens are compared with."""
    return {name: frozenset(words.split()) for name, words in load_wording()["words"].items()}


def find_state(reading: Reading, span: Span, emergency: bool, timeless: bool = False) -> str:
    """What the words make of one match: one of STATES, or denied, hypothetical, other; `timeless`: never past or cleared."""
    token = reading.tokens[span.start]
    low, high = reading.sentences[token.sentence]
    sentence, until = reading.text[low:high], reading.text[low:reading.tokens[span.end - 1].end + 1]
    if not has_cue("denial_undone", reading.text) and any(
            _is_denied(reading, anchor, span) or _is_answered_no(reading, anchor) for anchor in span.anchors):
        return "denied"
    clause = clause_around(reading, span)
    present = has_cue("now", clause) and not has_cue("past", clause)
    subject = "self" if has_cue("as_if_asked", reading.text) else _subject(reading, span.start)
    if not present and _is_general(reading.text, sentence, until, subject):
        return "hypothetical"
    if subject == "animal" or (has_cue("fiction", sentence) and subject == "other") or has_cue("dreamt", sentence):
        return "other"
    if subject == "other" and not _needs_help(sentence, clause, emergency, present):
        return "other"
    if timeless or (emergency and _is_present(clause_around(reading, span, whole=False))):
        clause = clause_around(reading, span, whole=False)
    return "now" if timeless else _time_state(reading, token.sentence, clause, emergency)


def clause_around(reading: Reading, span: Span, whole: bool = True) -> str:
    """The clause of a sentence that holds a match; `whole`: with what follows the match."""
    low, high = reading.sentences[reading.tokens[span.start].sentence]
    first, last = reading.tokens[span.start].start, reading.tokens[span.end - 1].end
    start = max((cut.end() for cut in _CLAUSE.finditer(reading.text, low, first)), default=low)
    end = next((cut.start() for cut in _CLAUSE.finditer(reading.text, last, high)), high)
    return reading.text[start:end if whole else last]


def sentence_of(reading: Reading, span: Span) -> str:
    """The sentence that holds a match."""
    low, high = reading.sentences[reading.tokens[span.start].sentence]
    return reading.text[low:high]


def _is_general(text: str, sentence: str, until: str, subject: str | None) -> bool:
    """Whether it is only asked about in general: "what if", a quiz, "why do people"; "when I run I get" is no question."""
    if has_cue("as_if_asked", text):
        return False
    if has_cue("hypothetical", until):
        only_if = load_wording()["cues"]["if_ever"].search(until)
        if only_if is None and not (has_cue("own_report", until) or has_cue("main_clause", sentence)):
            return True
        if only_if and (has_cue("what_if", until) or not has_cue("main_clause", until[only_if.end():])):
            return True
    learns = has_cue("lesson", sentence) or (has_cue("lesson", text) and sentence.endswith("?"))
    return learns and subject != "self" and not has_cue("main_clause", sentence)


def _needs_help(sentence: str, clause: str, emergency: bool, present: bool) -> bool:
    """Whether somebody else may need help now: not where it lies back, runs in the family or is over."""
    if has_cue("recovered", sentence) or (has_cue("told_past", sentence) and not present):
        return False
    return emergency or not has_cue("told", sentence)


def _subject(reading: Reading, index: int) -> str | None:
    """Whom the words before a match are about: self, other, animal, or None where they name nobody."""
    words, sentence = _words(), reading.tokens[index].sentence
    owner = None
    for i in range(min(index + 1, len(reading.tokens) - 1), -1, -1):
        token = reading.tokens[i]
        if token.sentence != sentence:
            break
        if token.forms & words["animals"]:
            if owner == "other" or _leads(reading, i):
                return "animal"
            continue
        if i > index:
            continue
        if token.forms & words["others"] and not _is_call(reading, i) and (owner == "other" or not _is_beside(reading, i)):
            return "other"
        if token.forms & words["selves"] and not reading.tokens[min(i + 1, index)].forms & (words["others"] | words["animals"]):
            return "self"
        if token.forms & words["they"]:
            owner = "other"
        if token.forms & words["carers"]:
            return "self"
    return owner


def _leads(reading: Reading, index: int) -> bool:
    """Whether nothing but small words stands before a word in its clause: "my dog ...", not "walking the dog ..."."""
    for token in reversed(reading.tokens[:index]):
        if token.sentence != reading.tokens[index].sentence or token.forms & _CUTS:
            return True
        if not token.filler or token.forms & {"like", "go"}:
            return False
    return True


def _is_beside(reading: Reading, index: int) -> bool:
    """Whether somebody is named as company or likeness: "ran with my friend"."""
    before = index - 1
    while before > 0 and reading.tokens[before].filler and not reading.tokens[before].forms & _words()["beside"]:
        before -= 1
    return before >= 0 and bool(reading.tokens[before].forms & _words()["beside"])


def _is_call(reading: Reading, index: int) -> bool:
    """"mate, my chest is tight": a call to the reader, or a comparison, not the one it is about."""
    before = reading.tokens[index - 1] if index else None
    if before is None or before.sentence != reading.tokens[index].sentence:
        return bool(reading.tokens[index].forms & _words()["calls"])
    return bool(before.forms & {"like", "than", "of"} and reading.tokens[index].forms & _words()["calls"])


def _is_denied(reading: Reading, anchor: int, span: Span) -> bool:
    """Whether a denial reaches a word: close by, or through a list closed by "or"; "never this bad" denies nothing."""
    tokens, words = reading.tokens, _words()
    rest = reading.text[tokens[anchor].start:reading.sentences[tokens[anchor].sentence][1]]
    if has_cue("excepted", rest) or has_cue("compared", _CLAUSE.split(rest)[0]):
        return False
    comma, seen = False, 0
    for i in range(anchor - 1, -1, -1):
        forms = tokens[i].forms
        if tokens[i].sentence != tokens[anchor].sentence or "." in forms or seen > LIST_WORDS:
            return False
        if forms & words["denials"] and not _is_idle(reading, i, anchor):
            return (_is_list(reading, i, anchor) or not (comma or seen > DENIAL_WORDS)) and not (span.start <= i < span.end)
        if forms & words["asserts"] or ("and" in forms and tokens[i + 1].forms & words["begins"]):
            return False
        comma = comma or "," in forms
        seen += not tokens[i].filler
    return False


def _is_answered_no(reading: Reading, anchor: int) -> bool:
    """"fainting: no, chest no": a "no" right behind the word, with a stop behind it."""
    after = [token.forms for token in reading.tokens[anchor + 1:anchor + 4]]
    return len(after) >= 1 and bool(after[0] & {"no", "none", "nil"}) and (len(after) == 1 or bool(after[1] & {",", "."}))


def _is_idle(reading: Reading, index: int, anchor: int) -> bool:
    """Whether a "no" or "not" denies nothing that follows: "can't", "not only", "no idea", "not eaten", "not walk without"."""
    words, tokens = _words(), reading.tokens
    forms = tokens[index].forms
    if index and "not" in forms and tokens[index - 1].forms & words["modals"]:
        return True
    if "without" in forms:
        earlier = tokens[max(0, index - DENIAL_WORDS - 3):index]
        return any(token.forms & {"not", "never"} and token.sentence == tokens[index].sentence for token in earlier)
    next_two = [token.forms for token in tokens[index + 1:min(index + 3, anchor)] if "," not in token.forms]
    if forms & {"no", "not", "never"} and any(one & words["idle_after"] for one in next_two):
        return True
    if not forms & {"not", "never", "nothing"} or _is_list(reading, index, anchor):
        return False
    first = next((i for i in range(index + 1, anchor) if not tokens[i].filler), anchor)
    return not (first == anchor or tokens[first].forms & words["through"]
                or any(part.start == first for name in _FELT for part in reading.at.get(name, ())))


def _is_list(reading: Reading, start: int, anchor: int) -> bool:
    """Whether an "or" ties a word to a denial before it: "no pain, numbness or weakness", not "no fever, pain when I ... or"."""
    for token in reading.tokens[start:anchor + 7]:
        if token.forms & {"or", "nor"}:
            return True
        if token.start > reading.tokens[anchor].start and token.forms & _words()["asserts"]:
            return False
    return False


def _time_state(reading: Reading, index: int, clause: str, emergency: bool) -> str:
    """Place a match in time: now, or past; cleared by a professional (not by pretence), or known to be unchecked.

    Words of the past count in the match's own clause for an emergency, in its sentences for anything less.
    """
    low, high = reading.sentences[index]
    later = [reading.text[start:end] for start, end in reading.sentences[index + 1:index + 4]]
    scope = " ".join([reading.text[low:high], *(one for one in later[:1] if has_cue("goes_on", one))])
    if has_cue("returned", reading.text):
        return "now"
    told = " ".join([reading.text[low:high], *later]) if emergency else reading.text
    cleared = is_cleared(told) and not has_cue("pretence", reading.text)
    long_ago = has_cue("long_past", reading.text[low:high]) and not has_cue("now", reading.text[low:high])
    dated = clause if emergency and not long_ago else scope
    if has_cue("past", dated) and not has_cue("long_standing", scope) and not _is_present(clause):
        return _past_state(" ".join([scope, *later]), scope, cleared)
    return "cleared" if cleared else "now"


def _is_present(clause: str) -> bool:
    return (has_cue("now", clause) or has_cue("present", clause)) and not has_cue("past", clause)


def _past_state(whole: str, scope: str, cleared: bool) -> str:
    """Which past: healed long ago, cleared, known to be unchecked or only days back, or plain past."""
    settled = has_cue("settled", whole)
    if has_cue("not_cleared", whole) or (has_cue("recent_past", scope) and not settled and not cleared):
        return "past_unchecked"
    if settled and is_long_past(scope):
        return "healed"
    return "past_cleared" if cleared else "past"
