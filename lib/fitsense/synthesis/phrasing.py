"""Phrasing: one thing to ask, put the way different people would: voice, small talk around it, typing slips.

Parts come from `phrases.yaml` and change nothing about what is asked; slots are filled with what is true of the person.
Knows nothing of prompts.
"""

from dataclasses import dataclass

import numpy as np

from fitsense.synthesis.dice import pick_one, pick_some, pick_weighted, read_yaml
from fitsense.synthesis.events import Event

MOST_CHARACTERS = 600  # the contract's; the longest request there is has 350
MOST_NOTE = 200
N_DICE = 12


@dataclass(frozen=True)
class Situation:
    """What small talk may mention: whole weeks lived, age in years, body mass in kg, years of training."""

    weeks: int
    age: int
    weight: float
    years: float

    def fill(self, text: str, name: str, friend: str) -> str:
        """Fill a part's slots."""
        return text.format(name=name, friend=friend, weeks=self.weeks, week=self.weeks + 1, age=self.age,
                           weight=f"{self.weight:.0f}", years=f"{self.years:g}")

    def allows(self, text: str) -> bool:
        """Whether a part is true of the person: no "week 1 already", no years of training of a newcomer."""
        return ("{week" not in text or self.weeks >= 2) and ("{years}" not in text or self.years >= 2)


def compose(rng: np.random.Generator, core: str, situation: Situation) -> str:
    """Put a request in one of the voices: opener, context, the words themselves, context, closer."""
    table = read_yaml("phrases.yaml")
    voice = pick_weighted(rng, table["voices"])
    dice, (name, friend) = rng.random(N_DICE).tolist(), pick_some(rng, table["names"], 2)
    said = [_pick_part(table[part][voice], chance, throw, pick, situation) for part, chance, throw, pick in zip(
        ("openers", "contexts", "contexts", "closers"), table["shape"][voice], dice[:4], dice[4:8], strict=True)]
    opener, before, after, closer = (situation.fill(part, name, friend) for part in said)
    if dice[8] < 0.5:
        before, after = after, before
    if voice == "typos":
        opener, before, after, closer = (slip(rng, part) for part in (opener, before, after, closer))
    return _join(voice, [opener, before, core, after if after != before else "", closer])


def _pick_part(parts: list[str], chance: float, throw: float, pick: float, situation: Situation) -> str:
    fitting = [part for part in parts if situation.allows(part)]
    return fitting[int(pick * len(fitting))] if throw < chance else ""


def _join(voice: str, parts: list[str]) -> str:
    said = [part for part in parts if part]
    if voice == "terse":
        text = ", ".join(part.lower().rstrip(".") for part in said).replace("?,", "?").replace("!,", "!")
    elif voice == "typos":
        text = " ".join(part.lower().rstrip(".") for part in said)
    else:
        text = " ".join(_punctuate(part, before) for before, part in zip([".", *said], said, strict=False))
    return text[:MOST_CHARACTERS].strip()


def _punctuate(part: str, before: str) -> str:
    """A part as a sentence of its own, or going on after a comma."""
    if not before.endswith(","):
        part = part[0].upper() + part[1:]
    return part if part[-1] in ".,!?:)" else part + "."


def slip(rng: np.random.Generator, text: str) -> str:
    """Mistype a word or two of five letters or more: two letters swapped, or one left out."""
    words = text.split(" ")
    long = [index for index, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    for index in rng.permutation(long)[:2].tolist() if long else []:
        word, place, swaps = words[index], int(rng.integers(1, len(words[index]) - 2)), rng.random() < 0.6
        words[index] = word[:place] + (word[place + 1] + word[place] if swaps else "") + word[place + (2 if swaps else 1):]
    return " ".join(words)


def greet(rng: np.random.Generator, core: str) -> str:
    """Put a greeting before and thanks after a report, or nothing: words that say nothing of how somebody feels."""
    table = read_yaml("phrases.yaml")
    name, parts = pick_one(rng, table["names"]), table["safety"]
    opener, closer = pick_one(rng, parts["openers"]), pick_one(rng, parts["closers"])
    return " ".join(part for part in (opener.format(name=name), core, closer.format(name=name)) if part)


def write_note(rng: np.random.Generator, events: list[Event], mood: str, week: int = 0) -> str | None:
    """What somebody puts down about a week: the event that shaped it, else their mood; None where they put down nothing."""
    table, phrases = read_yaml("requests.yaml"), read_yaml("phrases.yaml")
    throw, name, tail = rng.random(), pick_one(rng, phrases["names"]), pick_one(rng, phrases["note_tails"])
    notes = table["notes"][mood]
    if events and (rng.random() < 0.8 or mood == "missed"):
        rows = {row["name"]: row for row in read_yaml("life.yaml")["events"]}
        notes = rows[events[0].name]["notes"]
    note = pick_one(rng, notes)
    days = min(events[0].n_days, 6) if events else 2
    filled = note.format(days=max(2, days)) + tail.format(name=name, week=week + 1)
    return filled[:MOST_NOTE] if throw < table["note_share"] else None
