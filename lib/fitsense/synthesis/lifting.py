"""Lifting: what somebody does in the sets of a planned week: loads, repetitions and reserve, from strength and effort.

A plan becomes a `Sheet` of arrays, an entry of the plan an element; sets follow from it by Epley's formula with repetitions
in reserve: strength = load (1 + (reps + reserve) / 30). Units: kg, seconds. Knows nothing of days or diaries.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fitsense.contracts.plan import DAYS, Plan
from fitsense.knowledge.exercises import load_exercises
from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.people import SimulatedPerson

EPLEY = 30.0
UNLOADED_WORDS = ("Band", "Pull-Up")
MOST_SPARE = 8
LEAN_BMI = 27.0  # body mass beyond it lifts nothing


@dataclass(frozen=True)
class Line:
    """One entry of a plan read once: repetitions, reserve, seconds (0: counted), and what its exercise loads."""

    low: int
    high: int
    spare: int
    seconds: int
    pattern: int
    lower: bool
    share: float  # of lean body mass that a trained man lifts once; 0 where no load is counted
    tool: float
    step: float
    most: float


@dataclass(frozen=True)
class Sheet:
    """A plan as arrays over its entries in order, and over its days: what is done, and how strong this person is at it."""

    n_sets: np.ndarray
    low: np.ndarray
    high: np.ndarray
    spare: np.ndarray
    seconds: np.ndarray
    pattern: np.ndarray
    lower: np.ndarray
    best: np.ndarray  # best single lift on day 0, kg; 0 where no load is counted
    step: np.ndarray
    most: np.ndarray
    first: np.ndarray  # of each day, its first entry
    n_entries: np.ndarray
    minutes: np.ndarray
    weekday: np.ndarray

    @property
    def wanted(self) -> np.ndarray:
        """Repetitions aimed at: the middle of the range."""
        return (self.low + self.high) // 2


@dataclass(frozen=True)
class SetTable:
    """Sets in order: row (of the sessions' entries), set number, reps and seconds (-1: not counted), load in kg, reserve."""

    row: np.ndarray
    number: np.ndarray
    reps: np.ndarray
    seconds: np.ndarray
    weight: np.ndarray
    rir: np.ndarray


@lru_cache(maxsize=1)
def list_patterns() -> tuple[str, ...]:
    """The movement patterns of the catalogue, in alphabetical order; a `pattern` is an index into it."""
    return tuple(sorted({exercise.pattern for exercise in load_exercises().values()}))


def write_sheet(person: SimulatedPerson, plan: Plan, knacks: np.ndarray) -> Sheet:
    """Read a plan for a person; `knacks` are factors on strength, one a pattern (nobody is equally good at all)."""
    days = plan.workout_plan.weekly_schedule
    entries = [entry for day in days for entry in day.exercises]
    lines = [read_line(entry.name, entry.reps, entry.duration, entry.intensity) for entry in entries]
    pattern, lower = np.array([line.pattern for line in lines]), np.array([line.lower for line in lines])
    counts = np.array([len(day.exercises) for day in days])
    best = _lean_mass(person) * np.array([line.share * line.tool for line in lines]) * person.traits.strength * knacks[pattern]
    by_sex = np.array(read_yaml("life.yaml")["sex_share"][person.profile.personal_info.gender])
    best = np.where(best > 0, np.maximum(4.0, best * by_sex[lower.astype(int)]), 0.0)
    return Sheet(np.array([entry.sets for entry in entries]), *(np.array([getattr(line, name) for line in lines])
                 for name in ("low", "high", "spare", "seconds")), pattern, lower, best,
                 np.array([line.step for line in lines]), np.array([line.most for line in lines]),
                 np.cumsum(counts) - counts, counts, np.array([day.duration for day in days]),
                 np.array([DAYS.index(day.day) for day in days]))


def _lean_mass(person: SimulatedPerson) -> float:
    info = person.profile.personal_info
    return min(info.weight_kg, LEAN_BMI * (info.height_cm / 100) ** 2)


@lru_cache(maxsize=4096)
def read_line(name: str, reps: str | None, duration: int | None, intensity: str) -> Line:
    """Read one entry of a plan."""
    exercise, table = load_exercises()[name], read_yaml("life.yaml")
    numbers = [int(number) for number in re.findall(r"\d+", reps or "")] or [10]
    low, high = numbers[0], max(numbers[0], numbers[min(1, len(numbers) - 1)])
    loaded = exercise.kind == "strength" and exercise.access != "no_equipment" and exercise.dose == "reps"
    loaded = loaded and not any(word in name for word in UNLOADED_WORDS)
    share = table["lift_share"].get(exercise.pattern, table["other_lift_share"]) if loaded else 0.0
    step, most = (2.5, 400.0) if exercise.access == "full_gym" else (1.0, 50.0)  # plates, or dumbbells
    return Line(low, high, _target_spare(intensity), _count_seconds(reps, duration), list_patterns().index(exercise.pattern),
                exercise.pattern in table["lower_body"], share, 0.55 if exercise.access == "home_gym" else 1.0, step, most)


def _target_spare(intensity: str) -> int:
    """Repetitions in reserve that the plan asks for: "RIR 3", or 10 minus "RPE 6" (Zourdos 2016); 3 where it says neither."""
    found = re.search(r"(RIR|RPE)\s*(\d+)", intensity)
    if not found:
        return 3
    return int(found[2]) if found[1] == "RIR" else max(0, 10 - int(found[2]))


def _count_seconds(reps: str | None, duration: int | None) -> int:
    """Seconds of a timed entry; 0 where repetitions are counted."""
    if duration is not None:
        return duration * 60
    found = re.search(r"(\d+)\s*(s|sec|min)\b", reps or "")
    return 0 if not found else int(found[1]) * (60 if found[2] == "min" else 1)


def list_rows(sheet: Sheet, plan_day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For sessions on these days of the plan: (session, entry) of every exercise done, in order."""
    counts = sheet.n_entries[plan_day]
    session = np.repeat(np.arange(len(plan_day)), counts)
    return session, sheet.first[plan_day][session] + count_up(counts)


def count_up(counts: np.ndarray) -> np.ndarray:
    """0, 1, .. for each count in turn: [2, 3] gives [0, 1, 0, 1, 2]."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def choose_loads(sheet: Sheet, entry: np.ndarray, believed: np.ndarray) -> np.ndarray:
    """Loads (kg) that somebody picks who believes in this strength (relative to day 0), rounded down to what there is."""
    wanted = sheet.best[entry] * believed / (1 + (sheet.wanted + sheet.spare)[entry] / EPLEY)
    return round_loads(sheet, entry, wanted)


def round_loads(sheet: Sheet, entry: np.ndarray, loads: np.ndarray) -> np.ndarray:
    """Loads rounded down to the steps of the room, at least one step; 0 where no load is counted."""
    step = sheet.step[entry]
    return np.where(sheet.best[entry] > 0, np.clip(np.floor(loads / step + 1e-9) * step, step, sheet.most[entry]), 0.0)


def do_sets(rng: np.random.Generator, sheet: Sheet, entry: np.ndarray, ability: np.ndarray, loads: np.ndarray,
            ease: np.ndarray, n_sets: np.ndarray | None = None) -> SetTable:
    """Do every set of some entries with these loads (kg) at this strength (relative to day 0).

    entry, ability, loads: (n_rows,); ease: (n entries of the plan,) how many repetitions without a load come easily, as a
    factor; n_sets: (n_rows,) where it is not the plan's. `rir` is the true reserve, 0-8.
    """
    table = read_yaml("life.yaml")["strength"]
    counts = sheet.n_sets[entry] if n_sets is None else n_sets
    possible = _count_possible(sheet, entry, ability, loads, ease)
    row, number = np.repeat(np.arange(len(entry)), counts), count_up(counts)
    what = entry[row]
    left = possible[row] - table["set_fatigue_reps"] * number + rng.normal(0, table["reps_sd"], len(row))
    reps = np.clip(np.round(left - sheet.spare[what]), np.maximum(1, sheet.low[what] - 3), sheet.high[what])
    reps = np.minimum(reps, np.maximum(np.floor(left + 0.5), 0))  # nobody does more than they can
    rir = np.clip(np.round(left - reps), 0, MOST_SPARE)
    timed = sheet.seconds[what] > 0
    held = np.round(sheet.seconds[what] * np.clip(rng.normal(1, 0.07, len(row)) * ability[row], 0.7, 1.3))
    return SetTable(row, number + 1, np.where(timed, -1, reps).astype(int), np.where(timed, held, -1).astype(int), loads[row],
                    np.where(timed, sheet.spare[what], rir).astype(float))


def _count_possible(sheet: Sheet, entry: np.ndarray, ability: np.ndarray, loads: np.ndarray, ease: np.ndarray) -> np.ndarray:
    """Repetitions possible in a first set: Epley's with a load; without one, what came easily on day 0, grown alike."""
    free = (sheet.wanted + sheet.spare)[entry] * ease[entry]
    strength = np.where(loads > 0, sheet.best[entry] / np.maximum(loads, 1e-9), 1 + free / EPLEY)
    return EPLEY * (strength * ability - 1)
