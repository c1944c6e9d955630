"""Health: which injuries and conditions a simulated person has, and how they put them into words.

The shares and phrases are in `people.yaml`; plausible choices, not statistics. Judges nothing: that is safety's.
"""

from dataclasses import dataclass

import numpy as np

from fitsense.contracts.profile import BODY_PARTS
from fitsense.synthesis.dice import happens, pick_one, pick_weighted, read_yaml

MAX_CONDITIONS = 3


@dataclass(frozen=True)
class Health:
    """Injured parts in catalogue order; conditions as (catalogue name, own words); medicines in own words."""

    injuries: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    medications: tuple[str, ...]

    @property
    def uses_wheelchair(self) -> bool:
        """True where the person trains seated."""
        return any(name == "wheelchair user" for name, _ in self.conditions)

    @property
    def flag(self) -> str:
        """The slice tag: none, injury, medical or both."""
        if self.injuries and self.conditions:
            return "both"
        return "injury" if self.injuries else "medical" if self.conditions else "none"


def draw_health(rng: np.random.Generator, age: int, gender: str) -> Health:
    """Draw injuries and conditions for someone of this age and gender."""
    conditions, medications = [], []
    for row in read_yaml("people.yaml")["conditions"]:
        low, high = row["ages"]
        fits = low <= age <= high and gender in row.get("sexes", [gender])
        # The same dice are thrown whether or not it fits, so that one row's share moves no other row.
        has_it, medicated = happens(rng, row["share"] / 100), happens(rng, row["medicated"])
        words, medicine = pick_one(rng, row["phrases"]), pick_one(rng, row["medications"] or [""])
        if fits and has_it and len(conditions) < MAX_CONDITIONS and not _contradicts(row["name"], conditions):
            conditions.append((row["name"], words))
            if medicated and medicine:
                medications.append(medicine)
    return Health(_draw_injuries(rng), tuple(conditions), tuple(dict.fromkeys(medications)))


def _draw_injuries(rng: np.random.Generator) -> tuple[str, ...]:
    table = read_yaml("people.yaml")
    if not happens(rng, table["injury_share"]):
        return ()
    parts = {pick_weighted(rng, table["injuries"])}
    if happens(rng, table["second_injury_share"]):
        parts.add(pick_weighted(rng, table["injuries"]))
    return tuple(part for part in BODY_PARTS if part in parts)


def _contradicts(name: str, conditions: list[tuple[str, str]]) -> bool:
    """Two rows that one person cannot have at once: the same illness in two states, pregnant and postpartum."""
    pairs = ({"hypertension", "hypertension not controlled"}, {"type 1 diabetes", "type 2 diabetes"},
             {"pregnancy", "postpartum"})
    return any(name in pair and other in pair for pair in pairs for other, _ in conditions)
