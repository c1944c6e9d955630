"""Fitting: the largest week that keeps to the person's minutes and to the weekly sets per muscle.

Tried in order (rule sets_by_time): fewer sets down to two, then shorter rests, then fewer exercises; one set only where
nothing else fits. Knows nothing of wording, food or progression.
"""

from dataclasses import dataclass

from fitsense.contracts.plan import Day
from fitsense.contracts.profile import Profile
from fitsense.knowledge.exercises import Exercise
from fitsense.planning.dose import Dose, count_most_sets, list_rests, make_dose
from fitsense.planning.selection import Selector
from fitsense.planning.splits import choose_weekdays, count_exercises, list_day_kinds, list_patterns
from fitsense.planning.tables import load_tables
from fitsense.safety.session_time import work_seconds
from fitsense.safety.volume import count_weekly_sets, weekly_set_bounds

LEAST_CARDIO_MIN = 3


@dataclass(frozen=True)
class Pick:
    """One exercise of a day and the how-many-th turn of its pattern in the week it is (decides the cue shown)."""

    exercise: Exercise
    turn: int


@dataclass(frozen=True)
class DayDraft:
    """One day before its doses: weekday, kind of day, picks in order."""

    day: Day
    kind: str
    picks: tuple[Pick, ...]


@dataclass(frozen=True)
class Fitted:
    """The week that fits: its days, the dose, exercises a session, minutes a session may train."""

    days: tuple[DayDraft, ...]
    dose: Dose
    n_exercises: int
    train_minutes: int


def fit_week(profile: Profile, selector: Selector) -> Fitted:
    """Find the largest week that fits; raises ValueError where not even one short set a session does."""
    minutes = count_train_minutes(profile, selector)
    weekdays = choose_weekdays(profile.preferences.days_per_week, profile.constraints.time_restrictions)
    most = count_exercises(profile.preferences.workout_duration, len(weekdays), selector)
    for n_exercises in range(most, 0, -1):
        days = draft_week(profile, selector, weekdays, n_exercises)
        for dose in _list_doses(profile, selector, n_exercises):
            if all(_fits(day, dose, profile, minutes) for day in days) and _keeps_volume(days, dose, profile):
                return Fitted(days, dose, n_exercises, minutes)
    raise ValueError(f"preferences.workout_duration: {minutes} minutes of training do not hold one set")


def _list_doses(profile: Profile, selector: Selector, n_exercises: int):
    rests, most_sets = list_rests(profile, selector), count_most_sets(profile, selector)
    for rest in rests:
        for sets in range(most_sets, 1, -1):
            yield make_dose(profile, selector, sets, rest)
    if n_exercises <= 2:
        yield make_dose(profile, selector, 2, rests[-1], short=True)
        yield make_dose(profile, selector, 1, rests[-1])
        yield make_dose(profile, selector, 1, rests[-1], short=True)


def count_train_minutes(profile: Profile, selector: Selector) -> int:
    """Minutes left for training between warm-up and cool-down."""
    limits = selector.limits
    return min(profile.preferences.workout_duration, limits.max_session_min) - limits.warm_up_min - limits.cool_down_min


def draft_week(profile: Profile, selector: Selector, weekdays: list[Day], n_exercises: int) -> tuple[DayDraft, ...]:
    """Choose the exercises of every day: a pattern alternates its two best over the week, no day has one twice."""
    turns: dict[str, int] = {}
    days = []
    for index, kind in enumerate(list_day_kinds(profile, selector, len(weekdays))):
        used: dict[str, Pick] = {}
        for pattern in list_patterns(kind, profile, selector, index, n_exercises):
            turn = turns.get(pattern, 0)
            exercise = selector.choose(pattern, turn, set(used))
            if exercise is not None:
                used[exercise.name] = Pick(exercise, turn)
                turns[pattern] = turn + 1
        days.append(DayDraft(weekdays[index], kind, _put_in_order(kind, used)))
    return tuple(days)


def _put_in_order(kind: str, used: dict[str, Pick]) -> tuple[Pick, ...]:
    """Large strength exercises first (rule order_large_first), cardio last; mobility days keep their own order."""
    small, mobile = load_tables()["small_patterns"], kind.startswith("mobile")

    def rank(pick: Pick) -> int:
        exercise = pick.exercise
        if is_timed(exercise):
            return 3
        if mobile or (exercise.kind == "strength" and exercise.pattern not in small):
            return 0
        return 1 if exercise.kind == "strength" else 2

    return tuple(sorted(used.values(), key=rank))


def is_timed(exercise: Exercise) -> bool:
    """Tell whether an exercise is done in minutes rather than in sets of repetitions or seconds."""
    return exercise.dose == "minutes"


def set_minutes(day: DayDraft, dose: Dose) -> float:
    """Minutes of everything in a day that is done in sets."""
    return (
        sum(
            dose.sets_of(pick.exercise) * (work_seconds(dose.reps_of(pick.exercise)) + dose.rest_of(pick.exercise))
            for pick in day.picks
            if not is_timed(pick.exercise)
        )
        / 60
    )


def cardio_minutes(day: DayDraft, dose: Dose, profile: Profile, train_minutes: int) -> int:
    """Minutes for each timed exercise of a day: what is left, up to the goal's most, in fives from ten on."""
    n_timed = sum(is_timed(pick.exercise) for pick in day.picks)
    if not n_timed:
        return 0
    tables, goal = load_tables(), profile.goals[0]
    most = tables["recovery_cardio_most"] if day.kind in ("recovery", "gentle") else tables["cardio_most"][goal]
    left = min(int(train_minutes - set_minutes(day, dose)) // n_timed, most)
    return left - left % 5 if left >= 10 else left


def _fits(day: DayDraft, dose: Dose, profile: Profile, train_minutes: int) -> bool:
    n_timed = sum(is_timed(pick.exercise) for pick in day.picks)
    tables, goal = load_tables(), profile.goals[0]
    wanted = min(tables["cardio_share"][goal] * train_minutes, tables["cardio_most"][goal])
    kept = n_timed * max(LEAST_CARDIO_MIN, int(wanted)) if n_timed else 0
    return set_minutes(day, dose) + kept <= train_minutes


def _keeps_volume(days: tuple[DayDraft, ...], dose: Dose, profile: Profile) -> bool:
    counted = [
        (list(pick.exercise.primary), list(pick.exercise.secondary), dose.sets_of(pick.exercise))
        for day in days
        for pick in day.picks
        if pick.exercise.kind == "strength"
    ]
    bound = weekly_set_bounds(profile.personal_info.fitness_level)[1]
    return all(sets <= bound for sets in count_weekly_sets(counted).values())
