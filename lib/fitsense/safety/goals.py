"""Goals: the goals a plan may train for, once the limits are known (rule goal_not_now).

Knows nothing of plans.
"""

from fitsense.contracts.profile import Goal, Profile
from fitsense.safety.screening import Limits, screen


def fit_goal(goal: Goal, limits: Limits) -> Goal:
    """One goal, or general fitness for weight loss where a deficit would harm."""
    return "general_fitness" if goal == "weight_loss" and not limits.allow_deficit else goal


def fit_goals(profile: Profile, limits: Limits | None = None) -> Profile:
    """The same profile, with general fitness for weight loss where a deficit would harm."""
    limits = limits or screen(profile)
    goals = list(dict.fromkeys(fit_goal(goal, limits) for goal in profile.goals))
    return profile if goals == profile.goals else profile.model_copy(update={"goals": goals})
