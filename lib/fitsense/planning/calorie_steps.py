"""Calorie steps: one small step of 100 kcal by goal against the trend of body mass, none where it could harm.

Knows nothing of training. Rates: rule weight_loss_rate; the size of the step is a heuristic.
"""

import re

from fitsense.contracts.changes import Adaptation
from fitsense.contracts.logs import WeekLog
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import AdaptPlan
from fitsense.planning.trends import weekly_weight_change
from fitsense.safety.energy import HIGHEST_TARGET, calorie_bounds
from fitsense.safety.screening import Limits, screen

STEP_KCAL, LEAST_TARGET_KCAL, MAX_TEXT = 100, 1600, 400
# Shares of body mass a week: losing slower than SLOW_LOSS or faster than FAST_LOSS; gaining slower or faster.
SLOW_LOSS, FAST_LOSS, SLOW_GAIN, FAST_GAIN = -0.0025, -0.01, 0.0005, 0.005
CALORIES_STAY = "Calories stay as they are: ask your doctor or dietitian before you change them."
_SENTENCE, _CALORIES = re.compile(r"(?<=[.!?])\s+"), re.compile(r"\b(?:kcal|calori)", re.IGNORECASE)


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


def keep_calories_safe(answer: Adaptation, target: int | None, profile: Profile | None) -> Adaptation:
    """Leave out a calorie change that has no target to start from, or that leads out of the person's safe range.

    `target` in kcal/day is the plan's own. The range is safety's (`calorie_bounds`) where the whole profile is known:
    only that shows body mass index and medicines. Without one, nothing goes under LEAST_TARGET_KCAL.
    """
    change = answer.calorie_change
    if not change or (target is not None and _is_safe(target, change, profile)):
        return answer
    kept = " ".join(text for text in _SENTENCE.split(answer.explanation) if not _CALORIES.search(text))
    said = f"{kept[: MAX_TEXT - len(CALORIES_STAY) - 1]} {CALORIES_STAY}".strip()
    return answer.model_copy(update={"calorie_change": 0, "explanation": said})


def _is_safe(target: int, change: int, profile: Profile | None) -> bool:
    bounds = calorie_bounds(profile, screen(profile)) if profile else (LEAST_TARGET_KCAL, HIGHEST_TARGET)
    if bounds is None:
        return False
    return target + change >= bounds[0] if change < 0 else target + change <= bounds[1]
