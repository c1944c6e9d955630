"""Quotas: what some people of every block must be, so that no slice value stays empty and rare cases are there to be met.

A block is 40 people in a row by id. One of each block gets each slice value; where it is asked for, one of each
`rare_case_block` people gets each rare case. Everybody else is drawn freely, with shares that make up for it, so that the
shares of `people.yaml` hold for age and sex. The decks come from (seed, block) alone. Knows nothing of how people are drawn.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

import numpy as np

from fitsense.contracts.profile import Activity, Gender, Goal
from fitsense.synthesis.dice import read_yaml

BLOCK = 40
AGE_BANDS = ((18, "under_18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"), (200, "65+"))
FLAGS = ("none", "injury", "medical", "both")
SLICE_VALUES: dict[str, tuple[str, ...]] = {
    "age_band": tuple(name for _, name in AGE_BANDS), "sex": get_args(Gender), "goal_type": get_args(Goal),
    "activity_level": get_args(Activity), "condition_flag": FLAGS}
BLOCK_STREAM, RARE_STREAM = 100, 101


@dataclass(frozen=True)
class Quota:
    """What one person must be: slice values by tag (none: free), and a rare case's row (None: no rare case)."""

    slices: dict[str, str]
    rare: dict | None = None


def name_age_band(age: int) -> str:
    """The age band of an age in years."""
    return next(name for below, name in AGE_BANDS if age < below)


def find_quota(seed: int, user_id: int, rare_case_block: int) -> Quota:
    """What a person must be; a rare case, where asked for (0: never), leaves the slice values to others of the block."""
    rare = _find_rare(seed, user_id, rare_case_block)
    if rare is not None:
        return Quota({}, rare)
    decks = _deal_slices(seed, (user_id - 1) // BLOCK, rare_case_block)
    return Quota({tag: deck[user_id] for tag, deck in decks.items() if user_id in deck})


def _find_rare(seed: int, user_id: int, rare_case_block: int) -> dict | None:
    if not rare_case_block:
        return None
    rows, (block, place) = read_yaml("people.yaml")["rare_cases"], divmod(user_id - 1, rare_case_block)
    dealt = _deal_rare(seed, block, rare_case_block, len(rows))
    return rows[dealt.index(place)] if place in dealt else None


@lru_cache(maxsize=256)
def _deal_rare(seed: int, block: int, size: int, n_cases: int) -> tuple[int, ...]:
    """The place within a block of each rare case."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block, RARE_STREAM)))
    return tuple(rng.permutation(size)[:n_cases].tolist())


@lru_cache(maxsize=256)
def _deal_slices(seed: int, block: int, rare_case_block: int) -> dict[str, dict[int, str]]:
    """For each tag, {user id: value}: every value given to one person of the block who is no rare case."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block, BLOCK_STREAM)))
    ids = range(block * BLOCK + 1, (block + 1) * BLOCK + 1)
    free = [user_id for user_id in ids if _find_rare(seed, user_id, rare_case_block) is None]
    return {tag: dict(zip((free[place] for place in rng.permutation(len(free)).tolist()), values, strict=False))
            for tag, values in SLICE_VALUES.items()}


def share_left(percent: dict[str, float]) -> dict[str, float]:
    """Shares for those who are drawn freely, so that with one of each value a block the given ones hold overall.

    Values below one a block (2.5 percent) are only dealt, never drawn.
    """
    total = sum(percent.values())
    return {name: max(0.0, share / total * BLOCK - 1) for name, share in percent.items()}
