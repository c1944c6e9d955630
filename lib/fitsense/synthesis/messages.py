"""Messages: reports of how somebody feels, thousands by many writers, each with its triage class, none given to two people.

The first source is `safety/triage_messages.jsonl`; where a message does not fit the person (their age, sex, pregnancy), or none
of the class is left, a phrase of the scenario table takes its place. Classes come in the table's shares, exactly so in every
twenty questions. The class is the label's, never the triage code's.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.people import SimulatedPerson

OWN_SET = "house"  # sentences that tests demand of the triage: near the scenario table's own
DECK_STREAM = 102
WOMEN = re.compile(r"\b(pregnan\w*|\d+ weeks|trimester|midwife|postpartum|postnatal|c-section|breast-?feed\w*|my periods?|menopaus\w*"
                   r"|gave birth|my baby bump|bump|braxton|ovar\w+|endometrio\w*|as a woman|contractions|waters|placenta|cervix|miscarr\w*)\b", re.I)
MEN = re.compile(r"\b(prostat\w*|testic\w*|erection|as a man|my wife is pregnant)\b", re.I)
AGE = re.compile(r"\b(?:i'?m|i am|im|at|aged?|turn(?:ed|ing)?) (?:now )?(\d\d)\b(?! ?(?:kg|kilo|min|percent|%|bpm|degrees|km|reps|weeks|wks|w\b))"
                 r"|\b(\d\d)[ -]?(?:years? old|yo|y/o|yr old)\b", re.I)
WORD_AGE = re.compile(r"\b(thirty|forty|fifty|sixty|seventy|eighty|ninety|teenager|pensioner|retired|grandchild\w*|grandson|granddaughter)\b", re.I)
GROWN_UP = re.compile(r"\b(wife|husband|my kids?|my son|my daughter|wine|beer|beers|drunk|hungover|hangover|vodka|whisky|pint|pints|my boss|at work"
                      r"|my job|office|shifts?|smok\w+|my car|driving|drove|pub)\b", re.I)
AGE_GAP = 6


@dataclass(frozen=True)
class Report:
    """A message as given to a person: its scenario slug, its triage class, the text (with {slots} from the scenario table)."""

    scenario: str
    triage: str
    text: str


@lru_cache(maxsize=1)
def load_messages() -> dict[str, tuple[tuple[str, str], ...]]:
    """Unambiguous messages by class, as (writer, text), in the file's order; one text once."""
    found: dict[str, dict[str, str]] = {name: {} for name in TRIAGE_ORDER}
    for line in (files("fitsense.safety") / "triage_messages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["also"] and row["set"] != OWN_SET:
            found[row["expected"]].setdefault(row["text"], row["set"])
    return {name: tuple((writer, text) for text, writer in rows.items()) for name, rows in found.items()}


@lru_cache(maxsize=8)
def _shuffle(seed: int) -> dict[str, tuple[tuple[str, str], ...]]:
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0, DECK_STREAM)))
    return {name: tuple(rows[place] for place in rng.permutation(len(rows)).tolist()) for name, rows in load_messages().items()}


@lru_cache(maxsize=2048)
def _order_classes(seed: int, block: int) -> tuple[str, ...]:
    """The classes of one block of questions, each as often as its share says, in a random order."""
    shares = read_yaml("safety_messages.yaml")["shares"]
    classes = [name for name in TRIAGE_ORDER for _ in range(shares[name] // 5)]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block, DECK_STREAM)))
    return tuple(classes[place] for place in rng.permutation(len(classes)).tolist())


def choose_report(seed: int, slot: int, person: SimulatedPerson) -> Report:
    """The report of one question; `slot` numbers the safety questions of all people, so that no two share a message."""
    n_block = len(_order_classes(seed, 0))
    classes = _order_classes(seed, slot // n_block)
    triage = classes[slot % n_block]
    number = slot // n_block * classes.count(triage) + classes[:slot % n_block].count(triage)
    deck = _shuffle(seed)[triage]
    if number < len(deck) and fits_person(deck[number][1], person):
        writer, text = deck[number]
        return Report(f"safety-{triage}-{writer}".replace("_", "-").replace(" ", "-"), triage, text)
    return _choose_scenario(number, triage, person)


def fits_person(text: str, person: SimulatedPerson) -> bool:
    """Whether what a message says of its writer can be true of the person: age, sex, pregnancy, standing, grown-up life."""
    info, pregnant = person.profile.personal_info, person.health.has("pregnancy") or person.health.has("postpartum")
    if person.health.uses_wheelchair or (WOMEN.search(text) and not pregnant) or (MEN.search(text) and info.gender != "male"):
        return False
    ages = [int(first or second) for first, second in AGE.findall(text)]
    if any(abs(age - info.age) > AGE_GAP for age in ages) or (WORD_AGE.search(text) and info.age < 60):
        return False
    return info.age >= 18 or not GROWN_UP.search(text)


def _choose_scenario(number: int, triage: str, person: SimulatedPerson) -> Report:
    """The next phrase of the class that fits the person, walking on from `number` so that neighbours differ."""
    phrases = _list_phrases(triage)
    turned = [phrases[(number + step) % len(phrases)] for step in range(len(phrases))]
    row, text = next((row, text) for row, text in turned if _can_say(row, person))
    return Report(f"safety-{row['id']}", triage, text)


@lru_cache(maxsize=4)
def _list_phrases(triage: str) -> tuple[tuple[dict, str], ...]:
    """Every phrase of a class with its row: first phrases of all rows, then second ones, so that neighbours differ."""
    rows = [row for row in read_yaml("safety_messages.yaml")["scenarios"] if row["triage"] == triage]
    longest = max(len(row["say"]) for row in rows)
    return tuple((row, row["say"][place]) for place in range(longest) for row in rows if place < len(row["say"]))


def _can_say(row: dict, person: SimulatedPerson) -> bool:
    """Whether a scenario fits the person: pregnancy, sex, age, wheelchair."""
    info = person.profile.personal_info
    low, high = row.get("ages", (0, 200))
    return (low <= info.age <= high and row.get("sex", info.gender) == info.gender
            and ("for" not in row or person.health.has(row["for"]))
            and not (row.get("standing") and person.health.uses_wheelchair))
