"""Sessions: the fitted week written out as the contract's days and entries.

Knows nothing of how exercises were chosen or fitted.
"""

from fitsense.contracts.plan import ExerciseEntry, ExerciseStats, SessionDay
from fitsense.contracts.profile import Profile
from fitsense.planning.dose import Dose
from fitsense.planning.fitting import DayDraft, Fitted, Pick, cardio_minutes, is_timed
from fitsense.planning.selection import Selector
from fitsense.planning.tables import load_tables
from fitsense.safety.screening import INTENSITY_ORDER, Limits
from fitsense.safety.session_time import session_minutes

STAT_OF_KIND = {"strength": "strength", "cardio": "endurance", "mobility": "health", "balance": "agility"}
EASY_RPE, STEADY_RPE, MOST_XP = 3, 5, 60


def write_week(profile: Profile, selector: Selector, fitted: Fitted) -> list[SessionDay]:
    """Write every day of the fitted week; `duration` is warm-up, entries and cool-down, rounded up to the minute."""
    return [_write_day(draft, profile, selector.limits, fitted) for draft in fitted.days]


def _write_day(draft: DayDraft, profile: Profile, limits: Limits, fitted: Fitted) -> SessionDay:
    minutes = cardio_minutes(draft, fitted.dose, profile, fitted.train_minutes)
    level = day_intensity(draft.kind, profile, limits, fitted.dose)
    entries = [_write_entry(pick, fitted.dose, minutes, level) for pick in draft.picks]
    return SessionDay(
        day=draft.day,
        focus=load_tables()["days"][draft.kind]["focus"],
        duration=max(5, session_minutes(entries, limits)),
        intensity_level=level,
        exercises=entries,
    )


def day_intensity(kind: str, profile: Profile, limits: Limits, dose: Dose) -> str:
    """How hard a day is: easy days low; high from two reps in reserve (not for beginners); never over the limit."""
    if kind in ("recovery", "gentle"):
        return "low"
    hard = kind != "steady" and dose.rir <= 2 and profile.personal_info.fitness_level != "beginner"
    hard = hard and profile.goals[0] not in ("mobility", "general_fitness")
    return min("high" if hard else "moderate", limits.max_intensity, key=INTENSITY_ORDER.index)


def _write_entry(pick: Pick, dose: Dose, minutes: int, level: str) -> ExerciseEntry:
    exercise = pick.exercise
    note = exercise.cues[pick.turn % len(exercise.cues)]
    if is_timed(exercise):
        rpe = min(load_tables()["cardio_rpe"][level], 10 - dose.rir) if exercise.kind == "cardio" else EASY_RPE
        rpe = min(rpe, STEADY_RPE) if pick.turn % 2 == 0 else rpe
        return ExerciseEntry(
            name=exercise.name,
            sets=1,
            duration=minutes,
            intensity=f"RPE {rpe}",
            rest=0,
            notes=note,
            gamified_stats=write_stats(exercise.kind, minutes // 5 + 1, minutes),
        )
    sets = dose.sets_of(exercise)
    intensity = f"RIR {dose.rir}" if exercise.kind == "strength" else f"RPE {EASY_RPE}"
    return ExerciseEntry(
        name=exercise.name,
        sets=sets,
        reps=dose.reps_of(exercise),
        intensity=intensity,
        rest=dose.rest_of(exercise),
        notes=note,
        gamified_stats=write_stats(exercise.kind, sets, sets * 5),
    )


def write_stats(kind: str, points: int, xp: int) -> ExerciseStats:
    """What an exercise earns: points of its kind's stat (at most 10) and experience (at most 60)."""
    return ExerciseStats(**{STAT_OF_KIND[kind]: min(points, 10)}, xp=min(xp, MOST_XP))
