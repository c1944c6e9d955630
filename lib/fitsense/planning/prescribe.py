"""Prescribe: a profile's plan, from the profile alone and nothing else (no id, seed, clock or chance).

Knows nothing of files or models. Whatever `derived` the profile carries is ignored and computed anew.
"""

from fitsense.contracts.plan import Plan, WorkoutPlan
from fitsense.contracts.profile import Profile
from fitsense.planning.derive import derive_from
from fitsense.planning.fitting import Fitted, fit_week
from fitsense.planning.nutrition import suggest_nutrition
from fitsense.planning.recommendations import recommend
from fitsense.planning.selection import Selector, is_careful, select_for
from fitsense.planning.sessions import write_week
from fitsense.planning.wording import name_plan, write_adaptations, write_overview, write_progression
from fitsense.safety.goals import fit_goals


def prescribe(profile: Profile) -> Plan:
    """Write the plan of one person."""
    selector = select_for(profile)
    profile = fit_goals(profile, selector.limits)
    return _write_plan(profile, selector, fit_week(profile, selector))


def prescribe_with_derived(profile: Profile) -> tuple[Profile, Plan]:
    """The profile with its derived numbers, and the plan: `with_derived` and `prescribe` from one fitting of the week."""
    selector = select_for(profile)
    trained = fit_goals(profile, selector.limits)
    fitted = fit_week(trained, selector)
    derived = derive_from(trained, selector, fitted)
    return profile.model_copy(update={"derived": derived}), _write_plan(trained, selector, fitted)


def _write_plan(profile: Profile, selector: Selector, fitted: Fitted) -> Plan:
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
