"""Body: nights, food and body mass, day by day: what was, not what was written down.

Body mass follows energy balance (Hall 2011; constants in `life.yaml`). Units: hours, kcal/day, kg. Knows nothing of training.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.people import SimulatedPerson

WEEK = 7


@dataclass(frozen=True)
class BodyDays:
    """Arrays of n_days: sleep (h), eaten and needed energy (kcal), body mass (kg, without the scale's noise)."""

    sleep: np.ndarray
    eaten: np.ndarray
    needed: np.ndarray
    mass: np.ndarray


def draw_body_days(rng: np.random.Generator, person: SimulatedPerson, aim: int, weekend: np.ndarray,
                   effects: dict[str, np.ndarray]) -> BodyDays:
    """Live through days that aim at `aim` kcal; `weekend` is true on Saturdays and Sundays."""
    sleep = _sleep_nights(rng, person, weekend, effects["sleep"])
    eaten = _eat_days(rng, person, aim, weekend, effects["food"])
    start = person.profile.personal_info.weight_kg
    needed = person.profile.derived.energy_need * person.traits.expenditure
    mass = move_mass(start, eaten, needed)
    table = read_yaml("life.yaml")["energy"]
    if person.health.has("pregnancy"):
        mass = start + np.arange(1, len(eaten) + 1) * table["pregnancy_kg_per_week"] / WEEK
    return BodyDays(sleep, eaten, np.full(len(eaten), needed), mass)


def move_mass(start: float, eaten: np.ndarray, needed: float) -> np.ndarray:
    """Body mass (kg) at the end of each day after eating `eaten` kcal where `needed` kcal kept the start's mass.

    dm = (eaten - needed - 22 (m - start)) / 7700 a day: Hall 2011, Lancet 378:826.
    """
    table = read_yaml("life.yaml")["energy"]
    kept = 1 - table["kcal_per_kg_day"] / table["kcal_per_kg"]
    return np.clip(start + lfilter([1 / table["kcal_per_kg"]], [1, -kept], eaten - needed), 26, 345)


def _sleep_nights(rng: np.random.Generator, person: SimulatedPerson, weekend: np.ndarray, extra: np.ndarray) -> np.ndarray:
    table, n_days = read_yaml("life.yaml")["sleep"], len(weekend)
    weeks = np.repeat(rng.normal(0, table["week_sd"], n_days // WEEK + 1), WEEK)[:n_days]
    hours = person.traits.sleep_hours + weeks + weekend * table["weekend_h"] + extra + rng.normal(0, table["night_sd"], n_days)
    return np.clip(hours, table["least"], table["most"])


def _eat_days(rng: np.random.Generator, person: SimulatedPerson, aim: int, weekend: np.ndarray, factor: np.ndarray) -> np.ndarray:
    table = read_yaml("life.yaml")["energy"]
    share = 1 + person.traits.intake_bias + weekend * table["weekend"] + rng.normal(0, table["day_sd"], len(weekend))
    return np.clip(aim * share * factor, 600, 7000)
