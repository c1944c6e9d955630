"""Derive: what code computes exactly and shows to teacher and student alike: numbers, and the outline of the week.

Knows nothing of wording.
"""

from fitsense.contracts.plan import SessionDay
from fitsense.contracts.profile import Derived, DerivedDay, Profile, bmi
from fitsense.planning.fitting import DayDraft, fit_week
from fitsense.planning.nutrition import choose_calories
from fitsense.planning.selection import Selector, select_for
from fitsense.planning.sessions import write_week
from fitsense.planning.tables import load_tables
from fitsense.safety.energy import energy_need
from fitsense.safety.goals import fit_goals


def derive(profile: Profile) -> Derived:
    """Compute BMI, energy, the week's days, sets, rest and what to avoid from the profile alone."""
    selector = select_for(profile)
    profile = fit_goals(profile, selector.limits)
    fitted = fit_week(profile, selector)
    written = write_week(profile, selector, fitted)
    return Derived(
        bmi=bmi(profile),
        energy_need=energy_need(profile),
        calorie_target=choose_calories(profile, selector.limits),
        sessions=len(fitted.days),
        exercises_per_session=fitted.n_exercises,
        sets_per_exercise=fitted.dose.sets,
        rest=fitted.dose.rest,
        avoid=list_avoided(selector),
        week=[outline_day(draft, session) for draft, session in zip(fitted.days, written, strict=True)],
    )


def outline_day(draft: DayDraft, session: SessionDay) -> DerivedDay:
    """One day's arithmetic: its minutes and a movement pattern for each exercise, in order; no exercise is named."""
    timed = [entry.duration for entry in session.exercises if entry.duration is not None]
    return DerivedDay(day=session.day, focus=session.focus, duration=session.duration,
                      timed_minutes=timed[0] if timed else None,
                      patterns=[pick.exercise.pattern.replace("_", " ") for pick in draft.picks])


def list_avoided(selector: Selector) -> list[str]:
    """What to leave out, in words: load on injured parts, then movements."""
    parts = [f"{part.replace('_', ' ')} load" for part in selector.limited_parts()]
    return parts + [name for flag, name in load_tables()["avoid_names"].items() if flag in selector.limits.avoid_flags]


def with_derived(profile: Profile) -> Profile:
    """The same profile carrying its derived numbers (recomputed where it had some)."""
    return profile.model_copy(update={"derived": derive(profile)})
