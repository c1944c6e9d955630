"""Strength: how strong a person is on a day: gains that build up and fade, fatigue that passes, sleep, form.

A two-factor response (fitness and fatigue) for each movement pattern; constants and sources in `life.yaml`. Everything is
relative to the strength of the first day. Knows nothing of plans or loads.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.signal import lfilter

from fitsense.synthesis.dice import read_yaml

DAYS_OF_MEAN_SLEEP = 7


@dataclass(frozen=True)
class Constants:
    """The numbers of `life.yaml` as they are used: decays a day, gain a session of full stimulus for a gain of 1."""

    fitness_kept: float
    fatigue_kept: float
    fatigue_gain: float
    half_sets: float
    gain_per_stimulus: float


@lru_cache(maxsize=1)
def load_constants() -> Constants:
    """Read the constants; the gain is such that `sessions_a_week` of `half_sets` sets each end at `most_gain`."""
    table = read_yaml("life.yaml")["strength"]
    kept = float(np.exp(-1 / table["fitness_days"]))
    usual = table["sessions_a_week"] / 7 * 0.5  # stimulus a day
    return Constants(kept, float(np.exp(-1 / table["fatigue_days"])), table["fatigue_gain"], table["half_sets"],
                     (1 - kept) / usual)


def stimulate(n_sets: np.ndarray) -> np.ndarray:
    """The stimulus (0-1) of sets of one pattern in a session: half of all at `half_sets`, diminishing returns."""
    return n_sets / (n_sets + load_constants().half_sets)


def judge_recovery(sleep: np.ndarray, eaten: np.ndarray, needed: np.ndarray, recovery: np.ndarray) -> np.ndarray:
    """The share (0.3-1.05) of a day's stimulus that turns into strength: mean sleep, energy, and events.

    sleep h; eaten, needed kcal/day; recovery: the events' factor; arrays of n_days.
    """
    table = read_yaml("life.yaml")["strength"]
    short = np.clip(table["sleep_reference_h"] - average_back(sleep, DAYS_OF_MEAN_SLEEP), -0.5, 4)
    deficit = np.clip((needed - average_back(eaten, 14)) / 500, 0, 1.5)
    share = (1 - table["sleep_stimulus_per_h"] * short) * (1 - table["deficit_stimulus"] * deficit) * recovery
    return np.clip(share, 0.3, 1.05)


def average_back(values: np.ndarray, n_days: int) -> np.ndarray:
    """The mean of each day and the n_days - 1 before it (of those there are)."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - n_days, 0)
    return (total[ends] - total[starts]) / (ends - starts)


def build_strength(stimulus: np.ndarray, most_gain: float) -> np.ndarray:
    """Fitness at the start of each day, relative to day 0: (n_days, n_patterns) from stimulus of the same shape.

    Linear at first, at most twice `most_gain` for people who respond and train far more than usual.
    """
    one = load_constants()
    built = lfilter([0.0, one.gain_per_stimulus * most_gain], [1.0, -one.fitness_kept], stimulus, axis=0)
    return 1 + 2 * most_gain * np.tanh(built / (2 * most_gain))


def tire(stimulus: np.ndarray) -> np.ndarray:
    """Fatigue at the start of each day as a share of strength, same shape as the stimulus (raw, not recovered)."""
    one = load_constants()
    return lfilter([0.0, one.fatigue_gain], [1.0, -one.fatigue_kept], stimulus, axis=0)


def judge_form(sleep: np.ndarray, form: np.ndarray) -> np.ndarray:
    """The factor on strength of each day by last night's sleep (h) and the events' factor."""
    table = read_yaml("life.yaml")["strength"]
    return form * (1 - table["sleep_form_per_h"] * np.clip(table["sleep_reference_h"] - sleep, -1, 4))
