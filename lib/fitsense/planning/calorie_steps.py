"""Calorie steps: one small step of 100 kcal by goal against the trend of body mass, none where it could harm.

Knows nothing of training. Rates: rule weight_loss_rate; the size of the step is a heuristic.
"""

from fitsense.contracts.logs import WeekLog
from fitsense.contracts.requests import AdaptPlan
from fitsense.planning.trends import weekly_weight_change
from fitsense.safety.screening import Limits

STEP_KCAL, LEAST_TARGET_KCAL = 100, 1600
# Shares of body mass a week: losing slower than SLOW_LOSS or faster than FAST_LOSS; gaining slower or faster.
SLOW_LOSS, FAST_LOSS, SLOW_GAIN, FAST_GAIN = -0.0025, -0.01, 0.0005, 0.005


def choose_calorie_change(goal: str, weeks: list[WeekLog], adherence: str, limits: Limits) -> int:
    """-100, 0 or 100 kcal/day for a person; never less where a deficit would harm, 0 where no number may be given."""
    if not limits.allow_calorie_number or limits.referral is not None:
        return 0
    step = step_for(goal, weekly_weight_change(weeks), adherence)
    return step if limits.allow_deficit else max(step, 0)


def choose_compact_calorie_change(plan: AdaptPlan, weeks: list[WeekLog], adherence: str) -> int:
    """The same for the goal-level plan: 0 without a calorie target, never less under 1,700 kcal/day."""
    if plan.calorie_target is None:
        return 0
    step = step_for(plan.goal, weekly_weight_change(weeks), adherence)
    return 0 if step < 0 and plan.calorie_target + step < LEAST_TARGET_KCAL else step


def step_for(goal: str, weekly: float | None, adherence: str) -> int:
    """The step by goal and weekly change of body mass; 0 where nothing is known or sessions were mostly missed."""
    if weekly is None or adherence == "low":
        return 0
    if goal == "weight_loss":
        return STEP_KCAL if weekly < FAST_LOSS else -STEP_KCAL if weekly > SLOW_LOSS else 0
    if goal == "muscle_gain":
        return STEP_KCAL if weekly < SLOW_GAIN else -STEP_KCAL if weekly > FAST_GAIN else 0
    return STEP_KCAL if weekly < FAST_LOSS else 0
