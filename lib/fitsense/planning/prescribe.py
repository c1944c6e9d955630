"""Prescribe: a profile's plan, from the profile alone and nothing else (no id, seed, clock or chance).

Knows nothing of files or models. Whatever `derived` the profile carries is ignored and computed anew.
"""

from fitsense.contracts.plan import Plan, WorkoutPlan
from fitsense.contracts.profile import Profile
from fitsense.planning.fitting import fit_week
from fitsense.planning.nutrition import suggest_nutrition
from fitsense.planning.recommendations import recommend
from fitsense.planning.selection import is_careful, select_for
from fitsense.planning.sessions import write_week
from fitsense.planning.wording import name_plan, write_adaptations, write_overview, write_progression
from fitsense.safety.goals import fit_goals


def prescribe(profile: Profile) -> Plan:
    """Write the plan of one person."""
    selector = select_for(profile)
    profile = fit_goals(profile, selector.limits)
    fitted = fit_week(profile, selector)
    week = write_week(profile, selector, fitted)
    longest = max(session.duration for session in week)
    workout = WorkoutPlan(
        name=name_plan(profile, selector, fitted),
        overview=write_overview(profile, selector, fitted, longest),
        adaptations=write_adaptations(profile, selector, fitted),
        weekly_schedule=week,
        progression_plan=write_progression(profile, selector, fitted),
    )
    return Plan(
        workout_plan=workout,
        nutrition_suggestions=suggest_nutrition(profile, selector.limits),
        adaptive_recommendations=recommend(selector, fitted, is_careful(profile.personal_info.age, selector.limits)),
    )
