"""Health: which injuries and conditions a simulated person has, and how they put them into words.

Prevalences by age, sex and body mass index, with their sources, are in `people.yaml`. Judges nothing: that is safety's.
"""

from dataclasses import dataclass

import numpy as np

from fitsense.contracts.profile import BODY_PARTS
from fitsense.synthesis.dice import happens, pick_weighted, read_yaml

MAX_CONDITIONS = 3
BMI_MIDDLE = 27.0  # where the factor of `per_bmi` is 1
CONTRADICTIONS = ({"hypertension", "hypertension not controlled"}, {"type 1 diabetes", "type 2 diabetes"},
                  {"pregnancy", "postpartum"})
MOST_TRIES = 60


@dataclass(frozen=True)
class Body:
    """What prevalence depends on: age in years, gender, body mass index in kg/m2."""

    age: int
    gender: str
    bmi: float


@dataclass(frozen=True)
class Health:
    """Injured parts in catalogue order; conditions as (catalogue name, own words); medicines in own words."""

    injuries: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    medications: tuple[str, ...]

    @property
    def uses_wheelchair(self) -> bool:
        """True where the person trains seated."""
        return self.has("wheelchair user")

    def has(self, name: str) -> bool:
        """Whether a condition of the catalogue is among the person's."""
        return any(name == other for other, _ in self.conditions)

    @property
    def flag(self) -> str:
        """The slice tag: none, injury, medical or both."""
        if self.injuries and self.conditions:
            return "both"
        return "injury" if self.injuries else "medical" if self.conditions else "none"


def draw_health(rng: np.random.Generator, body: Body, flag: str | None = None, rare: dict | None = None) -> Health:
    """Draw injuries and conditions; with `flag`, until they are of that kind; with `rare`, the rare case's among them.

    Raises ValueError where no draw is of that kind: a table without prevalences for somebody of that age.
    """
    for attempt in range(MOST_TRIES):
        conditions = _draw_conditions(rng, body, rare or {}, _lean(flag, ("medical", "both"), attempt))
        found = Health(_draw_injuries(rng, body.age, _lean(flag, ("injury", "both"), attempt)), *conditions)
        if flag in (None, found.flag):
            return found
    raise ValueError(f"people.yaml: conditions: nobody aged {body.age} can be {flag!r}; give some row a percent at that age")


def _lean(flag: str | None, having: tuple[str, ...], attempt: int) -> float:
    """The factor on chances of somebody who must have some (or none), the further the more often it failed."""
    return 1.0 if flag is None else float(1 + attempt) ** (1 if flag in having else -1)


def list_prevalences(body: Body) -> list[float]:
    """For each row of the table, the chance (0-1) that somebody like this has it and tells a coach."""
    table = read_yaml("people.yaml")
    return [_prevalence(row, body, table["told"]) for row in table["conditions"]]


def _prevalence(row: dict, body: Body, told: float) -> float:
    low, high = row["ages"]
    if not low <= body.age <= high or body.gender not in row.get("sexes", (body.gender,)):
        return 0.0
    percent = next(value for start, value in reversed(row["percent"].items()) if body.age >= start)
    by_weight = np.exp(row.get("per_bmi", 0.0) * (body.bmi - BMI_MIDDLE))
    share = 1.0 if row.get("always_told") else row.get("told", told)
    return float(min(0.9, percent / 100 * row.get(body.gender, 1.0) * by_weight * share))


def _draw_conditions(rng: np.random.Generator, body: Body, rare: dict, factor: float) -> tuple[tuple, tuple]:
    """(conditions, medicines), the rare case's first; every chance times `factor`."""
    rows = read_yaml("people.yaml")["conditions"]
    dice = rng.random((len(rows), 4)).tolist()
    conditions, medications = [], []
    wanted = [number for number, row in enumerate(rows) if row["name"] == rare.get("condition")]
    chances = list_prevalences(body)
    for number in [*wanted, *(other for other in range(len(rows)) if other not in wanted)]:
        row, (has_it, words, medicated, medicine) = rows[number], dice[number]
        has_it = number in wanted or has_it < chances[number] * factor
        if has_it and len(conditions) < MAX_CONDITIONS and not _contradicts(row["name"], conditions):
            conditions.append((row["name"], row["phrases"][int(words * len(row["phrases"]))]))
            if row["medications"] and medicated < row["medicated"]:
                medications.append(row["medications"][int(medicine * len(row["medications"]))])
    if rare.get("medication"):
        medications = [rare["medication"], *(other for other in medications if "insulin" not in other)]
    return tuple(conditions), tuple(dict.fromkeys(medications))


def _draw_injuries(rng: np.random.Generator, age: int, factor: float) -> tuple[str, ...]:
    table = read_yaml("people.yaml")
    if not happens(rng, factor * table["injury_share"] * (table["injury_from_45"] if age >= 45 else 1)):
        return ()
    parts = {pick_weighted(rng, table["injuries"])}
    if happens(rng, table["second_injury_share"]):
        parts.add(pick_weighted(rng, table["injuries"]))
    return tuple(part for part in BODY_PARTS if part in parts)


def _contradicts(name: str, conditions: list[tuple[str, str]]) -> bool:
    """Two rows that one person cannot have at once: the same illness in two states, pregnant and postpartum."""
    return any(name in pair and other in pair for pair in CONTRADICTIONS for other, _ in conditions)
