"""Diary: what people write down of their days: not all of it, rounded, and a little off.

Logging comes and goes in weeks; food is under-reported; reserve is misjudged. Constants in `life.yaml`. Knows nothing of why.
"""

from dataclasses import dataclass

import numpy as np

from fitsense.synthesis.body import WEEK, BodyDays
from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.people import SimulatedPerson


@dataclass(frozen=True)
class DayLog:
    """What was written down: day indices (ascending) and values; days without an entry are missing."""

    days: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.days)

    def average(self, first: int, last: int) -> float | None:
        """The mean over days first..last (inclusive); None where nothing was written down."""
        low, high = np.searchsorted(self.days, (first, last + 1))
        return float(self.values[low:high].sum() / (high - low)) if high > low else None


def write_diary(rng: np.random.Generator, person: SimulatedPerson, body: BodyDays, counts_calories: bool) -> dict[str, DayLog]:
    """Logs of sleep (h), calories (kcal; empty where they are not counted) and weight (kg)."""
    table, n_days = read_yaml("life.yaml"), len(body.sleep)
    logging, diary = person.traits.logging, table["diary"]
    open_days = np.repeat(rng.random(n_days // WEEK + 1) >= diary["lapse_weeks"] * (1.5 - logging), WEEK)[:n_days]
    dice, (calories, weight) = rng.random((3, n_days)), rng.random(2)
    digits = -2 if calories < diary["round_calories_to_100"] else -1
    step = 0.5 if weight < diary["round_weight_to_half"] else 0.1
    shown = body.mass + rng.normal(0, table["energy"]["scale_sd_kg"], n_days)
    eaten = body.eaten * (1 - person.traits.under_report)
    return {"sleep": _keep(open_days & (dice[0] < logging), np.round(body.sleep, 1)),
            "calories": _keep(open_days & (dice[1] < logging * diary["calories"]) & counts_calories,
                              np.round(eaten, digits).astype(int)),
            "weight": _keep(open_days & (dice[2] < logging * diary["weight"]), np.round(np.round(shown / step) * step, 1))}


def _keep(kept: np.ndarray, values: np.ndarray) -> DayLog:
    days = np.flatnonzero(kept)
    return DayLog(days, values[days])


def choose_written(rng: np.random.Generator, person: SimulatedPerson, n_sessions: int) -> np.ndarray:
    """Which of the sessions done are written down (booleans)."""
    diary = read_yaml("life.yaml")["diary"]
    return rng.random(n_sessions) < diary["session_base"] + diary["session_by_logging"] * person.traits.logging


def misjudge(rng: np.random.Generator, rir: np.ndarray) -> np.ndarray:
    """Repetitions in reserve as people put them down: about a repetition off (Hackett 2017), whole numbers, 0-10."""
    return np.clip(np.round(rir + rng.normal(0, read_yaml("life.yaml")["strength"]["rir_error_reps"], len(rir))), 0, 10)
