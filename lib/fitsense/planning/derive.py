"""Derive: the numbers that code computes exactly and shows to teacher and student alike.

Knows nothing of wording.
"""

from fitsense.contracts.profile import Derived, Profile, bmi
from fitsense.planning.fitting import Fitted, fit_week
from fitsense.planning.nutrition import choose_calories
from fitsense.planning.selection import Selector, select_for
from fitsense.planning.tables import load_tables
from fitsense.safety.energy import energy_need
from fitsense.safety.goals import fit_goals


def derive(profile: Profile) -> Derived:
    """Compute BMI, energy, sessions, sets, rest and what to avoid from the profile alone."""
    selector = select_for(profile)
    profile = fit_goals(profile, selector.limits)
    return derive_from(profile, selector, fit_week(profile, selector))


def derive_from(profile: Profile, selector: Selector, fitted: Fitted) -> Derived:
    """Derived numbers of a week that is fitted already."""
    return Derived(
        bmi=bmi(profile),
        energy_need=energy_need(profile),
        calorie_target=choose_calories(profile, selector.limits),
        sessions=len(fitted.days),
        exercises_per_session=fitted.n_exercises,
        sets_per_exercise=fitted.dose.sets,
        rest=fitted.dose.rest,
        avoid=list_avoided(selector),
    )


def list_avoided(selector: Selector) -> list[str]:
    """What to leave out, in words: load on injured parts, then movements."""
    parts = [f"{part.replace('_', ' ')} load" for part in selector.limited_parts()]
    return parts + [name for flag, name in load_tables()["avoid_names"].items() if flag in selector.limits.avoid_flags]


def with_derived(profile: Profile) -> Profile:
    """The same profile carrying its derived numbers (recomputed where it had some)."""
    return profile.model_copy(update={"derived": derive(profile)})
