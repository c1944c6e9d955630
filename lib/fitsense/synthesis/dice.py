"""Dice: seeded random generators and weighted draws, a stream per person, so any partition gives the same bytes.

Knows nothing of people. Same (seed, user_id, stream) gives the same numbers, whoever else is simulated.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from fitsense import artifacts

STREAMS = {"person": 0, "life": 1, "questions": 2, "arms": 3}


@lru_cache(maxsize=8)
def read_yaml(name: str) -> dict:
    """Read one of this room's YAML tables; cached."""
    return artifacts.read_yaml("fitsense.synthesis", name)


def make_generator(seed: int, user_id: int, stream: str) -> np.random.Generator:
    """The generator of one stream of one person."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(user_id, STREAMS[stream])))


def pick_weighted(rng: np.random.Generator, weights: Mapping):
    """Draw one key of a {key: weight} mapping (weights need not sum to 1)."""
    keys = list(weights)
    share = np.cumsum([float(weights[key]) for key in keys])
    return keys[int(np.searchsorted(share, rng.random() * share[-1], side="right"))]


def pick_one(rng: np.random.Generator, options: Sequence):
    """Draw one of the options, each as likely."""
    return options[int(rng.integers(len(options)))]


def pick_some(rng: np.random.Generator, options: Sequence, count: int) -> list:
    """Draw up to `count` different options, in the order of `options`."""
    chosen = rng.permutation(len(options))[:count]
    return [options[index] for index in sorted(chosen.tolist())]


def happens(rng: np.random.Generator, chance: float) -> bool:
    """True with the given chance (0-1)."""
    return bool(rng.random() < chance)
