"""Reports: what a message adds to what a person's profile says: body parts named, conditions told, and the limits of both.

    report = read_report(person, "I was just told I have epilepsy and my knee hurts")
    report.parts, report.conditions, report.limits

Adds limits, never lifts any. Knows nothing of triage advice or of plans.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from fitsense.artifacts import read_yaml
from fitsense.contracts.profile import BODY_PARTS
from fitsense.contracts.requests import Person
from fitsense.safety.screening import Limits, read_words, screen_person
from fitsense.safety.triage import triage_text, triage_words
from fitsense.safety.wording import has_cue, is_about_other, normalise_text

_SENTENCE = re.compile(r"[.!?;\r\n]+\s*")
_PIECE = re.compile(r",\s*|\b(?:and|but|because|so|since)\b\s*")


@dataclass(frozen=True)
class Report:
    """What a message adds: parts, conditions in the person's words, topics for a professional, limits with all of it."""

    parts: tuple[str, ...]
    conditions: tuple[str, ...]
    topics: tuple[str, ...]
    limits: Limits


@lru_cache(maxsize=1)
def load_reports() -> dict:
    """Read `reports.yaml` with its patterns compiled; cached."""
    table = read_yaml("fitsense.safety", "reports.yaml")
    table["parts"] = {part: re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})s?\b")
                      for part, names in table["parts"].items()}
    table["hurt"] = re.compile(table["hurt"])
    return table


def find_parts(text: str) -> tuple[str, ...]:
    """Body parts that the words name, in the table's order."""
    words = normalise_text(text)
    return tuple(part for part, pattern in load_reports()["parts"].items() if pattern.search(words))


def is_hurting(text: str) -> bool:
    """Tell whether the words report pain or an injury."""
    return bool(load_reports()["hurt"].search(normalise_text(text)))


def find_hurt_parts(text: str) -> tuple[str, ...]:
    """Body parts that words of pain name; none where nothing hurts."""
    return find_parts(text) if is_hurting(text) else ()


def screen_with_parts(person: Person, parts: tuple[str, ...]) -> Limits:
    """The limits of a person as if these parts were injured as well."""
    injuries = list(dict.fromkeys([*person.injuries, *parts]))
    return screen_person(person.model_copy(update={"injuries": injuries}))


def read_report(person: Person, message: str) -> Report:
    """Read what a message adds to a person; a message that triage lets pass adds nothing."""
    if triage_text(message).triage == "proceed":
        return Report((), (), (), screen_person(person))
    known, conditions, parts, fresh = _known_topics(person), [], set(find_parts(message)), []
    for stretch in _told_stretches(message):
        rows = read_words(stretch)[0]
        parts |= {row["part"] for row in rows if "part" in row}
        new = [row for row in rows if "say" in row and (_topic(row) not in known or has_cue("not_controlled", stretch))]
        conditions += [stretch] if new else []
        fresh += new
    topics = tuple(dict.fromkeys(row["refer"] for row in fresh if "refer" in row))
    named = tuple(part for part in BODY_PARTS if part in parts)
    told = person.model_copy(update={"conditions": [*person.conditions, *conditions]})
    return Report(named, tuple(conditions), topics, screen_with_parts(told, named))


def _known_topics(person: Person) -> set[str]:
    return {_topic(row) for text in person.conditions for row in read_words(text)[0]}


def _topic(row: dict) -> str:
    return row.get("topic", row["rule_id"])


def _told_stretches(message: str) -> list[str]:
    """Stretches of a message that tell of a condition of one's own: whole sentences, or what is left of mixed ones."""
    found = []
    for sentence in filter(None, _SENTENCE.split(normalise_text(message))):
        pieces = [piece for piece in _split(sentence) if not _is_only_asked(piece)]
        if is_about_other(sentence):
            pieces = [piece for piece in pieces if has_cue("first_person", piece)]
        is_mixed = len(pieces) < len(_split(sentence)) or read_words(sentence)[1]
        found += [piece for piece in pieces if read_words(piece)[0]] if is_mixed else [sentence]
    return [stretch for stretch in found if read_words(stretch)[0]]


def _split(sentence: str) -> list[str]:
    return [piece.strip() for piece in _PIECE.split(sentence) if piece.strip()]


def _is_only_asked(stretch: str) -> bool:
    """Denied or asked in general: triage hears nothing in it, and its words turn it round."""
    turned = has_cue("denial", stretch) or has_cue("hypothetical", stretch)
    return turned and triage_words(stretch).triage == "proceed"
