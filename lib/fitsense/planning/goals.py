"""Goals: the goals a plan may train for, once the limits are known (rule goal_not_now).

Knows nothing of plans.
"""

from fitsense.contracts.profile import Profile
from fitsense.safety.screening import Limits, screen


def fit_goals(profile: Profile, limits: Limits | None = None) -> Profile:
    """The same profile, with general fitness for weight loss where a deficit would harm."""
    limits = limits or screen(profile)
    if limits.allow_deficit or "weight_loss" not in profile.goals:
        return profile
    goals = ["general_fitness" if goal == "weight_loss" else goal for goal in profile.goals]
    return profile.model_copy(update={"goals": list(dict.fromkeys(goals))})
