"""Worth: what adapting a plan to the logs is worth in this simulation: adherence and strength after twelve weeks.

The same people on every arm, differences person by person with bootstrap intervals. It tells about the engine's rules under
the assumptions of `arms.ASSUMPTIONS`, nothing about people.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from fitsense.plots import INK, PALETTE, new_figure
from fitsense.statistics import Sampling, estimate_difference, estimate_mean
from fitsense.synthesis.arms import ARMS, N_WEEKS, Weeks, live_weeks
from fitsense.synthesis.world import World

OUTCOMES = {"adherence": "sessions done of those planned", "gain": "strength gained, share",
            "missed": "sets that missed their repetitions, share"}


def live_arms(world: World, seed: int, n_people: int) -> dict[str, list[Weeks]]:
    """Every arm of the first people who have exercises counted in repetitions."""
    people = [person for person in world.people if _lifts(world, person.user_id)][:n_people]
    return {arm: [live_weeks(person, world.plans[person.user_id], arm, seed) for person in people] for arm in ARMS}


def _lifts(world: World, user_id: int) -> bool:
    return bool((world.lives[user_id].training.sets.reps >= 0).any())


def compare_arms(arms: dict[str, list[Weeks]], seed: int, n_samples: int = 2000) -> pd.DataFrame:
    """For each outcome: the mean of each arm, and the adapted arm's difference to the others with 95 % intervals."""
    sampling = Sampling(n_samples=n_samples, confidence=0.95, seed=seed)
    users, rows = np.arange(len(arms["fixed"])), []
    for outcome in OUTCOMES:
        values = {arm: np.array([_read(weeks, outcome) for weeks in lived]) for arm, lived in arms.items()}
        row = {"outcome": OUTCOMES[outcome], "people": len(users)}
        row |= {arm: _tell(estimate_mean(one, users, sampling, bounded=False)) for arm, one in values.items()}
        row |= {f"adapted - {arm}": _tell(estimate_difference(values["adapted"] - values[arm], users, sampling))
                for arm in ARMS if arm != "adapted"}
        rows.append(row)
    return pd.DataFrame(rows)


def _read(weeks: Weeks, outcome: str) -> float:
    return weeks.went / weeks.planned if outcome == "adherence" else getattr(weeks, outcome)


def _tell(found: dict) -> str:
    return f"{found['value']:.3f} [{found['ci_low']:.3f}, {found['ci_high']:.3f}]"


def draw_arms(arms: dict[str, list[Weeks]]) -> Figure:
    """Mean strength gained week by week in each arm, and each person's difference at the end."""
    figure, (left, right) = new_figure(2, width=11, height=4)
    for arm, colour in zip(ARMS, (PALETTE[0], PALETTE[4], PALETTE[2]), strict=True):
        mean = 100 * np.mean([weeks.weekly_gain for weeks in arms[arm]], axis=0)
        left.plot(range(1, N_WEEKS + 1), mean, color=colour, label=arm)
    left.set(title="Strength gained, mean of all", xlabel="week", ylabel="%")
    left.legend()
    gaps = [100 * (two.gain - one.gain) for one, two in zip(arms["fixed"], arms["adapted"], strict=True)]
    right.hist(gaps, bins=25, color=PALETTE[2])
    right.axvline(0, color=INK, linewidth=1)
    right.set(title="Adapted less fixed, person by person", xlabel="percentage points of strength", ylabel="people")
    return figure
