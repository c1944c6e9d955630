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

# Not for safety questions: sentences that tests demand of the triage, near the scenario table's own, and everyday talk.
LEFT_OUT = ("house", "everyday")
DECK_STREAM = 102


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
        if not row["also"] and not row["set"].startswith(LEFT_OUT):
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
    info, claims = person.profile.personal_info, load_claims()
    false = {"women": not (person.health.has("pregnancy") or person.health.has("postpartum")), "men": info.gender != "male",
             "grown_up": info.age < 18, "old": info.age < 60, "in_between": True}
    if person.health.uses_wheelchair or any(untrue and claims[name].search(text) for name, untrue in false.items()):
        return False
    ages = [int(age) for found in claims["ages"].findall(text) for age in found if age]
    return all(abs(age - info.age) <= read_yaml("messages.yaml")["most_age_gap"] for age in ages)


@lru_cache(maxsize=1)
def load_claims() -> dict[str, re.Pattern]:
    """The table of what a message may say of its writer, compiled."""
    return {name: re.compile(rf"\b(?:{'|'.join(words)})\b", re.I) for name, words in read_yaml("messages.yaml").items()
            if isinstance(words, list)}


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
