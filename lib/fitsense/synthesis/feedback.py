"""Feedback: what a simulated person says of exercises they did before: too hard, too easy, and how they liked them.

Only exercises within reach of their equipment and no more than a level above theirs. Knows nothing of health.
"""

from functools import lru_cache

import numpy as np

from fitsense.knowledge.exercises import Exercise, load_exercises
from fitsense.safety.screening import ACCESS_ORDER, LEVEL_ORDER
from fitsense.synthesis.dice import pick_some, pick_weighted


def draw_feedback(rng: np.random.Generator, table: dict, fitness_level: str, preferences: dict) -> list[dict]:
    """Draw what was said of earlier workouts; what is harder than the person's level tends to be too hard."""
    known = _list_known(preferences["equipment_access"], fitness_level)
    return [_say(rng, one, fitness_level) for one in pick_some(rng, known, pick_weighted(rng, table["n_feedback"]))]


@lru_cache(maxsize=16)
def _list_known(access: str, level: str) -> tuple[Exercise, ...]:
    reach, most = ACCESS_ORDER.index(access), LEVEL_ORDER.index(level) + 1
    return tuple(one for one in load_exercises().values()
                 if ACCESS_ORDER.index(one.access) <= reach and LEVEL_ORDER.index(one.level) <= most)


def _say(rng: np.random.Generator, exercise: Exercise, level: str) -> dict:
    gap = LEVEL_ORDER.index(exercise.level) - LEVEL_ORDER.index(level)
    weights = {"too_easy": max(0.2, 1 - 0.5 * gap), "just_right": 4, "too_hard": 5 if gap > 0 else 1}
    difficulty = pick_weighted(rng, weights)
    liking = rng.normal(2.4 if difficulty == "too_hard" else 3.6, 1.0)
    return {"exercise": exercise.name, "difficulty": difficulty, "enjoyment": int(np.clip(round(liking), 1, 5))}
